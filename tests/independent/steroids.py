"""Prednisone equivalents a second time: a calendar filled day by day, in exact fractions.

A prescription is (drug, mg, first day, last day or None, times a day, route), days as numbers.
Open in the specification, read as the program reads it: a dose that rose on day 0 is an increase.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.independent.exact import q

# Milligrams equal to 5 mg of prednisone.
EQUAL_TO_5 = {
    "prednisone": "5",
    "prednisolone": "5",
    "methylprednisolone": "4",
    "triamcinolone": "4",
    "hydrocortisone": "20",
    "cortisone": "25",
    "dexamethasone": "0.75",
    "betamethasone": "0.75",
    "deflazacort": "6",
}
Prescription = tuple[str, float, int, int | None, float, str]
PULSE = Fraction(250) * 5 / 4  # prednisone equivalent of 250 mg methylprednisolone


def equivalent(drug: str, mg: Fraction) -> Fraction:
    return mg * 5 / Fraction(EQUAL_TO_5[drug])


def day_of(prescriptions: Sequence[Prescription], day: int) -> tuple[Fraction, Fraction, Fraction]:
    """Return maintenance and pulse in mg prednisone, and the mg of pulse drug, of one day."""
    maintenance = pulse = drug_mg = Fraction(0)
    for drug, mg, first, last, per_day, route in prescriptions:
        if day < first or (last is not None and day > last) or route not in {"oral", "iv"}:
            continue
        amount = q(mg) * q(per_day)
        dose = equivalent(drug, amount)
        if route == "iv" and dose >= PULSE:
            pulse, drug_mg = pulse + dose, drug_mg + amount
        else:
            maintenance += dose
    return maintenance, pulse, drug_mg


def first_kept_at_most(doses: Sequence[Fraction], limit: float, run: int) -> int | None:
    """Return the first day from which the maintenance dose is at most the limit for `run` days."""
    low = [dose <= q(limit) for dose in doses]
    starts = (n for n in range(len(low) - run + 1) if all(low[n : n + run]))
    return next(starts, None)
