"""BILAG-2004, renal system (2009/2010 revision): six criteria against the previous assessment.

Yee 2010; criteria, numbering and cut-offs were read in a published scoring implementation whose
departures from the written index are noted at each place where this module follows the index.
"""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import NamedTuple, get_args

from lnmonitor.clinical.bilag import ISENBERG_2005, YEE_2010
from lnmonitor.clinical.criteria import at_most, truth
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.renal_assessment import (
    IMPROVED,
    Finding,
    FirstVisit,
    RenalGrade,
    RenalInputs,
    Visit,
    compared,
    conclude,
    yes_no,
)
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Rule, Truth

__all__ = ["RULE_BILAG_2004_RENAL", "FirstVisit", "RenalGrade", "RenalInputs", "grade"]

RULE_BILAG_2004_RENAL = Rule(
    "bilag-2004-renal", "1", (ISENBERG_2005, YEE_2010), parameters={"first_visit": "conservative"}
)
"""Not `verified`: the criteria were read second hand, and the glossary of sediment, accelerated
hypertension and nephrotic syndrome only in part."""
_RULES = {
    name: replace(RULE_BILAG_2004_RENAL, parameters={"first_visit": name})
    for name in get_args(FirstVisit)
}


class _Method(NamedTuple):
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


_Measured = list[tuple[_Method, float]]


def _measured(now: RenalInputs) -> _Measured:
    """Return the quantitative results at hand; the dipstick counts only without any."""
    found = ((method, getattr(now, method.item)) for method in _METHODS)
    return [(method, value) for method, value in found if value is not None]


def _improved(visit: Visit, item: str, value: float) -> bool:
    """Improved means down by >= 25 %; an unknown previous value is not improved.

    A fall of exactly 25 % is improved, as the index words it; the implementation read counts it
    as not improved for 24-hour protein and UPCR.
    """
    previous = getattr(visit.before, item)
    return previous is not None and at_most(value, 0.75 * previous)


def _protein_above(
    visit: Visit, measured: _Measured, cutoff: str, operator: str, *, persisting: bool
) -> list[Finding]:
    """Test each quantitative result; `persisting` also asks for less than 25 % improvement."""
    found = []
    for method, value in measured:
        limit: float = getattr(method, cutoff)
        met = truth(value, operator, limit)
        code = "bilag.protein"
        if persisting and met is YES and _improved(visit, method.item, value):
            met, code = NO, IMPROVED
        found.append(
            visit.finding(
                code, met, [method.item], operator=operator, limit=limit, unit=method.unit
            )
        )
    return found


def _dipstick_rise(visit: Visit, rise: int) -> Finding:
    """A rise of >= `rise` levels to at least 2+; ± is no level of this index and reads as 0."""
    now, previous = visit.now.dipstick, visit.before.dipstick
    reaches = truth(now, ">=", 2)
    met = UNKNOWN
    if now is not None and previous is not None:
        met = Truth.of(floor(now) - floor(previous) >= rise)
    elif visit.presumed_worse:
        met = YES
    item = "u24_g" if now is None else "dipstick"
    return visit.finding("bilag.dipstick_rise", Truth.all(reaches, met), [item], limit=rise)


def _severe_proteinuria(visit: Visit, measured: _Measured) -> list[Finding]:
    if measured:
        return _protein_above(visit, measured, "severe", ">", persisting=True)
    return [_dipstick_rise(visit, 2)]


def _renal_deterioration(visit: Visit) -> list[Finding]:
    """Criterion 3. Exactly 130 % of the previous creatinine is not enough (index: more than).

    Without an earlier assessment a rise is open, not met, unless the option presumes it.
    """
    scr, scr_before = visit.now.creatinine_umol_l, visit.before.creatinine_umol_l
    gfr, gfr_before = visit.now.gfr, visit.before.gfr
    presumed = Truth.of(True if visit.presumed_worse else None)
    rise = truth(scr, ">", None if scr_before is None else 1.3 * scr_before)
    fall = truth(gfr, "<", None if gfr_before is None else 0.67 * gfr_before)
    crossed = YES if gfr_before is None else truth(gfr_before, ">", 50)
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


def _moderate(visit: Visit, measured: _Measured) -> list[Finding]:
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
    if measured:
        return [*_protein_above(visit, measured, "moderate", ">=", persisting=True), creatinine]
    return [_dipstick_rise(visit, 1), creatinine]


def _mild(visit: Visit, measured: _Measured) -> list[Finding]:
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
    if measured:
        return [*_protein_above(visit, measured, "mild", ">", persisting=False), blood_pressure]
    dipstick = visit.finding("bilag.dipstick", truth(now.dipstick, ">=", 1), ["dipstick"], limit=1)
    return [dipstick, blood_pressure]


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
    if first_visit not in _RULES:
        raise InvalidInput("first_visit", first_visit, None, " or ".join(_RULES))
    visit = compared(now, previous, assume=first_visit == "assume_deterioration")
    measured = _measured(now)
    criteria = {
        1: _severe_proteinuria(visit, measured),
        2: yes_no(visit, "accelerated_hypertension"),
        3: _renal_deterioration(visit),
        4: yes_no(visit, "active_sediment"),
        5: yes_no(visit, "active_histology_3mo"),
        6: yes_no(visit, "nephrotic_syndrome"),
    }
    return conclude(
        _RULES[first_visit],
        now,
        criteria,
        _moderate(visit, measured),
        _mild(visit, measured),
        ever_involved=ever_involved,
    )
