"""What both renal BILAG rules share: an assessment, its predecessor, and how a letter is made.

Criteria 1, 4 and 5 (protein, sediment, histology) are the ones without which there is no A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Literal, NamedTuple

from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_items import RENAL
from lnmonitor.clinical.criteria import once, require_positive, require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    later,
)

FirstVisit = Literal["conservative", "assume_deterioration"]

IMPROVED = "bilag.protein_improved"
_DIPSTICK_LEVELS = (0, 0.5, 1, 2, 3, 4)


@frozen
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


@frozen
class RenalGrade(BilagGrade):
    """`criteria` are the numbers 1..6 of the severe criteria met; they decide A, and mostly B."""

    criteria: tuple[int, ...] = ()


class Visit(NamedTuple):
    """Two assessments, `before` empty without an earlier one.

    `presumed_worse`: there is none, and the option reads this as deterioration.
    """

    now: RenalInputs
    before: RenalInputs
    presumed_worse: bool


class Finding(NamedTuple):
    """Whether one way to meet a criterion was found; `sign` tells it when somebody asks."""

    met: Truth
    sign: Sign


class Sign:
    """One way to meet a criterion: how it is told, by the first of `items` and its value before.

    `beside` is another item told with it. The others are numbers that the sentence prints. A sign
    is made once and holds nothing of a patient, so that all its findings are three.
    """

    def __init__(
        self, code: str, items: tuple[str, ...], *, beside: str | None = None, **more: Scalar
    ) -> None:
        self.code, self.items, self.beside, self.more = code, items, beside, more
        self._findings = {met: Finding(met, self) for met in Truth}

    def found(self, met: Truth) -> Finding:
        """Return the finding with this outcome."""
        return self._findings[met]

    def reason(self, visit: Visit, met: Truth, **more: Scalar) -> Reason:
        """Tell a finding with the numbers of a visit."""
        item, beside = self.items[0], {}
        if self.beside is not None:
            beside = {
                self.beside: getattr(visit.now, self.beside),
                f"{self.beside}_previous": getattr(visit.before, self.beside),
            }
        values: dict[str, Scalar] = {
            "item": item,
            "value": getattr(visit.now, item),
            "previous": getattr(visit.before, item),
            **beside,
            **self.more,
            **more,
        }
        return Reason(self.code, met, values)

    def missing(self, visit: Visit) -> list[str]:
        """Name the absent inputs that leave it open: of this visit, else of the one before."""
        now = [item for item in self.items if getattr(visit.now, item) is None]
        if now:
            return now
        return [f"{item}_previous" for item in self.items if getattr(visit.before, item) is None]


Findings = tuple[Finding, ...]
Criteria = Mapping[int, Findings]
"""The findings of the severe criteria by their number."""

_YES_NO = {
    name: Sign(f"bilag.{name}", (name,))
    for name in (
        "accelerated_hypertension",
        "nephrotic_syndrome",
        "active_sediment",
        "active_histology_3mo",
    )
}


def yes_no(visit: Visit, item: str) -> Findings:
    """Return the one finding of a criterion that is answered yes or no."""
    return (_YES_NO[item].found(Truth.of(getattr(visit.now, item))),)


def met_of(findings: Findings) -> Truth:
    """Return whether any of the findings is met."""
    found = NO
    for met, _ in findings:
        if met is YES:
            return YES
        if met is UNKNOWN:
            found = UNKNOWN
    return found


_NEEDED_FOR_A = frozenset({1, 4, 5})


def _letter(criteria: Sequence[int], *, moderate: bool, mild: bool) -> Grade | None:
    """A: two criteria, one of them 1, 4 or 5. B: any, or a moderate finding. C: a mild one."""
    if len(criteria) >= 2 and not _NEEDED_FOR_A.isdisjoint(criteria):
        return Grade.A
    if criteria or moderate:
        return Grade.B
    return Grade.C if mild else None


def _decisive(
    visit: Visit,
    letter: Grade | None,
    met: Sequence[int],
    criteria: Criteria,
    moderate: Findings,
    mild: Findings,
) -> list[Reason]:
    """Return the findings that made the letter, each with the criterion it meets."""
    if met:
        found = [(f"{number}", finding) for number in met for finding in criteria[number]]
    elif letter is Grade.B:
        found = [("B", finding) for finding in moderate]
    else:
        found = [("C", finding) for finding in mild]
    return [
        sign.reason(visit, YES, criterion=criterion)
        for criterion, (found_met, sign) in found
        if found_met is YES
    ]


def _improvements(visit: Visit, severe: Findings, moderate: Findings) -> list[Reason]:
    """Return, once per method, the heavy protein that did not count because it improved."""
    improved = {sign.items[0]: sign for _, sign in (*moderate, *severe) if sign.code == IMPROVED}
    return [sign.reason(visit, NO) for sign in improved.values()]


def _undecided(
    letter: Grade | None, criteria: Criteria, moderate: Findings, mild: Findings
) -> Findings:
    """Return the tests that absent inputs leave open, of those that could raise the letter."""
    asked = [finding for findings in criteria.values() for finding in findings]
    asked += moderate if letter in {Grade.C, None} else ()
    asked += mild if letter is None else ()
    return tuple(finding for finding in asked if finding.met is UNKNOWN)


def _told(
    visit: Visit,
    letter: Grade | None,
    met: Sequence[int],
    criteria: Criteria,
    moderate: Findings,
    mild: Findings,
    undecided: Findings,
) -> tuple[Reason, ...]:
    return (
        *_decisive(visit, letter, met, criteria, moderate, mild),
        *_improvements(visit, criteria[1], moderate),
        *(sign.reason(visit, UNKNOWN) for _, sign in undecided),
    )


@once
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
    visit: Visit,
    criteria: Criteria,
    moderate: Findings,
    mild: Findings,
    *,
    ever_involved: bool | None,
) -> RenalGrade:
    """Turn the findings into a letter, provisional where an absent input could raise it."""
    truths = [(number, met_of(findings)) for number, findings in criteria.items()]
    met = tuple([number for number, found in truths if found is YES])
    possible = [number for number, found in truths if found is not NO]
    b, c = met_of(moderate), met_of(mild)
    certain = _letter(met, moderate=b is YES, mild=c is YES)
    provisional = certain is not _letter(possible, moderate=b is not NO, mild=c is not NO)
    undecided = _undecided(certain, criteria, moderate, mild) if provisional else ()
    missing = [name for _, sign in undecided for name in sign.missing(visit)]
    letter = certain
    if letter is None and any(getattr(visit.now, name) is not None for name in _INPUT_NAMES):
        letter = None if ever_involved is None else (Grade.D if ever_involved else Grade.E)
        missing += ["ever_involved"] if ever_involved is None else []
    return RenalGrade(
        rule=rule,
        reasons=later(_told, visit, certain, met, criteria, moderate, mild, undecided),
        missing=tuple(dict.fromkeys(missing)),
        system=RENAL,
        grade=letter,
        provisional=provisional,
        criteria=met,
    )
