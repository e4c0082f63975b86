"""The workstation's clock: what is wrong with it is acknowledged with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lnmonitor.errors import InputError
from lnmonitor.services import audit
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import clock_watch
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.clock_watch import TOLERANCE, WENT_BACK, ZONE_CHANGED, ClockNotice

__all__ = [
    "TOLERANCE",
    "WENT_BACK",
    "ZONE_CHANGED",
    "ClockAnomaly",
    "ClockNotice",
    "acknowledge",
    "anomalies",
]

_ACKNOWLEDGED = "clock acknowledged"


@dataclass(frozen=True)
class ClockAnomaly:
    """A change of the clock that is on record, or noticed now by a session that only reads.

    `utc_offset` of the workstation then; `acknowledged`: the entry that says why, None while nobody
    has.
    """

    notice: ClockNotice
    utc_offset: str
    acknowledged: AuditEntry | None


def anomalies(session: StudySession) -> tuple[ClockAnomaly, ...]:
    """Return every time the clock went back or changed its zone, the first one first."""
    entries = [
        one
        for action in (WENT_BACK, ZONE_CHANGED)
        for one in audit.entries(session, patient_id="", action=action, limit=None)
    ]
    entries.sort(key=lambda one: one.sequence)
    said = audit.entries(session, patient_id="", action=_ACKNOWLEDGED, limit=None)
    noted = [
        ClockAnomaly(
            ClockNotice(one.action, one.old, one.new, one.at), one.utc_offset, _why(one, said)
        )
        for one in entries
    ]
    known = {(one.notice.kind, one.notice.before, one.notice.after) for one in noted}
    offset = session.clock.now().isoformat()[-6:]
    waiting = [
        ClockAnomaly(one, offset, None)
        for one in session.clock_notices
        if (one.kind, one.before, one.after) not in known
    ]
    return (*noted, *waiting)


def _why(notice: AuditEntry, said: Sequence[AuditEntry]) -> AuditEntry | None:
    """Return the first acknowledgement after a notice that names it."""
    found = (
        one
        for one in said
        if one.sequence > notice.sequence
        and (one.item, one.old, one.new) == (notice.action, notice.old, notice.new)
    )
    return next(found, None)


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
                _ACKNOWLEDGED,
                item=notice.kind,
                old=canonical(notice.before),
                new=canonical(notice.after),
            )
        clock_watch.store(work.connection, ())
    session.clock_notices = ()
    return ChangeSet(frozenset({"clock", "audit"}))
