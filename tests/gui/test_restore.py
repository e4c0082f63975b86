"""Restoring over the open study: what is asked before, what stands afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.gui.conftest import SHELL_NOW
from tests.gui.shell_study import PASSWORD

from lnmonitor.desktop import operations
from lnmonitor.desktop.app import Desktop
from lnmonitor.desktop.dialogs.backups import RestoreDialog
from lnmonitor.desktop.pages.admin.backups import BackupSection
from lnmonitor.desktop.pages.administration import AdministrationPage
from lnmonitor.desktop.pages.worklist import WorklistPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services import audit
from lnmonitor.services.accounts import change_password
from lnmonitor.services.backup import back_up
from lnmonitor.services.patients import add_patient, list_patients
from lnmonitor.services.studies import open_study
from lnmonitor.storage import swap
from lnmonitor.study.forms import Demographics


@pytest.fixture
def desktop_app(qtbot: QtBot, study_folder: Path) -> Iterator[Desktop]:
    """The program with the administrator signed in; a backup was made, then a patient added."""
    with open_study(study_folder, user="admin", password=PASSWORD, clock=SHELL_NOW) as session:
        back_up(session)
    add(study_folder, "01-777")
    app = Desktop(study_folder)
    qtbot.addWidget(app.sign_in)
    enter(app, study_folder)
    yield app
    session = hub().session
    hub().set_session(None)
    if app.window is not None:
        app.window.hide()
        app.window.deleteLater()
    if session is not None:
        operations.on_database(session.close)


def enter(app: Desktop, folder: Path) -> None:
    app._enter(open_study(folder, user="admin", password=PASSWORD, clock=SHELL_NOW))


def add(folder: Path, subject: str) -> None:
    with open_study(folder, user="nurse", password=PASSWORD, clock=SHELL_NOW) as session:
        add_patient(session, subject, Demographics(sex="F", consent_date="2026-01-10"))


def section(qtbot: QtBot, app: Desktop) -> BackupSection:
    assert app.window is not None
    app.window.open_page("administration", "backup")
    settled(qtbot)
    page = app.window.page
    assert isinstance(page, AdministrationPage)
    return page.backups


def settled(qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: operations.pending() == 0)


def asked(qtbot: QtBot, app: Desktop, kind: str = "manual") -> RestoreDialog:
    """Choose the last backup of a kind and press Restore."""
    shown = section(qtbot, app)
    kinds = [card.kind for card in shown.table.shown]
    shown.table.setCurrentIndex(shown.table.rows_model.index(kinds.index(kind), 0))
    shown.restore_button.click()
    settled(qtbot)
    assert app.window is not None
    found = app.window.findChildren(RestoreDialog)
    assert found, shown.strip.text
    return found[-1]


def confirm(qtbot: QtBot, app: Desktop, window: RestoreDialog, password: str = PASSWORD) -> None:
    window.password.field.setText(password)
    window.save()
    qtbot.waitUntil(lambda: operations.pending() == 0 and app._restoring is None)


def subjects() -> set[str]:
    session = hub().session
    assert session is not None
    return {one.subject_id for one in operations.on_database(lambda: list_patients(session))}


def worklist_notice(qtbot: QtBot, app: Desktop) -> str:
    settled(qtbot)
    assert app.window is not None
    page = app.window.page
    assert isinstance(page, WorklistPage)
    return page.notice.text


def test_that_it_is_said_before_who_loses_how_much(qtbot: QtBot, desktop_app: Desktop) -> None:
    window = asked(qtbot, desktop_app)
    assert window.table is not None
    lost = {one.account: (one.entries, one.data) for one in window.table.shown}
    # The nurse: sign-in, patient, demographics with its result entries, sign-out.
    assert lost["nurse"][1] == 1
    assert lost["admin"][1] == 0
    assert "saved first" in window.notes.text
    assert "01-777" in subjects(), "asking changes nothing"


def test_that_the_study_reopens_as_it_was_and_says_the_interval(
    qtbot: QtBot, desktop_app: Desktop, study_folder: Path
) -> None:
    confirm(qtbot, desktop_app, asked(qtbot, desktop_app))
    assert "01-777" not in subjects()
    said = worklist_notice(qtbot, desktop_app)
    assert said.startswith("The study was restored from the backup of 12 May 2026 09:42: ")
    assert "has to be entered again" in said
    session = hub().session
    assert session is not None
    saved = session.restored["saved"]
    assert saved in said
    assert (study_folder / "backups" / saved / "study.db").is_file()
    entry = operations.on_database(lambda: audit.entries(session, action="restore"))
    assert len(entry) == 1


def test_that_what_was_replaced_can_be_brought_back(qtbot: QtBot, desktop_app: Desktop) -> None:
    confirm(qtbot, desktop_app, asked(qtbot, desktop_app))
    window = asked(qtbot, desktop_app, kind="restore")
    assert window.table is None, "of another line: how much is gone is not known"
    confirm(qtbot, desktop_app, window)
    assert "01-777" in subjects()


def test_that_a_wrong_password_closes_nothing(qtbot: QtBot, desktop_app: Desktop) -> None:
    before = hub().session
    window = asked(qtbot, desktop_app)
    confirm(qtbot, desktop_app, window, "wrong one")
    assert window.strip.text.startswith("The account name or the password is wrong.")
    assert window.password.text == ""
    assert hub().session is before
    assert "01-777" in subjects()


def test_that_an_interrupted_restore_opens_the_old_study_and_says_why(
    qtbot: QtBot, desktop_app: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(swap, "write_atomically", full)
    confirm(qtbot, desktop_app, asked(qtbot, desktop_app))
    assert "01-777" in subjects()
    assert desktop_app.window is not None
    assert "No space left" in desktop_app.window.notice.text


def test_that_a_password_of_later_leads_to_the_sign_in(
    qtbot: QtBot, desktop_app: Desktop, study_folder: Path
) -> None:
    session, later = hub().session, "another good one"
    assert session is not None
    operations.on_database(lambda: change_password(session, PASSWORD, later))
    confirm(qtbot, desktop_app, asked(qtbot, desktop_app), later)
    settled(qtbot)
    assert hub().session is None
    assert desktop_app.sign_in.isVisible()
    words = desktop_app.sign_in._form.message.text
    assert words == "The backup is in place. Sign in with the password of then."
    enter(desktop_app, study_folder)
    assert "01-777" not in subjects()
