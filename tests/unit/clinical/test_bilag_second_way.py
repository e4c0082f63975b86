"""The BILAG-2004 letters computed a second time, by tables, over all patterns that can differ.

Two answers to a system grade alike when each group of items (those that can give A, B, C) holds
the same kinds of score: absent, improving, active. Every combination of kinds is compared, in more
than one place in the group; two systems are small enough to compare every pattern outright.
"""

from __future__ import annotations

from itertools import product

import pytest

from lnmonitor.clinical import bilag_renal
from lnmonitor.clinical.bilag import Grade, grade_system
from lnmonitor.clinical.bilag_items import ITEM_BY_NUMBER, ITEMS
from lnmonitor.clinical.bilag_renal import RenalInputs

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
# The letter by kind: none, improving only, active (alone or beside improving). One row a group.
TABLE = ({"": "E", "i": "B", "a": "A", "ia": "A"}, {"": "E", "i": "C", "a": "B", "ia": "B"},
         {"": "E", "i": "C", "a": "C", "ia": "C"})  # fmt: skip
SCORES = {"": (), "i": (1,), "a": (3,), "ia": (1, 4)}


def codes(system: str) -> list[str]:
    return [item.code for item in ITEMS if item.system == system]


def tabled(system: str, scores: dict[str, int | None]) -> str:
    """The second way: kinds per group looked up in the table, the best letter wins."""
    letters = []
    for numbers, row in zip(GROUPS[system], TABLE, strict=True):
        found = [scores[ITEM_BY_NUMBER[number].code] or 0 for number in numbers]
        kind = ("i" if 1 in found else "") + ("a" if max(found, default=0) > 1 else "")
        letters.append(row[kind])
    return min(letters)


def constitutional(pattern: tuple[int, ...]) -> str:
    """The eight outcomes of "pyrexia active" x "how many others active", then what is present."""
    active = [score > 1 for score in pattern]
    row = {(True, 2): "A", (True, 3): "A", (True, 0): "B", (True, 1): "B",
           (False, 2): "B", (False, 3): "B"}  # fmt: skip
    # pyrexia improving, or any other item present; pyrexia itself cannot be active here
    return row.get((active[0], sum(active[1:])), "C" if any(pattern) else "E")


@pytest.mark.parametrize("system", GROUPS)
def test_that_all_kinds_of_all_groups_grade_by_the_table(system: str) -> None:
    groups = GROUPS[system]
    for kinds in product(SCORES, repeat=3):
        rooms = [len(group) >= len(SCORES[kind]) for group, kind in zip(groups, kinds, strict=True)]
        if not all(rooms):
            continue
        for step in (1, -1):
            scores: dict[str, int | None] = dict.fromkeys(codes(system), 0)
            for group, kind in zip(groups, kinds, strict=True):
                for number, score in zip(group[::step], SCORES[kind], strict=False):
                    scores[ITEM_BY_NUMBER[number].code] = score
            result = grade_system(system, scores, ever_involved=False)
            assert result.grade is Grade(tabled(system, scores)), (kinds, step)
            assert not result.provisional


def test_that_every_pattern_of_the_two_small_systems_agrees() -> None:
    names = codes("musculoskeletal")
    for pattern in product(range(5), repeat=5):
        scores: dict[str, int | None] = dict(zip(names, pattern, strict=True))
        result = grade_system("musculoskeletal", scores, ever_involved=False)
        assert result.grade is Grade(tabled("musculoskeletal", scores)), pattern
    names = codes("constitutional")
    for pattern in product(range(5), repeat=4):
        scores = dict(zip(names, pattern, strict=True))
        result = grade_system("constitutional", scores, ever_involved=False)
        assert result.grade is Grade(constitutional(pattern)), pattern


@pytest.mark.parametrize("system", ["musculoskeletal", "constitutional"])
def test_that_provisional_means_that_the_items_not_done_could_raise_the_letter(system: str) -> None:
    """All patterns of not done, absent, improving, active: a new item is the worst it can be."""
    names = codes(system)
    for pattern in product((None, 0, 1, 3), repeat=len(names)):
        scores = dict(zip(names, pattern, strict=True))
        low = grade_system(system, {k: v or 0 for k, v in scores.items()}, ever_involved=False)
        worst = {k: 4 if v is None else v for k, v in scores.items()}
        high = grade_system(system, worst, ever_involved=False)
        result = grade_system(system, scores, ever_involved=False)
        assert result.provisional is (high.grade is not low.grade), pattern
        if any(value is not None for value in pattern):
            assert result.grade is low.grade


def test_that_the_constitutional_items_named_are_those_that_can_change_the_letter() -> None:
    """With some answers for the others not done, the letter differs between absent and new."""
    names = codes("constitutional")

    def differs(place: int, filled: tuple[int, ...]) -> bool:
        absent, new = ((*filled[:place], score, *filled[place + 1 :]) for score in (0, 4))
        return constitutional(absent) != constitutional(new)

    for pattern in product((None, 0, 1, 3), repeat=4):
        filled = list(product(*[(0, 4) if score is None else (score,) for score in pattern]))
        expected = tuple(
            name
            for place, name in enumerate(names)
            if pattern[place] is None and any(differs(place, each) for each in filled)
        )
        scores = dict(zip(names, pattern, strict=True))
        result = grade_system("constitutional", scores, ever_involved=False)
        assert result.missing == expected, pattern


# -- Renal: criteria counted in a table ------------------------------------------------------------

QUIET = RenalInputs(u24_g=0.1, creatinine_umol_l=80, gfr=95, sbp=110, dbp=70,
                    accelerated_hypertension=False, nephrotic_syndrome=False,
                    active_sediment=False, active_histology_3mo=False)  # fmt: skip
MET: tuple[dict[str, object], ...] = (
    {"u24_g": 2.0},
    {"accelerated_hypertension": True},
    {"gfr": 40.0},
    {"active_sediment": True},
    {"active_histology_3mo": True},
    {"nephrotic_syndrome": True},
)
LESSER: tuple[tuple[dict[str, object], str], ...] = (
    ({}, "D"),
    ({"u24_g": 0.3}, "C"),
    ({"sbp": 150.0, "dbp": 95.0}, "C"),
    ({"u24_g": 0.6}, "B"),
    ({"creatinine_umol_l": 160.0}, "B"),
)


def test_that_all_sets_of_renal_criteria_grade_by_their_count() -> None:
    previous = RenalInputs(u24_g=0.1, creatinine_umol_l=130, gfr=95, sbp=110, dbp=70)
    for chosen in product((False, True), repeat=6):
        for lesser, letter in LESSER:
            values = dict(lesser)
            for wanted, change in zip(chosen, MET, strict=True):
                values |= change if wanted else {}
            now = RenalInputs(**{**vars(QUIET), **values})  # type: ignore[arg-type]
            numbers = tuple(number for number, wanted in enumerate(chosen, 1) if wanted)
            expected = letter
            if numbers:
                expected = "A" if len(numbers) > 1 and {1, 4, 5} & set(numbers) else "B"
            result = bilag_renal.grade(now, previous, ever_involved=True)
            assert (result.grade, result.criteria) == (Grade(expected), numbers), (chosen, lesser)
