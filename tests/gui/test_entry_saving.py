"""Saving, undoing and leaving the entry page; infusion and logs."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from tests.gui.entry_nurse import Enter, Nurse, built, month_12, nurse
from tests.gui.entry_study import CLOCK, PASSWORD, EntryStudy

from lnmonitor.clinical.response import Response
from lnmonitor.desktop import i18n
from lnmonitor.desktop.dialogs.drafts import DiscardDialog
from lnmonitor.desktop.entry.strips import AskStrip, ReasonStrip, RefuseStrip
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.desktop.pages.visit.infusion import InfusionView
from lnmonitor.desktop.pages.visit.keeper import keeper
from lnmonitor.desktop.pages.visit.laboratory import LaboratoryView
from lnmonitor.desktop.pages.visit.log_view import LogView
from lnmonitor.desktop.session_hub import hub
from lnmonitor.errors import StorageError
from lnmonitor.services import audit, patients, records
from lnmonitor.services.journal import drafts
from lnmonitor.services.studies import open_study
from lnmonitor.study.forms import (
    Infusion,
    LabResult,
    ProtocolDeviation,
    Sledai2K,
    VitalSigns,
)

# ---- saving


def test_that_a_new_visit_is_saved_with_its_forms_in_one_step(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56,5")
    nurse.form("SLEDAI")
    nurse.keys("1")
    nurse.save()
    visit = month_12(nurse)
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
    assert nurse.data.at_visit(month_12(nurse).id, VitalSigns)[0].form.weight_kg == 56.5


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
    dialog = nurse.page.window().findChild(DiscardDialog)
    assert dialog is not None
    dialog.save()
    assert dialog.strip.text == "Say why."
    assert not nurse.page.may_close(), "asked, not yet discarded"
    dialog.reason.setText("wrong patient")
    dialog.save()
    nurse.settle()
    assert nurse.page.may_close()
    assert drafts(nurse.session) == ()
    discarded = audit.entries(nurse.session, action="draft discarded")
    assert {entry.reason for entry in discarded} == {"wrong patient"}


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
    assert lines[1].endswith("79.0 → 97.0  Copied wrongly from the source")
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
    nurse.keys("2")  # 70 days after 3 March: the source came later
    nurse.press(Enter)
    nurse.settle()
    assert nurse.page.message.text.startswith("Saved 1 record.")
    assert "Mycophenolate" in view.lines[-1].text


def test_that_dialysis_is_told_at_a_visit_and_ends_the_response(nurse: Nurse) -> None:
    nurse.open_visit("M9", "PR")
    view = nurse.page.desk.current
    assert isinstance(view, LogView)
    assert month_9_response(nurse) is not Response.NR
    nurse.press(Qt.Key.Key_Insert)
    nurse.keys("perit")
    nurse.press(Enter)
    nurse.type("start", "2026-01-05")
    nurse.save()
    nurse.keys("2")  # the source came later
    nurse.press(Enter)
    nurse.settle()
    assert nurse.page.message.text.startswith("Saved 1 record.")
    assert view.lines[-1].text == "Peritoneal dialysis"
    assert month_9_response(nurse) is Response.NR


def month_9_response(nurse: Nurse) -> Response | None:
    visits = patients.course(nurse.session, nurse.study.patient_id).visits
    return next(visit.response() for visit in visits if visit.code == "M9")


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
        row = nurse.row("CREAT")
        row.focus_editor()
        nurse.keys("9")
        nurse.form("SLEDAI")
        nurse.keys("1")
        assert row.entry.answer("value").value == 79
        assert nurse.row("seizure").entry.answer("seizure") == Answer("N")
        hub().set_session(None)


def test_that_a_text_that_cannot_be_read_is_not_called_nothing(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    nurse.type("UREA", "3x")
    nurse.save()
    assert nurse.page.message.text.startswith("Not saved yet, nothing is lost: ")
