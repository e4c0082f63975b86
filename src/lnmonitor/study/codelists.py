"""The code lists of the forms, read from `resources/codelists/codelists.toml`.

A form stores the code; screens, listings and reports show its text in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lnmonitor.language import Language, Text
from lnmonitor.resources import read_toml
from lnmonitor.study.analytes import ANALYTES

ANALYTE = "ANALYTE"
"""The one list that is made from the catalogue of analytes."""


@dataclass(frozen=True)
class Code:
    """One entry; `order` counts from 0 in the order in which entries are offered."""

    code: str
    text: Text
    order: int


@dataclass(frozen=True)
class CodeList:
    """A named list of codes."""

    id: str
    entries: tuple[Code, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in order."""
        return tuple(entry.code for entry in self.entries)

    def get(self, code: str | int | float | None) -> Code | None:
        """Return the entry of a code (a grade may come as a number), None if there is none."""
        wanted = str(code)
        return next((entry for entry in self.entries if entry.code == wanted), None)


def codelist(list_id: str) -> CodeList:
    """Return a list by its id.

    Raises:
        KeyError: no such list.
    """
    return _lists()[list_id]


def codelist_ids() -> tuple[str, ...]:
    """Return the ids of all lists."""
    return tuple(_lists())


def decode(list_id: str, code: str | int | float | None, language: Language) -> str:
    """Return the text of a code, the code itself where the list has no such entry."""
    if code is None:
        return ""
    entry = codelist(list_id).get(code)
    return entry.text.in_(language) if entry else str(code)


@cache
def _lists() -> Mapping[str, CodeList]:
    found = {
        list_id: _codelist(list_id, {code: Text(*pair) for code, pair in entries.items()})
        for list_id, entries in read_toml("codelists", "codelists.toml").items()
    }
    found[ANALYTE] = _codelist(ANALYTE, {code: one.name for code, one in ANALYTES.items()})
    return found


def _codelist(list_id: str, texts: Mapping[str, Text]) -> CodeList:
    entries = (Code(code, text, order) for order, (code, text) in enumerate(texts.items()))
    return CodeList(list_id, tuple(entries))
