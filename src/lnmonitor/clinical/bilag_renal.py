"""BILAG-2004, renal system (2009/2010 revision): six criteria against the previous assessment.

Yee 2010; criteria, numbering and cut-offs were read in a published scoring implementation. Where it
departs from the written index, or the index leaves a choice, this module follows the index and the
other reading is a named protocol parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import floor
from typing import Any, NamedTuple, get_args

from lnmonitor.clinical.bilag import ISENBERG_2005, YEE_2010
from lnmonitor.clinical.criteria import (
    OPERATORS,
    at_most,
    below,
    is_above,
    is_at_least,
    is_at_most,
    is_below,
)
from lnmonitor.clinical.parameters import Choice, Overrides, Parameters
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

RULE_BILAG_2004_RENAL = Rule("bilag-2004-renal", "2", (ISENBERG_2005, YEE_2010))
"""Not `verified`: the criteria were read second hand, and the glossary of sediment, accelerated
hypertension and nephrotic syndrome only in part."""
PARAMETERS = Parameters(
    RULE_BILAG_2004_RENAL.id,
    {
        "first_visit": Choice(get_args(FirstVisit)),
        "fall_of_25_percent": Choice(("improved", "improved_for_uacr_only")),
        "creatinine_at_130_percent": Choice(("moderate", "severe")),
        "mild_protein": Choice(("as_measured", "not_fallen")),
        "protein_methods": Choice(("any", "collection_first")),
    },
)
"""Where readings differ; the second word of each but the last is what the implementation read does.

