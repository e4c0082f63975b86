"""Save a form with checks, scores and audit, against a bare durable commit of the same bytes.

The floor writes what the save wrote just before: the same rows with the same contents into the same
tables of a copy of the study, in one durable transaction of the bare driver. It reads nothing,
checks nothing and computes nothing. (Until it did so the floor was one short row in an empty table,
and its ratio cannot be compared with this one.)
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from lnmonitor.services.patients import list_patients, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.storage.engine import FILE_NAME, connect_raw
from lnmonitor.study.forms import VitalSigns
from measure import Measured, by_turns, open_demo

ROUNDS = 60
LOWEST_SYSTOLIC = 95
_END = "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"


def measure(study: Path) -> Measured:
    """Amend vital signs again and again; each save is acknowledged only when it is on the disk."""
    twin = study.with_name("twin")
    shutil.rmtree(twin, ignore_errors=True)
    with open_demo(study, "nurse") as session:
        save_once = saving(session)
        copy_of(session, twin)
        measured = against_floor(session, save_once, twin)
    shutil.rmtree(twin)
    return Measured("save a form: checks, scores, audit, commit", "same rows, bare", *measured)


def against_floor(
    session: StudySession, save_once: Callable[[], None], twin: Path, rounds: int = ROUNDS
) -> tuple[float, float, float, float]:
    """Return the medians of saves and of the same writes by the bare driver, by turns.

    Args:
        twin: a copy of the study as it is now; it follows.
    """
    bare = connect_raw(twin / FILE_NAME, session.store.data_key)
    writes: list[tuple[str, Any, bool]] = []

    def note(_: Any, __: Any, statement: str, values: Any, ___: Any, many: bool) -> None:
        if not statement.startswith(("SELECT", "BEGIN", "PRAGMA")):
            writes.append((statement, values, many))

    def ours() -> None:
        writes.clear()
        save_once()

    def floor() -> None:
        bare.execute("BEGIN IMMEDIATE")
        for statement, values, many in writes:
            (bare.executemany if many else bare.execute)(statement, values)
        bare.execute("COMMIT")

    event.listen(Engine, "before_cursor_execute", note)
    try:
        measured = by_turns(ours, floor, rounds=rounds, warm=5)
        with session.store.read() as connection:
            assert tuple(bare.execute(_END).fetchone()) == tuple(
                connection.exec_driver_sql(_END).one()
            ), "the twin holds what the study holds"
        return measured
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        bare.close()


def copy_of(session: StudySession, place: Path) -> None:
    """Copy the study as it is now; nobody writes meanwhile."""
    with session.store.read():
        place.mkdir()
        for name in (FILE_NAME, f"{FILE_NAME}-wal"):
            shutil.copyfile(session.store.folder / name, place / name)


def saving(session: StudySession) -> Callable[[], None]:
    """Return what amends one form of the first patient with each call, each time to a new value.

    A value that came before would find results that are remembered.
    """
    patient_id = list_patients(session)[0].patient_id
    record = patient_data(session, patient_id).of(VitalSigns)[0]
    state = {"version": record.row_version, "systolic": LOWEST_SYSTOLIC}

    def save_ours() -> None:
        state["systolic"] += 1
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
