"""Links from the numbers of an explanation to their records, and from missing inputs to fields."""

# ruff: noqa: F401, F811 - fixtures are imported and then named as arguments

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from tests.gui.entry_nurse import Nurse, built, month_12, nurse
from tests.gui.test_story_page import page

from lnmonitor.analysis.explain import Explanation, Line
from lnmonitor.analysis.source_records import Source
from lnmonitor.analysis.sources import Sources
from lnmonitor.desktop import i18n
from lnmonitor.desktop.entry.edits import ResultEdit
from lnmonitor.desktop.pages.patient.page import PatientPage
from lnmonitor.desktop.pages.visit.page import VisitPage
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.widgets.explain_popover import Explained, ExplainPopover
from lnmonitor.desktop.widgets.link import LinkButton
from lnmonitor.study.forms import LabResult

PROTEIN = Source("24-h urine protein", "LB", "U24P", "m9", "r-9", "M9", "2026-03-10", "0.41 g/24 h")
DSDNA = Source("Raised anti-dsDNA", "SLEDAI", "dsdna", "m9", "r-s", "M9", "2026-03-10")
TOLD = Explanation(
    "Partial response",
    "Because.",
    (Line("Protein under 0.5", "0.41 g/24 h"),),
    (),
    (Line("Raised anti-dsDNA", "2 points", item="dsdna"), Line("Second sample", item="x")),
    "Rule 1.",
    "",
)
KNOWN = Sources((PROTEIN,), {"dsdna": DSDNA})


@pytest.fixture
def popover(qtbot: QtBot) -> Iterator[tuple[ExplainPopover, list[Source]]]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    gone: list[Source] = []
    told = [Explained("First", TOLD, sources=KNOWN)]
    made = ExplainPopover("01-047", told, window, go=gone.append)
    made.open_at(QPoint(0, 0))
    yield made, gone
    if isValid(made):
        made.close()


def links(widget: QWidget) -> list[LinkButton]:
    return widget.findChildren(LinkButton)


# --- the widgets -------------------------------------------------------------------------------


def test_that_numbers_and_missing_inputs_are_links_with_names(
    popover: tuple[ExplainPopover, list[Source]],
) -> None:
    missing, value = links(popover[0])
    assert (missing.text(), value.text()) == (
        "Raised anti-dsDNA",
        "24-h urine protein 0.41 g/24 h",
    )
    assert value.accessibleDescription() == (
        "Go to 24-h urine protein 0.41 g/24 h, M9 · 10 Mar 2026"
    )
    assert missing.toolTip() == "Go to Raised anti-dsDNA, M9 · 10 Mar 2026"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_that_a_link_is_pressed_by_the_keyboard_and_leaves_the_popover(
    popover: tuple[ExplainPopover, list[Source]], key: Qt.Key, qtbot: QtBot
) -> None:
    shown, gone = popover
    link = links(shown)[1]
    assert link.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(link, key)
    assert gone == [PROTEIN]
    assert not isValid(shown) or not shown.isVisible()


