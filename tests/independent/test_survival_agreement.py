"""Kaplan-Meier with Greenwood, cumulative incidence and Wilson intervals: implementations agree."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.independent import survival as second
from tests.independent.exact import AGREED

from lnmonitor.analysis import statistics, survival

COURSES = st.lists(
    st.tuples(st.integers(1, 20), st.sampled_from((0, 0, 1, 1, 2))), min_size=1, max_size=25
)


@AGREED
@given(COURSES)
def test_that_survival_agrees(courses: list[tuple[int, int]]) -> None:
    times = [time for time, _ in courses]
    events = [cause == 1 for _, cause in courses]
    told = survival.kaplan_meier(times, events)
    assert (told.n, told.events) == (len(times), sum(events))
    assert [row.time for row in told.rows if row.time > 0] == sorted(set(times))
    for row in told.rows:
        moment = int(row.time)
        assert row.survival == pytest.approx(float(second.survival(times, events, moment)))
        assert row.n_at_risk == second.at_risk(times, moment)
        expected = second.greenwood(times, events, moment)
        assert row.greenwood_se == (None if expected is None else pytest.approx(expected))
    for moment in range(22):
        assert told.at(moment) == pytest.approx(float(second.survival(times, events, moment)))
        assert told.at_risk(moment) == second.at_risk(times, moment)
    assert told.median == second.median(times, events)


@AGREED
@given(COURSES)
def test_that_cumulative_incidence_agrees(courses: list[tuple[int, int]]) -> None:
    times, causes = [time for time, _ in courses], [cause for _, cause in courses]
    rows = survival.cumulative_incidence(times, causes)
    for moment in range(22):
        told = survival.incidence_at(rows, moment)
        assert told == pytest.approx(float(second.incidence(times, causes, moment)))


def test_that_wilson_intervals_agree() -> None:
    for n in (1, 5, 24, 81):
        for count in {0, 1, n // 4, n // 2, n - 1, n}:
            expected = second.wilson(count, n)
            assert statistics.wilson(count, n) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@AGREED
@given(st.lists(st.integers(0, 90), min_size=2, max_size=20))
def test_that_means_and_deviations_agree(values: list[int]) -> None:
    mean = sum(values) / len(values)
    spread = sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    assert statistics.mean_sd(values) == pytest.approx((mean, spread), abs=1e-12)
