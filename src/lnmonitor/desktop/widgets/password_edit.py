"""A field for a password that says when capital lock is on."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.widgets.layout import column
from lnmonitor.desktop.widgets.text import label


class PasswordEdit(QWidget):
    """A password field; Enter emits `entered`."""

    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.installEventFilter(self)
        self.field.returnPressed.connect(self.entered)
        self._note = label("", "small", "warn")
        self._note.hide()
        self.setLayout(column(self.field, self._note, spacing=0.5))
        self.setFocusProxy(self.field)
        self.retranslate()

    @property
    def text(self) -> str:
        """What was typed."""
        return self.field.text()

    def clear(self) -> None:
        """Empty the field."""
        self.field.clear()

    def retranslate(self) -> None:
        """Take the words of the language in force."""
        self.field.setAccessibleName(tr("Password"))
        self._note.setText(tr("Capital lock is on."))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field:
            if event.type() == QEvent.Type.FocusIn:
                self._note.setVisible(capital_lock())
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                self._note.setVisible(_shouted(event) or capital_lock())
        return super().eventFilter(watched, event)


def _shouted(event: QKeyEvent) -> bool:
    """Return whether a capital came without Shift: capital lock, on any system."""
    from PySide6.QtCore import Qt

    typed = event.text()
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return len(typed) == 1 and typed.isalpha() and typed.isupper() != shift


def capital_lock() -> bool:
    """Return whether capital lock is known to be on; only Windows tells without a key press."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.user32.GetKeyState(0x14) & 1)
    return False
