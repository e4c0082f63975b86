"""The mapping file of a table import: which column is the subject, the visit, an item, a result.

A TOML file, written by whoever knows the table:

    [subject]
    column = "patient_id"           # required
    prefix = "X-"                   # put before the number
    sex = { column = "female", F = "1", M = "0" }

    [visit]                         # one row is one visit
    code = "visit_label"            # column with the visit's name
    date = "date"                   # column with ISO dates, or
    day = "study_day"               # column with days after `reference_date`, or
    order = "visit_seq"             # only the order is known; dates are then stand-ins and say so
    reference_date = "2000-01-01"

    [sledai]
    yes = "1"
    no = "0"
    total = "recorded_total"        # column with a total recorded elsewhere
    items = { ARTHRITIS = "arthritis" }   # column = item code; items not named are missing

    [results.NEUT]                  # analyte code of the catalogue
    column = "neutrophils"
    unit = "×10⁹/L"

    [file]                          # only where the file does not say so itself
    encoding = "gb18030"            # of CSV and XPT that are not UTF-8
    delimiter = ";"                 # of CSV
    decimal = ","                   # numbers are written 1,05
    table = "Sheet1"                # which sheet, data set or item group, if there are several
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lnmonitor.clinical.sledai import ITEMS
from lnmonitor.errors import InputError
from lnmonitor.exchange import sources
from lnmonitor.exchange.limits import LIMITS, shown
from lnmonitor.exchange.readers import Reading
from lnmonitor.study.analytes import ANALYTES

_LARGEST = 1 << 18
"""Bytes of a mapping."""


@dataclass(frozen=True)
class SexColumn:
    """The column that tells the sex, and what stands in it."""

    column: str
    codes: Mapping[str, str]
    """Cell text -> F or M."""


@dataclass(frozen=True)
class ResultColumn:
    """A column with laboratory results of one analyte in one unit."""

    analyte: str
    column: str
    unit: str | None


@dataclass(frozen=True)
class TableMapping:
    """A checked mapping file."""

    subject: str
    prefix: str
    sex: SexColumn | None
    visit_code: str | None
    visit_date: str | None
    visit_day: str | None
    visit_order: str | None
    reference_date: date
    sledai_items: Mapping[str, str] = field(default_factory=dict)
    """Column -> item code."""
    sledai_yes: str = "1"
    sledai_no: str = "0"
    sledai_total: str | None = None
    results: tuple[ResultColumn, ...] = ()
    reading: Reading = field(default_factory=Reading)
    decimal_comma: bool = False
    table: str | None = None
    """Name of the sheet, data set or item group; None for the only one."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the table must have."""
        single = (
            self.subject, self.sex.column if self.sex else None, self.visit_code, self.visit_date,
            self.visit_day, self.visit_order, self.sledai_total,
        )  # fmt: skip
        found = [column for column in single if column is not None]
        return (*found, *self.sledai_items, *(result.column for result in self.results))


def read_mapping(path: Path) -> TableMapping:
    """Read and check a mapping file.

    Raises:
        InputError: not there, not TOML, an unknown key, item or analyte, or no way to date a visit.
    """
    content = _load(path)
    _allow(path, content, {"subject", "visit", "sledai", "results", "file"}, "it")
    subject = _section(path, content, "subject", {"column", "prefix", "sex"})
    visit = _section(path, content, "visit", {"code", "date", "day", "order", "reference_date"})
    sledai = _section(path, content, "sledai", {"yes", "no", "total", "items"})
    file = _section(path, content, "file", {"encoding", "delimiter", "decimal", "table"})
    if "column" not in subject:
        raise _wrong(path, "[subject] has no column.")
    if "date" in visit and "day" in visit:
        raise _wrong(path, "[visit] has both date and day; name one.")
    if not {"date", "day", "order"} & visit.keys():
        raise _wrong(path, "[visit] needs a date, a day or an order.")
    if file.get("decimal", ".") not in {".", ","}:
        raise _wrong(path, "decimal is neither . nor ,")
    return TableMapping(
        subject=str(subject["column"]),
        prefix=str(subject.get("prefix", "")),
        sex=_sex(path, subject.get("sex")),
        visit_code=visit.get("code"),
        visit_date=visit.get("date"),
        visit_day=visit.get("day"),
        visit_order=visit.get("order"),
        reference_date=_reference(path, visit.get("reference_date", "2000-01-01")),
        sledai_items=_items(path, sledai.get("items", {})),
        sledai_yes=str(sledai.get("yes", "1")),
        sledai_no=str(sledai.get("no", "0")),
        sledai_total=sledai.get("total"),
        results=_results(path, content.get("results", {})),
        reading=Reading(file.get("encoding"), file.get("delimiter", ",")),
        decimal_comma=file.get("decimal") == ",",
        table=file.get("table"),
    )


def _load(path: Path) -> dict[str, Any]:
    with sources.opened(path, LIMITS) as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _wrong(path, f"it is larger than {_LARGEST >> 10} kB.")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _wrong(path, f"it is not TOML ({shown(error)}).") from error


def _wrong(path: Path, what: str) -> InputError:
    return InputError(
        "The mapping {file}: {what}", "Correct it; nothing was imported.", file=path.name, what=what
    )


def _allow(path: Path, section: Mapping[str, Any], keys: set[str], where: str) -> None:
    unknown = sorted(set(section) - keys)
    if unknown:
        raise _wrong(path, f"{where} has an unknown key {unknown[0]}.")


def _section(
    path: Path, content: Mapping[str, Any], name: str, keys: set[str]
) -> Mapping[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise _wrong(path, f"{name} is not a section.")
    _allow(path, section, keys, f"[{name}]")
    return section


def _sex(path: Path, given: Mapping[str, Any] | None) -> SexColumn | None:
    if given is None:
        return None
    _allow(path, given, {"column", "F", "M"}, "sex")
    codes = {str(given[sex]): sex for sex in ("F", "M") if sex in given}
    return SexColumn(str(given.get("column", "")), codes)


def _reference(path: Path, given: object) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        raise _wrong(path, f"reference_date {given} is not a date.") from error


def _items(path: Path, given: Mapping[str, str]) -> Mapping[str, str]:
    known = {item.code for item in ITEMS}
    for column, code in given.items():
        if code not in known:
            raise _wrong(path, f"column {column}: {code} is not one of the 24 SLEDAI items.")
    return dict(given)


def _results(path: Path, given: Mapping[str, Any]) -> tuple[ResultColumn, ...]:
    found = []
    for code, entry in given.items():
        if code not in ANALYTES:
            raise _wrong(path, f"[results.{code}] is not in the catalogue of analytes.")
        _allow(path, entry, {"column", "unit"}, f"[results.{code}]")
        if "column" not in entry:
            raise _wrong(path, f"[results.{code}] has no column.")
        found.append(ResultColumn(code, str(entry["column"]), entry.get("unit")))
    return tuple(found)
