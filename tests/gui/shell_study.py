"""A small real study for the tests of the main window: three patients, one serious event."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from lnmonitor.clock import FixedClock
from lnmonitor.services.accounts import add_account
from lnmonitor.services.records import ImportBatch, NewPatient, RecordDraft, import_records
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.study.forms import (
    AdverseEvent,
    Demographics,
    Infusion,
    LabResult,
    Visit,
)

PASSWORD = "lupus-demo"
PEOPLE = (
    ("nurse", "coordinator", "Li Wen"),
    ("investigator", "investigator", "Zhao Min"),
    ("monitor", "monitor", "Chen Hui"),
)


def make_study(folder: Path, clock: FixedClock) -> None:
    """Make the study: 01-001 overdue for M1, 01-002 due for M3, 01-003 in screening."""
    create_study(
        folder,
        protocol="ln-msc-01",
        site="01",
        admin="admin",
        admin_name="Wang Fang",
        password=PASSWORD,
        synthetic=True,
        clock=clock,
    )
    with open_study(folder, user="admin", password=PASSWORD, clock=clock) as session:
        for name, role, full_name in PEOPLE:
            add_account(session, name, role=role, full_name=full_name, password=PASSWORD)
    with open_study(folder, user="investigator", password=PASSWORD, clock=clock) as session:
        _fill(session, clock.now().date())


def _fill(session: StudySession, now: date) -> None:
    people, records = [], []
    for number, ago in (("01-001", 40), ("01-002", 91), ("01-003", None)):
        patient = session.new_id()
        people.append(NewPatient(patient, number))
        zero = now - timedelta(days=ago or 0)
        consent = (zero - timedelta(days=20)).isoformat()
        records.append(
            RecordDraft(Demographics(sex="F", birth_date="1990", consent_date=consent), patient)
        )
        if ago is None:
            continue
        records.append(
            RecordDraft(
                Infusion(
                    number=1,
                    cell_source="UC",
                    donor_code="D1",
                    lot="L1",
                    passage=4,
                    viability_percent=92,
                    weight_kg=55,
                    viable_cells=55,
                    started_at=f"{zero.isoformat()}T09:30",
                ),
                patient,
            )
        )
        for code, day in (("SCR", -10), ("D0", 0), ("D1", 1), ("M1", 30)):
            if number == "01-001" and code == "M1":
                continue
            records += _visit(session, patient, code, zero + timedelta(days=day))
    records.append(RecordDraft(_serious(now), people[1].patient_id))
    import_records(session, [ImportBatch(people, records)], reason="test data", source="demo")


def _visit(session: StudySession, patient: str, code: str, on: date) -> list[RecordDraft]:
    visit = session.new_id()
    return [
        RecordDraft(
            Visit(visit_code=code, visit_date=on.isoformat(), status="DONE"),
            patient,
            visit_id=visit,
            record_id=visit,
        ),
        RecordDraft(
            LabResult(analyte="U24P", value=2.5, unit="g/24 h", collected_on=on.isoformat()),
            patient,
            visit_id=visit,
        ),
    ]


def _serious(now: date) -> AdverseEvent:
    return AdverseEvent(
        term="Sepsis",
        start=(now - timedelta(days=2)).isoformat(),
        grade=4,
        serious="Y",
        life_threatening="Y",
        related_msc="POSSIBLE",
        outcome="NOT RECOVERED",
        ongoing="Y",
        aware_at=f"{(now - timedelta(days=1)).isoformat()}T16:05",
    )
