"""Samples as the published flare definitions compare them: protein in one unit, reasons alike."""

from __future__ import annotations

from collections.abc import Sequence

from lnmonitor.clinical.flare.model import FlareObservation
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response.clauses import U24, UPCR, protein
from lnmonitor.clinical.results import Reason, Scalar, Truth

RATIO_FIRST = (UPCR, U24)
"""Definitions worded for the ratio; a collection stands in for it at the same number of grams."""


def first_protein(now: FlareObservation, order: Sequence[str]) -> tuple[str, Proteinuria] | None:
    """Return the first protein result of `order` at hand, with its name."""
    found = ((name, protein(now.state, name)) for name in order)
    return next(((name, value) for name, value in found if value is not None), None)


def protein_reason(
    code: str,
    now: FlareObservation,
    sample: tuple[str, Proteinuria] | None,
    met: Truth,
    limit: float | None,
    before: Proteinuria | None,
) -> Reason:
    """Describe a test of a protein sample; without one it is open. Not met is never told."""
    if met is Truth.NO:
        return Reason(code, met)
    if sample is None:
        return Reason(code, Truth.UNKNOWN, {"item": UPCR, "day": now.day, "date": now.date})
    name, found = sample
    values: dict[str, Scalar] = {
        "item": name,
        "value": found.value,
        "unit": found.unit,
        "limit": limit,
        "previous": None if before is None else before.value,
    }
    return Reason(code, met, {**values, "day": now.day, "date": now.date})


def creatinine_reason(
    code: str,
    now: FlareObservation,
    met: Truth,
    before: float | None,
    limit: float | None,
    **more: Scalar,
) -> Reason:
    """Describe a test of creatinine, alone or with the sediment. Not met is never told."""
    if met is Truth.NO:
        return Reason(code, met)
    values: dict[str, Scalar] = {
        "item": "creatinine_umol_l",
        "value": now.state.creatinine_umol_l,
        "unit": "µmol/L",
        "limit": limit,
        "previous": before,
    }
    return Reason(code, met, {**values, **more, "day": now.day, "date": now.date})


def times(value: float | None, factor: float) -> float | None:
    """Return value x factor, None without a value."""
    return None if value is None else value * factor
