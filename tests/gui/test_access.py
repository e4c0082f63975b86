"""Who may come in: training, reviews, old passwords, the recovery key, a screen left locked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.gui.conftest import SHELL_NOW, SignIn
from tests.gui.shell_study import PASSWORD

from lnmonitor.desktop import operations
from lnmonitor.desktop.app import Desktop
from lnmonitor.desktop.dialogs.new_patient import NewPatientDialog
from lnmonitor.desktop.dialogs.people import (
    AccessReviewDialog,
    PasswordAgeDialog,
    PasswordDialog,
    TrainingDialog,
)
from lnmonitor.desktop.dialogs.recovery import RecoverDialog, key_page
from lnmonitor.desktop.pages.admin import reports
from lnmonitor.desktop.pages.admin.people import PeopleSection
from lnmonitor.desktop.pages.administration import AdministrationPage
from lnmonitor.desktop.pages.sign_in import SignInWindow
from lnmonitor.desktop.pages.worklist import WorklistPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.shell import MainWindow
from lnmonitor.services.journal import drafts
from lnmonitor.services.studies import create_study, open_study

OWN = "cells per kg 1e6"


def settled(qtbot: QtBot) -> None:
    qtbot.wait(10)
    qtbot.waitUntil(lambda: operations.pending() == 0)


@pytest.fixture
def people(qtbot: QtBot, sign_in: SignIn) -> Iterator[PeopleSection]:
    """The list of people before the administrator, the nurse chosen."""
    sign_in("admin")
    page = AdministrationPage()
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.activate("people")
    hub().data_changed.connect(page.refresh)
    settled(qtbot)
    table = page.people.people
    row = [card.account.name for card in table.shown].index("nurse")
    table.setCurrentIndex(table.rows_model.index(row, 0))
    yield page.people
    hub().data_changed.disconnect(page.refresh)


def test_that_a_training_is_recorded_for_a_whole_day_of_the_past(
    qtbot: QtBot, people: PeopleSection
) -> None:
    people.record_training()
    window = people.window().findChild(TrainingDialog)
    assert window is not None
    window.reason.setText("Course 1")
    for typed, said in (("2026-05", "day"), ("2026-05-13", "future")):
        window.day.setText(typed)
        window.save()
        settled(qtbot)
        assert said in window.strip.text
    window.day.setText("11/5")
    window.save()
    settled(qtbot)
    (card,) = [one for one in people.people.shown if one.account.name == "nurse"]
    assert card.account.trained_on == "2026-05-11"
    assert people.roles.text() == "Li Wen: study nurse from 12 May 2026"


def test_that_a_review_of_access_is_recorded_and_shown(qtbot: QtBot, people: PeopleSection) -> None:
    assert people.review.text() == "Access was not reviewed yet."
    people.record_review()
    window = people.window().findChild(AccessReviewDialog)
    assert window is not None
    window.save()
    settled(qtbot)
    assert people.review.text() == "Access reviewed 12 May 2026 by Wang Fang: no change."


def test_that_the_report_of_access_is_made_from_the_list(
    qtbot: QtBot, people: PeopleSection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "access.pdf"
    chosen = lambda *_: (str(place), "")  # noqa: E731 - stands in for the system's window
    monkeypatch.setattr(reports.QFileDialog, "getSaveFileName", chosen)
    people.report()
    settled(qtbot)
    assert place.read_bytes().startswith(b"%PDF")


def test_that_an_old_password_opens_nothing_but_the_question_for_a_new_one(
    qtbot: QtBot, sign_in: SignIn
) -> None:
    session = sign_in("nurse")
    session.must_change_password = session.password_expired = True
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_page("patients")
    settled(qtbot)
    page = window.page
    assert isinstance(page, WorklistPage)
    assert page.strip.text.startswith("Your password is too old.")
    assert not window.notice.text, "nothing is asked that would be refused"
    asked = window.findChild(PasswordDialog)
    assert asked is not None
    asked.reject()
    window.open_page("safety")
    settled(qtbot)
    assert window.page is page
    asked = window.findChildren(PasswordDialog)[-1]
    for field, words in ((asked.old, PASSWORD), (asked.new, OWN), (asked.again, OWN)):
        field.field.setText(words)
    asked.save()
    settled(qtbot)
    window.open_page("patients")
    assert window.page is not page


def test_that_the_age_of_passwords_is_set_in_days(
    qtbot: QtBot, tmp_path: Path, people: PeopleSection
) -> None:
    assert not people.age_button.isVisible(), "not in a synthetic study"
    window = PasswordAgeDialog(people.window(), 365)
    window.reason.setText("Procedure 7")
    window.days.setText("ninety")
    window.save()
    assert window.strip.text == "Give the number of days."
    window.days.setText("90")
    window.save()
    settled(qtbot)
    assert window.strip.text.startswith("Passwords of a synthetic study do not expire.")


# ---- the recovery key


@pytest.fixture
def real_study(tmp_path: Path) -> tuple[Path, str]:
    """A study that is not synthetic, and its recovery key."""
    made = create_study(
        tmp_path / "real",
        protocol="ln-msc-01",
        site="01",
        admin="admin",
        password=OWN,
        clock=SHELL_NOW,
    )
    return made.path, made.recovery_key


def test_that_the_recovery_key_gives_an_account_a_new_password(
    qtbot: QtBot, real_study: tuple[Path, str]
) -> None:
    folder, key = real_study
    window = SignInWindow(folder)
    qtbot.addWidget(window)
    window.show()
    qtbot.wait(80)
    settled(qtbot)
    assert window._recover.isVisible()
    window._recover.click()
    asked = window.findChild(RecoverDialog)
    assert asked is not None
    asked.account.setText("admin")
    for field in (asked.new, asked.again):
        field.field.setText("a pass phrase of mine")
    asked.key.setText(key[:-4] + "0000")
    asked.save()
    settled(qtbot)
    assert asked.strip.text.startswith("This is not the study's recovery key.")
    asked.key.setText(key.lower().replace("-", " "))
    asked.save()
    settled(qtbot)
    assert window._form.message.text == "The password is set. Sign in with it."
    open_study(folder, user="admin", password="a pass phrase of mine", clock=SHELL_NOW).close()


def test_that_the_page_to_print_holds_the_key_and_how_it_is_used() -> None:
    key = "7K3M-AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"
    said = key_page("LN-MSC-01, Site 01", key, SHELL_NOW).toPlainText()
    assert "7K3M-AAAA-BBBB-CCCC-\nDDDD-EEEE-FFFF" in said
    assert "LN-MSC-01, Site 01" in said
    assert "Tue 12 May 2026 09:42 +08:00" in said


# ---- the locked screen

Signed = Callable[[str], Desktop]


@pytest.fixture
def signed(qtbot: QtBot, study_folder: Path) -> Iterator[Signed]:
    """Return a function that starts the whole program with somebody signed in."""
    apps: list[Desktop] = []

    def enter(account: str) -> Desktop:
        app = Desktop(study_folder)
        apps.append(app)
        qtbot.addWidget(app.sign_in)
        app._enter(open_study(study_folder, user=account, password=PASSWORD, clock=SHELL_NOW))
        settled(qtbot)
        return app

    yield enter
    for app in apps:
        app._stop_watching()
        session = hub().session
        hub().set_session(None)
        if app.window is not None:
            app.window.hide()
            app.window.deleteLater()
        if session is not None:
            operations.on_database(session.close)


def new_patient(qtbot: QtBot, app: Desktop) -> NewPatientDialog:
    assert app.window is not None
    page = app.window.page
    assert isinstance(page, WorklistPage)
    page.new_patient()
    settled(qtbot)
    return app.window.findChildren(NewPatientDialog)[-1]


def test_that_the_key_of_the_lock_works_over_a_dialog(qtbot: QtBot, signed: Signed) -> None:
    app = signed("nurse")
    dialog = new_patient(qtbot, app)
    qtbot.keyClick(dialog.subject, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert app.window is not None
    assert app.window.locked
    assert not dialog.isVisible()


def test_that_an_administrator_ends_a_locked_session_and_what_was_typed_waits(
    qtbot: QtBot, signed: Signed, study_folder: Path
) -> None:
    app = signed("nurse")
    dialog = new_patient(qtbot, app)
    dialog.subject.setText("01-055")
    qtbot.wait(400)
    window = app.window
    assert window is not None
    window.lock_now()
    lock = window.lock
    lock._toggle_other()
    lock.account.setText("investigator")
    lock.password.field.setText(PASSWORD)
    lock._try()
    settled(qtbot)
    assert lock._strip.text.startswith("investigator is not an administrator.")
    lock.account.setText("admin")
    lock.password.field.setText(PASSWORD)
    lock._try()
    settled(qtbot)
    assert hub().session is None
    assert app.sign_in.isVisible()
    with open_study(study_folder, user="nurse", password=PASSWORD, clock=SHELL_NOW) as session:
        (kept,) = drafts(session)
    assert kept.notes == {"subject number": "01-055"}
