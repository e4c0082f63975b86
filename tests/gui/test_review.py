"""Reviewing by keys over a real study: verify, sign, ask, answer, freeze, and what a change does.

The study of `shell_study`: 01-002 has visits SCR to M1, each with a visit form and 24-h protein.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from lnmonitor.desktop import operations
from lnmonitor.desktop.pages.monitoring.page import MonitoringPage
from lnmonitor.desktop.pages.monitoring.reading import Line
from lnmonitor.desktop.pages.monitoring.record_pane import RecordPane
from lnmonitor.desktop.pages.monitoring.sign_dialog import SignDialog
from lnmonitor.desktop.pages.monitoring.worklist_parts import ReviewSections, read_review_waiting
from lnmonitor.desktop.pages.patient.history import HistoryLens
from lnmonitor.desktop.pages.patient.page import PatientPage
from lnmonitor.desktop.pages.patient.place import PatientPlace
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services import queries, signatures
from lnmonitor.services.form_state import FormState
from lnmonitor.services.patients import find_patient, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.review_states import patient_review
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import LabResult, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

SignIn = Callable[[str], StudySession]
PASSWORD = "lupus-demo"
Enter, Control = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier


def settled(qtbot: QtBot) -> None:
    qtbot.wait(20)
    qtbot.waitUntil(lambda: operations.pending() == 0, timeout=15_000)


@pytest.fixture
def enter(qtbot: QtBot, sign_in: SignIn) -> Callable[[str], StudySession]:
    """Return a function that lets the next person sign in after the one before has left."""
    inside: list[StudySession] = []

    def change(account: str) -> StudySession:
        if inside:
            settled(qtbot)
            hub().set_session(None)
            operations.on_database(inside.pop().close)
        inside.append(sign_in(account))
        return inside[0]

    return change


def protein(session: StudySession) -> Record[LabResult]:
    """Return 24-h protein of 01-002 at M1."""
    data = patient_data(session, find_patient(session, "01-002"))
    (m1,) = [one.id for one in data.of(Visit) if one.form.visit_code == "M1"]
    return data.at_visit(m1, LabResult)[0]


def state(session: StudySession, record: Record[Form]) -> FormState:
    found = patient_review(session, record.patient_id).all_records()
    return next(one.state for one in found if one.record_id == record.id)


def pane_of(qtbot: QtBot, session: StudySession) -> RecordPane:
    """Return the pane that shows the laboratory of M1, read to the end."""
    pane = RecordPane()
    qtbot.addWidget(pane)
    pane.resize(560, 700)
    pane.show()
    record = protein(session)
    pane.show_form(record.patient_id, "LB", record.visit_id or "")
    settled(qtbot)
    return pane


def verify_and_sign_m1(qtbot: QtBot, enter: SignIn) -> StudySession:
    """Bring 24-h protein of M1 to signed: the monitor verifies, the investigator signs."""
    pane = pane_of(qtbot, enter("monitor"))
    pane.verify_form()
    settled(qtbot)
    session = enter("investigator")
    sign(qtbot, pane_of(qtbot, session), PASSWORD)
    return session


def sign(qtbot: QtBot, pane: RecordPane, password: str) -> SignDialog:
    pane.sign()
    (dialog,) = pane.findChildren(SignDialog)
    qtbot.keyClicks(dialog.password.field, password)
    qtbot.keyClick(dialog.password.field, Enter)
    settled(qtbot)
    return dialog


def amend(session: StudySession, value: float) -> None:
    record = protein(session)
    form = record.form.model_copy(update={"value": value, "canonical_value": None})
    draft = RecordDraft(
        form, record.patient_id, record.visit_id, record.id, record.row_version, reason="Misread"
    )
    save(session, [draft])


# --- verification ------------------------------------------------------------------------------


def test_that_v_verifies_the_line_and_shows_the_tick(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("monitor")
    pane = pane_of(qtbot, session)
    assert pane.line is not None
    assert (pane.line.label, pane.line.value, pane.line.state) == (
        "24-h urine protein",
        "2.5",
        "open",
    )
    pane.verify_line()
    settled(qtbot)
    assert pane.line.state == "verified"
    assert state(session, protein(session)) is FormState.VERIFIED


def test_that_a_whole_visit_is_verified_only_when_all_of_it_was_opened(
    qtbot: QtBot, enter: SignIn
) -> None:
    session = enter("monitor")
    pane = pane_of(qtbot, session)
    pane.scope.set_key("visit")
    pane.verify_scope()
    settled(qtbot)
    assert pane.strip.text.startswith("Not opened in their present version: Visit.")
    assert state(session, protein(session)) is FormState.COMPLETE
    record = protein(session)
    pane.show_form(record.patient_id, "SV", record.visit_id or "")
    settled(qtbot)
    pane.scope.set_key("visit")
    pane.verify_scope()
    settled(qtbot)
    assert state(session, protein(session)) is FormState.VERIFIED


def test_that_who_may_not_verify_has_no_button_and_no_key(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("nurse")
    pane = pane_of(qtbot, session)
    assert not pane.acts["verify"].isVisible()
    assert not pane.acts["sign"].isVisible()
    pane.verify_line()
    settled(qtbot)
    assert state(session, protein(session)) is FormState.COMPLETE


# --- signatures --------------------------------------------------------------------------------


def test_that_a_signature_needs_verified_data_and_the_password(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("investigator")
    pane = pane_of(qtbot, session)
    dialog = sign(qtbot, pane, "not the password")
    assert "password is wrong" in dialog.strip.text
    assert not signatures.signatures(session)
    qtbot.keyClicks(dialog.password.field, PASSWORD)
    qtbot.keyClick(dialog.password.field, Enter)
    settled(qtbot)
    assert dialog.strip.text.startswith("Not verified against the source yet: Laboratory.")
    assert not signatures.signatures(session)


def test_that_signing_says_who_what_and_means_it(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("monitor")
    pane_of(qtbot, session).verify_form()
    session = enter("investigator")
    pane = pane_of(qtbot, session)
    pane.sign()
    (dialog,) = pane.findChildren(SignDialog)
    assert dialog.printed.text() == "Zhao Min, investigator"
    assert dialog.body.text().startswith("1 record is signed as it is now: Laboratory.")
    dialog.meanings.button(2).setChecked(True)
    qtbot.keyClicks(dialog.password.field, PASSWORD)
    qtbot.keyClick(dialog.password.field, Enter)
    settled(qtbot)
    (signature,) = signatures.signatures(session)
    assert (signature.name, signature.meaning.value) == ("Zhao Min", "approval")
    assert pane.chip.text() == "signed"


def test_that_a_later_change_shows_the_signature_fallen_and_why(
    qtbot: QtBot, enter: SignIn
) -> None:
    session = verify_and_sign_m1(qtbot, enter)
    amend(session, 2.8)
    pane = pane_of(qtbot, session)
    words = [one.text() for one in pane.signatures.findChildren(type(pane.title))]
    assert words[0].startswith("Signed 12 May 2026 09:42 +08:00 by Zhao Min, investigator")
    assert words[1].startswith("Signature fell: 24-h urine protein, Value 2.5 → 2.8, 12 May")
    assert pane.chip.text() == "complete", "the verification fell as well"


# --- queries -----------------------------------------------------------------------------------


def test_that_a_query_goes_from_asking_to_closing_between_two_people(
    qtbot: QtBot, enter: SignIn
) -> None:
    session = enter("monitor")
    pane = pane_of(qtbot, session)
    pane.start_query()
    qtbot.keyClicks(pane.queries.words, "Source says 2.8.")
    qtbot.keyClick(pane.queries.words, Enter, Control)
    settled(qtbot)
    (asked,) = queries.queries(session)
    assert (asked.state, asked.item, asked.question) == ("new", "value", "Source says 2.8.")
    assert pane.line is not None
    assert pane.line.queries == 1

    session = enter("nurse")
    assert [one.id for one in read_review_waiting(session).queries or ()] == [asked.id]
    pane = pane_of(qtbot, session)
    assert not pane.queries.buttons["close"].isVisible(), "the site does not close"
    qtbot.keyClicks(pane.queries.words, "Misread; corrected.")
    pane.queries.resolve()
    settled(qtbot)
    assert queries.queries(session)[0].state == "resolved"

    session = enter("monitor")
    pane = pane_of(qtbot, session)
    pane.queries.close_query()
    settled(qtbot)
    assert pane.strip.text.startswith("A query needs a text.")
    qtbot.keyClicks(pane.queries.words, "Agreed.")
    pane.queries.close_query()
    settled(qtbot)
    assert not queries.queries(session)
    assert [one.action for one in queries.thread(session, asked.id)] == [
        "query raised",
        "query resolved",
        "query closed",
    ]


def test_that_words_begun_stay_with_the_form_they_are_about(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("monitor")
    pane = pane_of(qtbot, session)
    pane.start_query()
    qtbot.keyClicks(pane.queries.words, "Which is right?")
    record = protein(session)
    pane.show_form(record.patient_id, "SV", record.visit_id or "")
    settled(qtbot)
    assert pane.queries.words.toPlainText() == ""
    pane.show_form(record.patient_id, "LB", record.visit_id or "")
    settled(qtbot)
    assert pane.queries.words.toPlainText() == "Which is right?"


# --- freezing ----------------------------------------------------------------------------------


def test_that_freezing_is_refused_before_signing_and_opened_with_a_reason(
    qtbot: QtBot, enter: SignIn
) -> None:
    session = enter("monitor")
    pane = pane_of(qtbot, session)
    pane._hold("freeze")
    settled(qtbot)
    assert pane.strip.text.startswith("Not verified")
    verify_and_sign_m1(qtbot, enter)
    session = enter("monitor")
    pane = pane_of(qtbot, session)
    pane._hold("freeze")
    settled(qtbot)
    assert state(session, protein(session)) is FormState.FROZEN
    assert pane.chip.text() == "frozen"
    assert not pane.acts["verify"].isVisible()
    pane._ask_reason("unfreeze")
    qtbot.keyClick(pane.reason, Enter)
    settled(qtbot)
    assert pane.strip.text.startswith("Data are opened with a reason only.")
    qtbot.keyClicks(pane.reason, "Laboratory sent a correction")
    qtbot.keyClick(pane.reason, Enter)
    settled(qtbot)
    assert state(session, protein(session)) is FormState.SIGNED


# --- the patient page --------------------------------------------------------------------------


def patient_page(qtbot: QtBot, argument: object) -> PatientPage:
    page = PatientPage()
    qtbot.addWidget(page)
    page.resize(1228, 740)
    page.show()
    page.activate(argument)
    settled(qtbot)
    return page


def test_that_the_squares_show_the_states_of_review(qtbot: QtBot, enter: SignIn) -> None:
    session = verify_and_sign_m1(qtbot, enter)
    record = protein(session)
    place = PatientPlace(record.patient_id, "binder", "LB", record.visit_id or "")
    page = patient_page(qtbot, place)
    lens = page._lenses["binder"]
    index = lens.grid.right.currentIndex()  # type: ignore[attr-defined]
    assert index.data() == "S"
    assert lens.pane.title.text() == "01-002 · M1 · Laboratory"  # type: ignore[attr-defined]


def test_that_from_a_value_to_its_history_are_two_actions(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("investigator")
    amend(session, 2.8)
    amend(session, 2.6)
    record = protein(session)
    opened: list[tuple[str, object]] = []
    hub().open_page.connect(lambda name, argument: opened.append((name, argument)))
    page = patient_page(qtbot, PatientPlace(record.patient_id, "laboratory"))
    lens = page._lenses["laboratory"]
    lens.grid.select_in(lens.model.columnCount() - 2)  # type: ignore[attr-defined]
    page.review("history")  # the second action: F2 on the result
    assert opened == [("patient", PatientPlace(record.patient_id, "history", record_id=record.id))]
    page.activate(opened[0][1])
    settled(qtbot)
    history = page._lenses["history"]
    assert isinstance(history, HistoryLens)
    told = [(one.old, one.new) for one in history.table.shown if one.action == "amend"]
    assert ("2.8", "2.6") in told
    assert ("2.5", "2.8") in told
    assert {one.record_id for one in history.table.shown} == {record.id}


def test_that_what_changed_since_one_looked_has_a_dot_until_one_has_looked(
    qtbot: QtBot, enter: SignIn
) -> None:
    session = enter("investigator")
    amend(session, 2.6)
    session = enter("nurse")
    record = protein(session)
    page = patient_page(qtbot, record.patient_id)
    assert not page._fresh, "who looks for the first time has seen no other value"
    page.close()
    session = enter("investigator")
    amend(session, 2.8)
    session = enter("nurse")
    page = patient_page(qtbot, record.patient_id)
    assert page._fresh == {record.id}
    assert page.header._changes.text() == "1 changed"
    assert page.tabs.button("laboratory").text() == "Laboratory •"
    page.next_change()  # Ctrl+J
    settled(qtbot)
    pane = page._lenses["binder"].pane  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: pane.sheet is not None)
    assert (pane.sheet.form, pane.sheet.visit_id) == ("LB", record.visit_id)
    page.close()
    again = patient_page(qtbot, record.patient_id)
    assert not again._fresh


def test_that_nothing_said_about_one_patient_is_shown_with_the_next(
    qtbot: QtBot, enter: SignIn
) -> None:
    session = verify_and_sign_m1(qtbot, enter)
    amend(session, 2.8)
    page = patient_page(qtbot, PatientPlace(protein(session).patient_id, "binder"))
    assert page.header._fallen.text() == "1 signature fell"
    assert page._reviews is not None
    others = page._reviews
    page.activate(find_patient(session, "01-003"))
    qtbot.waitUntil(lambda: page.title() == "01-003")
    assert page._reviews is not others
    assert page.header._fallen.text() == ""
    pane = page._lenses["binder"].pane  # type: ignore[attr-defined]
    assert pane.sheet is None or pane.sheet.subject_id == "01-003"


# --- history: filters and export ---------------------------------------------------------------


@pytest.fixture
def history(qtbot: QtBot, enter: SignIn) -> HistoryLens:
    """Return the history of 01-002 after one amendment."""
    session = enter("investigator")
    amend(session, 2.8)
    page = patient_page(qtbot, PatientPlace(protein(session).patient_id, "history"))
    lens = page._lenses["history"]
    assert isinstance(lens, HistoryLens)
    return lens


def test_that_the_trail_is_filtered_by_action_item_and_period(history: HistoryLens) -> None:
    everything = len(history.table.shown)
    history._actions.setCurrentIndex(history._actions.findData("amend"))
    history._filter()
    assert 0 < len(history.table.shown) < everything
    history._items.setCurrentIndex(history._items.findData("value"))
    history._filter()
    (entry,) = history.table.shown
    assert (entry.old, entry.new, entry.reason) == ("2.5", "2.8", "Misread")
    history._from.setText("2026-05-13")
    assert history.table.shown == []
    history._from.setText("2026-05")
    history._to.setText("2026")
    assert len(history.table.shown) == 1
    history._to.setText("yesterday")
    assert history._to.property("state") == "ask"


@pytest.mark.parametrize("name", ["trail.xlsx", "trail.csv"])
def test_that_the_entries_shown_are_written_as_filtered(
    qtbot: QtBot, history: HistoryLens, tmp_path: Path, name: str
) -> None:
    history._actions.setCurrentIndex(history._actions.findData("amend"))
    history._filter()
    shown = [str(one.sequence) for one in history.table.shown]
    history.export_to(tmp_path / name, "Sponsor")
    settled(qtbot)
    assert history.strip.text.startswith(f"{len(shown)} entries written")
    if name.endswith("csv"):
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.reader(opened))
    else:
        sheet = load_workbook(tmp_path / name)["AUDIT"]
        rows = [[str(cell or "") for cell in row] for row in sheet.values]
    at = rows[0].index("SEQUENCE")
    assert [row[at] for row in rows[1:]] == sorted(shown, key=int)
    assert rows[1][rows[0].index("DATA")] == "SYNTHETIC"


# --- monitoring --------------------------------------------------------------------------------


def monitoring(qtbot: QtBot, argument: object = None) -> MonitoringPage:
    page = MonitoringPage()
    qtbot.addWidget(page)
    page.resize(1228, 740)
    page.show()
    page.activate(argument)
    settled(qtbot)
    return page


def test_that_a_monitor_begins_with_the_forms_to_verify(qtbot: QtBot, enter: SignIn) -> None:
    enter("monitor")
    page = monitoring(qtbot)
    assert page.choice is not None
    assert page.choice.key == "f.verify"
    shown = page.forms.shown
    assert len(shown) == page.choice.number
    assert {one.state for one in shown} == {FormState.COMPLETE}
    page.filter.field.setText("01-002 m1 laboratory")
    assert [(one.subject_id, one.visit, one.form) for one in page.forms.shown] == [
        ("01-002", "M1", "LB")
    ]
    settled(qtbot)
    assert page.pane.title.text() == "01-002 · M1 · Laboratory"


def test_that_a_query_opens_with_the_value_it_is_about(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("monitor")
    record = protein(session)
    query_id, _ = queries.ask(
        session, "Really?", patient_id=record.patient_id, record_id=record.id, item="value"
    )
    page = monitoring(qtbot, query_id)
    settled(qtbot)
    assert page.queries.current.id == query_id
    assert isinstance(page.pane.line, Line)
    assert page.pane.line.record_id == record.id
    assert page.pane.queries.table.current.id == query_id


def test_that_a_query_about_a_patient_can_be_answered_too(qtbot: QtBot, enter: SignIn) -> None:
    session = enter("monitor")
    patient_id = find_patient(session, "01-002")
    query_id, _ = queries.ask(session, "Where is the consent?", patient_id=patient_id)
    session = enter("nurse")
    page = monitoring(qtbot, query_id)
    settled(qtbot)
    qtbot.keyClicks(page.pane.queries.words, "In the binder.")
    page.pane.queries.answer()
    settled(qtbot)
    assert queries.queries(session)[0].state == "answered"


def test_that_the_worklist_part_is_absent_for_who_has_no_such_work(
    qtbot: QtBot, enter: SignIn
) -> None:
    enter("admin")
    part = ReviewSections()
    qtbot.addWidget(part)
    part.read()
    settled(qtbot)
    assert part.isHidden()
    enter("nurse")
    part.read()
    settled(qtbot)
    assert not part.queries.isHidden()
    assert part.to_sign.isHidden(), "a nurse does not sign"
