"""Limits and labels that changed code once passed unnoticed: each printed number, on both sides."""

from __future__ import annotations

import dataclasses
import importlib
import math
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date
from types import ModuleType

import pytest

import lnmonitor.clinical
from lnmonitor.clinical import (
    bilag_renal,
    bilag_renal_classic,
    ctcae,
    ctcae_clinical,
    gfr,
    infusion,
    sledai,
    steroids,
)
from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.ctcae import grade
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.flare import FlareObservation, detect
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.renal_assessment import RenalInputs
from lnmonitor.clinical.response import RenalState, Response, assess
from lnmonitor.clinical.results import Rule, Truth
from lnmonitor.clinical.sledai import SledaiLabs

CKD = "Chronic kidney disease"
APTT = "Activated partial thromboplastin time prolonged"
# term, unit, LLN, ULN, (value, grade) on both sides of every printed limit
PRINTED = [
    ("INR increased", "1", None, None, "1.2 0; 1.21 1; 1.5 1; 1.51 2; 2.5 2; 2.51 3"),
    ("Alkalosis", "pH", 7.35, 7.45, "7.45 0; 7.46 1; 7.5 1; 7.51 3"),
    ("Acidosis", "pH", 7.35, 7.45, "7.35 0; 7.34 1; 7.3 1; 7.29 3"),
    ("Hypermagnesemia", "mmol/L", None, 1.0, "1.0 0; 1.01 1; 1.23 1; 1.24 3; 3.3 3; 3.31 4"),
    ("Hypermagnesemia", "mg/dL", None, 2.4, "2.5 1; 3.0 1; 3.1 3; 8.0 3; 8.1 4"),
    ("Hypomagnesemia", "mmol/L", 0.7, None, "0.7 0; 0.6 1; 0.5 1; 0.49 2; 0.4 2; 0.39 3; 0.29 4"),
    ("Hypomagnesemia", "mg/dL", 1.7, None, "1.2 1; 1.19 2; 0.9 2; 0.89 3; 0.7 3; 0.69 4"),
    ("Cholesterol high", "mmol/L", None, 5.2, "5.3 1; 7.75 1; 7.76 2; 10.35 3; 12.92 3; 12.93 4"),
    ("Cholesterol high", "mg/dL", None, 200, "300 1; 301 2; 400 2; 401 3; 500 3; 501 4"),
    ("Hypercalcemia", "mmol/L", None, 2.6, "2.9 1; 2.91 2; 3.1 2; 3.11 3; 3.4 3; 3.41 4"),
    ("Hypercalcemia", "mg/dL", None, 10.2, "11.5 1; 11.6 2; 12.5 2; 12.6 3; 13.5 3; 13.6 4"),
    ("Hypercalcemia (Ionized)", "mmol/L", None, 1.3, "1.5 1; 1.51 2; 1.6 2; 1.61 3; 1.8 3; 1.81 4"),
    ("Hypocalcemia", "mmol/L", 2.1, None, "2.0 1; 1.99 2; 1.75 2; 1.74 3; 1.5 3; 1.49 4"),
    ("Hypocalcemia", "mg/dL", 8.5, None, "8 1; 7.9 2; 7 2; 6.9 3; 6 3; 5.9 4"),
    ("Hypocalcemia (Ionized)", "mmol/L", 1.1, None, "1.0 1; 0.99 2; 0.9 2; 0.89 3; 0.8 3; 0.79 4"),
    ("Hypoglycemia", "mmol/L", 3.9, None, "3.0 1; 2.99 2; 2.2 2; 2.19 3; 1.7 3; 1.69 4"),
    ("Hypoglycemia", "mg/dL", 70, None, "55 1; 54 2; 40 2; 39 3; 30 3; 29 4"),
    ("Hypernatremia", "mmol/L", None, 147, "150 1; 151 2; 155 2; 156 3; 160 3; 161 4"),
    ("Hypertriglyceridemia", "mmol/L", None, None, "1.7 0; 1.71 1; 3.42 1; 3.43 2; 5.8 3; 11.5 4"),
    ("Hypertriglyceridemia", "mg/dL", None, None, "149 0; 150 1; 300 1; 301 2; 501 3; 1001 4"),
    ("CD4 lymphocytes decreased", "10^9/L", 0.6, None, "0.5 1; 0.49 2; 0.2 2; 0.19 3; 0.04 4"),
    ("Leukocytosis", "10^9/L", None, None, "100 0; 101 3"),
    ("Lymphocyte count increased", "10^9/L", None, None, "4 0; 4.1 2; 20 2; 20.1 3"),
    ("Hemoglobin increased", "g/L", None, 150, "150 0; 151 1; 170 1; 171 2; 190 2; 191 3"),
    ("Hemoglobin increased", "g/dL", None, 15, "15.1 1; 17 1; 17.1 2; 19 2; 19.1 3"),
    ("Haptoglobin decreased", "g/L", 0.3, None, "0.3 0; 0.29 1"),
    (APTT, "s", None, 40, "40 0; 60 1; 61 2; 100 2; 101 3"),
    ("Fibrinogen decreased", "g/L", 2.0, None, "2 0; 1.5 1; 1.4 2; 1.0 2; 0.9 3; 0.5 3; 0.4 4"),
    ("Fibrinogen decreased", "mg/dL", 400, None, "300 1; 299 2; 199 3; 100 3; 99 4"),
    ("CPK increased", "U/L", None, 200, "200 0; 500 1; 501 2; 1000 2; 1001 3; 2000 3; 2001 4"),
    ("Blood lactate dehydrogenase increased", "U/L", None, 250, "250 0; 251 1"),
    ("Hypoalbuminemia", "g/dL", 4, None, "4 0; 3 1; 2.9 2; 2 2; 1.9 3"),
    (CKD, "mL/min/1.73 m^2", 90, None, "90 0; 60 1; 59 2; 30 2; 29 3; 14 4"),
    ("CPK increased", "ukat/L", None, 3, "3 0; 3.01 1"),
    ("Anemia", "g/dL", 11.5, None, "10 1; 9.9 2; 8 2; 7.9 3"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "unit", "lln", "uln", "printed"), PRINTED)
