"""BILAG-2004, renal system (2009/2010 revision): six criteria against the previous assessment.

Yee 2010; criteria, numbering and cut-offs were read in a published scoring implementation whose
departures from the written index are noted at each place where this module follows the index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import floor
from typing import NamedTuple, get_args

from lnmonitor.clinical.bilag import ISENBERG_2005, YEE_2010
from lnmonitor.clinical.criteria import OPERATORS, at_most, truth
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.renal_assessment import (
    IMPROVED,
    Finding,
    Findings,
    FirstVisit,
    RenalGrade,
    RenalInputs,
    Sign,
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


class _Level(NamedTuple):
    """A cut-off of a quantitative protein result: how it is told where it is passed, and not."""

    limit: float
    passes: Callable[[float, float], bool]
    sign: Sign
    improved: Sign


class _Method(NamedTuple):
    """A quantitative protein result and its cut-offs: criterion 1 (>), B (>=), C (>)."""

    item: str
    severe: _Level
    moderate: _Level
    mild: _Level


def _method(item: str, unit: str, severe: float, moderate: float, mild: float) -> _Method:
    def level(operator: str, limit: float, code: str = "bilag.protein") -> _Level:
        passed, improved = (
            Sign(code, (item,), operator=operator, limit=limit, unit=unit)
            for code in (code, IMPROVED)
        )
        return _Level(limit, OPERATORS[operator], passed, improved)

    any_change = level(">", mild, "bilag.protein_above")  # C asks nothing of the value before
    return _Method(item, level(">", severe), level(">=", moderate), any_change)


_METHODS = (
    _method("u24_g", "g/24 h", 1.0, 0.5, 0.25),
    _method("upcr_mg_mmol", "mg/mmol", 100, 50, 25),
    _method("uacr_mg_mmol", "mg/mmol", 100, 50, 25),
)

_CREATININE_RISE = Sign(
    "bilag.creatinine_rise", ("creatinine_umol_l",), limit=130, unit="µmol/L", percent=130
)
_CREATININE_MODERATE_RISE = Sign(
    "bilag.creatinine_moderate_rise", ("creatinine_umol_l",), limit=130, unit="µmol/L", percent=115
)
_GFR_FALL = Sign("bilag.gfr_fall", ("gfr",), limit=80, unit="mL/min/1.73 m²", percent=67)
_GFR_BELOW_50 = Sign("bilag.gfr_below_50", ("gfr",), limit=50, unit="mL/min/1.73 m²")
_BLOOD_PRESSURE = Sign("bilag.blood_pressure", ("sbp", "dbp"), beside="dbp", unit="mmHg")
_DIPSTICK = Sign("bilag.dipstick", ("dipstick",), limit=1)
_DIPSTICK_RISES = {
    (item, rise): Sign("bilag.dipstick_rise", (item,), limit=rise)
    for item in ("u24_g", "dipstick")
    for rise in (1, 2)
}


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


def _persists(visit: Visit, item: str, value: float, level: _Level) -> Finding:
    """Test a result against a cut-off; what improved by >= 25 % does not count."""
    if not level.passes(value, level.limit):
        return level.sign.found(NO)
    if _improved(visit, item, value):
        return level.improved.found(NO)
    return level.sign.found(YES)


def _dipstick_rise(visit: Visit, rise: int) -> Finding:
    """A rise of >= `rise` levels to at least 2+; ± is no level of this index and reads as 0."""
    now, previous = visit.now.dipstick, visit.before.dipstick
    reaches = truth(now, ">=", 2)
    met = UNKNOWN
    if now is not None and previous is not None:
        met = Truth.of(floor(now) - floor(previous) >= rise)
    elif visit.presumed_worse:
        met = YES
    sign = _DIPSTICK_RISES["u24_g" if now is None else "dipstick", rise]
    return sign.found(Truth.all(reaches, met))


def _severe_proteinuria(visit: Visit, measured: _Measured) -> Findings:
    if measured:
        return tuple(
            [_persists(visit, method.item, value, method.severe) for method, value in measured]
        )
    return (_dipstick_rise(visit, 2),)


def _creatinine_rise(visit: Visit) -> Truth:
    """Exactly 130 % of the previous creatinine is not enough (index: more than).

    Without an earlier assessment a rise is open, not met, unless the option presumes it.
    """
    value, before = visit.now.creatinine_umol_l, visit.before.creatinine_umol_l
    raised = truth(value, ">", 130)
    if raised is NO or (before is None and visit.presumed_worse):
        return raised
    return Truth.all(raised, truth(value, ">", None if before is None else 1.3 * before))


def _gfr_fall(visit: Visit) -> Truth:
    """GFR below 80 and below 67 % of the previous one, which is presumed as for creatinine."""
    value, before = visit.now.gfr, visit.before.gfr
    low = truth(value, "<", 80)
    if low is NO or (before is None and visit.presumed_worse):
        return low
    return Truth.all(low, truth(value, "<", None if before is None else 0.67 * before))


def _gfr_below_50(visit: Visit) -> Truth:
    """GFR now below 50, and above it before where that is known."""
    low, before = truth(visit.now.gfr, "<", 50), visit.before.gfr
    return low if low is NO or before is None else Truth.all(low, truth(before, ">", 50))


def _renal_deterioration(visit: Visit) -> Findings:
    """Criterion 3."""
    return (
        _CREATININE_RISE.found(_creatinine_rise(visit)),
        _GFR_FALL.found(_gfr_fall(visit)),
        _GFR_BELOW_50.found(_gfr_below_50(visit)),
    )


def _creatinine_moderate_rise(visit: Visit) -> Truth:
    """Above 130 µmol/L and between 115 and 130 % of the previous one."""
    value, before = visit.now.creatinine_umol_l, visit.before.creatinine_umol_l
    raised = truth(value, ">", 130)
    if raised is NO or before is None:
        return Truth.all(raised, UNKNOWN)
    return Truth.all(raised, truth(value, ">=", 1.15 * before), truth(value, "<=", 1.3 * before))


def _moderate(visit: Visit, measured: _Measured) -> Findings:
    """What gives B without any of the six criteria."""
    creatinine = _CREATININE_MODERATE_RISE.found(_creatinine_moderate_rise(visit))
    if not measured:
        return (_dipstick_rise(visit, 1), creatinine)
    found = [_persists(visit, method.item, value, method.moderate) for method, value in measured]
    return (*found, creatinine)


def _pressure_raised(visit: Visit) -> Truth:
    """Above 140/90 mmHg and up by 30/15."""
    now, before = visit.now, visit.before
    high = Truth.all(truth(now.sbp, ">", 140), truth(now.dbp, ">", 90))
    if high is NO:
        return NO
    return Truth.all(
        high,
        truth(now.sbp, ">=", None if before.sbp is None else before.sbp + 30),
        truth(now.dbp, ">=", None if before.dbp is None else before.dbp + 15),
    )


def _mild(visit: Visit, measured: _Measured) -> Findings:
    """What gives C. No stability is asked of the protein here (the implementation read does)."""
    pressure = _BLOOD_PRESSURE.found(_pressure_raised(visit))
    if not measured:
        return (_DIPSTICK.found(truth(visit.now.dipstick, ">=", 1)), pressure)
    found = [
        level.sign.found(YES if level.passes(value, level.limit) else NO)
        for (_, _, _, level), value in measured
    ]
    return (*found, pressure)


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
        visit,
        criteria,
        _moderate(visit, measured),
        _mild(visit, measured),
        ever_involved=ever_involved,
    )