`first_visit`: whether what is bad at a first assessment counts as worse.
`fall_of_25_percent`: whether a fall of exactly 25 % is an improvement, of 24-hour protein and UPCR.
`creatinine_at_130_percent`: whether exactly 130 % of the value before is criterion 3.
`mild_protein`: whether 24-hour protein or UPCR that has fallen can still give C.
`protein_methods`: whether ratios count beside a 24-hour collection.
"""


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


def _beyond(method: _Method, operator: str, limit: float) -> Sign:
    """A result beyond a cut-off, whatever it was before."""
    item, passes = method.item, OPERATORS[operator]

    @told("bilag.protein_above", item, operator=operator, limit=limit, unit=method.unit)
    def beyond(now: RenalInputs, _before: RenalInputs) -> Truth:
        value = getattr(now, item)
        return YES if value is not None and passes(value, limit) else NO

    return beyond


def _heavy(method: _Method, operator: str, limit: float, fall: str, *, improved: bool) -> Sign:
    """A result beyond a cut-off that did not improve; or that did, and so does not count.

    Improved means down by >= 25 %, as the index words it, or by more than that (`fall`, the
    parameter); an unknown previous value is not improved.
    """
    item, passes = method.item, OPERATORS[operator]
    exactly_counts = fall == "improved" or item == "uacr_mg_mmol"
    fallen = at_most if exactly_counts else below
    code = "bilag.protein_improved" if improved else "bilag.protein"

    @told(code, item, operator=operator, limit=limit, unit=method.unit)
    def heavy(now: RenalInputs, before: RenalInputs) -> Truth:
        value = getattr(now, item)
        if value is None or not passes(value, limit):
            return NO
        previous = getattr(before, item)
        better = previous is not None and fallen(value, 0.75 * previous)
        return YES if better is improved else NO

    return heavy


def _not_fallen(sign: Sign) -> Sign:
    """A result that counts only where it has not fallen at all."""
    item, met = sign.items[0], sign.met

    def stayed(now: RenalInputs, before: RenalInputs) -> Truth:
        value, previous = getattr(now, item), getattr(before, item)
        fallen = value is not None and previous is not None and below(value, previous)
        return NO if fallen else met(now, before)

    return sign.by(stayed)


def _without_collection(sign: Sign) -> Sign:
    """A ratio that counts only where there is no 24-hour collection."""
    met = sign.met

    def alone(now: RenalInputs, before: RenalInputs) -> Truth:
        return met(now, before) if now.u24_g is None else NO

    return sign.by(alone)


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


@told("bilag.creatinine_rise_at", "creatinine_umol_l", limit=130, unit="µmol/L", percent=130)
def _creatinine_rise_at(now: RenalInputs, before: RenalInputs) -> Truth:
    """Creatinine above 130 µmol/L and at 130 % of the previous one or above."""
    value = now.creatinine_umol_l
    high = is_above(value, 130)
    return is_at_least(value, times(before.creatinine_umol_l, 1.3)) if high is YES else high


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


def _proteins(signs: Iterable[Sign], methods: str) -> tuple[Sign, ...]:
    """Return a sign for each of `_METHODS` as the parameter lets them count."""
    collection, *ratios = signs
    if methods == "collection_first":
        ratios = [_without_collection(ratio) for ratio in ratios]
    return (collection, *ratios)


def _mild_proteins(given: Mapping[str, Any]) -> tuple[Sign, ...]:
    collection, upcr, uacr = [_beyond(method, ">", method.mild) for method in _METHODS]
    if given["mild_protein"] == "not_fallen":
        collection, upcr = _not_fallen(collection), _not_fallen(upcr)
    return _proteins((collection, upcr, uacr), given["protein_methods"])


class _Renal(NamedTuple):
    """The rule with the parameters in force, and what it asks of an assessment."""

    rule: Rule
    against_previous: RenalIndex
    first: RenalIndex
    """For an assessment without an earlier one."""


def _renal(given: Mapping[str, Any]) -> _Renal:
    """Return the index of the parameters.

    Without an earlier assessment a rise or a fall is open, not met; unless the option reads what is
    bad as worse. A dipstick of 2+ then meets criterion 1, so that the moderate rise makes no
    difference.
    """
    fall, methods = given["fall_of_25_percent"], given["protein_methods"]

    def severe(*, improved: bool) -> tuple[Sign, ...]:
        found = [_heavy(m, ">", m.severe, fall, improved=improved) for m in _METHODS]
        return _proteins(found, methods)

    def moderate(*, improved: bool) -> tuple[Sign, ...]:
        found = [_heavy(m, ">=", m.moderate, fall, improved=improved) for m in _METHODS]
        return _proteins(found, methods)

    rise = (
        _creatinine_rise_at if given["creatinine_at_130_percent"] == "severe" else creatinine_rise
    )
    index = RenalIndex(
        criteria=(
            (1, (*severe(improved=False), _dipstick_rise(2))),
            (2, (answered("accelerated_hypertension"),)),
            (3, (rise, _gfr_fall, _gfr_below_50)),
            (4, (answered("active_sediment"),)),
            (5, (answered("active_histology_3mo"),)),
            (6, (answered("nephrotic_syndrome"),)),
        ),
        moderate=(*moderate(improved=False), _dipstick_rise(1), _creatinine_moderate_rise),
        mild=(*_mild_proteins(given), _dipstick, _pressure),
        improved=(*moderate(improved=True), *severe(improved=True)),
    )
    rule = PARAMETERS.rule(RULE_BILAG_2004_RENAL, given)
    if given["first_visit"] == "conservative":
        return _Renal(rule, index, index)
    presumed = index._replace(
        criteria=(
            (1, (*severe(improved=False), _dipstick_rise(2).by(_dipstick_2))),
            index.criteria[1],
            (3, (rise.by(_creatinine_high), _gfr_fall.by(_gfr_low), _gfr_below_50)),
            *index.criteria[3:],
        )
    )
    return _Renal(rule, index, presumed)


_renal_by = PARAMETERS.prepared(_renal)


def grade(
    now: RenalInputs,
    previous: RenalInputs | None,
    *,
    ever_involved: bool | None,
    first_visit: FirstVisit | None = None,
    parameters: Overrides | None = None,
) -> RenalGrade:
    """Return the renal letter from this assessment and the previous one (None without one).

    Missing inputs count as not present and make the grade `provisional` when they could raise it;
    without any input there is no grade. `first_visit="assume_deterioration"` reads creatinine
    > 130 µmol/L, GFR < 80 and dipstick >= 2+ of a first assessment as deterioration; it is the
    parameter of that name. `parameters` overrides those of `PARAMETERS`. Raises InvalidInput for
    impossible values, and for an unknown parameter or word.
    """
    if first_visit is not None:
        parameters = {**(parameters or {}), "first_visit": first_visit}
    renal = _renal_by(parameters)
    index = renal.first if previous is None else renal.against_previous
    return conclude(renal.rule, index, now, previous, ever_involved=ever_involved)
