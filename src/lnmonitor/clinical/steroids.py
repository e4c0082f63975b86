"""Prednisone equivalents of glucocorticoid courses; pulse therapy is kept apart.

Factors from the usual equivalence table (prednisone 5 mg = methylprednisolone 4, hydrocortisone 20,
dexamethasone 0.75 ...), seen in two reference works. Tables differ on dexamethasone and
betamethasone (0.6 or 0.75 mg): 0.75 is used, as in the British National Formulary.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from lnmonitor.clinical.criteria import at_least, at_most, require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import (
    Citation,
    Outcome,
    Reason,
    Rule,
    Scalar,
    Truth,
    frozen,
    kept,
    later,
)

BNF = Citation("Joint Formulary Committee", "British National Formulary", 2023)

MG_EQUAL_TO_PREDNISONE_5: Mapping[str, float] = MappingProxyType(
    {
        "prednisone": 5.0,
        "prednisolone": 5.0,
        "methylprednisolone": 4.0,
        "triamcinolone": 4.0,
        "hydrocortisone": 20.0,
        "cortisone": 25.0,
        "dexamethasone": 0.75,
        "betamethasone": 0.75,
        "deflazacort": 6.0,
    }
)
SYSTEMIC_ROUTES = ("oral", "iv")
LOCAL_ROUTES = ("topical", "inhaled", "intra-articular")
PULSE_MG_METHYLPREDNISOLONE = 250.0
"""An intravenous day of at least this much methylprednisolone (or its equivalent) is a pulse."""

RULE_PREDNISONE_EQUIVALENT = Rule(
    "prednisone-equivalent", "1", (BNF,), parameters={"dexamethasone_mg": 0.75, "pulse_mg": 250.0}
)


@frozen
class DoseInterval:
    """One prescription: `dose_mg` taken `per_day` times a day (alternate days 0.5).

    From `start` to `stop`, both days included; `stop` None while it continues. Of the routes,
    SYSTEMIC_ROUTES count and LOCAL_ROUTES do not. `per_day` of a pulse is 1.
    """

    drug: str
    dose_mg: float
    start: date
    stop: date | None = None
    per_day: float = 1.0
    route: str = "oral"

    @property
    def mg_per_day(self) -> float:
        """Milligrams of the drug itself per day."""
        return self.dose_mg * self.per_day

    @kept
    def counted(self) -> tuple[int, int, float, bool]:
        """First and last day in force, mg/day of prednisone, and whether that is a pulse.

        Days are ordinals of dates. A local route is 0 mg. A pulse is intravenous and at least
        250 mg methylprednisolone a day or its equivalent. Raises InvalidInput for an impossible
        prescription. Made once for the many days that a prescription is asked about.
        """
        _check(self)
        last = date.max if self.stop is None else self.stop
        mg = self.mg_per_day * _FACTORS[self.drug] if self.route in SYSTEMIC_ROUTES else 0.0
        is_pulse = self.route == "iv" and at_least(mg, _PULSE_MG_PREDNISONE)
        return self.start.toordinal(), last.toordinal(), mg, is_pulse

    @property
    def is_pulse(self) -> bool:
        """Whether it is a pulse (see `counted`)."""
        return self.counted[3]


@frozen
class SteroidDose(Outcome):
    """Prednisone equivalent in mg/day on one day; `pulse_mg` (prednisone equivalent) is apart."""

    mg_per_day: float = 0.0
    pulse_mg: float = 0.0


@frozen
class PulseTotal(Outcome):
    """Pulse therapy over a period: days, cumulative g of drug and of prednisone equivalent."""

    days: int = 0
    drug_g: float = 0.0
    prednisone_g: float = 0.0


_FACTORS = {drug: 5.0 / equal for drug, equal in MG_EQUAL_TO_PREDNISONE_5.items()}


def factor(drug: str) -> float:
    """Return mg prednisone equivalent to 1 mg of `drug`; raises InvalidInput for another drug."""
    found = _FACTORS.get(drug)
    if found is None:
        known = " or ".join(MG_EQUAL_TO_PREDNISONE_5)
        raise InvalidInput("glucocorticoid", drug, None, known)
    return found


_PULSE_MG_PREDNISONE = PULSE_MG_METHYLPREDNISOLONE * factor("methylprednisolone")
_NAMES = {drug: (f"{drug} dose", f"{drug} doses per day") for drug in MG_EQUAL_TO_PREDNISONE_5}
"""How a refusal names the numbers of a prescription."""
_ROUTES = SYSTEMIC_ROUTES + LOCAL_ROUTES


def _check(interval: DoseInterval) -> None:
    factor(interval.drug)
    dose_name, times_name = _NAMES[interval.drug]
    require_range(dose_name, interval.dose_mg, "mg", 0)
    require_range(times_name, interval.per_day, "per day", 0)
    if interval.route not in _ROUTES:
        known = " or ".join(_ROUTES)
        raise InvalidInput(f"{interval.drug} route", interval.route, None, known)
    if interval.stop is not None and interval.stop < interval.start:
        stop, start = interval.stop.isoformat(), interval.start.isoformat()
        raise InvalidInput(f"{interval.drug} stop", stop, None, f"on or after {start}")


def _count_days(first: date, last: date) -> int:
    if last < first:
        raise InvalidInput("period", last.isoformat(), None, f"on or after {first.isoformat()}")
    return (last - first).days + 1


def _reason(interval: DoseInterval) -> Reason:
    values: dict[str, Scalar] = {
        "item": interval.drug,
        "value": interval.mg_per_day,
        "unit": "mg/day",
        "factor": factor(interval.drug),
        "route": interval.route,
    }
    code = "steroids.pulse" if interval.is_pulse else "steroids.dose"
    if interval.route in LOCAL_ROUTES:
        return Reason("steroids.local", Truth.NO, values)
    return Reason(code, Truth.YES, values)


def _reasons(intervals: tuple[DoseInterval, ...]) -> tuple[Reason, ...]:
    return tuple(_reason(interval) for interval in intervals)


def dose_on(day: date, intervals: Sequence[DoseInterval]) -> SteroidDose:
    """Return the prednisone equivalent in force on `day`, prescriptions added up.

    No prescription in force is 0 mg. Raises InvalidInput for an unknown drug or route, a negative
    dose, or a stop before its start.
    """
    number = day.toordinal()
    in_force: list[DoseInterval] = []
    mg_per_day: float = 0
    pulse_mg: float = 0
    for interval in intervals:
        first, last, mg, is_pulse = interval.counted
        if first <= number <= last:
            in_force.append(interval)
            if is_pulse:
                pulse_mg += mg
            else:
                mg_per_day += mg
    told = later(_reasons, tuple(in_force))
    return SteroidDose(RULE_PREDNISONE_EQUIVALENT, told, (), mg_per_day, pulse_mg)


Run = tuple[float, int, int]
"""Days in a row with one dose: mg/day, the first of them, how many. Days count from the first of
those looked at; runs side by side may have the same dose."""


def dose_runs(first: date, last: date, intervals: Sequence[DoseInterval]) -> list[Run]:
    """Return the maintenance dose (prednisone equivalent) of the days first..last as runs."""
    return _runs(first, last, intervals, pulses=False)


def daily_doses(first: date, last: date, intervals: Sequence[DoseInterval]) -> list[float]:
    """Return the maintenance dose (mg/day prednisone equivalent) of each day first..last."""
    return each_day(dose_runs(first, last, intervals))


def daily_pulses(first: date, last: date, intervals: Sequence[DoseInterval]) -> list[float]:
    """Return the pulse therapy (mg prednisone equivalent) of each day first..last."""
    return each_day(_runs(first, last, intervals, pulses=True))


def each_day(runs: Sequence[Run]) -> list[float]:
    """Return the dose of each day of the runs."""
    doses: list[float] = []
    for dose, _, days in runs:
        doses += [dose] * days
    return doses


def _runs(first: date, last: date, intervals: Sequence[DoseInterval], *, pulses: bool) -> list[Run]:
    """Cut the days where a prescription begins or ends, and add up the doses between the cuts."""
    given = _given(first, last, intervals, pulses=pulses)
    cuts, doses = [0, _count_days(first, last)], [0.0, 0.0]
    for _, begin, end, mg in given:
        for n in range(_cut(cuts, doses, begin), _cut(cuts, doses, end)):
            doses[n] += mg
    return [(dose, day, end - day) for dose, (day, end) in zip(doses, pairwise(cuts), strict=False)]


def _cut(cuts: list[int], doses: list[float], day: int) -> int:
    """Return the place of the run that begins on `day`, made from the one around it if need be."""
    n = bisect_left(cuts, day)
    if cuts[n] != day:
        cuts.insert(n, day)
        doses.insert(n, doses[n - 1])
    return n


def _given(
    first: date, last: date, intervals: Sequence[DoseInterval], *, pulses: bool
) -> list[tuple[DoseInterval, int, int, float]]:
    """Return the pulses or the other prescriptions in force on days first..last.

    Each with the day it begins, the day after its last, both counted from `first`, and mg/day.
    """
    day_0, after_last = first.toordinal(), last.toordinal() + 1
    given = []
    for interval in intervals:
        start, stop, mg, is_pulse = interval.counted
        if is_pulse is pulses and stop >= day_0 and start < after_last:
            begin, end = max(start, day_0), min(stop + 1, after_last)
            given.append((interval, begin - day_0, end - day_0, mg))
    return given


def mean_dose(first: date, last: date, intervals: Sequence[DoseInterval]) -> float:
    """Return the mean maintenance dose (mg/day) over the days first..last, both included."""
    doses = daily_doses(first, last, intervals)
    return sum(doses) / len(doses)


def cumulative_g(first: date, last: date, intervals: Sequence[DoseInterval]) -> float:
    """Return the maintenance dose of the days first..last in g prednisone equivalent."""
    return sum(daily_doses(first, last, intervals)) / 1000


def pulses(first: date, last: date, intervals: Sequence[DoseInterval]) -> PulseTotal:
    """Return the pulse therapy given on the days first..last."""
    given = _given(first, last, intervals, pulses=True)
    _count_days(first, last)
    daily = [(interval, n, mg) for interval, begin, end, mg in given for n in range(begin, end)]
    return PulseTotal(
        rule=RULE_PREDNISONE_EQUIVALENT,
        reasons=later(_reasons, tuple(dict.fromkeys(interval for interval, *_ in given))),
        days=len({n for _, n, _ in daily}),
        drug_g=sum(interval.mg_per_day for interval, _, _ in daily) / 1000,
        prednisone_g=sum(mg for _, _, mg in daily) / 1000,
    )


def first_day_at_most(
    limit_mg: float,
    first: date,
    last: date,
    intervals: Sequence[DoseInterval],
    *,
    sustained_days: int = 28,
) -> date | None:
    """Return the first day of a run of `sustained_days` with a maintenance dose <= `limit_mg`.

    None when no such run lies within first..last.
    """
    run = 0
    for n, dose in enumerate(daily_doses(first, last, intervals)):
        run = run + 1 if at_most(dose, limit_mg) else 0
        if run == sustained_days:
            return first + timedelta(days=n + 1 - sustained_days)
    return None
