"""What is written over a panel's curves: letters, whiskers, crosses, labels that find room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from lnmonitor.analysis.story import Band, Mark, Panel, SeriesStyle, TrendPoint, TrendSeries
from lnmonitor.desktop.plots.curves import Gaps, pairwise_joined
from lnmonitor.desktop.plots.frame import Frame, PixelLayer
from lnmonitor.desktop.plots.labels import Label, LabelSetter
from lnmonitor.desktop.plots.scale import ValueScale
from lnmonitor.desktop.plots.style import PlotStyle
from lnmonitor.language import Language

_DOT_PX = 2.5


@dataclass(frozen=True)
class PanelWords:
    """Words of the person's language that the layer writes itself."""

    not_done: str
    flare: str
    suspected: str
    empty: str


class Marks(PixelLayer):
    """Paints the marks of one panel."""

    def __init__(self, view_box: Any, style: PlotStyle) -> None:
        super().__init__(view_box, style, z=100)
        self._panel: Panel | None = None
        self._scale = ValueScale(0, 1)
        self._gaps: Gaps = ()
        self._language: Language = "en"
        self._words = PanelWords("", "", "", "")
        self._avoid: tuple[float, ...] = ()
        self._confirmed: tuple[tuple[float, float], ...] = ()
        self._changed: frozenset[str] = frozenset()

    def show_panel(
        self,
        panel: Panel | None,
        scale: ValueScale,
        gaps: Gaps,
        avoid: tuple[float, ...],
        language: Language,
        words: PanelWords,
        confirmed: tuple[tuple[float, float], ...] = (),
    ) -> None:
        """Take a panel.

        Args:
            gaps: days of missed visits. avoid: days of vertical lines on which no label may lie.
            confirmed: first and last day of confirmed flares; others are suspected.
        """
        self._panel, self._scale, self._gaps = panel, scale, gaps
        self._avoid, self._language, self._words = avoid, language, words
        self._confirmed = confirmed
        self.update()

    def set_changed(self, records: frozenset[str]) -> None:
        """Take the records whose points get the dot that says: changed since you looked."""
        self._changed = records
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint whiskers, crosses and squares, then the labels around them."""
        panel = self._panel
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if panel is None or not any(s.points for s in panel.series):
            self._draw_empty(painter, frame)
            return
        setter = LabelSetter(frame.rect.adjusted(1, 1, -1, -1))
        for series in panel.series:
            setter.segments += self._segments(series, frame)
        setter.segments += self._landmarks(panel, frame)
        labels: list[Label] = []
        for position, series in enumerate(panel.series):
            repeated = _repeated_flares(series)
            for point in _in_sight(series, frame):
                setter.taken.append(self._draw_point(painter, frame, series, point))
                if point not in repeated:
                    labels += self._point_labels(frame, series, point)
            if len(panel.series) > 1:
                labels += self._name_label(frame, series, position)
        labels += self._line_labels(frame, panel)
        labels += self._band_labels(frame, panel.bands)
        setter.draw(painter, labels)
        self._draw_changed(painter, frame, panel)

    def _draw_changed(self, painter: QPainter, frame: Frame, panel: Panel) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.style.color("accent"))
        off = self.style.length("symbol-size") * 0.8
        for series in panel.series if self._changed else ():
            for point in _in_sight(series, frame):
                if self._changed.intersection(point.record_ids):
                    y = frame.y(self._scale.y(point.value or 0))
                    spot = QPointF(frame.x(point.day) + off, y - off)
                    painter.drawEllipse(spot, _DOT_PX, _DOT_PX)

    def _draw_empty(self, painter: QPainter, frame: Frame) -> None:
        painter.setFont(self.style.font("caption"))
        painter.setPen(self.style.color("text-muted"))
        painter.drawText(
            frame.rect.adjusted(self.style.px(2), 0, 0, 0),
            int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
            self._words.empty,
        )

    def _landmarks(self, panel: Panel, frame: Frame) -> Iterator[tuple[QPointF, QPointF]]:
        """Lines on which no label may lie: infusions, today, and the dashed limits."""
        for day in self._avoid:
            x = frame.x(day)
            yield QPointF(x, frame.rect.top()), QPointF(x, frame.rect.bottom())
        for line in panel.lines:
            y = frame.y(self._scale.y(line.value))
            left = frame.rect.left() if line.start is None else frame.x(line.start)
            right = frame.rect.right() if line.end is None else frame.x(line.end)
            yield QPointF(left, y), QPointF(right, y)

    def _segments(self, series: TrendSeries, frame: Frame) -> Iterator[tuple[QPointF, QPointF]]:
        for start, end in pairwise_joined(series.points, self._gaps):
            if series.style is SeriesStyle.UNJOINED:
                return
            left = QPointF(frame.x(start.day), frame.y(self._scale.y(start.value or 0)))
            right = QPointF(frame.x(end.day), frame.y(self._scale.y(end.value or 0)))
            if series.style in {SeriesStyle.STEP, SeriesStyle.DOSE}:
                corner = QPointF(right.x(), left.y())
                yield left, corner
                yield corner, right
            else:
                yield left, right

    # ------------------------------------------------------------------------------ points
    def _draw_point(
        self, painter: QPainter, frame: Frame, series: TrendSeries, point: TrendPoint
    ) -> QRectF:
        """Paint what a symbol cannot say and return the room that the point takes."""
        x = frame.x(point.day)
        if point.mark is Mark.NOT_DONE or point.value is None:
            return self._draw_cross(painter, x, self._cross_height(frame, series, point))
        y = frame.y(self._scale.y(point.value))
        if series.style is SeriesStyle.DOSE:
            return QRectF()
        if series.style is SeriesStyle.STEP:
            return self._draw_square(painter, x, y, point.label)
        if point.mark is Mark.RANGE:
            return self._draw_whisker(painter, frame, series, point)
        half = self.style.length("symbol-size") * 0.8
        return QRectF(x - half, y - half, 2 * half, 2 * half)

    def _draw_cross(self, painter: QPainter, x: float, y: float) -> QRectF:
        half = self.style.length("symbol-size") / 2
        painter.setPen(self.style.pen("unknown", self.style.length("hollow-edge")))
        painter.drawLine(QPointF(x - half, y - half), QPointF(x + half, y + half))
        painter.drawLine(QPointF(x - half, y + half), QPointF(x + half, y - half))
        return QRectF(x - half, y - half, 2 * half, 2 * half)

    def _cross_height(self, frame: Frame, series: TrendSeries, point: TrendPoint) -> float:
        """A value not done has no height of its own: it takes that of its nearest neighbour."""
        known = [p for p in series.points if p.value is not None]
        if not known:
            return frame.rect.center().y()
        nearest = min(known, key=lambda p: abs(p.day - point.day))
        middle = (self._scale.y(nearest.value or 0) + (frame.low + frame.high) / 2) / 2
        half = self.style.length("symbol-size")
        return min(max(frame.y(middle), half), frame.rect.bottom() - half)

    def _draw_square(self, painter: QPainter, x: float, y: float, letter: str) -> QRectF:
        half = self.style.px(2)
        square = QRectF(x - half, y - half, 2 * half, 2 * half)
        painter.setPen(self.style.pen("series-1", 1.3))
        painter.setBrush(self.style.brush("bg-panel"))
        painter.drawRoundedRect(square, 2, 2)
        painter.setFont(self.style.font("caption", 600))
        painter.setPen(self.style.color("text"))
        painter.drawText(square, int(Qt.AlignmentFlag.AlignCenter), letter[:3])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return square

    def _draw_whisker(
        self, painter: QPainter, frame: Frame, series: TrendSeries, point: TrendPoint
    ) -> QRectF:
        value = point.value if point.value is not None else 0.0
        low = point.low if point.low is not None else value
        high = point.high if point.high is not None else value
        x, half = frame.x(point.day), self.style.length("symbol-size") / 2
        top, bottom, middle = (frame.y(self._scale.y(v)) for v in (high, low, value))
        painter.setPen(self.style.pen(self.style.series_color(series.style, 0), 1.3))
        for end in (top, bottom):
            if abs(end - middle) > half:
                edge = middle - half if end < middle else middle + half
                painter.drawLine(QPointF(x, end), QPointF(x, edge))
                painter.drawLine(QPointF(x - half, end), QPointF(x + half, end))
        return QRectF(QPointF(x - half, min(top, middle - half)), QPointF(x + half, middle + half))

    # ------------------------------------------------------------------------------ labels
    def _point_labels(
        self, frame: Frame, series: TrendSeries, point: TrendPoint
    ) -> Iterator[Label]:
        if series.style is SeriesStyle.DOSE:
            yield from self._dose_label(frame, point)
            return
        words, bold, color = self._words_of(point)
        if not words:
            return
        x = frame.x(point.day)
        y = self._cross_height(frame, series, point)
        if point.value is not None:
            y = frame.y(self._scale.y(point.value))
        sides = ("right", "left", "above", "below")
        if point.mark is Mark.BELOW_LIMIT:
            sides = ("above", "right", "left", "below")
        elif point.mark is Mark.ABOVE_LIMIT:
            sides = ("left", "right", "below", "above")
        places = [(x, y, side) for side in sides]
        places.append((x, y + self.style.px(3.5), "end"))
        if point.mark in {Mark.FLARE, Mark.RANGE}:
            lift = self.style.px(2)
            places = [(x, y - lift, "right"), (x + lift, y - lift, "right"), *places]
        gap = self.style.length("symbol-size")
        font = self.style.font("caption", 600 if bold else 400)
        yield Label(words, font, self.style.color(color), places, gap)

    def _words_of(self, point: TrendPoint) -> tuple[str, bool, str]:
        if point.mark is Mark.FLARE:
            sure = any(start <= point.day <= end for start, end in self._confirmed)
            return self._words.flare if sure else self._words.suspected, True, "serious"
        if point.mark is Mark.NOT_DONE:
            return self._words.not_done, False, "text-muted"
        if point.mark is Mark.RANGE:
            note = point.note.in_(self._language)
            return ", ".join(w for w in (point.label, note) if w), False, "text-muted"
        if point.mark in {Mark.BELOW_LIMIT, Mark.ABOVE_LIMIT}:
            return point.label, False, "text-2"
        return "", False, "text"

    def _dose_label(self, frame: Frame, point: TrendPoint) -> Iterator[Label]:
        if point.value is None:
            return
        x = max(frame.x(point.day), frame.rect.left()) + self.style.px(1)
        y, lift = frame.y(self._scale.y(point.value)), self.style.px(2)
        places = [(x, y - lift, "start"), (x, y + lift + 1, "start")]
        font = self.style.font("caption", 600)
        yield Label(point.label, font, self.style.color("dose-line"), places)

    def _name_label(self, frame: Frame, series: TrendSeries, position: int) -> Iterator[Label]:
        known = [p for p in series.points if p.value is not None]
        known = [p for p in known if frame.first <= p.day <= frame.last]
        if not known:
            return
        at = [(frame.x(p.day), frame.y(self._scale.y(p.value or 0))) for p in known]
        beside = [(*at[0], "left")]
        lift = self.style.px(3)
        around = [(x, y + lift, "right") for x, y in at[1:-1]]
        around += [(x, y, side) for side in ("below", "above", "right") for x, y in at[1:] or at]
        long = len(series.name.in_(self._language)) > len("C3 μg")
        places = [*around, *beside] if long else [*beside, *around]
        if len(at) == 1:
            places = [(*at[0], "right"), *places]
        color = self.style.series_color(series.style, position)
        font = self.style.font("caption", 500)
        name = series.name.in_(self._language)
        yield Label(name, font, self.style.color(color), places, self.style.px(1.75))

    def _line_labels(self, frame: Frame, panel: Panel) -> Iterator[Label]:
        for line in panel.lines:
            y = frame.y(self._scale.y(line.value))
            start = frame.rect.left() if line.start is None else frame.x(line.start)
            start = max(start, frame.rect.left())
            end = frame.rect.right() if line.end is None else frame.x(line.end)
            lift = self.style.px(2)
            places = [
                (start, y, "left"),
                (start, y - lift, "left"),
                (start + lift, y - lift, "start"),
                (min(end, frame.rect.right()) - lift, y - lift, "end"),
                (start + lift, y + lift, "start"),
            ]
            font = self.style.font("caption")
            words = line.label.in_(self._language)
            yield Label(words, font, self.style.color("serious"), places, 4)

    def _band_labels(self, frame: Frame, bands: Sequence[Band]) -> Iterator[Label]:
        for band in bands:
            words = band.label.in_(self._language)
            if not words or (band.end is not None and band.end < frame.last):
                continue
            top = frame.rect.top() if band.high is None else frame.y(self._scale.y(band.high))
            low = None if band.low is None or (self._scale.log and band.low <= 0) else band.low
            bottom = frame.rect.bottom() if low is None else frame.y(self._scale.y(low))
            middle = (max(top, frame.rect.top()) + min(bottom, frame.rect.bottom())) / 2
            edge = self.style.px(1.25)
            zero = frame.x(0) + self.style.px(1.5)
            places = [
                (frame.rect.right() - edge, middle, "end"),
                (zero, middle, "start"),
                (frame.rect.left() + edge, middle, "start"),
            ]
            yield Label(words, self.style.font("caption"), self.style.color("ok"), places)


def _repeated_flares(series: TrendSeries) -> set[TrendPoint]:
    """Return the flare points that follow one: the first of an episode carries the word."""
    return {
        after
        for before, after in pairwise(series.points)
        if before.mark is Mark.FLARE and after.mark is Mark.FLARE
    }


def _in_sight(series: TrendSeries, frame: Frame) -> Iterator[TrendPoint]:
    """Return the points in the time shown; of a dose also the one that holds at its start."""
    points = series.points
    for number, point in enumerate(points):
        held = series.style is SeriesStyle.DOSE and (
            number + 1 == len(points) or points[number + 1].day > frame.first
        )
        if point.day <= frame.last and (point.day >= frame.first or held):
            yield point
