"""A study with one person of each role, on a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.services.accounts import add_account
from lnmonitor.services.patients import add_patient
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import Demographics

PASSWORD = "cells per kg 1e6"
PEOPLE = {
    "nurse": ("coordinator", "Li Wen"),
    "doctor": ("investigator", "Zhao Min"),
    "monitor": ("monitor", "Ana Ruiz"),
    "manager": ("datamanager", "Tom Berg"),
}
Open = Callable[..., StudySession]


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 5, 12, 9, 41, 52, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def folder(tmp_path: Path, clock: FixedClock) -> Path:
    """A study folder with accounts admin and `PEOPLE`, all with `PASSWORD`."""
    path = tmp_path / "study"
    create_study(
        path,
        protocol="ln-msc-01",
        site="01",
        admin="admin",
        password=PASSWORD,
        admin_name="Chen Yu",
        clock=clock,
    )
    with open_study(path, user="admin", password=PASSWORD, clock=clock) as session:
        for name, (role, full_name) in PEOPLE.items():
            add_account(session, name, role=role, password=PASSWORD, full_name=full_name)
    return path


@pytest.fixture
def open_as(folder: Path, clock: FixedClock) -> Iterator[Open]:
    """Open the study as a person; closes what was open before, and at the end."""
    opened: list[StudySession] = []

    def open_it(user: str) -> StudySession:
        for session in opened:
            session.close()
        opened.append(open_study(folder, user=user, password=PASSWORD, clock=clock))
        return opened[-1]

    yield open_it
    for session in opened:
        session.close()


@pytest.fixture
def nurse(open_as: Open) -> StudySession:
    return open_as("nurse")


@pytest.fixture
def patient_id(nurse: StudySession) -> str:
    """A woman of 34 years who consented on 2026-01-10."""
    demographics = Demographics(sex="F", birth_date="1991-08", consent_date="2026-01-10")
    return add_patient(nurse, "01-001", demographics).records[0].patient_id
