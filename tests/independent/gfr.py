"""Equations of GFR and the KDIGO map a second time: logarithms of printed coefficients, and tables.

An equation is a factor, powers below and above a knot, a yearly factor and a factor for women.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import exp, log

KNOT = {"F": 0.7, "M": 0.9}
# factor, creatinine powers (women, men, above the knot), cystatin powers, per year, women
CKD_EPI = {
    "ckdepi-2021": (142, (-0.241, -0.302, -1.200), None, 0.9938, 1.012),
    "ckdepi-2009": (141, (-0.329, -0.411, -1.209), None, 0.993, 1.018),
    "ckdepi-2012-cys": (133, None, (-0.499, -1.328), 0.996, 0.932),
    "ckdepi-2012-cr-cys": (135, (-0.248, -0.207, -0.601), (-0.375, -0.711), 0.995, 0.969),
    "ckdepi-2021-cr-cys": (135, (-0.219, -0.144, -0.544), (-0.323, -0.778), 0.9961, 0.963),
}


def ckd_epi(
    name: str, age: float, sex: str, *, umol_l: float | None = None, cystatin: float | None = None
) -> float:
    factor, creatinine_powers, cystatin_powers, yearly, women = CKD_EPI[name]
    total = log(factor) + age * log(yearly) + (log(women) if sex == "F" else 0)
    if creatinine_powers and umol_l is not None:
        ratio = log(umol_l / 88.4 / KNOT[sex])
        low = creatinine_powers[0 if sex == "F" else 1]
        total += (low if ratio < 0 else creatinine_powers[2]) * ratio
    if cystatin_powers and cystatin is not None:
        ratio = log(cystatin / 0.8)
        total += cystatin_powers[0 if ratio < 0 else 1] * ratio
    return exp(total)


# factor, power of creatinine, power of age, women
POWER_LAWS = {"mdrd": (175, -1.154, -0.203, 0.742), "cmdrd": (175, -1.234, -0.179, 0.79)}


def power_law(name: str, umol_l: float, age: float, sex: str) -> float:
    factor, creatinine, years, women = POWER_LAWS[name]
    logs = log(factor) + creatinine * log(umol_l / 88.4) + years * log(age)
    return exp(logs + (log(women) if sex == "F" else 0))


def mdrd6(umol_l: float, urea_mmol_l: float, albumin_g_l: float, age: float, sex: str) -> float:
    logs = log(170) - 0.999 * log(umol_l / 88.4) - 0.176 * log(age)
    logs += -0.170 * log(urea_mmol_l / 0.357) + 0.318 * log(albumin_g_l / 10)
    return exp(logs + (log(0.762) if sex == "F" else 0))


def cockcroft(umol_l: float, age: float, sex: str, kg: float) -> float:
    return (140 - age) * kg / (72 * umol_l / 88.4) * {"F": 0.85, "M": 1}[sex]


G_FLOORS = {"G1": 90, "G2": 60, "G3a": 45, "G3b": 30, "G4": 15, "G5": 0}


def g_stage(gfr: float) -> str:
    """Stage the whole number that is shown, rounded half up."""
    shown = Decimal(str(gfr)).quantize(Decimal(1), ROUND_HALF_UP)
    return next(stage for stage, floor in G_FLOORS.items() if shown >= floor)


# Up to but not including the first A1, up to and including the second A2.
A_LIMITS = {
    ("albumin", "mg/g"): ("30", "300"),
    ("albumin", "mg/mmol"): ("3", "30"),
    ("protein", "mg/g"): ("150", "500"),
    ("protein", "g/g"): ("0.15", "0.5"),
    ("protein", "mg/mmol"): ("15", "50"),
    ("protein", "g/24 h"): ("0.15", "0.5"),
}


def a_stage(value: float, unit: str, measure: str) -> str:
    first, second = (Decimal(limit) for limit in A_LIMITS[measure, unit])
    exact = Decimal(str(value))
    return "A1" if exact < first else "A2" if exact <= second else "A3"


RISK = {
    "low": "G1A1 G2A1",
    "moderate": "G1A2 G2A2 G3aA1",
    "high": "G1A3 G2A3 G3aA2 G3bA1",
    "very high": "G3aA3 G3bA2 G3bA3 G4A1 G4A2 G4A3 G5A1 G5A2 G5A3",
}
RISKS = {pair: risk for risk, pairs in RISK.items() for pair in pairs.split()}
