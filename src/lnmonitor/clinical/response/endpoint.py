"""Criteria of trial endpoints: eGFR above a floor or near a reference, no failure, low steroid."""

from __future__ import annotations

from lnmonitor.clinical.criteria import UNDER, compare, is_at_most
from lnmonitor.clinical.response.clauses import Inputs, percent_of
from lnmonitor.clinical.response.model import RenalState
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Reason, Scalar, Truth


def _before_flare(baseline: RenalState, now: RenalState) -> float | None:
    """Return eGFR before the flare that led to treatment, as known now or at baseline."""
    return now.pre_flare_egfr if now.pre_flare_egfr is not None else baseline.pre_flare_egfr


class EgfrKept:
    """eGFR >= `floor` mL/min/1.73 m², or at most `loss` (fraction) below the pre-flare value."""

    def __init__(self, floor: float, loss: float) -> None:
        self.floor, self.left, self.percent = floor, 1 - loss, percent_of(loss)

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with both limits."""
        value = now.egfr
        if value is None:
            return UNKNOWN
        if value >= self.floor * UNDER:
            return YES
        reference = _before_flare(baseline, now)
        if reference is None:
            return UNKNOWN
        return YES if value >= reference * self.left * UNDER else NO

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value, the floor and the reference."""
        values: dict[str, Scalar] = {
            "item": "egfr",
            "value": now.egfr,
            "limit": self.floor,
            "unit": "mL/min/1.73 m²",
            "baseline": _before_flare(baseline, now),
            "percent": self.percent,
        }
        return Reason("response.egfr_floor", self.met(baseline, now), values)

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the value and the reference."""
        return {"egfr": now.egfr, "pre_flare_egfr": _before_flare(baseline, now)}


class NoFailure:
    """No forbidden medication so far; rescue therapy is one."""

    def met(self, _: RenalState, now: RenalState) -> Truth:
        """Judge both answers."""
        failed, rescued = now.treatment_failure, now.on_rescue
        if failed or rescued:
            return NO
        return UNKNOWN if failed is None or rescued is None else YES

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the answer on treatment failure."""
        values = {"item": "treatment_failure", "value": now.treatment_failure}
        return Reason("response.no_failure", self.met(baseline, now), values)

    def inputs(self, _: RenalState, now: RenalState) -> Inputs:
        """Name both answers."""
        return {"treatment_failure": now.treatment_failure, "on_rescue": now.on_rescue}


class PrednisoneAtMost:
    """Prednisone equivalent in force at the visit at most `limit_mg_day`."""

    def __init__(self, limit_mg_day: float) -> None:
        self.limit = limit_mg_day

    def met(self, _: RenalState, now: RenalState) -> Truth:
        """Compare."""
        return is_at_most(now.prednisone_mg_day, self.limit)

    def reason(self, _: RenalState, now: RenalState) -> Reason:
        """Tell dose and limit."""
        dose, item = now.prednisone_mg_day, "prednisone_mg_day"
        return compare("response.prednisone", item, dose, "<=", self.limit, "mg/day")

    def inputs(self, _: RenalState, now: RenalState) -> Inputs:
        """Name the dose."""
        return {"prednisone_mg_day": now.prednisone_mg_day}
