"""Edges of the activity indices that a changed line once passed unnoticed.

The expected letters and levels are read off the rules: Gordon 2003, Isenberg 2011, the renal index.
"""

from __future__ import annotations

from typing import Any

import pytest

from lnmonitor.clinical import bilag, bilag_flare, bilag_renal
from lnmonitor.clinical.bilag import RULE_BILAG_2004, BilagGrade, Grade, HaematologyInputs
from lnmonitor.clinical.bilag_items import ITEMS, SYSTEMS
from lnmonitor.clinical.renal_assessment import RenalGrade, RenalInputs
from lnmonitor.clinical.results import Truth

FIRST, SECOND, THIRD, FOURTH = SYSTEMS[:4]


def letters(text: str) -> dict[str, BilagGrade]:
    """Return grades of the nine systems in order; "?" is a system without a letter."""
    return {
        system: BilagGrade(
            rule=RULE_BILAG_2004, system=system, grade=None if letter == "?" else Grade(letter)
        )
        for system, letter in zip(SYSTEMS, text.ljust(9, "E"), strict=True)
    }


def scored(system: str, **scores: int) -> BilagGrade:
    items = {item.code: 0 for item in ITEMS if item.system == system}
    return bilag.grade_system(system, {**items, **scores}, ever_involved=True)


# -- BILAG: letters and totals ---------------------------------------------------------------------


def test_that_a_known_history_is_not_missing() -> None:
    quiet = scored("mucocutaneous")
    assert (quiet.grade, quiet.missing, quiet.provisional) == (Grade.D, (), False)


def test_that_blood_all_explained_otherwise_is_assessed_and_quiet() -> None:
    counts = ["haemoglobin_g_l", "wbc_10e9_l", "neutrophils_10e9_l", "lymphocytes_10e9_l"]
    others = ["platelets_10e9_l", "ttp", "active_haemolysis", "isolated_coombs"]
    graded = bilag.grade_haematological(
        HaematologyInputs(not_due_to_sle=frozenset(counts + others)), ever_involved=False
    )
    assert (graded.system, graded.grade, graded.missing) == ("haematological", Grade.E, ())


def test_that_a_total_tells_each_system_that_counts() -> None:
    found = bilag.total(letters("ABC").values())
    assert found.total == 13
    assert [(r.code, r.met, r.values["item"], r.values["value"]) for r in found.reasons] == [
        ("bilag.system", Truth.YES, FIRST, 9),
        ("bilag.system", Truth.YES, SECOND, 3),
        ("bilag.system", Truth.YES, THIRD, 1),
    ]
    assert bilag.total(letters("A?").values()).missing == (SECOND,)


# -- BILAG: flares and bands -----------------------------------------------------------------------


def test_that_every_system_without_a_letter_keeps_a_flare_open() -> None:
    # The first could have a new A, whatever the second could have.
    assert bilag_flare.trial(letters("??"), letters("AB")).flare is Truth.UNKNOWN
    assert bilag_flare.trial(letters("?E"), letters("BE")).flare is Truth.NO


@pytest.mark.parametrize(
    ("before", "now", "severity", "new", "missing"),
    [
        ("DDDD", "AEEE", "severe", ((FIRST,), (), ()), ()),
        ("DDDD", "BEEE", "moderate", ((), (FIRST,), ()), ()),
        ("DDDD", "CCCE", "mild", ((), (), (FIRST, SECOND, THIRD)), ()),
        ("DDDD", "CCEE", "none", ((), (), (FIRST, SECOND)), ()),
        # a system that was never quiet ends nothing for those after it
        ("ADDD", "ACCC", "mild", ((), (), (SECOND, THIRD, FOURTH)), ()),
        ("?DDD", "AEEE", None, ((), (), ()), (FIRST,)),
        ("?DDD", "BEEE", None, ((), (), ()), (FIRST,)),
        ("D?DD", "B?EE", None, ((), (FIRST,), ()), (SECOND,)),
        # two open systems and one new C could be three
        ("D??D", "CCCE", None, ((), (), (FIRST,)), (SECOND, THIRD)),
        ("DD?D", "ECCE", "none", ((), (), (SECOND,)), ()),
    ],
)
def test_that_isenberg_2011_has_these_levels(
    before: str,
    now: str,
    severity: str | None,
    new: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    missing: tuple[str, ...],
) -> None:
    found = bilag_flare.isenberg_2011(letters(before), letters(now))
    assert found.severity == severity
    assert (found.new_a, found.new_b, found.new_c) == new
    assert found.missing == missing
    told = [(r.code[-1], r.met, r.values["item"], r.values["value"]) for r in found.reasons]
    assert told == [
        (letter.lower(), Truth.YES, system, letter)
        for letter, systems in zip("ABC", new, strict=True)
        for system in systems
    ]


def test_that_a_stale_c_after_an_unknown_letter_is_not_open() -> None:
    before = {**letters("DD"), "ophthalmic": letters("?")[FIRST]}
    stale = {**letters("CC"), "ophthalmic": scored("ophthalmic", episcleritis=2)}
    assert stale["ophthalmic"].grade is Grade.C
    assert bilag_flare.isenberg_2011(before, stale).severity == "none"
    fresh = {**stale, "ophthalmic": scored("ophthalmic", episcleritis=3)}
    assert bilag_flare.isenberg_2011(before, fresh).severity is None


