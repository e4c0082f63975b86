"""The classic renal BILAG (1988/1993): protein must rise, where BILAG-2004 counts what persists.

Hay 1993 (Q J Med 86:447). Criteria read in two agreeing public descriptions. In a refractory cohort
this index grades lower at baseline than BILAG-2004: name the one that was used on every chart.
"""

from __future__ import annotations

from math import floor

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.renal_assessment import (
    Finding,
    Findings,
    RenalGrade,
    RenalInputs,
    Sign,
    Visit,
    compared,
    conclude,
    yes_no,
)
from lnmonitor.clinical.results import NO, UNKNOWN, Citation, Rule, Truth

HAY_1993 = Citation("Hay EM, Bacon PA, Gordon C, et al.", "Q J Med 86:447-58", 1993)
RULE_BILAG_CLASSIC_RENAL = Rule("bilag-classic-renal", "1", (HAY_1993,), verified=False)


_PROTEIN_RISES = {
    percent: Sign("bilag.protein_rise", ("u24_g",), limit=1.0, unit="g/24 h", percent=percent)
    for percent in (150, 200)
}
_DIPSTICK_RISES = {rise: Sign("bilag.dipstick_rise", ("dipstick",), limit=rise) for rise in (1, 2)}
_CREATININE_RISE = Sign(
    "bilag.creatinine_rise", ("creatinine_umol_l",), limit=130, unit="µmol/L", percent=130
)
_CREATININE_MODERATE_RISE = Sign(
    "bilag.creatinine_moderate_rise", ("creatinine_umol_l",), limit=130, unit="µmol/L", percent=115
)
_GFR_FALL = Sign("bilag.clearance_fall", ("gfr",), unit="mL/min", percent=67)
_GFR_BELOW_50 = Sign("bilag.gfr_below_50", ("gfr",), limit=50, unit="mL/min")
_PROTEIN = Sign("bilag.protein_above", ("u24_g",), operator=">", limit=0.25, unit="g/24 h")
_DIPSTICK = Sign("bilag.dipstick", ("dipstick",))
_BLOOD_PRESSURE = Sign("bilag.blood_pressure_at", ("sbp", "dbp"), beside="dbp", unit="mmHg")


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _dipstick_rise(visit: Visit, rise: int, to_level: int) -> Finding:
    """A rise by >= `rise` levels to at least `to_level`; ± reads as no level."""
    now, previous = visit.now.dipstick, visit.before.dipstick
    met = UNKNOWN
    if now is not None and previous is not None:
        met = Truth.of(floor(now) - floor(previous) >= rise)
    return _DIPSTICK_RISES[rise].found(Truth.all(truth(now, ">=", to_level), met))


def _severe_proteinuria(visit: Visit) -> Findings:
    """Criterion 1: > 1 g and newly documented, from < 0.2 g, or doubled; or dipstick up by 2."""
    now, previous = visit.now.u24_g, visit.before.u24_g
    met = truth(now, ">", 1.0)
    if met is not NO and previous is not None:
        risen = Truth.any(truth(previous, "<", 0.2), truth(now, ">=", 2 * previous))
        met = Truth.all(met, risen)
    return _either(_PROTEIN_RISES[200].found(met), _dipstick_rise(visit, 2, 2), visit)


def _either(collection: Finding, dipstick: Finding, visit: Visit) -> Findings:
    """Ask for the dipstick only without a 24-hour collection, and for one of the two."""
    if visit.now.u24_g is None and visit.now.dipstick is not None:
        return (dipstick,)
    if visit.now.dipstick is None or visit.before.dipstick is None:
        return (collection,)
    return (collection, dipstick)


def _creatinine_raised(visit: Visit, operator: str, factor: float) -> Truth:
    """Creatinine above 130 µmol/L and beyond a multiple of the previous one."""
    value, before = visit.now.creatinine_umol_l, visit.before.creatinine_umol_l
    raised = truth(value, ">", 130)
    if raised is NO:
        return NO
    return Truth.all(raised, truth(value, operator, _times(before, factor)))


def _renal_deterioration(visit: Visit) -> Findings:
    """Criterion 3: creatinine > 130 µmol/L and > 130 %, clearance < 67 %, or now below 50."""
    gfr, gfr_before = visit.now.gfr, visit.before.gfr
    below = truth(gfr, "<", 50)
    if below is not NO and gfr_before is not None:
        below = Truth.all(below, truth(gfr_before, ">", 50))
    return (
        _CREATININE_RISE.found(_creatinine_raised(visit, ">", 1.3)),
        _GFR_FALL.found(truth(gfr, "<", _times(gfr_before, 0.67))),
        _GFR_BELOW_50.found(below),
    )


def _moderate(visit: Visit) -> Findings:
    """Protein > 1 g and up by >= 50 %, dipstick up to >= 2+, or creatinine up by >= 15 %."""
    now, before = visit.now.u24_g, visit.before.u24_g
    protein = truth(now, ">", 1.0)
    if protein is not NO:
        protein = Truth.all(protein, truth(now, ">=", _times(before, 1.5)))
    return (
        *_either(_PROTEIN_RISES[150].found(protein), _dipstick_rise(visit, 1, 2), visit),
        _CREATININE_MODERATE_RISE.found(_creatinine_raised(visit, ">=", 1.15)),
    )


def _pressure_raised(visit: Visit) -> Truth:
    """At least 140/90 mmHg and up by 30/15."""
    now, before = visit.now, visit.before
    high = Truth.all(truth(now.sbp, ">=", 140), truth(now.dbp, ">=", 90))
    if high is NO:
        return NO
    return Truth.all(
        high,
        truth(now.sbp, ">=", None if before.sbp is None else before.sbp + 30),
        truth(now.dbp, ">=", None if before.dbp is None else before.dbp + 15),
    )


def _mild(visit: Visit) -> Findings:
    """24-hour protein > 0.25 g, dipstick >= 1+, or blood pressure >= 140/90 risen by 30/15."""
    now = visit.now
    found = [_PROTEIN.found(truth(now.u24_g, ">", 0.25))]
    if now.dipstick is not None:
        dipstick = _DIPSTICK.found(truth(now.dipstick, ">=", 1))
        found = [dipstick] if now.u24_g is None else [*found, dipstick]
    return (*found, _BLOOD_PRESSURE.found(_pressure_raised(visit)))


def grade(
    now: RenalInputs, previous: RenalInputs | None, *, ever_involved: bool | None
) -> RenalGrade:
    """Return the classic renal letter; ratios and nephrotic syndrome play no part in it.

    `gfr` is creatinine clearance in mL/min. Criteria 1 to 5, inputs, missing inputs and refusals as
    for `bilag_renal.grade`.
    """
    visit = compared(now, previous)
    criteria = {
        1: _severe_proteinuria(visit),
        2: yes_no(visit, "accelerated_hypertension"),
        3: _renal_deterioration(visit),
        4: yes_no(visit, "active_sediment"),
        5: yes_no(visit, "active_histology_3mo"),
    }
    return conclude(
        RULE_BILAG_CLASSIC_RENAL,
        visit,
        criteria,
        _moderate(visit),
        _mild(visit),
        ever_involved=ever_involved,
    )
