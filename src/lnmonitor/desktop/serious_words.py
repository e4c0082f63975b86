"""The reporting clock of a serious event in words: the same on the worklist and the safety page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.words import day_month

if TYPE_CHECKING:
    from lnmonitor.services.worklist import SeriousEvent

CLOCK_HOURS = 24.0
_URGENT_HOURS = 10.0
_SOON_SHARE = 0.25


def clock_words(event: SeriousEvent) -> str:
    """Return "6 h 24 min left", "16 h late", "sent 1 May 08:14" or that awareness is missing."""
    if event.reported_at:
        sent = datetime.fromisoformat(event.reported_at)
        return tr("sent {when}", when=f"{day_month(sent.date())} {sent:%H:%M}")
    if event.hours_left is None:
        return tr("awareness not entered")
    minutes = round(abs(event.hours_left) * 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    short = tr("{h} h {m} min", h=hours, m=minutes)
    span = tr("{d} d {h} h", d=days, h=hours) if days else short
    return tr("{span} late", span=span) if event.hours_left < 0 else tr("{span} left", span=span)


def clock_tone(event: SeriousEvent) -> str:
    """Return the colour token: red when passed or under ten hours, amber under a quarter left."""
    if event.reported_at:
        return "ok"
    if event.hours_left is None:
        return "warn"
    if event.hours_left < _URGENT_HOURS:
        return "serious"
    return "warn" if event.hours_left < CLOCK_HOURS * _SOON_SHARE else "text-2"


def clock_share(event: SeriousEvent) -> float:
    """Return how much of the clock has run, 0 to 1."""
    if event.reported_at:
        return 1.0
    if event.hours_left is None:
        return 0.0
    return min(1.0, max(0.0, 1 - event.hours_left / CLOCK_HOURS))
