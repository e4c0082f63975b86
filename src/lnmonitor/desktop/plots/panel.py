"""One panel of the story: a PlotItem with its ground, curves, marks and gutter, built once."""

from __future__ import annotations

from typing import Any, Protocol

import pyqtgraph as pg

from lnmonitor.analysis.story import Panel, Story
from lnmonitor.analysis.wording import unit_name
from lnmonitor.desktop.plots.curves import TrendCurve
from lnmonitor.desktop.plots.ground import Ground, TimeLandmarks
from lnmonitor.desktop.plots.gutter import Gutter, GutterText
from lnmonitor.desktop.plots.marks import Marks, PanelWords
from lnmonitor.desktop.plots.scale import Tick, ValueScale
from lnmonitor.desktop.plots.style import PlotStyle
from lnmonitor.i18n import translator
from lnmonitor.language import Language


class Styled(Protocol):
    """A part that can take another theme."""

    def set_style(self, style: PlotStyle) -> None:
        """Take the colours of another theme."""


class TimeCursor:
    """The crosshair and the hovered visit as two vertical lines of one row."""

    def __init__(self, view_box: Any, style: PlotStyle) -> None:
        self._hover = pg.InfiniteLine(angle=90, movable=False)
        self._line = pg.InfiniteLine(angle=90, movable=False)
        for z, line in ((1, self._hover), (2, self._line)):
            line.setZValue(z)
            line.hide()
            view_box.addItem(line, ignoreBounds=True)
        self.set_style(style)

    def set_style(self, style: PlotStyle) -> None:
        """Take the colours of another theme."""
        self._line.setPen(style.pen("accent", style.length("crosshair-width")))
        self._hover.setPen(style.pen("line-field", 1.0, (2, 2)))

    def move(self, day: float | None, hovered: float | None) -> None:
        """Stand at a day; None hides the line."""
        for line, at in ((self._line, day), (self._hover, hovered)):
            line.setVisible(at is not None)
            if at is not None:
                line.setValue(at)


def prepare_view(view_box: Any) -> None:
    """Let time be zoomed and moved, values not; no menu, no automatic range."""
    view_box.setMouseEnabled(x=True, y=False)
    view_box.setMenuEnabled(False)
    view_box.disableAutoRange()
    view_box.setDefaultPadding(0.0)


class TrendPanel:
    """A panel that shows one patient's curves after another's; its items stay."""

    def __init__(self, key: str, style: PlotStyle) -> None:
        self.key = key
        self.gutter = Gutter(style)
        self.plot = pg.PlotItem(enableMenu=False)
        for side in ("left", "bottom"):
            self.plot.hideAxis(side)
        self.plot.hideButtons()
        self.plot.layout.setContentsMargins(0, 0, 0, 0)
        self.view_box = self.plot.getViewBox()
        prepare_view(self.view_box)
        self.ground = Ground(self.view_box, style)
        self.marks = Marks(self.view_box, style)
        self.cursor = TimeCursor(self.view_box, style)
        self._curves: list[TrendCurve] = []
        self._style = style

    def set_style(self, style: PlotStyle) -> None:
        """Take the colours of another theme; `show_panel` follows."""
        self._style = style
        parts: list[Styled] = [self.gutter, self.ground, self.marks, self.cursor, *self._curves]
        for part in parts:
            part.set_style(style)

    def show_panel(self, panel: Panel, story: Story, language: Language) -> None:
        """Fill the items with a panel's series."""
        scale = ValueScale.of(panel)
        low, high = scale.span
        missed = tuple(
            v.target_day
            for v in story.visits
            if v.target_day is not None and v.state in {"missed", "overdue"}
        )
        self.view_box.setYRange(low, high, padding=0)
        while len(self._curves) < len(panel.series):
            self._curves.append(TrendCurve(self.plot, self._style))
        for position, curve in enumerate(self._curves):
            if position < len(panel.series):
                curve.show(panel.series[position], position, scale, missed, story.held_until)
            else:
                curve.clear()
        ticks = tuple(Tick(scale.y(value), words) for value, words in panel.ticks)
        say = translator(language).text
        unit = unit_name(panel.unit).in_(language)
        if panel.log:
            unit = ", ".join(w for w in (unit, say("log")) if w)
        self.gutter.set_text(GutterText(panel.name.in_(language), unit))
        self.gutter.set_ticks(ticks, low, high)
        self.ground.set_values(scale, panel.bands, panel.lines, ticks)
        self.marks.show_panel(
            panel,
            scale,
            missed,
            (*story.infusions, story.today),
            language,
            PanelWords(say("not done"), say("Flare"), say("Flare ?"), say("No value")),
            tuple((s.start, s.end) for s in story.ribbon if s.response == "FLARE"),
        )

    def set_time(self, marks: TimeLandmarks) -> None:
        """Take windows, infusions, today and the ticks of time."""
        self.ground.set_time(marks)

    def set_shown(self, shown: bool) -> None:
        """Draw the plot, or leave only the gutter's one line."""
        self.plot.setVisible(shown)
