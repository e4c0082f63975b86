"""Notices a workstation's clock that went back or moved to another zone since the last entry.

The order of the audit trail does not depend on it: sequence numbers rule. But a person who reads
an instant must know when it cannot be trusted.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import offset_text, utc_text, zone_text

WENT_BACK = "clock went back"
ZONE_CHANGED = "time zone changed"
TOLERANCE = timedelta(seconds=2)
"""Corrections by a time server are smaller."""
_META = "clock_notices"


@dataclass(frozen=True)
class ClockNotice:
    """What was noticed: `kind` is `WENT_BACK` or `ZONE_CHANGED`, also the audit entry's action.

    `before` and `after` are UTC instants, or offset and zone such as `+08:00 Asia/Shanghai`.
    """

    kind: str
    before: str
    after: str
    at: str


@dataclass(frozen=True)
class Moment:
    """What the clock said: UTC text, offset, zone name."""

    at: str
    utc_offset: str
    zone: str


def moment(now: datetime) -> Moment:
    """Return what the clock says, as it stands in an audit entry."""
    return Moment(utc_text(now), offset_text(now), zone_text(now))


def last_moment(connection: Connection) -> Moment | None:
    """Return what the clock said at the latest audit entry, None before the first."""
    for row in repo.audit_rows(connection, limit=1):
        return moment_of(row)
    return None


def moment_of(row: Mapping[str, Any]) -> Moment:
    """Return the moment of an audit entry."""
    return Moment(row["at"], row["utc_offset"], row["zone"])


def compare(last: Moment, now: Moment) -> list[ClockNotice]:
    """Return what is wrong with the clock since `last`."""
    found = []
    if datetime.fromisoformat(now.at) < datetime.fromisoformat(last.at) - TOLERANCE:
        found.append(ClockNotice(WENT_BACK, last.at, now.at, now.at))
    if now.utc_offset != last.utc_offset and not _summer_time(last.zone, now.zone):
        before, after = (f"{one.utc_offset} {one.zone}" for one in (last, now))
        found.append(ClockNotice(ZONE_CHANGED, before, after, now.at))
    return found


def load(connection: Connection) -> tuple[ClockNotice, ...]:
    """Return the notices that nobody has acknowledged."""
    stored = json.loads(repo.meta(connection).get(_META, "[]"))
    return tuple(ClockNotice(**one) for one in stored)


def store(connection: Connection, notices: Sequence[ClockNotice]) -> None:
    """Keep the notices that nobody has acknowledged."""
    repo.set_meta(connection, {_META: json.dumps([asdict(one) for one in notices])})


def _summer_time(before: str, after: str) -> bool:
    """Return whether one zone has both offsets: by its IANA name, or by the system's two names."""
    if "/" in after and before == after:
        return True
    return before != after and {before, after} <= set(time.tzname)
