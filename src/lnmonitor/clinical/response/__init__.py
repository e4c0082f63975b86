"""Renal response at a visit, by any of the published definitions, each explaining itself.

A further definition is one new file here and one entry in RULE_SETS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Parameter, with_overrides
from lnmonitor.clinical.response import acr_2024, eular_2019, eular_2025, kdigo_2024, set_a
from lnmonitor.clinical.response.clauses import check_state
from lnmonitor.clinical.response.model import (
    RenalState,
    Response,
    ResponseResult,
    RuleSet,
)

__all__ = [
    "RULE_SETS",
    "Parameter",
    "RenalState",
    "Response",
    "ResponseResult",
    "RuleSet",
    "assess",
]

RULE_SETS: Mapping[str, RuleSet] = {
    rule_set.id: rule_set
    for rule_set in (
        set_a.RULE_SET,
        kdigo_2024.RULE_SET,
        eular_2019.RULE_SET,
        eular_2025.RULE_SET,
        acr_2024.RULE_SET,
    )
}


def assess(
    rule_set_id: str,
    *,
    baseline: RenalState,
    now: RenalState,
    parameters: Mapping[str, Parameter] | None = None,
) -> ResponseResult:
    """Return the response at one visit against the baseline.

    `parameters` overrides the rule set's defaults (`RULE_SETS[id].parameters`) and is stored in the
    result's rule. Raises InvalidInput for an unknown rule set or parameter or an impossible value.
    """
    if rule_set_id not in RULE_SETS:
        raise InvalidInput("response rule set", rule_set_id, None, " or ".join(RULE_SETS))
    rule_set = RULE_SETS[rule_set_id]
    in_force = with_overrides(rule_set_id, rule_set.parameters, parameters)
    check_state(baseline)
    check_state(now)
    return rule_set.judge(replace(rule_set.rule, parameters=in_force), baseline, now, in_force)
