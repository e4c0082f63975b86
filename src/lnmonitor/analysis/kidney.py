"""The kidney at each visit as the rules read it: protein, eGFR with its stage, state, baseline.

Baseline follows the usual convention of trials: for each measure the last value on or before day 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, cast

from lnmonitor.analysis.drugs import on_rescue
from lnmonitor.analysis.inputs import PatientInput, VisitInput
from lnmonitor.analysis.kidney_events import egfr_related_event
from lnmonitor.analysis.kidney_replacement import replaced_since
from lnmonitor.analysis.model import GfrStage, Measured, guarded
from lnmonitor.analysis.treatment import Treatment
from lnmonitor.clinical import gfr
from lnmonitor.clinical.criteria import truth
from lnmonitor.clinical.proteinuria import UNITS, Proteinuria, limit_in
from lnmonitor.clinical.response import Parameter, RenalState
from lnmonitor.clinical.results import Citation, Outcome, Reason, Rule, Truth
from lnmonitor.study.protocol import Protocol

KDIGO_CKD = Citation("KDIGO CKD Work Group", "Kidney Int 105(4S):S117-S314", 2024)
RULE_G_STAGE = Rule("kdigo-g-stage", "1", (KDIGO_CKD,), verified=False)

PROTEIN_MEASURES = ("U24P", "UPCR", "UACR", "UDIP")
CELLULAR_CASTS = frozenset({"RBC", "HAEMGRAN", "WBC"})
_LOWEST_LIMIT_G, _HIGHEST_LIMIT_G = 0.25, 3.5
"""The lowest and highest protein limits of the rules, g/24 h or g/g."""


@dataclass(frozen=True)
class KidneyVisit:
    """One visit's kidney: state for the rules and the outcomes by key."""

    visit: VisitInput
    state: RenalState
    outcomes: Mapping[str, Outcome]


def protein(measured: Measured | None) -> Proteinuria | None:
    """Return urine protein for the rules, a ratio in the unit reported; None where undecided.

    A value "below x" counts as x only where x is under every limit, a value "above x" or from an
    incomplete 24-hour collection (the truth is higher) only where it passes every limit.
    """
    if measured is None or measured.value is None:
        return None
    found = _as_reported(measured)
    if found is None:
        return None
    low, high = (limit_in(found.unit, g) for g in (_LOWEST_LIMIT_G, _HIGHEST_LIMIT_G))
    if measured.operator.startswith("<"):
        return found if found.value <= low else None
    if measured.operator.startswith(">") or measured.complete is False:
        return found if found.value >= high else None
    return found


def _as_reported(measured: Measured) -> Proteinuria | None:
    if measured.value is None or measured.value < 0:
        return None
    if measured.reported_value is not None and measured.reported_unit in UNITS:
        return Proteinuria(measured.reported_value, measured.reported_unit)
    return Proteinuria(measured.value, measured.unit) if measured.unit in UNITS else None


def equation_id(protocol: Protocol) -> str:
    """Return the protocol's eGFR equation; a wrong name in the protocol is refused by the rule."""
    return protocol.egfr_equation


def estimate_gfr(patient: PatientInput, visit: VisitInput, protocol: Protocol) -> Outcome:
    """Estimate GFR at a visit by the protocol's equation, age in completed years that day."""
    chosen = equation_id(protocol)
    equation = gfr.EQUATIONS.get(chosen)
    height = visit.vital("height_cm") or patient.demographics.height_cm
    return guarded(
        equation.rule if equation else Rule(f"egfr-{chosen}", "0"),
        lambda: _estimate(
            chosen,
            creatinine_umol_l=visit.exact("CREAT"),
            age_years=patient.age(visit.on),
            sex=cast(Any, patient.sex),
            weight_kg=visit.vital("weight_kg"),
            height_cm=height,
            cystatin_c_mg_l=visit.exact("CYSC"),
            urea_mmol_l=visit.exact("UREA") or visit.exact("BUN"),
            albumin_g_l=visit.exact("ALB"),
        ),
    )


_estimate = lru_cache(maxsize=4096)(gfr.estimate)
"""Remembered: a patient is evaluated after every save, and nearly all visits are as before."""


def g_stage(estimated: Outcome) -> GfrStage:
    """Return the KDIGO stage of an estimated GFR."""
    return _staged(estimated_value(estimated))


