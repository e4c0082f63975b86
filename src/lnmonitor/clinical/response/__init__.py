"""Renal response at a visit, by any of the published definitions, each explaining itself.

A further definition is one new file here and one entry in RULE_SETS.
"""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.response import kdigo_2024, set_a
from lnmonitor.clinical.response.model import (
    Parameter,
    RenalState,
    Response,
    ResponseResult,
    RuleSet,
)
from lnmonitor.clinical.results import Scalar

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
    rule_set.id: rule_set for rule_set in (set_a.RULE_SET, kdigo_2024.RULE_SET)
}


def assess(
    rule_set_id: str,
    *,
    baseline: RenalState,
    now: RenalState,
    parameters: Mapping[str, Scalar] | None = None,
) -> ResponseResult:
    """Return the response at one visit against the baseline.

    `parameters` overrides the rule set's defaults (`RULE_SETS[id].parameters`); an unknown rule set
    or parameter raises InvalidInput.
    """
    raise NotImplementedError
