"""Major and partial clinical response (MCR, PCR) over a year of BILAG assessments.

Wang 2014 (doi 10.1186/ar4520) borrowed the idea of EXPLORER (Merrill 2010,
doi 10.1002/art.27233): low activity at month 6 that lasts without flare. Of EXPLORER the core was
read in an abstract; the clauses here are from knowledge and Wang's own wording was not seen, so
every number is a protocol parameter. That the state is kept to month 12 without a moderate or
severe flare can be read in two ways: one new B is no moderate flare, but it leaves the state; by
default it is allowed (`new_b_allowed`). A course is judged, not a visit: hence a module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType

from lnmonitor.clinical.bilag import BilagGrade, Grade, Letters, letters_of
from lnmonitor.clinical.bilag_flare import rises
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Parameter, with_overrides
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Citation,
    Outcome,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    kept,
    later,
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
    {
        "month_6_day": 182.0,
        "month_12_day": 365.0,
        "window_days": 28.0,
        "held_days": 112.0,
        "new_b_allowed": True,
    }
)
RULE_MCR_PCR = Rule("response-mcr-pcr", "1", (WANG_2014, MERRILL_2010), verified=False)
_WITH_DEFAULTS = replace(RULE_MCR_PCR, parameters=dict(PARAMETERS))
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

    @kept
    def letters(self) -> Letters:
        """Return the letters; they are read once."""
        return letters_of(self.grades)

    def at_most(self, b: int) -> Truth:
        """Whether no system is A and no more than `b` are B."""
        if Grade.A in self.letters or self.letters.count(Grade.B) > b:
            return NO
        return UNKNOWN if None in self.letters else YES


@frozen
class CourseResponse(Outcome):
    """The response of the year."""

    response: ClinicalResponse = ClinicalResponse.UNKNOWN


def _new_letters(course: Sequence[CourseVisit]) -> tuple[Truth, Truth, Truth]:
    """Return, over consecutive visits, any new A; any new B; any visit with two or more new B.

    A system without a letter leaves a new A open too, so that two new B need no word of it.
    """
    changes = [rises(before.letters, after.letters) for before, after in pairwise(course)]
    open_ = UNKNOWN if any(change.unknown for change in changes) else NO
    new_b = [len(change.new_b) for change in changes]
    return (
        YES if any(change.new_a for change in changes) else open_,
        YES if any(new_b) else open_,
        YES if max(new_b, default=0) >= 2 else NO,
    )


def _nearest(course: Sequence[CourseVisit], target: float, window: float) -> CourseVisit | None:
    near = [visit for visit in course if abs(visit.day - target) <= window]
    return min(near, key=lambda visit: abs(visit.day - target), default=None)


def _held(course: Sequence[CourseVisit], month_6: CourseVisit, held_days: float) -> Truth:
    """Whether all systems are C, D or E at month 6 and stay so for the days that are asked for."""
    onwards = [visit for visit in course if visit.day >= month_6.day]
    until = month_6.day + held_days
    span = [visit for visit in onwards if visit.day < until]
    covering = next((visit for visit in onwards if visit.day >= until), None)
    low = Truth.all(*[visit.at_most(0) for visit in span])
    return Truth.all(low, UNKNOWN if covering is None else covering.at_most(0))


def _severe_baseline(letters: Letters) -> Truth:
    """At least two A, or one A and two B, or four B."""
    a, b = letters.count(Grade.A), letters.count(Grade.B)
    if a >= 2 or (a >= 1 and b >= 2) or b >= 4:
        return YES
    return UNKNOWN if None in letters else NO


def respond(
    visits: Sequence[CourseVisit], parameters: Mapping[str, Parameter] | None = None
) -> CourseResponse:
    """Judge the year that follows the first visit (the baseline); visits in any order.

    MCR: all systems C, D or E at month 6, no new A up to then, and no new A and never two new B
    from then to month 12 (not one, unless `new_b_allowed`). PCR: not MCR, and at month 6 all C, D
    or E for 16 weeks; or at most one B and no new A or B to month 12; or at most two B after a
    severe baseline (two A, one A and two B, or four B). Raises InvalidInput without a visit or
    for an unknown parameter.
    """
    given, rule = PARAMETERS, _WITH_DEFAULTS
    if parameters:
        in_force = with_overrides(RULE_MCR_PCR.id, PARAMETERS, parameters)
        given, rule = in_force, replace(RULE_MCR_PCR, parameters=in_force)
    if not visits:
        raise InvalidInput("visits", 0, None, "at least the baseline")
    ordered = sorted(visits, key=attrgetter("day"))
    month_6 = _nearest(ordered[1:], given["month_6_day"], given["window_days"])
    month_12 = _nearest(ordered[1:], given["month_12_day"], given["window_days"])
    missing = () if month_12 else ("month_12",)
    if month_6 is None:
        return CourseResponse(rule, missing=("month_6", *missing))
    early = [visit for visit in ordered if visit.day <= month_6.day]
    last = ordered[-1].day if month_12 is None else month_12.day
    late = [visit for visit in ordered if month_6.day <= visit.day <= last]
    complete = UNKNOWN if month_12 is None else YES
    early_a, _, _ = _new_letters(early)
    late_a, late_b, late_two_b = _new_letters(late)
    quiet = Truth.all(late_a.negated, late_b.negated, complete)
    flare_b = late_two_b if given["new_b_allowed"] else late_b
    answers = (
        month_6.at_most(0),
        early_a.negated,
        Truth.all(late_a.negated, flare_b.negated, complete),
        _held(ordered, month_6, given["held_days"]),
        Truth.all(month_6.at_most(1), quiet),
        Truth.all(month_6.at_most(2), _severe_baseline(ordered[0].letters)),
    )
    response = _conclude(Truth.all(*answers[:3]), Truth.any(*answers[3:]))
    if response is not ClinicalResponse.UNKNOWN:
        missing = ()
    elif any(None in visit.letters for visit in (*early, *late)):
        missing = (*missing, "bilag")
    clauses = _CLAUSES if given["new_b_allowed"] else _WITHOUT_NEW_B
    return CourseResponse(rule, later(_told, clauses, answers, month_6.day), missing, response)


_NO_FLARE = "course.no_flare_after"
_CLAUSES = (
    "course.low_at_month_6",
    "course.no_new_a_before",
    _NO_FLARE,
    "course.low_held",
    "course.one_b_and_quiet",
    "course.two_b_after_severe",
)
"""The three that make a major response together, and the three that each make a partial one."""
_WITHOUT_NEW_B = tuple(["course.kept_after" if c == _NO_FLARE else c for c in _CLAUSES])
"""The same where a single new B ends the state, too."""


def _told(clauses: tuple[str, ...], answers: tuple[Truth, ...], day: int) -> tuple[Reason, ...]:
    return tuple(
        Reason(code, met, {"item": "bilag", "day": day})
        for code, met in zip(clauses, answers, strict=True)
    )


def _conclude(major: Truth, partial: Truth) -> ClinicalResponse:
    if major is YES:
        return ClinicalResponse.MCR
    if major is NO and partial is not UNKNOWN:
        return ClinicalResponse.PCR if partial is YES else ClinicalResponse.NCR
    return ClinicalResponse.UNKNOWN


@frozen
class Relapse(Outcome):
    """Whether a responder relapsed, and the day of the visit that showed it."""

    met: Truth = UNKNOWN
    day: int | None = None


def relapse(visits: Sequence[CourseVisit]) -> Relapse:
    """Judge the visits from the response on (the first is the reference): a new A or a new B.

    A rise of SLEDAI with more treatment counts in some reports too; that is for a flare rule.
    """
    met = NO
    for before, after in pairwise(sorted(visits, key=attrgetter("day"))):
        risen = rises(before.letters, after.letters)
        if risen.new_a or risen.new_b:
            names = ", ".join((*risen.new_a, *risen.new_b))
            values: dict[str, Scalar] = {"item": names, "day": after.day}
            reason = Reason("course.relapse", YES, values)
            return Relapse(RULE_RELAPSE, (reason,), (), YES, after.day)
        if risen.unknown:
            met = UNKNOWN
    return Relapse(RULE_RELAPSE, (), ("bilag",) if met is UNKNOWN else (), met)
