"""What the cells of a file to be scored say, refused where no patient can have such a value.

A creatinine of 0.9 µmol/L is one in mg/dL under the wrong unit, and its score would be wrong
without a word. So every measured value is held against the limits of the catalogue of analytes and
of the vital signs form, beyond which entry refuses it too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

from lnmonitor.analysis.laboratory_grades import TERMS
from lnmonitor.clinical.criteria import above, below
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import parse_dipstick
from lnmonitor.exchange.table import Row
from lnmonitor.study.analytes import ANALYTES, Conversion, UnitError, spell_unit
from lnmonitor.study.forms import VitalSigns

ANALYTE_OF_TERM: Mapping[str, str] = {
    **{term: code for code, terms in TERMS.items() for term in terms},
    "Hemoglobin increased": "HGB",
    "Leukocytosis": "WBC",
    "Lymphocyte count increased": "LYMPH",
    "Hypercalcemia": "CA",
    "Hypocalcemia": "CA",
    "Hypoglycemia": "GLUC",
    "Hyperuricemia": "URATE",
    "Proteinuria": "U24P",
}
"""CTCAE terms of which the catalogue has the analyte."""


Found = TypeVar("Found")


class ProblemError(Exception):
    """Why one row cannot be scored; the text goes into its `problem` column."""


def number(row: Row, column: str) -> float | None:
    """Return the number of a cell, None where there is none."""
    text = row.present(column)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise ProblemError(f"{column}: {text!r} is not a number") from error
    if "_" in text:  # Python's own notation: 1_000 is as likely a slip of the hand
        raise ProblemError(f"{column}: {text!r} is not a number")
    if not math.isfinite(value):
        raise ProblemError(f"{column}: {text!r} is not a finite number")
    return value


def required(value: Found | None, column: str) -> Found:
    """Return what was found in a cell that must not be empty."""
    if value is None:
        raise ProblemError(f"{column} is missing")
    return value


def at_least_0(row: Row, column: str) -> float:
    """Return a number that must be there and cannot be negative.

    Raises:
        InvalidInput: it is negative.
    """
    return _within(column, required(number(row, column), column), None, 0, None)


def measured(row: Row, column: str, analyte: str, unit: str) -> float | None:
    """Return a laboratory value as it stands, None where there is none.

    Raises:
        InvalidInput: it lies outside what the catalogue of analytes accepts, told in `unit`.
        UnitError: the catalogue does not know the unit.
    """
    value = number(row, column)
    if value is None:
        return None
    entry, spelled = ANALYTES[analyte], spell_unit(analyte, unit)
    conversion = entry.units.get(spelled, Conversion())
    low, high = (
        None if limit is None else (limit - conversion.offset) / conversion.factor
        for limit in entry.hard
    )
    return _within(column, value, unit, low, high)


def measured_all(row: Row, columns: Iterable[str], term: str, unit: str) -> dict[str, float | None]:
    """Return the values of columns that are all of a CTCAE term's analyte and in one unit."""
    analyte = ANALYTE_OF_TERM.get(term)
    try:
        if analyte is not None:
            return {column: measured(row, column, analyte, unit) for column in columns}
    except UnitError:
        pass  # the rule knows other spellings, and refuses what it does not know
    return {column: number(row, column) for column in columns}


def vital_sign(row: Row, column: str, item: str) -> float | None:
    """Return a vital sign, None where there is none; `item` is its name on the form.

    Raises:
        InvalidInput: it lies outside what the form accepts.
    """
    value, found = number(row, column), VitalSigns.items()[item].item
    if value is None or found.hard is None:
        return value
    return _within(column, value, found.unit, *found.hard)


def dipstick(row: Row, column: str) -> float | None:
    """Return the level of a strip, written as a number or as read (neg, ±, 1+ to 4+).

    Raises:
        InvalidInput: there is no such level.
    """
    text = row.present(column)
    if text is None:
        return None
    try:
        return parse_dipstick(text.removesuffix(".0"))
    except InvalidInput as refusal:
        raise InvalidInput(column, text, None, refusal.limit) from refusal


def _within(
    column: str, value: float, unit: str | None, low: float | None, high: float | None
) -> float:
    """Return the value between both limits, which are its own unit's, with a rounding error."""
    if (low is not None and below(value, low)) or (high is not None and above(value, high)):
        limit = f">= {low:.3g}" if high is None else f"{low or 0:.3g} to {high:.5g}"
        raise InvalidInput(column, f"{value:g}", unit, limit)
    return value
