"""BILAG-2004, renal system (2009/2010 revision): six criteria against the previous assessment.

Yee 2010; criteria, numbering and cut-offs were read in a published scoring implementation whose
departures from the written index are noted at each place where this module follows the index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lnmonitor.clinical.bilag import BilagGrade

FirstVisit = Literal["conservative", "assume_deterioration"]


@dataclass(frozen=True)
class RenalInputs:
    """Items 78-89 of one assessment; None = not done.

    `dipstick` is the level (0, 0.5 for ±, 1..4), ratios mg/mmol, blood pressure mmHg, `gfr`
    mL/min/1.73 m² by the same method at both assessments. `active_histology_3mo`: a biopsy with active nephritis
    dated within the three calendar months up to this visit.
    """

    u24_g: float | None = None
    upcr_mg_mmol: float | None = None
    uacr_mg_mmol: float | None = None
    dipstick: float | None = None
    creatinine_umol_l: float | None = None
    gfr: float | None = None
    sbp: float | None = None
    dbp: float | None = None
    accelerated_hypertension: bool | None = None
    nephrotic_syndrome: bool | None = None
    active_sediment: bool | None = None
    active_histology_3mo: bool | None = None


@dataclass(frozen=True)
class RenalGrade(BilagGrade):
    """`criteria` are the numbers 1..6 of the criteria met (they decide A and B)."""

    criteria: tuple[int, ...] = ()


def grade(
    now: RenalInputs,
    previous: RenalInputs | None,
    *,
    ever_involved: bool | None,
    first_visit: FirstVisit = "conservative",
) -> RenalGrade:
    """Return the renal letter. Raises InvalidInput for impossible values."""
    raise NotImplementedError
