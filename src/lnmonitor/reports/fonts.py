"""The bundled fonts in PDF: every character in a font that has it, or written out as its code.

LN Sans prints Latin, Greek, digits and signs; Noto Sans SC what LN Sans lacks. A character in
neither (somebody may type anything) appears as its code, such as [U+1F600], never as an empty box;
a document counts them (`counted`) and says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from html import escape
from unicodedata import category

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from lnmonitor.resources import asset


class Weight(Enum):
    """The three weights of the design; Chinese has two."""

    REGULAR = "Regular"
    MEDIUM = "Medium"
    SEMIBOLD = "SemiBold"


_HAN_FILE = {
    Weight.REGULAR: "NotoSansSC-Regular",
    Weight.MEDIUM: "NotoSansSC-Regular",
    Weight.SEMIBOLD: "NotoSansSC-Bold",
}
_SPACES = str.maketrans(dict.fromkeys("\u2009\u202f\u00a0\t\n\r\v\f\x85\u2028\u2029", " "))
"""Thin and fixed spaces, which not every font has, are printed as a space; so is a line break where
a text has one line only."""
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_KEPT = 20_000
_replaced: ContextVar[Counter[str] | None] = ContextVar("replaced", default=None)


@dataclass(frozen=True)
class Run:
    """Characters of one font."""

    text: str
    font: str


@cache
def _registered(name: str) -> frozenset[int]:
    """Register a font once; return the code points that it shows.

    Those that control or format text show nothing, whatever a font has for them.
    """
    font = TTFont(name, str(asset("fonts", f"{name}.ttf")))
    pdfmetrics.registerFont(font)
    return frozenset(one for one in font.face.charToGlyph if category(chr(one))[0] != "C")


def latin(weight: Weight = Weight.REGULAR) -> str:
    """Return the registered name of LN Sans in a weight."""
    name = f"LNSans-{weight.value}"
    _registered(name)
    return name


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count, while the block runs, each character of a paragraph that is printed as its code."""
    found: Counter[str] = Counter()
    token = _replaced.set(found)
    try:
        yield found
    finally:
        _replaced.reset(token)


def lines(text: str) -> list[str]:
    """Return the lines of a text, whatever its line breaks are."""
    return _LINE_BREAK.split(text)


def runs(text: str, weight: Weight = Weight.REGULAR, *, count: bool = False) -> tuple[Run, ...]:
    """Split a text into runs of one font each; nothing is left unprintable.

    Args:
        count: the text is printed, and not measured only.
    """
    found, replaced = _runs(text.translate(_SPACES), weight)
    if count and replaced and (tally := _replaced.get()) is not None:
        tally.update(replaced)
    return found


@lru_cache(maxsize=_KEPT)
def _runs(text: str, weight: Weight) -> tuple[tuple[Run, ...], str]:
    """Return the runs of a line, and the characters that are printed as their code.

    Labels and codes come again and again in a document.
    """
    if text and _registered(latin(weight)).issuperset(map(ord, text)):  # nearly every text
        return (Run(text, latin(weight)),), ""
    found: list[Run] = []
    for piece, font in _pieces(text, weight):
        if found and found[-1].font == font:
            found[-1] = Run(found[-1].text + piece, font)
        else:
            found.append(Run(piece, font))
    in_first, in_second = _registered(latin(weight)), _registered(_HAN_FILE[weight])
    replaced = (one for one in text if ord(one) not in in_first and ord(one) not in in_second)
    return tuple(found), "".join(replaced)


def _pieces(text: str, weight: Weight) -> Iterator[tuple[str, str]]:
    first, second = latin(weight), _HAN_FILE[weight]
    in_first, in_second = _registered(first), _registered(second)
    for character in text:
        if ord(character) in in_first:
            yield character, first
        elif ord(character) in in_second:
            yield character, second
        else:
            yield f"[U+{ord(character):04X}]", first


def width(text: str, size: float, weight: Weight = Weight.REGULAR) -> float:
    """Return the printed width in points."""
    total = 0.0
    for run in runs(text, weight):
        total += pdfmetrics.stringWidth(run.text, run.font, size)
    return total


def fitted(text: str, size: float, room: float, weight: Weight = Weight.REGULAR) -> str:
    """Return a text that has one line only, its end cut off where it is wider than the room."""
    if width(text, size, weight) <= room:
        return text
    kept = len(text)
    while kept and width(f"{text[:kept]}…", size, weight) > room:
        kept -= 1
    return f"{text[:kept]}…"


def markup(text: str, weight: Weight = Weight.REGULAR) -> str:
    """Return a text as safe paragraph markup: escaped, lines kept, the font of each run named."""
    return "<br/>".join(
        "".join(
            f'<font name="{run.font}">{escape(run.text)}</font>'
            for run in runs(line, weight, count=True)
        )
        for line in lines(text)
    )
