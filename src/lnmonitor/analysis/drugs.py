"""Drug records as dose intervals: prednisone equivalent on a day, rescue, escalated treatment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from lnmonitor.clinical.steroids import (
    MG_EQUAL_TO_PREDNISONE_5,
    DoseInterval,
    SteroidDose,
    dose_on,
)
from lnmonitor.study import dates
from lnmonitor.study.forms import Glucocorticoid, Immunosuppressant
from lnmonitor.study.records import Record

PER_DAY: Mapping[str, float] = {
    "QD": 1,
    "BID": 2,
    "TID": 3,
    "QID": 4,
    "QOD": 1 / 2,
    "QW": 1 / 7,
    "Q2W": 1 / 14,
    "Q4W": 1 / 28,
    "QM": 12 / 365.25,
    "Q3M": 4 / 365.25,
    "Q6M": 2 / 365.25,
    "ONCE": 1,
}
"""Doses a day by code of the list FREQ; "when needed" has no rate and is left out of sums."""

RESCUE = "RESCUE"
FOR_ACTIVITY = frozenset({"ACTIVITY", RESCUE})
ESCALATION_DAYS = 56
"""How long after a sample a treatment counts as given because of it (the confirmation window)."""

_ROUTES = {
    "ORAL": "oral",
    "IV": "iv",
    "IM": "oral",
    "SC": "oral",
    "TOPICAL": "topical",
    "INHALED": "inhaled",
    "INTRAARTICULAR": "intra-articular",
}
"""Routes as the steroid rule names them; a systemic injection counts like an oral dose."""

Span = tuple[date, date | None]


@dataclass(frozen=True)
class Steroids:
    """All glucocorticoid records of a patient, ready for questions about a day.

    `unclear` are the spans of records whose dose cannot be computed: such days have no dose.
    """

    intervals: tuple[DoseInterval, ...] = ()
    unclear: tuple[Span, ...] = ()

    @cached_property
    def first(self) -> date | None:
        """The first day on which a glucocorticoid is recorded."""
        starts = [i.start for i in self.intervals] + [start for start, _ in self.unclear]
        return min(starts, default=None)

    def on(self, day: date) -> SteroidDose | None:
        """Return the prednisone equivalent; None before the first record or where it is unclear.

        A day after a recorded stop is 0 mg: the log is the whole of what was taken.
        """
        if self.first is None or day < self.first:
            return None
        if any(start <= day and (stop is None or day <= stop) for start, stop in self.unclear):
            return None
        return _dose_on(day, self.intervals)

    def known(self, first: date, last: date) -> bool:
        """Whether the dose of every day from `first` to `last` is known: no gap in the log."""
        if self.first is None or self.first > first:
            return False
        return not any(
            start <= last and (stop is None or stop >= first) for start, stop in self.unclear
        )


_dose_on = lru_cache(maxsize=4096)(dose_on)
_earliest = lru_cache(maxsize=8192)(dates.earliest)
_latest = lru_cache(maxsize=8192)(dates.latest)


def span(form: Glucocorticoid | Immunosuppressant) -> Span | None:
    """Return start and stop (None: goes on), partial dates taken wide; None without a start."""
    start = _earliest(form.start)
    if start is None:
        return None
    return (start, start if form.frequency == "ONCE" else _latest(form.stop))


def steroids(records: Sequence[Record[Glucocorticoid]]) -> Steroids:
    """Return the glucocorticoid courses; a record without a start says nothing about any day."""
    intervals: list[DoseInterval] = []
    unclear: list[Span] = []
    for record in records:
        form, when = record.form, span(record.form)
        if when is None:
            continue
        interval = _interval(form, when)
        if interval is None:
            unclear.append(when)
        else:
            intervals.append(interval)
    return Steroids(tuple(intervals), tuple(unclear))


def _interval(form: Glucocorticoid, when: Span) -> DoseInterval | None:
    """Return the course, None without drug, dose, rate or known route, or if it ends too soon."""
    drug, rate = (form.drug or "").lower(), PER_DAY.get(form.frequency or "")
    route = _ROUTES.get(form.route or "ORAL")
    known = drug in MG_EQUAL_TO_PREDNISONE_5 and route is not None
    if not known or form.dose_mg is None or form.dose_mg < 0 or rate is None or route is None:
        return None
    if when[1] is not None and when[1] < when[0]:
        return None
    return DoseInterval(drug, form.dose_mg, *when, per_day=rate, route=route)


def on_rescue(records: Sequence[Record[Immunosuppressant]], day: date) -> bool:
    """Whether rescue therapy began on or before a day; the drug log is taken to be complete."""
    spans = [span(record.form) for record in records if record.form.indication == RESCUE]
    return any(when is not None and when[0] <= day for when in spans)


def escalated(
    sampled: date,
    courses: Steroids,
    glucocorticoids: Sequence[Record[Glucocorticoid]],
    immunosuppressants: Sequence[Record[Immunosuppressant]],
) -> bool:
    """Whether treatment for lupus activity was begun or raised from a sample to 56 days after it.

    Counted: a glucocorticoid recorded for activity that makes the prednisone equivalent higher than
    on the day of the sample (pulses too), and an immunosuppressant for activity that is new or at a
    higher daily dose in the same unit. Gu 2014 prints no such rule: it is this protocol's own.
    """
    last = sampled + timedelta(days=ESCALATION_DAYS)
    before = courses.on(sampled - timedelta(days=1))
    for record in glucocorticoids:
        when = span(record.form)
        if record.form.indication not in FOR_ACTIVITY or when is None:
            continue
        if sampled <= when[0] <= last and _higher(courses.on(when[0]), before):
            return True
    return any(
        record.form.indication in FOR_ACTIVITY
        and (when := span(record.form)) is not None
        and sampled <= when[0] <= last
        and is_raised(record.form, when[0], immunosuppressants)
        for record in immunosuppressants
    )


def _higher(now: SteroidDose | None, before: SteroidDose | None) -> bool:
    if now is None:
        return False
    if now.pulse_mg > 0:
        return True
    return now.mg_per_day > (before.mg_per_day if before else 0)


def is_raised(
    form: Immunosuppressant, start: date, records: Sequence[Record[Immunosuppressant]]
) -> bool:
    """Whether no earlier course of the drug had at least this daily dose just before `start`."""
    the_day_before = start - timedelta(days=1)
    for record in records:
        other, when = record.form, span(record.form)
        same = (other.drug, other.drug_text) == (form.drug, form.drug_text)
        if other is form or not same or when is None or other.dose_unit != form.dose_unit:
            continue
        taken = when[0] <= the_day_before and (when[1] is None or when[1] >= the_day_before)
        if taken and daily(other) >= daily(form):
            return False
    return True


def daily(form: Immunosuppressant) -> float:
    """Return the dose a day in the recorded unit, 0 where it is not known."""
    return (form.dose or 0.0) * PER_DAY.get(form.frequency or "", 0.0)
