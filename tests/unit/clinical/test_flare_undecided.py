"""Where a flare can be neither told nor denied, and what would have decided it, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical import flare
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.flare import FlareObservation, detect, follow
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RenalState, Response

WELL = RenalState(
    proteinuria=Proteinuria(0.3, "g/24 h"),
    upcr=Proteinuria(0.3, "g/g"),
    creatinine_umol_l=80,
    egfr=80,
    urine_rbc_hpf=2,
    urine_wbc_hpf=2,
    casts=False,
    acanthocytes_hpf=0,
)
NO_PROTEIN = {"proteinuria": None, "upcr": None}
ACTIVE = {"urine_rbc_hpf": 40, "casts": True}
NO_SEDIMENT = {"urine_rbc_hpf": None, "urine_wbc_hpf": None, "casts": None}


def seen(
    day: int, response: Response | None = None, state: RenalState = WELL, **changes: object
) -> FlareObservation:
    changed = replace(state, **changes)  # type: ignore[arg-type]
    return FlareObservation(day, f"day {day}", changed, response)


def undecided(
    rule_set: str, now: dict[str, object], before: RenalState = WELL, best: Response = Response.CR
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return kinds and missing inputs of a sample after two in remission."""
    start = [seen(90, best, before), seen(180, best, before)]
    found = follow([*start, seen(270, Response.NR, **now)], rule_set_id=rule_set)
    assert found.findings == ()
    assert {one.day for one in found.undecided} <= {180, 270}
    return [(one.kinds, one.missing) for one in found.undecided if one.day == 270]


@pytest.mark.parametrize("rule_set", flare.RULE_SETS)
def test_that_a_course_with_every_value_leaves_nothing_open(rule_set: str) -> None:
    assert undecided(rule_set, {}) == []


PROTEIN, NEPHRITIC = ("proteinuric",), ("nephritic",)


