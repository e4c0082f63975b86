"""BILAG-2004 letters: the rules' vectors, and a second, count-based way of grading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from types import MappingProxyType

import pytest

from lnmonitor.clinical import bilag
from lnmonitor.clinical.bilag import (
    RULE_BILAG_2004,
    Assessment,
    BilagGrade,
    Grade,
    grade_system,
    letters_of,
)
from lnmonitor.clinical.bilag_haematological import HaematologyInputs
from lnmonitor.clinical.bilag_haematological import grade as grade_haematological
from lnmonitor.clinical.bilag_items import ITEM_BY_NUMBER, ITEMS, SYSTEMS
from lnmonitor.clinical.errors import InvalidInput


def complete(system: str, **scores: int) -> dict[str, int | None]:
    codes = [item.code for item in ITEMS if item.system == system]
    return {**dict.fromkeys(codes, 0), **scores}


def by_number(scores: dict[int, int]) -> tuple[str, dict[str, int | None]]:
    system = ITEM_BY_NUMBER[next(iter(scores))].system
    named = {ITEM_BY_NUMBER[number].code: score for number, score in scores.items()}
    return system, complete(system, **named)


def test_that_the_97_items_have_the_printed_numbers() -> None:
    assert [item.number for item in ITEMS] == list(range(1, 98))
    counts = [sum(item.system == system for item in ITEMS) for system in SYSTEMS]
    assert counts == [4, 14, 20, 5, 12, 9, 13, 12, 8]
    assert len({(item.system, item.code) for item in ITEMS}) == 97
    assert ITEM_BY_NUMBER[84].code == "u24"
    assert ITEM_BY_NUMBER[54].code == "aortitis"


@pytest.mark.parametrize(
    ("scores", "letter"),
    [
        ({1: 3, 2: 2, 3: 2}, "A"),
        ({1: 2, 4: 3}, "B"),
        ({3: 3, 4: 3}, "B"),
        ({1: 1}, "C"),
        ({2: 4}, "C"),
        ({5: 1, 7: 4}, "A"),
        ({5: 1}, "B"),
        ({12: 1}, "C"),
        ({8: 2}, "C"),
        ({30: 2}, "B"),
        ({30: 1}, "C"),
        ({43: 4}, "C"),
        ({48: 1}, "C"),
        ({57: 2}, "B"),
        ({71: 1}, "C"),
    ],
)
def test_that_every_vector_of_the_rules_is_reproduced(scores: dict[int, int], letter: str) -> None:
    system, items = by_number(scores)
    result = grade_system(system, items, ever_involved=False)
    assert (result.grade, result.provisional) == (Grade(letter), False)
    assert {r.values["item"] for r in result.reasons} == {k for k, v in items.items() if v}


def test_that_all_absent_is_d_or_e_by_history() -> None:
    items = complete("ophthalmic")
    assert grade_system("ophthalmic", items, ever_involved=True).grade is Grade.D
    assert grade_system("ophthalmic", items, ever_involved=False).grade is Grade.E
    unknown = grade_system("ophthalmic", items, ever_involved=None)
    assert (unknown.grade, unknown.missing) == (None, ("ever_involved",))


# The second way: (A, B, C) groups as printed on the form, graded by the highest score of each.
GROUPS = {
    "mucocutaneous": ((5, 7, 9, 11, 13), (6, 12, 14, 15), (8, 10, 16, 17, 18)),
    "neuropsychiatric": (
        (19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 36),
        (30, 32, 33, 34, 35, 37, 38),
        (),
    ),
    "musculoskeletal": ((39, 41), (40, 42), (43,)),
    "cardiorespiratory": ((45, 46, 47, 49, 50, 51, 52, 53, 54, 55), (44, 48), ()),
    "gastrointestinal": ((56, 58, 61, 63, 64), (57, 59, 60, 62), ()),
    "ophthalmic": ((65, 66, 69, 72, 74, 76, 77), (67, 68, 70, 73), (71, 75)),
}
# Highest score of a group: 0 absent, 1 improving, 2 active -> the letter it gives.
LETTER_OF_GROUP = ("EBA", "ECB", "ECC")


def tabled(highest: tuple[int, int, int]) -> str:
    return min(LETTER_OF_GROUP[group][min(score, 2)] for group, score in enumerate(highest))


@pytest.mark.parametrize("system", GROUPS)
def test_that_a_table_of_groups_gives_the_same_letters(system: str) -> None:
    groups = GROUPS[system]
    listed = sorted(number for group in groups for number in group)
    assert listed == [item.number for item in ITEMS if item.system == system]
    for pattern in product(range(5), repeat=3):
        if any(score and not group for score, group in zip(pattern, groups, strict=True)):
            continue
        for position in (0, -1):
            items = complete(system)
            for score, group in zip(pattern, groups, strict=True):
                if group:
                    items[ITEM_BY_NUMBER[group[position]].code] = score
            result = grade_system(system, items, ever_involved=False)
            assert result.grade is Grade(tabled(pattern)), (system, pattern)


@pytest.mark.parametrize("system", GROUPS)
def test_that_every_single_item_grades_by_its_group(system: str) -> None:
    for group, numbers in enumerate(GROUPS[system]):
        for number, score in product(numbers, range(1, 5)):
            _, items = by_number({number: score})
            expected = Grade(LETTER_OF_GROUP[group][min(score, 2)])
            result = grade_system(system, items, ever_involved=False)
            assert result.grade is expected, (number, score)


def test_that_all_constitutional_patterns_follow_the_counts() -> None:
    for pattern in product(range(5), repeat=4):
        _, items = by_number(dict(zip((1, 2, 3, 4), pattern, strict=True)))
        pyrexia, others = pattern[0] >= 2, sum(score >= 2 for score in pattern[1:])
        expected = "A" if pyrexia and others >= 2 else "B" if pyrexia or others >= 2 else None
        expected = expected or ("C" if any(pattern) else "E")
        assert grade_system("constitutional", items, ever_involved=False).grade is Grade(expected)


def test_that_an_item_not_done_marks_the_grade_provisional() -> None:
    items = complete("musculoskeletal", arthritis_mild=2)
    items["arthritis_severe"] = None
    result = grade_system("musculoskeletal", items, ever_involved=True)
    assert (result.grade, result.provisional) == (Grade.C, True)
    assert result.missing == ("arthritis_severe",)


def test_that_an_item_that_cannot_raise_the_grade_is_not_missing() -> None:
    items = complete("musculoskeletal", arthritis_severe=4)
    items["arthritis_mild"] = None
    result = grade_system("musculoskeletal", items, ever_involved=True)
    assert (result.grade, result.provisional, result.missing) == (Grade.A, False, ())


def test_that_two_items_not_done_are_weighed_together() -> None:
    result = grade_system("constitutional", {"pyrexia": 3, "anorexia": 0}, ever_involved=True)
    assert result.grade is Grade.B
    assert result.missing == ("weight_loss", "lymphadenopathy_splenomegaly")
    final = {"pyrexia": 3, "anorexia": 0, "weight_loss": 0, "lymphadenopathy_splenomegaly": None}
    assert not grade_system("constitutional", final, ever_involved=True).provisional


def test_that_nothing_assessed_is_no_grade() -> None:
    result = grade_system("ophthalmic", {}, ever_involved=True)
    assert (result.grade, result.provisional) == (None, True)
    assert len(result.missing) == 13


@pytest.mark.parametrize(
    ("system", "items"),
    [
        ("renal", {}),
        ("skin", {}),
        ("ophthalmic", {"psychosis": 1}),
        ("ophthalmic", {"keratitis_mild": 5}),
    ],
)
def test_that_unknown_names_and_scores_are_refused(system: str, items: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        grade_system(system, items, ever_involved=True)


@pytest.mark.parametrize(
    ("scores", "missing"),
    [
        ({66: None, 67: None, 71: None}, (66, 67, 71)),  # nothing present: each gives a letter
        ({65: 1, 66: None, 67: None, 71: None}, (66,)),  # B: only an A item
        ({71: 2, 66: None, 67: None, 75: None}, (66, 67)),  # C
        ({68: 1, 66: None, 67: None, 71: None}, (66, 67)),
        ({65: 2, 66: None, 67: None, 71: None}, ()),
    ],
)
def test_that_the_items_not_done_are_named_by_the_letter_they_could_give(
    scores: dict[int, int | None], missing: tuple[int, ...]
) -> None:
    named = {ITEM_BY_NUMBER[number].code: score for number, score in scores.items()}
    result = grade_system("ophthalmic", {**complete("ophthalmic"), **named}, ever_involved=True)
    assert result.missing == tuple(ITEM_BY_NUMBER[number].code for number in missing)


def test_that_the_order_of_the_answers_does_not_count() -> None:
    items = complete("musculoskeletal", arthritis_severe=1, myositis_mild=3)
    items["arthritis_mild"] = None
    turned = dict(reversed(items.items()))
    results = [
        grade_system("musculoskeletal", MappingProxyType(given), ever_involved=True)
        for given in (items, turned)
    ]
    results.append(grade_system("musculoskeletal", turned, ever_involved=True))
    del turned["arthritis_mild"]
    results.append(grade_system("musculoskeletal", turned, ever_involved=True))
    for result in results:
        assert (result.grade, result.missing) == (Grade.B, ())
        told = [(reason.values["item"], reason.values["value"]) for reason in result.reasons]
        assert told == [("myositis_mild", 3), ("arthritis_severe", 1)]


def test_that_a_mapping_that_makes_up_codes_is_read_as_it_is() -> None:
    counted = Counter(complete("ophthalmic"))
    del counted["keratitis_severe"]
    result = grade_system("ophthalmic", counted, ever_involved=True)
    assert (result.missing, "keratitis_severe" in counted) == (("keratitis_severe",), False)
    made = defaultdict(int, counted)
    assert grade_system("ophthalmic", made, ever_involved=True) == result
    assert "keratitis_severe" not in made
    counted["keratitis_sever"] = 0
    with pytest.raises(InvalidInput, match="keratitis_sever"):
        grade_system("ophthalmic", counted, ever_involved=True)


@pytest.mark.parametrize(
    ("items", "named"),
    [
        ({"scleritis_mild": 7, "psychosis": 1}, "scleritis_mild"),
        ({"psychosis": 1, "scleritis_mild": 7}, "psychosis"),
        ({**complete("ophthalmic"), "psychosis": 1}, "psychosis"),
        ({**complete("ophthalmic", scleritis_mild=-1), "psychosis": 1}, "scleritis_mild"),
    ],
)
def test_that_the_first_wrong_answer_is_named(items: dict[str, int | None], named: str) -> None:
    for _ in range(2):  # also when it was refused before
        with pytest.raises(InvalidInput) as refused:
            grade_system("ophthalmic", items, ever_involved=True)
        assert named in str(refused.value)


HEALTHY = {
    "haemoglobin_g_l": 130.0,
    "wbc_10e9_l": 6.0,
    "neutrophils_10e9_l": 4.0,
    "lymphocytes_10e9_l": 1.5,
    "platelets_10e9_l": 200.0,
    "ttp": 0,
    "active_haemolysis": False,
    "isolated_coombs": False,
}


def blood(**changes: object) -> HaematologyInputs:
    return HaematologyInputs(**{**HEALTHY, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "value", "letter"),
    [
        ("haemoglobin_g_l", 79.9, "A"),
        ("haemoglobin_g_l", 80, "B"),
        ("haemoglobin_g_l", 89.9, "B"),
        ("haemoglobin_g_l", 90, "C"),
        ("haemoglobin_g_l", 109.9, "C"),
        ("haemoglobin_g_l", 110, "D"),
        ("wbc_10e9_l", 0.99, "A"),
        ("wbc_10e9_l", 1.0, "B"),
        ("wbc_10e9_l", 2.0, "C"),
        ("wbc_10e9_l", 4.0, "D"),
        ("neutrophils_10e9_l", 0.49, "A"),
        ("neutrophils_10e9_l", 0.5, "B"),
        ("neutrophils_10e9_l", 1.0, "C"),
        ("neutrophils_10e9_l", 2.0, "D"),
        ("platelets_10e9_l", 24, "A"),
        ("platelets_10e9_l", 25, "B"),
        ("platelets_10e9_l", 50, "C"),
        ("platelets_10e9_l", 150, "D"),
        ("lymphocytes_10e9_l", 0.99, "C"),
        ("lymphocytes_10e9_l", 1.0, "D"),
        ("ttp", 2, "A"),
        ("ttp", 1, "B"),
        ("active_haemolysis", True, "B"),
        ("isolated_coombs", True, "C"),
    ],
)
def test_that_blood_cut_offs_are_half_open(item: str, value: float, letter: str) -> None:
    result = grade_haematological(blood(**{item: value}), ever_involved=True)
    assert (result.grade, result.provisional) == (Grade(letter), False)


def test_that_the_worst_blood_finding_decides() -> None:
    result = grade_haematological(blood(wbc_10e9_l=3, platelets_10e9_l=30), ever_involved=True)
    assert result.grade is Grade.B
    assert len(result.reasons) == 2


def test_that_a_value_not_due_to_lupus_is_ignored() -> None:
    inputs = blood(wbc_10e9_l=0.5, not_due_to_sle=frozenset({"wbc_10e9_l"}))
    assert grade_haematological(inputs, ever_involved=True).grade is Grade.D
    with pytest.raises(InvalidInput):
        grade_haematological(blood(not_due_to_sle=frozenset({"wbc"})), ever_involved=True)


def test_that_a_missing_count_is_missing_only_where_it_could_raise() -> None:
    final = grade_haematological(blood(wbc_10e9_l=3, lymphocytes_10e9_l=None), ever_involved=True)
    assert (final.grade, final.provisional) == (Grade.C, False)
    open_grade = grade_haematological(
        blood(wbc_10e9_l=3, platelets_10e9_l=None), ever_involved=True
    )
    assert (open_grade.grade, open_grade.missing) == (Grade.C, ("platelets_10e9_l",))


def test_that_no_blood_count_is_no_grade() -> None:
    assert grade_haematological(HaematologyInputs(), ever_involved=True).grade is None


def test_that_impossible_blood_values_are_refused() -> None:
    for inputs in (blood(ttp=5), blood(wbc_10e9_l=-1)):
        with pytest.raises(InvalidInput):
            grade_haematological(inputs, ever_involved=True)


def test_that_letters_have_the_numbers_of_both_scales() -> None:
    a = grade_system("ophthalmic", complete("ophthalmic", keratitis_severe=4), ever_involved=True)
    assert (a.number(), a.number(bilag.NUMERIC_12811)) == (9, 12)
    assert grade_system("ophthalmic", {}, ever_involved=True).number() is None


def test_that_gu_2014_renal_means_follow_from_9_3_1() -> None:
    """20 A and 61 B give the published baseline mean of 4.48 (n = 81)."""
    scale = bilag.NUMERIC_9311
    assert (20 * scale[Grade.A] + 61 * scale[Grade.B]) / 81 == pytest.approx(4.4815, abs=5e-5)


def test_that_a_total_needs_all_nine_systems() -> None:
    nine = [bilag.BilagGrade(rule=bilag.RULE_BILAG_2004, system=s, grade=Grade.A) for s in SYSTEMS]
    assert bilag.total(nine).total == 81
    assert bilag.total(nine, bilag.NUMERIC_12811).total == 108
    quiet = [replace(grade, grade=Grade.D) for grade in nine]
    assert bilag.total(quiet).total == 0
    assert bilag.total(quiet).reasons == ()
    partial = bilag.total(nine[:-1])
    assert (partial.total, partial.missing) == (None, ("haematological",))


def test_that_a_count_and_a_finding_of_the_blood_are_told_in_their_own_words() -> None:
    inputs = HaematologyInputs(haemoglobin_g_l=85, active_haemolysis=True)
    told = grade_haematological(inputs, ever_involved=False).reasons
    assert [(reason.code, dict(reason.values)) for reason in told] == [
        (
            "bilag.blood_count",
            {"item": "haemoglobin_g_l", "value": 85, "limit": 90, "unit": "g/L", "grade": "B"},
        ),
        ("bilag.item", {"item": "active_haemolysis", "value": True, "grade": "B"}),
    ]


@pytest.mark.parametrize(
    ("done", "open_items"),
    [  # what is not done is open only where it could give a worse letter
        ({"platelets_10e9_l": 20}, set()),
        ({"platelets_10e9_l": 30}, {"ttp"}),
        ({"platelets_10e9_l": 100}, {"ttp", "active_haemolysis"}),
        ({"platelets_10e9_l": 200}, {"ttp", "active_haemolysis", "isolated_coombs"}),
    ],
)
def test_that_a_finding_not_asked_is_open_by_the_worst_letter_it_gives(
    done: dict[str, float], open_items: set[str]
) -> None:
    """TTP gives A, haemolysis B, an isolated Coombs test C; every other count is normal."""
    findings = {"ttp": None, "active_haemolysis": None, "isolated_coombs": None}
    result = grade_haematological(blood(**{**findings, **done}), ever_involved=True)
    assert set(result.missing) == open_items


VALUE_ITEMS = """
78 systolic_bp 79 diastolic_bp 80 accelerated_hypertension 81 dipstick 82 uacr 83 upcr 84 u24
85 nephrotic_syndrome 86 creatinine 87 gfr 88 active_sediment 89 active_nephritis
90 haemoglobin 91 wbc 92 neutrophils 93 lymphocytes 94 platelets 95 ttp 96 active_haemolysis
97 isolated_coombs
""".split()
"""Numbers and names of the items that are values or findings, as the index prints them."""


def test_that_items_78_to_97_are_the_kidney_and_the_blood() -> None:
    printed = dict(zip(map(int, VALUE_ITEMS[::2]), VALUE_ITEMS[1::2], strict=True))
    assert {item.number: item.code for item in ITEMS[77:]} == printed
    asked = {"accelerated_hypertension", "nephrotic_syndrome", "active_sediment"}
    asked |= {"active_nephritis", "active_haemolysis", "isolated_coombs"}
    kinds = {item.code: item.kind for item in ITEMS}
    assert {code for code in kinds if kinds[code] == "yes_no"} == asked
    assert {code for code in kinds if kinds[code] == "dipstick"} == {"dipstick"}
    assert {code for code in kinds if kinds[code] == "numeric"} == (
        set(printed.values()) - asked - {"dipstick", "ttp"}
    )
    assert {kinds[item.code] for item in ITEMS[:77]} == {"scored"} == {kinds["ttp"]}


def test_that_an_assessment_keeps_its_letters_and_is_not_changed() -> None:
    given = {
        system: BilagGrade(RULE_BILAG_2004, system=system, grade=grade)
        for system, grade in zip(SYSTEMS, (Grade.A, Grade.B, *[Grade.E] * 6, None), strict=True)
    }
    assessed = Assessment(given)
    assert letters_of(assessed) == letters_of(given) == (Grade.A, Grade.B, *[Grade.E] * 6, None)
    assert letters_of(Assessment({})) == (None,) * 9
    given.clear()
    assert assessed.letters is letters_of(assessed)
    changes: tuple[Callable[[], object], ...] = (
        assessed.clear,
        assessed.popitem,
        lambda: assessed.pop(SYSTEMS[0]),
        lambda: assessed.update({}),
        lambda: assessed.setdefault(SYSTEMS[0], assessed[SYSTEMS[1]]),
        lambda: assessed.__setitem__(SYSTEMS[0], assessed[SYSTEMS[1]]),
        lambda: assessed.__delitem__(SYSTEMS[0]),
    )
    for change in changes:
        with pytest.raises(TypeError, match="not changed"):
            change()
    assert len(assessed) == 9


def test_that_items_with_their_scores_are_known_before_and_after_reasons_are_read() -> None:
    system, items = by_number({42: 1, 43: 3})
    graded = grade_system(system, items, ever_involved=True)
    before = graded.item_scores
    again = replace(graded)  # its reasons are told
    names = ITEM_BY_NUMBER[42].code, ITEM_BY_NUMBER[43].code
    assert before == again.item_scores == tuple(zip(names, (1, 3), strict=True))
