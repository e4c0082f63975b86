"""Whether a trial's responder index is met: what SRI-4 and BICLA share.

Both weigh SLEDAI, BILAG and the physician's global assessment (PGA, 0..3) against baseline, and
both make a drop-out or rescued patient a non-responder.
"""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.clinical.bilag import BilagGrade
from lnmonitor.clinical.bilag_flare import trial
from lnmonitor.clinical.criteria import at_most, below, require_range
from lnmonitor.clinical.results import (
    NO,
    UNKNOWN,
    YES,
    Outcome,
    Row,
    Rule,
    Scalar,
    Truth,
    all_met,
    frozen,
    later,
    open_items,
    reasons_of,
)
from lnmonitor.clinical.sledai import SledaiScore


@frozen
class IndexVisit:
    """One visit: SLEDAI (exact or a range), BILAG by system, PGA 0..3 (None = not assessed)."""

    sledai: SledaiScore
    bilag: Mapping[str, BilagGrade]
    pga: float | None = None


@frozen
class Responder(Outcome):
    """`met` is the answer; `evaluable` NO where the baseline does not allow the question."""

    met: Truth = Truth.UNKNOWN
    evaluable: Truth = Truth.YES


def check(*visits: IndexVisit) -> None:
    """Refuse impossible values."""
    for visit in visits:
        require_range("pga", visit.pga, None, 0, 3)


def sledai_change(code: str, baseline: IndexVisit, now: IndexVisit, at_most_change: int) -> Row:
    """Whether the change of SLEDAI is <= `at_most_change`, whatever the missing items are."""
    met = UNKNOWN
    if now.sledai.high - baseline.sledai.low <= at_most_change:
        met = YES
    elif now.sledai.low - baseline.sledai.high > at_most_change:
        met = NO
    values: dict[str, Scalar] = {
        "item": "sledai",
        "value": now.sledai.score,
        "baseline": baseline.sledai.score,
        "limit": abs(at_most_change),
    }
    return code, met, values


def no_new_activity(baseline: IndexVisit, now: IndexVisit) -> Row:
    """No new BILAG A and at most one new B against baseline."""
    flare = trial(baseline.bilag, now.bilag)
    found = ", ".join((*flare.new_a, *flare.new_b))
    return "index.no_new_bilag", flare.flare.negated, {"item": found or "bilag"}


def pga_within(baseline: IndexVisit, now: IndexVisit, limit: float, *, strict: bool) -> Row:
    """PGA not higher than at baseline by `limit` or more (`strict`), or by more."""
    met = UNKNOWN
    if baseline.pga is not None and now.pga is not None:
        rise = now.pga - baseline.pga
        met = Truth.of(below(rise, limit) if strict else at_most(rise, limit))
    values = {"item": "pga", "value": now.pga, "baseline": baseline.pga, "limit": limit}
    return "index.pga", met, values


def no_failure(failed: bool | None) -> Row:
    """No drop-out, rescue or treatment outside the protocol."""
    return "index.no_failure", Truth.of(failed).negated, {"item": "treatment_failure"}


def conclude(rule: Rule, evaluable: Row, criteria: tuple[Row, ...]) -> Responder:
    """All criteria together; without an evaluable baseline there is no answer to give."""
    met, (_, can_tell, _) = all_met(criteria), evaluable
    if can_tell is NO or (can_tell is UNKNOWN and met is YES):
        met = UNKNOWN
    rows = (evaluable, *criteria)
    return Responder(
        rule=rule,
        reasons=later(reasons_of, rows),
        missing=open_items(rows) if met is UNKNOWN and can_tell is not NO else (),
        met=met,
        evaluable=can_tell,
    )
