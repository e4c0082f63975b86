"""A block of laboratory results from a spreadsheet: read, shown, filled in, never guessed."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from tests.gui.entry_nurse import Nurse, built, nurse

from lnmonitor.desktop.dialogs.paste import PasteDialog
from lnmonitor.desktop.entry.paste import is_block, read_block
from lnmonitor.desktop.entry.values import Answer

CONTROL = Qt.KeyboardModifier.ControlModifier
BLOCK = "Haemoglobin\t81 L\tg/L\nCreatinine\t0.95\tmg/dL\nC3\t<0.2\n肌酐\t80\nFerritin\t12\tµg/L\n"


def test_that_a_block_is_read_by_name_value_and_unit() -> None:
    lines = read_block(BLOCK)
    assert [(one.code, one.answer, one.unit, one.problem) for one in lines] == [
        ("HGB", Answer(81.0), "g/L", ""),
        ("CREAT", Answer(0.95), "mg/dL", ""),
        ("C3", Answer(0.2, operator="<"), "g/L", ""),
        ("CREAT", Answer(), "", "twice"),
        ("", Answer(), "", "name"),
    ]
    assert not lines[2].unit_given


def test_that_names_across_are_read_too() -> None:
    lines = read_block("WBC\tHGB\tPLT\n3.4\t81\tND\n")
    assert [(one.code, one.answer) for one in lines] == [
        ("WBC", Answer(3.4)),
        ("HGB", Answer(81.0)),
        ("PLT", Answer(missing="ND")),
    ]


def test_that_what_is_doubtful_is_not_taken() -> None:
    problems = [
        one.problem for one in read_block("HGB\tabout 80\nWBC\t3.4\tg/L\nU24V\t1,840\tmL\nK\t\n")
    ]
    assert problems == ["value", "unit", "value", "value"]


def test_that_one_cell_is_no_block() -> None:
    assert not is_block("81")
    assert not is_block("81\r\n")
    assert is_block("81\t3.4")


def test_that_a_pasted_block_is_shown_before_it_is_filled_in(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    nurse.type("HGB", "83")
    QGuiApplication.clipboard().setText(BLOCK)
    nurse.row("WBC").focus_editor()
    nurse.press(Qt.Key.Key_V, CONTROL)
    dialog = nurse.page.window().findChild(PasteDialog)
    assert dialog is not None
    assert nurse.row("CREAT").entry.blank, "nothing is filled in before it is seen"
    assert [one.words for one in dialog.table.shown] == [
        "the field has 83: change it there",
        "is filled in",
        "is filled in",
        "stands in the block twice",
        "no analyte of this name",
    ]
    assert dialog.take_button.text() == "Fill in 2 values"
    dialog.take()
    creatinine = nurse.row("CREAT").entry
    assert (creatinine.answer("value"), creatinine.value("unit")) == (Answer(0.95), "mg/dL")
    assert nurse.row("HGB").entry.answer("value") == Answer(83.0)
    nurse.page.undo()
    assert nurse.row("C3").entry.blank


def test_that_one_copied_value_goes_into_its_field(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    QGuiApplication.clipboard().setText("81")
    nurse.row("HGB").focus_editor()
    nurse.press(Qt.Key.Key_V, CONTROL)
    assert nurse.row("HGB").entry.answer("value") == Answer(81.0)
    assert nurse.page.window().findChild(PasteDialog) is None


def test_that_results_fold_to_a_line_in_a_narrow_window(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    page = nurse.page
    assert not page.score_line.isVisible()
    page.resize(1228, 700)
    assert page.score_line.isVisible()
    assert not page._score_area.isVisible()
    # Rash alone is counted at month 9: 2 points.
    assert page.score_line.words.text().startswith("SLEDAI 2   Renal BILAG ")
    page.score_line.open_button.click()
    assert page._score_area.isVisible()
