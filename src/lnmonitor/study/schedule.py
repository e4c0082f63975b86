"""When each visit is due: the one place that decides done, late, due and overdue.

Worklist, patient page, checks and reports all ask here, so that no two of them disagree.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from lnmonitor.study.dates import earliest, exact, latest
from lnmonitor.study.forms import Demographics, Disposition, Infusion, Visit
from lnmonitor.study.protocol import PlannedVisit, Protocol
from lnmonitor.study.records import PatientData, Record

OUT_OF_STUDY = frozenset(
    {
        "DEATH",
        "SCREEN FAILURE",
        "WITHDRAWAL BY SUBJECT",
        "PHYSICIAN DECISION",
        "ADVERSE EVENT",
        "LOST TO FOLLOW-UP",
        "OTHER",
    }
)
"""Dispositions after which no further visit is expected."""


class VisitState(Enum):
    """How a planned visit stands today."""

    DONE = "done"
    EARLY = "early"  # done before the window opened
    LATE = "late"  # done after the window closed
    MISSED = "missed"  # recorded as not taken place, or never recorded and the study completed
    OVERDUE = "overdue"  # window closed, nothing recorded; never an optional visit
    DUE = "due"  # window open
    OPENING = "opening"  # window opens within the protocol's `opening_days`
    FUTURE = "future"
    NOT_NEEDED = "not needed"  # the patient has left, or an optional visit was left out


_AWAITED = frozenset({VisitState.OVERDUE, VisitState.DUE, VisitState.OPENING, VisitState.FUTURE})


@dataclass(frozen=True)
class ScheduledVisit:
    """A planned visit on this patient's calendar.

    Attributes:
        target, opens, closes: None while day 0 is not known. The window includes both ends.
        visit: the record, when one exists.
        days: how far from the window in whole days, by state: LATE and EARLY how many days outside
            (positive); OVERDUE since it closed; DUE until it closes; OPENING and FUTURE until it
            opens; else 0.
    """

    planned: PlannedVisit
    target: date | None
    opens: date | None
    closes: date | None
    visit: Record[Visit] | None
    state: VisitState
    days: int = 0


def day0(data: PatientData) -> date | None:
    """Return the date of the first infusion, None before it.

    A patient treated elsewhere, without an infusion recorded here, has the reference date of the
    demographics form instead.
    """
    starts = [exact(record.form.started_at) for record in data.of(Infusion)]
    first = min((start for start in starts if start is not None), default=None)
    if first is not None:
        return first
    demographics = data.one(Demographics)
    return exact(demographics.form.reference_date) if demographics else None


def day_number(zero: date, on: date) -> int:
    """Return the study day: day 0 is the first infusion, the day before it is -1."""
    return (on - zero).days


def left_study(data: PatientData) -> Record[Disposition] | None:
    """Return the record with which the patient left the study early, None while in it."""
    leaving = [r for r in data.of(Disposition) if r.form.status in OUT_OF_STUDY]
    return min(leaving, key=lambda r: earliest(r.form.occurred_on) or date.max, default=None)


def death_date(data: PatientData) -> str | None:
    """Return the date of death as recorded (it may be partial), None while alive."""
    deaths = [r.form.occurred_on for r in data.of(Disposition) if r.form.status == "DEATH"]
    return min((day for day in deaths if day), default=None)


@dataclass(frozen=True)
class Start:
    """What a patient's calendar hangs on: the first infusion, an early end, and the completion."""

    zero: date | None
    left_on: date | None
    completed: bool


def start_of(data: PatientData) -> Start:
    """Return what a patient's calendar hangs on."""
    leaving = left_study(data)
    left_on = latest(leaving.form.occurred_on) if leaving else None
    completed = any(record.form.status == "COMPLETED" for record in data.of(Disposition))
    return Start(day0(data), left_on, completed)


def schedule(protocol: Protocol, data: PatientData, today: date) -> tuple[ScheduledVisit, ...]:
    """Return every planned visit in order of day, as it stands `today`.

    Before the first infusion only visits up to day 0 can have a state other than FUTURE; screening
    then counts as due, because its window is known only when the infusion is planned.
    """
    return standing(protocol, start_of(data), visits_of(data), today)


