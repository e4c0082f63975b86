"""Major and partial clinical response (MCR, PCR) over a year of BILAG assessments.

Wang 2014 (doi 10.1186/ar4520) borrowed the idea of EXPLORER (Merrill 2010,
doi 10.1002/art.27233): low activity at month 6 that lasts without flare. Of EXPLORER the core was
read in an abstract; the clauses here are from knowledge and Wang's own wording was not seen, so
every number is a protocol parameter. A course is judged, not a visit: hence this module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum
from itertools import pairwise
from types import MappingProxyType

from lnmonitor.clinical.bilag import BilagGrade, Grade, letters_of
from lnmonitor.clinical.bilag_flare import rises
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Parameter, with_overrides
from lnmonitor.clinical.results import (
    Citation,
    Outcome,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
)

WANG_2014 = Citation(
    "Wang D, Li J, Zhang Y, et al.", "Arthritis Res Ther 16:R79", 2014, "10.1186/ar4520"
)
MERRILL_2010 = Citation(
    "Merrill JT, Neuwelt CM, Wallace DJ, et al.",
    "Arthritis Rheum 62:222-33",
    2010,
    "10.1002/art.27233",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"month_6_day": 182.0, "month_12_day": 365.0, "window_days": 28.0, "held_days": 112.0}
)
RULE_MCR_PCR = Rule("response-mcr-pcr", "1", (WANG_2014, MERRILL_2010), verified=False)
RULE_RELAPSE = Rule("relapse-mcr-pcr", "1", (WANG_2014,), verified=False)


class ClinicalResponse(Enum):
    """Major, partial or no response; UNKNOWN while a missing visit or letter could decide."""

    MCR = "MCR"
    PCR = "PCR"
    NCR = "NCR"
    UNKNOWN = "unknown"


@frozen
class CourseVisit:
    """One BILAG assessment; `day` counts from the first infusion, `grades` by system."""

    day: int
    grades: Mapping[str, BilagGrade]

    def count(self, grade: Grade) -> int:
        """Return how many systems have this letter."""
        return letters_of(self.grades).count(grade)

    @property
    def unknown(self) -> int:
        """Return how many systems have no letter."""
        return letters_of(self.grades).count(None)

    def at_most(self, b: int) -> Truth:
        """Whether no system is A and no more than `b` are B."""
        letters = letters_of(self.grades)
        if Grade.A in letters or letters.count(Grade.B) > b:
            return Truth.NO
        return Truth.UNKNOWN if None in letters else Truth.YES


@frozen
class CourseResponse(Outcome):
    """The response of the year."""

    response: ClinicalResponse = ClinicalResponse.UNKNOWN


def _new_letters(visits: Sequence[CourseVisit]) -> tuple[Truth, Truth, Truth]:
    """Return, over consecutive visits, any new A; any new B; any visit with two or more new B."""
    a, b, two_b = [Truth.NO], [Truth.NO], [Truth.NO]
    for before, after in pairwise(visits):
        new_a, new_b, unknown = rises(before.grades, after.grades)
        open_ = Truth.UNKNOWN if unknown else Truth.NO
        a.append(Truth.YES if new_a else open_)
        b.append(Truth.YES if new_b else open_)
        could = len(new_b) + len(unknown) >= 2
        two_b.append(Truth.YES if len(new_b) >= 2 else Truth.UNKNOWN if could else Truth.NO)
    return Truth.any(*a), Truth.any(*b), Truth.any(*two_b)


def _nearest(visits: Sequence[CourseVisit], target: float, window: float) -> CourseVisit | None:
    near = [visit for visit in visits if abs(visit.day - target) <= window]
    return min(near, key=lambda visit: abs(visit.day - target), default=None)


def _held(visits: Sequence[CourseVisit], month_6: CourseVisit, held_days: float) -> Truth:
    """Whether all systems are C, D or E at month 6 and stay so for the days that are asked for."""
    later = [visit for visit in visits if visit.day >= month_6.day]
    until = month_6.day + held_days
    span = [visit for visit in later if visit.day < until]
    covering = next((visit for visit in later if visit.day >= until), None)
    low = Truth.all(*(visit.at_most(0) for visit in span))
    if covering is None:
        return Truth.all(low, Truth.UNKNOWN)
    return Truth.all(low, covering.at_most(0))


def _severe_baseline(baseline: CourseVisit) -> Truth:
    """At least two A, or one A and two B, or four B."""
    a, b = baseline.count(Grade.A), baseline.count(Grade.B)
    if a >= 2 or (a >= 1 and b >= 2) or b >= 4:
        return Truth.YES
    return Truth.NO if baseline.unknown == 0 else Truth.UNKNOWN


def respond(
    visits: Sequence[CourseVisit], parameters: Mapping[str, Parameter] | None = None
) -> CourseResponse:
    """Judge the year that follows the first visit (the baseline); visits in any order.

    MCR: all systems C, D or E at month 6, no new A up to then, and no new A and never two new B
    from then to month 12. PCR: not MCR, and at month 6 all C, D or E for 16 weeks; or at most one
    B and no new A or B to month 12; or at most two B after a severe baseline (two A, one A and
    two B, or four B). Raises InvalidInput without a visit or for an unknown parameter.
    """
    given = with_overrides(RULE_MCR_PCR.id, PARAMETERS, parameters)
    rule = replace(RULE_MCR_PCR, parameters=given)
    if not visits:
        raise InvalidInput("visits", 0, None, "at least the baseline")
    ordered = sorted(visits, key=lambda visit: visit.day)
    month_6 = _nearest(ordered[1:], given["month_6_day"], given["window_days"])
    month_12 = _nearest(ordered[1:], given["month_12_day"], given["window_days"])
    missing = [
        name for name, visit in (("month_6", month_6), ("month_12", month_12)) if visit is None
    ]
    if month_6 is None:
        return CourseResponse(rule=rule, missing=tuple(missing))
    early = [visit for visit in ordered if visit.day <= month_6.day]
    last = ordered[-1].day if month_12 is None else month_12.day
    late = [visit for visit in ordered if month_6.day <= visit.day <= last]
    complete = Truth.UNKNOWN if month_12 is None else Truth.YES
    early_a, _, _ = _new_letters(early)
    late_a, late_b, late_two_b = _new_letters(late)
    low = month_6.at_most(0)
    no_late_flare = Truth.all(late_a.negated, late_two_b.negated, complete)
    quiet = Truth.all(late_a.negated, late_b.negated, complete)
    severe = _severe_baseline(ordered[0])
    tests = {
        "course.low_at_month_6": low,
        "course.no_new_a_before": early_a.negated,
        "course.no_flare_after": no_late_flare,
        "course.low_held": _held(ordered, month_6, given["held_days"]),
        "course.one_b_and_quiet": Truth.all(month_6.at_most(1), quiet),
        "course.two_b_after_severe": Truth.all(month_6.at_most(2), severe),
    }
    major = Truth.all(low, early_a.negated, no_late_flare)
    partial = Truth.any(*list(tests.values())[3:])
    unknown = any(month.unknown for month in (*early, *late))
    response = _conclude(major, partial)
    return CourseResponse(
        rule=rule,
        reasons=tuple(
            Reason(code, met, {"item": "bilag", "day": month_6.day}) for code, met in tests.items()
        ),
        missing=()
        if response is not ClinicalResponse.UNKNOWN
        else (*missing, *(("bilag",) if unknown else ())) or ("month_12",),
        response=response,
    )


def _conclude(major: Truth, partial: Truth) -> ClinicalResponse:
    if major is Truth.YES:
        return ClinicalResponse.MCR
    if major is Truth.NO and partial is not Truth.UNKNOWN:
        return ClinicalResponse.PCR if partial is Truth.YES else ClinicalResponse.NCR
    return ClinicalResponse.UNKNOWN


@frozen
class Relapse(Outcome):
    """Whether a responder relapsed, and the day of the visit that showed it."""

    met: Truth = Truth.UNKNOWN
    day: int | None = None


def relapse(visits: Sequence[CourseVisit]) -> Relapse:
    """Judge the visits from the response on (the first is the reference): a new A or a new B.

    A rise of SLEDAI with more treatment counts in some reports too; that is for a flare rule.
    """
    ordered = sorted(visits, key=lambda visit: visit.day)
    met = Truth.NO
    for before, after in pairwise(ordered):
        new_a, new_b, unknown = rises(before.grades, after.grades)
        if new_a or new_b:
            values: dict[str, Scalar] = {"item": ", ".join((*new_a, *new_b)), "day": after.day}
            reason = Reason("course.relapse", Truth.YES, values)
            return Relapse(RULE_RELAPSE, (reason,), (), Truth.YES, after.day)
        met = Truth.any(met, Truth.UNKNOWN if unknown else Truth.NO)
    return Relapse(RULE_RELAPSE, (), ("bilag",) if met is Truth.UNKNOWN else (), met)
