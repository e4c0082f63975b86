"""BILAG-2004, renal system (2009/2010 revision): six criteria against the previous assessment.

Yee 2010; criteria, numbering and cut-offs were read in a published scoring implementation whose
departures from the written index are noted at each place where this module follows the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import floor
from typing import Literal

from lnmonitor.clinical.bilag import ISENBERG_2005, YEE_2010, BilagGrade, Grade
from lnmonitor.clinical.bilag_items import RENAL
from lnmonitor.clinical.criteria import at_most, require_positive, require_range, truth
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Reason, Rule, Scalar, Truth

FirstVisit = Literal["conservative", "assume_deterioration"]

RULE_BILAG_2004_RENAL = Rule(
    "bilag-2004-renal", "1", (ISENBERG_2005, YEE_2010), parameters={"first_visit": "conservative"}
)
"""Not `verified`: the criteria were read second hand, and the glossary of sediment, accelerated
hypertension and nephrotic syndrome only in part."""


@dataclass(frozen=True)
class _Method:
    """A quantitative protein result and its cut-offs: criterion 1 (>), B (>=), C (>)."""

    item: str
    unit: str
    severe: float
    moderate: float
    mild: float


_METHODS = (
    _Method("u24_g", "g/24 h", 1.0, 0.5, 0.25),
    _Method("upcr_mg_mmol", "mg/mmol", 100, 50, 25),
    _Method("uacr_mg_mmol", "mg/mmol", 100, 50, 25),
)
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


@dataclass(frozen=True)
class RenalGrade(BilagGrade):
    """`criteria` are the numbers 1..6 of the severe criteria met; they decide A, and mostly B."""

    criteria: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Finding:
    """One way to meet a criterion, with the absent inputs that leave it open."""

    reason: Reason
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Visit:
    """The two assessments, and what to make of a first one."""

    now: RenalInputs
    previous: RenalInputs | None
    assume_deterioration: bool

    @property
    def before(self) -> RenalInputs:
        return self.previous or RenalInputs()

    @property
    def presumed_worse(self) -> bool:
        """No earlier assessment, and the option that reads this as deterioration."""
        return self.previous is None and self.assume_deterioration

    @property
    def methods(self) -> list[_Method]:
        """The quantitative results at hand; the dipstick counts only without any."""
        return [method for method in _METHODS if getattr(self.now, method.item) is not None]

    def finding(self, code: str, met: Truth, items: Sequence[str], **more: Scalar) -> _Finding:
        """Describe a test of the first of `items`, with previous values and what is absent."""
        first = items[0]
        values: dict[str, Scalar] = {
            "item": first,
            "value": getattr(self.now, first),
            "previous": getattr(self.before, first),
            **more,
        }
        if met is not Truth.UNKNOWN:
            return _Finding(Reason(code, met, values))
        missing = [item for item in items if getattr(self.now, item) is None]
        if not missing:
            missing = [f"{item}_previous" for item in items if getattr(self.before, item) is None]
        return _Finding(Reason(code, met, values), tuple(missing))


def _improved(visit: _Visit, item: str) -> bool:
    """Improved means down by >= 25 %; an unknown previous value is not improved.

    A fall of exactly 25 % is improved, as the index words it; the implementation read counts it
    as not improved for 24-hour protein and UPCR.
    """
    previous = getattr(visit.before, item)
    return previous is not None and at_most(getattr(visit.now, item), 0.75 * previous)


def _protein_above(
    visit: _Visit, cutoff: str, operator: str, *, persisting: bool
) -> list[_Finding]:
    """Test each quantitative result; `persisting` also asks for less than 25 % improvement."""
    found = []
    for method in visit.methods:
        value: float = getattr(visit.now, method.item)
        limit: float = getattr(method, cutoff)
        met = truth(value, operator, limit)
        code = "bilag.protein"
        if persisting and met is Truth.YES and _improved(visit, method.item):
            met, code = Truth.NO, "bilag.protein_improved"
        found.append(
            visit.finding(
                code, met, [method.item], operator=operator, limit=limit, unit=method.unit
            )
        )
    return found


def _dipstick_rise(visit: _Visit, rise: int) -> _Finding:
    """A rise of >= `rise` levels to at least 2+; ± is no level of this index and reads as 0."""
    now, previous = visit.now.dipstick, visit.before.dipstick
    reaches = truth(now, ">=", 2)
    met = Truth.UNKNOWN
    if now is not None and previous is not None:
        met = Truth.of(floor(now) - floor(previous) >= rise)
    elif visit.presumed_worse:
        met = Truth.YES
    item = "u24_g" if now is None else "dipstick"
    return visit.finding("bilag.dipstick_rise", Truth.all(reaches, met), [item], limit=rise)


def _severe_proteinuria(visit: _Visit) -> list[_Finding]:
    if visit.methods:
        return _protein_above(visit, "severe", ">", persisting=True)
    return [_dipstick_rise(visit, 2)]


def _renal_deterioration(visit: _Visit) -> list[_Finding]:
    """Criterion 3. Exactly 130 % of the previous creatinine is not enough (index: more than).

    Without an earlier assessment a rise is open, not met, unless the option presumes it.
    """
    scr, scr_before = visit.now.creatinine_umol_l, visit.before.creatinine_umol_l
    gfr, gfr_before = visit.now.gfr, visit.before.gfr
    presumed = Truth.of(True if visit.presumed_worse else None)
    rise = truth(scr, ">", None if scr_before is None else 1.3 * scr_before)
    fall = truth(gfr, "<", None if gfr_before is None else 0.67 * gfr_before)
    crossed = Truth.YES if gfr_before is None else truth(gfr_before, ">", 50)
    return [
        visit.finding(
            "bilag.creatinine_rise",
            Truth.all(
                truth(scr, ">", 130), Truth.any(rise, presumed) if scr_before is None else rise
            ),
            ["creatinine_umol_l"],
            limit=130,
            unit="µmol/L",
            percent=130,
        ),
        visit.finding(
            "bilag.gfr_fall",
            Truth.all(
                truth(gfr, "<", 80), Truth.any(fall, presumed) if gfr_before is None else fall
            ),
            ["gfr"],
            limit=80,
            unit="mL/min/1.73 m²",
            percent=67,
        ),
        visit.finding(
            "bilag.gfr_below_50",
            Truth.all(truth(gfr, "<", 50), crossed),
            ["gfr"],
            limit=50,
            unit="mL/min/1.73 m²",
        ),
    ]


def _yes_no(visit: _Visit, item: str) -> list[_Finding]:
    return [visit.finding(f"bilag.{item}", Truth.of(getattr(visit.now, item)), [item])]


def _moderate(visit: _Visit) -> list[_Finding]:
    """What gives B without any of the six criteria."""
    scr, before = visit.now.creatinine_umol_l, visit.before.creatinine_umol_l
    between = Truth.all(
        truth(scr, ">=", None if before is None else 1.15 * before),
        truth(scr, "<=", None if before is None else 1.3 * before),
    )
    creatinine = visit.finding(
        "bilag.creatinine_moderate_rise",
        Truth.all(truth(scr, ">", 130), between),
        ["creatinine_umol_l"],
        limit=130,
        unit="µmol/L",
        percent=115,
    )
    if visit.methods:
        return [*_protein_above(visit, "moderate", ">=", persisting=True), creatinine]
    return [_dipstick_rise(visit, 1), creatinine]


def _mild(visit: _Visit) -> list[_Finding]:
    """What gives C. No stability is asked of the protein here (the implementation read does)."""
    now, before = visit.now, visit.before
    blood_pressure = visit.finding(
        "bilag.blood_pressure",
        Truth.all(
            truth(now.sbp, ">", 140),
            truth(now.dbp, ">", 90),
            truth(now.sbp, ">=", None if before.sbp is None else before.sbp + 30),
            truth(now.dbp, ">=", None if before.dbp is None else before.dbp + 15),
        ),
        ["sbp", "dbp"],
        dbp=now.dbp,
        dbp_previous=before.dbp,
        unit="mmHg",
    )
    if visit.methods:
        return [*_protein_above(visit, "mild", ">", persisting=False), blood_pressure]
    dipstick = visit.finding("bilag.dipstick", truth(now.dipstick, ">=", 1), ["dipstick"], limit=1)
    return [dipstick, blood_pressure]


def _met(findings: Sequence[_Finding]) -> Truth:
    return Truth.any(*(finding.reason.met for finding in findings))


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
    criteria: Mapping[int, Sequence[_Finding]],
    moderate: Sequence[_Finding],
    mild: Sequence[_Finding],
) -> list[Reason]:
    """Return the findings that made the letter, each with the criterion it meets."""
    if met:
        found = [(f"{number}", finding) for number in met for finding in criteria[number]]
    elif letter is Grade.B:
        found = [("B", finding) for finding in moderate]
    else:
        found = [("C", finding) for finding in mild]
    return [
        replace(finding.reason, values={**finding.reason.values, "criterion": criterion})
        for criterion, finding in found
        if finding.reason.met is Truth.YES
    ]


def _improvements(severe: Sequence[_Finding], moderate: Sequence[_Finding]) -> list[Reason]:
    """Return, once per method, the heavy protein that did not count because it improved."""
    improved = {
        finding.reason.values["item"]: finding.reason
        for finding in (*moderate, *severe)
        if finding.reason.code == "bilag.protein_improved"
    }
    return list(improved.values())


def _open(undecided: Sequence[_Finding], provisional: bool) -> list[Reason]:
    """Return the tests that absent inputs leave open, where they could raise the grade."""
    reasons = [f.reason for f in undecided if f.reason.met is Truth.UNKNOWN]
    return reasons if provisional else []


def _check(inputs: RenalInputs) -> None:
    require_range("u24_g", inputs.u24_g, "g/24 h", 0)
    require_range("upcr_mg_mmol", inputs.upcr_mg_mmol, "mg/mmol", 0)
    require_range("uacr_mg_mmol", inputs.uacr_mg_mmol, "mg/mmol", 0)
    require_positive("creatinine_umol_l", inputs.creatinine_umol_l, "µmol/L")
    require_positive("gfr", inputs.gfr, "mL/min/1.73 m²")
    require_positive("sbp", inputs.sbp, "mmHg")
    require_positive("dbp", inputs.dbp, "mmHg")
    if inputs.dipstick is not None and inputs.dipstick not in _DIPSTICK_LEVELS:
        raise InvalidInput("dipstick", inputs.dipstick, None, "0, 0.5, 1, 2, 3 or 4")


def grade(
    now: RenalInputs,
    previous: RenalInputs | None,
    *,
    ever_involved: bool | None,
    first_visit: FirstVisit = "conservative",
) -> RenalGrade:
    """Return the renal letter from this assessment and the previous one (None without one).

    Missing inputs count as not present and make the grade `provisional` when they could raise it;
    without any input there is no grade. `first_visit="assume_deterioration"` reads creatinine
    > 130 µmol/L, GFR < 80 and dipstick >= 2+ of a first assessment as deterioration.
    Raises InvalidInput for impossible values.
    """
    _check(now)
    if previous is not None:
        _check(previous)
    visit = _Visit(now, previous, first_visit == "assume_deterioration")
    criteria = {
        1: _severe_proteinuria(visit),
        2: _yes_no(visit, "accelerated_hypertension"),
        3: _renal_deterioration(visit),
        4: _yes_no(visit, "active_sediment"),
        5: _yes_no(visit, "active_histology_3mo"),
        6: _yes_no(visit, "nephrotic_syndrome"),
    }
    moderate, mild = _moderate(visit), _mild(visit)
    truths = {number: _met(findings) for number, findings in criteria.items()}
    met = tuple(number for number, met in truths.items() if met is Truth.YES)
    possible = [number for number, met in truths.items() if met is not Truth.NO]
    certain = _letter(met, moderate=_met(moderate) is Truth.YES, mild=_met(mild) is Truth.YES)
    ceiling = _letter(
        possible, moderate=_met(moderate) is not Truth.NO, mild=_met(mild) is not Truth.NO
    )
    decisive = _decisive(certain, met, criteria, moderate, mild)
    undecided = [finding for findings in criteria.values() for finding in findings]
    undecided += moderate if certain in {Grade.C, None} else []
    undecided += mild if certain is None else []
    provisional = ceiling is not certain
    missing = [name for finding in undecided for name in finding.missing] if provisional else []
    letter = certain
    if letter is None and any(getattr(now, field.name) is not None for field in fields(now)):
        letter = None if ever_involved is None else (Grade.D if ever_involved else Grade.E)
        missing += ["ever_involved"] if ever_involved is None else []
    return RenalGrade(
        rule=replace(RULE_BILAG_2004_RENAL, parameters={"first_visit": first_visit}),
        reasons=(*decisive, *_improvements(criteria[1], moderate), *_open(undecided, provisional)),
        missing=tuple(dict.fromkeys(missing)),
        system=RENAL,
        grade=letter,
        provisional=provisional,
        criteria=met,
    )
