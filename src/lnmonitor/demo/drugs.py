"""Drugs of a synthetic patient: prednisone in steps, immunosuppressants, treatment of a flare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from lnmonitor.demo.courses import Course
from lnmonitor.demo.entry import Entry
from lnmonitor.demo.people import Person
from lnmonitor.demo.timeline import CONFIRMATION, Moment, on_weekday
from lnmonitor.study.dates import earliest
from lnmonitor.study.forms import Glucocorticoid, Immunosuppressant

_STEPS = (60.0, 50.0, 40.0, 30.0, 25.0, 20.0, 15.0, 12.5, 10.0, 7.5, 5.0)
_FLARE_DOSE = 40.0


@dataclass(frozen=True)
class _Step:
    start: date
    dose: float
    reason: str
    indication: str = "MAINTENANCE"


def draw_drugs(
    person: Person,
    course: Course,
    moments: Sequence[Moment],
    until: date,
    conditioning_g: float | None,
    rng: Random,
) -> list[Entry]:
    """Return all dose intervals up to `until` (last day in the study, death or today)."""
    dated = [(on_weekday(person.infused, moment.day), moment) for moment in moments]
    flare = next((on for on, moment in dated if moment.stage == CONFIRMATION), None)
    found = _steroids(person, course, dated, flare, until, rng)
    found += _immunosuppressants(person, course, flare, rng)
    if conditioning_g is not None:
        day_before = person.infused - timedelta(days=1)
        found.append(
            _other("CYC", conditioning_g, "g", "ONCE", "IV", day_before, None, "CONDITIONING")
        )
    return [shown for entry in found if (shown := _up_to(entry, until)) is not None]


def _up_to(entry: Entry, until: date) -> Entry | None:
    """Return an interval as it is known on a day: nothing that begins or ends later."""
    form = entry.form
    assert isinstance(form, Glucocorticoid | Immunosuppressant)  # noqa: S101 - made here
    start, stop = earliest(form.start), earliest(form.stop)
    if start is None or start > until or (stop is not None and stop < start):
        return None
    if stop is not None and stop > until:
        return replace(entry, form=form.model_copy(update={"stop": None}))
    return entry


def _steroids(
    person: Person,
    course: Course,
    dated: Sequence[tuple[date, Moment]],
    flare: date | None,
    until: date,
    rng: Random,
) -> list[Entry]:
    place = _STEPS.index(person.prednisone_mg)
    began = person.infused - timedelta(days=rng.randint(40, 160))
    steps = [_Step(began, person.prednisone_mg, "Dose at entry")]
    for on, moment in dated:
        if moment.day < 20 or moment.missed:
            continue
        if on == flare:
            place = _STEPS.index(_FLARE_DOSE)
            steps.append(
                _Step(on + timedelta(days=4), _FLARE_DOSE, "Renal flare", indication="ACTIVITY")
            )
            continue
        response = course.response(moment.code) if moment.code != "UNS" else ""
        down = {"C": 2, "P": 2, "N": 1, "": 0}[response]
        down = max(0, down + rng.choice((-1, 0, 0, 0, 1)))
        if down and place < len(_STEPS) - 1:
            place = min(place + down, len(_STEPS) - 1)
            reason = "Kidney improved" if response in ("C", "P") else "Extrarenal activity settled"
            steps.append(_Step(on + timedelta(days=1), _STEPS[place], reason))
    return [*_intervals([step for step in steps if step.start <= until]), *_pulse(flare)]


def _intervals(steps: Sequence[_Step]) -> list[Entry]:
    entries = []
    for number, step in enumerate(steps):
        following = steps[number + 1].start if number + 1 < len(steps) else None
        stop = following - timedelta(days=1) if following else None
        form = Glucocorticoid(
            drug="PREDNISONE",
            dose_mg=step.dose,
            frequency="QD",
            route="ORAL",
            start=step.start.isoformat() if number else step.start.isoformat()[:7],
            stop=stop.isoformat() if stop else None,
            indication=step.indication,
            change_reason=step.reason,
        )
        entries.append(Entry(form))
    return entries


def _pulse(flare: date | None) -> list[Entry]:
    if flare is None:
        return []
    form = Glucocorticoid(
        drug="METHYLPREDNISOLONE",
        dose_mg=500,
        frequency="QD",
        route="IV",
        start=(flare + timedelta(days=1)).isoformat(),
        stop=(flare + timedelta(days=3)).isoformat(),
        indication="ACTIVITY",
        change_reason="Renal flare",
    )
    return [Entry(form, justified={"dose_mg": "Pulse for renal flare"})]


def _immunosuppressants(
    person: Person, course: Course, flare: date | None, rng: Random
) -> list[Entry]:
    start = person.infused
    before = start - timedelta(days=rng.randint(50, 400))
    tablet = 300.0 if person.weight_kg >= 60 and rng.random() < 0.6 else 200.0  # <= 5 mg/kg
    found = [_other("HCQ", tablet, "mg", "QD", "ORAL", before, None)]
    if rng.random() < 0.7:
        drug, dose = rng.choice((("ACEI", 5.0), ("ACEI", 10.0), ("ARB", 50.0), ("ARB", 80.0)))
        found.append(_other(drug, dose, "mg", "QD", "ORAL", before, None, "PROPHYLAXIS"))
    change = start + timedelta(days=rng.randint(175, 200))
    first_ends = min(change, flare or change)
    after = change + timedelta(days=1)
    if rng.random() < 0.45:
        cyc = rng.choice((0.6, 0.8, 0.8))
        found.append(_other("CYC", cyc, "g", "QM", "IV", start + timedelta(days=14), first_ends))
        follow = rng.choice((("MMF", 0.75, "g", "BID"), ("AZA", 75.0, "mg", "QD")))
        found.append(_other(*follow, "ORAL", after, flare))
    else:
        found.append(_other("MMF", 1.0, "g", "BID", "ORAL", before, first_ends))
        dose = 0.75 if course.remits else 1.0
        found.append(_other("MMF", dose, "g", "BID", "ORAL", after, flare))
    if flare is not None:
        raised = flare + timedelta(days=2)
        found.append(
            _other("MMF", 1.25, "g", "BID", "ORAL", raised, None, "ACTIVITY", "Renal flare")
        )
    if course.rescue:
        rescue = start + timedelta(days=rng.randint(200, 240))
        found.append(_other("RTX", 1.0, "g", "ONCE", "IV", rescue, None, "RESCUE", "No response"))
    return found


def _other(
    drug: str,
    dose: float,
    unit: str,
    frequency: str,
    route: str,
    start: date,
    stop: date | None,
    indication: str = "MAINTENANCE",
    reason: str | None = None,
) -> Entry:
    form = Immunosuppressant(
        drug=drug,
        dose=float(dose),
        dose_unit=unit,
        frequency=frequency,
        route=route,
        start=start.isoformat(),
        stop=stop.isoformat() if stop else None,
        indication=indication,
        change_reason=reason,
    )
    return Entry(form)
