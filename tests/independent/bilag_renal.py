"""Renal BILAG a second time, 2004 (2009/2010 revision) and classic: lists of plain conditions.

What was not done (None) meets no condition. Nothing improved and nothing rose where the value
before is not known; only GFR < 50 asks no value before.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.independent.exact import q

INPUTS = (
    "u24_g",
    "upcr_mg_mmol",
    "uacr_mg_mmol",
    "dipstick",
    "creatinine_umol_l",
    "gfr",
    "sbp",
    "dbp",
    "accelerated_hypertension",
    "nephrotic_syndrome",
    "active_sediment",
    "active_histology_3mo",
)
NOTHING = dict.fromkeys(INPUTS)
# Severe above the first, moderate from the second, mild above the third.
METHODS = {
    "u24_g": (Fraction(1), Fraction(1, 2), Fraction(1, 4)),
    "upcr_mg_mmol": (Fraction(100), Fraction(50), Fraction(25)),
    "uacr_mg_mmol": (Fraction(100), Fraction(50), Fraction(25)),
}
LEADING = {1, 4, 5}
Case = Mapping[str, Any]


def _exact(case: Case) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, bool) else q(value)
        for name, value in case.items()
    }


def _level(stick: Fraction) -> int:
    """A trace is no level."""
    return int(stick)


def _letter(severe: set[int], moderate: bool, mild: bool) -> str:
    if len(severe) > 1 and severe & LEADING:
        return "A"
    if severe or moderate:
        return "B"
    return "C" if mild else "-"


def letter_2004(
    case: Case, earlier: Case | None, *, presume_worse: bool = False
) -> tuple[str, tuple[int, ...]]:
    """Return A, B, C or a dash, and the numbers of the severe criteria that are met."""
    now, before = _exact(case), _exact(NOTHING if earlier is None else earlier)
    first = earlier is None and presume_worse
    severe: set[int] = set()
    moderate = mild = False

    quantitative = [name for name in METHODS if now[name] is not None]
    for name in quantitative:
        high, middle, low = METHODS[name]
        improved = before[name] is not None and now[name] * 4 <= before[name] * 3
        severe |= {1} if now[name] > high and not improved else set()
        moderate |= now[name] >= middle and not improved
        mild |= now[name] > low
    if not quantitative and now["dipstick"] is not None:
        level = _level(now["dipstick"])
        mild |= level >= 1
        if before["dipstick"] is not None:
            rise = level - _level(before["dipstick"])
            severe |= {1} if rise >= 2 else set()
            moderate |= rise >= 1 and level >= 2
        elif first and level >= 2:
            severe |= {1}

    creatinine, creatinine_before = now["creatinine_umol_l"], before["creatinine_umol_l"]
    if creatinine is not None and creatinine > 130:
        if creatinine_before is not None:
            percent = creatinine / creatinine_before * 100
            severe |= {3} if percent > 130 else set()
            moderate |= 115 <= percent <= 130
        elif first:
            severe |= {3}
    gfr, gfr_before = now["gfr"], before["gfr"]
    if gfr is not None:
        fell = gfr_before is not None and gfr * 100 < gfr_before * 67
        if (gfr < 80 and (fell or first)) or (gfr < 50 and (gfr_before is None or gfr_before > 50)):
            severe |= {3}

    for number, name in (
        (2, "accelerated_hypertension"),
        (4, "active_sediment"),
        (5, "active_histology_3mo"),
        (6, "nephrotic_syndrome"),
    ):
        severe |= {number} if now[name] is True else set()
    pressure = [now["sbp"], now["dbp"], before["sbp"], before["dbp"]]
    if None not in pressure:
        systolic, diastolic, systolic_before, diastolic_before = pressure
        mild |= (
            systolic > 140
            and diastolic > 90
            and systolic - systolic_before >= 30
            and diastolic - diastolic_before >= 15
        )
    return _letter(severe, moderate, mild), tuple(sorted(severe))


# What an unknown value would have to be for the highest letter.
WORST_NOW: dict[str, Any] = {
    "creatinine_umol_l": 900,
    "gfr": 1,
    "sbp": 240,
    "dbp": 140,
    **dict.fromkeys(INPUTS[8:], True),
}
WORST_BEFORE = {"dipstick": 0, "creatinine_umol_l": 30, "gfr": 300, "sbp": 80, "dbp": 40}


def could_rise(rule: Any, case: Case, earlier: Case | None, methods: tuple[str, ...]) -> bool:
    """Return whether anything not done, now or before, could raise the letter.

    Open in the specification, read as the program reads it: one method for protein is enough, so
    protein is not done only where none of `methods` was, and beside a collection an earlier
    dipstick is not asked for.
    """
    before = dict(NOTHING if earlier is None else earlier)
    now = {name: WORST_NOW.get(name) if v is None else v for name, v in case.items()}
    if all(case[name] is None for name in methods):
        now["u24_g"] = 99
    for name, worst in WORST_BEFORE.items():
        asked = name != "dipstick" or case["u24_g"] is None
        before[name] = worst if before[name] is None and asked else before[name]
    reached, best = rule(case, earlier)[0], rule(now, before)[0]
    return best.replace("-", "Z") < reached.replace("-", "Z")


def letter_classic(case: Case, earlier: Case | None) -> tuple[str, tuple[int, ...]]:
    """Return the letter of the 1988/1993 index, where protein must rise; GFR is clearance."""
    now, before = _exact(case), _exact(NOTHING if earlier is None else earlier)
    severe: set[int] = set()
    moderate = mild = False

    day, day_before = now["u24_g"], before["u24_g"]
    if day is not None:
        mild |= day > Fraction(1, 4)
        if day > 1:
            newly = day_before is None
            severe |= (
                {1} if newly or day_before < Fraction(1, 5) or day >= 2 * day_before else set()
            )
            moderate |= not newly and 3 * day_before <= 2 * day <= 4 * day_before
    if now["dipstick"] is not None:
        level = _level(now["dipstick"])
        mild |= level >= 1
        if before["dipstick"] is not None:
            rise = level - _level(before["dipstick"])
            severe |= {1} if rise >= 2 else set()
            moderate |= rise >= 1 and level >= 2

    creatinine, creatinine_before = now["creatinine_umol_l"], before["creatinine_umol_l"]
    if creatinine is not None and creatinine > 130 and creatinine_before is not None:
        severe |= {3} if creatinine * 10 > creatinine_before * 13 else set()
        moderate |= creatinine * 100 >= creatinine_before * 115
    clearance, clearance_before = now["gfr"], before["gfr"]
    if clearance is not None:
        if clearance_before is not None and clearance * 100 < clearance_before * 67:
            severe |= {3}
        if clearance < 50 and (clearance_before is None or clearance_before > 50):
            severe |= {3}
    for number, name in (
        (2, "accelerated_hypertension"),
        (4, "active_sediment"),
        (5, "active_histology_3mo"),
    ):
        severe |= {number} if now[name] is True else set()
    pressure = [now["sbp"], now["dbp"], before["sbp"], before["dbp"]]
    if None not in pressure:
        mild |= (
            pressure[0] >= 140
            and pressure[1] >= 90
            and pressure[0] - pressure[2] >= 30
            and pressure[1] - pressure[3] >= 15
        )
    return _letter(severe, moderate, mild), tuple(sorted(severe))
