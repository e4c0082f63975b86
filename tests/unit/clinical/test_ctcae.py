"""CTCAE v5.0 laboratory grades against the vector file and the rules' vectors."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lnmonitor.clinical import ctcae
from lnmonitor.clinical.ctcae import CtcaeGrade, grade, treatment_emergent
from lnmonitor.clinical.ctcae_terms import TERMS
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth


def number(text: str) -> float | None:
    return float(text) if text else None


def test_that_every_vector_is_reproduced(shared_data: Path) -> None:
    """The file assumes the worst case where a grade depends on symptoms."""
    with (shared_data / "vectors" / "ctcae5_labs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        result = grade(
            row["term"],
            number(row["value"]),
            unit=row["unit"],
            lln=number(row["lln"]),
            uln=number(row["uln"]),
            baseline=number(row["baseline"]),
            baseline_abnormal={"HIGH": True, "NORMAL": False}.get(row["baseline_flag"]),
            symptomatic=True,
        )
        assert result.grade == number(row["expected_grade"]), row


@pytest.mark.parametrize(
    ("value", "uln", "baseline", "expected"), [(150, 97, 90, 2), (130, 97, 60, 2), (100, 97, 95, 1)]
)
def test_that_creatinine_takes_the_worse_of_range_and_baseline(
    value: float, uln: float, baseline: float, expected: int
) -> None:
    result = grade("Creatinine increased", value, unit="µmol/L", uln=uln, baseline=baseline)
    assert result.grade == expected


@pytest.mark.parametrize(
    ("value", "baseline", "expected"), [(120, 30, 1), (120, 80, 1), (119, 80, 0)]
)
def test_that_alt_is_graded_from_an_abnormal_baseline(
    value: float, baseline: float, expected: int
) -> None:
    term = "Alanine aminotransferase increased"
    assert grade(term, value, unit="U/L", uln=40, baseline=baseline).grade == expected


@pytest.mark.parametrize(
    ("term", "unit", "value", "expected"),
    [
        ("Platelet count decreased", "10^9/L", 75, 1),
        ("Platelet count decreased", "10^9/L", 74.9, 2),
        ("Anemia", "g/L", 100, 1),
        ("Anemia", "g/L", 99.9, 2),
        ("Anemia", "g/L", 79.9, 3),
        ("Chronic kidney disease", "mL/min/1.73 m²", 59, 2),
        ("Chronic kidney disease", "mL/min/1.73 m²", 14, 4),
        ("Hypocalcemia", "mg/dL", 7.9, 2),
        ("Acidosis", "pH", 7.29, 3),
    ],
)
def test_that_falling_terms_have_the_published_edges(
    term: str, unit: str, value: float, expected: int
) -> None:
    lln = {"10^9/L": 125, "g/L": 120, "pH": 7.35, "mg/dL": 8.5}.get(unit, 90)
    assert grade(term, value, unit=unit, lln=lln).grade == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1, 0), (0.15, 1), (0.999, 1), (1.0, 2), (3.49, 2), (3.5, 3)]
)
def test_that_proteinuria_has_inclusive_lower_edges(value: float, expected: int) -> None:
    assert grade("Proteinuria", value, unit="g/24 h", uln=0.15).grade == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(3.0, 0), (1.9, 1), (1.49, 2), (0.99, 3), (0.49, 4)]
)
def test_that_fibrinogen_is_graded_by_the_lower_limit(value: float, expected: int) -> None:
    assert grade("Fibrinogen decreased", value, unit="g/L", lln=2.0).grade == expected


def test_that_fibrinogen_is_graded_by_its_fall_once_abnormal() -> None:
    fallen = grade("Fibrinogen decreased", 1.9, unit="g/L", lln=2.0, baseline=4.0)
    assert fallen.grade == 3
    normal = grade("Fibrinogen decreased", 2.0, unit="g/L", lln=2.0, baseline=8.0)
    assert normal.grade == 0


@pytest.mark.parametrize(
    ("symptomatic", "expected", "low", "high"),
    [(None, None, 2, 3), (False, 2, 2, 2), (True, 3, 3, 3)],
)
def test_that_symptoms_not_known_give_a_range_and_no_grade(
    symptomatic: bool | None, expected: int | None, low: int, high: int
) -> None:
    result = grade("Hyponatremia", 129, unit="mmol/L", lln=135, symptomatic=symptomatic)
    assert (result.grade, result.low, result.high) == (expected, low, high)
    assert result.missing == (("symptomatic",) if symptomatic is None else ())


@pytest.mark.parametrize(("symptomatic", "expected"), [(False, 3), (True, 4)])
def test_that_lipase_above_five_times_depends_on_symptoms(symptomatic: bool, expected: int) -> None:
    result = grade("Lipase increased", 301, unit="U/L", uln=60, symptomatic=symptomatic)
    assert result.grade == expected


def test_that_a_missing_value_or_range_is_no_grade_and_named() -> None:
    none = grade("Anemia", None, unit="g/L", lln=120)
    assert (none.grade, none.missing) == (None, ("value",))
    no_range = grade("Anemia", 110, unit="g/L")
    assert (no_range.grade, no_range.low, no_range.high) == (None, 0, 1)
    assert no_range.missing == ("lln",)
    assert grade("Anemia", 95, unit="g/L").grade == 2


def test_that_a_missing_baseline_leaves_the_range_to_decide_and_is_named() -> None:
    result = grade("Creatinine increased", 100, unit="umol/L", uln=97)
    assert (result.grade, result.missing) == (1, ("baseline",))


def test_that_a_result_carries_version_code_and_reasons() -> None:
    result = grade("Anemia", 95, unit="g/L", lln=120)
    assert (result.version, result.code) == ("5.0", "10002272")
    assert {reason.values["grade"] for reason in result.reasons} == {1, 2}


@pytest.mark.parametrize(
    ("term", "value", "unit"),
    [
        ("Anaemia", 100, "g/L"),
        ("Anemia", 100, "mmol/L"),
        ("Anemia", -1, "g/L"),
        ("Anemia", float("nan"), "g/L"),
    ],
)
def test_that_unknown_terms_units_and_impossible_values_are_refused(
    term: str, value: float, unit: str
) -> None:
    with pytest.raises(InvalidInput):
        grade(term, value, unit=unit, lln=120)


def test_that_treatment_emergence_compares_with_the_grade_at_baseline() -> None:
    def of(low: int, high: int) -> CtcaeGrade:
        some = grade("Anemia", 130, unit="g/L", lln=120)
        return CtcaeGrade(rule=some.rule, term="Anemia", low=low, high=high)

    assert treatment_emergent(of(2, 2), of(1, 1)) is Truth.YES
    assert treatment_emergent(of(1, 1), of(1, 1)) is Truth.NO
    assert treatment_emergent(of(1, 3), of(1, 1)) is Truth.UNKNOWN


def test_that_every_term_grades_every_unit_it_prints() -> None:
    for name, term in TERMS.items():
        for unit in term.units:
            least, most = ctcae.possible(name, unit)
            worst, normal = (most, least or 1) if term.rising else (least, most)
            limits = {"lln": normal, "uln": normal, "baseline": normal}
            found = grade(name, worst, unit=unit, symptomatic=True, **limits).grade
            assert found == max(step.grade for step in term.steps), (name, unit)


def test_that_a_baseline_at_the_upper_limit_is_normal() -> None:
    term = "Alanine aminotransferase increased"
    assert grade(term, 50, unit="U/L", uln=40, baseline=40).grade == 1
    assert grade(term, 50, unit="U/L", uln=40, baseline=41).grade == 0


def test_that_a_normal_baseline_counts_for_creatinine_and_not_for_a_liver_test() -> None:
    def alt(baseline: float) -> int | None:
        return grade(
            "Alanine aminotransferase increased", 130, unit="U/L", uln=40, baseline=baseline
        ).grade

    def creatinine(baseline: float) -> int | None:
        return grade("Creatinine increased", 80, unit="umol/L", uln=100, baseline=baseline).grade

    usual = grade("GGT increased", 30, unit="U/L", uln=40, baseline=20)
    assert (usual.grade, usual.missing) == (0, ())
    assert (alt(10), alt(39)) == (2, 2)  # 3.25 x ULN whatever the normal baseline
    assert alt(60) == 1  # 2.2 x a raised baseline
    assert (creatinine(50), creatinine(60)) == (2, 0)  # 1.6 and 1.3 x baseline, below ULN


@pytest.mark.parametrize(
    ("term", "unit", "value", "expected"),
    [
        ("Creatinine increased", "umol/L", 100 * (1 + 5e-10), 0),  # ULN itself, as a reader says
        ("Creatinine increased", "umol/L", 100 * (1 + 2e-9), 1),
        ("Proteinuria", "g/24 h", 1.0 - 5e-10, 2),  # the limit is part of grade 2
        ("Proteinuria", "g/24 h", 1.0 - 1e-9, 2),  # the tolerance itself is within
        ("Proteinuria", "g/24 h", 1.0 - 2e-9, 1),
        ("Anemia", "g/L", 100 * (1 - 5e-10), 1),
        ("Anemia", "g/L", 100 * (1 - 2e-9), 2),
        ("Fibrinogen decreased", "g/L", 3.0 * (1 + 5e-10), 2),  # 75 % of the baseline, inclusive
        ("Fibrinogen decreased", "g/L", 3.0 * (1 + 1e-9), 2),
        ("Fibrinogen decreased", "g/L", 3.0 * (1 + 2e-9), 1),
    ],
)
def test_that_limits_are_met_within_the_tolerance(
    term: str, unit: str, value: float, expected: int
) -> None:
    limits = {"Anemia": 120, "Fibrinogen decreased": 3.5}
    baseline = {"Creatinine increased": 90, "Fibrinogen decreased": 4.0}
    uln = 0.15 if term == "Proteinuria" else 100
    result = grade(
        term, value, unit=unit, lln=limits.get(term), uln=uln, baseline=baseline.get(term)
    )
    assert result.grade == expected


def test_that_a_fall_from_baseline_stays_open_without_the_range() -> None:
    """1.5 is 37.5 % of 4.0: grade 3 if below the range, which is not known."""
    result = grade("Fibrinogen decreased", 1.5, unit="g/L", baseline=4.0)
    assert (result.grade, result.low, result.high) == (None, 0, 4)  # 4 for an LLN above 6
    assert "lln" in result.missing
    fall = [(r.values["grade"], r.met) for r in result.reasons if r.code == "ctcae.baseline"]
    assert fall == [(2, Truth.UNKNOWN), (3, Truth.UNKNOWN)]


@pytest.mark.parametrize(("term", "unit"), [("Creatinine increased", "umol/L"), ("Anemia", "g/L")])
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), float("-inf")])
def test_that_an_impossible_value_is_refused_beside_limits_that_are_known(
    term: str, unit: str, value: float
) -> None:
    known = {"unit": unit, "lln": 120, "uln": 150, "baseline": 140}
    assert grade(term, 130, **known).grade == 0  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=f"^{term} is {value} {unit}; "):
        grade(term, value, **known)  # type: ignore[arg-type]


def test_that_of_two_impossible_numbers_the_value_is_named() -> None:
    with pytest.raises(
        InvalidInput, match=r"^Creatinine increased is -1 umol/L; it must be 5 to 3000$"
    ):
        grade("Creatinine increased", -1, unit="umol/L", uln=-2, baseline=-3)


@pytest.mark.parametrize(
    ("term", "value", "unit", "limit"),
    [
        ("Creatinine increased", 0, "umol/L", "5 to 3000"),
        ("Creatinine increased", 1.2, "umol/L", "5 to 3000"),  # mg/dL under the wrong unit
        ("Creatinine increased", 106, "mg/dL", "0.05 to 34"),  # and the other way round
        ("Hyperkalemia", 0, "mmol/L", "1.5 to 10"),
        ("Hypokalemia", 0, "mmol/L", "1.5 to 10"),
        ("Hypokalemia", 39, "mmol/L", "1.5 to 10"),
        ("Hyponatremia", 0, "mmol/L", "95 to 190"),
        ("Hypernatremia", 1450, "mmol/L", "95 to 190"),
        ("Anemia", 12, "g/L", "20 to 250"),
        ("Anemia", 120, "g/dL", "2 to 25"),
        ("Hypoalbuminemia", 0, "g/L", "5 to 80"),
        ("Hypoalbuminemia", 3.5, "g/L", "5 to 80"),
        ("Hypocalcemia", 0, "mmol/L", "0.8 to 5"),
        ("Hypercalcemia", 9.5, "mmol/L", "0.8 to 5"),
        ("Hypocalcemia (Ionized)", 4.6, "mmol/L", "0.3 to 3.5"),
        ("Hypomagnesemia", 0, "mmol/L", "0.1 to 10"),
        ("Hypoglycemia", 0, "mmol/L", "0.5 to 60"),
        ("Hypoglycemia", 90, "mmol/L", "0.5 to 60"),
        ("Cholesterol high", 200, "mmol/L", "0.5 to 40"),
        ("Hypertriglyceridemia", 150, "mmol/L", "0.1 to 100"),
        ("Hyperuricemia", 6, "umol/L", "10 to 2000"),
        ("Acidosis", 72, "pH", "6 to 8.5"),
        ("Alkalosis", 72, "pH", "6 to 8.5"),
        ("Acidosis", 0, "pH", "6 to 8.5"),
        ("White blood cell decreased", 5200, "10^9/L", "0 to 200"),
        ("Platelet count decreased", 180_000, "10^9/L", "0 to 2500"),
        ("CD4 lymphocytes decreased", 450, "10^9/L", "0 to 10"),
        ("Proteinuria", 1500, "g/24 h", "0 to 40"),
        ("Fibrinogen decreased", 300, "g/L", "0 to 20"),
        ("Chronic kidney disease", 900, "mL/min/1.73 m^2", "0 to 500"),
    ],
)
def test_that_a_value_that_cannot_exist_is_refused(
    term: str, value: float, unit: str, limit: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        grade(term, value, unit=unit)
    refused = caught.value
    assert (refused.item, refused.value, refused.unit) == (term, value, unit)
    assert refused.limit == limit


@pytest.mark.parametrize(
    ("term", "unit", "lln", "uln", "expected"),
    [
        ("White blood cell decreased", "10^9/L", 3.5, None, 4),
        ("Neutrophil count decreased", "10^9/L", 1.8, None, 4),
        ("Lymphocyte count decreased", "10^9/L", 1.1, None, 4),
        ("Platelet count decreased", "10^9/L", 125, None, 4),
        ("Alanine aminotransferase increased", "U/L", None, 40, 0),
        ("GGT increased", "U/L", None, 45, 0),
        ("Proteinuria", "g/24 h", None, 0.15, 0),
        ("Haptoglobin decreased", "g/L", 0.3, None, 1),
        ("Chronic kidney disease", "mL/min/1.73 m^2", 90, None, 4),
    ],
)
def test_that_0_is_taken_where_a_patient_can_have_it(
    term: str, unit: str, lln: float | None, uln: float | None, expected: int
) -> None:
    assert grade(term, 0, unit=unit, lln=lln, uln=uln, baseline=None).grade == expected


@pytest.mark.parametrize(
    ("item", "given"),
    [("uln", {"uln": 1.1}), ("baseline", {"uln": 97, "baseline": 0.9})],
)
def test_that_a_reference_in_another_unit_is_refused(item: str, given: dict[str, float]) -> None:
    """80 µmol/L beside a ULN of 1.1 mg/dL would be grade 4."""
    with pytest.raises(InvalidInput, match=rf"^Creatinine increased, {item} is .* 5 to 3000$"):
        grade("Creatinine increased", 80, unit="umol/L", **given)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=r"^Anemia, lln is 12 g/L; it must be 20 to 250$"):
        grade("Anemia", 110, unit="g/L", lln=12)
    other_side = grade("Creatinine increased", 80, unit="umol/L", lln=0, uln=97)
    assert other_side.grade == 0  # laboratories print 0 as the lower limit of what only rises


def test_that_a_range_that_is_not_known_is_named_and_symptoms_are_not() -> None:
    """The falls from baseline count below the range only: symptoms have no say in fibrinogen."""
    result = grade("Fibrinogen decreased", 1.5, unit="g/L", baseline=4.0)
    assert result.missing == ("lln",)
    both = grade("Hypokalemia", 3.2, unit="mmol/L")
    assert (both.low, both.high, both.missing) == (0, 2, ("lln", "symptomatic"))


def test_that_nothing_at_a_visit_changes_what_is_remembered_for_another() -> None:
    usual = {"unit": "U/L", "uln": 60}
    seen = [
        grade("Lipase increased", 130, symptomatic=symptomatic, **usual)  # type: ignore[arg-type]
        for symptomatic in (True, False, None, True)
    ]
    assert [(each.low, each.high) for each in seen] == [(3, 3), (2, 2), (2, 3), (3, 3)]


def test_that_the_limits_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered: dict[object, object] = {}
    monkeypatch.setattr(ctcae, "_SCALES", remembered)
    monkeypatch.setattr(ctcae, "_MOST_SCALES", 3)
    for baseline in range(50, 60):
        result = grade("Creatinine increased", 88, unit="umol/L", uln=100, baseline=baseline)
        assert result.grade == (2 if baseline <= 58 else 0)  # 1.5 x 58 is 87, x 59 is 88.5
        assert 0 < len(remembered) <= 3


def test_that_every_value_is_checked_where_its_limits_are_known() -> None:
    assert grade("Anemia", 250, unit="g/L", lln=120).grade == 0
    assert grade("Anemia", 20, unit="g/L", lln=120).grade == 3
    for value in (19, 251):
        with pytest.raises(InvalidInput, match=rf"^Anemia is {value} g/L; it must be 20 to 250$"):
            grade("Anemia", value, unit="g/L", lln=120)


def test_that_an_impossible_baseline_is_refused_with_its_unit() -> None:
    with pytest.raises(InvalidInput, match=r"^Anemia, baseline is 1000 g/L; it must be 20 to 250$"):
        grade("Anemia", 100, unit="g/L", lln=120, baseline=1000)
