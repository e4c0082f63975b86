"""Response definition."""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.clinical.response.model import RenalState, ResponseResult, RuleSet
from lnmonitor.clinical.results import Rule, Scalar

RULE = Rule("response-set-a", "1")


def judge(
    baseline: RenalState, now: RenalState, parameters: Mapping[str, Scalar]
) -> ResponseResult:
    """Return the response."""
    raise NotImplementedError


RULE_SET = RuleSet("set-a", RULE, {}, judge)
