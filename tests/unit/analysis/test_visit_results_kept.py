"""What a visit's results are remembered by: whatever the rules may read makes another key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lnmonitor.analysis.activity import ActivityHistory
from lnmonitor.analysis.activity_changes import ChangeHistory
from lnmonitor.analysis.bilag_grades import BilagHistory
from lnmonitor.analysis.visit_results import Before, Beside
from lnmonitor.clinical import sledai
from lnmonitor.clinical.bilag import RULE_BILAG_2004, BilagGrade, Grade
from lnmonitor.clinical.bilag_renal import RenalInputs
from lnmonitor.clinical.responder import IndexVisit
from lnmonitor.clinical.response import RenalState
from lnmonitor.clinical.response_course import CourseVisit

SCORE = sledai.score({})
LETTERS = {"renal": BilagGrade(RULE_BILAG_2004, (), (), "renal", Grade.B)}
OTHER = {"renal": BilagGrade(RULE_BILAG_2004, (), (), "renal", Grade.A)}
BEFORE = Before(
    BilagHistory(None, RenalInputs(sbp=120), {"renal"}),
    ActivityHistory({"rash": True}, IndexVisit(SCORE, LETTERS, 1.0), [CourseVisit(0, LETTERS)]),
    ChangeHistory(SCORE, "SCR", LETTERS),
    kidney=RenalState(albumin_g_l=30),
)


def test_that_the_same_history_is_the_same_key() -> None:
    copied = BEFORE.copied()
    assert copied == BEFORE
    assert hash(copied) == hash(BEFORE)


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("bilag", {"renal": RenalInputs(sbp=121)}),
        ("bilag", {"active": set()}),
        ("activity", {"items": {"rash": False}}),
        ("activity", {"baseline": None}),
        ("activity", {"baseline": IndexVisit(SCORE, LETTERS, 2.0)}),
        ("activity", {"baseline": IndexVisit(SCORE, OTHER, 1.0)}),
        ("activity", {"assessments": []}),
        ("activity", {"assessments": [CourseVisit(1, LETTERS)]}),
        ("activity", {"assessments": [CourseVisit(0, OTHER)]}),
        ("changes", {"score": None}),
        ("changes", {"visit_code": "D0"}),
        ("changes", {"letters": OTHER}),
        ("changes", {"letters": None}),
    ],
)
def test_that_another_history_is_another_key(part: str, changed: dict[str, Any]) -> None:
    other = replace(BEFORE, **{part: replace(getattr(BEFORE, part), **changed)})
    assert other != BEFORE


def test_that_another_baseline_of_the_kidney_is_another_key() -> None:
    assert replace(BEFORE, kidney=RenalState(albumin_g_l=31)) != BEFORE


@pytest.mark.parametrize(
    "changed",
    [
        {"estimated": SCORE},
        {"sampled": "2026-01-03"},
        {"samples": (("2026-01-02", 80.0),)},
        {"infusion": SCORE},
        {"labs": {}},
        {"labs": {"ALB": object()}},
    ],
)
def test_that_something_else_beside_a_visit_is_another_key(changed: dict[str, Any]) -> None:
    beside = Beside(None, "2026-01-02", (("2026-01-02", 90.0),), None, {"ALB": object()})  # type: ignore[dict-item]
    assert replace(beside) == beside
    assert replace(beside, **changed) != beside


def test_that_judging_the_next_visit_leaves_a_history_as_it_was() -> None:
    copied = BEFORE.copied()
    copied.bilag.active.add("neuropsychiatric")
    copied.activity.items = {}
    assert BEFORE.bilag.active == {"renal"}
    assert BEFORE.activity.items == {"rash": True}
