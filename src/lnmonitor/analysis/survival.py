"""Kaplan-Meier estimates, their comparison, and incidence with a competing event.

Kaplan EL, Meier P, J Am Stat Assoc 53:457, 1958, doi 10.1080/01621459.1958.10501452; variance by
Greenwood M, 1926; the band is the log-log one of Kalbfleisch and Prentice. SciPy's `ecdf` gives the
same curve but neither the numbers at risk nor the standard error, so the product is taken here and
compared with SciPy in the tests. The wordings of these papers were not read for this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log, sqrt

_Z_95 = 1.959963984540054
_HALF = 0.5 + 1e-12


@dataclass(frozen=True)
class KaplanMeierRow:
    """One event or censoring time: `survival` (0..1) just after it, with Greenwood's SE.

    The standard error is None where nobody survives. `low` and `high` bound the 95 % interval,
    None where it is not defined (no event yet, nobody left).
    """

    time: float
    n_at_risk: int
    n_event: int
    n_censored: int
    survival: float
    greenwood_se: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class KaplanMeier:
    """A curve: rows in order of time; `median` None when it is not reached.

    `median_low` and `median_high` are the 95 % interval of Brookmeyer and Crowley (Biometrics
    38:29, 1982, not read): the first events where the band's lower and upper end reach 0.5. None
    where they do not.
    """

    rows: tuple[KaplanMeierRow, ...]
    n: int
    events: int
    median: float | None
    median_low: float | None = None
    median_high: float | None = None

    def at(self, time: float) -> float:
        """Survival (0..1) at a time in the unit of the rows."""
        passed = [row.survival for row in self.rows if row.time <= time]
        return passed[-1] if passed else 1.0

    def at_risk(self, time: float) -> int:
        """Number still observed and without event just before a time."""
        return next((row.n_at_risk for row in self.rows if row.time >= time), 0)


@dataclass(frozen=True)
class LogRank:
    """Chi-square statistic with one degree of freedom and its two-sided p."""

    chi_square: float
    p: float


@dataclass(frozen=True)
class IncidenceRow:
    """Cumulative incidence (0..1) of the event of interest just after `time`."""

    time: float
    n_at_risk: int
    n_event: int
    n_competing: int
    incidence: float


def _check(times: Sequence[float], length: int) -> None:
    if len(times) != length:
        raise ValueError("times and events differ in number")
    if any(not isfinite(time) or time < 0 for time in times):
        raise ValueError("a time is negative or not a number")


def _log_log_band(survival: float, sum_of_terms: float) -> tuple[float | None, float | None]:
    """The 95 % interval exp(-exp(log(-log S) +- z sd)): it stays within 0..1."""
    if not 0 < survival < 1:
        return (None, None)
    half = _Z_95 * sqrt(sum_of_terms) / abs(log(survival))
    centre = -log(survival)
    return (exp(-centre * exp(half)), exp(-centre * exp(-half)))


def kaplan_meier(times: Sequence[float], events: Sequence[bool]) -> KaplanMeier:
    """Estimate survival; `events[i]` False means censored at `times[i]` (>= 0, any unit).

    At a tied time events come before censorings. Raises ValueError for a negative or endless time.
    """
    _check(times, len(events))
    died = Counter(time for time, event in zip(times, events, strict=True) if event)
    left = Counter(time for time, event in zip(times, events, strict=True) if not event)
    rows: list[KaplanMeierRow] = []
    at_risk, survival, terms = len(times), 1.0, 0.0
    for time in sorted(set(times)):
        n_event, n_censored = died[time], left[time]
        survival *= 1 - n_event / at_risk
        survivors = at_risk - n_event
        terms += n_event / (at_risk * survivors) if survivors else (inf if n_event else 0.0)
        error = survival * sqrt(terms) if isfinite(terms) else None
        low, high = _log_log_band(survival, terms)
        rows.append(KaplanMeierRow(time, at_risk, n_event, n_censored, survival, error, low, high))
        at_risk -= n_event + n_censored
    return KaplanMeier(
        rows=tuple(rows),
        n=len(times),
        events=sum(died.values()),
        median=_first_half(rows, lambda row: row.survival),
        median_low=_first_half(rows, lambda row: row.low),
        median_high=_first_half(rows, lambda row: row.high),
    )


def _first_half(
    rows: Sequence[KaplanMeierRow], read: Callable[[KaplanMeierRow], float | None]
) -> float | None:
    """Return the first event time at which a curve is at or under one half.

    Where nobody survives the band has no ends any more; it ends there.
    """
    for row in rows:
        value = 0.0 if row.survival == 0 else read(row)
        if row.n_event and value is not None and value <= _HALF:
            return row.time
    return None


def log_rank(
    one: tuple[Sequence[float], Sequence[bool]], other: tuple[Sequence[float], Sequence[bool]]
) -> LogRank:
    """Compare two groups given as (times, events). SciPy's `logrank`, two-sided."""
    from scipy.stats import CensoredData, logrank

    def censored(times: Sequence[float], events: Sequence[bool]) -> CensoredData:
        _check(times, len(events))
        pairs = list(zip(times, events, strict=True))
        return CensoredData(
            uncensored=[time for time, event in pairs if event],
            right=[time for time, event in pairs if not event],
        )

    result = logrank(censored(*one), censored(*other))
    return LogRank(float(result.statistic) ** 2, float(result.pvalue))


def cumulative_incidence(times: Sequence[float], causes: Sequence[int]) -> tuple[IncidenceRow, ...]:
    """Incidence of cause 1 with cause 2 competing (0 censored), after Aalen and Johansen 1978.

    Raises ValueError for a negative or endless time.
    """
    _check(times, len(causes))
    pairs = sorted(zip(times, causes, strict=True))
    rows: list[IncidenceRow] = []
    at_risk, free, incidence = len(pairs), 1.0, 0.0
    for time in sorted(set(times)):
        here = [cause for when, cause in pairs if when == time]
        wanted, competing = here.count(1), here.count(2)
        incidence += free * wanted / at_risk
        free *= 1 - (wanted + competing) / at_risk
        rows.append(IncidenceRow(time, at_risk, wanted, competing, incidence))
        at_risk -= len(here)
    return tuple(rows)


def incidence_at(rows: Sequence[IncidenceRow], time: float) -> float:
    """Return the cumulative incidence (0..1) at a time in the unit of the rows."""
    passed = [row.incidence for row in rows if row.time <= time]
    return passed[-1] if passed else 0.0
