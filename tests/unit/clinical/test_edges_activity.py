"""Edges of the activity indices that a changed line once passed unnoticed.

The expected letters and levels are read off the rules: Gordon 2003, Isenberg 2011, the renal index.
"""

from __future__ import annotations

from typing import Any

import pytest

from lnmonitor.clinical import (
    bicla,
    bilag,
    bilag_flare,
    bilag_haematological,
    bilag_renal,
    bilag_renal_classic,
    low_activity,
    responder,
    response_course,
    selena_flare,
    sledai,
)
from lnmonitor.clinical.bilag import RULE_BILAG_2004, BilagGrade, Grade
from lnmonitor.clinical.bilag_haematological import HaematologyInputs
from lnmonitor.clinical.bilag_items import ITEMS, SYSTEMS
from lnmonitor.clinical.renal_assessment import RenalGrade, RenalInputs
from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.sledai import SledaiLabs

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
    graded = bilag_haematological.grade(
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
    partly = bilag.total(letters("A?").values())
    assert (partly.total, partly.missing) == (None, (SECOND,))
    assert [r.values["item"] for r in partly.reasons] == [FIRST]


def test_that_d_and_e_count_nothing_on_either_scale() -> None:
    for text in ("DDDDDDDDD", "EEEEEEEEE"):
        assert {found.total for found in bilag.totals(letters(text).values()).values()} == {0}
    found = bilag.totals(letters("ABCDE").values())
    assert {name: one.total for name, one in found.items()} == {"9/3/1/0/0": 13, "12/8/1/0/0": 21}


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


def test_that_an_a_needs_nothing_more() -> None:
    certain = {"active_sediment": True, "active_histology_3mo": True}
    found = renal({**certain, "accelerated_hypertension": None}, {})
    assert (found.system, found.grade) == ("renal", Grade.A)
    assert (found.criteria, found.missing, found.provisional) == ((4, 5), (), False)


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


CLASSIC_QUIET = {"u24_g": 0.1, "creatinine_umol_l": 80, "gfr": 100, "sbp": 120, "dbp": 70,
                 "accelerated_hypertension": False, "active_sediment": False,
                 "active_histology_3mo": False}  # fmt: skip


def classic(changes: dict[str, Any], before: dict[str, Any]) -> RenalGrade:
    now, then = ({**CLASSIC_QUIET, **each} for each in (changes, before))
    return bilag_renal_classic.grade(RenalInputs(**now), RenalInputs(**then), ever_involved=True)


@pytest.mark.parametrize(
    ("changes", "before", "letter", "missing"),
    [
        ({"gfr": 50.5}, {"gfr": 60}, "D", ()),
        ({"gfr": 49.5}, {"gfr": 60}, "B", ()),
        ({"gfr": None}, {"gfr": 60}, "D", ("gfr",)),
        ({"sbp": 150, "dbp": 85}, {"sbp": 110, "dbp": 60}, "D", ()),
        ({"sbp": 150, "dbp": 95}, {"sbp": 110, "dbp": 85}, "D", ()),
        ({"sbp": 150, "dbp": 95}, {"sbp": 110, "dbp": 80}, "C", ()),
        ({"dipstick": 3}, {}, "C", ()),  # with a collection, nobody needs the strip of before
        ({"dipstick": 0, "u24_g": 0.3}, {}, "C", ()),
        ({**STRIP, "dipstick": 0}, STRIP, "D", ()),
        ({**STRIP, "dipstick": 1}, {**STRIP, "dipstick": 1}, "C", ()),
    ],
)
def test_that_classic_renal_letters_have_these_edges(
    changes: dict[str, Any], before: dict[str, Any], letter: str, missing: tuple[str, ...]
) -> None:
    found = classic(changes, before)
    assert (found.grade, found.missing) == (Grade(letter), missing)


def test_that_classic_reasons_say_what_the_classic_index_asks() -> None:
    pressure = classic({"sbp": 150, "dbp": 95}, {"sbp": 110, "dbp": 80}).reasons
    assert [(r.code, dict(r.values)) for r in pressure] == [
        (
            "bilag.blood_pressure_at",
            {"item": "sbp", "value": 150, "previous": 110, "dbp": 95, "dbp_previous": 80,
             "unit": "mmHg", "criterion": "C"},
        )
    ]  # fmt: skip
    protein = classic({"u24_g": 0.3}, {"u24_g": 0.6}).reasons  # halved, and still C
    assert [(r.code, dict(r.values)) for r in protein] == [
        (
            "bilag.protein_above",
            {"item": "u24_g", "value": 0.3, "previous": 0.6, "operator": ">", "limit": 0.25,
             "unit": "g/24 h", "criterion": "C"},
        )
    ]  # fmt: skip
    cleared = classic({"gfr": 60}, {"gfr": 100}).reasons
    assert [(r.code, dict(r.values)) for r in cleared] == [
        (
            "bilag.clearance_fall",
            {"item": "gfr", "value": 60, "previous": 100, "unit": "mL/min", "percent": 67,
             "criterion": "3"},
        )
    ]  # fmt: skip


# -- SLEDAI ----------------------------------------------------------------------------------------

ABSENT: dict[str, bool | None] = dict.fromkeys(sledai.ITEM_BY_CODE, False)


def test_that_a_score_names_the_items_that_count() -> None:
    found = sledai.score({**ABSENT, "arthritis": True, "leukopenia": True})
    assert (found.score, found.present) == (5, ("arthritis", "leukopenia"))


LABS = {"u24_g": 0.6, "urine_rbc_hpf": 6, "urine_wbc_hpf": 4, "casts": "rbc", "c3_g_l": 1.0,
        "c3_lln": 0.9, "c4_g_l": 0.05, "c4_lln": 0.1, "dsdna": 40, "dsdna_uln": 30,
        "temperature_c": 37, "platelets": 90, "wbc": 2.5}  # fmt: skip


def reading(item: str, value: Any, operator: str, limit: float, unit: str | None) -> dict[str, Any]:
    return {"item": item, "value": value, "operator": operator, "limit": limit, "unit": unit}


def test_that_each_laboratory_item_is_told_with_its_numbers() -> None:
    told = sledai.propose(SledaiLabs(**LABS))  # type: ignore[arg-type]
    expected: dict[str, tuple[str, Truth, dict[str, Any]]] = {
        "casts": ("casts", Truth.YES, {"item": "casts", "value": "rbc"}),
        "haematuria": ("urine_rbc", Truth.YES, reading("urine_rbc_hpf", 6, ">", 5, "/hpf")),
        "proteinuria": ("u24", Truth.YES, reading("u24_g", 0.6, ">", 0.5, "g/24 h")),
        "pyuria": ("urine_wbc", Truth.NO, reading("urine_wbc_hpf", 4, ">", 5, "/hpf")),
        "low_complement": ("complement", Truth.YES, reading("c4_g_l", 0.05, "<", 0.1, "g/L")),
        "dsdna": ("dsdna", Truth.YES, reading("dsdna", 40, ">", 30, None)),
        "fever": ("temperature", Truth.NO, reading("temperature_c", 37, ">", 38, "°C")),
        "thrombocytopenia": ("platelets", Truth.YES, reading("platelets", 90, "<", 100, "10^9/L")),
        "leukopenia": ("wbc", Truth.YES, reading("wbc", 2.5, "<", 3, "10^9/L")),
    }
    assert told.keys() == expected.keys()
    for item, (code, met, values) in expected.items():
        proposal = told[item]
        assert (proposal.present, proposal.reason.met) == (met, met), item
        assert (proposal.reason.code, dict(proposal.reason.values)) == (f"sledai.{code}", values)


@pytest.mark.parametrize(
    ("given", "code", "values"),
    [
        ({"upcr_g_g": 0.6}, "sledai.upcr", reading("upcr_g_g", 0.6, ">", 0.5, "g/g")),
        ({"upcr_mg_mmol": 60}, "sledai.upcr", reading("upcr_mg_mmol", 60, ">", 50, "mg/mmol")),
        # a collection outranks a ratio
        ({"u24_g": 0.1, "upcr_mg_mmol": 60}, "sledai.u24",
         reading("u24_g", 0.1, ">", 0.5, "g/24 h")),
        ({"u24_g": 0.1, "upcr_g_g": 0.6}, "sledai.u24",
         reading("u24_g", 0.1, ">", 0.5, "g/24 h")),
    ],
)  # fmt: skip
def test_that_protein_is_read_from_the_first_measure(
    given: dict[str, float], code: str, values: dict[str, Any]
) -> None:
    reason = sledai.propose(SledaiLabs(**given))["proteinuria"].reason  # type: ignore[arg-type]
    assert (reason.code, dict(reason.values)) == (code, values)


@pytest.mark.parametrize(
    ("item", "changes", "cause"),
    [
        ("haematuria", {"infection": True}, "infection"),
        ("haematuria", {"other_urinary_cause": True}, "other_urinary_cause"),
        ("pyuria", {"urine_wbc_hpf": 6, "infection": True}, "infection"),
        ("fever", {"temperature_c": 39, "infection": True}, "infection"),
        ("thrombocytopenia", {"drug_cause": True}, "drug"),
        ("leukopenia", {"drug_cause": True}, "drug"),
    ],
)
def test_that_what_has_another_cause_is_told_and_queried(
    item: str, changes: dict[str, Any], cause: str
) -> None:
    labs = SledaiLabs(**{**LABS, **changes})
    reason = sledai.propose(labs)[item].reason
    assert (reason.code, reason.met) == ("sledai.excluded", Truth.NO)
    assert (reason.values["item"], reason.values["cause"]) == (item, cause)
    assert item in sledai.contradictions({item: True}, labs)
    assert item not in sledai.contradictions({item: False}, labs)
    explained = SledaiLabs(**{**LABS, **changes, "infection": None, "drug_cause": None,
                              "other_urinary_cause": None})  # fmt: skip
    assert item in sledai.contradictions({item: False}, explained)
    assert item not in sledai.contradictions({item: True}, explained)


def test_that_what_was_not_measured_contradicts_nobody() -> None:
    for answer in (True, False):
        ticked: dict[str, bool | None] = dict.fromkeys(sledai.ITEM_BY_CODE, answer)
        assert sledai.contradictions(ticked, SledaiLabs()) == {}
        assert sledai.contradictions(ticked, SledaiLabs(dsdna=40)) == {}


# -- SELENA flares ---------------------------------------------------------------------------------

CALM = {"sledai": 4, "sledai_previous": 4, "pga": 1, "pga_previous": 1, "prednisone_mg_day": 10,
        "prednisone_previous_mg_day": 10, "weight_kg": 60, "worse_major": False,
        "worse_mild": False, "worse_other": False, "new_immunosuppressant": False,
        "new_nsaid_or_antimalarial": False, "hospitalised_for_lupus": False}  # fmt: skip
DOSES = "prednisone_mg_day", "prednisone_previous_mg_day"


def sfi(modified: bool = False, **changes: Any) -> dict[str, Truth]:
    found = selena_flare.assess(selena_flare.SfiFacts(**{**CALM, **changes}), modified=modified)
    return {reason.code.removeprefix("sfi."): reason.met for reason in found.reasons}


@pytest.mark.parametrize(
    ("changes", "criterion", "met"),
    [
        ({"worse_major": True, "hospitalised_for_lupus": True}, "any_treated", Truth.YES),
        ({"worse_major": True, "hospitalised_for_lupus": True}, "major_treated", Truth.YES),
        # 40 mg for 60 kg is above 0.5 mg/kg and raised, yet not doubled
        ({"worse_major": True, DOSES[0]: 40, DOSES[1]: 30}, "major_treated", Truth.YES),
        ({"worse_major": True, DOSES[0]: 40, DOSES[1]: 30}, "prednisone_raised", Truth.NO),
        ({"worse_major": True, DOSES[0]: 40, DOSES[1]: 40}, "major_treated", Truth.NO),
        ({"worse_major": True, DOSES[0]: 20, DOSES[1]: 10}, "major_treated", Truth.YES),
        ({"worse_major": True, DOSES[0]: 0, DOSES[1]: 0}, "major_treated", Truth.NO),
        ({DOSES[0]: 20, DOSES[1]: 10}, "prednisone_raised", Truth.YES),
        ({"sledai": 13, "sledai_previous": 9}, "score_rise", Truth.NO),
        ({"sledai": 12, "sledai_previous": 9}, "score_rise", Truth.YES),
        ({"sledai": None, "sledai_previous": 9}, "score_rise", Truth.UNKNOWN),
        ({"sledai": None, "sledai_previous": 10}, "score_rise", Truth.NO),
        ({"pga": 2.6, "pga_previous": 1.5}, "pga_rise", Truth.NO),
        ({"pga": 2.5, "pga_previous": 1.5}, "pga_rise", Truth.YES),
        ({"pga": None, "pga_previous": 1.5}, "pga_rise", Truth.UNKNOWN),
        ({"pga": None, "pga_previous": 1.6}, "pga_rise", Truth.NO),
    ],
)
def test_that_each_criterion_of_a_selena_flare_is_told(
    changes: dict[str, Any], criterion: str, met: Truth
) -> None:
    assert sfi(**changes)[criterion] is met


def test_that_the_modified_index_tells_a_flare_by_the_score_alone() -> None:
    severe = {"sledai": 13, "sledai_previous": 9}
    alone, along = sfi(True, **severe), sfi(True, **severe, hospitalised_for_lupus=True)
    assert (alone["score_only"], along["score_only"]) == (Truth.YES, Truth.NO)
    assert list(alone) == [
        "major_treated", "any_treated", "prednisone_high", "new_immunosuppressant",
        "hospitalised", "pga_above", "score_rise", "mild_manifestation", "prednisone_raised",
        "new_nsaid_or_antimalarial", "pga_rise", "score_only",
    ]  # fmt: skip


# -- Low activity, responders ----------------------------------------------------------------------


def low(**changes: Any) -> low_activity.ActivityFacts:
    given = {"items": ABSENT, "previous_items": ABSENT, "pga": 0.4, "prednisone_mg_day": 5,
             "other_major_activity": False, "standard_treatment": True, **changes}  # fmt: skip
    return low_activity.ActivityFacts(**given)


def test_that_states_tell_every_criterion() -> None:
    found = low_activity.lldas(low())
    assert found.met is Truth.YES
    assert [(r.code.removeprefix("state."), dict(r.values)) for r in found.reasons] == [
        ("sledai", {"item": "sledai", "value": 0, "limit": 4, "low": 0, "high": 0}),
        ("no_major_organ", {"item": "sledai"}),
        ("no_other_major", {"item": "other_major_activity", "value": False}),
        ("no_new_item", {"item": "previous_sledai"}),
        ("pga", reading("pga", 0.4, "<=", 1.0, None)),
        ("prednisone", reading("prednisone_mg_day", 5, "<=", 7.5, "mg/day")),
        ("standard_treatment", {"item": "standard_treatment", "value": True}),
    ]
    found = low_activity.doris_2021(low())
    assert found.met is Truth.YES
    assert [(r.code.removeprefix("state."), dict(r.values)) for r in found.reasons] == [
        ("clinical_sledai", {"item": "sledai", "value": 0, "limit": 0, "low": 0, "high": 0}),
        ("pga", reading("pga", 0.4, "<", 0.5, None)),
        ("prednisone", reading("prednisone_mg_day", 5, "<=", 5.0, "mg/day")),
        ("standard_treatment", {"item": "standard_treatment", "value": True}),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "met", "item"),
    [
        ({"items": {**ABSENT, "arthritis": True, "leukopenia": True}}, "sledai", Truth.NO, None),
        ({"items": {**ABSENT, "seizure": None}}, "no_major_organ", Truth.UNKNOWN, "sledai"),
        ({"items": {**ABSENT, "seizure": True, "fever": True}}, "no_major_organ", Truth.NO,
         "seizure, fever"),
        # what was there before, first in the list, hides nothing after it
        ({"items": {**ABSENT, "seizure": True, "rash": True},
          "previous_items": {**ABSENT, "seizure": True}}, "no_new_item", Truth.NO, "rash"),
        ({"other_major_activity": None}, "no_other_major", Truth.UNKNOWN, "other_major_activity"),
        ({"other_major_activity": True}, "no_other_major", Truth.NO, "other_major_activity"),
    ],
)  # fmt: skip
def test_that_lldas_tells_what_keeps_it_away(
    changes: dict[str, Any], code: str, met: Truth, item: str | None
) -> None:
    (reason,) = [r for r in low_activity.lldas(low(**changes)).reasons if r.code == f"state.{code}"]
    assert reason.met is met
    assert item is None or reason.values["item"] == item


