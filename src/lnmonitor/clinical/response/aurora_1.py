"""AURORA-1 complete renal response (Rovin 2021, Lancet 397:2070-80).

UPCR <= 0.5 mg/mg; eGFR >= 60 or no confirmed fall of > 20 %; no rescue; prednisone not above
10 mg/day for >= 3 consecutive or >= 7 days in all of weeks 44-52. Read in the abstract and the
register's results; the partial response, a fall of UPCR by >= 50 %, is from knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import (
    U24,
    UPCR,
    Clause,
    clause,
    conclude,
    lost,
    protein_fall,
    protein_level,
)
from lnmonitor.clinical.response.endpoint import no_failure
from lnmonitor.clinical.response.model import RenalState, ResponseResult, RuleSet
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth

ROVIN_2021 = Citation(
    "Rovin BH, Teng YKO, Ginzler EM, et al.",
    "Lancet 397:2070-80",
    2021,
    "10.1016/S0140-6736(21)00578-X",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"protein_g": 0.5, "egfr_floor": 60.0, "egfr_loss": 0.2, "partial_fall": 0.5}
)
RULE = Rule("response-aurora-1", "1", (ROVIN_2021,), verified=False)

_ORDER = (UPCR, U24)


def _egfr(baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]) -> Clause:
    """eGFR disqualifies only if it is below both limits and a second sample confirmed it."""
    loss, before = parameters["egfr_loss"], baseline.egfr
    limit = None if before is None else before * (1 - loss)
    kept = Truth.any(
        truth(now.egfr, ">=", parameters["egfr_floor"]),
        truth(now.egfr, ">=", limit),
        Truth.of(now.egfr_fall_confirmed).negated,
    )
    values = {
        "item": "egfr",
        "value": now.egfr,
        "limit": parameters["egfr_floor"],
        "unit": "mL/min/1.73 m²",
        "baseline": before,
        "percent": round(100 * loss, 6),
    }
    return clause(
        Reason("response.egfr_no_confirmed_fall", kept, values),
        egfr=now.egfr,
        egfr_baseline=before,
        egfr_fall_confirmed=now.egfr_fall_confirmed,
    )


def _steroid(now: RenalState) -> Clause:
    kept = now.steroid_allowance_kept
    values = {"item": "steroid_allowance_kept", "value": kept}
    reason = Reason("response.steroid_allowance", Truth.of(kept), values)
    return clause(reason, steroid_allowance_kept=kept)


def judge(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """Judge one visit; the trial judged week 52, where a missing visit is no response."""
    if now.dead_or_dialysis:
        return lost(rule)
    limit = parameters["protein_g"]
    complete = [
        protein_level("response.protein_endpoint", now, _ORDER, "<=", limit),
        _egfr(baseline, now, parameters),
        no_failure(now),
        _steroid(now),
    ]
    return conclude(
        rule, complete, [protein_fall(baseline, now, _ORDER, parameters["partial_fall"])]
    )


RULE_SET = RuleSet("aurora-1", RULE, PARAMETERS, judge)
