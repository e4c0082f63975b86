"""Activity against the assessment before: SLEDAI-2K bands, BILAG flares, severity of the letters.

Bands and change of SLEDAI-2K as in `clinical.sledai`; a range has a band, or a change, where all of
it lies in one. BILAG flares by every rule of the protocol, on the letters of the visit before that
has the form. None of them is an endpoint here: they tell a reader what a number means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product

from lnmonitor.analysis.activity import settled_letters
from lnmonitor.analysis.model import SledaiBand, guarded
from lnmonitor.clinical import bilag_flare, sledai
from lnmonitor.clinical.bilag import BilagGrade
from lnmonitor.clinical.bilag_flare import BilagFlare
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.study.protocol import BILAG_FLARE_RULES, Protocol

RULE_BAND = Rule("sledai-band", "1", (sledai.GLADMAN_2002,), verified=False)
"""Bands and the change of four points: read in one table of several in use."""
Letters = Mapping[str, BilagGrade]
_FLARES: Mapping[str, Callable[[Letters, Letters], BilagFlare]] = {
    "trial": bilag_flare.trial,
    "gordon-2003": bilag_flare.gordon_2003,
}
"""Those without parameters."""


@dataclass
class ChangeHistory:
    """The last SLEDAI-2K with its visit, and the last BILAG letters."""

    score: SledaiScore | None = None
    visit_code: str = ""
    letters: Letters | None = None


def judge_changes(
    visit_code: str, outcomes: Mapping[str, Outcome], before: ChangeHistory, protocol: Protocol
) -> dict[str, Outcome]:
    """Return "sledai.band", "bilag_flare.<rule>" and "bilag_band" of a visit, and remember it.

    Args:
        outcomes: the visit's SLEDAI and BILAG results.
    """
    found: dict[str, Outcome] = {}
    score = outcomes.get("sledai")
    if isinstance(score, SledaiScore):
        found["sledai.band"] = _band(score, before)
        before.score, before.visit_code = score, visit_code
    if "bilag.total" in outcomes:  # all nine systems were assessed
        letters = settled_letters(outcomes)
        found |= _flares(letters, before.letters, protocol)
        own = protocol.parameters.get(bilag_flare.RULE_BSR_BAND.id)
        found["bilag_band"] = bilag_flare.bsr_band(letters, parameters=own)
        before.letters = letters
    return found


def _flares(now: Letters, before: Letters | None, protocol: Protocol) -> dict[str, Outcome]:
    if before is None:
        return {}
    found: dict[str, Outcome] = {}
    own = protocol.parameters.get(bilag_flare.RULE_ISENBERG_2011.id)
    isenberg = partial(bilag_flare.isenberg_2011, parameters=own)
    for name in protocol.bilag_flare_rules:
        judged = partial(_FLARES.get(name, isenberg), before, now)
        found[f"bilag_flare.{name}"] = guarded(BILAG_FLARE_RULES[name], judged)
    return found


def _band(score: SledaiScore, before: ChangeHistory) -> SledaiBand:
    """Return band and change, each None where the range reaches over a limit."""
    earlier = before.score
    bands = {sledai.activity_band(points) for points in (score.low, score.high)}
    band = bands.pop() if len(bands) == 1 else None
    change = None
    if earlier is not None:
        ends = product({earlier.low, earlier.high}, {score.low, score.high})
        changes = {sledai.change_band(*pair) for pair in ends}
        change = changes.pop() if len(changes) == 1 else None
    values: dict[str, Scalar] = {"item": "sledai", "value": score.score, "band": band}
    reasons = [Reason("sledai.band", Truth.of(True if band else None), values)]
    if earlier is not None:
        told: dict[str, Scalar] = {
            "item": "sledai",
            "value": score.score,
            "previous": earlier.score,
            "visit": before.visit_code,
            "change": change,
        }
        reasons.append(Reason("sledai.change", Truth.of(True if change else None), told))
    missing = () if band and (change or earlier is None) else score.missing
    return SledaiBand(RULE_BAND, tuple(reasons), missing, band, change)
