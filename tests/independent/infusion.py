"""Arithmetic of an infusion a second time, in exact fractions."""

from __future__ import annotations

from fractions import Fraction


def deviation(given_cells: Fraction, protocol_per_kg: Fraction, kg: Fraction) -> Fraction:
    """Return by how many percent the cells given depart from the protocol's dose."""
    return 100 * (given_cells / (protocol_per_kg * kg) - 1)


def deviation_class(percent: Fraction) -> str:
    size = abs(percent)
    return "ok" if size <= 10 else "minor" if size <= 20 else "major"


def total_needed(viable: Fraction, viability: Fraction) -> Fraction:
    return viable * 100 / viability


def dmso_g(volume_ml: Fraction, percent: Fraction) -> Fraction:
    return volume_ml * percent / 100 * Fraction(11, 10)
