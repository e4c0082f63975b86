"""The demonstration study on disk: made through the same services as a real one, marked synthetic.

Accounts nurse, investigator, monitor, datamanager and admin, all with the password `lupus-demo`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lnmonitor.clock import Clock, SystemClock
from lnmonitor.clock import today as today_of
from lnmonitor.demo.trial import PROTOCOL, SITE, SyntheticPatient, generate
from lnmonitor.progress import Progress, silent
from lnmonitor.services import flags
from lnmonitor.services.accounts import add_account
from lnmonitor.services.records import ImportBatch, NewPatient, RecordDraft, import_records
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.study.dates import exact
from lnmonitor.study.forms import Visit

PASSWORD = "lupus-demo"  # noqa: S105 - the sign-in page of the demonstration prints it
ADMIN = "admin"
ACCOUNTS = (
    ("nurse", "coordinator", "Demo Nurse"),
    ("investigator", "investigator", "Demo Investigator"),
    ("monitor", "monitor", "Demo Monitor"),
    ("datamanager", "datamanager", "Demo Data Manager"),
)
_SETTLED_AFTER_DAYS = 200
"""Flags raised longer ago were dealt with; later ones are still open."""


def build_demo(
    path: Path,
    *,
    patients: int = 81,
    seed: int = 2014,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> Path:
    """Make the synthetic study in a new folder and return it.

    With 81 patients the published aggregates of Gu 2014 come out of the raw data; with another
    number the courses are repeated or sampled and the aggregates are near, not exact. Ten more
    patients are still in follow-up.

    Raises:
        InputError: the folder is taken. Cancelled: from `progress`; the folder is then incomplete.
    """
    clock = clock or SystemClock()
    create_study(
        path,
        protocol=PROTOCOL,
        site=SITE,
        admin=ADMIN,
        password=PASSWORD,
        admin_name="Demo Administrator",
        synthetic=True,
        clock=clock,
    )
    with open_study(path, user=ADMIN, password=PASSWORD, clock=clock) as session:
        for name, role, full_name in ACCOUNTS:
            add_account(session, name, role=role, password=PASSWORD, full_name=full_name)
    trial = generate(patients=patients, seed=seed, today=today_of(clock), progress=progress)
    with open_study(path, user="datamanager", password=PASSWORD, clock=clock) as session:
        import_records(
            session,
            _batches(session, trial),
            reason=f"Synthetic demonstration study, {patients} patients, seed {seed}",
            source="demo",
            progress=progress,
        )
    with open_study(path, user="investigator", password=PASSWORD, clock=clock) as session:
        _settle_old_flags(session)
    return path


def _batches(session: StudySession, patients: Iterable[SyntheticPatient]) -> Iterator[ImportBatch]:
    for patient in patients:
        patient_id = session.new_id()
        new = NewPatient(patient_id, patient.subject_id, patient.site_id)
        yield ImportBatch([new], _drafts(session, patient, patient_id))


def _drafts(session: StudySession, patient: SyntheticPatient, patient_id: str) -> list[RecordDraft]:
    visits: dict[int | None, str] = {}
    drafts = []
    for entry in patient.entries:
        record_id = session.new_id()
        if isinstance(entry.form, Visit):
            visits[entry.visit] = record_id
        drafts.append(
            RecordDraft(
                form=entry.form,
                patient_id=patient_id,
                visit_id=visits.get(entry.visit),
                record_id=record_id,
                missing=entry.missing,
                justified=entry.justified,
            )
        )
    return drafts


def _settle_old_flags(session: StudySession) -> None:
    """Acknowledge the flags of long ago, so that the worklist shows what a person would see."""
    for view in flags.flags(session):
        raised = exact(view.flag.date)
        if raised is not None and (session.today - raised).days > _SETTLED_AFTER_DAYS:
            flags.acknowledge(session, view.flag.identity, "Seen at the visit (synthetic)")
