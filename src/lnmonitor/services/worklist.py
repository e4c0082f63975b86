"""What is to be done today: visits overdue, due and opening; serious events; flags to judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lnmonitor.language import Text
from lnmonitor.services.flags import FlagView, flags
from lnmonitor.services.patients import PatientSummary, list_patients
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.services.visits import PATIENT_SCOPES
from lnmonitor.storage import repositories as repo
from lnmonitor.study.forms import FORMS, AdverseEvent
from lnmonitor.study.records import Record
from lnmonitor.study.schedule import ScheduledVisit, VisitState

_REPORT_WITHIN = timedelta(hours=24)
"""From the site's awareness to the sponsor (ICH E6: immediately; usual contract: 24 hours)."""
_INCOMPLETE_FOR_DAYS = 90
_NAMED_FORMS = 3
_TOOK_PLACE = (VisitState.DONE, VisitState.EARLY, VisitState.LATE)


@dataclass(frozen=True)
class WorkRow:
    """A visit to be done or completed; `to_do` names what is missing once it is begun."""

    patient_id: str
    subject_id: str
    scheduled: ScheduledVisit
    forms_done: int
    forms_total: int
    to_do: Text


@dataclass(frozen=True)
class SeriousEvent:
    """A serious adverse event that is not reported yet, or not over.

    `aware_at`, `reported_at`: local date and time as entered. `due_at`: 24 hours after awareness;
    `hours_left` until then, negative when late, None when reported or awareness is not entered.
    """

    patient_id: str
    subject_id: str
    record_id: str
    term: str
    grade: int | None
    start: str
    aware_at: str | None
    reported_at: str | None
    due_at: str | None
    hours_left: float | None
    event: AdverseEvent
    """The form itself, for what follows from it."""


@dataclass(frozen=True)
class Worklist:
    """The day's work. `incomplete`: visits of the last 90 days, window closed, forms missing."""

    overdue: tuple[WorkRow, ...]
    due: tuple[WorkRow, ...]
    opening: tuple[WorkRow, ...]
    incomplete: tuple[WorkRow, ...]
    serious: tuple[SeriousEvent, ...]
    flags: tuple[FlagView, ...]


def worklist(session: StudySession) -> Worklist:
    """Return the day's work, the most pressing first in each group."""
    require(session, Action.VIEW)
    patients = list_patients(session)
    since = (session.today - timedelta(days=_INCOMPLETE_FOR_DAYS)).isoformat()
    begun = [
        (one, visit)
        for one in patients
        if one.last_visit is not None and one.last_visit.date >= since
        for visit in one.schedule
        if _begun_since(since, visit)
    ]
    done = _forms_done(session, begun)
    incomplete = [row for row in _rows(begun, done) if row.forms_done < row.forms_total]
    open_now = [row for row in incomplete if _window_open(session, row.scheduled)]
    closed = [row for row in incomplete if row not in open_now]
    awaited = [(one, visit) for one in patients for visit in one.awaited]
    waiting = {
        state: list(_rows([pair for pair in awaited if pair[1].state is state], {}))
        for state in (VisitState.OVERDUE, VisitState.DUE, VisitState.OPENING)
    }
    return Worklist(
        overdue=_by_date(waiting[VisitState.OVERDUE]),
        due=_by_date([*waiting[VisitState.DUE], *open_now]),
        opening=_by_date(waiting[VisitState.OPENING]),
        incomplete=_by_date(closed),
        serious=_serious(session, {one.patient_id: one.subject_id for one in patients}),
        flags=flags(session),
    )


def _begun_since(since: str, visit: ScheduledVisit) -> bool:
    if visit.visit is None or visit.state not in _TOOK_PLACE:
        return False
    return (visit.visit.form.visit_date or "") >= since


def _window_open(session: StudySession, visit: ScheduledVisit) -> bool:
    return visit.closes is not None and visit.closes >= session.today


def _forms_done(
    session: StudySession, begun: Sequence[tuple[PatientSummary, ScheduledVisit]]
) -> dict[str, set[str]]:
    """Return the codes of the forms that each visit has, by visit id.

    A form that belongs to the patient rather than to a visit counts once the patient has it.
    """
    visits = {visit.visit.id: one.patient_id for one, visit in begun if visit.visit}
    done: dict[str, set[str]] = {visit_id: {"SV"} for visit_id in visits}
    codes = {code for _, visit in begun for code in visit.planned.forms}
    with session.store.read() as connection:
        for code in codes - {"SV"}:
            form = FORMS[code]
            if form.scope in PATIENT_SCOPES:
                have = repo.patients_with(connection, form, list(set(visits.values())))
                having = [visit_id for visit_id, one in visits.items() if one in have]
            else:
                having = list(repo.visits_with(connection, form, list(visits)))
            for visit_id in having:
                done[visit_id].add(code)
    return done


def _rows(
    pairs: Iterable[tuple[PatientSummary, ScheduledVisit]], done: dict[str, set[str]]
) -> Iterable[WorkRow]:
    for patient, visit in pairs:
        expected = visit.planned.forms
        present = done.get(visit.visit.id, set()) if visit.visit else set()
        missing = [code for code in expected if code not in present]
        yield WorkRow(
            patient.patient_id,
            patient.subject_id,
            visit,
            len(expected) - len(missing),
            len(expected),
            _to_do(missing) if present else Text("", ""),
        )


def _to_do(missing: Sequence[str]) -> Text:
    titles = [FORMS[code].title for code in missing]
    if len(titles) > _NAMED_FORMS:
        return Text(f"{len(titles)} forms", f"{len(titles)} 个表格")
    return Text(", ".join(one.en for one in titles), "、".join(one.zh for one in titles))


def _by_date(rows: Sequence[WorkRow]) -> tuple[WorkRow, ...]:
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                row.scheduled.closes.isoformat() if row.scheduled.closes else "",
                row.subject_id,
            ),
        )
    )


def _serious(session: StudySession, subjects: dict[str, str]) -> tuple[SeriousEvent, ...]:
    with session.store.read() as connection:
        records = repo.records_of(connection, AdverseEvent, where={"serious": "Y"})
    now = session.clock.now().replace(tzinfo=None)
    open_ones = [
        _serious_event(record, subjects[record.patient_id], now)
        for record in records
        if (record.form.reported_at is None or record.form.ongoing == "Y")
        and record.source != "import"  # another system's events are reported there
    ]
    return tuple(sorted(open_ones, key=lambda one: (one.reported_at is not None, one.due_at or "")))


def _serious_event(record: Record[AdverseEvent], subject_id: str, now: datetime) -> SeriousEvent:
    form = record.form
    due = datetime.fromisoformat(form.aware_at) + _REPORT_WITHIN if form.aware_at else None
    left = None
    if due is not None and form.reported_at is None:
        left = round((due - now).total_seconds() / 3600, 1)
    return SeriousEvent(
        record.patient_id,
        subject_id,
        record.id,
        form.term or "",
        form.grade,
        form.start or "",
        form.aware_at,
        form.reported_at,
        due.isoformat(timespec="minutes") if due else None,
        left,
        form,
    )
