"""Response definitions: hand-made states at the edges of every clause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RULE_SETS, RenalState, Response, assess
from lnmonitor.clinical.results import Truth


def u24(grams: float) -> Proteinuria:
    return Proteinuria(grams, "g/24 h")


BASELINE = RenalState(
    proteinuria=u24(4.0),
    creatinine_umol_l=80,
    creatinine_uln=90,
    egfr=80,
    albumin_g_l=24,
    urine_rbc_hpf=30,
    urine_wbc_hpf=10,
    casts=True,
    on_rescue=False,
)
WELL = RenalState(
    proteinuria=u24(0.3),
    creatinine_umol_l=80,
    creatinine_uln=90,
    egfr=80,
    albumin_g_l=38,
    urine_rbc_hpf=2,
    urine_wbc_hpf=1,
    casts=False,
    on_rescue=False,
)
RAISED = replace(BASELINE, creatinine_umol_l=160, egfr=35)


@pytest.mark.parametrize(
    ("changes", "response"),
    [
        ({}, "CR"),
        ({"proteinuria": u24(0.49)}, "CR"),
        ({"proteinuria": u24(0.5)}, "PR"),
        ({"urine_rbc_hpf": 5, "urine_wbc_hpf": 5}, "CR"),
        ({"urine_rbc_hpf": 6}, "PR"),
        ({"urine_wbc_hpf": 6}, "PR"),
        ({"casts": True}, "PR"),
        ({"creatinine_umol_l": 92}, "CR"),  # above ULN 90, exactly 115 % of 80
        ({"creatinine_umol_l": 93}, "NR"),
        ({"albumin_g_l": 20}, "CR"),
        ({"proteinuria": u24(2.0)}, "PR"),
        ({"proteinuria": u24(2.01)}, "NR"),
        ({"on_rescue": True}, "NR"),
        ({"dead_or_dialysis": True}, "NR"),
    ],
)
def test_that_set_a_has_these_edges(changes: dict[str, object], response: str) -> None:
    now = replace(WELL, **changes)  # type: ignore[arg-type]
    result = assess("set-a", baseline=BASELINE, now=now)
    assert (result.response, result.missing) == (Response(response), ())


def test_that_set_a_partial_needs_protein_below_3_5_g() -> None:
    baseline = replace(BASELINE, proteinuria=u24(8.0))
    below, at = (replace(WELL, proteinuria=u24(grams)) for grams in (3.49, 3.5))
    assert assess("set-a", baseline=baseline, now=below).response is Response.PR
    assert assess("set-a", baseline=baseline, now=at).response is Response.NR


@pytest.mark.parametrize(
    ("creatinine", "response"), [(120, "PR"), (121, "NR"), (160, "NR"), (90, "PR")]
)
def test_that_raised_creatinine_must_recover_for_a_partial_response(
    creatinine: float, response: str
) -> None:
    now = replace(WELL, proteinuria=u24(1.0), creatinine_umol_l=creatinine)
    assert assess("set-a", baseline=RAISED, now=now).response is Response(response)


def test_that_recovery_of_creatinine_can_be_switched_off() -> None:
    now = replace(WELL, proteinuria=u24(1.0), creatinine_umol_l=160)
    parameters = {"partial_needs_creatinine_recovery": False}
    result = assess("set-a", baseline=RAISED, now=now, parameters=parameters)
    assert result.response is Response.PR
    assert result.rule.parameters["partial_needs_creatinine_recovery"] is False


def test_that_albumin_counts_where_the_protocol_asks_for_it() -> None:
    parameters = {"complete_needs_albumin": True}
    low, good, none = (replace(WELL, albumin_g_l=value) for value in (34.9, 35, None))
    found = [
        assess("set-a", baseline=BASELINE, now=now, parameters=parameters).response
        for now in (low, good, none)
    ]
    assert found == [Response.PR, Response.CR, Response.UNKNOWN]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"proteinuria": None}, "proteinuria"),
        ({"urine_rbc_hpf": None}, "urine_rbc_hpf"),
        ({"casts": None}, "casts"),
        ({"creatinine_umol_l": None}, "creatinine_umol_l"),
        ({"on_rescue": None}, "on_rescue"),
    ],
)
def test_that_a_missing_input_of_set_a_gives_unknown_and_its_name(
    changes: dict[str, object], missing: str
) -> None:
    now = replace(WELL, **changes)  # type: ignore[arg-type]
    result = assess("set-a", baseline=BASELINE, now=now)
    assert result.response is Response.UNKNOWN
    assert missing in result.missing


def test_that_no_response_is_called_as_soon_as_it_is_decided() -> None:
    now = RenalState(proteinuria=u24(3.9))
    result = assess("set-a", baseline=BASELINE, now=now)
    assert (result.response, result.missing) == (Response.NR, ())


def test_that_function_lost_is_no_response_whatever_the_protein() -> None:
    now = replace(WELL, proteinuria=None, egfr=67.9)  # below 85 % of 80
    result = assess("kdigo-2024", baseline=BASELINE, now=now)
    assert (result.response, result.missing) == (Response.NR, ())


def test_that_complete_is_excluded_despite_a_gap() -> None:
    now = replace(WELL, urine_rbc_hpf=None, albumin_g_l=34)
    parameters = {"complete_needs_albumin": True}
    result = assess("set-a", baseline=BASELINE, now=now, parameters=parameters)
    assert (result.response, result.missing) == (Response.PR, ())


def test_that_a_missing_baseline_leaves_partial_open() -> None:
    now = replace(WELL, proteinuria=u24(1.0))
    result = assess("set-a", baseline=replace(BASELINE, proteinuria=None), now=now)
    assert (result.response, result.missing) == (Response.UNKNOWN, ("proteinuria_baseline",))


def test_that_a_ratio_counts_in_its_own_unit_without_a_collection() -> None:
    baseline = replace(BASELINE, proteinuria=None, upcr=Proteinuria(300, "mg/mmol"))
    for value, response in ((49, "CR"), (50, "PR"), (150, "PR"), (151, "NR")):
        now = replace(WELL, proteinuria=None, upcr=Proteinuria(value, "mg/mmol"))
        assert assess("set-a", baseline=baseline, now=now).response is Response(response)


def test_that_a_collection_outranks_a_ratio_in_set_a_and_not_in_kdigo() -> None:
    baseline = replace(BASELINE, upcr=Proteinuria(4, "g/g"))
    now = replace(WELL, proteinuria=u24(1.0), upcr=Proteinuria(0.4, "g/g"))
    assert assess("set-a", baseline=baseline, now=now).response is Response.PR
    assert assess("kdigo-2024", baseline=baseline, now=now).response is Response.CR


def test_that_a_collection_is_never_compared_with_a_ratio() -> None:
    now = replace(WELL, proteinuria=None, upcr=Proteinuria(1.0, "g/g"))
    result = assess("set-a", baseline=BASELINE, now=now)
    assert (result.response, result.missing) == (Response.UNKNOWN, ("upcr_baseline",))


@pytest.mark.parametrize(
    ("baseline", "unit", "edge", "above"),
    [
        # 113.12 mg/mmol are 1 g/g: half of 4 g/g are 226.24 mg/mmol
        (Proteinuria(4, "g/g"), "mg/mmol", 226.23, 226.26),
        (Proteinuria(4, "g/g"), "mg/g", 2000, 2001),
        (Proteinuria(226.24, "mg/mmol"), "g/g", 0.9999, 1.0001),
    ],
)
def test_that_ratios_in_two_units_are_compared(
    baseline: Proteinuria, unit: str, edge: float, above: float
) -> None:
    before = replace(BASELINE, upcr=baseline)
    for value, response in ((edge, Response.PR), (above, Response.NR)):
        now = replace(WELL, proteinuria=None, upcr=Proteinuria(value, unit))
        assert assess("kdigo-2024", baseline=before, now=now).response is response


def test_that_protein_of_zero_cannot_fall() -> None:
    baseline = replace(BASELINE, proteinuria=u24(0))
    now = replace(WELL, proteinuria=u24(0.6))
    assert assess("set-a", baseline=baseline, now=now).response is Response.NR


def test_that_a_missing_upper_limit_matters_only_above_115_percent() -> None:
    baseline = replace(BASELINE, creatinine_uln=None)
    stable = replace(WELL, creatinine_uln=None)
    worse = replace(stable, creatinine_umol_l=93)
    assert assess("set-a", baseline=baseline, now=stable).response is Response.CR
    result = assess("set-a", baseline=baseline, now=worse)
    assert (result.response, result.missing) == (Response.UNKNOWN, ("creatinine_uln",))


@pytest.mark.parametrize(
    ("changes", "response"),
    [
        ({}, "CR"),
        ({"egfr": 68}, "CR"),  # exactly 85 %
        ({"egfr": 67.9}, "NR"),
        ({"egfr": 200}, "CR"),
        ({"proteinuria": u24(0.5)}, "PR"),
        ({"proteinuria": u24(2.0)}, "PR"),  # exactly half
        ({"proteinuria": u24(2.01)}, "NR"),
        ({"urine_rbc_hpf": 50}, "CR"),
        ({"on_rescue": True}, "CR"),
        ({"egfr": None, "creatinine_umol_l": 92}, "CR"),
        ({"egfr": None, "creatinine_umol_l": 93}, "NR"),
        ({"egfr": None, "creatinine_umol_l": None}, "unknown"),
        ({"dead_or_dialysis": True}, "NR"),
    ],
)
def test_that_kdigo_2024_has_these_edges(changes: dict[str, object], response: str) -> None:
    now = replace(WELL, **changes)  # type: ignore[arg-type]
    assert assess("kdigo-2024", baseline=BASELINE, now=now).response is Response(response)


def test_that_kdigo_partial_is_below_3_g() -> None:
    baseline = replace(BASELINE, proteinuria=u24(8.0))
    for grams, response in ((2.99, "PR"), (3.0, "NR")):
        now = replace(WELL, proteinuria=u24(grams))
        assert assess("kdigo-2024", baseline=baseline, now=now).response is Response(response)


def test_that_kdigo_names_the_missing_egfr() -> None:
    now = replace(WELL, egfr=None, creatinine_umol_l=None)
    assert "egfr" in assess("kdigo-2024", baseline=BASELINE, now=now).missing


def test_that_reasons_show_percentages_as_people_read_them() -> None:
    def shown(rule_set: str, code: str) -> dict[str, object]:
        reasons = assess(rule_set, baseline=RAISED, now=WELL).reasons
        return dict(next(reason.values for reason in reasons if reason.code == code))

    assert shown("set-a", "response.protein_fall")["percent"] == 50
    assert shown("set-a", "response.creatinine_stable")["percent"] == 115
    assert shown("set-a", "response.creatinine_recovered")["percent"] == 25
    egfr = shown("kdigo-2024", "response.egfr_stable")
    assert (egfr["percent"], egfr["baseline"], egfr["limit"]) == (85, 35, 29.75)


def test_that_every_rule_set_explains_itself_and_cites() -> None:
    for name, rule_set in RULE_SETS.items():
        result = assess(name, baseline=BASELINE, now=WELL)
        assert result.rule.citations
        assert result.reasons
        assert dict(result.rule.parameters) == dict(rule_set.parameters)


def test_that_unknown_rule_sets_parameters_and_values_are_refused() -> None:
    with pytest.raises(InvalidInput, match="set-a or kdigo-2024 or"):
        assess("set-z", baseline=BASELINE, now=WELL)
    with pytest.raises(InvalidInput, match="complete_protein_g"):
        assess("set-a", baseline=BASELINE, now=WELL, parameters={"protein": 0.3})
    with pytest.raises(InvalidInput, match="finite"):
        assess("set-a", baseline=BASELINE, now=WELL, parameters={"partial_fall": float("nan")})
    with pytest.raises(InvalidInput, match="creatinine_umol_l"):
        assess("set-a", baseline=BASELINE, now=replace(WELL, creatinine_umol_l=0))


@pytest.mark.parametrize(
    ("rule_set", "changes", "response"),
    [
        ("eular-2019", {"egfr": 72}, "CR"),  # exactly 90 %
        ("eular-2019", {"egfr": 71.9}, "NR"),
        ("eular-2019", {"proteinuria": u24(0.5)}, "PR"),
        ("eular-2019", {"proteinuria": u24(2.01)}, "NR"),
        ("eular-2025", {"egfr": 20}, "CR"),
        ("eular-2025", {"proteinuria": u24(0.5)}, "PR"),
        ("eular-2025", {"proteinuria": u24(2.01)}, "NR"),
        ("acr-2024", {"egfr": 64}, "CR"),  # exactly 80 %
        ("acr-2024", {"egfr": 63.9}, "NR"),
        ("acr-2024", {"proteinuria": u24(0.5)}, "CR"),
        ("acr-2024", {"proteinuria": u24(0.51)}, "PR"),
    ],
)
def test_that_other_guidelines_have_their_own_edges(
    rule_set: str, changes: dict[str, object], response: str
) -> None:
    now = replace(WELL, **changes)  # type: ignore[arg-type]
    assert assess(rule_set, baseline=BASELINE, now=now).response is Response(response)


def test_that_the_range_in_force_now_decides_on_normal_creatinine() -> None:
    baseline = replace(BASELINE, creatinine_umol_l=80)
    now = replace(WELL, creatinine_umol_l=95, creatinine_uln=100)  # 119 % of baseline
    assert assess("set-a", baseline=baseline, now=now).response is Response.CR


def test_that_creatinine_at_its_upper_limit_was_not_raised() -> None:
    baseline = replace(BASELINE, creatinine_umol_l=90)
    now = replace(WELL, proteinuria=u24(1.0), creatinine_umol_l=95)
    assert assess("set-a", baseline=baseline, now=now).response is Response.PR


def test_that_rules_from_unread_wording_say_so() -> None:
    assert not any(rule_set.rule.verified for rule_set in RULE_SETS.values())


def test_that_every_absent_input_of_an_open_response_is_named() -> None:
    """One definition after another with its input missing and nothing else in the way."""
    good = RenalState(
        proteinuria=Proteinuria(0.2, "g/24 h"),
        upcr=Proteinuria(20, "mg/mmol"),
        creatinine_umol_l=80,
        creatinine_uln=81,
        egfr=90,
        albumin_g_l=40,
        urine_rbc_hpf=1,
        urine_wbc_hpf=1,
        casts=False,
        on_rescue=False,
    )
    before = replace(good, proteinuria=Proteinuria(4, "g/24 h"), creatinine_umol_l=120, egfr=60)
    albumin = assess(
        "set-a",
        baseline=before,
        now=replace(good, albumin_g_l=None),
        parameters={"complete_needs_albumin": True},
    )
    assert albumin.missing == ("albumin_g_l",)
    recovered = assess(
        "set-a",
        baseline=replace(before, creatinine_uln=None),
        now=replace(good, urine_rbc_hpf=None, creatinine_umol_l=100, creatinine_uln=None),
    )
    assert recovered.missing == (
        "urine_rbc_hpf",
        "creatinine_uln",
    )
    function = assess(
        "kdigo-2024", baseline=before, now=replace(good, egfr=None, creatinine_umol_l=None)
    )
    assert function.missing == ("egfr",)


def test_that_measures_in_units_that_do_not_compare_leave_the_fall_open() -> None:
    before = RenalState(proteinuria=Proteinuria(400, "mg/mmol"), creatinine_umol_l=80, egfr=90)
    now = RenalState(proteinuria=Proteinuria(1, "g/24 h"), creatinine_umol_l=80, egfr=90)
    found = assess("eular-2019", baseline=before, now=now)
    assert found.response is Response.UNKNOWN
    assert found.missing == ("proteinuria",)


def test_that_kept_function_is_told_by_what_it_was_judged_by() -> None:
    before = replace(BASELINE, egfr=60)
    by_creatinine = assess("kdigo-2024", baseline=before, now=replace(WELL, egfr=None))
    told = {reason.code for reason in by_creatinine.reasons}
    assert "response.creatinine_stable" in told
    assert "response.egfr_stable" not in told
    low = replace(WELL, albumin_g_l=30)
    found = assess("set-a", baseline=before, now=low, parameters={"complete_needs_albumin": True})
    albumin = next(reason for reason in found.reasons if reason.code == "response.albumin")
    assert (albumin.met, albumin.values["value"], albumin.values["limit"]) == (Truth.NO, 30, 35.0)