@pytest.mark.parametrize(
    ("rule_set", "now", "expected"),
    [
        ("flare-renal", NO_PROTEIN, (PROTEIN, ("proteinuria",))),
        ("aurora-2", NO_PROTEIN, (PROTEIN, ("upcr",))),
        ("eular-2012", NO_PROTEIN, (PROTEIN, ("upcr",))),
        ("childhood", NO_PROTEIN, (PROTEIN, ("upcr",))),
        ("kdigo-2012", NO_PROTEIN, (PROTEIN, ("upcr",))),
        ("moroni", NO_PROTEIN, (PROTEIN, ("proteinuria",))),
        # creatinine at 130 % or eGFR lost, and the sediment not looked at
        (
            "flare-renal",
            {"creatinine_umol_l": 104, **NO_SEDIMENT},
            (NEPHRITIC, ("urine_rbc_hpf", "urine_wbc_hpf", "casts")),
        ),
        ("eular-2012", {"egfr": 60, "urine_rbc_hpf": None}, (NEPHRITIC, ("urine_rbc_hpf",))),
        ("moroni", {"creatinine_umol_l": 104, "casts": None}, (NEPHRITIC, ("casts",))),
        # an active sediment, and function not measured
        (
            "flare-renal",
            {**ACTIVE, "creatinine_umol_l": None, "egfr": None},
            (NEPHRITIC, ("creatinine_umol_l", "egfr")),
        ),
        ("flare-renal", {**ACTIVE, "creatinine_umol_l": None}, (NEPHRITIC, ("creatinine_umol_l",))),
        ("childhood", {**ACTIVE, "egfr": None}, (NEPHRITIC, ("egfr",))),
        ("childhood", {"egfr": 60, "urine_rbc_hpf": None}, (NEPHRITIC, ("urine_rbc_hpf",))),
        ("moroni", {**ACTIVE, "creatinine_umol_l": None}, (NEPHRITIC, ("creatinine_umol_l",))),
        # a step of protein counts in Milan while creatinine is unchanged
        (
            "moroni",
            {"proteinuria": Proteinuria(2.5, "g/24 h"), "creatinine_umol_l": None},
            (PROTEIN, ("creatinine_umol_l",)),
        ),
        ("kdigo-2012", {"creatinine_umol_l": None}, (NEPHRITIC, ("creatinine_umol_l",))),
        (
            "kdigo-2012",
            {"urine_rbc_hpf": 20, "acanthocytes_hpf": None},
            (NEPHRITIC, ("acanthocytes_hpf",)),
        ),
        ("kdigo-2012", {"casts": None}, (NEPHRITIC, ("casts",))),
        (
            "kdigo-2012",
            {"urine_rbc_hpf": None, "acanthocytes_hpf": 3, "casts": None, **NO_PROTEIN},
            (("nephritic", "proteinuric"), ("urine_rbc_hpf", "casts", "upcr")),
        ),
        # decided by what is there: sediment inactive, or function kept
        ("flare-renal", {"creatinine_umol_l": None, "egfr": None}, None),
        ("flare-renal", NO_SEDIMENT, None),
        ("eular-2012", {"creatinine_umol_l": None, "egfr": None}, None),
        ("childhood", NO_SEDIMENT | {"egfr": 95}, None),
        ("moroni", {"creatinine_umol_l": None}, None),
        ("kdigo-2012", {"acanthocytes_hpf": None}, None),  # 2 cells are no more than 15
    ],
)
def test_that_a_sample_lacks_what_would_have_decided(
    rule_set: str,
    now: dict[str, object],
    expected: tuple[tuple[str, ...], tuple[str, ...]] | None,
) -> None:
    assert undecided(rule_set, now) == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("rule_set", "gap", "now", "missing"),
    [
        # 2.5 g/g is over the limit after PR, and no ratio is there to have doubled from
        ("flare-renal", "upcr", {"proteinuria": None, "upcr": 2.5}, "proteinuria_in_remission"),
        ("eular-2012", "upcr", {"upcr": 2.5}, "upcr_in_remission"),
        ("childhood", "upcr", {"upcr": 2.5}, "upcr_in_remission"),
        ("kdigo-2012", "upcr", {"upcr": 2.5}, "upcr_in_remission"),
        ("moroni", "proteinuria", {}, "proteinuria_previous"),
        ("eular-2012", "urine_rbc_hpf", {**ACTIVE, "egfr": 60}, "urine_rbc_hpf_in_remission"),
        ("childhood", "urine_rbc_hpf", {**ACTIVE, "egfr": 60}, "urine_rbc_hpf_in_remission"),
        ("childhood", "egfr", {**ACTIVE, "egfr": 60}, "egfr_in_remission"),
        ("kdigo-2012", "creatinine_umol_l", {}, "creatinine_umol_l_in_remission"),
        ("kdigo-2012", "casts", {"casts": True}, "casts_in_remission"),
        ("kdigo-2012", "urine_rbc_hpf", {"urine_rbc_hpf": 20, "acanthocytes_hpf": 3},
         "urine_rbc_hpf_in_remission"),
        ("flare-renal", "casts", {**ACTIVE, "egfr": 60}, "active_sediment_in_remission"),
        ("flare-renal", "egfr", {**ACTIVE, "egfr": 60}, "egfr_in_remission"),
        ("moroni", "creatinine_umol_l", ACTIVE, "creatinine_umol_l_previous"),
    ],
)  # fmt: skip
def test_that_a_gap_before_is_named_too(
    rule_set: str, gap: str, now: dict[str, object], missing: str
) -> None:
    ratio = now.get("upcr")
    given = {**now, "upcr": Proteinuria(ratio, "g/g")} if isinstance(ratio, float) else now
    before = replace(WELL, **{gap: None})  # type: ignore[arg-type]
    ((_, names),) = undecided(rule_set, given, before, Response.PR)
    assert names == (missing,)


def test_that_findings_are_those_of_detect_and_an_episode_is_not_undecided() -> None:
    high = Proteinuria(1.5, "g/24 h")
    course = [
        seen(30, Response.NR, proteinuria=None, upcr=None),  # before a remission: nothing to break
        seen(90, Response.CR),
        seen(180, Response.NR, proteinuria=high),
        seen(190, Response.NR, **NO_PROTEIN),  # the episode lasts until it is known to be over
        seen(270, Response.NR),
        seen(365, Response.NR, **NO_PROTEIN),
    ]
    found = follow(course)
    assert list(found.findings) == detect(course)
    assert [one.onset_day for one in found.findings] == [180]
    (left,) = found.undecided
    assert (left.day, left.date, left.rule.id) == (365, "day 365", "flare-renal")
    assert left.rule.parameters["after_complete_g"] == 1.0
    assert left.reasons == ()


def test_that_following_refuses_as_detecting_does() -> None:
    with pytest.raises(InvalidInput, match="flare rule set is x"):
        follow([], rule_set_id="x")
    assert follow([]) == ((), ())
    strict = follow(
        [seen(90, Response.CR), seen(180, Response.NR, **NO_PROTEIN)], {"after_complete_g": 0.8}
    )
    assert strict.undecided[0].rule.parameters["after_complete_g"] == 0.8
