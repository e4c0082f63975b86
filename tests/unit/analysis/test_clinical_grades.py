"""Proposed CTCAE grades: from signs and answers, beside the laboratory's, never instead of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from patients import Builder, started

from lnmonitor.analysis.clinical_grades import (
    beside_the_grade,
    laboratory_grade,
    propose_at_visit,
    propose_for_event,
    raised_by_event,
)
from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.analysis.explain import explain, reason_text
from lnmonitor.analysis.laboratory_grades import worst_grade
from lnmonitor.clinical.results import Truth
from lnmonitor.study.forms import AdverseEvent
from lnmonitor.study.protocol import load_protocol

PROTOCOL = load_protocol("ln-msc-01")


def _course(b: Builder) -> Course:
    return evaluate(b.data(), PROTOCOL, today=date(2026, 9, 1))


# --- a visit -----------------------------------------------------------------------------------


def test_that_signs_of_a_visit_propose_grades_and_store_none() -> None:
    b = started()
    b.vitals(b.visit("SCR", -7), weight_kg=50)
    m1 = b.visit("M1", 30)
    b.vitals(m1, systolic=145, diastolic=85, temperature_c=38.4, spo2=96, weight_kg=56)
    b.vitals(m1, temperature_c=39.2, timepoint="END")
    course = _course(b)
    found = propose_at_visit(b.data(), course, course.visits[-1])
    # 145 mmHg: 2; 39.2 °C, the highest: 2; 96 %: none; 56 of 50 kg is 12 % more: 2.
    assert {term: grade.low for term, grade in found.items()} == {
        "Hypertension": 2,
        "Fever": 2,
        "Weight gain": 2,
    }
    assert not [key for key in course.visits[-1].outcomes if "Hypertension" in key]


def test_that_the_kidney_proposes_by_collection_and_estimate() -> None:
    b = started()
    m1 = b.visit("M1", 30)
    b.lab(m1, 30, "U24P", 1.2)
    b.lab(m1, 30, "CREAT", 150)  # CKD-EPI 2021, woman of 31: 42 mL/min
    course = _course(b)
    found = propose_at_visit(b.data(), course, course.visits[0])
    assert {term: grade.grade for term, grade in found.items()} == {
        "Proteinuria": 2,
        "Chronic kidney disease": 2,
    }


def test_that_a_range_of_another_unit_keeps_a_term_from_being_proposed() -> None:
    """150 is the upper limit in mg: no collection in g would pass it."""
    b = started()
    m1 = b.visit("M1", 30)
    b.lab(m1, 30, "U24P", 0.4, range_high=150)
    b.lab(m1, 30, "CREAT", 150)
    course = _course(b)
    found = propose_at_visit(b.data(), course, course.visits[0])
    assert {term: grade.grade for term, grade in found.items()} == {"Chronic kidney disease": 2}


def test_that_a_visit_without_signs_proposes_nothing() -> None:
    b = started()
    b.visit("M1", 30)
    course = _course(b)
    assert propose_at_visit(b.data(), course, course.visits[0]) == {}


# --- an event ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "low", "high"),
    [
        ({"hospitalised": "Y", "life_threatening": "N", "death": "N"}, 3, 3),
        ({"hospitalised": "Y"}, 3, 5),
        ({"life_threatening": "Y", "death": "N"}, 4, 4),
        ({"death": "Y"}, 5, 5),
        ({"outcome": "FATAL"}, 5, 5),
    ],
)
def test_that_answers_propose_by_the_general_scale(
    answers: dict[str, Any], low: int, high: int
) -> None:
    found = propose_for_event(AdverseEvent(term="Pneumonia", **answers))
    assert found is not None
    assert (found.low, found.high) == (low, high)
    told = explain(found, "en")
    assert told.title.startswith("Pneumonia: proposed grade ")
    assert "never assigned" in told.sentence


def test_that_an_event_without_such_an_answer_proposes_nothing() -> None:
    assert propose_for_event(AdverseEvent(term="Cough")) is None
    assert propose_for_event(AdverseEvent(term="Cough", serious="N")) is None


def test_that_an_infusion_reaction_is_graded_by_its_own_answers() -> None:
    event = AdverseEvent(
        term="Shivering",
        ctcae_term="infusion related reaction",
        action="INTERRUPTED",
        life_threatening="N",
        hospitalised="N",
    )
    found = propose_for_event(event)
    assert found is not None
    assert found.rule.id == "ctcae"
    # Interrupted: 2; whether it was prolonged (3) is not asked.
    assert (found.low, found.high) == (2, 3)


def test_that_the_laboratory_s_grade_stands_below_what_the_answers_propose() -> None:
    event = AdverseEvent(term="x", hospitalised="Y", life_threatening="N", death="N")
    assert propose_for_event(event, 2).low == 3  # type: ignore[union-attr]
    assert propose_for_event(event, 4).low == 4  # type: ignore[union-attr]
    assert propose_for_event(AdverseEvent(term="x", serious="N"), 2).grade == 2  # type: ignore[union-attr]


# --- a laboratory grade ------------------------------------------------------------------------


def _anaemia(**answers: Any) -> tuple[Builder, Course]:
    """Haemoglobin 118 at screening (normal from 115), 95 g/L at month 1: grade 2."""
    b = started()
    for code, day, value in (("SCR", -7, 118), ("M1", 30, 95)):
        b.lab(b.visit(code, day), day, "HGB", value)
    if answers:
        b.add(AdverseEvent(term="Bleeding", ctcae_term="Anemia", start=b.iso(25), **answers))
    return b, _course(b)


def test_that_a_grade_above_baseline_is_treatment_emergent() -> None:
    b, course = _anaemia()
    (reason,) = beside_the_grade(b.data(), course, course.visits[-1], "Anemia")
    assert (reason.code, reason.met) == ("ctcae.emergent", Truth.YES)
    text = "Treatment-emergent: above the grade at baseline: grade 2, baseline 0"
    assert reason_text(reason, "en") == text
    assert beside_the_grade(b.data(), course, course.visits[0], "Anemia") == ()


def test_that_without_a_baseline_emergence_is_open() -> None:
    b = started()
    b.lab(b.visit("M1", 30), 30, "HGB", 95)
    course = _course(b)
    (reason,) = beside_the_grade(b.data(), course, course.visits[0], "Anemia")
    assert reason.met is Truth.UNKNOWN


def test_that_an_abnormal_baseline_is_named_where_it_changes_the_limits() -> None:
    for start, code in ((35, "ctcae.baseline_normal"), (60, "ctcae.baseline_abnormal")):
        b = started()
        for visit, day, value in (("SCR", -7, start), ("M1", 30, 200)):
            b.lab(b.visit(visit, day), day, "ALT", value)  # normal up to 40
        course = _course(b)
        found = beside_the_grade(
            b.data(), course, course.visits[-1], "Alanine aminotransferase increased"
        )
        assert [reason.code for reason in found] == ["ctcae.emergent", code]


def test_that_an_admission_proposes_a_higher_grade_and_leaves_the_laboratory_s() -> None:
    b, course = _anaemia(hospitalised="Y")
    visit = course.visits[-1]
    assert raised_by_event(b.data(), visit, "HGB") == 3
    assert worst_grade(visit, "HGB") == 2
    told = beside_the_grade(b.data(), course, visit, "Anemia")[-1]
    assert reason_text(told, "en") == (
        "Proposed by the event Bleeding: grade 3: the laboratory alone says 2"
    )


def test_that_a_proposal_no_higher_than_the_laboratory_s_grade_is_not_shown() -> None:
    b = started()
    for code, day, value in (("SCR", -7, 118), ("M1", 30, 75)):  # under 80 g/L: grade 3
        b.lab(b.visit(code, day), day, "HGB", value)
    b.add(AdverseEvent(ctcae_term="Anemia", start=b.iso(25), hospitalised="Y"))
    visit = _course(b).visits[-1]
    assert worst_grade(visit, "HGB") == 3
    assert raised_by_event(b.data(), visit, "HGB") is None


@pytest.mark.parametrize("answers", [{"stop": "2025-07-01", "hospitalised": "Y"}, {"grade": 4}])
def test_that_an_event_of_another_time_or_without_answers_proposes_nothing(
    answers: dict[str, Any],
) -> None:
    b, course = _anaemia(**answers)
    assert raised_by_event(b.data(), course.visits[-1], "HGB") is None


def test_that_an_event_finds_the_laboratory_grade_of_its_days() -> None:
    b, course = _anaemia(hospitalised="Y")
    event = b.data().of(AdverseEvent)[0].form
    assert laboratory_grade(course, event) == 2
    over = event.model_copy(update={"stop": "2025-07-01"})
    assert laboratory_grade(course, over) == 0
    assert laboratory_grade(course, event.model_copy(update={"ctcae_term": None})) == 0
