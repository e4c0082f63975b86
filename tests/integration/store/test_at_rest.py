"""No study value lies on disk in clear: study open, closed, or in the middle of a save."""

from __future__ import annotations

import struct
from pathlib import Path

from lnmonitor.services.patients import find_patient
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.study.forms import Infusion, Visit

PASSWORD = "cells per kg 1e6"
SECRETS = [
    b"SUBJ-4711",
    b"Wang Xiaofang",
    "Wang Xiaofang".encode("utf-16-le"),
    b"+86-25-5555-0147",
    b"1991-08-17",
    b"2026-01-12",
    b"Zosterkrankheit",
    b"61.375",
    struct.pack(">d", 61.375),
    b"birth_date",
    b"form_vs",
    b"CREATE TABLE",
    PASSWORD.encode(),
]


def found_in(folder: Path) -> list[tuple[str, bytes]]:
    return [
        (str(file.relative_to(folder)), secret)
        for file in folder.rglob("*")
        if file.is_file()
        for secret in SECRETS
        if secret in file.read_bytes()
    ]


def test_that_a_closed_study_shows_nothing(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {"keyring.json", "lock", "study.db"}
    assert found_in(folder) == []
    assert not (folder / "study.db").read_bytes().startswith(b"SQLite format 3")


def test_that_an_open_study_shows_nothing_in_its_log(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        _save_again(session)
        assert (folder / "study.db-wal").stat().st_size > 0
        assert found_in(folder) == []
        with session.work() as work:
            # Enough to spill from memory into the file before the commit.
            for number in range(3000):
                work.note("export", item=f"SUBJ-4711 {number}", new='"Zosterkrankheit"')
            work.trail.flush()
            assert found_in(folder) == []
    assert found_in(folder) == []


def test_that_the_data_key_is_not_in_the_keyring(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        key = session.store.data_key
    for file in folder.iterdir():
        content = file.read_bytes()
        assert key not in content
        assert key.hex().encode() not in content.lower()


def _save_again(session: StudySession) -> None:
    patient_id = find_patient(session, "SUBJ-4711")
    visit = Visit(
        visit_code="UNS", visit_date="2026-02-14", status="DONE", reason="Zosterkrankheit"
    )
    infusion = Infusion(
        number=1,
        weight_kg=61.375,
        viable_cells=61.375,
        started_at="2026-01-20T10:00",
        stopped_at="2026-01-20T10:40",
    )
    save(session, [RecordDraft(visit, patient_id), RecordDraft(infusion, patient_id)])
