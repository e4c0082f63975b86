"""What both renal BILAG rules share: an assessment, its predecessor, and how a letter is made.

Criteria 1, 4 and 5 (protein, sediment, histology) are the ones without which there is no A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal, NamedTuple

from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_items import RENAL
from lnmonitor.clinical.criteria import require_positive, require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Reason, Rule, Scalar, Truth

FirstVisit = Literal["conservative", "assume_deterioration"]

IMPROVED = "bilag.protein_improved"
_DIPSTICK_LEVELS = (0, 0.5, 1, 2, 3, 4)


@dataclass(frozen=True)
class RenalInputs:
    """Items 78-89 of one assessment; None = not done, or the value is not due to lupus.

    `dipstick` is the level (0, 0.5 for ±, 1..4), ratios mg/mmol, blood pressure mmHg, `gfr`
    mL/min/1.73 m² by the same method at both assessments. `active_histology_3mo`: a biopsy with
    active nephritis dated within the three calendar months up to this visit (False without one).
    """

    u24_g: float | None = None
    upcr_mg_mmol: float | None = None
    uacr_mg_mmol: float | None = None
    dipstick: float | None = None
    creatinine_umol_l: float | None = None
    gfr: float | None = None
    sbp: float | None = None
    dbp: float | None = None
    accelerated_hypertension: bool | None = None
    nephrotic_syndrome: bool | None = None
    active_sediment: bool | None = None
    active_histology_3mo: bool | None = None


_NO_INPUTS = RenalInputs()
_INPUT_NAMES = tuple(each.name for each in fields(RenalInputs))
_CODES = {name: f"bilag.{name}" for name in _INPUT_NAMES}


@dataclass(frozen=True)
class RenalGrade(BilagGrade):
    """`criteria` are the numbers 1..6 of the severe criteria met; they decide A, and mostly B."""

    criteria: tuple[int, ...] = ()


class Finding(NamedTuple):
    """One way to meet a criterion, with the absent inputs that leave it open."""

    reason: Reason
    missing: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def _not_met(code: str) -> Finding:
    return Finding(Reason(code, NO))


class Visit(NamedTuple):
    """Two assessments, `before` empty without an earlier one.

    `presumed_worse`: there is none, and the option reads this as deterioration.
    """

    now: RenalInputs
    before: RenalInputs
    presumed_worse: bool

    def finding(self, code: str, met: Truth, items: Sequence[str], **more: Scalar) -> Finding:
        """Describe a test of the first of `items`, with previous values and what is absent.

        A test that is not met is only told where protein improved: it keeps no values.
        """
        if met is NO and code != IMPROVED:
            return _not_met(code)
        first = items[0]
        values: dict[str, Scalar] = {
            "item": first,
            "value": getattr(self.now, first),
            "previous": getattr(self.before, first),
            **more,
        }
        if met is not UNKNOWN:
            return Finding(Reason(code, met, values))
        missing = [item for item in items if getattr(self.now, item) is None]
        if not missing:
            missing = [f"{item}_previous" for item in items if getattr(self.before, item) is None]
        return Finding(Reason(code, met, values), tuple(missing))


def yes_no(visit: Visit, item: str) -> list[Finding]:
    """Return the one finding of a criterion that is answered yes or no."""
    return [visit.finding(_CODES[item], Truth.of(getattr(visit.now, item)), [item])]


def met_of(findings: Sequence[Finding]) -> Truth:
    """Return whether any of the findings is met."""
    return Truth.any(*[finding.reason.met for finding in findings])


def _letter(criteria: Sequence[int], *, moderate: bool, mild: bool) -> Grade | None:
    """A: two criteria, one of them 1, 4 or 5. B: any, or a moderate finding. C: a mild one."""
    if len(criteria) >= 2 and {1, 4, 5} & set(criteria):
        return Grade.A
    if criteria or moderate:
        return Grade.B
    return Grade.C if mild else None


def _decisive(
    letter: Grade | None,
    met: Sequence[int],
    criteria: Mapping[int, Sequence[Finding]],
    moderate: Sequence[Finding],
    mild: Sequence[Finding],
) -> list[Reason]:
    """Return the findings that made the letter, each with the criterion it meets."""
    if met:
        found = [(f"{number}", finding) for number in met for finding in criteria[number]]
    elif letter is Grade.B:
        found = [("B", finding) for finding in moderate]
    else:
        found = [("C", finding) for finding in mild]
    return [
        Reason(reason.code, YES, {**reason.values, "criterion": criterion})
        for criterion, (reason, _) in found
        if reason.met is YES
    ]


def _improvements(severe: Sequence[Finding], moderate: Sequence[Finding]) -> list[Reason]:
    """Return, once per method, the heavy protein that did not count because it improved."""
    improved = {
        finding.reason.values["item"]: finding.reason
        for finding in (*moderate, *severe)
        if finding.reason.code == IMPROVED
    }
    return list(improved.values())


def _undecided(
    letter: Grade | None,
    criteria: Mapping[int, Sequence[Finding]],
    moderate: Sequence[Finding],
    mild: Sequence[Finding],
) -> list[Finding]:
    """Return the tests that absent inputs leave open, of those that could raise the letter."""
    asked = [finding for findings in criteria.values() for finding in findings]
    asked += moderate if letter in {Grade.C, None} else []
    asked += mild if letter is None else []
    return [finding for finding in asked if finding.reason.met is UNKNOWN]


def check_inputs(inputs: RenalInputs) -> None:
    """Refuse impossible values of one assessment."""
    require_range("u24_g", inputs.u24_g, "g/24 h", 0)
    require_range("upcr_mg_mmol", inputs.upcr_mg_mmol, "mg/mmol", 0)
    require_range("uacr_mg_mmol", inputs.uacr_mg_mmol, "mg/mmol", 0)
    require_positive("creatinine_umol_l", inputs.creatinine_umol_l, "µmol/L")
    require_positive("gfr", inputs.gfr, "mL/min/1.73 m²")
    require_positive("sbp", inputs.sbp, "mmHg")
    require_positive("dbp", inputs.dbp, "mmHg")
    if inputs.dipstick is not None and inputs.dipstick not in _DIPSTICK_LEVELS:
        raise InvalidInput("dipstick", inputs.dipstick, None, "0, 0.5, 1, 2, 3 or 4")


def compared(now: RenalInputs, previous: RenalInputs | None, *, assume: bool = False) -> Visit:
    """Check both assessments and set them beside each other; `assume` presumes a first one worse.

    Raises InvalidInput for impossible values.
    """
    check_inputs(now)
    if previous is None:
        return Visit(now, _NO_INPUTS, presumed_worse=assume)
    check_inputs(previous)
    return Visit(now, previous, presumed_worse=False)


def conclude(
    rule: Rule,
    now: RenalInputs,
    criteria: Mapping[int, Sequence[Finding]],
    moderate: Sequence[Finding],
    mild: Sequence[Finding],
    *,
    ever_involved: bool | None,
) -> RenalGrade:
    """Turn the findings into a letter, provisional where an absent input could raise it."""
    truths = {number: met_of(findings) for number, findings in criteria.items()}
    met = tuple(number for number, found in truths.items() if found is YES)
    possible = [number for number, found in truths.items() if found is not NO]
    b, c = met_of(moderate), met_of(mild)
    certain = _letter(met, moderate=b is YES, mild=c is YES)
    ceiling = _letter(possible, moderate=b is not NO, mild=c is not NO)
    provisional = ceiling is not certain
    undecided = _undecided(certain, criteria, moderate, mild) if provisional else []
    missing = [name for finding in undecided for name in finding.missing]
    letter = certain
    if letter is None and any(getattr(now, name) is not None for name in _INPUT_NAMES):
        letter = None if ever_involved is None else (Grade.D if ever_involved else Grade.E)
        missing += ["ever_involved"] if ever_involved is None else []
    return RenalGrade(
        rule=rule,
        reasons=(
            *_decisive(certain, met, criteria, moderate, mild),
            *_improvements(criteria[1], moderate),
            *(finding.reason for finding in undecided),
        ),
        missing=tuple(dict.fromkeys(missing)),
        system=RENAL,
        grade=letter,
        provisional=provisional,
        criteria=met,
    )
