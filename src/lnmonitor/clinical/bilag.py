"""BILAG-2004 letters A to E for the seven item-scored systems and the blood, and their numbers.

Isenberg 2005 (Rheumatology 44:902) and Yee 2010; the letter logic of the seven systems was read in
a published scoring implementation, the haematological cut-offs were not seen in any public source.
The renal system has a module of its own, `bilag_renal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from lnmonitor.clinical.bilag_items import (
    CARDIORESPIRATORY,
    CONSTITUTIONAL,
    GASTROINTESTINAL,
    HAEMATOLOGICAL,
    ITEMS,
    MUCOCUTANEOUS,
    MUSCULOSKELETAL,
    NEUROPSYCHIATRIC,
    OPHTHALMIC,
    SYSTEMS,
    BilagItem,
    codes_of,
)
from lnmonitor.clinical.criteria import above, at_least, below, require_range
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.results import Citation, Outcome, Reason, Rule, Truth

__all__ = [
    "ITEMS",
    "NUMERIC_9311",
    "NUMERIC_12811",
    "RULE_BILAG_2004",
    "RULE_HAEMATOLOGICAL",
    "SYSTEMS",
    "BilagGrade",
    "BilagItem",
    "BilagTotal",
    "Grade",
    "HaematologyInputs",
    "grade_haematological",
    "grade_system",
    "total",
]

ISENBERG_2005 = Citation(
    "Isenberg DA, Rahman A, Allen E, et al.",
    "Rheumatology 44:902-6",
    2005,
    "10.1093/rheumatology/keh624",
)
YEE_2010 = Citation(
    "Yee CS, Cresswell L, Farewell V, et al.",
    "Rheumatology 49:1665-9",
    2010,
    "10.1093/rheumatology/keq026",
)
RULE_BILAG_2004 = Rule("bilag-2004", "1", (ISENBERG_2005, YEE_2010), verified=True)
RULE_HAEMATOLOGICAL = Rule("bilag-2004-haematological", "1", (ISENBERG_2005,), verified=False)


class Grade(Enum):
    """A severe, B moderate, C mild, D inactive but involved before, E never involved."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


NUMERIC_9311: Mapping[Grade, int] = {Grade.A: 9, Grade.B: 3, Grade.C: 1, Grade.D: 0, Grade.E: 0}
"""Classic numbers; the only scale that reproduces the renal BILAG means of Gu 2014."""
NUMERIC_12811: Mapping[Grade, int] = {Grade.A: 12, Grade.B: 8, Grade.C: 1, Grade.D: 0, Grade.E: 0}
"""Yee 2010, doi 10.1093/rheumatology/keq026."""


@dataclass(frozen=True)
class BilagGrade(Outcome):
    """One system's letter; `grade` None when nothing was assessed or D and E cannot be told apart.

    `provisional` when an item not done could raise the grade.
    """

    system: str = ""
    grade: Grade | None = None
    provisional: bool = False

    def number(self, scale: Mapping[Grade, int] = NUMERIC_9311) -> int | None:
        """Return the letter's number on `scale`, None without a letter."""
        return None if self.grade is None else scale[self.grade]


@dataclass(frozen=True)
class BilagTotal(Outcome):
    """Sum of the nine systems; `total` None while a system has no letter."""

    total: int | None = None


@dataclass(frozen=True)
class HaematologyInputs:
    """Items 90-97. None = not done; names in `not_due_to_sle` are ignored for grading.

    Haemoglobin g/L, counts 10^9/L, `ttp` scored 0..4, the last two yes or no.
    """

    haemoglobin_g_l: float | None = None
    wbc_10e9_l: float | None = None
    neutrophils_10e9_l: float | None = None
    lymphocytes_10e9_l: float | None = None
    platelets_10e9_l: float | None = None
    ttp: int | None = None
    active_haemolysis: bool | None = None
    isolated_coombs: bool | None = None
    not_due_to_sle: frozenset[str] = field(default_factory=frozenset)


def grade_system(
    system: str, items: Mapping[str, int | None], *, ever_involved: bool | None
) -> BilagGrade:
    """Grade one of the seven item-scored systems.

    `items` maps item codes to 0 absent, 1 improving, 2 same, 3 worse, 4 new, or None for not done
    (a code left out is not done). `ever_involved` tells D from E.
    Raises InvalidInput for an unknown system or code, or a score outside 0..4.
    """
    raise NotImplementedError


def grade_haematological(inputs: HaematologyInputs, *, ever_involved: bool | None) -> BilagGrade:
    """Grade the haematological system. Raises InvalidInput for impossible values."""
    raise NotImplementedError


def total(grades: Iterable[BilagGrade], scale: Mapping[Grade, int] = NUMERIC_9311) -> BilagTotal:
    """Return the sum over the nine systems (0..81 on 9/3/1, 0..108 on 12/8/1)."""
    raise NotImplementedError
