"""Bands and change of SLEDAI-2K, BILAG flares and severity of letters at a visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from patients import Builder, started

from lnmonitor.analysis.course import Course, VisitAssessment, evaluate
from lnmonitor.analysis.explain import answer, explain
from lnmonitor.analysis.model import SledaiBand
from lnmonitor.analysis.result_names import result_names
from lnmonitor.clinical.bilag_flare import BilagFlare, BsrBand
from lnmonitor.clinical.results import Truth
from lnmonitor.study.protocol import load_protocol

PROTOCOL = load_protocol("ln-msc-01")
RULES = ("trial", "gordon-2003", "isenberg-2011")


def _course(b: Builder) -> Course:
    return evaluate(b.data(), PROTOCOL, today=date(2026, 9, 1))


def _sledai(before: str, now: str, missing: str = "") -> SledaiBand:
    b = started()
    b.sledai(b.visit("SCR", -7), before)
    b.sledai(b.visit("M1", 30), now, missing=missing)
    found = _course(b).visits[-1].outcomes["sledai.band"]
    assert isinstance(found, SledaiBand)
    return found


@pytest.mark.parametrize(
    ("before", "now", "band", "change"),
    [
        ("", "", "none", "persistent"),
        ("", "proteinuria", "low", "worse"),  # 0 to 4
        ("rash dsdna", "rash", "low", "persistent"),  # 4 to 2
        ("rash dsdna mucosal", "fever", "low", "improved"),  # 6 to 1
        ("", "seizure fever fever leukopenia", "moderate", "worse"),  # 10
        ("seizure", "seizure rash leukopenia", "high", "persistent"),  # 8 to 11
    ],
)
def test_that_a_score_has_a_band_and_a_change(
    before: str, now: str, band: str, change: str
) -> None:
    found = _sledai(before, now)
    assert (found.band, found.change) == (band, change)


def test_that_a_range_has_a_band_only_where_all_of_it_lies_in_one() -> None:
    found = _sledai("", "", missing="fever")  # 0 or 1
    assert (found.band, found.change) == (None, "persistent")
    assert found.missing == ("fever",)
    found = _sledai("", "rash", missing="fever")  # 2 or 3
    assert (found.band, found.change) == ("low", "persistent")
    found = _sledai("", "rash fever", missing="dsdna")  # 3 or 5
    assert (found.band, found.change) == (None, None)


def test_that_the_first_score_has_no_change() -> None:
    b = started()
    b.sledai(b.visit("SCR", -7), "seizure")
    found = _course(b).visits[0].outcomes["sledai.band"]
    assert explain(found, "en").title == "SLEDAI-2K activity: moderate"
    assert explain(_sledai("", "proteinuria"), "zh").title == "SLEDAI-2K 活动度：低度，较前加重"


def _bilag(now: dict[str, int]) -> VisitAssessment:
    b = started()
    for code, day, answers in (("SCR", -7, {}), ("M1", 30, now)):
        visit = b.visit(code, day)
        b.labs(visit, day, HGB=130, WBC=6, NEUT=4, LYMPH=1.5, PLT=200)
        b.bilag(visit, **answers)
    return _course(b).visits[-1]


def test_that_one_new_b_is_a_flare_by_gordon_and_not_by_the_trial_rule() -> None:
    # Moderate arthritis (item 42) new is B; before everything was quiet.
    found = _bilag({"arthritis_moderate": 4}).outcomes
    flares = {name: found[f"bilag_flare.{name}"] for name in RULES}
    assert all(isinstance(one, BilagFlare) for one in flares.values())
    assert [one.flare for one in flares.values()] == [Truth.NO, Truth.YES, Truth.YES]  # type: ignore[attr-defined]
    assert answer(flares["gordon-2003"], "en") == "moderate"
    assert explain(flares["trial"], "en").title == "BILAG flare, one new A or two new B: none"
    band = found["bilag_band"]
    assert isinstance(band, BsrBand)
    assert band.band == "mild"  # a single B


def test_that_a_new_a_is_severe_by_every_rule() -> None:
    found = _bilag({"arthritis_severe": 4}).outcomes
    severities = [found[f"bilag_flare.{name}"].severity for name in RULES]  # type: ignore[attr-defined]
    assert severities == ["severe"] * 3
    told = explain(found["bilag_flare.trial"], "en")
    assert [line.text for line in told.met] == ["New A: Musculoskeletal"]


def test_that_the_first_assessment_has_no_flare() -> None:
    b = started()
    b.bilag(b.visit("SCR", -7))
    assert not [k for k in _course(b).visits[0].outcomes if k.startswith("bilag_flare")]


def test_that_a_flare_is_judged_against_the_assessment_just_before() -> None:
    b = started()
    for code, day, score in (("SCR", -7, 0), ("M1", 30, 4), ("M3", 91, 2)):
        b.bilag(b.visit(code, day), arthritis_severe=score)
    flares = [v.outcomes.get("bilag_flare.trial") for v in _course(b).visits]
    # A at month 1 is new, at month 3 it lasts.
    severities = [one.severity for one in flares if isinstance(one, BilagFlare)]
    assert severities == ["severe", "none"]


def test_that_the_protocol_chooses_the_bilag_flares() -> None:
    b = started()
    for code, day in (("SCR", -7), ("M1", 30)):
        b.bilag(b.visit(code, day))
    one = replace(PROTOCOL, bilag_flare_rules=("gordon-2003",))
    outcomes = evaluate(b.data(), one, today=date(2026, 9, 1)).visits[-1].outcomes
    assert [k for k in outcomes if k.startswith("bilag_flare")] == ["bilag_flare.gordon-2003"]
    assert (
        result_names(outcomes, "set-a")["bilag_flare.gordon-2003"].en == "BILAG flare, Gordon 2003"
    )
