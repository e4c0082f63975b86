"""BILAG flares by three published rules, severity bands, totals on both scales."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.bilag import RULE_BILAG_2004, BilagGrade, Grade, grade_system, totals
from lnmonitor.clinical.bilag_flare import (
    RULE_GORDON_2003,
    bsr_band,
    gordon_2003,
    isenberg_2011,
    trial,
)
from lnmonitor.clinical.bilag_items import ITEMS, SYSTEMS
from lnmonitor.clinical.results import Truth


def letters(text: str) -> dict[str, BilagGrade]:
    """Return grades of the nine systems in order; "?" is a system without a letter."""
    return {
        system: BilagGrade(
            rule=RULE_BILAG_2004, system=system, grade=None if letter == "?" else Grade(letter)
        )
        for system, letter in zip(SYSTEMS, text.ljust(9, "E"), strict=True)
    }


@pytest.mark.parametrize(
    ("before", "after", "gordon", "severity", "by_trial"),
    [
        ("E", "E", Truth.NO, "none", Truth.NO),
        ("B", "A", Truth.YES, "severe", Truth.YES),
        ("C", "B", Truth.YES, "moderate", Truth.NO),
        ("CD", "BB", Truth.YES, "moderate", Truth.YES),
        ("A", "B", Truth.NO, "none", Truth.NO),
        ("A", "A", Truth.NO, "none", Truth.NO),
        ("E", "C", Truth.NO, "none", Truth.NO),
        ("?", "C", Truth.NO, "none", Truth.NO),
        ("?", "B", Truth.UNKNOWN, None, Truth.NO),
        ("?", "A", Truth.UNKNOWN, None, Truth.UNKNOWN),
        ("A", "?", Truth.NO, "none", Truth.NO),
        ("B", "?", Truth.UNKNOWN, None, Truth.UNKNOWN),
        ("??", "BB", Truth.UNKNOWN, None, Truth.UNKNOWN),
        ("D?", "BB", Truth.YES, "moderate", Truth.UNKNOWN),
        ("D", "?", Truth.UNKNOWN, None, Truth.UNKNOWN),
        ("??", "??", Truth.UNKNOWN, None, Truth.UNKNOWN),
        ("D?", "A?", Truth.YES, "severe", Truth.YES),
        ("D?", "B?", Truth.YES, None, Truth.UNKNOWN),
    ],
)
def test_that_flares_follow_the_letters(
    before: str, after: str, gordon: Truth, severity: str | None, by_trial: Truth
) -> None:
    found = gordon_2003(letters(before), letters(after))
    assert (found.flare, found.severity) == (gordon, severity)
    assert trial(letters(before), letters(after)).flare is by_trial


def test_that_a_flare_that_is_decided_asks_for_no_letter() -> None:
    before, after = letters("D?"), letters("AB")  # the second system may have risen too
    for found in (gordon_2003(before, after), trial(before, after)):
        assert (found.severity, found.missing) == ("severe", ())


def test_that_a_flare_names_its_systems_and_letters() -> None:
    found = gordon_2003(letters("DB"), letters("BA"))
    assert (found.new_a, found.new_b) == (("mucocutaneous",), ("constitutional",))
    assert [(r.values["value"], r.values["previous"]) for r in found.reasons] == [
        ("A", "B"),
        ("B", "D"),
    ]


def test_that_a_system_left_out_is_unknown_and_named() -> None:
    found = trial({}, letters("A"))
    assert (found.flare, found.missing) == (Truth.UNKNOWN, ("constitutional",))
    assert len(trial(letters(""), {}).missing) == 9


# -- Isenberg 2011, bands, totals ------------------------------------------------------------------


def scored(system: str, **scores: int) -> BilagGrade:
    items = {item.code: 0 for item in ITEMS if item.system == system}
    return grade_system(system, {**items, **scores}, ever_involved=True)


def quiet(**changes: BilagGrade) -> dict[str, BilagGrade]:
    return {
        **{
            system: BilagGrade(RULE_GORDON_2003, system=system, grade=Grade.D) for system in SYSTEMS
        },
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, "none"),
        ({"myositis_severe": 4}, "severe"),
        ({"myositis_severe": 3}, "severe"),
        ({"myositis_severe": 2}, "none"),  # active, but neither new nor worse
        ({"myositis_severe": 2, "arthritis_mild": 4}, "none"),
        ({"myositis_severe": 2, "arthritis_severe": 4}, "severe"),
        ({"myositis_mild": 4}, "moderate"),
        ({"myositis_mild": 2}, "none"),
        ({"myositis_severe": 1}, "none"),
        ({"arthritis_mild": 4}, "none"),  # one system newly C is no flare
    ],
)
def test_that_isenberg_2011_rests_on_items_new_or_worse(
    changes: dict[str, int], severity: str
) -> None:
    now = quiet(musculoskeletal=scored("musculoskeletal", **changes))
    result = isenberg_2011(quiet(), now)
    assert result.severity == severity
    assert result.flare is Truth.of(severity != "none")


def test_that_a_count_of_two_needs_only_one_fresh_item() -> None:
    now = quiet(constitutional=scored("constitutional", pyrexia=4, weight_loss=2, anorexia=2))
    assert isenberg_2011(quiet(), now).severity == "severe"


def test_that_values_count_as_they_are() -> None:
    renal = BilagGrade(RULE_GORDON_2003, system="renal", grade=Grade.A)
    assert isenberg_2011(quiet(), quiet(renal=renal)).severity == "severe"
    blood = BilagGrade(RULE_GORDON_2003, system="haematological", grade=Grade.B)
    assert isenberg_2011(quiet(), quiet(haematological=blood)).severity == "moderate"


def test_that_three_systems_newly_mild_are_a_mild_flare() -> None:
    mild = {
        "musculoskeletal": scored("musculoskeletal", arthritis_mild=4),
        "ophthalmic": scored("ophthalmic", episcleritis=3),
        "mucocutaneous": scored("mucocutaneous", alopecia_mild=4),
    }
    result = isenberg_2011(quiet(), quiet(**mild))
    assert (result.severity, result.flare, len(result.new_c)) == ("mild", Truth.YES, 3)
    assert [reason.code for reason in result.reasons] == ["bilag_flare.new_c"] * 3
    before = quiet(ophthalmic=BilagGrade(RULE_GORDON_2003, system="ophthalmic", grade=Grade.C))
    assert isenberg_2011(before, quiet(**mild)).severity == "none"
    stale = {**mild, "ophthalmic": scored("ophthalmic", episcleritis=2)}
    assert isenberg_2011(quiet(), quiet(**stale)).severity == "none"
    before.pop("ophthalmic")
    open_ = isenberg_2011(before, quiet(**mild))
    assert (open_.severity, open_.flare, open_.missing) == (None, Truth.UNKNOWN, ("ophthalmic",))


def test_that_an_unknown_system_leaves_the_level_open() -> None:
    now = quiet(musculoskeletal=scored("musculoskeletal", myositis_mild=4))
    now.pop("renal")
    result = isenberg_2011(quiet(), now)
    assert (result.severity, result.flare, result.missing) == (None, Truth.YES, ("renal",))
    before = quiet()
    before.pop("ophthalmic")
    now = quiet(
        musculoskeletal=scored("musculoskeletal", myositis_mild=4),
        ophthalmic=scored("ophthalmic", keratitis_mild=4),
    )
    assert isenberg_2011(before, now).severity == "moderate"  # a B is no new A, whatever was before
    stale = quiet(ophthalmic=scored("ophthalmic", keratitis_mild=2))
    assert isenberg_2011(before, stale).severity == "none"
    one_unknown = quiet()
    one_unknown.pop("ophthalmic")
    assert isenberg_2011(one_unknown, quiet()).severity == "none"


@pytest.mark.parametrize(
    ("letters", "band"),
    [
        ("", "none"),
        ("C", "mild"),
        ("CC", "mild"),
        ("B", "mild"),
        ("BC", "mild"),
        ("BB", "moderate"),
        ("BBC", "moderate"),
        ("A", "severe"),
        ("AB", "severe"),
        ("A?", "severe"),
        ("B?", None),
        ("?", None),
    ],
)
def test_that_bands_describe_one_assessment(letters: str, band: str | None) -> None:
    grades = {
        system: BilagGrade(RULE_GORDON_2003, system=system, grade=Grade(letter))
        for system, letter in zip(SYSTEMS, letters.ljust(9, "D"), strict=True)
        if letter != "?"
    }
    result = bsr_band(grades)
    assert result.band == band
    assert bool(result.missing) is (band is None)
    if band:
        assert len(result.reasons) == sum(letter in "ABC" for letter in letters)


def test_that_totals_come_on_both_scales() -> None:
    grades = quiet(
        renal=BilagGrade(RULE_GORDON_2003, system="renal", grade=Grade.A),
        ophthalmic=BilagGrade(RULE_GORDON_2003, system="ophthalmic", grade=Grade.B),
        mucocutaneous=BilagGrade(RULE_GORDON_2003, system="mucocutaneous", grade=Grade.C),
    )
    found = totals(grades.values())
    assert {name: each.total for name, each in found.items()} == {
        "9/3/1/0/0": 13,
        "12/8/1/0/0": 21,
    }
    assert found["12/8/1/0/0"].rule.parameters == {"scale": "12/8/1/0/0"}


@pytest.mark.parametrize(
    ("before", "severity"),
    [("E", "mild"), ("D", "mild"), ("C", "none"), ("B", "none"), ("A", "none")],
)
def test_that_only_what_was_quiet_becomes_newly_mild(before: str, severity: str) -> None:
    """Three systems at C with items new: mild after D or E, an improvement after A or B."""
    mild = {
        "musculoskeletal": scored("musculoskeletal", arthritis_mild=4),
        "ophthalmic": scored("ophthalmic", episcleritis=4),
        "mucocutaneous": scored("mucocutaneous", alopecia_mild=4),
    }
    earlier = {
        system: BilagGrade(RULE_GORDON_2003, system=system, grade=Grade(before)) for system in mild
    }
    assert isenberg_2011(quiet(**earlier), quiet(**mild)).severity == severity
