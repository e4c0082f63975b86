"""SRI-4, the SLE responder index (Furie 2009, Arthritis Rheum 61:1143-51).

SELENA-SLEDAI or SLEDAI-2K down by >= 4, no new BILAG A and at most one new B, PGA up by < 0.3, all
against baseline. Read in an abstract and an outcome table. That a baseline score of >= 4 is needed
and that a drop-out or rescued patient is a non-responder are from knowledge.
"""

from __future__ import annotations

from lnmonitor.clinical import responder
from lnmonitor.clinical.responder import IndexVisit, Responder
from lnmonitor.clinical.results import Citation, Row, Rule, Scalar, Truth

FURIE_2009 = Citation(
    "Furie RA, Petri MA, Wallace DJ, et al.",
    "Arthritis Rheum 61:1143-51",
    2009,
    "10.1002/art.24698",
)
RULE_SRI_4 = Rule("sri-4", "2", (FURIE_2009,), verified=False)

FALL = 4
PGA_RISE = 0.3


def _evaluable(baseline: IndexVisit) -> Row:
    met = Truth.UNKNOWN
    if baseline.sledai.low >= FALL:
        met = Truth.YES
    elif baseline.sledai.high < FALL:
        met = Truth.NO
    values: dict[str, Scalar] = {"item": "sledai", "value": baseline.sledai.score, "limit": FALL}
    return "index.baseline_score", met, values


def assess(baseline: IndexVisit, now: IndexVisit, *, failed: bool | None) -> Responder:
    """Judge one visit. `failed`: dropped out or rescued; None leaves a responder open.

    Raises InvalidInput for a PGA outside 0..3.
    """
    responder.check(baseline, now)
    return responder.conclude(
        RULE_SRI_4,
        _evaluable(baseline),
        (
            responder.sledai_change("index.sledai_fall", baseline, now, -FALL),
            responder.no_new_activity(baseline, now),
            responder.pga_within(baseline, now, PGA_RISE, strict=True),
            responder.no_failure(failed),
        ),
    )
