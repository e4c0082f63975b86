"""Edit checks that compare a form with the patient's other forms, and the rarer single ones."""

from __future__ import annotations

from datetime import date

import pytest

from lnmonitor.study.checks import age_on, check_form
from lnmonitor.study.checks.finding import number, say
from lnmonitor.study.forms import (
    AdverseEvent,
    Demographics,
    DiseaseHistory,
    Disposition,
    Eligibility,
    Immunosuppressant,
    Infusion,
    KidneyReplacement,
    LabResult,
    ProtocolDeviation,
    Visit,
    VitalSigns,
)
from lnmonitor.study.records import Record


@pytest.fixture
def found(protocol):
    """Return the level of each check id that a form raises."""

    def run(form, data=None, **more) -> dict[str, str]:
        findings = check_form(form, data=data, visit=None, protocol=protocol, **more)
        return {finding.check_id: finding.level for finding in findings}

    return run


def infusion(**changes) -> Infusion:
    known = {
        "number": 2,
        "weight_kg": 55,
        "viable_cells": 55,
        "started_at": "2024-03-20T10:00",
        "stopped_at": "2024-03-20T10:30",
    }
    return Infusion(**{**known, **changes})


def test_that_an_infusion_number_is_used_once(found, patient) -> None:
    assert "ex.twice" not in found(infusion(), patient())
    assert found(infusion(number=1), patient())["ex.twice"] == "refuse"


def test_that_cells_for_a_patient_who_is_not_eligible_are_a_deviation(found, patient) -> None:
    data = patient(Eligibility(eligible="N"))
    assert found(infusion(), data)["ex.eligible"] == "ask"
    assert "ex.eligible" not in found(infusion(), patient(Eligibility(eligible="Y")))


def test_that_a_positive_culture_is_a_deviation_and_a_reaction_wants_words(found) -> None:
    raised = found(infusion(sterility="POSITIVE", reaction="Y"))
    assert (raised["ex.sterility"], raised["ex.reaction"]) == ("ask", "info")


@pytest.mark.parametrize("value", ["12/3/2024", "2024-02-30", "soon"])
def test_that_a_date_in_another_shape_is_refused(found, value) -> None:
    assert found(Visit(visit_code="M1", visit_date=value, status="DONE"))["item.date"] == "refuse"


def test_that_an_instant_needs_its_time(found) -> None:
    assert found(infusion(started_at="2024-03-20"))["item.date"] == "refuse"


def test_that_a_visit_of_another_protocol_is_refused_with_the_list(found) -> None:
    visit = Visit(visit_code="M24", visit_date="2024-06-11", status="DONE")
    assert found(visit) == {"sv.code": "refuse"}


def test_that_a_visit_without_known_consent_is_noted(found, patient) -> None:
    data = patient()
    without = type(data)("p1", "01-001", "01", data.records[1:])
    visit = Visit(visit_code="M3", visit_date="2024-06-11", status="DONE")
    assert found(visit, without) == {"sv.consent_unknown": "info"}


def test_that_an_unscheduled_visit_says_why_and_may_be_repeated(found, patient) -> None:
    visit = Visit(visit_code="UNS", visit_date="2024-06-11", status="DONE")
    assert found(visit, patient(visit)) == {"sv.reason": "info"}


def test_that_a_first_weight_has_nothing_to_compare_with(found, patient) -> None:
    assert found(VitalSigns(weight_kg=80, measured_at="2024-04-12T09:00"), patient()) == {}
    assert found(VitalSigns(weight_kg=80), patient()) == {}


# --- laboratory ----------------------------------------------------------------------------------


def lab(analyte, value, **more) -> LabResult:
    return LabResult(
        analyte=analyte, value=value, canonical_value=value, collected_on="2024-06-11", **more
    )


def test_that_a_second_result_of_the_day_is_asked_about(found, patient) -> None:
    data = patient(lab("C3", 0.8))
    assert found(lab("C3", 0.7), data) == {"lb.duplicate": "ask"}
    assert found(lab("C3", 0.7, method="nephelometry"), data) == {}
    assert found(lab("C3", 0.8), data, record_id=data.of(LabResult)[0].id) == {}


