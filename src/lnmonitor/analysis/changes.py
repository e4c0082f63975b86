"""Steps between consecutive totals of a score, counted by the bands the literature uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One change between two consecutive totals of one subject."""

    subject: str
    start_day: float
    end_day: float
    before: float
    after: float

    @property
    def change(self) -> float:
        """Rise (positive) or fall in points."""
        return self.after - self.before


@dataclass(frozen=True)
class StepCount:
    """How many steps fit a criterion, and in how many subjects."""

    steps: int
    subjects: int


def steps(totals: Mapping[str, Sequence[tuple[float, float]]]) -> tuple[Step, ...]:
    """Return the steps of every subject's (day, total) points."""
    raise NotImplementedError


def count(
    found: Iterable[Step],
    *,
    rise: float | None = None,
    fall: float | None = None,
    above: float | None = None,
) -> StepCount:
    """Count steps rising by `rise` or more, falling by `fall` or more, ending above `above`."""
    raise NotImplementedError
