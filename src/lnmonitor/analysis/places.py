"""Where the inputs of rules are entered: the name a rule uses, and the form and item behind it.

A rule names its inputs as its source does, a form asks in words of its own; here the two meet, as
data. An explanation leads from a number to its record, and from a missing input to its field, by
these tables (`analysis.sources`). A test holds every name that a rule can use to have a place here
or to stand in `NO_PLACE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lnmonitor.analysis.laboratory_grades import TERMS
from lnmonitor.clinical import ctcae_terms
from lnmonitor.clinical.sledai import ITEMS as SLEDAI_ITEMS
from lnmonitor.clinical.steroids import MG_EQUAL_TO_PREDNISONE_5
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import Bilag2004, LabResult, Sledai2K


class Place(NamedTuple):
    """A form by its code, and an item of it; an analyte for laboratory results, "" for the whole.

    A whole form stands for an answer that no single item gives: a score, or a log read as a whole.
    """

    form: str
    item: str = ""


Ways = tuple[tuple[Place, ...], ...]
"""Ways to know an input, the first that was recorded counts; each is the items it takes together.

A missing input would be entered at the first item of the first way.
"""


def _one(form: str, *items: str) -> Ways:
    """Return one way, by items of one form."""
    return (tuple(Place(form, item) for item in items or ("",)),)


def _lab(*analytes: str) -> Ways:
    return _one(LabResult.code, *analytes)


_SEDIMENT = _lab("URBC", "UWBC", "UCASTS")

_MEASURED: Mapping[str, Ways] = {
    # urine
    **dict.fromkeys(("u24", "u24_g", "proteinuria", "Proteinuria"), _lab("U24P")),
    **dict.fromkeys(("upcr", "upcr_g_g", "upcr_mg_mmol"), _lab("UPCR")),
    **dict.fromkeys(("uacr", "uacr_mg_mmol"), _lab("UACR")),
    "dipstick": _lab("UDIP"),
    "urine_creatinine_umol_l": _lab("UCREAT"),
    "urine_volume_ml": _lab("U24V"),
    **dict.fromkeys(("urine_rbc_hpf", "rbc"), _lab("URBC")),
    "urine_wbc_hpf": _lab("UWBC"),
    "casts": _lab("UCASTS"),
    "sediment": _SEDIMENT,
    # kidney: an estimated GFR is computed from the creatinine (or cystatin C) of the same visit
    **dict.fromkeys(("creatinine", "creatinine_umol_l", "creatinine_uln"), _lab("CREAT")),
    **dict.fromkeys(
        ("egfr", "gfr", "egfr_fall_confirmed", "creatinine_clearance", "Chronic kidney disease"),
        (*_lab("CREAT"), *_lab("CYSC")),
    ),
    "cystatin_c_mg_l": _lab("CYSC"),
    "urea_mmol_l": (*_lab("UREA"), *_lab("BUN")),
    "albumin_g_l": _lab("ALB"),
    # blood and serology
    **dict.fromkeys(("haemoglobin", "haemoglobin_g_l"), _lab("HGB")),
    **dict.fromkeys(("wbc", "wbc_10e9_l"), _lab("WBC")),
    **dict.fromkeys(("neutrophils", "neutrophils_10e9_l"), _lab("NEUT")),
    **dict.fromkeys(("lymphocytes", "lymphocytes_10e9_l"), _lab("LYMPH")),
    **dict.fromkeys(("platelets", "platelets_10e9_l"), _lab("PLT")),
    **dict.fromkeys(("c3_g_l", "c3_lln"), _lab("C3")),
    **dict.fromkeys(("c4_g_l", "c4_lln"), _lab("C4")),
    **dict.fromkeys(("ch50", "ch50_lln"), _lab("CH50")),
    **dict.fromkeys(("dsdna", "dsdna_uln"), _lab("DSDNA")),
    **{code: _lab(code) for code in ANALYTES},
    **{term: _lab(code) for code, terms in TERMS.items() for term in terms},
    # signs
    **dict.fromkeys(("sbp", "systolic", "systolic_bp"), _one("VS", "systolic")),
    **dict.fromkeys(("dbp", "diastolic_bp"), _one("VS", "diastolic")),
    **dict.fromkeys(("temperature_c", "Fever"), _one("VS", "temperature_c")),
    **dict.fromkeys(("spo2", "spo2_percent", "Hypoxia"), _one("VS", "spo2")),
    "Hypertension": _one("VS", "systolic", "diastolic"),
    **dict.fromkeys(("weight_kg", "Weight gain"), _one("VS", "weight_kg")),
    "height_cm": (*_one("VS", "height_cm"), *_one("DM", "height_cm")),
    "pga": _one("PGA", "pga"),
}

_PERSON: Mapping[str, Ways] = {
    "sex": _one("DM", "sex"),
    "age_years": (*_one("DM", "birth_date"), *_one("DM", "age_at_consent")),
    "pre_flare_egfr": _one("MH", "pre_flare_egfr"),
    "dead_or_dialysis": (*_one("PR", "kind"), *_one("DS", "status")),
    "dialysis": _one("PR", "kind"),
}

_TREATMENT: Mapping[str, Ways] = {
    "prednisone_mg_day": _one("CMG", "dose_mg"),
    "steroid_allowance_kept": _one("CMG"),
    **dict.fromkeys(MG_EQUAL_TO_PREDNISONE_5, _one("CMG", "dose_mg")),
    **dict.fromkeys(
        (
            *("on_rescue", "treatment_failure", "standard_treatment"),
            *("new_immunosuppressant", "new_nsaid_or_antimalarial"),
        ),
        _one("CMI"),
    ),
    "treatment": ((Place("CMG"), Place("CMI")),),
    **dict.fromkeys(("hospitalised_for_lupus", "egfr_related_event"), _one("AE")),
}

_SYSTEMS = {
    field.item.group.en.lower(): name
    for name, field in reversed(tuple(Bilag2004.items().items()))
    if field.item.group is not None
}
"""BILAG system -> its first item of the form."""

_SCORES: Mapping[str, Ways] = {
    **{item.code: _one("SLEDAI", item.code) for item in SLEDAI_ITEMS},
    **dict.fromkeys(("sledai", "previous_sledai"), _one("SLEDAI")),
    **{name: _one("SLEDAI", name) for name in ("worse_major", "worse_mild", "worse_other")},
    **{name: _one("BILAG", name) for name in Bilag2004.items()},
    **{system: _one("BILAG", first) for system, first in _SYSTEMS.items()},
    **dict.fromkeys(("bilag", "month_6", "month_12"), _one("BILAG")),
    "active_haemolysis": _one("BILAG", "haemolysis"),
    "isolated_coombs": _one("BILAG", "coombs"),
    "other_major_activity": _one("BILAG", "haemolysis"),
    # answered on the form, else decided by what was measured
    "accelerated_hypertension": (
        *_one("BILAG", "accelerated_hypertension"),
        *_one("VS", "systolic", "diastolic"),
    ),
    "nephrotic_syndrome": (*_one("BILAG", "nephrotic_syndrome"), *_lab("U24P", "UPCR")),
    "active_sediment": (*_one("BILAG", "active_sediment"), *_SEDIMENT),
    "active_histology_3mo": (*_one("BILAG", "active_nephritis"), *_one("MH", "biopsy_date")),
    **{f"ever_{system}": _one("MH", f"ever_{system}") for system in _SYSTEMS},
}

GENERAL: Mapping[str, Ways] = {**_SCORES, **_MEASURED, **_PERSON, **_TREATMENT}
"""Inputs of the rules of a visit or course; a measurement goes before an answer of its name."""

ANSWERS: Mapping[str, Ways] = {name: _one("SLEDAI", name) for name in Sledai2K.items()}
"""What a score or a state names is an answer of the form, not the measurement of that name."""

INFUSION: Mapping[str, Ways] = {
    "dose": _one("EX", "viable_cells", "weight_kg"),
    "weight_kg": _one("EX", "weight_kg"),
    "weight_age_days": _one("EX", "weight_date"),
    "viable_cells_given": _one("EX", "viable_cells"),
    "total_cells": _one("EX", "total_cells"),
    "viability_percent": _one("EX", "viability_percent"),
    "passage_number": _one("EX", "passage"),
    "concentration_cells_per_ml": _one("EX", "concentration"),
    "volume_ml": _one("EX", "volume_ml", "weight_kg"),
    "dmso_g_per_kg": _one("EX", "dmso_percent", "volume_ml", "weight_kg"),
    "rate_ml_per_h": _one("EX", "rate_ml_per_h"),
    "stop": _one("EX", "started_at", "stopped_at"),
    "elapsed_min": _one("EX", "started_at", "stopped_at"),
    "interruption_min": _one("EX", "interrupted_min"),
    "product_expiry": _one("EX", "expiry", "stopped_at"),
    "thawed_at": _one("EX", "thawed_at", "stopped_at"),
}
"""Inputs of the arithmetic of an infusion."""

EVENT: Mapping[str, Ways] = {
    "criteria": _one("AE", "serious"),
    "causality": _one("AE", "related_msc", "related_by_sponsor"),
    "investigator_causality": _one("AE", "related_msc"),
    "sponsor_causality": _one("AE", "related_by_sponsor"),
    "expected": _one("AE", "expected"),
    "awareness": _one("AE", "aware_at"),
    "present": _one("AE", "term"),
    "interrupted_or_treated": _one("AE", "action"),
    "death": _one("AE", "death"),
    "life_threatening": _one("AE", "life_threatening"),
    **dict.fromkeys(("admitted", "hospitalised", "hospitalisation"), _one("AE", "hospitalised")),
    "disability": _one("AE", "disability"),
    "congenital_anomaly": _one("AE", "congenital"),
    "medically_important": _one("AE", "medically_important"),
}
"""What is asked about an adverse event."""

OF_ANALYTE = frozenset({"value", "uln", "lln", "baseline"})
"""Of a laboratory grade: they lie with the result that is graded."""
OF_SYSTEM = frozenset({"ever_involved"})
"""Of a BILAG letter: asked in the history, for each system."""

_NOT_ENTERED = {
    # laid down by the protocol
    *("protocol_dose", "protocol_dose_per_kg"),
    # a sample or treatment that is still to come
    *("confirmation", "second_sample"),
    # no form asks for it: the grade that it would raise is for the investigator to give
    *("acanthocytes_hpf", "symptomatic", "drugs", "intensified", "crisis", "hours_above_40"),
    *("at_rest", "airway", "prolonged_or_recurrent", "one_vasopressor"),
    *("oxygen_40_percent_or_more", "hypotension_with_fluids", "oxygen_below_40_percent"),
    *("urgent_intervention", "medical_intervention", "insulin_or_admitted"),
    *("management_changed", "insulin_or_severe_symptoms", "diet_or_oral_agent"),
}
NO_PLACE = frozenset(
    {
        *_NOT_ENTERED,
        *(term for term in ctcae_terms.TERMS if term not in GENERAL),  # not graded here
    }
)
"""Names that lead nowhere, because nothing is entered for them."""

COMPUTED: Mapping[str, str] = {
    **dict.fromkeys(("egfr", "gfr"), "egfr"),
    **dict.fromkeys(("sledai", "previous_sledai"), "sledai"),
    **{system: f"bilag.{system}" for system in _SYSTEMS},
}
"""Inputs that are themselves results of a visit: what is missing of them is missing there."""


def ways(name: str, *tables: Mapping[str, Ways]) -> Ways:
    """Return the ways to know an input; tables are asked in turn, the general one last."""
    return next((table[name] for table in (*tables, GENERAL) if name in table), ())
