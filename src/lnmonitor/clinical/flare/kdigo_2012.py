"""KDIGO 2012 relapse of lupus nephritis: mild, moderate, severe (Kidney Int Suppl 2:139, table 29).

Read in PMC4089588. Mild: red cells from < 5 to > 15 per field with >= 2 acanthocytes, or new
cellular casts. Moderate and severe: by the rise of creatinine and of protein from their lowest
values in remission. The table grades a doubled ratio moderate while its absolute value stays below
5 g/g and severe from a rise of more than 5 g/g; what lies between is graded moderate here.
KDIGO 2024 keeps no grades. One sample suffices: the table asks for no second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lnmonitor.clinical.criteria import above, below, truth
from lnmonitor.clinical.flare.model import FlareFinding, FlareObservation, FlareRuleSet
from lnmonitor.clinical.flare.samples import (
    RATIO_FIRST,
    creatinine_reason,
    first_protein,
    protein_reason,
)
from lnmonitor.clinical.flare.walk import Reference, Test, follow_remission, walk
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import limit_in
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth

KDIGO_2012 = Citation(
    "KDIGO Glomerulonephritis Work Group",
    "Kidney Int Suppl 2:139-274",
    2012,
    "10.1038/kisup.2012.25",
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "rbc_before_hpf": 5.0,
        "rbc_now_hpf": 15.0,
        "acanthocytes_hpf": 2.0,
        "creatinine_high_umol_l": 177.0,
        "rise_low_moderate": 17.7,
        "rise_low_severe": 88.4,
        "rise_high_moderate": 35.4,
        "rise_high_severe": 132.6,
        "protein_low_g": 0.5,
        "protein_middle_g": 1.0,
        "after_low_g": 1.0,
        "after_middle_g": 2.0,
        "after_high_times": 2.0,
        "severe_rise_g": 5.0,
    }
)
RULE = Rule("flare-kdigo-2012", "1", (KDIGO_2012,), verified=False)


def _mild(reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]) -> Test:
    before, state = reference.lowest("urine_rbc_hpf"), now.state
    cells = Truth.all(
        truth(before, "<", parameters["rbc_before_hpf"]),
        truth(state.urine_rbc_hpf, ">", parameters["rbc_now_hpf"]),
        truth(state.acanthocytes_hpf, ">=", parameters["acanthocytes_hpf"]),
    )
    had_none = reference.lowest("casts")
    casts = Truth.all(Truth.of(state.casts), Truth.of(None if had_none is None else not had_none))
    reason = Reason(
        "flare.sediment_mild",
        Truth.any(cells, casts),
        {
            "item": "urine_rbc_hpf",
            "value": state.urine_rbc_hpf,
            "previous": before,
            "limit": parameters["rbc_now_hpf"],
            "casts": state.casts,
            "day": now.day,
            "date": now.date,
        },
    )
    return Test("nephritic", reason, "mild")


def _creatinine(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Test, Test]:
    """Moderate from a rise of 17.7 µmol/L on (35.4 above 177), severe above 88.4 (132.6)."""
    before = reference.lowest("creatinine_umol_l")
    value = now.state.creatinine_umol_l
    low = before is not None and below(before, parameters["creatinine_high_umol_l"])
    band = "low" if low else "high"
    moderate = None if before is None else before + parameters[f"rise_{band}_moderate"]
    severe = None if before is None else before + parameters[f"rise_{band}_severe"]
    is_severe = truth(value, ">", severe)
    is_moderate = Truth.all(truth(value, ">=", moderate), is_severe.negated)
    return (
        Test(
            "nephritic",
            creatinine_reason("flare.creatinine_moderate", now, is_moderate, before, moderate),
            "moderate",
        ),
        Test(
            "nephritic",
            creatinine_reason("flare.creatinine_severe", now, is_severe, before, severe),
            "severe",
        ),
    )


def _protein(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Test, Test]:
    """Moderate by the band of the lowest ratio before, severe by a rise of more than 5 g/g."""
    sample = first_protein(now, RATIO_FIRST)
    before = None if sample is None else reference.nadir(sample[1].unit)
    moderate = severe = None
    is_moderate = is_severe = Truth.UNKNOWN
    if sample is not None and before is not None:
        unit = sample[1].unit
        moderate = before.value * parameters["after_high_times"]
        if below(before.value, limit_in(unit, parameters["protein_low_g"])):
            moderate = limit_in(unit, parameters["after_low_g"])
        elif not above(before.value, limit_in(unit, parameters["protein_middle_g"])):
            moderate = limit_in(unit, parameters["after_middle_g"])
        severe = before.value + limit_in(unit, parameters["severe_rise_g"])
        is_severe = truth(sample[1].value, ">", severe)
        is_moderate = Truth.all(truth(sample[1].value, ">=", moderate), is_severe.negated)
    codes = ("flare.protein_moderate", "flare.protein_severe")
    return (
        Test(
            "proteinuric",
            protein_reason(codes[0], now, sample, is_moderate, moderate, before),
            "moderate",
        ),
        Test(
            "proteinuric",
            protein_reason(codes[1], now, sample, is_severe, severe, before),
            "severe",
        ),
    )


def tests(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Test, ...]:
    """Return the tests of all grades."""
    return (
        _mild(reference, now, parameters),
        *_creatinine(reference, now, parameters),
        *_protein(reference, now, parameters),
    )


def find(
    rule: Rule, observations: Sequence[FlareObservation], parameters: Mapping[str, Parameter]
) -> list[FlareFinding]:
    """Return the graded relapses after a complete or partial response."""
    return walk(rule, observations, parameters, follow=follow_remission, tests=tests)


RULE_SET = FlareRuleSet("kdigo-2012", RULE, PARAMETERS, find)
