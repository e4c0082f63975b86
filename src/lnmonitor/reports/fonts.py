"""The bundled fonts in PDF: every character in a font that has it, or written out as its code.

LN Sans prints Latin, Greek, digits and signs; Noto Sans SC what LN Sans lacks. A character in
neither (somebody may type anything) appears as its code, such as [U+1F600], never as an empty box.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from html import escape

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
_SPACES = str.maketrans({"\u2009": " ", "\u202f": " ", "\u00a0": " ", "\t": " "})
"""Thin and fixed spaces, which not every font has, are printed as a space."""


@dataclass(frozen=True)
class Run:
    """Characters of one font."""

    text: str
    font: str


@cache
def _registered(name: str) -> frozenset[int]:
    """Register a font once; return the code points it has."""
    font = TTFont(name, str(asset("fonts", f"{name}.ttf")))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def latin(weight: Weight = Weight.REGULAR) -> str:
    """Return the registered name of LN Sans in a weight."""
    name = f"LNSans-{weight.value}"
    _registered(name)
    return name


def runs(text: str, weight: Weight = Weight.REGULAR) -> tuple[Run, ...]:
    """Split a text into runs of one font each; nothing is left unprintable."""
    text = text.translate(_SPACES)
    if text and _registered(latin(weight)).issuperset(map(ord, text)):  # nearly every text
        return (Run(text, latin(weight)),)
    found: list[Run] = []
    for piece, font in _pieces(text, weight):
        if found and found[-1].font == font:
            found[-1] = Run(found[-1].text + piece, font)
        else:
            found.append(Run(piece, font))
    return tuple(found)


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


def markup(text: str, weight: Weight = Weight.REGULAR) -> str:
    """Return a text as safe paragraph markup: escaped, with the font of each run named."""
    return "".join(
        f'<font name="{run.font}">{escape(run.text)}</font>' for run in runs(text, weight)
    )
