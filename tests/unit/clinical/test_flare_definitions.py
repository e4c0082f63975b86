"""Published flare definitions in hand-made courses; every limit on both sides."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.flare import RULE_SETS, FlareFinding, FlareObservation, detect
from lnmonitor.clinical.flare.childhood import haematuria_category
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RenalState, Response

CR, PR, NR = Response.CR, Response.PR, Response.NR


def seen(
    day: int,
    upcr: float | None = None,
    response: Response | None = None,
    *,
    u24: float | None = None,
    unit: str = "g/g",
    escalated: bool | None = None,
    **state: object,
) -> FlareObservation:
    kidney = RenalState(
        proteinuria=None if u24 is None else Proteinuria(u24, "g/24 h"),
        upcr=None if upcr is None else Proteinuria(upcr, unit),
        **state,  # type: ignore[arg-type]
    )
    return FlareObservation(day, f"D{day}", kidney, response, escalated)


def found(rule_set: str, *course: FlareObservation) -> list[FlareFinding]:
    return detect(course, rule_set_id=rule_set)


def test_that_every_definition_names_its_denominator_and_says_it_was_not_read() -> None:
    assert {name: rule_set.denominator for name, rule_set in RULE_SETS.items()} == {
        "flare-renal": "remitted",
        "aurora-2": "adequate_response",
        "eular-2012": "remitted",
        "moroni": "all_treated",
        "kdigo-2012": "remitted",
        "childhood": "remitted",
    }
    assert all(rule_set.rule.citations for rule_set in RULE_SETS.values())
    assert not any(rule_set.rule.verified for rule_set in RULE_SETS.values())


# -- AURORA-2 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reached", "flared", "count"),
    [
        (0.19, 1.0, 0),
        (0.19, 1.01, 1),
        (0.2, 1.5, 0),
        (0.2, 2.0, 0),
        (0.2, 2.01, 1),
        (0.7, 2.01, 1),
    ],
)
def test_that_aurora_2_keys_the_limit_to_what_was_reached(
    reached: float, flared: float, count: int
) -> None:
    course = [seen(91, 0.7), seen(182, reached), seen(273, flared)]
    assert len(found("aurora-2", *course)) == count


def test_that_aurora_2_needs_two_adequate_samples_in_a_row() -> None:
    assert found("aurora-2", seen(91, 0.1), seen(182, 3.0)) == []
    assert found("aurora-2", seen(91, 0.1), seen(120, 0.71), seen(150, 0.1), seen(182, 3)) == []
    assert len(found("aurora-2", seen(91, 0.1), seen(120), seen(150, 0.1), seen(182, 3))) == 1


def test_that_aurora_2_begins_at_an_adequate_sample_only() -> None:
    assert found("aurora-2", seen(91, 3.0), seen(120, 0.71), seen(150, 0.7), seen(182, 3.0)) == []


def test_that_aurora_2_counts_neither_a_high_nor_a_missing_sample_as_adequate() -> None:
    for first in (seen(91, 3.0), seen(91, creatinine_umol_l=80)):
        assert found("aurora-2", first, seen(120, 0.7), seen(150, 3.0)) == []
        assert len(found("aurora-2", first, seen(120, 0.7), seen(130, 0.7), seen(150, 3.0))) == 1


def test_that_aurora_2_confirms_by_a_second_sample_and_takes_the_reported_unit() -> None:
    course = [seen(day, 60, unit="mg/mmol") for day in (91, 182)]
    (one,) = found("aurora-2", *course, seen(273, 201, unit="mg/mmol"))
    assert (one.status, one.missing) == ("suspected", ("confirmation",))
    (two,) = found("aurora-2", *course, *(seen(d, 201, unit="mg/mmol") for d in (273, 280)))
    assert (two.status, two.confirmed_day, two.kind) == ("confirmed", 280, "proteinuric")
    assert found("aurora-2", *course, seen(273, 200, unit="mg/mmol")) == []


def test_that_a_sample_without_protein_ends_no_flare() -> None:
    course = [seen(91, 0.1), seen(120, 0.1), seen(150, 1.5), seen(160), seen(170, 0.3)]
    (one,) = found("aurora-2", *course)
    assert (one.onset_day, one.resolved_day) == (150, 170)
    assert one.reasons[0].values["limit"] == 1.0


def test_that_a_collection_stands_in_where_no_ratio_was_measured() -> None:
    course = [seen(91, u24=0.1), seen(120, u24=0.1), seen(150, u24=1.2)]
    assert found("aurora-2", *course)[0].reasons[0].values["item"] == "proteinuria"


# -- EULAR 2012 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "before", "after", "count"),
    [
        (CR, 0.3, 1.0, 0),
        (CR, 0.3, 1.01, 1),
        (CR, 0.6, 1.1, 0),  # above the limit, not doubled
        (CR, 0.6, 1.2, 1),
        (PR, 0.9, 2.0, 0),
        (PR, 0.9, 2.01, 1),
        (PR, 1.2, 2.3, 0),
        (PR, 1.2, 2.4, 1),
        (NR, 0.3, 3.0, 0),
    ],
)
def test_that_eular_2012_asks_for_doubling_and_a_limit(
    response: Response, before: float, after: float, count: int
) -> None:
    assert len(found("eular-2012", seen(91, before, response), seen(182, after))) == count


def test_that_eular_2012_tests_ratios_as_reported() -> None:
    course = [seen(91, 30, CR, unit="mg/mmol"), seen(182, 105, unit="mg/mmol")]
    assert len(found("eular-2012", *course)) == 1
    assert found("eular-2012", course[0], seen(182)) == []


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"creatinine_umol_l": 103, "egfr": 91}, 0),
        ({"creatinine_umol_l": 103, "egfr": 90}, 1),
        ({"creatinine_umol_l": 104, "egfr": None}, 1),
        ({"urine_rbc_hpf": 12}, 1),
        ({"urine_rbc_hpf": 11}, 0),
        ({"casts": None}, 1),  # more than 5 cells: active whatever the casts
    ],
)
def test_that_eular_2012_nephritic_needs_function_sediment_and_cells(
    changes: dict[str, object], count: int
) -> None:
    quiet = {"urine_rbc_hpf": 2, "urine_wbc_hpf": 1, "casts": False}
    worse = {"creatinine_umol_l": 104, "egfr": 80, "urine_rbc_hpf": 30, "urine_wbc_hpf": 1}
    before = seen(91, 0.3, CR, creatinine_umol_l=80, egfr=100, **quiet)
    flares = found("eular-2012", before, seen(182, 0.3, **{**worse, "casts": True, **changes}))
    assert [one.kind for one in flares] == ["nephritic"] * count


# -- Moroni ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "creatinine", "kind"),
    [
        (1.0, 2.99, 80, None),
        (1.0, 3.0, 80, "proteinuric"),
        (3.4, 5.4, 80, "proteinuric"),
        (3.5, 6.9, 80, None),
        (3.5, 7.0, 80, "proteinuric"),
        (1.0, 3.0, 103, "proteinuric"),
        (1.0, 3.0, 104, None),  # creatinine rose: not proteinuric; no sediment: not nephritic
    ],
)
def test_that_moroni_compares_with_the_sample_before(
    before: float, after: float, creatinine: float, kind: str | None
) -> None:
    quiet = {"urine_rbc_hpf": 1, "urine_wbc_hpf": 1, "casts": False}
    flares = found(
        "moroni",
        seen(0, u24=before, creatinine_umol_l=80),
        seen(91, u24=after, creatinine_umol_l=creatinine, **quiet),
    )
    assert [one.kind for one in flares] == ([kind] if kind else [])


def test_that_moroni_nephritic_has_sediment_and_needs_no_second_sample() -> None:
    active = {"urine_rbc_hpf": 20, "urine_wbc_hpf": 1, "casts": True}
    course = (seen(0, u24=1, creatinine_umol_l=80), seen(91, creatinine_umol_l=104, **active))
    (one,) = found("moroni", *course)
    assert (one.kind, one.status, one.confirmed_day) == ("nephritic", "confirmed", 91)
    assert one.reasons[0].values["percent"] == 130


def test_that_moroni_takes_the_last_known_value_and_stays_open_without_one() -> None:
    course = [seen(0, u24=1, creatinine_umol_l=80), seen(30, creatinine_umol_l=80)]
    (one,) = found("moroni", *course, seen(91, u24=3.1, creatinine_umol_l=80))
    assert one.reasons[0].values["previous"] == 1
    assert found("moroni", seen(0, creatinine_umol_l=80), seen(91, u24=5)) == []
    assert found("moroni", seen(0, 1.0), seen(91, 5.0)) == []  # ratios do not count


def test_that_moroni_leaves_a_flare_open_where_creatinine_is_unknown() -> None:
    course = [
        seen(0, u24=1.0, creatinine_umol_l=80),
        seen(30, u24=3.0, creatinine_umol_l=80),
        seen(60, u24=3.0),
    ]
    (one,) = found("moroni", *course)
    assert (one.kind, one.evidence_days, one.resolved_day) == ("proteinuric", (30,), None)
    (one,) = found("moroni", *course, seen(90, u24=2.9))  # below the limit whatever creatinine was
    assert (one.evidence_days, one.resolved_day) == ((30,), 90)


def test_that_moroni_begins_anew_after_a_flare() -> None:
    days = ((0, 1.0), (30, 4.0), (60, 1.2), (90, 2.5), (120, 4.6))
    flares = found("moroni", *(seen(day, u24=u, creatinine_umol_l=80) for day, u in days))
    assert [(one.onset_day, one.resolved_day) for one in flares] == [(30, 60), (120, None)]


# -- KDIGO 2012 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "grade"),
    [
        (80, 97.6, None),
        (80, 97.7, "moderate"),
        (80, 168.4, "moderate"),
        (80, 168.5, "severe"),
        (176, 193.7, "moderate"),
        (177, 212.3, None),
        (177, 212.4, "moderate"),
        (177, 309.6, "moderate"),
        (177, 309.7, "severe"),
    ],
)
def test_that_kdigo_2012_grades_creatinine(before: float, after: float, grade: str | None) -> None:
    flares = found(
        "kdigo-2012",
        seen(91, 0.1, CR, creatinine_umol_l=before),
        seen(182, 0.1, creatinine_umol_l=after),
    )
    assert [(one.grade, one.kind) for one in flares] == ([(grade, "nephritic")] if grade else [])


@pytest.mark.parametrize(
    ("before", "after", "grade"),
    [
        (49, 99, None),
        (49, 100, "moderate"),
        (50, 199, None),
        (50, 200, "moderate"),
        (100, 199, None),
        (100, 200, "moderate"),
        (101, 201, None),
        (101, 202, "moderate"),
        (50, 550, "moderate"),
        (50, 551, "severe"),
        (200, 600, "moderate"),  # absolute above 500, risen by less: between the table's rows
    ],
)
def test_that_kdigo_2012_grades_protein(before: float, after: float, grade: str | None) -> None:
    course = (seen(91, before, CR, unit="mg/mmol"), seen(182, after, unit="mg/mmol"))
    flares = found("kdigo-2012", *course)
    assert [(one.grade, one.kind) for one in flares] == ([(grade, "proteinuric")] if grade else [])


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"urine_rbc_hpf": 16, "acanthocytes_hpf": 2}, 1),
        ({"urine_rbc_hpf": 15, "acanthocytes_hpf": 2}, 0),
        ({"urine_rbc_hpf": 16, "acanthocytes_hpf": 1}, 0),
        ({"urine_rbc_hpf": 16}, 0),  # acanthocytes not counted: open
        ({"urine_rbc_hpf": 3, "casts": True}, 1),
    ],
)
def test_that_kdigo_2012_mild_is_sediment_alone(changes: dict[str, object], count: int) -> None:
    before = seen(91, 0.1, PR, urine_rbc_hpf=4, casts=False)
    flares = found("kdigo-2012", before, seen(182, 0.1, **{"casts": False, **changes}))
    assert [one.grade for one in flares] == ["mild"] * count


def test_that_casts_and_cells_that_never_cleared_are_no_mild_relapse() -> None:
    for before in ({"urine_rbc_hpf": 5, "casts": True}, {}):
        now = {"urine_rbc_hpf": 30, "acanthocytes_hpf": 5, "casts": True}
        assert found("kdigo-2012", seen(91, 0.1, CR, **before), seen(182, 0.1, **now)) == []


def test_that_an_episode_has_its_worst_grade() -> None:
    course = [seen(91, 0.1, CR), seen(182, 1.2), seen(210, 6.0), seen(240, 0.2)]
    (one,) = found("kdigo-2012", *course)
    assert (one.grade, one.evidence_days, one.resolved_day) == ("severe", (182, 210), 240)
    assert one.status == "confirmed"
    assert found("kdigo-2012", seen(91, None, CR), seen(182, 6.0), seen(190)) == []


# -- Childhood-onset trial -------------------------------------------------------------------------


def test_that_haematuria_has_five_categories() -> None:
    cells = (0, 5, 6, 10, 11, 25, 26, 50, 51)
    assert [haematuria_category(count) for count in cells] == [0, 0, 1, 1, 2, 2, 3, 3, 4]


@pytest.mark.parametrize(
    ("before", "after", "cells", "count"),
    [
        (95, 89, 11, 1),  # newly abnormal, two categories up
        (95, 89, 10, 0),
        (95, 90, 60, 0),
        (80, 72, 60, 0),  # exactly 10 %
        (80, 71, 11, 1),
        (80, 71, None, 0),
    ],
)
def test_that_childhood_nephritic_needs_gfr_and_haematuria(
    before: float, after: float, cells: float | None, count: int
) -> None:
    course = (
        seen(91, 0.1, CR, egfr=before, urine_rbc_hpf=2),
        seen(182, 0.1, egfr=after, urine_rbc_hpf=cells),
    )
    flares = found("childhood", *course)
    assert [one.kind for one in flares] == ["nephritic"] * count


@pytest.mark.parametrize(
    ("response", "before", "after", "count"),
    [
        (CR, 0.3, 0.5, 0),
        (CR, 0.3, 0.51, 1),
        (PR, 0.4, 1.0, 0),
        (PR, 0.4, 1.01, 1),
        (PR, 0.6, 1.1, 0),
        (PR, 0.6, 1.2, 1),
    ],
)
def test_that_childhood_proteinuria_depends_on_the_response(
    response: Response, before: float, after: float, count: int
) -> None:
    assert len(found("childhood", seen(91, before, response), seen(182, after))) == count


def test_that_childhood_is_reproduced_more_than_a_week_apart() -> None:
    for gap, status in ((7, "suspected"), (8, "confirmed")):
        course = (seen(91, 0.1, CR), seen(182, 0.9), seen(182 + gap, 0.9))
        assert found("childhood", *course)[0].status == status
    (open_,) = found("childhood", seen(91, 0.1, CR), seen(182, 0.9), seen(190))
    assert open_.status == "suspected"


def test_that_haematuria_has_edges_between_its_categories() -> None:
    tops = [(5, 0), (5.1, 1), (10, 1), (10.1, 2), (25, 2), (25.1, 3), (50, 3), (50.1, 4)]
    assert [haematuria_category(cells) for cells, _ in tops] == [n for _, n in tops]


def test_that_seven_days_apart_confirm_by_eular_2012() -> None:
    states = [RenalState(upcr=Proteinuria(grams, "g/g")) for grams in (0.4, 3.0, 3.0)]
    for gap, status in ((7, "confirmed"), (6, "suspected")):
        days = (91, 182, 182 + gap)
        course = [
            FlareObservation(day, "", state, Response.CR if day == 91 else None)
            for day, state in zip(days, states, strict=True)
        ]
        (found,) = detect(course, rule_set_id="eular-2012")
        assert found.status == status


@pytest.mark.parametrize(
    ("rule_set", "first"),
    [("flare-renal", 7), ("aurora-2", 7), ("eular-2012", 7), ("childhood", 8)],
)
def test_that_a_second_sample_confirms_from_a_week_to_eight_weeks_later(
    rule_set: str, first: int
) -> None:
    """Childhood: more than seven days apart; eight weeks are 56 days."""
    for later, status in (
        (first - 1, "suspected"),
        (first, "confirmed"),
        (56, "confirmed"),
        (57, "suspected"),
    ):
        course = [seen(day, 0.1, CR, u24=0.1) for day in (91, 182)]
        course += [seen(day, 3.6, u24=3.6) for day in (273, 273 + later)]
        assert [one.status for one in found(rule_set, *course)] == [status], later


# -- What is not known makes no flare and ends none ------------------------------------------------

KEPT = {"creatinine_umol_l": 80, "egfr": 95, "urine_rbc_hpf": 2, "urine_wbc_hpf": 1, "casts": False}
LOST = {**KEPT, "creatinine_umol_l": 120, "egfr": 60, "urine_rbc_hpf": 40, "casts": True}


@pytest.mark.parametrize(
    ("rule_set", "before", "now", "count"),
    [
        ("flare-renal", KEPT, LOST, 1),
        ("flare-renal", KEPT, {**LOST, "urine_rbc_hpf": None, "casts": None}, 0),
        ("flare-renal", {**KEPT, "casts": None}, LOST, 0),  # perhaps active before
        ("childhood", KEPT, LOST, 1),
        ("childhood", KEPT, {**LOST, "egfr": None}, 0),
        ("kdigo-2012", KEPT, {**KEPT, "urine_rbc_hpf": 16, "acanthocytes_hpf": 2}, 1),
        ("kdigo-2012", KEPT, {**KEPT, "urine_rbc_hpf": None, "acanthocytes_hpf": 2}, 0),
        ("moroni", KEPT, LOST, 1),
        ("moroni", KEPT, {**LOST, "urine_rbc_hpf": None, "casts": None}, 0),
        ("moroni", KEPT, {**LOST, "creatinine_umol_l": None}, 0),
    ],
)
def test_that_no_flare_rests_on_what_was_not_measured(
    rule_set: str, before: dict[str, object], now: dict[str, object], count: int
) -> None:
    course = [seen(91, 0.3, CR, **before), seen(182, 0.3, **now)]
    assert len(found(rule_set, *course)) == count


@pytest.mark.parametrize(
    ("rule_set", "back"),
    [
        ("flare-renal", {**LOST, "creatinine_umol_l": 80, "egfr": 95}),
        ("eular-2012", {**LOST, "creatinine_umol_l": 80, "egfr": 95}),
        ("childhood", {**LOST, "urine_rbc_hpf": 2}),
        ("moroni", {**LOST, "creatinine_umol_l": 80}),
    ],
)
def test_that_a_nephritic_flare_ends_with_one_of_its_conditions(
    rule_set: str, back: dict[str, object]
) -> None:
    course = [seen(91, 0.3, CR, **KEPT), seen(182, 0.3, **LOST), seen(190, 0.3, **back)]
    (one,) = found(rule_set, *course)
    assert (one.kind, one.resolved_day) == ("nephritic", 190)


def test_that_a_flare_after_partial_remission_ends_below_the_double() -> None:
    course = [seen(91, u24=1.2, response=PR), seen(182, u24=2.5)]
    (ended,) = found("flare-renal", *course, seen(190, u24=2.3))  # 2.4 is the double
    assert ended.resolved_day == 190
    (lasting,) = found("flare-renal", *course, seen(190, 2.3))  # nothing to compare a ratio with
    assert lasting.resolved_day is None


def test_that_creatinine_counts_from_the_lowest_value() -> None:
    values = (80, 95, 98)  # 18 above the lowest, 3 above the last
    course = [
        seen(day, 0.3, CR, creatinine_umol_l=value)
        for day, value in zip((91, 98, 182), values, strict=True)
    ]
    (one,) = found("kdigo-2012", *course)
    assert (one.grade, one.reasons[0].values["previous"]) == ("moderate", 80)


@pytest.mark.parametrize(
    ("casts", "count"),
    [((True, False, True), 1), ((True, True, True), 0), ((False, True), 1), ((None, True), 0)],
)
def test_that_casts_are_new_where_a_sample_since_remission_had_none(
    casts: tuple[bool | None, ...], count: int
) -> None:
    course = [seen(91 + 30 * n, 0.3, CR, **{**KEPT, "casts": each}) for n, each in enumerate(casts)]
    assert len(found("kdigo-2012", *course)) == count
