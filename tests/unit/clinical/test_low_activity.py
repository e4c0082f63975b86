"""LLDAS and DORIS at their published edges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.low_activity import ActivityFacts, doris_2021, lldas
from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.sledai import ITEM_BY_CODE

NONE = dict.fromkeys(ITEM_BY_CODE, False)
CALM = ActivityFacts(
    items=NONE,
    previous_items=NONE,
    pga=0.3,
    prednisone_mg_day=5,
    other_major_activity=False,
    standard_treatment=True,
)
RASH = {**NONE, "rash": True, "mucosal": True}
YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "in_lldas", "in_doris"),
    [
        ({}, YES, YES),
        ({"pga": 0.5}, YES, NO),
        ({"pga": 1.0}, YES, NO),
        ({"pga": 1.1}, NO, NO),
        ({"prednisone_mg_day": 7.5}, YES, NO),
        ({"prednisone_mg_day": 7.6}, NO, NO),
        ({"other_major_activity": True}, NO, YES),
        ({"standard_treatment": False}, NO, NO),
        ({"items": RASH, "previous_items": RASH}, YES, NO),
        ({"items": RASH}, NO, NO),  # new since the last visit
        ({"items": {**RASH, "leukopenia": True}, "previous_items": RASH}, NO, NO),  # 5 points
        ({"items": {**NONE, "dsdna": True}, "previous_items": {**NONE, "dsdna": True}}, YES, YES),
        ({"items": {**NONE, "fever": True}, "previous_items": {**NONE, "fever": True}}, NO, NO),
        ({"pga": None}, UNKNOWN, UNKNOWN),
        ({"previous_items": {}}, YES, YES),  # nothing present now, so nothing new
        ({"items": RASH, "previous_items": {}}, UNKNOWN, NO),
        ({"items": {**NONE, "casts": None}}, UNKNOWN, UNKNOWN),
    ],
)
def test_that_states_have_these_edges(
    changes: dict[str, object], in_lldas: Truth, in_doris: Truth
) -> None:
    facts = replace(CALM, **changes)  # type: ignore[arg-type]
    assert (lldas(facts).met, doris_2021(facts).met) == (in_lldas, in_doris)


def test_that_an_open_state_names_what_is_missing() -> None:
    facts = replace(CALM, pga=None, standard_treatment=None)
    assert doris_2021(facts).missing == ("pga", "standard_treatment")
    assert lldas(replace(facts, other_major_activity=True)).missing == ()


def test_that_impossible_values_are_refused() -> None:
    for changes in ({"pga": 3.1}, {"prednisone_mg_day": -1}):
        with pytest.raises(InvalidInput):
            lldas(replace(CALM, **changes))  # type: ignore[arg-type]
        with pytest.raises(InvalidInput):
            doris_2021(replace(CALM, **changes))  # type: ignore[arg-type]


MAJOR_ORGANS = (  # kidney, nervous system, heart and lung, vasculitis, fever: Franklyn 2016
    *("casts", "haematuria", "proteinuria", "pyuria"),
    *("seizure", "psychosis", "organic_brain", "visual", "cranial_nerve", "lupus_headache", "cva"),
    *("pleurisy", "pericarditis"),
    *("vasculitis", "fever"),
)


@pytest.mark.parametrize("code", ITEM_BY_CODE)
def test_that_activity_of_a_major_organ_and_no_other_excludes_lldas(code: str) -> None:
    present = {**NONE, code: True}
    reasons = lldas(replace(CALM, items=present, previous_items=present)).reasons
    (organ,) = [reason for reason in reasons if reason.code == "state.no_major_organ"]
    assert organ.met is (NO if code in MAJOR_ORGANS else YES)
    assert organ.values["item"] == (code if code in MAJOR_ORGANS else "sledai")


def test_that_an_unknown_item_is_refused_even_where_the_dose_decides() -> None:
    facts = replace(CALM, items={**NONE, "hematuria": True}, prednisone_mg_day=60)
    for rule in (lldas, doris_2021):
        with pytest.raises(InvalidInput, match="hematuria"):
            rule(facts)


def test_that_reasons_tell_the_answers_as_they_were_judged() -> None:
    now, before = dict(NONE), dict(NONE)
    found = lldas(replace(CALM, items=now, previous_items=before, pga=2))
    now["rash"] = True
    told = {reason.code: reason for reason in found.reasons}
    assert told["state.pga"].met is NO
    assert told["state.no_new_item"].met is YES
    assert told["state.sledai"].values["value"] == 0


def test_that_what_was_not_assessed_is_added_to_what_is_present() -> None:
    items = {**RASH, "thrombocytopenia": None}  # 4 or 5 points
    found = lldas(replace(CALM, items=items, previous_items=RASH))
    assert (found.met, found.missing[0]) == (UNKNOWN, "sledai")
    (score,) = [reason for reason in found.reasons if reason.code == "state.sledai"]
    assert (score.values["value"], score.values["low"], score.values["high"]) == (None, 4, 5)
    decided = {**RASH, "alopecia": True, "thrombocytopenia": None}  # 6 or 7
    assert lldas(replace(CALM, items=decided, previous_items=decided)).met is NO
