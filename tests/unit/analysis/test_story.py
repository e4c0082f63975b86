"""The story of patient 01-047 as the design draws it, and stories with little in them."""

from __future__ import annotations

from datetime import date

import pytest
from patients import Builder, renal, started, story_047

from lnmonitor.analysis.build_story import build_story
from lnmonitor.analysis.course import evaluate
from lnmonitor.analysis.story import Mark, Panel, SeriesStyle, Story
from lnmonitor.study.forms import Disposition, Glucocorticoid, Immunosuppressant, Sledai2K
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.records import PatientData

PROTOCOL = load_protocol("ln-msc-01")
TODAY = date(2026, 5, 12)
KEYS = [
    "sledai", "bilag_renal", "gfr", "protein", "prednisone", "complement", "dsdna", "albumin",
]  # fmt: skip


def _story(data: PatientData, today: date = TODAY) -> Story:
    course = evaluate(data, PROTOCOL, today=today)
    return build_story(data, course, PROTOCOL, today=today, synthetic=True)


def _panel(story: Story, key: str) -> Panel:
    return next(panel for panel in story.panels if panel.key == key)


@pytest.fixture(scope="module")
def story() -> Story:
    return _story(story_047())


def test_that_the_panels_come_in_the_order_of_the_page(story: Story) -> None:
    assert [panel.key for panel in story.panels] == KEYS


def test_that_a_score_with_a_missing_input_is_a_range(story: Story) -> None:
    points = _panel(story, "sledai").series[0].points
    month_1 = points[1]
    assert (month_1.mark, month_1.value, month_1.low, month_1.high) == (Mark.RANGE, 12, 12, 14)
    assert month_1.label == "12–14"
    assert month_1.note.en == "1 input missing"
    assert points[-1].change == "+6 vs M9"


def test_that_a_total_recorded_elsewhere_stands_apart_from_the_items() -> None:
    b = started()
    visit = b.visit("M3", 91)
    b.add(Sledai2K(proteinuria="Y", recorded_total=9), visit)
    items, recorded = _panel(_story(b.data()), "sledai").series
    assert (items.points[0].low, items.points[0].high) == (4, 105)
    assert (recorded.name.en, recorded.points[0].value) == ("recorded total", 9)
    assert recorded.style is SeriesStyle.SECONDARY


def test_that_the_letters_stand_at_their_steps(story: Story) -> None:
    series = _panel(story, "bilag_renal").series[0]
    assert series.style is SeriesStyle.STEP
    assert [(p.label, p.value) for p in series.points] == [
        ("A", 4), ("B", 3), ("C", 2), ("C", 2), ("C", 2), ("B", 3),
    ]  # fmt: skip
    assert series.points[-1].change == "C → B"


def test_that_measured_and_estimated_gfr_are_two_series(story: Story) -> None:
    estimated, measured = _panel(story, "gfr").series
    assert estimated.style is SeriesStyle.ESTIMATE
    assert measured.style is SeriesStyle.UNJOINED
    assert [p.value for p in measured.points] == [66, 72]
    assert estimated.points[-1].change == "−18 vs M9"


def test_that_the_flare_line_begins_at_the_last_remission(story: Story) -> None:
    panel = _panel(story, "protein")
    assert [(line.value, line.start, line.end) for line in panel.lines] == [(1.0, 271, None)]
    assert panel.series[0].points[-1].mark is Mark.FLARE
    assert panel.series[0].points[-1].change == "×3.4 vs M9"
    assert panel.log
    assert panel.bands[0].high == 0.5


def test_that_the_line_after_partial_remission_is_the_higher_of_2_g_and_twice_the_lowest() -> None:
    limits = []
    for lowest in (0.9, 1.3):
        b = started()
        for code, day, protein in (("SCR", -7, 5.0), ("M3", 91, 1.4), ("M6", 182, lowest)):
            renal(b, b.visit(code, day), day, protein, 60)
        limits.append(_panel(_story(b.data()), "protein").lines[0].value)
    assert limits == [2.0, pytest.approx(2.6)]


