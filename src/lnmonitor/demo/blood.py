"""The rest of the laboratory: serology, blood counts, chemistry, with noise that has a memory.

Each measure is a level of the person, a part that follows the disease and a disturbance that
carries over from visit to visit (autoregressive), so that curves look measured, not computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from lnmonitor.clinical.gfr import Sex
from lnmonitor.demo.kidney import Kidney

C3_LOW, C4_LOW, DSDNA_HIGH = 0.90, 0.10, 100
DETECTION_HIGH, DETECTION_LOW = 800, 10
MEMORY = 0.6
_EXCRETED = {"F": 155.0, "M": 199.0}
"""Creatinine in the urine of a day, µmol/kg: the middle of what is expected."""


@dataclass(frozen=True)
class Result:
    """One result as a laboratory prints it: number with sign, or a text."""

    value: float | None = None
    operator: str | None = None
    text: str | None = None


class Noise:
    """A disturbance around 0 with unit variance that carries over from visit to visit."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._value: dict[str, float] = {}

    def next(self, name: str) -> float:
        """Return the next disturbance of a measure."""
        fresh = self._rng.gauss(0, 1)
        last = self._value.get(name)
        now = fresh if last is None else MEMORY * last + (1 - MEMORY**2) ** 0.5 * fresh
        self._value[name] = now
        return now


