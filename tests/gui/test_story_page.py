"""The patient page: readout, explanation, lenses, and what leads from one to the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from tests.gui import sample_story

from lnmonitor.clinical.response import Response, ResponseResult
from lnmonitor.clinical.results import Rule
from lnmonitor.desktop import i18n
from lnmonitor.desktop.pages.monitoring.words import local_instant
from lnmonitor.desktop.pages.patient.binder import BinderLens, state_of
from lnmonitor.desktop.pages.patient.events import EventsLens
from lnmonitor.desktop.pages.patient.header import PatientHeader
from lnmonitor.desktop.pages.patient.history import HistoryLens
from lnmonitor.desktop.pages.patient.laboratory import FROZEN, LaboratoryLens
from lnmonitor.desktop.pages.patient.page import PatientPage
from lnmonitor.desktop.pages.patient.popover import ValuePopover, facts_of
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme_manager
from lnmonitor.desktop.trail_words import change_words
from lnmonitor.desktop.trend_images import save_trend_png
from lnmonitor.errors import InputError
from lnmonitor.services.audit import AuditEntry, AuditPage
from lnmonitor.services.form_state import FormState
from lnmonitor.study.forms import LabResult, VitalSigns
from lnmonitor.study.records import Record


@pytest.fixture
def page(qtbot: QtBot) -> PatientPage:
    theme_manager().apply()
    made = PatientPage()
    qtbot.addWidget(made)
    made.resize(1400, 850)
    made.show()
    qtbot.waitExposed(made)
    made.show_view(sample_story.view())
    made.story.explain_now()
    made.story.canvas.setFocus()
    return made


def said(widget: object) -> str:
    """Return all words a widget shows."""
    labels = widget.findChildren(QLabel)  # type: ignore[attr-defined]
    return "\n".join(label.text() for label in labels if label.isVisibleTo(widget))


# --- readout -----------------------------------------------------------------------------------


def test_that_the_readout_says_the_value_of_every_panel_at_the_visit(page: PatientPage) -> None:
    read = page.story.readout
    assert read.spoken("visits") == "Unscheduled 1, 7 May 2026 · wk 47 · day 329"
    assert read.spoken("response") == "Complete at M9, flare ?"
    assert read.spoken("sledai") == "8, +6 vs M9, protein 4, complement 2, DNA 2"
    assert read.spoken("bilag_renal") == "B, was C, protein > 1.0 g, not improved"
    assert read.spoken("gfr") == "70 eGFR, −18 vs M9"
    assert read.spoken("protein") == "1.38 g/24 h, ×3.4 vs M9, High · limit 0.15"
    assert read.spoken("prednisone") == "7.5 mg/day"
    assert read.spoken("complement") == (
        "0.68 C3, −0.24 vs M9, Low · limit 0.80; 0.09 C4, Low · limit 0.10"
    )
    assert read.spoken("dsdna") == "226 IU/mL, High · limit 100"
    assert read.spoken("events") == "hypertension, grade 2, ongoing, since day 300"


def test_that_keys_move_crosshair_and_readout_together(page: PatientPage, qtbot: QtBot) -> None:
    for _ in range(4):
        qtbot.keyClick(page.story.canvas, Qt.Key.Key_Left)
    read = page.story.readout
    assert read.spoken("visits") == "Month 1, 11 Jul 2025 · wk 4 · day 29"
    assert read.spoken("sledai") == "12–14, 1 input missing"
    assert read.spoken("dsdna") == "ND IU/mL, not done"
    assert read.spoken("protein") == "–, no value at this visit"
    assert read.spoken("prednisone") == "30 mg/day"


def test_that_each_block_stands_on_the_line_of_its_panel(page: PatientPage) -> None:
    places = page.story.canvas.row_places()
    for key in ("sledai", "protein", "dsdna"):
        block = page.story.readout._blocks[key]
        assert (block.y(), block.height()) == places[key]
        scene = page.story.canvas.plot_items()[key].getViewBox().sceneBoundingRect()
        assert block.y() == pytest.approx(scene.top(), abs=1)


# --- explanation -------------------------------------------------------------------------------


def test_that_the_explanation_shows_the_reasons_of_the_flag(page: PatientPage) -> None:
    pane = page.story.explain
    assert pane.topic is not None
    assert pane.topic.key == "flag.flag-1"
    words = said(pane)
    assert "Renal flare: suspected" in words
    for head in ("Met", "Missing", "Source values"):
        assert head in words.splitlines(), words
    assert "1.38" in words
    assert "10.1136/annrheumdis-2012-201940" in words
    assert "flare-renal" in words


def test_that_other_definitions_stand_beside_the_response(page: PatientPage) -> None:
    kdigo = ResponseResult(Rule("response-kdigo-2024", "1"), response=Response.NR)
    view = sample_story.view()
    visits = [
        sample_story.replace(v, outcomes={**v.outcomes, "response.kdigo-2024": kdigo})
        for v in view.course.visits
    ]
    course = sample_story.replace(view.course, visits=tuple(visits))
    page.show_view(sample_story.replace(view, course=course))
    pane = page.story.explain
    pane.show_stop(page._view, page.story.canvas.stop, "response.set-a")
    words = said(pane).splitlines()
    assert words[words.index("Other rule sets, same data") + 1 :][:2] == [
        "KDIGO 2024",
        "No response",
    ]


def test_that_w_and_escape_close_and_open_the_explanation(page: PatientPage, qtbot: QtBot) -> None:
    assert page.story.explain_open
    qtbot.keyClick(page.story.canvas, Qt.Key.Key_Escape)
    assert not page.story.explain_open
    qtbot.keyClick(page.story.canvas, Qt.Key.Key_W)
    assert page.story.explain_open


def test_that_in_a_narrow_window_the_explanation_covers_the_readout_only(
    page: PatientPage, qtbot: QtBot
) -> None:
    page.resize(1228, 700)
    page.story.open_explain()
    assert page.story.explain_open
    assert not page.story.readout.isVisible()
    page.story.close_explain()
    assert page.story.readout.isVisible()


def test_that_a_flag_is_dismissed_with_a_reason_only(page: PatientPage, qtbot: QtBot) -> None:
    pane = page.story.explain
    heard: list[tuple[str, str]] = []
    pane.dismissed.disconnect()
    pane.dismissed.connect(lambda identity, reason: heard.append((identity, reason)))
    qtbot.keyClick(page.story.canvas, Qt.Key.Key_D)
    qtbot.keyClick(pane._reason, Qt.Key.Key_Return)
    assert heard == []
    assert "reason" in pane._reason_note.text()
    qtbot.keyClicks(pane._reason, "wrong sample")
    qtbot.keyClick(pane._reason, Qt.Key.Key_Return)
    assert heard == [("flag-1", "wrong sample")]


def test_that_a_acknowledges_the_flag_explained(page: PatientPage, qtbot: QtBot) -> None:
    pane = page.story.explain
    pane.acknowledged.disconnect()
    with qtbot.waitSignal(pane.acknowledged) as heard:
        qtbot.keyClick(page.story.canvas, Qt.Key.Key_A)
    assert heard.args == ["flag-1"]


def test_that_no_key_judges_the_last_patients_flag(page: PatientPage, qtbot: QtBot) -> None:
    heard: list[str] = []
    pane = page.story.explain
    pane.acknowledged.disconnect()
    pane.acknowledged.connect(heard.append)
    page.show_view(sample_story.view(sample_story.other_story()))
    qtbot.keyClick(page.story.canvas, Qt.Key.Key_A)
    assert heard == []


def test_that_who_may_not_judge_sees_no_buttons(page: PatientPage) -> None:
    view = sample_story.replace(sample_story.view(), may_acknowledge=False, may_dismiss=False)
    page.show_view(view)
    page.story.explain_now()
    pane = page.story.explain
    assert not pane._acknowledge.isVisible()
    assert not pane._dismiss.isVisible()


def test_that_a_source_value_opens_its_visit(page: PatientPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hub().open_page) as opened:
        page.open_record("r-u1")
    assert opened.args == ["visit", ("p-047", "u1", "LB", "", "r-u1")]


# --- page --------------------------------------------------------------------------------------


def test_that_enter_opens_the_visit_under_the_crosshair(page: PatientPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.story.canvas, Qt.Key.Key_Left)
    with qtbot.waitSignal(hub().open_page) as opened:
        qtbot.keyClick(page.story.canvas, Qt.Key.Key_Return)
    assert opened.args == ["visit", ("p-047", "m9")]


def test_that_enter_on_a_panel_tells_where_its_value_comes_from(
    page: PatientPage, qtbot: QtBot
) -> None:
    page.story.canvas.set_panel("protein")
    qtbot.keyClick(page.story.canvas, Qt.Key.Key_Return)
    popover = page.story.findChild(ValuePopover)
    assert popover is not None
    words = said(popover).splitlines()
    assert words[0] == "24-h protein  1.38 g/24 h"
    assert words[words.index("As reported") + 1] == "1.38 g/24 h"
    assert words[words.index("Collected") + 1] == "7 May 2026"
    with qtbot.waitSignal(hub().open_page) as opened:
        popover._open("r-u1")
    assert opened.args == ["visit", ("p-047", "u1", "LB", "", "r-u1")]


def test_that_a_converted_value_is_shown_beside_the_reported_one() -> None:
    form = LabResult(
        analyte="CREAT", operator="<", value=0.82, unit="mg/dL", canonical_value=72.5,
        canonical_unit="μmol/L", range_low=41, range_high=73, collected_on="2026-05",
    )  # fmt: skip
    facts = dict(
        facts_of(Record("r", form, "p", "v", entered_by="nurse", justified={"value": "ok"}))
    )
    assert facts["As reported"] == "<0.82 mg/dL"
    assert facts["Converted"] == "72.5 μmol/L"
    assert facts["Range then"] == "41–73"
    assert facts["Collected"] == "May 2026"
    assert facts["Explained"] == "ok"
    assert facts["Entered"].startswith("nurse")
    assert "Laboratory" not in facts


def test_that_the_patient_shown_stays_when_another_cannot_be_read(page: PatientPage) -> None:
    page._patient_id = "p-048"
    page._not_read(InputError("There is no such patient.", "Open the list again."))
    assert hub().patient_id == "p-047"
    assert "There is no such patient." in page.strip.text


def test_that_the_head_says_facts_flags_and_visits_to_enter(qtbot: QtBot) -> None:
    header = PatientHeader()
    qtbot.addWidget(header)
    header.resize(1300, 70)
    header.show()
    header.show_view(sample_story.view())
    words = said(header)
    for one in ("01-047", "On study", "day 334 · wk 47", "1 flag", "M12, opens in 3 days"):
        assert one in words
    actions = [a.text() for a in header._menu.actions() if a.text()]
    assert actions[0] == "Month 12: opening"
    assert "Month 9: done" in actions


def test_that_a_missing_fact_is_seen_as_a_dash(qtbot: QtBot) -> None:
    header = PatientHeader()
    qtbot.addWidget(header)
    header.resize(1300, 70)
    header.show()
    header.show_view(sample_story.view(sample_story.empty_story()))
    assert said(header).splitlines()[-1] != ""
    assert "–" in said(header).splitlines()


def test_that_a_patient_without_visits_is_said_to_have_none(page: PatientPage) -> None:
    page.show_view(sample_story.view(sample_story.empty_story()))
    assert page.story.readout.spoken("visits") == "No visit yet"
    assert "Nothing is computed at this visit yet." in said(page.story.explain)
    for lens in ("laboratory", "binder", "events"):
        page.choose_lens(lens)
    assert not page.grab().isNull()


def test_that_x_changes_the_unit_and_the_bar_follows(page: PatientPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.story.canvas, Qt.Key.Key_X)
    assert page.bar._units.key == "dates"


def test_that_a_panel_can_be_left_out(page: PatientPage) -> None:
    action = next(a for a in page.bar._panel_menu.actions() if a.data() == "dsdna")
    action.setChecked(False)
    assert "dsdna" not in page.story.canvas.row_places()
    page.bar.reset()
    assert "dsdna" in page.story.canvas.row_places()


def test_that_the_page_speaks_chinese(qtbot: QtBot) -> None:
    i18n.set_language("zh")
    made = PatientPage()
    qtbot.addWidget(made)
    made.resize(1400, 850)
    made.show()
    made.show_view(sample_story.view())
    assert made.story.readout.spoken("protein") == "1.38 g/24 h, 较 M9 ×3.4, 高 · 上限 0.15"
    assert made.tabs.button("story").text() == "病程"


# --- lenses ------------------------------------------------------------------------------------


def test_that_the_laboratory_marks_high_low_and_missing(qtbot: QtBot) -> None:
    lens = LaboratoryLens()
    qtbot.addWidget(lens)
    lens.show_view(sample_story.view())
    model = lens.model
    titles = [row.title for row in model.rows]
    assert titles[0] == "Urine"
    c3 = titles.index("Complement C3")
    cell = model.cell(model.index(c3, FROZEN + 1))
    assert cell is not None
    assert cell.measured.flag == "L"
    assert cell.spoken.startswith("0.68 g/L, Low")
    assert model.rows[c3].reference == "0.8–1.6"
    dna = titles.index("Anti-dsDNA")
    assert model.index(dna, FROZEN + 1).data() == "ND"
    assert model.index(dna, FROZEN).data() is None


def test_that_enter_on_a_result_opens_its_visit(qtbot: QtBot) -> None:
    lens = LaboratoryLens()
    qtbot.addWidget(lens)
    lens.resize(900, 500)
    lens.show()
    lens.show_view(sample_story.view())
    with qtbot.waitSignal(lens.visit_wanted) as wanted:
        qtbot.keyClick(lens.grid.right, Qt.Key.Key_Return)
    assert wanted.args == ["u1"]


def test_that_a_form_with_a_required_item_open_is_a_draft_not_complete() -> None:
    record = Record("r", LabResult(analyte="C3"), "p", "v")
    given = Record("r", LabResult(analyte="C3"), "p", "v", missing={"collected_on": "UNK"})
    assert state_of(()) is FormState.EMPTY
    assert state_of((given, record)) is FormState.DRAFT
    assert state_of((given, Record("s", VitalSigns(), "p", "v"))) is FormState.COMPLETE


def test_that_the_binder_opens_forms_of_patient_and_visit(qtbot: QtBot) -> None:
    lens = BinderLens()
    qtbot.addWidget(lens)
    lens.show_view(sample_story.view())
    codes = [form.code for form in lens.model.forms]
    with qtbot.waitSignal(lens.form_wanted) as form:
        lens._open(lens.model.index(codes.index("AE"), 1))
    assert form.args == ["AE", "ae-3"]
    with qtbot.waitSignal(lens.visit_wanted) as visit:
        lens._open(lens.model.index(codes.index("SLEDAI"), lens.model.columnCount() - 1))
    assert visit.args == ["M12"], "a visit without record is opened by its code"


def test_that_the_binder_begins_at_the_last_visit_that_took_place(qtbot: QtBot) -> None:
    lens = BinderLens()
    qtbot.addWidget(lens)
    lens.resize(900, 500)
    lens.show()
    lens.show_view(sample_story.view())
    with qtbot.waitSignal(lens.visit_wanted) as visit:
        qtbot.keyClick(lens.grid.right, Qt.Key.Key_Return)
    assert visit.args == ["u1"]


def test_that_an_event_without_end_is_not_taken_to_go_on(qtbot: QtBot) -> None:
    lens = EventsLens()
    qtbot.addWidget(lens)
    lens.show_view(sample_story.view())
    row = lens.table.shown[0]
    assert row.name == "pneumonia"
    assert row.stop == "not known"


def entry(sequence: int, **more: str) -> AuditEntry:
    given = {
        "at": "2026-05-12T01:41:52+00:00", "utc_offset": "+08:00", "zone": "", "account": "nurse",
        "full_name": "Li Wen", "role": "", "workstation": "", "program": "", "action": "amend",
        "patient_id": "p-047", "subject": "01-047", "visit_id": "u1", "form": "LB",
        "record_id": "r-u1", "item": "value", "old": "1.83", "new": "1.38",
        "reason": "typing error", "source": "", "hash": "",
    } | more  # fmt: skip
    return AuditEntry(sequence, **given)


def test_that_a_value_stands_in_the_trail_as_it_was_typed() -> None:
    assert change_words(entry(1, old="", new='{"a": 1}')) == '{"a": 1}'
    assert change_words(entry(2, form="", old="", new='{"a": 1, "b": null}')) == "a: 1, b: –"


def test_that_the_history_shows_old_new_reason_and_filters(qtbot: QtBot) -> None:
    lens = HistoryLens()
    qtbot.addWidget(lens)
    older = entry(1, action="create", form="VS", account="doctor", full_name="Zhao Min")
    lens.show_entries(AuditPage((entry(2), older), 2, None))
    first = [lens.table.rows_model.index(0, n).data() for n in range(7)]
    assert first == [
        "12 May 2026 09:41", "Li Wen", "amend", "Laboratory", "Value", "1.83 → 1.38",
        "typing error",
    ]  # fmt: skip
    qtbot.keyClicks(lens._words, "zhao vital")
    assert [e.sequence for e in lens.table.shown] == [1]
    lens._words.clear()
    lens._people.setCurrentIndex(lens._people.findText("Zhao Min"))
    lens._filter()
    assert [e.sequence for e in lens.table.shown] == [1]
    assert lens._number.text() == "1 of 2 entries"


def test_that_an_instant_is_told_on_the_clock_of_its_workstation() -> None:
    west = entry(1, utc_offset="-03:30")
    assert local_instant(west.at, west.utc_offset) == "11 May 2026 22:11"


# --- pictures ----------------------------------------------------------------------------------


def test_that_a_picture_is_light_whatever_the_screen_shows(qtbot: QtBot, tmp_path: Path) -> None:
    theme_manager().set_scheme("dark")
    path = save_trend_png(sample_story.story(), tmp_path / "story.png", size=(1000, 700))
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1000, 700)
    assert image.pixelColor(2, 2).name() == "#ffffff"
    colours = {
        image.pixelColor(x, y).name().upper()
        for x in range(150, 1000, 3)
        for y in range(60, 700, 3)
    }
    assert theme_manager().theme.hex("bg-panel").upper() not in colours
    assert "#EFE3C8" in colours, "the dose area of the light table"
