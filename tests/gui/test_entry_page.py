"""The entry page with a real study beneath it, worked by keys as a nurse does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.entry_study import CLOCK, PASSWORD, EntryStudy, make_entry_study

from lnmonitor.desktop import i18n, operations
from lnmonitor.desktop.entry.item_row import ItemRow
from lnmonitor.desktop.entry.strips import AskStrip, MissingStrip, ReasonStrip, RefuseStrip
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.desktop.pages.visit.form_page import FormPage
from lnmonitor.desktop.pages.visit.infusion import InfusionView
from lnmonitor.desktop.pages.visit.keeper import keeper
from lnmonitor.desktop.pages.visit.laboratory import LaboratoryView
from lnmonitor.desktop.pages.visit.log_view import LogView
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.errors import StorageError
from lnmonitor.services import records
from lnmonitor.services.patients import patient_data
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.study.forms import (
    Infusion,
    LabResult,
    ProtocolDeviation,
    Sledai2K,
    Visit,
    VitalSigns,
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


# ---- typing and live results


def test_that_a_new_visit_starts_at_its_date_and_enter_goes_on(nurse: Nurse) -> None:
    nurse.open_visit("M12")
    assert nurse.cursor is nurse.page.header.date_row.editor  # type: ignore[union-attr]
    nurse.keys("t")
    nurse.press(Enter)
    assert nurse.page.binder is not None
    assert nurse.page.binder.visit.value("visit_date") == "2026-05-12"
    nurse.settle()
    assert nurse.page.header.day.text() == "day 372, target 365 ± 28"
    assert nurse.page.desk.current is not None
    assert nurse.page.desk.current.isAncestorOf(nurse.cursor)


def test_that_the_score_follows_the_typing_as_a_range(nurse: Nurse) -> None:
    nurse.open_visit("M12", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    nurse.keys("0" * 14 + "1")  # fourteen times No, then rash Yes (2 points)
    nurse.settle()
    # Open: alopecia 2, mucosal 2, pleurisy 2, pericarditis 2, complement 2, dsDNA 2, fever 1,
    # platelets 1, leucocytes 1 = 15 points.
    assert nurse.page.scores.sledai.value.text() == "2–17"
    nurse.keys("00000n000")
    nurse.settle()
    assert nurse.page.scores.sledai.value.text() == "2–4"
    assert "Rash 2" in nurse.page.scores.counted.text()


def test_that_answers_advance_and_no_answer_is_made_by_itself(nurse: Nurse) -> None:
    nurse.open_visit("M12", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    nurse.keys("0n")
    view = nurse.page.desk.current
    assert view is not None
    entry = view.rows[0].entry
    assert entry.answer("seizure") == Answer("N")
    assert entry.answer("psychosis") == Answer(missing="ND")
    assert view.current_row() is view.rows[2]
    assert entry.answer("organic_brain").empty


def test_that_the_rest_is_answered_no_only_after_the_count(nurse: Nurse) -> None:
    nurse.open_visit("M12", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    nurse.keys("1")
    shift = Qt.KeyboardModifier.ShiftModifier
    nurse.press(Qt.Key.Key_ParenRight, shift)
    view = nurse.page.desk.current
    assert view is not None
    entry = view.rows[0].entry
    assert entry.answer("rash").empty
    assert view._strip.text.startswith("14 open items become No")  # type: ignore[attr-defined]
    nurse.press(Qt.Key.Key_ParenRight, shift)
    assert entry.answer("rash") == Answer("N")
    assert entry.answer("seizure") == Answer("Y")
    assert entry.answer("proteinuria").empty, "the laboratory has not decided it"


def test_that_a_laboratory_value_proposes_and_enter_takes_it(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    nurse.type("U24P", "0,72")
    nurse.settle()
    nurse.form("SLEDAI")
    nurse.settle()
    row = nurse.row("proteinuria")
    assert row.entry.answer("proteinuria").empty, "a proposal is no answer"
    row.focus_editor()
    nurse.press(Enter)
    assert row.entry.answer("proteinuria") == Answer("Y")


def test_that_an_answer_against_the_laboratory_is_remarked_and_can_be_saved(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    nurse.type("U24P", "3.84")
    nurse.form("SLEDAI")
    nurse.row("proteinuria").focus_editor()
    nurse.keys("0")
    nurse.settle()
    remarks = [check.words for check in nurse.page.scores.checks]
    assert remarks == ["Proteinuria, over 0.5 g/24 h: the laboratory says otherwise"]
    nurse.save()
    assert nurse.page.message.text.startswith("Saved 3 records")


def test_that_results_are_live_beside_the_form(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    nurse.type("CREAT", "78")
    nurse.settle()
    # CKD-EPI 2021, woman of 34 years, 78 µmol/L = 0.882 mg/dL:
    # 142 x (0.882/0.7)^-1.2 x 0.9938^34 x 1.012 = 88.2
    assert nurse.page.scores.egfr.text() == "88"


# ---- units, flags, missing values


def test_that_a_value_keeps_its_unit_and_shows_the_standard_one(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    row = nurse.row("CREAT")
    row.focus_editor()
    nurse.press(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    nurse.keys("0.82")
    nurse.press(Enter)
    assert row.entry.value("unit") == "mg/dL"
    assert row.beside.standard == "= 72.49"  # 0.82 x 88.4 µmol/L
    nurse.save()
    saved = [r.form for r in nurse.data.of(LabResult) if r.form.collected_on == "2026-05-12"]
    assert [(f.value, f.unit) for f in saved] == [(0.82, "mg/dL")]
    assert saved[0].canonical_value == pytest.approx(72.488)


def test_that_a_value_outside_its_range_is_flagged(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    assert nurse.type("ALB", "36").beside.flag == "L"
    assert nurse.type("K", "4,1").beside.flag == ""
    assert nurse.type("U24P", "0.72").beside.flag == "H"


def test_that_nd_is_kept_as_missing_and_not_as_a_number(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    row = nurse.type("C3", "nd")
    assert row.entry.answer("value") == Answer(missing="ND")
    assert row.editor.property("state") == "missing"
    assert isinstance(row.strip, MissingStrip)
    nurse.keys("2")
    nurse.press(Enter)
    assert row.strip is None
    assert row.beside.note == "result outstanding"
    assert nurse.cursor is nurse.row("C4").editor
    nurse.type("C4", "nd")
    nurse.press(Enter)  # no reason is an answer too
    assert nurse.cursor is nurse.row("DSDNA").editor
    nurse.type("DSDNA", "<10")
    nurse.save()
    saved = {r.form.analyte: r for r in nurse.data.of(LabResult) if r.visit_id == _visit(nurse).id}
    assert saved["C3"].form.value is None
    assert saved["C3"].missing == {"value": "ND"}
    assert saved["C3"].justified == {"value": "result outstanding"}
    assert saved["C4"].missing == {"value": "ND"}
    assert (saved["DSDNA"].form.operator, saved["DSDNA"].form.value) == ("<", 10.0)


def test_that_a_ctcae_grade_stands_after_the_flag(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    row = nurse.type("HGB", "85")  # CTCAE 5 anaemia: 80 to under 100 g/L is grade 2
    nurse.settle()
    assert row.beside.flag == "L 2"
    row.focus_editor()
    nurse.keys("121")
    assert row.beside.flag == "", "no grade of the value before stays"


# ---- asked, refused, reasons


def test_that_an_unexpected_value_is_asked_and_confirmed_with_c(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    row = nurse.type("HGB", "41")
    assert isinstance(row.strip, AskStrip)
    assert "50 g/L" in row.strip.text
    assert nurse.cursor is row.editor, "the first Enter opens the question"
    nurse.save()
    assert not [v for v in nurse.data.of(Visit) if v.form.visit_code == "M12"], "not saved unasked"
    row.focus_editor()
    nurse.keys("c")
    assert row.strip is None
    nurse.save()
    saved = next(r for r in nurse.data.of(LabResult) if r.form.value == 41)
    assert saved.justified


def test_that_moving_on_leaves_the_question_open_under_checks(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    row = nurse.type("HGB", "41")
    nurse.press(Enter)
    assert nurse.cursor is not row.editor
    nurse.settle()
    assert [check.words for check in nurse.page.scores.checks] == ["Haemoglobin to confirm"]


def test_that_an_impossible_value_is_refused_with_the_way_out(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    row = nurse.type("weight_kg", "800")
    assert isinstance(row.strip, RefuseStrip)
    assert "250" in row.strip.text
    nurse.save()
    assert "Weight" in nurse.page.message.text
    assert not [v for v in nurse.data.of(Visit) if v.form.visit_code == "M12"]
    assert row.editor.text() == "800", "what was typed stays"  # type: ignore[union-attr]
    row.focus_editor()
    nurse.press(Qt.Key.Key_Escape)
    assert row.strip is None
    assert row.entry.answer("weight_kg").empty


def test_that_an_unreadable_text_stays_and_stops_the_save(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    row = nurse.type("weight_kg", "5o")
    assert isinstance(row.strip, RefuseStrip)
    nurse.save()
    assert row.editor.text() == "5o"  # type: ignore[union-attr]
    assert not [v for v in nurse.data.of(Visit) if v.form.visit_code == "M12"]


def test_that_changing_a_saved_value_demands_a_reason(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    row = nurse.type("CREAT", "97")
    assert isinstance(row.strip, ReasonStrip)
    assert row.strip.text.startswith("Saved: 79 → 97")
    assert nurse.cursor is row.strip.code
    nurse.keys("1")
    nurse.press(Enter)
    nurse.keys("slip 4471")
    nurse.press(Enter)
    nurse.save()
    record = next(r for r in nurse.data.of(LabResult) if r.form.value == 97)
    assert record.row_version == 2
    entries = records.history(nurse.session, record.id, "value")
    assert entries[-1].reason == "TRANSCRIPTION: slip 4471"
    assert (entries[-1].old, entries[-1].new) == ("79.0", "97.0")


def test_that_escape_restores_the_saved_value(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    row = nurse.type("CREAT", "97")
    nurse.press(Qt.Key.Key_Escape)
    assert row.entry.answer("value").value == 79
    assert row.strip is None
    assert not row.entry.unsaved


def test_that_without_a_reason_nothing_is_saved(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    row = nurse.type("CREAT", "97")
    row.focus_editor()
    nurse.save()
    assert "needs a reason" in nurse.page.message.text
    assert [r.form.value for r in nurse.data.of(LabResult) if r.form.value in (79, 97)] == [79]


# ---- saving


def test_that_a_new_visit_is_saved_with_its_forms_in_one_step(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56,5")
    nurse.form("SLEDAI")
    nurse.keys("1")
    nurse.save()
    visit = _visit(nurse)
    assert visit.form.visit_date == "2026-05-12"
    signs = nurse.data.at_visit(visit.id, VitalSigns)
    assert [r.form.weight_kg for r in signs] == [56.5]
    assert nurse.data.at_visit(visit.id, Sledai2K)[0].form.seizure == "Y"
    assert nurse.page.binder is not None
    assert not nurse.page.binder.unsaved
    assert "Saved 3 records" in nurse.page.message.text


def test_that_a_failed_save_keeps_everything(nurse: Nurse, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise StorageError("The disk is full.", "Free some space, then save again.")

    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56.5")
    with monkeypatch.context() as patched:
        patched.setattr(records, "save", full)
        nurse.save()
    assert nurse.page.message.text == (
        "The disk is full. Free some space, then save again. Everything typed is kept."
    )
    assert nurse.row("weight_kg").editor.text() == "56.5"  # type: ignore[union-attr]
    nurse.save()
    assert nurse.data.at_visit(_visit(nurse).id, VitalSigns)[0].form.weight_kg == 56.5


def test_that_a_late_visit_is_a_deviation_that_needs_a_reason(nurse: Nurse) -> None:
    nurse.open_visit("M6", "SV")  # 3 November 2025, in its window
    row = nurse.page.header.date_row
    assert row is not None
    row.focus_editor()
    nurse.keys("2025-12-20")
    nurse.press(Enter)
    assert isinstance(row.strip, AskStrip)
    row.focus_editor()
    nurse.keys("c")
    assert nurse.cursor is row.strip.why
    nurse.keys("snowed in")
    nurse.press(Enter)
    assert isinstance(row.strip, ReasonStrip)


# ---- undo, leaving, keeping


def test_that_undo_takes_the_last_value_back(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56")
    nurse.type("height_cm", "160")
    nurse.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    entry = nurse.row("height_cm").entry
    assert entry.answer("height_cm").empty
    assert entry.answer("weight_kg").value == 56
    assert nurse.cursor is nurse.row("height_cm").editor


def test_that_leaving_keeps_what_was_typed_and_says_so(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56")
    nurse.page.activate((nurse.study.patient_id, "M9", "VS"))
    nurse.settle()
    assert nurse.page.binder is not None
    assert nurse.page.binder.visit_date is not None
    assert nurse.page.binder.visit_date.isoformat() == "2026-02-02"
    assert "01-012" in nurse.page.status_text()
    assert len(keeper().unsaved) == 1
    nurse.page.activate((nurse.study.patient_id, "M12", "VS"))
    nurse.settle()
    assert nurse.row("weight_kg").entry.answer("weight_kg").value == 56


def test_that_the_language_changes_and_typed_values_stay(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56")
    i18n.set_language("zh")
    nurse.page.retranslate()
    nurse.form("VS")
    assert nurse.row("weight_kg").beside.label == "体重"
    assert nurse.page.header.undo.text() == "撤销"
    assert [label.text() for label in nurse.page.scores.findChildren(QLabel)].count("核查") == 1
    assert nurse.row("weight_kg").entry.answer("weight_kg").value == 56


def test_that_nothing_is_filled_in_from_the_visit_before(nurse: Nurse) -> None:
    nurse.open_visit("M12")
    assert nurse.page.binder is not None
    assert all(
        entry.blank
        for key in ("VS", "LB", "SLEDAI", "BILAG", "PGA")
        for entry in nurse.page.binder.entries(key)
    )


def test_that_the_wheel_changes_no_value(nurse: Nurse, qtbot: QtBot) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent

    nurse.open_visit("M9", "LB")
    row = nurse.row("CREAT")
    row.focus_editor()
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 120),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(row.editor, event)
    assert row.entry.answer("value").value == 79


def test_that_closing_over_unsaved_values_is_refused_until_they_are_discarded(
    nurse: Nurse,
) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56")
    assert not nurse.page.may_close()
    nurse.page.activate((nurse.study.patient_id, "M12", None))  # as the shell then does
    nurse.settle()
    assert nurse.page.message.text.startswith("2 values of 01-012 are not saved")
    nurse.page._ask_discard()
    assert not nurse.page.may_close(), "asked, not yet discarded"
    nurse.page._discard()
    nurse.settle()
    assert nurse.page.may_close()


def test_that_f2_tells_the_history_of_a_value(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    nurse.type("CREAT", "97")
    nurse.keys("1")
    nurse.press(Enter)
    nurse.press(Enter)
    nurse.save()
    nurse.row("CREAT").focus_editor()
    nurse.press(Qt.Key.Key_F2)
    nurse.settle()
    lines = nurse.page.message.text.splitlines()
    assert len(lines) == 2
    assert "entered: 79" in lines[0]
    assert lines[1].endswith("79.0 → 97.0  TRANSCRIPTION")
    assert "Li Wen" in lines[1]


def test_that_one_reason_moves_the_date_of_a_whole_group(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    view = nurse.page.desk.current
    assert isinstance(view, LaboratoryView)
    view._dates["chemistry"].setFocus()
    nurse.keys("2026-02-01")
    nurse.press(Enter)
    creatinine, albumin = nurse.row("CREAT"), nurse.row("ALB")
    assert isinstance(creatinine.strip, ReasonStrip)
    assert "2 Feb 2026 → 1 Feb 2026" in creatinine.strip.text
    creatinine.strip.code.setFocus()
    nurse.keys("1")
    nurse.press(Enter)
    nurse.press(Enter)
    assert creatinine.strip is None
    assert albumin.strip is None
    nurse.save()
    moved = [
        r.form.analyte for r in nurse.data.of(LabResult) if r.form.collected_on == "2026-02-01"
    ]
    assert moved == ["CREAT", "ALB"]


# ---- infusion, logs


def test_that_a_wrong_dose_shows_its_deviation_and_is_corrected_with_a_reason(
    nurse: Nurse,
) -> None:
    nurse.open_form("EX")
    view = nurse.page.desk.current
    assert isinstance(view, InfusionView)
    assert view.panel.text("Planned").startswith("55.0 ×10⁶")
    row = nurse.type("viable_cells", "46")
    # 46e6 / 55 kg = 0.836e6/kg; 0.836 - 1 = -16.4 %: beyond 10 %, within 20 % (minor)
    assert view.panel.text("Given").startswith("0.836 ×10⁶/kg")
    assert view.panel.text("Deviation") == "−16.4 % minor deviation"
    assert isinstance(row.strip, AskStrip)
    row.focus_editor()
    nurse.keys("c")
    nurse.keys("bag leaked")
    nurse.press(Enter)
    assert isinstance(row.strip, ReasonStrip)
    nurse.keys("2")
    nurse.press(Enter)
    nurse.press(Enter)
    nurse.save()
    assert nurse.data.of(Infusion)[0].form.viable_cells == 46
    deviations = nurse.data.of(ProtocolDeviation)
    assert [d.form.severity for d in deviations] == ["MINOR"]
    row = nurse.type("viable_cells", "55")
    assert isinstance(row.strip, ReasonStrip)
    nurse.keys("1")
    nurse.press(Enter)
    nurse.press(Enter)
    nurse.save()
    assert nurse.data.of(Infusion)[0].form.viable_cells == 55
    assert not nurse.data.of(ProtocolDeviation), "the corrected value withdraws the deviation"


def test_that_time_and_rate_are_recomputed(nurse: Nurse) -> None:
    nurse.open_form("EX")
    view = nurse.page.desk.current
    assert isinstance(view, InfusionView)
    assert view.panel.text("Elapsed") == "30 min"
    assert view.panel.text("Rate").startswith("110 mL/h")  # 55 mL in half an hour
    nurse.type("rate_ml_per_h", "60")
    assert "typed 60 mL/h" in view.panel.text("Rate")


def test_that_a_drug_is_added_by_keys_alone(nurse: Nurse) -> None:
    nurse.open_visit("M9", "CMI")
    view = nurse.page.desk.current
    assert isinstance(view, LogView)
    nurse.press(Qt.Key.Key_Insert)
    nurse.keys("mofetil")
    nurse.press(Enter)  # the only match
    regimen = {"dose": "1", "dose_unit": "g", "frequency": "bid", "route": "oral", "start": "3/3"}
    for name, text in regimen.items():
        nurse.type(name, text)
    nurse.save()
    assert nurse.page.message.text.startswith("Saved 1 record.")
    assert "Mycophenolate" in view.lines[-1].text


def test_that_half_a_word_chooses_nothing(nurse: Nurse) -> None:
    nurse.open_visit("M9", "CMI")
    nurse.press(Qt.Key.Key_Insert)
    row = nurse.row("drug")
    nurse.keys("m")
    nurse.press(Qt.Key.Key_Tab)
    assert row.entry.answer("drug").empty
    assert isinstance(row.strip, RefuseStrip)


def test_that_a_monitor_sees_but_cannot_type(
    qtbot: QtBot, built: EntryStudy, tmp_path: Path
) -> None:
    path = tmp_path / "study"
    shutil.copytree(built.path, path)
    with open_study(path, user="monitor", password=PASSWORD, clock=CLOCK) as session:
        hub().set_session(session)
        nurse = Nurse(qtbot, EntryStudy(path, built.patient_id), session)
        nurse.open_visit("M9", "LB")
        assert nurse.page.header.save.isHidden()
        assert not nurse.row("CREAT").editor.isEnabled()
        hub().set_session(None)


def _code(row: ItemRow) -> object:
    is_result = row.entry.form_type is LabResult
    return row.entry.value("analyte") if is_result else None


def _visit(nurse: Nurse) -> Record[Visit]:
    return next(v for v in nurse.data.of(Visit) if v.form.visit_code == "M12")
