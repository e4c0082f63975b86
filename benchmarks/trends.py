"""Switch the trend panels to another patient and paint, against bare pyqtgraph with its points."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from lnmonitor.analysis.story import Story
from lnmonitor.desktop.plots.canvas import StoryCanvas
from lnmonitor.desktop.theme import make_theme
from lnmonitor.services.patients import list_patients, story
from measure import Measured, by_turns, open_demo

SIZE = (1200, 700)
Series = list[tuple[list[float], list[float]]]


def measure(study: Path) -> Measured:
    """Paint the stories of some patients in turn, both ways."""
    application = QApplication.instance() or QApplication([])
    with open_demo(study) as session:
        stories = [story(session, row.patient_id) for row in list_patients(session)[:10]]
    canvas = StoryCanvas(make_theme("light"), "en")
    bare, curves = _bare_panels()
    for widget in (canvas, bare):
        widget.resize(*SIZE)
        widget.show()
    application.processEvents()
    ours, floor = cycle(stories), cycle([_points(one) for one in stories])

    def show_ours() -> None:
        canvas.set_story(next(ours))
        canvas.grab()

    def show_floor() -> None:
        for curve, (days, values) in zip(curves, next(floor), strict=True):
            curve.setData(days, values)
        bare.grab()

    measured = by_turns(show_ours, show_floor, rounds=40, warm=10)
    return Measured("switch patient: 8 linked panels, painted", "pyqtgraph setData", *measured)


def _points(one: Story) -> Series:
    """Return the first series of each panel as plain lists; eight of them."""
    found: Series = []
    for panel in one.panels[:8]:
        points = [p for p in panel.series[0].points if p.value is not None] if panel.series else []
        found.append(([float(p.day) for p in points], [float(p.value or 0) for p in points]))
    return found + [([], [])] * (8 - len(found))


def _bare_panels() -> tuple[Any, list[Any]]:
    pg.setConfigOptions(antialias=True, background="w", foreground="k")
    widget = pg.GraphicsLayoutWidget()
    curves, first = [], None
    for row in range(8):
        plot = widget.addPlot(row=row, col=0)
        if first is None:
            first = plot
        else:
            plot.setXLink(first)
        curves.append(plot.plot([], [], pen=pg.mkPen("#1E4468", width=1.75), symbol="o"))
    return widget, curves
