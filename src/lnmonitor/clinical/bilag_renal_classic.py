"""The classic renal BILAG (1988/1993): protein must rise, where BILAG-2004 counts what persists.

Hay 1993 (Q J Med 86:447). Criteria read in two agreeing public descriptions. In a refractory cohort
this index grades lower at baseline than BILAG-2004: name the one that was used on every chart.
"""

from __future__ import annotations

from math import floor
from typing import Any

from lnmonitor.clinical.criteria import is_above, is_at_least, is_below
from lnmonitor.clinical.renal_assessment import (
    RenalGrade,
    RenalIndex,
    RenalInputs,
    Sign,
    Signs,
    Test,
    answered,
    conclude,
)
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Rule, Truth

HAY_1993 = Citation("Hay EM, Bacon PA, Gordon C, et al.", "Q J Med 86:447-58", 1993)
RULE_BILAG_CLASSIC_RENAL = Rule("bilag-classic-renal", "1", (HAY_1993,), verified=False)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _needs_collection(now: RenalInputs) -> Truth:
    """Without a 24-hour collection the dipstick stands in; without both the collection is open."""
    return UNKNOWN if now.dipstick is None else NO


def _severe_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Protein > 1 g and newly documented, from < 0.2 g, or doubled."""
    value, previous = now.u24_g, before.u24_g
    if value is None:
        return _needs_collection(now)
    heavy = is_above(value, 1.0)
    if heavy is NO or previous is None:
        return heavy
    return Truth.any(is_below(previous, 0.2), is_at_least(value, 2 * previous))


def _moderate_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Protein > 1 g and up by >= 50 %."""
    value = now.u24_g
    if value is None:
        return _needs_collection(now)
    heavy = is_above(value, 1.0)
    return is_at_least(value, _times(before.u24_g, 1.5)) if heavy is YES else heavy


def _any_protein(now: RenalInputs, _before: RenalInputs) -> Truth:
    """24-hour protein > 0.25 g."""
    return _needs_collection(now) if now.u24_g is None else is_above(now.u24_g, 0.25)


def _protein_rise(test: Test, percent: int) -> tuple[Test, Sign]:
    return test, Sign("bilag.protein_rise", ("u24_g",), limit=1.0, unit="g/24 h", percent=percent)


def _dipstick_rise(rise: int) -> tuple[Test, Sign]:
    """A rise by >= `rise` levels to at least 2+; ± reads as no level.

    Beside a collection nobody asks for the dipstick of before.
    """

    def met(now: RenalInputs, before: RenalInputs) -> Truth:
        level, previous = now.dipstick, before.dipstick
        if level is None or level < 2:
            return NO
        if previous is None:
            return UNKNOWN if now.u24_g is None else NO
        return YES if floor(level) - floor(previous) >= rise else NO

    return met, Sign("bilag.dipstick_rise", ("dipstick",), limit=rise)


def _dipstick(now: RenalInputs, _before: RenalInputs) -> Truth:
    """Dipstick >= 1+."""
    return NO if now.dipstick is None else is_at_least(now.dipstick, 1)


def _creatinine_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Creatinine above 130 µmol/L and above 130 % of the previous one."""
    value = now.creatinine_umol_l
    high = is_above(value, 130)
    return is_above(value, _times(before.creatinine_umol_l, 1.3)) if high is YES else high


def _creatinine_moderate_rise(now: RenalInputs, before: RenalInputs) -> Truth:
    """Creatinine above 130 µmol/L and up by >= 15 %."""
    value = now.creatinine_umol_l
    high = is_above(value, 130)
    return is_at_least(value, _times(before.creatinine_umol_l, 1.15)) if high is YES else high


def _clearance_fall(now: RenalInputs, before: RenalInputs) -> Truth:
    """Clearance below 67 % of the previous one."""
    return is_below(now.gfr, _times(before.gfr, 0.67))


def _clearance_below_50(now: RenalInputs, before: RenalInputs) -> Truth:
    """Clearance now below 50, and above it before where that is known."""
    low = is_below(now.gfr, 50)
    if low is NO or before.gfr is None:
        return low
    return Truth.all(low, is_above(before.gfr, 50))


def _pressure_raised(now: RenalInputs, before: RenalInputs) -> Truth:
    """At least 140/90 mmHg and up by 30/15."""
    high = Truth.all(is_at_least(now.sbp, 140), is_at_least(now.dbp, 90))
    if high is NO:
        return NO
    return Truth.all(
        high,
        is_at_least(now.sbp, None if before.sbp is None else before.sbp + 30),
        is_at_least(now.dbp, None if before.dbp is None else before.dbp + 15),
    )


_CREATININE: dict[str, Any] = {"limit": 130, "unit": "µmol/L"}
_DETERIORATION: Signs = (
    (
        _creatinine_rise,
        Sign("bilag.creatinine_rise", ("creatinine_umol_l",), **_CREATININE, percent=130),
    ),
    (_clearance_fall, Sign("bilag.clearance_fall", ("gfr",), unit="mL/min", percent=67)),
    (_clearance_below_50, Sign("bilag.gfr_below_50", ("gfr",), limit=50, unit="mL/min")),
)
_INDEX = RenalIndex(
    criteria=(
        (1, (_protein_rise(_severe_rise, 200), _dipstick_rise(2))),
        (2, answered("accelerated_hypertension")),
        (3, _DETERIORATION),
        (4, answered("active_sediment")),
        (5, answered("active_histology_3mo")),
    ),
    moderate=(
        _protein_rise(_moderate_rise, 150),
        _dipstick_rise(1),
        (
            _creatinine_moderate_rise,
            Sign(
                "bilag.creatinine_moderate_rise",
                ("creatinine_umol_l",),
                **_CREATININE,
                percent=115,
            ),
        ),
    ),
    mild=(
        (
            _any_protein,
            Sign("bilag.protein_above", ("u24_g",), operator=">", limit=0.25, unit="g/24 h"),
        ),
        (_dipstick, Sign("bilag.dipstick", ("dipstick",))),
        (
            _pressure_raised,
            Sign("bilag.blood_pressure_at", ("sbp", "dbp"), beside="dbp", unit="mmHg"),
        ),
    ),
)


def grade(
    now: RenalInputs, previous: RenalInputs | None, *, ever_involved: bool | None
) -> RenalGrade:
    """Return the classic renal letter; ratios and nephrotic syndrome play no part in it.

    `gfr` is creatinine clearance in mL/min. Criteria 1 to 5, inputs, missing inputs and refusals as
    for `bilag_renal.grade`.
    """
    return conclude(RULE_BILAG_CLASSIC_RENAL, _INDEX, now, previous, ever_involved)
