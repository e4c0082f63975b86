"""The haematological system of BILAG-2004 a second time: upper ends of A, B and C of each item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.independent.exact import q

# Half-open: below the first number A, from there to below the second B, to below the third C.
ENDS: dict[str, tuple[float, float, float]] = {
    "haemoglobin_g_l": (80, 90, 110),
    "wbc_10e9_l": (1, 2, 4),
    "neutrophils_10e9_l": (0.5, 1, 2),
    "platelets_10e9_l": (25, 50, 150),
    "lymphocytes_10e9_l": (0, 0, 1),
}
ANSWERS = {
    "ttp": lambda score: "-" if score == 0 else "B" if score == 1 else "A",
    "active_haemolysis": lambda yes: "B" if yes else "-",
    "isolated_coombs": lambda yes: "C" if yes else "-",
}
NAMES = (*ENDS, *ANSWERS)
WORST = {**dict.fromkeys(ENDS, "A"), "lymphocytes_10e9_l": "C"}
WORST |= {"ttp": "A", "active_haemolysis": "B", "isolated_coombs": "C"}


def _letter(name: str, value: Any) -> str:
    if name in ANSWERS:
        return ANSWERS[name](value)
    below = [letter for letter, end in zip("ABC", ENDS[name], strict=True) if q(value) < q(end)]
    return below[0] if below else "-"


def grade(
    values: Mapping[str, Any], not_due: frozenset[str], ever: bool | None
) -> tuple[str | None, bool]:
    """Return the letter, and whether an item not done could raise it; other causes are ignored."""
    asked = [name for name in NAMES if name not in not_due]
    done = [name for name in asked if values[name] is not None]
    found = sorted(letter for name in done if (letter := _letter(name, values[name])) != "-")
    best = found[0] if found else "Z"
    could_rise = any(WORST[name] < best for name in asked if name not in done)
    if found:
        return best, could_rise
    answered = done or any(values[name] is not None for name in not_due)
    if not answered or ever is None:
        return None, could_rise
    return ("D" if ever else "E"), could_rise
