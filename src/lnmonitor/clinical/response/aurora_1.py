"""AURORA-1 complete renal response (Rovin 2021, Lancet 397:2070-80).

UPCR <= 0.5 mg/mg; eGFR >= 60 or no confirmed fall of > 20 %; no rescue; prednisone not above
10 mg/day for >= 3 consecutive or >= 7 days in all of weeks 44-52. As adjudicated, eGFR disqualified
only where both of its limits failed, confirmed, and a related adverse event had affected it: that
is the default, `needs_related_event` leaves the event out. Read in the abstract and the register's
results; the partial response, a fall of UPCR by >= 50 %, is from knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.criteria import is_at_least
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import (
    U24,
    UPCR,
    Answered,
    Definition,
    Inputs,
    ProteinFall,
    ProteinLevel,
    judging,
    percent_of,
)
from lnmonitor.clinical.response.endpoint import NoFailure
from lnmonitor.clinical.response.model import RenalState, RuleSet
from lnmonitor.clinical.results import NO, YES, Citation, Reason, Rule, Scalar, Truth

ROVIN_2021 = Citation(
    "Rovin BH, Teng YKO, Ginzler EM, et al.",
    "Lancet 397:2070-80",
    2021,
    "10.1016/S0140-6736(21)00578-X",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "protein_g": 0.5,
        "egfr_floor": 60.0,
        "egfr_loss": 0.2,
        "partial_fall": 0.5,
        "needs_related_event": True,
    }
)
RULE = Rule("response-aurora-1", "2", (ROVIN_2021,), verified=False)

_ORDER = (UPCR, U24)


class _NoConfirmedFall:
    """eGFR disqualifies only if it is below both limits and a second sample confirmed it.

    With `by_event` only if a related adverse event affected it, too.
    """

    def __init__(self, floor: float, loss: float, *, by_event: bool) -> None:
        self.floor, self.left, self.percent = floor, 1 - loss, percent_of(loss)
        self.by_event = by_event

    def met(self, baseline: RenalState, now: RenalState) -> Truth:
        """Compare with both limits and ask for the confirmation and the event."""
        value, before = now.egfr, baseline.egfr
        above_floor = is_at_least(value, self.floor)
        if above_floor is YES:
            return YES
        return Truth.any(
            above_floor,
            is_at_least(value, None if before is None else before * self.left),
            Truth.of(now.egfr_fall_confirmed).negated,
            Truth.of(now.egfr_related_event).negated if self.by_event else NO,
        )

    def reason(self, baseline: RenalState, now: RenalState) -> Reason:
        """Tell the value, the floor and the baseline."""
        code = "response.egfr_no_confirmed_fall"
        values: dict[str, Scalar] = {
            "item": "egfr",
            "value": now.egfr,
            "limit": self.floor,
            "unit": "mL/min/1.73 m²",
            "baseline": baseline.egfr,
            "percent": self.percent,
        }
        if self.by_event:
            code = "response.egfr_no_related_fall"
            values["event"] = now.egfr_related_event
        return Reason(code, self.met(baseline, now), values)

    def inputs(self, baseline: RenalState, now: RenalState) -> Inputs:
        """Name the value, its baseline, the confirmation and the event."""
        asked: Inputs = {
            "egfr": now.egfr,
            "egfr_baseline": baseline.egfr,
            "egfr_fall_confirmed": now.egfr_fall_confirmed,
        }
        return {**asked, "egfr_related_event": now.egfr_related_event} if self.by_event else asked


def define(parameters: Mapping[str, Parameter]) -> Definition:
    """Return the criteria; the trial judged week 52, where a missing visit is no response."""
    return Definition(
        (
            ProteinLevel("response.protein_endpoint", _ORDER, "<=", parameters["protein_g"]),
            _NoConfirmedFall(
                parameters["egfr_floor"],
                parameters["egfr_loss"],
                by_event=bool(parameters["needs_related_event"]),
            ),
            NoFailure(),
            Answered("response.steroid_allowance", "steroid_allowance_kept", wanted=True),
        ),
        (ProteinFall(_ORDER, parameters["partial_fall"]),),
    )


RULE_SET = RuleSet("aurora-1", RULE, PARAMETERS, judging(PARAMETERS, define))
