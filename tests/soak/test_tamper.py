"""Alterations behind the program's back: every one is refused at opening or found by verifying."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.soak.conftest import PASSWORD, Tell, how_many

from lnmonitor.errors import LnMonitorError
from lnmonitor.services import flags
from lnmonitor.services.accounts import add_account
from lnmonitor.services.patients import find_patient, patient_data
from lnmonitor.services.records import RecordDraft, save, void
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.services.verify import verify, verify_study
from lnmonitor.study.forms import FORMS, AdverseEvent, LabResult, Visit, VitalSigns

TABLES = ("audit", "patient", "account", "flag", "assessment", "meta", *FORMS)
# What the trail does not tell, because it is no value and nobody's act: counters for concurrency
# and caching, keys (checked when they are used), a note of convenience.
UNTOLD = {
    "patient": {"data_version"},
    "account": {"must_change", "public_key"},
}
FACTS = ("id", "name", "protocol", "site", "synthetic", "created_at", "audit_head")
"""Of the study's facts; the others are settings."""


@pytest.fixture
def rich(folder: Path) -> Path:
    """A study with something in most tables, all of it shown by the trail."""
    with open_study(folder, user="admin", password=PASSWORD) as session:
        add_account(session, "doctor", role="investigator", password=PASSWORD)
    with open_study(folder, user="nurse", password=PASSWORD) as session:
        patient_id = find_patient(session, "SUBJ-4711")
        for code, on, protein in (("SCR", "2026-01-12", 3.2), ("M3", "2026-05-01", 0.3)):
            _visit(session, patient_id, code, on, protein)
        signs = patient_data(session, patient_id).of(VitalSigns)[0]
        form = signs.form.model_copy(update={"weight_kg": 62.5, "systolic": 131})
        keys = (signs.visit_id, signs.id, signs.row_version)
        save(session, [RecordDraft(form, patient_id, *keys, reason="Source corrected")])
        grave = AdverseEvent(
            term="Sepsis", start="2026-03-01", grade=4, serious="Y", life_threatening="Y"
        )
        events = [grave, AdverseEvent(term="Twice", start="2026-02", grade=1, serious="N")]
        answers = dict.fromkeys(("", *AdverseEvent.items()), "asked")
        saved = save(
            session, [RecordDraft(one, patient_id, justified=answers) for one in events]
        ).records
        void(session, saved[1].id, "Entered twice")
        first, *_ = flags.flags(session)
        flags.acknowledge(session, first.flag.identity, "Seen")
        assert verify(session).intact
    return folder


def _visit(session: StudySession, patient_id: str, code: str, on: str, protein: float) -> None:
    visit_id = session.new_id()
    forms = [
        VitalSigns(weight_kg=61.0, systolic=120, diastolic=80),
        LabResult(analyte="CREAT", value=88.0, unit="umol/L", collected_on=on),
        LabResult(analyte="UPCR", value=protein, unit="g/g", collected_on=on),
        LabResult(analyte="ALB", value=38.0, unit="g/L", collected_on=on),
    ]
    visit = RecordDraft(
        Visit(visit_code=code, visit_date=on, status="DONE"), patient_id, record_id=visit_id
    )
    drafts = [visit, *(RecordDraft(form, patient_id, visit_id) for form in forms)]
    answered = [
        replace(one, justified=dict.fromkeys(("", *type(one.form).items()), "asked"))
        for one in drafts
    ]
    save(session, answered)


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
    for _ in range(trials):
        shutil.copytree(rich, copy)
        what = _alter(copy, chance)
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
        tables = [name if name in TABLES[:6] else f"form_{name.lower()}" for name in TABLES]
        filled = [one for one in tables if run(f"SELECT count(*) FROM {one}").scalar_one()]  # noqa: S608
        table = chance.choice(filled)
        known = f"WHERE name IN {FACTS}" if table == "meta" else ""
        rowids = run(f"SELECT rowid FROM {table} {known}").scalars().all()  # noqa: S608
        rowid = chance.choice(rowids)
        kind = chance.choice(("change", "change", "change", "remove", "double"))
        if table.startswith("form_") or table in {"audit", "assessment", "flag"}:
            if kind == "remove":
                run(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608
                return f"{table} {rowid} removed"
            if kind == "double":
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
    key = {"audit": "sequence", "flag": "identity", "assessment": "key"}.get(table, "id")
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
