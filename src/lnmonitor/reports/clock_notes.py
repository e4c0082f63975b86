"""What the trail knows about the workstation's clock, for who reads a document's instants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lnmonitor.i18n import Translator
from lnmonitor.reports.instants import in_zone, with_offset
from lnmonitor.services import audit
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.clock import WENT_BACK, ZONE_CHANGED, ClockNotice
from lnmonitor.services.permissions import role_of
from lnmonitor.services.session import StudySession

_ACKNOWLEDGED = "clock acknowledged"


@dataclass(frozen=True)
class Anomaly:
    """A change of the clock; `acknowledged`: the entry that says why, None while nobody has."""

    notice: ClockNotice
    utc_offset: str
    acknowledged: AuditEntry | None


def anomalies(session: StudySession) -> tuple[Anomaly, ...]:
    """Return the changes of the clock that are on record or noticed now, the first one first."""
    entries = [
        one
        for action in (WENT_BACK, ZONE_CHANGED)
        for one in audit.entries(session, patient_id="", action=action, limit=None)
    ]
    entries.sort(key=lambda one: one.sequence)
    said = audit.entries(session, patient_id="", action=_ACKNOWLEDGED, limit=None)
    noted = [
        Anomaly(ClockNotice(one.action, one.old, one.new, one.at), one.utc_offset, _why(one, said))
        for one in entries
    ]
    known = {(one.notice.kind, one.notice.before, one.notice.after) for one in noted}
    now = session.clock.now()
    offset = in_zone(now.isoformat(), now.tzinfo)[-6:]
    waiting = [
        Anomaly(one, offset, None)
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


def clock_lines(found: Iterable[Anomaly], zone: tzinfo | None, tr: Translator) -> list[str]:
    """Return a sentence for each change of the clock, one that says that there is none."""
    lines = [f"{_what(one, zone, tr)} {_told(one, tr)}" for one in found]
    return lines or [tr.text("No change of the workstation's clock is on record.")]


def _what(one: Anomaly, zone: tzinfo | None, tr: Translator) -> str:
    notice = one.notice
    at = with_offset(notice.at, one.utc_offset)
    if notice.kind == ZONE_CHANGED:
        return tr.text(
            "The workstation's time zone changed from {before} to {after} at {at}.",
            before=notice.before, after=notice.after, at=at,
        )  # fmt: skip
    gap = datetime.fromisoformat(notice.before) - datetime.fromisoformat(notice.after)
    return tr.text(
        "The workstation's clock went back by {gap}, from {before} to {after}.",
        gap=str(gap).split(".")[0], before=in_zone(notice.before, zone), after=at,
    )  # fmt: skip


def _told(one: Anomaly, tr: Translator) -> str:
    entry = one.acknowledged
    if entry is None:
        return tr.text("Nobody has acknowledged it yet.")
    return tr.text(
        "Acknowledged {at} by {name}, {role}: {reason}",
        at=with_offset(entry.at, entry.utc_offset),
        name=entry.full_name,
        role=role_of(entry.role).title.in_(tr.language),
        reason=entry.reason,
    )
