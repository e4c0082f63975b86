"""The one clock of the program; injected, so that tests and the demo study can set the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in the workstation's zone."""
        ...


class SystemClock:
    """The workstation's clock."""

    def now(self) -> datetime:
        """Return the system time with the local offset."""
        return datetime.now().astimezone()


@dataclass
class FixedClock:
    """A clock that stands still, for tests and generated studies."""

    instant: datetime

    def now(self) -> datetime:
        """Return the fixed instant."""
        return self.instant


def local_moment(at: str, utc_offset: str = "") -> datetime:
    """Return a UTC instant on the clock of the workstation that wrote it, or on this one's.

    Args:
        at: ISO text. utc_offset: such as `+08:00`; empty where it is not known.
    """
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    sign = -1 if utc_offset.startswith("-") else 1
    digits = utc_offset.lstrip("+-").replace(":", "")
    if len(digits) >= 4 and digits[:4].isdigit():
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
        return moment.astimezone(timezone(sign * offset))
    return moment.astimezone()


def today(clock: Clock) -> date:
    """Return the local calendar date."""
    return clock.now().date()
