"""SRI-4, the SLE responder index (Furie 2009, Arthritis Rheum 61:1143-51).

SELENA-SLEDAI or SLEDAI-2K down by >= 4, no new BILAG A and at most one new B, PGA up by < 0.3, all
against baseline. Read in an abstract and an outcome table. That a baseline score of >= 4 is needed
and that a drop-out or rescued patient is a non-responder are from knowledge, so the numbers are
protocol parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lnmonitor.clinical.parameters import Choice, Number, Overrides, Parameters, Whole
from lnmonitor.clinical.responder import (
    Compared,
    Index,
    IndexVisit,
    NoFailure,
    NoNewActivity,
    PgaRise,
    Responder,
    SledaiChange,
)
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Row, Rule, Truth

FURIE_2009 = Citation(
    "Furie RA, Petri MA, Wallace DJ, et al.",
    "Arthritis Rheum 61:1143-51",
    2009,
    "10.1002/art.24698",
)
RULE_SRI_4 = Rule("sri-4", "2", (FURIE_2009,), verified=False)

PARAMETERS = Parameters(
    RULE_SRI_4.id,
    {
        "sledai_fall": Whole(4, least=1),
        "baseline_sledai": Whole(4),
        "pga_rise": Number(0.3, most=3),
        "pga_operator": Choice(("<", "<=")),
    },
)


@dataclass(frozen=True)
class _HighBaseline:
    """The baseline score is >= `least`, whatever the missing items are."""

    least: int

    def met(self, visit: Compared) -> Truth:
        """Compare both ends of the range."""
        before = visit.baseline.sledai
        if before.low >= self.least:
            return YES
        return NO if before.high < self.least else UNKNOWN

    def row(self, visit: Compared) -> Row:
        """Tell the score."""
        values = {"item": "sledai", "value": visit.baseline.sledai.score, "limit": self.least}
        return "index.baseline_score", self.met(visit), values


def _index(given: Mapping[str, Any]) -> Index:
    return Index(
        PARAMETERS.rule(RULE_SRI_4, given),
        _HighBaseline(given["baseline_sledai"]),
        (
            SledaiChange("index.sledai_fall", -given["sledai_fall"]),
            NoNewActivity(),
            PgaRise(given["pga_operator"], given["pga_rise"]),
            NoFailure(),
        ),
    )


_index_by = PARAMETERS.prepared(_index)


def assess(
    baseline: IndexVisit,
    now: IndexVisit,
    *,
    failed: bool | None,
    parameters: Overrides | None = None,
) -> Responder:
    """Judge one visit. `failed`: dropped out or rescued; None leaves a responder open.

    `parameters` overrides those of `PARAMETERS`. Raises InvalidInput for a PGA outside 0..3, and
    for an unknown parameter or an impossible one.
    """
    return _index_by(parameters).assess(baseline, now, failed)
