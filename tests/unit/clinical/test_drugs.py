"""Doses of immunosuppressants and urine collections; hand-calculated."""

from __future__ import annotations

from datetime import date

import pytest

from lnmonitor.clinical import urine_collection
from lnmonitor.clinical.drugs import (
    CYC_CUMULATIVE_WARNING_G,
    HCQ_MG_KG_DAY,
    DoseLimit,
    DrugCourse,
    cumulative_g,
    hydroxychloroquine_mg_kg,
    judge_dose,
    mycophenolate_g,
    too_often,
)
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.results import Truth

MMF = DoseLimit("g", "day", 3.0, 4.0)
MTX = DoseLimit("mg", "week", 30, 40)
CYC = DoseLimit("g", "dose", 1.5, 2.0)


@pytest.mark.parametrize(
    ("limit", "dose", "unit", "per_day", "level", "total"),
    [
        (MMF, 1.5, "g", 2, None, 3.0),
        (MMF, 1500, "mg", 2, None, 3.0),
        (MMF, 1.6, "g", 2, "soft", 3.2),
        (MMF, 2, "g", 2, "soft", 4.0),
        (MMF, 2.1, "g", 2, "hard", 4.2),
        (MTX, 30, "mg", 1 / 7, None, 30),
        (MTX, 35, "mg", 1 / 7, "soft", 35),
        (MTX, 15, "mg", 1, "hard", 105),
        (CYC, 1.5, "g", None, None, 1.5),
        (CYC, 1600, "mg", None, "soft", 1.6),
        (CYC, 2.5, "g", None, "hard", 2.5),
        (CYC, 0.5, "g", 4, None, 0.5),
    ],
)
def test_that_a_dose_is_compared_in_the_limits_unit_and_period(
    limit: DoseLimit, dose: float, unit: str, per_day: float | None, level: str | None, total: float
) -> None:
    judged = judge_dose(dose, unit, per_day, limit)
    assert judged is not None
    assert (judged.level, judged.total) == (level, pytest.approx(total))


def test_that_a_dose_without_rhythm_or_mass_is_not_judged() -> None:
    assert judge_dose(2, "g", None, MMF) is None
    assert judge_dose(2, "vial", 1, MMF) is None
    with pytest.raises(InvalidInput, match="dose"):
        judge_dose(-1, "g", 1, MMF)


def test_that_methotrexate_is_never_daily() -> None:
    found = [too_often("MTX", rate) for rate in (1, 2, 0.5, 2 / 7, 1 / 7, None)]
    assert found == [True, True, True, False, False, False]
    assert not too_often("MMF", 2)


def test_that_hydroxychloroquine_is_per_kg_and_mpa_an_equivalent() -> None:
    assert hydroxychloroquine_mg_kg(200, 2, 80) == HCQ_MG_KG_DAY
    assert mycophenolate_g("MPA", 1.44) == pytest.approx(2.0)
    assert mycophenolate_g("MMF", 2.0) == 2.0
    for call in (
        lambda: hydroxychloroquine_mg_kg(-1, 1, 60),
        lambda: hydroxychloroquine_mg_kg(200, 1, 0),
        lambda: mycophenolate_g("MMF", -1),
    ):
        with pytest.raises(InvalidInput):
            call()


def test_that_cumulative_doses_count_both_ends() -> None:
    day = date(2026, 1, 1)
    courses = [
        DrugCourse("CYC", 0.8, day, day),
        DrugCourse("CYC", 0.8, date(2026, 2, 1), date(2026, 2, 1)),
        DrugCourse("CYC", 0.05, date(2026, 3, 1), None, 2),
        DrugCourse("MMF", 1.0, day),
    ]
    assert cumulative_g(courses, "CYC", date(2025, 12, 31)) == 0
    assert cumulative_g(courses, "CYC", date(2026, 2, 28)) == pytest.approx(1.6)
    assert cumulative_g(courses, "CYC", date(2026, 3, 10)) == pytest.approx(2.6)
    assert cumulative_g(courses, "MMF", date(2026, 1, 31)) == 31
    assert CYC_CUMULATIVE_WARNING_G == 36
    stopped = [DrugCourse("CYC", 1.0, day, date(2026, 1, 5))]
    assert cumulative_g(stopped, "CYC", date(2026, 6, 1)) == 5
    for course in (
        DrugCourse("CYC", -1, day),
        DrugCourse("CYC", 1, day, None, -1),
        DrugCourse("CYC", 1, day, date(2025, 1, 1)),
    ):
        with pytest.raises(InvalidInput, match="CYC"):
            cumulative_g([course], "CYC", day)


# -- Urine collection ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "creatinine", "complete", "excessive"),
    [
        # 60 kg and 1.5 L: µmol/L x 1.5 / 60 = µmol/kg; women 99.75 to 221.25, men 132.75 to 276.25
        ("F", 3989, "no", "no"),
        ("F", 3990, "yes", "no"),
        ("F", 8850, "yes", "no"),
        ("F", 8851, "yes", "yes"),
        ("M", 5309, "no", "no"),
        ("M", 5310, "yes", "no"),
        ("M", 11050, "yes", "no"),
        ("M", 11051, "yes", "yes"),
    ],
)
def test_that_completeness_is_judged_by_creatinine_per_kg(
    sex: str, creatinine: float, complete: str, excessive: str
) -> None:
    result = urine_collection.check(
        urine_creatinine_umol_l=creatinine, urine_volume_ml=1500, weight_kg=60, sex=sex
    )
    assert (result.complete, result.excessive) == (Truth(complete), Truth(excessive))
    assert result.excretion_umol_kg_day == pytest.approx(creatinine * 1.5 / 60)
    assert result.missing == ()
    assert [reason.met for reason in result.reasons] == [result.complete, result.excessive.negated]


def test_that_a_collection_without_a_number_is_open() -> None:
    known = {"urine_creatinine_umol_l": 8000.0, "urine_volume_ml": 1500.0, "weight_kg": 60.0}
    for name in known:
        result = urine_collection.check(**{**known, name: None}, sex="F")  # type: ignore[arg-type]
        assert (result.complete, result.excessive, result.missing) == (
            Truth.UNKNOWN,
            Truth.UNKNOWN,
            (name,),
        )
    assert urine_collection.check(**known, sex=None).missing == ("sex",)  # type: ignore[arg-type]
    for changes in (*({name: 0} for name in known), {"sex": "X"}):
        with pytest.raises(InvalidInput, match=next(iter(changes))):
            urine_collection.check(**{**known, "sex": "F", **changes})  # type: ignore[arg-type]


def test_that_the_tolerance_is_a_parameter() -> None:
    result = urine_collection.check(
        urine_creatinine_umol_l=3989,
        urine_volume_ml=1500,
        weight_kg=60,
        sex="F",
        parameters={"low_factor": 0.5},
    )
    assert result.complete is Truth.YES
    assert result.rule.parameters["low_factor"] == 0.5


def test_that_urine_protein_is_computed_from_what_the_laboratory_measured() -> None:
    assert urine_collection.protein_of_day(1.2, 1500) == Proteinuria(1.8, "g/24 h")
    # 10 mmol/L creatinine is 1.1312 g/L
    ratio = urine_collection.protein_ratio(1.1312, 10)
    assert (ratio.unit, ratio.value) == ("g/g", pytest.approx(1.0))
    for call in (
        lambda: urine_collection.protein_of_day(1, 0),
        lambda: urine_collection.protein_ratio(1, 0),
        lambda: urine_collection.protein_of_day(-1, 100),
    ):
        with pytest.raises(InvalidInput):
            call()
