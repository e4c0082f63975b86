"""How the benchmarks measure: medians of both clocks, ours and the floor by turns.

Turns, because a machine's speed drifts: what slows ours in this second slows the floor in the next.
Both clocks, because a person waits by the one on the wall, and the processor's own tells how much
of that was this work and not another program's.
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
        ours_ms, floor_ms: medians in milliseconds by the wall's clock.
        ours_cpu, floor_cpu: medians in milliseconds of processor time.
    """

    work: str
    floor: str
    ours_ms: float
    floor_ms: float
    ours_cpu: float
    floor_cpu: float

    @property
    def ratio(self) -> float:
        """Ours over the floor by the wall's clock."""
        return self.ours_ms / self.floor_ms

    @property
    def cpu_ratio(self) -> float:
        """Ours over the floor in processor time."""
        return self.ours_cpu / self.floor_cpu


Times = tuple[float, float]
"""Milliseconds by the wall's clock and of processor time."""


def medians(ours: list[Times], floor: list[Times]) -> tuple[float, float, float, float]:
    """Return the medians of two lists of times in the order that `Measured` takes them."""
    (wall, cpu), (floor_wall, floor_cpu) = (
        [median(clock) for clock in zip(*times, strict=True)] for times in (ours, floor)
    )
    return wall, floor_wall, cpu, floor_cpu


def by_turns(
    ours: Callable[[], object], floor: Callable[[], object], *, rounds: int, warm: int = 1
) -> tuple[float, float, float, float]:
    """Return the medians of both, after some rounds that do not count."""
    taken: tuple[list[Times], list[Times]] = ([], [])
    for turn in range(warm + rounds):
        for action, times in zip((ours, floor), taken, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            action()
            if turn >= warm:
                spent = time.perf_counter() - wall, time.process_time() - cpu
                times.append((spent[0] * 1000, spent[1] * 1000))
    return medians(*taken)


def open_demo(study: Path, user: str = "datamanager") -> StudySession:
    """Open the synthetic study with one of its published accounts."""
    return open_study(study, user=user, password="lupus-demo")  # noqa: S106
