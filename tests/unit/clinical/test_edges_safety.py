"""What the rules of safety, dose and sampling tell, by hand from CTCAE v5.0 and the protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lnmonitor.clinical import (
    ctcae_clinical,
    drugs,
    infusion,
    safety,
    steroids,
    taper,
    urine_collection,
)
from lnmonitor.clinical.ctcae import CtcaeGrade, grade
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import NO, UNKNOWN, YES

# -- CTCAE: laboratory -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "unit", "given", "missing"),
    [
        ("GGT increased", "U/L", {"value": 50, "baseline": 10}, ("uln",)),
        ("Hypokalemia", "mmol/L", {"value": 3.2}, ("lln",)),
        ("GGT increased", "U/L", {"value": 15, "uln": 20, "baseline": 10}, ()),
        ("GGT increased", "U/L", {"value": 50, "uln": 20}, ("baseline",)),
    ],
)
def test_that_a_laboratory_grade_names_the_limit_it_lacks(
    term: str, unit: str, given: dict[str, Any], missing: tuple[str, ...]
) -> None:
    assert set(missing) == set(grade(term, unit=unit, **given).missing) & {"uln", "lln", "baseline"}


def test_that_a_value_not_measured_meets_no_step() -> None:
    found = grade("GGT increased", None, unit="U/L", uln=20, baseline=30)
    assert (found.grade, found.low, found.missing) == (None, 0, ("value",))
    assert {reason.met for reason in found.reasons} == {UNKNOWN}


def test_that_each_step_of_a_laboratory_grade_is_told() -> None:
    found = grade("GGT increased", 60, unit="U/L", uln=20, baseline=10)
    told = [(r.code, r.met, dict(r.values)) for r in found.reasons]
    usual = {"item": "GGT increased", "value": 60, "operator": ">", "unit": "U/L",
             "when": "baseline_normal"}  # fmt: skip
    assert told == [
        ("ctcae.normal", YES, {**usual, "grade": 1, "limit": 20, "factor": 1.0}),
        ("ctcae.normal", YES, {**usual, "grade": 2, "limit": 50, "factor": 2.5}),
    ]


PRINTED = [
    ("Serum amylase increased", "U/L", None, 100, "100 0; 101 1; 150 1; 151 2"),
    ("Activated partial thromboplastin time prolonged", "s", None, 100, "100 0; 101 1; 150 1"),
    ("Anemia", "g/L", 115, None, "115 0; 114 1; 100 1; 99.9 2; 80 2; 79.9 3"),
    ("CD4 lymphocytes decreased", "10^9/L", 0.6, None, "0.05 3; 0.0499 4"),
    (
        "Creatinine increased",
        "umol/L",
        None,
        100,
        "100 0; 101 1; 150 1; 151 2; 300 2; 301 3; 600 3",
    ),
    ("Hypoalbuminemia", "g/L", 40, None, "40 0; 39 1; 30 1; 29.9 2; 20 2; 19.9 3"),
    ("Hypokalemia", "mmol/L", 3.5, None, "3.5 0; 3.4 1; 3.0 1; 2.99 3; 2.5 3; 2.49 4"),
    ("Hyponatremia", "mmol/L", 135, None, "134 1; 130 1; 129.5 2; 125 2; 124.5 3; 120 3; 119.5 4"),
]


@pytest.mark.parametrize(("term", "unit", "lln", "uln", "printed"), PRINTED)
def test_that_these_printed_limits_grade_on_both_sides(
    term: str, unit: str, lln: float | None, uln: float | None, printed: str
) -> None:
    for pair in printed.split(";"):
        value, expected = pair.split()
        assert grade(term, float(value), unit=unit, lln=lln, uln=uln).low == int(expected), pair


def test_that_fibrinogen_has_its_last_quarter_of_the_baseline() -> None:
    for baseline, expected in ((7.4, 3), (7.7, 4)):  # a quarter is 1.85 and 1.925
        found = grade("Fibrinogen decreased", 1.9, unit="g/L", lln=2, baseline=baseline)
        assert found.grade == expected


@pytest.mark.parametrize(
    ("term", "code"),
    [
        ("Alanine aminotransferase increased", "10001551"),
        ("Aspartate aminotransferase increased", "10003481"),
        ("Alkaline phosphatase increased", "10001675"),
        ("GGT increased", "10056910"),
        ("Blood bilirubin increased", "10005364"),
    ],
)
def test_that_liver_tests_have_their_codes_of_meddra(term: str, code: str) -> None:
    unit = "umol/L" if "bilirubin" in term else "U/L"
    assert grade(term, 30, unit=unit, uln=20, baseline=10).code == code
    assert grade(term, 10, unit=unit, uln=20, baseline=10).code == code


# -- CTCAE: signs and answers ----------------------------------------------------------------------

Propose = Callable[[], CtcaeGrade]
TERMS: list[tuple[Propose, str, str]] = [
    (lambda: ctcae_clinical.hypertension(130, 70), "Hypertension", "10020772"),
    (lambda: ctcae_clinical.fever(38.5), "Fever", "10016558"),
    (lambda: ctcae_clinical.proteinuria(None, dipstick=2), "Proteinuria", "10037032"),
    (lambda: ctcae_clinical.proteinuria(1.0, uln=0.15), "Proteinuria", "10037032"),
    (
        lambda: ctcae_clinical.chronic_kidney_disease(50, lln=90),
        "Chronic kidney disease",
        "10064848",
    ),
    (lambda: ctcae_clinical.hypoxia(85), "Hypoxia", "10021143"),
    (lambda: ctcae_clinical.weight_gain(70, 60), "Weight gain", "10047896"),
    (
        lambda: ctcae_clinical.propose("Thromboembolic event", {"present": True}),
        "Thromboembolic event",
        "10043565",
    ),
]


@pytest.mark.parametrize(("propose", "term", "code"), TERMS)
def test_that_a_proposed_grade_has_its_term_and_code_of_meddra(
    propose: Propose, term: str, code: str
) -> None:
    found = propose()
    assert (found.term, found.code) == (term, code)


def steps(found: CtcaeGrade) -> list[tuple[object, ...]]:
    keys = ("grade", "item", "operator", "limit", "unit")
    return [(*(r.values.get(key) for key in keys), r.met) for r in found.reasons]


@pytest.mark.parametrize(
    ("propose", "expected"),
    [
        (
            lambda: ctcae_clinical.hypertension(165, 95, drugs=2, intensified=True, crisis=True),
            [
                (1, "sbp", ">=", 120, "mmHg", YES), (1, "dbp", ">=", 80, "mmHg", YES),
                (2, "sbp", ">=", 140, "mmHg", YES), (2, "dbp", ">=", 90, "mmHg", YES),
                (3, "sbp", ">=", 160, "mmHg", YES), (2, "drugs", ">=", 1, None, YES),
                (3, "drugs", ">=", 2, None, YES), (3, "intensified", None, None, None, YES),
                (4, "crisis", None, None, None, YES),
            ],
        ),
        (
            lambda: ctcae_clinical.fever(40.5, hours_above_40=30),
            [
                (1, "temperature_c", ">=", 38.0, "°C", YES),
                (2, "temperature_c", ">", 39.0, "°C", YES),
                (3, "temperature_c", ">", 40.0, "°C", YES),
                (4, "hours_above_40", ">", 24, "h", YES),
            ],
        ),
        (
            lambda: ctcae_clinical.proteinuria(None, dipstick=4),
            [(g, "dipstick", ">=", level, None, YES) for g, level in ((1, 1), (2, 2), (3, 4))],
        ),
        (
            lambda: ctcae_clinical.chronic_kidney_disease(
                95, lln=90, upcr_g_g=0.6, dipstick=2, dialysis=True
            ),
            [
                (1, "upcr_g_g", ">", 0.5, "g/g", YES), (1, "dipstick", ">=", 2, None, YES),
                (4, "dialysis", None, None, None, YES),
            ],
        ),
        (
            lambda: ctcae_clinical.hypoxia(85, at_rest=True, airway=True),
            [
                (2, "spo2_percent", "<", 88, "%", YES), (3, "spo2_percent", "<", 88, "%", YES),
                (4, "airway", None, None, None, YES),
            ],
        ),
        (
            lambda: ctcae_clinical.weight_gain(75, 60),
            [
                (1, "weight_kg", ">=", 63, "kg", YES), (2, "weight_kg", ">=", 66, "kg", YES),
                (3, "weight_kg", ">=", 72, "kg", YES),
            ],
        ),
        (
            lambda: ctcae_clinical.propose(
                "Glucose intolerance", {"diet_or_oral_agent": True, "present": True}
            ),
            [
                (4, "life_threatening", None, None, None, UNKNOWN),
                (3, "insulin_or_severe_symptoms", None, None, None, UNKNOWN),
                (2, "diet_or_oral_agent", None, None, None, YES),
                (1, "present", None, None, None, YES),
            ],
        ),
    ],
)  # fmt: skip
def test_that_each_step_of_a_proposed_grade_is_told(
    propose: Propose, expected: list[tuple[object, ...]]
) -> None:
    shown = steps(propose())
    assert len(shown) == len(expected)
    for seen, wanted in zip(shown, expected, strict=True):
        assert seen == pytest.approx(wanted) if isinstance(wanted[3], float) else seen == wanted


@pytest.mark.parametrize(
    ("propose", "missing"),
    [
        (lambda: ctcae_clinical.hypertension(None, None), ("sbp", "dbp")),
        (lambda: ctcae_clinical.fever(None), ("temperature_c", "hours_above_40")),
        (lambda: ctcae_clinical.fever(40.5), ("hours_above_40",)),
        (lambda: ctcae_clinical.hypoxia(None), ("spo2_percent", "at_rest")),
        (lambda: ctcae_clinical.hypoxia(85), ("at_rest",)),
        (lambda: ctcae_clinical.weight_gain(None, None), ("weight_kg", "weight_kg_baseline")),
        (lambda: ctcae_clinical.weight_gain(60, None), ("weight_kg_baseline",)),
        (lambda: ctcae_clinical.chronic_kidney_disease(None, lln=90), ("value",)),
        (lambda: ctcae_clinical.chronic_kidney_disease(50, dialysis=True), ()),
        (
            lambda: ctcae_clinical.propose(
                "Thromboembolic event", {"medical_intervention": True, "present": True}
            ),
            ("life_threatening", "urgent_intervention"),
        ),
    ],
)
def test_that_a_proposed_grade_names_what_could_change_it(
    propose: Propose, missing: tuple[str, ...]
) -> None:
    assert set(propose().missing) == set(missing)


def test_that_a_renal_grade_keeps_what_the_gfr_said() -> None:
    found = ctcae_clinical.chronic_kidney_disease(50, lln=90, dipstick=2)
    assert (found.grade, found.low, found.high) == (2, 2, 2)
    items = [(r.values["item"], r.values["grade"]) for r in found.reasons]
    assert items == [("Chronic kidney disease", 1), ("Chronic kidney disease", 2), ("dipstick", 1)]
    only = ctcae_clinical.chronic_kidney_disease(95, lln=90, upcr_g_g=0.6)
    assert (only.grade, ctcae_clinical.chronic_kidney_disease(95, lln=90, upcr_g_g=0.5).grade) == (
        1, 0)  # fmt: skip


# -- Infusion --------------------------------------------------------------------------------------

START = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - a local time without an offset is allowed
FACTS = infusion.InfusionFacts(
    weight_kg=50,
    protocol_dose_per_kg=1e6,
    viable_cells_given=45e6,
    total_cells=50e6,
    viability_percent=92,
    concentration_cells_per_ml=1e6,
    volume_ml=50,
    rate_ml_per_h=90,
    start=START,
    stop=START + timedelta(minutes=40),
    interruption_min=10,
    product_expiry=START + timedelta(minutes=100),
    thawed_at=START - timedelta(minutes=20),
    stability_limit_min=120,
    dmso_percent=10,
    passage_number=5,
    weight_age_days=3,
)
# 50e6 x 92 % = 46e6; 50 mL in 30 min running = 100 mL/h; 50 mL x 10 % x 1.1 g/mL / 50 kg = 0.11
TOLD: list[tuple[str, str, float, str | None, float, str | None]] = [
    ("viable_cells", "viable_cells_given", 45e6, None, 46e6, "cells"),
    ("total_cells", "total_cells", 50e6, None, 50e6, "cells"),
    ("viability_minimum", "viability_percent", 92, ">=", 80, "%"),
    ("viability_expected", "viability_percent", 92, ">=", 90, "%"),
    ("passage_expected", "passage_number", 5, "<=", 5, None),
    ("passage_maximum", "passage_number", 5, "<=", 6, None),
    ("stop_after_start", "stop", 40, ">", 0, "min"),
    ("interruption", "interruption_min", 10, "<", 40, "min"),
    ("elapsed_low", "elapsed_min", 40, ">=", 10, "min"),
    ("elapsed_high", "elapsed_min", 40, "<=", 120, "min"),
    ("rate", "rate_ml_per_h", 90, None, 100, "mL/h"),
    ("before_expiry", "product_expiry", 60, ">=", 0, "min"),
    ("stability", "thawed_at", 60, "<=", 120, "min"),
    ("weight_recent", "weight_age_days", 3, "<=", 7, "days"),
    ("dmso", "dmso_g_per_kg", 0.11, "<=", 1.0, "g/kg"),
    ("volume", "volume_ml", 1.0, "<=", 10, "mL/kg"),
    ("concentration_low", "concentration_cells_per_ml", 1e6, ">=", 0.5e6, "cells/mL"),
    ("concentration_high", "concentration_cells_per_ml", 1e6, "<=", 10e6, "cells/mL"),
]


def test_that_each_check_of_an_infusion_is_told_with_its_numbers() -> None:
    found = infusion.check(FACTS)
    assert [r.code for r in found.reasons] == [f"infusion.{code}" for code, *_ in TOLD]
    for reason, (code, item, value, operator, limit, unit) in zip(found.reasons, TOLD, strict=True):
        assert reason.met is (NO if code == "viable_cells" else YES), code
        assert reason.values["item"] == item
        assert (reason.values.get("operator"), reason.values["unit"]) == (operator, unit)
        assert reason.values["value"] == pytest.approx(value)
        assert reason.values["limit"] == pytest.approx(limit)
    apart = {r.code: r.values["percent"] for r in found.reasons if "percent" in r.values}
    assert apart == pytest.approx(
        {"infusion.viable_cells": 100 / 46, "infusion.total_cells": 0, "infusion.rate": 10}
    )
    assert (found.deviation_percent, found.deviation_class) == (pytest.approx(-10), "ok")


def test_that_a_rate_may_be_ten_percent_off_and_no_more() -> None:
    for rate, met in ((90, YES), (89.6, NO), (110.4, NO)):
        checks = infusion.check(replace(FACTS, rate_ml_per_h=rate)).reasons
        assert [r.met for r in checks if r.code == "infusion.rate"] == [met]


def test_that_half_a_minute_is_a_time_like_others() -> None:
    short = infusion.InfusionFacts(
        start=START, stop=START + timedelta(seconds=30), volume_ml=1, rate_ml_per_h=120
    )
    met = {r.code: r.met for r in infusion.check(short).reasons}
    assert (met["infusion.stop_after_start"], met["infusion.rate"]) == (YES, YES)


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (lambda: infusion.check(FACTS, {"x": 1}), "infusion"),
        (
            lambda: urine_collection.check(urine_creatinine_umol_l=9000, urine_volume_ml=1500,
                                           weight_kg=60, sex="F", parameters={"x": 1}),
            "urine",
        ),
    ],
)  # fmt: skip
def test_that_an_unknown_parameter_is_refused_by_its_rule(act: Any, named: str) -> None:
    with pytest.raises(InvalidInput, match=f"parameter of .*{named}"):
        act()


# -- Steroids and drugs ----------------------------------------------------------------------------

DAY = date(2026, 3, 2)


def prednisone(mg: float, first: int = 0, last: int | None = None) -> steroids.DoseInterval:
    stop = None if last is None else DAY + timedelta(days=last)
    return steroids.DoseInterval("prednisone", mg, DAY + timedelta(days=first), stop)


def test_that_a_dose_and_a_pulse_are_told_with_their_factor() -> None:
    pulse = steroids.DoseInterval("methylprednisolone", 500, DAY, DAY, route="iv")
    cream = steroids.DoseInterval("hydrocortisone", 20, DAY, route="topical")
    told = [dict(r.values) for r in steroids.dose_on(DAY, [prednisone(10), pulse, cream]).reasons]
    assert told == [
        {"item": "prednisone", "value": 10, "unit": "mg/day", "factor": 1.0, "route": "oral"},
        {"item": "methylprednisolone", "value": 500, "unit": "mg/day", "factor": 1.25,
         "route": "iv"},
        {"item": "hydrocortisone", "value": 20, "unit": "mg/day", "factor": 0.25,
         "route": "topical"},
    ]  # fmt: skip
    total = steroids.pulses(DAY, DAY, [prednisone(10), pulse])
    assert [(r.code, r.values["item"]) for r in total.reasons] == [
        ("steroids.pulse", "methylprednisolone")
    ]


def test_that_a_dose_is_stored_with_what_it_was_computed_by() -> None:
    rule = steroids.dose_on(DAY, []).rule
    assert dict(rule.parameters) == {"dexamethasone_mg": 0.75, "pulse_mg": 250.0}


def test_that_three_days_above_10_mg_leave_the_allowance() -> None:
    end = DAY + timedelta(days=9)
    for mg, days, kept in ((10, 10, True), (10.5, 3, False), (10.5, 2, True)):
        given = [prednisone(mg, 0, days - 1)]
        assert taper.within_allowance(DAY, end, given) is kept


def test_that_a_taper_is_described_by_every_number() -> None:
    # 28 mg for the month before and on day 0, 20 mg on day 1, 14 mg on day 2.
    given = [prednisone(28, -40, 0), prednisone(20, 1, 1), prednisone(14, 2)]
    found = taper.taper(DAY, DAY + timedelta(days=2), given)
    assert (found.dose_day_0, found.dose) == (28, 14)
    assert found.percent_change == pytest.approx(-50)
    assert found.mean_7_days == pytest.approx((5 * 28 + 20 + 14) / 7)
    assert found.mean_28_days == pytest.approx((26 * 28 + 20 + 14) / 28)
    assert found.cumulative_g == pytest.approx(0.062)
    assert found.increases == ()
    assert [(r.code, r.met, dict(r.values)) for r in found.reasons] == [
        ("steroids.milestone", NO, {"item": "prednisone_mg_day", "limit": limit, "day": None})
        for limit, _ in found.days_to
    ]


def test_that_a_milestone_reached_is_told_with_its_day() -> None:
    given = [prednisone(20, 0, 9), prednisone(5, 10)]
    found = taper.taper(DAY, DAY + timedelta(days=60), given)
    assert {day for _, day in found.days_to if day is not None} == {10}
    told = {r.values["limit"]: (r.met, r.values["day"]) for r in found.reasons}
    assert told[5.0] == (YES, 10)


@pytest.mark.parametrize(
    ("given", "days", "expected"),
    [
        ([prednisone(5, -60, -1), prednisone(10, 0)], 2, [(0, 5, 10)]),
        ([prednisone(5, -60, -1), prednisone(10, 0)], 60, [(0, 5, 10)]),
        ([prednisone(5, -60, -3), prednisone(10, -2)], 60, []),  # a rise before day 0 is not told
        ([prednisone(5, -60, 29), prednisone(10, 30)], 60, [(30, 5, 10)]),
    ],
)
def test_that_rises_are_told_from_day_0_on(
    given: list[steroids.DoseInterval], days: int, expected: list[tuple[int, float, float]]
) -> None:
    found = taper.taper(DAY, DAY + timedelta(days=days), given).increases
    assert list(found) == [
        taper.Increase(DAY + timedelta(days=day), before, after) for day, before, after in expected
    ]


def test_that_a_drug_taken_never_is_no_dose_and_three_times_a_week_too_often() -> None:
    limit = drugs.DoseLimit("mg", "day", 10, 20)
    assert drugs.judge_dose(50, "mg", 0, limit) == drugs.DoseJudgement(None, 0)
    weekly = sorted(drugs.WEEKLY_ONLY)[0]
    assert [drugs.too_often(weekly, n / 7) for n in (1, 2, 3)] == [False, False, True]


# -- Reporting, urine ------------------------------------------------------------------------------


def test_that_reportability_tells_each_of_its_three_answers() -> None:
    facts = safety.EventFacts(
        frozenset({"hospitalisation", "disability"}), "possible", "unlikely", False, DAY
    )
    found = safety.assess(facts)
    assert (found.serious, found.related, found.susar) == (YES, YES, YES)
    assert [(r.code, r.met, dict(r.values)) for r in found.reasons] == [
        ("safety.serious", YES, {"item": "disability, hospitalisation"}),
        ("safety.related", YES, {"item": "causality"}),
        ("safety.unexpected", YES, {"item": "expected", "value": False}),
    ]


def test_that_what_is_not_serious_asks_for_nothing_more() -> None:
    found = safety.assess(safety.EventFacts(criteria=frozenset()))
    assert (found.susar, found.missing) == (NO, ())


def test_that_an_event_can_be_urgent_from_its_first_day() -> None:
    urgent = safety.EventFacts(frozenset({"death"}), "possible", None, False, DAY, urgent_since=DAY)
    assert safety.assess(urgent).report_due == DAY + timedelta(days=7)


def test_that_a_collection_is_told_with_both_its_limits() -> None:
    found = urine_collection.check(
        urine_creatinine_umol_l=6000, urine_volume_ml=1500, weight_kg=60, sex="F"
    )
    assert found.excretion_umol_kg_day == pytest.approx(150)
    for reason in found.reasons:
        assert (reason.values["item"], reason.values["unit"]) == (
            "urine_creatinine_umol_l", "µmol/kg/day")  # fmt: skip
        assert reason.values["value"] == pytest.approx(150)