@lru_cache(maxsize=4096)
def _staged(value: float | None) -> GfrStage:
    stage = None if value is None else gfr.kdigo_g_stage(value)
    reason = Reason(
        "kdigo.g_stage", Truth.of(None if value is None else True), {"value": value, "stage": stage}
    )
    missing = () if stage else ("egfr",)
    return GfrStage(rule=RULE_G_STAGE, reasons=(reason,), missing=missing, stage=stage)


def judges_response(visit: VisitInput, protocol: Protocol) -> bool:
    """Whether a response is due: urine protein was asked for, or the planned visit asks for it."""
    planned = protocol.visit(visit.record.form.visit_code)
    expected = planned.analytes if planned is not None and planned.scheduled else ()
    return any(code in visit.labs or code in expected for code in ("U24P", "UPCR"))


def renal_state(
    patient: PatientInput, visit: VisitInput, estimated: Outcome | None, treatment: Treatment
) -> RenalState:
    """Return what the response and flare rules read of one visit.

    Whether a fall of eGFR was confirmed needs the samples around it: see `fall_confirmed`. Of death
    nothing is said: a visit shows that the patient lived, and the cohort tables count the dead.
    """
    creatinine, casts = visit.labs.get("CREAT"), visit.labs.get("UCASTS")
    kind = casts.text if casts else ""
    replaced = replaced_since(patient.kidney_replacements, patient.day0)
    return RenalState(
        proteinuria=protein(visit.labs.get("U24P")),
        upcr=protein(visit.labs.get("UPCR")),
        creatinine_umol_l=creatinine.value if creatinine else None,
        creatinine_uln=creatinine.high if creatinine else None,
        egfr=estimated_value(estimated),
        albumin_g_l=visit.value("ALB"),
        urine_rbc_hpf=visit.value("URBC"),
        urine_wbc_hpf=visit.value("UWBC"),
        casts=kind in CELLULAR_CASTS if kind else None,
        on_rescue=on_rescue(patient.immunosuppressants, visit.on),
        dead_or_dialysis=replaced is not None and replaced <= visit.on,
        pre_flare_egfr=patient.history.pre_flare_egfr if patient.history else None,
        prednisone_mg_day=treatment.prednisone_mg_day,
        treatment_failure=treatment.failed,
        steroid_allowance_kept=treatment.allowance_kept,
        egfr_related_event=egfr_related_event(patient.events, visit.on),
    )


def estimated_value(estimated: Outcome | None) -> float | None:
    """Return the number of an estimated GFR, None without one."""
    return estimated.value if isinstance(estimated, gfr.EgfrResult) else None


def fall_confirmed(
    samples: Sequence[tuple[str, float]],
    on: str,
    baseline: float | None,
    parameters: Mapping[str, Parameter],
) -> bool | None:
    """Whether a fall of eGFR under both limits of AURORA-1 was found in two samples in a row.

    Args:
        samples: (ISO date, eGFR) after day 0, by date, each date once. on: date of the sample asked
            about. parameters: `egfr_floor` (mL/min/1.73 m²) and `egfr_loss` (fraction of
            `baseline`).

    The trial asked for confirmation without saying when (as posted: clause of Rovin 2021): the
    sample before or after is this protocol's reading. False where the sample has not fallen; None
    while a later sample could still confirm it, or the baseline is not known.
    """
    limit = None if baseline is None else baseline * (1 - parameters["egfr_loss"])

    def low(value: float | None) -> Truth:
        return Truth.all(truth(value, "<", parameters["egfr_floor"]), truth(value, "<", limit))

    place = next((n for n, (day, _) in enumerate(samples) if day == on), None)
    if place is None:
        return None
    before = low(samples[place - 1][1]) if place else Truth.NO
    after = low(samples[place + 1][1]) if place + 1 < len(samples) else Truth.UNKNOWN
    met = Truth.all(low(samples[place][1]), Truth.any(before, after))
    return None if met is Truth.UNKNOWN else met is Truth.YES


def updated_baseline(baseline: RenalState, state: RenalState) -> RenalState:
    """Return for each measure the later value: `state` is of a visit up to day 0 after the others.

    Treatment and events at baseline say nothing about a response.
    """
    known = {f.name: getattr(state, f.name) for f in fields(state)}
    baseline = replace(baseline, **{k: v for k, v in known.items() if v is not None})
    return replace(
        baseline,
        on_rescue=None,
        treatment_failure=None,
        steroid_allowance_kept=None,
        egfr_related_event=None,
    )