@pytest.mark.parametrize(("ratio", "noted"), [(1.0, True), (1.1, False), (4.4, False), (4.5, True)])
def test_that_collection_and_ratio_may_differ_by_two(found, patient, ratio, noted) -> None:
    raised = found(lab("UPCR", ratio), patient(lab("U24P", 2.2)))
    assert raised == ({"lb.collection": "info"} if noted else {})


def test_that_low_albumin_without_protein_is_noted(found, patient) -> None:
    assert found(lab("ALB", 24), patient(lab("U24P", 0.9))) == {"lb.albumin_protein": "info"}
    assert found(lab("ALB", 25), patient(lab("U24P", 0.9))) == {}


def test_that_range_limits_stand_in_order(found) -> None:
    assert found(lab("C3", 0.8, range_low=1.8, range_high=0.9)) == {"lb.range": "refuse"}


# --- drugs and events ----------------------------------------------------------------------------


def test_that_hydroxychloroquine_above_5_mg_per_kg_is_noted(found, patient) -> None:
    data = patient(VitalSigns(weight_kg=50, measured_at="2024-03-12T09:00"))
    known = {"drug": "HCQ", "dose_unit": "mg", "frequency": "QD", "start": "2024-01"}
    assert found(Immunosuppressant(dose=250, **known), data) == {}
    assert found(Immunosuppressant(dose=300, **known), data) == {"cmi.hcq_weight": "info"}


def test_that_another_drug_wants_its_name(found) -> None:
    known = {"drug": "OTHER", "dose": 1, "dose_unit": "mg", "frequency": "PRN", "start": "2024-01"}
    assert found(Immunosuppressant(**known)) == {"cmi.which": "info"}


def test_that_an_end_before_the_start_is_refused(found) -> None:
    known = {"term": "Cough", "grade": 1, "serious": "N", "related_msc": "UNLIKELY"}
    event = AdverseEvent(start="2024-04-02", stop="2024-04-01", outcome="RECOVERED", **known)
    assert found(event) == {"ae.order": "refuse"}


def test_that_an_admission_wants_its_day(found) -> None:
    event = AdverseEvent(
        term="Pneumonia",
        start="2024-04-02",
        grade=3,
        serious="Y",
        hospitalised="Y",
        related_msc="UNLIKELY",
        outcome="RECOVERED",
    )
    assert found(event) == {"ae.admitted": "info", "ae.serious_needs": "info"}


def test_that_leaving_before_consent_is_refused(found, patient) -> None:
    left = Disposition(status="WITHDRAWAL BY SUBJECT", occurred_on="2024-02-20")
    assert found(left, patient())["ds.consent"] == "refuse"


def test_that_a_death_has_a_cause_and_ends_all_contact(found, patient) -> None:
    death = Disposition(status="DEATH", occurred_on="2024-07-01", last_contact="2024-07-02")
    assert found(death, patient()) == {"ds.cause": "info", "ds.contact": "refuse"}


def test_that_a_deviation_needs_a_description(found) -> None:
    form = ProtocolDeviation(occurred_on="2024-06", category="VISIT", severity="MINOR")
    assert found(form)["item.needed"] == "refuse"


# --- subject -------------------------------------------------------------------------------------


def test_that_nobody_consents_before_birth(found) -> None:
    form = Demographics(sex="F", birth_date="2025", consent_date="2024-03-01")
    assert found(form) == {"dm.birth": "refuse"}


def test_that_questions_for_women_are_not_answered_yes_by_men(found) -> None:
    man = Demographics(sex="M", consent_date="2024-03-01", childbearing="Y")
    assert found(man) == {"dm.childbearing": "refuse"}


