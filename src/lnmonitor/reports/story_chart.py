"""The patient's story as a vector drawing for paper: the same `Story` that the screen draws.

Paper has no crosshair, so values stand at the points. Readable in grey: words in the response
ribbon, digits for grades, a triangle for a flare.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from reportlab.graphics.shapes import STATE_DEFAULTS, Drawing, Polygon
from reportlab.lib.colors import Color

from lnmonitor.analysis.story import (
    Band,
    Interval,
    Mark,
    Panel,
    RibbonSpan,
    SeriesStyle,
    Story,
    TrendPoint,
    TrendSeries,
    VisitMark,
)
from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.reports import fonts
from lnmonitor.reports.chart_canvas import Axis, Point, Sheet
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.palette import colour, size

GUTTER = 84.0
"""Points left of the plots: panel name, unit and tick labels."""
PANEL_HEIGHTS = {
    "sledai": 52.0,
    "bilag_renal": 46.0,
    "gfr": 52.0,
    "protein": 62.0,
    "prednisone": 44.0,
    "complement": 52.0,
}
"""Panels on paper with their heights; anti-dsDNA and albumin stand in the table below the plots."""
_STRIP, _RIBBON, _LANE, _AXIS, _GAP = 17.0, 13.0, 12.0, 22.0, 4.0
_MOST_ASIDE = 9.0
_WEEK = 7
_SERIES_COLOUR = {
    SeriesStyle.PRIMARY: "series-1",
    SeriesStyle.UNJOINED: "series-1",
    SeriesStyle.STEP: "series-1",
    SeriesStyle.SECONDARY: "series-2",
    SeriesStyle.ESTIMATE: "series-3",
}
_SYMBOL = {
    Mark.MEASURED: "circle",
    Mark.RANGE: "circle",
    Mark.BELOW_LIMIT: "down",
    Mark.ABOVE_LIMIT: "up",
    Mark.NOT_DONE: "cross",
    Mark.FLARE: "up",
}
_LABELLED_PANELS = frozenset({"sledai", "protein"})


def story_drawing(story: Story, language: Language, width: float) -> Drawing:
    """Return the drawing, as high as its panels need."""
    # reportlab starts every drawing in this font, which would stand unembedded in the file.
    STATE_DEFAULTS["fontName"] = fonts.latin()
    return _StoryChart(story, language, width).draw()


class _StoryChart:
    def __init__(self, story: Story, language: Language, width: float) -> None:
        self.story = story
        self.language = language
        self.tr = translator(language)
        self.panels = [
            panel
            for panel in story.panels
            if panel.key in PANEL_HEIGHTS and any(series.points for series in panel.series)
        ]
        lanes = 1 + max((event.lane for event in story.events), default=0)
        self.events_height = lanes * _LANE + _GAP
        height = _STRIP + _RIBBON + self.events_height + _AXIS
        height += sum(PANEL_HEIGHTS[panel.key] + _GAP for panel in self.panels)
        self.sheet = Sheet(Drawing(width, height))
        self.x = Axis(story.first_day, story.last_day, GUTTER, width)
        self.width, self.height = width, height

    def draw(self) -> Drawing:
        top = self.height
        panels_top = top - _STRIP - _RIBBON
        bottom = _AXIS + self.events_height
        self._windows(panels_top, bottom)
        self._time_axis(panels_top)
        self._keep_off_through_lines(panels_top)
        y = panels_top
        for panel in self.panels:
            self._panel(panel, y - PANEL_HEIGHTS[panel.key], y)
            y -= PANEL_HEIGHTS[panel.key] + _GAP
            self._rule(y + _GAP / 2)
        self._events(y)
        self._through_lines(top - _STRIP, _AXIS)
        self._visit_strip(top)
        self._ribbon(top - _STRIP)
        return self.sheet.drawing

    # --- what lies behind ---

    def _windows(self, top: float, bottom: float) -> None:
        for visit in self.story.visits:
            if visit.window_start is None or visit.window_end is None:
                continue
            left, right = self.x.at(visit.window_start), self.x.at(visit.window_end)
            if right > left:
                self.sheet.box((left, bottom, right, top), colour("visit-window"))

    def _rule(self, y: float) -> None:
        self.sheet.line((0, y), (self.width, y), colour("line-soft"), 0.4)

    def _through_lines(self, top: float, bottom: float) -> None:
        for day in self.story.infusions:
            x = self.x.at(day)
            self.sheet.line((x, bottom), (x, top), colour("text"), 0.9)
            drop = [x - 2.2, top - 3.0, x + 2.2, top - 3.0, x, top + 1.5]
            self.sheet.drawing.add(Polygon(drop, fillColor=colour("text"), strokeColor=None))
        if self.story.first_day < self.story.today < self.story.last_day:
            x = self.x.at(self.story.today)
            self.sheet.line((x, bottom), (x, top), colour("text-muted"), 0.6, (1.2, 2))

    def _keep_off_through_lines(self, top: float) -> None:
        for day in (*self.story.infusions, self.story.today):
            self.sheet.remember([(self.x.at(day), _AXIS), (self.x.at(day), top)])

    # --- visits, response, time ---

    def _visit_strip(self, top: float) -> None:
        right = -1.0
        for visit in self.story.visits:
            right = self._visit_name(visit, top - 9, right)

    def _visit_name(self, visit: VisitMark, y: float, taken_to: float) -> float:
        day = visit.day if visit.day is not None else visit.target_day
        if day is None:
            return taken_to
        note = visit.note.in_(self.language)
        text = f"{visit.code} {note}".strip()
        seen = visit.day is not None
        tone = colour("warn") if note and seen else colour("text" if seen else "text-muted")
        x = self.x.at(day)
        for words in (text, visit.code):
            half = fonts.width(words, size("small")) / 2
            # A name may stand a little beside its day; where there is no room at all it is left
            # out, the table below has it.
            place = min(max(x, taken_to + 3 + half), self.width - half)
            if abs(place - x) <= _MOST_ASIDE and place - half > taken_to:
                self.sheet.text(place, y, words, size=size("small"), tone=tone, anchor="middle")
                return place + half
        return taken_to

    def _ribbon(self, top: float) -> None:
        self._gutter_name(self.tr.text("Response"), "", top - 9.5)
        for span in self.story.ribbon:
            self._span(span, top)

    def _span(self, span: RibbonSpan, top: float) -> None:
        left, right = self.x.at(span.start), self.x.at(span.end)
        key = {"CR": "cr", "PR": "pr", "NR": "nr"}.get(span.response)
        flare = span.response.startswith("FLARE")
        fill = colour(f"resp-{key}") if key else colour("serious-soft" if flare else "resp-unknown")
        edge = colour("serious") if flare else None
        self.sheet.box((left, top - _RIBBON + 1, right, top - 1), fill, edge)
        text = span.label.in_(self.language)
        tone = colour(f"resp-{key}-on") if key else colour("serious" if flare else "text-2")
        if not flare and fonts.width(text, size("small")) > right - left - 4:
            text = span.response
        if flare and fonts.width(text, size("small")) > right - left - 2:
            self.sheet.text(right + 3, top - 9.5, text, size=size("small"), tone=tone)
        elif fonts.width(text, size("small")) <= right - left - 2:
            middle = (left + right) / 2
            self.sheet.text(middle, top - 9.5, text, size=size("small"), tone=tone, anchor="middle")

    def _time_axis(self, top: float) -> None:
        y = _AXIS
        self.sheet.line((GUTTER, y), (self.width, y), colour("line-strong"), 0.5)
        self._gutter_name(self.tr.text("Weeks since infusion"), "", y - 9, bold=False)
        first = int(self.story.first_day // _WEEK)
        last = int(self.story.last_day // _WEEK)
        step = 4 if last - first <= 64 else 8 if last - first <= 128 else 26
        for week in range(first - first % step, last + 1, step):
            if not self.story.first_day <= week * _WEEK <= self.story.last_day:
                continue
            x = self.x.at(week * _WEEK)
            self.sheet.line((x, y), (x, top), colour("plot-grid"), 0.4)
            self.sheet.line((x, y), (x, y - 2.5), colour("line-strong"), 0.5)
            weight = Weight.SEMIBOLD if week == 0 else Weight.REGULAR
            text = f"{week}".replace("-", "−")
            self.sheet.text(
                x, y - 9, text, size=7.5, tone=colour("text-2"), weight=weight, anchor="middle"
            )
            if week % (3 * step) == 0 and self.story.day0:
                self._date_below(week, x, y - 18)

    def _date_below(self, week: int, x: float, y: float) -> None:
        day0 = date.fromisoformat(self.story.day0 or "")
        shown = (day0 + timedelta(weeks=week)).isoformat()
        anchor = "middle" if x > GUTTER + 20 else "start"
        self.sheet.text(x, y, shown, size=7.5, tone=colour("text-muted"), anchor=anchor)

    def _gutter_name(self, name: str, unit: str, y: float, *, bold: bool = True) -> None:
        weight = Weight.SEMIBOLD if bold else Weight.REGULAR
        tone = colour("text") if bold else colour("text-2")
        self.sheet.text(0, y, name, size=size("small"), tone=tone, weight=weight)
        if unit:
            self.sheet.text(0, y - 9.5, unit, size=7.5, tone=colour("text-muted"))

    # --- panels ---

    def _panel(self, panel: Panel, bottom: float, top: float) -> None:
        y = Axis(*panel.y_range, bottom + 4, top - 4, panel.log)
        unit = panel.unit
        if panel.log:
            unit = f"{unit}, log" if unit else "log"
        for band in panel.bands:
            self._band(band, y, panel)
        for value, text in panel.ticks:
            height = y.at(value)
            self.sheet.line((GUTTER, height), (self.width, height), colour("plot-grid"), 0.4)
            self.sheet.text(
                GUTTER - 4, height - 2.7, text, size=7.5, tone=colour("text-muted"), anchor="end"
            )
        self._gutter_name(panel.name.in_(self.language), unit, top - 10)
        self._limits(panel, y)
        for series in panel.series:
            self._series(series, y, panel)
        if len(panel.series) > 1:
            self._names(panel.series, y)

    def _band(self, band: Band, y: Axis, panel: Panel) -> None:
        low = y.at(panel.y_range[0] if band.low is None else band.low)
        high = y.at(panel.y_range[1] if band.high is None else band.high)
        left = GUTTER if band.start is None else self.x.at(band.start)
        right = self.width if band.end is None else self.x.at(band.end)
        self.sheet.box((left, low, right, high), colour("band"))

    def _limits(self, panel: Panel, y: Axis) -> None:
        for line in panel.lines:
            left = GUTTER if line.start is None else self.x.at(line.start)
            right = self.width if line.end is None else self.x.at(line.end)
            height = y.at(line.value)
            self.sheet.line((left, height), (right, height), colour("serious"), 0.7, (3, 2.2))
            self.sheet.remember([(left, height), (right, height)])
            text = line.label.in_(self.language)
            wide = fonts.width(text, 7.5)
            if right - left > wide:
                self.sheet.text(
                    right, height - 7.5, text, size=7.5, tone=colour("serious"), anchor="end"
                )
                self.sheet.taken.append((right - wide, height - 8.5, right, height - 1))

    def _series(self, series: TrendSeries, y: Axis, panel: Panel) -> None:
        if series.style is SeriesStyle.DOSE:
            self._dose(series.points, y, panel)
            return
        tone = colour(_SERIES_COLOUR[series.style])
        if series.style is SeriesStyle.STEP:
            self._steps(series.points, y, tone)
            return
        if series.style is not SeriesStyle.UNJOINED:
            self._lines(series, y, tone)
        for point in series.points:
            self._point(point, series.style, y, tone)
        if panel.key in _LABELLED_PANELS:
            # The flare's value first: it has the best claim to a free place.
            for point in sorted(series.points, key=lambda one: one.mark is not Mark.FLARE):
                self._value_label(point, y)

    def _lines(self, series: TrendSeries, y: Axis, tone: Color) -> None:
        for before, after in pairwise(series.points):
            if before.value is None or after.value is None:
                continue  # not done: no line across
            ends = (self._at(before, y), self._at(after, y))
            censored = {before.mark, after.mark} & {Mark.BELOW_LIMIT, Mark.ABOVE_LIMIT}
            dash = (
                (4, 2.4) if series.style is SeriesStyle.ESTIMATE else (1.5, 2) if censored else None
            )
            self.sheet.line(*ends, tone, size("line-width"), dash)
            self.sheet.remember(ends)

    def _at(self, point: TrendPoint, y: Axis) -> Point:
        return self.x.at(point.day), y.at(point.value if point.value is not None else y.low)

    def _point(self, point: TrendPoint, style: SeriesStyle, y: Axis, tone: Color) -> None:
        at = self._at(point, y)
        if point.low is not None and point.high is not None:
            for end in (point.low, point.high):
                self.sheet.line((at[0] - 2, y.at(end)), (at[0] + 2, y.at(end)), tone, 0.8)
            self.sheet.line((at[0], y.at(point.low)), (at[0], y.at(point.high)), tone, 0.8)
        symbol = _SYMBOL[point.mark]
        if point.mark is Mark.MEASURED:
            symbol = {SeriesStyle.SECONDARY: "square", SeriesStyle.ESTIMATE: "diamond"}.get(
                style, symbol
            )
        if point.mark is Mark.FLARE:
            self.sheet.shape(symbol, at, size("symbol-size") + 1.5, colour("serious"), None)
            return
        hollow = style is SeriesStyle.ESTIMATE or point.mark not in {Mark.MEASURED, Mark.NOT_DONE}
        fill = colour("bg-panel") if hollow else tone
        self.sheet.shape(symbol, at, size("symbol-size"), fill, tone if hollow else None)

    def _value_label(self, point: TrendPoint, y: Axis) -> None:
        flare = point.mark is Mark.FLARE
        tone = colour("serious") if flare else colour("text-2")
        weight = Weight.SEMIBOLD if flare else Weight.REGULAR
        text = self.tr.text("not done") if point.mark is Mark.NOT_DONE else point.label
        self.sheet.label(self._at(point, y), text, size=7.5, tone=tone, weight=weight)

    def _steps(self, points: Sequence[TrendPoint], y: Axis, tone: Color) -> None:
        known = [point for point in points if point.value is not None]
        path: list[Point] = []
        for point in known:
            at = self._at(point, y)
            if path:
                path.append((at[0], path[-1][1]))
            path.append(at)
        if len(path) > 1:
            self.sheet.path(path, tone, size("line-width"))
        for point in known:
            x, height = self._at(point, y)
            corners = (x - 4.2, height - 4.2, x + 4.2, height + 4.2)
            self.sheet.box(corners, colour("bg-panel"), tone)
            self.sheet.text(
                x, height - 2.6, point.label, size=7.5, tone=colour("text"),
                weight=Weight.SEMIBOLD, anchor="middle",
            )  # fmt: skip

    def _dose(self, points: Sequence[TrendPoint], y: Axis, panel: Panel) -> None:
        known = [point for point in points if point.value is not None]
        end = min(max(self.story.held_until, self.story.first_day), self.story.last_day)
        floor, right = y.at(panel.y_range[0]), -1.0
        for index, point in enumerate(known):
            until = known[index + 1].day if index + 1 < len(known) else end
            left, edge, height = self.x.at(point.day), self.x.at(until), self._at(point, y)[1]
            if edge > left:
                self.sheet.box((left, floor, edge, height), colour("dose-fill"))
                self.sheet.line((left, height), (edge, height), colour("dose-line"), 0.9)
            if index:
                before = self._at(known[index - 1], y)[1]
                self.sheet.line((left, before), (left, height), colour("dose-line"), 0.9)
            if left + 2 >= right:
                self.sheet.text(
                    left + 2, height + 1.8, point.label, size=7.5, tone=colour("dose-line")
                )
                right = left + 4 + fonts.width(point.label, 7.5)

    def _names(self, series: Sequence[TrendSeries], y: Axis) -> None:
        """Write each curve's name at its last or first point, where there is room."""
        for one in series:
            known = [point for point in one.points if point.value is not None]
            if known:
                tone = colour(_SERIES_COLOUR.get(one.style, "series-1"))
                place = known[len(known) // 2]
                self.sheet.label(
                    self._at(place, y), one.name.in_(self.language), size=7.5, tone=tone,
                    weight=Weight.REGULAR,
                )  # fmt: skip

    # --- adverse events ---

    def _events(self, top: float) -> None:
        self._gutter_name(self.tr.text("Adverse events"), "", top - 10)
        if not self.story.events:
            text = self.tr.text("none recorded")
            self.sheet.text(
                GUTTER + 4, top - 10, text, size=size("small"), tone=colour("text-muted")
            )
        for event in self.story.events:
            self._event(event, top - 2 - event.lane * _LANE)

    def _event(self, event: Interval, top: float) -> None:
        start = max(event.start, self.story.first_day)
        end = (
            event.end if event.end is not None else min(self.story.held_until, self.story.last_day)
        )
        left = self.x.at(start)
        right = max(self.x.at(max(end, start)), left + 8)
        grade = event.grade or 1
        edge = colour("serious") if event.serious else None
        self.sheet.box((left, top - 9.5, right, top), colour(f"grade-{grade}"), edge)
        digit = "" if event.grade is None else str(event.grade)
        self.sheet.text(
            left + 2, top - 7.4, digit, size=7.5, tone=colour(f"grade-{grade}-on"),
            weight=Weight.SEMIBOLD,
        )  # fmt: skip
        text = event.label.in_(self.language)
        if event.serious:
            text += f", {self.tr.text('SAE')}"
        total = fonts.width(text, 7.5)
        x = right + 3 if right + 3 + total <= self.width else left - 3 - total
        if x < GUTTER:  # neither beside: inside, after the grade
            x = left + 10 if left + 12 + total <= right else self.width
        if x + total <= self.width:
            weight = Weight.SEMIBOLD if event.serious else Weight.REGULAR
            self.sheet.text(x, top - 7.4, text, size=7.5, tone=colour("text-2"), weight=weight)
