"""The kidney at each visit: protein, eGFR with its stage, response against baseline, flares.

Baseline follows the usual convention of trials: for each measure the last value on or before day 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from lnmonitor.analysis.drugs import Steroids, escalated, on_rescue
from lnmonitor.analysis.inputs import PatientInput, VisitInput
from lnmonitor.analysis.model import GfrStage, Measured, guarded
from lnmonitor.clinical import flare, gfr, response
from lnmonitor.clinical.flare import FlareObservation
from lnmonitor.clinical.proteinuria import UNITS, Proteinuria, limit_in
from lnmonitor.clinical.response import RenalState, Response, ResponseResult
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
        lambda: gfr.estimate(
            chosen,
            creatinine_umol_l=visit.value("CREAT"),
            age_years=patient.age(visit.on),
            sex=cast(Any, patient.sex),
            weight_kg=visit.vital("weight_kg"),
            height_cm=height,
            cystatin_c_mg_l=visit.value("CYSC"),
        ),
    )


def g_stage(estimated: Outcome) -> GfrStage:
    """Return the KDIGO stage of an estimated GFR."""
    value = estimated.value if isinstance(estimated, gfr.EgfrResult) else None
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
    patient: PatientInput,
    visit: VisitInput,
    estimated: Outcome | None,
    prednisone_mg_day: float | None,
) -> RenalState:
    """Return what the response and flare rules read of one visit."""
    creatinine, casts = visit.labs.get("CREAT"), visit.labs.get("UCASTS")
    kind = casts.text if casts else ""
    return RenalState(
        proteinuria=protein(visit.labs.get("U24P")),
        upcr=protein(visit.labs.get("UPCR")),
        creatinine_umol_l=creatinine.value if creatinine else None,
        creatinine_uln=creatinine.high if creatinine else None,
        egfr=estimated.value if isinstance(estimated, gfr.EgfrResult) else None,
        albumin_g_l=visit.value("ALB"),
        urine_rbc_hpf=visit.value("URBC"),
        urine_wbc_hpf=visit.value("UWBC"),
        casts=kind in CELLULAR_CASTS if kind else None,
        on_rescue=on_rescue(patient.immunosuppressants, visit.on),
        pre_flare_egfr=patient.history.pre_flare_egfr if patient.history else None,
        prednisone_mg_day=prednisone_mg_day,
    )


def baseline_state(before: Sequence[RenalState]) -> RenalState:
    """Return for each measure its last value among the states up to day 0, in order of date."""
    baseline = RenalState()
    for state in before:
        known = {f.name: getattr(state, f.name) for f in fields(state)}
        baseline = replace(baseline, **{k: v for k, v in known.items() if v is not None})
    return replace(baseline, on_rescue=None)


def respond(baseline: RenalState, now: RenalState, protocol: Protocol) -> dict[str, Outcome]:
    """Return the response by the primary and the other rule sets of the protocol."""
    found: dict[str, Outcome] = {}
    for rule_set in (protocol.response_rule, *protocol.other_response_rules):
        known = response.RULE_SETS.get(rule_set)
        found[f"response.{rule_set}"] = guarded(
            known.rule if known else Rule(f"response-{rule_set}", "0"),
            lambda rule_set=rule_set: response.assess(  # type: ignore[misc]
                rule_set,
                baseline=baseline,
                now=now,
                parameters=cast(Any, protocol.parameters.get(rule_set)),
            ),
        )
    return found


def find_flares(
    patient: PatientInput,
    courses: Steroids,
    followed: Sequence[KidneyVisit],
    protocol: Protocol,
) -> tuple[Outcome, ...]:
    """Return suspected and confirmed flares over all visits after day 0, unscheduled ones too."""
    observations = [
        FlareObservation(
            day=one.visit.day,
            date=one.visit.on.isoformat(),
            state=one.state,
            response=_response(one, protocol),
            treatment_escalated=escalated(
                one.visit.on, courses, patient.glucocorticoids, patient.immunosuppressants
            ),
            collection_id=_collection(one.visit),
        )
        for one in followed
        if one.visit.day is not None
    ]
    rule_set = flare.RULE_SETS.get(protocol.flare_rule)
    rule = rule_set.rule if rule_set else Rule(protocol.flare_rule, "0")
    found: list[Outcome] = []

    def detect() -> Outcome:
        found.extend(
            flare.detect(
                observations,
                cast(Any, protocol.parameters.get(protocol.flare_rule)),
                rule_set_id=protocol.flare_rule,
            )
        )
        return Outcome(rule)

    asked = guarded(rule, detect)
    return tuple(found) if not asked.reasons else (asked,)


def _response(one: KidneyVisit, protocol: Protocol) -> Response | None:
    found = one.outcomes.get(f"response.{protocol.response_rule}")
    return found.response if isinstance(found, ResponseResult) else None


def _collection(visit: VisitInput) -> str | None:
    """Two visits that show results of one and the same day show one collection."""
    for code in ("U24P", "UPCR"):
        measured = visit.labs.get(code)
        if measured is not None and measured.value is not None:
            return f"{code} {measured.date}" if measured.date else None
    return None
