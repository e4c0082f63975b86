"""What keeping drafts costs the person who types: time of the GUI's own thread, per keystroke.

    python benchmarks/keystroke.py      offscreen, under a minute

The aim is that the journal never delays a keystroke by more than 5 ms. The write itself is done on
a thread of its own; what can delay a key is what the journal does on the GUI's thread: beginning
to wait, collecting the texts to be kept, taking the acknowledgement. That is measured here, in
processor time of that thread (which other programs disturb least) and by the wall's clock, beside
the whole handling of the key with its parsing, checks and painting.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from large_study import make_demo
from lnmonitor.desktop import operations
from lnmonitor.desktop.entry.item_row import ItemRow
from lnmonitor.desktop.entry.journal import Journal
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services.patients import list_patients
from measure import open_demo

KEYS = 80
_PAUSE_MS = 400  # longer than the journal waits, so that each key is kept on its own
Spent = dict[str, list[tuple[float, float]]]


def main() -> int:
    """Type and print."""
    application = QApplication([])
    with tempfile.TemporaryDirectory(prefix="lnmonitor-bench-") as folder:
        study = Path(folder) / "study"
        make_demo(study)
        spent: Spent = {}
        for name in ("wait", "flush", "_take"):
            setattr(Journal, name, _watched(getattr(Journal, name), name, spent))
        with open_demo(study, "nurse") as session:
            hub().set_session(session)
            patient, visit = next(
                (one.patient_id, one.next_visit.planned.code)
                for one in list_patients(session)
                if one.infused_on and one.next_visit
            )
            page = VisitPage()
            page.resize(1400, 860)
            page.show()
            page.activate((patient, visit, "VS"))
            _until(lambda: page.binder is not None and not operations.pending())
            QTest.qWait(500)
            _type(_editor(page), spent)
            _until(lambda: not operations.pending())
            hub().set_session(None)
        _report(spent)
    application.closeAllWindows()
    return 0


def _watched(method: Any, name: str, spent: Spent) -> Any:
    def timed(*arguments: Any) -> Any:
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            return method(*arguments)
        finally:
            taken = time.perf_counter() - wall, time.thread_time() - cpu
            spent.setdefault(name, []).append((taken[0] * 1000, taken[1] * 1000))

    return timed


def _editor(page: VisitPage) -> QWidget:
    row = next(one for one in page.findChildren(ItemRow) if one.name == "weight_kg")
    row.focus_editor()
    found = QApplication.focusWidget()
    assert found is not None
    return found


def _type(editor: QWidget, spent: Spent) -> None:
    """Type digits and take them back, each with the time it takes to be handled and painted."""
    for number in range(KEYS):
        wall, cpu = time.perf_counter(), time.thread_time()
        if number % 4 < 3:
            QTest.keyClicks(editor, "61.5"[number % 4])
        else:
            QTest.keyClicks(editor, "\b\b\b")
        taken = time.perf_counter() - wall, time.thread_time() - cpu
        spent.setdefault("key", []).append((taken[0] * 1000, taken[1] * 1000))
        QTest.qWait(_PAUSE_MS)


def _until(met: Callable[[], bool]) -> None:
    for _ in range(600):
        if met():
            return
        QTest.qWait(50)
    raise TimeoutError


def _report(spent: Spent) -> None:
    words = {
        "key": "the whole handling of a key",
        "wait": "journal: begin to wait",
        "flush": "journal: collect what is to be kept",
        "_take": "journal: take the acknowledgement",
    }
    print(f"{'ms on the GUI thread':38} {'times':>6} {'median':>8} {'slowest':>8}   processor time")
    for name, what in words.items():
        walls, cpus = zip(*spent[name], strict=True)
        figures = f"{len(walls):6} {median(walls):8.2f} {max(walls):8.2f}"
        print(f"{what:38} {figures}   {median(cpus):.2f}, slowest {max(cpus):.2f}")


if __name__ == "__main__":
    sys.exit(main())
