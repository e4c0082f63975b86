"""CTCAE v5.0 laboratory grades with both references: two implementations agree."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.independent import ctcae as second
from tests.independent.exact import AGREED, ANSWER, near, or_none

from lnmonitor.clinical import ctcae, ctcae_clinical

UNIT = {
    "Anemia": ("g/L", 115),
    "Hypoalbuminemia": ("g/L", 40),
    "Hyponatremia": ("mmol/L", 137),
    "Hypokalemia": ("mmol/L", 3.5),
    "White blood cell decreased": ("10^9/L", 3.5),
    "Neutrophil count decreased": ("10^9/L", 1.8),
    "Lymphocyte count decreased": ("10^9/L", 1.1),
    "Platelet count decreased": ("10^9/L", 125),
}


def possible(term: str, unit: str, *ends: float) -> st.SearchStrategy[float]:
    """Draw a value near an end; the program refuses those that cannot exist."""
    low, high = ctcae.possible(term, unit)
    return near(*ends, low=low, high=high)


def grades(told: ctcae.CtcaeGrade) -> set[int]:
    """Return the grades that the program leaves possible."""
    if told.grade is not None:
        assert told.low == told.high == told.grade
    return set(range(told.low, told.high + 1))


@pytest.mark.parametrize("term", second.FALLING)
@AGREED
@given(st.data(), ANSWER)
def test_that_falling_terms_agree(term: str, data: st.DataObject, symptoms: bool | None) -> None:
    unit, lln = UNIT[term]
    ends = [lln if end == "LLN" else end for end in second.FALLING[term]]
    value = data.draw(possible(term, unit, *ends))
    told = ctcae.grade(term, value, unit=unit, lln=lln, symptomatic=symptoms)
    assert grades(told) == second.falling(term, value, lln, symptoms)


@AGREED
@given(st.data(), st.sampled_from(sorted(second.FALLING)))
def test_that_an_unknown_lower_limit_leaves_a_range(data: st.DataObject, term: str) -> None:
    unit, lln = UNIT[term]
    ends = [lln if end == "LLN" else end for end in second.FALLING[term]]
    value = data.draw(possible(term, unit, *ends))
    told = ctcae.grade(term, value, unit=unit, symptomatic=False)
    first = second.FALLING[term][1]
    anywhere = [second.falling(term, value, limit, False) for limit in (first, 9999)]
    assert grades(told) == set.union(*anywhere)


@AGREED
@given(near(60, 90, 97, 180, 300, 600, low=5), st.sampled_from((None, 60, 200)))
def test_that_an_unknown_upper_limit_leaves_a_range(value: float, baseline: float | None) -> None:
    told = ctcae.grade("Creatinine increased", value, unit="umol/L", baseline=baseline)
    limits = (0.0001, *(value / n for n in (1, 1.2, 1.5, 2, 3, 4, 6, 7)), 99999)
    anywhere = {second.creatinine(value, limit, baseline) for limit in limits}
    assert grades(told) == set(range(min(anywhere), max(anywhere) + 1))


@pytest.mark.parametrize("term", [*second.LIVER, "Creatinine increased"])
@AGREED
@given(
    st.data(), st.sampled_from((40, 97)), st.sampled_from((0.5, 0.9, 1, 1.0001, 1.6, 2, 4, None))
)
def test_that_rising_terms_agree(
    term: str, data: st.DataObject, uln: float, times: float | None
) -> None:
    baseline = None if times is None else round(uln * times, 6)
    references = [uln] if baseline is None else [uln, baseline]
    ends = [n * limit for limit in references for n in (1, 1.5, 2, 2.5, 3, 5, 6, 10, 20)]
    unit = "umol/L" if term in {"Creatinine increased", "Blood bilirubin increased"} else "U/L"
    value = data.draw(possible(term, unit, *ends))
    told = ctcae.grade(term, value, unit=unit, uln=uln, baseline=baseline)
    if term == "Creatinine increased":
        expected = second.creatinine(value, uln, baseline)
    else:
        expected = second.liver(term, value, uln, baseline)
    assert told.grade == expected
    assert bool(told.missing) is (baseline is None)


@AGREED
@given(near(5.3, 5.5, 6, 7, low=1.5))
def test_that_potassium_agrees(value: float) -> None:
    told = ctcae.grade("Hyperkalemia", value, unit="mmol/L", uln=5.3)
    assert told.grade == second.potassium_high(value, 5.3)


@AGREED
@given(
    or_none(near(0.15, 1, 3.5)),
    or_none(st.sampled_from((0, 0.5, 1, 2, 3, 4))),
    near(15, 30, 60, 90),
    near(38.0, 39.0, 40.0, low=35, high=43).filter(lambda celsius: celsius >= 35),
    or_none(st.sampled_from((1, 24, 24.01, 30))),
)
def test_that_urine_kidney_and_fever_agree(
    u24: float | None, stick: float | None, egfr: float, celsius: float, hours: float | None
) -> None:
    told = ctcae_clinical.proteinuria(u24, uln=0.15, dipstick=stick)
    assert told.grade == second.proteinuria(u24, 0.15, stick)
    if u24 is not None:
        told = ctcae.grade("Proteinuria", u24, unit="g/24 h", uln=0.15)
        assert told.grade == second.proteinuria(u24, 0.15, None)
    if egfr:
        expected = second.kidney_disease(egfr, 90)
        assert ctcae_clinical.chronic_kidney_disease(egfr, lln=90).grade == expected
        unit = "mL/min/1.73 m^2"
        assert ctcae.grade("Chronic kidney disease", egfr, unit=unit, lln=90).grade == expected
    told = ctcae_clinical.fever(celsius, hours_above_40=hours)
    assert grades(told) == second.fever(celsius, hours)


@AGREED
@given(
    st.sampled_from((110, 119, 120, 139, 140, 159, 160, 180)),
    st.sampled_from((70, 79, 80, 89, 90, 99, 100, 120)),
    st.sampled_from((0, 0, 1, 2)),
    st.booleans(),
    st.sampled_from((False, False, False, True)),
)
def test_that_hypertension_agrees(
    sbp: float, dbp: float, drugs: int, intensified: bool, crisis: bool
) -> None:
    told = ctcae_clinical.hypertension(
        sbp, dbp, drugs=drugs, intensified=intensified, crisis=crisis
    )
    assert told.grade == second.hypertension(sbp, dbp, drugs, intensified, crisis)


def test_that_every_pressure_gives_the_same_grade() -> None:
    for sbp, dbp in product(range(100, 182), (70, 79, 80, 89, 90, 99, 100)):
        told = ctcae_clinical.hypertension(sbp, dbp, drugs=0, intensified=False, crisis=False)
        assert told.grade == second.hypertension(sbp, dbp, 0, False, False), (sbp, dbp)


@AGREED
@given(st.data())
def test_that_an_emergent_grade_is_above_the_one_at_baseline(data: st.DataObject) -> None:
    values = [data.draw(near(125, 75, 50, 25)) for _ in range(2)]
    told = [
        ctcae.grade("Platelet count decreased", value, unit="10^9/L", lln=125) for value in values
    ]
    expected = [second.falling("Platelet count decreased", value, 125) for value in values]
    emergent = ctcae.treatment_emergent(told[1], told[0]).value
    assert emergent == ("yes" if max(expected[1]) > max(expected[0]) else "no")
