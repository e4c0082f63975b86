"""Open elsewhere, full or damaged disks, and processes killed in the middle of a save."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lnmonitor.errors import LnMonitorError, StorageError
from lnmonitor.services import audit
from lnmonitor.services.patients import find_patient, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study, study_card
from lnmonitor.services.verify import verify, verify_study
from lnmonitor.storage import engine
from lnmonitor.study.forms import Disposition, Visit, VitalSigns

PASSWORD = "cells per kg 1e6"
HOLD = """
import sys
from pathlib import Path
from lnmonitor.services.studies import open_study
session = open_study(Path(sys.argv[1]), user="nurse", password=sys.argv[2])
print("open", flush=True)
sys.stdin.readline()
session.close()
print("closed", flush=True)
"""
SAVE = """
import sys
from pathlib import Path
from lnmonitor.services.patients import find_patient
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.studies import open_study
from lnmonitor.study.forms import Visit, VitalSigns
session = open_study(Path(sys.argv[1]), user="nurse", password=sys.argv[2])
patient_id = find_patient(session, "SUBJ-4711")
print("ready", flush=True)
for number in range(100_000):
    visit_id = session.new_id()
    visit = Visit(visit_code="UNS", visit_date="2026-02-14", status="DONE")
    drafts = [RecordDraft(visit, patient_id, record_id=visit_id)]
    drafts += [RecordDraft(VitalSigns(weight_kg=50), patient_id, visit_id) for _ in range(5)]
    save(session, drafts)
    print(visit_id, flush=True)
"""


@contextmanager
def child(program: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a program in another process; it is ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder), PASSWORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[3] / "src"), "PATH": ""},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_that_a_study_open_elsewhere_names_who_has_it(folder: Path) -> None:
    with child(HOLD, folder) as process:
        assert line_of(process) == "open"
        assert study_card(folder).locked_by.startswith("nurse on ")
        with pytest.raises(StorageError, match=r"already open: nurse on .* since 20"):
            open_study(folder, user="admin", password=PASSWORD)
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert line_of(process) == "closed"
    assert study_card(folder).locked_by == ""
    open_study(folder, user="admin", password=PASSWORD).close()


def test_that_a_killed_process_leaves_no_lock_behind(folder: Path) -> None:
    with child(HOLD, folder) as process:
        assert line_of(process) == "open"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert study_card(folder).locked_by == ""
    open_study(folder, user="admin", password=PASSWORD).close()


@pytest.mark.parametrize("seed", range(4))
def test_that_a_kill_in_the_middle_of_saves_loses_nothing_acknowledged(
    folder: Path, seed: int
) -> None:
    with child(SAVE, folder) as process:
        assert line_of(process) == "ready"
        time.sleep(random.Random(seed).uniform(0.05, 0.5))
        process.send_signal(signal.SIGKILL)
        rest = process.communicate()[0]
    # A last line without its end was cut by the kill: not acknowledged.
    acknowledged = rest.split("\n")[:-1]
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        data = patient_data(session, find_patient(session, "SUBJ-4711"))
        visits = {one.id for one in data.of(Visit) if one.form.visit_code == "UNS"}
        assert visits >= set(acknowledged)
        assert len(visits) <= len(acknowledged) + 1
        for visit_id in visits:
            assert len(data.at_visit(visit_id, VitalSigns)) == 5
        assert verify(session).intact


def test_that_a_full_disk_is_told_and_changes_nothing(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        patient_id = find_patient(session, "SUBJ-4711")
        before, head = patient_data(session, patient_id), audit.head(session)
        with session.store.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        long_story = Disposition(status="OTHER", occurred_on="2026-03-01", comment="x" * 100_000)
        with pytest.raises(StorageError, match="The disk is full: nothing was saved"):
            save(session, [RecordDraft(long_story, patient_id)])
        assert audit.head(session) == head
        session.cache.clear()
        assert patient_data(session, patient_id) == before
        with session.store.read() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        save(session, [RecordDraft(long_story, patient_id)])
        assert verify(session).intact


def test_that_a_damaged_file_is_told_or_found(folder: Path, tmp_path: Path) -> None:
    """Each of 40 random single bytes altered is refused at opening or found by the verification."""
    chance = random.Random(7)
    size = (folder / "study.db").stat().st_size
    for number in range(40):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(folder, copy)
        content = bytearray((copy / "study.db").read_bytes())
        content[chance.randrange(size)] ^= 1 << chance.randrange(8)
        (copy / "study.db").write_bytes(content)
        assert not _seems_sound(copy), number


def test_that_a_truncated_or_foreign_file_is_told(folder: Path) -> None:
    file = folder / "study.db"
    whole = file.read_bytes()
    for content in (whole[:5000], b"", b"not a database at all" * 500):
        file.write_bytes(content)
        assert not _seems_sound(folder)
        with pytest.raises(StorageError, match=r"study\.db is damaged"):
            open_study(folder, user="nurse", password=PASSWORD)
    file.unlink()
    with pytest.raises(StorageError, match=r"study\.db cannot be opened"):
        open_study(folder, user="nurse", password=PASSWORD)
    assert not file.exists()


def test_that_a_value_changed_behind_the_trail_is_found(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        assert verify(session).intact
        _raw(session, "UPDATE form_vs SET weight_kg = 62.0")
        report = verify(session)
        assert not report.intact
        assert "(VS) differs from the audit trail" in report.lines[0]
        _raw(session, "UPDATE form_vs SET weight_kg = 61.375")
        _raw(session, "UPDATE form_ae SET voided = 1")
        assert "(AE) differs" in verify(session).lines[0]
        _raw(session, "UPDATE form_ae SET voided = 0")
        assert verify(session).intact
        _raw(session, "DROP TRIGGER form_ae_no_delete")
        _raw(session, "DELETE FROM form_ae")
        assert "of the audit trail is gone" in verify(session).lines[0]


def test_that_a_medium_that_cannot_be_written_is_read_or_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_writable", lambda _folder: False)
    assert verify_study(folder, "admin", PASSWORD).intact
    (folder / "study.db-wal").write_bytes(b"what a crash left")
    with pytest.raises(StorageError, match="not closed properly"):
        verify_study(folder, "admin", PASSWORD)


def test_that_verification_reads_a_closed_study(folder: Path) -> None:
    report = verify_study(folder, "admin", PASSWORD)
    assert report.intact
    assert report.records == 5
    assert report.lines[0] == "The database is sound."


def _raw(session: StudySession, statement: str) -> None:
    with session.store.write() as connection:
        connection.exec_driver_sql(statement)


def _seems_sound(folder: Path) -> bool:
    try:
        return verify_study(folder, "nurse", PASSWORD).intact
    except LnMonitorError:
        return False
