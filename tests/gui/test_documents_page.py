"""The Documents page: for whom a copy is made, what left before, whether data changed since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from pytestqt.qtbot import QtBot

from lnmonitor.archive.reading import check_archive
from lnmonitor.desktop import operations
from lnmonitor.desktop.pages.document_list import kind_of, since_words
from lnmonitor.desktop.pages.documents import DocumentsPage
from lnmonitor.desktop.pages.monitoring.page import MonitoringPage
from lnmonitor.services.patients import find_patient
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import AdverseEvent

SignIn = Callable[[str], StudySession]


def settled(qtbot: QtBot) -> None:
    qtbot.wait(20)
    qtbot.waitUntil(lambda: operations.pending() == 0, timeout=30_000)


@pytest.fixture
def page(qtbot: QtBot, sign_in: SignIn) -> DocumentsPage:
    sign_in("nurse")
    made = DocumentsPage()
    qtbot.addWidget(made)
    made.resize(1228, 740)
    made.show()
    made.activate(None)
    settled(qtbot)
    return made


def shown_text(monitoring: MonitoringPage, place: int) -> str:
    """Return the reason in a line of the list of late entries."""
    model = monitoring.late.rows_model
    return str(model.index(place, model.columnCount() - 1).data())


def enter_event(session: StudySession, on: str, reason: str = "") -> None:
    """Enter an adverse event for 01-002; the clock of these studies stands at 2026-05-12."""
    event = AdverseEvent(term="Cough", start=on, serious="N", grade=1)
    draft = RecordDraft(event, find_patient(session, "01-002"), reason=reason)
    operations.on_database(lambda: save(session, [draft]))


def test_that_the_page_lists_who_got_what_and_whether_data_changed_since(
    qtbot: QtBot, tmp_path: Path, page: DocumentsPage
) -> None:
    assert page._list_title.text() == "Nothing has left the study yet."
    page.recipient.setText("Sponsor A")
    page.start_one("01-002", tmp_path / "one.pdf")
    page.start_one("01-002", tmp_path / "book.pdf", "casebook")
    settled(qtbot)
    page.start_workbook(tmp_path / "all.xlsx")
    page.start_workbook(tmp_path / "csv.zip", "csv")
    settled(qtbot)
    shown = page.list.shown
    assert [kind_of(one) for one in shown] == ["csv", "workbook", "casebook", "summary"]
    assert {one.recipient for one in shown} == {"Sponsor A"}
    assert {since_words(one) for one in shown} == {"data unchanged since"}
    assert "for Sponsor A · data unchanged since" in page._last["workbook"].text()
    assert page._last["archive"].text() == "not made yet"

    session = page._session()
    enter_event(session, "2026-05-12")
    page.activate(None)
    settled(qtbot)
    assert {since_words(one) for one in page.list.shown} == {"1 change of data since"}
    assert page._last["casebook"].text().endswith("1 change of data since")


def test_that_the_recipient_is_kept_for_the_session(
    qtbot: QtBot, tmp_path: Path, page: DocumentsPage
) -> None:
    page.recipient.setText("Ethics committee")
    page.retranslate()
    page.activate("01-002")
    page.start_forms(tmp_path / "crf.pdf")
    settled(qtbot)
    (made,) = page.list.shown
    assert (kind_of(made), made.recipient) == ("crf", "Ethics committee")


def test_that_the_archive_is_made_with_or_without_the_study(
    qtbot: QtBot, tmp_path: Path, page: DocumentsPage
) -> None:
    page.start_archive(tmp_path / "whole.zip")
    page.with_study.setChecked(False)
    page.start_archive(tmp_path / "without.zip")
    settled(qtbot)
    for name, held in (("whole.zip", True), ("without.zip", False)):
        assert check_archive(tmp_path / name).intact
        with ZipFile(tmp_path / name) as archive:
            assert ("backup/study.db" in archive.namelist()) is held


def test_that_a_missing_number_is_asked_for(page: DocumentsPage) -> None:
    page.make_one_casebook()
    assert "number" in page.strip.text
    assert page.jobs == []


def test_that_monitoring_lists_late_entries_the_longest_first(
    qtbot: QtBot, page: DocumentsPage
) -> None:
    session = page._session()
    monitoring = MonitoringPage()
    qtbot.addWidget(monitoring)
    monitoring.show()

    def late() -> list[tuple[str, int]]:
        monitoring.activate("f.late")
        settled(qtbot)
        assert monitoring._lists.currentWidget() is monitoring.late
        return [(f"{one.subject_id} {one.form}", one.late) for one in monitoring.late.shown]

    enter_event(session, "2026-05-12")
    before = late()
    assert "01-002 AE" not in dict(before)
    enter_event(session, "2026-04-01")
    after = late()
    assert dict(after)["01-002 AE"] == 41
    assert [days for _, days in after] == sorted((days for _, days in after), reverse=True)
    (event,) = [one for one in monitoring.late.shown if one.form == "AE" and one.late == 41]
    place = monitoring.late.rows_model.rows.index(event)
    assert shown_text(monitoring, place) == "no reason given"
    enter_event(session, "2026-03-01", reason="PAPER")
    late()
    monitoring.late.setCurrentIndex(monitoring.late.rows_model.index(0, 0))
    both = "no reason given; On paper first, program not at hand"
    assert shown_text(monitoring, 0) == both
    assert monitoring._why_late.text().endswith(both)
