"""No study value, password or key is on the disk in clear: study, backups, logs, after a kill."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.soak.conftest import PASSWORD, Tell

from lnmonitor import cli, paths
from lnmonitor.desktop import preferences, problems
from lnmonitor.errors import RefusedError
from lnmonitor.services import accounts
from lnmonitor.services.accounts import add_account
from lnmonitor.services.backup import back_up
from lnmonitor.services.journal import Place, keep_draft
from lnmonitor.services.patients import find_patient
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.restore import drill, restore
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import AdverseEvent

SCHEMA_1 = Path(__file__).parents[1] / "integration/store/fixtures/schema-1"
SECRETS = [
    "SUBJ-4711",
    "Wang Xiaofang",
    "+86-25-5555-0147",
    "1991-08-17",
    "Zosterkrankheit",
    "half a sentence typed",
    "birth_date",
    "form_vs",
    "CREATE TABLE",
    PASSWORD,
    "another good one",
]
NEEDLES = [text.encode(code) for text in SECRETS for code in ("utf-8", "utf-16-le", "utf-16-be")]


def found_under(*places: Path) -> tuple[int, list[str]]:
    """Return how many files were read, and what was found in clear."""
    files = [one for place in places for one in place.rglob("*") if one.is_file()]
    hits = []
    for file in files:
        content = file.read_bytes()
        hits += [f"{file.name}: {needle!r}" for needle in NEEDLES if needle in content]
    return len(files), hits


def test_that_nothing_is_in_clear_anywhere(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    monkeypatch.setattr("lnmonitor.paths.log_dir", lambda: logs)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with open_study(folder, user="admin", password=PASSWORD) as session:
        place = back_up(session, tmp_path / "stick" / "one").path
        drill(session, place)
        accounts.set_password(session, "nurse", "another good one", "Forgotten")
        accounts.renew_key(session, "Yearly")
    restore(place, tmp_path / "back")
    pid = os.fork() if hasattr(os, "fork") else 0
    if pid == 0:
        _type_and_die(folder)
    os.waitpid(pid, 0)
    monkeypatch.setenv("LNMONITOR_PASSWORD", PASSWORD)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(", ".join(SECRETS))  # as a library's message might quote a value

    monkeypatch.setattr("lnmonitor.services.verify.verify", broken)
    assert cli.main(["verify", str(folder), "--user", "admin"]) == 1
    assert (logs / "errors.log").stat().st_size > 0
    count, hits = found_under(tmp_path)
    tell(f"secrets: {len(NEEDLES)} texts looked for in {count} files: found {len(hits)}")
    assert (folder / "study.db-wal").exists() or count > 8
    assert hits == []
    assert found_under(_clear(tmp_path))[1], "the search finds what is there"


def _type_and_die(folder: Path) -> None:
    """Save, keep a draft, and be killed with a transaction under way that spilled to the disk."""
    try:
        session = open_study(folder, user="admin", password=PASSWORD)
        with session.store.read() as connection:
            connection.exec_driver_sql("PRAGMA cache_size=10")
        with session.work() as work:
            for number in range(2000):
                work.note("export", item=f"SUBJ-4711 {number}", new='"Zosterkrankheit"')
            work.trail.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    finally:
        os._exit(1)


def _clear(tmp_path: Path) -> Path:
    place = tmp_path / "clear"
    place.mkdir()
    (place / "file").write_bytes("Wang Xiaofang".encode("utf-16-le") + struct.pack(">d", 61.375))
    return place


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are those of Unix")
def test_that_every_file_is_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    """Study, log and shared memory, backups, what a restore and a new key leave, reports, settings:
    whatever the system would give others by default.
    """
    own = {f"user_{kind}_path": tmp_path / "own" / kind for kind in ("data", "config", "log")}
    monkeypatch.setattr(paths, "_DIRS", SimpleNamespace(**own))
    monkeypatch.setenv("LNMONITOR_PASSWORD", PASSWORD)
    study, old, checked = tmp_path / "study", tmp_path / "old", 0
    before = os.umask(0)
    try:
        create_study(study, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD)
        with open_study(study, user="admin", password=PASSWORD) as session:
            add_account(session, "nurse", role="coordinator", password=PASSWORD)
            kept = back_up(session, tmp_path / "stick" / "one").path
            back_up(session)
            drill(session, kept)
            checked += _for_owner_only(tmp_path)
            accounts.renew_key(session, "Yearly")
            checked += _for_owner_only(tmp_path)
        restore(kept, tmp_path / "back")
        restore(kept, study, user="admin", password=PASSWORD)
        shutil.copytree(SCHEMA_1, old, copy_function=shutil.copyfile)
        for one in (old, *old.iterdir()):
            one.chmod(0o700 if one is old else 0o600)
        open_study(old, user="nurse", password=PASSWORD).close()
        with pytest.raises(RefusedError):
            open_study(study, user="admin", password="wrong")
        monkeypatch.setattr("lnmonitor.services.verify.verify", None)
        assert cli.main(["verify", str(study), "--user", "admin"]) == 1
        problems.report(RuntimeError("a bug"))
        preferences.Preferences().save()
        checked += _for_owner_only(tmp_path)
    finally:
        os.umask(before)
    names = {one.name for one in tmp_path.rglob("*")}
    assert {"errors.log", "preferences.json", "backups", "restored.json", "keyring.json"} <= names
    assert any(name.startswith("report-") for name in names)
    tell(f"files for their owner only: {checked} files and folders looked at")


def _for_owner_only(place: Path) -> int:
    """Look at every file and folder; return how many there were."""
    made = [one for one in place.rglob("*") if one.name not in {"stick", "own"}]
    open_ones = [str(one) for one in made if stat.S_IMODE(one.stat().st_mode) & 0o077]
    assert open_ones == []
    return len(made)


def test_that_drafts_and_records_are_not_in_clear_while_open(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        key = session.store.data_key
        patient_id = find_patient(session, "SUBJ-4711")
        keep_draft(session, Place(patient_id, "", "DS"), {"comment": "half a sentence typed"})
        event = AdverseEvent(term="Zosterkrankheit", start="2026-02-03", grade=2, serious="N")
        save(session, [RecordDraft(event, patient_id)])
        assert (folder / "study.db-wal").stat().st_size > 0
        assert found_under(folder)[1] == []
        for file in folder.iterdir():
            content = file.read_bytes()
            assert key not in content
            assert key.hex().encode() not in content.lower()
    assert keyring.load(folder).slots