def test_that_every_printed_limit_of_ctcae_grades_on_both_sides(
    term: str, unit: str, lln: float | None, uln: float | None, printed: str
) -> None:
    for pair in printed.split(";"):
        value, expected = pair.split()
        result = grade(term, float(value), unit=unit, lln=lln, uln=uln)
        assert result.grade == int(expected), pair


@pytest.mark.parametrize(
    ("term", "normal", "abnormal"),
    [  # ULN 20; baseline 15 (normal), then 30 (abnormal)
        ("Blood bilirubin increased", "20 0; 21 1; 30 1; 31 2; 60 2; 61 3; 200 3; 201 4",
         "30 0; 31 1; 45 1; 46 2; 90 2; 91 3; 300 3; 301 4"),
        ("Alanine aminotransferase increased", "20 0; 21 1; 60 1; 61 2; 100 2; 101 3; 400 3; 401 4",
         "44 0; 45 1; 90 1; 91 2; 150 2; 151 3; 600 3; 601 4"),
        ("Aspartate aminotransferase increased", "21 1; 60 1; 61 2; 100 2; 101 3; 400 3; 401 4",
         "44 0; 45 1; 90 1; 91 2; 150 2; 151 3; 600 3; 601 4"),
        ("Alkaline phosphatase increased", "20 0; 21 1; 50 1; 51 2; 100 2; 101 3; 400 3; 401 4",
         "59 0; 60 1; 75 1; 76 2; 150 2; 151 3; 600 3; 601 4"),
        ("GGT increased", "20 0; 21 1; 50 1; 51 2; 100 2; 101 3; 400 3; 401 4",
         "59 0; 60 1; 75 1; 76 2; 150 2; 151 3; 600 3; 601 4"),
    ],
)  # fmt: skip
def test_that_liver_tests_take_other_limits_from_an_abnormal_baseline(
    term: str, normal: str, abnormal: str
) -> None:
    unit = "umol/L" if "bilirubin" in term else "U/L"
    for baseline, printed in ((15, normal), (30, abnormal)):
        for pair in printed.split(";"):
            value, expected = pair.split()
            result = grade(term, float(value), unit=unit, uln=20, baseline=baseline)
            assert result.grade == int(expected), (baseline, pair)


