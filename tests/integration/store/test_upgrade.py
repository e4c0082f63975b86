"""Studies of every released schema open in this program with equal values, entries and results."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lnmonitor.errors import StorageError
from lnmonitor.services import accounts, audit
from lnmonitor.services.patients import course, list_patients, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.recovery import recover_account
from lnmonitor.services.session import StudySession
from lnmonitor.services.signatures import signatures
from lnmonitor.services.studies import BrokenTrailError, open_study
from lnmonitor.services.verify import verify, verify_study
from lnmonitor.storage import backup
from lnmonitor.storage.migrations.run import LATEST
from lnmonitor.study.forms import KidneyReplacement

FIXTURES = Path(__file__).parent / "fixtures"
SCHEMAS = sorted(path.name for path in FIXTURES.glob("schema-*"))
PASSWORD = "cells per kg 1e6"
DERIVED = ("assessment", "flag")
STEPS = 70
SURE = 30
"""More statements than the upgrade of a fixture runs, and fewer than any opening runs."""


@pytest.fixture(params=SCHEMAS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "old"
    shutil.copytree(FIXTURES / str(request.param), path)
    return path


def rows(session: StudySession, table: str, columns: list[str]) -> list[list[Any]]:
    chosen = ", ".join(f'"{name}"' for name in columns)
    with session.store.read() as connection:
        found = connection.exec_driver_sql(f"SELECT {chosen} FROM {table} ORDER BY 1, 2")  # noqa: S608
        return [list(row) for row in found]


def test_that_an_old_study_comes_through_with_everything(old: Path) -> None:
    kept = json.loads((old / "expected.json").read_text(encoding="utf-8"))
    expected = kept["tables"]
    with open_study(old, user="monitor", password=PASSWORD) as session:
        for table, content in expected.items():
            if table in DERIVED:
                continue  # newer rules may compute other results from the same values
            now = rows(session, table, content["columns"])
            if table == "meta":
                now = [row for row in now if row[0] in {name for name, _ in content["rows"]}]
                now = [row for row in now if row[0] != "audit_head"]
                content["rows"] = [row for row in content["rows"] if row[0] != "audit_head"]
            if table == "audit":
                now = now[: len(content["rows"])]
            assert now == content["rows"], table
        judged = [[one[0], one[2], *one[4:6]] for one in expected["flag"]["rows"]]
        assert rows(session, "flag", ["identity", "state", "by", "comment"]) == judged
        entries = audit.entries(session, limit=None)
        told = [one.action for one in entries if one.sequence > len(expected["audit"]["rows"])]
        assert told[:2] == ["migration", "backup"]
        assert "sign in failed" in told
        assert verify(session).intact
        assert len(list_patients(session)) == len(expected["patient"]["rows"])
        assert seen_signatures(session) == kept.get("signatures", [])
        with session.store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == LATEST
    assert verify_study(old, "monitor", PASSWORD).intact


def test_that_an_old_study_without_the_log_of_dialysis_knows_of_none_and_takes_one(
    old: Path,
) -> None:
    assert (
        "form_pr" not in json.loads((old / "expected.json").read_text(encoding="utf-8"))["tables"]
    )
    dialysis = KidneyReplacement(kind="PD", start="2026-03-04")
    with open_study(old, user="nurse", password=PASSWORD) as session:
        patient_id = list_patients(session)[0].patient_id
        before = course(session, patient_id)
        assert before.kidney_replaced_day is None
        save(session, [RecordDraft(dialysis, patient_id)])
    with open_study(old, user="nurse", password=PASSWORD) as session:
        assert [r.form for r in patient_data(session, patient_id).of(KidneyReplacement)] == [
            dialysis
        ]
        assert verify(session).intact


def test_that_signatures_of_an_old_study_stay_valid_and_bound_to_their_values(
    tmp_path: Path,
) -> None:
    """The schemas that have signatures: they fit, and would not fit another value."""
    signed = [name for name in SCHEMAS if "signature" in tables_of(name)]
    assert signed
    for name in signed:
        old = tmp_path / name
        shutil.copytree(FIXTURES / name, old)
        with open_study(old, user="monitor", password=PASSWORD) as session:
            valid = [one for one in signatures(session) if one.valid]
            assert valid
            assert len(valid) < len(signatures(session)), "one of them became invalid before"
            held = valid[0].records[0]
            with session.store.write() as connection:
                connection.exec_driver_sql(
                    f"UPDATE form_{held.form.lower()} SET row_version = 7 WHERE id = ?",  # noqa: S608
                    (held.record_id,),
                )
            assert not verify(session).intact


def tables_of(schema: str) -> dict[str, Any]:
    text = (FIXTURES / schema / "expected.json").read_text(encoding="utf-8")
    tables: dict[str, Any] = json.loads(text)["tables"]
    return tables


def seen_signatures(session: StudySession) -> list[list[Any]]:
    return [
        [one.id, one.name, one.meaning.value, one.at, one.hash, one.valid]
        for one in signatures(session)
    ]


def test_that_a_verified_backup_is_made_before_the_upgrade(old: Path) -> None:
    before = json.loads((old / "expected.json").read_text(encoding="utf-8"))["tables"]
    open_study(old, user="nurse", password=PASSWORD).close()
    ((path, manifest),) = backup.backups_in(old / backup.FOLDER)
    assert manifest.kind == "migration"
    assert manifest.entries == len(before["audit"]["rows"])
    assert manifest.head == before["audit"]["rows"][-1][-1]
    backup.check_files(path, manifest)


def test_that_an_upgrade_without_its_backup_does_not_happen(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("No room.")

    monkeypatch.setattr(backup, "make", full)
    before = (old / "study.db").read_bytes()
    with pytest.raises(StorageError, match="No room"):
        open_study(old, user="nurse", password=PASSWORD)
    assert (old / "study.db").read_bytes() == before


def test_that_old_slots_and_the_old_recovery_key_still_open(old: Path) -> None:
    before_key_pairs = old_schema(old) < 2
    kept = json.loads((old / "expected.json").read_text(encoding="utf-8"))
    recover_account(
        old, recovery_key=kept["recovery_key"], user="医生", password="another good one"
    )
    open_study(old, user="医生", password="another good one").close()
    for user in ("admin", "nurse"):
        open_study(old, user=user, password=PASSWORD).close()
    with open_study(old, user="admin", password=PASSWORD) as session:
        renewal = accounts.remove_access(session, "nurse", "Left")
        if before_key_pairs:
            # "monitor" has not signed in since, and the old recovery slot has no key pair.
            assert renewal.without_access == ("monitor",)
            assert renewal.recovery_lost
            accounts.set_password(session, "monitor", "another good one", "After the upgrade")
        else:
            assert renewal.without_access == ()
            assert not renewal.recovery_lost
        assert accounts.new_recovery_key(session, "After the upgrade")
        assert verify(session).intact


def old_schema(folder: Path) -> int:
    """Return the number in the name of the fixture that was copied to a folder."""
    content = (folder / "study.db").read_bytes()
    same = [one for one in SCHEMAS if (FIXTURES / one / "study.db").read_bytes() == content]
    return int(same[0].removeprefix("schema-"))


UPGRADE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from lnmonitor.services.studies import open_study
from lnmonitor.storage import store
limit, real = int(sys.argv[2]), store.open_engine
count = 0

def watched(*arguments, **options):
    engine = real(*arguments, **options)
    def before(*_):
        global count
        count += 1
        if count > limit:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", lambda _: before())
    return engine

store.open_engine = watched
open_study(Path(sys.argv[1]), user="nurse", password=sys.argv[3])
"""


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("limit", range(1, STEPS, 8))
def test_that_an_upgrade_killed_at_any_step_is_the_old_study_or_the_new(
    tmp_path: Path, limit: int, schema: str
) -> None:
    old = tmp_path / "old"
    shutil.copytree(FIXTURES / schema, old)
    run = [sys.executable, "-c", UPGRADE, str(old), str(limit), PASSWORD]
    environment = {"PYTHONPATH": str(Path(__file__).parents[3] / "src"), "PATH": ""}
    killed = subprocess.run(run, env=environment, check=False).returncode == -9
    assert killed or limit > SURE
    expected = json.loads((old / "expected.json").read_text(encoding="utf-8"))["tables"]
    with open_study(old, user="monitor", password=PASSWORD) as session:
        for table in ("form_lb", "form_vs", "form_ae", "patient"):
            content = expected[table]
            assert rows(session, table, content["columns"]) == content["rows"]
        assert len(audit.entries(session, action="migration")) == 1
        assert verify(session).intact


def test_that_a_trail_changed_while_the_study_was_closed_is_told_at_opening(folder: Path) -> None:
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        first, _ = audit.head(session)
        with session.store.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER audit_no_update")
            connection.exec_driver_sql(
                "UPDATE audit SET account = 'admin' WHERE sequence = ?", (first,)
            )
    before = (folder / "study.db").read_bytes()
    with pytest.raises(BrokenTrailError, match=rf"entry {first}"):
        open_study(folder, user="nurse", password=PASSWORD)
    assert (folder / "study.db").read_bytes() == before
    assert not verify_study(folder, "nurse", PASSWORD).intact
