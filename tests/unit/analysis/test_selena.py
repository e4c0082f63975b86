"""SELENA-SLEDAI and its flare index from a patient's forms, logs and events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from patients import Builder, started

from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.analysis.explain import explain
from lnmonitor.clinical.results import Truth
from lnmonitor.clinical.selena_flare import SfiFlare
from lnmonitor.clinical.sledai import ITEMS, SledaiScore
from lnmonitor.study.forms import (
    AdverseEvent,
    Glucocorticoid,
    Immunosuppressant,
    PhysicianAssessment,
    Sledai2K,
)
from lnmonitor.study.protocol import load_protocol

TRIAL = load_protocol("ln-msc-01")
PROTOCOL = replace(TRIAL, selena_flare="classic", selena_flags=True)
QUIET: dict[str, Any] = {
    "lupus_vertigo": "N",
    "pleuritic_pain": "N",
    "pericardial_pain": "N",
    "worse_other": "N",
}


def _scored(b: Builder, visit: str, present: str = "", **asked: Any) -> None:
    answers = {item.code: "N" for item in ITEMS} | dict.fromkeys(present.split(), "Y")
    b.add(Sledai2K(**{**answers, **QUIET, **asked}), visit)
    b.bilag(visit)


def _pair(
    before: str = "", now: str = "", *, now_asked: dict[str, Any] | None = None, pga: float = 0.5
) -> Builder:
    """Screening and month 1, both quiet but for the items named; prednisone 10 mg a day, 50 kg."""
    b = started()
    for code, day, items, asked in (("SCR", -7, before, {}), ("M1", 30, now, now_asked or {})):
        visit = b.visit(code, day)
        _scored(b, visit, items, **asked)
        b.vitals(visit, weight_kg=50)
        b.lab(visit, day, "PLT", 200)
        b.add(PhysicianAssessment(pga=pga if code == "M1" else 0.5), visit)
    _prednisone(b, -60, None, 10)
    return b


def _prednisone(b: Builder, start: int, stop: int | None, dose: float, **more: Any) -> None:
    b.add(
        Glucocorticoid(
            drug="PREDNISONE",
            dose_mg=dose,
            frequency="QD",
            route="ORAL",
            start=b.iso(start),
            stop=None if stop is None else b.iso(stop),
            **more,
        )
    )


def _drug(b: Builder, drug: str, start: int, indication: str | None = "ACTIVITY") -> None:
    b.add(
        Immunosuppressant(
            drug=drug,
            dose=200,
            dose_unit="mg",
            frequency="QD",
            start=b.iso(start),
            indication=indication,
        )
    )


def _course(b: Builder, protocol: Any = PROTOCOL) -> Course:
    return evaluate(b.data(), protocol, today=date(2026, 9, 1))


def _index(b: Builder, protocol: Any = PROTOCOL) -> SfiFlare:
    found = _course(b, protocol).visits[-1].outcomes["sfi"]
    assert isinstance(found, SfiFlare)
    return found


def _score(b: Builder) -> SledaiScore:
    found = _course(b).visits[-1].outcomes["selena"]
    assert isinstance(found, SledaiScore)
    return found


def _met(index: SfiFlare) -> list[str]:
    return [reason.code for reason in index.reasons if reason.met is Truth.YES]


# --- the protocol chooses ----------------------------------------------------------------------


def test_that_nothing_of_selena_is_computed_unless_the_protocol_asks() -> None:
    for visit in _course(_pair(), TRIAL).visits:
        assert not {"selena", "sfi"} & set(visit.outcomes)


def test_that_the_first_scored_visit_has_a_score_and_no_flare() -> None:
    first = _course(_pair()).visits[0]
    assert "selena" in first.outcomes
    assert "sfi" not in first.outcomes


# --- the score ---------------------------------------------------------------------------------


def test_that_two_joints_are_arthritis_for_sledai_2k_alone() -> None:
    b = _pair(now="arthritis", now_asked={"joints": 2})
    assert _course(b).visits[-1].sledai().score == 4  # type: ignore[union-attr]
    assert _score(b).score == 0
    assert _score(_pair(now="arthritis", now_asked={"joints": 3})).score == 4


def test_that_joints_not_counted_leave_a_range() -> None:
    found = _score(_pair(now="arthritis"))
    assert (found.score, found.low, found.high) == (None, 0, 4)


def test_that_lasting_proteinuria_counts_only_when_it_has_risen() -> None:
    for now, points in ((1.9, 0), (2.1, 4)):  # by 0.4 g and by 0.6 g
        b = _pair(before="proteinuria", now="proteinuria")
        b.lab("v-SCR--7", -7, "U24P", 1.5)
        b.lab("v-M1-30", 30, "U24P", now)
        assert _score(b).score == points


def test_that_scleritis_of_the_bilag_form_counts_as_visual() -> None:
    b = _pair()
    visit = b.visit("M3", 91)
    _scored(b, visit)
    b.records.pop()  # another BILAG form takes its place
    b.bilag(visit, scleritis_mild=4)
    assert _score(b).score == 8


def test_that_what_only_selena_asks_is_open_until_it_is_answered() -> None:
    found = _score(_pair(now_asked={"lupus_vertigo": None}))
    assert (found.low, found.high, found.missing) == (0, 8, ("cranial_nerve",))


# --- the flare index ---------------------------------------------------------------------------


def test_that_a_quiet_visit_is_no_flare() -> None:
    index = _index(_pair())
    assert index.severity == "none"
    assert explain(index, "en").title == "SELENA flare index: none"
    assert not index.missing


def test_that_a_new_rash_is_a_mild_flare() -> None:
    index = _index(_pair(now="rash"))
    assert index.severity == "mild_moderate"
    assert _met(index) == ["sfi.mild_manifestation"]


def test_that_a_rash_that_stays_is_open_until_somebody_says_whether_it_is_worse() -> None:
    assert _index(_pair("rash", "rash")).severity is None
    assert "worse_mild" in _index(_pair("rash", "rash")).missing
    assert _index(_pair("rash", "rash", now_asked={"worse_mild": "N"})).severity == "none"
    assert _index(_pair("rash", "rash", now_asked={"worse_mild": "Y"})).severity == "mild_moderate"


def test_that_other_manifestations_matter_only_with_treatment() -> None:
    open_question: dict[str, Any] = {"worse_other": None}
    assert _index(_pair(now_asked=open_question)).severity == "none"
    admitted = _pair(now_asked=open_question)
    admitted.add(
        AdverseEvent(term="Flare", start=admitted.iso(20), hospitalised="Y", due_to_sle="Y")
    )
    assert _index(admitted).severity == "severe"


def test_that_a_dose_raised_and_lowered_between_two_visits_was_raised() -> None:
    b = _pair()
    b.records.pop()
    _prednisone(b, -60, 9, 10)
    _prednisone(b, 10, 19, 15)
    _prednisone(b, 20, None, 10)
    index = _index(b)
    assert index.severity == "mild_moderate"  # 15 mg is 0.3 mg/kg of 50 kg
    assert _met(index) == ["sfi.prednisone_raised"]


def test_that_anything_else_worse_is_never_no_by_itself() -> None:
    for answer, severity in ((None, None), ("N", "mild_moderate"), ("Y", "severe")):
        b = _pair(now_asked={"worse_other": answer})
        b.records.pop()
        _prednisone(b, -60, 9, 10)
        _prednisone(b, 10, None, 20)  # doubled, 0.4 mg/kg
        assert _index(b).severity == severity


def test_that_a_pulse_between_two_visits_is_a_high_dose() -> None:
    b = _pair()
    pulse = Glucocorticoid(
        drug="METHYLPREDNISOLONE",
        dose_mg=500,
        frequency="QD",
        route="IV",
        start=b.iso(10),
        stop=b.iso(12),
    )
    b.add(pulse)
    assert "sfi.prednisone_high" in _met(_index(b))


def test_that_prednisone_above_half_a_milligram_per_kg_is_severe() -> None:
    b = _pair()
    b.records.pop()
    _prednisone(b, -60, 9, 10)
    _prednisone(b, 10, None, 26)  # 0.52 mg/kg
    assert _index(b).severity == "severe"
    assert "sfi.prednisone_high" in _met(_index(b))


def test_that_a_log_that_begins_after_the_visit_before_says_nothing() -> None:
    b = _pair()
    b.records.pop()
    _prednisone(b, 10, None, 10)
    assert _index(b).severity is None


@pytest.mark.parametrize(
    ("drug", "start", "indication", "severity"),
    [
        ("MMF", 20, "ACTIVITY", "severe"),
        ("MMF", 20, "MAINTENANCE", "none"),
        ("MMF", 20, None, None),
        ("MMF", -30, "ACTIVITY", "none"),  # before the visit compared with
        ("MMF", 31, "ACTIVITY", "none"),  # after this one
        ("HCQ", 20, "ACTIVITY", "mild_moderate"),
        ("NSAID", 20, "ACTIVITY", "mild_moderate"),
        ("ACEI", 20, "ACTIVITY", "none"),
    ],
)
def test_that_new_drugs_for_activity_are_read_from_the_log(
    drug: str, start: int, indication: str | None, severity: str | None
) -> None:
    b = _pair()
    _drug(b, drug, start, indication)
    assert _index(b).severity == severity


def test_that_a_raised_dose_is_no_new_drug() -> None:
    b = _pair()
    _drug(b, "MMF", -100)
    _drug(b, "MMF", 20)
    assert _index(b).severity == "none"


@pytest.mark.parametrize(
    ("event", "severity"),
    [
        ({"hospitalised": "Y", "due_to_sle": "Y"}, "severe"),
        ({"hospitalised": "Y", "special_interest": "FLARE"}, "severe"),
        ({"hospitalised": "Y", "due_to_sle": "N"}, "none"),
        ({"hospitalised": "Y"}, None),
        ({"hospitalised": "Y", "due_to_sle": "U"}, None),
        ({"hospitalised": "N", "due_to_sle": "Y"}, "none"),
        ({"serious": "N", "due_to_sle": "Y"}, "none"),
        ({"due_to_sle": "Y"}, None),
        ({"hospitalised": "Y", "due_to_sle": "Y", "admitted_on": "2025-05-01"}, "none"),
        ({"hospitalised": "Y", "due_to_sle": "Y", "admitted_on": "2025"}, None),
    ],
)
def test_that_an_admission_counts_when_it_was_for_lupus(
    event: dict[str, Any], severity: str | None
) -> None:
    b = _pair()
    b.add(AdverseEvent(term="Admission", **({"start": b.iso(20)} | event)))
    assert _index(b).severity == severity


def test_that_pga_is_compared_with_the_visit_before() -> None:
    assert _met(_index(_pair(pga=1.5))) == ["sfi.pga_rise"]
    assert _met(_index(_pair(pga=1.4))) == []
    assert _index(_pair(pga=2.6)).severity == "severe"


def test_that_platelets_newly_under_sixty_are_a_major_manifestation() -> None:
    for count, met in ((59, Truth.YES), (61, Truth.NO)):
        b = _pair()
        b.lab("v-M1-30", 30, "PLT", count)
        b.add(AdverseEvent(term="x", start=b.iso(20), hospitalised="Y", due_to_sle="Y"))
        reason = next(r for r in _index(b).reasons if r.code == "sfi.major_treated")
        assert reason.met is met


def test_that_a_score_alone_is_severe_by_the_classic_index_and_mild_by_the_modified() -> None:
    # seizure 8 before; psychosis with 8 more makes 16, above 12.
    asked = {"worse_major": "N"}
    b = _pair("seizure", "seizure psychosis", now_asked=asked)
    assert _index(b).severity == "severe"
    assert _met(_index(b)) == ["sfi.score_above"]
    modified = replace(PROTOCOL, selena_flare="modified")
    assert _index(b, modified).severity == "mild_moderate"
    assert "sfi.score_only" in _met(_index(b, modified))


def test_that_a_range_decides_where_both_its_ends_agree() -> None:
    # 0 to 2 points, before 0: no rise of 3 and never above 12.
    assert _index(_pair(now_asked={"pleuritic_pain": None})).severity == "none"
    # 0 to 8 points: a rise of 3 or not.
    index = _index(_pair(now_asked={"lupus_vertigo": None}))
    assert index.severity is None
    assert "sledai" in index.missing


def test_that_a_flare_raises_a_flag_where_the_protocol_says_so() -> None:
    b = _pair(now="rash")
    (flag,) = [flag for flag in _course(b).flags if flag.kind.startswith("sfi")]
    assert flag.severity == "info"
    assert explain(flag, "zh").title == "SELENA 复发：轻/中度"
    assert explain(flag, "en").sentence
    silent = replace(PROTOCOL, selena_flags=False)
    assert not [one for one in _course(b, silent).flags if one.kind.startswith("sfi")]
