"""CTCAE v5.0 laboratory grades, proposed from a value, its reference range and the baseline.

A grade here is what the number alone says. Grades that rest on a clinical fact are never assigned:
where a term asks for symptoms and they are not known, the answer is a range.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, nextafter
from typing import NamedTuple

from lnmonitor.clinical.criteria import OVER, UNDER, above, require_positive, require_range
from lnmonitor.clinical.ctcae_terms import TERMS, Basis, Step, Term, When
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
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
RULE_CTCAE_5 = Rule("ctcae", f"{VERSION}.1", (NCI_2017,), verified=True)
"""The criteria's version and ours: .1 refuses values that cannot exist."""

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


class _Test(NamedTuple):
    """One step, ready for a unit: a value that passes `number` (times or plus something) meets it.

    `met` is then YES, or UNKNOWN while it depends on symptoms that are not known.
    """

    step: Step
    number: float
    operator: str
    met: Truth


@lru_cache(maxsize=512)
def _tests(
    name: str, unit: str, baseline_abnormal: bool, symptomatic: bool | None
) -> tuple[_Test, ...]:
    """Return the steps of a term that can be met with this baseline and these symptoms."""
    term, symptoms, found = TERMS[name], Truth.of(symptomatic), []
    answers = {
        When.BASELINE_NORMAL: Truth.of(not baseline_abnormal),
        When.BASELINE_ABNORMAL: Truth.of(baseline_abnormal),
        When.SYMPTOMATIC: symptoms,
        When.ASYMPTOMATIC: symptoms.negated,
    }
    for step in term.steps:
        met = answers.get(step.when, YES)
        if met is not NO:
            number = step.limits[unit] if step.limits else step.factor
            operator = (">" if term.rising else "<") + ("=" if step.inclusive else "")
            found.append(_Test(step, number, operator, met))
    return tuple(found)


class _Limit(NamedTuple):
    """A step with its limit as a number, None while what it is counted from is missing.

    A value beyond `edge` (above it for a rising term, below it for a falling one) reaches the step.
    """

    edge: float
    grade: int
    met: Truth
    limit: float | None
    test: _Test


def _limit(test: _Test, rising: bool, normal: float | None, baseline: float | None) -> _Limit:
    """Return the limit of a step.

    Every value reaches a limit that is open. A missing baseline leaves a baseline step out: no
    value reaches it, and the range decides.
    """
    step, number, _, met = test
    basis, nowhere = step.basis, inf if rising else -inf
    if basis is Basis.ABSOLUTE:
        limit = number
    else:
        origin = baseline if basis is Basis.BASELINE else normal
        if origin is None:
            edge = nowhere if basis is Basis.BASELINE else -nowhere
            return _Limit(edge, step.grade, UNKNOWN, None, test)
        limit = origin + number if basis is Basis.ABOVE_NORMAL else origin * number
    edge = limit * (UNDER if rising is step.inclusive else OVER)  # the tolerance of `criteria`
    if step.inclusive:
        edge = nextafter(edge, -nowhere)
    if step.when is When.BELOW_NORMAL:  # in falling terms
        if normal is None:
            met = UNKNOWN
        else:
            edge = min(edge, normal * UNDER)
    return _Limit(edge, step.grade, met, limit, test)


class _Scale:
    """All that a grade rests on but the value, worked out once for the visits of a patient.

    Values from `low` to `high` reach no step and share the result `grade_0`. `missing` names what
    is missing whatever the value. A scale equals itself alone, so that a memory finds it at once.
    """

    __slots__ = ("grade_0", "high", "limits", "low", "missing", "possible", "term", "unit")

    def __init__(
        self, term: Term, unit: str, limits: tuple[_Limit, ...], missing: tuple[str, ...]
    ) -> None:
        self.term, self.unit, self.limits, self.missing = term, unit, limits, missing
        edges = [each.edge for each in limits]
        least, most = self.possible = term.units[unit]
        self.low = least if term.rising else max(least, *edges)
        self.high = min(most, *edges) if term.rising else most
        self.grade_0 = _grade_0(term.name, missing)


@lru_cache(maxsize=2 * len(TERMS))
def _grade_0(name: str, missing: tuple[str, ...]) -> CtcaeGrade:
    """Return the one result of all values that reach no step."""
    return CtcaeGrade(RULE_CTCAE_5, (), missing, name, grade=0, high=0, code=TERMS[name].code)


@lru_cache(maxsize=4096)
def _scale(
    name: str,
    unit: str,
    normal: float | None,
    baseline: float | None,
    baseline_abnormal: bool,
    symptomatic: bool | None,
) -> _Scale:
    """Work out the limits; `normal` is the limit of normal on the side of the term."""
    term = TERMS[name]
    tests = _tests(name, unit, baseline_abnormal, symptomatic)
    limits = tuple([_limit(test, term.rising, normal, baseline) for test in tests])
    missing = ("baseline",) if baseline is None and term.uses_baseline else ()
    return _Scale(term, unit, limits, missing)


def _told(
    name: str, unit: str, value: float | None, reached: tuple[_Limit, ...]
) -> tuple[Reason, ...]:
    """Tell each step that is met or open."""
    return tuple(
        Reason(
            _CODES[test.step.basis],
            met,
            {
                "item": name,
                "grade": grade,
                "value": value,
                "operator": test.operator,
                "limit": limit,
                "unit": unit,
                "factor": test.step.factor,
                "when": test.step.when.value,
            },
        )
        for _, grade, met, limit, test in reached
    )


