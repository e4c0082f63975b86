"""Results of a visit beyond scores and response: urine, states, indices, steroids, infusion."""

from __future__ import annotations

from datetime import date

import pytest
from patients import Builder, renal, started, story_047

from lnmonitor.analysis.course import Course, VisitAssessment, evaluate
from lnmonitor.analysis.explain import explain
from lnmonitor.analysis.model import KidneyRisk, ProteinReading, ProteinStage, Undetermined
from lnmonitor.analysis.result_names import result_names
from lnmonitor.analysis.rules import versions
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.clinical.low_activity import ActivityState
from lnmonitor.clinical.responder import Responder
from lnmonitor.clinical.response_course import ClinicalResponse, CourseResponse
from lnmonitor.clinical.results import Outcome, Truth
from lnmonitor.clinical.taper import Taper
from lnmonitor.clinical.urine_collection import CollectionCheck
from lnmonitor.study.forms import Glucocorticoid, Immunosuppressant, PhysicianAssessment
from lnmonitor.study.protocol import load_protocol

PROTOCOL = load_protocol("ln-msc-01")
TODAY = date(2026, 9, 1)


def _course(b: Builder) -> Course:
    return evaluate(b.data(), PROTOCOL, today=TODAY)


def _visit(b: Builder, code: str = "M1") -> VisitAssessment:
    return next(visit for visit in _course(b).visits if visit.code == code)


def _result(b: Builder, key: str, code: str = "M1") -> Outcome:
    return _visit(b, code).outcomes[key]


# --- urine -------------------------------------------------------------------------------------


def _collected(creatinine: float, unit: str = "µmol/L", volume: float = 1500) -> Builder:
    b = started()
    m1 = b.visit("M1", 30)
    b.vitals(m1, weight_kg=50)
    b.lab(m1, 30, "U24P", 1.2)
    b.lab(m1, 30, "U24V", volume)
    b.lab(m1, 30, "UCREAT", creatinine, unit=unit)
    return b


def test_that_a_collection_is_judged_by_its_creatinine_per_kg() -> None:
    # 5000 µmol/L x 1.5 L / 50 kg = 150 µmol/kg, expected of a woman 133 to 177.
    found = _result(_collected(5000), "urine.collection")
    assert isinstance(found, CollectionCheck)
    assert found.excretion_umol_kg_day == pytest.approx(150)
    assert found.complete is Truth.YES
    assert _result(_collected(5, "mmol/L"), "urine.collection") == found


def test_that_too_little_creatinine_raises_a_flag_and_leaves_the_protein_in_use() -> None:
    # 3000 x 1.5 / 50 = 90 µmol/kg, under 75 % of 133 = 99.75.
    course = _course(_collected(3000))
    (flag,) = [flag for flag in course.flags if flag.kind == "urine.incomplete"]
    assert flag.severity == "warn"
    assert explain(flag, "en").met[0].detail == "90 µmol/kg/day"
    assert course.visits[-1].lab("U24P") == 1.2


def test_that_a_collection_without_a_weight_is_open() -> None:
    b = started()
    m1 = b.visit("M1", 30)
    b.lab(m1, 30, "U24V", 1500)
    b.lab(m1, 30, "UCREAT", 5000)
    found = _result(b, "urine.collection")
    assert isinstance(found, CollectionCheck)
    assert found.complete is Truth.UNKNOWN
    assert found.missing == ("weight_kg",)


def test_that_no_collection_is_judged_without_urine_creatinine() -> None:
    b = started()
    renal(b, b.visit("M1", 30), 30, 1.2, 60)
    assert "urine.collection" not in _visit(b).outcomes


def test_that_a_ratio_is_told_in_every_unit() -> None:
    b = started()
    b.lab(b.visit("M1", 30), 30, "UPCR", 150, unit="mg/mmol")
    found = _result(b, "protein")
    assert isinstance(found, ProteinReading)
    assert (found.value, found.unit) == (150, "mg/mmol")
    # 150 mg/mmol / 113.12 = 1.326 g/g.
    assert [line.detail for line in explain(found, "en").met] == [
        "150 mg/mmol",
        "1.326 g/g",
        "1326 mg/g",
    ]


