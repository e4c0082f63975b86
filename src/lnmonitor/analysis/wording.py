"""Short printed forms that stories and tables share: dates, numbers, signs, counts."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10

from lnmonitor.language import Text
from lnmonitor.study.dates import MONTHS

MINUS = "−"
_SIGNIFICANT = 2

EQUATION_NAMES: Mapping[str, str] = {
    "ckdepi-2021": "CKD-EPI 2021",
    "ckdepi-2009": "CKD-EPI 2009",
    "ckdepi-2012-cys": "CKD-EPI 2012 cystatin C",
    "ckdepi-2012-cr-cys": "CKD-EPI 2012 creatinine-cystatin C",
    "ckdepi-2021-cr-cys": "CKD-EPI 2021 creatinine-cystatin C",
    "mdrd": "MDRD",
    "cmdrd": "c-MDRD",
    "cockcroft-gault": "Cockcroft-Gault",
}
UNIT_NAMES: Mapping[str, str] = {
    "umol/L": "µmol/L",
    "10^9/L": "×10⁹/L",
    "ukat/L": "µkat/L",
    "mL/min/1.73 m^2": "mL/min/1.73 m²",
}
"""Units as rules spell them, and as they are printed."""
_UNIT_WORDS = {
    "mg/day": Text("mg/day", "mg/日"),
    "days": Text("days", "天"),
    "cells": Text("cells", "个"),
    "cells/mL": Text("cells/mL", "个/mL"),
}
"""Units that are words."""
_RATES_ZH = {
    **{"d": "日", "wk": "周", "2 wk": "2 周", "4 wk": "4 周"},
    **{"mo": "月", "3 mo": "3 个月", "6 mo": "6 个月"},
}
"""Times behind the solidus of a dose."""
_RULE_SETS = {
    "set-a": Text("set A", "A 组标准"),
    "set-b": Text("set B", "B 组标准"),
    "flare-renal": Text("flare of the trial", "本试验复发标准"),
    "moroni": Text("Moroni (Milan)", "Moroni（米兰）标准"),
    "childhood": Text("childhood-onset set", "儿童起病标准"),
    "trial": Text("one new A or two new B", "1 个新发 A 或 2 个新发 B"),
    "gordon-2003": Text("Gordon 2003", "Gordon 2003"),
    "isenberg-2011": Text("Isenberg 2011", "Isenberg 2011"),
}


def rule_set_name(rule_set: str) -> Text:
    """Return the printed name of a response or flare rule set: "set A", "KDIGO 2024"."""
    words = [w.upper() if w in _ABBREVIATIONS else w for w in rule_set.split("-")]
    return _RULE_SETS.get(rule_set, same(" ".join(words)))


_ABBREVIATIONS = frozenset({"kdigo", "eular", "acr", "bliss", "ln", "perr", "crr", "aurora"})


def unit_name(unit: str) -> Text:
    """Return a unit as printed: symbols read alike in both languages, words do not."""
    return _UNIT_WORDS.get(unit, same(UNIT_NAMES.get(unit, unit)))


def dose_name(dose: str) -> Text:
    """Return a printed dose such as "2 g/d" or "0.8 g/4 wk" with its time in words."""
    amount, solidus, rate = dose.partition("/")
    return Text(dose, f"{amount}{solidus}{_RATES_ZH.get(rate, rate)}")


def same(text: str) -> Text:
    """Return a text that reads alike in both languages: codes, numbers, units."""
    return Text(text, text)


def printed_date(iso: str | None) -> Text:
    """Return "12 May 2026" (partial: "May 2026", "2026") beside the ISO date for Chinese."""
    if not iso:
        return same("")
    parts = iso.split("T")[0].split("-")
    month = f"{MONTHS[int(parts[1]) - 1]} " if len(parts) > 1 else ""
    day = f"{int(parts[2])} " if len(parts) > 2 else ""
    return Text(f"{day}{month}{parts[0]}", "-".join(parts))


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
