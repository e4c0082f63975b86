"""The story of one patient on one time axis: panels, strips, one crosshair, keys and zoom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QWidget

from lnmonitor.analysis.story import Interval, Panel, Story
from lnmonitor.desktop.plots.crosshair import Stop, nearest, result_stops, step, visit_stops
from lnmonitor.desktop.plots.ground import Ground, TimeLandmarks
from lnmonitor.desktop.plots.gutter import Gutter, GutterText
from lnmonitor.desktop.plots.panel import TimeCursor, TrendPanel, prepare_view
from lnmonitor.desktop.plots.rows import RowHeights, visit_label
from lnmonitor.desktop.plots.scale import TimeUnit, origin, time_ticks
from lnmonitor.desktop.plots.strips import IntervalRow, Ribbon, TimeAxis, VisitStrip
from lnmonitor.desktop.plots.style import PlotStyle
from lnmonitor.desktop.theme import Theme
from lnmonitor.i18n import translator
from lnmonitor.language import Language

PANEL_KEYS = (
    "sledai",
    "bilag_renal",
    "gfr",
    "protein",
    "prednisone",
    "complement",
    "dsdna",
    "albumin",
)
_ZOOM = 1.25
_SHORTEST_DAYS = 14.0


@dataclass
class Strip:
    """A row that is not a panel: its gutter, its view and the layer that paints it."""

    gutter: Gutter
    view_box: Any
    ground: Ground
    cursor: TimeCursor


class StoryCanvas(pg.GraphicsLayoutWidget):  # type: ignore[misc] # pyqtgraph has no types
    """Draws a `Story`. Everything is built once; another patient only fills it anew.

    Signals: `stop_changed(Stop | None)` when the crosshair moved, `panel_changed(str)` when the
    keys act on another panel, `opened()` on Enter, `copied()` on
    Ctrl+C, `rows_moved()` when rows changed their place,
    `unit_changed(TimeUnit)`.
    """

    stop_changed = Signal(object)
    panel_changed = Signal(str)
    opened = Signal()
    copied = Signal()
    rows_moved = Signal()
    unit_changed = Signal(object)

    def __init__(self, theme: Theme, language: Language, parent: Any = None) -> None:
        super().__init__(parent)
        self._style = PlotStyle(theme)
        self._language = language
        self._story: Story | None = None
        self._stop: Stop | None = None
        self._hovered: float | None = None
        self._unit = TimeUnit.WEEKS
        self._current_panel = ""
        self._panels: dict[str, TrendPanel] = {}
        self._strips: dict[str, Strip] = {}
        self._heights = RowHeights()
        self._hidden: frozenset[str] = frozenset()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(self._style.px(90), self._style.px(60))
        self.ci.setContentsMargins(0, 0, 0, 0)
        self.ci.setSpacing(0)
        self._build()
        self._hover_proxy = pg.SignalProxy(
            self.scene().sigMouseMoved, rateLimit=60, slot=self._hover
        )
        self.scene().sigMouseClicked.connect(self._clicked)
        self._axis_view().sigXRangeChanged.connect(self._time_moved)
        self._paint_background()

    def close(self) -> bool:
        """Close the widget and let Qt delete the items with it.

        pyqtgraph's own `close` clears the scene first, which crashes on layers that are children of
        a ViewBox.
        """
        return bool(QWidget.close(self))

    # ------------------------------------------------------------------------------ building
    def _build(self) -> None:
        for key in ("visits", "response"):
            self._add_strip(key)
        for key in PANEL_KEYS:
            panel = TrendPanel(key, self._style)
            self._panels[key] = panel
            self._add_row(key, panel.gutter, panel.plot)
        for key in ("events", "drugs", "axis"):
            self._add_strip(key)
        style = self._style
        self._visit_strip = VisitStrip(self._strips["visits"].view_box, style)
        self._ribbon = Ribbon(self._strips["response"].view_box, style)
        self._events = IntervalRow(self._strips["events"].view_box, style, graded=True)
        self._drugs = IntervalRow(self._strips["drugs"].view_box, style, graded=False)
        self._time_axis = TimeAxis(self._strips["axis"].view_box, style)
        for panel in self._panels.values():
            panel.plot.setXLink(self._axis_view())
        for key, strip in self._strips.items():
            if key != "axis":
                strip.view_box.setXLink(self._axis_view())

    def _add_strip(self, key: str) -> None:
        view_box = pg.ViewBox(enableMenu=False)
        prepare_view(view_box)
        view_box.setYRange(0, 1, padding=0)
        gutter = Gutter(self._style)
        windows = key in {"events", "drugs"}
        ground = Ground(view_box, self._style, windows=windows)
        ground.set_ruled(key in {"events", "drugs"})
        self._strips[key] = Strip(gutter, view_box, ground, TimeCursor(view_box, self._style))
        self._add_row(key, gutter, view_box)

    def _add_row(self, key: str, gutter: Gutter, item: Any) -> None:
        row = len(self._heights.rows)
        self._heights.rows.append(key)
        self.ci.addItem(gutter, row, 0)
        self.ci.addItem(item, row, 1)

    def _axis_view(self) -> Any:
        return self._strips["axis"].view_box

    # ------------------------------------------------------------------------------ content
    @property
    def story(self) -> Story | None:
        """Return what is drawn."""
        return self._story

    @property
    def stop(self) -> Stop | None:
        """Return where the crosshair stands."""
        return self._stop

    @property
    def unit(self) -> TimeUnit:
        """Return the unit of the time axis."""
        return self._unit

    @property
    def current_panel(self) -> str:
        """Return the key of the panel that the keys act on, empty when none."""
        return self._current_panel

    def plot_items(self) -> Mapping[str, Any]:
        """Return the PlotItem of every panel by key."""
        return {key: panel.plot for key, panel in self._panels.items()}

    def set_story(self, story: Story) -> None:
        """Draw a patient; the crosshair goes to the last visit, time to the whole course."""
        same = self._story is not None and self._story.patient_id == story.patient_id
        kept = self._stop.day if same and self._stop is not None else None
        self._story = story
        self._fill()
        if not same:
            self._current_panel = ""
            self.reset_time()
        stops = visit_stops(story)
        stop = nearest(stops, kept) if kept is not None else (stops[-1] if stops else None)
        self._stand(stop)

    def set_changed(self, records: frozenset[str]) -> None:
        """Take the records that changed since the person looked; their points get a dot."""
        for panel in self._panels.values():
            panel.marks.set_changed(records)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme, keeping everything drawn."""
        self._style = PlotStyle(theme)
        self._paint_background()
        for panel in self._panels.values():
            panel.set_style(self._style)
        for strip in self._strips.values():
            for part in (strip.gutter, strip.ground, strip.cursor):
                part.set_style(self._style)
        for layer in (
            self._visit_strip,
            self._ribbon,
            self._events,
            self._drugs,
            self._time_axis,
        ):
            layer.set_style(self._style)
        if self._story is not None:
            self._fill()

    def set_unit(self, unit: TimeUnit) -> None:
        """Label time in days, weeks or dates."""
        if unit is not self._unit:
            self._unit = unit
            self._fill_time()
            self.unit_changed.emit(unit)

    def _paint_background(self) -> None:
        self.setBackground(self._style.color("bg-panel"))

    def _fill(self) -> None:
        story = self._story
        if story is None:
            return
        panels = {panel.key: panel for panel in story.panels}
        for key, shown in self._panels.items():
            if key in panels:
                shown.show_panel(panels[key], story, self._language)
        self._fill_strips(story)
        self._limit_time(story)
        self._fill_time()
        self._arrange()

    def _fill_strips(self, story: Story) -> None:
        language, say = self._language, translator(self._language).text
        self._visit_strip.show_visits([visit_label(v, language) for v in story.visits])
        self._ribbon.show_spans(story.ribbon, story.infusions, story.today, language, say("today"))
        for key, layer, intervals in (
            ("events", self._events, story.events),
            ("drugs", self._drugs, story.drugs),
        ):
            lanes = self._heights.lanes(intervals)
            layer.show_intervals(intervals, story.held_until, language, lanes)
            self._strips[key].gutter.set_text(self._interval_text(key, intervals, lanes))
        for key, name in (("visits", say("Visits")), ("response", say("Response"))):
            self._strips[key].gutter.set_text(GutterText(name, bold=False), ruled=False)

    def _interval_text(self, key: str, intervals: tuple[Interval, ...], lanes: int) -> GutterText:
        say = translator(self._language).text
        detail = say("CTCAE v5 grade") if key == "events" else ""
        hidden = sum(1 for i in intervals if i.lane >= lanes)
        if hidden:
            detail = say("{number} more below", number=hidden)
        elif not intervals:
            detail = say("none recorded")
        name = say("Adverse events") if key == "events" else say("Other drugs")
        return GutterText(name, detail)

    # ------------------------------------------------------------------------------ time
    def _limit_time(self, story: Story) -> None:
        first, last = story.first_day, max(story.last_day, story.first_day + _SHORTEST_DAYS)
        for view_box in self._view_boxes():
            view_box.setLimits(xMin=first, xMax=last, minXRange=_SHORTEST_DAYS)

    def _view_boxes(self) -> list[Any]:
        panels = [panel.view_box for panel in self._panels.values()]
        return [*panels, *(strip.view_box for strip in self._strips.values())]

    def reset_time(self) -> None:
        """Show the whole course."""
        if self._story is not None:
            last = max(self._story.last_day, self._story.first_day + _SHORTEST_DAYS)
            self._axis_view().setXRange(self._story.first_day, last, padding=0)

    def zoom_time(self, factor: float) -> None:
        """Show `factor` times as much time around the crosshair."""
        (first, last), _ = self._axis_view().viewRange()
        centre = self._stop.day if self._stop is not None else (first + last) / 2
        centre = min(max(centre, first), last)
        self._axis_view().setXRange(
            centre - (centre - first) * factor, centre + (last - centre) * factor, padding=0
        )

    @Slot()
    def _time_moved(self, *_: object) -> None:
        self._fill_time()

    def _fill_time(self) -> None:
        story = self._story
        if story is None:
            return
        (first, last), _ = self._axis_view().viewRange()
        widest = self._style.px(9.5)
        room = max(2, int((self.width() - self.gutter_width) / widest))
        chinese = self._language == "zh"
        ticks = time_ticks(self._unit, first, last, room, origin(story), chinese)
        self._time_axis.set_ticks(ticks)
        marks = TimeLandmarks(story.visits, story.infusions, story.today, ticks)
        for panel in self._panels.values():
            panel.set_time(marks)
        for key, strip in self._strips.items():
            shared = TimeLandmarks((), story.infusions, story.today, ())
            if key not in {"visits", "axis"}:
                strip.ground.set_time(shared if key == "response" else marks)
        self._strips["axis"].gutter.set_text(
            GutterText(self._axis_name(story), bold=False), ruled=False
        )

    def _axis_name(self, story: Story) -> str:
        say = translator(self._language).text
        since = "infusion" if story.day0 else "consent"
        names = {
            TimeUnit.DAYS: f"Days since {since}",
            TimeUnit.WEEKS: f"Weeks since {since}",
            TimeUnit.DATES: "Date",
        }
        return say(names[self._unit])

    # ------------------------------------------------------------------------------ geometry
    @property
    def gutter_width(self) -> int:
        """Return the width of the gutter in pixels."""
        return self._style.theme.measure("plot-gutter")

    def row_places(self) -> Mapping[str, tuple[int, int]]:
        """Return top and height in pixels of every row that is shown, folded ones included."""
        return self._heights.places

    def place_of(self, key: str, day: float) -> QPoint:
        """Return where a day stands at the top of a row, in the widget's pixels."""
        scene = self._axis_view().mapViewToScene(QPointF(day, 0))
        return QPoint(int(scene.x()) + self._style.px(2), self._heights.places[key][0])

    def folded(self) -> frozenset[str]:
        """Return the panels folded to one line because the window is low."""
        return self._heights.folded

    def unfold(self, key: str) -> None:
        """Open a folded panel; the last of the others folds instead."""
        self._heights.prefer(key)
        self._arrange()

    def set_hidden(self, keys: frozenset[str]) -> None:
        """Leave panels out; the others take their room."""
        if keys != self._hidden:
            self._hidden = keys
            self._arrange()

    def shown_panels(self) -> tuple[str, ...]:
        """Return the keys of the panels that have a row, from top to bottom."""
        panels = self._story.panels if self._story is not None else ()
        given = {panel.key for panel in panels} - self._hidden
        return tuple(key for key in PANEL_KEYS if key in given)

    def _arrange(self) -> None:
        story = self._story
        if story is None:
            return
        keys = self.shown_panels()
        before = self._heights.places
        heights = self._heights.arrange(
            self.height(), self._style.px, keys, story.events, story.drugs
        )
        layout = self.ci.layout
        layout.setColumnFixedWidth(0, self.gutter_width)
        for row, key in enumerate(self._heights.rows):
            layout.setRowFixedHeight(row, heights[key])
        for key, panel in self._panels.items():
            panel.gutter.setVisible(key in keys)
            panel.set_shown(key in keys and key not in self._heights.folded)
        self._fill_folded(story.panels)
        if self._heights.places != before:
            self.rows_moved.emit()

    def _fill_folded(self, panels: tuple[Panel, ...]) -> None:
        """A folded panel says its last value in its one line."""
        for panel in panels:
            if panel.key not in self._panels:
                continue
            points = [p for s in panel.series[:1] for p in s.points if p.value is not None]
            last = points[-1].label if points and panel.key in self._heights.folded else ""
            gutter = self._panels[panel.key].gutter
            gutter.set_text(GutterText(gutter.text.name, gutter.text.detail, value=last))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew; Qt calls this."""
        super().resizeEvent(event)
        if hasattr(self, "_heights"):  # pyqtgraph resizes itself while it is being made
            self._arrange()
            self._fill_time()

    # ------------------------------------------------------------------------------ crosshair
    def move_to_visit(self, direction: int) -> None:
        """Move the crosshair to the next (1) or previous (-1) visit."""
        if self._story is not None:
            self._step(visit_stops(self._story), direction)

    def move_to_result(self, direction: int) -> None:
        """Move the crosshair to the next or previous result of the current panel."""
        panel = self._panel_of(self._current_panel)
        if self._story is not None and panel is not None:
            self._step(result_stops(self._story, panel), direction)
        else:
            self.move_to_visit(direction)

    def move_to_panel(self, direction: int) -> None:
        """Let the keys act on the next panel down (1) or up (-1)."""
        keys = self.shown_panels()
        if not keys:
            return
        if self._current_panel not in keys:
            self.set_panel(keys[0] if direction > 0 else keys[-1])
            return
        place = keys.index(self._current_panel) + direction
        self.set_panel(keys[min(max(place, 0), len(keys) - 1)])

    def set_panel(self, key: str) -> None:
        """Let the keys act on a panel, opening it when it was folded."""
        if key == self._current_panel:
            return
        self._current_panel = key
        if key in self._heights.folded:
            self.unfold(key)
        for name, panel in self._panels.items():
            panel.gutter.set_current(name == key)
        self.panel_changed.emit(key)

    def stand_at(self, day: float) -> None:
        """Put the crosshair on the visit nearest to a day."""
        if self._story is not None:
            self._stand(nearest(visit_stops(self._story), day))

    def _panel_of(self, key: str) -> Panel | None:
        panels = self._story.panels if self._story else ()
        return next((panel for panel in panels if panel.key == key), None)

    def _step(self, stops: tuple[Stop, ...], direction: int) -> None:
        if self._stop is None:
            self._stand(stops[0] if stops else None)
            return
        found = step(stops, self._stop.day, direction)
        if found is not None:
            self._stand(found)

    def _stand(self, stop: Stop | None) -> None:
        self._stop = stop
        self._show_cursor()
        self._keep_in_sight(stop)
        self.stop_changed.emit(stop)

    def _keep_in_sight(self, stop: Stop | None) -> None:
        (first, last), _ = self._axis_view().viewRange()
        if stop is not None and not first <= stop.day <= last:
            half = (last - first) / 2
            self._axis_view().setXRange(stop.day - half, stop.day + half, padding=0)

    def hide_cursor(self) -> None:
        """Show no crosshair: for pictures, where nobody stands anywhere."""
        self._stop = self._hovered = None
        self._show_cursor()

    def _show_cursor(self) -> None:
        day = self._stop.day if self._stop is not None else None
        hovered = self._hovered if self._hovered != day else None
        for panel in self._panels.values():
            panel.cursor.move(day, hovered)
        for strip in self._strips.values():
            strip.cursor.move(day, hovered)
        self._visit_strip.set_current(day, hovered)

    # ------------------------------------------------------------------------------ mouse, keys
    def _day_at(self, scene_point: QPointF) -> float:
        return float(self._axis_view().mapSceneToView(scene_point).x())

    def _hover(self, arguments: tuple[QPointF]) -> None:
        point = arguments[0]
        found = None
        if self._story is not None and point.x() > self.gutter_width:
            found = nearest(visit_stops(self._story), self._day_at(point))
        day = found.day if found is not None else None
        if day != self._hovered:
            self._hovered = day
            self._show_cursor()

    @Slot(object)
    def _clicked(self, event: Any) -> None:
        point = event.scenePos()
        row = self._heights.row_at(point.y())
        if row in self._panels:
            self.set_panel(row)
        if point.x() > self.gutter_width and self._story is not None:
            self._stand(nearest(visit_stops(self._story), self._day_at(point)))
            if event.double():
                self.opened.emit()
        event.accept()

    def leaveEvent(self, event: Any) -> None:
        """Forget what was hovered, keep the crosshair; Qt calls this."""
        self._hovered = None
        self._show_cursor()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by visit, by result, by panel; zoom time; Qt calls this."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        keys = Qt.Key
        if key in {keys.Key_Left, keys.Key_Right}:
            move = self.move_to_result if shift else self.move_to_visit
            move(1 if key == keys.Key_Right else -1)
        elif key in {keys.Key_Up, keys.Key_Down}:
            self.move_to_panel(1 if key == keys.Key_Down else -1)
        elif key in {keys.Key_Plus, keys.Key_Equal, keys.Key_Minus}:
            self.zoom_time(_ZOOM if key == keys.Key_Minus else 1 / _ZOOM)
        elif key == keys.Key_0:
            self.reset_time()
        elif key in {keys.Key_Home, keys.Key_End} and self._story is not None:
            self.stand_at(float("-inf") if key == keys.Key_Home else float("inf"))
        elif key in {keys.Key_Return, keys.Key_Enter}:
            self.opened.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            event.ignore()
            return
        event.accept()
