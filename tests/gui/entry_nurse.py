"""A nurse at the keyboard of the entry page, over a real study: fixtures of the entry tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.entry_study import CLOCK, PASSWORD, EntryStudy, make_entry_study

from lnmonitor.desktop import operations
from lnmonitor.desktop.entry.item_row import ItemRow
from lnmonitor.desktop.pages.visit.form_page import FormPage
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services.patients import patient_data
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.study.forms import (
    LabResult,
    Visit,
)
from lnmonitor.study.records import PatientData, Record

Enter = Qt.Key.Key_Return


class Nurse:
    """A person at the keyboard of the entry page."""

    def __init__(self, qtbot: QtBot, study: EntryStudy, session: StudySession) -> None:
        self.bot, self.study, self.session = qtbot, study, session
        self.page = VisitPage()

    def open_visit(self, visit: str, form: str = "") -> None:
        self._show(self.page, (self.study.patient_id, visit, form))

    def open_form(self, code: str) -> None:
        self.page = FormPage()
        self._show(self.page, (self.study.patient_id, code, None))

    def _show(self, page: VisitPage, argument: tuple[str, ...]) -> None:
        self.bot.addWidget(page)
        page.resize(1400, 860)
        page.show()
        self.bot.waitExposed(page)
        page.activate(argument)
        self.bot.waitUntil(lambda: page.binder is not None)
        self.settle()

    def settle(self) -> None:
        """Wait until the live results have come."""
        self.bot.waitUntil(lambda: not self.page._timer.isActive() and not operations.pending())

    @property
    def cursor(self) -> QWidget:
        here = QApplication.focusWidget()
        assert here is not None
        return here

    def keys(self, text: str) -> None:
        for char in text:
            self.bot.keyClicks(self.cursor, char)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        self.bot.keyClick(self.cursor, key, modifier or Qt.KeyboardModifier.NoModifier)

    def date(self, typed: str = "t") -> None:
        row = self.page.header.date_row
        assert row is not None
        row.focus_editor()
        self.keys(typed)
        self.press(Enter)

    def form(self, key: str) -> None:
        self.page.show_form(key)

    def row(self, name: str) -> ItemRow:
        """Return the row of an item, or of an analyte."""
        view = self.page.desk.current
        assert view is not None
        return next(r for r in view.rows if name in {r.name, _code(r)})

    def type(self, name: str, text: str) -> ItemRow:
        row = self.row(name)
        row.focus_editor()
        self.keys(text)
        self.press(Enter)
        return row

    def save(self) -> None:
        self.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        self.settle()

    @property
    def data(self) -> PatientData:
        return patient_data(self.session, self.study.patient_id)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> EntryStudy:
    return make_entry_study(tmp_path_factory.mktemp("entry") / "built")


@pytest.fixture
def nurse(qtbot: QtBot, built: EntryStudy, tmp_path: Path) -> Iterator[Nurse]:
    path = tmp_path / "study"
    shutil.copytree(built.path, path)
    session = open_study(path, user="nurse", password=PASSWORD, clock=CLOCK)
    hub().set_session(session)
    yield Nurse(qtbot, EntryStudy(path, built.patient_id), session)
    qtbot.waitUntil(lambda: not operations.pending())
    hub().set_session(None)
    session.close()


def _code(row: ItemRow) -> object:
    is_result = row.entry.form_type is LabResult
    return row.entry.value("analyte") if is_result else None


def month_12(nurse: Nurse) -> Record[Visit]:
    return next(v for v in nurse.data.of(Visit) if v.form.visit_code == "M12")
