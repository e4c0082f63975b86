"""The one way a value gets into the store: checks, records, deviations, results, flags, audit.

Everything of one save is one transaction. What a session remembers of the patient is renewed only
after the transaction is durable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lnmonitor.errors import InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.derive import Derived, recompute
from lnmonitor.services.drafts import (
    WHOLE_FORM,
    CheckFailed,
    Planned,
    RecordDraft,
    Saved,
    event_date,
    findings_of,
    plan,
    unanswered,
    with_records,
)
from lnmonitor.services.form_state import require_open
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.reviewing import settle
from lnmonitor.services.session import StudySession
from lnmonitor.storage import drafts as journalled
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.drafts import Place
from lnmonitor.storage.repositories import Patient
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.checks import Finding
from lnmonitor.study.forms import Identity, ProtocolDeviation
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

_FOLLOWING = frozenset({"results", "flags", "reviews", "audit"})
"""Kinds of things that every change of a record may change with it."""
CORRECTED = "The value that raised it was corrected."


@dataclass(frozen=True)
class Done:
    """One patient's part of a save; nothing is derived when nothing changed."""

    data: PatientData
    derived: Derived | None
    records: tuple[Record[Form], ...]
    findings: tuple[Finding, ...]


def load(session: StudySession, patient_id: str) -> PatientData:
    """Return a patient's records from memory or from the store.

    Raises:
        InputError: there is no such patient.
    """
    kept = session.cache.data(patient_id)
    if kept is not None:
        return kept
    with session.store.read() as connection:
        data = repo.patient_data(connection, patient_id)
    if data is None:
        raise InputError("There is no such patient.", "Open the list of patients again.")
    session.cache.keep(data)
    return data


def save(
    session: StudySession,
    drafts: Sequence[RecordDraft],
    source: str,
    journal: Sequence[Place] = (),
) -> Saved:
    """Store drafts of one or more patients, all or none. See `records.save`."""
    _require(session, drafts)
    done: list[Done] = []
    with session.work(source=source) as work:
        for patient_id in dict.fromkeys(draft.patient_id for draft in drafts):
            own = [draft for draft in drafts if draft.patient_id == patient_id]
            done.append(save_patient(session, work, load(session, patient_id), own))
        typed = (*(_place(draft) for draft in drafts), *journal)
        journalled.remove(work.connection, session.actor.account, typed)
    return finish(session, done)


def save_new_patient(
    session: StudySession,
    patient: Patient,
    drafts: Sequence[RecordDraft],
    journal: Sequence[Place] = (),
) -> Saved:
    """Store a new patient with the first forms, all or nothing."""
    _require(session, drafts)
    with session.work() as work:
        work.add_patients([patient])
        empty = PatientData(patient.id, patient.subject_id, patient.site_id)
        done = save_patient(session, work, empty, drafts)
        journalled.remove(work.connection, session.actor.account, journal)
    saved = finish(session, [done])
    changes = saved.changes | ChangeSet(frozenset({"patients"}), frozenset({patient.id}))
    return replace(saved, changes=changes)


def save_patient(
    session: StudySession, work: UnitOfWork, data: PatientData, drafts: Sequence[RecordDraft]
) -> Done:
    """Check and store one patient's drafts inside a transaction."""
    planned, proposed = plan(session, data, drafts)
    changing = [one.new for one in planned if one.changed]
    require_open(work.connection, data.patient_id, changing)
    findings = [findings_of(session, one, proposed) for one in planned]
    if any(
        unanswered(finding, one.new.justified)
        for one, own in zip(planned, findings, strict=True)
        for finding in own
    ):
        raise CheckFailed(findings)
    for one in planned:
        _require_reason(one)
    records = [_stored(work, one) for one in planned]
    after = with_records(data, records)
    deviations = [
        deviation
        for one, own, draft in zip(records, findings, drafts, strict=True)
        for deviation in _deviations(session, work, one, own, after, draft.reason.strip())
    ]
    noticed = tuple(finding for own in findings for finding in own)
    if not deviations and all(one is own.old for one, own in zip(records, planned, strict=True)):
        return Done(data, None, tuple(records), noticed)
    settle(session, work, zip((one.old for one in planned), records, strict=True))
    settle(session, work, ((one if one.voided else None, one) for one in deviations))
    after = with_records(after, deviations)
    if any(one.voided for one in deviations):
        after = replace(after, records=tuple(one for one in after.records if not one.voided))
    repo.bump_patients(work.connection, [data.patient_id])
    derived = recompute(session, work, after, session.cache.derived(data.patient_id))
    return Done(after, derived, (*records, *deviations), noticed)


