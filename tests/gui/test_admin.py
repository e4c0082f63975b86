"""Administration by its buttons: people, backups, the trail under a filter, the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.gui.conftest import SHELL_NOW, SignIn

from lnmonitor.clock import FixedClock
from lnmonitor.desktop import operations
from lnmonitor.desktop.dialogs import trail_copy
from lnmonitor.desktop.dialogs.backups import MediumDialog, RestoreCopyDialog
from lnmonitor.desktop.dialogs.people import NewPasswordDialog, PasswordDialog, RoleDialog
from lnmonitor.desktop.dialogs.reason import ReasonDialog
from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.pages.admin import trail_acts
from lnmonitor.desktop.pages.administration import AdministrationPage
from lnmonitor.desktop.pages.worklist import WorklistPage
from lnmonitor.desktop.safekeeping import close_safely
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.shell import MainWindow
from lnmonitor.desktop.waiting import read_waiting
from lnmonitor.errors import RefusedError
from lnmonitor.services import audit, backup, seals
from lnmonitor.services.accounts import list_accounts
from lnmonitor.services.studies import open_study, study_card

PASSWORD = "lupus-demo"


@pytest.fixture
def page(qtbot: QtBot) -> Callable[[str], AdministrationPage]:
    """Return a function that shows a section for whoever is signed in."""

    def make(section: str) -> AdministrationPage:
        made = AdministrationPage()
        qtbot.addWidget(made)
        made.resize(1100, 700)
        made.show()
        made.activate(section)
        settled(qtbot)
        return made

    return make


Show = Callable[[str], AdministrationPage]


def settled(qtbot: QtBot) -> None:
    """Wait until nothing is being read or written."""
    qtbot.waitUntil(lambda: operations.pending() == 0)


def dialog(page: AdministrationPage, kind: type[SmallForm]) -> SmallForm:
    """Return the window just opened."""
    found = page.window().findChildren(kind)
    assert found
    return found[-1]


def choose(page: AdministrationPage, name: str) -> None:
    """Choose a person."""
    people = page.people.people
    row = [card.account.name for card in people.shown].index(name)
    people.setCurrentIndex(people.rows_model.index(row, 0))


# ---- people


def test_that_only_an_administrator_is_offered_changes_of_accounts(
    sign_in: SignIn, page: Show
) -> None:
    sign_in("nurse")
    shown = page("people")
    assert [card.account.name for card in shown.people.people.shown][:2] == [
        "admin",
        "investigator",
    ]
    assert not shown.people.role_button.isVisible()
    assert not shown.people.remove_button.isVisible()


def test_that_nobody_removes_their_own_access(sign_in: SignIn, page: Show) -> None:
    sign_in("admin")
    shown = page("people")
    choose(shown, "admin")
    assert not shown.people.remove_button.isEnabled()
    choose(shown, "nurse")
    assert shown.people.remove_button.isEnabled()
    assert not shown.people.unlock_button.isEnabled()


def test_that_a_role_changes_with_a_reason_only(qtbot: QtBot, sign_in: SignIn, page: Show) -> None:
    session = sign_in("admin")
    shown = page("people")
    choose(shown, "monitor")
    shown.people.role_button.click()
    window = dialog(shown, RoleDialog)
    assert isinstance(window, RoleDialog)
    window.role.set_key("datamanager")
    window.save()
    assert window.strip.text == "Say why."
    window.reason.setText("moves to data management")
    window.save()
    settled(qtbot)
    roles = {one.name: one.role for one in list_accounts(session)}
    assert roles["monitor"] == "datamanager"
    entry = audit.entries(session, action="role changed")[0]
    assert entry.reason == "moves to data management"


def test_that_removed_access_opens_nothing_and_can_be_given_again(
    qtbot: QtBot, sign_in: SignIn, page: Show, study_folder: Path
) -> None:
    session = sign_in("admin")
    shown = page("people")
    choose(shown, "monitor")
    shown.people.remove_button.click()
    window = dialog(shown, ReasonDialog)
    assert isinstance(window, ReasonDialog)
    window.reason.setText("left the company")
    window.save()
    settled(qtbot)
    shown.activate("people")
    settled(qtbot)
    choose(shown, "monitor")
    card = shown.people.people.current
    assert card.account.ended_at
    assert shown.people.password_button.text() == "Give access again…"
    shown.people.password_button.click()
    again = dialog(shown, NewPasswordDialog)
    assert isinstance(again, NewPasswordDialog)
    again.password.field.setText("a long pass phrase")
    again.reason.setText("is back")
    again.save()
    settled(qtbot)
    hub().set_session(None)
    operations.on_database(session.close)
    with pytest.raises(RefusedError):
        open_study(study_folder, user="monitor", password=PASSWORD, clock=SHELL_NOW)
    with open_study(
        study_folder, user="monitor", password="a long pass phrase", clock=SHELL_NOW
    ) as found:
        assert found.actor.role == "monitor"


def test_that_a_recovery_key_is_shown_once(qtbot: QtBot, sign_in: SignIn, page: Show) -> None:
    sign_in("admin")
    shown = page("people")
    shown.people.recovery_button.click()
    window = dialog(shown, ReasonDialog)
    assert isinstance(window, ReasonDialog)
    window.reason.setText("paper lost")
    window.save()
    settled(qtbot)
    words = shown.people.strip.text
    assert words.startswith("Recovery key, shown this once.")
    shown.people.strip._buttons[1].click()
    assert shown.people.strip.text == ""


def test_that_a_password_set_by_another_is_changed_before_anything_else(
    qtbot: QtBot, sign_in: SignIn, study_folder: Path
) -> None:
    session = sign_in("nurse")
    session.must_change_password = True
    worklist = WorklistPage()
    qtbot.addWidget(worklist)
    worklist.show()
    worklist.activate(None)
    settled(qtbot)
    assert worklist.strip.text.startswith("Your password was set by somebody else.")
    window = worklist.window().findChild(PasswordDialog)
    assert window is not None
    for field, words in (
        (window.old, PASSWORD),
        (window.new, "a long pass phrase"),
        (window.again, "a long pass phrase"),
    ):
        field.field.setText(words)
    window.save()
    settled(qtbot)
    assert worklist.table.shown, "the worklist is read as soon as the password is changed"
    assert study_card(study_folder).locked_by


# ---- backup


def test_that_a_backup_is_made_listed_and_drilled(
    qtbot: QtBot, sign_in: SignIn, page: Show
) -> None:
    session = sign_in("nurse")
    opened = page("backup")
    shown = opened.backups
    assert not shown.restore_button.isVisible()
    assert shown.reminder.text.startswith("No second medium is set")
    shown.now_button.click()
    settled(qtbot)
    assert shown.strip.text.startswith("Made and verified: ")
    shown.read()
    settled(qtbot)
    assert [card.kind for card in shown.table.shown] == ["manual"]
    shown.drill_button.click()
    settled(qtbot)
    assert shown.strip.text.splitlines()[-1] == "The backup can be restored."
    found = operations.on_database(lambda: read_waiting(session))
    assert found.backup_words == ("Backup of today\nrestore tested 12 May\nsecond medium is due")
    assert found.chain_words.startswith("Audit chain intact\n")


def test_that_the_second_medium_is_set_and_used(
    qtbot: QtBot, sign_in: SignIn, page: Show, tmp_path: Path
) -> None:
    medium = tmp_path / "stick"
    medium.mkdir()
    sign_in("admin")
    opened = page("backup")
    shown = opened.backups
    assert not shown.second_button.isVisible()
    shown.medium_button.click()
    window = dialog(opened, MediumDialog)
    assert isinstance(window, MediumDialog)
    window.folder.field.setText(str(tmp_path / "nowhere"))
    window.save()
    settled(qtbot)
    assert window.strip.text.startswith("There is no folder")
    window.folder.field.setText(str(medium))
    window.save()
    settled(qtbot)
    shown.read()
    settled(qtbot)
    assert shown.second_button.isVisible()
    shown.second_button.click()
    settled(qtbot)
    assert len(list(medium.iterdir())) == 1
    shown.read()
    settled(qtbot)
    assert shown.reminder.text == ""


def test_that_a_restore_to_a_new_folder_opens_with_the_same_password(
    qtbot: QtBot, sign_in: SignIn, page: Show, tmp_path: Path
) -> None:
    session = sign_in("admin")
    operations.on_database(lambda: backup.back_up(session))
    opened = page("backup")
    opened.backups.copy_button.click()
    window = dialog(opened, RestoreCopyDialog)
    assert isinstance(window, RestoreCopyDialog)
    window.folder.field.setText(str(tmp_path / "restored"))
    window.save()
    settled(qtbot)
    assert opened.backups.strip.text.startswith("Restored to ")
    with open_study(
        tmp_path / "restored", user="nurse", password=PASSWORD, clock=SHELL_NOW
    ) as restored:
        assert restored.restored["made_at"]


def test_that_a_changed_study_is_backed_up_before_it_is_closed(
    sign_in: SignIn, study_folder: Path
) -> None:
    session = sign_in("nurse")
    hub().set_session(None)
    assert operations.on_database(lambda: close_safely(session)) is None
    with open_study(study_folder, user="nurse", password=PASSWORD, clock=SHELL_NOW) as again:
        assert [card.kind for card in backup.list_backups(again)] == ["automatic"]


# ---- audit trail, clock


def test_that_the_trail_is_filtered_by_what_is_typed(
    qtbot: QtBot, sign_in: SignIn, page: Show
) -> None:
    sign_in("admin")
    opened = page("audit")
    trail = opened.trail
    trail.filter.field.setText('what:"account added" who:admin')
    trail.read()
    settled(qtbot)
    assert [entry.item for entry in trail.table.shown] == [
        "monitor",
        "investigator",
        "nurse",
        "admin",
    ]
    trail.filter.field.setText("patient:01-002 form:AE")
    trail.read()
    settled(qtbot)
    assert {entry.form for entry in trail.table.shown} == {"AE"}
    about = {trail.table.rows_model.index(n, 3).data() for n in range(len(trail.table.shown))}
    assert about == {"01-002 · Adverse event"}
    values = trail.table.rows_model.index(0, 4).data()
    assert values.startswith("Event, as reported: ")
    assert "{" not in values
    trail.filter.field.setText("to:2026-05-11")
    trail.read()
    settled(qtbot)
    assert trail.table.shown == []
    trail.filter.field.setText("by:nurse")
    trail.read()
    settled(qtbot)
    assert trail.strip.text.startswith("The filter does not know by:.")


def test_that_a_clock_that_went_back_is_said_until_acknowledged(
    qtbot: QtBot, sign_in: SignIn, page: Show, study_folder: Path
) -> None:
    session = sign_in("nurse")
    hub().set_session(None)
    operations.on_database(session.close)
    earlier = FixedClock(SHELL_NOW.now() - timedelta(hours=3))
    with open_study(study_folder, user="nurse", password=PASSWORD, clock=earlier) as late:
        hub().set_session(late)
        window = MainWindow()
        qtbot.addWidget(window)
        window.open_page("patients")
        settled(qtbot)
        said = window.clock_strip.text
        assert said.startswith("The clock went back from Tue 12 May 2026 09:42")
        shown = page("clock")
        shown.clock.acknowledge_button.click()
        found = dialog(shown, ReasonDialog)
        assert isinstance(found, ReasonDialog)
        found.reason.setText("battery replaced")
        found.save()
        settled(qtbot)
        assert window.clock_strip.text == ""
        hub().set_session(None)


def test_that_the_trail_leaves_as_filtered_and_its_review_is_recorded(
    qtbot: QtBot,
    sign_in: SignIn,
    page: Show,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = sign_in("monitor")
    opened = page("audit")
    shown = opened.trail
    shown.filter.field.setText('what:"account added"')
    qtbot.wait(350)
    settled(qtbot)
    place = tmp_path / "trail"
    chosen = lambda *_: (str(place), "CSV (*.csv)")  # noqa: E731 - the system's window
    monkeypatch.setattr(trail_copy.QFileDialog, "getSaveFileName", chosen)
    shown.export_button.click()
    settled(qtbot)
    asked = shown.window().findChild(trail_copy.TrailCopyDialog)
    assert asked is not None
    asked.recipient.setText("Ethics committee")
    asked.save()
    settled(qtbot)
    lines = place.with_suffix(".csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + 4, "the head and four accounts"
    (copy, *_) = operations.on_database(lambda: seals.made_documents(session))
    assert (copy.item, copy.recipient) == ("audit trail", "Ethics committee")
    assert copy.options == "4 entries, action account added"
    shown.review_button.click()
    settled(qtbot)
    window = shown.window().findChild(trail_acts.TrailReviewDialog)
    assert window is not None
    window.outcome.set_key("finding")
    window.save()
    settled(qtbot)
    assert window.strip.text.startswith("A finding needs words.")
    window.comment.setText("One account too many")
    window.save()
    settled(qtbot)
    (review,) = operations.on_database(lambda: audit.trail_reviews(session))
    assert (review.entries, review.result) == (4, "finding")
    assert dict(review.scope) == {"action": "account added"}


def test_that_who_enters_data_records_no_review_of_the_trail(sign_in: SignIn, page: Show) -> None:
    sign_in("nurse")
    opened = page("audit")
    shown = opened.trail
    assert shown.export_button.isVisible()
    assert not shown.review_button.isVisible()
