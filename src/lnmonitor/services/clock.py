"""The workstation's clock: what is wrong with it is acknowledged with a reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from lnmonitor.errors import InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import clock_watch
from lnmonitor.storage import repositories as repo
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
    """What the trail says of the clock; `acknowledged` by whom and why, empty while nobody has.

    `kind`, `before` and `after` are those of a `ClockNotice`; `at` is the UTC instant.
    """

    kind: str
    before: str
    after: str
    at: str
    acknowledged: str = ""


def anomalies(session: StudySession) -> tuple[ClockAnomaly, ...]:
    """Return every time the clock went back or changed its zone, the first one first."""
    require(session, Action.VIEW_AUDIT)
    with session.store.read() as connection:
        rows = [
            row
            for action in (WENT_BACK, ZONE_CHANGED, _ACKNOWLEDGED)
            for row in repo.audit_rows(connection, where={"action": action})
        ]
    found: dict[tuple[str, str, str], ClockAnomaly] = {}
    for row in sorted(rows, key=lambda one: int(one["sequence"])):
        kind = row["item"] if row["action"] == _ACKNOWLEDGED else row["action"]
        key = (kind, json.loads(row["old"]), json.loads(row["new"]))
        if row["action"] != _ACKNOWLEDGED:
            found[key] = ClockAnomaly(*key, row["at"])
        elif key in found:
            said = f"{row['full_name']} ({row['role']}): {row['reason']}"
            found[key] = replace(found[key], acknowledged=said)
    return tuple(found.values())


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
