"""MCR and PCR: hand-made years of BILAG letters."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.response_course import (
    RULE_MCR_PCR,
    ClinicalResponse,
    CourseVisit,
    relapse,
    respond,
)
from lnmonitor.clinical.results import Truth


def visit(day: int, letters: str) -> CourseVisit:
    """Letters in the order of SYSTEMS, the rest E; "?" for a system without a letter."""
    full = letters.ljust(len(SYSTEMS), "E")
    return CourseVisit(
        day,
        {
            system: BilagGrade(RULE_MCR_PCR, system=system, grade=Grade(letter))
            for system, letter in zip(SYSTEMS, full, strict=True)
            if letter != "?"
        },
    )


def year(*letters: str) -> list[CourseVisit]:
    days = (0, 91, 182, 273, 365)
    return [visit(day, each) for day, each in zip(days, letters, strict=False)]


@pytest.mark.parametrize(
    ("letters", "response"),
    [
        (("AB", "CC", "CC", "CD", "DD"), "MCR"),
        (("AB", "CC", "CC", "BC", "CC"), "MCR"),  # one new B is no moderate flare
        (("BB", "AC", "CC", "CC", "CC"), "PCR"),  # a new A before month 6; low for 16 weeks
        (("AB", "CC", "CC", "BB", "CC"), "NCR"),  # two new B: flare, and not held
        (("AB", "CC", "CC", "CC", "BB"), "NCR"),  # flare at month 12; 182 + 112 days not held
        (("AB", "CC", "BC", "BC", "BC"), "PCR"),  # one B, quiet
        (("AB", "CC", "BC", "BB", "BB"), "NCR"),  # one B, then a new B
        (("AA", "BB", "BB", "BB", "BB"), "PCR"),  # two B after two A
        (("ABB", "BB", "BB", "BB", "BB"), "PCR"),  # after one A and two B
        (("BBBB", "BB", "BB", "BB", "BB"), "PCR"),  # after four B
        (("ABC", "BB", "BB", "BB", "BB"), "NCR"),  # baseline not severe enough
        (("AAA", "BBB", "BBB", "BBB", "BBB"), "NCR"),
        (("AAA", "ABB", "ACC", "ACC", "ACC"), "NCR"),
    ],
)
def test_that_a_year_is_judged_by_its_letters(letters: tuple[str, ...], response: str) -> None:
    result = respond(year(*letters))
    assert (result.response, result.missing) == (ClinicalResponse(response), ())
    assert len(result.reasons) == 6


def test_that_a_protocol_may_let_one_new_b_end_the_state() -> None:
    strict = {"new_b_allowed": False}
    steady = year("AB", "CC", "CC", "CD", "DD")
    assert respond(steady, strict).response is ClinicalResponse.MCR
    one_b = year("AB", "CC", "CC", "BC", "CC")  # neither kept nor held for 16 weeks
    assert respond(one_b).response is ClinicalResponse.MCR
    lost = respond(one_b, strict)
    assert lost.response is ClinicalResponse.NCR
    assert [(r.code, r.met) for r in lost.reasons][2] == ("course.kept_after", Truth.NO)
    late = [*year("AB", "CC", "CC")[:3], visit(294, "CC"), visit(365, "BC")]
    assert respond(late, strict).response is ClinicalResponse.PCR  # held for 16 weeks, not kept
    assert respond(late).response is ClinicalResponse.MCR
    open_ = respond([*late[:4], visit(365, "C")], strict)
    assert open_.response is ClinicalResponse.MCR
    unknown = respond([*late[:4], visit(365, "C?")], strict)
    assert unknown.response is ClinicalResponse.UNKNOWN


def test_that_low_activity_needs_16_weeks() -> None:
    start = [visit(0, "BB"), visit(91, "AC"), visit(182, "CC")]
    kept = respond([*start, visit(294, "CC"), visit(365, "BB")])
    assert kept.response is ClinicalResponse.PCR
    lost = respond([*start, visit(294, "BB"), visit(365, "CC")])
    assert lost.response is ClinicalResponse.NCR
    window = {"held_days": 111.0}
    assert respond([*start, visit(293, "CC"), visit(365, "BB")], window).response.value == "PCR"


def test_that_a_year_that_is_not_over_is_open() -> None:
    running = respond(year("AB", "CC", "CC", "CC"))
    assert (running.response, running.missing) == (ClinicalResponse.UNKNOWN, ("month_12",))
    early = respond(year("AB", "CC"))
    assert (early.response, early.missing) == (ClinicalResponse.UNKNOWN, ("month_6", "month_12"))
    decided = respond(year("ABC", "CC", "ABB"))
    assert decided.response is ClinicalResponse.NCR


def test_that_16_weeks_without_a_visit_at_their_end_stay_open() -> None:
    open_ = respond([visit(0, "BB"), visit(91, "AC"), visit(182, "CC"), visit(260, "CC")])
    assert open_.response is ClinicalResponse.UNKNOWN


def test_that_a_system_without_a_letter_leaves_open_only_what_it_could_change() -> None:
    unknown = respond(year("AB", "CC", "C?", "CC", "CC"))
    assert (unknown.response, unknown.missing) == (ClinicalResponse.UNKNOWN, ("bilag",))
    assert respond(year("AB?", "CC", "BBB", "CC", "CC")).response is ClinicalResponse.NCR
    severe = respond(year("AB?", "BB", "BB", "BB", "BB"))
    assert severe.response is ClinicalResponse.UNKNOWN
    one = respond(year("AB", "CC", "CC", "B?", "CC"))  # a second new B was possible
    assert one.response is ClinicalResponse.UNKNOWN
    single = respond(year("AB", "CC", "CC", "CC?", "CC"))  # a single new A was possible
    assert single.response is ClinicalResponse.UNKNOWN


def test_that_the_nearest_visit_within_28_days_is_month_6() -> None:
    late = [visit(0, "AB"), visit(210, "CC"), visit(365, "CC")]
    assert respond(late).response is ClinicalResponse.MCR
    later = [visit(0, "AB"), visit(211, "CC"), visit(365, "CC")]
    assert respond(later).missing == ("month_6",)
    two = [visit(0, "AB"), visit(160, "BB"), visit(190, "CC"), visit(365, "CC")]
    assert respond(two).response is ClinicalResponse.MCR


def test_that_order_does_not_matter_and_no_visit_is_refused() -> None:
    visits = year("AB", "CC", "CC", "CD", "DD")
    assert respond(visits[::-1]) == respond(visits)
    with pytest.raises(InvalidInput, match="visits"):
        respond([])
    with pytest.raises(InvalidInput, match="month_7"):
        respond(visits, {"month_7": 1.0})
    assert not respond(visits).rule.verified


def test_that_a_new_a_or_b_is_a_relapse() -> None:
    steady = relapse(year("CC", "CC", "DD"))
    assert (steady.met, steady.day, steady.missing) == (Truth.NO, None, ())
    new_b = relapse(year("CC", "CC", "BC"))
    assert (new_b.met, new_b.day) == (Truth.YES, 182)
    assert new_b.reasons[0].values["item"] == "constitutional"
    new_a = relapse(year("BC", "BA"))
    assert (new_a.met, new_a.day) == (Truth.YES, 91)
    unknown = relapse(year("CC", "C?", "CC"))
    assert (unknown.met, unknown.missing) == (Truth.UNKNOWN, ("bilag",))


def test_that_every_clause_is_told_with_its_answer() -> None:
    reasons = respond(year("BB", "AC", "CC", "CC", "CC")).reasons
    assert {reason.code.removeprefix("course."): reason.met.value for reason in reasons} == {
        "low_at_month_6": "yes",
        "no_new_a_before": "no",
        "no_flare_after": "yes",
        "low_held": "yes",
        "one_b_and_quiet": "yes",
        "two_b_after_severe": "no",
    }
    assert all(reason.values["day"] == 182 for reason in reasons)


@pytest.mark.parametrize(
    ("days", "missing"),
    [  # month 6 is day 182, month 12 day 365, each with 28 days on both sides
        ((153, 365), ("month_6",)),
        ((154, 365), ()),
        ((210, 365), ()),
        ((211, 365), ("month_6",)),
        ((182, 336), ("month_12",)),
        ((182, 337), ()),
        ((182, 393), ()),
        ((182, 394), ("month_12",)),
    ],
)
def test_that_a_month_is_the_visit_within_28_days_of_it(
    days: tuple[int, int], missing: tuple[str, ...]
) -> None:
    course = [visit(0, "AB"), *(visit(day, "CC") for day in days)]
    assert respond(course).missing == missing


def test_that_a_year_names_the_protocols_own_numbers() -> None:
    visits = year("AB", "CC", "CC", "CC", "CC")
    result = respond(visits, parameters={"held_days": 200})
    assert result.rule.parameters == {**respond(visits).rule.parameters, "held_days": 200}
