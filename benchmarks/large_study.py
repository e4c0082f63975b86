"""A large study for the benchmarks: the synthetic patients copied, the audit trail lengthened.

    python benchmarks/large_study.py FOLDER [PATIENTS] [ENTRIES]     keeps it, for several runs

Written straight into the tables, since entering it through the services would take days. Records,
results and flags of the copies have new numbers; the trail is chained as the program chains it and
verifies as intact, but tells of exports and not of the copies' values.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table

from lnmonitor.services.patients import list_patients
from lnmonitor.services.session import StudySession
from lnmonitor.services.summaries import keep_missing
from lnmonitor.storage import audit
from lnmonitor.storage.audit import COLUMNS, AuditTrail, Entry, Head
from lnmonitor.storage.tables import AssessmentRow, FlagRow, PatientRow, form_table, table_of
from lnmonitor.study.forms import FORMS
from measure import open_demo

PATIENTS = 10_000
ENTRIES = 5_000_000
_NEW_NUMBERS = {"id", "patient_id", "visit_id", "subject_id", "identity"}
_STEP = 20_000


def main(arguments: list[str]) -> int:
    """Make a study and leave it in a folder."""
    folder = Path(arguments[0])
    patients = int(arguments[1]) if len(arguments) > 1 else PATIENTS
    entries = int(arguments[2]) if len(arguments) > 2 else ENTRIES
    make_demo(folder)
    with open_demo(folder) as session:
        multiply(session, patients)
        lengthen(session, entries)
    return 0


def make_demo(folder: Path) -> None:
    """Make the synthetic study of 81 patients and some who are running."""
    make = [sys.executable, "-m", "lnmonitor", "demo", str(folder), "--no-window"]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)


def multiply(session: StudySession, patients: int) -> None:
    """Copy all patients with what belongs to them until there are about so many."""
    tables = [table_of(PatientRow), *(form_table(form) for form in FORMS.values())]
    tables += [table_of(AssessmentRow), table_of(FlagRow)]
    copies = patients // len(list_patients(session))
    with session.store.write() as connection:
        for table in tables:
            _copy(connection, table, copies)
    keep_missing(session)
    session.cache.clear()


def _copy(connection: Connection, table: Table, copies: int) -> None:
    names = [column.name for column in table.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    # The new number leads, so that rows are appended and not strewn over the whole file.
    values = ", ".join(
        f"? || '-' || \"{name}\"" if name in _NEW_NUMBERS else f'"{name}"' for name in names
    )
    connection.exec_driver_sql(
        f'CREATE TEMP TABLE originals AS SELECT {columns} FROM "{table.name}"'  # noqa: S608
    )
    renewed = sum(name in _NEW_NUMBERS for name in names)
    for number in range(1, copies):
        connection.exec_driver_sql(
            f'INSERT INTO main."{table.name}" ({columns}) SELECT {values} FROM originals',  # noqa: S608
            (f"copy{number:05}",) * renewed,
        )
    connection.exec_driver_sql("DROP TABLE originals")


def lengthen(session: StudySession, entries: int) -> None:
    """Add audit entries until the trail has so many: long ones, about all patients by turns."""
    with session.store.read() as connection:
        patients = [
            row[0] for row in connection.exec_driver_sql("SELECT id FROM patient ORDER BY id")
        ]
        missing = entries - audit.head(connection).sequence
    endless = cycle(patients)
    for first in range(0, missing, _STEP):
        some = islice(endless, min(_STEP, missing - first))
        with session.store.write() as connection:
            _append(connection, session, some)


def _append(connection: Connection, session: StudySession, patients: Iterator[str]) -> None:
    # The columns that one transaction's entries share come from the trail itself.
    common = AuditTrail(connection, session.actor, session.clock.now()).common
    last = audit.head(connection)
    sequence, previous = last.sequence, last.hash
    rows = []
    for patient in patients:
        sequence += 1
        value = f'{{"analyte":"CREAT","value":{sequence % 200}.5,"unit":"umol/L"}}'
        entry = Entry("export", patient_id=patient, record_id=f"{patient}-{sequence}", new=value)
        row: dict[str, Any] = {"sequence": sequence, **common, **vars(entry)}
        row["previous_hash"] = previous
        previous = row["hash"] = audit.entry_hash(row)
        rows.append(tuple(row[name] for name in COLUMNS))
    marks = ", ".join("?" * len(COLUMNS))
    connection.exec_driver_sql(f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({marks})", rows)  # noqa: S608
    audit.write_head(connection, Head(sequence, previous))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
