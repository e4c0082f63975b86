"""Steps between consecutive totals of a score, counted by the bands the literature uses.

A rise of SLEDAI by 3 or more is the step of the SELENA flare index, a total above 12 its severe
limit (Petri M, N Engl J Med 353:2550, 2005); 4 or more is the usual sign of worsening. The
wordings were seen second hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Step:
    """One change between two consecutive totals of one subject, days as given."""

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
    """Return the steps of every subject's (day, total) points, in any order of days."""
    return tuple(
        Step(subject, first[0], second[0], first[1], second[1])
        for subject, points in totals.items()
        for first, second in pairwise(sorted(points))
    )


def count(
    found: Iterable[Step],
    *,
    rise: float | None = None,
    fall: float | None = None,
    above: float | None = None,
) -> StepCount:
    """Count steps that rise by `rise` or more, fall by `fall` or more, and end above `above`.

    Every criterion given must hold.
    """
    fitting = [
        step
        for step in found
        if (rise is None or step.change >= rise)
        and (fall is None or -step.change >= fall)
        and (above is None or step.after > above)
    ]
    return StepCount(len(fitting), len({step.subject for step in fitting}))
