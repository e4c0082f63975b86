"""What comes late is asked about once, at the save, from the keyboard; nothing typed is lost."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from tests.gui.entry_nurse import Enter, Nurse, built, month_12, nurse

from lnmonitor.desktop import i18n
from lnmonitor.desktop.entry.strips import LateStrip
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.errors import StorageError
from lnmonitor.language import Language
from lnmonitor.services import records
from lnmonitor.services.late_entries import late_entries
from lnmonitor.study.forms import AdverseEvent, Visit, VitalSigns

# Today is 12 May 2026; the protocol allows 7 days.


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.set_language("en")


def type_late_visit(nurse: Nurse) -> None:
    """Type month 12 as of 28 April, 14 days ago, and save."""
    nurse.open_visit("M12", "VS")
    nurse.date("2026-04-28")
    nurse.form("VS")
    nurse.type("weight_kg", "56.5")
    nurse.save()


def strip_of(nurse: Nurse) -> LateStrip:
    strip = nurse.page.late.strip
    assert strip is not None
    return strip


def reason_of(nurse: Nurse, record_id: str) -> str:
    return records.history(nurse.session, record_id)[0].reason


def test_that_a_late_visit_is_asked_about_once_and_saved_by_digit_and_enter(nurse: Nurse) -> None:
    type_late_visit(nurse)
    strip = strip_of(nurse)
    assert strip.text.startswith("2 new records, up to 14 days after the event;")
    assert "1 On paper first" in strip.text
    assert nurse.cursor is strip.code
    assert "M12" not in {one.form.visit_code for one in nurse.data.of(Visit)}
    nurse.keys("1")
    nurse.press(Enter)
    nurse.settle()
    visit = month_12(nurse)
    (signs,) = nurse.data.at_visit(visit.id, VitalSigns)
    assert [reason_of(nurse, one.id) for one in (visit, signs)] == ["PAPER", "PAPER"]
    assert nurse.page.late.strip is None
    assert nurse.page.message.text == "Saved 2 records."


def test_that_escape_leaves_the_question_with_everything_typed(nurse: Nurse) -> None:
    type_late_visit(nurse)
    nurse.press(Qt.Key.Key_Escape)
    assert nurse.page.late.strip is None
    assert nurse.row("weight_kg").entry.answer("weight_kg").value == 56.5
    assert nurse.page.binder is not None
    assert len(nurse.page.binder.to_save) == 2
    assert nurse.page.desk.isAncestorOf(nurse.cursor)
    nurse.save()
    assert nurse.cursor is strip_of(nurse).code


def test_that_other_needs_words_and_a_second_save_takes_the_answer(nurse: Nurse) -> None:
    type_late_visit(nurse)
    nurse.keys("4")
    nurse.press(Enter)
    nurse.settle()
    assert nurse.cursor is strip_of(nurse).note
    nurse.keys("flood")
    nurse.save()
    assert reason_of(nurse, month_12(nurse).id) == "OTHER: flood"


def test_that_a_failed_save_keeps_the_reason(nurse: Nurse, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise StorageError("The disk is full.", "Free some space, then save again.")

    type_late_visit(nurse)
    with monkeypatch.context() as patched:
        patched.setattr(records, "save", full)
        nurse.keys("3")
        nurse.press(Enter)
        nurse.settle()
    assert "Everything typed is kept" in nurse.page.message.text
    nurse.save()
    assert nurse.page.late.strip is None
    assert reason_of(nurse, month_12(nurse).id) == "OVERLOOKED"


def test_that_only_what_is_late_has_the_reason(nurse: Nurse) -> None:
    nurse.open_visit("M12", "AE")
    nurse.date()
    nurse.form("AE")
    assert nurse.page.binder is not None
    event = nurse.page.binder.add("AE")
    for name, value in {"term": "Fever", "start": "2026-04-20", "grade": 1}.items():
        event.set(name, Answer(value))
    nurse.save()
    assert strip_of(nurse).text.startswith("1 new record, 22 days after its event;")
    nurse.keys("2")
    nurse.press(Enter)
    nurse.settle()
    (fever,) = nurse.data.of(AdverseEvent)
    assert reason_of(nurse, fever.id) == "ARRIVED"
    assert reason_of(nurse, month_12(nurse).id) == ""
    late = {one.record_id: one.reason for one in late_entries(nurse.session)}
    assert late[fever.id] == "ARRIVED"


def test_that_a_later_save_is_asked_about_anew(nurse: Nurse) -> None:
    type_late_visit(nurse)
    nurse.keys("1")
    nurse.press(Enter)
    nurse.settle()
    nurse.form("PGA")
    nurse.type("pga", "1")
    nurse.save()
    assert nurse.cursor is strip_of(nurse).code
    assert strip_of(nurse).code.text() == ""


def test_that_what_is_not_late_is_not_asked_about(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date("2026-05-05")
    nurse.form("VS")
    nurse.type("weight_kg", "56.5")
    nurse.save()
    assert nurse.page.late.strip is None
    assert reason_of(nurse, month_12(nurse).id) == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "On paper first"), ("zh", "先记录于纸质表")],
)
def test_that_the_history_tells_the_reason_in_words(
    nurse: Nurse, language: Language, words: str
) -> None:
    type_late_visit(nurse)
    nurse.keys("1")
    nurse.press(Enter)
    nurse.settle()
    i18n.set_language(language)
    nurse.row("weight_kg").focus_editor()
    nurse.press(Qt.Key.Key_F2)
    nurse.settle()
    assert words in nurse.page.message.text
