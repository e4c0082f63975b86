"""The way from every result on screen to its reason: popovers, panes, notes and the report."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from tests.gui import sample_story
from tests.gui.entry_nurse import Nurse, built, month_12, nurse
from tests.gui.test_shell_pages import opened, settled, show
from tests.gui.test_story_page import page

from lnmonitor.analysis.explain import Explanation, Line
from lnmonitor.desktop import i18n, operations
from lnmonitor.desktop.dialogs.recomputed import RecomputedDialog, kinds_of
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.cohort import CohortPage
from lnmonitor.desktop.pages.patient.events import EventsLens
from lnmonitor.desktop.pages.patient.laboratory import FROZEN, LaboratoryLens
from lnmonitor.desktop.pages.patient.page import PatientPage
from lnmonitor.desktop.pages.patients import PatientsPage
from lnmonitor.desktop.pages.safety import SafetyPage
from lnmonitor.desktop.pages.visit.event_note import EventNote
from lnmonitor.desktop.pages.worklist import WorklistPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.widgets.explain_popover import Explained, ExplainPopover
from lnmonitor.language import Text
from lnmonitor.services.recompute import (
    PatientChanges,
    RecomputeReport,
    ResultChange,
    RuleChange,
)
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import AdverseEvent
from lnmonitor.study.records import Record

SignIn = Callable[[str], StudySession]
P = TypeVar("P", bound=Page)
Show = Callable[[type[P]], P]


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def popover() -> ExplainPopover:
    """Return the popover that is open; it goes with its window."""
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ExplainPopover)]
    assert len(found) == 1
    return found[0]


# --- the popover -------------------------------------------------------------------------------


def test_that_a_popover_shows_one_explanation_and_offers_the_others(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    told = [
        Explained(
            name, Explanation(name, f"{name} is so.", (Line("Met it"),), (), (), "Rule 1.", "")
        )
        for name in ("First", "Second")
    ]
    shown = ExplainPopover("01-047", told, window)
    shown.open_at(QPoint(5000, 5000))
    assert shown.title == "First"
    assert "First is so." in said(shown)
    shown.choose(1)
    assert "Second is so." in said(shown)
    corner = window.mapToGlobal(QPoint(0, 0))
    assert shown.geometry().right() <= corner.x() + window.width()
    assert shown.geometry().bottom() <= corner.y() + window.height()


# --- the patient page --------------------------------------------------------------------------


def _laboratory(page: PatientPage) -> LaboratoryLens:
    page.choose_lens("laboratory")
    lens = page._lenses["laboratory"]
    assert isinstance(lens, LaboratoryLens)
    return lens


def _stand(lens: LaboratoryLens, analyte: str, visit: int) -> None:
    rows = [row.analyte.code if row.analyte else "" for row in lens.model.rows]
    index = lens.model.index(rows.index(analyte), FROZEN + visit)
    lens.grid.right.setCurrentIndex(index)


def test_that_w_explains_the_result_chosen_in_the_laboratory(
    page: PatientPage, qtbot: QtBot
) -> None:
    lens = _laboratory(page)
    assert not lens.explain_open
    code = next(r.analyte.code for r in lens.model.rows if r.analyte is not None)
    visits = [n for n, _ in enumerate(lens.model.visits)]
    _stand(lens, code, visits[-1])
    qtbot.keyClick(lens.grid.right, Qt.Key.Key_W)
    assert lens.explain_open
    qtbot.keyClick(lens.grid.right, Qt.Key.Key_Escape)
    assert not lens.explain_open


def test_that_w_in_the_binder_leads_to_the_result_of_the_form(page: PatientPage) -> None:
    page.choose_lens("binder")
    page.why()
    assert page.tabs.key == "story"
    assert page.story.explain_open


def test_that_an_event_s_reporting_is_explained_beside_it(page: PatientPage) -> None:
    event = AdverseEvent(
        term="Pulmonary embolism",
        start="2026-03-01",
        serious="Y",
        hospitalised="Y",
        grade=2,
        related_msc="POSSIBLE",
        expected="N",
        aware_at="2026-03-02T09:00",
    )
    view = sample_story.view()
    data = replace(view.data, records=(*view.data.records, Record("ae-x", event, "p", None)))
    page.show_view(replace(view, data=data))
    page.choose_lens("events")
    lens = page._lenses["events"]
    assert isinstance(lens, EventsLens)
    row = next(n for n, r in enumerate(lens.table.rows_model.rows) if _key(r) == "ae-x")
    lens.table.setCurrentIndex(lens.table.rows_model.index(row, 0))
    assert "proposed grade 3" in lens.table.current.remark
    page.why()
    words = said(lens.explain)
    assert "SUSAR: yes, report by 17 Mar 2026" in words
    assert [topic.key for topic in lens.explain._topics][:2] == ["reporting", "event grade"]


def _key(row: object) -> str:
    return str(getattr(row, "key", ""))


# --- lists -------------------------------------------------------------------------------------


def test_that_w_explains_the_response_of_a_patient_in_the_list(
    qtbot: QtBot,
    sign_in: SignIn,
    show: Show[PatientsPage],
    opened: list[tuple[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Without a window system an open popup is closed at the next turn of the event loop.
    shown: list[ExplainPopover] = []
    monkeypatch.setattr(ExplainPopover, "open_at", lambda self, _place: shown.append(self))
    sign_in("investigator")
    page = show(PatientsPage)
    chosen = page.table.current
    with qtbot.waitActive(page):
        page.activateWindow()
    qtbot.keyClick(page.table, Qt.Key.Key_W)
    settled(qtbot)
    (made,) = shown
    assert chosen.subject_id in said(made)
    assert made.title
    made._act()
    assert opened[-1] == ("patient", chosen.patient_id)


def test_that_safety_explains_an_event_and_its_clock(
    qtbot: QtBot, sign_in: SignIn, show: Show[SafetyPage]
) -> None:
    sign_in("investigator")
    page = show(SafetyPage)
    page.events.setFocus()
    page.events.clearSelection()
    page.events.selectRow(0)
    event = page.events.current
    words = said(page.pane)
    assert event.term in words
    assert "SUSAR: " in words
    assert not page.flags.selectionModel().hasSelection()
    page.flags.selectRow(0)
    assert not page.events.selectionModel().hasSelection()
    assert "SUSAR: " not in said(page.pane)


def test_that_the_worklist_leads_to_the_event_itself(
    qtbot: QtBot, sign_in: SignIn, show: Callable[[type[SafetyPage], object], SafetyPage]
) -> None:
    sign_in("investigator")
    first = show(SafetyPage, None).events.shown[0]
    page = show(SafetyPage, first.record_id)
    assert "SUSAR: " in said(page.pane)


# --- entry -------------------------------------------------------------------------------------


def test_that_every_live_result_has_its_reason(nurse: Nurse, qtbot: QtBot) -> None:
    nurse.open_visit("M12", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    nurse.keys("0" * 14 + "1")
    nurse.settle()
    shown = {b.property("result") for b in nurse.page.scores._reasons if not b.isHidden()}
    assert {"sledai", ""} <= shown
    nurse.page.why("sledai")
    told = popover()
    assert told.title == "SLEDAI-2K: 2–17"
    assert "As typed now, M12" in said(told)


def test_that_other_results_stand_in_the_column(nurse: Nurse) -> None:
    nurse.open_visit("M12", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    nurse.keys("0" * 24)
    nurse.settle()
    words = nurse.page.scores.others.text().splitlines()
    assert "Renal SLEDAI: 0" in words
    assert any(line.startswith("LLDAS: ") for line in words)


def test_that_the_flare_index_asks_only_where_the_protocol_uses_it(nurse: Nurse) -> None:
    session = hub().session
    assert session is not None
    nurse.open_visit("M12", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    view = nurse.page.desk.current
    assert view is not None
    assert "joints" not in [row.name for row in view.rows]
    session.protocol = replace(session.protocol, selena_flare="classic")
    nurse.open_visit("M9", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    view = nurse.page.desk.current
    assert view is not None
    assert [row.name for row in view.rows][24:26] == ["joints", "hypertensive_stroke"]


def test_that_an_event_says_what_follows_from_its_answers(nurse: Nurse, qtbot: QtBot) -> None:
    from lnmonitor.desktop.entry.model import FormEntry
    from lnmonitor.desktop.entry.values import Answer

    entry = FormEntry(AdverseEvent, None)
    note = EventNote(entry, None)
    qtbot.addWidget(note)
    assert note.grade.text() == "No grade is proposed by the answers."
    entry.set("hospitalised", Answer("Y"))
    entry.set("grade", Answer(2))
    assert note.grade.text().startswith("Proposed grade 3–5, by: In hospital")
    assert note.grade.property("tone") == "warn"
    assert entry.value("grade") == 2, "proposed, never assigned"
    for name, value in (("serious", "Y"), ("related_msc", "UNRELATED")):
        entry.set(name, Answer(value))
    assert note.reporting.text().startswith("SUSAR: open")
    assert "Causality by the sponsor" in note.reporting.text()
    entry.set("related_by_sponsor", Answer("UNRELATED"))
    assert note.reporting.text().startswith("SUSAR: no")


# --- cohort ------------------------------------------------------------------------------------


def test_that_the_statistics_have_their_page_and_their_reasons(
    qtbot: QtBot, sign_in: SignIn, show: Show[CohortPage]
) -> None:
    sign_in("investigator")
    page = show(CohortPage)
    page.part.set_key("statistics")
    page._show_part("statistics")
    assert page.statistics.isVisible()
    assert not page.grab().toImage().isNull()
    with qtbot.waitActive(page):
        page.activateWindow()
    page.why()
    shown = popover()
    names = [shown._chooser.itemText(n) for n in range(shown._chooser.count())]
    assert "SLEDAI-2K" in names
    assert {"Survival", "First remission", "Alive at 12 months"} <= set(names)
    shown.choose(names.index("Survival"))
    assert "Greenwood" in said(shown)


# --- a changed rule ----------------------------------------------------------------------------

REPORT = RecomputeReport(
    at="2026-05-12T00:00:00Z",
    rules=(RuleChange("sledai-2k", "1", "2"), RuleChange("sledai-band", "", "1")),
    protocol_changed=True,
    evaluated=3,
    patients=(
        PatientChanges(
            "p1",
            "01-001",
            (
                ResultChange("M1", "2026-01-01", "sledai", "8", "9"),
                ResultChange("M1", "2026-01-01", "sledai.band", None, "moderate"),
            ),
            flags_raised=("f1",),
            flags_withdrawn=("f2",),
        ),
        PatientChanges("p2", "01-002", (ResultChange("M3", "2026-03-01", "sledai", "4", None),)),
    ),
)


def test_that_changes_are_counted_by_result_and_flags_are_named() -> None:
    kinds = kinds_of(REPORT, {"f1": Text("Renal flare: suspected", "肾脏复发：疑似")})
    by_name = {kind.name: kind for kind in kinds}
    sledai = by_name["SLEDAI-2K"]
    assert (sledai.patients, sledai.count(old=True, new=True)) == (2, 1)
    assert sledai.count(old=True, new=False) == 1
    assert by_name["Flags: raised"].changes[0].where == "Renal flare: suspected"
    assert by_name["Flags: withdrawn"].changes[0].where == "f2"


def test_that_the_report_reads_in_both_languages(qtbot: QtBot, sign_in: SignIn) -> None:
    sign_in("investigator")
    for spoken, words in (
        ("en", "rule sledai-2k 1 → 2; rule sledai-band is new"),
        ("zh", "规则 sledai-2k 1 → 2; 规则 sledai-band 为新增"),
    ):
        i18n.set_language(spoken)  # type: ignore[arg-type]
        window = QWidget()
        qtbot.addWidget(window)
        dialog = RecomputedDialog(window, REPORT)
        settled(qtbot)
        assert words in dialog.rules.text()
        band = next(
            k for k in dialog.kinds.rows_model.rows if len(k.changes) == 1 and k.changes[0].new
        )
        assert band.changes[0].new in {"moderate", "中度"}


def test_that_the_worklist_offers_the_report(
    qtbot: QtBot, sign_in: SignIn, show: Show[WorklistPage]
) -> None:
    session = sign_in("investigator")
    session.recomputed = REPORT
    page = show(WorklistPage)
    assert "results of 2 patients computed anew" in page.notice.text
    assert [button.text() for button in page.notice._buttons] == ["What changed…"]
