"""What a trustworthy store costs: saves, sign-in, the chain, drafts, and the same in a large study.

    python benchmarks/store.py [LARGE]      LARGE: made by large_study.py; else made here, for
                                            some minutes, with 10,000 patients and 5 million entries

Medians in milliseconds by the wall's clock and, apart, of processor time. The floor of a save is a
bare durable SQLCipher commit of the same rows into the same tables of a copy (see `save_form`), by
turns with ours. Needs twice the large study's 5 GB of disk. Both studies are changed by it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from large_study import ENTRIES, PATIENTS, lengthen, make_demo, multiply
from lnmonitor.services.journal import Place, keep_draft
from lnmonitor.services.patients import list_patients
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit, keyring
from measure import open_demo
from save_form import against_floor, copy_of, saving

DRAFTS = 60


def main(arguments: list[str]) -> int:
    """Measure a small study and a large one."""
    with tempfile.TemporaryDirectory(prefix="lnmonitor-bench-") as folder:
        small, large = Path(folder) / "small", Path(folder) / "large"
        make_demo(small)
        if arguments:
            large = Path(arguments[0])
        else:
            make_demo(large)
            with open_demo(large) as session:
                multiply(session, PATIENTS)
                lengthen(session, ENTRIES)
        costs = [_measure(study, Path(folder) / "twin") for study in (small, large)]
    print(f"save in the large study / in the small one, processor time: {costs[1] / costs[0]:.2f}")
    return 0


def _measure(study: Path, twin: Path) -> float:
    """Print one study's figures; return a save's processor time."""
    opening = [_timed(lambda: open_demo(study, "nurse").close()) for _ in range(5)]
    with open_demo(study, "nurse") as session:
        entries, patients = audit_end(session), len(list_patients(session))
        print(f"{patients:,} patients, {entries:,} audit entries:")
        _tell("sign in and out", *_medians(opening), f"Argon2id {vars(keyring.COST)}")
        save_once = saving(session)
        copy_of(session, twin)
        ours, floor, cpu, floor_cpu = against_floor(session, save_once, twin)
        shutil.rmtree(twin)
        _tell("save with checks, results, audit", ours, cpu)
        _tell("the same rows, bare", floor, floor_cpu)
        print(f"    ratio {ours / floor:.1f}, of processor time {cpu / floor_cpu:.1f}")
        place = Place(list_patients(session)[0].patient_id, "M3", "VS")
        texts = [f"{weight / 10}" for weight in range(600, 600 + DRAFTS)]
        kept = [_timed(lambda text=text: _draft(session, place, text)) for text in texts]  # type: ignore[misc]
        _tell("keep a draft", *_medians(kept), f"slowest {max(wall for wall, _ in kept):.1f}")
        _verify(session)
    return cpu


def audit_end(session: StudySession) -> int:
    """Return the number of the last entry."""
    with session.store.read() as connection:
        return audit.head(connection).sequence


def _draft(session: StudySession, place: Place, text: str) -> None:
    keep_draft(session, place, {"weight_kg": text})


def _verify(session: StudySession) -> None:
    """Print how fast the whole chain is walked."""
    with session.store.read() as connection:
        wall, cpu = time.perf_counter(), time.process_time()
        report = audit.verify(connection)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert report.intact
    rates = f"{report.entries / wall:,.0f} entries a second, {report.entries / cpu:,.0f} of"
    print(f"    the whole chain: {rates} processor time")


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    return median(wall for wall, _ in times), median(cpu for _, cpu in times)


def _tell(what: str, wall: float, cpu: float, more: str = "") -> None:
    print(f"    {what:34} {wall:8.1f} ms, processor {cpu:8.1f} ms  {more}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
