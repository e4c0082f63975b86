"""Prednisone equivalents, pulses apart, means, sums and milestones: two implementations agree."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.independent import steroids as second
from tests.independent.exact import AGREED

from lnmonitor.clinical import steroids, taper
from lnmonitor.clinical.steroids import DoseInterval

DAY_0 = date(2025, 2, 20)
LAST = 75

PRESCRIPTION = st.tuples(
    st.sampled_from((*second.EQUAL_TO_5, "prednisone", "prednisone")),
    st.sampled_from((0, 2.5, 4, 5, 6, 7.5, 8, 10, 12.5, 20, 40)),
    st.sampled_from((-30, -1, 0, 1, 10, 27, 28, 29, 40)),
    st.sampled_from((None, None, 40, 46, 47, 48, 60)),
    st.sampled_from((0.5, 1, 1, 1, 2, 3)),
    st.sampled_from(("oral", "oral", "oral", "iv", "topical", "inhaled")),
)
PULSE = st.tuples(
    st.sampled_from(("methylprednisolone", "prednisolone", "dexamethasone")),
    st.sampled_from((46.8, 46.875, 47, 249, 250, 312.4, 312.5, 500, 1000)),
    st.sampled_from((0, 2, 30)),
    st.sampled_from((30, 31, 32)),
    st.just(1),
    st.sampled_from(("iv", "iv", "oral")),
)
COURSES = st.lists(st.one_of(PRESCRIPTION, PRESCRIPTION, PULSE), max_size=5)


def intervals(course: list[second.Prescription]) -> list[DoseInterval]:
    def day(number: int | None) -> date | None:
        return None if number is None else DAY_0 + timedelta(number)

    return [
        DoseInterval(drug, mg, DAY_0 + timedelta(first), day(last), per_day, route)
        for drug, mg, first, last, per_day, route in course
    ]


def close(told: float, exact: Fraction) -> bool:
    return told == pytest.approx(float(exact), rel=1e-12, abs=1e-12)


def test_that_factors_agree() -> None:
    for drug in steroids.MG_EQUAL_TO_PREDNISONE_5:
        assert close(steroids.factor(drug), second.equivalent(drug, Fraction(1)))


@AGREED
@given(COURSES)
def test_that_doses_pulses_and_sums_agree(course: list[second.Prescription]) -> None:
    given_doses = intervals(course)
    days = [second.day_of(course, day) for day in range(LAST + 1)]
    last = DAY_0 + timedelta(LAST)
    for number in (0, 1, 27, 28, 30, 31, 40, 41, LAST):
        told = steroids.dose_on(DAY_0 + timedelta(number), given_doses)
        assert close(told.mg_per_day, days[number][0])
        assert close(told.pulse_mg, days[number][1])
    maintenance = [dose for dose, _, _ in days]
    told_doses = steroids.daily_doses(DAY_0, last, given_doses)
    assert all(map(close, told_doses, maintenance))
    total = sum(maintenance, Fraction(0))
    assert close(steroids.mean_dose(DAY_0, last, given_doses), total / (LAST + 1))
    assert close(steroids.cumulative_g(DAY_0, last, given_doses), total / 1000)
    pulses = steroids.pulses(DAY_0, last, given_doses)
    assert pulses.days == sum(pulse > 0 for _, pulse, _ in days)
    assert close(pulses.prednisone_g, sum((p for _, p, _ in days), Fraction(0)) / 1000)
    assert close(pulses.drug_g, sum((mg for _, _, mg in days), Fraction(0)) / 1000)


@AGREED
@given(COURSES, st.sampled_from((28, 30, 46, 47, 55, LAST)))
def test_that_the_taper_agrees(course: list[second.Prescription], until: int) -> None:
    given_doses = intervals(course)
    told = taper.taper(DAY_0, DAY_0 + timedelta(until), given_doses)
    dose = [second.day_of(course, day)[0] for day in range(-28, until + 1)]
    assert close(told.dose_day_0, dose[28])
    assert close(told.dose, dose[-1])
    assert close(told.mean_7_days, sum(dose[-7:], Fraction(0)) / 7)
    assert close(told.mean_28_days, sum(dose[-28:], Fraction(0)) / 28)
    if dose[28]:
        assert close(told.percent_change, 100 * (dose[-1] / dose[28] - 1))
    else:
        assert told.percent_change is None
    assert dict(told.days_to) == {
        limit: second.first_kept_at_most(dose[28:], limit, 28) for limit in (10, 7.5, 5)
    }
    rises = [day for day in range(until + 1) if dose[28 + day] > dose[27 + day]]
    assert [(rise.day - DAY_0).days for rise in told.increases] == rises
    assert close(told.cumulative_g, sum(dose[28:], Fraction(0)) / 1000)


@AGREED
@given(COURSES)
def test_that_the_steroid_allowance_agrees(course: list[second.Prescription]) -> None:
    above = []
    for day in range(56):
        maintenance, pulse, _ = second.day_of(course, day)
        above.append(maintenance > 10 or pulse > 0)
    three_in_a_row = any(all(above[n : n + 3]) for n in range(54))
    told = taper.within_allowance(DAY_0, DAY_0 + timedelta(55), intervals(course))
    assert told is not (three_in_a_row or sum(above) >= 7)
