"""A small window with fields under each other, a message, Cancel and one button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.text import ButtonKind, button, label
from lnmonitor.errors import UserError


class SmallForm(QDialog):
    """Base: a subclass adds its fields and says what saving is."""

    def __init__(
        self, parent: QWidget, title: str, action: str, *, kind: ButtonKind = "primary"
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.strip = MessageStrip()
        self._focused = False
        self.save_button: QPushButton = button(action, self.save, kind=kind)
        self.save_button.setDefault(True)
        self.fields = column(spacing=1)
        cancel = button(tr("Cancel"), self.reject)
        self.setLayout(
            column(
                label(title, "page"),
                self.fields,
                self.strip,
                row(None, cancel, self.save_button),
                margins=(6, 5, 6, 5),
                spacing=4,
            )
        )
        self.setMinimumWidth(theme().px(100))

    def explain(self, words: str) -> None:
        """Say what is going to happen, above the fields."""
        self.fields.addWidget(label(words, tone="text-2", wrap=True))
        self.fields.addSpacing(theme().px(2))

    def add(self, words: str, field: QWidget) -> None:
        """Add a field under its label."""
        field.setAccessibleName(words)
        self.fields.addWidget(label(words, "small", "text-2"))
        self.fields.addWidget(field)
        if not self._focused:
            self._focused = True
            field.setFocus()

    def save(self) -> None:
        """Take what was typed."""
        raise NotImplementedError

    def refused(self, problem: Exception) -> None:
        """Say why it was not taken; everything typed stays."""
        self.save_button.setEnabled(True)
        if isinstance(problem, UserError):
            self.strip.say("refuse", sentence(problem))
        else:
            hub().problem.emit(problem)

    def saved(self, _changes: object) -> None:
        """Close."""
        self.accept()
