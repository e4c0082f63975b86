"""Steps between totals: the counts stated with the public data, and the edges of a criterion."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from lnmonitor.analysis.changes import StepCount, count, steps


def test_that_the_counts_of_the_public_lupus_visits_are_reproduced(shared_data: Path) -> None:
    totals: dict[str, list[tuple[float, float]]] = defaultdict(list)
    path = shared_data / "sle-visits" / "gse65391_subset_sledai_longitudinal_long.csv"
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            totals[row["patient_id"]].append((float(row["ordered_visit"]), float(row["sledai"])))
    found = steps(totals)
    assert len(totals) == 22
    assert len(found) == 132
    assert count(found, rise=3) == StepCount(22, 12)
    assert count(found, rise=4) == StepCount(21, 12)
    assert count(found, rise=3, above=12) == StepCount(9, 5)
    assert count(found, fall=4) == StepCount(22, 13)


def test_that_steps_follow_the_days_not_the_order_of_entry() -> None:
    found = steps({"A": [(90, 4), (0, 10), (30, 7)]})
    assert [(step.before, step.after) for step in found] == [(10, 7), (7, 4)]


def test_that_a_rise_of_exactly_the_limit_counts_and_a_total_at_the_limit_does_not() -> None:
    found = steps({"A": [(0, 9), (30, 12)]})
    assert count(found, rise=3) == StepCount(1, 1)
    assert count(found, rise=3, above=12) == StepCount(0, 0)
