"""BLISS-LN endpoints: PERR and CRR (Furie 2020, N Engl J Med 383:1117-28).

Read in the label and the trial register, not in the article. PERR, the primary efficacy renal
response, has no complete grade of its own: a responder is reported as PR; the CRR set reports CR.
The trial judged week 104 and asked for two consecutive visits: showing both is for the caller. The
eGFR reference is the value before the flare (the open-label extension took its own baseline).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import U24, UPCR, Clause, conclude, lost, protein_level
from lnmonitor.clinical.response.endpoint import egfr_kept, no_failure, prednisone_at_most
from lnmonitor.clinical.response.model import RenalState, ResponseResult, RuleSet
from lnmonitor.clinical.results import Citation, Rule

FURIE_2020 = Citation(
    "Furie R, Rovin BH, Houssiau F, et al.",
    "N Engl J Med 383:1117-28",
    2020,
    "10.1056/NEJMoa2001180",
)
PERR_PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"protein_g": 0.7, "egfr_floor": 60.0, "egfr_loss": 0.2, "prednisone_mg_day": 10.0}
)
CRR_PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {"protein_g": 0.5, "egfr_floor": 90.0, "egfr_loss": 0.1, "prednisone_mg_day": 10.0}
)
"""Prednisone <= 10 mg/day was asked for from week 24 on; here at every visit that is judged."""
RULE_PERR = Rule("response-bliss-perr", "1", (FURIE_2020,), verified=False)
RULE_CRR = Rule("response-bliss-crr", "1", (FURIE_2020,), verified=False)

_ORDER = (UPCR, U24)


def _clauses(
    operator: str, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> list[Clause]:
    before = now.pre_flare_egfr
    reference = before if before is not None else baseline.pre_flare_egfr
    limit = parameters["protein_g"]
    return [
        protein_level("response.protein_endpoint", now, _ORDER, operator, limit),
        egfr_kept(now, reference, parameters["egfr_floor"], parameters["egfr_loss"]),
        no_failure(now),
        prednisone_at_most(now, parameters["prednisone_mg_day"]),
    ]


def judge_perr(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """UPCR <= 0.7, eGFR >= 60 or <= 20 % below pre-flare, no failure, prednisone <= 10 mg/day."""
    if now.dead_or_dialysis:
        return lost(rule)
    return conclude(rule, None, _clauses("<=", baseline, now, parameters))


def judge_crr(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """UPCR < 0.5, eGFR >= 90 or <= 10 % below pre-flare, no failure, prednisone <= 10 mg/day."""
    if now.dead_or_dialysis:
        return lost(rule)
    return conclude(rule, _clauses("<", baseline, now, parameters), None)


PERR = RuleSet("bliss-perr", RULE_PERR, PERR_PARAMETERS, judge_perr)
CRR = RuleSet("bliss-crr", RULE_CRR, CRR_PARAMETERS, judge_crr)
