"""EULAR/ERA-EDTA 2012 renal flares, nephritic and proteinuric (after Gordon 2009).

Nephritic: reproducible rise of creatinine by >= 30 % (or fall of GFR by >= 10 %) with active
sediment and >= 10 red cells per field more. Proteinuric: reproducible doubling to more than
100 mg/mmol after complete, 200 mg/mmol after partial response. From knowledge, not from the
article; what "reproducible" means in days is a protocol parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.flare.flare_renal import EULAR_2012
from lnmonitor.clinical.flare.model import FlareFinding, FlareObservation, FlareRuleSet
from lnmonitor.clinical.flare.samples import (
    RATIO_FIRST,
    creatinine_reason,
    protein_reason,
    times,
)
from lnmonitor.clinical.flare.walk import Reference, Test, follow_remission, walk
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import limit_in
from lnmonitor.clinical.response.clauses import first_protein
from lnmonitor.clinical.response.model import Response
from lnmonitor.clinical.results import Citation, Rule, Truth

GORDON_2009 = Citation("Gordon C, Jayne D, Pusey C, et al.", "Lupus 18:257-63", 2009)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "after_complete_g": 1.0,
        "after_partial_g": 2.0,
        "protein_times": 2.0,
        "creatinine_times": 1.3,
        "gfr_fall": 0.1,
        "rbc_rise_hpf": 10.0,
        "confirm_min_days": 7.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-eular-2012", "1", (EULAR_2012, GORDON_2009), verified=False)


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
    doubled = times(nadir.value if nadir else None, parameters["protein_times"])
    met = Truth.all(truth(protein.value, ">", limit), truth(protein.value, ">=", doubled))
    if met is not Truth.YES:
        return Test("proteinuric", met)
    code = "flare.doubled_after_partial" if partial else "flare.doubled_after_complete"
    return Test("proteinuric", met, protein_reason(code, now, sample, limit, nadir))


def _nephritic(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    state = now.state
    creatinine = reference.lowest("creatinine_umol_l")
    gfr, cells = reference.highest("egfr"), reference.lowest("urine_rbc_hpf")
    limit = times(creatinine, parameters["creatinine_times"])
    fewest = None if cells is None else cells + parameters["rbc_rise_hpf"]
    met = Truth.all(
        Truth.any(
            truth(state.creatinine_umol_l, ">=", limit),
            truth(state.egfr, "<=", times(gfr, 1 - parameters["gfr_fall"])),
        ),
        state.sediment_inactive.negated,
        truth(state.urine_rbc_hpf, ">=", fewest),
    )
    if met is not Truth.YES:
        return Test("nephritic", met)
    reason = creatinine_reason(
        "flare.nephritic_rbc_rise",
        now,
        creatinine,
        limit,
        gfr=state.egfr,
        gfr_previous=gfr,
        rbc=state.urine_rbc_hpf,
        rbc_previous=cells,
        rise=parameters["rbc_rise_hpf"],
        percent=round(100 * parameters["creatinine_times"], 6),
    )
    return Test("nephritic", met, reason)


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


RULE_SET = FlareRuleSet("eular-2012", RULE, PARAMETERS, find)
