"""The column left of the plots: a panel's name, its unit and the ticks of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsWidget, QStyleOptionGraphicsItem, QWidget

from lnmonitor.desktop.plots.scale import Tick
from lnmonitor.desktop.plots.style import PlotStyle


@dataclass(frozen=True)
class GutterText:
    """What stands in the gutter of a row."""

    name: str = ""
    detail: str = ""
    bold: bool = True
    value: str = ""
    """Last value of a folded panel."""


class Gutter(QGraphicsWidget):
    """Paints one row's gutter; `ticks` are in plot units of the range last told."""

    def __init__(self, style: PlotStyle) -> None:
        super().__init__()
        self.style_of_plot = style
        self._text = GutterText()
        self._ticks: Sequence[Tick] = ()
        self._range = (0.0, 1.0)
        self._current = False
        self._ruled = True

    @property
    def text(self) -> GutterText:
        """Return what it says."""
        return self._text

    def set_style(self, style: PlotStyle) -> None:
        """Take the colours of another theme."""
        self.style_of_plot = style
        self.update()

    def set_text(self, text: GutterText, *, ruled: bool = True) -> None:
        """Take name, detail and value; `ruled` draws the hairline over the row."""
        self._text, self._ruled = text, ruled
        self.update()

    def set_ticks(self, ticks: Sequence[Tick], low: float, high: float) -> None:
        """Take the ticks of the values and the range in which they lie."""
        self._ticks, self._range = ticks, (low, high)
        self.update()

    def set_current(self, current: bool) -> None:
        """Mark the panel that the keys act on."""
        if current != self._current:
            self._current = current
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint name, detail and ticks; Qt calls this."""
        del option, widget
        style, rect = self.style_of_plot, self.rect()
        if rect.height() < 4:
            return
        left = float(style.px(4))
        if self._ruled:
            painter.setPen(style.pen("line-soft"))
            painter.drawLine(QPointF(left, 0.5), QPointF(rect.right(), 0.5))
        if self._current:
            painter.fillRect(QRectF(0, 1, 3, rect.height() - 1), style.color("accent"))
        tick_left = self._paint_ticks(painter, rect)
        self._paint_text(painter, rect, left, tick_left)

    def _paint_text(self, painter: QPainter, rect: QRectF, left: float, room: float) -> None:
        style, text = self.style_of_plot, self._text
        weight = 600 if text.bold else 400
        metrics = style.metrics("small", weight)
        top = min(style.px(1), max(0.0, (rect.height() - metrics.height()) / 2))
        painter.setFont(style.font("small", weight))
        painter.setPen(style.color("text" if text.bold else "text-2"))
        name = metrics.elidedText(text.name, Qt.TextElideMode.ElideRight, room - left - 4)
        painter.drawText(QPointF(left, top + metrics.ascent()), name)
        if text.value:
            painter.setPen(style.color("text"))
            painter.setFont(style.font("small", 500))
            painter.drawText(
                rect.adjusted(0, 0, -style.px(2), 0),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                text.value,
            )
        small = style.metrics("caption")
        y = top + metrics.height() + small.ascent()
        if text.detail and y < rect.height():
            painter.setFont(style.font("caption"))
            painter.setPen(style.color("text-muted"))
            detail = small.elidedText(text.detail, Qt.TextElideMode.ElideRight, room - left - 4)
            painter.drawText(QPointF(left, y), detail)

    def _paint_ticks(self, painter: QPainter, rect: QRectF) -> float:
        """Paint the ticks that have room and return where their column begins."""
        style = self.style_of_plot
        metrics = style.metrics("caption")
        right = rect.right() - style.px(2)
        if self._text.value:  # a folded panel has room for its last value only
            return right - style.metrics("small", 500).horizontalAdvance(self._text.value)
        widest = max((metrics.horizontalAdvance(t.text) for t in self._ticks), default=0.0)
        low, high = self._range
        painter.setFont(style.font("caption"))
        painter.setPen(style.color("text-muted"))
        half = (metrics.ascent() + metrics.descent()) / 2
        used = rect.bottom() + half * 2
        for tick in sorted(self._ticks, key=lambda t: t.at):
            y = rect.bottom() - (tick.at - low) / (high - low) * rect.height()
            y = min(max(y, half), rect.bottom() - half)
            if y > used - 1.6 * half or not low <= tick.at <= high:
                continue
            used = y
            painter.drawText(
                QRectF(right - widest, y - half, widest, 2 * half),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                tick.text,
            )
        return right - widest - style.px(1) if self._ticks else rect.right()
