"""CTCAE terms beyond one laboratory number: proposals at their printed limits."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.ctcae import CtcaeGrade, treatment_emergent
from lnmonitor.clinical.ctcae_clinical import (
    CLINICAL_STEPS,
    chronic_kidney_disease,
    fever,
    hypertension,
    hypoxia,
    propose,
    proteinuria,
    weight_gain,
)
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth


def span(result: CtcaeGrade) -> tuple[int, int]:
    assert (result.grade is None) is (result.low < result.high)
    assert bool(result.missing) is (result.low < result.high)
    return result.low, result.high


@pytest.mark.parametrize(
    ("sbp", "dbp", "grade"),
    [
        (119, 79, 0),
        (120, 79, 1),
        (119, 80, 1),
        (139, 89, 1),
        (140, 70, 2),
        (110, 90, 2),
        (159, 99, 2),
        (160, 70, 3),
        (110, 100, 3),
    ],
)
def test_that_blood_pressure_is_graded_by_the_worse_reading(
    sbp: float, dbp: float, grade: int
) -> None:
    result = hypertension(sbp, dbp)
    assert (result.grade, result.code, result.version) == (grade, "10020772", "5.0")
    assert all(reason.values["grade"] in range(1, 5) for reason in result.reasons)


def test_that_treatment_and_crisis_raise_the_grade() -> None:
    assert hypertension(110, 70, drugs=1).grade == 2
    assert hypertension(110, 70, drugs=2).grade == 3
    assert hypertension(110, 70, intensified=True).grade == 3
    assert hypertension(110, 70, crisis=True).grade == 4
    assert hypertension(145, 70, drugs=0, crisis=False).grade == 2
    assert span(hypertension(None, 95)) == (2, 3)
    assert hypertension(None, 95).missing == ("sbp",)


@pytest.mark.parametrize(
    ("temperature", "hours", "expected"),
    [
        (37.9, None, (0, 0)),
        (38.0, None, (1, 1)),
        (39.0, None, (1, 1)),
        (39.1, None, (2, 2)),
        (40.0, None, (2, 2)),
        (40.1, 24, (3, 3)),
        (40.1, 25, (4, 4)),
        (40.1, None, (3, 4)),
        (39.5, 30, (2, 2)),
        (None, None, (0, 4)),
    ],
)
def test_that_fever_is_graded(
    temperature: float | None, hours: float | None, expected: tuple[int, int]
) -> None:
    assert span(fever(temperature, hours_above_40=hours)) == expected


@pytest.mark.parametrize(
    ("u24", "dipstick", "grade"),
    [
        (None, 0.5, 0),
        (None, 1, 1),
        (None, 2, 2),
        (None, 3, 2),
        (None, 4, 3),
        (0.999, 4, 1),  # the collection outranks the strip
        (1.0, 0, 2),
        (3.5, 0, 3),
        (0.1, 4, 0),
    ],
)
def test_that_proteinuria_takes_the_collection_before_the_strip(
    u24: float | None, dipstick: float, grade: int
) -> None:
    assert proteinuria(u24, uln=0.15, dipstick=dipstick).grade == grade


def test_that_proteinuria_without_anything_is_open() -> None:
    assert span(proteinuria(None, uln=0.15)) == (0, 3)


@pytest.mark.parametrize(
    ("egfr", "more", "expected"),
    [
        (95, {}, (0, 0)),
        (89, {}, (1, 1)),
        (59, {}, (2, 2)),
        (29, {}, (3, 3)),
        (14, {}, (4, 4)),
        (95, {"upcr_g_g": 0.51}, (1, 1)),
        (95, {"upcr_g_g": 0.5}, (0, 0)),
        (95, {"dipstick": 2}, (1, 1)),
        (95, {"dipstick": 1}, (0, 0)),
        (59, {"dipstick": 4}, (2, 2)),
        (40, {"dialysis": True}, (4, 4)),
        (40, {"dialysis": False}, (2, 2)),
        (None, {"dipstick": 2}, (1, 4)),
        (None, {"dialysis": True}, (4, 4)),
    ],
)
def test_that_kidney_disease_is_graded_by_gfr_protein_and_dialysis(
    egfr: float | None, more: dict[str, float], expected: tuple[int, int]
) -> None:
    assert span(chronic_kidney_disease(egfr, lln=90, **more)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spo2", "at_rest", "airway", "expected"),
    [
        (88, True, None, (0, 0)),
        (87, False, None, (2, 2)),
        (87, True, None, (3, 3)),
        (87, None, None, (2, 3)),
        (95, None, True, (4, 4)),
        (None, None, None, (0, 3)),
    ],
)
def test_that_hypoxia_asks_whether_at_rest(
    spo2: float | None, at_rest: bool | None, airway: bool | None, expected: tuple[int, int]
) -> None:
    assert span(hypoxia(spo2, at_rest=at_rest, airway=airway)) == expected


def test_that_weight_gain_is_graded_from_baseline() -> None:
    kilograms = (62.9, 63, 65.9, 66, 71.9, 72)
    assert [weight_gain(kg, 60).grade for kg in kilograms] == [0, 1, 1, 2, 2, 3]
    assert weight_gain(70, None).missing == ("weight_kg_baseline",)


def test_that_answers_alone_grade_the_other_terms() -> None:
    for term, (code, rows) in CLINICAL_STEPS.items():
        none = {name: False for _, name in rows}
        for grade, name in rows:
            result = propose(term, {**none, "present": True, name: True})
            assert (result.grade, result.code) == (grade, code)
        assert propose(term, {"present": False}).grade == 0
        assert span(propose(term, {})) == (0, 4)
    assert span(propose("Hyperglycemia", {"management_changed": True})) == (2, 4)


@pytest.mark.parametrize(
    ("term", "answers", "expected", "missing"),
    [
        # Treated (2): interruption or presence cannot lower it, life threat could make it 4.
        (
            "Infusion related reaction",
            {"interrupted_or_treated": True},
            (2, 4),
            ("life_threatening", "prolonged_or_recurrent", "admitted"),
        ),
        # Admitted (3): whether it was prolonged (3 too) changes nothing either.
        ("Infusion related reaction", {"admitted": True}, (3, 4), ("life_threatening",)),
        ("Infusion related reaction", {"admitted": True, "life_threatening": False}, (3, 3), ()),
        ("Infusion related reaction", {"life_threatening": True}, (4, 4), ()),
        # One answer no, one open above, one open below.
        (
            "Cytokine release syndrome",
            {"life_threatening": False, "one_vasopressor": False, "hypotension_with_fluids": True},
            (2, 3),
            ("oxygen_40_percent_or_more",),
        ),
        ("Hyperglycemia", {"insulin_or_admitted": True}, (3, 4), ("life_threatening",)),
        (
            "Glucose intolerance",
            {"present": True, "life_threatening": False},
            (1, 3),
            ("insulin_or_severe_symptoms", "diet_or_oral_agent"),
        ),
        (
            "Thromboembolic event",
            {},
            (0, 4),
            ("life_threatening", "urgent_intervention", "medical_intervention", "present"),
        ),
        ("Thromboembolic event", {"present": False}, (0, 0), ()),
    ],
)
def test_that_only_questions_above_the_certain_grade_are_missing(
    term: str, answers: dict[str, bool], expected: tuple[int, int], missing: tuple[str, ...]
) -> None:
    result = propose(term, answers)
    assert span(result) == expected
    assert result.missing == missing


def test_that_terms_of_a_proposal_can_be_compared_with_baseline() -> None:
    assert treatment_emergent(hypertension(150, 70), hypertension(130, 70)) is Truth.YES
    assert treatment_emergent(hypertension(150, 70), hypertension(145, 95)) is Truth.NO


def test_that_impossible_readings_and_unknown_answers_are_refused() -> None:
    refused = [
        lambda: hypertension(0, 70),
        lambda: hypertension(120, -1),
        lambda: hypertension(120, 70, drugs=-1),
        lambda: fever(50),
        lambda: fever(40.5, hours_above_40=-1),
        lambda: proteinuria(None, dipstick=7),
        lambda: chronic_kidney_disease(90, upcr_g_g=-1),
        lambda: chronic_kidney_disease(90, dipstick=5),
        lambda: hypoxia(101),
        lambda: weight_gain(0, 60),
        lambda: weight_gain(60, 0),
        lambda: propose("Nausea", {}),
        lambda: propose("Hyperglycemia", {"admitted": True}),
    ]
    for call in refused:
        with pytest.raises(InvalidInput):
            call()


ANSWERED = {
    ("Infusion related reaction", "10051792"): {
        "present": 1,
        "interrupted_or_treated": 2,
        "prolonged_or_recurrent": 3,
        "admitted": 3,
        "life_threatening": 4,
    },
    ("Cytokine release syndrome", "10052015"): {
        "present": 1,
        "hypotension_with_fluids": 2,
        "oxygen_below_40_percent": 2,
        "one_vasopressor": 3,
        "oxygen_40_percent_or_more": 3,
        "life_threatening": 4,
    },
    ("Thromboembolic event", "10043565"): {
        "present": 1,
        "medical_intervention": 2,
        "urgent_intervention": 3,
        "life_threatening": 4,
    },
    ("Hyperglycemia", "10020639"): {
        "present": 1,
        "management_changed": 2,
        "insulin_or_admitted": 3,
        "life_threatening": 4,
    },
    ("Glucose intolerance", "10052426"): {
        "present": 1,
        "diet_or_oral_agent": 2,
        "insulin_or_severe_symptoms": 3,
        "life_threatening": 4,
    },
}
"""Term and code; what each answer alone makes of it: CTCAE v5.0, the rows of these terms."""


@pytest.mark.parametrize(("term", "code"), ANSWERED)
def test_that_each_answer_alone_gives_its_printed_grade(term: str, code: str) -> None:
    grades = ANSWERED[term, code]
    for name, grade in grades.items():
        found = propose(term, {**dict.fromkeys(grades, False), "present": True, name: True})
        assert (found.grade, found.term, found.code) == (grade, term, code), name


def test_that_no_other_term_is_graded_by_answers() -> None:
    assert set(CLINICAL_STEPS) == {term for term, _ in ANSWERED}
