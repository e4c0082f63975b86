"""Saving, checking, voiding and looking back: what people do with records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lnmonitor.errors import InputError
from lnmonitor.services.audit import AuditEntry, entries_of
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.derive import recompute
from lnmonitor.services.drafts import (
    WHOLE_FORM,
    CheckFailed,
    RecordDraft,
    Saved,
    findings_of,
    plan,
)
from lnmonitor.services.form_state import require_open
from lnmonitor.services.importing import ImportBatch, ImportCounts, NewPatient, import_records
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.reviewing import settle
from lnmonitor.services.saving import Done, finish, load, save_new_patient
from lnmonitor.services.saving import save as _save
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.drafts import Place
from lnmonitor.study.checks import Finding
from lnmonitor.study.forms import FORMS, Demographics, Identity, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

__all__ = [
    "WHOLE_FORM",
    "CheckFailed",
    "ImportBatch",
    "ImportCounts",
    "NewPatient",
    "RecordDraft",
    "Saved",
    "check",
    "find_record",
    "history",
    "import_records",
    "load",
    "save",
    "save_new_patient",
    "void",
]


def save(
    session: StudySession,
    drafts: Sequence[RecordDraft],
    *,
    source: str = "typed",
    journal: Sequence[Place] = (),
) -> Saved:
    """Store drafts, all of them or none, with audit entries, results, flags and deviations.

    A draft that changes nothing writes nothing. A finding marked as a deviation becomes a record of
    the form DV, which is voided again when the value is corrected.

    Args:
        journal: places of further journal entries that this save contains; those that stand where
            the drafts stand (patient, visit id, form, record id) go by themselves.

    Raises:
        CheckFailed: something is impossible, or an unexpected value has no justification.
        InputError: a saved value changes without a reason, or a form is in the wrong place.
        ConflictError: a record changed since it was read.
        PermissionDeniedError, StorageError.
    """
    return _save(session, drafts, source, journal)


def check(session: StudySession, draft: RecordDraft) -> tuple[Finding, ...]:
    """Return what the checks say about a draft, without storing anything."""
    require(session, Action.VIEW)
    planned, proposed = plan(session, load(session, draft.patient_id), [draft])
    return findings_of(session, planned[0], proposed)


def void(session: StudySession, record_id: str, reason: str) -> ChangeSet:
    """Void a record with a reason; it stays in the store and in the audit trail.

    Raises:
        InputError: no reason; no such record; demographics; a visit that still has forms.
    """
    require(session, Action.VOID)
    if not reason.strip():
        raise InputError("A record is voided with a reason only.", "Say why it is void.")
    with session.work() as work:
        found = repo.find_record(work.connection, record_id)
        if found is None:
            raise InputError("There is no such record.", "Open the page again.")
        data = load(session, found.patient_id)
        _check_voidable(found, data)
        require_open(work.connection, data.patient_id, [found])
        voided = work.void(found, reason.strip())
        settle(session, work, [(found, voided)])
        after = replace(data, records=tuple(one for one in data.records if one.id != record_id))
        repo.bump_patients(work.connection, [data.patient_id])
        derived = recompute(session, work, after, session.cache.derived(data.patient_id))
    return finish(session, [Done(after, derived, (voided,), ())]).changes


def find_record(session: StudySession, record_id: str) -> Record[Form]:
    """Return a record that is not voided.

    Raises:
        InputError: there is none.
    """
    require(session, Action.VIEW)
    with session.store.read() as connection:
        found = repo.find_record(connection, record_id)
    if found is None or (
        isinstance(found.form, Identity) and not session.may(Action.VIEW_IDENTITY)
    ):
        raise InputError("There is no such record.", "Open the page again.")
    return found


def history(
    session: StudySession, record_id: str, item: str | None = None
) -> tuple[AuditEntry, ...]:
    """Return how the values of a record, or of one item of it, came about, in order.

    For one item the creation and voiding of the record belong to it. What people said about the
    record (verified, signed, asked) is in `audit.entries`.
    """
    require(session, Action.VIEW_AUDIT)
    with session.store.read() as connection:
        found = repo.audit_rows(connection, where={"record_id": record_id})
        rows = [row for row in found if row["action"] in ("create", "amend", "void")]
        entries = entries_of(connection, rows)
    if any(one.form == Identity.code for one in entries):
        require(session, Action.VIEW_IDENTITY)
    return tuple(one for one in entries if item is None or one.item in (item, ""))


def _check_voidable(record: Record[Form], data: PatientData) -> None:
    if isinstance(record.form, Demographics):
        raise InputError(
            "Demographics and consent cannot be voided.", "Correct the values, with a reason."
        )
    if isinstance(record.form, Visit):
        inside = {
            FORMS[one.form.code].title.en
            for one in data.records
            if one.visit_id == record.id and one.id != record.id
        }
        if inside:
            raise InputError(
                "The visit still has forms: {forms}.",
                "Void those first.",
                forms=", ".join(sorted(inside)),
            )
