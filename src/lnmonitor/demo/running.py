"""Ten patients still in follow-up, so that the worklist has visits that open, are due and overdue.

They are at a second site and not in the analysis set: its rule asks for 12 months since the
infusion. The last one has protein rising after a complete remission and waits for the second
sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from lnmonitor.demo.activity import renal_items, weight
from lnmonitor.demo.courses import Course
from lnmonitor.demo.entry import Entry
from lnmonitor.demo.events import open_event
from lnmonitor.demo.kidney import Kidney, draw_kidney
from lnmonitor.demo.patient import Chart, Targets
from lnmonitor.demo.people import draw_person
from lnmonitor.demo.sketch import Sketch
from lnmonitor.demo.timeline import FLARE, Moment, infusion_day
from lnmonitor.study.protocol import Protocol

_FIRST_NUMBER = 100_000
"""Numbers far above the trial's, so that their draws are their own."""


@dataclass(frozen=True)
class _Running:
    """A patient infused `days_ago` (None: in screening) and seen on these days.

    `admitted` to hospital these days, with a serious event that is not yet reported.
    """

    days_ago: int | None
    course: Course
    seen: tuple[tuple[str, int], ...]
    admitted: bool = False


_STANDARD = (("SCR", -9), ("D0", 0), ("D1", 1))
_PATIENTS = (
    _Running(None, Course("", "", start="B"), (("SCR", -7),)),
    _Running(4, Course("", "", start="A", sediment=True), _STANDARD),
    _Running(33, Course("", ""), _STANDARD),
    _Running(40, Course("", "", function="fails"), _STANDARD),
    _Running(70, Course("N", ""), (*_STANDARD, ("M1", 30)), admitted=True),
    _Running(98, Course("P", ""), (*_STANDARD, ("M1", 27))),
    _Running(190, Course("NP", ""), (*_STANDARD, ("M1", 32), ("M3", 88))),
    _Running(207, Course("NN", "", function="fails"), (*_STANDARD, ("M1", 31), ("M3", 93))),
    _Running(
        371,
        Course("NNPP", "", start="A", sediment=True),
        (*_STANDARD, ("M1", 30), ("M3", 90), ("M6", 184), ("M9", 268)),
    ),
    _Running(
        330,
        Course("NPCC", "", start="A", sediment=True),
        (*_STANDARD, ("M1", 29), ("M3", 92), ("M6", 181), ("M9", 270), ("UNS", 318)),
    ),
)


def running_charts(
    protocol: Protocol, seed: int, today: date
) -> Iterator[tuple[Chart, list[Entry]]]:
    """Yield the charts of the ten patients, with what else there is to record of one."""
    for place, patient in enumerate(_PATIENTS):
        sketch = _sketch(place, patient, seed, today)
        chart = Chart(sketch, Targets(dict(_sledai(sketch)), {}), protocol, seed)
        yield chart, [open_event(sketch.person.infused, today)] if patient.admitted else []


def _sledai(sketch: Sketch) -> Iterator[tuple[str, int]]:
    first = sketch.at("D0")
    if first is not None:
        yield "D0", max(weight(renal_items(first)) + 4, 10)


def _sketch(place: int, patient: _Running, seed: int, today: date) -> Sketch:
    number = _FIRST_NUMBER + place
    rng = Random(f"{seed}/{number}")
    subject = f"02-{place + 1:03d}"
    infused = infusion_day(today - timedelta(days=patient.days_ago or 0))
    moments = tuple(_moment(code, day) for code, day in patient.seen)
    person = draw_person(subject, infused, moments[0].day, rng)
    kidneys = draw_kidney(patient.course, moments, person.age, person.sex, rng)
    last = moments[-1]
    if last.code == "UNS":
        kidneys[last.day] = _rising(kidneys[last.day])
    return Sketch(number, patient.course, person, moments, kidneys)


def _moment(code: str, day: int) -> Moment:
    if code == "UNS":
        return Moment(code, day, FLARE, reason="Foamy urine")
    return Moment(code, day)


def _rising(kidney: Kidney) -> Kidney:
    """Return the first sample above the limit after a complete remission."""
    return replace(kidney, u24=1.38, rbc=4, wbc=3, casts="NONE", albumin=36.0)
