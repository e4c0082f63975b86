"""Buttons joined in a row of which one is on, and tabs under a page's head."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from lnmonitor.desktop.theme import theme


class _Choice(QWidget):
    """Exclusive tool buttons with a key each; Left and Right move within."""

    chosen = Signal(str)
    """Key of the button a person pressed; not emitted by `set_key`."""

    def __init__(self, options: Sequence[tuple[str, str]], spacing: int) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing)
        for number, (key, text) in enumerate(options):
            made = QToolButton()
            made.setText(text)
            made.setCheckable(True)
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            self._mark(made, _place(number, len(options)))
            self._group.addButton(made)
            self._buttons[key] = made
            row.addWidget(made)
            made.clicked.connect(self._tell)
        if options:
            self.set_key(options[0][0])

    def _mark(self, made: QToolButton, place: str) -> None:
        """Give the style sheet what it looks at; `place` is only, first, middle or last."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """The key that is on."""
        return next((key for key, b in self._buttons.items() if b.isChecked()), "")

    def set_key(self, key: str) -> None:
        """Turn a button on, silently."""
        self._buttons[key].setChecked(True)

    def set_text(self, key: str, text: str) -> None:
        """Change the words of one button."""
        self._buttons[key].setText(text)

    def button(self, key: str) -> QToolButton:
        """Return one button, for a shortcut or a tool tip."""
        return self._buttons[key]

    def _tell(self, _checked: bool = False) -> None:
        self.chosen.emit(self.key)


def _place(number: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if number == 0 else "last" if number == count - 1 else "middle"


class Segmented(_Choice):
    """Joined buttons: a choice of view."""

    def __init__(self, options: Sequence[tuple[str, str]]) -> None:
        super().__init__(options, 0)

    def _mark(self, made: QToolButton, place: str) -> None:
        made.setProperty("segment", place)


class TabBar(_Choice):
    """Lens tabs: words with a line under the current one."""

    def __init__(self, options: Sequence[tuple[str, str]]) -> None:
        super().__init__(options, theme().px(0.5))

    def _mark(self, made: QToolButton, _place: str) -> None:
        made.setProperty("tab", "true")
