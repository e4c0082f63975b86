"""The classic renal BILAG (1988/1993): protein must rise, where BILAG-2004 counts what persists.

Hay 1993 (Q J Med 86:447). Criteria read in two agreeing public descriptions. In a refractory cohort
this index grades lower at baseline than BILAG-2004: name the one that was used on every chart.
"""

from __future__ import annotations

from math import floor

from lnmonitor.clinical.criteria import is_above, is_at_least, is_below
from lnmonitor.clinical.renal_assessment import (
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
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Rule, Truth

HAY_1993 = Citation("Hay EM, Bacon PA, Gordon C, et al.", "Q J Med 86:447-58", 1993)
RULE_BILAG_CLASSIC_RENAL = Rule("bilag-classic-renal", "2", (HAY_1993,), verified=False)


def _no_collection(now: RenalInputs) -> Truth:
    """Without a 24-hour collection the dipstick stands in for it; without both it is open."""
    return UNKNOWN if now.dipstick is None else NO


@told("bilag.protein_rise", "u24_g", limit=1.0, unit="g/24 h", percent=200)
def _severe_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Protein > 1 g and newly documented, from < 0.2 g, or doubled."""
    value, previous = now.u24_g, before.u24_g
    if value is None:
        return _no_collection(now)
    heavy = is_above(value, 1.0)
    if heavy is NO or previous is None:
        return heavy
    return Truth.any(is_below(previous, 0.2), is_at_least(value, 2 * previous))


@told("bilag.protein_rise", "u24_g", limit=1.0, unit="g/24 h", percent=150)
def _moderate_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Protein > 1 g and up by >= 50 %."""
    value = now.u24_g
    if value is None:
        return _no_collection(now)
    heavy = is_above(value, 1.0)
    return is_at_least(value, times(before.u24_g, 1.5)) if heavy is YES else heavy


@told("bilag.protein_above", "u24_g", operator=">", limit=0.25, unit="g/24 h")
def _protein(now: RenalInputs, _before: RenalInputs) -> Truth:
    return _no_collection(now) if now.u24_g is None else is_above(now.u24_g, 0.25)


def _dipstick_rise(rise: int) -> Sign:
    """A rise by >= `rise` levels to at least 2+; ± reads as no level.

    Beside a collection nobody asks for the dipstick of before.
    """

    @told("bilag.dipstick_rise", "dipstick", limit=rise)
    def risen(now: RenalInputs, before: RenalInputs) -> Truth:
        level, previous = now.dipstick, before.dipstick
        if level is None or level < 2:
            return NO
        if previous is None:
            return UNKNOWN if now.u24_g is None else NO
        return YES if floor(level) - floor(previous) >= rise else NO

    return risen


@told("bilag.dipstick", "dipstick")
def _dipstick(now: RenalInputs, _before: RenalInputs) -> Truth:
    """Dipstick >= 1+; without one the collection is asked for."""
    return NO if now.dipstick is None else is_at_least(now.dipstick, 1)


@told("bilag.creatinine_moderate_rise", "creatinine_umol_l", limit=130, unit="µmol/L", percent=115)
def _creatinine_moderate_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Creatinine above 130 µmol/L and up by >= 15 %."""
    value = now.creatinine_umol_l
    high = is_above(value, 130)
    return is_at_least(value, times(before.creatinine_umol_l, 1.15)) if high is YES else high


@told("bilag.clearance_fall", "gfr", unit="mL/min", percent=67)
def _clearance_fall(now: RenalInputs, before: RenalInputs) -> Truth:
    return is_below(now.gfr, times(before.gfr, 0.67))


_clearance_below_50 = told("bilag.gfr_below_50", "gfr", limit=50, unit="mL/min")(gfr_below_50)


@told("bilag.blood_pressure_at", "sbp", "dbp", beside="dbp", unit="mmHg")
def _pressure(now: RenalInputs, before: RenalInputs) -> Truth:
    """At least 140/90 mmHg and up by 30/15."""
    high = Truth.all(is_at_least(now.sbp, 140), is_at_least(now.dbp, 90))
    return NO if high is NO else Truth.all(high, risen_30_15(now, before))


_INDEX = RenalIndex(
    criteria=(
        (1, (_severe_rise, _dipstick_rise(2))),
        (2, (answered("accelerated_hypertension"),)),
        (3, (creatinine_rise, _clearance_fall, _clearance_below_50)),
        (4, (answered("active_sediment"),)),
        (5, (answered("active_histology_3mo"),)),
    ),
    moderate=(_moderate_rise, _dipstick_rise(1), _creatinine_moderate_rise),
    mild=(_protein, _dipstick, _pressure),
)


def grade(
    now: RenalInputs, previous: RenalInputs | None, *, ever_involved: bool | None
) -> RenalGrade:
    """Return the classic renal letter; ratios and nephrotic syndrome play no part in it.

    `gfr` is creatinine clearance in mL/min. Criteria 1 to 5, inputs, missing inputs and refusals as
    for `bilag_renal.grade`.
    """
    return conclude(RULE_BILAG_CLASSIC_RENAL, _INDEX, now, previous, ever_involved=ever_involved)