@pytest.mark.parametrize(
    ("value", "symptomatic", "expected"),
    [(150, None, 1), (151, False, 2), (201, True, 3), (501, False, 3), (501, True, 4)],
)
def test_that_amylase_and_lipase_depend_on_symptoms(
    value: float, symptomatic: bool | None, expected: int
) -> None:
    for term in ("Serum amylase increased", "Lipase increased"):
        assert grade(term, value, unit="U/L", uln=100, symptomatic=symptomatic).grade == expected


def test_that_fibrinogen_counts_from_the_baseline_only_below_normal() -> None:
    for value, baseline, expected in ((1.9, 4.0, 3), (2.1, 4.0, 0), (1.9, 2.6, 2), (1.9, 2.5, 1)):
        result = grade("Fibrinogen decreased", value, unit="g/L", lln=2.0, baseline=baseline)
        assert result.grade == expected  # at most half, at most three quarters of the baseline
    assert grade("Fibrinogen decreased", 1.0, unit="g/L", lln=2.0, baseline=4.0).grade == 4


def test_that_terms_graded_by_answers_have_their_printed_steps() -> None:
    expected = {
        "Infusion related reaction": "life_threatening 4; prolonged_or_recurrent 3; admitted 3; "
        "interrupted_or_treated 2; present 1",
        "Cytokine release syndrome": "life_threatening 4; one_vasopressor 3; "
        "oxygen_40_percent_or_more 3; hypotension_with_fluids 2; oxygen_below_40_percent 2; "
        "present 1",
        "Thromboembolic event": "life_threatening 4; urgent_intervention 3; "
        "medical_intervention 2; present 1",
        "Hyperglycemia": "life_threatening 4; insulin_or_admitted 3; management_changed 2; "
        "present 1",
        "Glucose intolerance": "life_threatening 4; insulin_or_severe_symptoms 3; "
        "diet_or_oral_agent 2; present 1",
    }
    for term, (_, rows) in ctcae_clinical.CLINICAL_STEPS.items():
        assert "; ".join(f"{name} {step}" for step, name in rows) == expected[term]


def test_that_a_proposal_names_the_grade_of_each_reading() -> None:
    reasons = ctcae_clinical.fever(40.5, hours_above_40=30).reasons
    assert [reason.values["grade"] for reason in reasons] == [1, 2, 3, 4]
    strip = ctcae_clinical.proteinuria(None, dipstick=4).reasons
    assert [reason.values["grade"] for reason in strip] == [1, 2, 3]
    assert ctcae_clinical.chronic_kidney_disease(95, lln=90, dipstick=0, upcr_g_g=0).grade == 0


# -- Other numbers ---------------------------------------------------------------------------------


def test_that_cr_cys_2012_of_a_man_below_the_knot_is_as_computed_by_hand() -> None:
    """135 x (0.8/0.9)^-0.207 x (0.7/0.8)^-0.375 x 0.995^40 = 119.01."""
    value = gfr.ckd_epi_2012_creatinine_cystatin(0.8 * 88.4, 0.7, 40, "M")
    assert value == pytest.approx(119.01, abs=0.01)


@pytest.mark.parametrize(
    ("measure", "unit", "low", "high"),
    [
        ("albumin", "mg/g", 30, 300),
        ("albumin", "mg/mmol", 3, 30),
        ("protein", "mg/g", 150, 500),
        ("protein", "g/g", 0.15, 0.5),
        ("protein", "mg/mmol", 15, 50),
        ("protein", "g/24 h", 0.15, 0.5),
    ],
)
def test_that_albuminuria_has_its_limits_in_every_unit(
    measure: str, unit: str, low: float, high: float
) -> None:
    values = (0.99 * low, low, high, 1.01 * high)
    found = [gfr.kdigo_a_stage(value, unit, measure=measure) for value in values]  # type: ignore[arg-type]
    assert found == ["A1", "A2", "A2", "A3"]


