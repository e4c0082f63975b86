"""Dates of events, which may be known to the year or month only, kept as ISO 8601 text.

"2009" is some day of that year. Comparison is three-valued: two partial dates may be certainly in
order, certainly not, or not decided.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache

from lnmonitor.errors import InputError

FIRST_YEAR = 1900
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = tuple(name[:3].title() for name in _MONTH_NAMES)
"""English names of the months, "Jan" to "Dec", as screens and pages print them."""
_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
_DAY_MONTH = re.compile(r"^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{2}|\d{4}))?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})[/.](\d{4})$")
_LOOSE_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_NAMED_MONTH = re.compile(r"^(?:(\d{1,2})[ -]?)?([a-z]{3,9})\.?[ -]?(\d{2}|\d{4})?$")
_CHINESE = re.compile(r"^(\d{4}) ?年(?: ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?日?)?)?$")
_OFFSET = re.compile(r"^([td])?([+-]\d{1,4})$")


class DateError(InputError):
    """What was typed is not a date."""


class Order(Enum):
    """How one partial date stands to another."""

    BEFORE = "before"
    SAME = "same"
    AFTER = "after"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PartialDate:
    """A date known to the year, the month or the day."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def iso(self) -> str:
        """ISO text: "2009", "2009-05" or "2009-05-12"."""
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def complete(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @property
    def first(self) -> date:
        """The earliest day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The latest day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


@lru_cache(maxsize=8192)
def parse_partial(text: str) -> PartialDate:
    """Read ISO text of a date or partial date; the time of an instant is left aside.

    Remembered: a patient's records name the same few days again and again.

    Raises:
        DateError: it is no such text, or a day that the calendar does not have.
    """
    day_part = text.strip().split("T", 1)[0]
    match = _ISO.match(day_part)
    if match is None:
        raise _not_a_date(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    return _checked(year or 0, month, day, text)


def earliest(text: str | None) -> date | None:
    """Return the earliest day that a stored date can mean, None without a date."""
    return parse_partial(text).first if text else None


def latest(text: str | None) -> date | None:
    """Return the latest day that a stored date can mean, None without a date."""
    return parse_partial(text).last if text else None


def exact(text: str | None) -> date | None:
    """Return the day of a stored date, None where the day is not known."""
    if not text:
        return None
    parsed = parse_partial(text)
    return parsed.first if parsed.complete else None


def compare(one: str, other: str) -> Order:
    """Compare two stored dates; equal partial dates are UNKNOWN, equal days SAME."""
    a, b = parse_partial(one), parse_partial(other)
    if a.last < b.first:
        return Order.BEFORE
    if a.first > b.last:
        return Order.AFTER
    return Order.SAME if a.complete and b.complete else Order.UNKNOWN


def typed(text: str, *, today: date, partial: bool = False) -> str:
    """Return ISO text of a date as people type it.

    "t" is today, "t-1" or "-1" yesterday; "3/7" is 3 July of this year (last year if that would
    lie in the future), "3/7/09" and "3.7.2009" say the year; "2009-5-3" and "20090503" are taken,
    and what the program prints, "3 Jul 2009" (also "03-JUL-2009") and "2009年7月3日"; "2009",
    "2009-05", "5/2009", "May 2009" and "2009年5月" only where the item allows a `partial` date.

    Raises:
        DateError: it is no date, or not complete enough.
    """
    raw = text.strip().lower()
    if raw == "t":
        return today.isoformat()
    if offset := _OFFSET.match(raw):
        return (today + timedelta(days=int(offset.group(2)))).isoformat()
    parsed = _read_typed(raw, today, text)
    if not parsed.complete and not partial:
        raise DateError(
            "{typed} does not say the day.",
            "Type day, month and year, such as 3/7/2024.",
            typed=text,
        )
    return parsed.iso


def instant(text: str) -> datetime:
    """Return a stored local instant (2009-05-12T14:30).

    Raises:
        DateError: it is no such text.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or "T" not in text:
        raise DateError(
            "{typed} is not a date with a time.", "Type it as 2024-07-03 14:30.", typed=text
        )
    return found


def years_between(earlier: date, later: date) -> int:
    """Return completed years, as an age is counted."""
    before_birthday = (later.month, later.day) < (earlier.month, earlier.day)
    return later.year - earlier.year - before_birthday


def _read_typed(raw: str, today: date, text: str) -> PartialDate:
    if match := _MONTH_YEAR.match(raw):
        return _checked(int(match.group(2)), int(match.group(1)), None, text)
    if match := _DAY_MONTH.match(raw):
        day, month, year = match.groups()
        return _day_month(int(day), int(month), year, today, text)
    for year_first in (_COMPACT, _LOOSE_ISO, _CHINESE):
        if match := year_first.match(raw):
            year_, month_, day_ = (int(part) if part else None for part in match.groups())
            return _checked(year_ or 0, month_, day_, text)
    if match := _NAMED_MONTH.match(raw):
        day, name, year = match.groups()
        return _named_month(day, name, year, today, text)
    return parse_partial(raw)


def _named_month(
    day: str | None, name: str, year: str | None, today: date, text: str
) -> PartialDate:
    """Read a month's English name, written out or cut to three letters or more."""
    month = next((n for n, full in enumerate(_MONTH_NAMES, 1) if full.startswith(name)), None)
    if month is None or (day is None and (year is None or len(year) != len("2009"))):
        raise _not_a_date(text)
    if day is None:
        return _checked(int(year or 0), month, None, text)
    return _day_month(int(day), month, year, today, text)


def _day_month(day: int, month: int, year: str | None, today: date, text: str) -> PartialDate:
    if year is None:
        found = _checked(today.year, month, day, text)
        return found if found.first <= today else _checked(today.year - 1, month, day, text)
    number = int(year)
    if number < 100:
        number += 2000 if number <= today.year % 100 else 1900
    return _checked(number, month, day, text)


def _checked(year: int, month: int | None, day: int | None, text: str) -> PartialDate:
    if year < FIRST_YEAR:
        raise _not_a_date(text)
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise _not_a_date(text) from None
    return PartialDate(year, month, day)


def _not_a_date(text: str) -> DateError:
    return DateError(
        "{typed} is not a date.", "Type it as 2024-07-03, or 3/7 for 3 July.", typed=text
    )
