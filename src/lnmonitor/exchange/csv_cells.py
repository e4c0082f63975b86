"""Cells of CSV that is written for people: a program that opens it must not see a formula.

CSV cannot say that a cell is text, so a text that a spreadsheet might compute gets an apostrophe
before it. The workbook of the same content needs none and is exact.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(
    # what programs pass over (space, quotes, separators, their encoded forms), then a start
    r"(?:[\s\"';,\ufeff\u200b]|%0[9ad])*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_MARK = "'"


def neutral(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; a number stays as it is.

    A leading `= + - @`, tab or line break, also in full width or after spaces and quotes, gets an
    apostrophe before it; a text that has one already is left alone.
    """
    if _NUMBER.fullmatch(text) or text.startswith(_MARK) or not _FORMULA.match(text):
        return text
    return _MARK + text
