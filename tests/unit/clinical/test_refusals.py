"""Every refusal of the rules says what to correct: the item, the value with its unit, the limit.

A refusal is shown to the person who typed the value, so its words are tested one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Any

import pytest

from lnmonitor.clinical import (
    bilag,
    bilag_haematological,
    bilag_renal,
    ctcae_clinical,
    drugs,
    flare,
    gfr,
    infusion,
    low_activity,
    proteinuria,
    renal_assessment,
    responder,
    response,
    response_course,
    safety,
    selena_flare,
    selena_sledai,
    sledai,
    steroids,
    taper,
    urine_collection,
)
from lnmonitor.clinical.ctcae import grade as ctcae_grade
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RenalState

DAY, DAY_BEFORE = date(2026, 3, 2), date(2026, 3, 1)
GFR_UNIT = "mL/min/1.73 m²"


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(InvalidInput) as caught:
        act()
    return str(caught.value)


@pytest.mark.parametrize(
    ("item", "value", "unit", "limit"),
    [
        ("u24_g", -1, "g/24 h", ">= 0"),
        ("upcr_mg_mmol", -1, "mg/mmol", ">= 0"),
        ("uacr_mg_mmol", -1, "mg/mmol", ">= 0"),
        ("creatinine_umol_l", 0, "µmol/L", "> 0"),
        ("gfr", 0, GFR_UNIT, "> 0"),
        ("sbp", 0, "mmHg", "> 0"),
        ("dbp", 0, "mmHg", "> 0"),
    ],
)
def test_that_renal_bilag_refuses(item: str, value: float, unit: str, limit: str) -> None:
    inputs = renal_assessment.RenalInputs(**{item: value})
    expected = f"{item} is {value} {unit}; it must be {limit}"
    assert refusal(lambda: bilag_renal.grade(inputs, None, ever_involved=True)) == expected
    quiet = renal_assessment.RenalInputs(dipstick=0)
    assert refusal(lambda: bilag_renal.grade(quiet, inputs, ever_involved=True)) == expected


@pytest.mark.parametrize(
    ("item", "value", "unit", "limit"),
    [
        ("creatinine_umol_l", 0, "µmol/L", "> 0"),
        ("creatinine_uln", 0, "µmol/L", "> 0"),
        ("egfr", 0, GFR_UNIT, "> 0"),
        ("albumin_g_l", -1, "g/L", ">= 0"),
        ("urine_rbc_hpf", -1, "/hpf", ">= 0"),
        ("urine_wbc_hpf", -1, "/hpf", ">= 0"),
        ("pre_flare_egfr", 0, GFR_UNIT, "> 0"),
        ("prednisone_mg_day", -1, "mg/day", ">= 0"),
        ("acanthocytes_hpf", -1, "/hpf", ">= 0"),
    ],
)
def test_that_responses_and_flares_refuse(item: str, value: float, unit: str, limit: str) -> None:
    wrong, right = RenalState(**{item: value}), RenalState()
    expected = f"{item} is {value} {unit}; it must be {limit}"
    seen = flare.FlareObservation(1, "D1", wrong)
    acts: list[Callable[[], object]] = [
        lambda: response.assess("set-a", baseline=wrong, now=right),
        lambda: response.assess("set-a", baseline=right, now=wrong),
        lambda: response.side_by_side(baseline=wrong, now=right),
        lambda: response.side_by_side(baseline=right, now=wrong),
        lambda: flare.detect([seen]),
    ]
    assert {refusal(act) for act in acts} == {expected}


def test_that_zero_is_taken_where_it_is_a_value() -> None:
    zeros = dict.fromkeys(
        ("albumin_g_l", "urine_rbc_hpf", "urine_wbc_hpf", "prednisone_mg_day", "acanthocytes_hpf"),
        0,
    )
    state = RenalState(**zeros)  # type: ignore[arg-type]
    assert response.assess("set-a", baseline=state, now=state)
    assert selena_sledai.derive({}, selena_sledai.SelenaFacts(joints=0, u24_g=0, u24_previous_g=0))
    assert low_activity.lldas(activity(pga=0, prednisone_mg_day=0))
    assert sledai.propose(sledai.SledaiLabs(u24_g=0, urine_rbc_hpf=0, dsdna=0, wbc=0, platelets=0))


@pytest.mark.parametrize(
    ("item", "value", "unit", "limit"),
    [
        ("weight_kg", 0, "kg", "> 0"),
        ("protocol_dose_per_kg", 0, "cells/kg", "> 0"),
        ("protocol_dose_cells", 0, "cells", "> 0"),
        ("volume_ml", 0, "mL", "> 0"),
        ("rate_ml_per_h", 0, "mL/h", "> 0"),
        ("viable_cells_given", -1, "cells", ">= 0"),
        ("total_cells", -1, "cells", ">= 0"),
        ("concentration_cells_per_ml", -1, "cells/mL", ">= 0"),
        ("interruption_min", -1, "min", ">= 0"),
        ("stability_limit_min", -1, "min", ">= 0"),
        ("passage_number", -1, "passages", ">= 0"),
        ("weight_age_days", -1, "days", ">= 0"),
        ("viability_percent", 101, "%", "0 to 100"),
        ("viability_percent", -1, "%", "0 to 100"),
        ("dmso_percent", 101, "%", "0 to 100"),
        ("dmso_percent", -1, "%", "0 to 100"),
    ],
)
def test_that_an_infusion_refuses(item: str, value: float, unit: str, limit: str) -> None:
    facts = infusion.InfusionFacts(**{item: value})  # type: ignore[arg-type]
    assert refusal(lambda: infusion.check(facts)) == f"{item} is {value} {unit}; it must be {limit}"


def test_that_an_infusion_refuses_times_that_do_not_compare() -> None:
    zoned = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)  # noqa: UP017 - as the store writes it
    facts = infusion.InfusionFacts(start=zoned, stop=zoned.replace(tzinfo=None))
    assert refusal(lambda: infusion.check(facts)) == (
        "infusion times is mixed; it must be all with or all without an offset"
    )


@pytest.mark.parametrize(
    ("item", "value", "limit"),
    [
        *((item, -1, ">= 0") for item in ("u24_g", "upcr_g_g", "upcr_mg_mmol", "urine_rbc_hpf")),
        *((item, -1, ">= 0") for item in ("urine_wbc_hpf", "c3_g_l", "c4_g_l", "ch50", "dsdna")),
        *((item, -1, ">= 0") for item in ("platelets", "wbc")),
        *((item, 0, "> 0") for item in ("c3_lln", "c4_lln", "ch50_lln", "dsdna_uln")),
        ("temperature_c", 46, "25 to 45"),
        ("casts", "glass", " or ".join(sledai.CAST_TYPES)),
    ],
)
def test_that_sledai_refuses(item: str, value: Any, limit: str) -> None:
    labs = sledai.SledaiLabs(**{item: value})
    shown = f"{value} °C" if item == "temperature_c" else f"{value}"
    assert refusal(lambda: sledai.propose(labs)) == f"{item} is {shown}; it must be {limit}"


def activity(**changes: Any) -> low_activity.ActivityFacts:
    return low_activity.ActivityFacts({}, {}, **changes)


def visit(pga: float) -> responder.IndexVisit:
    return responder.IndexVisit(sledai.score({}), {}, pga)


def steroid(**changes: Any) -> steroids.DoseInterval:
    given = {"drug": "prednisone", "dose_mg": 5, "start": DAY, **changes}
    return steroids.DoseInterval(**given)


def collection(**changes: Any) -> urine_collection.CollectionCheck:
    usual = {"urine_creatinine_umol_l": 9000, "urine_volume_ml": 1500, "weight_kg": 60, "sex": "F"}
    return urine_collection.check(**{**usual, **changes})


SFI = selena_flare.SfiFacts
SELENA = selena_sledai.SelenaFacts
LIMIT = drugs.DoseLimit("mg", "day", 1, 2)
TELL: dict[str, Callable[[], object]] = {
    "first_visit is x; it must be conservative or assume_deterioration": lambda: bilag_renal.grade(
        renal_assessment.RenalInputs(),
        None,
        ever_involved=True,
        first_visit="x",  # type: ignore[arg-type]
    ),
    "dipstick is 5; it must be 0, 0.5, 1, 2, 3 or 4": lambda: bilag_renal.grade(
        renal_assessment.RenalInputs(dipstick=5), None, ever_involved=True
    ),
    "BILAG system is liver; it must be one of the seven item-scored systems": lambda: (
        bilag.grade_system("liver", {}, ever_involved=True)
    ),
    "BILAG item is pyrexia; it must be an item of the mucocutaneous system": lambda: (
        bilag.grade_system("mucocutaneous", {"pyrexia": 1}, ever_involved=True)
    ),
    "pyrexia is 5; it must be 0, 1, 2, 3, 4 or not done": lambda: bilag.grade_system(
        "constitutional", {"weight_loss": 1, "pyrexia": 5}, ever_involved=True
    ),
    "ttp is 5; it must be 0, 1, 2, 3, 4 or not done": lambda: bilag_haematological.grade(
        bilag_haematological.HaematologyInputs(ttp=5), ever_involved=True
    ),
    "not_due_to_sle is pyrexia; it must be an item of this system": lambda: (
        bilag_haematological.grade(
            bilag_haematological.HaematologyInputs(not_due_to_sle=frozenset({"pyrexia"})),
            ever_involved=True,
        )
    ),
    "pga is 3.1; it must be 0 to 3": lambda: low_activity.lldas(activity(pga=3.1)),
    "prednisone_mg_day is -1 mg/day; it must be >= 0": lambda: low_activity.doris_2021(
        activity(prednisone_mg_day=-1)
    ),
    "pga is 4; it must be 0 to 3": lambda: responder.check(visit(1), visit(4)),
    "visits is 0; it must be at least the baseline": lambda: response_course.respond([]),
    "sledai is 106; it must be 0 to 105": lambda: selena_flare.assess(SFI(sledai=106)),
    "sledai_previous is 106; it must be 0 to 105": lambda: selena_flare.assess(
        SFI(sledai_previous=106)
    ),
    "pga is 3.2; it must be 0 to 3": lambda: selena_flare.assess(SFI(pga=3.2)),
    "pga_previous is 3.2; it must be 0 to 3": lambda: selena_flare.assess(SFI(pga_previous=3.2)),
    "prednisone_mg_day is -2 mg/day; it must be >= 0": lambda: selena_flare.assess(
        SFI(prednisone_mg_day=-2)
    ),
    "prednisone_previous_mg_day is -2 mg/day; it must be >= 0": lambda: selena_flare.assess(
        SFI(prednisone_previous_mg_day=-2)
    ),
    "weight_kg is 0 kg; it must be > 0": lambda: selena_flare.assess(SFI(weight_kg=0)),
    "joints is -1 joints; it must be >= 0": lambda: selena_sledai.derive({}, SELENA(joints=-1)),
    "u24_g is -1 g/24 h; it must be >= 0": lambda: selena_sledai.derive({}, SELENA(u24_g=-1)),
    "u24_previous_g is -1 g/24 h; it must be >= 0": lambda: selena_sledai.derive(
        {}, SELENA(u24_previous_g=-1)
    ),
    "CTCAE term is Cough; it must be a laboratory term of CTCAE v5.0": lambda: ctcae_grade(
        "Cough", 1, unit="g/L"
    ),
    "unit of Anemia is mmol; it must be g/L or g/dL": lambda: ctcae_grade("Anemia", 1, unit="mmol"),
    "Anemia is -1 g/L; it must be 20 to 250": lambda: ctcae_grade("Anemia", -1, unit="g/L"),
    "Anemia, lln is -1 g/L; it must be 20 to 250": lambda: ctcae_grade(
        "Anemia", 90, unit="g/L", lln=-1
    ),
    "Anemia, uln is -1 g/L; it must be >= 0": lambda: ctcae_grade("Anemia", 90, unit="g/L", uln=-1),
    "GGT increased, lln is -1 U/L; it must be >= 0": lambda: ctcae_grade(
        "GGT increased", 30, unit="U/L", lln=-1
    ),
    "Anemia, baseline is 0 g/L; it must be > 0": lambda: ctcae_grade(
        "Anemia", 90, unit="g/L", baseline=0
    ),
    "GGT increased, baseline is 0 U/L; it must be > 0": lambda: ctcae_grade(
        "GGT increased", 1, unit="U/L", baseline=0
    ),
    "CTCAE term is Cough; it must be Infusion related reaction or Cytokine release syndrome or "
    "Thromboembolic event or Hyperglycemia or Glucose intolerance": lambda: ctcae_clinical.propose(
        "Cough", {}
    ),
    "answer for Thromboembolic event is fits; it must be life_threatening or urgent_intervention "
    "or medical_intervention or present": lambda: ctcae_clinical.propose(
        "Thromboembolic event", {"fits": True}
    ),
    "sbp is 0 mmHg; it must be > 0": lambda: ctcae_clinical.hypertension(0, 80),
    "dbp is 0 mmHg; it must be > 0": lambda: ctcae_clinical.hypertension(120, 0),
    "drugs is -1 drugs; it must be >= 0": lambda: ctcae_clinical.hypertension(120, 80, drugs=-1),
    "temperature_c is 24 °C; it must be 25 to 45": lambda: ctcae_clinical.fever(24),
    "temperature_c is 46 °C; it must be 25 to 45": lambda: ctcae_clinical.fever(46),
    "hours_above_40 is -1 h; it must be >= 0": lambda: ctcae_clinical.fever(39, hours_above_40=-1),
    "dipstick is 2.5; it must be 0, 0.5, 1, 2, 3 or 4": lambda: ctcae_clinical.proteinuria(
        None, dipstick=2.5
    ),
    "dipstick is 7; it must be 0, 0.5, 1, 2, 3 or 4": lambda: ctcae_clinical.proteinuria(
        0.2, dipstick=7
    ),
    "dipstick is 1.5; it must be 0, 0.5, 1, 2, 3 or 4": lambda: (
        ctcae_clinical.chronic_kidney_disease(90, dipstick=1.5)
    ),
    "dipstick is nan; it must be 0, 0.5, 1, 2, 3 or 4": lambda: (
        ctcae_clinical.chronic_kidney_disease(90, dipstick=float("nan"))
    ),
    "dipstick is -2; it must be 0, 0.5, 1, 2, 3 or 4": lambda: ctcae_clinical.proteinuria(
        None, dipstick=-2
    ),
    "dbp is 150 mmHg; it must be below sbp 80": lambda: bilag_renal.grade(
        renal_assessment.RenalInputs(sbp=80, dbp=150), None, ever_involved=True
    ),
    "dbp is 120 mmHg; it must be below sbp 120": lambda: bilag_renal.grade(
        renal_assessment.RenalInputs(sbp=140, dbp=90),
        renal_assessment.RenalInputs(sbp=120, dbp=120),
        ever_involved=True,
    ),
    "upcr_g_g is -1 g/g; it must be >= 0": lambda: ctcae_clinical.chronic_kidney_disease(
        90, upcr_g_g=-1
    ),
    "spo2_percent is 101 %; it must be 0 to 100": lambda: ctcae_clinical.hypoxia(101),
    "spo2_percent is -1 %; it must be 0 to 100": lambda: ctcae_clinical.hypoxia(-1),
    "weight_kg is -1 kg; it must be > 0": lambda: ctcae_clinical.weight_gain(-1, 60),
    "weight_kg, baseline is 0 kg; it must be > 0": lambda: ctcae_clinical.weight_gain(60, 0),
    "response rule set is x; it must be " + " or ".join(response.RULE_SETS): lambda: (
        response.assess("x", baseline=RenalState(), now=RenalState())
    ),
    "response rule set is y; it must be " + " or ".join(response.RULE_SETS): lambda: (
        response.side_by_side(baseline=RenalState(), now=RenalState(), parameters={"y": {}})
    ),
    "flare rule set is x; it must be " + " or ".join(flare.RULE_SETS): lambda: flare.detect(
        [], rule_set_id="x"
    ),
    "parameter of aurora-1 is x; it must be one of "
    + ", ".join(response.RULE_SETS["aurora-1"].parameters): (
        lambda: response.assess(
            "aurora-1", baseline=RenalState(), now=RenalState(), parameters={"x": 1}
        )
    ),
    "parameter of flare-renal is x; it must be one of "
    + ", ".join(flare.RULE_SETS["flare-renal"].parameters): lambda: flare.detect([], {"x": 1}),
    "parameter of response-mcr-pcr is x; it must be one of "
    + ", ".join(response_course.PARAMETERS): lambda: response_course.respond([], {"x": 1}),
    "weight_kg is inf kg; it must be a finite number": lambda: gfr.bsa_dubois(float("inf"), 170),
    "height_cm is nan cm; it must be a finite number": lambda: gfr.bsa_dubois(60, float("nan")),
    "spo2_percent is nan %; it must be a finite number": lambda: ctcae_clinical.hypoxia(
        float("nan")
    ),
    "u24_g is inf g/24 h; it must be a finite number": lambda: bilag_renal.grade(
        renal_assessment.RenalInputs(u24_g=float("inf")), None, ever_involved=True
    ),
    "passage_maximum is nan; it must be a finite number": lambda: infusion.check(
        infusion.InfusionFacts(), {"passage_maximum": float("nan")}
    ),
    "sex is X; it must be F or M": lambda: gfr.ckd_epi_2021(80, 30, "X"),  # type: ignore[arg-type]
    "age_years is 17 years; it must be 18 to 130": lambda: gfr.ckd_epi_2021(80, 17, "F"),
    "age_years is 131 years; it must be 18 to 130": lambda: gfr.mdrd(80, 131, "F"),
    "creatinine_umol_l is 0 µmol/L; it must be 5 to 3000": lambda: gfr.ckd_epi_2009(0, 30, "F"),
    "cystatin_c_mg_l is 0 mg/L; it must be 0.1 to 15": lambda: gfr.ckd_epi_2012_cystatin(
        0, 30, "F"
    ),
    "cystatin_c_mg_l is -1 mg/L; it must be 0.1 to 15": lambda: (
        gfr.ckd_epi_2012_creatinine_cystatin(80, -1, 30, "F")
    ),
    "cystatin_c_mg_l is -2 mg/L; it must be 0.1 to 15": lambda: (
        gfr.ckd_epi_2021_creatinine_cystatin(80, -2, 30, "F")
    ),
    "urea_mmol_l is 0 mmol/L; it must be 0.3 to 100": lambda: gfr.mdrd6(80, 0, 40, 30, "F"),
    "albumin_g_l is 0 g/L; it must be 5 to 80": lambda: gfr.mdrd6(80, 5, 0, 30, "F"),
    "weight_kg is -1 kg; it must be 2 to 400 ": lambda: gfr.cockcroft_gault(80, 30, "F", -1),
    "height_cm is 0 cm; it must be 40 to 250": lambda: gfr.schwartz_bedside(80, 0, 10),
    "urine_creatinine_umol_l is 0 µmol/L; it must be 100 to 100000": lambda: (
        gfr.creatinine_clearance_24h(0, 1500, 80)
    ),
    "urine_volume_ml is 0 mL; it must be 50 to 15000": lambda: gfr.creatinine_clearance_24h(
        9000, 0, 80
    ),
    "creatinine_umol_l is -1 µmol/L; it must be 5 to 3000": lambda: gfr.creatinine_clearance_24h(
        9000, 1500, -1
    ),
    "weight_kg is -2 kg; it must be 2 to 400": lambda: gfr.bsa_dubois(-2, 170),
    "height_cm is -2 cm; it must be 40 to 250": lambda: gfr.bsa_dubois(60, -2),
    "weight_kg is -3 kg; it must be 2 to 400": lambda: gfr.bsa_mosteller(-3, 170),
    "height_cm is -3 cm; it must be 40 to 250": lambda: gfr.bsa_mosteller(60, -3),
    "gfr is 501 mL/min; it must be 0 to 500": lambda: gfr.indexed(501, 1.8),
    "gfr is 0 mL/min; it must be > 0": lambda: gfr.indexed(0, 1.8),
    "bsa_m2 is 0 m²; it must be 0.1 to 4": lambda: gfr.indexed(90, 0),
    "equation is x; it must be " + " or ".join(gfr.EQUATIONS): lambda: gfr.estimate("x"),
    f"gfr is -1 {GFR_UNIT}; it must be >= 0": lambda: gfr.kdigo_g_stage(-1),
    "albumin unit is g; it must be mg/g or mg/mmol": lambda: gfr.kdigo_a_stage(1, "g"),
    "protein unit is g; it must be mg/g or g/g or mg/mmol or g/24 h": lambda: gfr.kdigo_a_stage(
        1, "g", measure="protein"
    ),
    "albumin is -1 mg/g; it must be >= 0": lambda: gfr.kdigo_a_stage(-1, "mg/g"),
    "G stage is G6; it must be G1 or G2 or G3a or G3b or G4 or G5": lambda: gfr.kdigo_risk(
        "G6", "A1"
    ),
    "A stage is A4; it must be A1 or A2 or A3": lambda: gfr.kdigo_risk("G1", "A4"),
    "proteinuria unit is g; it must be g/24 h or g/g or mg/mmol or mg/g": lambda: Proteinuria(
        1, "g"
    ),
    "proteinuria is -1 g/g; it must be >= 0": lambda: Proteinuria(-1, "g/g"),
    "proteinuria unit is kg; it must be g/24 h or g/g or mg/mmol or mg/g": lambda: (
        proteinuria.limit_in("kg", 1)
    ),
    "proteinuria is g/g to g/24 h; it must be a ratio to a ratio unit": lambda: (
        proteinuria.convert_ratio(Proteinuria(1, "g/g"), "g/24 h")
    ),
    "dipstick is 7+; it must be neg, ±, 1+, 2+, 3+ or 4+": lambda: proteinuria.parse_dipstick("7+"),
    "glucocorticoid is x; it must be " + " or ".join(steroids.MG_EQUAL_TO_PREDNISONE_5): lambda: (
        steroids.factor("x")
    ),
    "prednisone dose is -1 mg; it must be >= 0": lambda: steroids.dose_on(
        DAY, [steroid(dose_mg=-1)]
    ),
    "prednisone doses per day is -1 per day; it must be >= 0": lambda: steroids.dose_on(
        DAY, [steroid(per_day=-1)]
    ),
    "prednisone route is x; it must be oral or iv or topical or inhaled or intra-articular": (
        lambda: steroids.dose_on(DAY, [steroid(route="x")])
    ),
    "prednisone stop is 2026-03-01; it must be on or after 2026-03-02": lambda: steroids.dose_on(
        DAY, [steroid(stop=DAY_BEFORE)]
    ),
    "period is 2026-03-01; it must be on or after 2026-03-02": lambda: steroids.mean_dose(
        DAY, DAY_BEFORE, []
    ),
    "days is 0 days; it must be >= 1": lambda: taper.trailing_mean(DAY, [], 0),
    "days from day 0 is 0 days; it must be >= 1": lambda: taper.taper(DAY, DAY_BEFORE, []),
    "urine_creatinine_umol_l is -1 µmol/L; it must be > 0": lambda: collection(
        urine_creatinine_umol_l=-1
    ),
    "urine_volume_ml is -1 mL; it must be > 0": lambda: collection(urine_volume_ml=-1),
    "weight_kg is -4 kg; it must be > 0": lambda: collection(weight_kg=-4),
    "sex is Y; it must be F or M": lambda: collection(sex="Y"),
    "urine_volume_ml is -3 mL; it must be > 0": lambda: urine_collection.protein_of_day(1, -3),
    "urine_creatinine_mmol_l is 0 mmol/L; it must be > 0": lambda: urine_collection.protein_ratio(
        1, 0
    ),
    "dose is -1 mg; it must be >= 0": lambda: drugs.judge_dose(-1, "mg", 1, LIMIT),
    "dose is -2 mg; it must be >= 0": lambda: drugs.hydroxychloroquine_mg_kg(-2, 1, 60),
    "doses per day is nan per day; it must be a finite number": lambda: (
        drugs.hydroxychloroquine_mg_kg(200, float("nan"), 60)
    ),
    "doses per day is -2 per day; it must be 0 to 24": lambda: drugs.hydroxychloroquine_mg_kg(
        200, -2, 60
    ),
    "doses per day is -1 per day; it must be 0 to 24": lambda: drugs.too_often("MTX", -1),
    "doses per day is inf per day; it must be a finite number": lambda: drugs.too_often(
        "MTX", float("inf")
    ),
    "doses per day is 25 per day; it must be 0 to 24": lambda: drugs.judge_dose(1, "mg", 25, LIMIT),
    "weight_kg is 0.9 kg; it must be 1 to 400": lambda: drugs.hydroxychloroquine_mg_kg(200, 1, 0.9),
    "dose is -1 g/day; it must be >= 0": lambda: drugs.mycophenolate_g("MMF", -1),
    "CYC dose is -1 g; it must be >= 0": lambda: drugs.cumulative_g(
        [drugs.DrugCourse("CYC", -1, DAY)], "CYC", DAY
    ),
    "CYC doses per day is -1 per day; it must be >= 0": lambda: drugs.cumulative_g(
        [drugs.DrugCourse("CYC", 1, DAY, per_day=-1)], "CYC", DAY
    ),
    "CYC stop is 2026-03-01; it must be on or after 2026-03-02": lambda: drugs.cumulative_g(
        [drugs.DrugCourse("CYC", 1, DAY, DAY_BEFORE)], "CYC", DAY
    ),
    "SLEDAI item is x; it must be one of the 24 item codes": lambda: sledai.score({"x": True}),
    "SLEDAI window is 20 days; it must be 10 or 30": lambda: sledai.score({}, window_days=20),
    "SLEDAI-2K is 106; it must be 0 to 105": lambda: sledai.activity_band(106),
    "SLEDAI-2K is nan; it must be a finite number": lambda: sledai.change_band(
        float("nan"),  # type: ignore[arg-type]
        3,
    ),
    "SLEDAI-2K is -1; it must be 0 to 105": lambda: sledai.change_band(8, -1),
    "sponsor_causality is maybe; it must be " + " or ".join(safety.CAUSALITY): lambda: (
        safety.assess(safety.EventFacts(sponsor_causality="maybe"))
    ),
    "seriousness criterion is pain; it must be death or life_threatening or hospitalisation or "
    "disability or congenital_anomaly or medically_important": lambda: safety.assess(
        safety.EventFacts(criteria=frozenset({"zeal", "pain"}))
    ),
    "urgent_since is 2026-03-01; it must be on or after 2026-03-02": lambda: safety.assess(
        safety.EventFacts(awareness=DAY, urgent_since=DAY_BEFORE)
    ),
}


@pytest.mark.parametrize("told", TELL)
def test_that_a_refusal_reads(told: str) -> None:
    assert refusal(TELL[told]) == told.strip()


@pytest.mark.parametrize("item", bilag_haematological.HaematologyInputs.__dataclass_fields__)
def test_that_blood_counts_below_zero_are_refused(item: str) -> None:
    unit = "g/L" if item == "haemoglobin_g_l" else "10^9/L"
    if item.endswith(("_g_l", "_10e9_l")):
        inputs = bilag_haematological.HaematologyInputs(**{item: -1})
        told = refusal(lambda: bilag_haematological.grade(inputs, ever_involved=True))
        assert told == f"{item} is -1 {unit}; it must be >= 0"
