"""Backups are verified when made, harm nothing when they fail, and come back as they were."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from lnmonitor import cli
from lnmonitor.clock import FixedClock, SystemClock
from lnmonitor.errors import (
    InputError,
    LnMonitorError,
    PermissionDeniedError,
    RefusedError,
    StorageError,
)
from lnmonitor.progress import Cancelled
from lnmonitor.services import accounts, audit
from lnmonitor.services import backup as backups
from lnmonitor.services.backup import automatic, back_up, is_due, set_second_medium, state
from lnmonitor.services.patients import find_patient, list_patients, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.restore import drill, preview, restore
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.services.verify import verify, verify_study
from lnmonitor.storage import backup as store
from lnmonitor.storage import swap
from lnmonitor.storage.engine import connect_raw
from lnmonitor.study.forms import Visit

PASSWORD = "cells per kg 1e6"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SystemClock().now())


def add_visit(session: StudySession) -> None:
    visit = Visit(visit_code="UNS", visit_date="2026-02-14", status="DONE")
    save(session, [RecordDraft(visit, find_patient(session, "SUBJ-4711"))])


def everything(folder: Path) -> dict[str, object]:
    """All that a study holds, without what signing in adds."""
    with open_study(folder, user="nurse", password=PASSWORD, read_only=True) as session:
        data = patient_data(session, find_patient(session, "SUBJ-4711"))
        quiet = ("sign in", "sign out", "backup", "restore")
        trail = [one for one in audit.entries(session, limit=None) if one.action not in quiet]
        return {"data": data, "trail": trail}


def files(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_that_a_backup_comes_back_with_every_value_and_entry(folder: Path, tmp_path: Path) -> None:
    before = everything(folder)
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        report = back_up(session, tmp_path / "stick" / "one")
        (entry,) = audit.entries(session, action="backup")
        told = json.loads(entry.new)
        assert (told["kind"], told["head"], told["verified"]) == ("manual", report.head, True)
        add_visit(session)
    restored = restore(report.path, tmp_path / "back")
    assert restored.entries == report.entries
    assert everything(tmp_path / "back") == before
    assert everything(folder) != before
    assert not list((tmp_path / "back").rglob("*.part"))
    with open_study(tmp_path / "back", user="nurse", password=PASSWORD) as session:
        assert session.restored["made_at"] == report.made_at
        (entry,) = audit.entries(session, action="restore")
        assert json.loads(entry.new) == session.restored
        assert verify(session).intact
    with open_study(tmp_path / "back", user="nurse", password=PASSWORD) as session:
        assert session.restored == {}
        assert len(audit.entries(session, action="restore")) == 1
    assert {one.name for one in (tmp_path / "back").iterdir()} == {
        "study.db",
        "keyring.json",
        "lock",
    }


def test_that_saves_go_on_while_a_backup_is_made(folder: Path, tmp_path: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        sequence, _ = audit.head(session)
        saved = threading.Event()

        def on_progress(_done: int, _total: int, what: str) -> None:
            if what == "Copying" and not saved.is_set():
                add_visit(session)
                saved.set()

        report = back_up(session, tmp_path / "one", progress=on_progress)
        assert saved.is_set()
        assert report.entries == sequence
        assert len(list_patients(session)) == 1
        assert verify(session).intact
    restore(report.path, tmp_path / "back")
    assert verify_study(tmp_path / "back", "nurse", PASSWORD).intact


def test_that_a_stopped_backup_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise Cancelled

    with open_study(folder, user="nurse", password=PASSWORD) as session:
        with pytest.raises(Cancelled):
            back_up(session, tmp_path / "stick" / "one", progress=stop)
        assert list((tmp_path / "stick").iterdir()) == []
        assert back_up(session, tmp_path / "stick").path.parent == tmp_path / "stick"


def test_that_a_copy_that_differs_is_no_backup(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.copy_database

    def bad_medium(*arguments: object) -> object:
        copied = real(*arguments)  # type: ignore[arg-type]
        path = Path(str(arguments[2]))
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        return copied

    monkeypatch.setattr(store, "copy_database", bad_medium)
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        with pytest.raises(StorageError):
            back_up(session, tmp_path / "stick" / "one")
        assert list((tmp_path / "stick").iterdir()) == []
        assert audit.entries(session, limit=1)[0].action == "backup failed"
        assert verify(session).intact


def test_that_a_copy_with_other_rows_is_no_backup(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sound in itself, and yet not what the study was at that instant."""
    real = store.copy_database

    def lossy(*arguments: object) -> object:
        copied = real(*arguments)  # type: ignore[arg-type]
        driver = connect_raw(Path(str(arguments[2])), bytes(arguments[3]), plain=True)  # type: ignore[call-overload]
        driver.execute("DELETE FROM used_password")
        driver.close()
        return copied

    monkeypatch.setattr(store, "copy_database", lossy)
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        with session.store.read() as connection:
            assert store.contents(connection).counts["used_password"] > 0
        with pytest.raises(StorageError, match="other rows than the study"):
            back_up(session, tmp_path / "stick" / "one")
    assert list((tmp_path / "stick").iterdir()) == []


