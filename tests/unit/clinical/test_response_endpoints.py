"""Set B, BLISS-LN, AURORA-1: hand-made states at the edges of every clause; side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RULE_SETS, RenalState, Response, assess, side_by_side
from lnmonitor.clinical.results import Truth


def u24(grams: float) -> Proteinuria:
    return Proteinuria(grams, "g/24 h")


def ratio(grams: float) -> Proteinuria:
    return Proteinuria(grams, "g/g")


BASELINE = RenalState(
    proteinuria=u24(4.0),
    upcr=ratio(4.0),
    creatinine_umol_l=160,
    creatinine_uln=90,
    egfr=50,
    urine_rbc_hpf=30,
    urine_wbc_hpf=12,
    casts=True,
)
WELL = RenalState(
    proteinuria=u24(0.1),
    upcr=ratio(0.1),
    creatinine_umol_l=80,
    creatinine_uln=90,
    egfr=95,
    urine_rbc_hpf=2,
    urine_wbc_hpf=1,
    casts=False,
    on_rescue=False,
    pre_flare_egfr=100,
    prednisone_mg_day=5,
    treatment_failure=False,
    steroid_allowance_kept=True,
)


@pytest.mark.parametrize(
    ("changes", "response"),
    [
        ({}, "CR"),
        ({"proteinuria": u24(0.165)}, "CR"),  # 110 % of 0.15 g
        ({"proteinuria": u24(0.166)}, "PR"),
        ({"creatinine_umol_l": 99}, "PR"),  # near normal, but the next line is not
        ({"creatinine_umol_l": 81}, "CR"),
        ({"proteinuria": u24(2.0)}, "PR"),  # exactly half
        ({"proteinuria": u24(2.01)}, "NR"),
        ({"urine_rbc_hpf": 6}, "PR"),
        ({"urine_rbc_hpf": 15}, "PR"),
        ({"urine_rbc_hpf": 16}, "NR"),
        ({"urine_wbc_hpf": 7}, "NR"),
        ({"casts": True}, "NR"),
        ({"on_rescue": True}, "NR"),
        ({"dead_or_dialysis": True}, "NR"),
    ],
)
def test_that_set_b_has_these_edges(changes: dict[str, object], response: str) -> None:
    now = replace(WELL, **changes)  # type: ignore[arg-type]
    if changes == {"creatinine_umol_l": 99}:
        now = replace(now, proteinuria=u24(0.5))
    result = assess("set-b", baseline=BASELINE, now=now)
    assert (result.response, result.missing) == (Response(response), ())


def test_that_set_b_lets_creatinine_halve_instead_of_normalising() -> None:
    baseline = replace(BASELINE, creatinine_umol_l=240)
    for value, response in ((120, "PR"), (121, "NR"), (99, "CR"), (99.1, "PR")):
        now = replace(WELL, creatinine_umol_l=value)
        assert assess("set-b", baseline=baseline, now=now).response is Response(response)


def test_that_set_b_counts_a_measure_that_became_abnormal() -> None:
    baseline = replace(BASELINE, urine_wbc_hpf=0, proteinuria=u24(0))
    assert assess("set-b", baseline=baseline, now=WELL).response is Response.CR
    for changes in ({"urine_wbc_hpf": 6}, {"proteinuria": u24(0.3)}):
        now = replace(WELL, **changes)  # type: ignore[arg-type]
        assert assess("set-b", baseline=baseline, now=now).response is Response.NR


def test_that_set_b_refuses_creatinine_that_rose_within_its_range() -> None:
    baseline = replace(BASELINE, creatinine_umol_l=60)
    for value, response in ((66, "PR"), (66.1, "NR"), (80, "NR")):  # 110 % of baseline
        now = replace(WELL, proteinuria=u24(2.0), creatinine_umol_l=value)
        assert assess("set-b", baseline=baseline, now=now).response is Response(response)
    now = replace(WELL, creatinine_umol_l=80)
    assert assess("set-b", baseline=baseline, now=now).response is Response.CR


def test_that_set_b_takes_a_ratio_without_a_collection_and_names_what_lacks() -> None:
    only_ratio = replace(WELL, proteinuria=None, upcr=ratio(2.0))
    assert assess("set-b", baseline=BASELINE, now=only_ratio).response is Response.PR
    none = replace(WELL, proteinuria=None, upcr=None)
    result = assess("set-b", baseline=BASELINE, now=none)
    assert (result.response, result.missing) == (Response.UNKNOWN, ("proteinuria",))
    no_limit = replace(WELL, creatinine_uln=None)
    result = assess("set-b", baseline=replace(BASELINE, creatinine_uln=None), now=no_limit)
    assert (result.response, result.missing) == (Response.UNKNOWN, ("creatinine_uln",))
    half_done = replace(WELL, urine_rbc_hpf=8)
    result = assess("set-b", baseline=replace(BASELINE, urine_rbc_hpf=None), now=half_done)
    assert (result.response, result.missing) == (Response.UNKNOWN, ("urine_rbc_hpf_baseline",))


@pytest.mark.parametrize(
    ("creatinine", "response", "missing"),
    [
        (80, "PR", ()),  # half of 160: better, whatever is normal
        (81, "unknown", ("creatinine_uln",)),  # not half, but perhaps near normal
        (None, "unknown", ("creatinine_umol_l", "creatinine_uln")),
    ],
)
def test_that_set_b_judges_creatinine_without_its_upper_limit(
    creatinine: float | None, response: str, missing: tuple[str, ...]
) -> None:
    baseline = replace(BASELINE, creatinine_uln=None)
    now = replace(WELL, proteinuria=u24(2.0), creatinine_umol_l=creatinine, creatinine_uln=None)
    result = assess("set-b", baseline=baseline, now=now)
    assert (result.response, result.missing) == (Response(response), missing)


def test_that_set_b_explains_each_measure() -> None:
    reasons = assess("set-b", baseline=BASELINE, now=WELL).reasons
    near = [r.values["item"] for r in reasons if r.code == "response.near_normal"]
    assert near == ["creatinine_umol_l", "proteinuria", "urine_rbc_hpf", "urine_wbc_hpf"]
    halved = next(r for r in reasons if r.code == "response.improved")
    assert (halved.values["percent"], halved.values["limit"]) == (50, pytest.approx(99))


@pytest.mark.parametrize(
    ("rule_set", "changes", "response"),
    [
        ("bliss-perr", {}, "PR"),
        ("bliss-perr", {"upcr": ratio(0.7)}, "PR"),
        ("bliss-perr", {"upcr": ratio(0.71)}, "NR"),
        ("bliss-perr", {"egfr": 60, "pre_flare_egfr": 100}, "PR"),
        ("bliss-perr", {"egfr": 59, "pre_flare_egfr": 100}, "NR"),
        ("bliss-perr", {"egfr": 40, "pre_flare_egfr": 50}, "PR"),  # exactly 20 % below
        ("bliss-perr", {"egfr": 39.9, "pre_flare_egfr": 50}, "NR"),
        ("bliss-perr", {"prednisone_mg_day": 10}, "PR"),
        ("bliss-perr", {"prednisone_mg_day": 10.5}, "NR"),
        ("bliss-perr", {"treatment_failure": True}, "NR"),
        ("bliss-perr", {"on_rescue": True}, "NR"),
        ("bliss-perr", {"dead_or_dialysis": True}, "NR"),
        ("bliss-crr", {}, "CR"),
        ("bliss-crr", {"upcr": ratio(0.49)}, "CR"),
        ("bliss-crr", {"upcr": ratio(0.5)}, "NR"),
        ("bliss-crr", {"egfr": 90}, "CR"),
        ("bliss-crr", {"egfr": 89}, "NR"),
        ("bliss-crr", {"egfr": 45, "pre_flare_egfr": 50}, "CR"),  # exactly 10 % below
        ("bliss-crr", {"egfr": 44.9, "pre_flare_egfr": 50}, "NR"),
        ("bliss-crr", {"prednisone_mg_day": 11}, "NR"),
        ("bliss-crr", {"dead_or_dialysis": True}, "NR"),
        ("aurora-1", {}, "CR"),
        ("aurora-1", {"upcr": ratio(0.5)}, "CR"),
        ("aurora-1", {"upcr": ratio(0.51)}, "PR"),
        ("aurora-1", {"upcr": ratio(2.0)}, "PR"),
        ("aurora-1", {"upcr": ratio(2.01)}, "NR"),
        ("aurora-1", {"egfr": 40}, "CR"),  # exactly 20 % below 50
        ("aurora-1", {"egfr": 39, "egfr_fall_confirmed": False}, "CR"),
        ("aurora-1", {"egfr": 39, "egfr_fall_confirmed": True, "egfr_related_event": True}, "PR"),
        ("aurora-1", {"egfr": 39, "egfr_fall_confirmed": True, "egfr_related_event": False}, "CR"),
        ("aurora-1", {"egfr": 39, "egfr_fall_confirmed": False, "egfr_related_event": True}, "CR"),
        ("aurora-1", {"egfr": 40, "egfr_fall_confirmed": True, "egfr_related_event": True}, "CR"),
        ("aurora-1", {"steroid_allowance_kept": False}, "PR"),
        ("aurora-1", {"treatment_failure": True}, "PR"),
        ("aurora-1", {"dead_or_dialysis": True}, "NR"),
    ],
)
def test_that_trial_endpoints_have_these_edges(
    rule_set: str, changes: dict[str, object], response: str
) -> None:
    now = replace(WELL, **changes)  # type: ignore[arg-type]
    result = assess(rule_set, baseline=BASELINE, now=now)
    assert (result.response, result.missing) == (Response(response), ())


def test_that_aurora_takes_60_as_its_floor_whatever_the_baseline() -> None:
    baseline = replace(BASELINE, egfr=120)
    for egfr, response in ((60, "CR"), (59, "PR")):
        now = replace(WELL, egfr=egfr, egfr_fall_confirmed=True, egfr_related_event=True)
        assert assess("aurora-1", baseline=baseline, now=now).response is Response(response)


def test_that_a_confirmed_fall_waits_for_word_of_a_related_event() -> None:
    """39 of 50, confirmed: no complete response if an event affected it, one if none did."""
    now = replace(WELL, egfr=39, egfr_fall_confirmed=True)
    open_ = assess("aurora-1", baseline=BASELINE, now=now)
    assert (open_.response, open_.missing) == (Response.UNKNOWN, ("egfr_related_event",))
    (clause,) = [r for r in open_.reasons if r.code == "response.egfr_no_related_fall"]
    assert (clause.met, clause.values["event"]) == (Truth.UNKNOWN, None)


@pytest.mark.parametrize("event", [True, False, None])
def test_that_a_protocol_may_leave_the_event_out(event: bool | None) -> None:
    now = replace(WELL, egfr=39, egfr_fall_confirmed=True, egfr_related_event=event)
    alone = {"needs_related_event": False}
    found = assess("aurora-1", baseline=BASELINE, now=now, parameters=alone)
    assert (found.response, found.missing) == (Response.PR, ())
    clause = found.reasons[1]
    assert (clause.code, "event" in clause.values) == ("response.egfr_no_confirmed_fall", False)
    unconfirmed = replace(now, egfr_fall_confirmed=None)
    asked = assess("aurora-1", baseline=BASELINE, now=unconfirmed, parameters=alone)
    assert asked.missing == ("egfr_fall_confirmed",)


def test_that_the_pre_flare_value_may_stand_at_baseline() -> None:
    now = replace(WELL, egfr=50, pre_flare_egfr=None)
    baseline = replace(BASELINE, pre_flare_egfr=60)
    assert assess("bliss-perr", baseline=baseline, now=now).response is Response.PR
    unknown = assess("bliss-perr", baseline=BASELINE, now=now)
    assert (unknown.response, unknown.missing) == (Response.UNKNOWN, ("pre_flare_egfr",))
    good = replace(now, egfr=60)
    assert assess("bliss-perr", baseline=BASELINE, now=good).response is Response.PR


@pytest.mark.parametrize(
    ("rule_set", "name", "changes"),
    [
        ("bliss-crr", "prednisone_mg_day", {}),
        ("bliss-crr", "treatment_failure", {}),
        ("bliss-crr", "egfr", {}),
        ("aurora-1", "steroid_allowance_kept", {}),
        ("aurora-1", "egfr_fall_confirmed", {"egfr": 30, "egfr_related_event": True}),
        ("aurora-1", "egfr_related_event", {"egfr": 30, "egfr_fall_confirmed": True}),
    ],
)
def test_that_an_endpoint_names_what_it_lacks(
    rule_set: str, name: str, changes: dict[str, object]
) -> None:
    given = {"egfr_fall_confirmed": False, "upcr": ratio(0.4), **changes}
    known = replace(WELL, **given)  # type: ignore[arg-type]
    now = replace(known, **{name: None})  # type: ignore[arg-type]
    baseline = replace(BASELINE, upcr=ratio(0.4))  # no partial response possible
    result = assess(rule_set, baseline=baseline, now=now)
    assert (result.response, name in result.missing) == (Response.UNKNOWN, True)


def test_that_all_definitions_stand_side_by_side_with_their_reasons() -> None:
    results = side_by_side(baseline=BASELINE, now=WELL)
    assert [result.rule.id for result in results] == [f"response-{name}" for name in RULE_SETS]
    assert all(result.reasons for result in results)
    found = {result.rule.id.removeprefix("response-"): result.response.value for result in results}
    assert found["bliss-perr"] == "PR"
    assert {name: value for name, value in found.items() if value != "CR"} == {"bliss-perr": "PR"}


def test_that_side_by_side_takes_each_sets_parameters() -> None:
    now = replace(WELL, proteinuria=u24(0.2), upcr=ratio(0.2))
    strict = {"set-a": {"complete_protein_g": 0.1}}
    results = side_by_side(baseline=BASELINE, now=now, parameters=strict)
    by_id = {result.rule.id: result.response for result in results}
    assert by_id["response-set-a"] is Response.PR
    assert by_id["response-kdigo-2024"] is Response.CR
    with pytest.raises(InvalidInput, match="set-z"):
        side_by_side(baseline=BASELINE, now=now, parameters={"set-z": {}})


@pytest.mark.parametrize(
    "changes", [{"pre_flare_egfr": 0}, {"prednisone_mg_day": -1}, {"acanthocytes_hpf": -1}]
)
def test_that_impossible_values_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(changes))):
        assess("set-b", baseline=BASELINE, now=replace(WELL, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("event", [True, False])
def test_that_a_confirmed_fall_tells_whether_an_event_affected_it(event: bool) -> None:
    now = replace(WELL, egfr=39, egfr_fall_confirmed=True, egfr_related_event=event)
    told = {r.code: r for r in assess("aurora-1", baseline=BASELINE, now=now).reasons}
    clause = told["response.egfr_no_related_fall"]
    assert (clause.met, clause.values["event"]) == (Truth.of(not event), event)
