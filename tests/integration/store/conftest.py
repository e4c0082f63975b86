"""A small real study on disk, made with cheap passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmonitor.services.accounts import add_account
from lnmonitor.services.patients import add_patient
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import AdverseEvent, Demographics, Identity, Visit, VitalSigns

PASSWORD = "cells per kg 1e6"


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed study: accounts admin and nurse, patient SUBJ-4711 with values worth hiding."""
    path = tmp_path / "study"
    create_study(path, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD)
    with open_study(path, user="admin", password=PASSWORD) as session:
        add_account(session, "nurse", role="coordinator", password=PASSWORD, full_name="Li Wen")
    with open_study(path, user="nurse", password=PASSWORD) as session:
        patient = add_patient(
            session,
            "SUBJ-4711",
            Demographics(sex="F", birth_date="1991-08-17", consent_date="2026-01-10"),
            Identity(full_name="Wang Xiaofang", phone="+86-25-5555-0147"),
        ).records[0]
        visit_id = session.new_id()
        visit = Visit(visit_code="SCR", visit_date="2026-01-12", status="DONE")
        event = AdverseEvent(term="Zosterkrankheit", start="2026-02-03", grade=2, serious="N")
        save(
            session,
            [
                RecordDraft(visit, patient.patient_id, record_id=visit_id),
                RecordDraft(VitalSigns(weight_kg=61.375), patient.patient_id, visit_id),
                RecordDraft(event, patient.patient_id),
            ],
        )
    return path
