"""Drawing helpers for charts on paper: axes, text in the right fonts, free places for labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reportlab.graphics.shapes import (
    Circle,
    Drawing,
    Line,
    Polygon,
    PolyLine,
    Rect,
    SolidShape,
    String,
)
from reportlab.lib.colors import Color

from lnmonitor.reports import fonts
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.palette import colour

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""


@dataclass(frozen=True)
class Axis:
    """Maps data onto points of the page; log axes take positive values only."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return the page coordinate; values outside are held at the edge."""
        low, high, shown = self.low, self.high, value
        if self.log:
            low, high = math.log(low), math.log(high)
            shown = math.log(max(value, self.low))
        share = (shown - low) / (high - low) if high > low else 0.5
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


@dataclass
class Sheet:
    """A drawing with the labels and lines already on it, so that new labels can keep off them."""

    drawing: Drawing
    taken: list[Box] = field(default_factory=list)
    segments: list[tuple[Point, Point]] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        tone: Color,
        weight: Weight = Weight.REGULAR,
        anchor: str = "start",
    ) -> None:
        """Write one line; `y` is its baseline, `anchor` start, middle or end."""
        total = fonts.width(text, size, weight)
        left = x - {"start": 0.0, "middle": total / 2, "end": total}[anchor]
        for run in fonts.runs(text, weight):
            self.drawing.add(
                String(left, y, run.text, fontName=run.font, fontSize=size, fillColor=tone)
            )
            left += fonts.width(run.text, size, weight)

    def line(
        self,
        start: Point,
        end: Point,
        tone: Color,
        width: float,
        dash: Sequence[float] | None = None,
    ) -> None:
        """Draw a straight line."""
        drawn = Line(*start, *end, strokeColor=tone, strokeWidth=width)
        if dash:
            drawn.strokeDashArray = list(dash)
        self.drawing.add(drawn)

    def box(self, corners: Box, fill: Color | None, edge: Color | None = None) -> None:
        """Draw a rectangle."""
        x0, y0, x1, y1 = corners
        self._add(Rect(x0, y0, x1 - x0, y1 - y0), fill, edge, 0.7)

    def _add(self, shape: SolidShape, fill: Color | None, edge: Color | None, width: float) -> None:
        shape.fillColor, shape.strokeColor, shape.strokeWidth = fill, edge, width
        self.drawing.add(shape)

    def path(self, points: Sequence[Point], tone: Color, width: float) -> None:
        """Draw joined lines and remember them, so that labels keep off."""
        flat = [coordinate for point in points for coordinate in point]
        self.drawing.add(PolyLine(flat, strokeColor=tone, strokeWidth=width))
        self.remember(points)

    def remember(self, points: Sequence[Point]) -> None:
        """Note lines that labels must keep off."""
        self.segments += list(pairwise(points))

    def shape(
        self, kind: str, at: Point, size: float, fill: Color | None, edge: Color | None
    ) -> None:
        """Draw a symbol: circle, square, diamond, up, down or cross; `size` is its full width."""
        x, y = at
        half = size / 2
        if kind == "cross":
            self._cross(x, y, half, edge or fill or colour("text"))
        elif kind == "circle":
            self._add(Circle(x, y, half), fill, edge, 0.9)
        else:
            self._add(Polygon(_corners(kind, x, y, half)), fill, edge, 0.9)
        self.taken.append((x - half, y - half, x + half, y + half))

    def _cross(self, x: float, y: float, half: float, tone: Color) -> None:
        for sign in (1, -1):
            self.line((x - half, y - sign * half), (x + half, y + sign * half), tone, 0.9)

    def label(self, at: Point, text: str, *, size: float, tone: Color, weight: Weight) -> None:
        """Write a label beside a point where it is on no line or label; leave it out if none is."""
        width = fonts.width(text, size, weight)
        x, y = at
        gap = 3.5
        places = [
            (x + gap, y + gap - 1),
            (x - width / 2, y + gap + 0.5),
            (x - width - gap, y + gap - 1),
            (x + gap, y - gap - size * 0.6),
            (x - width / 2, y - gap - size * 0.72),
            (x - width - gap, y - gap - size * 0.6),
            (x + 3 * gap, y + gap - 1),
            (x - width - 3 * gap, y + gap - 1),
        ]
        for left, base in places:
            corners = (left - 0.5, base - 1, left + width + 0.5, base + size * 0.75)
            if self._free(corners):
                self.text(left, base, text, size=size, tone=tone, weight=weight)
                self.taken.append(corners)
                return

    def _free(self, box: Box) -> bool:
        page = (0, 0, self.drawing.width, self.drawing.height)
        inside = box[0] >= page[0] and box[1] >= page[1] and box[2] <= page[2] and box[3] <= page[3]
        return (
            inside
            and not any(_overlap(box, other) for other in self.taken)
            and not any(_crosses(box, *segment) for segment in self.segments)
        )


def _corners(kind: str, x: float, y: float, half: float) -> list[float]:
    return {
        "square": [x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half],
        "diamond": [x, y - half * 1.2, x + half * 1.2, y, x, y + half * 1.2, x - half * 1.2, y],
        "up": [x - half, y - half, x + half, y - half, x, y + half],
        "down": [x - half, y + half, x + half, y + half, x, y - half],
    }[kind]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _crosses(box: Box, start: Point, end: Point) -> bool:
    """Return whether a segment passes through the box (Liang-Barsky)."""
    (x0, y0), (x1, y1) = start, end
    entering, leaving = 0.0, 1.0
    for origin, delta, low, high in ((x0, x1 - x0, box[0], box[2]), (y0, y1 - y0, box[1], box[3])):
        if delta == 0:
            if not low <= origin <= high:
                return False
            continue
        near, far = sorted(((low - origin) / delta, (high - origin) / delta))
        entering, leaving = max(entering, near), min(leaving, far)
        if entering > leaving:
            return False
    return True