def test_that_a_complement_at_its_limit_is_not_low() -> None:
    for name, limit in (("c3_g_l", 0.9), ("c4_g_l", 0.1), ("ch50", 23.0)):
        lln = f"{name.removesuffix('_g_l')}_lln"
        base = {"c3_g_l": 1.0, "c3_lln": 0.9, "c4_g_l": 0.2, "c4_lln": 0.1, "ch50": 30.0,
                "ch50_lln": 23.0}  # fmt: skip
        assert lln in base
        at = sledai.propose(SledaiLabs(**{**base, name: limit}))["low_complement"]
        below = sledai.propose(SledaiLabs(**{**base, name: 0.99 * limit}))["low_complement"]
        assert (at.present, below.present) == (Truth.NO, Truth.YES)


def test_that_a_temperature_of_45_is_the_last_that_is_taken() -> None:
    assert sledai.propose(SledaiLabs(temperature_c=45.0))["fever"].present is Truth.YES
    assert sledai.propose(SledaiLabs(temperature_c=25.0))["fever"].present is Truth.NO
    for value in (24.9, 45.1):
        with pytest.raises(InvalidInput, match="temperature"):
            sledai.propose(SledaiLabs(temperature_c=value))


def test_that_sediment_is_inactive_to_5_cells_and_no_more() -> None:
    state = RenalState(
        proteinuria=Proteinuria(0.3, "g/24 h"),
        creatinine_umol_l=80,
        creatinine_uln=90,
        casts=False,
        on_rescue=False,
        albumin_g_l=0.5,
    )
    for rbc, wbc, response in ((5, 5, "CR"), (5.1, 0, "NR"), (0, 5.1, "NR"), (0, 0, "CR")):
        now = dataclasses.replace(state, urine_rbc_hpf=rbc, urine_wbc_hpf=wbc)
        baseline = dataclasses.replace(now, proteinuria=Proteinuria(0.3, "g/24 h"))
        assert assess("set-a", baseline=baseline, now=now).response is Response(response)


def test_that_recovery_to_the_upper_limit_counts() -> None:
    baseline = RenalState(proteinuria=Proteinuria(4, "g/24 h"), creatinine_umol_l=100,
                          creatinine_uln=90)  # fmt: skip
    for creatinine, response in ((90, "PR"), (91, "NR")):
        now = RenalState(proteinuria=Proteinuria(1, "g/24 h"), creatinine_umol_l=creatinine,
                         creatinine_uln=90, urine_rbc_hpf=0, urine_wbc_hpf=0, casts=False,
                         on_rescue=False)  # fmt: skip
        assert assess("set-a", baseline=baseline, now=now).response is Response(response)


def test_that_percentages_of_endpoints_are_printed_as_people_read_them() -> None:
    state = RenalState(egfr=50, pre_flare_egfr=100)
    shown = {
        name: next(
            reason.values["percent"]
            for reason in assess(name, baseline=state, now=state).reasons
            if reason.values["item"] == "egfr"
        )
        for name in ("bliss-perr", "bliss-crr", "aurora-1")
    }
    assert shown == {"bliss-perr": 20, "bliss-crr": 10, "aurora-1": 20}


def test_that_classic_renal_b_needs_creatinine_above_130() -> None:
    for now, letter in ((130, "D"), (131, "B")):
        result = bilag_renal_classic.grade(
            RenalInputs(creatinine_umol_l=now), RenalInputs(creatinine_umol_l=113),
            ever_involved=True)  # fmt: skip
        assert result.grade is Grade(letter)


def test_that_classic_protein_tells_its_limit() -> None:
    result = bilag_renal_classic.grade(
        RenalInputs(u24_g=3.0), RenalInputs(u24_g=1.2), ever_involved=True)  # fmt: skip
    assert {r.values["limit"] for r in result.reasons if r.code == "bilag.protein_rise"} == {1.0}


@pytest.mark.parametrize("rule_set", ["aurora-2", "eular-2012", "childhood"])
def test_that_confirmation_ends_after_56_days(rule_set: str) -> None:
    def seen(day: int, grams: float, response: Response | None = None) -> FlareObservation:
        state = RenalState(upcr=Proteinuria(grams, "g/g"))
        return FlareObservation(day, f"D{day}", state, response)

    start = [seen(60, 0.1, Response.CR), seen(91, 0.1, Response.CR), seen(182, 1.5)]
    for gap, status in ((56, "confirmed"), (57, "suspected")):
        (found,) = detect([*start, seen(182 + gap, 1.5)], rule_set_id=rule_set)
        assert found.status == status


