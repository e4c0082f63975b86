"""The table of CTCAE v5.0 laboratory terms against the printed criteria: codes, units, limits.

Written from NCI's CTCAE v5.0 (27 November 2017), none of it from the module.
"""

from __future__ import annotations

import pytest

from lnmonitor.clinical.ctcae import grade
from lnmonitor.clinical.ctcae_terms import TERMS

CODES = {
    "Anemia": "10002272",
    "White blood cell decreased": "10049182",
    "Neutrophil count decreased": "10029366",
    "Lymphocyte count decreased": "10025256",
    "Platelet count decreased": "10035528",
    "Alanine aminotransferase increased": "10001551",
    "Aspartate aminotransferase increased": "10003481",
    "Alkaline phosphatase increased": "10001675",
    "GGT increased": "10056910",
    "Blood bilirubin increased": "10005364",
    "Creatinine increased": "10011368",
    "Proteinuria": "10037032",
    "Chronic kidney disease": "10064848",
    "Hypoalbuminemia": "10020943",
    "Hyperkalemia": "10020647",
    "Hypokalemia": "10021018",
    "Hyponatremia": "10021038",
    "Hyperuricemia": "10020907",
}
"""MedDRA LLT codes, as printed beside the terms; of the other terms none was read."""

UNITS = {
    ("g/L", "g/dL"): ("Anemia", "Hemoglobin increased", "Hypoalbuminemia"),
    ("g/L", "mg/dL"): ("Haptoglobin decreased", "Fibrinogen decreased"),
    ("10^9/L",): (
        *("White blood cell decreased", "Neutrophil count decreased", "Platelet count decreased"),
        *("Lymphocyte count decreased", "Lymphocyte count increased", "Leukocytosis"),
        "CD4 lymphocytes decreased",
    ),
    ("s",): ("Activated partial thromboplastin time prolonged",),
    ("1",): ("INR increased",),
    ("U/L", "ukat/L"): (
        *("Alanine aminotransferase increased", "Aspartate aminotransferase increased"),
        *("Alkaline phosphatase increased", "GGT increased", "CPK increased"),
        *("Blood lactate dehydrogenase increased", "Lipase increased", "Serum amylase increased"),
    ),
    ("umol/L", "mg/dL"): ("Blood bilirubin increased", "Creatinine increased", "Hyperuricemia"),
    ("g/24 h",): ("Proteinuria",),
    ("mL/min/1.73 m^2",): ("Chronic kidney disease",),
    ("mmol/L",): (
        *("Hyperkalemia", "Hypokalemia", "Hyponatremia", "Hypernatremia"),
        *("Hypocalcemia (Ionized)", "Hypercalcemia (Ionized)"),
    ),
    ("mmol/L", "mg/dL"): (
        *("Hypocalcemia", "Hypercalcemia", "Hypomagnesemia", "Hypermagnesemia"),
        *("Hypoglycemia", "Cholesterol high", "Hypertriglyceridemia"),
    ),
    ("pH",): ("Acidosis", "Alkalosis"),
}

# term, unit, LLN, ULN, symptoms; (value, grade) on both sides of a limit
PRINTED = [
    ("White blood cell decreased", "10^9/L", 3.5, None, None,
     "3.5 0; 3.49 1; 3 1; 2.99 2; 2 2; 1.99 3; 1 3; 0.99 4"),
    ("Neutrophil count decreased", "10^9/L", 1.8, None, None,
     "1.8 0; 1.79 1; 1.5 1; 1.49 2; 1 2; 0.99 3; 0.5 3; 0.49 4"),
    ("Lymphocyte count decreased", "10^9/L", 1.1, None, None,
     "1.1 0; 1.09 1; 0.8 1; 0.79 2; 0.5 2; 0.49 3; 0.2 3; 0.19 4"),
    ("Platelet count decreased", "10^9/L", 125, None, None,
     "125 0; 124 1; 75 1; 74 2; 50 2; 49 3; 25 3; 24 4"),
    ("CD4 lymphocytes decreased", "10^9/L", 0.6, None, None, "0.05 3; 0.049 4"),
    ("Anemia", "g/L", 120, None, None, "120 0; 119 1; 100 1; 99 2; 80 2; 79 3; 20 3"),
    ("Fibrinogen decreased", "g/L", 1.5, None, None, "0.5 3; 0.49 4"),
    ("Fibrinogen decreased", "mg/dL", 150, None, None, "50 3; 49 4"),
    ("Creatinine increased", "umol/L", None, 100, None,
     "100 0; 101 1; 150 1; 151 2; 300 2; 301 3; 600 3; 601 4"),
    ("Chronic kidney disease", "mL/min/1.73 m^2", 90, None, None, "15 3; 14.9 4"),
    ("Hypoalbuminemia", "g/L", 35, None, None, "35 0; 34 1; 30 1; 29 2; 20 2; 19 3; 5 3"),
    ("Hyperkalemia", "mmol/L", None, 5.1, None,
     "5.1 0; 5.2 1; 5.5 1; 5.6 2; 6 2; 6.1 3; 7 3; 7.1 4"),
    ("Hypokalemia", "mmol/L", 3.5, None, False, "3.5 0; 3.4 1; 3 1; 2.9 3; 2.5 3; 2.4 4"),
    ("Hypokalemia", "mmol/L", 3.5, None, True, "3.5 0; 3.6 0; 3.4 2; 3 2; 2.9 3; 2.5 3; 2.4 4"),
    ("Hyponatremia", "mmol/L", 135, None, False,
     "135 0; 134 1; 130 1; 129 2; 125 2; 124 3; 120 3; 119 4"),
    ("Hyponatremia", "mmol/L", 135, None, True,
     "135 0; 134 1; 130 1; 129 3; 125 3; 124 3; 120 3; 119 4"),
    ("Hypomagnesemia", "mmol/L", 0.7, None, None, "0.3 3; 0.29 4"),
    ("Cholesterol high", "mmol/L", None, 5.2, None, "10.34 2; 10.35 3"),
    ("Hypertriglyceridemia", "mmol/L", None, None, None, "5.7 2; 5.71 3; 11.4 3; 11.41 4"),
    ("Hypertriglyceridemia", "mg/dL", None, None, None, "500 2; 501 3; 1000 3; 1001 4"),
    ("Hyperuricemia", "umol/L", None, 360, False, "360 0; 361 1; 900 1"),
    ("Hyperuricemia", "umol/L", None, 360, True, "360 0; 361 3"),
    *(
        (term, "U/L", None, 60, symptoms, printed)
        for term in ("Lipase increased", "Serum amylase increased")
        for symptoms, printed in (
            (False, "60 0; 61 1; 90 1; 91 2; 300 2; 301 3"),
            (True, "60 0; 61 1; 90 1; 91 2; 120 2; 121 3; 300 3; 301 4"),
        )
    ),
]  # fmt: skip


