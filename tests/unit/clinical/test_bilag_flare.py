"""BILAG flares by two published rules."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.bilag import RULE_BILAG_2004, BilagGrade, Grade
from lnmonitor.clinical.bilag_flare import gordon_2003, trial
from lnmonitor.clinical.bilag_items import SYSTEMS
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
        ("?", "B", Truth.UNKNOWN, None, Truth.UNKNOWN),
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


def test_that_a_flare_names_its_systems_and_letters() -> None:
    found = gordon_2003(letters("DB"), letters("BA"))
    assert (found.new_a, found.new_b) == (("mucocutaneous",), ("constitutional",))
    assert [(r.values["value"], r.values["previous"]) for r in found.reasons] == [
        ("A", "B"),
        ("B", "D"),
    ]


def test_that_a_system_left_out_is_unknown_and_named() -> None:
    found = trial({}, letters("B"))
    assert (found.flare, found.missing) == (Truth.UNKNOWN, ("constitutional",))
    assert len(trial(letters(""), {}).missing) == 9
