"""AURORA-2 renal flare: keyed to the protein reached after an adequate response.

Lupus Sci Med 2024;11(Suppl 2):A85 (seen): adequate response is a sustained UPCR <= 0.7 mg/mg; a
flare is > 1.0 where UPCR had come below 0.2, > 2.0 where it had come to 0.2-1.0. A blinded
committee decided; "sustained" as two samples in a row and confirmation by a second sample are
protocol parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lnmonitor.clinical.criteria import at_most, below, truth
from lnmonitor.clinical.flare.model import FlareFinding, FlareObservation, FlareRuleSet
from lnmonitor.clinical.flare.samples import RATIO_FIRST, protein_reason
from lnmonitor.clinical.flare.walk import Reference, Test, walk
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import limit_in
from lnmonitor.clinical.response.clauses import first_protein
from lnmonitor.clinical.response.model import Response
from lnmonitor.clinical.results import Citation, Rule, Truth

AURORA_2 = Citation("AURORA 2 investigators", "Lupus Sci Med 11(Suppl 2):A85", 2024)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "adequate_g": 0.7,
        "low_g": 0.2,
        "after_low_g": 1.0,
        "after_other_g": 2.0,
        "confirm_min_days": 7.0,
        "confirm_max_days": 56.0,
    }
)
RULE = Rule("flare-aurora-2", "1", (AURORA_2,), verified=False)


def _adequate(now: FlareObservation, parameters: Mapping[str, Parameter]) -> bool | None:
    sample = first_protein(now.state, RATIO_FIRST)
    if sample is None:
        return None
    _, protein = sample
    return at_most(protein.value, limit_in(protein.unit, parameters["adequate_g"]))


def _follow(
    reference: Reference | None, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Reference | None:
    """Keep the samples of an adequate response from its first on; it counts from its second on.

    `best` is CR as soon as two samples in a row were adequate. A sample without protein changes
    nothing.
    """
    adequate = _adequate(now, parameters)
    if reference is not None and reference.best is Response.CR:
        reference.add(now)
        return reference
    if adequate is None:
        return reference
    if not adequate:
        return None
    if reference is None:
        return Reference(Response.UNKNOWN, now)
    reference.best = Response.CR
    reference.add(now)
    return reference


def _tests(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Test, ...]:
    """Above 1.0 g/g after a UPCR below 0.2, else above 2.0; no test before a sustained response."""
    if reference.best is not Response.CR:
        return ()
    sample = first_protein(now.state, RATIO_FIRST)
    if sample is None:
        return (Test("proteinuric", Truth.UNKNOWN),)
    _, protein = sample
    nadir = reference.nadir(protein.unit)
    reached_low = nadir is not None and below(
        nadir.value, limit_in(protein.unit, parameters["low_g"])
    )
    grams = parameters["after_low_g" if reached_low else "after_other_g"]
    limit = limit_in(protein.unit, grams)
    met = truth(protein.value, ">", limit)
    if met is not Truth.YES:
        return (Test("proteinuric", met),)
    return (Test("proteinuric", met, protein_reason(_CODE, now, sample, limit, nadir)),)


_CODE = "flare.protein_after_adequate"


def find(
    rule: Rule, observations: Sequence[FlareObservation], parameters: Mapping[str, Parameter]
) -> list[FlareFinding]:
    """Return the flares after an adequate response."""
    return walk(rule, observations, parameters, follow=_follow, tests=_tests)


RULE_SET = FlareRuleSet("aurora-2", RULE, PARAMETERS, find, "adequate_response")
