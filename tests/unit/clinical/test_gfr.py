"""GFR equations against the vector files and the table of hand-checked values."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from lnmonitor.clinical import gfr
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.gfr import Sex

# Scr mg/dL, age, sex, CKD-EPI 2009, CKD-EPI 2021, MDRD-175, c-MDRD, 1.233 x MDRD
TABLE: list[tuple[float, float, Sex, float, float, float, float, float]] = [
    (0.5, 25, "F", 134.52, 133.40, 150.33, 182.77, 185.36),
    (0.6, 32, "F", 120.61, 122.23, 115.85, 139.64, 142.85),
    (0.7, 30, "F", 116.26, 119.24, 98.25, 116.79, 121.15),
    (1.0, 50, "F", 65.64, 68.63, 58.69, 68.64, 72.36),
    (1.0, 50, "M", 87.37, 91.69, 79.09, 86.88, 97.52),
    (1.2, 55, "M", 67.67, 71.42, 62.86, 68.20, 77.51),
    (1.5, 35, "F", 44.67, 46.32, 39.52, 44.36, 48.72),
    (0.9, 20, "M", 122.52, 125.39, 107.58, 116.58, 132.65),
    (2.0, 40, "F", 30.46, 31.79, 27.60, 30.37, 34.03),
    (3.5, 60, "M", 17.91, 19.16, 17.96, 17.92, 22.14),
]
EQUATION_OF_FILE = {
    "egfr_ckdepi2021.csv": "ckdepi-2021",
    "egfr_ckdepi2009.csv": "ckdepi-2009",
    "egfr_mdrd.csv": "mdrd",
    "egfr_cmdrd_ma2006.csv": "cmdrd",
    "cockcroft_gault.csv": "cockcroft-gault",
}


@pytest.mark.parametrize("name", EQUATION_OF_FILE)
def test_that_every_vector_is_reproduced(shared_data: Path, name: str) -> None:
    with (shared_data / "vectors" / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        creatinine = float(row["creatinine"])
        result = gfr.estimate(
            EQUATION_OF_FILE[name],
            creatinine_umol_l=creatinine * (88.4 if row["creatinine_unit"] == "mg/dL" else 1),
            age_years=float(row["age_years"]),
            sex="F" if row["sex"] == "F" else "M",
            weight_kg=float(row["weight_kg"]) if "weight_kg" in row else None,
            black=row.get("black") == "1",
        )
        expected = row.get("expected_ml_min_173") or row["expected_ml_min"]
        assert result.value is not None
        assert f"{result.value:.4f}" == expected, row


@pytest.mark.parametrize("row", TABLE)
def test_that_the_table_of_the_rules_is_reproduced(
    row: tuple[float, float, Sex, float, float, float, float, float],
) -> None:
    scr, age, sex, *expected = row
    equations: list[Callable[[float, float, Sex], float]] = [
        gfr.ckd_epi_2009,
        gfr.ckd_epi_2021,
        gfr.mdrd,
        gfr.c_mdrd,
        gfr.mdrd_chinese_factor,
    ]
    found = [equation(scr * 88.4, age, sex) for equation in equations]
    assert found == pytest.approx(expected, abs=0.0051)


@pytest.mark.parametrize(
    ("cystatin", "age", "sex", "expected"),
    [
        (0.8, 30, "F", 109.91),
        (1.0, 50, "F", 75.43),
        (0.7, 40, "M", 121.11),
        (1.8, 60, "M", 35.62),
    ],
)
def test_that_cystatin_c_gives_the_hand_checked_values(
    cystatin: float, age: float, sex: Sex, expected: float
) -> None:
    assert gfr.ckd_epi_2012_cystatin(cystatin, age, sex) == pytest.approx(expected, abs=0.0051)


@pytest.mark.parametrize(
    ("scr", "cystatin", "age", "sex", "of_2012", "of_2021"),
    [
        (0.8, 0.9, 30, "F", 95.53, 98.11),
        (1.2, 1.1, 55, "M", 68.74, 72.68),
        (2.0, 1.8, 40, "F", 32.00, 33.42),
        (0.6, 0.7, 25, "F", 126.06, 127.33),
    ],
)
def test_that_creatinine_with_cystatin_gives_the_hand_checked_values(
    scr: float, cystatin: float, age: float, sex: Sex, of_2012: float, of_2021: float
) -> None:
    umol = scr * 88.4
    old = gfr.ckd_epi_2012_creatinine_cystatin(umol, cystatin, age, sex)
    new = gfr.ckd_epi_2021_creatinine_cystatin(umol, cystatin, age, sex)
    assert (old, new) == pytest.approx((of_2012, of_2021), abs=0.0051)


@pytest.mark.parametrize(
    ("scr", "age", "sex", "kg", "expected"),
    [
        (1.0, 25, "F", 60, 81.46),
        (1.4, 60, "M", 60, 47.62),
        (0.8, 35, "F", 52, 80.57),
        (2.0, 50, "M", 70, 43.75),
    ],
)
def test_that_cockcroft_gault_gives_the_hand_checked_values(
    scr: float, age: float, sex: Sex, kg: float, expected: float
) -> None:
    assert gfr.cockcroft_gault(scr * 88.4, age, sex, kg) == pytest.approx(expected, abs=0.0051)


@pytest.mark.parametrize(
    ("scr", "cm", "expected"), [(0.5, 130, 107.38), (0.8, 150, 77.44), (1.2, 160, 55.07)]
)
def test_that_bedside_schwartz_gives_the_hand_checked_values(
    scr: float, cm: float, expected: float
) -> None:
    assert gfr.schwartz_bedside(scr * 88.4, cm, 10) == pytest.approx(expected, abs=0.0051)


@pytest.mark.parametrize(
    ("kg", "cm", "dubois", "mosteller"),
    [
        (55, 160, 1.5632, 1.5635),
        (70, 170, 1.8097, 1.8181),
        (48, 155, 1.4417, 1.4376),
        (90, 180, 2.0989, 2.1213),
    ],
)
def test_that_body_surface_gives_the_hand_checked_values(
    kg: float, cm: float, dubois: float, mosteller: float
) -> None:
    assert gfr.bsa_dubois(kg, cm) == pytest.approx(dubois, abs=6e-5)
    assert gfr.bsa_mosteller(kg, cm) == pytest.approx(mosteller, abs=6e-5)


def test_that_measured_clearance_gives_the_hand_checked_value() -> None:
    clearance = gfr.creatinine_clearance_24h(8000, 1500, 80)
    assert clearance == pytest.approx(104.17, abs=0.0051)
    assert clearance * 1.73 / 1.5632 == pytest.approx(115.28, abs=0.0051)


def test_that_a_result_names_its_method_and_unit() -> None:
    result = gfr.estimate(
        "cockcroft-gault", creatinine_umol_l=88.4, age_years=25, sex="F", weight_kg=60
    )
    assert (result.equation_id, result.unit) == ("cockcroft-gault", "mL/min")
    assert result.rule.citations[0].doi == "10.1159/000180580"


def test_that_a_missing_input_gives_no_value_and_its_name() -> None:
    result = gfr.estimate("ckdepi-2021", creatinine_umol_l=88.4, sex="F")
    assert result.value is None
    assert result.missing == ("age_years",)


@pytest.mark.parametrize(
    ("creatinine", "age", "sex"),
    [(0, 30, "F"), (float("nan"), 30, "F"), (-5, 30, "M"), (80, 17.9, "F"), (80, -1, "M")],
)
def test_that_impossible_inputs_are_refused(creatinine: float, age: float, sex: Sex) -> None:
    with pytest.raises(InvalidInput):
        gfr.estimate("ckdepi-2021", creatinine_umol_l=creatinine, age_years=age, sex=sex)


INPUTS: dict[str, float | Sex] = {
    "creatinine_umol_l": 80,
    "age_years": 18,
    "sex": "F",
    "weight_kg": 55,
    "height_cm": 160,
    "cystatin_c_mg_l": 0.9,
    "urea_mmol_l": 5,
    "albumin_g_l": 40,
}


@pytest.mark.parametrize("equation", gfr.EQUATIONS)
def test_that_a_number_that_cannot_be_is_refused_by_every_equation_that_reads_it(
    equation: str,
) -> None:
    """Neither an OverflowError nor an infinite GFR: each input by its item, value, unit, limit."""
    limits = {
        "creatinine_umol_l": ("µmol/L", "5 to 3000"),
        "weight_kg": ("kg", "2 to 400"),
        "height_cm": ("cm", "40 to 250"),
        "cystatin_c_mg_l": ("mg/L", "0.1 to 15"),
        "urea_mmol_l": ("mmol/L", "0.3 to 100"),
        "albumin_g_l": ("g/L", "5 to 80"),
    }
    for item in set(gfr.EQUATIONS[equation].inputs) & set(limits):
        for value in (1e-300, 1e308, 0.0, -1.0):
            with pytest.raises(InvalidInput) as caught:
                gfr.estimate(equation, **{**INPUTS, item: value})  # type: ignore[arg-type]
            told = caught.value
            assert (told.item, told.value, told.unit, told.limit) == (item, value, *limits[item])


def test_that_a_creatinine_under_the_wrong_unit_is_refused() -> None:
    """0.9 mg/dL as µmol/L would be a GFR of 500."""
    with pytest.raises(InvalidInput, match=r"^creatinine_umol_l is 0.9 µmol/L; it must be 5 to"):
        gfr.estimate("ckdepi-2021", creatinine_umol_l=0.9, age_years=30, sex="F")


@pytest.mark.parametrize(("age", "taken"), [(0.9, False), (1, True), (18, True), (40, False)])
def test_that_bedside_schwartz_takes_children_only(age: float, taken: bool) -> None:
    def estimate() -> gfr.EgfrResult:
        return gfr.estimate(
            "schwartz-bedside", creatinine_umol_l=44.2, age_years=age, height_cm=130
        )

    if taken:
        assert estimate().value == pytest.approx(107.38, abs=0.0051)
    else:
        with pytest.raises(InvalidInput, match=rf"^age_years is {age} years; it must be 1 to 18$"):
            estimate()
    unknown = gfr.estimate("schwartz-bedside", creatinine_umol_l=44.2, height_cm=130)
    assert (unknown.value, unknown.missing) == (None, ("age_years",))


def test_that_an_unknown_sex_or_equation_is_refused() -> None:
    with pytest.raises(InvalidInput, match="F or M"):
        gfr.ckd_epi_2021(80, 30, "X")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="ckdepi-2021"):
        gfr.estimate("ckd-epi", creatinine_umol_l=80, age_years=30, sex="F")


@pytest.mark.parametrize(
    ("value", "stage"),
    [
        (90, "G1"),
        (89.5, "G1"),
        (89.4, "G2"),
        (59.5, "G2"),
        (59.4, "G3a"),
        (45, "G3a"),
        (44.4, "G3b"),
        (29.9, "G3b"),
        (29.4, "G4"),
        (15, "G4"),
        (14.4, "G5"),
    ],
)
def test_that_gfr_is_staged_from_the_integer_shown(value: float, stage: str) -> None:
    assert gfr.kdigo_g_stage(value) == stage


@pytest.mark.parametrize(
    ("value", "unit", "measure", "stage"),
    [
        (29.9, "mg/g", "albumin", "A1"),
        (30, "mg/g", "albumin", "A2"),
        (300, "mg/g", "albumin", "A2"),
        (301, "mg/g", "albumin", "A3"),
        (3, "mg/mmol", "albumin", "A2"),
        (0.5, "g/24 h", "protein", "A2"),
        (0.51, "g/24 h", "protein", "A3"),
        (14, "mg/mmol", "protein", "A1"),
    ],
)
def test_that_albuminuria_is_staged_in_the_unit_reported(
    value: float, unit: str, measure: str, stage: str
) -> None:
    assert gfr.kdigo_a_stage(value, unit, measure=measure) == stage  # type: ignore[arg-type]


def test_that_albuminuria_in_another_unit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="mg/g or mg/mmol"):
        gfr.kdigo_a_stage(1, "g/24 h")


def test_that_six_variable_mdrd_reproduces_the_hand_calculated_value() -> None:
    """1.2 mg/dL, 30 years, woman, urea nitrogen 20 mg/dL, albumin 3.0 g/dL: 50.57."""
    given = {
        "creatinine_umol_l": 106.08,
        "urea_mmol_l": 7.14,
        "albumin_g_l": 30.0,
        "age_years": 30.0,
    }
    assert gfr.mdrd6(**given, sex="F") == pytest.approx(50.57, abs=0.005)
    assert gfr.mdrd6(**given, sex="M") == pytest.approx(50.57 / 0.762, abs=0.01)
    assert gfr.mdrd6(**given, sex="F", black=True) == pytest.approx(50.57 * 1.18, abs=0.01)
    result = gfr.estimate("mdrd6", **given, sex="F")
    assert (result.unit, result.equation_id) == (gfr.INDEXED, "mdrd6")
    assert result.value == pytest.approx(50.57, abs=0.005)
    assert gfr.estimate("mdrd6", creatinine_umol_l=80, age_years=30, sex="F").missing == (
        "urea_mmol_l",
        "albumin_g_l",
    )
    for name in ("urea_mmol_l", "albumin_g_l", "creatinine_umol_l"):
        with pytest.raises(InvalidInput, match=name):
            gfr.mdrd6(**{**given, name: 0.0}, sex="F")
    with pytest.raises(InvalidInput, match="age_years"):
        gfr.mdrd6(**{**given, "age_years": 17}, sex="F")


def test_that_a_clearance_is_indexed_to_body_surface() -> None:
    clearance = gfr.creatinine_clearance_24h(8000, 1500, 80)
    assert gfr.indexed(clearance, 1.5632) == pytest.approx(115.28, abs=0.01)
    for value, bsa in ((0, 1.7), (90, 0)):
        with pytest.raises(InvalidInput):
            gfr.indexed(value, bsa)


def test_that_the_risk_map_is_kdigos() -> None:
    rows = {
        "G1": "low moderate high",
        "G2": "low moderate high",
        "G3a": "moderate high very",
        "G3b": "high very very",
        "G4": "very very very",
        "G5": "very very very",
    }
    for stage, words in rows.items():
        found = [gfr.kdigo_risk(stage, albuminuria) for albuminuria in ("A1", "A2", "A3")]
        assert [risk.split()[0] for risk in found] == words.split()
    assert gfr.kdigo_risk("G3b", "A2") == "very high"
    for stages in (("G3", "A1"), ("G1", "A4")):
        with pytest.raises(InvalidInput, match="stage"):
            gfr.kdigo_risk(*stages)


def test_that_six_variable_mdrd_takes_its_factor_of_race() -> None:
    given = {"creatinine_umol_l": 80.0, "urea_mmol_l": 5.0, "albumin_g_l": 40.0, "age_years": 30.0}
    plain = gfr.estimate("mdrd6", sex="F", **given).value
    other = gfr.estimate("mdrd6", sex="F", black=True, **given).value
    assert plain is not None
    assert other == pytest.approx(1.18 * plain)


def test_that_protein_of_500_mg_g_is_the_last_of_a2() -> None:
    assert [gfr.kdigo_a_stage(mg, "mg/g", measure="protein") for mg in (500, 500.5)] == ["A2", "A3"]
