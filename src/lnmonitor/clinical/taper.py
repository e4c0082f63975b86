"""How a glucocorticoid was tapered: means, change from day 0, milestones, increases, allowances.

Doses are prednisone equivalents in mg/day of the prescriptions in force (`steroids`); pulses stay
apart. Milestones (10, 7.5 and 5 mg/day) and "sustained" as 28 days follow the guidelines' targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from lnmonitor.clinical.criteria import OVER, above, require_range
from lnmonitor.clinical.results import (
    Outcome,
    Reason,
    Truth,
    frozen,
    later,
)
from lnmonitor.clinical.steroids import (
    RULE_PREDNISONE_EQUIVALENT,
    DoseInterval,
    Run,
    daily_doses,
    daily_pulses,
    dose_runs,
    each_day,
    mean_dose,
    pulses,
)

MILESTONES_MG = (10.0, 7.5, 5.0)
SUSTAINED_DAYS = 28
_MEAN_DAYS = (7, 28)


@frozen
class Increase:
    """A day on which the maintenance dose rose, from one dose (mg/day) to another."""

    day: date
    before: float
    after: float


@frozen
class Taper(Outcome):
    """The course from day 0 to a day.

    `days_to` maps each milestone (mg/day) to the days from day 0 until the dose first was at most
    that for 28 days in a row, None where it was not. `percent_change` against day 0 is None where
    nothing was taken then. Cumulative doses are g; pulses (prednisone equivalent) apart.
    """

    dose_day_0: float = 0.0
    dose: float = 0.0
    mean_7_days: float = 0.0
    mean_28_days: float = 0.0
    percent_change: float | None = None
    days_to: tuple[tuple[float, int | None], ...] = ()
    increases: tuple[Increase, ...] = ()
    cumulative_g: float = 0.0
    pulse_g: float = 0.0


def trailing_mean(day: date, intervals: Sequence[DoseInterval], days: int) -> float:
    """Return the mean maintenance dose (mg/day) of the `days` days that end on `day`."""
    require_range("days", days, "days", 1)
    return mean_dose(day - timedelta(days=days - 1), day, intervals)


def increases(first: date, last: date, intervals: Sequence[DoseInterval]) -> tuple[Increase, ...]:
    """Return the days first..last on which the dose rose against the day before."""
    return _increases(first, dose_runs(first - timedelta(days=1), last, intervals), 1)


def _increases(first: date, runs: Sequence[Run], earlier: int) -> tuple[Increase, ...]:
    """Return the rises between runs from `first` on, `earlier` days after their beginning."""
    return tuple(
        [
            Increase(first + timedelta(days=begin - earlier), before, after)
            for (before, _, _), (after, begin, _) in pairwise(runs)
            if begin >= earlier and above(after, before)
        ]
    )


def within_allowance(
    first: date,
    last: date,
    intervals: Sequence[DoseInterval],
    *,
    limit_mg: float = 10.0,
    consecutive_days: int = 3,
    total_days: int = 7,
) -> bool:
    """Whether the dose stayed within AURORA-1's allowance over the days first..last.

    Not above `limit_mg` for `consecutive_days` or more in a row nor for `total_days` or more in
    all. The published window is weeks 44 to 52. Pulse days count as above.
    """
    regular, pulse = daily_doses(first, last, intervals), daily_pulses(first, last, intervals)
    run = longest = total = 0
    for dose, also in zip(regular, pulse, strict=True):
        high = above(dose + also, limit_mg)
        run = run + 1 if high else 0
        longest, total = max(longest, run), total + high
    return longest < consecutive_days and total < total_days


def _days_to(limit_mg: float, runs: Sequence[Run], earlier: int) -> int | None:
    """Return the days until the first SUSTAINED_DAYS in a row of at most the limit.

    They count from day 0, which is `earlier` days after the runs begin.
    """
    first, limit = earlier, limit_mg * OVER
    for dose, begin, days in runs:
        end = begin + days
        if dose > limit:
            first = max(end, earlier)
        elif end - first >= SUSTAINED_DAYS:
            return first - earlier
    return None


def _milestones(days_to: tuple[tuple[float, int | None], ...]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            "steroids.milestone",
            Truth.of(days is not None),
            {"item": "prednisone_mg_day", "limit": limit, "day": days},
        )
        for limit, days in days_to
    )


def taper(day_0: date, day: date, intervals: Sequence[DoseInterval]) -> Taper:
    """Describe the course from day 0 to `day`, both included.

    Raises InvalidInput where `day` is before day 0 or a prescription is impossible.
    """
    count = (day - day_0).days + 1
    require_range("days from day 0", count, "days", 1)
    earlier = max(1, _MEAN_DAYS[-1] - count)  # a rise on day 0 counts, the mean begins before it
    runs = dose_runs(day_0 - timedelta(days=earlier), day, intervals)
    doses = each_day(runs)
    since = doses[earlier:]
    start, now = since[0], since[-1]
    week, month = [sum(doses[-days:]) / days for days in _MEAN_DAYS]
    days_to = tuple([(limit, _days_to(limit, runs, earlier)) for limit in MILESTONES_MG])
    return Taper(
        rule=RULE_PREDNISONE_EQUIVALENT,
        reasons=later(_milestones, days_to),
        dose_day_0=start,
        dose=now,
        mean_7_days=week,
        mean_28_days=month,
        percent_change=100 * (now / start - 1) if start else None,
        days_to=days_to,
        increases=_increases(day_0, runs, earlier),
        cumulative_g=sum(since) / 1000,
        pulse_g=pulses(day_0, day, intervals).prednisone_g,
    )
