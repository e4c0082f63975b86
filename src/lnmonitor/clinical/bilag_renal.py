"""BILAG-2004, renal system (2009/2010 revision): six criteria against the previous assessment.

Yee 2010; criteria, numbering and cut-offs were read in a published scoring implementation whose
departures from the written index are noted at each place where this module follows the index.
"""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import NamedTuple, get_args

from lnmonitor.clinical.bilag import ISENBERG_2005, YEE_2010
from lnmonitor.clinical.criteria import (
    OPERATORS,
    at_most,
    is_above,
    is_at_least,
    is_at_most,
    is_below,
)
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.renal_assessment import (
    FirstVisit,
    RenalGrade,
    RenalIndex,
    RenalInputs,
    Sign,
    answered,
    conclude,
    creatinine_rise,
    gfr_below_50,
    risen_30_15,
    times,
    told,
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


def _improved(value: float, previous: float | None) -> bool:
    """Improved means down by >= 25 %; an unknown previous value is not improved.

    A fall of exactly 25 % is improved, as the index words it; the implementation read counts it
    as not improved for 24-hour protein and UPCR.
    """
    return previous is not None and at_most(value, 0.75 * previous)


def _beyond(method: _Method, operator: str, limit: float) -> Sign:
    """A result beyond a cut-off, whatever it was before."""
    item, passes = method.item, OPERATORS[operator]

    @told("bilag.protein_above", item, operator=operator, limit=limit, unit=method.unit)
    def beyond(now: RenalInputs, _before: RenalInputs) -> Truth:
        value = getattr(now, item)
        return YES if value is not None and passes(value, limit) else NO

    return beyond


def _heavy(method: _Method, operator: str, limit: float, *, improved: bool = False) -> Sign:
    """A result beyond a cut-off that did not improve; or that did, and so does not count."""
    item, passes = method.item, OPERATORS[operator]
    code = "bilag.protein_improved" if improved else "bilag.protein"

    @told(code, item, operator=operator, limit=limit, unit=method.unit)
    def heavy(now: RenalInputs, before: RenalInputs) -> Truth:
        value = getattr(now, item)
        if value is None or not passes(value, limit):
            return NO
        return YES if _improved(value, getattr(before, item)) is improved else NO

    return heavy


def _dipstick_level(now: RenalInputs) -> float | None:
    """Return what counts of the dipstick: nothing (0) beside any quantitative result."""
    if now.u24_g is None and now.upcr_mg_mmol is None and now.uacr_mg_mmol is None:
        return now.dipstick
    return 0


def _dipstick_rise(rise: int) -> Sign:
    """A rise of >= `rise` levels to at least 2+; ± is no level of this index and reads as 0."""

    @told("bilag.dipstick_rise", "dipstick", instead="u24_g", limit=rise)
    def risen(now: RenalInputs, before: RenalInputs) -> Truth:
        level, previous = _dipstick_level(now), before.dipstick
        if level is None:
            return UNKNOWN
        if level < 2:
            return NO
        return UNKNOWN if previous is None else Truth.of(floor(level) - floor(previous) >= rise)

    return risen


def _dipstick_2(now: RenalInputs, _before: RenalInputs) -> Truth:
    return is_at_least(_dipstick_level(now), 2)


@told("bilag.dipstick", "dipstick", limit=1)
def _dipstick(now: RenalInputs, _before: RenalInputs) -> Truth:
    return is_at_least(_dipstick_level(now), 1)


def _creatinine_high(now: RenalInputs, _before: RenalInputs) -> Truth:
    return is_above(now.creatinine_umol_l, 130)


@told("bilag.creatinine_moderate_rise", "creatinine_umol_l", limit=130, unit="µmol/L", percent=115)
def _creatinine_moderate_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Above 130 µmol/L and between 115 and 130 % of the previous one."""
    value, previous = now.creatinine_umol_l, before.creatinine_umol_l
    high = is_above(value, 130)
    if high is not YES:
        return high
    return Truth.all(
        is_at_least(value, times(previous, 1.15)), is_at_most(value, times(previous, 1.3))
    )


def _gfr_low(now: RenalInputs, _before: RenalInputs) -> Truth:
    return is_below(now.gfr, 80)


@told("bilag.gfr_fall", "gfr", limit=80, unit="mL/min/1.73 m²", percent=67)
def _gfr_fall(now: RenalInputs, before: RenalInputs) -> Truth:
    """GFR below 80 and below 67 % of the previous one."""
    low = is_below(now.gfr, 80)
    return is_below(now.gfr, times(before.gfr, 0.67)) if low is YES else low


_gfr_below_50 = told("bilag.gfr_below_50", "gfr", limit=50, unit="mL/min/1.73 m²")(gfr_below_50)


@told("bilag.blood_pressure", "sbp", "dbp", beside="dbp", unit="mmHg")
def _pressure(now: RenalInputs, before: RenalInputs) -> Truth:
    """Above 140/90 mmHg and up by 30/15."""
    high = Truth.all(is_above(now.sbp, 140), is_above(now.dbp, 90))
    return NO if high is NO else Truth.all(high, risen_30_15(now, before))


_SEVERE = tuple([_heavy(method, ">", method.severe) for method in _METHODS])
_MODERATE = tuple([_heavy(method, ">=", method.moderate) for method in _METHODS])
_MILD = tuple([_beyond(method, ">", method.mild) for method in _METHODS])

_INDEX = RenalIndex(
    criteria=(
        (1, (*_SEVERE, _dipstick_rise(2))),
        (2, (answered("accelerated_hypertension"),)),
        (3, (creatinine_rise, _gfr_fall, _gfr_below_50)),
        (4, (answered("active_sediment"),)),
        (5, (answered("active_histology_3mo"),)),
        (6, (answered("nephrotic_syndrome"),)),
    ),
    moderate=(*_MODERATE, _dipstick_rise(1), _creatinine_moderate_rise),
    # No stability is asked of the protein here (the implementation read does).
    mild=(*_MILD, _dipstick, _pressure),
    improved=(
        *[_heavy(method, ">=", method.moderate, improved=True) for method in _METHODS],
        *[_heavy(method, ">", method.severe, improved=True) for method in _METHODS],
    ),
)
"""Without an earlier assessment a rise or a fall is open, not met."""
_PRESUMED_WORSE = _INDEX._replace(
    criteria=(
        (1, (*_SEVERE, _dipstick_rise(2).by(_dipstick_2))),
        _INDEX.criteria[1],
        (3, (creatinine_rise.by(_creatinine_high), _gfr_fall.by(_gfr_low), _gfr_below_50)),
        *_INDEX.criteria[3:],
    )
)
"""For a first assessment where the option reads what is bad as worse. A dipstick of 2+ then meets
criterion 1, so that the moderate rise makes no difference."""


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
    presumed = previous is None and first_visit == "assume_deterioration"
    index = _PRESUMED_WORSE if presumed else _INDEX
    return conclude(_RULES[first_visit], index, now, previous, ever_involved=ever_involved)
