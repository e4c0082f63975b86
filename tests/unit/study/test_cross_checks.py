"""Cross-field checks as data: the catalogue is refused where it is wrong, and its numbers hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lnmonitor.i18n import translator
from lnmonitor.study.checks import check_form, comparisons
from lnmonitor.study.cross_checks import (
    CROSS_CHECKS,
    KINDS,
    NUMBERS,
    CrossCheckError,
    checks_of,
    read_checks,
)
from lnmonitor.study.forms import (
    AdverseEvent,
    Bilag2004,
    Demographics,
    DiseaseHistory,
    LabResult,
    Visit,
    VitalSigns,
)
from lnmonitor.study.records import PatientData, Record

RIGHT: dict[str, Any] = {
    "at": ["LB.value"],
    "kind": "ratio_within",
    "values": {"protein": "U24P", "ratio": "UPCR"},
    "numbers": {"low": 0.5, "high": 2.0},
    "level": "info",
    "says": "{protein} and {ratio} disagree.",
    "source": "protocol parameter",
}


def lab(code: str, value: float | None, **more: Any) -> LabResult:
    return LabResult(
        analyte=code, value=value, canonical_value=value, collected_on="2024-06-11", **more
    )


@pytest.fixture
def found(protocol):
    """Return the sentence of each check id that a form raises."""

    def run(form, data=None, *, by=protocol, **more) -> dict[str, str]:
        findings = check_form(form, data=data, visit=None, protocol=by, **more)
        return {finding.check_id: finding.message.en for finding in findings}

    return run


# --- the catalogue -------------------------------------------------------------------------------


def test_that_every_kind_of_comparison_is_evaluated_and_used() -> None:
    assert set(comparisons._KINDS) == set(KINDS) == {check.kind for check in CROSS_CHECKS}


def test_that_every_sentence_of_the_catalogue_has_its_chinese_twin() -> None:
    known = translator("zh").knows
    assert [check.id for check in CROSS_CHECKS if not known(check.says)] == []


def test_that_a_result_is_compared_by_the_checks_of_its_analyte_alone() -> None:
    asked = [check.id for check in checks_of(LabResult(analyte="ALB"))]
    assert asked == ["lb.albumin_protein", "lb.range", "lb.window", "death.after"]
    assert checks_of(LabResult()) == checks_of(LabResult(analyte="NONE")) == ()


def test_that_a_right_check_is_read() -> None:
    (check,) = read_checks({"x": RIGHT})
    assert (check.form, check.item, check.numbers) == ("LB", "value", {"low": 0.5, "high": 2.0})


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"at": ["XX.value"]}, "form XX unknown, known are AE, BILAG"),
        ({"at": ["LB.valeu"]}, "item of LB valeu unknown"),
        ({"at": []}, "at is missing"),
        ({"kind": "ratio"}, "kind ratio unknown, known are all_below"),
        ({"values": {"protein": "U24P", "ratio": "UPCX"}}, "analyte UPCX unknown"),
        ({"values": {"protein": "U24P"}}, "ratio_within compares 2 to 2 values"),
        ({"values": {"protein": "U24P", "ratio": "unit"}}, "cannot compare ratio, a text"),
        ({"values": {"protein": "U24P", "ratio": "VS.weight_kg"}}, "a form with many records"),
        ({"values": {"protein": "U24P", "ratio": "@death"}}, "cannot compare ratio, a date"),
        ({"level": "warn"}, "level warn unknown, known are ask, info, refuse"),
        ({"level": ""}, "level is missing"),
        ({"source": ""}, "source is missing"),
        ({"numbers": {"low": 0.5}}, "needed number high unknown, given are low"),
        ({"numbers": {"low": 1, "high": 2, "hi": 3}}, "number hi unknown, known are high, low"),
        ({"number": {}}, "key number unknown"),
        ({"says": "{protein} and {ration} disagree."}, "placeholder ration unknown"),
        ({"by": "collected_on"}, "change_beyond, and no other kind, needs by"),
        ({"when": {"MH.biopsy": "Y"}}, "item of MH biopsy unknown"),
        ({"kind": "never", "values": {}, "numbers": {}, "says": "No."}, "when is missing"),
        (
            {"kind": "in_order", "numbers": {}, "values": {"protein": "U24P", "ratio": "@visit"}},
            "in_order cannot compare ratio, a date",
        ),
        (
            {
                "kind": "change_beyond",
                "numbers": {"limit": 1},
                "values": {"protein": "U24P"},
                "says": "{protein}",
                "by": "unit",
            },
            "by is unit, which is no date",
        ),
    ],
)
def test_that_what_does_not_exist_is_refused_by_name(changes, problem) -> None:
    with pytest.raises(CrossCheckError) as refused:
        read_checks({"lb.mine": {**RIGHT, **changes}})
    assert problem in refused.value.text
    assert "lb.mine" in refused.value.text


# --- its numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protein", "asked"), [(2.85, True), (2.86, False), (3.15, False), (3.16, True)]
)
def test_that_24_h_protein_is_concentration_times_volume(found, patient, protein, asked) -> None:
    # 2 g/L in 1500 mL are 3.0 g; 5 % of 2.857 and of 3.158 reach it.
    data = patient(lab("UPROT", 2.0), lab("U24V", 1500))
    raised = found(lab("U24P", protein), data)
    assert ("lb.protein_volume" in raised) is asked
    if protein == 3.16:
        assert raised["lb.protein_volume"] == (
            "2 g/L in 1500 mL make 3 g of protein, not 3.16 g. Check the three."
        )


def test_that_the_product_waits_for_all_three(found, patient) -> None:
    assert found(lab("U24P", 9.0), patient(lab("UPROT", 2.0))) == {}


def test_that_one_part_of_the_differential_is_enough_to_be_too_much(found, patient) -> None:
    assert found(lab("NEUT", 4.3), patient(lab("WBC", 4.0))).keys() == {"lb.differential"}
    assert found(lab("NEUT", 4.2), patient(lab("WBC", 4.0))) == {}
    assert found(lab("NEUT", 9.0), patient(lab("LYMPH", 4.0))) == {}


def test_that_a_protocol_overrides_a_number(found, patient, protocol) -> None:
    data = patient(lab("CREAT", 80, unit="µmol/L").model_copy(update={"collected_on": "2024-05"}))
    stricter = replace(protocol, parameters={"lb.jump": {"limit": 0.25}})
    assert found(lab("CREAT", 104), data) == {}
    assert found(lab("CREAT", 104), data, by=stricter) == {
        "lb.jump": "Is creatinine 104 µmol/L right? It was 80 on 2024-05-01."
    }
    assert found(lab("CREAT", 100), data, by=stricter) == {}
    assert NUMBERS["lb.jump"] == {"limit": 0.5}


def test_that_nothing_is_compared_with_a_value_that_is_refused(found, patient) -> None:
    data = patient(lab("CREAT", 80).model_copy(update={"collected_on": "2024-05-01"}))
    assert found(lab("CREAT", 4000), data).keys() == {"lb.hard"}
    assert found(lab("CREAT", 200, unit="g/L"), data).keys() == {"lb.unit"}


def test_that_a_result_that_was_not_done_is_compared_with_nothing(found, patient) -> None:
    data = patient(lab("WBC", 4.0, method="other"), lab("NEUT", 9.0))
    assert found(lab("WBC", None), data, missing={"value": "ND"}) == {}


def test_that_other_samples_and_visits_are_left_alone(found, patient) -> None:
    of_may = lab("WBC", 4.0).model_copy(update={"collected_on": "2024-05-01"})
    assert found(lab("NEUT", 9.0), patient(of_may)) == {}
    at_another = Record("x", lab("WBC", 4.0), "p1", "v2")
    assert found(lab("NEUT", 9.0), PatientData("p1", "01-001", "01", (at_another,))) == {}


def test_that_nephrotic_syndrome_without_any_protein_is_noted(protocol) -> None:
    visit = Record("v1", Visit(visit_code="M3", visit_date="2024-06-11"), "p1", "v1")
    data = PatientData("p1", "01-001", "01", (visit, Record("r", lab("U24P", 0.0), "p1", "v1")))
    form = Bilag2004(nephrotic_syndrome="Y")
    (noted,) = (
        one
        for one in check_form(form, data=data, visit=visit, protocol=protocol)
        if one.check_id == "bilag.nephrotic"
    )
    assert noted.message.en == "Nephrotic syndrome is ticked, urine protein is 0 g. Check both."


def test_that_a_weight_is_compared_with_the_one_just_before(found, patient) -> None:
    def weighed(kg: float, at: str) -> VitalSigns:
        return VitalSigns(weight_kg=kg, measured_at=at)

    data = patient(
        weighed(50, "2024-03-12T09:00"), weighed(60, "2024-04-01T09:00"), VitalSigns(systolic=120)
    )
    assert found(weighed(65, "2024-04-12T09:00"), data) == {}
    assert found(weighed(50, "2024-04-12T09:00"), data) == {
        "vs.weight": "Is weight 50 kg right? It was 60 kg on 2024-04-01."
    }


# --- dates ---------------------------------------------------------------------------------------


def test_that_a_day_is_told_as_it_was_typed_without_its_time(found, patient) -> None:
    data = patient(died="2024-06")
    late = AdverseEvent(term="Cough", start="2024-07", serious="N", grade=1)
    assert found(late, data)["death.after"].startswith("2024-07 lies after the death on 2024-06.")
    signs = VitalSigns(weight_kg=50, measured_at="2024-07-02T09:00")
    assert found(signs, data)["death.after"].startswith("2024-07-02 lies after")


def test_that_each_date_of_the_history_is_held_against_birth(patient, protocol) -> None:
    early = DiseaseHistory(sle_diagnosed="1980", ln_diagnosed="1981", biopsy_date="1982-05")
    findings = check_form(early, data=patient(), visit=None, protocol=protocol)
    assert [one.item for one in findings if one.check_id == "mh.birth"] == [
        "sle_diagnosed",
        "ln_diagnosed",
        "biopsy_date",
    ]
    told = next(one.message for one in findings if one.check_id == "mh.birth")
    assert told.en.startswith("SLE diagnosed 1980 is before the date of birth 1990-05.")


def test_that_an_impossible_birth_says_nothing_of_the_age(found) -> None:
    form = Demographics(sex="F", birth_date="2025", consent_date="2024-03-01", age_at_consent=30)
    assert found(form).keys() == {"dm.birth"}
