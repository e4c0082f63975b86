"""What lies behind the curves: bands, visit windows, grid, infusion, a veil over the future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from lnmonitor.analysis.story import Band, LimitLine, VisitMark
from lnmonitor.desktop.plots.frame import Frame, PixelLayer
from lnmonitor.desktop.plots.scale import Tick, ValueScale
from lnmonitor.desktop.plots.style import PlotStyle

_VEIL_SHARE = 0.55


@dataclass(frozen=True)
class TimeLandmarks:
    """What every row shows of time: the visits' windows, infusions, today, and the axis ticks."""

    visits: tuple[VisitMark, ...] = ()
    infusions: tuple[float, ...] = ()
    today: float | None = None
    ticks: tuple[Tick, ...] = ()


class Ground(PixelLayer):
    """Paints the ground of one row, in order: band, window, grid, limit, infusion, veil."""

    def __init__(self, view_box: Any, style: PlotStyle, *, windows: bool = True) -> None:
        super().__init__(view_box, style, z=-100)
        self._windows = windows
        self._marks = TimeLandmarks()
        self._bands: Sequence[Band] = ()
        self._lines: Sequence[LimitLine] = ()
        self._ticks: Sequence[Tick] = ()
        self._scale = ValueScale(0, 1)
        self._ruled = True

    def set_time(self, marks: TimeLandmarks) -> None:
        """Take what all rows share."""
        self._marks = marks
        self.update()

    def set_values(
        self,
        scale: ValueScale,
        bands: Sequence[Band],
        lines: Sequence[LimitLine],
        ticks: Sequence[Tick],
    ) -> None:
        """Take what belongs to this panel's values."""
        self._scale, self._bands, self._lines, self._ticks = scale, bands, lines, ticks
        self.update()

    def set_ruled(self, ruled: bool) -> None:
        """Draw or leave out the hairline over the row."""
        self._ruled = ruled
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint all layers below the crosshair."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_bands(painter, frame)
        if self._windows:
            self._draw_windows(painter, frame)
        self._draw_grid(painter, frame)
        self._draw_limits(painter, frame)
        self._draw_infusions(painter, frame)
        self._draw_today(painter, frame)

    def _draw_bands(self, painter: QPainter, frame: Frame) -> None:
        for band in self._bands:
            top = frame.rect.top() if band.high is None else frame.y(self._scale.y(band.high))
            bottom = frame.rect.bottom()
            if band.low is not None and not (self._scale.log and band.low <= 0):
                bottom = frame.y(self._scale.y(band.low))
            left = frame.rect.left() if band.start is None else frame.x(band.start)
            right = frame.rect.right() if band.end is None else frame.x(band.end)
            area = QRectF(QPointF(left, top), QPointF(right, bottom)).intersected(frame.rect)
            painter.fillRect(area, self.style.color("band"))

    def _draw_windows(self, painter: QPainter, frame: Frame) -> None:
        color = self.style.color("visit-window")
        painter.setCompositionMode(self._mode())
        for visit in self._marks.visits:
            if visit.window_start is None or visit.window_end is None:
                continue
            left, right = frame.x(visit.window_start), frame.x(visit.window_end)
            area = QRectF(left, frame.rect.top(), max(right - left, 1.0), frame.rect.height())
            painter.fillRect(area, color)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _mode(self) -> QPainter.CompositionMode:
        """Darken on light, lighten on dark: a window must not hide the band it crosses."""
        modes = QPainter.CompositionMode
        dark = self.style.theme.scheme == "dark"
        return modes.CompositionMode_Lighten if dark else modes.CompositionMode_Multiply

    def _draw_grid(self, painter: QPainter, frame: Frame) -> None:
        painter.setPen(self.style.pen("plot-grid"))
        for tick in self._marks.ticks:
            x = round(frame.x(tick.at)) + 0.5
            painter.drawLine(QPointF(x, frame.rect.top()), QPointF(x, frame.rect.bottom()))
        for tick in self._ticks:
            y = round(frame.y(tick.at)) + 0.5
            painter.drawLine(QPointF(frame.rect.left(), y), QPointF(frame.rect.right(), y))
        if self._ruled:
            painter.setPen(self.style.pen("line-soft"))
            painter.drawLine(QPointF(frame.rect.left(), 0.5), QPointF(frame.rect.right(), 0.5))

    def _draw_limits(self, painter: QPainter, frame: Frame) -> None:
        painter.setPen(self.style.pen("serious", 1.2, self.style.plot["flare-dash"]))
        for line in self._lines:
            y = frame.y(self._scale.y(line.value))
            left = frame.rect.left() if line.start is None else frame.x(line.start)
            right = frame.rect.right() if line.end is None else frame.x(line.end)
            painter.drawLine(QPointF(left, y), QPointF(right, y))

    def _draw_infusions(self, painter: QPainter, frame: Frame) -> None:
        painter.setPen(self.style.pen("text", self.style.length("infusion-width")))
        for day in self._marks.infusions:
            x = frame.x(day)
            painter.drawLine(QPointF(x, frame.rect.top()), QPointF(x, frame.rect.bottom()))

    def _draw_today(self, painter: QPainter, frame: Frame) -> None:
        today = self._marks.today
        if today is None or today >= frame.last:
            return
        x = max(frame.x(today), frame.rect.left())
        veil = self.style.color("bg-panel")
        veil.setAlphaF(_VEIL_SHARE)
        painter.fillRect(QRectF(QPointF(x, frame.rect.top() + 1), frame.rect.bottomRight()), veil)
        painter.setPen(self.style.pen("text-muted", 1.0, self.style.plot["today-dash"]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLine(QPointF(x, frame.rect.top()), QPointF(x, frame.rect.bottom()))
