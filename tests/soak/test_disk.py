"""Disks that are full, read-only or lose power: the study is what it was, or what it became."""

from __future__ import annotations

import itertools
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.soak.conftest import PASSWORD, Tell, how_many

from lnmonitor.errors import LnMonitorError, StorageError
from lnmonitor.services import audit
from lnmonitor.services.journal import Place, drafts, keep_draft
from lnmonitor.services.patients import find_patient, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.services.verify import verify
from lnmonitor.storage import backup as store
from lnmonitor.study.forms import Disposition, Visit, VitalSigns

if sys.platform != "win32":
    import resource

_PAGE = 4096


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let every write behind a size fail in this process, as on a disk that has no more room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def write_visit(session: StudySession, length: int = 20_000) -> str:
    """Save a visit with vital signs and a long text: some pages of the log."""
    patient_id = find_patient(session, "SUBJ-4711")
    visit_id = session.new_id()
    comment = "x" * length
    visit = Visit(visit_code="UNS", visit_date="2026-02-14", status="DONE", reason=comment)
    signs = VitalSigns(weight_kg=61.375)
    save(
        session,
        [
            RecordDraft(visit, patient_id, record_id=visit_id),
            RecordDraft(signs, patient_id, visit_id),
        ],
    )
    return visit_id


def state(session: StudySession) -> tuple[object, ...]:
    """Return all that a failed action must not change."""
    session.cache.clear()
    patient_id = find_patient(session, "SUBJ-4711")
    kept = [(one.place, one.values) for one in drafts(session)]
    return audit.head(session), patient_data(session, patient_id), kept


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files")
def test_that_a_write_that_fails_anywhere_changes_nothing(folder: Path, tell: Tell) -> None:
    """The log may grow by one more page each time, until the save succeeds."""
    step = how_many(short=4, long=1) * (_PAGE // 2)
    refused = tried = 0
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = Place(find_patient(session, "SUBJ-4711"), "", "DS")
        keep_draft(session, place, {"comment": "typed"})
        log = folder / "study.db-wal"
        # Both the log and the file: a checkpoint may be what fails.
        actions: list[Callable[[], object]] = [
            lambda: write_visit(session),
            lambda: keep_draft(session, place, {"comment": "y" * 9000}),
        ]
        for action in actions:
            room = log.stat().st_size
            while True:
                before = state(session)
                try:
                    with files_no_longer_than(room):
                        action()
                    break
                except StorageError as error:
                    refused += "nothing was saved" in error.text
                    tried += 1
                assert state(session) == before
                room += step
            assert state(session) != before
        assert verify(session).intact
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        assert verify(session).intact
    tell(f"disk full at every write: {refused} refusals, each changed nothing; then saved")
    assert refused == tried > 3


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files")
def test_that_a_medium_full_at_any_page_leaves_no_backup_and_harms_nothing(
    folder: Path, tmp_path: Path, tell: Tell
) -> None:
    size = (folder / "study.db").stat().st_size
    steps = how_many(short=8, long=100)
    refused = 0
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        data = patient_data(session, find_patient(session, "SUBJ-4711"))
        for number in range(steps):
            with files_no_longer_than(size * number // steps):
                try:
                    store.make(
                        folder,
                        session.store.data_key,
                        tmp_path / "stick" / "one",
                        kind="manual",
                        made_at="2026",
                    )
                except StorageError as error:
                    refused += "The study itself is unharmed" in error.text
            assert not list((tmp_path / "stick").glob("*"))
        session.cache.clear()
        assert patient_data(session, data.patient_id) == data
        assert verify(session).intact
    tell(f"backup to a full medium: {refused} of {steps} refused, none left, study unharmed")
    assert refused == steps


@pytest.mark.parametrize("pragma", ["query_only=ON", "max_page_count=1"])
def test_that_a_medium_that_takes_nothing_changes_nothing(folder: Path, pragma: str) -> None:
    """SQLite's own codes for a read-only and for a full disk, whatever the platform."""
    session = open_study(folder, user="nurse", password=PASSWORD)
    before = state(session)
    with session.store.read() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    place = Place(find_patient(session, "SUBJ-4711"), "", "DS")
    long = Disposition(status="OTHER", occurred_on="2026-03-01", comment="x" * 99_000)
    actions: list[Callable[[], object]] = [
        lambda: write_visit(session, 99_000),
        lambda: keep_draft(session, place, {"comment": "x" * 99_000}),
        lambda: save(session, [RecordDraft(long, place.patient_id)]),
    ]
    for action in actions:
        with pytest.raises(StorageError, match="nothing was saved"):
            action()
        assert state(session) == before
    with session.store.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    for action in actions[1:]:
        action()
    assert verify(session).intact
    session.close()


def test_that_power_lost_at_any_byte_of_the_log_loses_nothing_synced(
    folder: Path, tmp_path: Path, tell: Tell
) -> None:
    """What was on the disk when a save was acknowledged stays; what came behind it may be gone,
    be older, or be anything.
    """
    trials = how_many(short=60, long=1500)
    chance = random.Random(12)
    acknowledged: list[tuple[int, str]] = []
    crashed = tmp_path / "crashed"
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        log = folder / "study.db-wal"
        for _ in range(8):
            visit_id = write_visit(session, 3000)
            acknowledged.append((log.stat().st_size, visit_id))
        crashed.mkdir()
        for name in ("study.db", "study.db-wal", "keyring.json"):
            shutil.copy(folder / name, crashed / name)
    whole = (crashed / "study.db-wal").read_bytes()
    opened = refused = lost = 0
    for number in range(trials):
        trial = tmp_path / "trial"
        shutil.copytree(crashed, trial)
        end = chance.randrange(len(whole) + 1)
        (trial / "study.db-wal").write_bytes(_cut(whole, end, chance))
        try:
            with open_study(trial, user="nurse", password=PASSWORD) as session:
                data = patient_data(session, find_patient(session, "SUBJ-4711"))
                visits = {one.id for one in data.of(Visit)}
                lost += sum(size <= end and one not in visits for size, one in acknowledged)
                assert all(len(data.at_visit(one, VitalSigns)) == 1 for one in visits)
                assert number % 10 or verify(session).intact
                opened += 1
        except StorageError:
            refused += 1
        shutil.rmtree(trial)
    tell(
        f"power loss: {trials} logs cut or spoilt behind what was synced: {opened} opened, "
        f"{refused} refused, synced saves lost {lost}"
    )
    assert (lost, refused) == (0, 0)


def _cut(whole: bytes, end: int, chance: random.Random) -> bytes:
    """Keep what is before `end`; behind it nothing, zeros, noise, or some pages only."""
    behind = len(whole) - end
    kind = chance.randrange(4)
    if kind == 0:
        return whole[:end]
    if kind == 1:
        return whole[:end] + bytes(behind)
    if kind == 2:
        return whole[:end] + chance.randbytes(behind)
    pages = [whole[at : at + _PAGE] for at in range(end, len(whole), _PAGE)]
    return whole[:end] + b"".join(
        page if chance.random() < 0.5 else bytes(len(page)) for page in pages
    )


def test_that_a_copy_taken_in_the_middle_of_writes_is_whole_or_refused(
    folder: Path, tmp_path: Path, tell: Tell
) -> None:
    """As a snapshot or a careless backup program takes it: file and log one after the other."""
    trials = how_many(short=12, long=200)
    chance = random.Random(14)
    whole = refused = visits = 0
    stop = threading.Event()
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = Place(find_patient(session, "SUBJ-4711"), "", "DS")

        def write() -> None:
            """Save a visit, then type for half a second: the log is folded in again and again."""
            for number in itertools.count():
                if stop.is_set():
                    return
                if number % 50 == 0:
                    write_visit(session, 3000)
                keep_draft(session, place, {"comment": f"{number}" * 4000})
                stop.wait(0.01)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(trials):
                copy = tmp_path / "copy"
                copy.mkdir()
                time.sleep(chance.uniform(0, 0.05))
                for name in chance.sample(("study.db", "study.db-wal", "keyring.json"), 3):
                    shutil.copy(folder / name, copy / name)
                found = _whole(copy)
                whole, refused = whole + (found is not None), refused + (found is None)
                visits = max(visits, found or 0)
                shutil.rmtree(copy)
        finally:
            stop.set()
            writer.join()
        assert verify(session).intact
    tell(
        f"copies in the middle of writes: {trials}: {whole} whole with up to {visits} visits, "
        f"{refused} refused or found, 0 taken for whole that were not"
    )
    assert whole > 0


def _whole(copy: Path) -> int | None:
    """Return the number of visits of a copy that verifies, each with its forms; else None."""
    try:
        with open_study(copy, user="nurse", password=PASSWORD) as session:
            if not verify(session).intact:
                return None
            data = patient_data(session, find_patient(session, "SUBJ-4711"))
            visits = [one.id for one in data.of(Visit)]
            assert all(len(data.at_visit(one, VitalSigns)) == 1 for one in visits)
            return len(visits)
    except LnMonitorError:
        return None


def test_that_a_file_cut_or_mixed_is_refused_or_found(
    folder: Path, tmp_path: Path, tell: Tell
) -> None:
    """A disk that lies about syncing: pages of the file itself are older, zero or gone."""
    trials = how_many(short=40, long=400)
    chance = random.Random(13)
    older = (folder / "study.db").read_bytes()
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        for _ in range(5):
            write_visit(session, 3000)
    newer = (folder / "study.db").read_bytes()
    expected = _values(folder)
    changed = [at for at in range(0, len(older), _PAGE) if older[at:][:_PAGE] != newer[at:][:_PAGE]]
    noticed = equal = 0
    for number in range(trials):
        content = bytearray(newer)
        kind = number % 3
        if kind == 0:
            del content[chance.randrange(len(content)) :]
        else:
            at = chance.choice(changed)
            content[at : at + _PAGE] = older[at : at + _PAGE] if kind == 1 else bytes(_PAGE)
        (folder / "study.db").write_bytes(content)
        if not _sound(folder):
            noticed += 1
        else:  # a page of before with nothing on it but a counter
            equal += _values(folder) == expected
    tell(
        f"lying disk: {trials} files cut or with pages of before: {noticed} noticed, "
        f"{equal} without a difference in any value or entry"
    )
    assert noticed + equal == trials
    assert equal < trials / 10


def _values(folder: Path) -> tuple[object, ...]:
    with open_study(folder, user="nurse", password=PASSWORD, read_only=True) as session:
        return state(session)


def _sound(folder: Path) -> bool:
    try:
        with open_study(folder, user="nurse", password=PASSWORD, read_only=True) as session:
            return verify(session).intact
    except LnMonitorError:
        return False


def test_that_no_file_is_left_over(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        write_visit(session)
    assert {one.name for one in folder.iterdir()} == {"study.db", "keyring.json", "lock"}
