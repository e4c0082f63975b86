"""The demonstration study on disk, made through the services like any other."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.demo.build import PASSWORD, build_demo
from lnmonitor.progress import Cancelled
from lnmonitor.services import audit
from lnmonitor.services.patients import list_patients, patient_data
from lnmonitor.services.studies import open_study, study_card
from lnmonitor.services.worklist import worklist
from lnmonitor.study.forms import Visit, VitalSigns

NOW = FixedClock(datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=8))))


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "demo"
    return build_demo(folder, patients=5, seed=3, clock=NOW)


@pytest.fixture
def session(demo):
    with open_study(demo, user="nurse", password=PASSWORD, clock=NOW) as opened:
        yield opened


def test_that_it_is_marked_synthetic_with_its_accounts(demo) -> None:
    card = study_card(demo)
    assert card.synthetic
    assert set(card.accounts) == {"nurse", "investigator", "monitor", "datamanager", "admin"}


def test_that_all_patients_are_stored(session) -> None:
    subjects = [patient.subject_id for patient in list_patients(session)]
    assert [s for s in subjects if s.startswith("01-")] == [f"01-00{n}" for n in range(1, 6)]
    assert len([s for s in subjects if s.startswith("02-")]) == 10


def test_that_forms_stand_at_their_visits(session) -> None:
    for patient in list_patients(session):
        data = patient_data(session, patient.patient_id)
        visits = {record.id for record in data.of(Visit)}
        assert {record.visit_id for record in data.of(VitalSigns)} <= visits


def test_that_the_worklist_has_overdue_due_and_opening_visits(session) -> None:
    found = worklist(session)
    assert found.overdue
    assert found.due
    assert found.opening
    assert found.serious


def test_that_the_audit_trail_says_where_the_data_come_from(session) -> None:
    created = [entry for entry in audit.entries(session) if entry.source == "demo"]
    assert len(created) > 900
    assert {entry.account for entry in created} == {"datamanager"}


def test_that_a_cancelled_build_stores_no_patient(tmp_path) -> None:
    def stop(_done: int, _total: int, what: str) -> None:
        if what == "Records stored":
            raise Cancelled

    folder = tmp_path / "demo"
    with pytest.raises(Cancelled):
        build_demo(folder, patients=2, seed=3, clock=NOW, progress=stop)
    with open_study(folder, user="admin", password=PASSWORD, clock=NOW) as opened:
        assert list_patients(opened) == ()
