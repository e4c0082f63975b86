"""Estimated GFR and creatinine clearance, each value with the method that made it; KDIGO stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lnmonitor.clinical.results import Outcome

Sex = Literal["F", "M"]


@dataclass(frozen=True)
class EgfrResult(Outcome):
    """`value` in `unit`, None when an input is missing; `equation_id` is the method."""

    equation_id: str = ""
    value: float | None = None
    unit: str = "mL/min/1.73 m²"


def ckd_epi_2021(creatinine_umol_l: float, age_years: float, sex: Sex) -> float:
    """CKD-EPI 2021 creatinine, mL/min/1.73 m²."""
    raise NotImplementedError


def estimate(  # noqa: PLR0913 - the inputs of all equations
    equation_id: str,
    *,
    creatinine_umol_l: float | None = None,
    age_years: float | None = None,
    sex: Sex | None = None,
    weight_kg: float | None = None,
    height_cm: float | None = None,
    cystatin_c_mg_l: float | None = None,
    black: bool = False,
) -> EgfrResult:
    """Estimate by "ckdepi-2021", "ckdepi-2009", "mdrd", "cmdrd", "cockcroft-gault", ..."""
    raise NotImplementedError


def kdigo_g_stage(gfr: float) -> str:
    """Return "G1".."G5" of a GFR in mL/min/1.73 m², from the rounded integer."""
    raise NotImplementedError


def kdigo_a_stage(value: float, unit: str, *, measure: str = "albumin") -> str:
    """Return "A1".."A3" of an albumin ("mg/g", "mg/mmol") or protein ratio or "g/24 h"."""
    raise NotImplementedError
