"""The patients: the list, one patient's records, course and story, and adding a patient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lnmonitor.analysis.build_story import build_story
from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.analysis.story import Story
from lnmonitor.errors import InputError
from lnmonitor.language import Text
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.records import RecordDraft, Saved, load, save_new_patient
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.drafts import Place
from lnmonitor.storage.repositories import Assessment, Patient
from lnmonitor.study.checks.finding import age_on
from lnmonitor.study.codelists import codelist
from lnmonitor.study.forms import Demographics, Disposition, Identity, Infusion, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record
from lnmonitor.study.schedule import ScheduledVisit, day0, day_number, next_visit, schedule

_SCREENING = Text("In screening", "筛选中")
_FOLLOW_UP = Text("In follow-up", "随访中")
_LONGEST_NUMBER = 40
_FEW = 200
"""Up to so many patients are read by their ids, more by reading whole tables."""


@dataclass(frozen=True)
class LastVisit:
    """The latest visit that took place; `day` counts from the first infusion."""

    code: str
    date: str
    day: int | None


@dataclass(frozen=True)
class PatientSummary:
    """A patient's line in lists.

    Attributes:
        status_code: SCREENING, FOLLOW-UP, or a code of the list DSDECOD.
        infused_on: ISO date of the first infusion, None before it. day: today's study day.
        sledai: (day, score) of visits with an exact score. last_sledai: as printed, `8-12` for a
            range.
        response: latest by the protocol's rule: CR, PR, NR, unknown; empty before follow-up.
        schedule: all planned visits as they stand today. age: years today.
    """

    patient_id: str
    subject_id: str
    site: str
    status: Text
    status_code: str
    infused_on: str | None
    day: int | None
    last_visit: LastVisit | None
    next_visit: ScheduledVisit | None
    schedule: tuple[ScheduledVisit, ...]
    sledai: tuple[tuple[int, float], ...]
    last_sledai: str
    response: str
    open_flags: int
    sex: str | None
    age: int | None


def list_patients(session: StudySession) -> tuple[PatientSummary, ...]:
    """Return all patients by subject id."""
    require(session, Action.VIEW)
    cache = session.cache
    if cache.summaries_day != session.today:
        cache.summaries.clear()
        cache.summaries_day = session.today
    with session.store.read() as connection:
        patients = repo.patients(connection)
        unknown = [one for one in patients if one.id not in cache.summaries]
        if unknown:
            cache.summaries.update(_summaries(session, unknown))
    return tuple(cache.summaries[one.id] for one in patients)


def versions(session: StudySession) -> Mapping[str, int]:
    """Return a number for each patient's id that grows when the records change.

    They stand in the order of the subject ids.
    """
    require(session, Action.VIEW)
    with session.store.read() as connection:
        return {one.id: one.data_version for one in repo.patients(connection)}


def add_patient(
    session: StudySession,
    subject_id: str,
    demographics: Demographics,
    identity: Identity | None = None,
    missing: Mapping[str, str] | None = None,
    justified: Mapping[str, str] | None = None,
    journal: Sequence[Place] = (),
    identity_missing: Mapping[str, str] | None = None,
) -> Saved:
    """Add a patient with demographics and consent, and the identity if it is kept here.

    Args:
        missing, justified: of the demographics. identity_missing: of the identity.
        journal: places of the drafts that this contains; they go with it.

    Raises:
        InputError: the subject id is empty or taken. CheckFailed: as for `records.save`.
    """
    require(session, Action.ENTER)
    cleaned = subject_id.strip()
    if not cleaned or len(cleaned) > _LONGEST_NUMBER or not cleaned.isprintable():
        raise InputError(
            "A patient needs a subject number of up to 40 characters.", "Give one, such as 01-001."
        )
    patient = Patient(session.new_id(), cleaned, session.study.site)
    drafts = [
        RecordDraft(demographics, patient.id, missing=missing or {}, justified=justified or {})
    ]
    if identity is not None:
        drafts.append(RecordDraft(identity, patient.id, missing=identity_missing or {}))
    return save_new_patient(session, patient, drafts, journal)


def patient_data(session: StudySession, patient_id: str) -> PatientData:
    """Return a patient's records that are not voided; the identity only for who may see it.

    Raises:
        InputError: there is no such patient.
    """
    require(session, Action.VIEW)
    data = load(session, patient_id)
    if session.may(Action.VIEW_IDENTITY):
        return data
    seen = tuple(record for record in data.records if not isinstance(record.form, Identity))
    return PatientData(data.patient_id, data.subject_id, data.site_id, seen)


def find_patient(session: StudySession, subject_id: str) -> str:
    """Return the id of a subject's patient.

    Raises:
        InputError: there is none.
    """
    with session.store.read() as connection:
        found = repo.patient_id_of(connection, subject_id.strip())
    if found is None:
        raise InputError(
            "There is no patient {subject} in this study.", "Check the number.", subject=subject_id
        )
    return found


def course(session: StudySession, patient_id: str) -> Course:
    """Return a patient's results, as of today."""
    require(session, Action.VIEW)
    kept = session.cache.course(patient_id, session.today)
    if kept is not None:
        return kept
    computed = evaluate(load(session, patient_id), session.protocol, today=session.today)
    session.cache.keep_course(computed, session.today)
    return computed


