"""How the benchmarks measure: medians, in one process, ours and the floor by turns.

Turns, because a machine's speed drifts: what slows ours in this second slows the floor in the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study


@dataclass(frozen=True)
class Measured:
    """One line of the table.

    Attributes:
        work: what was done. floor: what the bare library did instead.
        ours_ms, floor_ms: medians in milliseconds.
    """

    work: str
    floor: str
    ours_ms: float
    floor_ms: float

    @property
    def ratio(self) -> float:
        """Ours over the floor."""
        return self.ours_ms / self.floor_ms


def by_turns(
    ours: Callable[[], object], floor: Callable[[], object], *, rounds: int, warm: int = 1
) -> tuple[float, float]:
    """Return the medians of both in milliseconds, after some rounds that do not count."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(warm + rounds):
        for action, times in zip((ours, floor), taken, strict=True):
            started = time.perf_counter()
            action()
            if turn >= warm:
                times.append((time.perf_counter() - started) * 1000)
    return median(taken[0]), median(taken[1])


def open_demo(study: Path, user: str = "datamanager") -> StudySession:
    """Open the synthetic study with one of its published accounts."""
    return open_study(study, user=user, password="lupus-demo")  # noqa: S106
