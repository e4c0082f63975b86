"""Infusion arithmetic, seriousness and reporting dates: two implementations agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.independent import infusion as second
from tests.independent import safety as second_safety
from tests.independent.exact import AGREED, ANSWER, UNKNOWN, or_none, q, settle

from lnmonitor.clinical import infusion, safety
from lnmonitor.clinical.infusion import InfusionFacts
from lnmonitor.clinical.safety import EventFacts

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def close(told: float | None, exact: Fraction) -> bool:
    return told == pytest.approx(float(exact), rel=1e-10, abs=1e-10)


@AGREED
@given(
    st.sampled_from((40, 48.5, 55, 60, 72.3)),
    st.sampled_from((500_000, 1_000_000, 2_000_000)),
    st.sampled_from((0.5, 0.7999, 0.8, 0.8001, 0.8999, 0.9, 0.9001, 1, 1.1, 1.1001, 1.2, 1.2001)),
    st.sampled_from((70, 80, 92, 95.5, 100)),
    st.sampled_from((30, 55, 100)),
    st.sampled_from((20, 30, 90)),
    st.sampled_from((0, 5, 10)),
    st.sampled_from((5, 7.5, 10)),
)
def test_that_infusion_arithmetic_agrees(
    kg: float,
    per_kg: int,
    share: float,
    viability: float,
    volume: float,
    minutes: int,
    pause: int,
    dmso: float,
) -> None:
    planned = per_kg * q(kg)
    viable = planned * q(share)
    told = infusion.check(
        InfusionFacts(
            weight_kg=kg,
            protocol_dose_per_kg=per_kg,
            viable_cells_given=float(viable),
            total_cells=float(second.total_needed(viable, q(viability))),
            viability_percent=viability,
            volume_ml=volume,
            start=START,
            stop=START + timedelta(minutes=minutes),
            interruption_min=pause,
            dmso_percent=dmso,
        )
    )
    percent = second.deviation(viable, Fraction(per_kg), q(kg))
    assert close(told.planned_cells, planned)
    assert close(told.given_dose_per_kg, viable / q(kg))
    assert close(told.deviation_percent, percent)
    assert told.deviation_class == second.deviation_class(percent)
    assert close(told.total_cells_needed, second.total_needed(planned, q(viability)))
    assert close(told.elapsed_min, Fraction(minutes))
    assert close(told.rate_ml_per_h, q(volume) * 60 / (minutes - pause))
    assert close(told.dmso_g, second.dmso_g(q(volume), q(dmso)))
    assert close(told.dmso_g_per_kg, second.dmso_g(q(volume), q(dmso)) / q(kg))


@AGREED
@given(st.sampled_from((1e7, 5.5e7, 5.978e7)), st.sampled_from((70, 80, 92, 95.5, 100)))
def test_that_viable_cells_are_a_share_of_all(total: float, viability: float) -> None:
    told = infusion.check(InfusionFacts(total_cells=total, viability_percent=viability))
    assert close(told.viable_cells, q(total) * q(viability) / 100)


def test_that_an_absolute_dose_is_planned_as_it_stands() -> None:
    told = infusion.check(InfusionFacts(weight_kg=60, protocol_dose_cells=2e8))
    assert close(told.planned_cells, Fraction(200_000_000))


CAUSES = st.sampled_from((None, *sorted(second_safety.RELATED | second_safety.UNRELATED)))
CRITERIA = st.frozensets(st.sampled_from(safety.SERIOUS_CRITERIA), max_size=3)


def test_that_every_causality_is_compared() -> None:
    assert set(safety.CAUSALITY) == second_safety.RELATED | second_safety.UNRELATED


@AGREED
@given(or_none(CRITERIA), CAUSES, CAUSES, ANSWER, st.integers(0, 400), or_none(st.integers(0, 40)))
def test_that_reporting_agrees(
    criteria: frozenset[str] | None,
    investigator: str | None,
    sponsor: str | None,
    expected: bool | None,
    day: int,
    later: int | None,
) -> None:
    day_0 = date(2025, 12, 20) + timedelta(day)
    upgraded = None if later is None else day_0 + timedelta(later)
    told = safety.assess(EventFacts(criteria, investigator, sponsor, expected, day_0, upgraded))
    answer = settle(
        lambda c: second_safety.susar(c["criteria"], (c["one"], c["two"]), c["expected"]),
        {"criteria": criteria, "one": investigator, "two": sponsor, "expected": expected},
        {
            "criteria": ((), ("death",)),
            "one": ("possible", "unlikely"),
            "two": ("possible", "unlikely"),
            "expected": (True, False),
        },
    )
    assert told.susar.value == {True: "yes", False: "no", UNKNOWN: UNKNOWN}[answer]
    assert told.serious.value == ("unknown" if criteria is None else "yes" if criteria else "no")
    if answer is True:
        due = second_safety.due(criteria, day_0, upgraded)
        assert (told.report_due, told.follow_up_due) == due
    else:
        assert (told.report_due, told.follow_up_due) == (None, None)
