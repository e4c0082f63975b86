"""The rows that are not curves: visits, response, adverse events, drugs, and the time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from lnmonitor.analysis.story import Interval, RibbonSpan, VisitMark
from lnmonitor.analysis.wording import dose_name
from lnmonitor.desktop.plots.frame import Frame, PixelLayer
from lnmonitor.desktop.plots.scale import Tick
from lnmonitor.desktop.plots.style import PlotStyle
from lnmonitor.language import Language

_CENTRE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine)
_START = int(
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
)


@dataclass(frozen=True)
class VisitLabel:
    """A visit with what the strip writes: name, what is special about it, and its colour."""

    visit: VisitMark
    name: str
    note: str = ""
    role: str = "text"

    @property
    def anchor(self) -> float | None:
        """Return the day over which the name stands."""
        for day in (self.visit.day, self.visit.target_day, self.visit.window_start):
            if day is not None:
                return day
        return None


class VisitStrip(PixelLayer):
    """Names over window bars; a dot where the visit took place, a cross where it was missed."""

    def __init__(self, view_box: Any, style: PlotStyle) -> None:
        super().__init__(view_box, style, z=100)
        self._labels: Sequence[VisitLabel] = ()
        self._current: float | None = None
        self._hovered: float | None = None

    def show_visits(self, labels: Sequence[VisitLabel]) -> None:
        """Take the visits."""
        self._labels = sorted(
            (v for v in labels if v.anchor is not None), key=lambda v: v.anchor or 0.0
        )
        self.update()

    def set_current(self, day: float | None, hovered: float | None) -> None:
        """Mark the visit under the crosshair, and the one under the pointer."""
        if (day, hovered) != (self._current, self._hovered):
            self._current, self._hovered = day, hovered
            self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint bars and dots, then the names that have room."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = frame.rect.bottom() - self.style.px(2)
        for label in self._labels:
            self._draw_window(painter, frame, label, base)
        self._draw_names(painter, frame)

    def _draw_window(self, painter: QPainter, frame: Frame, label: VisitLabel, base: float) -> None:
        visit, style = label.visit, self.style
        if visit.window_start is not None and visit.window_end is not None:
            left, right = frame.x(visit.window_start), frame.x(visit.window_end)
            painter.setPen(style.pen("line-strong"))
            painter.setBrush(style.brush("visit-window"))
            painter.drawRoundedRect(QRectF(left, base - 2.5, max(right - left, 3.0), 5), 1.5, 1.5)
            if visit.target_day is not None and right - left > 12:
                x = frame.x(visit.target_day)
                painter.setPen(style.pen("text-muted"))
                painter.drawLine(QPointF(x, base - 3.5), QPointF(x, base + 3.5))
        if visit.day is not None:
            role = "warn" if label.role == "warn" else "text-2"
            if visit.day == self._current:
                role = "accent"
            painter.setPen(style.pen("bg-panel", 1.0))
            painter.setBrush(style.brush(role))
            painter.drawEllipse(QPointF(frame.x(visit.day), base), 3.6, 3.6)
        elif label.role == "serious" and label.anchor is not None:
            x = frame.x(label.anchor)
            painter.setPen(style.pen("serious", 1.6))
            painter.drawLine(QPointF(x - 3.5, base - 3.5), QPointF(x + 3.5, base + 3.5))
            painter.drawLine(QPointF(x - 3.5, base + 3.5), QPointF(x + 3.5, base - 3.5))

    def _draw_names(self, painter: QPainter, frame: Frame) -> None:
        """The current visit first, then from left to right; what has no room is left out."""
        places: dict[VisitLabel, QRectF] = {}
        ordered = sorted(self._labels, key=lambda v: not self._is_current(v))
        for label in ordered:
            rect = self._room(frame, label, label.name, list(places.values()))
            if rect is not None:
                places[label] = rect
        for label, narrow in tuple(places.items()):
            words = f"{label.name} {label.note}".strip()
            others = [rect for other, rect in places.items() if other is not label]
            wide = self._room(frame, label, words, others) if label.note else None
            places[label] = wide or narrow
            self._draw_name(painter, label, words if wide else label.name, places[label])

    def _is_current(self, label: VisitLabel) -> bool:
        return label.visit.day is not None and label.visit.day == self._current

    def _room(
        self, frame: Frame, label: VisitLabel, words: str, taken: Sequence[QRectF]
    ) -> QRectF | None:
        metrics = self.style.metrics("small", 500)
        width = metrics.horizontalAdvance(words) + self.style.px(1)
        height = metrics.height()
        day = label.anchor
        if day is None or not frame.first <= day <= frame.last:
            return None
        x = frame.x(day)
        for shift in (0.0, -0.35, 0.35, -0.6, 0.6, 0.9):
            rect = QRectF(x - width / 2 + shift * width, self.style.px(0.75), width, height)
            rect.moveLeft(max(rect.left(), frame.rect.left()))
            rect.moveRight(min(rect.right(), frame.rect.right()))
            if not any(rect.intersects(other) for other in taken):
                return rect
        return None

    def _draw_name(self, painter: QPainter, label: VisitLabel, words: str, rect: QRectF) -> None:
        style, role = self.style, label.role
        current = self._is_current(label)
        hovered = label.visit.day is not None and label.visit.day == self._hovered
        if current or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.brush("accent" if current else "bg-hover"))
            painter.drawRoundedRect(rect.adjusted(-2, -1, 2, 1), 3, 3)
        painter.setFont(style.font("small", 500))
        painter.setPen(style.color("accent-on" if current else role))
        painter.drawText(rect, _CENTRE, words)


class Ribbon(PixelLayer):
    """The response that holds from visit to visit; a suspected flare is hatched."""

    _GROUND: ClassVar[Mapping[str, str]] = {"CR": "resp-cr", "PR": "resp-pr", "NR": "resp-nr"}

    def __init__(self, view_box: Any, style: PlotStyle) -> None:
        super().__init__(view_box, style, z=50)
        self._spans: Sequence[RibbonSpan] = ()
        self._infusions: Sequence[float] = ()
        self._today: float | None = None
        self._language: Language = "en"
        self._today_word = ""

    def show_spans(
        self,
        spans: Sequence[RibbonSpan],
        infusions: Sequence[float],
        today: float,
        language: Language,
        today_word: str,
    ) -> None:
        """Take the spans and where the infusion's drop hangs."""
        self._spans, self._infusions, self._today = spans, infusions, today
        self._language, self._today_word = language, today_word
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint spans, the word today, and a drop for each infusion."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.style.length("ribbon-height-px") * self.style.u_ratio
        end = frame.rect.left()
        for span in self._spans:
            area = QRectF(
                QPointF(frame.x(span.start), 2), QPointF(frame.x(span.end), 2 + height)
            ).intersected(frame.rect)
            if area.width() > 0:
                self._draw_span(painter, span, area)
                end = max(end, area.right())
        if self._today is not None and frame.first <= self._today <= frame.last:
            x = max(frame.x(self._today), end) + self.style.px(1)
            painter.setFont(self.style.font("caption"))
            painter.setPen(self.style.color("text-muted"))
            painter.drawText(QRectF(x, 2, frame.rect.right() - x, height), _START, self._today_word)
        for day in self._infusions:
            self._draw_drop(painter, frame.x(day), frame.rect.bottom() - 1)

    def _draw_span(self, painter: QPainter, span: RibbonSpan, area: QRectF) -> None:
        style = self.style
        painter.setPen(style.pen("bg-panel"))
        if span.response == "FLARE":
            painter.fillRect(area.adjusted(0, 0, -1, 0), style.color("serious"))
            painter.setPen(style.color("bg-panel"))
        elif span.response == "FLARE?":
            painter.fillRect(area, style.color("serious-soft"))
            painter.setPen(style.pen("serious-line"))
            painter.setBrush(style.hatch("serious-line"))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(style.color("serious"))
        elif span.response in self._GROUND:
            ground = self._GROUND[span.response]
            painter.fillRect(area.adjusted(0, 0, -1, 0), style.color(ground))
            painter.setPen(style.color(f"{ground}-on"))
        else:
            painter.fillRect(area, style.color("resp-unknown"))
            painter.setPen(style.pen("line-strong"))
            painter.setBrush(style.hatch("line-strong"))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(style.color("text-2"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        plain = span.response in self._GROUND or span.response == "FLARE"
        self._draw_words(painter, span, area, plain=plain)

    def _draw_words(
        self, painter: QPainter, span: RibbonSpan, area: QRectF, *, plain: bool
    ) -> None:
        style = self.style
        weight = 600 if span.response in {"CR", "FLARE"} else 500
        metrics = style.metrics("small", weight)
        words = span.label.in_(self._language)
        if metrics.horizontalAdvance(words) > area.width() - 6:
            words = span.response if span.response in self._GROUND else ""
        if not words or metrics.horizontalAdvance(words) > area.width() - 2:
            return
        pen = painter.pen().color()
        if not plain:  # hatching under a word is unreadable
            width = metrics.horizontalAdvance(words) + style.px(2)
            ground = QRectF(0, 0, width, metrics.height())
            ground.moveCenter(area.center())
            painter.fillRect(ground, style.color("bg-panel"))
        painter.setFont(style.font("small", weight))
        painter.setPen(pen)
        painter.drawText(area, _CENTRE, words)

    def _draw_drop(self, painter: QPainter, x: float, bottom: float) -> None:
        size = self.style.px(1)
        path = QPainterPath(QPointF(x, bottom - 2.4 * size))
        path.cubicTo(
            x + 0.4 * size, bottom - 1.6 * size, x + size, bottom - 1.2 * size, x + size,
            bottom - 0.8 * size,
        )  # fmt: skip
        path.arcTo(QRectF(x - size, bottom - 1.8 * size, 2 * size, 2 * size), 0, -180)
        path.cubicTo(
            x - size, bottom - 1.2 * size, x - 0.4 * size, bottom - 1.6 * size, x,
            bottom - 2.4 * size,
        )  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.style.brush("text"))
        painter.drawPath(path)


class IntervalRow(PixelLayer):
    """Adverse events with their grade, or drugs with their dose, as bars in lanes."""

    def __init__(self, view_box: Any, style: PlotStyle, *, graded: bool) -> None:
        super().__init__(view_box, style, z=50)
        self._graded = graded
        self._intervals: Sequence[Interval] = ()
        self._until = 0.0
        self._language: Language = "en"
        self._lanes = 1

    def show_intervals(
        self, intervals: Sequence[Interval], until: float, language: Language, lanes: int
    ) -> None:
        """Take the intervals; one without end goes on `until`; lanes past `lanes` are left out."""
        self._intervals = [i for i in intervals if i.lane < lanes]
        self._until, self._language, self._lanes = until, language, max(lanes, 1)
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint lane by lane."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pad = self.style.px(0.75)
        lane_height = (frame.rect.height() - 2 * pad) / self._lanes
        bars = [
            (i, self._bar(frame, i, pad + i.lane * lane_height, lane_height))
            for i in self._intervals
        ]
        for interval, bar in bars:
            if bar.right() < frame.rect.left() or bar.left() > frame.rect.right():
                continue
            if self._graded:
                others = [b for i, b in bars if i.lane == interval.lane and i is not interval]
                self._draw_event(painter, frame, interval, bar, others)
            else:
                self._draw_drug(painter, frame, interval, bar)

    def _bar(self, frame: Frame, interval: Interval, top: float, height: float) -> QRectF:
        left = frame.x(interval.start)
        end = self._until if interval.end is None else interval.end + 1
        narrowest = self.style.px(3) if self._graded else 2
        right = max(frame.x(end), left + narrowest)
        token = "ae-bar-height-px" if self._graded else "drug-bar-height-px"
        thick = min(self.style.length(token) * self.style.u_ratio, height - 1)
        return QRectF(left, top + (height - thick) / 2, right - left, thick)

    def _draw_event(
        self,
        painter: QPainter,
        frame: Frame,
        event: Interval,
        bar: QRectF,
        others: Sequence[QRectF],
    ) -> None:
        style = self.style
        grade = event.grade if event.grade in {1, 2, 3, 4, 5} else None
        ground = f"grade-{grade}" if grade else "unknown-soft"
        painter.setPen(style.pen("serious", 1.6) if event.serious else Qt.PenStyle.NoPen)
        painter.setBrush(style.brush(ground))
        painter.drawPath(_bar_path(bar, ongoing=event.end is None))
        painter.setFont(style.font("caption", 600))
        painter.setPen(style.color(f"grade-{grade}-on" if grade else "unknown"))
        digit = QRectF(max(bar.left(), frame.rect.left()), bar.top(), style.px(3), bar.height())
        painter.drawText(digit, _CENTRE, str(grade) if grade else "?")
        self._draw_term(painter, frame, event, bar, others)

    def _draw_term(
        self,
        painter: QPainter,
        frame: Frame,
        event: Interval,
        bar: QRectF,
        others: Sequence[QRectF],
    ) -> None:
        style, gap = self.style, self.style.px(1.5)
        weight = 500 if event.serious else 400
        metrics = style.metrics("caption", weight)
        words = event.label.in_(self._language)
        if event.serious and "SAE" not in words:
            words = f"{words}, SAE"
        width = metrics.horizontalAdvance(words)
        places = [
            QRectF(bar.left() + style.px(3.5), bar.top(), bar.width() - style.px(4), bar.height()),
            QRectF(bar.right() + gap + 2, bar.top(), width, bar.height()),
            QRectF(bar.left() - gap - width, bar.top(), width, bar.height()),
        ]
        if event.end is None:  # right of today lies the future
            places = [places[0], places[2], places[1]]
        for number, place in enumerate(places):
            inside = number == 0
            fits = place.width() >= width and frame.rect.adjusted(-1, -1, 1, 1).contains(place)
            if fits and (inside or not any(place.intersects(o) for o in others)):
                grade = event.grade
                on_bar = f"grade-{grade}-on" if grade in {1, 2, 3, 4, 5} else "text"
                painter.setFont(style.font("caption", weight))
                painter.setPen(style.color(on_bar if inside else "text"))
                painter.drawText(place, _START, words)
                return

    def _draw_drug(self, painter: QPainter, frame: Frame, drug: Interval, bar: QRectF) -> None:
        style = self.style
        painter.setPen(style.pen("line-strong"))
        painter.setBrush(style.brush("unknown-soft"))
        painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        metrics = style.metrics("caption")
        left = max(bar.left(), frame.rect.left()) + style.px(1)
        room = min(bar.right(), frame.rect.right()) - left - style.px(1)
        name = drug.label.in_(self._language)
        dose = dose_name(drug.dose).in_(self._language)
        full = f"{name} {dose}".strip()
        fitting = [w for w in (full, dose, name) if w and metrics.horizontalAdvance(w) <= room]
        words = (
            fitting[0] if fitting else metrics.elidedText(full, Qt.TextElideMode.ElideRight, room)
        )
        painter.setFont(style.font("caption"))
        painter.setPen(style.color("text-2"))
        painter.drawText(QRectF(left, bar.top(), room, bar.height()), _START, words)


def _bar_path(bar: QRectF, *, ongoing: bool) -> QPainterPath:
    """A bar; what goes on ends in an arrow."""
    path = QPainterPath()
    if not ongoing:
        path.addRoundedRect(bar, 2, 2)
        return path
    tip = bar.height() / 2
    path.addPolygon(
        QPolygonF(
            [
                bar.topLeft(),
                bar.topRight(),
                QPointF(bar.right() + tip, bar.center().y()),
                bar.bottomRight(),
                bar.bottomLeft(),
            ]
        )
    )
    path.closeSubpath()
    return path


class TimeAxis(PixelLayer):
    """Tick marks and their text below the last row; day 0 is bold."""

    def __init__(self, view_box: Any, style: PlotStyle) -> None:
        super().__init__(view_box, style, z=50)
        self._ticks: Sequence[Tick] = ()

    def set_ticks(self, ticks: Sequence[Tick]) -> None:
        """Take the ticks."""
        self._ticks = ticks
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the axis line, marks and numbers."""
        style = self.style
        painter.setPen(style.pen("line-strong"))
        painter.drawLine(QPointF(frame.rect.left(), 0.5), QPointF(frame.rect.right(), 0.5))
        for tick in self._ticks:
            x = frame.x(tick.at)
            if not frame.rect.left() <= x <= frame.rect.right():
                continue
            weight = 600 if tick.strong else 400
            painter.setPen(style.pen("text" if tick.strong else "line-strong"))
            painter.drawLine(QPointF(x, 0), QPointF(x, style.px(1)))
            painter.setFont(style.font("caption", weight))
            painter.setPen(style.color("text" if tick.strong else "text-muted"))
            width = style.metrics("caption", weight).horizontalAdvance(tick.text) + 4
            left = min(max(x - width / 2, frame.rect.left()), frame.rect.right() - width)
            area = QRectF(left, style.px(1.25), width, style.px(4))
            painter.drawText(area, _CENTRE, tick.text)
