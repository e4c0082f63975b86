"""Prednisone equivalents: the rules' vectors, pulses apart, periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lnmonitor.clinical import steroids
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.steroids import DoseInterval

D0 = date(2026, 1, 1)


def day(number: int) -> date:
    return D0 + timedelta(days=number)


PULSE = DoseInterval("methylprednisolone", 500, day(0), day(2), route="iv")


@pytest.mark.parametrize(
    ("drug", "mg", "per_day", "expected"),
    [
        ("methylprednisolone", 8, 1, 10),
        ("hydrocortisone", 30, 1, 7.5),
        ("dexamethasone", 1.5, 1, 10),
        ("prednisone", 20, 0.5, 10),
        ("prednisolone", 5, 2, 10),
        ("cortisone", 25, 1, 5),
        ("deflazacort", 6, 1, 5),
        ("triamcinolone", 4, 1, 5),
        ("betamethasone", 0.75, 1, 5),
    ],
)
def test_that_equivalents_are_those_of_the_table(
    drug: str, mg: float, per_day: float, expected: float
) -> None:
    interval = DoseInterval(drug, mg, D0, per_day=per_day)
    assert steroids.dose_on(D0, [interval]).mg_per_day == pytest.approx(expected)


def test_that_a_pulse_stays_out_of_the_maintenance_dose() -> None:
    intervals = [PULSE, DoseInterval("prednisone", 20, D0)]
    dose = steroids.dose_on(day(1), intervals)
    assert (dose.mg_per_day, dose.pulse_mg) == (20, 625)
    total = steroids.pulses(D0, day(30), intervals)
    assert (total.days, total.drug_g, total.prednisone_g) == (3, 1.5, 1.875)
    assert steroids.mean_dose(D0, day(2), intervals) == 20


def test_that_what_is_in_force_on_a_day_is_added_up() -> None:
    intervals = [
        DoseInterval("prednisone", 10, D0),
        DoseInterval("methylprednisolone", 8, D0),  # 10 mg prednisone
        PULSE,  # 625 mg prednisone
        DoseInterval("methylprednisolone", 250, D0, route="iv"),  # 312.5 mg
    ]
    dose = steroids.dose_on(D0, intervals)
    assert (dose.mg_per_day, dose.pulse_mg) == (20, 937.5)


def test_that_a_pulse_after_the_period_is_not_told() -> None:
    later = DoseInterval("methylprednisolone", 250, day(3), day(3), route="iv")
    total = steroids.pulses(D0, day(2), [PULSE, later])
    assert (total.days, total.drug_g) == (3, 1.5)
    assert [reason.values["value"] for reason in total.reasons] == [500]


@pytest.mark.parametrize(
    ("mg", "route", "pulse"),
    [(250, "iv", True), (249, "iv", False), (500, "oral", False), (500, "topical", False)],
)
def test_that_a_pulse_is_at_least_250_mg_iv(mg: float, route: str, pulse: bool) -> None:
    assert DoseInterval("methylprednisolone", mg, D0, route=route).is_pulse is pulse


def test_that_both_ends_of_an_interval_count() -> None:
    interval = DoseInterval("prednisone", 10, day(1), day(3))
    doses = [steroids.dose_on(day(n), [interval]).mg_per_day for n in range(5)]
    assert doses == [0, 10, 10, 10, 0]


def test_that_local_routes_do_not_count_but_are_shown() -> None:
    dose = steroids.dose_on(D0, [DoseInterval("triamcinolone", 40, D0, route="intra-articular")])
    assert dose.mg_per_day == 0
    assert dose.reasons[0].code == "steroids.local"


def test_that_periods_add_up_overlapping_prescriptions() -> None:
    intervals = [
        DoseInterval("prednisone", 20, day(0), day(9)),
        DoseInterval("prednisone", 10, day(10)),
        DoseInterval("methylprednisolone", 4, day(5), day(9)),
    ]
    assert steroids.cumulative_g(day(0), day(19), intervals) == pytest.approx(0.325)
    assert steroids.mean_dose(day(0), day(19), intervals) == pytest.approx(16.25)


def test_that_days_with_the_same_prescriptions_are_one_run() -> None:
    intervals = [
        DoseInterval("prednisone", 20, day(-3), day(9)),
        DoseInterval("methylprednisolone", 4, day(5), day(14)),
        DoseInterval("prednisone", 2.5, day(5), day(5)),
        DoseInterval("prednisone", 40, day(-9), day(-1)),
        DoseInterval("prednisone", 40, day(20)),
        PULSE,
    ]
    assert steroids.dose_runs(day(0), day(19), intervals) == [
        (20, 0, 5),
        (27.5, 5, 1),
        (25, 6, 4),
        (5, 10, 5),
        (0, 15, 5),
    ]
    whole = [20] * 5 + [27.5] + [25] * 4 + [5] * 5 + [0] * 5
    assert steroids.daily_doses(day(0), day(19), intervals) == whole
    assert steroids.daily_doses(day(0), day(20), intervals) == [*whole, 40]
    assert steroids.daily_pulses(day(0), day(4), intervals) == [625, 625, 625, 0, 0]


def test_that_a_taper_milestone_must_be_sustained() -> None:
    intervals = [
        DoseInterval("prednisone", 10, day(0), day(13)),
        DoseInterval("prednisone", 15, day(14), day(20)),
        DoseInterval("prednisone", 10, day(21)),
    ]
    assert steroids.first_day_at_most(10, D0, day(100), intervals) == day(21)
    assert steroids.first_day_at_most(10, D0, day(47), intervals) is None
    assert steroids.first_day_at_most(10, D0, day(100), intervals, sustained_days=7) == D0


@pytest.mark.parametrize(
    "interval",
    [
        DoseInterval("prednison", 10, D0),
        DoseInterval("prednisone", -1, D0),
        DoseInterval("prednisone", 10, D0, per_day=-1),
        DoseInterval("prednisone", 10, D0, route="nasal"),
        DoseInterval("prednisone", 10, day(5), day(4)),
    ],
)
def test_that_impossible_prescriptions_are_refused(interval: DoseInterval) -> None:
    with pytest.raises(InvalidInput):
        steroids.dose_on(D0, [interval])


def test_that_a_period_ends_after_it_begins() -> None:
    with pytest.raises(InvalidInput, match="period"):
        steroids.mean_dose(day(2), day(1), [])


def test_that_a_period_of_one_day_and_the_28_day_default_hold() -> None:
    interval = DoseInterval("prednisone", 10, D0)
    assert steroids.mean_dose(D0, D0, [interval]) == 10
    assert steroids.first_day_at_most(10, D0, day(27), [interval]) == D0
    assert steroids.first_day_at_most(10, D0, day(26), [interval]) is None


def test_that_no_prescription_is_no_dose() -> None:
    dose = steroids.dose_on(D0, [])
    assert (dose.mg_per_day, dose.pulse_mg, dose.reasons) == (0, 0, ())
