"""The one clock of the program; injected, so that tests and the demo study can set the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
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


def today(clock: Clock) -> date:
    """Return the local calendar date."""
    return clock.now().date()
