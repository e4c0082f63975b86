"""Save a form with checks, scores and audit, against one bare durable commit of SQLCipher."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import sqlcipher3

from lnmonitor.services.patients import list_patients, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import VitalSigns
from measure import Measured, by_turns, open_demo


def measure(study: Path) -> Measured:
    """Amend vital signs again and again; each save is acknowledged only when it is on the disk."""
    bare = _bare_database(study.parent / "bare.db")

    def save_floor() -> None:
        bare.execute("INSERT INTO t (a, b, c) VALUES (?, ?, ?)", ("VS", 120.0, "x" * 200))
        bare.commit()

    with open_demo(study, "nurse") as session:
        measured = by_turns(saving(session), save_floor, rounds=60, warm=5)
    return Measured("save a form: checks, scores, audit, commit", "SQLCipher commit", *measured)


def saving(session: StudySession) -> Callable[[], None]:
    """Return what amends one form of the first patient with each call."""
    patient_id = list_patients(session)[0].patient_id
    record = patient_data(session, patient_id).of(VitalSigns)[0]
    state = {"version": record.row_version, "systolic": 120}

    def save_ours() -> None:
        state["systolic"] = 118 + (state["systolic"] + 1) % 10
        form = record.form.model_copy(update={"systolic": state["systolic"]})
        draft = RecordDraft(
            form,
            patient_id,
            visit_id=record.visit_id,
            record_id=record.id,
            row_version=state["version"],
            reason="benchmark",
        )
        state["version"] = save(session, [draft]).records[0].row_version

    return save_ours


def _bare_database(path: Path) -> sqlcipher3.Connection:
    connection = sqlcipher3.connect(str(path))
    connection.execute(f"PRAGMA key=\"x'{secrets.token_hex(32)}'\"")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL, c TEXT)")
    connection.commit()
    return connection