def test_that_the_line_lasts_until_the_flare_that_broke_the_remission_is_over() -> None:
    b = started()
    for code, day, protein in (
        ("SCR", -7, 3.0),
        ("M3", 91, 0.4),
        ("M6", 182, 1.2),
        ("UNS", 196, 1.4),
    ):
        renal(b, b.visit(code, day), day, protein, 60)
    lasting = _panel(_story(b.data()), "protein").lines
    assert [(x.value, x.start, x.end) for x in lasting] == [(1.0, 91, None)]
    renal(b, b.visit("M9", 273), 273, 0.9, 60)  # below 1.0 g, and a partial response again
    again = _panel(_story(b.data()), "protein").lines
    assert [(x.value, x.start, x.end) for x in again] == [(2.0, 273, None)]
    renal(b, b.visit("M12", 365), 365, 2.6, 60)
    renal(b, b.visit("UNS", 380), 380, 2.7, 60)
    renal(b, b.visit("UNS", 400), 400, 1.9, 60)  # over, and no remission any more
    ended = _panel(_story(b.data()), "protein").lines
    assert [(x.value, x.start, x.end) for x in ended] == [(2.0, 273, 400)]


def test_that_values_beyond_detection_and_not_done_keep_their_marks(story: Story) -> None:
    points = _panel(story, "dsdna").series[0].points
    assert [p.mark for p in points] == [
        Mark.ABOVE_LIMIT, Mark.NOT_DONE, Mark.MEASURED, Mark.MEASURED, Mark.BELOW_LIMIT,
        Mark.MEASURED,
    ]  # fmt: skip
    assert [p.label for p in points[:2]] == ["> 800", "ND"]
    assert points[1].value is None
    assert points[5].change == ""  # no change is computed from "< 10"


def test_that_the_dose_is_written_at_each_change(story: Story) -> None:
    points = _panel(story, "prednisone").series[0].points
    assert [(p.day, p.value) for p in points] == [
        (-60, 40), (14, 30), (45, 20), (92, 15), (182, 10), (273, 7.5),
    ]  # fmt: skip


def test_that_a_dose_not_known_breaks_the_area() -> None:
    b = started()
    for start, stop, frequency in ((-30, 29, "QD"), (30, 59, "PRN"), (60, None, "QD")):
        b.add(
            Glucocorticoid(
                drug="PREDNISONE",
                dose_mg=20,
                frequency=frequency,
                start=b.iso(start),
                stop=None if stop is None else b.iso(stop),
            )
        )
    points = _panel(_story(b.data()), "prednisone").series[0].points
    assert [(p.day, p.value) for p in points] == [(-30, 20), (30, None), (60, 20)]


def test_that_complement_has_two_series_with_their_own_bands(story: Story) -> None:
    panel = _panel(story, "complement")
    assert [series.name.en for series in panel.series] == ["C3", "C4"]
    assert [(band.low, band.high) for band in panel.bands] == [(0.9, 1.8), (0.1, 0.4)]


def test_that_a_changed_range_gives_a_new_band_from_its_date() -> None:
    b = started()
    for code, day, low in (("SCR", -7, 35.0), ("M3", 91, 40.0), ("M6", 182, 40.0)):
        b.lab(b.visit(code, day), day, "ALB", 38, range_low=low, range_high=55.0)
    bands = _panel(_story(b.data()), "albumin").bands
    assert [(x.low, x.start, x.end) for x in bands] == [(35, None, 91), (40, 91, None)]
    flags = [p.flag for p in _panel(_story(b.data()), "albumin").series[0].points]
    assert flags == ["", "L", "L"]


def test_that_the_panel_is_the_ratio_where_no_collection_was_measured() -> None:
    b = started()
    b.lab(b.visit("M3", 91), 91, "UPCR", 1.2)
    panel = _panel(_story(b.data()), "protein")
    assert (panel.name.en, panel.unit) == ("UPCR", "g/g")


def test_that_the_ribbon_holds_from_visit_to_visit(story: Story) -> None:
    spans = [(span.start, span.end, span.response) for span in story.ribbon]
    assert spans == [
        (0, 95, "NR"), (95, 271, "PR"), (271, 329, "CR"), (329, 334, "FLARE?"),
    ]  # fmt: skip


def test_that_a_confirmed_flare_ends_where_the_sample_is_below_again() -> None:
    b = started()
    for code, day, protein in (
        ("SCR", -7, 3.0), ("M3", 91, 0.4), ("M6", 182, 1.2), ("UNS", 196, 1.4), ("M9", 273, 0.4),
    ):  # fmt: skip
        renal(b, b.visit(code, day), day, protein, 60)
    spans = [(span.start, span.end, span.response) for span in _story(b.data()).ribbon]
    assert spans == [(91, 182, "CR"), (182, 273, "FLARE"), (273, 334, "CR")]


