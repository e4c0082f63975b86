"""Excel workbooks in (XLSX): every cell of a sheet, as it was typed, or a refusal with its place.

Written here on the streaming XML reader, with openpyxl's knowledge of number formats, because what
a hostile or careless file says of itself must not decide what is read: the stated dimension of a
sheet is not looked at, a cell that stands twice or out of order is refused, and a row number of
nine digits costs nothing. Numbers keep their digits, dates become ISO text, an empty cell is "".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Protocol

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from lnmonitor.errors import InputError
from lnmonitor.exchange import sources
from lnmonitor.exchange.limits import LIMITS, Limits, shown
from lnmonitor.exchange.table import Table, TableBuilder, no_text, not_a, together, too_long
from lnmonitor.exchange.xml_reading import read_xml

_KIND = "XLSX"
_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SPACES = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
    "{http://schemas.openxmlformats.org/package/2006/relationships}",
)
_IN_A_TEXT = frozenset({"si", "is", "t", "r", "rPh", "phoneticPr"})
_IN_A_ROW = frozenset({"row", "c", "v", "f"}) | _IN_A_TEXT
_HEADERS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
_WITH_TEXT = frozenset({"t", "v", "f", "definedName", "formula", "formula1", "formula2", *_HEADERS})
"""Elements whose own text means something; elsewhere it shows that the file is damaged."""
_PASSED_OVER = frozenset({"rPr", "extLst"})
"""How a text looks, and what other programs keep: no part of the values."""
_STRINGS = "sharedStrings"
_STYLES = "styles"
_WORKSHEET = "worksheet"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_NOTED = 5
_FALSE_LEAP_DAY = 60
"""Day 60 of the 1900 calendar is 29 February 1900, which never was."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; `hidden` is how it was left."""

    name: str
    member: str
    hidden: bool


def read_xlsx(path: Path, *, limits: Limits = LIMITS) -> tuple[Table, ...]:
    """Read all sheets of a workbook that hold anything; the first row names the columns.

    Raises:
        InputError: not a workbook, or a cell that cannot be taken, by sheet and cell: an error
            value, a formula never computed, a day before the calendar's first.
    """
    with sources.opened_zip(path, limits) as archive:
        book = _Book(path, archive, limits)
        tables = (book.table(sheet) for sheet in book.sheets)
        return tuple(together((one for one in tables if one is not None), path, limits))


@lru_cache(maxsize=1024)  # a sheet has few names and very many elements
def _local(tag: str) -> str:
    """Return the name of an element of the format; that of another or none keeps its namespace."""
    other = tag if tag.startswith("{") else f"{{}}{tag}"
    return next((tag.removeprefix(one) for one in _SPACES if tag.startswith(one)), other)


class _Book:
    """The parts of a workbook that its sheets refer to."""

    def __init__(self, path: Path, archive: sources.Archive, limits: Limits) -> None:
        self.path, self._archive, self.limits = path, archive, limits
        relations, front = _Relations(), _Front()
        self._read(_RELATIONS, relations)
        self._read(_BOOK, front)
        self.epoch = CALENDAR_MAC_1904 if front.from_1904 else CALENDAR_WINDOWS_1900
        self.sheets = [
            Sheet(name, relations.member[link], hidden)
            for name, link, hidden in front.sheets
            if relations.kind.get(link) == _WORKSHEET
        ]
        if not self.sheets or any(link not in relations.kind for _, link, _ in front.sheets):
            raise not_a(path, _KIND, "it has no sheet of cells, or one that is missing")
        self.strings = _Strings(self)
        self.styles = _Styles()
        for link, kind in relations.kind.items():
            if kind == _STRINGS:
                self._read(relations.member[link], self.strings)
            elif kind == _STYLES:
                self._read(relations.member[link], self.styles)

    def table(self, sheet: Sheet) -> Table | None:
        """Return a sheet as a table, None when it is empty."""
        reading = _SheetReading(self, sheet.name)
        self._read(sheet.member, reading)
        table = reading.table()
        if table is None or not sheet.hidden:
            return table
        note = f"The sheet {shown(sheet.name)} is hidden in the workbook."
        return replace(table, notes=(*table.notes, note))

    def _read(self, member: str, handler: _PartHandler) -> None:
        if member not in self._archive.names:
            raise not_a(self.path, _KIND, f"it has no {shown(member)}")
        part = _Part(self.path, handler)
        with self._archive.member(member) as stream:
            read_xml(stream, self.path, part, self.limits)


class _PartHandler(Protocol):
    """A reader of one part: its outermost element, and the elements inside it by their names."""

    root: str

    def start(self, name: str, attributes: Mapping[str, str], /) -> None: ...

    def end(self, name: str, text: str, /) -> None: ...


