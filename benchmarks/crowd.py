"""Ten thousand patients: the list first and warm, a patient's story opened, a form saved.

    python benchmarks/crowd.py      some minutes, 5 GB of disk

The synthetic study's patients are copied within the store, with all their records, results and
flags under new numbers; the audit trail stays that of the originals. There is no bare library that
does the same: the times are set against the same work in the small study.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import Connection, Table

from lnmonitor.services.patients import list_patients, story
from lnmonitor.services.session import StudySession
from lnmonitor.storage.tables import AssessmentRow, FlagRow, PatientRow, form_table, table_of
from lnmonitor.study.forms import FORMS
from measure import open_demo
from save_form import saving

PATIENTS = 10_000
_NEW_NUMBERS = {"id", "patient_id", "visit_id", "subject_id", "identity"}


def main() -> None:
    """Make both studies, measure in both, print milliseconds."""
    with tempfile.TemporaryDirectory(prefix="lnmonitor-bench-") as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        make = [sys.executable, "-m", "lnmonitor", "demo", str(few), "--no-window"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        shutil.copytree(few, many)
        with open_demo(many) as session:
            _multiply(session)
            patients = len(list_patients(session))
        with open_demo(few) as session:
            originals = len(list_patients(session))
        print(f"{'ms':42} {originals:>8,} {patients:>8,} patients")
        small, large = _times(few), _times(many)
        for work, taken in small.items():
            print(f"{work:42} {taken:8.1f} {large[work]:8.1f}")


def _multiply(session: StudySession) -> None:
    tables = [table_of(PatientRow), *(form_table(form) for form in FORMS.values())]
    tables += [table_of(AssessmentRow), table_of(FlagRow)]
    copies = PATIENTS // len(list_patients(session))
    with session.store.write() as connection:
        for table in tables:
            _copy(connection, table, copies)


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


def _times(study: Path) -> dict[str, float]:
    times: dict[str, float] = {}
    with open_demo(study, "nurse") as session:
        times["patients list, first time"] = _spent(lambda: list_patients(session))
        times["patients list, again"] = median(
            _spent(lambda: list_patients(session)) for _ in range(9)
        )
        rows = list_patients(session)
        chosen = rows[:: max(1, len(rows) // 20)]
        times["open a patient's story, not seen before"] = median(
            _spent(partial(story, session, row.patient_id)) for row in chosen
        )
        save = saving(session)
        save()
        times["save a form"] = median(_spent(save) for _ in range(40))
    return times


def _spent(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
