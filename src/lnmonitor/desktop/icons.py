"""Line icons from `resources/icons`, drawn in the theme's colour at any size and scale.

An icon keeps its name and colour role only and is drawn when painted, so a change of theme needs no
new icons.
"""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from lnmonitor.desktop.theme import theme
from lnmonitor.resources import asset


def paint_icon(painter: QPainter, name: str, rect: QRect | QRectF, color: QColor) -> None:
    """Draw an icon into `rect` in `color`: for delegates and painted widgets."""
    _renderer(name, color.name()).render(painter, QRectF(rect))


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    drawing = _drawing(name).replace("currentColor", color)
    return QSvgRenderer(QByteArray(drawing.encode()))


@cache
def _drawing(name: str) -> str:
    return asset("icons", f"{name}.svg").read_text(encoding="utf-8")


class _LineIconEngine(QIconEngine):
    """Draws one icon in the colour that its role has in the theme in force."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        role = "text-disabled" if mode == QIcon.Mode.Disabled else self._role
        paint_icon(painter, self._name, rect, theme().color(role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, _scale: float
    ) -> QPixmap:
        return self.pixmap(size, mode, state)

    def clone(self) -> QIconEngine:
        copy = _LineIconEngine(self._name, self._role)
        _kept.append(copy)  # Qt owns it, Python must not collect it
        return copy


_kept: list[QIconEngine] = []


@cache
def icon(name: str, role: str = "text-2", size: int = 16) -> QIcon:
    """Return the icon `name` in a colour token; `size` is the size it is meant for, in pixels."""
    engine = _LineIconEngine(name, role)
    _kept.append(engine)
    made = QIcon(engine)
    made.addPixmap(QPixmap(size, size))  # tells Qt an available size; the engine draws any
    return made
