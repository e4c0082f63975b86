"""A block of laboratory results copied from a spreadsheet, read line by line.

Nothing is guessed: a line is taken only when its name is one analyte, its value can be read and its
unit, if it has one, is known for the analyte. All others are listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from lnmonitor.desktop.entry.values import EMPTY, Answer, UnreadableError, parse_result
from lnmonitor.errors import UserError
from lnmonitor.study.analytes import ANALYTES, Analyte, spell_unit
from lnmonitor.study.codelists import codelist

_FLAG = re.compile(r"\s*(?:[HL]{1,2}|[↑↓]+|\([HL]\))\s*$")
"""A laboratory's mark of a value outside its range; the grid makes its own."""
_ALIASES: Mapping[str, str] = {
    "hb": "HGB",
    "hemoglobin": "HGB",
    "cr": "CREAT",
    "scr": "CREAT",
    "bun": "BUN",
    "leucocytes": "WBC",
    "leukocytes": "WBC",
    "erythrocytes": "RBC",
    "hematocrit": "HCT",
    "thrombocytes": "PLT",
    "erythrocyte sedimentation rate": "ESR",
    "gamma-glutamyl transferase": "GGT",
    "24h protein": "U24P",
    "24-h protein": "U24P",
    "24h urine protein": "U24P",
    "24h尿蛋白": "U24P",
    "24h尿蛋白定量": "U24P",
    "urine protein creatinine ratio": "UPCR",
    "c3": "C3",
    "c4": "C4",
    "ds-dna": "DSDNA",
    "anti-ds-dna": "DSDNA",
    "crp": "CRP",
}


@dataclass(frozen=True)
class PastedLine:
    """One line of a block.

    Attributes:
        name, value: as in the spreadsheet. code: the analyte, "" if the name is none.
        unit: as the catalogue spells it; the analyte's own where the block has none.
        unit_given: whether the block has one. answer: what would be taken.
        problem: why the line cannot be taken, "" if it can: "name", "value", "unit" or "twice".
    """

    name: str
    value: str
    code: str = ""
    unit: str = ""
    unit_given: bool = False
    answer: Answer = EMPTY
    problem: str = ""


def is_block(text: str) -> bool:
    """Return whether a text is more than one cell."""
    return "\t" in text.strip("\r\n") or "\n" in text.strip("\r\n")


def read_block(text: str) -> tuple[PastedLine, ...]:
    """Return the lines of a block: a result a row, or a result a column under a row of names."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
    rows = [row for row in rows if any(row)]
    if rows and sum(bool(analyte_named(cell)) for cell in rows[0]) > 1:
        width = max(len(row) for row in rows)
        rows = [[row[n] if n < len(row) else "" for row in rows] for n in range(width)]
    found: list[PastedLine] = []
    for row in rows:
        line = _line(row)
        if line.code and not line.problem and line.code in {one.code for one in found}:
            line = PastedLine(line.name, line.value, line.code, problem="twice")
        if line.value or line.code:
            found.append(line)
    return tuple(found)


def analyte_named(name: str) -> Analyte | None:
    """Return the analyte that a name, code or usual abbreviation means, None if there is none."""
    code = _names().get(_folded(name))
    return ANALYTES.get(code) if code else None


def _line(row: Sequence[str]) -> PastedLine:
    name, cells = row[0], [cell for cell in row[1:] if cell]
    value = cells[0] if cells else ""
    one = analyte_named(name)
    if one is None:
        return PastedLine(name, value, problem="name")
    try:
        answer = _answer(one, value)
    except UserError:
        return PastedLine(name, value, one.code, problem="value")
    if answer.empty:
        return PastedLine(name, value, one.code, problem="value")
    given = cells[1] if len(cells) > 1 and not one.codes else ""
    try:
        unit = spell_unit(one.code, given) if given else one.unit
    except UserError:
        return PastedLine(name, value, one.code, given, unit_given=True, problem="unit")
    return PastedLine(name, value, one.code, unit, bool(given), answer)


def _answer(one: Analyte, value: str) -> Answer:
    if not one.codes:
        return parse_result(_FLAG.sub("", value))
    wanted = value.casefold()
    for code in codelist(one.codes).entries:
        if wanted in {code.code.casefold(), *(words.casefold() for words in code.text)}:
            return Answer(code.code)
    raise UnreadableError('"{text}" cannot be read.', text=value)


def _folded(name: str) -> str:
    return re.sub(r"\s+", " ", name.strip().rstrip(":：*").strip()).casefold()


@cache
def _names() -> Mapping[str, str]:
    """Every name of every analyte; one that two analytes share names neither."""
    found: dict[str, str] = {}
    for code, one in ANALYTES.items():
        for name in {_folded(n) for n in (*one.name, code, *one.sdtm)}:
            found[name] = "" if found.get(name, code) != code else code
    return {**found, **_ALIASES}