def test_that_a_man_is_not_pregnant(found, patient) -> None:
    data = patient()
    man = type(data.records[0])("r", Demographics(sex="M", consent_date="2024-03-01"), "p1")
    of_man = type(data)("p1", "01-001", "01", (man,))
    assert found(Eligibility(pregnancy="Y"), of_man)["ie.pregnancy"] == "refuse"
    assert "ie.pregnancy" not in found(Eligibility(pregnancy="Y"), data)


def test_that_no_criteria_met_is_a_deviation_of_the_judgement(found) -> None:
    assert found(Eligibility(sle_criteria="NONE", eligible="Y"))["ie.criteria"] == "ask"
    assert "ie.criteria" not in found(Eligibility(sle_criteria="NONE", eligible="N"))


def test_that_lupus_comes_before_nephritis_and_after_birth(found, patient) -> None:
    early = DiseaseHistory(sle_diagnosed="2015", ln_diagnosed="2014")
    assert found(early, patient()) == {"mh.order": "ask"}
    unborn = DiseaseHistory(sle_diagnosed="1989", ln_diagnosed="2014")
    assert found(unborn, patient()) == {"mh.birth": "refuse"}
    same_year = DiseaseHistory(sle_diagnosed="2014", ln_diagnosed="2014-03")
    assert found(same_year, patient()) == {}


def test_that_age_comes_from_birth_or_else_from_consent() -> None:
    day = date(2024, 5, 10)
    assert age_on(Demographics(birth_date="1990-05-11"), day) == 33
    assert age_on(Demographics(age_at_consent=41), day) == 41
    assert age_on(None, day) is None


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.83600, "0.836"), (1e-9, "0"), (-0.0, "0"), (5.5e7, "55000000")],
)
def test_that_numbers_are_written_plainly(value, text) -> None:
    assert number(value) == text


def test_that_an_item_without_unit_leaves_no_gap() -> None:
    assert say("{a} {unit} is {b} {unit}.", a=1, b=2, unit="").en == "1 is 2."


# --- dialysis and transplantation ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "raised"),
    [
        ({}, {}),
        ({"stop": "2024-06-01"}, {}),
        ({"stop": "2024-05-31"}, {"pr.order": "refuse"}),
        ({"start": None}, {"item.needed": "refuse"}),
        ({"kind": None}, {"item.needed": "refuse"}),
        ({"kind": "HDF"}, {"item.code": "refuse"}),
        ({"start": "2024-02-29"}, {"pr.consent": "ask"}),  # consent on 1 March
        ({"start": "2024-02"}, {"pr.consent": "ask"}),
        ({"start": "2024"}, {}),
        ({"start": "2024-09-02"}, {"item.future": "refuse"}),
    ],
)
def test_that_dialysis_has_a_kind_and_dates_that_fit(protocol, patient, changes, raised) -> None:
    form = KidneyReplacement(**({"kind": "HD", "start": "2024-06-01"} | changes))
    seen = Visit(visit_code="M3", visit_date="2024-06-11", status="DONE")
    findings = check_form(
        form,
        data=patient(),
        visit=Record("v", seen, "p1", "v"),
        protocol=protocol,
        today=date(2024, 9, 1),
    )
    assert {one.check_id: one.level for one in findings} == raised
    for one in findings:
        assert one.message.zh != one.message.en


@pytest.mark.parametrize(
    ("start", "asked"), [("2024-06-11", False), ("2024-06", False), ("2024-06-12", True)]
)
def test_that_dialysis_after_the_visit_it_is_told_at_is_asked_about(
    protocol, patient, start, asked
) -> None:
    form = KidneyReplacement(kind="PD", start=start)
    seen = Visit(visit_code="M3", visit_date="2024-06-11", status="DONE")
    visit = Record("v", seen, "p1", "v")
    found = check_form(form, data=patient(), visit=visit, protocol=protocol)
    assert [one.check_id for one in found] == (["pr.visit"] if asked else [])


def test_that_nobody_is_dialysed_after_death(found, patient) -> None:
    form = KidneyReplacement(kind="HD", start="2024-07-02")
    assert found(form, patient(died="2024-07-01")) == {"death.after": "refuse"}
    assert found(form, patient(died="2024-07-02")) == {}
