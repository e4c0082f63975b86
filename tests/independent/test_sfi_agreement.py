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
def visits(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a calm visit with a few changes and a few unknown facts."""
    facts = CALM | {
        name: draw(st.sampled_from(VALUES[name]))
        for name in draw(st.sets(st.sampled_from(list(CALM)), max_size=5))
    }
    hidden = draw(st.sets(st.sampled_from(list(CALM)), max_size=3))
    return {**facts, **dict.fromkeys(hidden)}


@AGREED
@given(FACTS, st.booleans())
def test_that_known_facts_give_the_same_severity(facts: dict[str, Any], modified: bool) -> None:
    told = assess(SfiFacts(**facts), modified=modified).severity
    assert told == second.severity(facts, modified=modified)


@AGREED
@given(visits(), st.booleans())
def test_that_unknown_facts_leave_the_same_open(facts: dict[str, Any], modified: bool) -> None:
    told = assess(SfiFacts(**facts), modified=modified).severity
    expected = settle(lambda case: second.severity(case, modified=modified), facts, second.GRID)
    assert (told or UNKNOWN) == expected
