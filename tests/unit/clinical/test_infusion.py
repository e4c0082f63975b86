"""Infusion arithmetic: the rules' vectors and every check on both sides of its limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.infusion import InfusionCheck, InfusionFacts, check, deviation_class
from lnmonitor.clinical.results import Truth

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START.replace(hour=10 + minute // 60, minute=minute % 60)


GOOD = InfusionFacts(
    weight_kg=55,
    protocol_dose_per_kg=1e6,
    viable_cells_given=5.5e7,
    total_cells=5.978e7,
    viability_percent=92,
    concentration_cells_per_ml=1.087e6,
    volume_ml=55,
    rate_ml_per_h=110,
    start=START,
    stop=at(30),
    product_expiry=at(120),
    thawed_at=START,
    stability_limit_min=60,
    dmso_percent=10,
    passage_number=4,
    weight_age_days=2,
)


def failed(result: InfusionCheck) -> set[str]:
    return {reason.code.split(".")[1] for reason in result.reasons if reason.met is Truth.NO}


def test_that_the_printed_example_is_consistent_in_every_check() -> None:
    result = check(GOOD)
    assert result.planned_cells == 5.5e7
    assert result.given_dose_per_kg == pytest.approx(1e6)
    assert result.deviation_class == "ok"
    assert result.deviation_percent == pytest.approx(0, abs=1e-9)
    assert result.total_cells_needed == pytest.approx(5.978e7, rel=1e-4)
    assert (result.elapsed_min, result.rate_ml_per_h) == (30, 110)
    assert result.dmso_g == pytest.approx(6.05)
    assert result.dmso_g_per_kg == pytest.approx(0.11)
    assert failed(result) == set()
    assert len(result.reasons) == 18
    assert result.missing == ()


def test_that_too_few_cells_are_a_minor_deviation() -> None:
    result = check(replace(GOOD, viable_cells_given=4.6e7))
    assert result.given_dose_per_kg == pytest.approx(0.836e6, rel=1e-3)
    assert result.deviation_percent == pytest.approx(-16.4, abs=0.05)
    assert result.deviation_class == "minor"
    assert failed(result) == {"viable_cells"}


def test_that_an_absolute_dose_needs_no_weight_to_plan() -> None:
    facts = InfusionFacts(protocol_dose_cells=2e8, viable_cells_given=2e8, weight_kg=60)
    result = check(facts)
    assert result.planned_cells == 2e8
    assert result.given_dose_per_kg == pytest.approx(3.33e6, rel=1e-2)
    assert result.deviation_class == "ok"


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(10, "ok"), (-10, "ok"), (10.1, "minor"), (-20, "minor"), (20.1, "major"), (-35, "major")],
)
def test_that_deviation_classes_end_at_10_and_20_percent(percent: float, expected: str) -> None:
    assert deviation_class(percent) == expected


def test_that_a_recomputed_10_percent_is_within_10_percent() -> None:
    result = check(replace(GOOD, viable_cells_given=5.5e7 * 1.1, total_cells=None))
    assert result.deviation_class == "ok"


def test_that_the_count_given_falls_back_to_total_times_viability() -> None:
    result = check(replace(GOOD, viable_cells_given=None))
    assert result.viable_cells == pytest.approx(5.978e7 * 0.92)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total_cells": 6.2e7, "viable_cells_given": 5.704e7}, "total_cells"),
        ({"viability_percent": 79, "viable_cells_given": 4.72262e7}, "viability_minimum"),
        ({"passage_number": 6}, "passage_expected"),
        ({"passage_number": 7}, "passage_maximum"),
        ({"stop": at(9), "rate_ml_per_h": 366}, "elapsed_low"),
        ({"stop": at(121), "rate_ml_per_h": 27.3, "stability_limit_min": 200}, "elapsed_high"),
        ({"rate_ml_per_h": 122}, "rate"),
        ({"product_expiry": at(29)}, "before_expiry"),
        ({"stability_limit_min": 29}, "stability"),
        ({"weight_age_days": 8}, "weight_recent"),
        ({"dmso_percent": 95}, "dmso"),
        ({"volume_ml": 560, "rate_ml_per_h": 1120}, "volume"),
        ({"concentration_cells_per_ml": 0.4e6}, "concentration_low"),
        ({"concentration_cells_per_ml": 11e6}, "concentration_high"),
        ({"interruption_min": 30, "rate_ml_per_h": None}, "interruption"),
    ],
)
def test_that_each_check_fails_beyond_its_limit(changes: dict[str, object], code: str) -> None:
    assert code in failed(check(replace(GOOD, **changes)))  # type: ignore[arg-type]


def test_that_interruptions_do_not_count_for_the_rate() -> None:
    result = check(replace(GOOD, stop=at(40), interruption_min=10))
    assert result.rate_ml_per_h == 110
    assert failed(result) == set()


def test_that_a_stop_before_the_start_is_a_failed_check_without_a_rate() -> None:
    result = check(replace(GOOD, start=at(30), stop=at(30)))
    assert "stop_after_start" in failed(result)
    assert result.rate_ml_per_h is None


def test_that_nothing_recorded_checks_nothing_and_names_what_the_dose_needs() -> None:
    result = check(InfusionFacts())
    assert result.reasons == ()
    assert result.missing == ("weight_kg", "viable_cells_given", "protocol_dose")
    assert result.deviation_class is None


def test_that_tolerances_are_protocol_parameters() -> None:
    result = check(replace(GOOD, viable_cells_given=4.6e7), {"minor_deviation_percent": 17})
    assert result.deviation_class == "ok"
    assert result.rule.parameters["minor_deviation_percent"] == 17


@pytest.mark.parametrize(
    "changes",
    [
        {"weight_kg": 0},
        {"viability_percent": 101},
        {"viable_cells_given": -1},
        {"volume_ml": float("nan")},
        {"start": datetime(2026, 3, 2, 10, 0)},  # noqa: DTZ001 - a time without offset is the case
    ],
)
def test_that_impossible_values_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        check(replace(GOOD, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"viability_percent": 80}, "viability_minimum"),
        ({"viability_percent": 90}, "viability_expected"),
        ({"passage_number": 5}, "passage_expected"),
        ({"passage_number": 6}, "passage_maximum"),
        ({"stop": at(10)}, "elapsed_low"),
        ({"stop": at(120)}, "elapsed_high"),
        ({"product_expiry": at(30)}, "before_expiry"),
        ({"stability_limit_min": 30}, "stability"),
        ({"weight_age_days": 7}, "weight_recent"),
        ({"volume_ml": 550, "dmso_percent": 100 / 11}, "dmso"),
        ({"volume_ml": 550}, "volume"),
        ({"concentration_cells_per_ml": 0.5e6}, "concentration_low"),
        ({"concentration_cells_per_ml": 10e6}, "concentration_high"),
        ({"rate_ml_per_h": 121}, "rate"),
        ({"total_cells": 1.02 * 1.087e6 * 55}, "total_cells"),
    ],
)
def test_that_each_limit_itself_still_passes(changes: dict[str, object], code: str) -> None:
    result = check(replace(GOOD, **changes))  # type: ignore[arg-type]
    made = {reason.code.split(".")[1] for reason in result.reasons}
    assert code in made - failed(result)


def test_that_cells_beyond_two_percent_disagree() -> None:
    assert "total_cells" in failed(check(replace(GOOD, total_cells=1.021 * 1.087e6 * 55)))


def test_that_a_short_running_time_still_has_a_rate() -> None:
    short = replace(GOOD, stop=START.replace(second=30), rate_ml_per_h=None)
    assert check(short).rate_ml_per_h == pytest.approx(6600)
    assert InfusionFacts().interruption_min == 0


def test_that_percentages_end_at_100() -> None:
    check(replace(GOOD, viability_percent=100, dmso_percent=100))
    with pytest.raises(InvalidInput):
        check(replace(GOOD, dmso_percent=101))


def test_that_times_without_any_offset_are_taken() -> None:
    local = {name: getattr(GOOD, name).replace(tzinfo=None) for name in ("start", "stop")}
    facts = replace(GOOD, product_expiry=None, thawed_at=None, **local)
    assert check(facts).elapsed_min == 30
