"""What the trail knows about the workstation's clock, for who reads a document's instants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from lnmonitor.i18n import Translator
from lnmonitor.reports.instants import in_zone, with_offset
from lnmonitor.services.clock import ZONE_CHANGED, ClockAnomaly
from lnmonitor.services.permissions import role_of


def clock_lines(found: Iterable[ClockAnomaly], zone: tzinfo | None, tr: Translator) -> list[str]:
    """Return a sentence for each change of the clock, one that says that there is none."""
    lines = [f"{_what(one, zone, tr)} {_told(one, tr)}" for one in found]
    return lines or [tr.text("No change of the workstation's clock is on record.")]


def _what(one: ClockAnomaly, zone: tzinfo | None, tr: Translator) -> str:
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


def _told(one: ClockAnomaly, tr: Translator) -> str:
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
