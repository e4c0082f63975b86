"""Conversion factors that the clinical rules themselves need: creatinine and urine protein.

The catalogue of analytes with all their units belongs to `lnmonitor.study`.
"""

from __future__ import annotations

CREATININE_UMOL_L_PER_MG_DL = 88.4
"""µmol/L in 1 mg/dL. The conventional rounded factor; 88.42 gives other eGFR in the 4th digit."""

CREATININE_MG_PER_MMOL = 113.12
"""Molar mass of creatinine (g/mol): mg creatinine in 1 mmol."""


def creatinine_mg_dl(umol_l: float) -> float:
    """Serum creatinine in mg/dL from µmol/L."""
    return umol_l / CREATININE_UMOL_L_PER_MG_DL


def creatinine_umol_l(mg_dl: float) -> float:
    """Serum creatinine in µmol/L from mg/dL."""
    return mg_dl * CREATININE_UMOL_L_PER_MG_DL


def ratio_mg_mmol(g_per_g: float) -> float:
    """Urine protein (or albumin) to creatinine ratio in mg/mmol from g/g."""
    return g_per_g * CREATININE_MG_PER_MMOL


def ratio_g_g(mg_per_mmol: float) -> float:
    """Urine protein (or albumin) to creatinine ratio in g/g from mg/mmol."""
    return mg_per_mmol / CREATININE_MG_PER_MMOL
