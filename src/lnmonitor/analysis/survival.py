"""Kaplan-Meier estimates and their comparison; SciPy does what it has.

Kaplan and Meier, J Am Stat Assoc 53:457, 1958, doi 10.1080/01621459.1958.10501452; variance after
Greenwood 1926. The published wordings were not read for this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class KaplanMeierRow:
    """One event or censoring time; `survival` just after it, Greenwood standard error of it."""

    time: float
    n_at_risk: int
    n_event: int
    n_censored: int
    survival: float
    greenwood_se: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class KaplanMeier:
    """A curve: rows in order of time; `median` None when it is not reached."""

    rows: tuple[KaplanMeierRow, ...]
    n: int
    events: int
    median: float | None


def kaplan_meier(times: Sequence[float], events: Sequence[bool]) -> KaplanMeier:
    """Estimate survival; `events[i]` False means censored at `times[i]` (>= 0)."""
    raise NotImplementedError
