"""A message that opens where its cause is: text and ways out, no focus taken, nothing covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import button, label, set_property

MessageKind = Literal["ask", "draft", "refuse", "reason", "info", "ok"]
_ICONS: dict[MessageKind, tuple[str, str]] = {
    "ask": ("warning", "warn"),
    "draft": ("draft", "warn"),
    "refuse": ("warning", "serious"),
    "reason": ("history", "accent"),
    "info": ("question", "unknown"),
    "ok": ("check", "ok"),
}


class MessageStrip(QFrame):
    """A strip of one kind with a text and its actions; hidden until `say` is called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._icon = QLabel()
        self._text = label("", wrap=True, selectable=True)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        px = theme().px
        self._row.setContentsMargins(px(2.5), px(2), px(2.5), px(2))
        self._row.setSpacing(px(2))
        self._row.addWidget(self._icon)
        self._row.addWidget(self._text, 1)
        self.hide()

    def say(
        self,
        kind: MessageKind,
        text: str,
        actions: tuple[tuple[str, Callable[[], object]], ...] = (),
    ) -> None:
        """Show a message with buttons; the first is the primary one."""
        set_property(self, "kind", "ask" if kind == "draft" else kind)
        self._icon.setPixmap(icon(*_ICONS[kind]).pixmap(theme().px(3.5)))
        self._text.setText(text)
        self.setAccessibleName(text)
        for old in self._buttons:
            self._row.removeWidget(old)
            old.deleteLater()
        self._buttons = [
            button(words, call, kind="primary" if number == 0 else "plain", small=True)
            for number, (words, call) in enumerate(actions)
        ]
        for made in self._buttons:
            self._row.addWidget(made)
        self.show()

    def clear(self) -> None:
        """Close the strip."""
        self._text.setText("")
        self.hide()

    @property
    def text(self) -> str:
        """What is said now; empty when closed."""
        return self._text.text()
