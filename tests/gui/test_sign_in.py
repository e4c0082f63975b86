"""The first window: there at once, names the study, says what is wrong, opens with keys alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from lnmonitor.desktop import operations
from lnmonitor.desktop.app import Desktop
from lnmonitor.desktop.dialogs.new_study import NewStudyDialog
from lnmonitor.desktop.i18n import set_language
from lnmonitor.desktop.pages.sign_in import SignInWindow
from lnmonitor.desktop.preferences import preferences
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study, study_card

HEAVY = ("sqlmodel", "sqlalchemy", "pyqtgraph", "scipy", "numpy", "reportlab", "openpyxl")


def settled(qtbot: QtBot) -> None:
    qtbot.wait(120)  # cards are read after the first paint
    qtbot.waitUntil(lambda: operations.pending() == 0, timeout=15_000)


@pytest.fixture
def window(qtbot: QtBot, study_folder: Path) -> SignInWindow:
    made = SignInWindow(study_folder)
    qtbot.addWidget(made)
    made.show()
    settled(qtbot)
    return made


def type_in(qtbot: QtBot, window: SignInWindow, account: str, password: str) -> None:
    form = window._form
    form.account.clear()
    qtbot.keyClicks(form.account, account)
    qtbot.keyClick(form.account, Qt.Key.Key_Return)
    qtbot.keyClicks(form.password.field, password)
    qtbot.keyClick(form.password.field, Qt.Key.Key_Return)


def test_that_the_study_is_named_without_a_password(window: SignInWindow) -> None:
    assert window._form.study_name.text() == "LN-MSC-01"
    assert "Site 01" in window._form.study_facts.text()


def test_that_a_name_typed_before_the_card_is_read_stays(qtbot: QtBot, study_folder: Path) -> None:
    made = SignInWindow(study_folder)
    qtbot.addWidget(made)
    made.show()
    qtbot.keyClicks(made._form.account, "nurse")
    settled(qtbot)
    assert made._form.study_name.text() == "LN-MSC-01"
    assert made._form.account.text() == "nurse"


def test_that_a_demo_study_lists_its_accounts_and_fills_them_in(window: SignInWindow) -> None:
    assert window._form.demo.isVisible()
    window._take_demo("monitor")
    assert window._form.account.text() == "monitor"
    assert window._form.password.text == "lupus-demo"


def test_that_name_and_password_open_the_study_by_keys_alone(
    qtbot: QtBot, window: SignInWindow, study_folder: Path
) -> None:
    opened: list[StudySession] = []
    window.opened.connect(opened.append)
    type_in(qtbot, window, "nurse", "lupus-demo")
    settled(qtbot)
    assert opened[0].actor.full_name == "Li Wen"
    assert window._form.password.text == ""
    assert preferences().studies == [str(study_folder.resolve())]
    operations.on_database(opened[0].close)


def test_that_a_wrong_password_is_said_under_the_field(qtbot: QtBot, window: SignInWindow) -> None:
    opened: list[object] = []
    window.opened.connect(opened.append)
    type_in(qtbot, window, "nurse", "wrong")
    settled(qtbot)
    assert opened == []
    assert window._form.message.isVisible()
    assert "password" in window._form.message.text.casefold()
    assert window._form.password.text == ""
    assert window._form.account.text() == "nurse"


def test_that_after_several_wrong_passwords_the_button_counts_the_seconds(
    qtbot: QtBot, window: SignInWindow
) -> None:
    for _ in range(4):
        type_in(qtbot, window, "nurse", "wrong")
        settled(qtbot)
    button = window._form.sign_in
    assert not button.isEnabled()
    assert button.text().startswith("Wait ")


def test_that_capital_lock_is_noted(qtbot: QtBot, window: SignInWindow) -> None:
    field = window._form.password.field
    qtbot.keyClick(field, "A")  # a capital without Shift
    assert window._form.password._note.isVisible()
    qtbot.keyClick(field, "a")
    assert not window._form.password._note.isVisible()


def test_that_a_folder_that_is_no_study_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    made = SignInWindow(empty)
    qtbot.addWidget(made)
    settled(qtbot)
    assert made._model.entries[0].problem
    assert made._form.message.text == made._model.entries[0].problem
    assert not made._form.sign_in.isEnabled()
    made._forget()
    assert made._model.entries == []
    settled(qtbot)


def test_that_the_language_switches_the_compiled_form(window: SignInWindow) -> None:
    set_language("zh")
    assert window._form.sign_in.text() == "登录"
    set_language("en")
    assert window._form.sign_in.text() == "Sign in"


def test_that_a_new_study_is_made_and_its_recovery_key_shown_until_kept(
    qtbot: QtBot, tmp_path: Path, window: SignInWindow
) -> None:
    dialog = NewStudyDialog(window)
    qtbot.addWidget(dialog)
    settled(qtbot)
    form, folder = dialog._form, tmp_path / "new"
    form.create.click()
    assert "folder" in form.message.text
    for field, text in (
        (form.folder, str(folder)),
        (form.site, "07"),
        (form.admin, "wang"),
        (form.admin_name, "Wang Fang"),
        (form.password.field, "a long pass phrase"),
        (form.again.field, "another pass phrase"),
    ):
        qtbot.keyClicks(field, text)
    form.create.click()
    assert "differ" in form.message.text
    form.again.field.setText("a long pass phrase")
    form.create.click()
    settled(qtbot)
    key = form.recovery_key.text()
    assert len(key) > 20
    dialog.reject()
    assert form.steps.currentWidget() is form.key
    assert not form.done.isEnabled()
    with qtbot.waitSignal(dialog.made) as made:
        form.kept.setChecked(True)
        form.done.click()
    assert made.args == [folder, "wang"]
    assert study_card(folder).site == "07"
    with open_study(folder, user="wang", password="a long pass phrase") as session:
        assert session.actor.role == "administrator"


def test_that_signing_out_frees_the_study_for_the_next_person(
    qtbot: QtBot, study_folder: Path
) -> None:
    desktop = Desktop(study_folder)
    qtbot.addWidget(desktop.sign_in)
    desktop.start()
    settled(qtbot)
    for account, role in (("nurse", "coordinator"), ("monitor", "monitor")):
        type_in(qtbot, desktop.sign_in, account, "lupus-demo")
        settled(qtbot)
        window, session = desktop.window, hub().session
        assert window is not None
        assert session is not None
        assert window.isVisible()
        assert not desktop.sign_in.isVisible()
        assert session.actor.role == role
        window.close_study()
        settled(qtbot)
        assert desktop.sign_in.isVisible()
        assert hub().session is None
    with open_study(study_folder, user="nurse", password="lupus-demo") as session:
        assert session.actor.account == "nurse"


def test_that_the_window_is_shown_before_heavy_libraries_are_imported() -> None:
    script = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "from lnmonitor.desktop.app import Desktop, prepare\n"
        "prepare(application)\n"
        "desktop = Desktop()\n"
        "desktop.start()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
        "import os; sys.stdout.flush(); os._exit(0)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.strip() == "[]"
