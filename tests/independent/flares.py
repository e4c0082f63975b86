"""Definitions of renal flare a second time, over courses of complete samples.

A sample is a mapping: `day`, `p` (protein in g, or the nominal number of a ratio), `cr`, `gfr`,
`rbc`, `wbc`, `casts`, `acanthocytes`, `response`, `escalated`. A definition says of a sample, with
the samples it is measured against, whether it is a proteinuric or nephritic excess, and how grave.

Open in the specification, read as the program reads it: what a sample is measured against are the
samples from the first remission on that were no excess themselves; an excess lasts over samples in
a row, against what it first exceeded; after a confirmed one all begins anew; the best response of
those samples counts; "fall of GFR" is from the highest of them; a sample that is both is nephritic;
in KDIGO's mild row casts alone suffice where the last sample had none; where the definition prints
no second sample one confirms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

Sample = Mapping[str, Any]
Excess = tuple[str, str | None]  # kind and grade
Test = Callable[[Sequence[Sample], Sample], set[Excess]]

PROTEINURIC: Excess = ("proteinuric", None)
NEPHRITIC: Excess = ("nephritic", None)


def active(s: Sample) -> bool:
    return s["rbc"] > 5 or s["wbc"] > 5 or s["casts"]


def least(samples: Sequence[Sample], name: str) -> Fraction:
    return min(s[name] for s in samples)


def most(samples: Sequence[Sample], name: str) -> Fraction:
    return max(s[name] for s in samples)


def complete(samples: Sequence[Sample]) -> bool:
    return any(s["response"] == "CR" for s in samples)


def default(before: Sequence[Sample], now: Sample) -> set[Excess]:
    found = set()
    if complete(before):
        protein = now["p"] >= 1
    else:
        protein = now["p"] >= 2 and now["p"] >= 2 * least(before, "p")
    if protein:
        found.add(PROTEINURIC)
    kidney = 10 * now["cr"] >= 13 * least(before, "cr")
    kidney |= 10 * now["gfr"] <= 9 * most(before, "gfr")
    if kidney and active(now) and not active(before[-1]):
        found.add(NEPHRITIC)
    return found


def eular_2012(before: Sequence[Sample], now: Sample) -> set[Excess]:
    found = set()
    doubled = now["p"] >= 2 * least(before, "p")
    if doubled and now["p"] > (1 if complete(before) else 2):
        found.add(PROTEINURIC)
    kidney = 10 * now["cr"] >= 13 * least(before, "cr")
    kidney |= 10 * now["gfr"] <= 9 * most(before, "gfr")
    if kidney and active(now) and now["rbc"] - least(before, "rbc") >= 10:
        found.add(NEPHRITIC)
    return found


def moroni(before: Sequence[Sample], now: Sample) -> set[Excess]:
    last = before[-1]
    risen = 10 * now["cr"] >= 13 * last["cr"]
    # Doubling is more than 2 g from 2 g on; below 3.5 g the rise alone is asked.
    protein = now["p"] - last["p"] >= (2 if last["p"] < Fraction(7, 2) else last["p"])
    found = {PROTEINURIC} if protein and not risen else set()
    return found | ({NEPHRITIC} if risen and active(now) else set())


CATEGORY_ENDS = (5, 10, 25, 50)


def childhood(before: Sequence[Sample], now: Sample) -> set[Excess]:
    found = set()
    if complete(before):
        protein = now["p"] > Fraction(1, 2)
    else:
        protein = now["p"] > 1 and now["p"] >= 2 * least(before, "p")
    if protein:
        found.add(PROTEINURIC)
    highest = most(before, "gfr")
    kidney = now["gfr"] < 90 <= highest or (highest < 90 and 10 * now["gfr"] < 9 * highest)

    def category(cells: Fraction) -> int:
        return sum(cells > end for end in CATEGORY_ENDS)

    if kidney and category(now["rbc"]) - category(least(before, "rbc")) >= 2:
        found.add(NEPHRITIC)
    return found


def kdigo_2012(before: Sequence[Sample], now: Sample) -> set[Excess]:
    found = set()
    lowest, nadir = least(before, "cr"), least(before, "p")
    rise = now["cr"] - lowest
    moderate, severe = (
        (Fraction("17.7"), Fraction("88.4"))
        if lowest < 177
        else (Fraction("35.4"), Fraction("132.6"))
    )
    if rise > severe:
        found.add(("nephritic", "severe"))
    elif rise >= moderate:
        found.add(("nephritic", "moderate"))
    if now["p"] - nadir > 5:
        found.add(("proteinuric", "severe"))
    elif now["p"] >= (1 if nadir < Fraction(1, 2) else 2 if nadir <= 1 else 2 * nadir):
        found.add(("proteinuric", "moderate"))
    cells = least(before, "rbc") < 5 and now["rbc"] > 15 and now["acanthocytes"] >= 2
    if cells or (now["casts"] and not before[-1]["casts"]):
        found.add(("nephritic", "mild"))
    return found


def aurora_2(before: Sequence[Sample], now: Sample) -> set[Excess]:
    limit = 1 if least(before, "p") < Fraction(1, 5) else 2
    return {PROTEINURIC} if now["p"] > limit else set()


# -- The course ----------------------------------------------------------------------------------


def remitted(samples: Sequence[Sample], n: int) -> bool:
    return samples[n]["response"] in {"CR", "PR"}


def always(samples: Sequence[Sample], n: int) -> bool:
    return n >= 0 and bool(samples)


def adequate(samples: Sequence[Sample], n: int) -> bool:
    """Two samples in a row with at most 0.7 g/g."""
    return n > 0 and all(10 * s["p"] <= 7 for s in samples[n - 1 : n + 1])


GRADES = (None, "mild", "moderate", "severe")
DEFINITIONS: dict[str, tuple[Test, Callable[..., bool], tuple[int, int] | None]] = {
    "flare-renal": (default, remitted, (7, 56)),
    "eular-2012": (eular_2012, remitted, (7, 56)),
    "moroni": (moroni, always, None),
    "kdigo-2012": (kdigo_2012, remitted, None),
    "childhood": (childhood, remitted, (8, 56)),
    "aurora-2": (aurora_2, adequate, (7, 56)),
}
"""Each test, since when it is asked, and the days within which a second sample confirms."""


def _start(name: str, samples: Sequence[Sample], n: int) -> list[Sample]:
    """Return the first samples to measure against, none where the definition cannot be asked."""
    if not DEFINITIONS[name][1](samples, n):
        return []
    return list(samples[n - 1 : n + 1]) if name == "aurora-2" else [samples[n]]


def episodes(name: str, samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Return the flares of a course in order of onset."""
    test, _, window = DEFINITIONS[name]
    before: list[Sample] = []
    found: list[dict[str, Any]] = []
    open_one: dict[str, Any] | None = None
    for n, now in enumerate(samples):
        if not before:
            before = _start(name, samples, n)
            continue
        excess = test(before, now)
        if not excess:
            if open_one and open_one["confirmed"] is not None:
                before = _start(name, samples, n)
            else:
                before.append(now)
            if open_one:
                open_one["resolved"] = now["day"]
                open_one = None
            continue
        if open_one is None:
            open_one = {"days": [], "excess": set(), "confirmed": None, "resolved": None}
            found.append(open_one)
        open_one["days"].append(now["day"])
        open_one["excess"] |= excess
        apart = [now["day"] - day for day in open_one["days"]]
        second = window is None or any(window[0] <= gap <= window[1] for gap in apart)
        if open_one["confirmed"] is None and (second or (window and now["escalated"])):
            open_one["confirmed"] = now["day"]
    return found
