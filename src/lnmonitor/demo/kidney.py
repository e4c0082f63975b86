"""Urine protein, creatinine and sediment of a synthetic patient, drawn around a chosen course.

The ranges here lean on the protocol's rules (set A, the default flare, BILAG-2004); whether a draw
really follows its course is decided afterwards by `lnmonitor.analysis.course.evaluate`, and a draw
that does not is drawn again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from lnmonitor.clinical.gfr import Sex, ckd_epi_2021
from lnmonitor.demo.courses import FOLLOW_UP, Course
from lnmonitor.demo.timeline import FLARE, Moment

ULN = {"F": 73.0, "M": 97.0}
_SPELL = 0.3
"""How often protein falls by more than a quarter between two visits without a change of class."""
_LEAST_INCOMPLETE = 0.56
"""Grams: patients who are not in complete remission stay clear of its 0.5 g."""
_NOT_YET = {
    "M1": (0.78, 1.05),
    "M3": (0.66, 0.92),
    "M6": (0.58, 0.82),
    "M9": (0.55, 0.7),
    "M12": (0.53, 0.6),
}
"""Protein as a share of the baseline while a patient has not (or no longer) remitted."""


@dataclass(frozen=True)
class Kidney:
    """The kidney at one visit: g/24 h, µmol/L, mL/min/1.73 m², cells per field, g/L."""

    u24: float
    creatinine: float
    egfr: float
    rbc: int
    wbc: int
    casts: str
    albumin: float

    @property
    def active_sediment(self) -> bool:
        """More than 5 cells per field, or cellular casts."""
        return self.rbc > 5 or self.wbc > 5 or self.casts != "NONE"


def draw_kidney(
    course: Course, moments: Sequence[Moment], age: float, sex: Sex, rng: Random
) -> dict[int, Kidney]:
    """Return the kidney at each visit where the urine is examined, by study day."""
    walk = _Walk(course, age, sex, rng)
    return {moment.day: walk.step(moment) for moment in moments if moment.kidney or moment.day == 1}


class _Walk:
    """Visits in order of day, each leaning on the one before."""

    def __init__(self, course: Course, age: float, sex: Sex, rng: Random) -> None:
        self.course, self.age, self.sex, self.rng = course, age, sex, rng
        self.base = _baseline_protein(course, rng)
        self.creatinine = _baseline_creatinine(course, age, sex, rng)
        self.protein = self.base
        self.ratio = 1.0
        self.lowest = self.base
        self.albumin_offset = rng.gauss(0, 1.6)
        first = next((i for i, r in enumerate(course.responses) if r in "CP"), len(FOLLOW_UP))
        self.first_remission = FOLLOW_UP[first] if first < len(FOLLOW_UP) else ""
        self.remitted = False

    def step(self, moment: Moment) -> Kidney:
        response = self.course.response(moment.code) if moment.code in FOLLOW_UP else ""
        self.remitted = self.remitted or response in ("C", "P")
        self.protein = round(self._protein(moment, response), 2)
        self.ratio = self._ratio(moment, response)
        if self.remitted:
            self.lowest = min(self.lowest, self.protein)
        creatinine = round(self.creatinine * self.ratio)
        rbc, wbc, casts = self._sediment(moment, response)
        return Kidney(
            u24=self.protein,
            creatinine=creatinine,
            egfr=ckd_epi_2021(creatinine, self.age, self.sex),
            rbc=rbc,
            wbc=wbc,
            casts=casts,
            albumin=self._albumin(moment),
        )

    def _protein(self, moment: Moment, response: str) -> float:
        rng, base = self.rng, self.base
        if moment.day <= 1:
            return base * (rng.uniform(0.9, 1.12) if moment.code == "SCR" else 1.0)
        if moment.stage:
            return self._flaring(moment)
        if response == "C":
            return self._complete(moment)
        if response == "P":
            return self._partial(moment)
        if self.course.function == "recovers":
            return self._not_remitted(moment)
        return self._persisting(moment)

    def _flaring(self, moment: Moment) -> float:
        """After CR at least 1 g, after PR at least 2 g and twice the lowest value."""
        share = (0.6, 0.85) if moment.stage == FLARE else (0.9, 1.12)
        peak = self.base * self.rng.uniform(*share)
        least = 1.1 if "C" in self.course.responses else max(2.1, 2.1 * self.lowest)
        return max(peak, least)

    def _complete(self, moment: Moment) -> float:
        low, high = (0.27, 0.46)
        if moment.code == "M12" and self.course.end == "D":
            low, high = (0.08, 0.24)
        elif self.protein < 0.5:
            low, high = max(0.12, self.protein * 0.7), min(0.46, self.protein * 1.25)
        return self.rng.uniform(low, high)

    def _partial(self, moment: Moment) -> float:
        share = self.rng.uniform(0.34, 0.47)
        value = self.base * share
        if self.protein <= self.base * 0.47:  # in partial remission already
            spell = self.rng.random() < _SPELL and self.protein > 1.2
            change = (0.62, 0.74) if spell else (0.85, 1.1)
            value = min(self.base * 0.48, self.protein * self.rng.uniform(*change))
        if moment.code == "M12":
            change = (0.78, 0.98) if self.course.end == "B" else (0.55, 0.73)
            value = min(self.base * 0.48, self.protein * self.rng.uniform(*change))
        return max(value, _LEAST_INCOMPLETE)

    def _not_remitted(self, moment: Moment) -> float:
        if moment.code == "M12" and self.course.end == "B":
            return max(self.base * 0.53, self.protein * self.rng.uniform(0.8, 1.0))
        return max(self.base * self.rng.uniform(*_NOT_YET[moment.code]), _LEAST_INCOMPLETE)

    def _persisting(self, moment: Moment) -> float:
        """The creatinine keeps these from partial remission, so protein may fall slowly."""
        # Protein falls in spells, not evenly.
        change = (0.62, 0.74) if self.rng.random() < _SPELL else (0.92, 1.14)
        if moment.code == "M12":
            # B comes from an active sediment alone, or from protein that has not improved.
            stays = self.course.end == "B" and not self.course.sediment
            change = (0.8, 1.15) if stays else (0.55, 0.74)
        value = self.protein * self.rng.uniform(*change)
        least = _LEAST_INCOMPLETE if moment.code == "M12" else _LEAST_INCOMPLETE / 0.72
        return max(value, least)

    def _ratio(self, moment: Moment, response: str) -> float:
        """Creatinine as a share of its baseline."""
        rng = self.rng
        if moment.day <= 1:
            return rng.uniform(0.96, 1.05) if moment.code in ("SCR", "D1") else 1.0
        if self.course.function == "fails":
            return min(1.4, max(0.82, self.ratio + rng.gauss(0.012, 0.06)))
        if moment.stage:
            return rng.uniform(0.84, 1.02)
        return self._answering(response)

    def _answering(self, response: str) -> float:
        """Creatinine of a patient whose kidney can recover; PR asks for a fall by a quarter."""
        rng = self.rng
        if response == "P":
            return min(0.735, max(0.6, self._near(rng.uniform(0.66, 0.73))))
        if self.course.function == "lapses" and self.remitted:
            return rng.uniform(0.8, 0.98)
        if response == "C":
            return min(1.05, self._near(rng.uniform(0.68, 0.92)))
        return max(0.76, self._near(rng.uniform(0.78, 0.96)))

    def _near(self, target: float) -> float:
        """Move most of the way from the last value to a target."""
        return self.ratio + (target - self.ratio) * self.rng.uniform(0.7, 1.0)

    def _sediment(self, moment: Moment, response: str) -> tuple[int, int, str]:
        rng, course = self.rng, self.course
        active = course.sediment
        if moment.stage:
            active = rng.random() < 0.5
        elif course.remits and (self.remitted or response in ("C", "P")):
            active = False
        elif moment.code == "M12":
            active = course.end == "B" and course.sediment
        elif moment.day > 1:
            active = active and rng.random() < 0.9 - moment.day / 400
        if not active:
            return rng.randint(0, 5), rng.choice((0, 1, 1, 2, 2, 3, 4, 5)), "NONE"
        wbc = rng.randint(6, 18) if rng.random() < 0.35 else rng.randint(0, 5)
        casts = rng.choice(("RBC", "HAEMGRAN")) if rng.random() < 0.3 else "NONE"
        return rng.choice((8, 10, 12, 15, 20, 25, 30, 40, 60)), wbc, casts

    def _albumin(self, moment: Moment) -> float:
        healing = min(moment.day, 180) / 180 if moment.day > 0 else 0.0
        value = 36.5 + 4 * healing - 2.6 * self.protein + self.albumin_offset
        value += self.rng.gauss(0, 0.9)
        if self.course.nephrotic and moment.day <= 1:
            value = min(value, 28.5)
        elif moment.day <= 0:
            value = max(value, 30.0 if self.protein >= 3.5 else 27.0)
        return float(round(min(max(value, 15), 47)))


def _baseline_protein(course: Course, rng: Random) -> float:
    if course.nephrotic:
        return round(rng.uniform(3.7, 6.2), 2)
    if course.mild:
        return round(rng.uniform(0.8, 0.97), 2)
    doubled = course.flare and "C" not in course.responses
    low = 2.2 if doubled else (1.75 if "P" in course.responses else 1.3)
    return round(min(low + rng.gammavariate(1.5, 0.5 if course.remits else 1.1), 5.6), 2)


def _baseline_creatinine(course: Course, age: float, sex: Sex, rng: Random) -> float:
    """Patients who never remit start with less function, as the published predictors say."""
    if course.function == "recovers":
        wanted = min(max(rng.gauss(69, 21), 30), 118)
        return _creatinine_at(wanted, age, sex)
    wanted = min(max(rng.gauss(52, 19), 24), 80)
    return max(_creatinine_at(wanted, age, sex), ULN[sex] * 1.26)


def _creatinine_at(egfr: float, age: float, sex: Sex) -> float:
    """Return the creatinine (µmol/L) that gives an eGFR by CKD-EPI 2021."""
    low, high = 20.0, 1500.0
    while high - low > 0.1:
        middle = (low + high) / 2
        low, high = (middle, high) if ckd_epi_2021(middle, age, sex) > egfr else (low, middle)
    return round(low)
