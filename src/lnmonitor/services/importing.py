"""Storing very many records at once: one transaction, one audit entry each, results at the end.

An importer has read and checked its source, decided what becomes of each row, and reports what it
left out; here values are only brought into their types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lnmonitor.errors import InputError
from lnmonitor.progress import Progress, silent
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.derive import recompute
from lnmonitor.services.drafts import RecordDraft, subject_number, validated
from lnmonitor.services.form_state import require_open, require_study_open
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.repositories import Patient
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.forms import Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

_CHUNK = 2000


@dataclass(frozen=True)
class NewPatient:
    """A patient to be made by an import; take the id from `StudySession.new_id`."""

    patient_id: str
    subject_id: str
    site_id: str = ""
    """The study's own site if empty."""


@dataclass(frozen=True)
class ImportBatch:
    """Some of an import; a patient comes in the batch of the first record or before."""

    patients: Sequence[NewPatient] = ()
    records: Sequence[RecordDraft] = ()


@dataclass(frozen=True)
class ImportCounts:
    """What was stored: patients, and records by form code."""

    patients: int
    records: Mapping[str, int]
    changes: ChangeSet = field(default_factory=ChangeSet)

    @property
    def total(self) -> int:
        """All records."""
        return sum(self.records.values())


def import_records(
    session: StudySession,
    batches: Iterable[ImportBatch],
    *,
    reason: str,
    source: str = "import",
    progress: Progress = silent,
) -> ImportCounts:
    """Store new patients and records, all of them or none.

    No edit check runs and no reason is asked for each record. Drafts are new records; a visit's id
    is given beforehand so that its forms can name it. Raising `Cancelled` from `progress` leaves
    the study as it was.

    Args:
        reason: what was imported, such as the file's name; goes into the audit trail.
        source: "import", or "demo" for generated data.

    Raises:
        InputError: a subject id is taken, or a value has the wrong type.
        RefusedError: a patient, visit or the study is frozen or locked.
    """
    require(session, Action.IMPORT)
    counted: Counter[str] = Counter()
    concerned: dict[str, None] = {}
    new_patients = 0
    with session.work(reason=reason, source=source) as work:
        work.note("import started", new=canonical(reason))
        for batch in batches:
            if batch.patients:
                require_study_open(work.connection)
            work.add_patients([_patient(session, one) for one in batch.patients])
            new_patients += len(batch.patients)
            concerned.update(dict.fromkeys(one.patient_id for one in batch.patients))
            for start in range(0, len(batch.records), _CHUNK):
                chunk = [_record(session, draft) for draft in batch.records[start : start + _CHUNK]]
                _require_open(work, chunk)
                work.add(chunk)
                work.trail.flush()
                counted.update(record.form.code for record in chunk)
                concerned.update(dict.fromkeys(record.patient_id for record in chunk))
                progress(counted.total(), 0, "Records stored")
        work.note("import", new=canonical({"patients": new_patients, "records": dict(counted)}))
        repo.bump_patients(work.connection, concerned)
        _recompute_all(session, work, list(concerned), progress)
    session.cache.clear()
    kinds = frozenset({*counted, "patients", "results", "flags", "audit"})
    return ImportCounts(new_patients, dict(counted), ChangeSet(kinds, frozenset(concerned)))


def _patient(session: StudySession, new: NewPatient) -> Patient:
    site = new.site_id or session.study.site
    return Patient(new.patient_id, subject_number(new.subject_id), site)


def _record(session: StudySession, draft: RecordDraft) -> Record[Form]:
    record_id = draft.record_id or session.new_id()
    return Record(
        id=record_id,
        form=validated(draft.form),
        patient_id=draft.patient_id,
        visit_id=record_id if isinstance(draft.form, Visit) else draft.visit_id,
        missing=dict(draft.missing),
        justified=dict(draft.justified),
    )


def _require_open(work: UnitOfWork, records: Sequence[Record[Form]]) -> None:
    own: dict[str, list[Record[Form]]] = {}
    for record in records:
        own.setdefault(record.patient_id, []).append(record)
    for patient_id, those in own.items():
        require_open(work.connection, patient_id, those)


def _recompute_all(
    session: StudySession, work: UnitOfWork, patient_ids: Sequence[str], progress: Progress
) -> None:
    for number, patient_id in enumerate(patient_ids, start=1):
        data = repo.patient_data(work.connection, patient_id)
        if data is None:
            raise InputError("A record names a patient that does not exist.", "Check the import.")
        recompute(session, work, data)
        progress(number, len(patient_ids), "Results computed")