def test_that_remission_ends_above_5_mg() -> None:
    assert low_activity.doris_2021(low(prednisone_mg_day=5.5)).met is Truth.NO
    assert low_activity.lldas(low(prednisone_mg_day=5.5)).met is Truth.YES


def test_that_one_point_more_is_above_baseline() -> None:
    arthritis = {**ABSENT, "arthritis": True}
    before = responder.IndexVisit(sledai.score(arthritis), letters("B"), 1)
    better = responder.IndexVisit(sledai.score(arthritis), letters("C"), 1)
    worse = responder.IndexVisit(sledai.score({**arthritis, "leukopenia": True}), letters("C"), 1)
    assert bicla.assess(before, better, failed=False).met is Truth.YES
    assert bicla.assess(before, worse, failed=False).met is Truth.NO


# -- The year's response ---------------------------------------------------------------------------


def course(*visits: tuple[int, str]) -> list[response_course.CourseVisit]:
    return [response_course.CourseVisit(day, letters(text)) for day, text in visits]


def test_that_a_system_without_a_letter_could_be_b() -> None:
    (visit,) = course((0, "?"))
    assert visit.at_most(0) is Truth.UNKNOWN
    assert course((0, "B"))[0].at_most(0) is Truth.NO


@pytest.mark.parametrize(
    ("visits", "response", "changes"),
    [
        (((0, "A"), (182, "C"), (364, "C")), "MCR", {}),
        # after month 12 the year is over
        (((0, "A"), (182, "C"), (364, "C"), (500, "A")), "MCR", {}),
        # a new A after month 6 is told although month 12 is missing
        (((0, "A"), (182, "C"), (250, "A")), "NCR", {"no_flare_after": Truth.NO}),
        # one new B and one system without a letter could be two new B
        (((0, "A"), (182, "CCC"), (364, "CB?")), "unknown", {"no_flare_after": Truth.UNKNOWN}),
        (((0, "A"), (182, "CCC"), (300, "CCC"), (364, "CBB")), "PCR", {"no_flare_after": Truth.NO}),
        # a B in between, or at the end of the weeks, ends what was low
        (((0, "A"), (182, "C"), (250, "B"), (364, "C")), "MCR", {"low_held": Truth.NO}),
        (((0, "A"), (182, "C"), (300, "B"), (364, "C")), "MCR", {"low_held": Truth.NO}),
        # one B at month 6 and then a new A elsewhere is not quiet
        (((0, "A"), (182, "BC"), (364, "BA")), "NCR", {"one_b_and_quiet": Truth.NO}),
        (((0, "A"), (182, "BC"), (364, "BC")), "PCR", {"one_b_and_quiet": Truth.YES}),
        # the visit at month 6 itself counts to the months before it
        (((0, "C"), (182, "A"), (364, "C")), "NCR", {"no_new_a_before": Truth.NO}),
    ],
)
def test_that_the_response_of_the_year_has_these_edges(
    visits: tuple[tuple[int, str], ...], response: str, changes: dict[str, Truth]
) -> None:
    found = response_course.respond(course(*visits))
    assert found.response is response_course.ClinicalResponse(response)
    told = {r.code.removeprefix("course."): r for r in found.reasons}
    assert len(told) == 6
    for code, met in changes.items():
        assert told[code].met is met, code
    assert {(r.values["item"], r.values["day"]) for r in found.reasons} == {("bilag", 182)}
    assert dict(found.rule.parameters) == dict(response_course.PARAMETERS)


def test_that_only_the_month_without_a_visit_is_missing() -> None:
    found = response_course.respond(course((0, "A"), (364, "C")))
    assert (found.response.value, found.missing) == ("unknown", ("month_6",))


def test_that_a_relapse_names_all_its_systems() -> None:
    found = response_course.relapse(course((0, "DD"), (30, "AB")))
    assert (found.met, found.day) == (Truth.YES, 30)
    assert dict(found.reasons[0].values) == {"item": f"{FIRST}, {SECOND}", "day": 30}
    assert response_course.relapse(course((0, "DD"))).met is Truth.NO
