"""What a flare definition names as missing, and not more than that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmonitor.clinical.flare import FlareObservation, follow
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RenalState, Response

WELL = RenalState(
    proteinuria=Proteinuria(0.3, "g/24 h"),
    upcr=Proteinuria(0.3, "g/g"),
    creatinine_umol_l=80,
    egfr=95,
    urine_rbc_hpf=2,
    urine_wbc_hpf=1,
    casts=False,
    acanthocytes_hpf=0,
)


def missing(rule_set: str, *states: RenalState) -> list[tuple[str, ...]]:
    """Return what each sample after the first, which is in remission, leaves open."""
    course = [
        FlareObservation(90 * (n + 1), "", state, None if n else Response.CR)
        for n, state in enumerate(states)
    ]
    found = follow(course, rule_set_id=rule_set)
    assert found.findings == ()
    return [each.missing for each in found.undecided]


@pytest.mark.parametrize(
    ("before", "now", "names"),
    [
        # Red cells that were not few are none that are new: only casts could be.
        (
            {"urine_rbc_hpf": 12},
            {"urine_rbc_hpf": 20, "acanthocytes_hpf": None, "casts": None},
            "casts",
        ),
        # Casts that were there before, or are not there now, are not new.
        (
            {"casts": True},
            {"urine_rbc_hpf": 20, "acanthocytes_hpf": None, "casts": None},
            "acanthocytes_hpf",
        ),
        (
            {"casts": None},
            {"urine_rbc_hpf": 20, "acanthocytes_hpf": None, "casts": False},
            "acanthocytes_hpf",
        ),
    ],
)
def test_that_kdigo_2012_names_only_what_could_be_new(
    before: dict[str, object], now: dict[str, object], names: str
) -> None:
    first, second = (replace(WELL, **each) for each in (before, now))  # type: ignore[arg-type]
    assert missing("kdigo-2012", first, second) == [(names,)]


def test_that_casts_once_seen_stay_known() -> None:
    seen = replace(WELL, casts=True)
    unseen = replace(WELL, casts=None)  # there before, so none that are new
    assert missing("kdigo-2012", seen, unseen, seen) == []


def test_that_red_cells_that_were_counted_are_not_asked_for() -> None:
    active = replace(WELL, urine_rbc_hpf=40, casts=True, creatinine_umol_l=None, egfr=None)
    assert missing("eular-2012", WELL, active) == [("creatinine_umol_l", "egfr")]
