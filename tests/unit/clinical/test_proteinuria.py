"""Urine protein: nominal guideline numbers for testing, exact factors for plotting."""

from __future__ import annotations

import pytest

from lnmonitor.clinical import units
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import (
    UNITS,
    Proteinuria,
    convert_ratio,
    limit_in,
    parse_dipstick,
    times_baseline,
)


def test_that_one_limit_has_the_printed_number_in_every_unit() -> None:
    assert [limit_in(unit, 0.5) for unit in UNITS] == [0.5, 0.5, 50, 500]
    assert limit_in("mg/mmol", 3.0) == 300


def test_that_conversion_uses_the_molar_mass() -> None:
    assert convert_ratio(Proteinuria(1.5, "g/g"), "mg/mmol").value == pytest.approx(169.7, abs=0.05)
    assert convert_ratio(Proteinuria(56.56, "mg/mmol"), "g/g").value == pytest.approx(0.5)
    assert convert_ratio(Proteinuria(500, "mg/g"), "g/g").value == pytest.approx(0.5)
    assert units.ratio_mg_mmol(0.5) == pytest.approx(56.56)
    assert units.ratio_g_g(56.56) == pytest.approx(0.5)


def test_that_creatinine_converts_by_88_4() -> None:
    assert units.creatinine_mg_dl(88.4) == 1.0
    assert units.creatinine_umol_l(1.0) == 88.4


def test_that_a_collection_and_a_ratio_are_never_converted() -> None:
    with pytest.raises(InvalidInput):
        convert_ratio(Proteinuria(1, "g/24 h"), "g/g")
    assert times_baseline(Proteinuria(1, "g/24 h"), Proteinuria(2, "g/g")) is None


def test_that_the_change_from_baseline_is_a_ratio() -> None:
    assert times_baseline(Proteinuria(1.2, "g/g"), Proteinuria(1.6, "g/g")) == pytest.approx(0.75)
    mixed = times_baseline(Proteinuria(56.56, "mg/mmol"), Proteinuria(1, "g/g"))
    assert mixed == pytest.approx(0.5)
    assert times_baseline(None, Proteinuria(1, "g/g")) is None
    assert times_baseline(Proteinuria(1, "g/g"), Proteinuria(0, "g/g")) is None


@pytest.mark.parametrize(
    ("text", "level"), [("neg", 0), ("±", 0.5), (" Trace ", 0.5), ("1+", 1), ("++", 2), ("4+", 4)]
)
def test_that_dipstick_readings_have_levels(text: str, level: float) -> None:
    assert parse_dipstick(text) == level


def test_that_impossible_protein_is_refused() -> None:
    for value, unit in ((-1, "g/g"), (float("inf"), "g/g"), (1, "mg/dL")):
        with pytest.raises(InvalidInput):
            Proteinuria(value, unit)
    with pytest.raises(InvalidInput):
        limit_in("g/L", 1)
    with pytest.raises(InvalidInput, match="7\\+"):
        parse_dipstick("7+")


def test_that_every_spelling_of_a_dipstick_has_its_level() -> None:
    spellings = {
        0: ("neg", "negative", "-", "0"),
        0.5: ("±", "+-", "+/-", "trace", "0.5"),
        1: ("+", "1+", "1"),
        2: ("++", "2+", "2"),
        3: ("+++", "3+", "3"),
        4: ("++++", "4+", "4"),
    }
    for level, texts in spellings.items():
        assert {parse_dipstick(text) for text in texts} == {level}
