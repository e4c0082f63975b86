"""Clauses of trial endpoints: eGFR above a floor or near a reference, no failure, low steroid."""

from __future__ import annotations

from lnmonitor.clinical.criteria import compare, truth
from lnmonitor.clinical.response.clauses import Clause, clause
from lnmonitor.clinical.response.model import RenalState
from lnmonitor.clinical.results import Reason, Truth


def egfr_kept(now: RenalState, reference: float | None, floor: float, loss: float) -> Clause:
    """eGFR >= `floor` mL/min/1.73 m², or at most `loss` (fraction) below the pre-flare value."""
    limit = None if reference is None else reference * (1 - loss)
    reason = Reason(
        "response.egfr_floor",
        Truth.any(truth(now.egfr, ">=", floor), truth(now.egfr, ">=", limit)),
        {
            "item": "egfr",
            "value": now.egfr,
            "limit": floor,
            "unit": "mL/min/1.73 m²",
            "baseline": reference,
            "percent": round(100 * loss, 6),
        },
    )
    return clause(reason, egfr=now.egfr, pre_flare_egfr=reference)


def no_failure(now: RenalState) -> Clause:
    """No forbidden medication so far; rescue therapy is one."""
    failed = Truth.any(Truth.of(now.treatment_failure), Truth.of(now.on_rescue))
    values = {"item": "treatment_failure", "value": now.treatment_failure}
    reason = Reason("response.no_failure", failed.negated, values)
    return clause(reason, treatment_failure=now.treatment_failure, on_rescue=now.on_rescue)


def prednisone_at_most(now: RenalState, limit_mg_day: float) -> Clause:
    """Prednisone equivalent in force at the visit at most `limit_mg_day`."""
    dose = now.prednisone_mg_day
    reason = compare("response.prednisone", "prednisone_mg_day", dose, "<=", limit_mg_day, "mg/day")
    return clause(reason, prednisone_mg_day=dose)
