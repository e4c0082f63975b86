"""A visit as it is entered: what is expected and there, what the last one said, live scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lnmonitor.analysis.course import Course, VisitAssessment, evaluate
from lnmonitor.errors import InputError
from lnmonitor.services.drafts import RecordDraft, findings_of, plan, visit_of
from lnmonitor.services.patients import course, patient_data
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.study.checks import Finding
from lnmonitor.study.forms import FORMS, Visit
from lnmonitor.study.items import Form, Scope
from lnmonitor.study.protocol import PlannedVisit
from lnmonitor.study.records import PatientData, Record
from lnmonitor.study.schedule import ScheduledVisit, schedule

PATIENT_SCOPES = (Scope.SUBJECT, Scope.SUBJECT_LOG)


@dataclass(frozen=True)
class VisitBinder:
    """Everything the entry page of a visit shows.

    Attributes:
        visit: the visit's record, None while it has none. planned: None for a visit the protocol
            does not know. scheduled: target and window, None for an unscheduled visit.
        expected: codes of the forms to fill in; then those that are there besides.
        records: the visit's records by form code; of expected forms that belong to the patient
            rather than to a visit (demographics, infusion), all the patient's. previous_visit,
            previous: the visit before it in time and its records, for reference only.
        assessment: results of the visit, None while it has none.
    """

    patient: PatientData
    planned: PlannedVisit | None
    scheduled: ScheduledVisit | None
    visit: Record[Visit] | None
    expected: tuple[str, ...]
    records: dict[str, tuple[Record[Form], ...]]
    previous_visit: Record[Visit] | None
    previous: dict[str, tuple[Record[Form], ...]]
    assessment: VisitAssessment | None

    @property
    def forms_done(self) -> int:
        """How many of the expected forms have a record."""
        return sum(1 for code in self.expected if self.records.get(code))


@dataclass(frozen=True)
class LiveScores:
    """What the results would be if the drafts were saved; nothing was written.

    `findings` stand in the order of the drafts, `by_draft` for each draft apart; `data` are the
    records with the drafts in them.
    """

    assessment: VisitAssessment | None
    previous: VisitAssessment | None
    findings: tuple[Finding, ...]
    by_draft: tuple[tuple[Finding, ...], ...]
    course: Course
    data: PatientData


def visit_binder(session: StudySession, patient_id: str, visit: str) -> VisitBinder:
    """Return a visit by its record's id or by its code in the protocol.

    Raises:
        InputError: there is neither such a record nor such a planned visit.
    """
    data = patient_data(session, patient_id)
    record = visit_of(data, visit) or _by_code(data, visit)
    code = (record.form.visit_code if record else visit) or ""
    planned = session.protocol.visit(code)
    if record is None and planned is None:
        raise InputError("There is no visit {visit}.", "Open the patient again.", visit=visit)
    scheduled = next(
        (
            one
            for one in schedule(session.protocol, data, session.today)
            if one.planned.code == code and (record is None or one.visit in (record, None))
        ),
        None,
    )
    expected = planned.forms if planned else ()
    records = {**_of_patient(data, expected), **_at(data, record)}
    before = _previous(data, record, scheduled)
    results = course(session, patient_id).visits
    return VisitBinder(
        patient=data,
        planned=planned,
        scheduled=scheduled,
        visit=record,
        expected=(*expected, *(one for one in records if one not in expected and one != "SV")),
        records=records,
        previous_visit=before,
        previous=_at(data, before),
        assessment=next((one for one in results if record and one.visit_id == record.id), None),
    )


def live(
    session: StudySession, patient_id: str, visit_id: str | None, drafts: Sequence[RecordDraft]
) -> LiveScores:
    """Return the results and findings as they would be with the drafts saved.

    Args:
        visit_id: the visit looked at; for a new visit the id its draft carries; None for forms that
            belong to no visit.
    """
    require(session, Action.VIEW)
    planned, proposed = plan(session, patient_data(session, patient_id), drafts)
    by_draft = tuple(findings_of(session, one, proposed) for one in planned)
    results = evaluate(proposed, session.protocol, today=session.today)
    place = next(
        (number for number, one in enumerate(results.visits) if one.visit_id == visit_id), None
    )
    return LiveScores(
        assessment=None if place is None else results.visits[place],
        previous=results.visits[place - 1] if place else None,
        findings=tuple(finding for findings in by_draft for finding in findings),
        by_draft=by_draft,
        course=results,
        data=proposed,
    )


def _by_code(data: PatientData, code: str) -> Record[Visit] | None:
    """Return the latest visit of a code; unscheduled visits are opened by their id."""
    found = [one for one in data.of(Visit) if one.form.visit_code == code]
    return found[-1] if found and code != "UNS" else None


def _of_patient(data: PatientData, expected: Sequence[str]) -> dict[str, tuple[Record[Form], ...]]:
    forms = [FORMS[code] for code in expected if FORMS[code].scope in PATIENT_SCOPES]
    found = {form.code: data.of(form) for form in forms if form is not Visit}
    return {code: records for code, records in found.items() if records}


def _at(data: PatientData, visit: Record[Visit] | None) -> dict[str, tuple[Record[Form], ...]]:
    if visit is None:
        return {}
    found = {code: data.at_visit(visit.id, form) for code, form in FORMS.items()}
    return {code: records for code, records in found.items() if records}


def _previous(
    data: PatientData, visit: Record[Visit] | None, scheduled: ScheduledVisit | None
) -> Record[Visit] | None:
    """Return the last visit that took place before this one, or before its target."""
    day = visit.form.visit_date if visit else None
    if day is None and scheduled is not None and scheduled.target is not None:
        day = scheduled.target.isoformat()
    earlier = [
        one
        for one in data.of(Visit)
        if one is not visit
        and one.form.status != "MISSED"
        and one.form.visit_date
        and (day is None or one.form.visit_date < day)
    ]
    return max(earlier, key=lambda one: one.form.visit_date or "", default=None)
