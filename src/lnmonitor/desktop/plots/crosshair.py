"""Where the crosshair may stop, and what every panel says there. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lnmonitor.analysis.story import (
    Interval,
    Panel,
    RibbonSpan,
    SeriesStyle,
    Story,
    TrendPoint,
    TrendSeries,
    VisitMark,
)

_SAME_DAY = 0.5


@dataclass(frozen=True)
class Stop:
    """A day at which the crosshair stands; `visit` is None between visits, at a single result."""

    day: float
    visit: VisitMark | None = None


def visit_stops(story: Story) -> tuple[Stop, ...]:
    """Return the visits that took place, in order of day."""
    seen = (v for v in story.visits if v.day is not None)
    return tuple(Stop(v.day or 0.0, v) for v in sorted(seen, key=lambda v: v.day or 0.0))


def result_stops(story: Story, panel: Panel) -> tuple[Stop, ...]:
    """Return the days of a panel's own points, with the visit where there was one."""
    days = sorted({point.day for series in panel.series for point in series.points})
    return tuple(Stop(day, visit_on(story, day)) for day in days)


def visit_on(story: Story, day: float) -> VisitMark | None:
    """Return the visit that took place on a day."""
    near = [v for v in story.visits if v.day is not None and abs(v.day - day) <= _SAME_DAY]
    return near[0] if near else None


def nearest(stops: Iterable[Stop], day: float) -> Stop | None:
    """Return the stop nearest to a day, None when there is none."""
    return min(stops, key=lambda stop: abs(stop.day - day), default=None)


def step(stops: Sequence[Stop], day: float, direction: int) -> Stop | None:
    """Return the next stop after (direction 1) or before (-1) a day, None at the end."""
    if direction > 0:
        return next((s for s in stops if s.day > day + 1e-9), None)
    return next((s for s in reversed(stops) if s.day < day - 1e-9), None)


def point_at(series: TrendSeries, stop: Stop) -> TrendPoint | None:
    """Return the series' point at a stop: of that visit or day; a dose holds until changed."""
    if series.style is SeriesStyle.DOSE:
        held = [p for p in series.points if p.day <= stop.day + _SAME_DAY]
        return held[-1] if held else None
    if stop.visit is not None and stop.visit.visit_id is not None:
        of_visit = [p for p in series.points if p.visit_id == stop.visit.visit_id]
        if of_visit:
            return min(of_visit, key=lambda p: abs(p.day - stop.day))
    on_day = [p for p in series.points if abs(p.day - stop.day) <= _SAME_DAY]
    return on_day[0] if on_day else None


def response_at(story: Story, stop: Stop) -> RibbonSpan | None:
    """Return the response found at a stop: the span that begins there, else the one that holds."""
    for span in reversed(story.ribbon):
        if span.start <= stop.day + _SAME_DAY and (stop.day < span.end or span.start == stop.day):
            return span
    return None


def running_at(intervals: Iterable[Interval], day: float) -> tuple[Interval, ...]:
    """Return the events or drugs that run on a day."""
    return tuple(
        i for i in intervals if i.start <= day + _SAME_DAY and (i.end is None or day <= i.end)
    )
