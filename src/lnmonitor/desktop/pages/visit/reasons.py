"""Why the live results of a visit are as they are: opened over the form, without leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.patient.view import ResultsView, Topic, explained, topics_of_visit
from lnmonitor.desktop.widgets.explain_popover import ExplainPopover
from lnmonitor.desktop.widgets.explanation import Go

if TYPE_CHECKING:
    from lnmonitor.services.visits import LiveScores
    from lnmonitor.study.protocol import Protocol


def live_topics(live: LiveScores, protocol: Protocol) -> tuple[ResultsView, tuple[Topic, ...]]:
    """Return what can be explained of a visit as it is typed, a flare of it first."""
    view = ResultsView(course=live.course, data=live.data, protocol=protocol)
    visit = live.assessment
    if visit is None:
        return view, ()
    here = [
        Topic("flare", tr("Renal flare"), one, visit.visit_id)
        for one in live.course.flares
        if isinstance(one, FlareFinding)
        and (visit.day in one.evidence_days or one.resolved_day is None)
    ]
    found = topics_of_visit(view, visit.visit_id)
    if not here:  # where it stays open, that comes first
        found = tuple(sorted(found, key=lambda topic: topic.key != "flare"))
    return view, (*here[-1:], *found)


def open_reasons(
    live: LiveScores, protocol: Protocol, wanted: str, beside: QWidget, go: Go
) -> None:
    """Open the reasons beside the column of results, or below their line in a narrow window.

    `wanted` begins the key of the result shown first; `go` leads to the record of a number.
    """
    view, found = live_topics(live, protocol)
    first = next((n for n, topic in enumerate(found) if topic.key.startswith(wanted)), 0)
    about = tr("As typed now, {visit}", visit=live.assessment.code if live.assessment else "")
    popover = ExplainPopover(about, explained(view, found), beside.window(), first=first, go=go)
    corner = beside.mapToGlobal(QPoint(0, 0))
    if beside.width() > popover.width():
        popover.open_at(corner + QPoint(beside.width() - popover.width(), beside.height()))
    else:
        popover.open_at(corner - QPoint(popover.width(), 0))