def story(session: StudySession, patient_id: str) -> Story:
    """Return what the patient page and the patient summary draw."""
    return build_story(
        patient_data(session, patient_id),
        course(session, patient_id),
        session.protocol,
        today=session.today,
        synthetic=session.study.synthetic,
    )


# --- the list ----------------------------------------------------------------------------------


def _summaries(session: StudySession, patients: Sequence[Patient]) -> dict[str, PatientSummary]:
    wanted = None if len(patients) > _FEW else [one.id for one in patients]
    response = f"response.{session.protocol.response_rule}"
    records: dict[str, list[Record[Form]]] = defaultdict(list)
    results: dict[str, list[Assessment]] = defaultdict(list)
    flags: dict[str, int] = defaultdict(int)
    with session.store.read() as connection:
        for form in (Demographics, Infusion, Visit, Disposition):
            for record in repo.records_of(connection, form, wanted):
                records[record.patient_id].append(record)
        for result in repo.assessments(connection, ("sledai", response), wanted):
            results[result.patient_id].append(result)
        for flag in repo.flags(connection, wanted):
            flags[flag.patient_id] += flag.state == "open"
    return {
        one.id: _summary(session, one, records[one.id], results[one.id], flags[one.id])
        for one in patients
    }


def _summary(
    session: StudySession,
    patient: Patient,
    records: Sequence[Record[Form]],
    results: Sequence[Assessment],
    open_flags: int,
) -> PatientSummary:
    data = PatientData(patient.id, patient.subject_id, patient.site_id, tuple(records))
    today = session.today
    zero = day0(data)
    planned = schedule(session.protocol, data, today)
    demographics = data.one(Demographics)
    age = age_on(demographics.form, today) if demographics else None
    code, status = _status(data, zero)
    sledai = [one for one in results if one.key == "sledai" and one.value]
    responses = [one for one in results if one.key != "sledai" and one.value]
    return PatientSummary(
        patient_id=patient.id,
        subject_id=patient.subject_id,
        site=patient.site_id,
        status=status,
        status_code=code,
        infused_on=zero.isoformat() if zero else None,
        day=day_number(zero, today) if zero else None,
        last_visit=_last_visit(data, zero),
        next_visit=next_visit(planned),
        schedule=planned,
        sledai=tuple(
            (one.day, one.number)
            for one in sledai
            if one.day is not None and one.number is not None
        ),
        last_sledai=sledai[-1].value if sledai else "",
        response=responses[-1].value if responses else "",
        open_flags=open_flags,
        sex=demographics.form.sex if demographics else None,
        age=None if age is None else int(age),
    )


def _status(data: PatientData, zero: date | None) -> tuple[str, Text]:
    endings = data.of(Disposition)
    if endings and endings[-1].form.status:
        code = codelist("DSDECOD").get(endings[-1].form.status)
        if code is not None:
            return code.code, code.text
    return ("SCREENING", _SCREENING) if zero is None else ("FOLLOW-UP", _FOLLOW_UP)


def _last_visit(data: PatientData, zero: date | None) -> LastVisit | None:
    done = [
        one.form for one in data.of(Visit) if one.form.status != "MISSED" and one.form.visit_date
    ]
    if not done:
        return None
    last = max(done, key=lambda form: form.visit_date or "")
    on = date.fromisoformat(last.visit_date or "")
    return LastVisit(last.visit_code or "", on.isoformat(), day_number(zero, on) if zero else None)
