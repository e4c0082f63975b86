"""Renal flare as a childhood-onset lupus nephritis trial defined it (PMC11258879, table 2).

Reproduced more than a week apart: GFR newly abnormal, or abnormal and down by > 10 %, with
haematuria up by >= 2 categories (0-5, 6-10, 11-25, 26-50, > 50 red cells per field); ratio above
0.5 g/g after complete remission; ratio doubled and above 1.0 after partial. Gross haematuria is
recorded as more than 50 cells. Normal GFR as >= 90 is this program's reading.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from lnmonitor.clinical.criteria import above, at_least, is_at_least, is_below
from lnmonitor.clinical.flare.model import (
    NEPHRITIC_OPEN,
    PROTEINURIC_OPEN,
    FlareObservation,
    FlareRuleSet,
    Test,
)
from lnmonitor.clinical.flare.remission import PR, AfterRemission, Remission, absent_since
from lnmonitor.clinical.flare.samples import limits, protein_reason, ratio_first, times
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import UPCR
from lnmonitor.clinical.results import NO, UNKNOWN, YES, Citation, Reason, Rule, Truth

CHILDHOOD = Citation("Childhood-onset lupus nephritis trial (PMC11258879)", "table 2", 2024)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "normal_gfr": 90.0,
        "gfr_fall": 0.1,
        "after_complete_g": 0.5,
        "after_partial_g": 1.0,
        "after_partial_times": 2.0,
        "confirm_min_days": 8.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-childhood", "1", (CHILDHOOD,), verified=False)

_CATEGORY_TOPS = (5.0, 10.0, 25.0, 50.0)


def haematuria_category(cells_hpf: float) -> int:
    """Return 0 (up to 5 red cells per field) to 4 (more than 50)."""
    return bisect_left(_CATEGORY_TOPS, cells_hpf)


class Childhood(AfterRemission):
    """Flares of protein and of GFR with haematuria after a complete or partial response."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self._normal_gfr = parameters["normal_gfr"]
        self._gfr_left = 1 - parameters["gfr_fall"]
        self._after_complete = limits(parameters["after_complete_g"])
        self._after_partial = limits(parameters["after_partial_g"])
        self._after_partial_times = parameters["after_partial_times"]

    def tests(self, reference: Remission, now: FlareObservation) -> tuple[Test | None, Test | None]:
        """Ask both ways to exceed."""
        return self._proteinuric(reference, now), self._nephritic(reference, now)

    def _proteinuric(self, remission: Remission, now: FlareObservation) -> Test | None:
        """Above 0.5 g/g after complete remission; above 1.0 g/g and doubled after partial."""
        protein = ratio_first(now.state)
        if protein is None:
            return PROTEINURIC_OPEN
        after_partial = remission.best is PR
        limit = (self._after_partial if after_partial else self._after_complete)[protein.unit]
        if not above(protein.value, limit):
            return None
        nadir = remission.nadir.get(protein.unit)
        code = "flare.protein_above_after_complete"
        if after_partial:
            code = "flare.doubled_after_partial"
            if nadir is None:
                return PROTEINURIC_OPEN
            if not at_least(protein.value, nadir.value * self._after_partial_times):
                return None
        return Test("proteinuric", partial(protein_reason, code, now, protein, limit, nadir))

    def _nephritic(self, remission: Remission, now: FlareObservation) -> Test | None:
        """GFR newly abnormal or down by > 10 %, with haematuria up by >= 2 categories."""
        gfr, before = now.state.egfr, remission.egfr
        cells, fewest = now.state.urine_rbc_hpf, remission.red_cells
        abnormal = is_below(gfr, self._normal_gfr)
        if abnormal is NO:
            return None
        fell = Truth.any(
            is_at_least(before, self._normal_gfr), is_below(gfr, times(before, self._gfr_left))
        )
        met = Truth.all(abnormal, fell, _two_categories_up(fewest, cells))
        if met is not YES:
            return NEPHRITIC_OPEN if met is UNKNOWN else None
        return Test("nephritic", partial(_nephritic_reason, now, before, fewest))

    def lacks(self, reference: Remission, now: FlareObservation) -> Iterator[str]:
        """Name the ratio; eGFR and red cells now and before."""
        state = now.state
        if self._proteinuric(reference, now) is PROTEINURIC_OPEN:
            yield from reference.protein_lacks(UPCR, ratio_first(state))
        if self._nephritic(reference, now) is NEPHRITIC_OPEN:
            yield from absent_since("egfr", state.egfr, reference.egfr)
            yield from absent_since("urine_rbc_hpf", state.urine_rbc_hpf, reference.red_cells)


def _two_categories_up(before: float | None, now: float | None) -> Truth:
    if before is None or now is None:
        return UNKNOWN
    return Truth.of(haematuria_category(now) - haematuria_category(before) >= 2)


def _nephritic_reason(now: FlareObservation, gfr: float | None, cells: float | None) -> Reason:
    return Reason(
        "flare.gfr_and_haematuria",
        YES,
        {
            "item": "egfr",
            "value": now.state.egfr,
            "unit": "mL/min/1.73 m²",
            "previous": gfr,
            "rbc": now.state.urine_rbc_hpf,
            "rbc_previous": cells,
            "day": now.day,
            "date": now.date,
        },
    )


RULE_SET = FlareRuleSet("childhood", RULE, PARAMETERS, Childhood)
