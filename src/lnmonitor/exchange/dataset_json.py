"""Dataset-JSON 1.1 in (CDISC, 2024): one data set, as one JSON object or one row a line (NDJSON).

Numbers keep the digits they are written with. A file that contradicts itself (twice the same key,
another number of rows than it says, a cell of another type than its column) is refused: nobody
could say which half is true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, TypeGuard

from lnmonitor.errors import InputError
from lnmonitor.exchange import sources
from lnmonitor.exchange.limits import LIMITS, Limits, shown
from lnmonitor.exchange.table import Table, TableBuilder, not_a, too_long

_KIND = "Dataset-JSON"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_TEXTS = frozenset({"string", "decimal", "date", "datetime", "time", "URI"})
_NUMBERS = frozenset({"integer", "float", "double"})
_LONGEST_LINE = 32 << 20
_COMMAS = 2
"""Commas for each cell, at most; each may mean a value, which takes far more memory than text."""


class _Number(str):
    """A JSON number with the digits it was written with."""

    __slots__ = ()


class _ContradictionError(ValueError):
    """Valid JSON that Dataset-JSON has no place for."""


def parse_json(stream: IO[bytes], path: Path, limits: Limits = LIMITS) -> Table:
    """Read a data set that is one JSON object.

    Raises:
        InputError: not JSON, too deep, not Dataset-JSON 1.1, or at odds with itself.
    """
    content = _load(_decoded(path, sources.whole(stream, path, limits)), path, limits)
    rows = content.pop("rows", []) if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise not_a(path, _KIND, "its rows are not a list")
    built, types = _begin(content, path, limits)
    for number, row in enumerate(rows, start=1):
        _add(built, types, number, row)
    return _finished(built, content["records"])


def parse_ndjson(stream: IO[bytes], path: Path, limits: Limits = LIMITS) -> Table:
    """Read a data set of one line about it and one line for each row. Raises as `parse_json`."""
    content = _load(_line(stream, path, 1, limits), path, limits)
    if isinstance(content, dict) and "rows" in content:
        raise not_a(path, _KIND, "the rows do not stand on lines of their own")
    built, types = _begin(content, path, limits)
    number = 1
    while text := _line(stream, path, number + 1, limits):
        number += 1
        if text.strip():
            _add(built, types, number, _load(text, path, limits))
    return _finished(built, content["records"])


def _line(stream: IO[bytes], path: Path, number: int, limits: Limits) -> str:
    line = stream.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise too_long(path, number, "?", limits)
    return _decoded(path, line)


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_a(path, _KIND, "the text is not UTF-8") from error


def _load(text: str, path: Path, limits: Limits) -> Any:
    """Return what a JSON text says, numbers as `_Number`."""
    if text.count(",") > _COMMAS * limits.cells:
        raise InputError(
            "{file} has more than {rows} rows or {cells} cells.",
            "Split it into smaller files; nothing was imported.",
            file=shown(path.name),
            rows=limits.rows,
            cells=limits.cells,
        )
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > limits.json_depth:
                raise InputError(
                    "{file} is nested more than {limit} levels deep.",
                    "Nothing was imported; a data set has three levels.",
                    file=shown(path.name),
                    limit=limits.json_depth,
                )
        elif token[0] in "]}":
            depth -= 1
    try:
        return json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise not_a(path, _KIND, f"line {error.lineno}: {error.msg}") from error
    except (_ContradictionError, RecursionError) as error:
        raise not_a(path, _KIND, error) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _ContradictionError(f"{shown(key)} stands twice")
        found[key] = value
    return found


def _constant(word: str) -> Any:
    raise _ContradictionError(f"{word} is not a number of JSON")


def _begin(content: Any, path: Path, limits: Limits) -> tuple[TableBuilder, Sequence[str]]:
    """Check what the file says of itself; return its empty table and its columns' types."""
    if not isinstance(content, dict):
        raise not_a(path, _KIND, "it does not begin with an object")
    version = content.get("datasetJSONVersion")
    if not (_is_text(version) and re.fullmatch(r"1\.1(\.\d+)?", version)):
        raise not_a(path, _KIND, f"its version is {shown(version)}, not 1.1")
    if not isinstance(content.get("records"), _Number) or not content["records"].isdecimal():
        raise not_a(path, _KIND, "it does not say how many records it has")
    name, columns = content.get("name"), content.get("columns")
    if not _is_text(name) or not name.strip():
        raise not_a(path, _KIND, "the data set has no name")
    if not isinstance(columns, list) or not columns:
        raise not_a(path, _KIND, "it has no columns")
    names, types = [], []
    for column in columns:
        found = (column.get("name"), column.get("dataType")) if isinstance(column, dict) else ()
        if len(found) != 2 or not all(map(_is_text, found)):
            raise not_a(path, _KIND, "a column has no name or no dataType")
        if found[1] not in _TEXTS | _NUMBERS | {"boolean"}:
            raise not_a(path, _KIND, f"a column has the dataType {shown(found[1])}")
        names.append(str(found[0]))
        types.append(str(found[1]))
    return TableBuilder(path, name.strip(), names, limits=limits), types


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and not isinstance(value, _Number)


def _add(built: TableBuilder, types: Sequence[str], number: int, row: Any) -> None:
    if not isinstance(row, list):
        raise not_a(built.path, _KIND, f"row {number} is not a list of cells")
    if len(row) != len(types):
        built.add(number, [""] * len(row))  # is refused there
    built.add(number, [_cell(built, number, place, row[place], t) for place, t in enumerate(types)])


def _cell(built: TableBuilder, number: int, place: int, value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "boolean" and isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        if kind in _NUMBERS and _fits(value, kind):
            return str(value)
    elif isinstance(value, str) and kind in _TEXTS:
        return value
    raise InputError(
        "{file}, row {row}, column {column}: the cell is not of the type {kind}.",
        "Nothing was imported; correct the cell or the type of its column.",
        file=shown(built.path.name),
        row=number,
        column=shown(built.columns[place]),
        kind=kind,
    )


def _fits(number: _Number, kind: str) -> bool:
    """Whether it is finite, and whole for an integer."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        return False
    if abs(value.adjusted()) > 300:
        return False
    return kind != "integer" or value == value.to_integral_value()


def _finished(built: TableBuilder, records: str) -> Table:
    table = built.table()
    if int(records[:20]) != len(table.rows):
        raise InputError(
            "{file} says that it has {said} records, and has {found}.",
            "The file is not whole, or was changed; ask for it again. Nothing was imported.",
            file=shown(built.path.name),
            said=shown(records),
            found=len(table.rows),
        )
    return table
