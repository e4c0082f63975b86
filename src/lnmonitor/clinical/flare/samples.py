"""Samples as the published flare definitions compare them: protein in one unit, reasons alike."""

from __future__ import annotations

from lnmonitor.clinical.flare.model import FlareObservation
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response.clauses import U24, UPCR
from lnmonitor.clinical.results import YES, Reason, Scalar

RATIO_FIRST = (UPCR, U24)
"""Definitions worded for the ratio; a collection stands in for it at the same number of grams."""


def protein_reason(
    code: str,
    now: FlareObservation,
    sample: tuple[str, Proteinuria],
    limit: float,
    before: Proteinuria | None,
) -> Reason:
    """Tell that a protein sample exceeds."""
    name, found = sample
    values: dict[str, Scalar] = {
        "item": name,
        "value": found.value,
        "unit": found.unit,
        "limit": limit,
        "previous": None if before is None else before.value,
    }
    return Reason(code, YES, {**values, "day": now.day, "date": now.date})


def creatinine_reason(
    code: str,
    now: FlareObservation,
    before: float | None,
    limit: float | None,
    **more: Scalar,
) -> Reason:
    """Tell that creatinine exceeds, alone or with the sediment."""
    values: dict[str, Scalar] = {
        "item": "creatinine_umol_l",
        "value": now.state.creatinine_umol_l,
        "unit": "µmol/L",
        "limit": limit,
        "previous": before,
    }
    return Reason(code, YES, {**values, **more, "day": now.day, "date": now.date})


def times(value: float | None, factor: float) -> float | None:
    """Return value x factor, None without a value."""
    return None if value is None else value * factor
