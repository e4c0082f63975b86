"""SLEDAI-2K, its parts, its laboratory proposals and SELENA: two implementations agree."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.independent import sledai as second
from tests.independent.exact import AGREED, ANSWER, near, or_none

from lnmonitor.clinical import selena_sledai, sledai
from lnmonitor.clinical.selena_sledai import SelenaFacts
from lnmonitor.clinical.sledai import SledaiLabs

ITEMS = st.fixed_dictionaries(dict.fromkeys(second.WEIGHT, ANSWER))
MOSTLY_ABSENT = st.fixed_dictionaries(
    dict.fromkeys(second.WEIGHT, st.sampled_from((False, False, False, True, None)))
)
KNOWN = st.fixed_dictionaries(dict.fromkeys(second.WEIGHT, st.booleans()))
EVERYTHING = set(second.WEIGHT)
PARTS = (
    (sledai.score, EVERYTHING),
    (sledai.renal_sledai, second.RENAL),
    (sledai.clinical_sledai, EVERYTHING - second.SEROLOGY),
)

LABS = st.fixed_dictionaries(
    {
        "u24_g": or_none(near(0.5)),
        "urine_rbc_hpf": or_none(near(5)),
        "urine_wbc_hpf": or_none(near(5)),
        "casts": or_none(st.sampled_from(sledai.CAST_TYPES)),
        "c3_g_l": or_none(near(0.9)),
        "c3_lln": or_none(st.sampled_from((0.9, 0.76))),
        "c4_g_l": or_none(near(0.1)),
        "c4_lln": or_none(st.sampled_from((0.1, 0.09))),
        "ch50": or_none(near(23)),
        "ch50_lln": or_none(st.just(23)),
        "dsdna": or_none(near(100)),
        "dsdna_uln": or_none(st.sampled_from((100, 30))),
        "temperature_c": or_none(st.sampled_from((36.8, 37.9, 38.0, 38.1, 39.5))),
        "platelets": or_none(near(100)),
        "wbc": or_none(near(3)),
    }
)
EXCLUSIONS = st.fixed_dictionaries(
    dict.fromkeys(("infection", "other_urinary_cause", "drug_cause"), ANSWER)
)
RATIO = st.one_of(
    st.just({}),
    near(0.5).map(lambda x: {"upcr_g_g": x}),
    near(50).map(lambda x: {"upcr_mg_mmol": x}),
)
FACTS = st.fixed_dictionaries(
    {
        "joints": or_none(st.integers(0, 5)),
        "u24_g": or_none(st.sampled_from((0.3, 0.6, 1.1, 1.6, 1.601, 2.0))),
        "u24_previous_g": or_none(st.sampled_from((0.0, 0.1, 1.1, 1.101, 1.099, 3.0))),
        **dict.fromkeys(
            (
                "hypertensive_stroke",
                "scleritis_or_episcleritis",
                "lupus_vertigo",
                "typical_pleuritic_pain",
                "typical_pericardial_pain",
            ),
            ANSWER,
        ),
    }
)


@AGREED
@given(st.one_of(ITEMS, MOSTLY_ABSENT, KNOWN))
def test_that_scores_and_ranges_agree(items: dict[str, bool | None]) -> None:
    for rule, codes in PARTS:
        result = rule(items)
        low, high = second.span(items, codes)
        assert (result.low, result.high) == (low, high)
        asked = all(items[code] is not None for code in codes)
        assert result.score == (low if asked else None)


@AGREED
@given(ITEMS, st.sets(st.sampled_from(sorted(EVERYTHING))))
def test_that_an_item_left_out_is_not_assessed(items: dict[str, bool | None], out: set) -> None:
    given_items = {code: answer for code, answer in items.items() if code not in out}
    for rule, codes in PARTS:
        result = rule(given_items)
        assert (result.low, result.high) == second.span(given_items, codes)


def test_that_bands_agree_for_every_score() -> None:
    assert [sledai.activity_band(n) for n in range(106)] == [second.band(n) for n in range(106)]
    for before in range(30):
        for now in range(30):
            assert sledai.change_band(before, now) == second.change(before, now)


@AGREED
@given(LABS, RATIO, EXCLUSIONS)
def test_that_proposals_from_the_laboratory_agree(
    labs: dict[str, Any], ratio: dict[str, float], exclusions: dict[str, bool | None]
) -> None:
    told = sledai.propose(SledaiLabs(**labs, **ratio, **exclusions))
    expected = second.from_laboratory({**labs, **ratio, **exclusions})
    assert {code: proposal.present.value for code, proposal in told.items()} == expected


@AGREED
@given(MOSTLY_ABSENT, FACTS)
def test_that_selena_answers_agree(items: dict[str, bool | None], facts: dict[str, Any]) -> None:
    told = selena_sledai.derive(items, SelenaFacts(**facts))
    assert told == {code: second.selena(code, items, facts) for code in second.WEIGHT}
