"""Was a 24-hour urine collection complete? Judged by the creatinine in it, per kg body weight.

Expected excretion: women 133-177, men 177-221 µmol/kg/day (15-20 and 20-25 mg/kg/day), from
knowledge; the 25 % around it are this program's own. An incomplete collection makes its protein too
low and its clearance wrong, so what is computed from it carries this answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from lnmonitor.clinical.criteria import require_positive, truth
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Parameter, with_overrides
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.results import (
    Outcome,
    Reason,
    Rule,
    Truth,
    frozen,
)
from lnmonitor.clinical.units import CREATININE_MG_PER_MMOL

EXPECTED_UMOL_KG_DAY: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"F": (133.0, 177.0), "M": (177.0, 221.0)}
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType({"low_factor": 0.75, "high_factor": 1.25})
RULE_COLLECTION = Rule("urine-collection", "1", (), verified=False)


@frozen
class CollectionCheck(Outcome):
    """`excretion_umol_kg_day` and the bounds it was tested against; `complete` the answer.

    NO below the lower bound: too little was collected. Above the upper one more than a day was, so
    `complete` is YES and `excessive` too.
    """

    complete: Truth = Truth.UNKNOWN
    excessive: Truth = Truth.UNKNOWN
    excretion_umol_kg_day: float | None = None


def check(
    *,
    urine_creatinine_umol_l: float | None,
    urine_volume_ml: float | None,
    weight_kg: float | None,
    sex: str | None,
    parameters: Mapping[str, Parameter] | None = None,
) -> CollectionCheck:
    """Judge one collection; a missing number leaves it open.

    Raises InvalidInput for an impossible value, sex other than F or M, or an unknown parameter.
    """
    given = with_overrides(RULE_COLLECTION.id, PARAMETERS, parameters)
    require_positive("urine_creatinine_umol_l", urine_creatinine_umol_l, "µmol/L")
    require_positive("urine_volume_ml", urine_volume_ml, "mL")
    require_positive("weight_kg", weight_kg, "kg")
    if sex is not None and sex not in EXPECTED_UMOL_KG_DAY:
        raise InvalidInput("sex", sex, None, "F or M")
    excretion = None
    if urine_creatinine_umol_l and urine_volume_ml and weight_kg:
        excretion = urine_creatinine_umol_l * urine_volume_ml / 1000 / weight_kg
    low, high = EXPECTED_UMOL_KG_DAY[sex] if sex else (None, None)
    lowest = None if low is None else low * given["low_factor"]
    highest = None if high is None else high * given["high_factor"]
    complete, excessive = truth(excretion, ">=", lowest), truth(excretion, ">", highest)
    inputs = {
        "urine_creatinine_umol_l": urine_creatinine_umol_l,
        "urine_volume_ml": urine_volume_ml,
        "weight_kg": weight_kg,
        "sex": sex,
    }
    values = {"item": "urine_creatinine_umol_l", "value": excretion, "unit": "µmol/kg/day"}
    return CollectionCheck(
        rule=replace(RULE_COLLECTION, parameters=given),
        reasons=(
            Reason("urine.complete", complete, {**values, "limit": lowest}),
            Reason("urine.not_excessive", excessive.negated, {**values, "limit": highest}),
        ),
        missing=tuple(name for name, value in inputs.items() if value is None),
        complete=complete,
        excessive=excessive,
        excretion_umol_kg_day=excretion,
    )


def protein_of_day(protein_g_l: float, urine_volume_ml: float) -> Proteinuria:
    """Return 24-hour protein (g/24 h) from its concentration (g/L) and the volume of the day."""
    require_positive("urine_volume_ml", urine_volume_ml, "mL")
    return Proteinuria(protein_g_l * urine_volume_ml / 1000, "g/24 h")


def protein_ratio(protein_g_l: float, urine_creatinine_mmol_l: float) -> Proteinuria:
    """Return the protein to creatinine ratio (g/g) of one sample from both concentrations."""
    require_positive("urine_creatinine_mmol_l", urine_creatinine_mmol_l, "mmol/L")
    grams = urine_creatinine_mmol_l * CREATININE_MG_PER_MMOL / 1000
    return Proteinuria(protein_g_l / grams, "g/g")