def test_that_a_place_that_cannot_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        with pytest.raises(StorageError, match=r"No backup was made at .*study itself is unharmed"):
            back_up(session, tmp_path / "file" / "one")
        with pytest.raises(InputError, match="inside the study"):
            back_up(session, folder / "here")
        back_up(session, tmp_path / "one")
        with pytest.raises(StorageError, match="already something"):
            store.make(folder, session.store.data_key, tmp_path / "one", kind="m", made_at="")


@pytest.mark.parametrize("name", ["study.db", "keyring.json", "backup.json"])
def test_that_a_damaged_backup_is_refused_and_changes_nothing(
    folder: Path, tmp_path: Path, name: str
) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "one").path
    content = bytearray((place / name).read_bytes())
    content[len(content) // 2] ^= 1
    (place / name).write_bytes(content[: None if name != "backup.json" else 40])
    before = files(folder)
    for to in (folder, tmp_path / "back"):
        with pytest.raises(StorageError, match=r"damaged|no backup"):
            restore(place, to, user="admin", password=PASSWORD)
    assert files(folder) == before
    assert not (tmp_path / "back").exists()


def test_that_restoring_over_a_study_saves_it_first(folder: Path, tmp_path: Path) -> None:
    early = everything(folder)
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "one").path
        add_visit(session)
    late = everything(folder)
    for user, password in (("", ""), ("nurse", PASSWORD), ("admin", "wrong one")):
        with pytest.raises(RefusedError):
            restore(place, folder, user=user, password=password)
        assert everything(folder) == late
    report = restore(place, folder, user="admin", password=PASSWORD)
    assert everything(folder) == early
    assert report.lost_entries is not None
    assert report.lost_entries > 0
    assert report.saved is not None
    with open_study(folder, user="admin", password=PASSWORD) as session:
        assert session.restored["lost_entries"] == str(report.lost_entries)
        assert verify(session).intact
    restore(report.saved, folder, user="admin", password=PASSWORD)
    assert everything(folder) == late


def test_that_a_preview_tells_who_would_lose_what_and_changes_nothing(
    folder: Path, tmp_path: Path
) -> None:
    with open_study(folder, user="admin", password=PASSWORD) as session:
        made = back_up(session, tmp_path / "one")
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        add_visit(session)
        with pytest.raises(PermissionDeniedError):
            preview(session, made.path)
    with open_study(folder, user="admin", password=PASSWORD) as session:
        before = audit.head(session)
        found = preview(session, made.path)
        assert audit.head(session) == before
        assert (found.belongs, found.present_key) == (True, True)
        assert {one.account: one.data for one in found.lost} == {"nurse": 1, "admin": 0}
        assert found.entries == before[0] - made.entries
        accounts.remove_access(session, "nurse", "Left")
        assert not preview(session, made.path).present_key
        damaged = made.path / "study.db"
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
        with pytest.raises(StorageError, match="damaged"):
            preview(session, made.path)


def test_that_a_damaged_study_is_replaced_and_still_kept(folder: Path, tmp_path: Path) -> None:
    early = everything(folder)
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "one").path
    (folder / "study.db").write_bytes(b"not a database at all" * 500)
    report = restore(place, folder, user="admin", password=PASSWORD)
    assert everything(folder) == early
    assert report.lost_entries is None
    assert report.saved is not None
    assert (report.saved / "study.db").read_bytes().startswith(b"not a database")


@pytest.mark.parametrize("step", ["exchange", "settle"])
def test_that_a_restore_interrupted_is_the_old_study_or_the_new(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    early = everything(folder)
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "one").path
        add_visit(session)
    late = everything(folder)

    class PowerCut(BaseException):
        pass

    def cut(_folder: Path, *_: object) -> None:
        if (folder / swap.NEW_DATABASE).exists() or (folder / swap.WAITING).exists():
            raise PowerCut

    monkeypatch.setattr(swap, step, cut)
    with pytest.raises(PowerCut):
        restore(place, folder, user="admin", password=PASSWORD)
    monkeypatch.undo()
    assert everything(folder) == (late if step == "exchange" else early)


def test_that_another_study_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "one").path
    cli.main(["demo", str(tmp_path / "demo"), "--patients", "1", "--no-window"])
    with pytest.raises(RefusedError, match="another study"):
        restore(place, tmp_path / "demo", user="admin", password="lupus-demo")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        restore(place, tmp_path / "full")


