"""SLEDAI-2K and SELENA-SLEDAI a second time, as tables and sets.

Left open by the specification, and read here as the program reads it: CH50, which few laboratories
measure, is not waited for where C3 and C4 are normal; an exclusion says nothing about a value that
was not measured; protein is "new" for SELENA when it was not above 0.5 g before. Not asked: one
ratio given in two units that disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.independent.exact import UNKNOWN, q, settle

POINTS: dict[int, str] = {
    8: "seizure psychosis organic_brain visual cranial_nerve lupus_headache cva vasculitis",
    4: "arthritis myositis casts haematuria proteinuria pyuria",
    2: "rash alopecia mucosal pleurisy pericarditis low_complement dsdna",
    1: "fever thrombocytopenia leukopenia",
}
WEIGHT = {code: points for points, codes in POINTS.items() for code in codes.split()}
RENAL = {"casts", "haematuria", "proteinuria", "pyuria"}
SEROLOGY = {"low_complement", "dsdna"}


def span(items: Mapping[str, bool | None], codes: set[str]) -> tuple[int, int]:
    """Return the least and the greatest score that the answers allow."""
    sure = sum(WEIGHT[code] for code in codes if items.get(code) is True)
    possible = sum(WEIGHT[code] for code in codes if items.get(code) is not False)
    return sure, possible


def band(points: int) -> str:
    return ["none", *["low"] * 4, *["moderate"] * 6][points] if points <= 10 else "high"


def change(before: int, now: int) -> str:
    return "persistent" if abs(now - before) < 4 else "worse" if now > before else "improved"


def _flag(value: float | None, excluded: bool, met: Any) -> str:
    if value is None:
        return "unknown"
    return "yes" if met(q(value)) and not excluded else "no"


def from_laboratory(lab: Mapping[str, Any]) -> dict[str, str]:
    """Return what the nine laboratory items would be, strictly beyond each limit."""
    infection, urinary, drug = (
        lab.get(name) is True for name in ("infection", "other_urinary_cause", "drug_cause")
    )
    found = {
        "haematuria": _flag(lab.get("urine_rbc_hpf"), infection or urinary, lambda x: x > 5),
        "pyuria": _flag(lab.get("urine_wbc_hpf"), infection, lambda x: x > 5),
        "fever": _flag(lab.get("temperature_c"), infection, lambda x: x > 38),
        "thrombocytopenia": _flag(lab.get("platelets"), drug, lambda x: x < 100),
        "leukopenia": _flag(lab.get("wbc"), drug, lambda x: x < 3),
    }
    casts = lab.get("casts")
    found["casts"] = (
        "unknown" if casts is None else "yes" if casts in {"rbc", "haem_granular"} else "no"
    )
    # A collection outranks a ratio; a dipstick is not even an input.
    for name, limit in (("u24_g", "0.5"), ("upcr_g_g", "0.5"), ("upcr_mg_mmol", "50")):
        if lab.get(name) is not None:
            found["proteinuria"] = "yes" if q(lab[name]) > q(limit) else "no"
            break
    else:
        found["proteinuria"] = "unknown"
    dna, dna_limit = lab.get("dsdna"), lab.get("dsdna_uln")
    found["dsdna"] = "unknown" if None in {dna, dna_limit} else "yes" if dna > dna_limit else "no"
    low = {
        None if None in {lab.get(name), lab.get(limit)} else lab[name] < lab[limit]
        for name, limit in (("c3_g_l", "c3_lln"), ("c4_g_l", "c4_lln"), ("ch50", "ch50_lln"))
        if name != "ch50" or lab.get("ch50") is not None
    }
    found["low_complement"] = "yes" if True in low else "unknown" if None in low else "no"
    return found


def _selena_protein(case: Mapping[str, Any]) -> bool:
    now, before = q(case["u24_g"]), q(case["u24_previous_g"])
    return before <= q(0.5) or now - before > q(0.5)


SELENA: dict[str, tuple[tuple[str, ...], Any]] = {
    "proteinuria": (("u24_g", "u24_previous_g"), lambda c: c["proteinuria"] and _selena_protein(c)),
    "arthritis": (("joints",), lambda c: c["arthritis"] and c["joints"] >= 3),
    "cva": (("hypertensive_stroke",), lambda c: c["cva"] and not c["hypertensive_stroke"]),
    "visual": (
        ("scleritis_or_episcleritis",),
        lambda c: c["visual"] or c["scleritis_or_episcleritis"],
    ),
    "cranial_nerve": (("lupus_vertigo",), lambda c: c["cranial_nerve"] or c["lupus_vertigo"]),
    "pleurisy": (
        ("typical_pleuritic_pain",),
        lambda c: c["pleurisy"] or c["typical_pleuritic_pain"],
    ),
    "pericarditis": (
        ("typical_pericardial_pain",),
        lambda c: c["pericarditis"] or c["typical_pericardial_pain"],
    ),
}
"""Items that SELENA reads otherwise: the facts it asks for, and its answer when all are known."""


def selena(code: str, items: Mapping[str, bool | None], facts: Mapping[str, Any]) -> Any:
    """Return SELENA's answer to one item, None where it could be either."""
    if code not in SELENA:
        return items[code]
    names, answer = SELENA[code]
    grid = {code: (True, False), **dict.fromkeys(names, (True, False))}
    grid |= {"joints": range(6), "u24_g": (0.0, 0.6, 9.0), "u24_previous_g": (0.0, 9.0)}
    found = settle(answer, {code: items[code], **{name: facts[name] for name in names}}, grid)
    return None if found == UNKNOWN else found
