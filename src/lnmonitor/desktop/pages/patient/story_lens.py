"""The story with its readout and explanation side by side: one crosshair moves all three."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from lnmonitor.analysis.course import Flag
from lnmonitor.analysis.story import Panel
from lnmonitor.desktop.i18n import language
from lnmonitor.desktop.pages.patient.explain_pane import ExplainPane
from lnmonitor.desktop.pages.patient.popover import ValuePopover
from lnmonitor.desktop.pages.patient.readout import ReadoutColumn
from lnmonitor.desktop.pages.patient.view import PatientView, topic_of_panel, topics
from lnmonitor.desktop.plots.canvas import StoryCanvas
from lnmonitor.desktop.plots.crosshair import point_at
from lnmonitor.desktop.theme import theme, theme_manager

_NARROW_U = 325  # below it the explanation takes the place of the readout


class StoryLens(QWidget):
    """Canvas, readout and explanation of one patient."""

    opened = Signal()
    """Double click, or Enter while no panel is chosen: the visit under the crosshair is wanted."""
    record_opened = Signal(str)
    """The record behind a value is wanted."""
    history_wanted = Signal(str, str)
    """The history of a record is wanted: its id, and an item or nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: PatientView | None = None
        self._wants_explain: bool | None = None
        self.canvas = StoryCanvas(theme(), language())
        self.readout = ReadoutColumn()
        self.explain = ExplainPane()
        self._explain_soon = QTimer(self)
        self._explain_soon.setSingleShot(True)
        self._explain_soon.setInterval(0)
        self._explain_soon.timeout.connect(self.explain_now)
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.readout)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(left)
        self._splitter.addWidget(self.explain)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._splitter)
        self.canvas.stop_changed.connect(self._stop_changed)
        self.canvas.panel_changed.connect(self._panel_changed)
        self.canvas.rows_moved.connect(self._place_readout)
        self.canvas.opened.connect(self._opened)
        self.explain.closed.connect(self.close_explain)
        theme_manager().changed.connect(self._theme_changed)
        self.setFocusProxy(self.canvas)

    # ------------------------------------------------------------------------------ content
    def show_view(self, view: PatientView) -> None:
        """Show a patient, or the same one after a change."""
        same = self._view is not None and self._view.story.patient_id == view.story.patient_id
        self._view = view
        if not same:
            self.explain.clear()
        self.canvas.set_story(view.story)
        self._describe(view)

    def _describe(self, view: PatientView) -> None:
        """Give the plot a name and a description for those who do not see it."""
        self.canvas.setAccessibleName(view.story.subject_id)
        sentences = []
        for panel in view.story.panels:
            points = [p for s in panel.series[:1] for p in s.points if p.value is not None]
            if points:
                name = panel.name.in_(language())
                sentences.append(f"{name}: {points[0].label} → {points[-1].label}")
        self.canvas.setAccessibleDescription("; ".join(sentences))

    def explain_flag(self, flag: Flag) -> None:
        """Stand at a flag's visit and explain it."""
        if self._view is None:
            return
        if flag.day is not None:
            self.canvas.stand_at(flag.day)
        self.open_explain()
        self._explain_soon.stop()
        self.explain.show_flag(self._view, flag)

    def explain_at(self, visit_id: str, wanted: str) -> None:
        """Stand at a visit, if one is named, and explain a result of it."""
        visit = self._view.assessment(visit_id) if self._view is not None else None
        if visit is not None and visit.day is not None:
            self.canvas.stand_at(visit.day)
        self.open_explain()
        self._explain_soon.stop()
        if self._view is not None:
            self.explain.show_stop(self._view, self.canvas.stop, wanted)

    @Slot(object)
    def _stop_changed(self, stop: object) -> None:
        del stop
        if self._view is None:
            return
        self.readout.show_stop(self._view.story, self.canvas.stop)
        self._explain_soon.start()

    @Slot()
    def explain_now(self) -> None:
        """Explain the stop; waits for the plots to be painted while the crosshair runs."""
        self._explain_soon.stop()
        if self._view is not None:
            self.explain.show_stop(self._view, self.canvas.stop)

    @Slot()
    def _opened(self) -> None:
        """Enter on a panel asks where its value comes from, else the visit is opened."""
        panel = self._panel(self.canvas.current_panel)
        stop = self.canvas.stop
        if panel is None or stop is None or self._view is None:
            self.opened.emit()
            return
        popover = ValuePopover(self._view, panel, stop, self)
        popover.record_opened.connect(self.record_opened)
        popover.history_wanted.connect(self.history_wanted)
        popover.open_at(self.canvas.mapToGlobal(self.canvas.place_of(panel.key, stop.day)))

    def open_history(self) -> None:
        """Ask for the history of the value at the crosshair in the panel chosen (F2)."""
        panel, stop = self._panel(self.canvas.current_panel), self.canvas.stop
        for series in panel.series if panel is not None and stop is not None else ():
            point = point_at(series, stop) if stop is not None else None
            if point is not None and point.record_ids:
                self.history_wanted.emit(point.record_ids[0], "")
                return

    def show_changed(self, fresh: frozenset[str]) -> None:
        """Put a dot on every point whose record changed since this person looked."""
        self.canvas.set_changed(fresh)

    def _panel(self, key: str) -> Panel | None:
        panels = self._view.story.panels if self._view is not None else ()
        return next((panel for panel in panels if panel.key == key), None)

    @Slot(str)
    def _panel_changed(self, key: str) -> None:
        if self._view is None:
            return
        panel = self._panel(key)
        found = topics(self._view, self.canvas.stop)
        topic = topic_of_panel(found, panel.explain_key) if panel is not None else None
        if topic is not None:
            self._explain_soon.stop()
            self.explain.show_stop(self._view, self.canvas.stop, topic.key)

    # ------------------------------------------------------------------------------ panes
    @property
    def explain_open(self) -> bool:
        """Return whether the explanation is shown."""
        return self.explain.isVisibleTo(self)

    def toggle_explain(self) -> None:
        """Open or close the explanation (W)."""
        if self.explain_open:
            self.close_explain()
        else:
            self.open_explain()

    def open_explain(self) -> None:
        """Show the explanation."""
        self._wants_explain = True
        self._fit()

    @Slot()
    def close_explain(self) -> None:
        """Hide the explanation; the keys go back to the plot."""
        self._wants_explain = False
        self._fit()
        self.canvas.setFocus()

    def _fit(self) -> None:
        narrow = self.width() < theme().px(_NARROW_U)
        shown = self._wants_explain if self._wants_explain is not None else not narrow
        if shown and not self.explain_open:
            wide = theme().measure("explain")
            self._splitter.setSizes([max(self.width() - wide, 1), wide])
        self.explain.setVisible(shown)
        self.readout.setVisible(not (narrow and shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the explanation give way to the plot in a narrow window; Qt calls this."""
        super().resizeEvent(event)
        self._fit()
        wide = theme().measure("explain")
        if self.explain_open and self.explain.width() < wide:
            self._splitter.setSizes([max(self.width() - wide, 1), wide])

    @Slot()
    def _place_readout(self) -> None:
        self.readout.place_rows(self.canvas.row_places())
        if self._view is not None:
            self.readout.show_stop(self._view.story, self.canvas.stop)

    @Slot()
    def _theme_changed(self) -> None:
        self.canvas.set_theme(theme())
