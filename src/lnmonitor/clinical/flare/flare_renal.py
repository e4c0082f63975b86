"""The trial's default renal flare: suspected at the first exceeding sample, confirmed by a second.

Built from the wording of EULAR 2012 (doi 10.1136/annrheumdis-2012-201940); the > 1 and > 2 g/g
limits equal those AURORA-2 published. Gu 2014's own wording was not seen, so every number is a
protocol parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.flare.model import FlareFinding, FlareObservation, FlareRuleSet
from lnmonitor.clinical.flare.samples import times
from lnmonitor.clinical.flare.walk import Reference, Test, follow_remission, walk
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import limit_in, times_baseline
from lnmonitor.clinical.response.model import Response
from lnmonitor.clinical.results import UNKNOWN, YES, Citation, Reason, Rule, Truth

EULAR_2012 = Citation(
    "Bertsias GK, Tektonidou M, Amoura Z, et al.",
    "Ann Rheum Dis 71:1771-82",
    2012,
    "10.1136/annrheumdis-2012-201940",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "after_complete_g": 1.0,
        "after_partial_g": 2.0,
        "after_partial_times_nadir": 2.0,
        "creatinine_times_nadir": 1.3,
        "gfr_fall": 0.1,
        "confirm_min_days": 7.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-renal", "1", (EULAR_2012,), verified=False)


def _proteinuric(
    remission: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    """After CR: protein >= 1 g. After PR: >= 2 g and at least doubled from the lowest value.

    A ratio counts only without a 24-hour collection.
    """
    protein = now.state.proteinuria or now.state.upcr
    if protein is None:
        return Test("proteinuric", UNKNOWN)
    partial = remission.best is Response.PR
    grams = parameters["after_partial_g" if partial else "after_complete_g"]
    limit = limit_in(protein.unit, grams)
    met = truth(protein.value, ">=", limit)
    nadir = remission.nadir(protein.unit)
    if partial:
        ratio, least = times_baseline(protein, nadir), parameters["after_partial_times_nadir"]
        met = Truth.all(met, truth(ratio, ">=", least))
    if met is not YES:
        return Test("proteinuric", met)
    reason = Reason(
        "flare.protein_after_partial" if partial else "flare.protein_after_complete",
        YES,
        {
            "item": "proteinuria" if now.state.proteinuria else "upcr",
            "value": protein.value,
            "unit": protein.unit,
            "limit": limit,
            "previous": None if nadir is None else nadir.value,
            "day": now.day,
            "date": now.date,
        },
    )
    return Test("proteinuric", YES, reason)


def _nephritic(
    remission: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    """Creatinine >= 130 % of its lowest, or GFR down by >= 10 %, with newly active sediment."""
    creatinine, lowest = now.state.creatinine_umol_l, remission.lowest("creatinine_umol_l")
    gfr, highest = now.state.egfr, remission.highest("egfr")
    factor, fall = parameters["creatinine_times_nadir"], parameters["gfr_fall"]
    met = Truth.all(
        now.state.sediment_inactive.negated,
        remission.sediment_was_inactive(),
        Truth.any(
            truth(creatinine, ">=", times(lowest, factor)),
            truth(gfr, "<=", times(highest, 1 - fall)),
        ),
    )
    if met is not YES:
        return Test("nephritic", met)
    reason = Reason(
        "flare.nephritic",
        YES,
        {
            "item": "creatinine_umol_l",
            "value": creatinine,
            "unit": "µmol/L",
            "previous": lowest,
            "percent": round(100 * factor, 6),
            "gfr": gfr,
            "gfr_previous": highest,
            "day": now.day,
            "date": now.date,
        },
    )
    return Test("nephritic", YES, reason)


def tests(
    remission: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Test, Test]:
    """Return both ways to exceed."""
    return (
        _proteinuric(remission, now, parameters),
        _nephritic(remission, now, parameters),
    )


def find(
    rule: Rule, observations: Sequence[FlareObservation], parameters: Mapping[str, Parameter]
) -> list[FlareFinding]:
    """Return the flares after a remission, which begins at CR or PR and keeps the best response."""
    return walk(rule, observations, parameters, follow=follow_remission, tests=tests)


RULE_SET = FlareRuleSet("flare-renal", RULE, PARAMETERS, find)
