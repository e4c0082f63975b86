"""Renal flares in a patient's course, by selectable definitions; each explains itself.

A further definition is one new file here and one entry in RULE_SETS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lnmonitor.clinical.flare.model import FlareFinding, FlareObservation, FlareRuleSet
from lnmonitor.clinical.results import Scalar

__all__ = ["DEFAULT", "RULE_SETS", "FlareFinding", "FlareObservation", "FlareRuleSet", "detect"]

DEFAULT = "flare-renal"
RULE_SETS: Mapping[str, FlareRuleSet] = {}


def detect(
    observations: Sequence[FlareObservation],
    parameters: Mapping[str, Scalar] | None = None,
    *,
    rule_set_id: str = DEFAULT,
) -> list[FlareFinding]:
    """Return every suspected and confirmed renal flare, in order of onset.

    `observations` may come in any order. `parameters` overrides the rule set's defaults; an unknown
    rule set or parameter raises InvalidInput.
    """
    raise NotImplementedError
