"""Alterations behind the program's back: every one is refused at opening or found by verifying."""

from __future__ import annotations

import contextlib
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from tests.soak.conftest import PASSWORD, Tell, how_many

from lnmonitor.errors import LnMonitorError
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.services.verify import verify, verify_study
from lnmonitor.study.forms import FORMS

KEYS = {
    "audit": "sequence",
    "patient": "id",
    "account": "name",
    "flag": "identity",
    "assessment": "key",
    "summary": "patient_id",
    "meta": "name",
    "verification": "item",
    "signature": "id",
    "signed_record": "record_id",
    "hold": "target",
    "query": "id",
    "redaction": "sequence",
}
"""The tables besides those of the forms, and the column that makes a second row another one."""
TABLES = (*KEYS, *(f"form_{code.lower()}" for code in FORMS))
# What the trail does not tell, because it is no value and nobody's act: counters for concurrency
# and caching, keys (checked when they are used), the instant of what is derived. For the same
# reason nothing is altered in drafts, in what was seen, and in hashes of used passwords.
UNTOLD = {
    "patient": {"data_version"},
    "account": {"must_change", "public_key"},
    "summary": {"at"},
}
FIXTURE = Path(__file__).parents[1] / "integration/store/fixtures/schema-3"
FACTS = ("id", "name", "protocol", "site", "synthetic", "created_at", "audit_head")
"""Of the study's facts; the others are settings."""


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A study with something in every table: values amended and voided, signatures, queries, ..."""
    path = tmp_path / "rich"
    shutil.copytree(FIXTURE, path)
    with open_study(path, user="nurse", password=PASSWORD) as session:
        with session.store.read() as connection:
            for table in KEYS:
                (number,) = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").one()  # noqa: S608
                assert number, table
        assert verify(session).intact
    return path


def test_that_each_altered_byte_is_noticed(rich: Path, tell: Tell) -> None:
    trials = how_many(short=100, long=1000)
    chance = random.Random(21)
    whole = (rich / "study.db").read_bytes()
    noticed = 0
    for _ in range(trials):
        content = bytearray(whole)
        content[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        (rich / "study.db").write_bytes(content)
        noticed += not _sound(rich)
    tell(f"tampering: {noticed} of {trials} single altered bytes noticed")
    assert noticed == trials


def test_that_each_altered_row_is_noticed(rich: Path, tmp_path: Path, tell: Tell) -> None:
    """By somebody who has the key, knows the tables, and takes the triggers away."""
    trials = how_many(short=100, long=1000)
    chance = random.Random(22)
    unseen: list[str] = []
    copy = tmp_path / "copy"
    done = 0
    while done < trials:
        shutil.copytree(rich, copy)
        with contextlib.suppress(IntegrityError):  # the database takes no second row of one key
            what = _alter(copy, chance)
            done += 1
            if _sound(copy):
                unseen.append(what)
        shutil.rmtree(copy)
    tell(f"tampering: {trials - len(unseen)} of {trials} single altered rows noticed")
    assert unseen == []


def _alter(folder: Path, chance: random.Random) -> str:
    """Change, remove or add one row; return what was done."""
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        with session.store.read() as connection:  # outside a transaction it has no effect
            connection.connection.driver_connection.execute("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.connection.driver_connection.execute("BEGIN")
        return _alter_open(session, chance)


def _alter_open(session: StudySession, chance: random.Random) -> str:
    with session.store.write() as connection:
        run = connection.exec_driver_sql
        triggers = run("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for trigger in triggers:
            run(f"DROP TRIGGER {trigger}")
        filled = [one for one in TABLES if run(f"SELECT count(*) FROM {one}").scalar_one()]  # noqa: S608
        table = chance.choice(filled)
        known = f"WHERE name IN {FACTS}" if table == "meta" else ""
        rowids = run(f"SELECT rowid FROM {table} {known}").scalars().all()  # noqa: S608
        rowid = chance.choice(rowids)
        kind = chance.choice(("change", "change", "change", "remove", "double"))
        if kind == "remove":
            run(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608
            return f"{table} {rowid} removed"
        if kind == "double" and table not in {"patient", "meta"}:
            return _double(run, table, rowid)
        columns = [row[1] for row in run(f"PRAGMA table_info({table})")]
        column = chance.choice([one for one in columns if one not in UNTOLD.get(table, ())])
        column = "value" if table == "meta" else column
        select = f'SELECT "{column}" FROM {table} WHERE rowid = ?'  # noqa: S608
        old = run(select, (rowid,)).scalar_one()
        new = _other(old, chance)
        run(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (new, rowid))  # noqa: S608
        return f"{table}.{column} of {rowid}: {old!r} -> {new!r}"


def _double(run: Any, table: str, rowid: int) -> str:
    columns = [row[1] for row in run(f"PRAGMA table_info({table})")]
    key = KEYS.get(table, "id")
    chosen = ", ".join(
        ("9000 + sequence" if key == "sequence" else f"'copy ' || \"{name}\"")
        if name == key
        else f'"{name}"'
        for name in columns
    )
    run(f"INSERT INTO {table} SELECT {chosen} FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608
    return f"{table} {rowid} doubled"


def _other(old: Any, chance: random.Random) -> Any:
    if isinstance(old, int):
        return old + chance.randint(5, 90) if old not in {0, 1} else chance.choice([7, 8])
    if isinstance(old, float):
        return old + chance.choice([0.1, -0.1, 100.0])
    if not old:
        return "x"
    at = chance.randrange(len(old))
    return old[:at] + ("0" if old[at] != "0" else "1") + old[at + 1 :]


def _sound(folder: Path) -> bool:
    try:
        return verify_study(folder, "nurse", PASSWORD).intact
    except LnMonitorError:
        return False
