"""The main window: routes, names itself, locks, speaks two languages, survives a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from lnmonitor.desktop import operations, shell
from lnmonitor.desktop.dialogs.find import FindDialog, Hit, matching
from lnmonitor.desktop.dialogs.keys import KeysDialog
from lnmonitor.desktop.navigation import History, PageSpec, Place, available_pages
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.shell import MainWindow
from lnmonitor.errors import InputError
from lnmonitor.services.session import StudySession
from lnmonitor.services.worklist import worklist

SignIn = Callable[[str], StudySession]


class PatientStub(Page):
    """Stands for the patient's page, which has its own tests."""

    def title(self) -> str:
        return "01-002"

    def activate(self, argument: object) -> None:
        self.argument = argument


def settled(qtbot: QtBot) -> None:
    qtbot.wait(250)  # counts are read a moment after a change
    qtbot.waitUntil(lambda: operations.pending() == 0, timeout=15_000)


@pytest.fixture
def window(qtbot: QtBot, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    stub = PageSpec(
        "patient", "Patient", "person", __name__, "PatientStub", listed=False, under="patients"
    )
    pages = {name: spec for name, spec in available_pages().items() if spec.listed}
    monkeypatch.setattr(PageSpec, "make", _make_or_stub(PageSpec.make))
    monkeypatch.setattr(shell, "available_pages", lambda: pages | {"patient": stub})
    sign_in("investigator")
    made = MainWindow()
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.open_page("worklist")
    made.show()
    settled(qtbot)
    return made


def _make_or_stub(real: Callable[[PageSpec], Page]) -> Callable[[PageSpec], Page]:
    return lambda spec: PatientStub() if spec.class_name == "PatientStub" else real(spec)


def menu_texts(window: MainWindow) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for head in window.top.menus.actions():
        menu = head.menu()
        if isinstance(menu, QMenu) and head.isVisible():
            found[head.text()] = [action.text() for action in menu.actions()]
    return found


def test_that_history_forgets_what_lay_ahead_when_going_elsewhere() -> None:
    history = History()
    for name in ("a", "b", "c"):
        history.visit(Place(name))
    assert history.back() == Place("b")
    assert history.back() == Place("a")
    assert history.back() is None
    assert history.forward() == Place("b")
    history.visit(Place("d"))
    assert history.forward() is None
    assert history.back() == Place("b")


def test_that_the_title_names_page_study_and_synthetic_data(window: MainWindow) -> None:
    assert window.windowTitle() == "Worklist — LN-MSC-01 — lnmonitor — SYNTHETIC"
    assert window.top.synthetic.isVisible()


def test_that_the_side_list_shows_what_waits(window: MainWindow) -> None:
    counts = {e.name: (e.count, e.urgent) for e in window.side._model.entries}
    assert counts["worklist"] == (3, False)  # M1 of 01-001, M3 of 01-002, SCR of 01-003
    assert counts["patients"] == (3, False)
    assert counts["safety"][1]


def test_that_every_listed_page_opens_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    for number, spec in enumerate(window.listed(), start=1):
        key = Qt.Key(Qt.Key.Key_0 + number)
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        settled(qtbot)
        assert window.page is not None
        assert type(window.page).__name__ == spec.class_name
        assert window.notice.text == ""
        windows = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        assert windows == [window]  # a part shown before it has a parent would be a window


def test_that_back_and_forward_walk_the_pages(qtbot: QtBot, window: MainWindow) -> None:
    hub().open_page.emit("patients", None)
    hub().open_page.emit("patient", "p2")
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(window, Qt.Key.Key_Left, alt)
    assert window._history.current == Place("patients")
    qtbot.keyClick(window, Qt.Key.Key_Right, alt)
    assert isinstance(window.page, PatientStub)
    assert window.page.argument == "p2"
    settled(qtbot)


def test_that_brackets_step_through_the_list_one_came_from(
    qtbot: QtBot, window: MainWindow
) -> None:
    hub().patient_order = ("p1", "p2", "p3")
    hub().set_patient("p2")
    qtbot.keyClick(window, Qt.Key.Key_BracketRight)
    assert window._history.current == Place("patient", "p3")
    qtbot.keyClick(window, Qt.Key.Key_BracketLeft)
    assert window._history.current == Place("patient", "p1")


def test_that_a_pages_own_actions_are_in_the_menus_while_it_is_shown(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert "Enter visit" in menu_texts(window)["Visit"]
    window.open_page("safety")
    settled(qtbot)
    assert "Acknowledge flag" in menu_texts(window)["Review"]
    assert "Visit" not in menu_texts(window)


def test_that_find_opens_a_patient_by_the_end_of_its_number(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot)
    dialog = window.findChild(FindDialog)
    assert dialog is not None
    qtbot.keyClicks(dialog.field, "2")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert isinstance(window.page, PatientStub)


def test_that_the_exact_number_comes_first_among_hits() -> None:
    hits = [Hit(t, "", "person", lambda: None) for t in ("01-147", "01-470", "01-047")]
    assert matching(hits, "47")[0].text == "01-047"
    assert matching(hits, "nothing") == []


def test_that_a_locked_screen_shows_no_patient_and_opens_with_the_password_only(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.open_page("patient", "p2")
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.locked
    assert "01-002" not in window.windowTitle()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window.page, PatientStub)
    field = window.lock.password.field
    qtbot.keyClicks(field, "wrong")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settled(qtbot)
    assert window.locked
    assert window.lock._strip.text
    qtbot.keyClicks(field, "lupus-demo")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settled(qtbot)
    assert not window.locked
    assert "01-002" in window.windowTitle()


def test_that_a_window_over_the_pages_is_put_away_while_locked(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.show_keys()
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    window.lock_now()
    assert not dialog.isVisible()
    window._uncover()
    assert dialog.isVisible()
    dialog.close()


def test_that_f6_goes_to_the_side_list_and_back(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    before = QApplication.focusWidget()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert window.side.view.hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is before


def test_that_the_language_changes_live_and_back(qtbot: QtBot, window: MainWindow) -> None:
    window.choose_language("zh")
    settled(qtbot)
    assert "研究" in menu_texts(window)
    assert window.page is not None
    assert window.page.title() == "工作列表"
    assert window.side._model.entries[0].title == "工作列表"
    window.choose_language("en")
    settled(qtbot)
    assert window.page.title() == "Worklist"


def test_that_the_scheme_changes_live(window: MainWindow) -> None:
    window.choose_scheme("dark")
    picture = window.page.grab().toImage()  # type: ignore[union-attr]
    assert picture.pixelColor(5, 5).name().upper() == "#1A1E23"


def test_that_a_fault_is_a_strip_with_a_reference_and_a_report_without_values(
    window: MainWindow,
) -> None:
    try:
        {"a": 1}["01-002 Zhang San"]
    except KeyError as fault:
        hub().problem.emit(fault)
    assert "Reference" in window.notice.text
    assert "Traceback" not in window.notice.text
    copy = next(b for b in window.notice.findChildren(QPushButton) if b.text() == "Copy report")
    copy.click()
    report = QGuiApplication.clipboard().text()
    assert "KeyError" in report
    assert "Zhang San" not in report
    assert window.isVisible()


def test_that_a_persons_mistake_is_said_in_one_sentence(window: MainWindow) -> None:
    hub().problem.emit(InputError("There is no {thing}.", "Look again.", thing="such visit"))
    assert window.notice.text == "There is no such visit. Look again."


def test_that_the_side_list_folds_and_the_choice_is_kept(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.side.rail
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert window.side.rail
    window.open_page("documents")
    assert not window.side.rail
    window.open_page("worklist")
    assert window.side.rail
    settled(qtbot)


def test_that_every_key_of_the_program_is_in_a_menu_with_its_words(window: MainWindow) -> None:
    keys = dict(window._menus.keys())
    for key in ("Ctrl+K", "[", "]", "Alt+Left", "Alt+Right", "Ctrl+B", "?", "Ctrl+L", "Ctrl+1"):
        assert keys.get(key), key


@pytest.mark.parametrize("size", [(1280, 800), (1440, 900)])
@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_that_no_label_of_a_page_is_cut(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], tongue: str
) -> None:
    window.resize(*size)
    window.choose_language("zh" if tongue == "zh" else "en")
    for spec in window.listed():
        window.open_page(spec.name)
        settled(qtbot)
        page = window.page
        assert page is not None
        for label in page.findChildren(QLabel):
            if not label.isVisible() or not label.text() or label.wordWrap():
                continue
            wanted = label.fontMetrics().horizontalAdvance(label.text())
            assert label.width() >= wanted - 1, (spec.name, label.text())
            right = label.mapTo(page, QPoint(label.width(), 0)).x()
            assert right <= page.width() + 1, (spec.name, label.text())
        for button in page.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width() - 1, button.text()


def test_that_worklist_and_side_list_tell_the_same_number(window: MainWindow) -> None:
    session = hub().session
    assert session is not None
    found = operations.on_database(lambda: worklist(session))
    entry = next(e for e in window.side._model.entries if e.name == "worklist")
    assert entry.count == len(found.overdue) + len(found.due)
