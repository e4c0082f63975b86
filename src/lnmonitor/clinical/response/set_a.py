"""Set A: response as the Nanjing trials of the time reported it, the trial's primary definition.

Gu 2014 (doi 10.1007/s10067-014-2754-4) names complete and partial remission; its own wording was
not seen. 0.5 g and the 50 % fall are shared with KDIGO 2024 and Ranjbar 2022, the other numbers are
protocol parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import (
    U24,
    UPCR,
    albumin_at_least,
    conclude,
    creatinine_normal_or_stable,
    creatinine_recovered,
    creatinine_stable,
    lost,
    no_rescue,
    protein_fall,
    protein_level,
    sediment_inactive,
)
from lnmonitor.clinical.response.model import RenalState, ResponseResult, RuleSet
from lnmonitor.clinical.results import Citation, Rule

GU_2014 = Citation(
    "Gu F, Wang D, Zhang H, et al.",
    "Clin Rheumatol 33:1611-9",
    2014,
    "10.1007/s10067-014-2754-4",
)
RANJBAR_2022 = Citation("Ranjbar A, et al.", "Curr Res Transl Med 70:103324", 2022)

PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "complete_protein_g": 0.5,
        "creatinine_times_baseline": 1.15,
        "complete_needs_albumin": False,
        "albumin_g_l": 35.0,
        "partial_fall": 0.5,
        "partial_protein_g": 3.5,
        "partial_needs_creatinine_recovery": True,
        "creatinine_recovery_fall": 0.25,
    }
)
RULE = Rule("response-set-a", "1", (GU_2014, RANJBAR_2022), verified=False)

_ORDER = (U24, UPCR)
"""A ratio counts only without a 24-hour collection."""


def judge(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """Judge one visit.

    CR: protein < 0.5 g, inactive sediment, creatinine normal or <= 115 % of baseline, albumin
    >= 35 g/L if asked for. PR: protein down by >= 50 % and < 3.5 g, creatinine <= 115 % of
    baseline, and, where it was raised at baseline, down by >= 25 % or normal. Rescue therapy,
    death, dialysis or transplantation is NR.
    """
    if now.dead_or_dialysis:
        return lost(rule)
    stable = creatinine_stable(baseline, now, parameters["creatinine_times_baseline"])
    rescue = no_rescue(now)
    complete = [
        protein_level(
            "response.protein_complete", now, _ORDER, "<", parameters["complete_protein_g"]
        ),
        sediment_inactive(now),
        creatinine_normal_or_stable(baseline, now, stable),
        rescue,
    ]
    if parameters["complete_needs_albumin"]:
        complete.append(albumin_at_least(now, parameters["albumin_g_l"]))
    partial = [
        protein_fall(baseline, now, _ORDER, parameters["partial_fall"]),
        protein_level(
            "response.protein_partial", now, _ORDER, "<", parameters["partial_protein_g"]
        ),
        stable,
        rescue,
    ]
    if parameters["partial_needs_creatinine_recovery"]:
        fall = parameters["creatinine_recovery_fall"]
        partial.append(creatinine_recovered(baseline, now, fall))
    return conclude(rule, complete, partial)


RULE_SET = RuleSet("set-a", RULE, PARAMETERS, judge)
