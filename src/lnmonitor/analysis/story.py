"""The patient's story as plain data: what both renderers draw, on screen and on paper.

Nothing here knows a colour, a pixel or a widget. The x axis is in days since the first infusion
(day 0); `dates` turn it into calendar dates. Texts are `Text` pairs; numbers carry their unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lnmonitor.analysis.model import Flag
from lnmonitor.language import Text

NO_TEXT = Text("", "")


class Mark(Enum):
    """How a point is drawn."""

    MEASURED = "measured"  # filled
    RANGE = "range"  # hollow with a whisker from low to high
    BELOW_LIMIT = "below"  # hollow triangle down at the limit
    ABOVE_LIMIT = "above"  # hollow triangle up at the limit
    NOT_DONE = "not done"  # cross with the word, no line across
    FLARE = "flare"  # filled triangle


class SeriesStyle(Enum):
    """What a series is, not what it looks like."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    ESTIMATE = "estimate"  # dashed, hollow diamonds
    UNJOINED = "unjoined"  # points only, never a line
    STEP = "step"  # letters in squares on a step line
    DOSE = "dose"  # area in steps


@dataclass(frozen=True)
class TrendPoint:
    """One value on the time axis; `value` is None only for NOT_DONE.

    `label` is the value as printed ("8-12", "B", "> 800"); `low` and `high` bound a RANGE;
    `record_ids` lead to the source; `change` compares with the previous visit's value
    ("+6 vs M9"); `note` says limit or reason.
    """

    day: float
    value: float | None
    label: str
    mark: Mark = Mark.MEASURED
    low: float | None = None
    high: float | None = None
    visit_id: str | None = None
    record_ids: tuple[str, ...] = ()
    change: str = ""
    note: Text = NO_TEXT
    flag: str = ""  # "H", "L" or ""


@dataclass(frozen=True)
class TrendSeries:
    """One curve: points in order of day; no line is drawn across a NOT_DONE point."""

    name: Text
    unit: str
    points: tuple[TrendPoint, ...]
    style: SeriesStyle = SeriesStyle.PRIMARY


@dataclass(frozen=True)
class Band:
    """A reference or target band from `start` to `end` day; None means open."""

    low: float | None
    high: float | None
    label: Text
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class LimitLine:
    """A dashed line such as the flare line, valid from `start` to `end` day."""

    value: float
    label: Text
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Panel:
    """One plot row.

    `key` is stable: sledai, bilag_renal, gfr, protein, prednisone, complement, dsdna, albumin.
    """

    key: str
    name: Text
    unit: str
    series: tuple[TrendSeries, ...]
    log: bool = False
    bands: tuple[Band, ...] = ()
    lines: tuple[LimitLine, ...] = ()
    y_range: tuple[float, float] = (0.0, 1.0)
    ticks: tuple[tuple[float, str], ...] = ()
    explain_key: str = ""


@dataclass(frozen=True)
class VisitMark:
    """A visit on the strip: `state` as in `lnmonitor.study.schedule.VisitState` (its value)."""

    code: str
    name: Text
    target_day: float | None
    window_start: float | None
    window_end: float | None
    day: float | None
    date: str
    state: str
    note: Text = NO_TEXT
    visit_id: str | None = None


@dataclass(frozen=True)
class RibbonSpan:
    """The response that holds from one visit to the next: CR, PR, NR, UNKNOWN or FLARE?."""

    start: float
    end: float
    response: str
    label: Text


@dataclass(frozen=True)
class Interval:
    """An adverse event or a drug: `lane` is its row; `end` None is ongoing."""

    start: float
    end: float | None
    label: Text
    lane: int
    grade: int | None = None
    serious: bool = False
    dose: str = ""
    record_id: str = ""


@dataclass(frozen=True)
class Fact:
    """A labelled fact of the header; an empty value is printed as a dash, so as to be missed."""

    label: Text
    value: Text


@dataclass(frozen=True)
class Story:
    """Everything the patient page and the first page of the patient summary draw."""

    patient_id: str
    subject_id: str
    status: Text
    facts: tuple[Fact, ...]
    day0: str | None
    """ISO date of day 0, None before the first infusion (then day 0 is the consent date)."""
    today: float
    first_day: float
    last_day: float
    visits: tuple[VisitMark, ...]
    ribbon: tuple[RibbonSpan, ...]
    panels: tuple[Panel, ...]
    infusions: tuple[float, ...]
    events: tuple[Interval, ...]
    drugs: tuple[Interval, ...]
    flags: tuple[Flag, ...]
    synthetic: bool = False
    died: float | None = None
    """Day of death: doses, drugs and events without an end are not drawn beyond it."""

    @property
    def held_until(self) -> float:
        """Return the day up to which what has no end is drawn: today, or the day of death."""
        return self.today if self.died is None else min(self.today, self.died)