def _open(
    term: Term, value: float | None, reached: tuple[_Limit, ...], low: int
) -> tuple[str, ...]:
    """Name the absent inputs that leave a grade above `low` open."""
    if value is None:
        return ("value",)
    side = "uln" if term.rising else "lln"
    undecided = [each for each in reached if each.met is UNKNOWN and each.grade > low]
    names = [name for each in undecided for name in _waits_for(each, side)]
    return tuple(dict.fromkeys(names))


def _waits_for(limit: _Limit, side: str) -> list[str]:
    """Name what leaves a step open: the limit of normal on its side, the symptoms, or both."""
    names = []
    if limit.limit is None or limit.test.step.when is When.BELOW_NORMAL:
        names.append(side)
    if limit.test.met is UNKNOWN:
        names.append("symptomatic")
    return names


@lru_cache(maxsize=32768)
def _graded(scale: _Scale, value: float | None) -> CtcaeGrade:
    """Grade a value by each step it reaches; remembered, because laboratories round."""
    term, limits = scale.term, scale.limits
    if value is None:
        reached = tuple([each._replace(met=UNKNOWN) for each in limits])
    else:
        least, most = scale.possible
        if not least <= value <= most:
            require_range(term.name, value, scale.unit, least, most)
        if term.rising:
            reached = tuple([each for each in limits if value > each.edge])
        else:
            reached = tuple([each for each in limits if value < each.edge])
    low = high = 0
    for _, grade, met, _, _ in reached:
        high = max(high, grade)
        if grade > low and met is YES:
            low = grade
    missing = scale.missing
    if low < high:
        missing = (*_open(term, value, reached, low), *missing)
    return CtcaeGrade(
        RULE_CTCAE_5,
        later(_told, term.name, scale.unit, value, reached),
        missing,
        term.name,
        low if low == high else None,
        low,
        high,
        VERSION,
        term.code,
    )


_Key = tuple[str, str, float | None, float | None, float | None, bool | None, bool | None]
"""What `grade` is given beside the value, in its order."""
_SCALES: dict[_Key, _Scale] = {}
"""The scale of everything that `grade` was given and that was not refused."""
_MOST_SCALES = 16384
_ANY_BASELINE = 1.0
"""Stands for every normal baseline where no step counts from it: one scale for all."""


def _check(
    term: str,
    value: float | None,
    unit: str,
    lln: float | None,
    uln: float | None,
    baseline: float | None,
) -> Term:
    """Refuse what is unknown or impossible.

    What the value is compared with must be possible too: a limit of normal or a baseline of
    another unit would give a grade that looks right. The limit on the other side need not be.
    """
    known = TERMS.get(term)
    if known is None:
        raise InvalidInput("CTCAE term", term, None, "a laboratory term of CTCAE v5.0")
    if unit not in known.units:
        raise InvalidInput(f"unit of {term}", unit, None, " or ".join(known.units))
    possible = known.units[unit]
    require_range(term, value, unit, *possible)
    require_positive(known.baseline_name, baseline, unit)
    require_range(known.baseline_name, baseline, unit, *possible)
    require_range(known.lln_name, lln, unit, *((0,) if known.rising else possible))
    require_range(known.uln_name, uln, unit, *(possible if known.rising else (0,)))
    return known


def _new_scale(value: float | None, key: _Key) -> _Scale:
    """Check all inputs, find the scale and remember it.

    The value is checked too: a refusal names it before the range and the baseline.
    """
    term, unit, lln, uln, baseline, baseline_abnormal, symptomatic = key
    unit = _UNIT_SPELLINGS.get(unit, unit)
    known = _check(term, value, unit, lln, uln, baseline)
    normal = uln if known.rising else lln
    if not known.uses_baseline:
        baseline = baseline_abnormal = None
    elif baseline is not None:
        if baseline_abnormal is None and uln is not None:
            baseline_abnormal = above(baseline, uln)
        if not baseline_abnormal and not known.uses_normal_baseline:
            baseline = _ANY_BASELINE
    if len(_SCALES) >= _MOST_SCALES:
        _SCALES.clear()
    scale = _scale(term, unit, normal, baseline, bool(baseline_abnormal), symptomatic)
    _SCALES[key] = scale
    return scale


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
    `baseline_abnormal` defaults to baseline > ULN and decides which limits liver tests take; one
    not known to be abnormal counts as normal.
    Without a baseline the range decides and `missing` names the baseline. Where the criteria ask
    for symptoms (hyponatraemia 125-129, hypokalaemia, lipase, amylase, uric acid), None gives the
    range `low`..`high` and no grade; `symptomatic=True` is the worst case.
    Raises InvalidInput for an unknown term, a unit the term does not print, or a number that no
    patient can have in that unit (see `possible`).
    """
    key = (term, unit, lln, uln, baseline, baseline_abnormal, symptomatic)
    scale = _SCALES.get(key)
    if scale is None:
        scale = _new_scale(value, key)
    if value is not None and scale.low <= value <= scale.high:
        return scale.grade_0
    return _graded(scale, value)


def possible(term: str, unit: str) -> tuple[float, float]:
    """Return the least and the greatest value of a term of `TERMS` that can exist, in `unit`.

    Raises InvalidInput for an unknown term or a unit the term does not print.
    """
    unit = _UNIT_SPELLINGS.get(unit, unit)
    return _check(term, None, unit, None, None, None).units[unit]


def treatment_emergent(now: CtcaeGrade, baseline: CtcaeGrade) -> Truth:
    """Whether a grade is above the one at baseline; UNKNOWN while the ranges overlap."""
    if now.low > baseline.high:
        return Truth.YES
    return Truth.NO if now.high <= baseline.low else Truth.UNKNOWN
