"""The patients: the list, one patient's records, course and story, and adding a patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lnmonitor.analysis.build_story import build_story
from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.analysis.story import Story
from lnmonitor.errors import InputError
from lnmonitor.services import summaries
from lnmonitor.services.drafts import subject_number
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.records import RecordDraft, Saved, load, save_new_patient
from lnmonitor.services.session import StudySession
from lnmonitor.services.summaries import LastVisit, PatientSummary
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.drafts import Place
from lnmonitor.storage.repositories import Patient
from lnmonitor.study.forms import Demographics, Identity
from lnmonitor.study.records import PatientData

__all__ = [
    "LastVisit",
    "PatientSummary",
    "add_patient",
    "course",
    "find_patient",
    "list_patients",
    "patient_data",
    "story",
    "versions",
]


def list_patients(session: StudySession) -> tuple[PatientSummary, ...]:
    """Return all patients by subject id."""
    require(session, Action.VIEW)
    cache = session.cache
    if cache.summaries_day != session.today:
        cache.summaries.clear()
        cache.summaries_day = session.today
    with session.store.read() as connection:
        patients = repo.patients(connection)
        unknown = [one.id for one in patients if one.id not in cache.summaries]
        if unknown:
            wanted = unknown if cache.summaries else None
            cache.summaries.update(summaries.read(session, wanted))
        unkept = [one for one in patients if one.id not in cache.summaries]
        if unkept:
            cache.summaries.update(summaries.derive(session, unkept))
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
    reason: str = "",
) -> Saved:
    """Add a patient with demographics and consent, and the identity if it is kept here.

    Args:
        missing, justified: of the demographics. identity_missing: of the identity.
        journal: places of the drafts that this contains; they go with it.
        reason: why the demographics come late, if it is known.

    Raises:
        InputError: the subject id is empty or taken. CheckFailed: as for `records.save`.
    """
    require(session, Action.ENTER)
    patient = Patient(session.new_id(), subject_number(subject_id), session.study.site)
    drafts = [
        RecordDraft(
            demographics,
            patient.id,
            missing=missing or {},
            justified=justified or {},
            reason=reason,
        )
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
