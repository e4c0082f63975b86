"""Whether a trial's responder index is met: what SRI-4 and BICLA share.

Both weigh SLEDAI, BILAG and the physician's global assessment (PGA, 0..3) against baseline, and
both make a drop-out or rescued patient a non-responder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lnmonitor.clinical.bilag import BilagGrade
from lnmonitor.clinical.bilag_flare import trial
from lnmonitor.clinical.criteria import at_most, below, require_range
from lnmonitor.clinical.results import Outcome, Reason, Rule, Truth
from lnmonitor.clinical.sledai import SledaiScore


@dataclass(frozen=True)
class IndexVisit:
    """One visit: SLEDAI (exact or a range), BILAG by system, PGA 0..3 (None = not assessed)."""

    sledai: SledaiScore
    bilag: Mapping[str, BilagGrade]
    pga: float | None = None


@dataclass(frozen=True)
class Responder(Outcome):
    """`met` is the answer; `evaluable` NO where the baseline does not allow the question."""

    met: Truth = Truth.UNKNOWN
    evaluable: Truth = Truth.YES


def check(*visits: IndexVisit) -> None:
    """Refuse impossible values."""
    for visit in visits:
        require_range("pga", visit.pga, None, 0, 3)


def sledai_change(code: str, baseline: IndexVisit, now: IndexVisit, at_most_change: int) -> Reason:
    """Whether the change of SLEDAI is <= `at_most_change`, whatever the missing items are."""
    low = now.sledai.low - baseline.sledai.high
    high = now.sledai.high - baseline.sledai.low
    met = Truth.UNKNOWN
    if high <= at_most_change:
        met = Truth.YES
    elif low > at_most_change:
        met = Truth.NO
    values = {"item": "sledai", "value": now.sledai.score, "baseline": baseline.sledai.score}
    return Reason(code, met, {**values, "limit": abs(at_most_change)})


def no_new_activity(baseline: IndexVisit, now: IndexVisit) -> Reason:
    """No new BILAG A and at most one new B against baseline."""
    flare = trial(baseline.bilag, now.bilag)
    found = ", ".join((*flare.new_a, *flare.new_b))
    return Reason("index.no_new_bilag", flare.flare.negated, {"item": found or "bilag"})


def pga_within(baseline: IndexVisit, now: IndexVisit, limit: float, *, strict: bool) -> Reason:
    """PGA not higher than at baseline by `limit` or more (`strict`), or by more."""
    met = Truth.UNKNOWN
    if baseline.pga is not None and now.pga is not None:
        rise = now.pga - baseline.pga
        met = Truth.of(below(rise, limit) if strict else at_most(rise, limit))
    values = {"item": "pga", "value": now.pga, "baseline": baseline.pga, "limit": limit}
    return Reason("index.pga", met, values)


def no_failure(failed: bool | None) -> Reason:
    """No drop-out, rescue or treatment outside the protocol."""
    return Reason("index.no_failure", Truth.of(failed).negated, {"item": "treatment_failure"})


def conclude(rule: Rule, evaluable: Reason, reasons: Sequence[Reason]) -> Responder:
    """All reasons together; without an evaluable baseline there is no answer to give."""
    met = Truth.all(*(reason.met for reason in reasons))
    if evaluable.met is Truth.NO or (evaluable.met is Truth.UNKNOWN and met is Truth.YES):
        met = Truth.UNKNOWN
    every = (evaluable, *reasons)
    open_items = (str(r.values["item"]) for r in every if r.met is Truth.UNKNOWN)
    needed = met is Truth.UNKNOWN and evaluable.met is not Truth.NO
    return Responder(
        rule=rule,
        reasons=every,
        missing=tuple(dict.fromkeys(open_items)) if needed else (),
        met=met,
        evaluable=evaluable.met,
    )
