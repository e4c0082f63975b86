"""A person who types and never saves: run as a process of its own, to be killed in the middle.

Says READY when everything is typed; the parent kills it a moment later.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.gui.entry_study import CLOCK, PASSWORD

from lnmonitor.clock import Clock
from lnmonitor.desktop import operations
from lnmonitor.desktop.entry.item_row import ItemRow
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services.studies import open_study


class GoingClock:
    """Starts where the study's fixed clock stands, and goes."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the instant."""
        return CLOCK.now() + timedelta(seconds=time.monotonic() - self._began)


def wait(milliseconds: int) -> None:
    """Let the program work for a while."""
    end = time.monotonic() + milliseconds / 1000
    while time.monotonic() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def row(page: VisitPage, name: str) -> ItemRow:
    """Return the row of an item, or of an analyte."""
    view = page.desk.current
    assert view is not None
    return next(r for r in view.rows if name in (r.name, r.entry.draft_key))


def keys(text: str) -> None:
    """Type on the keyboard, wherever the cursor is."""
    for char in text:
        here = QApplication.focusWidget()
        assert here is not None
        QTest.keyClicks(here, char)


def enter() -> None:
    """Press Enter."""
    here: QWidget | None = QApplication.focusWidget()
    assert here is not None
    QTest.keyClick(here, Qt.Key.Key_Return)


def type_all(page: VisitPage) -> None:
    """Fill parts of several forms; the last field keeps the cursor."""
    date_row = page.header.date_row
    assert date_row is not None
    date_row.focus_editor()
    keys("t")
    enter()
    page.show_form("LB")
    for analyte, text in (("HGB", "81"), ("CREAT", "<40"), ("ALB", "3x"), ("C3", "ND")):
        row(page, analyte).focus_editor()
        keys(text)
        enter()
    page.show_form("SLEDAI")
    keys("01n")
    page.show_form("AE")
    view = page.desk.current
    assert view is not None
    for term in ("Herpes zoster", "Cough"):
        view.add()  # type: ignore[attr-defined]
        row(page, "term").focus_editor()
        keys(term)
        enter()
    page.show_form("VS")
    row(page, "weight_kg").focus_editor()
    keys("56,5")
    enter()
    row(page, "systolic").focus_editor()
    keys("12")  # not left: the cursor stays behind the second digit


def main(folder: Path, patient_id: str) -> None:
    """Open the study, type, and wait to be killed."""
    application = QApplication([])
    clock: Clock = GoingClock()
    session = open_study(folder, user="nurse", password=PASSWORD, clock=clock)
    hub().set_session(session)
    page = VisitPage()
    page.resize(1400, 860)
    page.show()
    page.activate((patient_id, "M12", "VS"))
    while page.binder is None or operations.pending():
        wait(20)
    page.activateWindow()
    page.setFocus()
    type_all(page)
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    application.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
