"""Labels, buttons and lines as the style sheet knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.theme import Role

ButtonKind = Literal["plain", "primary", "quiet", "link"]


def label(
    text: str = "",
    role: Role = "body",
    tone: str = "text",
    *,
    weight: int | None = None,
    wrap: bool = False,
    selectable: bool = False,
) -> QLabel:
    """Return a plain-text label of a type role and a colour token."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)  # study values are never read as markup
    made.setProperty("role", role)
    made.setProperty("tone", tone)
    if weight is not None:
        made.setProperty("weight", str(weight))
    made.setWordWrap(wrap)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_tone(widget: QLabel, tone: str) -> None:
    """Give a label another colour token."""
    set_property(widget, "tone", tone)


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    kind: ButtonKind = "plain",
    icon_name: str = "",
    small: bool = False,
) -> QPushButton:
    """Return a push button; `clicked` is a bound method of a QObject, called without arguments."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    if small:
        made.setProperty("size", "small")
    if icon_name:
        role = {"primary": "accent-on", "link": "accent"}.get(kind, "text-2")
        made.setIcon(icon(icon_name, role))
    made.setAutoDefault(False)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False, call=clicked: call())
    return made


def rule(kind: Literal["h", "v", "strong"] = "h") -> QFrame:
    """Return a hairline."""
    line = QFrame()
    line.setProperty("line", kind)
    return line