def test_that_every_term_has_the_code_that_was_read() -> None:
    assert {name: term.code for name, term in TERMS.items() if term.code} == CODES


def test_that_every_term_takes_the_units_that_the_criteria_print() -> None:
    assert {n: tuple(t.units) for n, t in TERMS.items()} == {
        name: units for units, names in UNITS.items() for name in names
    }
    assert {name for name, term in TERMS.items() if term.name != name} == set()


@pytest.mark.parametrize(("term", "unit", "lln", "uln", "symptoms", "printed"), PRINTED)
def test_that_a_printed_limit_grades_on_both_sides(
    term: str,
    unit: str,
    lln: float | None,
    uln: float | None,
    symptoms: bool | None,
    printed: str,
) -> None:
    for pair in printed.split(";"):
        value, expected = pair.split()
        found = grade(term, float(value), unit=unit, lln=lln, uln=uln, symptomatic=symptoms)
        assert found.grade == int(expected), pair


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.99, 1), (1.81, 1), (1.8, 2), (1.21, 2), (1.2, 3), (0.61, 3), (0.6, 4), (2.0, 0)],
)
def test_that_fibrinogen_below_normal_falls_by_quarters_of_its_baseline(
    value: float, expected: int
) -> None:
    """Baseline 2.4 g/L: down by 25 % at 1.8, 50 % at 1.2, 75 % at 0.6; LLN 2.0."""
    found = grade("Fibrinogen decreased", value, unit="g/L", lln=2.0, baseline=2.4)
    assert found.grade == expected


def test_that_fibrinogen_under_half_a_gram_is_grade_4_whatever_the_baseline() -> None:
    found = grade("Fibrinogen decreased", 0.49, unit="g/L", lln=0.4, uln=4.0, baseline=4.2)
    assert (found.grade, grade("Fibrinogen decreased", 0.49, unit="g/L").low) == (4, 4)


@pytest.mark.parametrize(
    ("written", "printed", "term"),
    [
        ("×10⁹/L", "10^9/L", "Leukocytosis"),
        ("x10^9/L", "10^9/L", "Leukocytosis"),
        ("10*9/L", "10^9/L", "Leukocytosis"),
        ("10e9/L", "10^9/L", "Leukocytosis"),
        ("10⁹/L", "10^9/L", "Leukocytosis"),
        ("G/L", "10^9/L", "Leukocytosis"),
        ("µmol/L", "umol/L", "Creatinine increased"),  # micro sign
        ("μmol/L", "umol/L", "Creatinine increased"),  # Greek mu
        ("µkat/L", "ukat/L", "CPK increased"),
        ("μkat/L", "ukat/L", "CPK increased"),
        ("IU/L", "U/L", "CPK increased"),
        ("mL/min/1.73 m²", "mL/min/1.73 m^2", "Chronic kidney disease"),
        ("g/d", "g/24 h", "Proteinuria"),
        ("g/24h", "g/24 h", "Proteinuria"),
    ],
)
def test_that_a_unit_is_known_in_its_usual_spellings(written: str, printed: str, term: str) -> None:
    ranges = {"lln": 6.0, "uln": 9.0, "baseline": 7.0}
    assert grade(term, 10.5, unit=written, **ranges) == grade(term, 10.5, unit=printed, **ranges)
