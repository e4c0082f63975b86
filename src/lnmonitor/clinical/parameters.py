"""Protocol parameters of a rule set: numbers a protocol may change, with the set's defaults."""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.clinical.criteria import require_finite
from lnmonitor.clinical.errors import InvalidInput

Parameter = float | bool


def with_overrides(
    rule_set_id: str,
    defaults: Mapping[str, Parameter],
    overrides: Mapping[str, Parameter] | None,
) -> dict[str, Parameter]:
    """Return the defaults with the protocol's changes.

    Raises InvalidInput for a name the rule set does not know: a misspelt parameter must not pass as
    the default.
    """
    for name, value in (overrides or {}).items():
        if name not in defaults:
            known = "one of " + ", ".join(defaults)
            raise InvalidInput(f"parameter of {rule_set_id}", name, None, known)
        require_finite(name, value, None)
    return {**defaults, **(overrides or {})}
