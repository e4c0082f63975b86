"""BILAG-2004 letters of eight systems, numbers, totals and flares: two implementations agree."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.independent import bilag_blood, bilag_letters
from tests.independent.exact import AGREED, ANSWER, UNKNOWN, around, near, or_none, settle

from lnmonitor.clinical import bilag, bilag_flare, bilag_haematological
from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_haematological import HaematologyInputs
from lnmonitor.clinical.bilag_items import ITEM_BY_NUMBER, SYSTEMS

SCORE = st.sampled_from((0, 0, 0, 0, 1, 1, 2, 3, 4, None))
FEW = st.sampled_from((0,) * 12 + (1, 2, 3, 4, None))


def letter(grade: Grade | None) -> str | None:
    return None if grade is None else grade.value


@pytest.mark.parametrize("system", bilag_letters.RANGES)
@AGREED
@given(st.data(), ANSWER)
def test_that_letters_agree(system: str, data: st.DataObject, ever: bool | None) -> None:
    kind = data.draw(st.sampled_from((SCORE, FEW)))
    scores = {item: data.draw(kind) for item in bilag_letters.RANGES[system]}
    told = bilag.grade_system(
        system,
        {ITEM_BY_NUMBER[item].code: score for item, score in scores.items()},
        ever_involved=ever,
    )
    assert (letter(told.grade), told.provisional) == bilag_letters.grade(system, scores, ever)


def test_that_every_single_item_gives_the_same_letter() -> None:
    for system, items in bilag_letters.RANGES.items():
        for item, score in product(items, range(5)):
            told = bilag.grade_system(
                system,
                {ITEM_BY_NUMBER[i].code: score if i == item else 0 for i in items},
                ever_involved=True,
            )
            expected = bilag_letters.active_letter(system, {item: score}).replace("-", "D")
            assert letter(told.grade) == expected, (item, score)


@AGREED
@given(
    st.fixed_dictionaries(
        {
            "haemoglobin_g_l": or_none(near(80, 90, 110)),
            "wbc_10e9_l": or_none(near(1, 2, 4)),
            "neutrophils_10e9_l": or_none(near(0.5, 1, 2)),
            "lymphocytes_10e9_l": or_none(near(1)),
            "platelets_10e9_l": or_none(near(25, 50, 150)),
            "ttp": st.sampled_from((0, 0, 0, None, 1, 2, 3, 4)),
            "active_haemolysis": st.sampled_from((False, False, True, None)),
            "isolated_coombs": ANSWER,
        }
    ),
    st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(bilag_blood.NAMES))),
    ANSWER,
    st.sets(st.sampled_from(bilag_blood.NAMES)),
)
def test_that_the_haematological_letter_agrees(
    values: dict[str, Any], not_due: frozenset[str], ever: bool | None, normal: set[str]
) -> None:
    values |= {name: 500.0 if name in bilag_blood.ENDS else 0 for name in normal}
    for name in ("active_haemolysis", "isolated_coombs"):
        values[name] = bool(values[name]) if values[name] is not None else None
    told = bilag_haematological.grade(
        HaematologyInputs(**values, not_due_to_sle=not_due), ever_involved=ever
    )
    assert (letter(told.grade), told.provisional) == bilag_blood.grade(values, not_due, ever)


def test_that_every_blood_value_alone_gives_the_same_letter() -> None:
    normal = dict.fromkeys(bilag_blood.ENDS, 500.0) | {"ttp": 0}
    normal |= dict.fromkeys(("active_haemolysis", "isolated_coombs"), False)
    for name, ends in bilag_blood.ENDS.items():
        for value in around(*(end for end in ends if end)):
            values = {**normal, name: value}
            told = bilag_haematological.grade(HaematologyInputs(**values), ever_involved=True)
            assert letter(told.grade) == bilag_blood.grade(values, frozenset(), True)[0], values


# -- Numbers and flares ----------------------------------------------------------------------------

LETTERS = st.lists(st.sampled_from((*"ABCDE", "C", "D", "E", None)), min_size=9, max_size=9)


def grades(letters: list[str | None]) -> dict[str, BilagGrade]:
    """Nine systems with these letters, each as if made by one item scored new."""
    return {
        system: BilagGrade(
            rule=bilag.RULE_BILAG_2004,
            system=system,
            grade=None if of is None else Grade(of),
        )
        for system, of in zip(SYSTEMS, letters, strict=True)
    }


@AGREED
@given(LETTERS)
def test_that_numbers_and_totals_agree(letters: list[str | None]) -> None:
    for name, scale in bilag_letters.SCALES.items():
        expected = None if None in letters else sum(scale[of] for of in letters)
        assert bilag.total(grades(letters).values(), bilag.SCALES[name]).total == expected
        for of, grade in zip(letters, grades(letters).values(), strict=True):
            assert grade.number(bilag.SCALES[name]) == (None if of is None else scale[of])


def _completed(rule: Any, *letters: list[str | None]) -> Any:
    """Return the rule's answer over all letters that an unknown one could be."""
    flat = {f"{row}:{n}": of for row, line in enumerate(letters) for n, of in enumerate(line)}
    width = len(letters[0])

    def decide(case: dict[str, str]) -> Any:
        values = list(case.values())
        return rule(*(values[row * width : (row + 1) * width] for row in range(len(letters))))

    return settle(decide, flat, dict.fromkeys(flat, "ABCDE"))


