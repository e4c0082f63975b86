"""The rules and checks that take parameters of a protocol, by the names that its file uses.

One registry serves to refuse what no rule reads, to list what can be set, and to know when stored
results were made by other numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lnmonitor.clinical import (
    bicla,
    bilag_flare,
    bilag_haematological,
    bilag_renal,
    flare,
    low_activity,
    response,
    response_course,
    selena_flare,
    sri4,
    urine_collection,
)
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Option, Parameters, plain
from lnmonitor.study.cross_checks import NUMBERS

Given = Mapping[str, Mapping[str, Option]]
"""What a protocol sets, by rule and parameter."""

RULE_PARAMETERS: Mapping[str, Parameters] = {
    **{name: plain(name, one.parameters) for name, one in response.RULE_SETS.items()},
    **{name: plain(name, one.parameters) for name, one in flare.RULE_SETS.items()},
    **{
        one.rule_id: one
        for one in (
            bilag_haematological.PARAMETERS,
            bilag_renal.PARAMETERS,
            bilag_flare.ISENBERG_PARAMETERS,
            bilag_flare.BSR_PARAMETERS,
            selena_flare.PARAMETERS,
            sri4.PARAMETERS,
            bicla.PARAMETERS,
            low_activity.LLDAS_PARAMETERS,
            low_activity.DORIS_PARAMETERS,
            plain(response_course.RULE_MCR_PCR.id, response_course.PARAMETERS),
            plain(urine_collection.RULE_COLLECTION.id, urine_collection.PARAMETERS),
        )
    },
}

CHECK_PARAMETERS: Mapping[str, Parameters] = {
    check: plain(check, numbers) for check, numbers in NUMBERS.items()
}
"""Those of the cross-field checks; no stored result stands on them."""

_RULE_SETS: Mapping[str, str] = {
    **{one.rule.id: name for name, one in response.RULE_SETS.items()},
    **{one.rule.id: name for name, one in flare.RULE_SETS.items()},
}
"""Rule sets have shorter names in a protocol than in results."""


def defaults_of(rule_id: str) -> Mapping[str, Option]:
    """Return the defaults of a rule by the id that results name; empty for one without."""
    return RULE_PARAMETERS.get(_RULE_SETS.get(rule_id, rule_id), {})


def in_force(given: Given) -> dict[str, dict[str, Option]]:
    """Return every parameter of every rule as a protocol leaves it.

    Raises InvalidInput for an unknown parameter of a rule or an impossible value.
    """
    return {name: known.in_force(given.get(name)) for name, known in RULE_PARAMETERS.items()}


def problems(given: Mapping[str, Any]) -> Iterator[str]:
    """Name every override that no rule reads, for it must not pass as the default, or can take."""
    for rule, values in given.items():
        known = RULE_PARAMETERS.get(rule) or CHECK_PARAMETERS.get(rule)
        if known is None:
            listed = ", ".join((*RULE_PARAMETERS, *CHECK_PARAMETERS))
            yield f"parameters of {rule}, which is no rule with parameters: {listed}"
            continue
        if not isinstance(values, Mapping):
            yield f"parameters of {rule} is no table"
            continue
        listed = ", ".join(known)
        yield from (
            f"parameter {name} of {rule} unknown, known are {listed}"
            for name in values
            if name not in known
        )
        try:
            known.in_force({name: value for name, value in values.items() if name in known})
        except InvalidInput as error:
            yield f"parameter of {rule}: {error}"
