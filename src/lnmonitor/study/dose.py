"""An infusion form as the clinical arithmetic reads it, with the protocol's own tolerances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lnmonitor.clinical.infusion import InfusionCheck, InfusionFacts, check
from lnmonitor.study.dates import exact, instant
from lnmonitor.study.forms import Infusion
from lnmonitor.study.protocol import Protocol

MILLION = 1e6


def check_dose(form: Infusion, protocol: Protocol) -> InfusionCheck:
    """Return the recomputed dose and product arithmetic of one infusion.

    Raises:
        InvalidInput: a value is impossible.
    """
    return check(infusion_facts(form, protocol), infusion_parameters(protocol))


def infusion_facts(form: Infusion, protocol: Protocol) -> InfusionFacts:
    """Return what was recorded, cells in numbers instead of millions."""
    weighed, started = exact(form.weight_date), exact(form.started_at)
    age = (started - weighed).days if started and weighed else None
    return InfusionFacts(
        weight_kg=form.weight_kg,
        protocol_dose_per_kg=protocol.dose_per_kg * MILLION,
        viable_cells_given=_cells(form.viable_cells),
        total_cells=_cells(form.total_cells),
        viability_percent=form.viability_percent,
        concentration_cells_per_ml=_cells(form.concentration),
        volume_ml=form.volume_ml,
        rate_ml_per_h=form.rate_ml_per_h,
        start=when(form.started_at),
        stop=when(form.stopped_at),
        interruption_min=form.interrupted_min or 0.0,
        product_expiry=when(form.expiry),
        thawed_at=when(form.thawed_at),
        dmso_percent=form.dmso_percent,
        passage_number=form.passage,
        weight_age_days=age if age is None or age >= 0 else None,
    )


def infusion_parameters(protocol: Protocol) -> Mapping[str, float]:
    """Return the protocol's tolerances under the names of the clinical rule."""
    own = protocol.parameters.get("infusion", {})
    return {
        "minor_deviation_percent": protocol.dose_minor_percent,
        "major_deviation_percent": protocol.dose_major_percent,
        "viability_minimum_percent": protocol.viability_limit_percent,
        "passage_maximum": float(protocol.passage_limit),
        "weight_age_days": float(protocol.weight_max_age_days),
        **{name: float(value) for name, value in own.items()},
    }


def _cells(millions: float | None) -> float | None:
    return None if millions is None else millions * MILLION


def when(text: str | None) -> datetime | None:
    """Return a stored instant, None where only the day is known."""
    return instant(text) if text and "T" in text else None
