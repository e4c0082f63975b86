"""What an entry remembers while it is typed, without any widget."""

from __future__ import annotations

from lnmonitor.desktop.entry.model import FormEntry, ResultEntry
from lnmonitor.desktop.entry.undo import UndoStack
from lnmonitor.desktop.entry.values import EMPTY, Answer
from lnmonitor.study.forms import LabResult, VitalSigns
from lnmonitor.study.records import Record


def saved_signs() -> FormEntry:
    form = VitalSigns(weight_kg=55.0)
    record = Record(
        "r1", form, "p1", missing={"spo2": "ND"}, justified={"weight_kg": "weighed twice"}
    )
    return FormEntry(VitalSigns, record)


def test_that_a_first_value_needs_no_reason_and_a_changed_one_does() -> None:
    entry = saved_signs()
    entry.set("height_cm", Answer(160.0))
    assert entry.needs_reason == ()
    entry.set("weight_kg", Answer(56.0))
    assert entry.needs_reason == ("weight_kg",)
    entry.give_reason("weight_kg", "SOURCE")
    assert entry.needs_reason == ()
    assert entry.reason == "SOURCE"


def test_that_a_reason_why_a_value_is_missing_is_a_saved_answer() -> None:
    entry = saved_signs()
    entry.set("spo2", Answer(97.0))
    assert entry.needs_reason == ("spo2",)
    assert entry.missing == {}


def test_that_typing_the_saved_value_again_changes_nothing() -> None:
    entry = saved_signs()
    entry.set("weight_kg", Answer(56.0))
    entry.give_reason("weight_kg", "SOURCE")
    entry.set("weight_kg", Answer(55.0))
    assert not entry.unsaved
    assert entry.reason == ""
    assert entry.justified == {"weight_kg": "weighed twice"}


def test_that_a_confirmation_falls_with_its_value() -> None:
    entry = FormEntry(VitalSigns)
    entry.set("weight_kg", Answer(130.0))
    entry.justify("weight_kg", "confirmed")
    entry.set("weight_kg", Answer(140.0))
    assert entry.justified == {}


def test_that_an_unreadable_text_is_unsaved_work() -> None:
    entry = FormEntry(VitalSigns)
    entry.set_unreadable("weight_kg", "5o")
    assert entry.unsaved
    assert entry.typed("weight_kg") == "5o"
    entry.set("weight_kg", Answer(50.0))
    assert entry.typed("weight_kg") == ""


def test_that_a_value_from_its_place_alone_is_not_worth_saving() -> None:
    entry = ResultEntry(LabResult, fixed={"analyte": "HGB", "unit": "g/L"})
    assert entry.blank
    assert not entry.unsaved
    entry.set("value", Answer(81.0, operator="<"))
    form = entry.form()
    assert isinstance(form, LabResult)
    assert (form.analyte, form.operator, form.value, form.unit) == ("HGB", "<", 81.0, "g/L")


def test_that_a_result_in_words_is_no_number() -> None:
    entry = ResultEntry(LabResult, fixed={"analyte": "UCASTS"})
    entry.set("value", Answer("RBC"))
    form = entry.form()
    assert isinstance(form, LabResult)
    assert (form.text, form.value) == ("RBC", None)
    record = Record("r1", form, "p1")
    assert ResultEntry(LabResult, record).saved("value") == Answer("RBC")


def test_that_what_was_derived_from_a_changed_result_is_left_out() -> None:
    form = LabResult(
        analyte="CREAT", value=0.9, unit="mg/dL", canonical_value=79.6, canonical_unit="µmol/L"
    )
    entry = ResultEntry(LabResult, Record("r1", form, "p1"))
    entry.set("value", Answer(1.1))
    changed = entry.form()
    assert changed.get("value") == 1.1
    assert changed.get("canonical_value") is None


def test_that_undo_goes_back_step_by_step() -> None:
    entry, stack = FormEntry(VitalSigns), UndoStack()
    stack.watch(entry)
    for weight in (55.0, 56.0):
        entry.set("weight_kg", Answer(weight))
        stack.commit()
    stack.undo()
    assert entry.answer("weight_kg") == Answer(55.0)
    stack.undo()
    assert entry.answer("weight_kg") == EMPTY
    assert stack.undo() is None
    stack.redo()
    stack.redo()
    assert entry.answer("weight_kg") == Answer(56.0)
    assert stack.redo() is None
