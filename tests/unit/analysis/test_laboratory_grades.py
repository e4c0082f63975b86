"""Laboratory grades: what can be stored can be graded; "< x" is graded at both of its ends."""

from __future__ import annotations

import pytest

from lnmonitor.analysis.laboratory_grades import TERMS, _grade
from lnmonitor.analysis.model import Measured
from lnmonitor.clinical import ctcae
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.exchange.score_cells import ANALYTE_OF_TERM
from lnmonitor.study.analytes import ANALYTES


@pytest.mark.parametrize("term", ANALYTE_OF_TERM)
def test_that_what_entry_accepts_is_graded(term: str) -> None:
    """The rule's own limits are those of entry or wider, in each unit that both know."""
    analyte = ANALYTES[ANALYTE_OF_TERM[term]]
    low, high = analyte.hard
    assert low is not None
    assert high is not None
    inside = ctcae.possible(term, analyte.unit)
    assert inside[0] <= low < high <= inside[1]
    for unit, conversion in analyte.units.items():
        spelled = unit.replace("µ", "u")
        if spelled in ctcae.TERMS[term].units:
            inside = ctcae.possible(term, spelled)
            least, most = ((end - conversion.offset) / conversion.factor for end in (low, high))
            assert inside[0] <= least < most <= inside[1], (term, unit)


@pytest.mark.parametrize(
    ("term", "operator", "value", "unit", "low", "high"),
    [
        ("Creatinine increased", "<", 20, "µmol/L", 0, 0),
        ("Creatinine increased", ">", 200, "µmol/L", 2, 4),  # from 2.06 x ULN 97 upwards
        ("Platelet count decreased", "<", 10, "×10⁹/L", 4, 4),
        ("Platelet count decreased", "<", 80, "×10⁹/L", 1, 4),
        ("Hyponatremia", ">", 120, "mmol/L", 0, 3),
    ],
)
def test_that_a_value_beyond_a_limit_is_graded_at_both_ends(
    term: str, operator: str, value: float, unit: str, low: int, high: int
) -> None:
    limits = {"CREAT": (57, 97), "PLT": (125, 350), "NA": (137, 147)}
    code = next(code for code, terms in TERMS.items() if term in terms)
    least, most = limits[code]
    measured = Measured(code, value, unit, "", operator, least, most)
    found = _grade(term, measured, None)
    assert isinstance(found, CtcaeGrade)
    assert (found.low, found.high) == (low, high)
