"""One series as pyqtgraph curves and symbols, made once and filled with each patient's points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from lnmonitor.analysis.story import Mark, SeriesStyle, TrendPoint, TrendSeries
from lnmonitor.desktop.plots.scale import ValueScale
from lnmonitor.desktop.plots.style import PlotStyle

CENSORED = (Mark.BELOW_LIMIT, Mark.ABOVE_LIMIT)
Line = tuple[list[float], list[float]]
Gaps = Sequence[float]
"""Days of missed visits: no line is drawn across them."""


class TrendCurve:
    """A series: solid line, dotted line to and from censored values, area of a dose, symbols."""

    def __init__(self, plot: Any, style: PlotStyle) -> None:
        self._style = style
        self._series: TrendSeries | None = None
        self._position = 0
        self._area = pg.PlotDataItem(antialias=False)
        self._line = pg.PlotDataItem(connect="finite", antialias=True)
        self._dotted = pg.PlotDataItem(connect="finite", antialias=True)
        self._symbols = pg.ScatterPlotItem(pxMode=True, antialias=True)
        for z, item in enumerate((self._area, self._line, self._dotted, self._symbols)):
            item.setZValue(10 + z)
            plot.addItem(item, ignoreBounds=True)

    def set_style(self, style: PlotStyle) -> None:
        """Take the colours of another theme."""
        self._style = style

    def clear(self) -> None:
        """Show nothing, keep the items."""
        self._series = None
        for item in (self._area, self._line, self._dotted):
            item.setData([], [])
        self._symbols.setData([], [])

    def show(
        self,
        series: TrendSeries,
        position: int,
        scale: ValueScale,
        gaps: Gaps,
        today: float,
    ) -> None:
        """Draw a series; `position` is its place in the panel, `today` ends the steps of doses."""
        self._series, self._position = series, position
        style = self._style
        color = style.series_color(series.style, position)
        width = style.length("line-width")
        dash = None
        if series.style is SeriesStyle.ESTIMATE:
            width, dash = style.length("line-width-estimate"), style.plot["estimate-dash"]
        solid: Line
        dotted: Line = ([], [])
        stepped = series.style in {SeriesStyle.STEP, SeriesStyle.DOSE}
        if stepped:
            end = today if series.style is SeriesStyle.DOSE else None
            solid = step_line(series.points, scale, end)
        elif series.style is SeriesStyle.UNJOINED:
            solid = ([], [])
        else:
            solid, dotted = joined_line(series.points, scale, gaps)
        self._line.setData(*solid, pen=style.pen(color, width, dash))
        dots = style.plot["censored-dash"]
        self._dotted.setData(*dotted, pen=style.pen(color, width, dots))
        self._show_area(solid if series.style is SeriesStyle.DOSE else ([], []), scale)
        self._show_symbols(() if stepped else series.points, color, scale)

    def _show_area(self, line: Line, scale: ValueScale) -> None:
        if line[0]:
            fill = self._style.brush("dose-fill")
            self._area.setData(*line, pen=None, fillLevel=scale.y(0), brush=fill)
        else:
            self._area.setData([], [], fillLevel=None)

    def _show_symbols(self, points: Sequence[TrendPoint], color: str, scale: ValueScale) -> None:
        series = self._series
        assert series is not None  # noqa: S101 - set by show, for the type checker
        spots = []
        for point in points:
            if point.value is None or point.mark is Mark.NOT_DONE:
                continue
            spots.append(
                {
                    "pos": (point.day, scale.y(point.value)),
                    **self._spot(point, series.style, color),
                }
            )
        self._symbols.setData(spots)

    def _spot(self, point: TrendPoint, kind: SeriesStyle, color: str) -> dict[str, object]:
        style = self._style
        size = style.length("symbol-size")
        panel = style.brush("bg-panel")
        symbol = style.series_symbol(kind, self._position)
        hollow = kind is SeriesStyle.ESTIMATE or point.mark is Mark.RANGE
        if point.mark is Mark.BELOW_LIMIT:
            symbol, hollow = "t", True
        elif point.mark is Mark.ABOVE_LIMIT:
            symbol, hollow = "t1", True
        elif point.mark is Mark.FLARE:
            symbol, color, size = "t1", "serious", size + 3
        if hollow:
            return {
                "symbol": symbol,
                "size": size + 1,
                "pen": _solid(style.pen(color, style.length("hollow-edge"))),
                "brush": panel,
            }
        return {
            "symbol": symbol,
            "size": size,
            "pen": style.pen("bg-panel", style.length("symbol-edge")),
            "brush": style.brush(color),
        }


def _solid(pen: QPen) -> QPen:
    pen.setStyle(Qt.PenStyle.SolidLine)
    return pen


def joined_line(points: Sequence[TrendPoint], scale: ValueScale, gaps: Gaps) -> tuple[Line, Line]:
    """Return the solid and the dotted line; a NaN parts pieces that are not joined.

    A value not done and a missed visit part the line; a piece that begins or ends at a censored
    value is dotted, since where it truly runs is not known.
    """
    solid: Line = ([], [])
    dotted: Line = ([], [])
    for start, end in pairwise_joined(points, gaps):
        censored = start.mark in CENSORED or end.mark in CENSORED
        xs, ys = dotted if censored else solid
        for point in (start, end):
            xs.append(point.day)
            ys.append(scale.y(point.value or 0.0))
        xs.append(end.day)
        ys.append(np.nan)
    return solid, dotted


def pairwise_joined(
    points: Sequence[TrendPoint], gaps: Gaps
) -> list[tuple[TrendPoint, TrendPoint]]:
    """Return the pairs of neighbouring points between which a line may be drawn."""
    pairs = []
    for start, end in pairwise(points):
        if start.value is None or end.value is None:
            continue
        if not any(start.day < gap < end.day for gap in gaps):
            pairs.append((start, end))
    return pairs


def step_line(points: Sequence[TrendPoint], scale: ValueScale, end: float | None) -> Line:
    """Return the corners of a step line: a value holds until the next one, the last until `end`.

    A point without value ends the line before it: what held there is not known.
    """
    xs: list[float] = []
    ys: list[float] = []
    held: float | None = None
    for point in points:
        if held is not None:
            xs.append(point.day)
            ys.append(held)
        if point.value is None:
            xs.append(point.day)
            ys.append(np.nan)
            held = None
            continue
        held = scale.y(point.value)
        xs.append(point.day)
        ys.append(held)
    if held is not None and end is not None and end > xs[-1]:
        xs.append(end)
        ys.append(held)
    return xs, ys
