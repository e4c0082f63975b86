"""The classic renal BILAG, and where it departs from BILAG-2004."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical import bilag_renal
from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.bilag_renal import RenalInputs
from lnmonitor.clinical.bilag_renal_classic import grade
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth

QUIET = RenalInputs(
    u24_g=0.1,
    creatinine_umol_l=60,
    gfr=100,
    sbp=120,
    dbp=75,
    accelerated_hypertension=False,
    active_sediment=False,
    active_histology_3mo=False,
)


@pytest.mark.parametrize(
    ("now", "before", "letter", "criteria"),
    [
        ({}, {}, "D", ()),
        ({"u24_g": 1.1}, {"u24_g": 0.19}, "B", (1,)),  # from below 0.2 g to above 1 g
        ({"u24_g": 2.4}, {"u24_g": 1.2}, "B", (1,)),  # doubled
        ({"u24_g": 1.1}, {"u24_g": None}, "B", (1,)),  # newly documented
        ({"u24_g": 1.8}, {"u24_g": 1.2}, "B", ()),  # up by 50 %
        ({"u24_g": 1.7}, {"u24_g": 1.2}, "C", ()),
        ({"u24_g": 0.26}, {"u24_g": 0.2}, "C", ()),
        ({"u24_g": 0.25}, {"u24_g": 0.2}, "D", ()),
        ({"u24_g": None, "dipstick": 3}, {"u24_g": None, "dipstick": 1}, "B", (1,)),
        ({"u24_g": None, "dipstick": 2}, {"u24_g": None, "dipstick": 1}, "B", ()),
        ({"u24_g": None, "dipstick": 1}, {"u24_g": None, "dipstick": 0}, "C", ()),
        ({"dipstick": 3}, {"dipstick": 1}, "B", (1,)),  # beside a collection too
        ({"u24_g": 2.4, "active_sediment": True}, {"u24_g": 1.2}, "A", (1, 4)),
        ({"active_sediment": True, "active_histology_3mo": True}, {}, "A", (4, 5)),
        ({"accelerated_hypertension": True, "gfr": 49}, {"gfr": 51}, "B", (2, 3)),
        ({"creatinine_umol_l": 131}, {"creatinine_umol_l": 100}, "B", (3,)),
        ({"creatinine_umol_l": 143}, {"creatinine_umol_l": 110}, "B", ()),
        ({"creatinine_umol_l": 138}, {"creatinine_umol_l": 120}, "B", ()),
        ({"creatinine_umol_l": 137}, {"creatinine_umol_l": 120}, "D", ()),
        ({"gfr": 66}, {"gfr": 100}, "B", (3,)),
        ({"sbp": 150, "dbp": 90}, {"sbp": 120, "dbp": 75}, "C", ()),
        ({"sbp": 140, "dbp": 90}, {"sbp": 110, "dbp": 75}, "C", ()),
        ({"sbp": 139, "dbp": 95}, {"sbp": 100, "dbp": 75}, "D", ()),
        ({"u24_g": 1.0}, {"u24_g": 0.1}, "C", ()),  # not above 1 g
        ({"u24_g": 1.1}, {"u24_g": 0.2}, "B", (1,)),  # not below 0.2 g, but doubled
        ({"u24_g": 1.1}, {"u24_g": 0.6}, "B", ()),
        ({"u24_g": 1.0}, {"u24_g": 0.6}, "C", ()),
        ({"gfr": 67}, {"gfr": 100}, "D", ()),  # exactly 67 %
        ({"gfr": 49}, {"gfr": 50}, "D", ()),
        ({"gfr": 49}, {"gfr": None}, "B", (3,)),  # the last not measured
        ({"dipstick": 1}, {}, "C", ()),  # beside 0.1 g in 24 hours
        ({"sbp": 149, "dbp": 95}, {"sbp": 120, "dbp": 75}, "D", ()),
    ],
)
def test_that_classic_criteria_have_these_edges(
    now: dict[str, object], before: dict[str, object], letter: str, criteria: tuple[int, ...]
) -> None:
    result = grade(
        replace(QUIET, **now),  # type: ignore[arg-type]
        replace(QUIET, **before),  # type: ignore[arg-type]
        ever_involved=True,
    )
    assert (result.grade, result.criteria) == (Grade(letter), criteria)
    assert not result.provisional


def test_that_persisting_protein_counts_in_bilag_2004_only() -> None:
    now, before = replace(QUIET, u24_g=4.0), replace(QUIET, u24_g=4.2)
    assert grade(now, before, ever_involved=True).grade is Grade.C
    newer = bilag_renal.grade(replace(now, nephrotic_syndrome=False), before, ever_involved=True)
    assert newer.grade is Grade.B


def test_that_a_rise_not_known_is_provisional_and_names_what_is_missing() -> None:
    dipstick = replace(QUIET, u24_g=None, dipstick=2)
    result = grade(dipstick, None, ever_involved=True)
    assert (result.grade, result.provisional) == (Grade.C, True)
    assert result.missing == ("dipstick_previous", "gfr_previous")
    nothing = grade(replace(QUIET, u24_g=None), QUIET, ever_involved=True)
    assert (nothing.grade, nothing.missing) == (Grade.D, ("u24_g",))


def test_that_newly_documented_protein_is_criterion_1_at_a_first_visit() -> None:
    result = grade(replace(QUIET, u24_g=1.1, active_sediment=True), None, ever_involved=None)
    assert (result.grade, result.criteria) == (Grade.A, (1, 4))


def test_that_impossible_values_are_refused() -> None:
    for now, before in ((replace(QUIET, gfr=0), None), (QUIET, replace(QUIET, dbp=-1))):
        with pytest.raises(InvalidInput):
            grade(now, before, ever_involved=True)


@pytest.mark.parametrize(
    ("now", "before", "code", "limit", "percent"),
    [
        ({"creatinine_umol_l": 140}, {"creatinine_umol_l": 100}, "creatinine_rise", 130, 130),
        ({"creatinine_umol_l": 140}, {"creatinine_umol_l": 120}, "creatinine_moderate_rise",
         130, 115),
        ({"gfr": 45}, {"gfr": 60}, "gfr_below_50", 50, None),
    ],
)  # fmt: skip
def test_that_a_worse_kidney_is_told_with_its_limit(
    now: dict[str, float], before: dict[str, float], code: str, limit: float, percent: float | None
) -> None:
    found = grade(RenalInputs(**now), RenalInputs(**before), ever_involved=True)  # type: ignore[arg-type]
    told = {r.code: r.values for r in found.reasons if r.met is Truth.YES}
    values = told[f"bilag.{code}"]
    assert (values["limit"], values.get("percent")) == (limit, percent)


def test_that_a_clearance_is_told_in_millilitres_a_minute_of_no_surface() -> None:
    told = grade(replace(QUIET, gfr=45), QUIET, ever_involved=True).reasons
    found = {
        reason.code: (reason.values.get("limit"), reason.values["unit"])
        for reason in told
        if reason.values["item"] == "gfr"
    }
    assert found == {
        "bilag.gfr_below_50": (50, "mL/min"),
        "bilag.clearance_fall": (None, "mL/min"),
    }


def test_that_a_raised_pressure_is_told_with_both_of_its_values() -> None:
    now = replace(QUIET, sbp=150, dbp=95)
    (told,) = grade(now, QUIET, ever_involved=True).reasons
    assert told.code == "bilag.blood_pressure_at"
    values = told.values
    assert (values["value"], values["previous"]) == (150, 120)
    assert (values["dbp"], values["dbp_previous"], values["unit"]) == (95, 75, "mmHg")


def test_that_a_pressure_without_its_diastolic_value_is_open() -> None:
    found = grade(replace(QUIET, sbp=150, dbp=None), QUIET, ever_involved=True)
    assert found.missing == ("dbp",)


@pytest.mark.parametrize(
    ("now", "before", "criterion", "percent"), [(2.4, 1.2, "1", 200), (1.8, 1.2, "B", 150)]
)
def test_that_a_rise_of_protein_is_told_with_the_share_it_reached(
    now: float, before: float, criterion: str, percent: int
) -> None:
    """Doubled is criterion 1, half as much again is B; both above 1 g."""
    found = grade(replace(QUIET, u24_g=now), replace(QUIET, u24_g=before), ever_involved=True)
    (told,) = [one for one in found.reasons if one.code == "bilag.protein_rise"]
    values = told.values
    assert (values["criterion"], values["percent"]) == (criterion, percent)
    assert (values["limit"], values["unit"]) == (1.0, "g/24 h")