class Blood:
    """Draws every analyte of one patient, visit by visit in order of day."""

    def __init__(self, sex: Sex, weight_kg: float, rng: Random) -> None:
        self._rng, self._sex, self._weight = rng, sex, weight_kg
        self._noise = Noise(rng)
        self._c3 = rng.uniform(0.35, 0.7)
        self._c4 = rng.uniform(0.03, 0.085)
        self._dsdna = rng.lognormvariate(5.7, 0.8)
        self._haemoglobin = rng.gauss(106 if sex == "F" else 118, 9)
        self._platelets = rng.gauss(205, 45)
        self._cholesterol = rng.gauss(5.1, 0.7)
        self._urea = rng.uniform(0.85, 1.15)
        self._measured = rng.gauss(0.93, 0.05)

    def draw(self, day: int, items: frozenset[str], kidney: Kidney) -> dict[str, Result]:
        """Return all analytes but the measured GFR; signs of SLEDAI items are respected."""
        healing = min(max(day, 0), 270) / 270
        found = self._serology(healing, items)
        found |= self._counts(healing, items)
        found |= self._chemistry(healing, kidney)
        return found | self._urine(kidney)

    def measured_gfr(self, kidney: Kidney) -> float:
        """Return a measured clearance in mL/min before it is fitted to the published spread."""
        return kidney.egfr * self._measured * (1 + 0.06 * self._noise.next("GFRM"))

    def _serology(self, healing: float, items: frozenset[str]) -> dict[str, Result]:
        low = "low_complement" in items
        c3 = self._c3 + 0.34 * healing + 0.06 * self._noise.next("C3")
        c4 = self._c4 + 0.06 * healing + 0.012 * self._noise.next("C4")
        c3 = min(max(c3, 0.2), 0.88) if low else max(c3 + 0.22, 0.91)
        c4 = max(c4, 0.02) if low else max(c4 + 0.05, 0.11)
        level = self._dsdna * (1 - 0.65 * healing) * 1.25 ** self._noise.next("DSDNA")
        level = max(level, 104 + 30 * self._rng.random()) if "dsdna" in items else level
        if "dsdna" not in items:
            level = min(level / 4, 96 - 20 * self._rng.random())
        return {
            "C3": Result(round(c3, 2)),
            "C4": Result(round(c4, 3)),
            "DSDNA": _limited(round(level)),
            "CRP": Result(round(max(self._rng.lognormvariate(0.9, 0.8), 0.3), 1)),
            "ESR": Result(float(min(round(62 - 34 * healing + 9 * self._noise.next("ESR")), 130))),
        }

    def _counts(self, healing: float, items: frozenset[str]) -> dict[str, Result]:
        white = max(6.2 + 1.3 * self._noise.next("WBC"), 3.25)
        if "leukopenia" in items:
            white = self._rng.uniform(2.1, 2.9)
        share = min(max(0.69 + 0.05 * self._noise.next("NEUT"), 0.5), 0.82)
        lymph = (1 - share) * self._rng.uniform(0.72, 0.85)
        platelets = max(self._platelets + 18 * self._noise.next("PLT"), 104)
        if "thrombocytopenia" in items:
            platelets = self._rng.uniform(62, 97)
        red = self._haemoglobin + 12 * healing + 3 * self._noise.next("HGB")
        return {
            "WBC": Result(round(white, 2)),
            "NEUT": Result(round(white * share, 2)),
            "LYMPH": Result(round(max(white * lymph, 0.52), 2)),
            "HGB": Result(float(round(max(red, 82)))),
            "PLT": Result(float(round(platelets))),
        }

    def _chemistry(self, healing: float, kidney: Kidney) -> dict[str, Result]:
        rng, noise = self._rng, self._noise
        urea = self._urea * (2.6 + 260 / max(kidney.egfr, 12)) + 0.5 * noise.next("UREA")
        acid = 300 + 5200 / max(kidney.egfr, 15) + 26 * noise.next("URATE")
        fat = self._cholesterol + 0.5 * kidney.u24 - 0.6 * healing + 0.25 * noise.next("CHOL")
        return {
            "CREAT": Result(float(kidney.creatinine)),
            "UREA": Result(round(max(urea, 2.4), 1)),
            "URATE": Result(float(round(acid))),
            "CYSC": Result(round(max(78 / kidney.egfr + 0.06 * noise.next("CYSC"), 0.5), 2)),
            "ALB": Result(kidney.albumin),
            "TP": Result(float(round(kidney.albumin + 27 + 2.2 * noise.next("TP")))),
            "ALT": Result(float(round(rng.lognormvariate(3.0, 0.35)))),
            "AST": Result(float(round(rng.lognormvariate(3.05, 0.25)))),
            "ALP": Result(float(round(rng.gauss(68, 13)))),
            "GGT": Result(float(round(rng.lognormvariate(3.1, 0.35)))),
            "BILI": Result(round(rng.lognormvariate(2.0, 0.3), 1)),
            "K": Result(round(min(4.1 + 18 / kidney.egfr * 0.6 + 0.2 * noise.next("K"), 5.4), 1)),
            "NA": Result(float(round(140 + 1.6 * noise.next("NA")))),
            "GLUC": Result(round(5.0 + 0.5 * noise.next("GLUC") + 0.6 * rng.random(), 1)),
            "CHOL": Result(round(max(fat, 3.0), 2)),
        }

    def _urine(self, kidney: Kidney) -> dict[str, Result]:
        volume = 1750 + 260 * self._noise.next("U24V")
        level = 4.0 if kidney.u24 >= 5 else 3.0 if kidney.u24 >= 2 else 2.0
        level = level if kidney.u24 >= 0.9 else 1.0 if kidney.u24 >= 0.3 else 0.5
        wobble = self._noise.next("UPCR")
        ratio = kidney.u24 * (1.08 + 0.08 * wobble)
        volume = float(round(max(volume, 900), -1))
        creatinine = _EXCRETED[self._sex] * (1 - 0.08 * wobble) * self._weight / volume * 1000
        return {
            "U24P": Result(kidney.u24),
            "U24V": Result(volume),
            "UCREAT": Result(float(round(creatinine, -1))),
            "UPCR": Result(round(max(ratio, 0.05), 2)),
            "URBC": Result(float(kidney.rbc)),
            "UWBC": Result(float(kidney.wbc)),
            "UCASTS": Result(text=kidney.casts),
            "UDIP": Result(level),
        }


def _limited(value: float) -> Result:
    """Return an antibody level as the assay can tell it."""
    if value > DETECTION_HIGH:
        return Result(float(DETECTION_HIGH), ">")
    if value < DETECTION_LOW:
        return Result(float(DETECTION_LOW), "<")
    return Result(float(value))