def test_that_a_long_link_wraps_and_keeps_number_and_unit_together(qtbot: QtBot) -> None:
    words = "Protein to creatinine ratio of the morning urine 113 mg/mmol"
    link = LinkButton(words, unbroken="113 mg/mmol")
    qtbot.addWidget(link)
    wide = link.sizeHint().width()
    assert link.heightForWidth(wide // 2) > link.heightForWidth(wide)
    assert "113\u00a0mg/\u2060mmol" in link._words
    assert link.text() == words


def test_that_nothing_is_a_link_where_there_is_no_way(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    made = ExplainPopover("01-047", [Explained("First", TOLD)], window)
    assert links(made) == []


# --- the patient page --------------------------------------------------------------------------


def test_that_the_pane_leads_to_the_item_of_a_visit(page: PatientPage, qtbot: QtBot) -> None:
    found = links(page.story.explain)
    assert found
    with qtbot.waitSignal(hub().open_page) as opened:
        qtbot.keyClick(found[0], Qt.Key.Key_Space)
    name, argument = opened.args
    assert (name, argument[0], argument[2]) == ("visit", "p-047", "LB")


def test_that_tab_goes_from_the_head_of_the_pane_to_its_links(
    page: PatientPage, qtbot: QtBot
) -> None:
    pane = page.story.explain
    pane._close.setFocus()
    qtbot.keyClick(pane._close, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is links(pane)[0]


def test_that_a_form_of_the_patient_is_opened_at_its_item(page: PatientPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hub().open_page) as opened:
        page.open_source(Source("Sex", "DM", "sex", None, "r-dm"))
    assert opened.args == ["form", ("p-047", "DM", "r-dm", "sex")]


# --- the entry page ----------------------------------------------------------------------------


def current(page: VisitPage) -> tuple[str, str, object]:
    """Return form, item and analyte of the field that has the cursor."""
    view = page.desk.current
    row = view.current_row() if view is not None else None
    assert row is not None
    result = row.entry.form_type is LabResult
    return page.desk.key, row.name, row.entry.value("analyte") if result else None


def at_item(nurse: Nurse, visit: str, form: str, item: str, record_id: str = "") -> VisitPage:
    nurse._show(nurse.page, (nurse.study.patient_id, visit, form, item, record_id))
    return nurse.page


def test_that_a_visit_opens_at_a_result(nurse: Nurse) -> None:
    page = at_item(nurse, "M12", "LB", "CREAT")
    assert current(page) == ("LB", "value", "CREAT")
    assert isinstance(QApplication.focusWidget(), ResultEdit)


def test_that_a_visit_opens_at_an_answer(nurse: Nurse) -> None:
    page = at_item(nurse, "M12", "SLEDAI", "dsdna")
    assert current(page)[:2] == ("SLEDAI", "dsdna")


def test_that_a_sign_of_the_infusion_opens_its_own_set(nurse: Nurse) -> None:
    page = at_item(nurse, "D0", "VS", "temperature_c")
    assert current(page)[:2] == ("VS", "temperature_c")


def test_that_an_item_that_is_not_asked_for_opens_its_form(nurse: Nurse) -> None:
    page = at_item(nurse, "M12", "LB", "FERR")
    assert page.desk.key == "LB"


def test_that_who_may_not_enter_reads_the_field_there(nurse: Nurse) -> None:
    page = nurse.page
    loaded = page._loaded

    def reading(found: object) -> None:
        loaded(replace(found, may_edit=False))  # type: ignore[type-var]

    page._loaded = reading  # type: ignore[method-assign]
    at_item(nurse, "M9", "LB", "CREAT")
    assert current(page) == ("LB", "value", "CREAT")
    assert isinstance(QApplication.focusWidget(), ResultEdit)
    assert QApplication.focusWidget().isReadOnly()  # type: ignore[union-attr]


def test_that_the_score_leads_to_the_items_that_make_it_a_range(nurse: Nurse, qtbot: QtBot) -> None:
    nurse.open_visit("M12", "SLEDAI")
    nurse.date()
    nurse.form("SLEDAI")
    nurse.keys("0" * 22)
    nurse.settle()
    nurse.form("LB")
    lines = links(nurse.page.scores)
    assert [line.text() for line in lines] == ["Platelets under 100", "Leucocytes under 3.0"]
    lines[1].click()
    assert current(nurse.page)[:2] == ("SLEDAI", "leukopenia")


def test_that_a_reason_of_the_visit_leads_to_its_field_and_keeps_what_is_typed(
    nurse: Nurse,
) -> None:
    nurse.open_visit("M12", "LB")
    nurse.date()
    nurse.form("LB")
    typed = nurse.type("CREAT", "84").entry
    nurse.settle()
    nurse.page.why("egfr")
    shown = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ExplainPopover))
    nurse.form("SLEDAI")
    link = next(one for one in links(shown) if one.text().startswith("Creatinine 84"))
    link.click()
    assert current(nurse.page) == ("LB", "value", "CREAT")
    assert typed.value("value") == 84


def test_that_a_number_of_another_visit_opens_that_visit(nurse: Nurse, qtbot: QtBot) -> None:
    nurse.open_visit("M12", "LB")
    other = Source("Creatinine", "LB", "CREAT", "v-other", "r-x", "M9", "2026-03-10", "79 µmol/L")
    with qtbot.waitSignal(hub().open_page) as opened:
        nurse.page.go_to_source(other)
    patient_id = nurse.study.patient_id
    assert opened.args == ["visit", (patient_id, "v-other", "LB", "CREAT", "r-x")]


def test_that_the_links_speak_chinese(
    popover: tuple[ExplainPopover, list[Source]],
) -> None:
    i18n.set_language("zh")
    shown = popover[0]
    shown.choose(0)
    assert links(shown)[1].toolTip().startswith("转到 ")
