"""Letters of the seven item-scored systems of BILAG-2004 a second time, by item number.

Every item has the letter that it gives when active; improving, it gives the next letter below; a C
item counts whenever it is present; a system has the highest letter of its items. The constitutional
system counts instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

A_ITEMS = {5, 7, 9, 11, 13, *range(19, 30), 31, 36, 39, 41, 45, 46, 47, *range(49, 56)}
A_ITEMS |= {56, 58, 61, 63, 64, 65, 66, 69, 72, 74, 76, 77}
C_ITEMS = {8, 10, 16, 17, 18, 43, 71, 75}
RANGES = {
    "constitutional": range(1, 5),
    "mucocutaneous": range(5, 19),
    "neuropsychiatric": range(19, 39),
    "musculoskeletal": range(39, 44),
    "cardiorespiratory": range(44, 56),
    "gastrointestinal": range(56, 65),
    "ophthalmic": range(65, 78),
}
ORDER = "EDCBA"


def _one(item: int, score: int) -> str:
    """Return the letter that one item alone gives, a dash for none."""
    if score == 0:
        return "-"
    kind = "A" if item in A_ITEMS else "C" if item in C_ITEMS else "B"
    if kind == "C":
        return "C"
    return kind if score > 1 else chr(ord(kind) + 1)


def active_letter(system: str, scores: Mapping[int, int]) -> str:
    """Return A, B, C or a dash when nothing is present; items left out are absent."""
    values = [scores.get(item, 0) for item in RANGES[system]]
    if system != "constitutional":
        return min(
            (_one(i, v) for i, v in zip(RANGES[system], values, strict=True) if v), default="-"
        )
    fever, others = values[0], values[1:]
    active = sum(score > 1 for score in others)
    if fever > 1:
        return "A" if active >= 2 else "B"
    if active >= 2:
        return "B"
    return "C" if any(values) else "-"


def grade(
    system: str, scores: Mapping[int, int | None], ever: bool | None
) -> tuple[str | None, bool]:
    """Return the letter of what was done, and whether an item not done could raise it."""
    done = {item: score for item, score in scores.items() if score is not None}
    letter = active_letter(system, done)
    open_items = [item for item in RANGES[system] if item not in done]
    best = letter if letter != "-" else "Z"
    could_rise = any(
        active_letter(system, {**done, **dict(zip(open_items, tried, strict=True))}).replace(
            "-", "Z"
        )
        < best
        for tried in _worst_cases(open_items)
    )
    if letter != "-":
        return letter, could_rise
    if not done or ever is None:
        return None, could_rise
    return ("D" if ever else "E"), could_rise


def _worst_cases(items: Sequence[int]) -> list[Sequence[int]]:
    """All scores of a few items; of many, each alone and all of them: letters only rise."""
    if len(items) <= 3:
        return list(product(range(5), repeat=len(items)))
    alone = [[score if i == j else 0 for j in items] for i in items for score in range(5)]
    return [*alone, [4] * len(items)]


# -- Numbers ---------------------------------------------------------------------------------------

SCALES = {
    "9/3/1/0/0": dict(zip("ABCDE", (9, 3, 1, 0, 0), strict=True)),
    "12/8/1/0/0": dict(zip("ABCDE", (12, 8, 1, 0, 0), strict=True)),
}


# -- Flares: two mappings system -> letter, None for unknown ---------------------------------------


def _rises(before: str, now: str, to: str, below: str) -> bool:
    return now == to and before in below


def gordon(before: Sequence[str], now: Sequence[str]) -> str:
    """New A severe; else new B from C, D or E moderate; else none."""
    pairs = list(zip(before, now, strict=True))
    if any(_rises(*pair, "A", "BCDE") for pair in pairs):
        return "severe"
    return "moderate" if any(_rises(*pair, "B", "CDE") for pair in pairs) else "none"


def trial(before: Sequence[str], now: Sequence[str]) -> bool:
    """One new A or two new B."""
    pairs = list(zip(before, now, strict=True))
    new_a = sum(_rises(*pair, "A", "BCDE") for pair in pairs)
    new_b = sum(_rises(*pair, "B", "CDE") for pair in pairs)
    return new_a >= 1 or new_b >= 2


def bsr_band(letters: Sequence[str]) -> str:
    if "A" in letters:
        return "severe"
    if letters.count("B") >= 2:
        return "moderate"
    return "mild" if {"B", "C"} & set(letters) else "none"


def isenberg(before: Sequence[str], now: Sequence[str]) -> str:
    """Every letter here rests on items scored new: severe, moderate, mild (three new C), none."""
    level = gordon(before, now)
    new_c = sum(_rises(*pair, "C", "DE") for pair in zip(before, now, strict=True))
    return "mild" if level == "none" and new_c >= 3 else level
