"""SLEDAI-2K: the trial's activity score, as a range whenever an item was not assessed.

Gladman 2002 (J Rheumatol 29:288), items and weights; 30-day window Touma 2010 (Lupus 19:49).
A laboratory value only proposes an item: the investigator attributes it to lupus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lnmonitor.clinical.criteria import compare, met_any, require_positive, require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import NO, YES, Citation, Outcome, Reason, Rule, Scalar, Truth

GLADMAN_2002 = Citation("Gladman DD, Ibanez D, Urowitz MB", "J Rheumatol 29:288-91", 2002)
BOMBARDIER_1992 = Citation(
    "Bombardier C, et al.", "Arthritis Rheum 35:630-40", 1992, "10.1002/art.1780350606"
)
TOUMA_2010 = Citation("Touma Z, Urowitz MB, et al.", "Lupus 19:49-51", 2010)

WINDOWS_DAYS = (10, 30)


@dataclass(frozen=True)
class SledaiItem:
    """One of the 24 descriptors; `lab_derived` when a laboratory value or sign can propose it."""

    code: str
    weight: int
    organ: str
    lab_derived: bool


ITEMS: tuple[SledaiItem, ...] = (
    SledaiItem("seizure", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("psychosis", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("organic_brain", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("visual", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("cranial_nerve", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("lupus_headache", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("cva", 8, "neuropsychiatric", lab_derived=False),
    SledaiItem("vasculitis", 8, "vascular", lab_derived=False),
    SledaiItem("arthritis", 4, "musculoskeletal", lab_derived=False),
    SledaiItem("myositis", 4, "musculoskeletal", lab_derived=False),
    SledaiItem("casts", 4, "renal", lab_derived=True),
    SledaiItem("haematuria", 4, "renal", lab_derived=True),
    SledaiItem("proteinuria", 4, "renal", lab_derived=True),
    SledaiItem("pyuria", 4, "renal", lab_derived=True),
    SledaiItem("rash", 2, "mucocutaneous", lab_derived=False),
    SledaiItem("alopecia", 2, "mucocutaneous", lab_derived=False),
    SledaiItem("mucosal", 2, "mucocutaneous", lab_derived=False),
    SledaiItem("pleurisy", 2, "serosal", lab_derived=False),
    SledaiItem("pericarditis", 2, "serosal", lab_derived=False),
    SledaiItem("low_complement", 2, "immunological", lab_derived=True),
    SledaiItem("dsdna", 2, "immunological", lab_derived=True),
    SledaiItem("fever", 1, "constitutional", lab_derived=True),
    SledaiItem("thrombocytopenia", 1, "haematological", lab_derived=True),
    SledaiItem("leukopenia", 1, "haematological", lab_derived=True),
)
ITEM_BY_CODE: Mapping[str, SledaiItem] = {item.code: item for item in ITEMS}
RENAL_CODES = ("casts", "haematuria", "proteinuria", "pyuria")
SEROLOGICAL_CODES = ("low_complement", "dsdna")
_CLINICAL_CODES = tuple(code for code in ITEM_BY_CODE if code not in SEROLOGICAL_CODES)

ALIASES: Mapping[str, str] = {
    "organic_brain_syndrome": "organic_brain",
    "visual_disturbance": "visual",
    "cranial_nerve_disorder": "cranial_nerve",
    "cerebrovascular_accident": "cva",
    "urinary_casts": "casts",
    "hematuria": "haematuria",
    "mucosal_ulcers": "mucosal",
    "increased_dna_binding": "dsdna",
}
"""Other names of items met in data files."""

CAST_TYPES = ("none", "hyaline", "granular", "wbc", "epithelial", "waxy", "rbc", "haem_granular")
SLE_CAST_TYPES = ("rbc", "haem_granular")

RULE_SLEDAI_2K = Rule("sledai-2k", "1", (GLADMAN_2002, BOMBARDIER_1992, TOUMA_2010), verified=True)
RULE_RENAL_SLEDAI = Rule("renal-sledai", "1", (GLADMAN_2002,), verified=True)
RULE_CLINICAL_SLEDAI = Rule("clinical-sledai", "1", (GLADMAN_2002,), verified=True)


@dataclass(frozen=True)
class SledaiScore(Outcome):
    """`score` is None unless exact; the truth lies in `low`..`high` (points, 0..105)."""

    score: int | None = None
    low: int = 0
    high: int = 0
    present: tuple[str, ...] = ()
    window_days: int = 30


@dataclass(frozen=True)
class SledaiLabs:
    """What proposes the laboratory items; None = not measured. Counts are per high-power field,
    blood cells 10^9/L, complement g/L (CH50 U/mL), limits in the unit of their value.

    `casts` is one of CAST_TYPES. The last three fields are the exclusions: an infection (fever,
    haematuria, pyuria), a stone or other urinary cause such as menses (haematuria), a drug
    (thrombocytopenia, leukopenia); None leaves the attribution to the investigator.
    """

    u24_g: float | None = None
    upcr_g_g: float | None = None
    upcr_mg_mmol: float | None = None
    urine_rbc_hpf: float | None = None
    urine_wbc_hpf: float | None = None
    casts: str | None = None
    c3_g_l: float | None = None
    c3_lln: float | None = None
    c4_g_l: float | None = None
    c4_lln: float | None = None
    ch50: float | None = None
    ch50_lln: float | None = None
    dsdna: float | None = None
    dsdna_uln: float | None = None
    temperature_c: float | None = None
    platelets: float | None = None
    wbc: float | None = None
    infection: bool | None = None
    other_urinary_cause: bool | None = None
    drug_cause: bool | None = None


class Proposal(NamedTuple):
    """What the laboratory says about one item, for an investigator to attribute or refuse."""

    present: Truth
    reason: Reason


def score_items(
    rule: Rule, codes: Iterable[str], items: Mapping[str, bool | None], window_days: int
) -> SledaiScore:
    """Return the weighted sum of some of the items under a rule; inputs as for `score`."""
    if not items.keys() <= ITEM_BY_CODE.keys():
        name = sorted(items.keys() - ITEM_BY_CODE.keys())[0]
        raise InvalidInput("SLEDAI item", name, None, "one of the 24 item codes")
    if window_days not in WINDOWS_DAYS:
        raise InvalidInput("SLEDAI window", window_days, "days", "10 or 30")
    present: list[str] = []
    missing: list[str] = []
    reasons: list[Reason] = []
    low = open_points = 0
    for code in codes:
        answer = items.get(code)
        if answer is not None and not answer:
            continue
        weight = ITEM_BY_CODE[code].weight
        if answer is None:
            missing.append(code)
            open_points += weight
        else:
            present.append(code)
            low += weight
        values: dict[str, Scalar] = {"item": code, "weight": weight}
        reasons.append(Reason("sledai.item", Truth.of(answer), values))
    return SledaiScore(
        rule=rule,
        reasons=tuple(reasons),
        missing=tuple(missing),
        score=None if missing else low,
        low=low,
        high=low + open_points,
        present=tuple(present),
        window_days=window_days,
    )


def score(items: Mapping[str, bool | None], *, window_days: int = 30) -> SledaiScore:
    """Return the SLEDAI-2K (0..105 points) of items attributed to active lupus.

    `items` maps item codes to present, absent, or None for not assessed; a code left out is not
    assessed either. `window_days` (10 or 30) is stored, not computed with.
    Raises InvalidInput for an unknown code or window.
    """
    return score_items(RULE_SLEDAI_2K, ITEM_BY_CODE, items, window_days)


def renal_sledai(items: Mapping[str, bool | None], *, window_days: int = 30) -> SledaiScore:
    """Return the sum of the four renal items, 0..16 points; inputs as for `score`."""
    return score_items(RULE_RENAL_SLEDAI, RENAL_CODES, items, window_days)


def clinical_sledai(items: Mapping[str, bool | None], *, window_days: int = 30) -> SledaiScore:
    """Return SLEDAI-2K without complement and anti-dsDNA, 0..101 points; inputs as for `score`."""
    return score_items(RULE_CLINICAL_SLEDAI, _CLINICAL_CODES, items, window_days)


def activity_band(points: int) -> str:
    """Return "none" (0), "low" (1-4), "moderate" (5-10) or "high" (> 10)."""
    require_range("SLEDAI-2K", points, None, 0, 105)
    if points == 0:
        return "none"
    if points <= 4:
        return "low"
    return "moderate" if points <= 10 else "high"


def change_band(previous: int, now: int) -> str:
    """Return "worse" (rise >= 4), "improved" (fall >= 4) or "persistent" for exact scores."""
    change = now - previous
    if abs(change) < 4:
        return "persistent"
    return "worse" if change > 0 else "improved"


def _check(labs: SledaiLabs) -> None:
    for name in ("u24_g", "upcr_g_g", "upcr_mg_mmol", "urine_rbc_hpf", "urine_wbc_hpf"):
        require_range(name, getattr(labs, name), None, 0)
    for name in ("c3_g_l", "c4_g_l", "ch50", "dsdna", "platelets", "wbc"):
        require_range(name, getattr(labs, name), None, 0)
    for name in ("c3_lln", "c4_lln", "ch50_lln", "dsdna_uln"):
        require_positive(name, getattr(labs, name), None)
    require_range("temperature_c", labs.temperature_c, "°C", 25, 45)
    if labs.casts is not None and labs.casts not in CAST_TYPES:
        raise InvalidInput("casts", labs.casts, None, " or ".join(CAST_TYPES))


def _casts(labs: SledaiLabs) -> Reason:
    found = None if labs.casts is None else labs.casts in SLE_CAST_TYPES
    return Reason("sledai.casts", Truth.of(found), {"item": "casts", "value": labs.casts})


def _proteinuria(labs: SledaiLabs) -> Reason:
    """A 24-hour collection outranks a ratio; a ratio is tested in the unit it was reported in."""
    if labs.u24_g is None and labs.upcr_g_g is not None:
        return compare("sledai.upcr", "upcr_g_g", labs.upcr_g_g, ">", 0.5, "g/g")
    if labs.u24_g is None and labs.upcr_mg_mmol is not None:
        return compare("sledai.upcr", "upcr_mg_mmol", labs.upcr_mg_mmol, ">", 50, "mg/mmol")
    return compare("sledai.u24", "u24_g", labs.u24_g, ">", 0.5, "g/24 h")


def _low_complement(labs: SledaiLabs) -> Reason:
    """Any of three below its limit; normal C3 and C4 decide without CH50, which few measure."""
    c3 = compare("sledai.complement", "c3_g_l", labs.c3_g_l, "<", labs.c3_lln, "g/L")
    c4 = compare("sledai.complement", "c4_g_l", labs.c4_g_l, "<", labs.c4_lln, "g/L")
    ch50 = compare("sledai.complement", "ch50", labs.ch50, "<", labs.ch50_lln, "U/mL")
    tests = (c3, c4) if labs.ch50 is None else (c3, c4, ch50)
    met = met_any(tests)
    shown = next((test for test in tests if test.met is met), c3)
    return Reason(shown.code, met, shown.values)


def _excluded(reason: Reason, item: str, cause: str, present: bool | None) -> Reason:
    if present and reason.met is YES:
        return Reason("sledai.excluded", NO, {**reason.values, "item": item, "cause": cause})
    return reason


def propose(labs: SledaiLabs) -> dict[str, Proposal]:
    """Return what the laboratory values propose for the nine laboratory items.

    All limits are strict (RBC > 5, proteinuria > 0.5 g, platelets < 100). An item without its value
    is UNKNOWN. Raises InvalidInput for impossible values.
    """
    _check(labs)
    rbc = compare("sledai.urine_rbc", "urine_rbc_hpf", labs.urine_rbc_hpf, ">", 5, "/hpf")
    rbc = _excluded(rbc, "haematuria", "infection", labs.infection)
    rbc = _excluded(rbc, "haematuria", "other_urinary_cause", labs.other_urinary_cause)
    wbc_urine = compare("sledai.urine_wbc", "urine_wbc_hpf", labs.urine_wbc_hpf, ">", 5, "/hpf")
    fever = compare("sledai.temperature", "temperature_c", labs.temperature_c, ">", 38.0, "°C")
    platelets = compare("sledai.platelets", "platelets", labs.platelets, "<", 100, "10^9/L")
    wbc = compare("sledai.wbc", "wbc", labs.wbc, "<", 3.0, "10^9/L")
    found: dict[str, Reason] = {
        "casts": _casts(labs),
        "haematuria": rbc,
        "proteinuria": _proteinuria(labs),
        "pyuria": _excluded(wbc_urine, "pyuria", "infection", labs.infection),
        "low_complement": _low_complement(labs),
        "dsdna": compare("sledai.dsdna", "dsdna", labs.dsdna, ">", labs.dsdna_uln),
        "fever": _excluded(fever, "fever", "infection", labs.infection),
        "thrombocytopenia": _excluded(platelets, "thrombocytopenia", "drug", labs.drug_cause),
        "leukopenia": _excluded(wbc, "leukopenia", "drug", labs.drug_cause),
    }
    return {code: Proposal(reason.met, reason) for code, reason in found.items()}


def contradictions(items: Mapping[str, bool | None], labs: SledaiLabs) -> dict[str, Proposal]:
    """Return the proposals that a tick contradicts: ticked absent but measured, or the reverse.

    A ticked absence is only a contradiction to query: the finding may have another cause.
    """
    return {
        code: proposal
        for code, proposal in propose(labs).items()
        if (answer := items.get(code)) is not None and proposal.present is (NO if answer else YES)
    }
