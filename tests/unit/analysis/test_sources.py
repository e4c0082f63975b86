"""From the numbers of an explanation to the records they came from, by patient 01-047."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from patients import Builder, renal, started, story_047

from lnmonitor.analysis.course import evaluate
from lnmonitor.analysis.event_reporting import reporting
from lnmonitor.analysis.model import Course, Undetermined, VisitAssessment
from lnmonitor.analysis.source_records import Source
from lnmonitor.analysis.sources import Sources, sources
from lnmonitor.clinical.results import Rule, Truth
from lnmonitor.study.forms import AdverseEvent, LabResult
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.records import PatientData

PROTOCOL = load_protocol("ln-msc-01")
TODAY = date(2026, 5, 12)


@pytest.fixture(scope="module")
def data() -> PatientData:
    return story_047()


@pytest.fixture(scope="module")
def course(data: PatientData) -> Course:
    return evaluate(data, PROTOCOL, today=TODAY)


def at(course: Course, code: str) -> VisitAssessment:
    return next(visit for visit in course.visits if visit.code == code)


def behind(course: Course, data: PatientData, code: str, key: str) -> Sources:
    visit = at(course, code)
    outcome = visit.outcomes[key]
    return sources(course, data, outcome, "en", key=key, visit_id=visit.visit_id)


def told(found: Sources) -> list[tuple[str, str]]:
    return [(one.words, one.visit_code) for one in found.values]


def lab(data: PatientData, visit_id: str, analyte: str) -> str:
    return next(r.id for r in data.at_visit(visit_id, LabResult) if r.form.analyte == analyte)


# --- numbers -----------------------------------------------------------------------------------


def test_that_a_response_leads_to_its_values_and_to_those_of_the_baseline(
    course: Course, data: PatientData
) -> None:
    found = told(behind(course, data, "M9", "response.set-a"))
    assert ("24-h urine protein 0.41 g/24 h", "M9") in found
    assert ("Creatinine 79 umol/L", "M9") in found or ("Creatinine 79 µmol/L", "M9") in found
    assert any(words.startswith("Creatinine 113 ") and at == "SCR" for words, at in found)


def test_that_a_link_names_the_record_of_its_value(course: Course, data: PatientData) -> None:
    found = behind(course, data, "M9", "response.set-a").values
    protein = next(one for one in found if one.item == "U24P" and one.visit_code == "M9")
    visit_id = at(course, "M9").visit_id
    assert protein == Source(
        "24-h urine protein", "LB", "U24P", visit_id, lab(data, visit_id, "U24P"), "M9",
        at(course, "M9").date, "0.41 g/24 h",
    )  # fmt: skip


def test_that_every_compared_number_is_that_of_its_record(
    course: Course, data: PatientData
) -> None:
    """The record behind each "before" and "baseline" of a laboratory value holds that number."""
    records = {record.id: record.form for record in data.records}
    looked = 0
    for visit in course.visits:
        for key, outcome in visit.outcomes.items():
            for reason in outcome.reasons:
                one = replace(outcome, reasons=(reason,))
                found = sources(course, data, one, "en", key=key, visit_id=visit.visit_id).values
                for name in ("previous", "baseline"):
                    number, item = reason.values.get(name), reason.values.get("item")
                    if item != "creatinine_umol_l" or number is None:
                        continue
                    looked += 1
                    forms = [records[source.record_id] for source in found]
                    assert number in [getattr(form, "value", None) for form in forms], reason
    assert looked > 20


def test_that_a_number_that_no_record_holds_leads_nowhere(
    course: Course, data: PatientData
) -> None:
    visit = at(course, "M9")
    outcome = visit.outcomes["response.set-a"]
    reason = next(r for r in outcome.reasons if r.values.get("baseline") == 113)
    other = replace(reason, values={**reason.values, "baseline": 114})
    changed = replace(outcome, reasons=(other,))
    found = sources(course, data, changed, "en", key="response.set-a", visit_id=visit.visit_id)
    assert [one.visit_code for one in found.values] == ["M9"]


def test_that_a_flare_leads_to_its_sample_and_to_the_lowest_before_it(
    course: Course, data: PatientData
) -> None:
    (flare,) = course.flares
    found = told(sources(course, data, flare, "en", visit_id=at(course, "M1").visit_id))
    assert found == [
        ("24-h urine protein 1.38 g/24 h", "UNS"),
        ("24-h urine protein 0.41 g/24 h", "M9"),
    ]


def test_that_a_flag_leads_to_the_remission_before_and_to_all_its_records(
    course: Course, data: PatientData
) -> None:
    flag = next(one for one in course.flags if one.kind == "flare.suspected")
    found = sources(course, data, flag, "en", key="flag", visit_id=flag.visit_id).values
    assert [(one.form, one.item, one.visit_code) for one in found] == [
        ("LB", "U24P", "M9"),
        ("LB", "U24P", "UNS"),
        ("CMG", "", ""),  # was treatment escalated since?
        ("CMI", "", ""),
        ("LB", "CREAT", "UNS"),
    ]
    assert set(flag.record_ids) <= {one.record_id for one in found}


def test_that_a_score_leads_to_its_answers_and_not_to_the_results_of_their_names(
    course: Course, data: PatientData
) -> None:
    found = behind(course, data, "M1", "sledai").values
    assert [(one.form, one.item) for one in found] == [
        ("SLEDAI", "haematuria"),
        ("SLEDAI", "proteinuria"),
        ("SLEDAI", "rash"),
        ("SLEDAI", "low_complement"),
    ]
    assert {one.words for one in found} >= {"Rash Yes"}


def test_that_an_estimated_gfr_leads_to_creatinine_age_and_sex(
    course: Course, data: PatientData
) -> None:
    found = behind(course, data, "M6", "egfr").values
    assert [(one.form, one.item, one.visit_id is None) for one in found] == [
        ("LB", "CREAT", False),
        ("DM", "age_at_consent", True),
        ("DM", "sex", True),
    ]


def test_that_a_letter_leads_to_the_assessment_it_is_compared_with(
    course: Course, data: PatientData
) -> None:
    found = told(behind(course, data, "M3", "bilag.renal"))
    assert ("24-h urine protein 1.34 g/24 h", "M3") in found
    assert {code for _, code in found} <= {"M1", "M3"}


def test_that_a_letter_passes_over_a_visit_that_assessed_nothing() -> None:
    b = started()
    renal(b, b.visit("M1", 29), 29, 3.0, 113)
    between = b.visit("UNS", 60)
    b.labs(between, 60, CREAT=113)  # the same number, but no assessment of the kidney
    renal(b, b.visit("M3", 91), 91, 3.0, 160)
    data = b.data()
    found = told(behind(evaluate(data, PROTOCOL, today=TODAY), data, "M3", "bilag.renal"))
    creatinine = [code for words, code in found if words.startswith("Creatinine")]
    assert creatinine == ["M3", "M1"]


def test_that_a_dose_leads_to_the_drugs_in_force_that_day(
    course: Course, data: PatientData
) -> None:
    found = behind(course, data, "M3", "steroids").values
    assert [one.words for one in found] == ["Prednisone 15 mg Once a day"]
    assert found[0].visit_id is None
    taper = told(behind(course, data, "M3", "steroids.taper"))
    assert ("Prednisone 40 mg Once a day", "") in taper


def test_that_an_infusion_leads_to_its_form(course: Course, data: PatientData) -> None:
    check = course.infusions[0].check
    d0 = at(course, "D0").visit_id
    found = sources(course, data, check, "en", key="infusion", visit_id=d0).values
    assert {one.form for one in found} == {"EX"}
    assert {"started_at", "stopped_at", "weight_date"} <= {one.item for one in found}


def test_that_an_event_leads_to_its_answers(course: Course, data: PatientData) -> None:
    record = data.of(AdverseEvent)[0]
    found = sources(course, data, reporting(record.form), "en", record_id=record.id)
    assert [(one.item, one.record_id) for one in found.values] == [("hospitalised", record.id)]
    assert found.of_missing("expected") == Source("Expected", "AE", "expected", None, record.id)
    assert found.of_missing("causality") is not None


def test_that_the_words_follow_the_language(course: Course, data: PatientData) -> None:
    visit = at(course, "M1")
    outcome = visit.outcomes["sledai"]
    found = sources(course, data, outcome, "zh", key="sledai", visit_id=visit.visit_id)
    assert "皮疹 是" in {one.words for one in found.values}
    assert found.of_missing("dsdna") is not None
    assert found.of_missing("dsdna").what == "抗 dsDNA 升高"  # type: ignore[union-attr]


def test_that_a_sign_after_the_infusion_leads_to_the_reading_before_it_too() -> None:
    b = started()
    d0 = b.visit("D0", 0)
    at_0 = b.iso(0)
    before = b.vitals(d0, timepoint="PRE", measured_at=f"{at_0}T09:45", temperature_c=36.6)
    after = b.vitals(d0, timepoint="H2", measured_at=f"{at_0}T12:30", temperature_c=38.4)
    data = b.data()
    found = evaluate(data, PROTOCOL, today=TODAY)
    flag = next(one for one in found.flags if one.kind == "aesi.fever")
    links = sources(found, data, flag, "en", key="flag", visit_id=flag.visit_id).values
    assert [(s.record_id, s.item) for s in links[:2]] == [
        (after, "temperature_c"),
        (before, "temperature_c"),
    ]


# --- missing inputs ----------------------------------------------------------------------------


def test_that_an_answer_not_given_leads_to_its_item(course: Course, data: PatientData) -> None:
    visit = at(course, "M1")
    found = behind(course, data, "M1", "sledai").of_missing("dsdna")
    assert found is not None
    assert (found.form, found.item, found.visit_id) == ("SLEDAI", "dsdna", visit.visit_id)
    assert found.record_id != ""


def _without_creatinine() -> Builder:
    b = started()
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    m3 = b.visit("M3", 91)
    b.lab(m3, 91, "U24P", 0.4, complete_collection="Y")
    b.labs(m3, 91, URBC=1, UWBC=1)
    return b


def test_that_a_result_not_entered_leads_to_the_laboratory_of_its_visit() -> None:
    data = _without_creatinine().data()
    found = evaluate(data, PROTOCOL, today=TODAY)
    missing = behind(found, data, "M3", "response.set-a")
    wanted = missing.of_missing("creatinine_umol_l")
    assert wanted is not None
    assert (wanted.form, wanted.item, wanted.record_id) == ("LB", "CREAT", "")
    assert (wanted.visit_code, wanted.value) == ("M3", "")
    casts = missing.of_missing("sediment")
    assert casts is not None
    assert casts.item == "UCASTS"  # the cells are known


def _lacking(course: Course, data: PatientData, code: str, name: str) -> Source | None:
    """Return where a visit's result would be completed that misses an input."""
    lacks = Undetermined(Rule("some-rule", "1"), missing=(name,))
    visit = at(course, code)
    return sources(course, data, lacks, "en", key="lldas", visit_id=visit.visit_id).of_missing(name)


