"""Criteria of trial endpoints: eGFR above a floor or near a reference, no failure, low steroid."""

from __future__ import annotations

from lnmonitor.clinical.criteria import compare, truth
from lnmonitor.clinical.response.clauses import Compared, Inputs, percent_of
from lnmonitor.clinical.response.model import RenalState
from lnmonitor.clinical.results import Reason, Scalar, Truth


def _before_flare(baseline: RenalState, now: RenalState) -> float | None:
    """Return eGFR before the flare that led to treatment, as known now or at baseline."""
    return now.pre_flare_egfr if now.pre_flare_egfr is not None else baseline.pre_flare_egfr


class EgfrKept:
    """eGFR >= `floor` mL/min/1.73 m², or at most `loss` (fraction) below the pre-flare value."""

    def __init__(self, floor: float, loss: float) -> None:
        self.floor, self.left, self.percent = floor, 1 - loss, percent_of(loss)

    def met(self, visit: Compared) -> Truth:
        """Compare with both limits."""
        reference = _before_flare(visit.baseline, visit.now)
        limit = None if reference is None else reference * self.left
        return Truth.any(
            truth(visit.now.egfr, ">=", self.floor), truth(visit.now.egfr, ">=", limit)
        )

    def reason(self, visit: Compared) -> Reason:
        """Tell the value, the floor and the reference."""
        values: dict[str, Scalar] = {
            "item": "egfr",
            "value": visit.now.egfr,
            "limit": self.floor,
            "unit": "mL/min/1.73 m²",
            "baseline": _before_flare(visit.baseline, visit.now),
            "percent": self.percent,
        }
        return Reason("response.egfr_floor", self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name the value and the reference."""
        return {"egfr": visit.now.egfr, "pre_flare_egfr": _before_flare(visit.baseline, visit.now)}


class NoFailure:
    """No forbidden medication so far; rescue therapy is one."""

    def met(self, visit: Compared) -> Truth:
        """Judge both answers."""
        return Truth.any(
            Truth.of(visit.now.treatment_failure), Truth.of(visit.now.on_rescue)
        ).negated

    def reason(self, visit: Compared) -> Reason:
        """Tell the answer on treatment failure."""
        values = {"item": "treatment_failure", "value": visit.now.treatment_failure}
        return Reason("response.no_failure", self.met(visit), values)

    def inputs(self, visit: Compared) -> Inputs:
        """Name both answers."""
        return {"treatment_failure": visit.now.treatment_failure, "on_rescue": visit.now.on_rescue}


class PrednisoneAtMost:
    """Prednisone equivalent in force at the visit at most `limit_mg_day`."""

    def __init__(self, limit_mg_day: float) -> None:
        self.limit = limit_mg_day

    def met(self, visit: Compared) -> Truth:
        """Compare."""
        return truth(visit.now.prednisone_mg_day, "<=", self.limit)

    def reason(self, visit: Compared) -> Reason:
        """Tell dose and limit."""
        dose, item = visit.now.prednisone_mg_day, "prednisone_mg_day"
        return compare("response.prednisone", item, dose, "<=", self.limit, "mg/day")

    def inputs(self, visit: Compared) -> Inputs:
        """Name the dose."""
        return {"prednisone_mg_day": visit.now.prednisone_mg_day}
