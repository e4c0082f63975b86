"""When a synthetic patient is seen: planned visits with human jitter, and those of a flare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from lnmonitor.demo.courses import FOLLOW_UP, Course
from lnmonitor.study.protocol import Protocol

FLARE, CONFIRMATION = "flare", "confirmation"
_JITTER = {"M1": 4, "M3": 8, "M6": 8, "M9": 10, "M12": 14}
_LATE_REASONS = (
    "Travelling",
    "Clinic closed over the holiday",
    "Patient had a cold",
    "Exam week",
    "Work could not be left",
)
_MISSED_REASONS = ("Moved house", "Did not come, reached by telephone", "Admitted elsewhere")
_LATE_SHARE, _MISSED_SHARE, _SKIPPED_SHARE = 0.04, 0.08, 0.18


@dataclass(frozen=True)
class Moment:
    """One visit: `stage` is FLARE or CONFIRMATION where a flare shows, else empty."""

    code: str
    day: int
    stage: str = ""
    missed: bool = False
    reason: str = ""

    @property
    def kidney(self) -> bool:
        """Whether the urine is examined: everywhere but on the day after the infusion."""
        return self.code != "D1" and not self.missed


def draw_moments(course: Course, protocol: Protocol, rng: Random) -> tuple[Moment, ...]:
    """Return the visits of a course in order of day."""
    moments = [Moment("SCR", -rng.randint(5, 20)), Moment("D0", 0), Moment("D1", 1)]
    last = course.death.day - 5 if course.death else 10_000
    moments += [
        moment
        for code in FOLLOW_UP
        if course.response(code) and (moment := _planned(code, course, protocol, rng))
        if moment.day < last
    ]
    moments += _flare_visits(course, moments, rng)
    return tuple(sorted(_marked(course, moments), key=lambda moment: moment.day))


def on_weekday(start: date, day: int) -> date:
    """Return the date of a study day, moved to the next weekday but for days 0 and 1."""
    on = start + timedelta(days=day)
    return on if day in (0, 1) else on + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[on.weekday()])


def infusion_day(on: date) -> date:
    """Return the day, or the Thursday before it: cells are given from Monday to Thursday."""
    return on - timedelta(days=max(0, on.weekday() - 3))


def _planned(code: str, course: Course, protocol: Protocol, rng: Random) -> Moment | None:
    visit = protocol.visit(code)
    assert visit is not None  # noqa: S101 - the codes of FOLLOW_UP are the protocol's
    assert visit.day is not None  # noqa: S101
    calm = course.response(code) == "N" and not course.remits and len(course.responses) > 1
    if code == "M9" and not course.flare and rng.random() < _SKIPPED_SHARE:
        return None
    if calm and code in ("M1", "M6") and rng.random() < _MISSED_SHARE:
        return Moment(code, visit.day, missed=True, reason=rng.choice(_MISSED_REASONS))
    if code != "M9" and not course.flare and rng.random() < _LATE_SHARE:
        late = visit.day + visit.after + rng.randint(1, 6)
        return Moment(code, late, reason=rng.choice(_LATE_REASONS))
    spread = _JITTER[code]
    return Moment(code, visit.day + round(rng.triangular(-spread, spread, 1)))


def _flare_visits(course: Course, moments: list[Moment], rng: Random) -> list[Moment]:
    if course.flare == "M6":
        first = rng.randint(120, 136)
        return [
            Moment("UNS", first, FLARE, reason="Swelling of the legs, foamy urine"),
            Moment("UNS", first + rng.randint(14, 24), CONFIRMATION, reason="Second urine sample"),
        ]
    if course.flare == "M9":
        ninth = next(moment.day for moment in moments if moment.code == "M9")
        if rng.random() < 0.5:
            return [
                Moment("UNS", ninth + rng.randint(13, 26), CONFIRMATION, reason="Second sample")
            ]
        return [Moment("UNS", ninth - rng.randint(20, 40), FLARE, reason="Foamy urine, fatigue")]
    return []


def _marked(course: Course, moments: list[Moment]) -> list[Moment]:
    """Give the planned visit of a late flare its stage: the one its unscheduled visit is not."""
    if course.flare != "M9":
        return moments
    shown = {moment.stage for moment in moments}
    stage = CONFIRMATION if FLARE in shown else FLARE
    return [
        Moment(m.code, m.day, stage, m.missed, m.reason) if m.code == "M9" else m for m in moments
    ]
