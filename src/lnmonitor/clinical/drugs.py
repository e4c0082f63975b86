"""Doses of immunosuppressants: against a limit, per kg, in mycophenolate equivalents, cumulative.

What doses are usual is a catalogue outside this package; how a prescription is compared with it is
here. Methotrexate is weekly: a daily entry is a known lethal error. Hydroxychloroquine <= 5 mg/kg
of real weight a day is EULAR 2023 (doi 10.1136/ard-2023-224762); 720 mg mycophenolic acid = 1 g
mycophenolate mofetil is how KDIGO pairs them; a cumulative 36 g of cyclophosphamide is from
knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lnmonitor.clinical.criteria import above, require_range
from lnmonitor.clinical.errors import InvalidInput

GRAMS: Mapping[str, float] = {"g": 1.0, "mg": 0.001}
HCQ_MG_KG_DAY = 5.0
MPA_MG_PER_G_MMF = 720.0
CYC_CUMULATIVE_WARNING_G = 36.0
WEEKLY_ONLY = frozenset({"MTX"})

Per = Literal["day", "week", "dose"]


@dataclass(frozen=True)
class DoseLimit:
    """Plausible doses of a drug: above `soft` is asked about, above `hard` refused."""

    unit: str
    per: Per
    soft: float
    hard: float


@dataclass(frozen=True)
class DoseJudgement:
    """`level` "hard", "soft" or None; `total` the dose in the limit's unit and period."""

    level: Literal["hard", "soft"] | None
    total: float


def judge_dose(
    dose: float, unit: str, doses_per_day: float | None, limit: DoseLimit
) -> DoseJudgement | None:
    """Compare a prescription with a limit; None where its unit or rhythm does not allow it.

    `doses_per_day` is below 1 for drugs not taken daily (once a week 1/7); a limit per single dose
    does not need it. Raises InvalidInput for an impossible dose or rhythm.
    """
    require_range("dose", dose, unit, 0)
    _check_rhythm(doses_per_day)
    if unit not in GRAMS or (limit.per != "dose" and doses_per_day is None):
        return None
    total = dose * GRAMS[unit] / GRAMS[limit.unit]
    if limit.per != "dose":
        total *= (doses_per_day or 0.0) * (7 if limit.per == "week" else 1)
    level: Literal["hard", "soft"] | None = None
    if above(total, limit.hard):
        level = "hard"
    elif above(total, limit.soft):
        level = "soft"
    return DoseJudgement(level, total)


def _check_rhythm(doses_per_day: float | None) -> None:
    require_range("doses per day", doses_per_day, "per day", 0, 24)


def too_often(drug: str, doses_per_day: float | None) -> bool:
    """Whether a drug that is only ever weekly was entered more often than twice a week.

    Twice allows a weekly dose that is split over a day; daily and every other day are refused.
    Raises InvalidInput for an impossible rhythm.
    """
    _check_rhythm(doses_per_day)
    return drug in WEEKLY_ONLY and doses_per_day is not None and above(doses_per_day, 2 / 7)


def hydroxychloroquine_mg_kg(dose_mg: float, doses_per_day: float, weight_kg: float) -> float:
    """Return the daily dose in mg/kg of real weight; compare with HCQ_MG_KG_DAY.

    Raises InvalidInput for an impossible dose, rhythm or weight.
    """
    require_range("dose", dose_mg, "mg", 0)
    _check_rhythm(doses_per_day)
    require_range("weight_kg", weight_kg, "kg", 1, 400)
    return dose_mg * doses_per_day / weight_kg


def mycophenolate_g(drug: Literal["MMF", "MPA"], g_per_day: float) -> float:
    """Return a dose in g/day of mycophenolate mofetil; MPA is mycophenolic acid."""
    require_range("dose", g_per_day, "g/day", 0)
    return g_per_day * 1000 / MPA_MG_PER_G_MMF if drug == "MPA" else g_per_day


@dataclass(frozen=True)
class DrugCourse:
    """`dose_g` taken `per_day` times a day from `start` to `stop` (both included; None: goes on).

    A single dose is a course of one day with `per_day` 1.
    """

    drug: str
    dose_g: float
    start: date
    stop: date | None = None
    per_day: float = 1.0


def cumulative_g(courses: Sequence[DrugCourse], drug: str, until: date) -> float:
    """Return the grams of a drug taken up to and including a day.

    Raises InvalidInput for a negative dose or a stop before its start.
    """
    total = 0.0
    for course in courses:
        require_range(f"{course.drug} dose", course.dose_g, "g", 0)
        require_range(f"{course.drug} doses per day", course.per_day, "per day", 0)
        if course.stop is not None and course.stop < course.start:
            limit = f"on or after {course.start.isoformat()}"
            raise InvalidInput(f"{course.drug} stop", course.stop.isoformat(), None, limit)
        last = until if course.stop is None else min(course.stop, until)
        if course.drug == drug and last >= course.start:
            total += course.dose_g * course.per_day * ((last - course.start).days + 1)
    return total
