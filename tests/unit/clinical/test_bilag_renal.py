"""The renal BILAG-2004 grade against every vector of the rules, and its provisional mark."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.bilag_renal import RenalInputs as R
from lnmonitor.clinical.bilag_renal import grade
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth

QUIET = R(
    u24_g=0.1,
    creatinine_umol_l=60,
    gfr=100,
    sbp=120,
    dbp=75,
    accelerated_hypertension=False,
    nephrotic_syndrome=False,
    active_sediment=False,
    active_histology_3mo=False,
)

VECTORS = [
    (R(u24_g=3.2, active_sediment=True), None, "A", (1, 4)),
    (R(u24_g=1.2), R(u24_g=3.2), "C", ()),
    (R(u24_g=0.8), R(u24_g=0.9), "B", ()),
    (R(u24_g=0.2, sbp=150, dbp=95), R(sbp=118, dbp=78), "C", ()),
    (R(u24_g=1.5, creatinine_umol_l=90), R(u24_g=1.6, creatinine_umol_l=88), "B", (1,)),
    (R(creatinine_umol_l=180, active_sediment=True), R(creatinine_umol_l=120), "A", (3, 4)),
    (R(creatinine_umol_l=150), R(creatinine_umol_l=125), "B", ()),
    (
        R(accelerated_hypertension=True, creatinine_umol_l=200),
        R(creatinine_umol_l=140),
        "B",
        (2, 3),
    ),
    (R(u24_g=4.0, nephrotic_syndrome=True, active_sediment=True), R(u24_g=6.0), "A", (4, 6)),
    (R(dipstick=3), R(dipstick=1), "B", (1,)),
    (R(dipstick=2), R(dipstick=1), "B", ()),
    (R(dipstick=1), R(dipstick=1), "C", ()),
    (R(upcr_mg_mmol=120, gfr=48), R(upcr_mg_mmol=130), "A", (1, 3)),
    (R(u24_g=0.5), R(u24_g=0.6), "B", ()),
    (R(u24_g=0.45), R(u24_g=0.5), "C", ()),
    (R(u24_g=0.25), R(), "D", ()),
    (R(u24_g=1.2), R(u24_g=1.6), "C", ()),
    (R(creatinine_umol_l=143), R(creatinine_umol_l=110), "B", ()),
    (R(gfr=50), R(gfr=80), "B", (3,)),
    (R(gfr=49), R(gfr=50), "D", ()),
    (R(sbp=145, dbp=88), R(sbp=110, dbp=70), "D", ()),
    (R(dipstick=3, upcr_mg_mmol=20), R(dipstick=1), "D", ()),
    (R(creatinine_umol_l=140), None, "D", ()),
    (R(uacr_mg_mmol=60), R(uacr_mg_mmol=70), "B", ()),
    (R(uacr_mg_mmol=60), R(uacr_mg_mmol=90), "C", ()),
]


@pytest.mark.parametrize(("now", "previous", "letter", "criteria"), VECTORS)
def test_that_every_vector_of_the_rules_is_reproduced(
    now: R, previous: R | None, letter: str, criteria: tuple[int, ...]
) -> None:
    result = grade(now, previous, ever_involved=True)
    assert (result.grade, result.criteria) == (Grade(letter), criteria)


def test_that_a_quiet_kidney_is_d_or_e_and_final() -> None:
    assert grade(QUIET, QUIET, ever_involved=True).grade is Grade.D
    never = grade(QUIET, QUIET, ever_involved=False)
    assert (never.grade, never.provisional, never.missing) == (Grade.E, False, ())


def test_that_d_and_e_need_the_history() -> None:
    result = grade(QUIET, QUIET, ever_involved=None)
    assert (result.grade, result.provisional) == (None, False)
    assert result.missing == ("ever_involved",)


def test_that_raised_creatinine_without_an_earlier_visit_is_provisional() -> None:
    result = grade(replace(QUIET, creatinine_umol_l=140), None, ever_involved=False)
    assert (result.grade, result.provisional) == (Grade.E, True)
    assert result.missing == ("creatinine_umol_l_previous",)


@pytest.mark.parametrize("gap", ["active_sediment", "active_histology_3mo"])
def test_that_a_b_without_criterion_1_4_or_5_could_be_a_where_one_of_them_is_open(gap: str) -> None:
    now = replace(QUIET, nephrotic_syndrome=True, **{gap: None})
    result = grade(now, QUIET, ever_involved=True)
    assert (result.grade, result.criteria) == (Grade.B, (6,))
    assert (result.provisional, result.missing) == (True, (gap,))


@pytest.mark.parametrize("gap", ["accelerated_hypertension", "gfr"])
def test_that_a_b_without_criterion_1_4_or_5_is_no_a_by_another(gap: str) -> None:
    now = replace(QUIET, nephrotic_syndrome=True, **{gap: None})
    result = grade(now, QUIET, ever_involved=True)
    assert (result.grade, result.provisional, result.missing) == (Grade.B, False, ())


@pytest.mark.parametrize(
    ("now", "letter"),
    [
        (replace(QUIET, creatinine_umol_l=140), "B"),
        (replace(QUIET, gfr=79), "B"),
        (replace(QUIET, u24_g=None, dipstick=2), "B"),
        (replace(QUIET, gfr=81), "E"),
    ],
)
def test_that_a_first_visit_can_presume_deterioration(now: R, letter: str) -> None:
    result = grade(now, None, ever_involved=False, first_visit="assume_deterioration")
    assert (result.grade, result.provisional) == (Grade(letter), False)
    assert result.rule.parameters["first_visit"] == "assume_deterioration"


def test_that_presuming_deterioration_concerns_first_visits_only() -> None:
    now = replace(QUIET, creatinine_umol_l=140)
    earlier = replace(QUIET, creatinine_umol_l=None)
    result = grade(now, earlier, ever_involved=True, first_visit="assume_deterioration")
    assert (result.grade, result.provisional) == (Grade.D, True)


@pytest.mark.parametrize(
    ("changes", "letter", "criteria"),
    [
        ({"u24_g": None, "dipstick": 1}, "C", ()),  # below 2+
        ({"u24_g": None, "dipstick": 2}, "B", (1,)),
        ({"dipstick": 4}, "D", ()),  # beside a 24-hour collection
        ({"gfr": 79}, "B", (3,)),
        ({"gfr": 80}, "D", ()),
        ({"creatinine_umol_l": 131}, "B", (3,)),
        ({"creatinine_umol_l": 130}, "D", ()),
    ],
)
def test_that_presumed_deterioration_has_these_edges(
    changes: dict[str, float], letter: str, criteria: tuple[int, ...]
) -> None:
    now = replace(QUIET, **changes)  # type: ignore[arg-type]
    result = grade(now, None, ever_involved=True, first_visit="assume_deterioration")
    assert (result.grade, result.criteria) == (Grade(letter), criteria)


def test_that_without_any_measure_of_protein_the_collection_is_missing() -> None:
    before = replace(QUIET, u24_g=0.4, dipstick=1)
    result = grade(replace(QUIET, u24_g=None), before, ever_involved=True)
    assert result.missing == ("u24_g", "dipstick")
    told = [r for r in result.reasons if r.code == "bilag.dipstick_rise"]
    assert {(r.values["item"], r.values["value"], r.values["previous"]) for r in told} == {
        ("u24_g", None, 0.4)
    }


def test_that_without_any_input_there_is_no_grade() -> None:
    result = grade(R(), QUIET, ever_involved=True)
    assert (result.grade, result.provisional) == (None, True)
    assert "u24_g" in result.missing


@pytest.mark.parametrize(
    ("item", "number"),
    [
        ("accelerated_hypertension", 2),
        ("active_sediment", 4),
        ("active_histology_3mo", 5),
        ("nephrotic_syndrome", 6),
    ],
)
def test_that_each_yes_alone_is_b(item: str, number: int) -> None:
    result = grade(replace(QUIET, **{item: True}), QUIET, ever_involved=True)
    assert (result.grade, result.criteria, result.provisional) == (Grade.B, (number,), False)


def test_that_two_criteria_without_1_4_or_5_stay_b() -> None:
    now = replace(QUIET, accelerated_hypertension=True, nephrotic_syndrome=True)
    assert grade(now, QUIET, ever_involved=True).grade is Grade.B


@pytest.mark.parametrize(
    ("now", "previous", "letter"),
    [
        (replace(QUIET, gfr=53.5), replace(QUIET, gfr=80), "B"),  # 66.9 % of 80
        (replace(QUIET, gfr=53.6), replace(QUIET, gfr=80), "D"),  # 67 % exactly
        (replace(QUIET, gfr=80), replace(QUIET, gfr=150), "D"),  # not below 80
        (replace(QUIET, gfr=49), replace(QUIET, gfr=51), "B"),  # crossed 50
        (replace(QUIET, creatinine_umol_l=130), replace(QUIET, creatinine_umol_l=90), "D"),
        (replace(QUIET, creatinine_umol_l=138), replace(QUIET, creatinine_umol_l=120), "B"),
        (replace(QUIET, creatinine_umol_l=137), replace(QUIET, creatinine_umol_l=120), "D"),
        (replace(QUIET, u24_g=0.26), QUIET, "C"),
        (replace(QUIET, sbp=150, dbp=91), replace(QUIET, sbp=120, dbp=76), "C"),
        (replace(QUIET, sbp=150, dbp=91), replace(QUIET, sbp=121, dbp=76), "D"),
        (replace(QUIET, sbp=150, dbp=91), replace(QUIET, sbp=120, dbp=77), "D"),
    ],
)
def test_that_cut_offs_hold_to_the_digit(now: R, previous: R, letter: str) -> None:
    assert grade(now, previous, ever_involved=True).grade is Grade(letter)


def test_that_plus_minus_counts_as_no_dipstick_level() -> None:
    now, previous = replace(QUIET, u24_g=None, dipstick=2), replace(QUIET, dipstick=0.5)
    assert grade(now, previous, ever_involved=True).criteria == (1,)


def test_that_reasons_are_those_that_made_the_letter() -> None:
    now = replace(QUIET, u24_g=1.5, sbp=150, dbp=95)
    result = grade(now, replace(QUIET, u24_g=1.6), ever_involved=True)
    (reason,) = result.reasons
    assert (reason.code, reason.values["criterion"]) == ("bilag.protein", "1")
    assert (reason.values["value"], reason.values["previous"]) == (1.5, 1.6)
    assert (reason.values["limit"], reason.values["unit"]) == (1.0, "g/24 h")
    mild = grade(replace(QUIET, sbp=150, dbp=95), QUIET, ever_involved=True).reasons
    assert [(r.code, r.values["criterion"]) for r in mild] == [("bilag.blood_pressure", "C")]


def test_that_improved_protein_explains_why_it_did_not_count() -> None:
    result = grade(replace(QUIET, u24_g=1.2), replace(QUIET, u24_g=3.2), ever_involved=True)
    assert [(r.code, r.values["limit"]) for r in result.reasons] == [
        ("bilag.protein_above", 0.25),  # not "and not down by 25 %": it fell from 3.2
        ("bilag.protein_improved", 1.0),
    ]


def test_that_open_tests_are_reasons_of_a_provisional_grade() -> None:
    result = grade(replace(QUIET, active_sediment=None), QUIET, ever_involved=True)
    assert [(r.code, r.met) for r in result.reasons] == [("bilag.active_sediment", Truth.UNKNOWN)]
    assert result.missing == ("active_sediment",)


@pytest.mark.parametrize(
    "inputs",
    [R(creatinine_umol_l=0), R(dipstick=7), R(u24_g=-0.1), R(gfr=float("nan")), R(sbp=0)],
)
def test_that_impossible_values_are_refused_now_and_before(inputs: R) -> None:
    with pytest.raises(InvalidInput):
        grade(inputs, None, ever_involved=True)
    with pytest.raises(InvalidInput):
        grade(QUIET, inputs, ever_involved=True)


def test_that_an_unknown_first_visit_option_is_refused() -> None:
    with pytest.raises(InvalidInput, match="conservative or assume_deterioration"):
        grade(QUIET, None, ever_involved=True, first_visit="worst")  # type: ignore[arg-type]


@pytest.mark.parametrize("item", ["upcr_mg_mmol", "uacr_mg_mmol", "u24_g"])
@pytest.mark.parametrize(
    ("percent", "letter", "criteria"),
    [
        (101, "B", (1,)),
        (100, "B", ()),
        (50, "B", ()),
        (49.9, "C", ()),
        (25.1, "C", ()),
        (25, "D", ()),
    ],
)
def test_that_every_protein_method_has_its_cut_offs(
    item: str, percent: float, letter: str, criteria: tuple[int, ...]
) -> None:
    """100 % is 1 g in 24 hours or 100 mg/mmol."""
    value = percent / 100 if item == "u24_g" else percent
    now = replace(QUIET, **{"u24_g": None, item: value})
    result = grade(now, replace(QUIET, u24_g=None), ever_involved=True)
    assert (result.grade, result.criteria) == (Grade(letter), criteria)


@pytest.mark.parametrize(("value", "letter"), [(1.2, "C"), (1.21, "B")])
def test_that_improvement_begins_at_exactly_25_percent(value: float, letter: str) -> None:
    result = grade(replace(QUIET, u24_g=value), replace(QUIET, u24_g=1.6), ever_involved=True)
    assert result.grade is Grade(letter)


def test_that_pressure_must_be_above_140_and_90() -> None:
    earlier = replace(QUIET, sbp=100, dbp=60)
    for sbp, dbp, letter in ((140, 95, "D"), (141, 95, "C"), (150, 90, "D"), (150, 91, "C")):
        now = replace(QUIET, sbp=sbp, dbp=dbp)
        assert grade(now, earlier, ever_involved=True).grade is Grade(letter)


def test_that_only_what_could_still_raise_the_grade_is_missing() -> None:
    no_pressure = replace(QUIET, sbp=None, dbp=None)
    quiet = grade(no_pressure, QUIET, ever_involved=True)
    assert (quiet.grade, quiet.provisional, quiet.missing) == (Grade.D, True, ("sbp", "dbp"))
    mild = grade(replace(no_pressure, u24_g=0.3), QUIET, ever_involved=True)
    assert (mild.grade, mild.provisional, mild.missing) == (Grade.C, False, ())
    no_creatinine = replace(QUIET, u24_g=0.8, creatinine_umol_l=None)
    moderate = grade(no_creatinine, QUIET, ever_involved=True)
    assert (moderate.grade, moderate.provisional) == (Grade.B, False)
    first = grade(replace(QUIET, u24_g=0.3, creatinine_umol_l=140), None, ever_involved=True)
    assert (first.grade, first.missing) == (Grade.C, ("creatinine_umol_l_previous",))


def test_that_each_reason_shows_the_limit_it_was_tested_against() -> None:
    def shown(now: R, previous: R | None) -> list[tuple[str, object, object]]:
        reasons = grade(now, previous, ever_involved=True).reasons
        return [(r.code, r.values.get("limit"), r.values.get("percent")) for r in reasons]

    rising = replace(QUIET, creatinine_umol_l=200), replace(QUIET, creatinine_umol_l=100)
    assert shown(*rising) == [("bilag.creatinine_rise", 130, 130)]
    slower = replace(QUIET, creatinine_umol_l=140), replace(QUIET, creatinine_umol_l=120)
    assert shown(*slower) == [("bilag.creatinine_moderate_rise", 130, 115)]
    falling = replace(QUIET, gfr=45), replace(QUIET, gfr=75)
    assert shown(*falling) == [("bilag.gfr_fall", 80, 67), ("bilag.gfr_below_50", 50, None)]
    strip = replace(QUIET, u24_g=None, dipstick=1)
    assert shown(strip, strip) == [("bilag.dipstick", 1, None)]


def test_that_all_dipstick_levels_are_accepted() -> None:
    for level in (0, 0.5, 1, 2, 3, 4):
        now = replace(QUIET, u24_g=None, dipstick=level)
        assert grade(now, now, ever_involved=True).grade is Grade("C" if level >= 1 else "D")


def test_that_a_low_gfr_is_told_with_its_limit_in_its_unit() -> None:
    """From 100 to 45: under 50, and under 67 % of what it was and under 80."""
    told = grade(replace(QUIET, gfr=45), QUIET, ever_involved=True).reasons
    found = {
        reason.code: (reason.values["limit"], reason.values["unit"], reason.values.get("percent"))
        for reason in told
        if reason.values["item"] == "gfr"
    }
    assert found == {
        "bilag.gfr_below_50": (50, "mL/min/1.73 m²", None),
        "bilag.gfr_fall": (80, "mL/min/1.73 m²", 67),
    }


def test_that_a_grade_says_how_a_first_visit_was_read() -> None:
    found = grade(QUIET, None, ever_involved=True).rule
    assert found.parameters["first_visit"] == "conservative"


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [  # down by more than a quarter: >= 0.5 g is B no longer, > 1 g is A or B no longer
        (0.49, 1.0, None),
        (0.5, 1.0, (">=", 0.5)),
        (1.0, 2.0, (">=", 0.5)),
        (1.01, 2.0, (">", 1.0)),
    ],
)
def test_that_what_improved_is_told_by_the_limit_it_is_beyond(
    now: float, before: float, told: tuple[str, float] | None
) -> None:
    found = grade(replace(QUIET, u24_g=now), replace(QUIET, u24_g=before), ever_involved=True)
    improved = [
        (reason.values["operator"], reason.values["limit"])
        for reason in found.reasons
        if reason.code == "bilag.protein_improved"
    ]
    assert improved == ([told] if told else [])


@pytest.mark.parametrize(
    ("changes", "criterion", "limit"),
    [
        ({"u24_g": 1.1}, 1, 1.0),
        ({"u24_g": None, "dipstick": 3}, 1, 2),
        ({"accelerated_hypertension": True}, 2, None),
        ({"creatinine_umol_l": 140}, 3, 130),
        ({"active_sediment": True}, 4, None),
        ({"active_histology_3mo": True}, 5, None),
        ({"nephrotic_syndrome": True}, 6, None),
    ],
)
@pytest.mark.parametrize("option", ["conservative", "assume_deterioration"])
def test_that_a_first_visit_meets_the_six_criteria_under_both_options(
    changes: dict[str, float | None], criterion: int, limit: float | None, option: str
) -> None:
    """A rise needs an earlier value: criteria 3 and the dipstick are met by presumption only."""
    found = grade(replace(QUIET, **changes), None, ever_involved=True, first_visit=option)  # type: ignore[arg-type]
    if option == "conservative" and ("creatinine_umol_l" in changes or "dipstick" in changes):
        assert found.criteria == ()
        return
    assert found.criteria == (criterion,)
    told = [reason for reason in found.reasons if reason.values["criterion"] == f"{criterion}"]
    assert [reason.values.get("limit") for reason in told] == [limit]
