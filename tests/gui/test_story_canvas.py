"""The plots of a patient's story: what is drawn, and how the crosshair and time move."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from tests.gui import sample_story

from lnmonitor.analysis.story import Mark, TrendPoint
from lnmonitor.desktop.plots.canvas import PANEL_KEYS, StoryCanvas
from lnmonitor.desktop.plots.crosshair import Stop, point_at, response_at, visit_stops
from lnmonitor.desktop.plots.curves import joined_line, step_line
from lnmonitor.desktop.plots.labels import Label, LabelSetter, crosses
from lnmonitor.desktop.plots.scale import TimeUnit, ValueScale, time_ticks
from lnmonitor.desktop.theme import make_theme

LINEAR = ValueScale(0, 20)


@pytest.fixture
def canvas(qtbot: QtBot) -> StoryCanvas:
    made = StoryCanvas(make_theme("light"), "en")
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.set_story(sample_story.story())
    made.show()
    qtbot.waitExposed(made)
    return made


def points(*values: float | None) -> tuple[TrendPoint, ...]:
    return tuple(TrendPoint(30.0 * n, v, "") for n, v in enumerate(values))


# --- lines -------------------------------------------------------------------------------------


def test_that_no_line_is_drawn_across_a_value_not_done() -> None:
    (xs, _), (dotted, _) = joined_line(points(5, None, 7, 8), LINEAR, ())
    assert [x for x in xs if not math.isnan(x)] == [60, 90, 90]
    assert dotted == []


def test_that_no_line_is_drawn_across_a_missed_visit() -> None:
    (xs, _), _ = joined_line(points(5, 6, 7), LINEAR, (45.0,))
    assert xs == [0, 30, 30]


def test_that_a_line_to_a_value_below_detection_is_dotted() -> None:
    first, second, third = points(300, 10, 226)
    censored = TrendPoint(second.day, 10, "< 10", Mark.BELOW_LIMIT)
    (solid, _), (dotted, _) = joined_line((first, censored, third), LINEAR, ())
    assert solid == []
    assert dotted == [0, 30, 30, 30, 60, 60]


def test_that_a_dose_holds_until_it_changes_and_the_last_until_today() -> None:
    xs, ys = step_line(points(40, 20), LINEAR, end=100)
    assert list(zip(xs, ys, strict=True)) == [(0, 40), (30, 40), (30, 20), (100, 20)]


def test_that_an_unknown_dose_ends_the_line() -> None:
    xs, ys = step_line(points(40, None, 10), LINEAR, end=90)
    assert math.isnan(ys[2])
    assert xs[-1] == 90
    assert ys[-1] == 10


def test_that_a_log_axis_is_drawn_in_decades() -> None:
    scale = ValueScale(0.1, 10, log=True)
    assert [scale.y(v) for v in (0.1, 1, 10)] == pytest.approx([-1, 0, 1])


def test_that_a_value_outside_the_protocols_range_widens_the_panel() -> None:
    panel = sample_story.story().panels[0]
    assert ValueScale.of(panel).high == 18
    high = TrendPoint(10, 40, "40")
    wider = sample_story.replace(
        panel, series=(sample_story.replace(panel.series[0], points=(high,)),)
    )
    assert ValueScale.of(wider).high == 40


# --- labels ------------------------------------------------------------------------------------


def test_that_a_label_never_lies_on_a_line(canvas: StoryCanvas) -> None:
    font = make_theme("light").font("caption")
    setter = LabelSetter(QRectF(0, 0, 200, 100))
    setter.segments.append((QPointF(0, 50), QPointF(200, 50)))
    label = Label("text", font, make_theme("light").color("text"), [(50, 50, "right")])
    assert setter.place(label) is None
    label.places = [(50, 50, "right"), (50, 50, "above")]
    placed = setter.place(label)
    assert placed is not None
    assert placed.bottom() < 50
    assert setter.place(label) is None, "its place is taken now"


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        ((0, 0), (30, 30), True),  # through
        ((0, 15), (5, 15), False),  # ends before
        ((12, 0), (12, 5), False),  # above
        ((12, 12), (13, 13), True),  # inside
        ((0, 25), (25, 0), True),  # across a corner
        ((0, 35), (35, 0), True),
        ((0, 45), (45, 0), False),  # past the corner
    ],
)
def test_that_a_line_through_a_rectangle_is_found(
    start: tuple[float, float], end: tuple[float, float], touches: bool
) -> None:
    assert crosses(QRectF(10, 10, 10, 10), QPointF(*start), QPointF(*end)) is touches


# --- time --------------------------------------------------------------------------------------


def test_that_weeks_stand_every_four_weeks_with_day_0_strong() -> None:
    ticks = time_ticks(TimeUnit.WEEKS, -35, 402, 20, None, False)
    assert [t.at for t in ticks[:3]] == [-28, 0, 28]
    assert [t.text for t in ticks[:3]] == ["−4", "0", "4"]
    assert [t.at for t in ticks if t.strong] == [0]


def test_that_dates_name_the_year_first_and_each_january() -> None:
    start = sample_story.date(2025, 6, 12)
    ticks = time_ticks(TimeUnit.DATES, -35, 402, 40, start, False)
    assert ticks[0].text == "Jun 2025"
    assert "Jan 2026" in [t.text for t in ticks]
    july = next(t for t in ticks if t.text == "Jul")
    assert july.at == 19  # 12 June to 1 July


def test_that_x_cycles_days_weeks_dates() -> None:
    assert TimeUnit.DAYS.next is TimeUnit.WEEKS
    assert TimeUnit.WEEKS.next is TimeUnit.DATES
    assert TimeUnit.DATES.next is TimeUnit.DAYS


def test_that_zoom_changes_time_only(canvas: StoryCanvas, qtbot: QtBot) -> None:
    box = canvas.plot_items()["sledai"].getViewBox()
    (first, last), values = box.viewRange()
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    (near, far), same = box.viewRange()
    assert far - near < last - first
    assert same == values
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert box.viewRange()[0] == pytest.approx([first, last])


def test_that_all_rows_share_one_time_axis(canvas: StoryCanvas, qtbot: QtBot) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    ranges = [tuple(p.getViewBox().viewRange()[0]) for p in canvas.plot_items().values()]
    shown = [r for k, r in zip(PANEL_KEYS, ranges, strict=True) if k in canvas.row_places()]
    assert len(shown) == 7
    for one in shown:
        assert one == pytest.approx(shown[0], abs=0.5)


# --- crosshair ---------------------------------------------------------------------------------


def test_that_the_crosshair_begins_at_the_last_visit(canvas: StoryCanvas) -> None:
    assert canvas.stop is not None
    assert canvas.stop.day == 329


def test_that_left_and_right_go_by_visit(canvas: StoryCanvas, qtbot: QtBot) -> None:
    days = []
    for _ in range(8):
        assert canvas.stop is not None
        days.append(canvas.stop.day)
        qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert days == [329, 271, 199, 95, 29, 0, -9, -9]
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.stop.day == 0


def test_that_shift_goes_by_result_of_the_panel(canvas: StoryCanvas, qtbot: QtBot) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_Down)  # SLEDAI
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.current_panel == "protein"
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.stop is not None
    assert canvas.stop.day == 95  # protein has no value at D0 and M1


def test_that_a_click_puts_the_crosshair_on_the_nearest_visit(
    canvas: StoryCanvas, qtbot: QtBot
) -> None:
    box = canvas.plot_items()["gfr"].getViewBox()
    spot = box.mapViewToScene(QPointF(205, 70))
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.mapFromScene(spot))
    assert canvas.stop is not None
    assert canvas.stop.day == 199
    assert canvas.current_panel == "gfr"


def test_that_a_dose_is_read_between_its_changes() -> None:
    story = sample_story.story()
    dose = next(p for p in story.panels if p.key == "prednisone").series[0]
    stops = {s.day: s for s in visit_stops(story)}
    held = {day: point_at(dose, stop) for day, stop in stops.items()}
    assert {day: p.value for day, p in held.items() if p is not None} == {
        -9: 40, 0: 40, 29: 30, 95: 15, 199: 10, 271: 10, 329: 7.5,
    }  # fmt: skip


def test_that_the_response_found_at_a_visit_is_the_one_that_begins_there() -> None:
    story = sample_story.story()
    found = {day: response_at(story, Stop(day)) for day in (-9, 29, 95, 329)}
    assert found[-9] is None
    assert [s.response for s in found.values() if s is not None] == ["NR", "PR", "FLARE?"]


# --- drawing -----------------------------------------------------------------------------------


def pixel(canvas: StoryCanvas, key: str, day: float, value: float) -> str:
    """Return the colour at a day and plot unit of a panel."""
    box = canvas.plot_items()[key].getViewBox()
    spot = canvas.mapFromScene(box.mapViewToScene(QPointF(day, value)))
    image: QImage = canvas.grab().toImage()
    scale = image.devicePixelRatio()
    return image.pixelColor(int(spot.x() * scale), int(spot.y() * scale)).name().upper()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_the_ground_of_a_panel_has_the_themes_colour(canvas: StoryCanvas, scheme: str) -> None:
    theme = make_theme(scheme)
    canvas.set_theme(theme)
    assert pixel(canvas, "sledai", 63, 17) == theme.hex("bg-panel").upper()
    assert pixel(canvas, "gfr", 63, 101) == theme.hex("band").upper()
    assert pixel(canvas, "prednisone", 63, 6) == theme.hex("dose-fill").upper()


def test_that_another_patient_keeps_every_plot(canvas: StoryCanvas) -> None:
    before = canvas.plot_items()
    items = {key: list(plot.items) for key, plot in before.items()}
    canvas.set_story(sample_story.other_story())
    canvas.set_story(sample_story.story())
    after = canvas.plot_items()
    assert {key: id(plot) for key, plot in before.items()} == {
        key: id(plot) for key, plot in after.items()
    }
    assert {key: list(plot.items) for key, plot in after.items()} == items


def test_that_the_next_patients_points_replace_the_last_ones(canvas: StoryCanvas) -> None:
    def shown() -> list[float]:
        symbols = canvas.plot_items()["protein"].items
        return [float(x) for item in symbols if hasattr(item, "points") for x in item.data["x"]]

    assert 329 in shown()
    canvas.set_story(sample_story.other_story())
    assert shown() == [-9, 95, 199]


def test_that_no_dose_is_drawn_past_the_day_of_death(canvas: StoryCanvas) -> None:
    story = sample_story.story()
    assert story.held_until == story.today
    items = canvas.plot_items()["prednisone"].items
    early = [p for p in story.panels if p.key != "prednisone"]
    dose = next(p for p in story.panels if p.key == "prednisone")
    series = sample_story.replace(dose.series[0], points=dose.series[0].points[:4])
    story = sample_story.replace(
        story, died=152.0, panels=(*early, sample_story.replace(dose, series=(series,)))
    )
    canvas.set_story(story)
    ends = [max(item.xData) for item in items if getattr(item, "xData", None) is not None]
    assert max(ends) == 152


def test_that_an_empty_story_draws_and_says_so(canvas: StoryCanvas) -> None:
    full = canvas.grab().toImage()
    canvas.set_story(sample_story.empty_story())
    assert canvas.stop is None
    empty = canvas.grab().toImage()
    assert empty != full
    marks = canvas.plot_items()["sledai"].getViewBox().childItems()
    words = [m._words.empty for m in marks if hasattr(m, "_words")]
    assert words == ["No value"]


def test_that_low_windows_fold_the_last_panels_and_open_them_again(
    canvas: StoryCanvas, qtbot: QtBot
) -> None:
    assert canvas.folded() == frozenset()
    canvas.resize(900, 430)
    qtbot.waitUntil(lambda: bool(canvas.folded()))
    assert "dsdna" in canvas.folded()
    assert "sledai" not in canvas.folded()
    canvas.set_panel("dsdna")
    assert "dsdna" not in canvas.folded()
    bottom = max(top + height for top, height in canvas.row_places().values())
    assert bottom <= canvas.height()