def test_that_a_drill_tells_whether_a_backup_can_be_relied_on(folder: Path, tmp_path: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "one").path
        report = drill(session, place)
        assert report.sound
        assert report.later == 1, "the entry about the backup itself"
        assert report.backup["form_vs"] == report.live["form_vs"] == 1
        assert report.lines_in("en")[-1] == "The backup can be restored."
        assert report.lines_in("zh")[-1] == "该备份可以恢复。"
        (entry,) = audit.entries(session, action="restore drill")
        assert json.loads(entry.new)["sound"] is True
        assert not [one.name for one in folder.iterdir() if one.name.startswith("drill")]
        with session.store.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER audit_no_update")
            connection.exec_driver_sql(
                "UPDATE audit SET hash = 'x' WHERE sequence = ?", (report.entries,)
            )
        assert not drill(session, place).sound


def test_that_a_drill_without_a_later_entry_compares_every_row(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        place = store.own_place(folder, "manual", "2026")
        key = session.store.data_key
        store.make(folder, key, place, kind="manual", made_at="2026")
        with session.store.write() as connection:
            connection.exec_driver_sql("UPDATE form_vs SET weight_kg = 62.0")
        report = drill(session, place)
        assert report.differing == ("form_vs",)
        assert not report.sound


def test_that_automatic_backups_come_when_something_changed_and_old_ones_go(
    folder: Path, clock: FixedClock
) -> None:
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        assert is_due(session)
        assert automatic(session) is not None
        assert automatic(session) is None, "nothing changed"
        for _ in range(12):
            clock.instant += timedelta(hours=2)
            add_visit(session)
            assert not is_due(session), "the latest is of today"
            assert automatic(session) is not None
        clock.instant += timedelta(hours=25)
        assert not is_due(session), "nothing changed since"
        add_visit(session)
        assert is_due(session)
        kept = backups.list_backups(session)
        days = {one.made_at[:10] for one in kept}
        assert backups.KEPT_LATEST <= len(kept) <= backups.KEPT_LATEST + len(days)
        assert kept[0].made_at == state(session).latest


def test_that_the_age_of_the_second_medium_is_told(
    folder: Path, tmp_path: Path, clock: FixedClock
) -> None:
    stick = tmp_path / "stick"
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        assert state(session).remind
        with pytest.raises(LnMonitorError, match="role"):
            set_second_medium(session, stick)
        with pytest.raises(InputError, match="No second medium"):
            backups.to_second_medium(session)
    with open_study(folder, user="admin", password=PASSWORD, clock=clock) as session:
        with pytest.raises(InputError, match="no folder"):
            set_second_medium(session, stick)
        stick.mkdir()
        set_second_medium(session, stick, limit_days=3)
        report = backups.to_second_medium(session)
        assert report.path.parent == stick
        assert (state(session).second_days, state(session).remind) == (0, False)
        clock.instant += timedelta(days=2, hours=23)
        assert (state(session).second_days, state(session).remind) == (2, False)
        clock.instant += timedelta(hours=1)
        assert (state(session).second_days, state(session).remind) == (3, True)
        assert report.path in [one.path for one in backups.list_backups(session)]
        shutil.rmtree(stick)
        assert not state(session).medium_found
        with pytest.raises(StorageError, match="medium is not there"):
            backups.to_second_medium(session)


def test_that_a_backup_from_before_a_removal_opens_with_its_own_passwords_only(
    folder: Path, tmp_path: Path
) -> None:
    with open_study(folder, user="admin", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "one").path
        accounts.remove_access(session, "nurse", "Left")
        with pytest.raises(StorageError):
            drill(session, place)
    restore(place, tmp_path / "back")
    open_study(tmp_path / "back", user="nurse", password=PASSWORD).close()


def test_that_the_command_line_backs_up_and_restores(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LNMONITOR_PASSWORD", PASSWORD)
    before = everything(folder)
    at = ["--study", str(folder), "--user", "admin"]
    assert cli.main(["backup", *at, "--to", str(tmp_path / "b")]) == 0
    assert cli.main(["backup", *at, "--to", str(tmp_path / "b")]) == 0, "into that folder"
    assert "Backup made and verified" in capsys.readouterr().out
    assert cli.main(["restore", str(tmp_path / "b"), "--to", str(tmp_path / "r")]) == 0
    assert everything(tmp_path / "r") == before
    assert cli.main(["verify", str(tmp_path / "r"), "--user", "admin"]) == 0
    capsys.readouterr()
    assert cli.main(["restore", str(tmp_path / "b"), "--to", str(folder)]) == 3
    assert "Sign in as administrator" in capsys.readouterr().err
    over = ["restore", str(tmp_path / "b"), "--to", str(folder), "--user", "admin"]
    assert cli.main(over) == 0
    assert "is kept in" in capsys.readouterr().out
    assert cli.main(["restore", str(tmp_path / "nothing"), "--to", str(tmp_path / "x")]) == 3
    assert "no backup" in capsys.readouterr().err
