"""Undo and redo on the entry page walk back and forth over every kind of change."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from tests.gui.entry_nurse import Enter, Nurse, built, nurse

from lnmonitor.desktop import operations
from lnmonitor.desktop.dialogs.paste import PasteDialog
from lnmonitor.desktop.entry.model import EntryState, FormEntry
from lnmonitor.desktop.entry.strips import ReasonStrip
from lnmonitor.desktop.entry.values import EMPTY, Answer
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.pages.visit.laboratory import LaboratoryView
from lnmonitor.desktop.pages.visit.log_view import LogView
from lnmonitor.services.journal import drafts

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def undo(nurse: Nurse) -> None:
    nurse.press(Qt.Key.Key_Z, CONTROL)


def redo(nurse: Nurse) -> None:
    nurse.press(Qt.Key.Key_Z, CONTROL | SHIFT)


def binder_of(nurse: Nurse) -> Binder:
    found = nurse.page.binder
    assert found is not None
    return found


def all_states(nurse: Nurse) -> dict[FormEntry, EntryState]:
    return {entry: entry.state() for entry in binder_of(nurse).all_entries()}


def log(nurse: Nurse, key: str) -> LogView:
    nurse.form(key)
    view = nurse.page.desk.current
    assert isinstance(view, LogView)
    return view


# ---- each kind of change, with how many steps it is


def a_value(nurse: Nurse) -> int:
    nurse.form("VS")
    nurse.type("heart_rate", "72")
    return 1


def a_value_still_in_its_field(nurse: Nurse) -> int:
    nurse.form("VS")
    nurse.row("heart_rate").focus_editor()
    nurse.keys("72")
    nurse.row("heart_rate").editor.setModified(False)  # type: ignore[union-attr]
    return 1


def a_text_that_is_no_value(nurse: Nurse) -> int:
    nurse.form("VS")
    nurse.type("heart_rate", "7x")
    return 1


def a_missing_code(nurse: Nurse) -> int:
    nurse.form("VS")
    nurse.type("heart_rate", "ND")
    return 1


def a_unit(nurse: Nurse) -> int:
    nurse.form("LB")
    nurse.type("CREAT", "88")
    nurse.row("CREAT").focus_editor()
    nurse.press(Qt.Key.Key_U, CONTROL)
    assert binder_of(nurse).undo.can_undo
    return 2


def answers_by_key_and_by_mouse(nurse: Nurse) -> int:
    nurse.form("SLEDAI")
    nurse.row("seizure").focus_editor()
    nurse.keys("01")
    strip = nurse.row("psychosis").editor
    nurse.bot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    return 3


def a_confirmation(nurse: Nurse) -> int:
    nurse.form("VS")
    nurse.type("heart_rate", "190")
    nurse.row("heart_rate").focus_editor()
    nurse.keys("c")
    assert binder_of(nurse).entries("VS")[0].justified
    return 2


def the_rest_of_a_section(nurse: Nurse) -> int:
    nurse.form("BILAG")
    row = nurse.page.desk.current.rows[0]  # type: ignore[union-attr]
    row.focus_editor()
    for _ in range(2):
        nurse.press(Qt.Key.Key_ParenRight, SHIFT)
    assert binder_of(nurse).entries("BILAG")[0].remarks
    assert len(binder_of(nurse).entries("BILAG")[0].answers) > 3
    return 1


def a_pasted_block(nurse: Nurse) -> int:
    nurse.form("LB")
    QGuiApplication.clipboard().setText("Creatinine\t0.95\tmg/dL\nC3\t0.91\tg/L\nHGB\t118\tg/L")
    nurse.row("WBC").focus_editor()
    nurse.press(Qt.Key.Key_V, CONTROL)
    dialog = nurse.page.window().findChild(PasteDialog)
    assert dialog is not None
    dialog.take()
    assert not nurse.row("CREAT").entry.blank
    return 1


def an_analyte_more(nurse: Nurse) -> int:
    nurse.form("LB")
    view = nurse.page.desk.current
    assert isinstance(view, LaboratoryView)
    shown = {row.entry.value("analyte") for row in view.rows}
    assert "TSH" not in shown
    code = next(c for c in view._chooser._codes.codes if c not in shown)
    view._choice = Answer(code)
    view._take_choice()
    nurse.type(code, "1")
    return 2


def a_collection_date(nurse: Nurse) -> int:
    nurse.form("LB")
    view = nurse.page.desk.current
    assert isinstance(view, LaboratoryView)
    edit = view._dates["chemistry"]
    edit.setFocus()
    nurse.keys("2026-05-11")
    nurse.press(Enter)
    assert nurse.row("CREAT").entry.value("collected_on") == "2026-05-11"
    return 1


def a_record_of_a_log_with_values(nurse: Nurse) -> int:
    view = log(nurse, "AE")
    view.add()
    nurse.type("term", "Herpes zoster")
    return 2


def a_regimen_copied(nurse: Nurse) -> int:
    view = log(nurse, "CMG")
    view.lines[0].setFocus()
    nurse.press(Qt.Key.Key_Equal)
    assert len(view.lines) == 2
    return 1


KINDS: list[Callable[[Nurse], int]] = [
    a_value,
    a_value_still_in_its_field,
    a_text_that_is_no_value,
    a_missing_code,
    a_unit,
    answers_by_key_and_by_mouse,
    a_confirmation,
    the_rest_of_a_section,
    a_pasted_block,
    an_analyte_more,
    a_collection_date,
    a_record_of_a_log_with_values,
    a_regimen_copied,
]


@pytest.mark.parametrize("change", KINDS, ids=lambda one: str(one.__name__))
def test_that_every_kind_of_change_is_undone_and_done_again(
    nurse: Nurse, change: Callable[[Nurse], int]
) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    binder_of(nurse).undo.clear()
    before = all_states(nurse)
    steps = change(nurse)
    after = all_states(nurse)
    assert after != before
    for _ in range(steps):
        assert binder_of(nurse).undo.can_undo
        undo(nurse)
    assert all_states(nurse) == before
    assert not binder_of(nurse).undo.can_undo
    for _ in range(steps):
        redo(nurse)
    assert all_states(nurse) == after
    shown = nurse.page.desk.current
    assert shown is not None
    for row in shown.rows:
        assert (
            row.editor.text() == ""
            or not row.entry.answer(row.name).empty
            or row.entry.typed(row.name)
        )


def test_that_a_reason_for_a_changed_value_is_a_step(nurse: Nurse) -> None:
    nurse.open_visit("M9", "VS")
    nurse.form("VS")
    row = nurse.row("weight_kg")
    row.focus_editor()
    nurse.keys("61")
    nurse.press(Enter)
    strip = row.strip
    assert isinstance(strip, ReasonStrip)
    nurse.keys("1")
    nurse.press(Enter)
    nurse.keys("slip 4471")
    nurse.press(Enter)
    signs = row.entry
    assert signs.reasons
    undo(nurse)
    assert not signs.reasons
    assert signs.answer("weight_kg") == Answer(61.0)
    assert isinstance(row.strip, ReasonStrip), "the question is open again"
    undo(nurse)
    assert signs.answer("weight_kg") == Answer(55.0)
    assert row.strip is None
    redo(nurse)
    redo(nurse)
    assert signs.reasons


def test_that_a_new_record_taken_out_comes_back_with_its_values(nurse: Nurse) -> None:
    nurse.open_visit("M12", "AE")
    view = log(nurse, "AE")
    view.add()
    nurse.type("term", "Cough")
    (entry,) = binder_of(nurse).entries("AE")
    view.take_out()
    assert (view.lines, binder_of(nurse).entries("AE")) == ([], [])
    nurse.page.undo()
    assert binder_of(nurse).entries("AE") == [entry]
    assert entry.answer("term") == Answer("Cough")
    assert [line.text for line in view.lines] == ["Cough"]


def test_that_what_is_taken_out_leaves_no_draft(nurse: Nurse) -> None:
    nurse.open_visit("M12", "AE")
    view = log(nurse, "AE")
    view.add()
    nurse.type("term", "Cough")

    def kept() -> int:
        return sum(one.count for one in drafts(nurse.session) if one.place.form == "AE")

    nurse.bot.waitUntil(lambda: kept() == 1)
    view.take_out()
    nurse.bot.waitUntil(lambda: kept() == 0 and not operations.pending())


def test_that_typing_after_an_undo_ends_what_could_be_done_again(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.form("VS")
    nurse.type("heart_rate", "72")
    undo(nurse)
    nurse.type("systolic", "120")
    redo(nurse)
    signs = binder_of(nurse).entries("VS")[0]
    assert signs.answer("heart_rate") == EMPTY
    assert signs.answer("systolic") == Answer(120.0)


def test_that_saved_values_are_not_undone(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("heart_rate", "72")
    nurse.save()
    assert not binder_of(nurse).undo.can_undo
    undo(nurse)
    assert binder_of(nurse).entries("VS")[0].answer("heart_rate") == Answer(72.0)


def test_that_the_window_of_the_score_survives_undo(nurse: Nurse) -> None:
    nurse.open_visit("M12", "SLEDAI")
    nurse.form("SLEDAI")
    nurse.row("seizure").focus_editor()
    nurse.keys("0")
    undo(nurse)
    assert binder_of(nurse).entries("SLEDAI")[0].value("window_days") == 30
