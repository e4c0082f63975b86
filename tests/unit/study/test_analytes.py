"""The catalogue of analytes: conversions by published factors, ranges, limits."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from lnmonitor.errors import UserError
from lnmonitor.study.analytes import (
    ANALYTES,
    UnitError,
    UnknownAnalyteError,
    complete,
    convert,
    from_sdtm,
    reference_range,
    spell_unit,
)
from lnmonitor.study.forms import LabResult


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        # Conversion checks printed in the clinical rules, section 9.
        ("CREAT", 1.00, "mg/dL", 88.4),
        ("C3", 62, "mg/dL", 0.62),
        ("ALB", 2.8, "g/dL", 28.0),
        ("BUN", 20, "mg/dL", 7.14),
        ("URATE", 7, "mg/dL", 416.36),
        ("BILI", 1, "mg/dL", 17.1),
        ("GLUC", 100, "mg/dL", 5.55),
        ("UPCR", 169.68, "mg/mmol", 1.5),
        # 113.12 mg creatinine in 1 mmol.
        ("UPCR", 113.12, "mg/mmol", 1.0),
        ("UACR", 1, "mg/mmol", 8.8402),
        ("U24P", 3500, "mg/24 h", 3.5),
        ("HGB", 12.5, "g/dL", 125),
        ("CYSC", 74.9, "nmol/L", 1.0),
        ("WBC", 4500, "/µL", 4.5),
        ("HCT", 41, "%", 0.41),
    ],
)
def test_that_values_convert_by_the_conventional_factors(
    code: str, value: float, unit: str, expected: float
) -> None:
    assert convert(code, value, unit) == pytest.approx(expected, rel=1e-5)


def test_that_hba1c_converts_with_an_offset() -> None:
    # IFCC 48 mmol/mol is NGSP 6.5 % (the diagnostic threshold of diabetes).
    assert convert("HBA1C", 48, "mmol/mol") == pytest.approx(6.54, abs=0.01)


def test_that_a_thousandth_is_exact() -> None:
    assert convert("U24P", 3500, "mg/d") == 3.5
    assert convert("PLT", 99000, "/uL") == 99.0


@pytest.mark.parametrize("code", sorted(ANALYTES))
def test_that_every_unit_round_trips(code: str) -> None:
    for unit, conversion in ANALYTES[code].units.items():
        canonical = convert(code, 12.5, unit)
        assert (canonical - conversion.offset) / conversion.factor == pytest.approx(12.5)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("umol/L", "µmol/L"),
        ("μmol/L", "µmol/L"),
        ("UMOL/L", "µmol/L"),
        ("mg/dl", "mg/dL"),
        (None, "µmol/L"),
    ],
)
def test_that_units_are_known_in_their_usual_spellings(typed: str | None, shown: str) -> None:
    assert spell_unit("CREAT", typed) == shown


def test_that_a_unit_of_another_analyte_is_refused_with_the_right_ones() -> None:
    with pytest.raises(UnitError, match="g/L, g/dL") as caught:
        convert("ALB", 3, "mmol/L")
    assert isinstance(caught.value, UserError)


def test_that_an_unknown_analyte_is_refused() -> None:
    with pytest.raises(UnknownAnalyteError):
        convert("XYZ", 1, "g")


def test_that_creatinine_range_depends_on_sex_and_age() -> None:
    assert reference_range("CREAT", "F", 30, "2024-03-01").high == 73
    assert reference_range("CREAT", "M", 30, "2024-03-01").high == 97
    assert reference_range("CREAT", "F", 59, "2024-03-01").high == 73
    assert reference_range("CREAT", "F", 60, "2024-03-01").high == 81


def test_that_an_unknown_sex_gives_no_range_rather_than_a_wrong_one() -> None:
    found = reference_range("CREAT", None, 30, "2024-03-01")
    assert (found.low, found.high, found.source) == (None, None, "")


def test_that_the_flag_is_strict() -> None:
    found = reference_range("C3", None, None, "")
    assert (found.flag(0.9), found.flag(0.899), found.flag(1.8), found.flag(1.81)) == (
        "",
        "L",
        "",
        "H",
    )


def test_that_completing_keeps_what_was_reported() -> None:
    reported = LabResult(analyte="CREAT", value=1.0, unit="mg/dL", collected_on="2024-03-01")
    done = complete(reported, sex="F", age=30)
    assert (done.value, done.unit) == (1.0, "mg/dL")
    assert (done.canonical_value, done.canonical_unit) == (88.4, "µmol/L")
    assert (done.range_low, done.range_high, done.range_source) == (41, 73, "CATALOGUE")
    assert reported.canonical_value is None


def test_that_the_laboratory_s_own_range_goes_first() -> None:
    reported = LabResult(analyte="C3", value=0.8, range_low=0.76, range_high=1.6)
    done = complete(reported, sex="F", age=30)
    assert (done.range_low, done.range_high, done.range_source) == (0.76, 1.6, "LAB")


def test_that_a_result_not_done_gets_no_value() -> None:
    done = complete(LabResult(analyte="C3"), sex="F", age=30)
    assert done.canonical_value is None
    assert done.canonical_unit == "g/L"


def test_that_every_analyte_of_the_real_trial_maps_and_converts(shared_data: Path) -> None:
    # The trial's own standardised values, where its standard unit is the catalogue's.
    same = {
        "CREAT",
        "ALB",
        "ALT",
        "BILI",
        "BUN",
        "CHOL",
        "URATE",
        "PLT",
        "WBC",
        "HCT",
        "LYMPH",
        "CA",
    }
    unmapped: set[str] = set()
    compared = 0
    with gzip.open(shared_data / "sdtm-trial" / "lb.csv.gz", "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            entry = from_sdtm(row["LBTESTCD"])
            if entry is None:
                unmapped.add(row["LBTESTCD"])
                continue
            spell_unit(entry.code, row["LBORRESU"])
            if entry.code in same and row["LBORRES"].replace(".", "", 1).isdigit():
                standard = float(row["LBSTRESN"])
                got = convert(entry.code, float(row["LBORRES"]), row["LBORRESU"])
                assert got == pytest.approx(standard, rel=1e-9)
                compared += 1
    assert unmapped == set()
    assert compared > 20_000
