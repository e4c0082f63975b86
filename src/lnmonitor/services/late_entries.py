"""Late entries: records that were first saved long after the event they are about, and why.

Source data are to be recorded when things happen; a long delay is worth a question. The limit is
the protocol's `late_entry_days`. Only what a person typed counts: of a record that came by import
the program knows when it was taken over, not when it was written down. The reason is that of the
record's creation; whoever types is asked for it, and nothing is refused without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lnmonitor.clock import local_moment
from lnmonitor.progress import Progress, silent
from lnmonitor.services.audit import entries_of
from lnmonitor.services.drafts import RecordDraft, with_records
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.saving import load
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.study.dates import latest
from lnmonitor.study.event_dates import event_date, visits_of
from lnmonitor.study.forms import Demographics, Identity, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

TYPED = "typed"


@dataclass(frozen=True)
class LateEntry:
    """A record entered late.

    Attributes:
        event: its date as recorded, which may be partial. counted_from: the latest day that it can
            mean, or the consent where the event lies before it.
        entered_at: UTC instant of the first saving, with the workstation's offset and zone.
        days: whole calendar days of delay, at the least. tolerance: the protocol's.
        reason: as the trail keeps it (see `study.reasons`); "" when none was given.
    """

    patient_id: str
    subject_id: str
    site_id: str
    form: str
    record_id: str
    visit_id: str
    visit_code: str
    event: str
    counted_from: str
    entered_at: str
    utc_offset: str
    zone: str
    entered_by: str
    days: int
    tolerance: int
    reason: str


@dataclass(frozen=True)
class LateDraft:
    """A new record not saved yet that comes late; `days` as in `LateEntry`."""

    draft: RecordDraft
    days: int


def late_entries(
    session: StudySession, patient_id: str | None = None, *, progress: Progress = silent
) -> tuple[LateEntry, ...]:
    """Return the records of a patient, or of all, that were entered late, the longest delay first.

    Raises:
        InputError: there is no such patient.
    """
    require(session, Action.VIEW)
    with session.store.read() as connection:
        ids = [one.id for one in repo.patients(connection)] if patient_id is None else [patient_id]
    found: list[LateEntry] = []
    for number, one in enumerate(ids, start=1):
        found += _of_patient(session, load(session, one))
        progress(number, len(ids), "Patients")
    return tuple(sorted(found, key=lambda one: (-one.days, one.subject_id, one.record_id)))


def late_drafts(
    session: StudySession, data: PatientData, drafts: Sequence[RecordDraft]
) -> tuple[LateDraft, ...]:
    """Return which of one patient's drafts would be late entries if they were saved today.

    Args:
        data: the patient's stored records. drafts: all that the save would store.
    """
    require(session, Action.ENTER)
    by_id = {draft.record_id or f"new {n}": draft for n, draft in enumerate(drafts)}
    proposed = with_records(data, [_record(record_id, draft) for record_id, draft in by_id.items()])
    days = {record.id: (session.today - since).days for record, _, since in _dated(proposed)}
    return tuple(
        LateDraft(draft, days[record_id])
        for record_id, draft in by_id.items()
        if not draft.row_version and days.get(record_id, 0) > session.protocol.late_entry_days
    )


def _record(record_id: str, draft: RecordDraft) -> Record[Form]:
    visit_id = record_id if isinstance(draft.form, Visit) else draft.visit_id
    return Record(record_id, draft.form, draft.patient_id, visit_id=visit_id)


def _of_patient(session: StudySession, data: PatientData) -> Iterator[LateEntry]:
    tolerance = session.protocol.late_entry_days
    visits = visits_of(data)
    with session.store.read() as connection:
        where = {"patient_id": data.patient_id, "action": "create", "source": TYPED}
        entries = entries_of(connection, repo.audit_rows(connection, where=where))
    first_saved = {entry.record_id: entry for entry in entries}
    for record, event, since in _dated(data):
        entry = first_saved.get(record.id)
        if entry is None:
            continue
        entered = local_moment(entry.at, entry.utc_offset).date()
        days = (entered - since).days
        if days > tolerance:
            visit = visits.get(record.visit_id or "")
            yield LateEntry(
                patient_id=data.patient_id,
                subject_id=data.subject_id,
                site_id=data.site_id,
                form=record.form.code,
                record_id=record.id,
                visit_id=record.visit_id or "",
                visit_code=(visit.visit_code or "") if visit else "",
                event=event,
                counted_from=since.isoformat(),
                entered_at=entry.at,
                utc_offset=entry.utc_offset,
                zone=entry.zone,
                entered_by=entry.account,
                days=days,
                tolerance=tolerance,
                reason=entry.reason,
            )


def _dated(data: PatientData) -> Iterator[tuple[Record[Form], str, date]]:
    """Return each record with the date of its event, and the day from which a delay counts."""
    visits, consent = visits_of(data), _consent(data)
    for record in data.records:
        event = event_date(record, visits)
        if event is not None and not isinstance(record.form, Identity):
            yield record, event, max(latest(event) or date.min, consent)


def _consent(data: PatientData) -> date:
    """Return the day before which nothing could be entered here; unknown counts as none."""
    demographics = data.one(Demographics)
    return (latest(demographics.form.consent_date) if demographics else None) or date.min
