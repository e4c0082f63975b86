"""Steroid tapers counted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.steroids import DoseInterval
from lnmonitor.clinical.taper import Increase, increases, taper, trailing_mean, within_allowance

D0 = date(2026, 1, 1)


def day(n: int) -> date:
    return D0 + timedelta(days=n)


def dose(mg: float, first: int, last: int | None, **more: object) -> DoseInterval:
    stop = None if last is None else day(last)
    return DoseInterval("prednisone", mg, day(first), stop, **more)  # type: ignore[arg-type]


COURSE = [dose(30, -60, 27), dose(10, 28, 55), dose(7.5, 56, 99), dose(5, 100, None)]
PULSE = DoseInterval("methylprednisolone", 500, day(3), day(5), route="iv")


def test_that_a_taper_is_described_to_a_day() -> None:
    found = taper(D0, day(140), [*COURSE, PULSE])
    assert (found.dose_day_0, found.dose) == (30, 5)
    assert found.percent_change == pytest.approx(-100 * 25 / 30)
    assert found.days_to == ((10.0, 28), (7.5, 56), (5.0, 100))
    assert [reason.values["day"] for reason in found.reasons] == [28, 56, 100]
    # 28 x 30 + 28 x 10 + 44 x 7.5 + 41 x 5 mg
    assert found.cumulative_g == pytest.approx(1.655)
    assert found.pulse_g == pytest.approx(1.875)
    assert found.increases == ()


def test_that_a_milestone_needs_28_days() -> None:
    assert taper(D0, day(126), COURSE).days_to[2] == (5.0, None)
    assert taper(D0, day(127), COURSE).days_to[2] == (5.0, 100)
    low = taper(D0, day(40), [dose(5, -10, None)])
    assert low.days_to == ((10.0, 0), (7.5, 0), (5.0, 0))


def test_that_means_cover_the_days_that_end_on_the_day() -> None:
    assert trailing_mean(day(28), COURSE, 28) == pytest.approx((27 * 30 + 10) / 28)
    found = taper(D0, day(30), COURSE)
    assert found.mean_7_days == pytest.approx((4 * 30 + 3 * 10) / 7)
    assert found.mean_28_days == pytest.approx((25 * 30 + 3 * 10) / 28)
    with pytest.raises(InvalidInput, match="days"):
        trailing_mean(D0, COURSE, 0)


def test_that_every_rise_is_found_with_both_doses() -> None:
    course = [dose(10, -5, 9), dose(20, 10, 19), dose(15, 20, 29), dose(17.5, 30, None)]
    assert increases(D0, day(40), course) == (
        Increase(day(10), 10, 20),
        Increase(day(30), 15, 17.5),
    )
    assert increases(D0, D0, [dose(5, 0, None)]) == (Increase(D0, 0, 5),)


def test_that_days_before_day_0_are_no_part_of_a_milestone() -> None:
    low_before = [dose(5, -40, 19), dose(20, 20, 24), dose(5, 25, None)]
    assert taper(D0, day(52), low_before).days_to[2] == (5.0, 25)
    assert taper(D0, day(51), low_before).days_to[2] == (5.0, None)
    high_before = [dose(20, -30, -1), dose(5, 0, None)]
    assert taper(D0, day(27), high_before).days_to[2] == (5.0, 0)
    assert taper(D0, day(26), high_before).days_to[2] == (5.0, None)
    assert taper(D0, day(27), [*high_before, dose(5, 10, 12)]).increases == (
        Increase(day(10), 5, 10),
    )


def test_that_a_rise_before_day_0_is_none_of_the_course() -> None:
    rising = [dose(5, -10, -6), dose(10, -5, -1), dose(15, 0, None)]
    found = taper(D0, day(5), rising)
    assert found.increases == (Increase(D0, 10, 15),)
    assert found.mean_28_days == pytest.approx((5 * 5 + 5 * 10 + 6 * 15) / 28)


def test_that_nothing_on_day_0_has_no_percent() -> None:
    found = taper(D0, day(30), [dose(5, 10, None)])
    assert (found.dose_day_0, found.dose, found.percent_change) == (0, 5, None)


@pytest.mark.parametrize(
    ("high_days", "kept"),
    [
        ((), True),
        ((1, 2), True),
        ((1, 2, 3), False),
        ((1, 3, 5, 7, 9, 11), True),
        ((1, 3, 5, 7, 9, 11, 13), False),
    ],
)
def test_that_the_allowance_is_under_3_in_a_row_and_under_7_in_all(
    high_days: tuple[int, ...], kept: bool
) -> None:
    course = [dose(10, 0, None), *(dose(2.5, n, n) for n in high_days)]
    assert within_allowance(D0, day(56), course) is kept
    assert within_allowance(D0, day(56), course, limit_mg=12.5)


def test_that_pulse_days_count_against_the_allowance() -> None:
    assert within_allowance(D0, day(4), [PULSE])  # two pulse days
    assert not within_allowance(D0, day(5), [PULSE])
