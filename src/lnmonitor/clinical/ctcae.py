"""CTCAE v5.0 laboratory grades, proposed from a value, its range and the baseline."""

from __future__ import annotations

from dataclasses import dataclass

from lnmonitor.clinical.results import Outcome


@dataclass(frozen=True)
class CtcaeGrade(Outcome):
    """`grade` 0..4, None when not exact; the truth then lies in `low`..`high`."""

    term: str = ""
    grade: int | None = None
    low: int = 0
    high: int = 4
    version: str = "5.0"


def grade(
    term: str,
    value: float | None,
    *,
    unit: str,
    lln: float | None = None,
    uln: float | None = None,
    baseline: float | None = None,
    baseline_abnormal: bool | None = None,
    symptomatic: bool | None = None,
) -> CtcaeGrade:
    """Grade one laboratory result; `term` is a CTCAE term name, all numbers in `unit`."""
    raise NotImplementedError
