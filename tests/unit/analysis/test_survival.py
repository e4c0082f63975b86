"""Survival against published vectors, a hand calculation and SciPy."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from scipy.stats import CensoredData, ecdf

from lnmonitor.analysis.survival import cumulative_incidence, kaplan_meier, log_rank


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _sets(folder: Path) -> dict[str, tuple[list[float], list[bool]]]:
    found: dict[str, tuple[list[float], list[bool]]] = defaultdict(lambda: ([], []))
    for row in _rows(folder / "vectors" / "km_data.csv"):
        found[row["set"]][0].append(float(row["time"]))
        found[row["set"]][1].append(row["event"] == "1")
    return found


def test_that_every_vector_row_is_reproduced(shared_data: Path) -> None:
    expected = defaultdict(list)
    for row in _rows(shared_data / "vectors" / "km.csv"):
        expected[row["set"]].append(row)
    sets = _sets(shared_data)
    assert set(sets) == set(expected)
    for name, (times, events) in sets.items():
        rows = kaplan_meier(times, events).rows
        assert [row.time for row in rows] == [float(r["time"]) for r in expected[name]]
        for row, printed in zip(rows, expected[name], strict=True):
            counts = (row.n_at_risk, row.n_event, row.n_censored)
            assert counts == tuple(int(printed[k]) for k in ("n_at_risk", "n_event", "n_censored"))
            assert f"{row.survival:.6f}" == printed["survival"]
            error = "" if row.greenwood_se is None else f"{row.greenwood_se:.6f}"
            assert error == printed["greenwood_se"]


def test_that_every_vector_median_is_reproduced(shared_data: Path) -> None:
    sets = _sets(shared_data)
    for row in _rows(shared_data / "vectors" / "km_median.csv"):
        curve = kaplan_meier(*sets[row["set"]])
        assert (curve.n, curve.events) == (int(row["n"]), int(row["events"]))
        printed = None if row["median"] == "inf" else float(row["median"])
        assert curve.median == printed


def test_that_the_curve_equals_scipys(shared_data: Path) -> None:
    times, events = _sets(shared_data)["freireich_6mp"]
    uncensored = [t for t, e in zip(times, events, strict=True) if e]
    right = [t for t, e in zip(times, events, strict=True) if not e]
    theirs = ecdf(CensoredData(uncensored=uncensored, right=right)).sf
    ours = kaplan_meier(times, events)
    for time, survival in zip(theirs.quantiles, theirs.probabilities, strict=True):
        assert ours.at(time) == pytest.approx(survival)


def test_that_four_deaths_of_81_leave_95_percent() -> None:
    curve = kaplan_meier([50, 150, 240, 310, *[365] * 77], [True] * 4 + [False] * 77)
    assert curve.at(365) == pytest.approx(77 / 81)
    assert curve.at_risk(365) == 77
    # Without censoring Greenwood is the binomial standard error: sqrt(p q / n).
    assert curve.rows[-1].greenwood_se == pytest.approx((77 / 81 * 4 / 81 / 81) ** 0.5)


def test_that_the_log_log_band_is_the_published_one_of_the_6mp_arm(shared_data: Path) -> None:
    # Hand calculation at week 10: S 0.75294, sum d/(n(n-d)) = 3/378 + 1/272 + 1/210.
    terms = 3 / 378 + 1 / 272 + 1 / 210
    survival = 18 / 21 * 16 / 17 * 14 / 15
    row = next(r for r in kaplan_meier(*_sets(shared_data)["freireich_6mp"]).rows if r.time == 10)
    from math import exp, log, sqrt

    half = 1.959964 * sqrt(terms) / -log(survival)
    assert row.low == pytest.approx(survival ** exp(half), abs=1e-6)
    assert row.high == pytest.approx(survival ** exp(-half), abs=1e-6)


def test_that_a_tied_event_comes_before_a_censoring() -> None:
    assert kaplan_meier([5, 5], [True, False]).rows[0].survival == 0.5


def test_that_the_log_rank_statistic_is_the_hand_calculated_one() -> None:
    # Deaths of group 1 at 1 and 2, of group 2 at 3 and 4; two patients each.
    # Expected in group 1: 2/4 + 1/3 = 0.833; variance 0.25 + 2/9 = 0.472; (2 - 0.833)^2 / 0.472.
    result = log_rank(([1, 2], [True, True]), ([3, 4], [True, True]))
    assert result.chi_square == pytest.approx((2 - 5 / 6) ** 2 / (0.25 + 2 / 9))
    assert result.p == pytest.approx(0.0896, abs=1e-4)


def test_that_death_competes_with_remission() -> None:
    rows = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0])
    # 1/4, then after the death one of two free patients remits: 1/4 + 1/2 x 1/2.
    assert [row.incidence for row in rows] == pytest.approx([0.25, 0.25, 0.5, 0.5])
    assert rows[1].n_competing == 1


def test_that_a_negative_time_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        kaplan_meier([-1], [True])
