"""Late entries: records that were first saved long after the event they are about.

Source data are to be recorded when things happen; a long delay is worth a question. The limit is
the protocol's `late_entry_days`. Only what a person typed counts: of a record that came by import
the program knows when it was taken over, not when it was written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lnmonitor.clock import local_moment
from lnmonitor.progress import Progress, silent
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.saving import load
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.study.dates import latest
from lnmonitor.study.event_dates import event_date, visits_of
from lnmonitor.study.forms import Demographics, Identity
from lnmonitor.study.records import PatientData

TYPED = "typed"


@dataclass(frozen=True)
class LateEntry:
    """A record entered late.

    Attributes:
        event: its date as recorded, which may be partial. counted_from: the latest day that it can
            mean, or the consent where the event lies before it.
        entered_at: UTC instant of the first saving, with the workstation's offset and zone.
        days: whole calendar days of delay, at the least. tolerance: the protocol's.
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


def _of_patient(session: StudySession, data: PatientData) -> Iterator[LateEntry]:
    tolerance = session.protocol.late_entry_days
    visits = visits_of(data)
    consent = _consent(data)
    with session.store.read() as connection:
        where = {"patient_id": data.patient_id, "action": "create", "source": TYPED}
        first_saved = {row["record_id"]: row for row in repo.audit_rows(connection, where=where)}
    for record in data.records:
        event, row = event_date(record, visits), first_saved.get(record.id)
        if row is None or event is None or isinstance(record.form, Identity):
            continue
        since = max(latest(event) or date.min, consent)
        entered = local_moment(row["at"], row["utc_offset"]).date()
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
                entered_at=row["at"],
                utc_offset=row["utc_offset"],
                zone=row["zone"],
                entered_by=row["account"],
                days=days,
                tolerance=tolerance,
            )


def _consent(data: PatientData) -> date:
    """Return the day before which nothing could be entered here; unknown counts as none."""
    demographics = data.one(Demographics)
    return (latest(demographics.form.consent_date) if demographics else None) or date.min
