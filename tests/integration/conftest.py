"""Studies for tests that go through several rooms of the house, and a small SDTM trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.services.accounts import add_account
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring

PASSWORD = "cells per kg 1e6"

DM = "STUDYID,USUBJID,SITEID,AGE,SEX,RFSTDTC\nT,T-1,01,30,F,2024-01-10\nT,T-2,01,40,M,\n"
SV = "USUBJID,VISITNUM,VISIT,SVSTDTC\nT-1,1,BASE,2024-01-10\nT-1,2,WEEK 4,2024-02-07\n"
LB = (
    "USUBJID,LBTESTCD,LBORRES,LBORRESU,LBORNRLO,LBORNRHI,VISITNUM,VISIT,LBDTC\n"
    "T-1,CREAT,1.0,mg/dL,0.5,1.1,1.0,BASE,2024-01-10T08:30\n"
    "T-1,CREAT,<0.2,mg/dL,0.5,1.1,2.0,WEEK 4,2024-02-07\n"
    "T-1,GOLD,1,mg/dL,,,1.0,BASE,2024-01-10\n"
    "T-1,CREAT,1.0,stone,,,1.0,BASE,2024-01-10\n"
    "T-9,CREAT,1.0,mg/dL,,,1.0,BASE,2024-01-10\n"
    "T-1,ALB,3.8,g/dL,3.3,4.9,3.0,UNSCHEDULED,2024-03-01\n"
)
VS = (
    "USUBJID,VSTESTCD,VSSTRESN,VSSTRESU,VSSTAT,VISITNUM,VSDTC,VSTPT,VSPOS\n"
    "T-1,SYSBP,120,mmHg,,1,2024-01-10,1,SUPINE\n"
    "T-1,DIABP,80,mmHg,,1,2024-01-10,1,SUPINE\n"
    "T-1,SYSBP,130,mmHg,,1,2024-01-10,2,STANDING\n"
    "T-1,PULSE,,,NOT DONE,1,2024-01-10,2,STANDING\n"
    "T-1,SYSBP,140,mmHg,,1,2024-01-10,2,STANDING\n"
    "T-1,TEMP,98.6,F,,1,2024-01-10,1,SUPINE\n"
)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))


@pytest.fixture
def sdtm_trial(tmp_path: Path) -> Path:
    """A folder with four SDTM domains: two subjects, with rows that cannot be stored."""
    source = tmp_path / "sdtm"
    source.mkdir()
    for domain, content in {"dm": DM, "sv": SV, "lb": LB, "vs": VS}.items():
        (source / f"{domain}.csv").write_text(content, encoding="utf-8")
    return source


@pytest.fixture
def open_as(tmp_path: Path) -> Iterator[Callable[[str], StudySession]]:
    """Open a new study in a role; what was open before is closed."""
    clock = FixedClock(datetime(2026, 5, 12, 9, 41, 52, tzinfo=ZoneInfo("Asia/Shanghai")))
    folder = tmp_path / "study"
    create_study(
        folder, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD, clock=clock
    )
    with open_study(folder, user="admin", password=PASSWORD, clock=clock) as session:
        for role in ("coordinator", "investigator", "monitor", "datamanager"):
            add_account(session, role, role=role, password=PASSWORD, full_name=role)
    opened: list[StudySession] = []

    def open_it(role: str) -> StudySession:
        for session in opened:
            session.close()
        opened.append(open_study(folder, user=role, password=PASSWORD, clock=clock))
        return opened[-1]

    yield open_it
    for session in opened:
        session.close()


@pytest.fixture
def manager(open_as: Callable[[str], StudySession]) -> StudySession:
    return open_as("datamanager")
