"""The main job from sign-in to the documents, in the real window, by keys as a study nurse does it.

One patient: proteinuria 3.2 g at screening, complete remission at month 1, 1.4 g at month 3, which
is above the flare line after a complete remission (1.0 g), so a renal flare is suspected.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lnmonitor.clock import SystemClock, today
from lnmonitor.desktop import operations
from lnmonitor.desktop.app import Desktop
from lnmonitor.desktop.dialogs.new_patient import NewPatientDialog
from lnmonitor.desktop.entry.item_row import ItemRow
from lnmonitor.desktop.entry.late_question import LateQuestion
from lnmonitor.desktop.pages.documents import DocumentsPage, JobRow
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.shell import MainWindow
from lnmonitor.services import flags, patients, seals
from lnmonitor.services.accounts import add_account
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import Infusion, LabResult, ProtocolDeviation
from lnmonitor.study.records import PatientData

PASSWORD = "cells per kg 1e6"
DAY_0 = today(SystemClock()) - timedelta(days=91)  # the window runs on the real clock
Enter = Qt.Key.Key_Return
Control = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desktop_program(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desktop]:
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))
    folder = tmp_path / "study"
    create_study(
        folder, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD, synthetic=True
    )
    with open_study(folder, user="admin", password=PASSWORD) as session:
        add_account(session, "nurse", role="coordinator", password=PASSWORD, full_name="Li Wen")
    program = Desktop(folder)
    program.start()
    yield program
    if program.window is not None:
        program.window.close_study()
    qtbot.waitUntil(lambda: not operations.pending() and hub().session is None)
    program.sign_in.close()


class Nurse:
    """A person at the keyboard of the whole program."""

    def __init__(self, bot: QtBot, program: Desktop) -> None:
        self.bot, self.program = bot, program

    def settle(self) -> None:
        self.bot.waitUntil(lambda: not operations.pending(), timeout=10_000)

    @property
    def window(self) -> MainWindow:
        assert self.program.window is not None
        return self.program.window

    @property
    def cursor(self) -> QWidget:
        here = QApplication.focusWidget()
        assert here is not None
        return here

    def keys(self, text: str) -> None:
        for character in text:
            self.bot.keyClicks(self.cursor, character)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        self.bot.keyClick(self.cursor, key, modifier or Qt.KeyboardModifier.NoModifier)

    def sign_in(self, account: str, password: str) -> None:
        form = self.program.sign_in._form
        self.bot.waitUntil(lambda: self.program.sign_in.current is not None)
        form.account.setFocus()
        form.account.clear()
        self.keys(account)
        self.press(Enter)
        self.keys(password)
        self.press(Enter)
        self.settle()

    def activate(self) -> None:
        """Come back to the main window: a window manager does this, the test platform does not."""
        self.window.activateWindow()
        self.bot.waitUntil(lambda: QApplication.activeWindow() is self.window)

    def add_patient(self, number: str, values: dict[str, str]) -> None:
        dialog = NewPatientDialog(self.window)
        dialog.open()
        dialog.activateWindow()
        self.bot.waitUntil(lambda: QApplication.activeWindow() is dialog)
        dialog.subject.setFocus()
        dialog.subject.selectAll()
        self.keys(number)
        for name, text in values.items():
            self._row(dialog, name).focus_editor()
            self.keys(text)
            self.press(Enter)
        dialog.save()
        self.say_why_late(dialog.late)
        self.settle()
        self.activate()

    @staticmethod
    def _row(dialog: NewPatientDialog, name: str) -> ItemRow:
        return next(row for row in dialog._rows if row.name == name)

    @property
    def page(self) -> VisitPage:
        page = self.window.page
        assert isinstance(page, VisitPage)
        return page

    def open(self, name: str, argument: object) -> None:
        self.window.open_page(name, argument)
        self.bot.waitUntil(lambda: isinstance(self.window.page, VisitPage))
        self.bot.waitUntil(lambda: self.page.binder is not None)
        self.settle()

    def row(self, name: str) -> ItemRow:
        view = self.page.desk.current
        assert view is not None
        return next(
            row
            for row in view.rows
            if name == row.name
            or (row.entry.form_type is LabResult and row.entry.value("analyte") == name)
        )

    def type(self, name: str, text: str) -> ItemRow:
        row = self.row(name)
        row.focus_editor()
        self.keys(text)
        self.press(Enter)
        return row

    def confirm(self, row: ItemRow, why: str = "") -> None:
        """Answer the question under a row with C, and say why if that is asked."""
        row.focus_editor()
        self.keys("c")
        if why:
            self.keys(why)
            self.press(Enter)

    def say_why_late(self, question: LateQuestion) -> None:
        """Answer where what is saved lies long back: it was on paper first."""
        if question.strip is not None:
            assert self.cursor is question.strip.code
            self.keys("1")
            self.press(Enter)

    def save(self) -> None:
        self.press(Qt.Key.Key_S, Control)
        self.say_why_late(self.page.late)
        self.bot.waitUntil(lambda: not self.page._timer.isActive() and not operations.pending())

    def enter_laboratory(
        self, patient_id: str, visit: str, on: date, values: dict[str, str]
    ) -> None:
        self.open("visit", (patient_id, visit, "LB"))
        date_row = self.page.header.date_row
        assert date_row is not None
        date_row.focus_editor()
        self.keys(on.isoformat())
        self.press(Enter)
        self.page.show_form("LB")
        for analyte, text in values.items():
            self.type(analyte, text)
        self.save()
        assert "Saved" in self.page.message.text, self.page.message.text

    def data(self) -> PatientData:
        session = hub().session
        assert session is not None
        patient_id = patients.find_patient(session, "01-047")
        return patients.patient_data(session, patient_id)


def test_that_a_nurse_takes_a_patient_from_consent_to_the_documents(
    qtbot: QtBot, desktop_program: Desktop, tmp_path: Path
) -> None:
    nurse = Nurse(qtbot, desktop_program)

    nurse.sign_in("nurse", "not the password")
    assert desktop_program.window is None
    assert "assword" in desktop_program.sign_in._form.message.text
    nurse.sign_in("nurse", PASSWORD)
    assert nurse.window.isVisible()
    assert "SYNTHETIC" in nurse.window.windowTitle()

    consent = DAY_0 - timedelta(days=20)
    nurse.add_patient(
        "01-047",
        {"birth_date": "1994-03", "sex": "1", "consent_date": consent.isoformat()},
    )
    patient_id = nurse.data().patient_id
    assert nurse.window.windowTitle().startswith("01-047")

    _record_infusion(nurse, patient_id)
    _correct_infusion(nurse, patient_id)

    quiet = {"CREAT": "70", "ALB": "38", "URBC": "2", "UWBC": "2", "UCASTS": "none"}
    nurse.enter_laboratory(
        patient_id, "SCR", DAY_0 - timedelta(days=7), {**quiet, "ALB": "26", "U24P": "3.2"}
    )
    nurse.enter_laboratory(patient_id, "M1", DAY_0 + timedelta(days=30), {**quiet, "U24P": "0.3"})
    session = hub().session
    assert session is not None
    assert not flags.flags(session, patient_id)

    nurse.enter_laboratory(patient_id, "M3", DAY_0 + timedelta(days=91), {**quiet, "U24P": "1.4"})
    found = flags.flags(session, patient_id)
    assert [one.flag.title.en for one in found] == ["Renal flare: suspected"]
    assert nurse.page.scores.flare.text().startswith("Renal flare: suspected")

    _export(nurse, tmp_path)


def _record_infusion(nurse: Nurse, patient_id: str) -> None:
    """82 instead of 55 million cells for 55 kg: 49 % above the dose, a major deviation."""
    nurse.open("form", (patient_id, "EX", None))
    typed = {
        "number": "1",
        "cell_source": "uc",
        "donor_code": "D-07",
        "lot": "L-2025-11",
        "passage": "4",
        "viability_percent": "92",
        "weight_kg": "55",
        "started_at": f"{DAY_0} 10:00",
        "stopped_at": f"{DAY_0} 10:30",
        "reaction": "0",
    }
    for name, text in typed.items():
        nurse.type(name, text)
    row = nurse.type("viable_cells", "82")
    assert row.strip is not None, "a wrong dose is asked about"
    nurse.save()
    assert not nurse.data().of(Infusion), "not saved before the question is answered"
    nurse.confirm(row, "second bag given")
    nurse.save()
    assert [r.form.viable_cells for r in nurse.data().of(Infusion)] == [82]
    assert [r.form.severity for r in nurse.data().of(ProtocolDeviation)] == ["MAJOR"]


def _correct_infusion(nurse: Nurse, patient_id: str) -> None:
    record = nurse.data().of(Infusion)[0]
    nurse.open("form", (patient_id, "EX", record.id))
    nurse.type("viable_cells", "55")
    nurse.keys("1")
    nurse.press(Enter)
    nurse.keys("slip 4471")
    nurse.press(Enter)
    nurse.save()
    assert [r.form.viable_cells for r in nurse.data().of(Infusion)] == [55]
    assert not nurse.data().of(ProtocolDeviation), "the corrected dose withdraws the deviation"


def _export(nurse: Nurse, folder: Path) -> None:
    nurse.window.open_page("documents")
    page = nurse.window.page
    assert isinstance(page, DocumentsPage)
    pdf, workbook = folder / "01-047.pdf", folder / "study.xlsx"
    jobs: list[JobRow] = [page.start_one("01-047", pdf), page.start_workbook(workbook)]
    nurse.bot.waitUntil(lambda: pdf.exists() and workbook.exists(), timeout=30_000)
    nurse.settle()
    assert len(jobs) == 2
    session = hub().session
    assert session is not None
    assert seals.verify_document(session, pdf).intact
    assert seals.verify_document(session, workbook).intact
    with pikepdf.open(pdf) as document:
        assert len(document.pages) >= 2
    book = load_workbook(workbook, read_only=True)
    protein = [row for row in book["LB"].iter_rows(values_only=True, min_row=2) if "U24P" in row]
    book.close()
    assert len(protein) == 3