@pytest.mark.parametrize(
    ("code", "value", "more", "stage"),
    [
        ("UACR", 29, {}, "A1"),
        ("UACR", 30, {}, "A2"),
        ("UACR", 300, {}, "A2"),
        ("UACR", 31, {"unit": "mg/mmol"}, "A3"),
        ("UPCR", 0.14, {}, "A1"),
        ("UPCR", 50, {"unit": "mg/mmol"}, "A2"),  # in grams it would be 0.442; the same stage
        ("U24P", 0.51, {}, "A3"),
        ("U24P", 510, {"unit": "mg/24 h"}, "A3"),
        ("UACR", 30, {"operator": "<"}, None),
        ("UACR", 10, {"operator": "<"}, "A1"),
        ("UACR", 400, {"operator": ">"}, "A3"),
        ("UACR", 100, {"operator": ">"}, None),
        ("U24P", 0.2, {"complete_collection": "N"}, None),
    ],
)
def test_that_the_a_stage_follows_kdigo_in_the_reported_unit(
    code: str, value: float, more: dict[str, str], stage: str | None
) -> None:
    b = started()
    b.lab(b.visit("M1", 30), 30, code, value, **more)
    found = _result(b, "kdigo_a")
    assert isinstance(found, ProteinStage)
    assert found.stage == stage
    assert bool(found.missing) is (stage is None)


def test_that_albumin_decides_the_a_stage_before_protein() -> None:
    b = started()
    m1 = b.visit("M1", 30)
    b.labs(m1, 30, UACR=20, U24P=0.6, CREAT=60)
    risk = _result(b, "kdigo_risk")
    assert isinstance(risk, KidneyRisk)
    assert risk.risk == "low"  # G1, A1
    assert explain(risk, "en").title == "KDIGO risk: low"


# --- states and indices ------------------------------------------------------------------------


def _assessed(pga: float = 0.4, prednisone: float = 5, **drug: object) -> Builder:
    """Active at screening; at month 1 only the serology is left."""
    b = started()
    screening = b.visit("SCR", -7)
    b.sledai(screening, "arthritis rash low_complement")  # 4 + 2 + 2
    b.bilag(screening, arthritis_moderate=2)
    b.add(PhysicianAssessment(pga=2.0), screening)
    m1 = b.visit("M1", 30)
    b.sledai(m1, "low_complement")
    b.bilag(m1)
    b.labs(m1, 30, HGB=130, WBC=6, NEUT=4, LYMPH=1.5, PLT=200)
    b.labs(screening, -7, HGB=130, WBC=6, NEUT=4, LYMPH=1.5, PLT=200)
    for visit, day in ((screening, -7), (m1, 30)):
        renal(b, visit, day, 0.1, 60)
        b.vitals(visit, systolic=120, diastolic=80)
    b.add(PhysicianAssessment(pga=pga), m1)
    b.add(
        Glucocorticoid(
            drug="PREDNISONE",
            dose_mg=prednisone,
            frequency="QD",
            route="ORAL",
            start=b.iso(-60),
        )
    )
    given = {"drug": "MMF", "dose": 1, "dose_unit": "g", "frequency": "BID", **drug}
    b.add(Immunosuppressant(start=b.iso(-300), **given))
    return b


def _met(b: Builder, key: str) -> Truth:
    found = _result(b, key)
    assert isinstance(found, ActivityState | Responder)
    return found.met


def test_that_all_states_and_indices_are_met_by_a_patient_in_remission() -> None:
    for key in ("lldas", "doris", "sri4", "bicla"):
        assert _met(_assessed(), key) is Truth.YES, explain(_result(_assessed(), key), "en")


def test_that_prednisone_and_the_global_assessment_part_the_states() -> None:
    assert _met(_assessed(prednisone=7.5), "lldas") is Truth.YES
    assert _met(_assessed(prednisone=7.5), "doris") is Truth.NO
    assert _met(_assessed(pga=0.5), "doris") is Truth.NO
    assert _met(_assessed(pga=1.1), "lldas") is Truth.NO


@pytest.mark.parametrize(
    ("drug", "expected"),
    [
        ({"dose": 1.5}, Truth.YES),  # 3 g a day: the ceiling
        ({"dose": 1.6}, Truth.NO),
        ({"drug": "MTX", "dose": 30, "dose_unit": "mg", "frequency": "QW"}, Truth.YES),
        ({"drug": "MTX", "dose": 31, "dose_unit": "mg", "frequency": "QW"}, Truth.NO),
        ({"drug": "CYC", "dose": 0.8, "frequency": "QM"}, Truth.UNKNOWN),  # no ceiling was read
    ],
)
def test_that_standard_treatment_is_held_to_the_printed_ceilings(
    drug: dict[str, object], expected: Truth
) -> None:
    assert _met(_assessed(**drug), "lldas") is expected


def test_that_an_index_needs_a_baseline_and_a_state_does_not() -> None:
    b = started()
    m1 = b.visit("M1", 30)
    b.sledai(m1)
    b.bilag(m1)
    outcomes = _visit(b).outcomes
    assert {"lldas", "doris"} <= set(outcomes)
    assert not {"sri4", "bicla"} & set(outcomes)


