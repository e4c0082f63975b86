"""KDIGO 2024 lupus nephritis response (Kidney Int 105(1S):S1-S69).

Read in two agreeing transcriptions of the guideline's table, not in the guideline itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import (
    U24,
    UPCR,
    conclude,
    function_preserved,
    lost,
    protein_fall,
    protein_level,
)
from lnmonitor.clinical.response.model import RenalState, ResponseResult, RuleSet
from lnmonitor.clinical.results import Citation, Rule

KDIGO_2024 = Citation(
    "KDIGO Lupus Nephritis Work Group",
    "Kidney Int 105(1S):S1-S69",
    2024,
    "10.1016/j.kint.2023.09.002",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "complete_protein_g": 0.5,
        "partial_fall": 0.5,
        "partial_protein_g": 3.0,
        "function_tolerance": 0.15,
    }
)
"""The guideline says 10-15 %: 15 % is the permissive reading."""
RULE = Rule("response-kdigo-2024", "1", (KDIGO_2024,), verified=False)

_ORDER = (UPCR, U24)


def judge(
    rule: Rule, baseline: RenalState, now: RenalState, parameters: Mapping[str, Parameter]
) -> ResponseResult:
    """Judge one visit.

    CR: protein < 0.5 g/g (50 mg/mmol) and kidney function stable or better within 15 % of baseline.
    PR: protein down by >= 50 % and < 3 g/g (300 mg/mmol), function likewise. Function is eGFR, or
    creatinine where eGFR is not known at both visits. The guideline expects a response within 6 to
    12 months; when it was reached is for the caller to show. Death or dialysis is NR.
    """
    if now.dead_or_dialysis:
        return lost(rule)
    function = function_preserved(baseline, now, parameters["function_tolerance"])
    complete = [
        protein_level(
            "response.protein_complete", now, _ORDER, "<", parameters["complete_protein_g"]
        ),
        function,
    ]
    partial = [
        protein_fall(baseline, now, _ORDER, parameters["partial_fall"]),
        protein_level(
            "response.protein_partial", now, _ORDER, "<", parameters["partial_protein_g"]
        ),
        function,
    ]
    return conclude(rule, complete, partial)


RULE_SET = RuleSet("kdigo-2024", RULE, PARAMETERS, judge)
