"""Renal flares in a patient's course, by selectable definitions; each explains itself.

A further definition is one new file here and one entry in RULE_SETS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.flare import (
    aurora_2,
    childhood,
    eular_2012,
    flare_renal,
    kdigo_2012,
    moroni,
)
from lnmonitor.clinical.flare.model import (
    Definition,
    FlareFinding,
    FlareObservation,
    FlareRuleSet,
    Followed,
    Undecided,
)
from lnmonitor.clinical.flare.walk import walk
from lnmonitor.clinical.parameters import Parameter, with_overrides
from lnmonitor.clinical.response.clauses import check_state
from lnmonitor.clinical.results import Rule

__all__ = [
    "DEFAULT",
    "RULE_SETS",
    "FlareFinding",
    "FlareObservation",
    "FlareRuleSet",
    "Followed",
    "Undecided",
    "detect",
    "follow",
]

DEFAULT = "flare-renal"
RULE_SETS: Mapping[str, FlareRuleSet] = {
    rule_set.id: rule_set
    for rule_set in (
        flare_renal.RULE_SET,
        aurora_2.RULE_SET,
        eular_2012.RULE_SET,
        moroni.RULE_SET,
        kdigo_2012.RULE_SET,
        childhood.RULE_SET,
    )
}

_WITH_DEFAULTS = {
    name: (replace(each.rule, parameters=dict(each.parameters)), each.define(each.parameters))
    for name, each in RULE_SETS.items()
}
_DAY = attrgetter("day")


def detect(
    observations: Sequence[FlareObservation],
    parameters: Mapping[str, Parameter] | None = None,
    *,
    rule_set_id: str = DEFAULT,
) -> list[FlareFinding]:
    """Return every suspected and confirmed renal flare, in order of onset.

    `observations` may come in any order. `parameters` overrides the rule set's defaults and is
    stored in each finding's rule. Raises InvalidInput for an unknown rule set or parameter or an
    impossible value. A sample that leaves open whether it exceeds gives no finding: see `follow`.
    """
    return walk(*_prepared(observations, parameters, rule_set_id))


def follow(
    observations: Sequence[FlareObservation],
    parameters: Mapping[str, Parameter] | None = None,
    *,
    rule_set_id: str = DEFAULT,
) -> Followed:
    """Return what `detect` finds, and the samples at which a flare can be neither told nor denied.

    Without those, "no flare" is said of what was measured alone.
    """
    undecided: list[Undecided] = []
    findings = walk(*_prepared(observations, parameters, rule_set_id), undecided)
    return Followed(tuple(findings), tuple(undecided))


def _prepared(
    observations: Sequence[FlareObservation],
    parameters: Mapping[str, Parameter] | None,
    rule_set_id: str,
) -> tuple[Rule, list[FlareObservation], Definition[Any]]:
    """Return the rule in force, the checked observations in order of day, and the definition."""
    if rule_set_id not in RULE_SETS:
        raise InvalidInput("flare rule set", rule_set_id, None, " or ".join(RULE_SETS))
    rule, definition = _WITH_DEFAULTS[rule_set_id]
    if parameters:
        rule_set = RULE_SETS[rule_set_id]
        in_force = with_overrides(rule_set_id, rule_set.parameters, parameters)
        rule = replace(rule_set.rule, parameters=in_force)
        definition = rule_set.define(in_force)
    for observation in observations:
        check_state(observation.state)
    return rule, sorted(observations, key=_DAY), definition
