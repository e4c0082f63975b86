"""Short printed forms that stories and tables share: dates, numbers, signs, counts."""

from __future__ import annotations

from datetime import date
from math import floor, log10

from lnmonitor.language import Text

MINUS = "−"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIGNIFICANT = 2


def same(text: str) -> Text:
    """Return a text that reads alike in both languages: codes, numbers, units."""
    return Text(text, text)


def printed_date(iso: str | None) -> Text:
    """Return "12 May 2026" (partial: "May 2026", "2026") beside the ISO date for Chinese."""
    if not iso:
        return same("")
    parts = iso.split("T")[0].split("-")
    month = f"{_MONTHS[int(parts[1]) - 1]} " if len(parts) > 1 else ""
    day = f"{int(parts[2])} " if len(parts) > 2 else ""
    return Text(f"{day}{month}{parts[0]}", "-".join(parts))


def short_date(on: date) -> Text:
    """Return a complete date."""
    return printed_date(on.isoformat())


def number(value: float, decimals: int | None) -> str:
    """Return a number with so many decimals (None: two significant, whole from 10 on)."""
    if decimals is None:
        size = floor(log10(abs(value))) if value else 0
        decimals = max(0, _SIGNIFICANT - 1 - size)
    return f"{value:.{decimals}f}".replace("-", MINUS)


def signed(value: float, decimals: int | None) -> str:
    """Return a change with its sign, "0" for none at the printed precision."""
    shown = number(abs(value), decimals)
    if float(shown) == 0:
        return "0"
    return f"{'+' if value > 0 else MINUS}{shown}"


def span(low: float, high: float) -> str:
    """Return a range of scores with an en dash."""
    return f"{low:g}–{high:g}"


def days(count: int) -> Text:
    """Return a number of days."""
    return Text(f"{count} day" if count == 1 else f"{count} days", f"{count} 天")
