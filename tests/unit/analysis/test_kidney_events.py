"""Related events of kidney function, as AURORA-1 asks for them, from the log of adverse events."""

from __future__ import annotations

from datetime import date

import pytest
from patients import renal, started

from lnmonitor.analysis.course import evaluate
from lnmonitor.analysis.kidney_events import egfr_related_event, kidney_events
from lnmonitor.clinical.response import Response
from lnmonitor.clinical.results import Truth
from lnmonitor.study.forms import AdverseEvent
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.records import Record

PROTOCOL = load_protocol("ln-msc-01")
ON = date(2026, 3, 10)
KIDNEY: dict[str, str | None] = {
    "term": "creatinine up",
    "ctcae_term": "Creatinine increased",
    "start": "2026-03-01",
    "related_msc": "UNRELATED",
    "related_by_sponsor": "UNRELATED",
    "related_other": "UNRELATED",
    "due_to_sle": "N",
}


def event(**changes: str | None) -> Record[AdverseEvent]:
    return Record("e1", AdverseEvent(**{**KIDNEY, **changes}), "01-001", None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),  # judged, and related to nothing
        ({"related_msc": "POSSIBLE"}, True),
        ({"related_procedure": "PROBABLE"}, True),
        ({"related_by_sponsor": "DEFINITE"}, True),
        ({"related_other": "POSSIBLE"}, True),
        ({"due_to_sle": "Y"}, True),
        ({"due_to_sle": "U"}, None),
        ({"related_by_sponsor": None}, None),
        ({"related_other": None}, None),
        ({"related_other": None, "related_msc": "UNASSESSABLE"}, True),
        ({"ctcae_term": " acute KIDNEY injury ", "related_msc": "POSSIBLE"}, True),
        ({"ctcae_term": None, "term": "Renal impairment", "related_msc": "POSSIBLE"}, True),
        ({"ctcae_term": None, "related_msc": "POSSIBLE"}, None),  # what it was is not coded
        ({"ctcae_term": None}, False),  # whatever it was, related to nothing
        ({"ctcae_term": "Diarrhea", "related_msc": "POSSIBLE"}, False),
        ({"start": "2026-03-10", "related_msc": "POSSIBLE"}, True),
        ({"start": "2026-03-11", "related_msc": "POSSIBLE"}, False),  # not begun yet
        ({"stop": "2026-03-10", "related_msc": "POSSIBLE"}, True),
        ({"stop": "2026-03-09", "related_msc": "POSSIBLE"}, False),  # over
        ({"stop": "2026-03", "related_msc": "POSSIBLE"}, True),  # perhaps not over
    ],
)
def test_that_a_related_event_of_the_kidney_is_known_as_far_as_the_log_goes(
    changes: dict[str, str | None], expected: bool | None
) -> None:
    assert egfr_related_event([event(**changes)], ON) is expected


def test_that_no_event_recorded_is_none_and_one_that_counts_decides() -> None:
    assert egfr_related_event([], ON) is False
    open_, related = event(related_other=None), event(related_msc="POSSIBLE")
    assert egfr_related_event([open_, related], ON) is True
    assert egfr_related_event([open_, event()], ON) is None


def test_that_only_events_that_may_be_of_the_kidney_are_kept() -> None:
    uncoded, other = event(ctcae_term=None), event(ctcae_term="Fever")
    assert kidney_events([event(), uncoded, other]) == (event(), uncoded)


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        (None, Truth.YES),  # none recorded
        ({"related_msc": "POSSIBLE"}, Truth.NO),
        ({"related_other": None}, Truth.UNKNOWN),
        ({"ctcae_term": "Fever", "related_msc": "POSSIBLE"}, Truth.YES),
    ],
)
def test_that_the_response_of_a_visit_reads_the_log(
    changes: dict[str, str | None] | None, met: Truth
) -> None:
    """Creatinine 150 µmol/L twice is an eGFR of 42, from 113: a fall that is confirmed."""
    b = started()
    renal(b, b.visit("SCR", -7), -7, u24=3.0, creatinine=60)
    for code, day in (("M3", 91), ("M6", 182)):
        renal(b, b.visit(code, day), day, u24=0.3, creatinine=150)
    if changes is not None:
        given = {**KIDNEY, "start": b.iso(80), **changes}
        b.add(AdverseEvent(**given))
    course = evaluate(b.data(), PROTOCOL, today=date(2026, 9, 1))
    visit = next(visit for visit in course.visits if visit.code == "M6")
    reasons = visit.outcomes["response.aurora-1"].reasons
    (clause,) = [one for one in reasons if one.code == "response.egfr_no_related_fall"]
    assert clause.met is met
    assert (visit.response("aurora-1") is Response.PR) is (met is Truth.NO)
