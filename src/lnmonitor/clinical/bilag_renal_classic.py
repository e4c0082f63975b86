"""The classic renal BILAG (1988/1993): protein must rise, where BILAG-2004 counts what persists.

Hay 1993 (Q J Med 86:447). Criteria read in two agreeing public descriptions. In a refractory cohort
this index grades lower at baseline than BILAG-2004: name the one that was used on every chart.
"""

from __future__ import annotations

from math import floor

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.renal_assessment import (
    Finding,
    RenalGrade,
    RenalInputs,
    Visit,
    compared,
    conclude,
    yes_no,
)
from lnmonitor.clinical.results import Citation, Rule, Truth

HAY_1993 = Citation("Hay EM, Bacon PA, Gordon C, et al.", "Q J Med 86:447-58", 1993)
RULE_BILAG_CLASSIC_RENAL = Rule("bilag-classic-renal", "1", (HAY_1993,), verified=False)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _dipstick_rise(visit: Visit, rise: int, to_level: int) -> Finding:
    """A rise by >= `rise` levels to at least `to_level`; ± reads as no level."""
    now, previous = visit.now.dipstick, visit.before.dipstick
    met = Truth.UNKNOWN
    if now is not None and previous is not None:
        met = Truth.of(floor(now) - floor(previous) >= rise)
    reaches = truth(now, ">=", to_level)
    return visit.finding("bilag.dipstick_rise", Truth.all(reaches, met), ["dipstick"], limit=rise)


def _severe_proteinuria(visit: Visit) -> list[Finding]:
    """Criterion 1: > 1 g and newly documented, from < 0.2 g, or doubled; or dipstick up by 2."""
    now, previous = visit.now.u24_g, visit.before.u24_g
    risen = Truth.YES
    if previous is not None:
        risen = Truth.any(truth(previous, "<", 0.2), truth(now, ">=", 2 * previous))
    met = Truth.all(truth(now, ">", 1.0), risen)
    protein = visit.finding(
        "bilag.protein_rise", met, ["u24_g"], limit=1.0, unit="g/24 h", percent=200
    )
    return _either(protein, _dipstick_rise(visit, 2, 2), visit)


def _either(collection: Finding, dipstick: Finding, visit: Visit) -> list[Finding]:
    """Ask for the dipstick only without a 24-hour collection, and for one of the two."""
    if visit.now.u24_g is None and visit.now.dipstick is not None:
        return [dipstick]
    if visit.now.dipstick is None or visit.before.dipstick is None:
        return [collection]
    return [collection, dipstick]


def _renal_deterioration(visit: Visit) -> list[Finding]:
    """Criterion 3: creatinine > 130 µmol/L and > 130 %, clearance < 67 %, or now below 50."""
    scr, scr_before = visit.now.creatinine_umol_l, visit.before.creatinine_umol_l
    gfr, gfr_before = visit.now.gfr, visit.before.gfr
    crossed = Truth.YES if gfr_before is None else truth(gfr_before, ">", 50)
    return [
        visit.finding(
            "bilag.creatinine_rise",
            Truth.all(truth(scr, ">", 130), truth(scr, ">", _times(scr_before, 1.3))),
            ["creatinine_umol_l"],
            limit=130,
            unit="µmol/L",
            percent=130,
        ),
        visit.finding(
            "bilag.gfr_fall",
            truth(gfr, "<", _times(gfr_before, 0.67)),
            ["gfr"],
            unit="mL/min",
            percent=67,
        ),
        visit.finding(
            "bilag.gfr_below_50",
            Truth.all(truth(gfr, "<", 50), crossed),
            ["gfr"],
            limit=50,
            unit="mL/min",
        ),
    ]


def _moderate(visit: Visit) -> list[Finding]:
    """Protein > 1 g and up by >= 50 %, dipstick up to >= 2+, or creatinine up by >= 15 %."""
    now = visit.now
    protein = Truth.all(
        truth(now.u24_g, ">", 1.0), truth(now.u24_g, ">=", _times(visit.before.u24_g, 1.5))
    )
    creatinine = Truth.all(
        truth(now.creatinine_umol_l, ">", 130),
        truth(now.creatinine_umol_l, ">=", _times(visit.before.creatinine_umol_l, 1.15)),
    )
    rise = visit.finding(
        "bilag.protein_rise", protein, ["u24_g"], limit=1.0, unit="g/24 h", percent=150
    )
    return [
        *_either(rise, _dipstick_rise(visit, 1, 2), visit),
        visit.finding(
            "bilag.creatinine_moderate_rise",
            creatinine,
            ["creatinine_umol_l"],
            limit=130,
            unit="µmol/L",
            percent=115,
        ),
    ]


def _mild(visit: Visit) -> list[Finding]:
    """24-hour protein > 0.25 g, dipstick >= 1+, or blood pressure >= 140/90 risen by 30/15."""
    now, before = visit.now, visit.before
    pressure = Truth.all(
        truth(now.sbp, ">=", 140),
        truth(now.dbp, ">=", 90),
        truth(now.sbp, ">=", None if before.sbp is None else before.sbp + 30),
        truth(now.dbp, ">=", None if before.dbp is None else before.dbp + 15),
    )
    level = truth(now.u24_g, ">", 0.25)
    found = [visit.finding("bilag.protein", level, ["u24_g"], limit=0.25, unit="g/24 h")]
    if now.dipstick is not None:
        dipstick = visit.finding("bilag.dipstick", truth(now.dipstick, ">=", 1), ["dipstick"])
        found = [dipstick] if now.u24_g is None else [*found, dipstick]
    return [*found, visit.finding("bilag.blood_pressure", pressure, ["sbp", "dbp"], unit="mmHg")]


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
        now,
        criteria,
        _moderate(visit),
        _mild(visit),
        ever_involved=ever_involved,
    )
