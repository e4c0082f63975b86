"""Sheets written so that every value survives: no formula from data, no lost or shortened text.

openpyxl turns a text that begins with `=` into a formula and `#N/A` into an error, refuses control
characters and cuts text above 32,767 characters; the format reads a carriage return as a line feed;
Excel revives a formula when its cell is edited unless it carries the quote prefix. All of it is met
here, in the one place through which cells go.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as StyledCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from lnmonitor.exchange.zips import PlainZip, plain_part
from lnmonitor.outfile import replacing

Cell = str | int | float | None

MAX_TEXT = 32_767
"""Most characters that a cell of the format holds."""
MAX_ROWS = 1_048_576
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20", "#", "'")
_SPECIAL = re.compile(f"^[{re.escape(''.join(_RISKY))}]|{_CONTROL.pattern}")
_NUMBER = re.compile(r"\d+")
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
_FOOTER_POINTS = 8
_LINE_POINTS = 15.0
_LATIN = 0x2E80
"""Characters from here on take twice the width."""
_AIR = 1.05
"""Words that wrap leave some of a line empty."""
_FONT = "Calibri"
_WIDEST = 48
_INSTANT, _ID = 26, 38
_WIDTHS = {
    **dict.fromkeys(("MEASURED_AT", "STARTED_AT", "STOPPED_AT"), 18),
    **dict.fromkeys(("RECID", "QUERYID", "SIGNATUREID", "PATIENT_ID", "VISIT_ID"), _ID),
    "RECORD_ID": _ID,
    **dict.fromkeys(("ENTEREDDTC", "OPENEDDTC", "ANSWEREDDTC", "CLOSEDDTC", "SIGNEDDTC"), _INSTANT),
    **dict.fromkeys(("VERIFIEDDTC", "FALLENDTC", "HELDDTC", "AT", "LOCAL", "TIMEZONE"), _INSTANT),
    **dict.fromkeys(("QUESTION", "THREAD", "MEANING", "FALLENWHY"), 60),
    **dict.fromkeys(("LABEL_EN", "LABEL_ZH", "OLD", "NEW", "REASON", "EVIDENCE"), 40),
    **dict.fromkeys(("DECODE_EN", "DECODE_ZH", "VARIABLE", "FULL_NAME", "ACTION", "TITLE"), 26),
}
"""Columns whose values are longer than their heads."""
_MARKED = "DDAF62"


@dataclass
class Book:
    """A workbook in the making; texts too long for a cell go whole into the sheet LONGTEXT.

    A `mark`, such as SYNTHETIC, stands in a first column DATA of every sheet, on its printed pages
    and in the colour of its tab. A `footer` stands under each printed page. `made_at`, aware, is
    the only instant in the file's properties.

    A sheet is compressed in memory while its rows come: openpyxl's own way leaves sheets in clear
    text in temporary files, where a killed process would forget them.
    """

    mark: str = ""
    footer: str = ""
    made_at: datetime | None = None

    workbook: Workbook = field(default_factory=lambda: Workbook(write_only=True))
    rows: dict[str, int] = field(default_factory=dict)
    """Sheet -> data rows."""
    replaced_characters: int = 0
    _bytes: io.BytesIO = field(default_factory=io.BytesIO)
    _long: list[tuple[str, int, str, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._archive = PlainZip(self._bytes)

    def add(
        self,
        name: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        widths: Sequence[int] | None = None,
        frozen_columns: int = 0,
    ) -> None:
        """Write one sheet: head, rows, frozen panes, filter. More rows than a sheet holds go on in
        `NAME_2` and so on. A sheet whose widths are given is to be read: its texts are wrapped, and
        it is printed a page wide."""
        if self.mark:
            columns, rows = ("DATA", *columns), ((self.mark, *row) for row in rows)
            widths, frozen_columns = (12, *widths) if widths else None, frozen_columns + 1
        part, written, sheet = 1, 0, self._open(name, columns, widths, frozen_columns)
        title = name
        try:
            for row in rows:
                if written == MAX_ROWS - 1:
                    self._close(sheet, title, columns, written)
                    part, written, title = part + 1, 0, f"{name}_{part + 1}"
                    sheet = self._open(title, columns, widths, frozen_columns)
                written += 1
                cells = [
                    self._cell(sheet, v, title, written + 1, i) if isinstance(v, str) else v
                    for i, v in enumerate(row)
                ]
                if widths:
                    cells = [_wrapped(sheet, value) for value in cells]
                    sheet.row_dimensions[written + 1].height = _height(cells, widths)
                sheet.append(cells)
        finally:
            # Also when the rows stop with an error: an open sheet would complain when collected.
            self._close(sheet, title, columns, written)

    def bring_to_front(self, name: str) -> None:
        """Make a sheet the first of the book."""
        sheets: list[Any] = self.workbook._sheets  # type: ignore[attr-defined]
        sheets.insert(0, sheets.pop(self.workbook.sheetnames.index(name)))

    def save(self, out: Path) -> None:
        """Write the file.

        Raises:
            StorageError: the place cannot be written; a file of that name is then as it was.
        """
        if self._long:
            head = ("SHEET", "ROW", "COLUMN", "PART", "TEXT")
            long, self._long = self._long, []
            self.add("LONGTEXT", head, long)
        properties = self.workbook.properties
        properties.creator = "lnmonitor"
        made_at = self.made_at or _NO_DATE
        properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
        _Packer(self.workbook, self._archive).write_data()
        self._archive.close()
        with replacing(out) as temporary:
            temporary.write_bytes(self._bytes.getbuffer())

    def _open(
        self, name: str, columns: Sequence[str], widths: Sequence[int] | None, frozen: int
    ) -> Any:  # openpyxl's write-only sheet, whose stubs lack half of its attributes
        sheet: Any = self.workbook.create_sheet(name)
        sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"
        for index, column in enumerate(columns):
            width = widths[index] if widths else _WIDTHS.get(column, _usual_width(column))
            sheet.column_dimensions[get_column_letter(index + 1)].width = width
        if self.mark:
            sheet.sheet_properties.tabColor = _MARKED
            sheet.oddHeader.center.text = self.mark
        if self.footer:
            sheet.oddFooter.left.text = self.footer.replace("&", "&&")  # & begins a command there
            sheet.oddFooter.left.size = _FOOTER_POINTS
            sheet.oddFooter.right.text = "&A, &P / &N"
            sheet.oddFooter.right.size = _FOOTER_POINTS
        sheet.page_setup.orientation = "landscape"
        sheet.print_title_rows = "1:1"
        if widths:
            sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            sheet.page_setup.fitToHeight = 0
        sheet._part = plain_part(f"xl/worksheets/sheet{len(self.workbook.worksheets)}.xml")
        sheet._writer = WorksheetWriter(
            sheet, out=self._archive.open(sheet._part, "w", force_zip64=True)
        )
        sheet._writer.write_top()
        sheet.append([_head_cell(sheet, column) for column in columns])
        return sheet

    def _close(self, sheet: Any, name: str, columns: Sequence[str], written: int) -> None:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{written + 1}"
        sheet.close()
        sheet._writer.out.close()
        self.rows[name] = written

    def _cell(self, sheet: Any, value: str, name: str, row: int, column: int) -> Any:
        if len(value) <= MAX_TEXT and not _SPECIAL.search(value):
            return value or None
        if _CONTROL.search(value):
            value = _CONTROL.sub(self._visible, value)
        if len(value) > MAX_TEXT:
            value = self._keep_long(value, name, row, get_column_letter(column + 1))
        if not value.startswith(_RISKY):
            return value
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        cell.quotePrefix = True
        return cell

    def _visible(self, found: re.Match[str]) -> str:
        self.replaced_characters += 1
        return f"[U+{ord(found[0]):04X}]"

    def _keep_long(self, value: str, name: str, row: int, column: str) -> str:
        # Parts are shorter than the limit, so that a replaced control character cannot overrun it.
        step = MAX_TEXT - 1
        parts = [value[start : start + step] for start in range(0, len(value), step)]
        self._long += [(name, row, column, i, part) for i, part in enumerate(parts, start=1)]
        return f"[see LONGTEXT: {name} row {row} column {column}, {len(value)} characters]"


class _Packer(ExcelWriter):
    """Adds the parts around the sheets, which are in the archive already."""

    def write_worksheet(self, ws: Any) -> None:
        """Name one sheet in the archive's list of contents."""
        ws._drawing = SpreadsheetDrawing()
        ws._rels = ws._writer._rels
        # A sheet was numbered when it was opened; its place in the book may be another.
        ws._id = int(_NUMBER.findall(ws._part.filename)[0])
        self.manifest.append(ws)


def _usual_width(column: str) -> int:
    return min(_WIDEST, max(10, len(column) + 4))


def _wrapped(sheet: Any, value: Any) -> Any:
    cell = value if isinstance(value, StyledCell) else WriteOnlyCell(sheet, value)
    cell.alignment = Alignment(vertical="top", horizontal="left", wrap_text=True)
    return cell


def _height(cells: Sequence[Any], widths: Sequence[int]) -> float:
    """Return the height that wrapped texts need; no program computes it when it opens the file."""
    wide = (sum(2 if ord(c) > _LATIN else 1 for c in str(cell.value or "")) for cell in cells)
    lines = max(math.ceil(count * _AIR / width) for count, width in zip(wide, widths, strict=True))
    return _LINE_POINTS * max(1, lines)


def _head_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(name=_FONT, bold=True)
    cell.fill = PatternFill("solid", fgColor="E8ECF1")
    cell.alignment = Alignment(vertical="top")
    return cell