def test_that_worse_counts_as_new_does() -> None:
    # Two A items, one worse and one the same: the worse one makes the A alone.
    now = scored("mucocutaneous", skin_eruption_severe=3, angio_oedema_severe=2)
    assert now.grade is Grade.A
    found = bilag_flare.isenberg_2011(letters(""), {**letters(""), "mucocutaneous": now})
    assert found.severity == "severe"
    # Two that count together, one of them worse.
    pair = scored("constitutional", weight_loss=3, anorexia=2)
    assert pair.grade is Grade.B
    found = bilag_flare.isenberg_2011(letters(""), {**letters(""), "constitutional": pair})
    assert found.severity == "moderate"


def test_that_two_b_with_a_missing_letter_could_be_severe() -> None:
    found = bilag_flare.bsr_band(letters("BB?"))
    assert (found.band, found.missing) == (None, (THIRD,))
    shown = bilag_flare.bsr_band(letters("BCD")).reasons
    assert [(r.code, r.met, r.values["item"], r.values["value"]) for r in shown] == [
        ("bilag.letter", Truth.YES, FIRST, "B"),
        ("bilag.letter", Truth.YES, SECOND, "C"),
    ]


# -- The kidney ------------------------------------------------------------------------------------

QUIET = {"u24_g": 0.1, "creatinine_umol_l": 80, "gfr": 100, "sbp": 120, "dbp": 70,
         "accelerated_hypertension": False, "nephrotic_syndrome": False, "active_sediment": False,
         "active_histology_3mo": False}  # fmt: skip


def renal(changes: dict[str, Any], before: dict[str, Any] | None, **how: Any) -> RenalGrade:
    previous = None if before is None else RenalInputs(**{**QUIET, **before})
    return bilag_renal.grade(
        RenalInputs(**{**QUIET, **changes}), previous, ever_involved=True, **how
    )


STRIP = {"u24_g": None, "dipstick": 0}


@pytest.mark.parametrize(
    ("changes", "before", "letter"),
    [
        ({"creatinine_umol_l": 130.5}, {"creatinine_umol_l": 100}, "B"),
        ({"creatinine_umol_l": 130}, {"creatinine_umol_l": 90}, "D"),
        ({"gfr": 50.5}, {"gfr": 60}, "D"),
        ({"gfr": 49.5}, {"gfr": 60}, "B"),
        ({"gfr": 60}, None, "D"),  # a fall needs an earlier value
        ({**STRIP, "dipstick": 1}, STRIP, "C"),  # up by one, but not to 2+
        ({**STRIP, "dipstick": 2}, {**STRIP, "dipstick": 1}, "B"),
        ({**STRIP, "dipstick": 2}, STRIP, "B"),
        ({**STRIP, "dipstick": 3}, None, "C"),
    ],
)
def test_that_renal_letters_have_these_edges(
    changes: dict[str, Any], before: dict[str, Any] | None, letter: str
) -> None:
    assert renal(changes, before).grade is Grade(letter)


def test_that_a_rise_on_the_dipstick_is_told_of_the_dipstick() -> None:
    told = renal({**STRIP, "dipstick": 2}, STRIP).reasons
    assert [(r.code, r.values["item"], r.values["value"], r.values["previous"]) for r in told] == [
        ("bilag.dipstick_rise", "dipstick", 2, 0)
    ]


@pytest.mark.parametrize(
    ("item", "unit", "severe", "moderate", "mild"),
    [("u24_g", "g/24 h", 1, 0.5, 0.25), ("upcr_mg_mmol", "mg/mmol", 100, 50, 25),
     ("uacr_mg_mmol", "mg/mmol", 100, 50, 25)],
)  # fmt: skip
def test_that_each_measure_of_protein_tells_its_own_limit(
    item: str, unit: str, severe: float, moderate: float, mild: float
) -> None:
    expected = [
        (1.1 * severe, severe, Grade.B, "1", ">", "bilag.protein"),
        (severe, moderate, Grade.B, "B", ">=", "bilag.protein"),
        (moderate, moderate, Grade.B, "B", ">=", "bilag.protein"),
        (0.9 * moderate, mild, Grade.C, "C", ">", "bilag.protein_above"),
    ]
    for value, limit, letter, criterion, operator, code in expected:
        graded = renal({"u24_g": None, item: value}, {"u24_g": None, item: value})
        assert graded.grade is letter
        (told,) = [r for r in graded.reasons if r.met is Truth.YES]
        assert told.code == code
        assert dict(told.values) == {"item": item, "value": value, "previous": value,
            "operator": operator, "limit": limit, "unit": unit, "criterion": criterion}  # fmt: skip
    assert renal({"u24_g": None, item: mild}, None).grade is Grade.D
    better = renal({"u24_g": None, item: 1.1 * severe}, {"u24_g": None, item: 2 * severe})
    assert [(r.code, r.met, r.values["limit"]) for r in better.reasons] == [
        ("bilag.protein_above", Truth.YES, mild),
        ("bilag.protein_improved", Truth.NO, severe),
    ]
