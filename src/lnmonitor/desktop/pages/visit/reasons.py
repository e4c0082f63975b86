"""Why the live results of a visit are as they are: opened over the form, without leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.patient.view import ResultsView, Topic, explained, topics_of_visit
from lnmonitor.desktop.widgets.explain_popover import ExplainPopover

if TYPE_CHECKING:
    from lnmonitor.services.visits import LiveScores
    from lnmonitor.study.protocol import Protocol


def live_topics(live: LiveScores, protocol: Protocol) -> tuple[ResultsView, tuple[Topic, ...]]:
    """Return what can be explained of a visit as it is typed, a flare of it first."""
    view = ResultsView(course=live.course, data=live.data, protocol=protocol)
    visit = live.assessment
    found = topics_of_visit(view, visit.visit_id if visit is not None else None)
    here = [
        Topic("flare", tr("Renal flare"), one, visit.visit_id if visit is not None else None)
        for one in live.course.flares
        if isinstance(one, FlareFinding)
        and visit is not None
        and (visit.day in one.evidence_days or one.resolved_day is None)
    ]
    return view, (*here[-1:], *found)


def open_reasons(live: LiveScores, protocol: Protocol, wanted: str, beside: QWidget) -> None:
    """Open the reasons left of a widget; `wanted` begins the key of the result shown first."""
    view, found = live_topics(live, protocol)
    first = next((n for n, topic in enumerate(found) if topic.key.startswith(wanted)), 0)
    about = tr("As typed now, {visit}", visit=live.assessment.code if live.assessment else "")
    popover = ExplainPopover(about, explained(view, found), beside.window(), first=first)
    corner = beside.mapToGlobal(QPoint(0, 0))
    popover.open_at(QPoint(corner.x() - popover.width(), corner.y()))
