"""Renal flares in hand-made courses."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.flare import FlareObservation, detect
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RenalState, Response

CR, PR, NR = Response.CR, Response.PR, Response.NR


def seen(
    day: int,
    grams: float | None,
    response: Response | None = None,
    *,
    escalated: bool | None = None,
    collection: str | None = None,
    **state: object,
) -> FlareObservation:
    protein = None if grams is None else Proteinuria(grams, "g/24 h")
    kidney = RenalState(proteinuria=protein, **state)  # type: ignore[arg-type]
    return FlareObservation(day, f"D{day}", kidney, response, escalated, collection)


def test_that_without_remission_there_is_no_flare() -> None:
    assert detect([seen(0, 4.0), seen(91, 3.0, NR), seen(182, 6.0, NR)]) == []


def test_that_one_exceeding_sample_is_suspected() -> None:
    (found,) = detect([seen(91, 0.3, CR), seen(182, 1.0, PR)])
    assert (found.status, found.kind, found.onset_day) == ("suspected", "proteinuric", 182)
    assert (found.onset_date, found.confirmed_day, found.missing) == (
        "D182",
        None,
        ("confirmation",),
    )


def test_that_below_the_limit_is_no_flare() -> None:
    assert detect([seen(91, 0.3, CR), seen(182, 0.99, PR)]) == []


@pytest.mark.parametrize(
    ("gap", "status"), [(6, "suspected"), (7, "confirmed"), (56, "confirmed"), (57, "suspected")]
)
def test_that_confirmation_comes_7_to_56_days_later(gap: int, status: str) -> None:
    (found,) = detect([seen(91, 0.3, CR), seen(182, 1.2), seen(182 + gap, 1.3)])
    assert found.status == status
    assert found.onset_day == 182
    assert found.evidence_days == (182, 182 + gap)
    assert found.confirmed_day == (182 + gap if status == "confirmed" else None)


def test_that_one_collection_does_not_confirm_itself() -> None:
    course = [
        seen(91, 0.3, CR),
        seen(182, 1.2, collection="U7"),
        seen(190, 1.2, collection="U7"),
    ]
    assert detect(course)[0].status == "suspected"
    course[2] = seen(190, 1.2, collection="U8")
    assert detect(course)[0].status == "confirmed"


def test_that_treatment_escalation_confirms_at_once() -> None:
    (found,) = detect([seen(91, 0.3, CR), seen(182, 1.5, escalated=True)])
    assert (found.status, found.confirmed_day, found.confirmed_date) == ("confirmed", 182, "D182")


def test_that_escalation_confirms_at_a_visit_without_urine() -> None:
    (found,) = detect([seen(91, 0.3, CR), seen(182, 1.5), seen(186, None, escalated=True)])
    assert (found.status, found.confirmed_day, found.evidence_days) == ("confirmed", 186, (182,))


def test_that_consecutive_exceedances_are_one_flare() -> None:
    course = [seen(91, 0.3, CR), *(seen(day, 1.5, PR) for day in (182, 196, 230, 280, 365))]
    (found,) = detect(course)
    assert found.evidence_days == (182, 196, 230, 280, 365)
    assert found.confirmed_day == 196


def test_that_a_passing_exceedance_stays_suspected_and_is_resolved() -> None:
    (found,) = detect([seen(91, 0.3, CR), seen(182, 1.2), seen(196, 0.4, CR)])
    assert (found.status, found.resolved_day, found.missing) == ("suspected", 196, ())


def test_that_remission_survives_a_suspected_episode() -> None:
    course = [seen(91, 0.3, CR), seen(182, 1.2), seen(196, 0.4), seen(260, 1.1), seen(270, 1.1)]
    first, second = detect(course)
    assert (first.status, second.status, second.onset_day) == ("suspected", "confirmed", 260)


def test_that_a_second_flare_needs_a_new_remission() -> None:
    course = [seen(91, 0.3, CR), seen(182, 1.2), seen(196, 1.4), seen(230, 0.9, NR)]
    worse_again = [*course, seen(260, 1.2), seen(270, 1.3)]
    assert len(detect(worse_again)) == 1
    remitted = [*course, seen(250, 0.4, CR), seen(300, 1.2), seen(310, 1.3)]
    assert [finding.onset_day for finding in detect(remitted)] == [182, 300]


@pytest.mark.parametrize(
    ("nadir", "grams", "flare"),
    [(0.8, 2.0, True), (1.0, 2.0, True), (0.8, 1.9, False), (1.1, 2.1, False)],
)
def test_that_after_partial_remission_protein_must_double_and_reach_2_g(
    nadir: float, grams: float, flare: bool
) -> None:
    course = [seen(91, 1.5, PR), seen(150, nadir, PR), seen(182, grams)]
    assert bool(detect(course)) is flare


def test_that_the_best_response_of_the_remission_sets_the_limit() -> None:
    course = [seen(91, 1.5, PR), seen(150, 0.4, CR), seen(182, 0.7, PR), seen(200, 1.1, PR)]
    (found,) = detect(course)
    assert found.onset_day == 200
    assert found.reasons[0].code == "flare.protein_after_complete"


def test_that_a_ratio_is_judged_in_its_own_unit() -> None:
    def ratio(day: int, value: float, response: Response | None = None) -> FlareObservation:
        state = RenalState(upcr=Proteinuria(value, "mg/mmol"))
        return FlareObservation(day, f"D{day}", state, response)

    assert detect([ratio(91, 30, CR), ratio(182, 99)]) == []
    assert detect([ratio(91, 30, CR), ratio(182, 100)])[0].reasons[0].values["limit"] == 100


QUIET = {
    "urine_rbc_hpf": 1,
    "urine_wbc_hpf": 1,
    "casts": False,
    "creatinine_umol_l": 80,
    "egfr": 90,
}
ACTIVE = {"urine_rbc_hpf": 30, "urine_wbc_hpf": 1, "casts": True}


@pytest.mark.parametrize(
    ("creatinine", "egfr", "flare"),
    [(104, 90, True), (103, 82, False), (80, 81, True), (80, 81.1, False)],
)
def test_that_nephritic_flare_needs_lost_function_and_new_sediment(
    creatinine: float, egfr: float, flare: bool
) -> None:
    remission = seen(91, 0.3, CR, **QUIET)
    now = seen(182, 0.4, creatinine_umol_l=creatinine, egfr=egfr, **ACTIVE)
    found = detect([remission, now])
    assert bool(found) is flare
    assert all(finding.kind == "nephritic" for finding in found)


def test_that_sediment_active_before_is_not_new() -> None:
    before = seen(91, 1.0, PR, **{**QUIET, **ACTIVE})
    assert detect([before, seen(182, 1.0, creatinine_umol_l=200, **ACTIVE)]) == []


def test_that_a_nephritic_sample_makes_the_episode_nephritic() -> None:
    course = [
        seen(91, 0.3, CR, **QUIET),
        seen(182, 1.5, **QUIET),
        seen(196, 1.5, creatinine_umol_l=120, **ACTIVE),
        seen(240, 0.4, **QUIET),
    ]
    (found,) = detect(course)
    assert (found.kind, found.status, found.resolved_day) == ("nephritic", "confirmed", 240)


def test_that_an_unmeasured_visit_does_not_end_an_episode() -> None:
    course = [seen(91, 0.3, CR), seen(182, 1.2), seen(186, None), seen(190, 1.3)]
    (found,) = detect(course)
    assert (found.status, found.evidence_days) == ("confirmed", (182, 190))


def test_that_observations_may_come_in_any_order() -> None:
    course = [seen(91, 0.3, CR), seen(182, 1.2), seen(190, 1.3)]
    assert detect(course[::-1]) == detect(course)


def test_that_parameters_change_the_limits_and_are_stored() -> None:
    course = [seen(91, 0.3, CR), seen(182, 0.7)]
    (found,) = detect(course, {"after_complete_g": 0.7})
    assert found.rule.parameters["after_complete_g"] == 0.7


def test_that_unknown_names_and_impossible_values_are_refused() -> None:
    with pytest.raises(InvalidInput, match="flare-renal"):
        detect([], rule_set_id="flare")
    with pytest.raises(InvalidInput, match="after_complete_g"):
        detect([], {"after": 1})
    with pytest.raises(InvalidInput, match="egfr"):
        detect([seen(1, 1.0, egfr=-3)])


def test_that_a_reason_read_late_tells_the_lowest_value_of_its_day() -> None:
    course = [seen(91, 1.5, PR), seen(182, 3.2), seen(273, 1.0, PR), seen(364, 2.4)]
    first, second = detect(course)
    assert [f.onset_day for f in (first, second)] == [182, 364]
    assert [f.reasons[0].values["previous"] for f in (first, second)] == [1.5, 1.0]
