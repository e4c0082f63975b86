"""Typing on the entry page: live results, units, missing values, questions and reasons."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from tests.gui.entry_nurse import Enter, Nurse, built, month_12, nurse

from lnmonitor.desktop.entry.strips import AskStrip, MissingStrip, ReasonStrip, RefuseStrip
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.services import records
from lnmonitor.study.forms import (
    LabResult,
    Visit,
)

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
    assert row.beside.range == "result outstanding"
    assert nurse.cursor is nurse.row("C4").editor
    nurse.type("C4", "nd")
    nurse.press(Enter)  # no reason is an answer too
    assert nurse.cursor is nurse.row("DSDNA").editor
    nurse.type("DSDNA", "<10")
    nurse.save()
    saved = {
        r.form.analyte: r for r in nurse.data.of(LabResult) if r.visit_id == month_12(nurse).id
    }
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
