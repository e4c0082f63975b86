"""SELENA-SLEDAI and its flare index: differences from SLEDAI-2K, each criterion on both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical import selena_sledai, sledai
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.selena_flare import SfiFacts, assess
from lnmonitor.clinical.selena_sledai import SelenaFacts, derive

NONE = dict.fromkeys(sledai.ITEM_BY_CODE, False)


def derived(code: str, answer: bool | None, **facts: object) -> bool | None:
    return derive({**NONE, code: answer}, SelenaFacts(**facts))[code]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (0.8, 0.5, True),  # new
        (0.8, 0.51, False),
        (1.1, 0.6, False),  # risen by exactly 0.5
        (1.2, 0.6, True),
        (0.9, None, None),
        (None, 0.6, None),
        (None, 0.4, True),
    ],
)
def test_that_selena_proteinuria_is_new_or_risen(
    now: float | None, before: float | None, expected: bool | None
) -> None:
    assert derived("proteinuria", True, u24_g=now, u24_previous_g=before) is expected
    assert derived("proteinuria", False, u24_g=now, u24_previous_g=before) is False


def test_that_selena_arthritis_is_more_than_two_joints() -> None:
    assert derived("arthritis", True, joints=2) is False
    assert derived("arthritis", True, joints=3) is True
    assert derived("arthritis", True) is None
    assert derived("arthritis", False) is False


def test_that_selena_leaves_out_a_hypertensive_stroke() -> None:
    assert derived("cva", True, hypertensive_stroke=True) is False
    assert derived("cva", True, hypertensive_stroke=False) is True
    assert derived("cva", True) is None


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("visual", "scleritis_or_episcleritis"),
        ("cranial_nerve", "lupus_vertigo"),
        ("pleurisy", "typical_pleuritic_pain"),
        ("pericarditis", "typical_pericardial_pain"),
    ],
)
def test_that_selena_counts_more_in_four_items(code: str, fact: str) -> None:
    assert derived(code, False, **{fact: True}) is True
    assert derived(code, True) is True
    assert derived(code, False) is None
    assert derived(code, False, **{fact: False}) is False


def test_that_other_answers_pass_unchanged_and_score_the_same_weights() -> None:
    facts = SelenaFacts(3, 0.8, 0.2, False, False, False, False, False)
    items = {**NONE, "rash": True, "fever": True, "casts": None}
    answers = derive(items, facts)
    assert answers == items
    result = selena_sledai.score(answers)
    assert (result.rule.id, result.low, result.high) == ("selena-sledai", 3, 7)
    assert not result.rule.verified
    assert selena_sledai.score(items, window_days=10).window_days == 10


@pytest.mark.parametrize("changes", [{"joints": -1}, {"u24_g": -0.1}, {"u24_previous_g": -1}])
def test_that_impossible_selena_facts_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(changes))):
        derive(NONE, SelenaFacts(**changes))  # type: ignore[arg-type]


# -- Flare index -----------------------------------------------------------------------------------

STEADY = SfiFacts(
    sledai=8,
    sledai_previous=8,
    pga=1.0,
    pga_previous=1.0,
    prednisone_mg_day=10,
    prednisone_previous_mg_day=10,
    weight_kg=60,
    worse_major=False,
    worse_mild=False,
    worse_other=False,
    new_immunosuppressant=False,
    new_nsaid_or_antimalarial=False,
    hospitalised_for_lupus=False,
)


@pytest.mark.parametrize(
    ("changes", "severity", "modified"),
    [
        ({}, "none", "none"),
        ({"sledai": 10}, "none", "none"),
        ({"sledai": 11}, "mild_moderate", "mild_moderate"),
        ({"sledai": 12}, "mild_moderate", "mild_moderate"),
        ({"sledai": 13}, "severe", "mild_moderate"),  # the score is the only trigger
        ({"sledai": 13, "hospitalised_for_lupus": True}, "severe", "severe"),
        ({"sledai": 13, "sledai_previous": 12}, "severe", "mild_moderate"),
        ({"sledai": 17, "sledai_previous": 13}, "none", "none"),
        ({"worse_major": True}, "none", "none"),  # nothing treated
        ({"worse_major": True, "prednisone_mg_day": 20}, "severe", "severe"),
        ({"worse_other": True, "prednisone_mg_day": 20}, "severe", "severe"),
        ({"worse_mild": True, "prednisone_mg_day": 20}, "severe", "severe"),
        ({"worse_mild": True, "prednisone_mg_day": 19}, "mild_moderate", "mild_moderate"),
        ({"worse_mild": True}, "mild_moderate", "mild_moderate"),
        ({"prednisone_mg_day": 11}, "mild_moderate", "mild_moderate"),
        ({"prednisone_mg_day": 30}, "mild_moderate", "mild_moderate"),  # exactly 0.5 mg/kg
        ({"prednisone_mg_day": 31}, "severe", "severe"),
        ({"prednisone_mg_day": 40, "prednisone_previous_mg_day": 40}, "none", "none"),
        ({"new_immunosuppressant": True}, "severe", "severe"),
        ({"hospitalised_for_lupus": True}, "severe", "severe"),
        ({"pga": 2.0}, "mild_moderate", "mild_moderate"),
        ({"pga": 1.9}, "none", "none"),
        ({"pga": 2.5}, "mild_moderate", "mild_moderate"),
        ({"pga": 2.6}, "severe", "severe"),
        ({"pga": 2.8, "pga_previous": 2.6}, "none", "none"),
        ({"new_nsaid_or_antimalarial": True}, "mild_moderate", "mild_moderate"),
    ],
)
def test_that_the_flare_index_has_these_edges(
    changes: dict[str, object], severity: str, modified: str
) -> None:
    facts = replace(STEADY, **changes)  # type: ignore[arg-type]
    assert assess(facts).severity == severity
    assert assess(facts, modified=True).severity == modified


def test_that_the_withdrawn_call_is_noted() -> None:
    result = assess(replace(STEADY, sledai=13), modified=True)
    note = next(reason for reason in result.reasons if reason.code == "sfi.score_only")
    assert (note.met, note.values["value"], note.values["previous"]) == (Truth.YES, 13, 8)
    assert result.rule.parameters["modified"] is True
    assert assess(STEADY).rule.parameters["modified"] is False


@pytest.mark.parametrize(
    ("changes", "severity", "missing"),
    [
        ({"weight_kg": None}, "none", ()),  # the dose did not rise
        ({"weight_kg": None, "prednisone_mg_day": 12}, None, ("prednisone_mg_day",)),
        ({"prednisone_mg_day": 0, "weight_kg": None}, "none", ()),
        ({"prednisone_mg_day": 0, "prednisone_previous_mg_day": None}, "none", ()),
        ({"pga": None}, None, ("pga",)),
        ({"sledai_previous": None}, None, ("sledai",)),
        ({"pga": None, "new_immunosuppressant": True}, "severe", ()),
        ({"worse_mild": None}, None, ("worse_mild",)),
        ({"worse_other": None}, "none", ()),  # nothing was treated, so it cannot decide
        ({"sledai": None, "sledai_previous": 13}, "none", ()),  # by 3 would end above 12
        ({"pga": None, "pga_previous": 2.6}, "none", ()),  # already above 2.5
    ],
)
def test_that_a_missing_fact_leaves_open_only_what_it_could_change(
    changes: dict[str, object], severity: str | None, missing: tuple[str, ...]
) -> None:
    result = assess(replace(STEADY, **changes))  # type: ignore[arg-type]
    assert (result.severity, result.missing) == (severity, missing)


@pytest.mark.parametrize(
    "changes",
    [
        {"sledai": 106},
        {"sledai_previous": -1},
        {"pga": 3.1},
        {"pga_previous": -0.1},
        {"prednisone_mg_day": -1},
        {"prednisone_previous_mg_day": -1},
        {"weight_kg": 0},
    ],
)
def test_that_impossible_facts_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(changes))):
        assess(replace(STEADY, **changes))  # type: ignore[arg-type]


def test_that_score_pga_and_dose_are_told_with_what_they_were() -> None:
    """Score from 8 to 13, PGA from 1.0 to 2.6, prednisone from 10 to 40 mg: severe by each."""
    facts = replace(STEADY, sledai=13, pga=2.6, prednisone_mg_day=40)
    told = {reason.values["item"]: reason.values for reason in assess(facts).reasons}
    assert (told["sledai"]["value"], told["sledai"]["previous"]) == (13, 8)
    assert (told["pga"]["value"], told["pga"]["previous"]) == (2.6, 1.0)
    assert (told["prednisone_mg_day"]["value"], told["prednisone_mg_day"]["previous"]) == (40, 10)


@pytest.mark.parametrize(
    ("now", "before", "weight", "severity"),
    [
        (40, None, 70, None),  # above 0.5 mg/kg (35 mg), perhaps not raised
        (10, None, 70, None),  # not above it, perhaps raised
        (None, 10, 70, None),
        (40, 20, 70, "severe"),
        (20, 10, 70, "mild_moderate"),
        (10, 10, None, "none"),
    ],
)
def test_that_a_dose_is_raised_only_against_a_known_one(
    now: float | None, before: float | None, weight: float | None, severity: str | None
) -> None:
    facts = replace(
        STEADY, prednisone_mg_day=now, prednisone_previous_mg_day=before, weight_kg=weight
    )
    found = assess(facts)
    missing = ("prednisone_mg_day",) if severity is None else ()
    assert (found.severity, found.missing) == (severity, missing)


def test_that_treatment_alone_makes_no_manifestation_severe() -> None:
    doubled = replace(STEADY, prednisone_previous_mg_day=10, prednisone_mg_day=20, weight_kg=70)
    found = assess(replace(doubled, worse_major=None))
    assert (found.severity, found.missing) == (None, ("worse_major", "worse_other"))
    met = {reason.code: reason.met for reason in assess(replace(doubled, worse_other=True)).reasons}
    assert (met["sfi.major_treated"], met["sfi.any_treated"]) == (Truth.NO, Truth.YES)
