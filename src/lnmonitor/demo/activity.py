"""SLEDAI-2K and BILAG-2004 of a synthetic patient: items chosen so that they add up to a total.

The kidney's items follow from the urine; serology, blood and clinical items fill the rest. They
resolve, or appear, between the two ends of the year, and BILAG scores tell the same story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from lnmonitor.clinical.bilag import ITEMS as BILAG_ITEMS
from lnmonitor.clinical.sledai import ITEMS
from lnmonitor.demo.kidney import Kidney
from lnmonitor.study.forms import Bilag2004, Sledai2K

WEIGHTS: Mapping[str, int] = {item.code: item.weight for item in ITEMS}
PROTEINURIA_G, CELLS_HPF = 0.5, 5
_SEROLOGY = ("low_complement", "dsdna")
# How readily an item is taken to reach a total; the rest of the 24 items stays absent.
_READINESS = {
    "low_complement": 9.0,
    "dsdna": 8.0,
    "rash": 3.0,
    "alopecia": 3.0,
    "arthritis": 3.0,
    "mucosal": 2.0,
    "fever": 0.3,
    "leukopenia": 1.5,
    "thrombocytopenia": 1.0,
    "pleurisy": 0.6,
    "pericarditis": 0.5,
    "vasculitis": 0.25,
}
_BILAG_OF = {
    "rash": "skin_eruption_mild",
    "alopecia": "alopecia_mild",
    "mucosal": "mucosal_ulceration_mild",
    "arthritis": "arthritis_moderate",
    "pleurisy": "pleurisy_pericarditis",
    "pericarditis": "pleurisy_pericarditis",
    "vasculitis": "digital_infarcts_nodular_vasculitis",
    "fever": "pyrexia",
}
NEW, SAME, IMPROVING, ABSENT = 4, 2, 1, 0


@dataclass(frozen=True)
class Span:
    """An item present from one visit to another, as places in the sequence of visits."""

    item: str
    first: int
    last: int


def renal_items(kidney: Kidney) -> frozenset[str]:
    """Return the renal items that the urine shows."""
    found = {
        "proteinuria": kidney.u24 > PROTEINURIA_G,
        "haematuria": kidney.rbc > CELLS_HPF,
        "pyuria": kidney.wbc > CELLS_HPF,
        "casts": kidney.casts in ("RBC", "HAEMGRAN"),
    }
    return frozenset(item for item, present in found.items() if present)


def weight(items: frozenset[str]) -> int:
    """Return what items add up to."""
    return sum(WEIGHTS[item] for item in items)


def other_items(
    rest: int,
    rng: Random,
    prefer: frozenset[str] = frozenset(),
    never: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """Return items outside the kidney that add up to `rest`, those in `prefer` more readily.

    Raises:
        ValueError: no draw adds up to it (more than the items there are).
    """
    for _ in range(2000):
        left, taken = rest, set()
        order = sorted(
            (item for item in _READINESS if item not in never),
            key=lambda item: (
                rng.random() ** (1 / (_READINESS[item] * (6 if item in prefer else 1)))
            ),
            reverse=True,
        )
        for item in order:
            if WEIGHTS[item] <= left:
                left -= WEIGHTS[item]
                taken.add(item)
        if left == 0:
            return frozenset(taken)
    raise ValueError(f"no items add up to {rest}")


def spans(start: frozenset[str], end: frozenset[str], visits: int, rng: Random) -> tuple[Span, ...]:
    """Return when each item is present over `visits` follow-up visits, number 0 being baseline."""
    found = []
    for item in sorted(start | end):
        first = 0 if item in start else rng.randint(max(1, visits - 2), visits)
        last = visits if item in end else rng.randint(0, max(0, visits - 1))
        if item not in end and item in _SEROLOGY:
            last = rng.randint(0, max(0, visits - 2))  # serology settles early
        found.append(Span(item, first, max(first, last)))
    return tuple(found)


def present(found: Sequence[Span], visit: int) -> frozenset[str]:
    """Return the items present at a visit."""
    return frozenset(span.item for span in found if span.first <= visit <= span.last)


def sledai_form(items: frozenset[str], not_done: frozenset[str] = frozenset()) -> Sledai2K:
    """Return the form with every item answered but those not done."""
    answers: dict[str, Any] = {
        code: "Y" if code in items else "N" for code in WEIGHTS if code not in not_done
    }
    return Sledai2K(window_days=30, **answers)


def bilag_form(
    items: frozenset[str], before: frozenset[str], kidney: Kidney, *, nephrotic: bool
) -> Bilag2004:
    """Return BILAG items: new at first, then the same, improving at the visit after they ended."""
    scores: dict[str, int] = dict.fromkeys(
        (item.code for item in BILAG_ITEMS if item.number <= 77), ABSENT
    )
    for item, code in _BILAG_OF.items():
        score = ABSENT
        if item in items:
            score = SAME if item in before else NEW
        elif item in before:
            score = IMPROVING
        scores[code] = max(scores[code], score)
    return Bilag2004(
        **scores,
        accelerated_hypertension="N",
        nephrotic_syndrome="Y" if nephrotic else "N",
        active_sediment="Y" if kidney.active_sediment else "N",
        active_nephritis="N",
        ttp=0,
        haemolysis="N",
        coombs="N",
    )


def pga(total: int, rng: Random) -> float:
    """Return a physician's global assessment that goes with a SLEDAI total."""
    return round(min(max(total / 9 + rng.gauss(0, 0.2), 0.0), 3.0), 1)
