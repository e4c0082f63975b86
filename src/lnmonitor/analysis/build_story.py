"""From a patient's course to the story both renderers draw."""

from __future__ import annotations

from datetime import date

from lnmonitor.analysis.course import Course
from lnmonitor.analysis.drugs import steroids
from lnmonitor.analysis.inputs import PatientInput, gather
from lnmonitor.analysis.story import Story, VisitMark
from lnmonitor.analysis.story_axis import Axis
from lnmonitor.analysis.story_facts import build_facts, patient_status
from lnmonitor.analysis.story_lanes import drug_bars, event_bars, ribbon, visit_marks
from lnmonitor.analysis.story_panels import build_panels
from lnmonitor.study import dates
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData
from lnmonitor.study.schedule import schedule

_MARGIN_DAYS = 7
_LONG_AGO = -400
"""Drugs and events that began earlier do not stretch the axis."""


def build_story(
    data: PatientData, course: Course, protocol: Protocol, *, today: date, synthetic: bool
) -> Story:
    """Return everything that the patient page and the patient summary draw.

    Day 0 is the first infusion, before one the consent date (else the first visit, else today).
    """
    patient = gather(data)
    axis = Axis(_origin(patient, today))
    scheduled = schedule(protocol, data, today)
    marks = visit_marks(course, scheduled, axis)
    now = axis.of(today)
    first, last = _limits(marks, patient, axis, now)
    end = min(now, last)
    if course.death_day is not None:
        end = min(end, float(course.death_day))
    return Story(
        patient_id=data.patient_id,
        subject_id=data.subject_id,
        status=patient_status(data),
        facts=build_facts(patient, course, scheduled, protocol, today),
        day0=course.day0,
        today=now,
        first_day=first,
        last_day=last,
        visits=marks,
        ribbon=ribbon(course, protocol, axis, end),
        panels=build_panels(course, protocol, axis, steroids(patient.glucocorticoids), end),
        infusions=tuple(axis.day(one.date) for one in course.infusions if one.date),
        events=event_bars(patient, axis),
        drugs=drug_bars(patient, axis),
        flags=course.flags,
        synthetic=synthetic,
        died=None if course.death_day is None else float(course.death_day),
    )


def _origin(patient: PatientInput, today: date) -> date:
    if patient.day0 is not None:
        return patient.day0
    consent = dates.exact(patient.demographics.consent_date)
    return consent or (patient.visits[0].on if patient.visits else today)


def _limits(
    marks: tuple[VisitMark, ...], patient: PatientInput, axis: Axis, now: float
) -> tuple[float, float]:
    """Return the ends of the time axis: all windows, all visits, events within reach of them."""
    shown = [day for m in marks for day in (m.window_start, m.window_end, m.day) if day is not None]
    for record in patient.events:
        start = dates.earliest(record.form.start)
        if start is not None and axis.of(start) > _LONG_AGO:
            shown.append(axis.of(start))
    if not shown:
        shown = [now]
    return (min(0.0, *shown) - _MARGIN_DAYS, max(0.0, *shown) + _MARGIN_DAYS)
