"""Every name that a rule can use for an input leads to the form and item where it is entered."""

from __future__ import annotations

import pytest
from tests.unit.clinical.conftest import NAMED

from lnmonitor.analysis.places import (
    ANSWERS,
    COMPUTED,
    EVENT,
    GENERAL,
    INFUSION,
    NO_PLACE,
    OF_ANALYTE,
    OF_SYSTEM,
    Place,
    ways,
)
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import FORMS, LabResult

PLACED = {*GENERAL, *INFUSION, *EVENT, *OF_ANALYTE, *OF_SYSTEM}
TABLES = (ANSWERS, GENERAL, INFUSION, EVENT)


def base(name: str) -> str:
    return name.removesuffix("_previous").removesuffix("_baseline")


def test_that_every_input_a_rule_can_name_is_placed_or_listed_as_having_no_place() -> None:
    # The tests of the rules hold each name in a reason, or missing, to be one of NAMED.
    lost = sorted(name for name in NAMED if not {name, base(name)} & (PLACED | NO_PLACE))
    assert lost == []


def test_that_nothing_is_listed_as_having_no_place_that_has_one() -> None:
    assert sorted(PLACED & NO_PLACE) == []
    assert sorted(name for name in NO_PLACE if name not in NAMED and "protocol" not in name) == []


@pytest.mark.parametrize("table", TABLES)
def test_that_every_place_is_a_form_with_that_item(table: dict[str, object]) -> None:
    places = [place for name in table for way in ways(name, table) for place in way]  # type: ignore[arg-type]
    for place in places:
        known = ANALYTES if place.form == LabResult.code else FORMS[place.form].items()
        assert place.item == "" or place.item in known, place


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("u24_g", [Place("LB", "U24P")]),
        ("upcr_mg_mmol", [Place("LB", "UPCR")]),
        ("egfr", [Place("LB", "CREAT")]),
        ("sbp", [Place("VS", "systolic")]),
        ("casts", [Place("LB", "UCASTS")]),
        ("sediment", [Place("LB", "URBC"), Place("LB", "UWBC"), Place("LB", "UCASTS")]),
        ("active_haemolysis", [Place("BILAG", "haemolysis")]),
        ("mucocutaneous", [Place("BILAG", "skin_eruption_severe")]),
        ("weight_kg", [Place("VS", "weight_kg")]),
        ("age_years", [Place("DM", "birth_date")]),
        ("treatment_failure", [Place("CMI")]),
    ],
)
def test_that_an_input_is_entered_where_the_forms_ask_for_it(
    name: str, expected: list[Place]
) -> None:
    assert list(ways(name)[0]) == expected


def test_that_a_name_of_several_forms_is_read_by_what_is_explained() -> None:
    assert ways("casts", ANSWERS)[0] == (Place("SLEDAI", "casts"),)
    assert ways("weight_kg", INFUSION)[0] == (Place("EX", "weight_kg"),)


def test_that_each_bilag_system_has_its_form_its_history_and_its_letter() -> None:
    for system in SYSTEMS:
        assert ways(system)[0][0].form == "BILAG"
        assert ways(f"ever_{system}")[0] == (Place("MH", f"ever_{system}"),)
        assert COMPUTED[system] == f"bilag.{system}"