def test_that_a_computed_input_leads_to_what_it_lacks_itself(
    course: Course, data: PatientData
) -> None:
    wanted = _lacking(course, data, "M1", "sledai")  # a range: anti-dsDNA is not answered
    assert wanted is not None
    assert (wanted.form, wanted.item, wanted.visit_code) == ("SLEDAI", "dsdna", "M1")


def test_that_a_baseline_not_entered_leads_to_the_last_visit_up_to_day_0(
    course: Course, data: PatientData
) -> None:
    wanted = _lacking(course, data, "M3", "creatinine_umol_l_baseline")
    assert wanted is not None
    assert (wanted.item, wanted.visit_code, wanted.record_id) == ("CREAT", "D0", "")


def test_that_what_stands_before_leads_to_the_visit_before(
    course: Course, data: PatientData
) -> None:
    wanted = _lacking(course, data, "M3", "previous_sledai")
    assert wanted is not None
    assert wanted.visit_code == "M1"
    assert _lacking(course, data, "SCR", "previous_sledai") is None


def test_that_what_nobody_enters_has_no_field(course: Course, data: PatientData) -> None:
    assert _lacking(course, data, "M3", "second_sample") is None


def test_that_an_open_reason_leads_to_a_field(course: Course, data: PatientData) -> None:
    """Where a criterion is open for want of a number of this visit, there is a way to enter it."""
    for visit in course.visits:
        for key, outcome in visit.outcomes.items():
            found = sources(course, data, outcome, "en", key=key, visit_id=visit.visit_id)
            for reason in outcome.reasons:
                item = str(reason.values.get("item") or "")
                now = reason.values.get("value") is None
                if reason.met is Truth.UNKNOWN and now and item not in {"", "previous_sledai"}:
                    assert found.of_missing(item) is not None, (visit.code, key, reason)
