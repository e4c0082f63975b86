"""Words and factors that are kept with results or decide them, written out a second time."""

from __future__ import annotations

import pytest

from lnmonitor.clinical import units, urine_collection
from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.criteria import OVER, UNDER
from lnmonitor.clinical.response import Response
from lnmonitor.clinical.response_course import ClinicalResponse
from lnmonitor.clinical.results import Truth


def test_that_answers_keep_the_words_under_which_they_are_stored() -> None:
    assert [each.value for each in Truth] == ["yes", "no", "unknown"]
    assert [each.value for each in Response] == ["CR", "PR", "NR", "unknown"]
    assert [each.value for each in ClinicalResponse] == ["MCR", "PCR", "NCR", "unknown"]
    assert [each.value for each in Grade] == ["A", "B", "C", "D", "E"]


def test_that_creatinine_is_converted_by_its_molar_mass() -> None:
    """C4H7N3O weighs 113.12 g/mol: 1 mg/dL is 88.4 µmol/L, 1 g/g is 113.12 mg/mmol."""
    assert units.creatinine_umol_l(1) == pytest.approx(88.4)
    assert units.creatinine_mg_dl(176.8) == pytest.approx(2)
    assert units.ratio_mg_mmol(0.5) == pytest.approx(56.56)
    assert units.ratio_g_g(226.24) == pytest.approx(2)


@pytest.mark.parametrize(
    ("sex", "excreted", "complete", "excessive"),
    [  # women 133 to 177, men 177 to 221 µmol/kg a day, a quarter less and more allowed
        ("F", 99.7, "no", "no"),
        ("F", 99.8, "yes", "no"),
        ("F", 221.2, "yes", "no"),
        ("F", 221.3, "yes", "yes"),
        ("M", 132.7, "no", "no"),
        ("M", 132.8, "yes", "no"),
        ("M", 276.2, "yes", "no"),
        ("M", 276.3, "yes", "yes"),
    ],
)
def test_that_a_collection_is_judged_by_creatinine_per_kilogram(
    sex: str, excreted: float, complete: str, excessive: str
) -> None:
    """15 to 20 mg/kg in women, 20 to 25 in men, at 8.84 µmol a milligram."""
    found = urine_collection.check(
        urine_creatinine_umol_l=excreted * 50, urine_volume_ml=1000, weight_kg=50, sex=sex
    )
    assert (found.complete.value, found.excessive.value) == (complete, excessive)
    assert found.rule.verified is False


def test_that_equal_numbers_are_neither_over_nor_under_a_limit() -> None:
    """0.1 + 0.2 is 0.30000000000000004 in floating point, 0.3 - 0.2 0.09999999999999998."""
    above, below = 0.1 + 0.2, 0.3 - 0.2
    assert 0.3 < above <= 0.3 * OVER
    assert 0.1 > below >= 0.1 * UNDER
    assert 0.3 * OVER < 0.3001
    assert 0.1 * UNDER > 0.0999
