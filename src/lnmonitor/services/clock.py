"""The workstation's clock: what is wrong with it is acknowledged with a reason."""

from __future__ import annotations

from lnmonitor.errors import InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import clock_watch
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.clock_watch import TOLERANCE, WENT_BACK, ZONE_CHANGED, ClockNotice

__all__ = ["TOLERANCE", "WENT_BACK", "ZONE_CHANGED", "ClockNotice", "acknowledge"]


def acknowledge(session: StudySession, reason: str) -> ChangeSet:
    """Say why the clock went back or changed its zone; then signatures are possible again.

    Raises:
        InputError: no reason, or nothing was noticed.
    """
    require(session, Action.ACKNOWLEDGE_CLOCK)
    if not reason.strip():
        raise InputError("A change of the clock is acknowledged with a reason only.", "Say why.")
    notices = session.clock_notices
    if not notices:
        raise InputError("Nothing is noticed about the clock.", "Open the page again.")
    with session.work(reason=reason.strip()) as work:
        for notice in notices:
            work.note(
                "clock acknowledged",
                item=notice.kind,
                old=canonical(notice.before),
                new=canonical(notice.after),
            )
        clock_watch.store(work.connection, ())
    session.clock_notices = ()
    return ChangeSet(frozenset({"clock", "audit"}))