class _Part:
    """Checks the outermost element, and keeps what is passed over from the reader of a part."""

    def __init__(self, path: Path, handler: _PartHandler) -> None:
        self._path, self._handler = path, handler
        self._depth = self._passing = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        if self._depth == 0 and name != self._handler.root:
            raise not_a(self._path, _KIND, f"a part begins with {shown(name)}")
        self._depth += 1
        if self._passing or name in _PASSED_OVER:
            self._passing += 1
        else:
            self._handler.start(name, attributes)

    def end(self, tag: str, text: str) -> None:
        self._depth -= 1
        name = _local(tag)
        if self._passing:
            self._passing -= 1
            return
        if name not in _WITH_TEXT and text.strip():
            # Such as a style that lost its bracket: all that follow would be another's.
            raise not_a(self._path, _KIND, "a text stands where none belongs")
        self._handler.end(name, text)


class _Relations:
    """Which member of the archive each link of the workbook means."""

    root = "Relationships"

    def __init__(self) -> None:
        self.member: dict[str, str] = {}
        self.kind: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            link, target = attributes.get("Id", ""), attributes.get("Target", "")
            inside = (
                PurePosixPath(target) if target.startswith("/") else PurePosixPath("/xl", target)
            )
            self.member[link] = str(inside).lstrip("/")
            self.kind[link] = attributes.get("Type", "").rpartition("/")[2]

    def end(self, name: str, text: str) -> None:
        """Relations are empty elements."""


