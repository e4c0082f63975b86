"""Nothing typed is lost: kept within a second, back after any end, gone with its save."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.entry_nurse import Enter, Nurse, built, month_12, nurse
from tests.gui.entry_study import CLOCK, PASSWORD, EntryStudy

from lnmonitor.desktop import operations
from lnmonitor.desktop.dialogs.drafts import CompareDialog, DiscardDialog
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.desktop.pages.visit.journal import journal_of
from lnmonitor.desktop.pages.visit.log_view import LogView
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.errors import StorageError
from lnmonitor.services import audit, journal
from lnmonitor.services.journal import Place, drafts, keep_draft
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study

CHECKOUT = Path(__file__).parents[2]


def restart(nurse: Nurse) -> None:
    """End the program without a word and start it again: what is in memory is gone."""
    hub().set_session(None)
    nurse.session.store.close()
    nurse.session = open_study(nurse.study.path, user="nurse", password=PASSWORD, clock=CLOCK)
    hub().set_session(nurse.session)
    nurse.page = VisitPage()


def kept(nurse: Nurse) -> None:
    """Wait until the journal has what was typed."""
    binder = nurse.page.binder
    assert binder is not None
    found = journal_of(binder)
    nurse.bot.waitUntil(lambda: not found._timer.isActive() and not operations.pending())


# ---- a killed process


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a Unix signal")
def test_that_a_killed_program_gives_every_value_back(
    built: EntryStudy, tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    nurse = request.getfixturevalue("nurse")
    hub().set_session(None)
    nurse.session.close()
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.gui.draft_child", nurse.study.path, nurse.study.patient_id],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "READY"
        time.sleep(1.2)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()  # type: ignore[union-attr]
    nurse.session = open_study(nurse.study.path, user="nurse", password=PASSWORD, clock=CLOCK)
    hub().set_session(nurse.session)
    nurse.page = VisitPage()
    nurse.open_visit("M12", "VS")
    found = nurse.page.binder
    assert found is not None
    assert found.visit.value("visit_date") == "2026-05-12"
    signs = found.entries("VS")[0]
    assert signs.answer("weight_kg") == Answer(56.5)
    assert signs.answer("systolic") == Answer(12), "the focused field"
    assert nurse.cursor is nurse.row("systolic").editor
    labs = {entry.draft_key: entry for entry in found.entries("LB")}
    assert labs["HGB"].answer("value") == Answer(81.0)
    assert labs["CREAT"].answer("value") == Answer(40.0, operator="<")
    assert labs["ALB"].typed("value") == "3x"
    assert labs["C3"].answer("value") == Answer(missing="ND")
    sledai = found.entries("SLEDAI")[0]
    assert [sledai.answer(n) for n in ("seizure", "psychosis", "organic_brain")] == [
        Answer("N"),
        Answer("Y"),
        Answer(missing="ND"),
    ]
    terms = {entry.value("term") for entry in found.entries("AE")}
    assert terms == {"Herpes zoster", "Cough"}
    # Date, four results, three answers, two events, two signs.
    assert nurse.page.message.text.startswith("12 values typed 12 May 2026 09:4")
    actions = [one.action for one in audit.entries(nurse.session, limit=20)]
    assert "draft recovered" in actions


# ---- keeping


def test_that_a_value_is_on_the_disk_within_a_second_without_leaving_its_field(
    nurse: Nurse,
) -> None:
    nurse.open_visit("M9", "VS")
    nurse.row("heart_rate").focus_editor()
    nurse.keys("7")
    began = time.monotonic()
    nurse.bot.waitUntil(lambda: bool(drafts(nurse.session)), timeout=1000)
    assert time.monotonic() - began < 1
    (found,) = drafts(nurse.session)
    assert (found.values, found.focused) == ({"heart_rate": "7"}, "heart_rate")
    nurse.keys("2")
    kept(nurse)
    assert drafts(nurse.session)[0].values == {"heart_rate": "72"}
    assert nurse.page.status_text().startswith("Draft kept 09:41:52, 1 value not yet saved")


def test_that_a_draft_waits_for_no_read_in_the_queue(nurse: Nurse, qtbot: QtBot) -> None:
    nurse.open_visit("M9", "VS")
    gate = threading.Event()
    operations.ReadOp(nurse.page, lambda _session: gate.wait(5), lambda _done: None).run()
    nurse.row("heart_rate").focus_editor()
    nurse.keys("72")
    found = journal_of(nurse.page.binder)  # type: ignore[arg-type]
    with qtbot.waitSignal(found.kept, timeout=1000):
        pass
    gate.set()


def test_that_no_keystroke_waits_for_the_journal(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    for row in nurse.page.desk.current.rows[:40]:  # type: ignore[union-attr]
        row.entry.set("value", Answer(4.0))
    binder = nurse.page.binder
    assert binder is not None
    spent = []
    for number in range(20):
        binder.entries("LB")[0].set("value", Answer(5.0 + number))
        began = time.thread_time()  # of this thread alone, however busy the machine is
        journal_of(binder).flush()
        spent.append(time.thread_time() - began)
        nurse.bot.waitUntil(lambda: not operations.pending())
    assert sorted(spent)[10] < 0.005, "median of what the typing thread spends on keeping"


def test_that_a_full_disk_is_said_at_once_and_tried_again(
    nurse: Nurse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_named: object) -> str:
        raise StorageError("The disk is full.", "Free some space.")

    nurse.open_visit("M9", "VS")
    with monkeypatch.context() as patched:
        patched.setattr("lnmonitor.desktop.entry.journal.keep_draft", full)
        nurse.row("heart_rate").focus_editor()
        nurse.keys("72")
        nurse.bot.waitUntil(lambda: bool(nurse.page.message.text))
    assert nurse.page.message.text == (
        "What is typed is not kept on the disk yet, only in memory. "
        "The disk is full. Free some space."
    )
    nurse.bot.waitUntil(lambda: bool(drafts(nurse.session)), timeout=4000)


# ---- coming back


def test_that_what_was_typed_comes_back_with_reasons_and_confirmations(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    row = nurse.type("CREAT", "97")
    nurse.keys("1")
    nurse.press(Enter)
    nurse.keys("slip 4471")
    nurse.press(Enter)
    low = nurse.type("HGB", "61")
    nurse.row("HGB").focus_editor()
    nurse.keys("c")
    assert row.entry.reasons["value"] == "TRANSCRIPTION: slip 4471"
    confirmed = dict(low.entry.justified)
    kept(nurse)
    restart(nurse)
    nurse.open_visit("M9", "LB")
    again, hgb = nurse.row("CREAT").entry, nurse.row("HGB").entry
    assert again.answer("value") == Answer(97.0)
    assert again.saved("value") == Answer(79.0)
    assert again.reasons == {"value": "TRANSCRIPTION: slip 4471"}
    assert dict(hgb.justified) == confirmed
    assert again.recovered == {"value"}


def test_that_a_cleared_value_and_a_collection_date_come_back(nurse: Nurse) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    nurse.page.desk.current._dates["chemistry"].setFocus()  # type: ignore[union-attr]
    nurse.keys("2026-05-10")
    nurse.type("CREAT", "90")
    kept(nurse)
    restart(nurse)
    nurse.open_visit("M12", "LB")
    assert nurse.row("CREAT").entry.value("collected_on") == "2026-05-10"
    nurse.open_visit("M9", "VS")
    nurse.row("weight_kg").focus_editor()
    nurse.press(Qt.Key.Key_Delete)
    kept(nurse)
    restart(nurse)
    nurse.open_visit("M9", "VS")
    assert nurse.row("weight_kg").entry.answer("weight_kg").empty


def test_that_a_save_takes_the_drafts_with_it(nurse: Nurse) -> None:
    nurse.open_visit("M12", "VS")
    nurse.date()
    nurse.form("VS")
    nurse.type("weight_kg", "56.5")
    kept(nurse)
    assert drafts(nurse.session)
    nurse.row("systolic").focus_editor()
    nurse.keys("128")
    nurse.save()  # with a draft on its way
    assert drafts(nurse.session) == ()
    kept(nurse)
    assert drafts(nurse.session) == ()
    assert nurse.page.status_text() == ""


def test_that_what_is_typed_during_a_save_stays(nurse: Nurse) -> None:
    nurse.open_visit("M9", "VS")
    gate = threading.Event()
    operations.ReadOp(nurse.page, lambda _session: gate.wait(5), lambda _done: None).run()
    nurse.row("spo2").focus_editor()
    row = nurse.page.desk.current.current_row()  # type: ignore[union-attr]
    assert row is not None
    nurse.keys("97")
    nurse.page.save()
    row.focus_editor()
    nurse.press(Qt.Key.Key_End)
    nurse.press(Qt.Key.Key_Backspace)
    nurse.keys("8")
    gate.set()
    nurse.settle()
    assert row.entry.record is not None
    assert row.entry.record.form.get(row.name) == 97
    assert row.entry.answer(row.name) == Answer(98)
    kept(nurse)
    assert drafts(nurse.session)[0].values == {row.name: "98"}


def test_that_what_is_restored_leaves_no_draft_to_offer(nurse: Nurse) -> None:
    nurse.open_visit("M9", "VS")
    nurse.row("weight_kg").focus_editor()
    nurse.keys("61")
    kept(nurse)
    nurse.press(Qt.Key.Key_Escape)
    kept(nurse)
    assert [one.count for one in drafts(nurse.session)] == [0]
    restart(nurse)
    nurse.open_visit("M9", "VS")
    assert nurse.page.message.text == ""


def test_that_items_of_an_older_form_are_listed_and_not_lost(nurse: Nurse) -> None:
    nurse.open_visit("M9", "VS")
    record = nurse.row("weight_kg").entry.record
    assert record is not None
    assert record.visit_id is not None
    place = Place(nurse.study.patient_id, record.visit_id, "VS", record.id)
    keep_draft(nurse.session, place, {"weight_kg": "57", "waist_cm": "80"}, row_version=1)
    restart(nurse)
    nurse.open_visit("M9", "VS")
    assert nurse.row("weight_kg").entry.answer("weight_kg") == Answer(57.0)
    assert "Not in the form any more, copy what counts: waist_cm 80." in nurse.page.message.text
    nurse.row("heart_rate").focus_editor()
    nurse.keys("72")
    kept(nurse)
    assert drafts(nurse.session)[0].aside == {"waist_cm": "80"}


def test_that_a_draft_on_a_record_changed_since_says_so(nurse: Nurse) -> None:
    nurse.open_visit("M9", "VS")
    nurse.row("weight_kg").focus_editor()
    nurse.keys("57")
    kept(nurse)
    (draft,) = drafts(nurse.session)
    keep_draft(nurse.session, draft.place, draft.values, row_version=draft.row_version + 1)
    restart(nurse)
    nurse.open_visit("M9", "VS")
    assert "A record was changed since then" in nurse.page.message.text


def test_that_compare_shows_typed_beside_saved(nurse: Nurse) -> None:
    nurse.open_visit("M9", "LB")
    nurse.type("CREAT", "97")
    kept(nurse)
    restart(nurse)
    nurse.open_visit("M9", "LB")
    nurse.page.message._buttons[0].click()
    dialog = nurse.page.window().findChild(CompareDialog)
    assert dialog is not None
    (line,) = dialog.table.shown
    assert (line.item, line.saved, line.typed) == ("Creatinine", "79", "97")


def test_that_another_person_is_not_offered_the_draft(nurse: Nurse) -> None:
    nurse.open_visit("M9", "VS")
    nurse.row("heart_rate").focus_editor()
    nurse.keys("72")
    kept(nurse)
    hub().set_session(None)
    nurse.session.store.close()
    nurse.session = open_study(nurse.study.path, user="monitor", password=PASSWORD, clock=CLOCK)
    hub().set_session(nurse.session)
    nurse.page = VisitPage()
    nurse.open_visit("M9", "VS")
    assert nurse.page.message.text == ""
    assert nurse.row("heart_rate").entry.answer("heart_rate").empty
