"""Renal flare as a childhood-onset lupus nephritis trial defined it (PMC11258879, table 2).

Reproduced more than a week apart: GFR newly abnormal, or abnormal and down by > 10 %, with
haematuria up by >= 2 categories (0-5, 6-10, 11-25, 26-50, > 50 red cells per field); ratio above
0.5 g/g after complete remission; ratio doubled and above 1.0 after partial. Gross haematuria is
recorded as more than 50 cells. Normal GFR as >= 90 is this program's reading.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.flare.model import FlareFinding, FlareObservation, FlareRuleSet
from lnmonitor.clinical.flare.samples import RATIO_FIRST, protein_reason, times
from lnmonitor.clinical.flare.walk import Reference, Test, follow_remission, walk
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import limit_in
from lnmonitor.clinical.response.clauses import first_protein
from lnmonitor.clinical.response.model import Response
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth

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


def _nephritic(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    gfr, before = now.state.egfr, reference.highest("egfr")
    cells, fewest = now.state.urine_rbc_hpf, reference.lowest("urine_rbc_hpf")
    normal = parameters["normal_gfr"]
    abnormal = truth(gfr, "<", normal)
    fell = Truth.any(
        truth(before, ">=", normal), truth(gfr, "<", times(before, 1 - parameters["gfr_fall"]))
    )
    steps = None
    if cells is not None and fewest is not None:
        steps = haematuria_category(cells) - haematuria_category(fewest)
    met = Truth.all(abnormal, fell, truth(steps, ">=", 2))
    if met is not Truth.YES:
        return Test("nephritic", met)
    reason = Reason(
        "flare.gfr_and_haematuria",
        met,
        {
            "item": "egfr",
            "value": gfr,
            "unit": "mL/min/1.73 m²",
            "previous": before,
            "rbc": cells,
            "rbc_previous": fewest,
            "day": now.day,
            "date": now.date,
        },
    )
    return Test("nephritic", met, reason)


def _proteinuric(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    sample = first_protein(now.state, RATIO_FIRST)
    if sample is None:
        return Test("proteinuric", Truth.UNKNOWN)
    partial = reference.best is Response.PR
    _, protein = sample
    nadir = reference.nadir(protein.unit)
    limit = limit_in(protein.unit, parameters["after_partial_g" if partial else "after_complete_g"])
    met = truth(protein.value, ">", limit)
    if partial:
        doubled = times(nadir.value if nadir else None, parameters["after_partial_times"])
        met = Truth.all(met, truth(protein.value, ">=", doubled))
    if met is not Truth.YES:
        return Test("proteinuric", met)
    code = "flare.doubled_after_partial" if partial else "flare.protein_above_after_complete"
    return Test("proteinuric", met, protein_reason(code, now, sample, limit, nadir))


def tests(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Test, Test]:
    """Return both ways to exceed."""
    return (
        _proteinuric(reference, now, parameters),
        _nephritic(reference, now, parameters),
    )


def find(
    rule: Rule, observations: Sequence[FlareObservation], parameters: Mapping[str, Parameter]
) -> list[FlareFinding]:
    """Return the flares after a complete or partial response."""
    return walk(rule, observations, parameters, follow=follow_remission, tests=tests)


RULE_SET = FlareRuleSet("childhood", RULE, PARAMETERS, find)
