"""BICLA, the BILAG-based combined lupus assessment (Wallace 2014, Ann Rheum Dis 73:183-90).

Every baseline A falls to B, C or D and every baseline B to C or D; no new A and at most one new B;
SLEDAI not above baseline; PGA not worse by more than 10 % of its scale (0.3 of 3); no treatment
outside the protocol. Read on the instrument's public page. Later trials ask for a PGA rise < 0.3.
"""

from __future__ import annotations

from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.bilag_items import SYSTEMS
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
        return YES
    if before is None and after is Grade.A:
        return NO  # it stayed A or is a new one, and either fails
    if before is None or after is None:
        return UNKNOWN
    return YES if before is Grade.A and after is Grade.B else NO


class _Improved:
    """Every system that was A or B at baseline is better."""

    def met(self, visit: Compared) -> Truth:
        """Compare each system."""
        return Truth.all(*map(_fell, visit.before, visit.letters))

    def row(self, visit: Compared) -> Row:
        """Tell the systems that are not."""
        fell = map(_fell, visit.before, visit.letters)
        stayed = [system for system, better in zip(SYSTEMS, fell, strict=True) if better is NO]
        return "index.bilag_improved", self.met(visit), {"item": ", ".join(stayed) or "bilag"}


class _ActiveBaseline:
    """A system is A or B at baseline."""

    def met(self, visit: Compared) -> Truth:
        """Look at the letters."""
        if not _ACTIVE.isdisjoint(visit.before):
            return YES
        return UNKNOWN if None in visit.before else NO

    def row(self, visit: Compared) -> Row:
        """Tell the outcome."""
        return "index.baseline_active", self.met(visit), {"item": "bilag"}


_BICLA = Index(
    RULE_BICLA,
    _ActiveBaseline(),
    (
        _Improved(),
        NoNewActivity(),
        SledaiChange("index.sledai_not_above", 0),
        PgaRise("<=", PGA_RISE),
        NoFailure(),
    ),
)


def assess(baseline: IndexVisit, now: IndexVisit, *, failed: bool | None) -> Responder:
    """Judge one visit. `failed`: treated outside the protocol; None leaves a responder open.

    Not evaluable without a baseline A or B. Raises InvalidInput for a PGA outside 0..3.
    """
    return _BICLA.assess(baseline, now, failed)