def _year(**month_9: int) -> Builder:
    """B in the joints at screening, nothing from month 6 on, month 9 as given."""
    b = started()
    for code, day in (("SCR", -7), ("M6", 182), ("M9", 273), ("M12", 365)):
        visit = b.visit(code, day)
        renal(b, visit, day, 0.1, 60)
        b.labs(visit, day, HGB=130, WBC=6, NEUT=4, LYMPH=1.5, PLT=200)
        b.vitals(visit, systolic=120, diastolic=80)
        answers = {"SCR": {"arthritis_moderate": 2}, "M9": month_9}
        b.bilag(visit, **answers.get(code, {}))
    return b


def test_that_the_response_of_the_year_is_judged_at_month_12() -> None:
    found = _result(_year(), "mcr_pcr", "M12")
    assert isinstance(found, CourseResponse)
    assert found.response is ClinicalResponse.MCR
    assert "mcr_pcr" not in _visit(_year(), "M6").outcomes
    told = explain(found, "en")
    assert told.title == "Response of the year: major clinical response"


def test_that_a_new_a_after_month_6_ends_a_major_response() -> None:
    found = _result(_year(arthritis_severe=4), "mcr_pcr", "M12")
    assert isinstance(found, CourseResponse)
    assert found.response is ClinicalResponse.NCR  # not held for 16 weeks either


# --- steroids and infusion ---------------------------------------------------------------------


def _taper(key_day: int, *courses: tuple[int, int | None, float]) -> Outcome:
    b = started()
    b.visit("UNS", key_day)
    for start, stop, dose in courses:
        b.add(
            Glucocorticoid(
                drug="PREDNISONE",
                dose_mg=dose,
                frequency="QD",
                route="ORAL",
                start=b.iso(start),
                stop=None if stop is None else b.iso(stop),
            )
        )
    return _result(b, "steroids.taper", "UNS")


def test_that_the_taper_tells_mean_milestones_and_cumulative_dose() -> None:
    # 20 mg on days 0 to 13, then 10 mg to day 59, then 5 mg: on day 73 it is 14 days at 5 mg.
    found = _taper(73, (-40, 13, 20), (14, 59, 10), (60, None, 5))
    assert isinstance(found, Taper)
    assert found.mean_28_days == pytest.approx((14 * 10 + 14 * 5) / 28)
    assert dict(found.days_to) == {10.0: 14, 7.5: None, 5.0: None}
    assert found.cumulative_g == pytest.approx((14 * 20 + 46 * 10 + 14 * 5) / 1000)
    told = explain(found, "en")
    assert told.title == "Prednisone 5 mg/day, from 20 at day 0"
    assert "7.5 mg/day" in told.met[1].detail
    assert told.met[3].detail == "after 14 days"
    assert [line.detail for line in told.not_met] == ["", ""]


def test_that_the_mean_is_open_while_the_log_is_shorter_than_28_days() -> None:
    told = explain(_taper(5, (-3, None, 20)), "en")
    assert [line.text for line in told.missing] == ["Mean of the last 28 days"]


def test_that_a_gap_in_the_log_leaves_the_taper_open() -> None:
    found = _taper(30, (5, None, 20))  # nothing recorded on days 0 to 4
    assert isinstance(found, Undetermined)
    assert explain(found, "en").title == "Not computed: prednisone-equivalent"


def test_that_an_infusion_is_a_result_of_its_day() -> None:
    b = started()
    b.visit("D0", 0)
    found = _result(b, "infusion", "D0")
    assert isinstance(found, InfusionCheck)
    assert found.given_dose_per_kg == pytest.approx(1.02e6)  # 56.1 million cells, 55 kg


# --- completeness ------------------------------------------------------------------------------


def test_that_every_result_has_a_name_and_a_rule_whose_version_is_kept() -> None:
    course = evaluate(story_047(), PROTOCOL, today=date(2026, 5, 12))
    known = versions()
    results = [one for visit in course.visits for one in visit.outcomes.values()]
    flares = [one for found in course.other_flares.values() for one in found]
    for one in (*results, *course.flares, *flares, *course.flags):
        assert known.get(one.rule.id) == one.rule.version, one.rule.id
    for visit in course.visits:
        assert set(result_names(visit.outcomes, "set-a")) == set(visit.outcomes)
    first = next(iter(result_names(course.visits[-1].outcomes, "kdigo-2024")))
    assert first == "response.kdigo-2024"
