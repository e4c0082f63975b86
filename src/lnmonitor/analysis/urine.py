"""Urine protein at a visit: in every unit, A stage, risk map, creatinine of a collection.

A ratio is converted by molar mass to be read beside others; stages and responses are decided in the
unit that the laboratory reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, cast

from lnmonitor.analysis.inputs import PatientInput, VisitInput
from lnmonitor.analysis.kidney import KDIGO_CKD, protein
from lnmonitor.analysis.model import (
    GfrStage,
    KidneyRisk,
    Measured,
    ProteinReading,
    ProteinStage,
    guarded,
)
from lnmonitor.analysis.responses import parameters_of
from lnmonitor.clinical import gfr, urine_collection
from lnmonitor.clinical.proteinuria import Proteinuria, convert_ratio
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.clinical.urine_collection import RULE_COLLECTION
from lnmonitor.study.protocol import Protocol

RULE_A_STAGE = Rule("kdigo-a-stage", "1", (KDIGO_CKD,), verified=False)
RULE_RISK = Rule("kdigo-risk", "1", (KDIGO_CKD,), verified=False)
RULE_PROTEIN_UNITS = Rule("protein-units", "1", verified=True)
"""Arithmetic with the molar mass of creatinine, 113.12 g/mol."""

_RATIO_UNITS = ("g/g", "mg/g", "mg/mmol")
_STAGED: tuple[tuple[str, Literal["albumin", "protein"]], ...] = (
    ("UACR", "albumin"),
    ("UPCR", "protein"),
    ("U24P", "protein"),
)
"""What the A stage is read from, the first at hand: KDIGO is worded for albumin."""


def read_urine(
    patient: PatientInput, visit: VisitInput, g_stage: Outcome | None, protocol: Protocol
) -> dict[str, Outcome]:
    """Return "protein", "kdigo_a", "kdigo_risk" and "urine.collection" where a visit has inputs."""
    found: dict[str, Outcome] = {}
    amount = protein(visit.labs.get("U24P")) or protein(visit.labs.get("UPCR"))
    if amount is not None:
        found["protein"] = _reading(amount)
    staged = next((one for one in _STAGED if one[0] in visit.labs), None)
    if staged is not None:
        code, measure = staged
        found["kdigo_a"] = guarded(RULE_A_STAGE, lambda: _a_stage(visit.labs[code], measure))
    if isinstance(g_stage, GfrStage) and isinstance(found.get("kdigo_a"), ProteinStage):
        found["kdigo_risk"] = _risk(g_stage, cast(ProteinStage, found["kdigo_a"]))
    if "UCREAT" in visit.labs and ("U24P" in visit.labs or "U24V" in visit.labs):
        found["urine.collection"] = guarded(
            RULE_COLLECTION, lambda: _collection(patient, visit, protocol)
        )
    return found


@lru_cache(maxsize=4096)
def _reading(amount: Proteinuria) -> ProteinReading:
    values: dict[str, Scalar] = {"item": "upcr" if amount.is_ratio else "proteinuria"}
    reasons = [
        Reason(
            "protein.reported", Truth.YES, {**values, "value": amount.value, "unit": amount.unit}
        )
    ]
    if amount.is_ratio:
        reasons += [
            Reason(
                "protein.in_unit",
                Truth.YES,
                {**values, "value": convert_ratio(amount, unit).value, "unit": unit},
            )
            for unit in _RATIO_UNITS
            if unit != amount.unit
        ]
    return ProteinReading(RULE_PROTEIN_UNITS, tuple(reasons), (), amount.value, amount.unit)


def _a_stage(measured: Measured, measure: Literal["albumin", "protein"]) -> ProteinStage:
    """Stage a result; one with an operator or of an incomplete collection where both ends agree."""
    item = "uacr_mg_mmol" if measure == "albumin" else measured.analyte
    censored = measured.operator[:1] or ("?" if measured.complete is False else "")
    return _staged(item, measure, _amount(measured), censored)


@lru_cache(maxsize=4096)
def _staged(
    item: str,
    measure: Literal["albumin", "protein"],
    amount: tuple[float, str] | None,
    censored: str,
) -> ProteinStage:
    """Stage an amount; `censored` is "" for an exact one, "<" where the truth may be lower."""
    stage = None
    if amount is not None:
        stage = gfr.kdigo_a_stage(*amount, measure=measure)
        if censored:
            certain = stage == ("A1" if censored == "<" else "A3")
            stage = stage if certain else None
    values: dict[str, Scalar] = {"item": item, "stage": stage}
    if amount is not None:
        values |= {"value": amount[0], "unit": amount[1]}
    met = Truth.of(None if stage is None else True)
    missing = () if stage else (item,)
    return ProteinStage(RULE_A_STAGE, (Reason("kdigo.a_stage", met, values),), missing, stage)


def _amount(measured: Measured) -> tuple[float, str] | None:
    """Return value and unit as reported, where KDIGO prints limits in it, else the canonical."""
    if measured.value is None:
        return None
    if measured.reported_value is not None and measured.reported_unit in _RATIO_UNITS[1:]:
        return (measured.reported_value, measured.reported_unit)
    return (measured.value, measured.unit)


def _risk(g_stage: GfrStage, a_stage: ProteinStage) -> KidneyRisk:
    return _risk_of(g_stage.stage, a_stage.stage)


@lru_cache(maxsize=64)
def _risk_of(g_stage: str | None, a_stage: str | None) -> KidneyRisk:
    values: Mapping[str, Scalar] = {"g": g_stage, "a": a_stage}
    missing = tuple(
        name for name, stage in (("egfr", g_stage), ("proteinuria", a_stage)) if stage is None
    )
    risk = None
    if g_stage is not None and a_stage is not None:
        risk = gfr.kdigo_risk(g_stage, a_stage)
    met = Truth.UNKNOWN if missing else Truth.YES
    reason = Reason("kdigo.risk", met, {"item": "egfr", **values, "risk": risk})
    return KidneyRisk(RULE_RISK, (reason,), missing, risk)


def _collection(patient: PatientInput, visit: VisitInput, protocol: Protocol) -> Outcome:
    """Judge the 24-hour collection by its creatinine, per kg of the weight of this visit."""
    return urine_collection.check(
        urine_creatinine_umol_l=_exact(visit.labs.get("UCREAT")),
        urine_volume_ml=_exact(visit.labs.get("U24V")),
        weight_kg=visit.vital("weight_kg"),
        sex=cast(Any, patient.sex),
        parameters=parameters_of(protocol, RULE_COLLECTION.id) or None,
    )


def _exact(measured: Measured | None) -> float | None:
    return None if measured is None or measured.operator else measured.value
