"""What the text of a cell means: a number, a laboratory result, a date, a code; exactly or not.

Whatever cannot be taken as it stands is refused with the column, what stands there and why. A
number that the machine's own numbers cannot hold, `1_000`, `1,05` or `nan` is none; digits and
signs of full width, as a Chinese keyboard types them, are.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from lnmonitor.errors import UserError
from lnmonitor.exchange.limits import shown
from lnmonitor.exchange.table import Row
from lnmonitor.study.codelists import codelist
from lnmonitor.study.dates import parse_partial

_WIDE = str.maketrans("０１２３４５６７８９．，－＋−＜＞＝≤≥", "0123456789.,-+-<>=≤≥")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+(?:,\d+)?", re.ASCII)
_OPERATOR = re.compile(r"(<=|>=|<|>|≤|≥)\s*(.+)", re.DOTALL)
_SPELLED = {"≤": "<=", "≥": ">="}
_LARGEST = 2**53
"""Above it a number of the machine cannot tell one whole number from the next."""
_SAFE_DIGITS = 15
"""Significant digits that every number of the machine holds."""
_TIME = re.compile(
    r"([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


class NotStoredError(Exception):
    """Why one row is not stored."""


def exact_number(text: str, *, decimal_comma: bool = False) -> float | None:
    """Return a number that is exactly what the text says, None for any other text."""
    plain = text.strip().translate(_WIDE)
    if decimal_comma:
        if not _COMMA.fullmatch(plain):
            return None
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    if not abs(value) < _LARGEST:
        return None
    if len(plain) <= _SAFE_DIGITS:
        return value
    # A number that was printed with 16 or 17 digits is the same number with fewer.
    written = {Decimal(repr(value)), Decimal(f"{value:.16g}"), Decimal(f"{value:.17g}")}
    return value if Decimal(plain) in written else None


def number(row: Row, column: str, *, decimal_comma: bool = False) -> float | None:
    """Return a cell as a number; None when absent.

    Raises:
        NotStoredError: the cell is not a number.
    """
    text = row.present(column)
    if text is None:
        return None
    value = exact_number(text, decimal_comma=decimal_comma)
    if value is None:
        raise NotStoredError(f"{column} is not a number: {shown(text)}")
    return value


def split_result(
    reported: str | None, *, decimal_comma: bool = False
) -> tuple[str | None, float | None, str | None]:
    """Split a reported result into operator, number and text; one of the last two is None."""
    if reported is None:
        return None, None, None
    found = _OPERATOR.fullmatch(reported.strip().translate(_WIDE))
    operator, rest = (found[1], found[2]) if found else (None, reported)
    value = exact_number(rest, decimal_comma=decimal_comma)
    if value is None:
        return None, None, reported
    return _SPELLED.get(operator or "", operator), value, None


def split_instant(row: Row, column: str) -> tuple[str, str] | None:
    """Return the date, which may be partial, and the time of a cell, "" without one.

    Raises:
        NotStoredError: the cell is not ISO 8601, or a day that the calendar does not have.
    """
    text = row.present(column)
    if text is None:
        return None
    found = _instant(text)
    if found is None:
        raise NotStoredError(f"{column} is not an ISO date: {shown(text)}")
    return found


@lru_cache(maxsize=4096)  # the same days come again in every row of a visit
def _instant(text: str) -> tuple[str, str] | None:
    day, mark, clock = text.partition("T")
    try:
        complete = parse_partial(day).complete
    except UserError:
        return None
    return None if mark and not (complete and _TIME.fullmatch(clock)) else (day, clock)


def day(row: Row, column: str) -> str | None:
    """Return a whole date, None when absent.

    Raises:
        NotStoredError: as `split_instant`, or the day is not said.
    """
    found = split_instant(row, column)
    if found is None:
        return None
    if not parse_partial(found[0]).complete:
        raise NotStoredError(f"{column} does not say the day: {shown(found[0])}")
    return found[0]


def code(row: Row, column: str, list_id: str) -> str | None:
    """Return a code of a list of the study, None when absent.

    Raises:
        NotStoredError: the list has no such code.
    """
    text = row.present(column)
    if text is not None and codelist(list_id).get(text) is None:
        raise NotStoredError(f"{column} is no code of the study: {shown(text)}")
    return text
