"""GFR equations, body surface, clearance, KDIGO stages and protein units: implementations agree."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.independent import gfr as second
from tests.independent.exact import AGREED, near

from lnmonitor.clinical import gfr, proteinuria, urine_collection
from lnmonitor.clinical.proteinuria import Proteinuria

CREATININE = st.one_of(
    st.floats(20, 1200), st.sampled_from((61.88, 61.8799, 61.8801, 79.56, 79.5601, 88.4))
)
CYSTATIN = st.one_of(st.floats(0.3, 8), st.sampled_from((0.8, 0.79999, 0.80001)))
AGE = st.one_of(st.floats(18, 95), st.integers(18, 95).map(float))
SEX = st.sampled_from(("F", "M"))


def agrees(told: float, expected: float) -> bool:
    return told == pytest.approx(expected, rel=1e-10)


@AGREED
@given(CREATININE, CYSTATIN, AGE, SEX)
def test_that_ckd_epi_equations_agree(cr: float, cys: float, age: float, sex: str) -> None:
    for name, told in (
        ("ckdepi-2021", gfr.ckd_epi_2021(cr, age, sex)),
        ("ckdepi-2009", gfr.ckd_epi_2009(cr, age, sex)),
        ("ckdepi-2012-cys", gfr.ckd_epi_2012_cystatin(cys, age, sex)),
        ("ckdepi-2012-cr-cys", gfr.ckd_epi_2012_creatinine_cystatin(cr, cys, age, sex)),
        ("ckdepi-2021-cr-cys", gfr.ckd_epi_2021_creatinine_cystatin(cr, cys, age, sex)),
    ):
        assert agrees(told, second.ckd_epi(name, age, sex, umol_l=cr, cystatin=cys)), name
    black = gfr.ckd_epi_2009(cr, age, sex, black=True)
    assert agrees(black, 1.159 * second.ckd_epi("ckdepi-2009", age, sex, umol_l=cr))


@AGREED
@given(CREATININE, AGE, SEX, st.floats(20, 200), st.floats(1, 60), st.floats(8, 60))
def test_that_other_equations_agree(
    cr: float, age: float, sex: str, kg: float, urea: float, albumin: float
) -> None:
    assert agrees(gfr.mdrd(cr, age, sex), second.power_law("mdrd", cr, age, sex))
    assert agrees(gfr.c_mdrd(cr, age, sex), second.power_law("cmdrd", cr, age, sex))
    chinese = gfr.mdrd_chinese_factor(cr, age, sex)
    assert agrees(chinese, 1.233 * second.power_law("mdrd", cr, age, sex))
    six = gfr.mdrd6(cr, urea, albumin, age, sex)
    assert agrees(six, second.mdrd6(cr, urea, albumin, age, sex))
    clearance = gfr.cockcroft_gault(cr, age, sex, kg)
    assert agrees(clearance, second.cockcroft(cr, age, sex, kg))


@AGREED
@given(
    CREATININE, st.floats(70, 200), st.floats(20, 200), st.floats(500, 20000), st.floats(200, 9000)
)
def test_that_clearance_and_surface_agree(
    cr: float, cm: float, kg: float, urine: float, volume: float
) -> None:
    assert agrees(gfr.schwartz_bedside(cr, cm, 10), 0.413 * cm * 88.4 / cr)
    told = gfr.creatinine_clearance_24h(urine, volume, cr)
    assert agrees(told, urine / cr * volume / (24 * 60))
    dubois = 71.84e-4 * kg**0.425 * cm**0.725
    assert agrees(gfr.bsa_dubois(kg, cm), dubois)
    assert agrees(gfr.bsa_mosteller(kg, cm), (kg * cm) ** 0.5 / 60)
    possible = min(told, 500)
    assert agrees(gfr.indexed(possible, dubois), possible * 1.73 / dubois)


def test_that_every_shown_whole_number_has_the_same_stage() -> None:
    for tenths in range(1, 2000):
        assert gfr.kdigo_g_stage(tenths / 10) == second.g_stage(tenths / 10), tenths


@AGREED
@given(st.data(), st.sampled_from(sorted(second.A_LIMITS)))
def test_that_albuminuria_stages_agree(data: st.DataObject, kind: tuple[str, str]) -> None:
    measure, unit = kind
    value = data.draw(near(*(float(limit) for limit in second.A_LIMITS[kind])))
    told = gfr.kdigo_a_stage(value, unit, measure=measure)
    assert told == second.a_stage(value, unit, measure)


def test_that_every_cell_of_the_risk_map_agrees() -> None:
    for g, a in product(second.G_FLOORS, ("A1", "A2", "A3")):
        assert gfr.kdigo_risk(g, a) == second.RISKS[g + a]


@AGREED
@given(st.floats(0.001, 50), st.floats(0.2, 40), st.floats(100, 6000))
def test_that_protein_units_agree(ratio: float, creatinine: float, volume: float) -> None:
    grams = Proteinuria(ratio, "g/g")
    per_mmol = proteinuria.convert_ratio(grams, "mg/mmol").value
    assert agrees(per_mmol, ratio * 113.12)
    assert agrees(proteinuria.convert_ratio(grams, "mg/g").value, 1000 * ratio)
    back = proteinuria.convert_ratio(Proteinuria(per_mmol, "mg/mmol"), "mg/g").value
    assert agrees(back, per_mmol / 0.11312)
    raw = urine_collection.protein_ratio(ratio, creatinine)
    in_grams = proteinuria.convert_ratio(raw, "g/g").value
    assert agrees(in_grams, ratio / (creatinine * 0.11312))
    of_day = urine_collection.protein_of_day(ratio, volume)
    assert (of_day.unit, agrees(of_day.value, ratio * volume / 1000)) == ("g/24 h", True)


EXPECTED_EXCRETION = {"F": (133, 177), "M": (177, 221)}


@AGREED
@given(st.floats(500, 30000), st.floats(200, 9000), st.floats(25, 150), SEX)
def test_that_completeness_of_a_collection_agrees(
    urine: float, volume: float, kg: float, sex: str
) -> None:
    told = urine_collection.check(
        urine_creatinine_umol_l=urine, urine_volume_ml=volume, weight_kg=kg, sex=sex
    )
    excreted = urine * volume / 1000 / kg
    low, high = EXPECTED_EXCRETION[sex]
    assert agrees(told.excretion_umol_kg_day, excreted)
    assert told.complete.value == ("yes" if excreted >= 0.75 * low else "no")
    assert told.excessive.value == ("yes" if excreted > 1.25 * high else "no")
