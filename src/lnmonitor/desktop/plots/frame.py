"""Layers that paint in pixels over a plot's own coordinates.

Text, letters in squares, crosses and bars must keep their size when time is zoomed, so these
layers are children of the ViewBox itself and ask a `Frame` where a day and a value lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

if TYPE_CHECKING:
    from lnmonitor.desktop.plots.style import PlotStyle


@dataclass(frozen=True)
class Frame:
    """Where days and plot units lie in a ViewBox, in its pixels."""

    rect: QRectF
    first: float
    last: float
    low: float
    high: float

    def x(self, day: float) -> float:
        """Return the pixel column of a day."""
        return self.rect.left() + (day - self.first) * self.rect.width() / (self.last - self.first)

    def y(self, at: float) -> float:
        """Return the pixel row of a plot unit."""
        share = (at - self.low) / (self.high - self.low)
        return self.rect.bottom() - share * self.rect.height()


class PixelLayer(QGraphicsObject):
    """A layer over or under the curves of one row."""

    def __init__(self, view_box: Any, style: PlotStyle, z: float) -> None:
        super().__init__(view_box)
        self._view_box = view_box
        self.style = style
        self.setZValue(z)
        self.setAcceptedMouseButtons(self.acceptedMouseButtons().NoButton)
        view_box.sigRangeChanged.connect(self._moved)
        view_box.sigResized.connect(self._moved)

    def set_style(self, style: PlotStyle) -> None:
        """Take the colours of another theme."""
        self.style = style
        self.update()

    def frame(self) -> Frame:
        """Return where things lie now."""
        (first, last), (low, high) = self._view_box.viewRange()
        return Frame(self.boundingRect(), first, last, low, high)

    def boundingRect(self) -> QRectF:
        """Cover the whole ViewBox."""
        rect: QRectF = self._view_box.rect()
        return rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint through `draw`; Qt calls this."""
        del option, widget
        if self.boundingRect().width() > 1 and self.boundingRect().height() > 1:
            self.draw(painter, self.frame())

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint in pixels; subclasses say what."""
        raise NotImplementedError

    def _moved(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()
