"""Renal response at a visit, by any of the published definitions, each explaining itself.

A further definition is one new file here and one entry in RULE_SETS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Parameter, with_overrides
from lnmonitor.clinical.response import (
    acr_2024,
    aurora_1,
    bliss,
    eular_2019,
    eular_2025,
    kdigo_2024,
    set_a,
    set_b,
)
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
    "side_by_side",
]

RULE_SETS: Mapping[str, RuleSet] = {
    rule_set.id: rule_set
    for rule_set in (
        set_a.RULE_SET,
        kdigo_2024.RULE_SET,
        eular_2019.RULE_SET,
        eular_2025.RULE_SET,
        acr_2024.RULE_SET,
        set_b.RULE_SET,
        bliss.PERR,
        bliss.CRR,
        aurora_1.RULE_SET,
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
    rule_set = RULE_SETS.get(rule_set_id)
    if rule_set is None:
        raise InvalidInput("response rule set", rule_set_id, None, " or ".join(RULE_SETS))
    check_state(baseline)
    check_state(now)
    if parameters:
        return _judge_by(parameters, rule_set, baseline, now)
    return rule_set.judge(_WITH_DEFAULTS[rule_set_id], baseline, now, rule_set.parameters)


_WITH_DEFAULTS = {
    name: replace(each.rule, parameters=dict(each.parameters)) for name, each in RULE_SETS.items()
}

_USUAL = tuple(
    [(each.judge, _WITH_DEFAULTS[name], each.parameters) for name, each in RULE_SETS.items()]
)
"""What judges by every rule set with its defaults."""


def _judge_by(
    parameters: Mapping[str, Parameter], rule_set: RuleSet, baseline: RenalState, now: RenalState
) -> ResponseResult:
    """Judge by a protocol's own parameters, with all that are in force on the result's rule."""
    in_force = with_overrides(rule_set.id, rule_set.parameters, parameters)
    return rule_set.judge(replace(rule_set.rule, parameters=in_force), baseline, now, in_force)


def side_by_side(
    *,
    baseline: RenalState,
    now: RenalState,
    parameters: Mapping[str, Mapping[str, Parameter]] | None = None,
) -> tuple[ResponseResult, ...]:
    """Return the response at one visit by every rule set, in the order of RULE_SETS.

    `parameters` maps rule set ids to overrides, as a protocol holds them. Each result names its
    rule and says why, so that the answers can be shown beside one another. Raises as `assess` does.
    """
    unknown = sorted(set(parameters) - set(RULE_SETS)) if parameters else None
    if unknown:
        raise InvalidInput("response rule set", unknown[0], None, " or ".join(RULE_SETS))
    check_state(baseline)
    check_state(now)
    if not parameters:
        return tuple([judge(rule, baseline, now, usual) for judge, rule, usual in _USUAL])
    return tuple(
        [
            _judge_by(parameters.get(name) or {}, each, baseline, now)
            for name, each in RULE_SETS.items()
        ]
    )
