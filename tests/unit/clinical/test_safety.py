"""Seriousness, causality and reporting dates of adverse events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.safety import EventFacts, assess

DAY_0 = date(2026, 3, 2)
FATAL = EventFacts(
    criteria=frozenset({"death"}),
    investigator_causality="possible",
    expected=False,
    awareness=DAY_0,
)
HOSPITAL = replace(FATAL, criteria=frozenset({"hospitalisation"}))


def test_that_a_fatal_susar_is_due_in_7_days_and_complete_in_15() -> None:
    found = assess(FATAL)
    assert (found.susar, found.urgent, found.missing) == (Truth.YES, True, ())
    assert (found.report_due, found.follow_up_due) == (date(2026, 3, 9), date(2026, 3, 17))


def test_that_another_susar_is_due_in_15_days() -> None:
    found = assess(HOSPITAL)
    assert (found.urgent, found.report_due, found.follow_up_due) == (
        False,
        date(2026, 3, 17),
        None,
    )


def test_that_an_upgrade_restarts_seven_days() -> None:
    found = assess(replace(FATAL, urgent_since=date(2026, 3, 12)))
    assert (found.report_due, found.follow_up_due) == (date(2026, 3, 19), date(2026, 3, 27))


@pytest.mark.parametrize(
    "facts",
    [
        replace(FATAL, criteria=frozenset()),
        replace(FATAL, investigator_causality="unlikely", sponsor_causality="unrelated"),
        replace(FATAL, expected=True),
    ],
)
def test_that_one_no_means_no_susar_and_no_date(facts: EventFacts) -> None:
    found = assess(facts)
    assert (found.susar, found.report_due, found.missing) == (Truth.NO, None, ())


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"criteria": None}, ("criteria",)),
        ({"investigator_causality": None}, ("investigator_causality", "sponsor_causality")),
        ({"investigator_causality": "unlikely"}, ("sponsor_causality",)),
        ({"expected": None}, ("expected",)),
    ],
)
def test_that_an_open_answer_leaves_susar_unknown(
    changes: dict[str, object], missing: tuple[str, ...]
) -> None:
    found = assess(replace(FATAL, **changes))  # type: ignore[arg-type]
    assert (found.susar, found.missing, found.report_due) == (Truth.UNKNOWN, missing, None)


def test_that_a_susar_without_day_0_has_no_date_and_says_why() -> None:
    found = assess(replace(FATAL, awareness=None))
    assert (found.susar, found.report_due, found.missing) == (Truth.YES, None, ("awareness",))


@pytest.mark.parametrize(
    ("investigator", "sponsor", "related"),
    [
        ("unrelated", "possible", Truth.YES),
        ("definite", "unlikely", Truth.YES),
        ("unlikely", "unrelated", Truth.NO),
        ("unassessable", None, Truth.YES),
        (None, "unlikely", Truth.UNKNOWN),  # the other may still say related
        ("unlikely", None, Truth.UNKNOWN),
        (None, None, Truth.UNKNOWN),
    ],
)
def test_that_the_more_conservative_causality_stands(
    investigator: str | None, sponsor: str | None, related: Truth
) -> None:
    facts = replace(FATAL, investigator_causality=investigator, sponsor_causality=sponsor)
    assert assess(facts).related is related


@pytest.mark.parametrize(
    "changes",
    [
        {"criteria": frozenset({"grade 4"})},
        {"sponsor_causality": "maybe"},
        {"urgent_since": date(2026, 3, 1)},
    ],
)
def test_that_unknown_answers_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        assess(replace(FATAL, **changes))  # type: ignore[arg-type]
