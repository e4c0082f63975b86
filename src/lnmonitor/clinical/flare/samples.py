"""Samples as the published flare definitions compare them: limits, lowest values, reasons alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lnmonitor.clinical.flare.model import FlareObservation
from lnmonitor.clinical.proteinuria import UNITS, Proteinuria, limit_in
from lnmonitor.clinical.response.clauses import U24, UPCR
from lnmonitor.clinical.response.model import RenalState
from lnmonitor.clinical.results import UNKNOWN, YES, Reason, Scalar


def limits(grams: float) -> Mapping[str, float]:
    """Return the guideline's number for `grams` in each unit of protein."""
    return {unit: limit_in(unit, grams) for unit in UNITS}


def ratio_first(state: RenalState) -> Proteinuria | None:
    """Return the protein of a definition worded for the ratio.

    A collection stands in for it at the same number of grams.
    """
    return state.upcr or state.proteinuria


def keep_nadir(nadir: dict[str, Proteinuria], state: RenalState) -> None:
    """Keep the lowest protein of each unit."""
    for protein in (state.proteinuria, state.upcr):
        if protein is not None:
            lowest = nadir.get(protein.unit)
            if lowest is None or protein.value < lowest.value:
                nadir[protein.unit] = protein


def protein_reason(
    code: str,
    now: FlareObservation,
    protein: Proteinuria,
    limit: float,
    before: Proteinuria | None,
) -> Reason:
    """Tell that a protein sample exceeds."""
    values: dict[str, Scalar] = {
        "item": UPCR if protein is now.state.upcr else U24,
        "value": protein.value,
        "unit": protein.unit,
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


def absent(item: str, now: object, before: object, *, reference: str = "previous") -> Iterator[str]:
    """Name an input that a comparison lacks: of this sample, else of the reference."""
    if now is None:
        yield item
    elif before is None:
        yield f"{item}_{reference}"


def absent_sediment(state: RenalState) -> Iterator[str]:
    """Name what leaves open whether a sediment is inactive."""
    if state.sediment_inactive is UNKNOWN:
        yield from (item for item in SEDIMENT if getattr(state, item) is None)


SEDIMENT = ("urine_rbc_hpf", "urine_wbc_hpf", "casts")


def times(value: float | None, factor: float) -> float | None:
    """Return value x factor, None without a value."""
    return None if value is None else value * factor
