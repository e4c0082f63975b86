"""Ten thousand patients: the list first and warm, a patient's story opened, a form saved.

    python benchmarks/crowd.py      some minutes, 5 GB of disk

The synthetic study's patients are copied within the store, with all their records, results and
flags under new numbers; the audit trail stays that of the originals (see `large_study`). There is
no bare library that does the same: the times are set against the same work in the small study.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from large_study import PATIENTS, make_demo, multiply
from lnmonitor.services.patients import list_patients, story
from lnmonitor.services.worklist import worklist
from measure import open_demo
from save_form import saving


def main() -> None:
    """Make both studies, measure in both, print milliseconds."""
    with tempfile.TemporaryDirectory(prefix="lnmonitor-bench-") as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        make_demo(few)
        shutil.copytree(few, many)
        with open_demo(many) as session:
            multiply(session, PATIENTS)
            patients = len(list_patients(session))
        with open_demo(few) as session:
            originals = len(list_patients(session))
        print(f"{'ms':42} {originals:>8,} {patients:>8,} patients")
        small, large = _times(few), _times(many)
        for work, taken in small.items():
            print(f"{work:42} {taken:8.1f} {large[work]:8.1f}")


def _times(study: Path) -> dict[str, float]:
    times: dict[str, float] = {}
    opening = [_spent(lambda: open_demo(study, "nurse").close()) for _ in range(5)]
    times["sign in and out"] = median(opening)
    with open_demo(study, "nurse") as session:
        times["patients list, first time"] = _spent(lambda: list_patients(session))
        times["patients list, again"] = median(
            _spent(lambda: list_patients(session)) for _ in range(9)
        )
        times["worklist"] = median(_spent(lambda: worklist(session)) for _ in range(3))
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
