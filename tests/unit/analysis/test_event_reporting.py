"""Whether an event is a SUSAR and when it is due, from its form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lnmonitor.analysis.event_reporting import reporting
from lnmonitor.analysis.explain import explain
from lnmonitor.clinical.results import Truth
from lnmonitor.study.forms import AdverseEvent

SUSAR: dict[str, Any] = {
    "term": "Pulmonary embolism",
    "serious": "Y",
    "hospitalised": "Y",
    "related_msc": "POSSIBLE",
    "expected": "N",
    "aware_at": "2026-03-02T09:30",
}


def test_that_the_dates_are_those_of_the_guideline() -> None:
    # Day 0 = 2 March: 15 days, or 7 and 8 more when it threatened life (clinical rules, 6.2).
    found = reporting(AdverseEvent(**SUSAR))
    assert (found.susar, found.report_due) == (Truth.YES, date(2026, 3, 17))
    urgent = reporting(AdverseEvent(**SUSAR, life_threatening="Y"))
    assert (urgent.report_due, urgent.follow_up_due) == (date(2026, 3, 9), date(2026, 3, 17))


@pytest.mark.parametrize(
    ("answers", "susar"),
    [
        ({"expected": "Y"}, Truth.NO),
        ({"expected": None}, Truth.UNKNOWN),
        ({"related_msc": "UNLIKELY"}, Truth.UNKNOWN),  # the sponsor has not judged
        ({"related_msc": "UNLIKELY", "related_by_sponsor": "UNRELATED"}, Truth.NO),
        ({"related_msc": "UNLIKELY", "related_by_sponsor": "POSSIBLE"}, Truth.YES),
        ({"related_msc": "UNLIKELY", "related_procedure": "PROBABLE"}, Truth.YES),
        ({"related_msc": "UNASSESSABLE"}, Truth.YES),
        ({"related_msc": None}, Truth.UNKNOWN),
        ({"hospitalised": None}, Truth.UNKNOWN),  # serious, but no criterion is answered
        ({"serious": "N", "hospitalised": None}, Truth.NO),
    ],
)
def test_that_an_answer_not_given_leaves_it_open(answers: dict[str, Any], susar: Truth) -> None:
    assert reporting(AdverseEvent(**{**SUSAR, **answers})).susar is susar


def test_that_it_explains_itself_in_both_languages() -> None:
    found = reporting(AdverseEvent(**SUSAR))
    assert explain(found, "en").title == "SUSAR: yes, report by 17 Mar 2026"
    assert explain(found, "zh").title == "SUSAR：是，2026-03-17 前上报"
    told = explain(reporting(AdverseEvent(**{**SUSAR, "expected": None})), "en")
    assert told.title == "SUSAR: open"
    assert len(told.missing) == 1
