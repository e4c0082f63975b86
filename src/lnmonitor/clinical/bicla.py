"""BICLA, the BILAG-based combined lupus assessment (Wallace 2014, Ann Rheum Dis 73:183-90).

Every baseline A falls to B, C or D and every baseline B to C or D; no new A and at most one new B;
SLEDAI not above baseline; PGA not worse by more than 10 % of its scale (0.3 of 3); no treatment
outside the protocol. Read on the instrument's public page. Later trials ask for a PGA rise < 0.3.
"""

from __future__ import annotations

from lnmonitor.clinical import responder
from lnmonitor.clinical.bilag import Grade, Letters, letters_of
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.clinical.responder import IndexVisit, Responder
from lnmonitor.clinical.results import Citation, Row, Rule, Truth

WALLACE_2014 = Citation(
    "Wallace DJ, Kalunian K, Petri MA, et al.",
    "Ann Rheum Dis 73:183-90",
    2014,
    "10.1136/annrheumdis-2012-202760",
)
RULE_BICLA = Rule("bicla", "2", (WALLACE_2014,), verified=False)

PGA_RISE = 0.3
_ACTIVE = frozenset({Grade.A, Grade.B})
_QUIET = frozenset({Grade.C, Grade.D, Grade.E})


def _fell(before: Grade | None, after: Grade | None) -> Truth:
    """Whether a baseline A or B is better; a baseline without activity asks for nothing."""
    if after in _QUIET or before in _QUIET:
        return Truth.YES
    if before is None and after is Grade.A:
        return Truth.NO  # it stayed A or is a new one, and either fails
    if before is None or after is None:
        return Truth.UNKNOWN
    return Truth.of(before is Grade.A and after is Grade.B)


def _improved(baseline: Letters, now: Letters) -> Row:
    truths = list(map(_fell, baseline, now))
    stayed = [system for system, met in zip(SYSTEMS, truths, strict=True) if met is Truth.NO]
    return "index.bilag_improved", Truth.all(*truths), {"item": ", ".join(stayed) or "bilag"}


def _evaluable(baseline: Letters) -> Row:
    active = not _ACTIVE.isdisjoint(baseline)
    met = Truth.of(None if not active and None in baseline else active)
    return "index.baseline_active", met, {"item": "bilag"}


def assess(baseline: IndexVisit, now: IndexVisit, *, failed: bool | None) -> Responder:
    """Judge one visit. `failed`: treated outside the protocol; None leaves a responder open.

    Not evaluable without a baseline A or B. Raises InvalidInput for a PGA outside 0..3.
    """
    responder.check(baseline, now)
    before = letters_of(baseline.bilag)
    return responder.conclude(
        RULE_BICLA,
        _evaluable(before),
        (
            _improved(before, letters_of(now.bilag)),
            responder.no_new_activity(baseline, now),
            responder.sledai_change("index.sledai_not_above", baseline, now, 0),
            responder.pga_within(baseline, now, PGA_RISE, strict=False),
            responder.no_failure(failed),
        ),
    )
