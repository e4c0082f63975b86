"""SRI-4, the SLE responder index (Furie 2009, Arthritis Rheum 61:1143-51).

SELENA-SLEDAI or SLEDAI-2K down by >= 4, no new BILAG A and at most one new B, PGA up by < 0.3, all
against baseline. Read in an abstract and an outcome table. That a baseline score of >= 4 is needed
and that a drop-out or rescued patient is a non-responder are from knowledge.
"""

from __future__ import annotations

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

FALL = 4
PGA_RISE = 0.3


class _HighBaseline:
    """The baseline score is >= FALL, whatever the missing items are: a lower one cannot fall so."""

    def met(self, visit: Compared) -> Truth:
        """Compare both ends of the range."""
        before = visit.baseline.sledai
        if before.low >= FALL:
            return YES
        return NO if before.high < FALL else UNKNOWN

    def row(self, visit: Compared) -> Row:
        """Tell the score."""
        values = {"item": "sledai", "value": visit.baseline.sledai.score, "limit": FALL}
        return "index.baseline_score", self.met(visit), values


_SRI_4 = Index(
    RULE_SRI_4,
    _HighBaseline(),
    (
        SledaiChange("index.sledai_fall", -FALL),
        NoNewActivity(),
        PgaRise("<", PGA_RISE),
        NoFailure(),
    ),
)


def assess(baseline: IndexVisit, now: IndexVisit, *, failed: bool | None) -> Responder:
    """Judge one visit. `failed`: dropped out or rescued; None leaves a responder open.

    Raises InvalidInput for a PGA outside 0..3.
    """
    return _SRI_4.assess(baseline, now, failed)