def test_that_the_strip_shows_lateness_and_windows(story: Story) -> None:
    marks = {mark.code: mark for mark in story.visits}
    assert (marks["M6"].state, marks["M6"].note.en) == ("late", "+3 d late")
    assert (marks["M12"].state, marks["M12"].note.en) == ("opening", "opens in 3 days")
    assert (marks["M12"].window_start, marks["M12"].window_end) == (337, 393)
    assert marks["UNS"].name.en == "Unscheduled 1"
    assert marks["D1"].state == "overdue"


def test_that_the_header_facts_are_those_of_the_design(story: Story) -> None:
    facts = {fact.label.en: fact.value.en for fact in story.facts}
    assert facts["Sex, age"] == "F, 31"
    assert facts["Class, biopsy"] == "IV-S (A/C), 2023"
    assert facts["Infused"] == "12 Jun 2025 · UC · 1.02 ×10⁶/kg"
    assert facts["Since infusion"] == "day 334 · wk 47"
    assert facts["Response, set A"] == "Complete at M9, flare ?"
    assert story.status.en == "On study"


def test_that_events_and_drugs_lie_in_lanes(story: Story) -> None:
    assert [(e.label.en, e.start, e.end, e.grade, e.serious) for e in story.events] == [
        ("pneumonia", 118, 131, 3, True),
        ("hypertension", 300, None, 2, False),
    ]
    assert [(d.lane, d.dose, d.end) for d in story.drugs] == [
        (0, "2 g/d", 181),
        (0, "1.5 g/d", None),
    ]


def test_that_doses_are_printed_by_their_rate() -> None:
    b = started()
    for dose, unit, frequency in ((0.8, "g", "Q4W"), (0.2, "g", "BID"), (15, "mg", "QW")):
        b.add(
            Immunosuppressant(
                drug="CYC", dose=dose, dose_unit=unit, frequency=frequency, start=b.iso(0)
            )
        )
    assert [d.dose for d in _story(b.data()).drugs] == ["0.8 g/4 wk", "0.4 g/d", "15 mg/wk"]


def test_that_every_measured_point_leads_to_its_record(story: Story) -> None:
    for key in ("protein", "complement", "dsdna", "albumin"):
        for series in _panel(story, key).series:
            assert all(point.record_ids and point.visit_id for point in series.points)


def test_that_ranges_widen_for_extreme_values_and_are_fixed_otherwise(story: Story) -> None:
    assert _panel(story, "protein").y_range == (0.1, 8.0)
    b = started()
    b.lab(b.visit("M3", 91), 91, "U24P", 14.0)
    assert _panel(_story(b.data()), "protein").y_range == (0.1, 14.0)


def test_that_a_zero_has_a_place_on_a_log_axis() -> None:
    b = started()
    b.lab(b.visit("M3", 91), 91, "U24P", 0.0)
    point = _panel(_story(b.data()), "protein").series[0].points[0]
    assert (point.value, point.mark, point.label) == (0.1, Mark.BELOW_LIMIT, "0.00")


def test_that_death_ends_the_ribbon_and_is_the_status() -> None:
    b = started()
    for code, day, protein in (("SCR", -7, 3.0), ("M3", 91, 2.9)):
        renal(b, b.visit(code, day), day, protein, 60)
    b.add(Disposition(status="DEATH", occurred_on=b.iso(150)))
    story = _story(b.data())
    assert story.ribbon[-1].end == 150
    assert story.status.en == "Died"
    assert {f.label.en: f.value.en for f in story.facts}["Since infusion"] == "died on day 150"


def test_that_a_patient_in_screening_has_days_from_consent() -> None:
    b = started(infused=False)
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    story = _story(b.data(), date(2025, 6, 10))
    assert story.day0 is None
    assert (story.infusions, story.ribbon) == ((), ())
    assert _panel(story, "protein").series[0].points[0].day == 8  # 28 May to 5 June
    assert story.status.en == "Screening"


def test_that_a_patient_of_whom_nothing_is_known_has_an_empty_story() -> None:
    story = _story(Builder("01-099").data())
    assert [panel.key for panel in story.panels] == KEYS
    assert all(not series.points for panel in story.panels for series in panel.series)
    assert story.first_day < story.last_day
