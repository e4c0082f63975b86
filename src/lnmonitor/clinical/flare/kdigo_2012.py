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

from lnmonitor.clinical.criteria import above, at_least, below, truth
from lnmonitor.clinical.flare.model import FlareFinding, FlareGrade, FlareObservation, FlareRuleSet
from lnmonitor.clinical.flare.samples import (
    RATIO_FIRST,
    creatinine_reason,
    protein_reason,
)
from lnmonitor.clinical.flare.walk import Reference, Test, follow_remission, walk
from lnmonitor.clinical.parameters import Parameter
from lnmonitor.clinical.proteinuria import limit_in
from lnmonitor.clinical.response.clauses import first_protein
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
    met = Truth.any(cells, casts)
    if met is not Truth.YES:
        return Test("nephritic", met, grade="mild")
    reason = Reason(
        "flare.sediment_mild",
        met,
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
    return Test("nephritic", met, reason, "mild")


def _creatinine(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    """Moderate from a rise of 17.7 µmol/L on (35.4 above 177), severe above 88.4 (132.6)."""
    before, value = reference.lowest("creatinine_umol_l"), now.state.creatinine_umol_l
    if before is None or value is None:
        return Test("nephritic", Truth.UNKNOWN)
    band = "low" if below(before, parameters["creatinine_high_umol_l"]) else "high"
    limits: dict[FlareGrade, float] = {
        "severe": before + parameters[f"rise_{band}_severe"],
        "moderate": before + parameters[f"rise_{band}_moderate"],
    }
    grade = _grade(value, limits)
    if grade is None:
        return Test("nephritic", Truth.NO)
    reason = creatinine_reason(_CREATININE[grade], now, before, limits[grade])
    return Test("nephritic", Truth.YES, reason, grade)


def _protein(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> Test:
    """Moderate by the band of the lowest ratio before, severe by a rise of more than 5 g/g."""
    sample = first_protein(now.state, RATIO_FIRST)
    before = None if sample is None else reference.nadir(sample[1].unit)
    if sample is None or before is None:
        return Test("proteinuric", Truth.UNKNOWN)
    unit = sample[1].unit
    moderate = before.value * parameters["after_high_times"]
    if below(before.value, limit_in(unit, parameters["protein_low_g"])):
        moderate = limit_in(unit, parameters["after_low_g"])
    elif not above(before.value, limit_in(unit, parameters["protein_middle_g"])):
        moderate = limit_in(unit, parameters["after_middle_g"])
    severe = before.value + limit_in(unit, parameters["severe_rise_g"])
    limits: dict[FlareGrade, float] = {"severe": severe, "moderate": moderate}
    grade = _grade(sample[1].value, limits)
    if grade is None:
        return Test("proteinuric", Truth.NO)
    reason = protein_reason(_PROTEIN[grade], now, sample, limits[grade], before)
    return Test("proteinuric", Truth.YES, reason, grade)


def _grade(value: float, limits: Mapping[FlareGrade, float]) -> FlareGrade | None:
    """Severe above its limit, else moderate from its own on."""
    if above(value, limits["severe"]):
        return "severe"
    return "moderate" if at_least(value, limits["moderate"]) else None


_CREATININE = {"moderate": "flare.creatinine_moderate", "severe": "flare.creatinine_severe"}
_PROTEIN = {"moderate": "flare.protein_moderate", "severe": "flare.protein_severe"}


def tests(
    reference: Reference, now: FlareObservation, parameters: Mapping[str, Parameter]
) -> tuple[Test, Test, Test]:
    """Return the tests of all grades."""
    return (
        _mild(reference, now, parameters),
        _creatinine(reference, now, parameters),
        _protein(reference, now, parameters),
    )


def find(
    rule: Rule, observations: Sequence[FlareObservation], parameters: Mapping[str, Parameter]
) -> list[FlareFinding]:
    """Return the graded relapses after a complete or partial response."""
    return walk(rule, observations, parameters, follow=follow_remission, tests=tests)


RULE_SET = FlareRuleSet("kdigo-2012", RULE, PARAMETERS, find)
