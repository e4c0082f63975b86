"""SELENA flare index, classic and modified: two implementations agree."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.independent import sfi as second
from tests.independent.exact import AGREED, UNKNOWN, settle

from lnmonitor.clinical.selena_flare import SfiFacts, assess

SCALES = {"sledai": 105, "sledai_previous": 105, "pga": 3, "pga_previous": 3, "weight_kg": 200}
VALUES = {
    name: [value for value in values if 0 <= value <= SCALES.get(name, 1000)]
    for name, values in second.GRID.items()
}
FACTS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})
CALM: dict[str, Any] = {
    "sledai": 4,
    "sledai_previous": 4,
    "pga": 1.0,
    "pga_previous": 1.0,
    "prednisone_mg_day": 10.0,
    "prednisone_previous_mg_day": 10.0,
    "weight_kg": 50.0,
    **dict.fromkeys(list(second.GRID)[7:], False),
}


@st.composite
def known(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a calm visit with a few changes."""
    changed = draw(st.sets(st.sampled_from(list(CALM)), min_size=1, max_size=4))
    return CALM | {name: draw(st.sampled_from(VALUES[name])) for name in sorted(changed)}


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a calm visit with a few changes and a few unknown facts."""
    facts = draw(known())
    hidden = draw(st.sets(st.sampled_from(list(CALM)), max_size=3))
    return {**facts, **dict.fromkeys(hidden)}


@AGREED
@given(st.one_of(known(), known(), FACTS), st.booleans())
def test_that_known_facts_give_the_same_severity(facts: dict[str, Any], modified: bool) -> None:
    told = assess(SfiFacts(**facts), modified=modified).severity
    assert told == second.severity(facts, modified=modified)


def test_that_each_fact_alone_gives_the_same_severity() -> None:
    for name, values in VALUES.items():
        for value in values:
            facts = {**CALM, name: value}
            for modified in (False, True):
                told = assess(SfiFacts(**facts), modified=modified).severity
                assert told == second.severity(facts, modified=modified), (name, value)


@AGREED
@given(visits(), st.booleans())
def test_that_unknown_facts_leave_the_same_open(facts: dict[str, Any], modified: bool) -> None:
    told = assess(SfiFacts(**facts), modified=modified).severity
    expected = settle(lambda case: second.severity(case, modified=modified), facts, second.GRID)
    assert (told or UNKNOWN) == expected
