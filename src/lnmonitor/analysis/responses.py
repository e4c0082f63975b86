"""Renal response at a visit by every rule set of the protocol, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from lnmonitor.analysis.model import guarded
from lnmonitor.clinical import response
from lnmonitor.clinical.parameters import Option
from lnmonitor.clinical.response import Parameter, RenalState, ResponseResult
from lnmonitor.clinical.results import Outcome, Rule
from lnmonitor.study.protocol import Protocol


def parameters_of(protocol: Protocol, rule_set: str) -> Mapping[str, Parameter]:
    """Return the protocol's own numbers for a rule set."""
    return cast(Mapping[str, Parameter], protocol.parameters.get(rule_set, {}))


Given = tuple[tuple[str, Option], ...]
"""Overrides of a rule, as a key of what is remembered."""


def given_of(protocol: Protocol, rule: str) -> Given:
    """Return the protocol's own parameters of a rule, names in order."""
    return tuple(sorted(protocol.parameters.get(rule, {}).items()))


def respond(baseline: RenalState, now: RenalState, protocol: Protocol) -> dict[str, Outcome]:
    """Return the response by the primary and the other rule sets of the protocol, in this order."""
    return {
        f"response.{rule_set}": _respond(rule_set, baseline, now, protocol)
        for rule_set in (protocol.response_rule, *protocol.other_response_rules)
    }


def _respond(rule_set: str, baseline: RenalState, now: RenalState, protocol: Protocol) -> Outcome:
    known = response.RULE_SETS.get(rule_set)
    rule = known.rule if known else Rule(f"response-{rule_set}", "0")
    given = tuple(sorted(parameters_of(protocol, rule_set).items()))
    return guarded(rule, lambda: _assess(rule_set, rule.version, baseline, now, given))


@lru_cache(maxsize=16384)
def _assess(
    rule_set: str,
    _version: str,
    baseline: RenalState,
    now: RenalState,
    parameters: tuple[tuple[str, Parameter], ...],
) -> ResponseResult:
    """Assess once: a patient is evaluated after every save, and nearly all visits are as before."""
    return response.assess(rule_set, baseline=baseline, now=now, parameters=dict(parameters))
