"""Arithmetic of one MSC infusion: what was planned, what was given, and how far they are apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lnmonitor.clinical.results import Outcome


@dataclass(frozen=True)
class InfusionFacts:
    """What was recorded; None = not recorded. Cells are numbers of cells, not millions.

    Exactly one of `protocol_dose_per_kg` (cells/kg) and `protocol_dose_cells` is the protocol's.
    """

    weight_kg: float | None = None
    protocol_dose_per_kg: float | None = None
    protocol_dose_cells: float | None = None
    viable_cells_given: float | None = None
    total_cells: float | None = None
    viability_percent: float | None = None
    concentration_cells_per_ml: float | None = None
    volume_ml: float | None = None
    rate_ml_per_h: float | None = None
    start: datetime | None = None
    stop: datetime | None = None
    interruption_min: float = 0.0
    product_expiry: datetime | None = None
    thawed_at: datetime | None = None
    stability_limit_min: float | None = None
    dmso_percent: float | None = None
    passage_number: int | None = None
    weight_age_days: int | None = None


@dataclass(frozen=True)
class InfusionCheck(Outcome):
    """Recomputed numbers; `deviation_class` is "ok", "minor", "major" or None.

    Every check is a reason whose `met` is NO when the check failed.
    """

    planned_cells: float | None = None
    given_dose_per_kg: float | None = None
    deviation_percent: float | None = None
    deviation_class: str | None = None
    elapsed_min: float | None = None
    expected_total_cells: float | None = None
    dmso_g: float | None = None
    dmso_g_per_kg: float | None = None


def check(facts: InfusionFacts) -> InfusionCheck:
    """Recompute and compare. Raises InvalidInput for impossible values."""
    raise NotImplementedError
