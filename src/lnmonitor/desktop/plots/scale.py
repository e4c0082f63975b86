"""From values to plot units and back, and where the ticks of time stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from lnmonitor.analysis.story import Panel, SeriesStyle, Story
from lnmonitor.study.dates import MONTHS

_WEEK_STEPS = (1, 2, 4, 8, 12, 26, 52, 104, 260)
_DAY_STEPS = (1, 2, 7, 14, 28, 56, 84, 182, 364, 728, 1820)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)
_SMALLEST_LOG = 1e-6
_SYMBOL_ROOM = 0.16
_LETTER_ROOM = 0.26


class TimeUnit(Enum):
    """How the time axis is labelled; the axis itself is always in days."""

    DAYS = "days"
    WEEKS = "weeks"
    DATES = "dates"

    @property
    def next(self) -> TimeUnit:
        """Return the unit that follows when a person cycles through them."""
        units = list(TimeUnit)
        return units[(units.index(self) + 1) % len(units)]


@dataclass(frozen=True)
class Tick:
    """One tick of an axis: `at` in plot units; `strong` marks infusion day."""

    at: float
    text: str
    strong: bool = False


@dataclass(frozen=True)
class ValueScale:
    """The y axis of a panel; a log panel is drawn in decades, so that pyqtgraph stays linear."""

    low: float
    high: float
    log: bool = False
    room: float = _SYMBOL_ROOM
    """Share of the range left free at both ends, for symbols and letters in squares."""

    @classmethod
    def of(cls, panel: Panel) -> ValueScale:
        """Return the scale of a panel, widened where a value would fall outside it."""
        low, high = panel.y_range
        values = [
            v
            for series in panel.series
            for point in series.points
            for v in (point.value, point.low, point.high)
            if v is not None and (v > 0 or not panel.log)
        ]
        letters = any(series.style is SeriesStyle.STEP for series in panel.series)
        room = _LETTER_ROOM if letters else _SYMBOL_ROOM
        return cls(min([low, *values]), max([high, *values]), panel.log, room)

    def y(self, value: float) -> float:
        """Return the plot coordinate of a value; on a log axis nothing lies below a millionth."""
        return math.log10(max(value, _SMALLEST_LOG)) if self.log else value

    @property
    def span(self) -> tuple[float, float]:
        """Return the visible range in plot units."""
        low, high = self.y(self.low), self.y(self.high)
        room = self.room * ((high - low) or 1.0)
        return low - room, high + room


def origin(story: Story) -> date | None:
    """Return the calendar date of day 0, None when nothing in the story tells it."""
    if story.day0:
        return date.fromisoformat(story.day0[:10])
    for visit in story.visits:
        if visit.day is not None and len(visit.date) == len("2026-01-31"):
            return date.fromisoformat(visit.date) - timedelta(days=round(visit.day))
    return None


def date_of(story: Story, day: float) -> str:
    """Return the ISO date of a day, empty when day 0 has no known date."""
    start = origin(story)
    return "" if start is None else (start + timedelta(days=math.floor(day))).isoformat()


def time_ticks(
    unit: TimeUnit, first: float, last: float, room: int, start: date | None, chinese: bool
) -> tuple[Tick, ...]:
    """Return at most `room` ticks between two days; dates need `start`, the date of day 0."""
    if unit is TimeUnit.DATES and start is not None:
        return _month_ticks(first, last, room, start, chinese)
    weeks = unit is not TimeUnit.DAYS
    steps = [s * 7 for s in _WEEK_STEPS] if weeks else list(_DAY_STEPS)
    wanted = 28 if last - first > 140 else 1
    fitting = [s for s in steps if (last - first) / s <= room and s >= wanted]
    step = fitting[0] if fitting else steps[-1]
    ticks = []
    for number in range(math.ceil(first / step), math.floor(last / step) + 1):
        day = number * step
        shown = day // 7 if weeks else day
        ticks.append(Tick(day, f"{shown}".replace("-", "−"), strong=day == 0))
    return tuple(ticks)


def _month_ticks(
    first: float, last: float, room: int, start: date, chinese: bool
) -> tuple[Tick, ...]:
    months = (last - first) / 30.44
    step = next((s for s in _MONTH_STEPS if months / s <= room * 0.8), _MONTH_STEPS[-1])
    begin = start + timedelta(days=math.floor(first))
    number = begin.year * 12 + begin.month - 1
    ticks: list[Tick] = []
    while True:
        number += 1
        if number % step:
            continue
        year, month = divmod(number, 12)
        day = (date(year, month + 1, 1) - start).days
        if day > last:
            return tuple(ticks)
        with_year = not ticks or month == 0
        ticks.append(Tick(day, _month_name(year, month, with_year, chinese)))


def _month_name(year: int, month: int, with_year: bool, chinese: bool) -> str:
    if chinese:
        return f"{year}-{month + 1:02d}" if with_year else f"{month + 1}月"
    return f"{MONTHS[month]} {year}" if with_year else MONTHS[month]
