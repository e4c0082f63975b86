"""A scheduled visit in words and as a bar: the same on the worklist and in the list of patients."""

from __future__ import annotations

from datetime import date

from lnmonitor.desktop.delegates.window_bar import WindowBar
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.words import day_month
from lnmonitor.study.schedule import ScheduledVisit, VisitState

_BAR_TONES = {VisitState.OVERDUE: "overdue", VisitState.DUE: "due"}


def window_words(visit: ScheduledVisit, today: date) -> str:
    """Return how the window stands: "closed 13 days ago", "21 days left", "opens in 3 days"."""
    state, days = visit.state, visit.days
    if state is VisitState.OVERDUE:
        return tr("closed yesterday") if days == 1 else tr("closed {n} days ago", n=days)
    if state is VisitState.DUE:
        return _due_words(visit, today)
    if state in {VisitState.OPENING, VisitState.FUTURE}:
        return _later_words(visit)
    if state in {VisitState.NOT_NEEDED, VisitState.MISSED}:
        return tr("missed") if state is VisitState.MISSED else tr("not needed")
    seen = visit.visit.form.visit_date if visit.visit is not None else None
    return tr("seen {date}", date=day_month(date.fromisoformat(seen))) if seen else tr("done")


def _later_words(visit: ScheduledVisit) -> str:
    if visit.opens is None:
        return tr("after infusion")
    return tr("opens tomorrow") if visit.days == 1 else tr("opens in {n} days", n=visit.days)


def _due_words(visit: ScheduledVisit, today: date) -> str:
    if visit.target == today:
        return tr("today is the target")
    if visit.closes is None:
        return tr("due")
    if visit.days == 0:
        return tr("last day today")
    return tr("1 day left") if visit.days == 1 else tr("{n} days left", n=visit.days)


def window_tone(visit: ScheduledVisit, today: date) -> str:
    """Return the colour token of the words."""
    if visit.state is VisitState.OVERDUE:
        return "serious"
    if visit.state is VisitState.DUE and visit.target == today:
        return "accent"
    return "text" if visit.state is VisitState.DUE else "text-2"


def window_bar(visit: ScheduledVisit, today: date) -> WindowBar | None:
    """Return the bar of a visit whose window is known."""
    if visit.opens is None or visit.closes is None or visit.target is None:
        return None
    return WindowBar(
        (visit.opens - today).days,
        (visit.target - today).days,
        (visit.closes - today).days,
        _BAR_TONES.get(visit.state, "later"),
    )
