"""The time axis of a patient's story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Axis:
    """Days since the first infusion; before one, days since `origin` (consent)."""

    origin: date

    def day(self, iso: str) -> float:
        """Return the day of a complete ISO date."""
        return float((date.fromisoformat(iso) - self.origin).days)

    def of(self, on: date) -> float:
        """Return the day of a date."""
        return float((on - self.origin).days)