def _at_most_two_unknown(letters: list[str | None]) -> bool:
    return letters.count(None) <= 2


SOME = LETTERS.filter(_at_most_two_unknown)


@AGREED
@given(SOME, SOME)
def test_that_flares_by_letters_agree(before: list[str | None], now: list[str | None]) -> None:
    gordon = _completed(bilag_letters.gordon, before, now)
    told = bilag_flare.gordon_2003(grades(before), grades(now))
    assert (told.severity or UNKNOWN) == gordon
    trial = _completed(bilag_letters.trial, before, now)
    flare = bilag_flare.trial(grades(before), grades(now)).flare.value
    assert flare == {True: "yes", False: "no", UNKNOWN: UNKNOWN}[trial]


QUIET = st.lists(st.sampled_from((*"CDE" * 3, "B", "A", None)), min_size=9, max_size=9)


@AGREED
@given(*(st.one_of(SOME, QUIET.filter(_at_most_two_unknown)),) * 2)
def test_that_isenberg_levels_agree(before: list[str | None], now: list[str | None]) -> None:
    expected = _completed(bilag_letters.isenberg, before, now)
    told = bilag_flare.isenberg_2011(grades(before), grades(now))
    assert (told.severity or UNKNOWN) == expected
    some = _completed(lambda *both: bilag_letters.isenberg(*both) != "none", before, now)
    assert told.flare.value == {True: "yes", False: "no", UNKNOWN: UNKNOWN}[some]


@AGREED
@given(st.data())
def test_that_an_isenberg_level_rests_on_new_or_worse_items(data: st.DataObject) -> None:
    system = data.draw(st.sampled_from(list(bilag_letters.RANGES)))
    scores = {
        item: data.draw(st.sampled_from((0, 0, 0, 1, 2, 3, 4)))
        for item in bilag_letters.RANGES[system]
    }
    before = data.draw(st.sampled_from("BCDE"))
    now = bilag.grade_system(
        system,
        {ITEM_BY_NUMBER[item].code: score for item, score in scores.items()},
        ever_involved=True,
    )
    letters = grades(["D"] * 9)
    told = bilag_flare.isenberg_2011(
        letters | {system: grades([before] * 9)[system]}, letters | {system: now}
    )
    # A letter counts if it stands on fresh items alone, or falls without them.
    fresh = {item: score for item, score in scores.items() if score >= 3}
    stale = {item: score for item, score in scores.items() if score < 3}
    letter_now = bilag_letters.active_letter(system, scores)
    rests = (
        bilag_letters.active_letter(system, fresh) == letter_now
        or bilag_letters.active_letter(system, stale) != letter_now
    )
    level = bilag_letters.isenberg([before], [letter_now.replace("-", "D")])
    assert told.severity == (level if rests else "none")


@AGREED
@given(SOME)
def test_that_bands_agree(letters: list[str | None]) -> None:
    expected = _completed(bilag_letters.bsr_band, letters)
    assert (bilag_flare.bsr_band(grades(letters)).band or UNKNOWN) == expected
