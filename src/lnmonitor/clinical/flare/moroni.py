"""Milan definition of renal flares (Moroni), against the sample before.

Proteinuric: 24-hour protein up by >= 2 g if it was < 3.5 g, doubled if it was more, creatinine
unchanged. Nephritic: creatinine >= 30 % above its last value with nephritic sediment. Read in a
review's table (PMC9386217). It asks for no response before and for no second sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lnmonitor.clinical.criteria import below, truth
from lnmonitor.clinical.flare.model import FlareFinding, FlareObservation, FlareRuleSet
from lnmonitor.clinical.flare.samples import (
    creatinine_reason,
    protein_reason,
    times,
)
from lnmonitor.clinical.flare.walk import Reference, Test, follow_always, walk
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.response.clauses import U24
from lnmonitor.clinical.results import Citation, Rule, Truth

MORONI = Citation("Moroni G, Quaglini S, Maccario M, et al.", "Kidney Int 50:2047-53", 1996)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "rise_g": 2.0,
        "nephrotic_g": 3.5,
        "protein_times": 2.0,
        "creatinine_times": 1.3,
    }
)
RULE = Rule("flare-moroni", "1", (MORONI,), verified=False)


def _creatinine_rose(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Truth, float | None, float | None]:
    """Return whether creatinine is >= 130 % of its last value, that value and the limit."""
    before = reference.last("creatinine_umol_l")
    limit = times(before, parameters["creatinine_times"])
    return truth(now.state.creatinine_umol_l, ">=", limit), before, limit


def _proteinuric(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    protein, before = now.state.proteinuria, reference.last_protein("g/24 h")
    if protein is None or before is None:
        return Test("proteinuric", Truth.UNKNOWN)
    limit = before.value * parameters["protein_times"]
    if below(before.value, parameters["nephrotic_g"]):
        limit = before.value + parameters["rise_g"]
    rose, _, _ = _creatinine_rose(reference, now, parameters)
    met = Truth.all(truth(protein.value, ">=", limit), rose.negated)
    if met is not Truth.YES:
        return Test("proteinuric", met)
    reason = protein_reason("flare.protein_step", now, (U24, protein), limit, before)
    return Test("proteinuric", met, reason)


def _nephritic(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    rose, before, limit = _creatinine_rose(reference, now, parameters)
    met = Truth.all(rose, now.state.sediment_inactive.negated)
    if met is not Truth.YES:
        return Test("nephritic", met)
    percent = round(100 * parameters["creatinine_times"], 6)
    reason = creatinine_reason("flare.nephritic_step", now, before, limit, percent=percent)
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
    """Return the flares of everybody treated, from the second sample on."""
    return walk(rule, observations, parameters, follow=follow_always, tests=tests)


RULE_SET = FlareRuleSet("moroni", RULE, PARAMETERS, find, "all_treated")
