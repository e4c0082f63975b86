"""The 97 items of BILAG-2004 in the form's order, with the code each is stored under.

Yee 2009/2010 (Rheumatology) with Isenberg 2005. Numbers 1-68 were read on the printed form; 69-97
follow from the printed order and the counts per system (4+14+20+5+12+9+13+12+8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONSTITUTIONAL = "constitutional"
MUCOCUTANEOUS = "mucocutaneous"
NEUROPSYCHIATRIC = "neuropsychiatric"
MUSCULOSKELETAL = "musculoskeletal"
CARDIORESPIRATORY = "cardiorespiratory"
GASTROINTESTINAL = "gastrointestinal"
OPHTHALMIC = "ophthalmic"
RENAL = "renal"
HAEMATOLOGICAL = "haematological"
SYSTEMS = (
    CONSTITUTIONAL,
    MUCOCUTANEOUS,
    NEUROPSYCHIATRIC,
    MUSCULOSKELETAL,
    CARDIORESPIRATORY,
    GASTROINTESTINAL,
    OPHTHALMIC,
    RENAL,
    HAEMATOLOGICAL,
)

SCORED = "scored"
NUMERIC = "numeric"
YES_NO = "yes_no"
DIPSTICK = "dipstick"


@dataclass(frozen=True)
class BilagItem:
    """`kind`: SCORED (0 absent, 1 improving, 2 same, 3 worse, 4 new), NUMERIC, YES_NO, DIPSTICK."""

    number: int
    code: str
    system: str
    kind: str


_SCORED_CODES: Mapping[str, tuple[str, ...]] = {
    CONSTITUTIONAL: ("pyrexia", "weight_loss", "lymphadenopathy_splenomegaly", "anorexia"),
    MUCOCUTANEOUS: (
        "skin_eruption_severe",
        "skin_eruption_mild",
        "angio_oedema_severe",
        "angio_oedema_mild",
        "mucosal_ulceration_severe",
        "mucosal_ulceration_mild",
        "panniculitis_bullous_severe",
        "panniculitis_bullous_mild",
        "major_cutaneous_vasculitis",
        "digital_infarcts_nodular_vasculitis",
        "alopecia_severe",
        "alopecia_mild",
        "periungual_erythema_chilblains",
        "splinter_haemorrhages",
    ),
    NEUROPSYCHIATRIC: (
        "aseptic_meningitis",
        "cerebral_vasculitis",
        "demyelinating_syndrome",
        "myelopathy",
        "acute_confusional_state",
        "psychosis",
        "aidp",
        "mononeuropathy",
        "cranial_neuropathy",
        "plexopathy",
        "polyneuropathy",
        "seizure_disorder",
        "status_epilepticus",
        "cerebrovascular_disease",
        "cognitive_dysfunction",
        "movement_disorder",
        "autonomic_disorder",
        "cerebellar_ataxia",
        "lupus_headache",
        "intracranial_hypertension_headache",
    ),
    MUSCULOSKELETAL: (
        "myositis_severe",
        "myositis_mild",
        "arthritis_severe",
        "arthritis_moderate",
        "arthritis_mild",
    ),
    CARDIORESPIRATORY: (
        "myocarditis_mild",
        "myocarditis_cardiac_failure",
        "arrhythmia",
        "valvular_dysfunction",
        "pleurisy_pericarditis",
        "cardiac_tamponade",
        "pleural_effusion_dyspnoea",
        "pulmonary_haemorrhage_vasculitis",
        "interstitial_alveolitis_pneumonitis",
        "shrinking_lung",
        "aortitis",
        "coronary_vasculitis",
    ),
    GASTROINTESTINAL: (
        "lupus_peritonitis",
        "abdominal_serositis_ascites",
        "enteritis_colitis",
        "malabsorption",
        "protein_losing_enteropathy",
        "intestinal_pseudo_obstruction",
        "hepatitis",
        "acute_cholecystitis",
        "acute_pancreatitis",
    ),
    OPHTHALMIC: (
        "orbital_inflammation",
        "keratitis_severe",
        "keratitis_mild",
        "anterior_uveitis",
        "posterior_uveitis_severe",
        "posterior_uveitis_mild",
        "episcleritis",
        "scleritis_severe",
        "scleritis_mild",
        "retinal_choroidal_vaso_occlusive",
        "cotton_wool_spots",
        "optic_neuritis",
        "anterior_ischaemic_optic_neuropathy",
    ),
}

_VALUE_ITEMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    RENAL: (
        ("systolic_bp", NUMERIC),
        ("diastolic_bp", NUMERIC),
        ("accelerated_hypertension", YES_NO),
        ("dipstick", DIPSTICK),
        ("uacr", NUMERIC),
        ("upcr", NUMERIC),
        ("u24", NUMERIC),
        ("nephrotic_syndrome", YES_NO),
        ("creatinine", NUMERIC),
        ("gfr", NUMERIC),
        ("active_sediment", YES_NO),
        ("active_nephritis", YES_NO),
    ),
    HAEMATOLOGICAL: (
        ("haemoglobin", NUMERIC),
        ("wbc", NUMERIC),
        ("neutrophils", NUMERIC),
        ("lymphocytes", NUMERIC),
        ("platelets", NUMERIC),
        ("ttp", SCORED),
        ("active_haemolysis", YES_NO),
        ("isolated_coombs", YES_NO),
    ),
}


def _build() -> tuple[BilagItem, ...]:
    rows = [(code, system, SCORED) for system, codes in _SCORED_CODES.items() for code in codes]
    rows += [(code, system, kind) for system, items in _VALUE_ITEMS.items() for code, kind in items]
    return tuple(BilagItem(number, *row) for number, row in enumerate(rows, start=1))


ITEMS: tuple[BilagItem, ...] = _build()
ITEM_BY_NUMBER: Mapping[int, BilagItem] = {item.number: item for item in ITEMS}


def codes_of(*numbers: int) -> tuple[str, ...]:
    """Return the codes of items by their printed number."""
    return tuple(ITEM_BY_NUMBER[number].code for number in numbers)
