"""What is typed for a new patient is kept like in every form, and ends by a save or a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import SHELL_NOW, SignIn

from lnmonitor.desktop import operations
from lnmonitor.desktop.dialogs.drafts import DiscardDialog
from lnmonitor.desktop.dialogs.new_patient import NewPatientDialog
from lnmonitor.desktop.entry.item_row import ItemRow
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.desktop.pages.worklist import WorklistPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services import audit
from lnmonitor.services.journal import drafts
from lnmonitor.services.patients import find_patient, patient_data
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.study.forms import Demographics, Identity

PASSWORD = "lupus-demo"
Ask = Callable[[], NewPatientDialog]


@pytest.fixture
def worklist(qtbot: QtBot, sign_in: SignIn) -> WorklistPage:
    """The worklist of the nurse."""
    sign_in("nurse")
    page = WorklistPage()
    qtbot.addWidget(page)
    page.resize(1228, 740)
    page.show()
    page.activate(None)
    hub().data_changed.connect(page.refresh)
    settled(qtbot)
    return page


@pytest.fixture
def ask(qtbot: QtBot, worklist: WorklistPage) -> Ask:
    """Return a function that opens the window as the worklist's button does."""

    def opened() -> NewPatientDialog:
        worklist.new_patient()
        settled(qtbot)
        return worklist.window().findChildren(NewPatientDialog)[-1]

    return opened


def settled(qtbot: QtBot) -> None:
    qtbot.wait(10)
    qtbot.waitUntil(lambda: operations.pending() == 0)


def session() -> StudySession:
    found = hub().session
    assert found is not None
    return found


def kept() -> dict[str, dict[str, str]]:
    """Return what the store has of the new patient, by form."""
    found = operations.on_database(lambda: drafts(session()))
    return {
        one.place.form: {**one.values, **one.missing, **one.notes}
        for one in found
        if not one.place.patient_id
    }


def row(dialog: NewPatientDialog, name: str) -> ItemRow:
    return next(one for one in dialog._rows if one.name == name)


def type_some(qtbot: QtBot, dialog: NewPatientDialog) -> None:
    dialog.subject.clear()
    qtbot.keyClicks(dialog.subject, "01-044")
    qtbot.keyClicks(row(dialog, "birth_date").editor, "1990-0")
    qtbot.keyClick(row(dialog, "sex").editor, Qt.Key.Key_1)
    qtbot.keyClicks(row(dialog, "phone").editor, "UNK")


TYPED = {
    "DM": {"birth_date": "1990-0", "sex": "F", "subject number": "01-044"},
    "ID": {"phone": "UNK"},
}


def restarted(qtbot: QtBot, folder: Path) -> WorklistPage:
    """End the program without a word and start it again."""
    lost = session()
    hub().set_session(None)
    lost.store.close()
    hub().set_session(open_study(folder, user="nurse", password=PASSWORD, clock=SHELL_NOW))
    page = WorklistPage()
    qtbot.addWidget(page)
    page.show()
    page.activate(None)
    settled(qtbot)
    return page


def test_that_it_is_on_the_disk_within_a_second_without_leaving_a_field(
    qtbot: QtBot, ask: Ask
) -> None:
    dialog = ask()
    assert not dialog._discard.isVisible()
    type_some(qtbot, dialog)
    qtbot.waitUntil(lambda: kept() == TYPED, timeout=10_000)
    assert dialog._form.cancel.text() == "Close, draft kept"


def test_that_after_a_crash_it_is_announced_and_comes_back(
    qtbot: QtBot, ask: Ask, study_folder: Path
) -> None:
    type_some(qtbot, ask())
    qtbot.waitUntil(lambda: kept() == TYPED, timeout=2000)
    page = restarted(qtbot, study_folder)
    try:
        words = page.drafts.strips[0].text
        assert words.startswith(
            "A draft was kept. New patient 01-044: Identity 1 value, Demographics and consent "
        ) or words.startswith("A draft was kept. New patient 01-044: Demographics")
        assert "Typed 12 May 2026 09:42, not saved." in words
        page.drafts.strips[0]._buttons[0].click()
        settled(qtbot)
        back = page.window().findChildren(NewPatientDialog)[-1]
        assert back.subject.text() == "01-044"
        assert row(back, "birth_date").editor.text() == "1990-0"
        assert row(back, "sex").entry.answer("sex") == Answer("F")
        assert row(back, "phone").entry.answer("phone") == Answer(missing="UNK")
        assert back._form.message.text.startswith("4 values typed 12 May 2026 09:42")
        told = operations.on_database(lambda: audit.entries(session(), action="draft recovered"))
        assert {one.form for one in told} == {"DM", "ID"}
        assert "01-044" not in "".join(one.new for one in told)
    finally:
        open_now = session()
        hub().set_session(None)
        operations.on_database(open_now.close)


