"""CTCAE v5.0 laboratory grades, proposed from a value, its reference range and the baseline.

A grade here is what the number alone says. Grades that rest on a clinical fact are never assigned:
where a term asks for symptoms and they are not known, the answer is a range.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lnmonitor.clinical.criteria import require_positive, require_range, truth
from lnmonitor.clinical.ctcae_terms import TERMS, Basis, Step, Term, When
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Citation, Outcome, Reason, Rule, Truth

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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class _Facts:
    """One result and what it is judged against, all in `unit`."""

    value: float | None
    unit: str
    lln: float | None
    uln: float | None
    baseline: float | None
    baseline_abnormal: bool | None
    symptomatic: bool | None

    def normal_limit(self, term: Term) -> float | None:
        """Return the limit of normal on the side of the term."""
        return self.uln if term.rising else self.lln


def _condition(when: When, term: Term, facts: _Facts) -> Truth:
    """Answer what a step depends on. A baseline not known to be abnormal counts as normal."""
    if when is When.BASELINE_NORMAL:
        return Truth.of(not facts.baseline_abnormal)
    if when is When.BASELINE_ABNORMAL:
        return Truth.of(bool(facts.baseline_abnormal))
    if when is When.SYMPTOMATIC:
        return Truth.of(facts.symptomatic)
    if when is When.ASYMPTOMATIC:
        return Truth.of(facts.symptomatic).negated
    if when is When.BELOW_NORMAL:
        return truth(facts.value, "<", facts.normal_limit(term))
    return Truth.YES


def _limit(step: Step, term: Term, facts: _Facts) -> float | None:
    """Return the number that the value must pass, None while its origin is missing."""
    if step.basis is Basis.BASELINE:
        return None if facts.baseline is None else facts.baseline * step.factor
    number = step.limits[facts.unit] if step.limits else step.factor
    if step.basis is Basis.ABSOLUTE:
        return number
    normal = facts.normal_limit(term)
    if normal is None:
        return None
    return normal + number if step.basis is Basis.ABOVE_NORMAL else normal * number


def _judge(step: Step, term: Term, facts: _Facts) -> Reason:
    """Test one step. A missing baseline leaves a baseline step out: the range then decides."""
    operator = (">" if term.rising else "<") + ("=" if step.inclusive else "")
    limit = _limit(step, term, facts)
    met = truth(facts.value, operator, limit)
    if step.basis is Basis.BASELINE and facts.baseline is None and facts.value is not None:
        met = Truth.NO
    return Reason(
        f"ctcae.{step.basis.value}",
        Truth.all(_condition(step.when, term, facts), met),
        {
            "item": term.name,
            "grade": step.grade,
            "value": facts.value,
            "operator": operator,
            "limit": limit,
            "unit": facts.unit,
            "factor": step.factor,
            "when": step.when.value,
        },
    )


def _missing(term: Term, facts: _Facts, open_reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Name the absent inputs that could still change the grade."""
    names: list[str] = []
    side = "uln" if term.rising else "lln"
    for reason in open_reasons:
        if facts.value is None:
            names.append("value")
        elif reason.values["limit"] is None:
            names.append(side)
        else:
            names.append("symptomatic")
    if facts.baseline is None and any(step.basis is Basis.BASELINE for step in term.steps):
        names.append("baseline")
    return tuple(dict.fromkeys(names))


def _check(term: str, facts: _Facts) -> Term:
    known = TERMS.get(term)
    if known is None:
        raise InvalidInput("CTCAE term", term, None, "a laboratory term of CTCAE v5.0")
    if facts.unit not in known.units:
        raise InvalidInput(f"unit of {term}", facts.unit, None, " or ".join(known.units))
    require_range(term, facts.value, facts.unit, 0)
    require_positive(f"{term}, baseline", facts.baseline, facts.unit)
    for name in ("lln", "uln"):
        require_range(f"{term}, {name}", getattr(facts, name), facts.unit, 0)
    return known


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
    if baseline_abnormal is None and baseline is not None and uln is not None:
        baseline_abnormal = truth(baseline, ">", uln) is Truth.YES
    unit = _UNIT_SPELLINGS.get(unit, unit)
    facts = _Facts(value, unit, lln, uln, baseline, baseline_abnormal, symptomatic)
    known = _check(term, facts)
    reasons = [_judge(step, known, facts) for step in known.steps]
    met = {step.grade for step, r in zip(known.steps, reasons, strict=True) if r.met is Truth.YES}
    low = max(met, default=0)
    open_reasons = [
        (step.grade, reason)
        for step, reason in zip(known.steps, reasons, strict=True)
        if reason.met is Truth.UNKNOWN and step.grade > low
    ]
    high = max((reached for reached, _ in open_reasons), default=low)
    return CtcaeGrade(
        rule=RULE_CTCAE_5,
        reasons=tuple(reason for reason in reasons if reason.met is not Truth.NO),
        missing=_missing(known, facts, (reason for _, reason in open_reasons)),
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
