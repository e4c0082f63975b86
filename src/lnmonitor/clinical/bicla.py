"""BICLA, the BILAG-based combined lupus assessment (Wallace 2014, Ann Rheum Dis 73:183-90).

Every baseline A falls to B, C or D and every baseline B to C or D; no new A and at most one new B;
SLEDAI not above baseline; PGA not worse by more than 10 % of its scale (0.3 of 3); no treatment
outside the protocol. Read on the instrument's public page; the article was not. Later trials ask
for a PGA rise < 0.3 (from knowledge). The numbers are protocol parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lnmonitor.clinical.bilag import Grade
from lnmonitor.clinical.bilag_items import SYSTEMS
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

WALLACE_2014 = Citation(
    "Wallace DJ, Kalunian K, Petri MA, et al.",
    "Ann Rheum Dis 73:183-90",
    2014,
    "10.1136/annrheumdis-2012-202760",
)
RULE_BICLA = Rule("bicla", "2", (WALLACE_2014,), verified=False)

PARAMETERS = Parameters(
    RULE_BICLA.id,
    {
        "sledai_rise": Whole(0),
        "pga_rise": Number(0.3, most=3),
        "pga_operator": Choice(("<=", "<")),
    },
)
"""`sledai_rise`: by how many points SLEDAI may be above baseline."""
_A, _B = Grade.A, Grade.B
_NOT_BETTER = frozenset({(_A, _A), (_B, _A), (_B, _B), (None, _A)})
"""A system's letters at baseline and now that fail. An A after an unknown letter stayed or is new,
and either fails."""
_OPEN = frozenset({(_A, None), (_B, None), (None, None), (None, _B)})
"""Those that could fail. All others are better, or without activity at baseline."""


class _Improved:
    """Every system that was A or B at baseline is better."""

    def met(self, visit: Compared) -> Truth:
        """Compare each system."""
        if not _NOT_BETTER.isdisjoint(zip(visit.before, visit.letters, strict=True)):
            return NO
        possible = not _OPEN.isdisjoint(zip(visit.before, visit.letters, strict=True))
        return UNKNOWN if possible else YES

    def row(self, visit: Compared) -> Row:
        """Tell the systems that are not better."""
        pairs = zip(visit.before, visit.letters, strict=True)
        stayed = [s for s, pair in zip(SYSTEMS, pairs, strict=True) if pair in _NOT_BETTER]
        return "index.bilag_improved", self.met(visit), {"item": ", ".join(stayed) or "bilag"}


class _ActiveBaseline:
    """A system is A or B at baseline."""

    def met(self, visit: Compared) -> Truth:
        """Look at the letters."""
        if _A in visit.before or _B in visit.before:
            return YES
        return UNKNOWN if None in visit.before else NO

    def row(self, visit: Compared) -> Row:
        """Tell the outcome."""
        return "index.baseline_active", self.met(visit), {"item": "bilag"}


def _index(given: Mapping[str, Any]) -> Index:
    rise = given["sledai_rise"]
    return Index(
        PARAMETERS.rule(RULE_BICLA, given),
        _ActiveBaseline(),
        (
            _Improved(),
            NoNewActivity(),
            SledaiChange("index.sledai_rise" if rise else "index.sledai_not_above", rise),
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
    """Judge one visit. `failed`: treated outside the protocol; None leaves a responder open.

    Not evaluable without a baseline A or B. `parameters` overrides those of `PARAMETERS`. Raises
    InvalidInput for a PGA outside 0..3, and for an unknown parameter or an impossible one.
    """
    return _index_by(parameters).assess(baseline, now, failed)
