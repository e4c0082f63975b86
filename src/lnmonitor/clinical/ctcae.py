"""CTCAE v5.0 laboratory grades, proposed from a value, its reference range and the baseline.

A grade here is what the number alone says. Grades that rest on a clinical fact are never assigned:
where a term asks for symptoms and they are not known, the answer is a range.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

from lnmonitor.clinical.criteria import OPERATORS, above, require_positive, require_range, truth
from lnmonitor.clinical.ctcae_terms import TERMS, Basis, Step, Term, When
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    Citation,
    Outcome,
    Reason,
    Rule,
    Truth,
    frozen,
    later,
)

VERSION = "5.0"
NCI_2017 = Citation("National Cancer Institute", "CTCAE v5.0", 2017)
RULE_CTCAE_5 = Rule("ctcae", VERSION, (NCI_2017,), verified=True)

_UNIT_SPELLINGS = {
    "×10⁹/L": "10^9/L",
    "x10^9/L": "10^9/L",
    "10*9/L": "10^9/L",
    "10e9/L": "10^9/L",
    "10⁹/L": "10^9/L",
    "G/L": "10^9/L",
    "µmol/L": "umol/L",
    "μmol/L": "umol/L",
    "µkat/L": "ukat/L",
    "μkat/L": "ukat/L",
    "IU/L": "U/L",
    "mL/min/1.73 m²": "mL/min/1.73 m^2",
    "g/d": "g/24 h",
    "g/24h": "g/24 h",
}


@frozen
class CtcaeGrade(Outcome):
    """`grade` 0..4, None when not exact; the truth then lies in `low`..`high`.

    `code` is the term's MedDRA code where known.
    """

    term: str = ""
    grade: int | None = None
    low: int = 0
    high: int = 4
    version: str = VERSION
    code: str | None = None


_CODES = {basis: f"ctcae.{basis.value}" for basis in Basis}


class _Facts(NamedTuple):
    """One result and what it is judged against, all in `unit`."""

    value: float | None
    unit: str
    lln: float | None
    uln: float | None
    baseline: float | None
    baseline_abnormal: bool | None
    symptomatic: bool | None


def _condition(when: When, term: Term, facts: _Facts) -> Truth:
    """Answer what a conditional step depends on.

    A baseline not known to be abnormal counts as normal.
    """
    if when is When.BASELINE_NORMAL:
        return Truth.of(not facts.baseline_abnormal)
    if when is When.BASELINE_ABNORMAL:
        return Truth.of(bool(facts.baseline_abnormal))
    if when is When.SYMPTOMATIC:
        return Truth.of(facts.symptomatic)
    if when is When.ASYMPTOMATIC:
        return Truth.of(facts.symptomatic).negated
    return truth(facts.value, "<", facts.uln if term.rising else facts.lln)


class _Test(NamedTuple):
    """One step, made ready for a unit: the value must pass `number` (times or plus something)."""

    grade: int
    basis: Basis
    number: float
    operator: str
    passes: Callable[[float, float], bool]
    step: Step


@lru_cache(maxsize=512)
def _tests(name: str, unit: str) -> tuple[_Test, ...]:
    """Return the steps of a term for a unit."""
    term, found = TERMS[name], []
    for step in term.steps:
        number = step.limits[unit] if step.limits else step.factor
        operator = (">" if term.rising else "<") + ("=" if step.inclusive else "")
        found.append(_Test(step.grade, step.basis, number, operator, OPERATORS[operator], step))
    return tuple(found)


def _limit(test: _Test, normal: float | None, baseline: float | None) -> float | None:
    """Return the number that the value must pass, None while its origin is missing."""
    basis = test.basis
    if basis is Basis.ABSOLUTE:
        return test.number
    origin = baseline if basis is Basis.BASELINE else normal
    if origin is None:
        return None
    return origin + test.number if basis is Basis.ABOVE_NORMAL else origin * test.number


def _met(test: _Test, term: Term, facts: _Facts, limit: float | None) -> Truth:
    """Return whether one step whose number is passed or open is met.

    A missing baseline leaves a baseline step out: the range then decides.
    """
    met = Truth.YES
    if facts.value is None or limit is None:
        if facts.value is not None and test.basis is Basis.BASELINE:
            return Truth.NO
        met = Truth.UNKNOWN
    when = test.step.when
    return met if when is When.ALWAYS else Truth.all(_condition(when, term, facts), met)


class _Found(NamedTuple):
    """A step that is met or open, with the number that the value must pass."""

    test: _Test
    met: Truth
    limit: float | None


def _told(name: str, facts: _Facts, found: tuple[_Found, ...]) -> tuple[Reason, ...]:
    """Tell each step that is met or open."""
    return tuple(
        Reason(
            _CODES[test.basis],
            met,
            {
                "item": name,
                "grade": test.grade,
                "value": facts.value,
                "operator": test.operator,
                "limit": limit,
                "unit": facts.unit,
                "factor": test.step.factor,
                "when": test.step.when.value,
            },
        )
        for test, met, limit in found
    )


def _missing(term: Term, facts: _Facts, undecided: Sequence[_Found]) -> tuple[str, ...]:
    """Name the absent inputs that could still change the grade."""
    names: list[str] = []
    side = "uln" if term.rising else "lln"
    for each in undecided:
        if facts.value is None:
            names.append("value")
        elif each.limit is None:
            names.append(side)
        else:
            names.append("symptomatic")
    if facts.baseline is None and term.uses_baseline:
        names.append("baseline")
    return tuple(dict.fromkeys(names))


def _check(term: str, facts: _Facts) -> Term:
    known = TERMS.get(term)
    if known is None:
        raise InvalidInput("CTCAE term", term, None, "a laboratory term of CTCAE v5.0")
    if facts.unit not in known.units:
        raise InvalidInput(f"unit of {term}", facts.unit, None, " or ".join(known.units))
    require_range(term, facts.value, facts.unit, 0)
    require_positive(known.baseline_name, facts.baseline, facts.unit)
    require_range(known.lln_name, facts.lln, facts.unit, 0)
    require_range(known.uln_name, facts.uln, facts.unit, 0)
    return known


@lru_cache(maxsize=len(TERMS))
def _grade_0(term: str) -> CtcaeGrade:
    """Return the one result of all values that reach no step, with nothing missing."""
    return CtcaeGrade(rule=RULE_CTCAE_5, term=term, grade=0, high=0, code=TERMS[term].code)


def grade(
    term: str,
    value: float | None,
    *,
    unit: str,
    lln: float | None = None,
    uln: float | None = None,
    baseline: float | None = None,
    baseline_abnormal: bool | None = None,
    symptomatic: bool | None = None,
) -> CtcaeGrade:
    """Grade one laboratory result; all numbers are in `unit`.

    `term` is a name of `TERMS`. `baseline` is the last value before the first infusion;
    `baseline_abnormal` defaults to baseline > ULN and decides which limits liver tests take.
    Without a baseline the range decides and `missing` names the baseline. Where the criteria ask
    for symptoms (hyponatraemia 125-129, hypokalaemia, lipase, amylase, uric acid), None gives the
    range `low`..`high` and no grade; `symptomatic=True` is the worst case.
    Raises InvalidInput for an unknown term, a unit the term does not print, or an impossible value.
    """
    unit = _UNIT_SPELLINGS.get(unit, unit)
    known = TERMS.get(term)
    if known is not None and not known.uses_baseline:
        if baseline is not None:
            require_positive(known.baseline_name, baseline, unit)
        baseline = baseline_abnormal = None
    elif baseline_abnormal is None and baseline is not None and uln is not None:
        baseline_abnormal = above(baseline, uln)
    normal = baseline is not None and 0 < baseline < inf and not baseline_abnormal
    if normal and known is not None and not known.uses_normal_baseline:
        baseline = _ANY_BASELINE
    return _grade(term, value, unit, lln, uln, baseline, baseline_abnormal, symptomatic)


_ANY_BASELINE = 1.0
"""Stands for every normal baseline where no step counts from it: one remembered grade for all."""


@lru_cache(maxsize=32768)
def _grade(
    term: str,
    value: float | None,
    unit: str,
    lln: float | None,
    uln: float | None,
    baseline: float | None,
    baseline_abnormal: bool | None,
    symptomatic: bool | None,
) -> CtcaeGrade:
    """Check and grade; remembered, because laboratories round and values recur."""
    facts = _Facts(value, unit, lln, uln, baseline, baseline_abnormal, symptomatic)
    known = _check(term, facts)
    normal = uln if known.rising else lln
    low, steps = 0, []
    for test in _tests(term, unit):
        limit = _limit(test, normal, baseline)
        if value is not None and limit is not None and not test.passes(value, limit):
            continue
        met = _met(test, known, facts, limit)
        if met is Truth.NO:
            continue
        steps.append(_Found(test, met, limit))
        if met is Truth.YES and test.grade > low:
            low = test.grade
    if not steps and not (known.uses_baseline and baseline is None):
        return _grade_0(term)
    found = tuple(steps)
    undecided = [each for each in found if each.met is Truth.UNKNOWN and each.test.grade > low]
    high = max((each.test.grade for each in undecided), default=low)
    return CtcaeGrade(
        rule=RULE_CTCAE_5,
        reasons=later(_told, term, facts, found),
        missing=_missing(known, facts, undecided),
        term=term,
        grade=low if low == high else None,
        low=low,
        high=high,
        code=known.code,
    )


def treatment_emergent(now: CtcaeGrade, baseline: CtcaeGrade) -> Truth:
    """Whether a grade is above the one at baseline; UNKNOWN while the ranges overlap."""
    if now.low > baseline.high:
        return Truth.YES
    return Truth.NO if now.high <= baseline.low else Truth.UNKNOWN
