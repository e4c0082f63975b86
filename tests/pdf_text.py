"""The text of a PDF as its own character maps tell it; each line that was drawn is a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pikepdf


def pages_of(path: Path) -> list[str]:
    """Return the text of each page."""
    with pikepdf.open(path) as pdf:
        return [_text(page) for page in pdf.pages]


def text_of(path: Path) -> str:
    """Return the text of all pages."""
    return "\n".join(pages_of(path))


def squeezed(text: str) -> str:
    """Return a text without blanks and line ends, for what may be broken anywhere."""
    return "".join(text.split())


def _text(page: pikepdf.Page) -> str:
    maps = {str(name): _map(font) for name, font in page.Resources.Font.items()}
    return "".join(_shown(page, maps))


def _shown(page: pikepdf.Page, maps: Mapping[str, Mapping[int, str]]) -> Iterator[str]:
    current: Mapping[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "Tf":
            current = maps[str(operands[0])]
        elif name in ("Tm", "Td", "T*"):
            yield "\n"
        elif name == "Tj":
            yield "".join(current[code] for code in bytes(operands[0]))


def _map(font: pikepdf.Object) -> dict[int, str]:
    """Return the characters of a font's codes, from its ToUnicode map."""
    stream = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", stream, re.DOTALL):
        for code, to in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = _character(to)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", stream, re.DOTALL):
        for first, last, to, listed in re.findall(
            r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])", block
        ):
            start = int(first, 16)
            if listed:
                for at, one in enumerate(re.findall(r"<([0-9A-Fa-f]+)>", listed)):
                    found[start + at] = _character(one)
            else:
                for at in range(int(last, 16) - start + 1):
                    found[start + at] = chr(int(to, 16) + at)
    return found


def _character(code: str) -> str:
    return bytes.fromhex(code).decode("utf-16-be")
