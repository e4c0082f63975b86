"""Short ways to lay widgets out in multiples of the base unit."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from lnmonitor.desktop.theme import theme

Margins = tuple[float, float, float, float]
Part = QWidget | QLayout | int | None


def column(*parts: Part, margins: Margins = (0, 0, 0, 0), spacing: float = 0) -> QVBoxLayout:
    """Stack parts; an int is a gap in pixels, None a stretch. Margins left, top, right, bottom."""
    made = QVBoxLayout()
    _fill(made, parts, margins, spacing)
    return made


def row(*parts: Part, margins: Margins = (0, 0, 0, 0), spacing: float = 2) -> QHBoxLayout:
    """Line parts up; an int is a gap in pixels, None a stretch."""
    made = QHBoxLayout()
    _fill(made, parts, margins, spacing)
    return made


def _fill(made: QBoxLayout, parts: tuple[Part, ...], margins: Margins, spacing: float) -> None:
    px = theme().px
    left, top, right, bottom = margins
    made.setContentsMargins(px(left), px(top), px(right), px(bottom))
    made.setSpacing(px(spacing))
    for part in parts:
        if part is None:
            made.addStretch(1)
        elif isinstance(part, int):
            made.addSpacing(part)
        elif isinstance(part, QLayout):
            made.addLayout(part)
        else:
            made.addWidget(part)


def box(layout: QLayout, ground: str = "") -> QWidget:
    """Return a widget around a layout, on a ground of the style sheet ("panel", "subtle")."""
    made = QWidget()
    made.setLayout(layout)
    if ground:
        made.setProperty("ground", ground)
    return made
