"""The line over a list in which one types what to see; `/` goes there, Esc clears."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import row
from lnmonitor.desktop.widgets.text import label


class FilterLine(QWidget):
    """A field with a hint of the syntax and the number of rows shown."""

    changed = Signal(str)
    left = Signal()
    """Down, Enter or Esc on an empty field: go on to the list."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName(tr("Filter"))
        self.field.setFixedWidth(theme().px(80))
        mark = QAction(icon("filter", "text-muted"), "", self.field)
        self.field.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self.changed)
        self._hint = label(hint, "small", "text-muted")
        self._shown = label("", "small", "text-2")
        self.setLayout(row(self.field, self._hint, None, self._shown, spacing=3))

    @property
    def text(self) -> str:
        """What was typed."""
        return self.field.text()

    def say_shown(self, words: str) -> None:
        """Write how many rows are shown."""
        self._shown.setText(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)