@pytest.mark.parametrize(
    ("rule_set", "response", "code"),
    [
        ("eular-2012", Response.CR, "flare.doubled_after_complete"),
        ("eular-2012", Response.PR, "flare.doubled_after_partial"),
        ("childhood", Response.CR, "flare.protein_above_after_complete"),
        ("childhood", Response.PR, "flare.doubled_after_partial"),
    ],
)
def test_that_a_flare_names_the_response_it_broke(
    rule_set: str, response: Response, code: str
) -> None:
    states = [RenalState(upcr=Proteinuria(grams, "g/g")) for grams in (0.4, 3.0)]
    course = [
        FlareObservation(91, "D91", states[0], response),
        FlareObservation(182, "", states[1]),
    ]
    (found,) = detect(course, rule_set_id=rule_set)
    assert [reason.code for reason in found.reasons] == [code]


def test_that_steroid_reasons_say_what_counted() -> None:
    day = date(2026, 1, 1)
    courses = [
        steroids.DoseInterval("prednisone", 10, day),
        steroids.DoseInterval("methylprednisolone", 500, day, day, route="iv"),
        steroids.DoseInterval("prednisone", 5, day, route="topical"),
    ]
    reasons = steroids.dose_on(day, courses).reasons
    assert [(reason.code, reason.met) for reason in reasons] == [
        ("steroids.dose", Truth.YES),
        ("steroids.pulse", Truth.YES),
        ("steroids.local", Truth.NO),
    ]


def test_that_small_doses_and_saturations_are_values_like_others() -> None:
    state = RenalState(prednisone_mg_day=0.5)
    assert assess("bliss-crr", baseline=state, now=state).response is Response.UNKNOWN
    assert ctcae_clinical.hypoxia(0.5, at_rest=True).grade == 3
    lesser = bilag_renal_classic.grade(
        RenalInputs(u24_g=3.0), RenalInputs(u24_g=1.9), ever_involved=True
    )
    limits = {r.values["limit"] for r in lesser.reasons if r.code == "bilag.protein_rise"}
    assert (lesser.grade, limits) == (Grade.B, {1.0})


def test_that_zero_protein_and_a_dead_product_are_values_like_others() -> None:
    none = RenalInputs(u24_g=0, upcr_mg_mmol=0, uacr_mg_mmol=0)
    assert bilag_renal.grade(none, none, ever_involved=True).grade is Grade.D
    facts = infusion.InfusionFacts(viability_percent=0.5, dmso_percent=0.5)
    failed = [r.code for r in infusion.check(facts).reasons if r.met is Truth.NO]
    assert "infusion.viability_minimum" in failed


def test_that_renal_reasons_tell_their_limits_and_what_could_still_raise_c() -> None:
    now = RenalInputs(u24_g=0.3, creatinine_umol_l=160)
    result = bilag_renal.grade(now, RenalInputs(creatinine_umol_l=130), ever_involved=True)
    limits = {reason.code: reason.values.get("limit") for reason in result.reasons}
    assert limits["bilag.creatinine_moderate_rise"] == 130
    at_limit = RenalInputs(u24_g=0.1, creatinine_umol_l=130.5)
    b = bilag_renal.grade(at_limit, RenalInputs(creatinine_umol_l=110), ever_involved=True)
    assert b.grade is Grade.B
    mild = bilag_renal.grade(RenalInputs(u24_g=0.3), None, ever_involved=True)
    assert (mild.grade, mild.provisional) == (Grade.C, True)
    assert "creatinine_umol_l" in mild.missing
    assert not {"sbp", "dbp"} & set(mild.missing)  # these could only make another C
    moderate = bilag_renal.grade(RenalInputs(u24_g=0.6), None, ever_involved=True)
    for result, told in ((mild, True), (moderate, False)):  # another way to B is told of a C alone
        codes = {reason.code for reason in result.reasons}
        assert ("bilag.creatinine_moderate_rise" in codes) is told


def test_that_classic_renal_presumes_nothing_of_a_first_assessment() -> None:
    first = bilag_renal_classic.grade(RenalInputs(dipstick=3), None, ever_involved=True)
    assert first.grade is Grade.C