def finish(session: StudySession, done: Sequence[Done]) -> Saved:
    """Renew what the session remembers after the transaction, and tell what changed."""
    changes = ChangeSet()
    for one in done:
        if one.derived is None:
            continue
        session.cache.forget(one.data.patient_id)
        session.cache.keep(one.data)
        session.cache.keep_derived(one.derived, session.today)
        kinds = _FOLLOWING | {record.form.code for record in one.records}
        changes |= ChangeSet(kinds, frozenset({one.data.patient_id}))
    records = tuple(record for one in done for record in one.records)
    findings = tuple(finding for one in done for finding in one.findings)
    return Saved(records, changes, findings)


def _place(draft: RecordDraft) -> Place:
    """Return where the journal keeps what became a draft of a record."""
    form, record_id = draft.form.code, draft.record_id or ""
    return Place(draft.patient_id, draft.visit_id or "", form, record_id)


def _require(session: StudySession, drafts: Sequence[RecordDraft]) -> None:
    require(session, Action.ENTER)
    if any(isinstance(draft.form, Identity) for draft in drafts):
        require(session, Action.VIEW_IDENTITY)


def _require_reason(planned: Planned) -> None:
    if planned.needs_reason and not planned.draft.reason.strip():
        form = planned.new.form
        labels = ", ".join(form.label(item, "en") for item in planned.changed if item)
        raise InputError(
            "{form}: saved values change ({items}), and no reason is given.",
            "Say why.",
            form=type(form).title.en,
            items=labels,
        )


def _stored(work: UnitOfWork, planned: Planned) -> Record[Form]:
    if planned.old is None:
        return work.add([planned.new], planned.draft.reason.strip())[0]
    if not planned.changed:
        return planned.old
    return work.amend(planned.old, planned.new, planned.draft.reason.strip())


def _deviations(
    session: StudySession,
    work: UnitOfWork,
    record: Record[Form],
    findings: Sequence[Finding],
    data: PatientData,
    reason: str,
) -> list[Record[Form]]:
    """Keep the deviations that the checks raised on a record in step with it.

    A deviation names its check and the record in `check`; when the value is corrected, it is
    voided. A new one is kept with the reason that the record was saved with.
    """
    wanted = {
        f"{finding.check_id}:{record.id}": finding for finding in findings if finding.deviation
    }
    present = {
        one.form.check: one
        for one in data.records
        if isinstance(one.form, ProtocolDeviation)
        and (one.form.check or "").endswith(f":{record.id}")
    }
    gone = [work.void(one, CORRECTED) for check, one in present.items() if check not in wanted]
    new = [
        Record(
            id=session.new_id(),
            form=_deviation(session, check, finding, record, data),
            patient_id=record.patient_id,
            visit_id=record.visit_id,
        )
        for check, finding in wanted.items()
        if check not in present
    ]
    return gone + (work.add(new, reason) if new else [])


def _deviation(
    session: StudySession,
    check: str,
    finding: Finding,
    record: Record[Form],
    data: PatientData,
) -> Form:
    why = record.justified.get(finding.item or WHOLE_FORM, "")
    return ProtocolDeviation(
        occurred_on=event_date(record, data, session.today),
        category=finding.category or "OTHER",
        severity=finding.severity or "MINOR",
        description=f"{finding.message.en} Answer: {why}",
        check=check,
    )