class _Front:
    """The list of sheets, and from when days are counted."""

    root = "workbook"

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            link = next((v for k, v in attributes.items() if k.endswith("}id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), link, hidden))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in {"1", "true"}

    def end(self, name: str, text: str) -> None:
        """Sheets are empty elements."""


class _Styles:
    """Which of the cell styles mean a day or a time."""

    root = "styleSheet"

    def __init__(self) -> None:
        self._own: dict[str, str] = {}
        self._inside = False
        self.formats: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            number = attributes.get("numFmtId", "0")
            built_in = BUILTIN_FORMATS.get(int(number), "General") if number.isdecimal() else ""
            self.formats.append(self._own.get(number, built_in))

    def end(self, name: str, _text: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def of(self, style: str) -> str:
        """Return the number format of a style; General where there is none."""
        place = int(style) if style.isdecimal() and len(style) < 7 else 0
        return self.formats[place] if place < len(self.formats) else "General"


class _Text:
    """Collects the runs of one text; hints for its pronunciation are no part of it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._hint = False

    def start(self, name: str) -> None:
        if name == "rPh":
            self._hint = True

    def end(self, name: str, text: str) -> None:
        if name == "rPh":
            self._hint = False
        elif name == "t" and not self._hint:
            self.parts.append(text)

    def take(self) -> str:
        """Return the text and begin anew."""
        whole, self.parts = "".join(self.parts), []
        return _unescaped(whole)


def _unescaped(text: str) -> str:
    """Return a text with the characters that the format writes as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class _Strings:
    """The texts that cells share."""

    root = "sst"

    def __init__(self, book: _Book) -> None:
        self._book, self._text = book, _Text()
        self.texts: list[str] = []

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if name not in _IN_A_TEXT and name != self.root:
            raise not_a(self._book.path, _KIND, f"among its texts is {shown(name)}")
        self._text.start(name)

    def end(self, name: str, text: str) -> None:
        self._text.end(name, text)
        if name == "si":
            self.texts.append(self._text.take())
            if len(self.texts) > self._book.limits.cells:
                raise not_a(self._book.path, _KIND, "it holds too many texts")


@dataclass
class _Cell:
    row: int
    column: int
    kind: str
    style: str
    value: str | None = None
    formula: bool = False


@dataclass
class _SheetReading:
    """The cells of one sheet, row by row."""

    root: str = field(default="worksheet", init=False)
    book: _Book
    name: str
    _row: int = 0
    _column: int = 0
    _cell: _Cell | None = None
    _text: _Text = field(default_factory=_Text)
    _cells: dict[int, str] = field(default_factory=dict)
    _built: TableBuilder | None = None
    _formulas: list[str] = field(default_factory=list)
    _formula_count: int = 0
    _parts: int = 0
    _within: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheetData":
            self._parts += 1
        self._within += name == "sheetData"
        if self._within and name != "sheetData" and name not in _IN_A_ROW:
            raise self._unsound(f"among its cells is {shown(name)}")
        self._text.start(name)
        if not self._within:
            return
        if name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "f" and self._cell is not None:
            self._cell.formula = True

    def end(self, name: str, text: str) -> None:
        cell = self._cell
        self._text.end(name, text)
        if name == "sheetData":
            self._within -= 1
        elif name == "v" and cell is not None:
            if cell.value is not None:
                raise self._unsound("a cell has two values")
            cell.value = text
        elif name == "is" and cell is not None:
            cell.value = self._text.take()
        elif name == "c" and cell is not None:
            self._take(cell)
            self._cell = None
        elif name == "row":
            self._end_row()

    def table(self) -> Table | None:
        """Return the sheet, None when no cell holds anything."""
        if self._parts != 1:
            raise self._unsound("it does not hold its cells once")
        built = self._built
        if built is None:
            return None
        if self._formulas:
            more = self._formula_count - len(self._formulas)
            built.notes.append(
                f"{self._formula_count} cells of the sheet {shown(self.name)} hold formulas; their"
                f" last computed values were taken: {', '.join(self._formulas)}"
                + (f" and {more} more." if more else ".")
            )
        return built.table()

    def _begin_row(self, stated: str | None) -> None:
        row = self._row + 1
        if stated is not None:
            if not (stated.isdecimal() and len(stated) <= 7):
                raise self._unsound("a row has no sound number")
            row = int(stated)
        if not self._row < row <= _LAST_ROW:
            raise self._unsound("its rows are not in order")
        self._row, self._column, self._cells = row, 0, {}

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        column = self._column + 1
        stated = attributes.get("r")
        if stated is not None:
            found = _REFERENCE.fullmatch(stated)
            if found is None or int(found[2]) != self._row:
                raise self._unsound("a cell stands in another row than it says")
            column = _column_number(found[1])
        if not self._column < column <= _LAST_COLUMN or self._cell is not None:
            raise self._unsound("its cells are not in order, or one stands twice")
        self._column = column
        self._cell = _Cell(self._row, column, attributes.get("t", "n"), attributes.get("s", "0"))

    def _take(self, cell: _Cell) -> None:
        if cell.formula:
            if cell.value is None:
                raise self._refused(cell, "the formula was never computed")
            self._formula_count += 1
            if len(self._formulas) < _NOTED:
                self._formulas.append(self._place(cell))
        if cell.value is None:
            return  # a style without a value
        text = self._value(cell, cell.value)
        if len(text) > self.book.limits.cell_characters:
            raise too_long(self.book.path, cell.row, _column_name(cell.column), self.book.limits)
        if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
            raise no_text(self.book.path, cell.row, _column_name(cell.column))
        if text:
            self._cells[cell.column] = text

    def _value(self, cell: _Cell, value: str) -> str:
        """Return what a cell shows, as text."""
        kind = cell.kind
        if kind == "s":
            texts = self.book.strings.texts
            if not (value.isdecimal() and len(value) < 9 and int(value) < len(texts)):
                raise self._refused(cell, "its text is missing from the workbook")
            return texts[int(value)]
        if kind == "str":
            return _unescaped(value)
        if kind == "inlineStr":
            return value
        if kind == "b" and value in {"0", "1"}:
            return "true" if value == "1" else "false"
        if kind == "d":
            return value
        if kind == "n" and _NUMBER.fullmatch(value.strip()):
            return self._number(cell, value.strip())
        raise self._refused(cell, f"it holds {shown(value)}")

    def _number(self, cell: _Cell, value: str) -> str:
        form = self.book.styles.of(cell.style)
        if not is_date_format(form):
            return value
        if is_timedelta_format(form):
            raise self._refused(cell, "it holds a duration")
        days = float(value)
        is_1900 = self.book.epoch == CALENDAR_WINDOWS_1900
        if not 0 <= days < 2_958_466 or (is_1900 and int(days) == _FALSE_LEAP_DAY):
            raise self._refused(cell, f"{shown(value)} is no day of the calendar")
        found = from_excel(days, self.book.epoch)
        if isinstance(found, time):
            return found.isoformat()
        if not isinstance(found, datetime):
            raise self._refused(cell, f"{shown(value)} is no day of the calendar")
        return found.isoformat() if days % 1 else found.date().isoformat()

    def _end_row(self) -> None:
        if not self._cells:
            return  # a row without a value
        built, last = self._built, max(self._cells)
        if built is None:
            self._built = TableBuilder(
                self.book.path,
                self.name,
                _filled(self._cells, last),
                line=self._row,
                limits=self.book.limits,
            )
        else:
            # Beside the named columns nothing may stand: it would be lost.
            built.add(self._row, _filled(self._cells, max(last, len(built.columns))))

    def _place(self, cell: _Cell) -> str:
        return f"{_column_name(cell.column)}{cell.row}"

    def _refused(self, cell: _Cell, why: str) -> InputError:
        return InputError(
            "{file}, sheet {sheet}, cell {cell}: {why}.",
            "Nothing was imported; correct the cell and save the workbook again.",
            file=shown(self.book.path.name),
            sheet=shown(self.name),
            cell=self._place(cell),
            why=why,
        )

    def _unsound(self, why: str) -> InputError:
        return InputError(
            "{file}, sheet {sheet}: {why}.",
            "Nothing was imported; save or copy it again.",
            file=shown(self.book.path.name),
            sheet=shown(self.name),
            why=why,
        )


def _filled(cells: Mapping[int, str], last: int) -> Sequence[str]:
    return [cells.get(column, "") for column in range(1, last + 1)]


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _column_name(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