def test_that_reasons_of_estimates_and_flares_are_met_and_in_percent() -> None:
    estimated = gfr.estimate("ckdepi-2021", creatinine_umol_l=80, age_years=30, sex="F")
    assert estimated.reasons[0].met is Truth.YES
    quiet = RenalState(creatinine_umol_l=80, urine_rbc_hpf=1, urine_wbc_hpf=1, casts=False)
    worse = RenalState(creatinine_umol_l=120, urine_rbc_hpf=40, urine_wbc_hpf=1, casts=True)
    course = [
        FlareObservation(91, "D91", quiet, Response.CR),
        FlareObservation(182, "D182", worse),
    ]
    for rule_set in ("flare-renal", "eular-2012", "moroni"):
        (found,) = detect(course, rule_set_id=rule_set)
        assert found.reasons[0].values["percent"] == 130


def test_that_hypoxia_tells_both_grades_and_leaves_out_what_is_not_met() -> None:
    at_rest = ctcae_clinical.hypoxia(85, at_rest=True).reasons
    assert [(reason.values["grade"], reason.met) for reason in at_rest] == [
        (2, Truth.YES),
        (3, Truth.YES),
    ]
    assert len(ctcae_clinical.hypoxia(85, at_rest=False).reasons) == 1


# -- The package as a whole ------------------------------------------------------------------------


def modules() -> Iterator[ModuleType]:
    path = lnmonitor.clinical.__path__
    for found in pkgutil.walk_packages(path, "lnmonitor.clinical."):
        yield importlib.import_module(found.name)


def test_that_every_input_and_result_is_frozen() -> None:
    kept = {"_Episode"}  # what a walk through a course fills as it goes
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and name not in kept:
                assert value.__dataclass_params__.frozen, f"{module.__name__}.{name}"  # type: ignore[attr-defined]


def test_that_only_rules_whose_text_was_read_are_called_verified() -> None:
    rules = {
        value.id: value.verified
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, Rule)
    }
    rules |= {each.rule.id: each.rule.verified for each in gfr.EQUATIONS.values()}
    assert len(rules) > 40
    assert {name for name, verified in rules.items() if verified} == {
        "sledai-2k",
        "renal-sledai",
        "clinical-sledai",
        "bilag-2004",
        "bilag-2004-total",
        "bilag-flare-gordon-2003",
        "bilag-flare-trial",
        "lldas",
        "doris-2021",
        "ctcae",
        "egfr-ckdepi-2021",
        "egfr-ckdepi-2009",
        "egfr-ckdepi-2012-cys",
        "egfr-ckdepi-2012-cr-cys",
        "egfr-ckdepi-2021-cr-cys",
        "egfr-mdrd",
        "egfr-cockcroft-gault",
    }


@pytest.mark.parametrize(
    "stage", [gfr.kdigo_g_stage, lambda value: gfr.kdigo_a_stage(value, "mg/g")]
)
def test_that_an_infinite_value_has_no_stage(stage: Callable[[float], str]) -> None:
    with pytest.raises(InvalidInput, match="must be a finite number"):
        stage(math.inf)


def test_that_a_value_that_reaches_no_grade_has_its_term() -> None:
    found = grade("Anemia", 130, unit="g/L", lln=120)
    assert (found.term, found.code, found.reasons) == ("Anemia", "10002272", ())
    assert (found.grade, found.low, found.high, found.missing) == (0, 0, 0, ())


def test_that_a_limit_is_told_as_it_is_printed() -> None:
    # "150 mg/dL - 300 mg/dL; >300 mg/dL - 500 mg/dL"
    told = grade("Hypertriglyceridemia", 350, unit="mg/dL").reasons
    shown = [(r.values["grade"], r.values["operator"], r.values["limit"]) for r in told]
    assert shown == [(1, ">=", 150), (2, ">", 300)]


def test_that_what_is_possible_is_known_in_each_spelling_of_a_unit() -> None:
    micro, mu = "\u00b5mol/L", "\u03bcmol/L"
    for unit in ("umol/L", micro, mu):
        assert ctcae.possible("Creatinine increased", unit) == (5, 3000)
