"""Courses written by hand; expected scores, responses and flags are worked out from the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from patients import Builder, remitted, renal, started, story_047

from lnmonitor.analysis.course import Course, VisitAssessment, evaluate
from lnmonitor.analysis.laboratory_grades import worst_grade
from lnmonitor.analysis.model import Refused
from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.response import Response
from lnmonitor.study.forms import (
    Bilag2004,
    Demographics,
    Disposition,
    Glucocorticoid,
    Immunosuppressant,
    LabResult,
    Sledai2K,
)
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.records import PatientData

PROTOCOL = load_protocol("ln-msc-01")
TODAY = date(2026, 5, 12)


def _run(b: Builder) -> Course:
    return evaluate(b.data(), PROTOCOL, today=TODAY)


def _visit(course: Course, code: str) -> VisitAssessment:
    return next(visit for visit in course.visits if visit.code == code)


def _kinds(course: Course) -> list[str]:
    return [flag.kind for flag in course.flags]


# --- the story of the design ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def story() -> Course:
    return evaluate(story_047(), PROTOCOL, today=TODAY)


def test_that_the_scores_are_those_of_the_design(story: Course) -> None:
    scores = [v.sledai() for v in story.visits]
    shown = [None if s is None else (s.low, s.high) for s in scores]
    assert shown == [(16, 16), None, (12, 14), (8, 8), (6, 6), (2, 2), (8, 8)]


def test_that_the_renal_letters_are_those_of_the_design(story: Course) -> None:
    grades = [visit.bilag() for visit in story.visits]
    letters = [None if g is None or g.grade is None else g.grade.value for g in grades]
    assert letters == ["A", None, "B", "C", "C", "C", "B"]


def test_that_egfr_is_ckd_epi_2021_at_the_age_of_the_visit(story: Course) -> None:
    # 142 x (S/0.7)^-1.2 x 0.9938^31 x 1.012 with S = 96 / 88.4 mg/dL.
    expected = 142 * (96 / 88.4 / 0.7) ** -1.2 * 0.9938**31 * 1.012
    assert story.visits[-1].egfr() == pytest.approx(expected)
    assert [round(v.egfr() or 0) for v in story.visits if v.egfr()] == [58, 59, 82, 85, 88, 70]


def test_that_responses_are_those_of_the_design(story: Course) -> None:
    named = {v.code: v.response() for v in story.visits}
    assert named["SCR"] is None
    assert named["M1"] is Response.NR  # 2.86 of 4.12 g is not half
    assert named["M3"] is Response.PR
    assert named["M9"] is Response.CR
    assert (story.ever_in_remission, story.first_remission_day) == (True, 95)


def test_that_the_unscheduled_sample_raises_a_suspected_flare(story: Course) -> None:
    assert _kinds(story) == ["flare.suspected"]
    flag = story.flags[0]
    assert (flag.severity, flag.day, flag.visit_id) == ("serious", 329, "v-UNS-329")
    assert flag.reasons[-1].code == "flag.second_sample"
    assert flag.reasons[-1].values["first"] == "2026-05-14"
    assert flag.reasons[-1].values["last"] == "2026-07-02"


def test_that_prednisone_is_the_dose_in_force_on_the_day(story: Course) -> None:
    assert [v.prednisone_mg for v in story.visits] == [40, 40, 30, 15, 10, 10, 7.5]


# --- flares ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "status"), [(6, "suspected"), (7, "confirmed"), (56, "confirmed"), (57, "suspected")]
)
def test_that_a_second_sample_confirms_from_day_7_to_56(days: int, status: str) -> None:
    flare = _run(remitted(days)).flares[0]
    assert isinstance(flare, FlareFinding)
    assert (flare.status, flare.onset_day) == (status, 182)


def test_that_the_flag_is_promoted_when_the_flare_is_confirmed() -> None:
    before, after = _run(remitted(None)), _run(remitted(14))
    assert "flare.suspected" in _kinds(before)
    assert "flare.confirmed" in _kinds(after)
    assert "flare.suspected" not in _kinds(after)


def test_that_a_sample_back_below_the_limit_leaves_the_flare_unconfirmed() -> None:
    course = _run(remitted(14, value=0.6))
    flag = next(flag for flag in course.flags if flag.kind == "flare.suspected")
    assert flag.severity == "info"
    assert flag.reasons[-1].code == "flag.flare_not_confirmed"


def test_that_treatment_raised_for_activity_confirms_the_flare() -> None:
    b = remitted(None)
    b.add(
        Immunosuppressant(
            drug="CYC",
            dose=0.8,
            dose_unit="g",
            frequency="Q4W",
            route="IV",
            start=b.iso(190),
            indication="ACTIVITY",
        )
    )
    assert "flare.confirmed" in _kinds(_run(b))


def test_that_an_unchanged_drug_continued_for_activity_is_no_escalation() -> None:
    b = remitted(None)
    for start, stop in ((-100, 189), (190, None)):
        b.add(
            Immunosuppressant(
                drug="MMF",
                dose=1,
                dose_unit="g",
                frequency="BID",
                start=b.iso(start),
                stop=None if stop is None else b.iso(stop),
                indication="ACTIVITY",
            )
        )
    assert "flare.suspected" in _kinds(_run(b))


@pytest.mark.parametrize(
    ("dose", "drug", "route", "status"),
    [
        (30, "PREDNISONE", "ORAL", "confirmed"),
        (10, "PREDNISONE", "ORAL", "suspected"),  # as before
        (500, "METHYLPREDNISOLONE", "IV", "confirmed"),  # a pulse
    ],
)
def test_that_prednisone_raised_for_activity_confirms_the_flare(
    dose: float, drug: str, route: str, status: str
) -> None:
    b = remitted(None)
    b.add(
        Glucocorticoid(
            drug="PREDNISONE", dose_mg=10, frequency="QD", start=b.iso(-90), stop=b.iso(189)
        )
    )
    b.add(
        Glucocorticoid(
            drug=drug,
            dose_mg=dose,
            frequency="QD",
            route=route,
            start=b.iso(190),
            indication="ACTIVITY",
        )
    )
    flare = _run(b).flares[0]
    assert isinstance(flare, FlareFinding)
    assert flare.status == status


@pytest.mark.parametrize(
    ("operator", "value", "response"),
    [("<", 0.15, Response.CR), ("<", 0.6, Response.UNKNOWN), (">", 2.0, Response.UNKNOWN)],
)
def test_that_a_censored_protein_counts_only_where_its_side_of_every_limit_is_sure(
    operator: str, value: float, response: Response
) -> None:
    b = started()
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    m3 = b.visit("M3", 91)
    b.lab(m3, 91, "U24P", value, operator=operator)
    b.labs(m3, 91, CREAT=60, URBC=1, UWBC=1)
    b.casts(m3, 91)
    assert _visit(_run(b), "M3").response() is response


def test_that_a_censored_result_is_graded_only_where_both_ends_agree() -> None:
    # Platelets "< 20" are grade 4 wherever they are; "< 60" may be grade 2, 3 or 4.
    b = started()
    for code, day, value in (("M1", 30, 20.0), ("M3", 91, 60.0)):
        b.lab(b.visit(code, day), day, "PLT", value, operator="<")
    term = "ctcae.Platelet count decreased"
    grades = [visit.outcomes[term] for visit in _run(b).visits]
    assert [(g.grade, g.low, g.high) for g in grades] == [(4, 4, 4), (None, 2, 4)]  # type: ignore[attr-defined]


def test_that_nobody_flares_without_an_earlier_remission() -> None:
    b = started()
    for code, day, protein in (("SCR", -7, 3.0), ("M3", 91, 2.8), ("M6", 182, 6.0)):
        renal(b, b.visit(code, day), day, protein, 60)
    course = _run(b)
    assert course.flares == ()
    assert course.ever_in_remission is False


# --- missing, censored and impossible values ------------------------------------------------------


def test_that_a_missing_protein_leaves_the_response_unknown() -> None:
    b = started()
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    m3 = b.visit("M3", 91)
    b.lab(m3, 91, "U24P", None, missing="ND")
    b.labs(m3, 91, CREAT=60, URBC=1, UWBC=1)
    course = _run(b)
    assert _visit(course, "M3").response() is Response.UNKNOWN
    assert course.ever_in_remission is None
    assert _visit(course, "M3").labs["U24P"].missing == "ND"


def test_that_a_planned_visit_without_any_protein_record_is_unknown_too() -> None:
    b = started()
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    b.visit("M3", 91)
    b.labs(b.visit("D1", 1), 1, CREAT=60)
    course = _run(b)
    assert _visit(course, "M3").response() is Response.UNKNOWN
    assert _visit(course, "D1").response() is None


def test_that_an_incomplete_collection_is_not_used_and_is_flagged() -> None:
    b = started()
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    m3 = b.visit("M3", 91)
    b.lab(m3, 91, "U24P", 0.3, complete_collection="N")
    b.labs(m3, 91, CREAT=60, URBC=1, UWBC=1)
    b.casts(m3, 91)
    course = _run(b)
    assert _visit(course, "M3").response() is Response.UNKNOWN
    assert "urine.incomplete" in _kinds(course)


def test_that_a_ratio_is_tested_in_the_unit_the_laboratory_reported() -> None:
    # 0.45 g/g is 50.9 mg/mmol: complete by the limit in g/g, not by the one in mg/mmol.
    answers = []
    for value, unit in ((0.45, "g/g"), (50.9, "mg/mmol")):
        b = started()
        for code, day, ratio in (("SCR", -7, 6 * value), ("M3", 91, value)):
            visit = b.visit(code, day)
            b.lab(visit, day, "UPCR", ratio, unit=unit)
            b.labs(visit, day, CREAT=60, URBC=1, UWBC=1)
            b.casts(visit, day)
        answers.append(_visit(_run(b), "M3").response())
    assert answers == [Response.CR, Response.PR]


def test_that_the_value_nearest_to_the_visit_is_taken() -> None:
    b = started()
    m3 = b.visit("M3", 91)
    b.lab(m3, 80, "CREAT", 50)
    b.lab(m3, 92, "CREAT", 60)
    b.lab(m3, 100, "CREAT", 70)
    b.lab(m3, 91, "CREAT", None, missing="ND")
    assert _visit(_run(b), "M3").lab("CREAT") == 60


def test_that_a_value_of_unknown_side_proposes_nothing() -> None:
    # Limit 100 IU/mL: "< 200" may be either; "> 100" is surely above, "< 100" surely not.
    proposed = []
    for operator, value in (("<", 200.0), (">", 100.0), ("<", 100.0)):
        b = started()
        m3 = b.visit("M3", 91)
        b.lab(m3, 91, "DSDNA", value, operator=operator)
        b.sledai(m3)
        check = _visit(_run(b), "M3").outcomes["sledai.labs"]
        proposed.append("dsdna" in check.contradictions)  # type: ignore[attr-defined]
    assert proposed == [False, True, False]


@pytest.mark.parametrize(
    ("operator", "value", "flag"),
    [("<", 0.9, "L"), ("<", 1.0, ""), (">", 1.8, "H"), (">", 1.7, ""), ("", 0.8, "L")],
)
def test_that_a_censored_value_is_high_or_low_only_where_its_limit_says_so(
    operator: str, value: float, flag: str
) -> None:
    b = started()
    visit = b.visit("M3", 91)
    b.lab(visit, 91, "C3", value, operator=operator or None)  # range 0.9 to 1.8 g/L
    assert _run(b).visits[0].labs["C3"].flag == flag


def test_that_a_tick_against_the_laboratory_is_flagged() -> None:
    b = started()
    m3 = b.visit("M3", 91)
    renal(b, m3, 91, 0.2, 60)
    b.sledai(m3, "proteinuria")
    flag = next(f for f in _run(b).flags if f.kind == "sledai.contradiction")
    assert [r.values["item"] for r in flag.reasons if r.code.startswith("flag.")] == ["proteinuria"]


def test_that_an_attributed_result_contradicts_nothing() -> None:
    b = started()
    m3 = b.visit("M3", 91)
    b.lab(m3, 91, "URBC", 40, due_to_sle="N")
    b.sledai(m3)
    assert "sledai.contradiction" not in _kinds(_run(b))


def test_that_protein_of_another_cause_neither_proposes_nor_grades() -> None:
    b = started()
    m3, m6 = b.visit("M3", 91), b.visit("M6", 182)
    b.lab(m3, 91, "U24P", 3.0, due_to_sle="N")
    b.lab(m3, 91, "CREAT", 150, due_to_sle="N")
    b.sledai(m3)
    b.lab(m6, 182, "U24P", 2.0)
    course = _run(b)
    assert "sledai.contradiction" not in _kinds(course)
    before, now = _visit(course, "M3").bilag(), _visit(course, "M6").bilag()
    assert before is not None
    # Nothing of lupus was measured, and the history says the kidney was involved.
    assert before.grade is Grade.D
    assert now is not None
    # From 3.0 g it fell by a third, which is improved: only the cut-off of C is left.
    assert now.grade is Grade.C


def test_that_an_impossible_stored_value_stops_only_its_own_rules() -> None:
    b = started()
    m3 = b.visit("M3", 91)
    b.labs(m3, 91, CREAT=0, PLT=20)
    visit = _visit(_run(b), "M3")
    assert isinstance(visit.outcomes["egfr"], Refused)
    assert visit.outcomes["egfr"].missing == ("creatinine_umol_l",)
    assert worst_grade(visit, "PLT") == 4


def test_that_an_unknown_unit_keeps_what_was_reported() -> None:
    b = started()
    m3 = b.visit("M3", 91)
    b.lab(m3, 91, "CREAT", 60, unit="stones")
    measured = _visit(_run(b), "M3").labs["CREAT"]
    assert (measured.value, measured.reported) == (None, "60 stones")
    assert "stones" in measured.problem


# --- baseline and BILAG history -------------------------------------------------------------------


def test_that_baseline_is_the_last_value_on_or_before_day_0() -> None:
    b = started()
    renal(b, b.visit("SCR", -10), -10, 2.0, 60)
    b.lab(b.visit("D0", 0), 0, "U24P", 4.0)
    m3 = b.visit("M3", 91)
    renal(b, m3, 91, 1.5, 60)  # half of 4.0, not of 2.0
    assert _visit(_run(b), "M3").response() is Response.PR


def test_that_before_an_infusion_there_is_no_response_and_no_day() -> None:
    b = started(infused=False)
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    course = _run(b)
    assert course.day0 is None
    assert course.visits[0].day is None
    assert course.visits[0].response() is None


def test_that_an_inactive_system_is_d_after_activity_and_e_without() -> None:
    b = started()
    for code, day, score in (("SCR", -7, 2), ("M3", 91, 0)):
        visit = b.visit(code, day)
        b.bilag(visit, arthritis_severe=score)
    course = _run(b)
    first, later = _visit(course, "SCR"), _visit(course, "M3")
    joints = [v.bilag("musculoskeletal") for v in (first, later)]
    assert [g and g.grade for g in joints] == [Grade.A, Grade.D]
    blood = later.bilag("haematological")
    skin = later.bilag("mucocutaneous")
    assert blood is not None
    assert skin is not None
    assert blood.grade is Grade.E  # the history says never
    assert skin.grade is Grade.D  # the history says yes


def test_that_exactly_25_percent_less_protein_is_improved() -> None:
    b = started()
    for code, day, protein in (("SCR", -7, 1.6), ("M1", 30, 1.2)):
        visit = b.visit(code, day)
        renal(b, visit, day, protein, 60)
        b.bilag(visit)
    grades = [v.bilag() for v in _run(b).visits]
    assert [g and g.grade for g in grades] == [Grade.B, Grade.C]


@pytest.mark.parametrize(
    ("biopsy", "criteria", "open_at_first"),
    [
        ("2025-03-05", [(1, 5), (1,)], False),  # three calendar months before 5 June
        ("2025-06-10", [(1,), (1, 5)], False),  # after the first visit, before the second
        ("2025-06", [(1,), (1,)], True),  # may lie on either side
    ],
)
def test_that_a_biopsy_of_the_last_three_months_counts(
    biopsy: str, criteria: list[tuple[int, ...]], open_at_first: bool
) -> None:
    b = started()
    for index, record in enumerate(b.records):
        if record.form.code == "MH":
            changed = record.form.model_copy(update={"biopsy_date": biopsy})
            b.records[index] = type(record)(record.id, changed, record.patient_id)
    for code, day in (("SCR", -7), ("D1", 1)):  # 5 June and 13 June 2025
        renal(b, b.visit(code, day), day, 3.0, 60)
    grades = [v.bilag() for v in _run(b).visits]
    assert [g and getattr(g, "criteria", ()) for g in grades] == criteria
    assert grades[0] is not None
    assert ("active_histology_3mo" in grades[0].missing) is open_at_first


# --- drugs, death, speed --------------------------------------------------------------------------


def test_that_steroids_are_converted_and_pulses_kept_apart() -> None:
    b = started()
    day = b.visit("M1", 30)
    common = {"start": b.iso(0), "route": "ORAL"}
    b.add(Glucocorticoid(drug="METHYLPREDNISOLONE", dose_mg=4, frequency="BID", **common))
    b.add(Glucocorticoid(drug="PREDNISONE", dose_mg=20, frequency="QOD", **common))
    b.add(
        Glucocorticoid(
            drug="METHYLPREDNISOLONE",
            dose_mg=500,
            frequency="QD",
            route="IV",
            start=b.iso(29),
            stop=b.iso(31),
        )
    )
    visit = next(v for v in _run(b).visits if v.visit_id == day)
    assert visit.prednisone_mg == 20  # 8 mg x 1.25 + 20 mg / 2
    assert visit.outcomes["steroids"].pulse_mg == 625  # type: ignore[attr-defined]


def test_that_a_dose_without_a_rate_is_unknown_not_zero() -> None:
    b = started()
    b.visit("SCR", -7)
    b.visit("M1", 30)
    b.add(Glucocorticoid(drug="PREDNISONE", dose_mg=20, frequency="PRN", start=b.iso(0)))
    assert [v.prednisone_mg for v in _run(b).visits] == [None, None]


def test_that_rescue_therapy_ends_the_response() -> None:
    b = started()
    for code, day, protein in (("SCR", -7, 3.0), ("M3", 91, 0.3), ("M6", 182, 0.3)):
        renal(b, b.visit(code, day), day, protein, 60)
    b.add(Immunosuppressant(drug="RTX", dose=1, start=b.iso(120), indication="RESCUE"))
    course = _run(b)
    assert [_visit(course, code).response() for code in ("M3", "M6")] == [
        Response.CR,
        Response.NR,
    ]


def test_that_death_and_the_last_contact_are_days_from_the_infusion() -> None:
    b = started()
    b.visit("M1", 30)
    b.add(Disposition(status="DEATH", occurred_on=b.iso(200), last_contact=b.iso(198)))
    course = _run(b)
    assert (course.death_day, course.last_contact_day, course.withdrawn_day) == (200, 200, 200)


def test_that_a_missed_visit_has_no_results() -> None:
    b = started()
    b.visit("M3", 91, status="MISSED")
    course = _run(b)
    assert course.visits[0].took_place is False
    assert course.visits[0].outcomes == {}


def test_that_a_patient_with_nothing_but_an_id_has_an_empty_course() -> None:
    course = _run(Builder("01-099"))
    assert (course.visits, course.flags, course.ever_in_remission) == ((), (), None)


def test_that_age_follows_a_partial_birth_date_or_the_age_at_consent() -> None:
    ages = []
    for person in (
        Demographics(sex="F", birth_date="1994"),  # 1 July 1994: 30 on 12 June 2025
        Demographics(sex="F", birth_date="1994-06-12"),
        Demographics(sex="F", age_at_consent=30, consent_date="2024-06-01"),
    ):
        b = Builder()
        b.add(person)
        b.labs(b.visit("SCR", 0), 0, CREAT=60)
        reason = _run(b).visits[0].outcomes["egfr"].reasons[0]
        ages.append(reason.values["age_years"])
    assert ages == [30, 31, 31]


def test_that_a_result_reported_in_another_unit_is_converted_once() -> None:
    b = started()
    visit = b.visit("M3", 91)
    b.add(LabResult(analyte="CREAT", collected_on=b.iso(91), value=1, unit="mg/dL"), visit)
    measured = _run(b).visits[0].labs["CREAT"]
    assert (measured.value, measured.unit, measured.reported) == (88.4, "µmol/L", "1 mg/dL")
    assert measured.flag == "H"  # a woman's limit is 73


def test_that_a_creatinine_below_detection_gives_no_egfr() -> None:
    b = started()
    visit = b.visit("M3", 91)
    b.lab(visit, 91, "CREAT", 18.0, operator="<")
    found = _visit(_run(b), "M3")
    assert found.egfr() is None
    assert found.outcomes["egfr"].missing == ("creatinine_umol_l",)


# --- evaluated again ------------------------------------------------------------------------------


def _amended(data: PatientData, kind: type[Form], **changes: object) -> PatientData:
    """The records with the last one of a form amended, the others the same objects."""
    last = data.of(kind)[-1]
    new = replace(last, form=last.form.model_copy(update=changes), row_version=2)
    records = tuple(new if record is last else record for record in data.records)
    return replace(data, records=records)


def test_that_an_amended_record_counts_at_the_next_evaluation_and_back() -> None:
    data = story_047()
    before = evaluate(data, PROTOCOL, today=TODAY)
    items = evaluate(_amended(data, Sledai2K, seizure="Y"), PROTOCOL, today=TODAY)
    scores = [one.visits[-1].sledai() for one in (before, items)]
    assert [score.low for score in scores if score] == [8, 16]
    assert items.visits[:-1] == before.visits[:-1]
    letters = evaluate(_amended(data, Bilag2004, psychosis=4), PROTOCOL, today=TODAY)
    graded = [
        [visit.bilag("neuropsychiatric") for visit in one.visits] for one in (before, letters)
    ]
    severe = [sum(one is not None and one.grade is Grade.A for one in found) for found in graded]
    assert severe == [0, 1]
    born = evaluate(_amended(data, Demographics, birth_date="1950-01-01"), PROTOCOL, today=TODAY)
    assert (born.visits[-1].egfr() or 0) < (before.visits[-1].egfr() or 0)
    assert evaluate(data, PROTOCOL, today=TODAY) == before


def test_that_a_result_of_the_laboratory_that_is_voided_is_gone() -> None:
    data = story_047()
    last = data.of(LabResult)[-1]
    code = last.form.analyte or ""
    before = evaluate(data, PROTOCOL, today=TODAY)
    without = replace(data, records=tuple(one for one in data.records if one is not last))
    after = evaluate(without, PROTOCOL, today=TODAY)
    assert any(visit.lab(code) is not None for visit in before.visits if visit.labs)
    held = [sum(code in visit.labs for visit in one.visits) for one in (before, after)]
    assert held[1] == held[0] - 1