def visits_of(data: PatientData) -> dict[str | None, Record[Visit]]:
    """Return a patient's visits by code."""
    return {record.form.visit_code: record for record in data.of(Visit)}


def standing(
    protocol: Protocol,
    start: Start,
    visits: Mapping[str | None, Record[Visit]],
    today: date,
) -> tuple[ScheduledVisit, ...]:
    """Return the same as `schedule`, from the facts it needs."""
    found = tuple(
        _scheduled(planned, visits.get(planned.code), start, today, protocol)
        for planned in protocol.scheduled
    )
    if not start.completed:
        return found
    # Nobody can still do them; one that should have been recorded by now shows as missed.
    ended = {VisitState.OVERDUE: VisitState.MISSED} | dict.fromkeys(
        _AWAITED - {VisitState.OVERDUE}, VisitState.NOT_NEEDED
    )
    return tuple(
        replace(visit, state=ended[visit.state], days=0) if visit.state in ended else visit
        for visit in found
    )


def awaited(
    protocol: Protocol, start: Start, recorded: Container[str], today: date
) -> tuple[ScheduledVisit, ...]:
    """Return the visits of `schedule` that are still to be done; `recorded`: codes of the others.

    For lists of many patients: it looks at nothing else.
    """
    if start.completed:
        return ()
    open_ones = (
        _scheduled(planned, None, start, today, protocol)
        for planned in protocol.scheduled
        if planned.code not in recorded
    )
    return tuple(visit for visit in open_ones if visit.state in _AWAITED)


def next_visit(scheduled: tuple[ScheduledVisit, ...]) -> ScheduledVisit | None:
    """Return the first visit still to be done, optional ones included, None when all is over."""
    return next((visit for visit in scheduled if visit.state in _AWAITED), None)


def _scheduled(
    planned: PlannedVisit,
    visit: Record[Visit] | None,
    start: Start,
    today: date,
    protocol: Protocol,
) -> ScheduledVisit:
    zero, left_on = start.zero, start.left_on
    if zero is None or planned.day is None:
        state = _state_before_infusion(planned, visit, left_on, protocol)
        return ScheduledVisit(planned, None, None, None, visit, state)
    target = zero + timedelta(days=planned.day)
    opens = target - timedelta(days=planned.before)
    closes = target + timedelta(days=planned.after)
    state, days = (
        _recorded(visit, opens, closes)
        if visit
        else _awaited(planned, (opens, closes), left_on, today, protocol.opening_days)
    )
    return ScheduledVisit(planned, target, opens, closes, visit, state, days)


def _state_before_infusion(
    planned: PlannedVisit, visit: Record[Visit] | None, left_on: date | None, protocol: Protocol
) -> VisitState:
    if visit is not None:
        return VisitState.MISSED if visit.form.status == "MISSED" else VisitState.DONE
    if left_on is not None:
        return VisitState.NOT_NEEDED
    first = planned.code == protocol.scheduled[0].code
    return VisitState.DUE if first else VisitState.FUTURE


def _recorded(visit: Record[Visit], opens: date, closes: date) -> tuple[VisitState, int]:
    if visit.form.status == "MISSED":
        return VisitState.MISSED, 0
    on = exact(visit.form.visit_date)
    if on is None:
        return VisitState.DONE, 0
    if on < opens:
        return VisitState.EARLY, (opens - on).days
    if on > closes:
        return VisitState.LATE, (on - closes).days
    return VisitState.DONE, 0


def _awaited(
    planned: PlannedVisit,
    window: tuple[date, date],
    left_on: date | None,
    today: date,
    opening_days: int,
) -> tuple[VisitState, int]:
    opens, closes = window
    if left_on is not None and left_on <= closes:
        return VisitState.NOT_NEEDED, 0
    if today > closes:
        over = (VisitState.OVERDUE, (today - closes).days)
        return (VisitState.NOT_NEEDED, 0) if planned.optional else over
    if today >= opens:
        return VisitState.DUE, (closes - today).days
    until = (opens - today).days
    return (VisitState.OPENING if until <= opening_days else VisitState.FUTURE), until