def test_that_closing_keeps_it_and_the_worklist_says_so(
    qtbot: QtBot, ask: Ask, worklist: WorklistPage
) -> None:
    dialog = ask()
    type_some(qtbot, dialog)
    dialog.reject()
    settled(qtbot)
    assert kept() == TYPED
    assert "New patient 01-044" in worklist.drafts.strips[0].text
    assert row(ask(), "sex").entry.answer("sex") == Answer("F")


def test_that_it_is_discarded_with_a_reason_only(
    qtbot: QtBot, ask: Ask, worklist: WorklistPage
) -> None:
    dialog = ask()
    type_some(qtbot, dialog)
    dialog._discard.click()
    window = dialog.findChild(DiscardDialog)
    assert window is not None
    window.save()
    assert window.strip.text == "Say why."
    window.reason.setText("Consent withdrawn before entry")
    window.save()
    settled(qtbot)
    assert kept() == {}
    assert not worklist.window().findChildren(NewPatientDialog)
    assert not worklist.drafts.isVisible()
    told = operations.on_database(lambda: audit.entries(session(), action="draft discarded"))
    assert {one.reason for one in told} == {"Consent withdrawn before entry"}


def test_that_a_save_takes_the_draft_and_loses_no_missing_code(qtbot: QtBot, ask: Ask) -> None:
    dialog = ask()
    type_some(qtbot, dialog)
    qtbot.keyClicks(row(dialog, "birth_date").editor, "5")
    qtbot.keyClicks(row(dialog, "consent_date").editor, "2026-05-11")
    qtbot.keyClicks(row(dialog, "full_name").editor, "Wang Fang")
    qtbot.waitUntil(lambda: len(kept()) == 2, timeout=2000)
    dialog._form.save.click()
    settled(qtbot)
    assert kept() == {}
    patient_id = operations.on_database(lambda: find_patient(session(), "01-044"))
    data = operations.on_database(lambda: patient_data(session(), patient_id))
    (identity,) = data.of(Identity)
    assert (identity.form.full_name, dict(identity.missing)) == ("Wang Fang", {"phone": "UNK"})
    assert data.of(Demographics)[0].form.birth_date == "1990-05"


def test_that_undo_and_redo_work_in_it(qtbot: QtBot, ask: Ask) -> None:
    dialog = ask()
    qtbot.keyClick(row(dialog, "sex").editor, Qt.Key.Key_1)
    entry = dialog.demographics
    dialog._step(back=True)
    assert entry.answer("sex").empty
    dialog._step(back=False)
    assert entry.answer("sex") == Answer("F")


def test_that_it_stays_open_beneath_the_lock(qtbot: QtBot, sign_in: SignIn) -> None:
    from lnmonitor.desktop.shell import MainWindow

    sign_in("nurse")
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_page("worklist")
    settled(qtbot)
    page = window.page
    assert isinstance(page, WorklistPage)
    page.new_patient()
    settled(qtbot)
    dialog = window.findChildren(NewPatientDialog)[-1]
    type_some(qtbot, dialog)
    window.lock_now()
    assert not dialog.isVisible()
    assert isinstance(window.lock, QWidget)
    window.lock.password.field.setText(PASSWORD)
    window.lock._try()
    settled(qtbot)
    assert dialog.isVisible()
    assert row(dialog, "birth_date").editor.text() == "1990-0"


def test_that_a_consent_of_long_ago_is_asked_about_before_the_patient_is_saved(
    qtbot: QtBot, ask: Ask
) -> None:
    dialog = ask()
    type_some(qtbot, dialog)
    qtbot.keyClicks(row(dialog, "birth_date").editor, "5")
    qtbot.keyClicks(row(dialog, "consent_date").editor, "2026-04-01")
    dialog._form.save.click()
    assert dialog.late.strip is not None
    assert dialog.late.strip.text.startswith("1 new record, 41 days after its event;")
    qtbot.keyClicks(dialog.late.strip.code, "2")
    qtbot.keyClick(dialog.late.strip.code, Qt.Key.Key_Return)
    settled(qtbot)
    patient_id = operations.on_database(lambda: find_patient(session(), "01-044"))
    made = operations.on_database(
        lambda: audit.entries(session(), patient_id=patient_id, action="create", form="DM")
    )
    assert [one.reason for one in made] == ["ARRIVED"]
