"""Prednisone equivalents of glucocorticoid courses; pulse therapy is kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lnmonitor.clinical.results import Outcome


@dataclass(frozen=True)
class DoseInterval:
    """One prescription: `dose_mg` taken `per_day` times a day (alternate days 0.5).

    From `start` to `stop`, both included; `stop` None while it continues. `route` "oral" or "iv"
    counts; "topical", "inhaled", "intra-articular" do not.
    """

    drug: str
    dose_mg: float
    start: date
    stop: date | None = None
    per_day: float = 1.0
    route: str = "oral"


@dataclass(frozen=True)
class SteroidDose(Outcome):
    """Prednisone equivalent in mg/day on one day; `pulse_mg` (prednisone equivalent) is apart."""

    mg_per_day: float | None = None
    pulse_mg: float = 0.0


@dataclass(frozen=True)
class PulseTotal(Outcome):
    """Pulse therapy over a period: days, cumulative g of drug and of prednisone equivalent."""

    days: int = 0
    drug_g: float = 0.0
    prednisone_g: float = 0.0


def dose_on(day: date, intervals: Sequence[DoseInterval]) -> SteroidDose:
    """Return the prednisone equivalent on `day`."""
    raise NotImplementedError


def mean_dose(first: date, last: date, intervals: Sequence[DoseInterval]) -> float:
    """Return the mean maintenance dose (mg/day) over the days first..last."""
    raise NotImplementedError


def cumulative_g(first: date, last: date, intervals: Sequence[DoseInterval]) -> float:
    """Return the cumulative maintenance dose in g prednisone equivalent."""
    raise NotImplementedError


def pulses(first: date, last: date, intervals: Sequence[DoseInterval]) -> PulseTotal:
    """Return the pulse therapy of the days first..last."""
    raise NotImplementedError
