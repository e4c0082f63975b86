"""The rows of a sheet as XML text, written straight into its part of the workbook.

openpyxl makes an object of each cell and an element of each object; for rows that are plain values
that takes most of the time of an export. It still writes what stands around the rows.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl.cell import Cell as StyledCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.xml.functions import Element

_EMPTY = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
_AT_ONCE = 1 << 16


class RowWriter:
    """Writes the rows of one sheet of openpyxl's; `close` it, or the part stays open."""

    def __init__(self, sheet: Any, part: IO[bytes], columns: int) -> None:
        self._sheet, self._part = sheet, part
        self._letters = [get_column_letter(n) for n in range(1, columns + 1)]
        self._number = 0
        self._waiting: list[str] = []
        self._size = 0
        part.write(_around(sheet)[0] + b"<sheetData>")

    def row(self, cells: Sequence[Any], height: float | None = None) -> None:
        """Write a row of texts without control characters, numbers, None, or styled cells."""
        self._number += 1
        number = self._number
        high = f' ht="{height}" customHeight="1"' if height else ""
        written = "".join(
            _cell(f"{letter}{number}", value)
            for letter, value in zip(self._letters, cells, strict=False)
            if value is not None and value != ""
        )
        text = f'<row r="{number}"{high}>{written}</row>'
        self._waiting.append(text)
        self._size += len(text)
        if self._size > _AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Write what comes after the rows."""
        self._flush()
        self._part.write(b"</sheetData>" + _around(self._sheet)[1])
        self._part.close()

    def _flush(self) -> None:
        self._part.write("".join(self._waiting).encode())
        self._waiting, self._size = [], 0


def _cell(place: str, value: Any, style: str = "") -> str:
    if isinstance(value, str):
        space = "" if value == value.strip() else ' xml:space="preserve"'
        text = f"<is><t{space}>{escape(value)}</t></is>"
        return f'<c r="{place}"{style} t="inlineStr">{text}</c>'
    if isinstance(value, StyledCell):
        return _cell(place, value.value, f' s="{value.style_id}"')
    if value is None:
        return f'<c r="{place}"{style}/>'
    if isinstance(value, int) or math.isfinite(value):
        return f'<c r="{place}"{style} t="n"><v>{value!r}</v></c>'
    return _cell(place, str(value), style)


def _around(sheet: Any) -> tuple[bytes, bytes]:
    """Return what openpyxl writes before and after the rows of a sheet."""
    out = io.BytesIO()
    writer: Any = WorksheetWriter(sheet, out=out)
    writer.write_top()
    writer.xf.send(Element("sheetData"))
    writer.write_tail()
    writer.close()
    before, after = _EMPTY.split(out.getvalue())
    return before, after
