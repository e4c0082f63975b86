"""The statistics of the trial's tables against published examples, printed where they came from."""

from __future__ import annotations

import pytest

from lnmonitor.analysis.statistics import mean_sd, paired_change, wilson
from lnmonitor.analysis.survival import (
    cumulative_incidence,
    incidence_at,
    kaplan_meier,
    log_rank,
)

# Hours of sleep gained under two drugs in ten patients (Cushny & Peebles, J Physiol 32:501, 1905),
# the example of Student 1908: mean difference 1.58, SD 1.23, t = 4.0621 (9 df), p = 0.002833.
SLEEP_1 = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SLEEP_2 = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)

# Hamilton depression scale before and after a tranquilliser in nine patients (Hollander & Wolfe,
# Nonparametric Statistical Methods, 1973, p. 29): V = 40, exact one-sided p = 0.01953.
HAMILTON_BEFORE = (1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
HAMILTON_AFTER = (0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)

# Weeks of remission of acute leukaemia (Freireich, Blood 21:699, 1963): 6-mercaptopurine, placebo.
MERCAPTOPURINE = (
    (6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35),
    (1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
)
PLACEBO = ((1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23), (1,) * 21)


def _arm(arm: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[list[float], list[bool]]:
    times, events = arm
    return ([float(time) for time in times], [event == 1 for event in events])


def test_that_mean_and_spread_are_those_of_student_s_example() -> None:
    change = paired_change(list(zip(SLEEP_1, SLEEP_2, strict=True)))
    assert (change.n, change.mean) == (10, pytest.approx(1.58))
    assert change.sd == pytest.approx(1.229995, abs=1e-6)
    assert mean_sd(SLEEP_1) == (pytest.approx(0.75), pytest.approx(1.78901, abs=1e-5))


def test_that_the_paired_t_test_is_that_of_student_s_example() -> None:
    change = paired_change(list(zip(SLEEP_1, SLEEP_2, strict=True)))
    assert change.p_t == pytest.approx(0.002833, abs=1e-6)


def test_that_the_wilcoxon_test_is_the_exact_one_of_hollander_and_wolfe() -> None:
    change = paired_change(list(zip(HAMILTON_BEFORE, HAMILTON_AFTER, strict=True)))
    assert change.p_wilcoxon == pytest.approx(2 * 0.01953, abs=1e-5)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_that_the_wilson_interval_is_that_of_newcombe(
    count: int, of: int, low: float, high: float
) -> None:
    # Newcombe RG, Stat Med 17:857, 1998, table I, method 3.
    assert wilson(count, of) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_that_a_proportion_of_nobody_has_no_interval() -> None:
    assert wilson(0, 0) == (None, None)


def test_that_the_curve_of_freireich_has_the_printed_log_log_band() -> None:
    rows = {row.time: row for row in kaplan_meier(*_arm(MERCAPTOPURINE)).rows if row.n_event}
    printed = {
        6: (0.857, 0.0764, 0.620, 0.952),
        7: (0.807, 0.0869, 0.563, 0.923),
        10: (0.753, 0.0963, 0.503, 0.889),
        13: (0.690, 0.1068, 0.432, 0.849),
        16: (0.627, 0.1141, 0.368, 0.805),
        22: (0.538, 0.1282, 0.268, 0.747),
        23: (0.448, 0.1346, 0.188, 0.680),
    }
    assert set(rows) == set(printed)
    for time, (survival, error, low, high) in printed.items():
        row = rows[time]
        found = (row.survival, row.greenwood_se, row.low, row.high)
        for ours, theirs in zip(found, (survival, error, low, high), strict=True):
            assert ours == pytest.approx(theirs, abs=6e-4), time


def test_that_medians_have_the_printed_log_log_intervals() -> None:
    treated, placebo = kaplan_meier(*_arm(MERCAPTOPURINE)), kaplan_meier(*_arm(PLACEBO))
    assert (treated.median, treated.median_low, treated.median_high) == (23, 13, None)
    assert (placebo.median, placebo.median_low, placebo.median_high) == (8, 4, 11)


def test_that_the_log_rank_test_of_freireich_is_the_printed_one() -> None:
    found = log_rank(_arm(MERCAPTOPURINE), _arm(PLACEBO))
    assert found.chi_square == pytest.approx(16.79, abs=5e-3)
    assert found.p == pytest.approx(4.17e-5, abs=5e-7)


def test_that_incidence_without_a_competing_event_is_one_minus_survival() -> None:
    times, events = _arm(MERCAPTOPURINE)
    curve = kaplan_meier(times, events)
    for row in cumulative_incidence(times, [int(event) for event in events]):
        assert row.incidence == pytest.approx(1 - curve.at(row.time))


def test_that_incidences_and_the_free_add_up_to_one() -> None:
    times = [1.0, 2, 2, 3, 4, 5, 6, 7]
    causes = [1, 2, 0, 1, 2, 1, 0, 0]
    wanted = cumulative_incidence(times, causes)
    other = cumulative_incidence(times, [{1: 2, 2: 1}.get(cause, 0) for cause in causes])
    free = kaplan_meier(times, [cause > 0 for cause in causes])
    for one, two in zip(wanted, other, strict=True):
        assert one.incidence + two.incidence + free.at(one.time) == pytest.approx(1)
    assert incidence_at(wanted, 0.5) == 0
    assert incidence_at(wanted, 4.5) == wanted[3].incidence
