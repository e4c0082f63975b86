"""Worklist, patients, safety, documents, administration and cohort over a real study, by keys."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import SHELL_NOW

from lnmonitor.analysis.cohort import Proportion
from lnmonitor.analysis.published import published_trial
from lnmonitor.desktop import operations
from lnmonitor.desktop.charts.base import nice_top
from lnmonitor.desktop.dialogs.new_patient import NewPatientDialog
from lnmonitor.desktop.models.rows import GroupRow
from lnmonitor.desktop.pages.administration import AdministrationPage, PersonDialog
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.cohort import CohortPage, published_mean
from lnmonitor.desktop.pages.documents import DocumentsPage
from lnmonitor.desktop.pages.patients import PatientsPage
from lnmonitor.desktop.pages.safety import SafetyPage
from lnmonitor.desktop.pages.worklist import WorklistPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.widgets.job_row import JobRow
from lnmonitor.language import Text
from lnmonitor.progress import Progress
from lnmonitor.services.accounts import list_accounts
from lnmonitor.services.flags import flags
from lnmonitor.services.patients import list_patients
from lnmonitor.services.session import StudySession

SignIn = Callable[[str], StudySession]
P = TypeVar("P", bound=Page)


def settled(qtbot: QtBot) -> None:
    qtbot.wait(20)
    qtbot.waitUntil(lambda: operations.pending() == 0, timeout=15_000)


@pytest.fixture
def opened() -> list[tuple[str, object]]:
    """Collect what pages ask the shell to open."""
    return []


@pytest.fixture
def show(qtbot: QtBot, opened: list[tuple[str, object]]) -> Callable[[type[P]], P]:
    """Return a function that makes a page and shows it, read to the end."""
    hub().open_page.connect(lambda name, argument: opened.append((name, argument)))

    def made(kind: type[P], argument: object = None) -> P:
        page = kind()
        qtbot.addWidget(page)
        page.resize(1228, 740)
        page.show()
        page.activate(argument)
        settled(qtbot)
        return page

    return made


def table_texts(page: WorklistPage) -> list[tuple[str, str, str]]:
    model = page.table.rows_model
    return [
        tuple(str(model.data(model.index(n, c))) for c in (0, 1, 4))  # type: ignore[misc]
        for n in range(model.rowCount())
    ]


# --- worklist ------------------------------------------------------------------------------------


def test_that_the_worklist_groups_visits_and_says_how_late_they_are(
    sign_in: SignIn, show: Callable[[type[WorklistPage]], WorklistPage]
) -> None:
    sign_in("nurse")
    page = show(WorklistPage)
    assert page.head.sentence.text() == "Tue 12 May 2026. 1 visit overdue, 2 due, 0 opening."
    # 01-001 was infused 40 days ago: M1 is due on day 30 ± 7 and closed three days ago.
    assert ("01-001", "M1", "closed 3 days ago") in table_texts(page)
    # 01-002 was infused 91 days ago, the target day of M3 (91 ± 14).
    assert ("01-002", "M3", "today is the target") in table_texts(page)


def test_that_arrow_keys_pass_over_headings_and_enter_opens_the_patient(
    qtbot: QtBot,
    sign_in: SignIn,
    show: Callable[[type[WorklistPage]], WorklistPage],
    opened: list[tuple[str, object]],
) -> None:
    sign_in("nurse")
    page = show(WorklistPage)
    first = page.table.current
    assert first.subject_id == "01-001"
    assert isinstance(page.table.rows_model.rows[0], GroupRow)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.table.current.subject_id != "01-001"
    qtbot.keyClick(page.table, Qt.Key.Key_Up)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened[-1] == ("patient", first.patient_id)


def test_that_e_enters_the_visit_of_the_row(
    qtbot: QtBot,
    sign_in: SignIn,
    show: Callable[[type[WorklistPage]], WorklistPage],
    opened: list[tuple[str, object]],
) -> None:
    sign_in("nurse")
    page = show(WorklistPage)
    with qtbot.waitActive(page):
        page.activateWindow()
    qtbot.keyClick(page.table, Qt.Key.Key_E)
    assert opened[-1] == ("visit", (page.table.current.patient_id, "M1"))


def test_that_a_narrow_window_leaves_out_what_matters_least(
    qtbot: QtBot, sign_in: SignIn, show: Callable[[type[WorklistPage]], WorklistPage]
) -> None:
    sign_in("nurse")
    page = show(WorklistPage)
    titles = [c.title for c in page.table.rows_model.columns]
    left_out = []
    for width in (1400, 800, 640, 520):
        page.resize(width, 700)
        qtbot.wait(20)
        hidden = [t for n, t in enumerate(titles) if page.table.isColumnHidden(n)]
        left_out.append(hidden)
    assert left_out[0] == []
    assert set(left_out[-1]) == {"Target", "Forms", "To do"}
    assert all(set(a) <= set(b) for a, b in pairwise(left_out)), left_out


def test_that_who_may_not_enter_data_has_no_button_for_it(
    sign_in: SignIn, show: Callable[[type[WorklistPage]], WorklistPage]
) -> None:
    sign_in("monitor")
    page = show(WorklistPage)
    assert not page._enter.isVisible()
    assert not page._new.isVisible()
    assert "Enter visit" not in [action.text() for action in page.actions()]


def test_that_the_serious_event_stands_beside_with_its_clock(
    sign_in: SignIn, show: Callable[[type[WorklistPage]], WorklistPage]
) -> None:
    sign_in("investigator")
    page = show(WorklistPage)
    (event,) = page.serious.table.shown
    # Aware on 11 May 16:05, 24 hours to report, now 12 May 09:42: 6 h 23 min are left.
    assert event.hours_left == pytest.approx(6.4, abs=0.05)
    assert page.flags.table.shown


# --- patients ------------------------------------------------------------------------------------


def test_that_slash_goes_to_the_filter_and_esc_clears_it(
    qtbot: QtBot, sign_in: SignIn, show: Callable[[type[PatientsPage]], PatientsPage]
) -> None:
    sign_in("nurse")
    page = show(PatientsPage)
    with qtbot.waitActive(page):
        page.activateWindow()
    assert [p.subject_id for p in page.table.shown] == ["01-001", "01-002", "01-003"]
    qtbot.keyClick(page.table, Qt.Key.Key_Slash)
    assert page.filter.field.hasFocus()
    qtbot.keyClicks(page.filter.field, "status:screening")
    assert [p.subject_id for p in page.table.shown] == ["01-003"]
    qtbot.keyClick(page.filter.field, Qt.Key.Key_Escape)
    assert len(page.table.shown) == 3


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("status:on", ["01-001", "01-002"]),
        ("flag:open", ["01-002"]),
        ("due:overdue", ["01-001"]),
        ("sex:m", []),
        ("003", ["01-003"]),
        ("status:on 002", ["01-002"]),
        ("id:01-001,01-003", ["01-001", "01-003"]),
    ],
)
def test_that_the_filter_finds(
    sign_in: SignIn,
    show: Callable[[type[PatientsPage]], PatientsPage],
    typed: str,
    found: list[str],
) -> None:
    sign_in("nurse")
    page = show(PatientsPage)
    page.filter.field.setText(typed)
    assert [p.subject_id for p in page.table.shown] == found
    assert (page.strip.text == "") == bool(found)


def test_that_a_slip_in_the_filter_is_named_and_not_taken_for_no_patients(
    sign_in: SignIn, show: Callable[[type[PatientsPage]], PatientsPage]
) -> None:
    sign_in("nurse")
    page = show(PatientsPage)
    page.filter.field.setText("statsu:on")
    assert "statsu:on is not understood" in page.strip.text


def test_that_sorting_puts_rows_without_a_value_last_either_way(
    sign_in: SignIn, show: Callable[[type[PatientsPage]], PatientsPage]
) -> None:
    sign_in("nurse")
    page = show(PatientsPage)
    day = next(n for n, c in enumerate(page.table.rows_model.columns) if c.title == "Day")
    head = page.table.horizontalHeader()
    for order, first in ((Qt.SortOrder.AscendingOrder, 40), (Qt.SortOrder.DescendingOrder, 91)):
        head.setSortIndicator(day, order)
        assert page.table.shown[0].day == first
        assert page.table.shown[-1].subject_id == "01-003"


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def new_patient(qtbot: QtBot, window: QWidget, subject: str) -> NewPatientDialog:
    dialog = NewPatientDialog(window)
    dialog.show()
    dialog.subject.clear()
    qtbot.keyClicks(dialog.subject, subject)
    rows = {row.name: row for row in dialog._rows}
    qtbot.keyClicks(rows["birth_date"].editor, "1990-05")
    qtbot.keyClick(rows["sex"].editor, Qt.Key.Key_1)
    assert rows["sex"].entry.value("sex") == "F"
    qtbot.keyClicks(rows["consent_date"].editor, "2026-05-11")
    return dialog


def test_that_a_new_patient_typed_by_keys_is_stored_and_opened(
    qtbot: QtBot, sign_in: SignIn, window: QWidget
) -> None:
    session = sign_in("nurse")
    opened: list[tuple[str, object]] = []
    hub().open_page.connect(lambda name, argument: opened.append((name, argument)))
    dialog = new_patient(qtbot, window, "01-004")
    dialog._form.save.click()
    settled(qtbot)
    stored = operations.on_database(lambda: list_patients(session))
    assert stored[-1].subject_id == "01-004"
    assert opened == [("patient", stored[-1].patient_id)]


def test_that_a_taken_number_is_refused_and_what_was_typed_stays(
    qtbot: QtBot, sign_in: SignIn, window: QWidget
) -> None:
    session = sign_in("nurse")
    dialog = new_patient(qtbot, window, "01-001")
    rows = {row.name: row for row in dialog._rows}
    dialog._form.save.click()
    settled(qtbot)
    assert "01-001" in dialog._form.message.text
    assert dialog.isVisible()
    assert rows["consent_date"].entry.value("consent_date") == "2026-05-11"
    assert len(operations.on_database(lambda: list_patients(session))) == 3


def test_that_a_missing_item_is_named_before_anything_is_sent(
    sign_in: SignIn, window: QWidget
) -> None:
    sign_in("nurse")
    dialog = NewPatientDialog(window)
    dialog.save()
    assert dialog._form.message.text == "Sex is needed."
    assert operations.pending() == 0


# --- safety --------------------------------------------------------------------------------------


def test_that_a_acknowledges_the_flag_and_it_leaves_the_list(
    qtbot: QtBot, sign_in: SignIn, show: Callable[[type[SafetyPage]], SafetyPage]
) -> None:
    session = sign_in("investigator")
    page = show(SafetyPage)
    hub().data_changed.connect(page.refresh)
    with qtbot.waitActive(page):
        page.activateWindow()
    before = len(page.flags.shown)
    identity = page.flags.current.identity
    qtbot.keyClick(page.flags, Qt.Key.Key_A)
    settled(qtbot)
    assert len(page.flags.shown) == before - 1
    stored = operations.on_database(lambda: flags(session, include_closed=True))
    judged = next(f for f in stored if f.flag.identity == identity)
    assert (judged.state, judged.by) == ("acknowledged", "investigator")


def test_that_a_flag_is_dismissed_with_a_reason_only(
    qtbot: QtBot, sign_in: SignIn, show: Callable[[type[SafetyPage]], SafetyPage]
) -> None:
    session = sign_in("investigator")
    page = show(SafetyPage)
    with qtbot.waitActive(page):
        page.activateWindow()
    identity = page.flags.current.identity
    qtbot.keyClick(page.flags, Qt.Key.Key_D)
    reason = page.pane._reason
    assert reason.hasFocus()
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert "reason" in page.pane._strip.text
    qtbot.keyClicks(reason, "known before")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    settled(qtbot)
    stored = operations.on_database(lambda: flags(session, include_closed=True))
    judged = next(f for f in stored if f.flag.identity == identity)
    assert (judged.state, judged.comment) == ("dismissed", "known before")


def test_that_a_nurse_may_acknowledge_but_not_dismiss(
    sign_in: SignIn, show: Callable[[type[SafetyPage]], SafetyPage]
) -> None:
    sign_in("nurse")
    page = show(SafetyPage)
    assert page.pane._accept.isVisible()
    assert not page.pane._dismiss.isVisible()


def test_that_a_flag_shows_its_evidence_and_its_rule(
    sign_in: SignIn, show: Callable[[type[SafetyPage]], SafetyPage]
) -> None:
    sign_in("monitor")
    page = show(SafetyPage)
    model = page.flags.rows_model
    evidence = next(n for n, c in enumerate(model.columns) if c.title == "Evidence")
    assert "Sepsis" in str(model.data(model.index(0, evidence)))
    assert not page.pane._accept.isVisible()


# --- documents -----------------------------------------------------------------------------------


def test_that_a_pdf_is_made_in_the_background_and_named_in_the_list(
    qtbot: QtBot,
    tmp_path: Path,
    sign_in: SignIn,
    show: Callable[[type[DocumentsPage]], DocumentsPage],
) -> None:
    sign_in("monitor")
    page = show(DocumentsPage)
    row = page.start_one("01-002", tmp_path / "one.pdf")
    settled(qtbot)
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF")
    assert row.words == f"Done: {tmp_path / 'one.pdf'}"
    assert row._open.isVisible()


def test_that_an_unknown_number_is_said_in_the_list(
    qtbot: QtBot,
    tmp_path: Path,
    sign_in: SignIn,
    show: Callable[[type[DocumentsPage]], DocumentsPage],
) -> None:
    sign_in("monitor")
    page = show(DocumentsPage)
    row = page.start_one("99-999", tmp_path / "one.pdf")
    settled(qtbot)
    assert "99-999" in row.words
    assert list(tmp_path.glob("*.pdf")) == []


def test_that_a_job_can_be_cancelled_and_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    go_on = threading.Event()

    def work(progress: Progress) -> Path:
        progress(1, 81, "01-001")
        go_on.wait(5)
        progress(2, 81, "01-002")
        return tmp_path

    row = JobRow("All", work, "Waiting")
    qtbot.addWidget(row)
    qtbot.waitUntil(lambda: row.words.startswith("1 of 81"))
    row.cancel()
    go_on.set()
    settled(qtbot)
    assert row.words == "Cancelled. What was complete before stays."


def test_that_jobs_stay_when_the_language_changes(
    qtbot: QtBot,
    tmp_path: Path,
    sign_in: SignIn,
    show: Callable[[type[DocumentsPage]], DocumentsPage],
) -> None:
    sign_in("monitor")
    page = show(DocumentsPage)
    page.subject.setText("01-002")
    page.start_workbook(tmp_path / "all.xlsx")
    page.retranslate()
    settled(qtbot)
    assert page.subject.text() == "01-002"
    assert len(page.jobs) == 1
    assert (tmp_path / "all.xlsx").exists()


# --- administration ------------------------------------------------------------------------------


def test_that_verification_says_how_much_agrees(
    qtbot: QtBot, sign_in: SignIn, show: Callable[[type[AdministrationPage]], AdministrationPage]
) -> None:
    sign_in("monitor")
    page = show(AdministrationPage)
    assert not page.people.add_button.isVisible()
    page.activate("audit")
    page.trail.verify_button.click()
    settled(qtbot)
    assert page.trail.strip.text.startswith("Intact: ")


def test_that_an_administrator_adds_a_person(
    qtbot: QtBot, sign_in: SignIn, show: Callable[[type[AdministrationPage]], AdministrationPage]
) -> None:
    session = sign_in("admin")
    page = show(AdministrationPage)
    assert page.people.add_button.isVisible()
    dialog = PersonDialog(page)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.account, "chen")
    qtbot.keyClicks(dialog.full_name, "Chen Yi")
    dialog.role.set_key("monitor")
    dialog.save()
    settled(qtbot)
    assert dialog.strip.text  # no password yet
    qtbot.keyClicks(dialog.password.field, "a long pass phrase")
    dialog.save()
    settled(qtbot)
    people = operations.on_database(lambda: list_accounts(session))
    assert ("chen", "monitor") in [(one.name, one.role) for one in people]


# --- cohort --------------------------------------------------------------------------------------


def test_that_the_cohort_says_whom_it_covers(
    sign_in: SignIn, show: Callable[[type[CohortPage]], CohortPage]
) -> None:
    sign_in("investigator")
    page = show(CohortPage)
    assert "Cut-off 12 May 2026." in page.head.sentence.text()
    assert not page.grab().toImage().isNull()


def test_that_a_share_of_all_has_room_and_a_published_mean_says_its_source(
    sign_in: SignIn, show: Callable[[type[CohortPage]], CohortPage]
) -> None:
    sign_in("investigator")
    page = show(CohortPage)
    room = page.fontMetrics().horizontalAdvance
    everybody = Proportion("survival", Text("Alive", "生存"), 81, 81, 0.9547, 1.0)
    for column in page._share_columns()[1:3]:
        assert room(column.sample) >= room(column.text(everybody))
    protein = published_trial().means["protein", 12]
    assert published_mean(protein) == "1.5 ± 1.0*"
    assert published_mean(published_trial().means["sledai", 12]) == "5.48 ± 2.77"


def test_that_a_mark_of_a_chart_opens_its_patients(
    qtbot: QtBot,
    sign_in: SignIn,
    show: Callable[[type[CohortPage]], CohortPage],
    opened: list[tuple[str, object]],
) -> None:
    from lnmonitor.analysis.cohort import ResponseRow

    sign_in("investigator")
    page = show(CohortPage)
    page.bars.show_rows(
        [ResponseRow("M12", {"CR": ("01-001", "01-002"), "NR": ("01-003",)}, None, None)]
    )
    page.bars.grab()
    complete = next(m for m in page.bars.marks if "Complete" in m.words)
    middle = complete.area.center().toPoint()
    qtbot.mouseClick(page.bars, Qt.MouseButton.LeftButton, pos=QPoint(middle))
    assert opened[-1] == ("patients", "id:01-001,01-002")


@pytest.mark.parametrize(
    ("value", "top", "step"),
    [(17.3, 20, 5), (4.8, 5, 1), (99.0, 100, 20), (0.4, 0.4, 0.1), (105, 150, 50)],
)
def test_that_an_axis_ends_at_a_round_number(value: float, top: float, step: float) -> None:
    found = nice_top(value)
    assert found[0] >= value
    assert found[0] == pytest.approx(top)
    assert found[1] == pytest.approx(step)


def test_that_the_clock_of_these_tests_stands_still() -> None:
    assert SHELL_NOW.now().date() == date(2026, 5, 12)
