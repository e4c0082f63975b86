"""Fitting whole scores and measured values to a printed mean and standard deviation."""

from __future__ import annotations

from random import Random
from statistics import fmean, stdev

import pytest

from lnmonitor.demo.fit import fit_measures, fit_totals


@pytest.mark.parametrize("seed", range(5))
def test_that_scores_reach_sum_and_spread_and_keep_their_bounds(seed) -> None:
    rng = Random(seed)
    least = [rng.choice((8, 8, 8, 12)) for _ in range(81)]
    drawn = [low + rng.randint(0, 12) for low in least]
    most = [30] * 81
    scores = fit_totals(drawn, least, most, total=1062, sd=4.20, rng=rng)
    assert sum(scores) == 1062
    assert round(stdev(scores), 2) == 4.20
    assert all(low <= score <= 30 for score, low in zip(scores, least, strict=True))


def test_that_measures_reach_mean_and_spread_with_one_decimal() -> None:
    rng = Random(1)
    values = fit_measures([rng.gauss(60, 15) for _ in range(77)], mean=69.51, sd=27.93)
    assert (round(fmean(values), 2), round(stdev(values), 2)) == (69.51, 27.93)
    assert all(round(value, 1) == value for value in values)


def test_that_the_order_of_measures_stays() -> None:
    drawn = [30.0, 70.0, 50.0, 90.0]
    values = fit_measures(drawn, mean=55, sd=20)
    assert sorted(range(4), key=values.__getitem__) == sorted(range(4), key=drawn.__getitem__)


def test_that_one_value_is_left_alone() -> None:
    assert fit_measures([61.23], mean=58.55, sd=19.16) == [61.2]
    assert fit_totals([12], [8], [20], total=13, sd=4.2, rng=Random(1)) == [12]
