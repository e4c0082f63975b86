"""Definitions of renal response a second time, over complete accounts of baseline and visit.

A case is a mapping: `p` and `p0` protein now and at baseline in g (a ratio in the guideline's
nominal number for its unit, 50 mg/mmol = 500 mg/g = 0.5), `cr`, `cr0`, `uln` creatinine, `gfr`,
`gfr0`, `pre` eGFR, cells, casts, and answers. Each rule returns CR, PR or NR.

Open in the specification, read as the program reads it: set A takes 115 % and 3.5 g of its printed
spans; EULAR 2019 takes 0.5 g, and 10 % of baseline for its function clause, which its partial
response shares; function is kept when eGFR is, and creatinine is asked only without eGFR at both
visits; rescue therapy ends the response of set A and of the trial endpoints, guidelines do not name
it; the partial response of AURORA-1 asks for the fall alone; in set B what came back near normal
needs no halving, casts must be gone for either response, and protein and cells that stay near
normal are not "worse".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Case = Mapping[str, Any]


def _graded(complete: bool, partial: bool) -> str:
    return "CR" if complete else "PR" if partial else "NR"


def set_a(c: Case) -> str:
    quiet = c["rbc"] <= 5 and c["wbc"] <= 5 and not c["casts"]
    stable = c["cr"] <= Fraction(115, 100) * c["cr0"]
    normal = c["cr"] <= c["uln"]
    recovered = c["cr0"] <= c["uln"] or normal or c["cr"] <= Fraction(3, 4) * c["cr0"]
    return _graded(
        c["p"] < Fraction(1, 2) and quiet and (normal or stable),
        2 * c["p"] <= c["p0"] and c["p"] < Fraction(7, 2) and stable and recovered,
    )


def kept(c: Case, tolerance: Fraction) -> bool:
    if c["by_gfr"]:
        return c["gfr"] >= (1 - tolerance) * c["gfr0"]
    return c["cr"] <= (1 + tolerance) * c["cr0"]


def kdigo_2024(c: Case) -> str:
    function = kept(c, Fraction(15, 100))
    return _graded(
        c["p"] < Fraction(1, 2) and function, 2 * c["p"] <= c["p0"] and c["p"] < 3 and function
    )


def eular_2019(c: Case) -> str:
    function = kept(c, Fraction(1, 10))
    return _graded(c["p"] < Fraction(1, 2) and function, 2 * c["p"] <= c["p0"] and function)


def eular_2025(c: Case) -> str:
    return _graded(c["p"] < Fraction(1, 2), 2 * c["p"] <= c["p0"])


def acr_2024(c: Case) -> str:
    function = kept(c, Fraction(2, 10))
    return _graded(c["p"] <= Fraction(1, 2) and function, 2 * c["p"] <= c["p0"] and function)


def perr(c: Case) -> str:
    kidney = c["gfr"] >= 60 or c["gfr"] >= Fraction(8, 10) * c["pre"]
    met = c["p"] <= Fraction(7, 10) and kidney and not c["failure"] and c["prednisone"] <= 10
    return "PR" if met else "NR"


def crr(c: Case) -> str:
    kidney = c["gfr"] >= 90 or c["gfr"] >= Fraction(9, 10) * c["pre"]
    met = c["p"] < Fraction(1, 2) and kidney and not c["failure"] and c["prednisone"] <= 10
    return "CR" if met else "NR"


def aurora_1(c: Case) -> str:
    fallen = c["gfr"] < 60 and c["gfr"] < Fraction(8, 10) * c["gfr0"]
    fallen = fallen and c["fall_confirmed"] and c["event"]
    complete = c["p"] <= Fraction(1, 2) and not fallen and c["allowance"] and not c["failure"]
    return _graded(complete, 2 * c["p"] <= c["p0"])


def set_b(c: Case) -> str:
    """Creatinine, protein and two kinds of cells: back within 10 % of normal, or halved if not."""
    limits = {"cr": c["uln"], "p": Fraction(15, 100), "rbc": 5, "wbc": 5}
    near = {name: 10 * c[name] <= 11 * limit for name, limit in limits.items()}
    halved = {name: 2 * c[name] <= c[f"{name}0"] for name in limits}
    better = all(near[name] or halved[name] for name in limits)
    worse = 10 * c["cr"] > 11 * c["cr0"]
    return _graded(all(near.values()) and not c["casts"], better and not worse and not c["casts"])


RULES: dict[str, Callable[[Case], str]] = {
    "set-a": set_a,
    "kdigo-2024": kdigo_2024,
    "eular-2019": eular_2019,
    "eular-2025": eular_2025,
    "acr-2024": acr_2024,
    "bliss-perr": perr,
    "bliss-crr": crr,
    "aurora-1": aurora_1,
    "set-b": set_b,
}
NEEDS: dict[str, tuple[str, ...]] = {
    "set-a": ("p", "p0", "cr", "cr0", "uln", "rbc", "wbc", "casts"),
    "kdigo-2024": ("p", "p0", "gfr", "gfr0", "cr", "cr0"),
    "eular-2019": ("p", "p0", "gfr", "gfr0", "cr", "cr0"),
    "eular-2025": ("p", "p0"),
    "acr-2024": ("p", "p0", "gfr", "gfr0", "cr", "cr0"),
    "bliss-perr": ("p", "gfr", "pre", "failure", "prednisone"),
    "bliss-crr": ("p", "gfr", "pre", "failure", "prednisone"),
    "aurora-1": ("p", "p0", "gfr", "gfr0", "fall_confirmed", "event", "allowance", "failure"),
    "set-b": ("p", "p0", "cr", "cr0", "uln", "rbc", "rbc0", "wbc", "wbc0", "casts"),
}
"""What each rule reads besides `rescue` and `lost` (death or dialysis)."""


def judge(rule: str, c: Case) -> str:
    if c["lost"] or (c["rescue"] and rule in {"set-a", "set-b", "bliss-perr", "bliss-crr"}):
        return "NR"
    if c["rescue"] and rule == "aurora-1":
        return RULES[rule]({**c, "failure": True})
    return RULES[rule](c)
