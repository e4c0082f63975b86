"""The one plain table that every reader gives: columns, and rows whose cells are text.

A reader of another kind of file makes it with a `TableBuilder`, which refuses what no table may
hold: columns without a name, characters that are none, more than the limits allow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from lnmonitor.errors import InputError
from lnmonitor.exchange.limits import LIMITS, Limits, shown

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_EMPTY = frozenset({""})
CSV_EMPTY = frozenset({"", "NA"})
"""What stands in CSV for no value; R writes `NA`."""


@dataclass(frozen=True)
class Layout:
    """What the rows of a table share: the place of each column, and the words for no value."""

    places: Mapping[str, int]
    empty: frozenset[str] = _EMPTY
    asked: set[str] = field(default_factory=set)
    """Columns somebody has read; the others have not been taken."""


class Row:
    """One data row; `line` is its line or row number in the file, 1-based, for messages."""

    __slots__ = ("_layout", "line", "values")

    def __init__(self, line: int, values: tuple[str, ...], layout: Layout) -> None:
        self.line, self.values, self._layout = line, values, layout

    @property
    def cells(self) -> dict[str, str]:
        """Column -> text as it stands in the file."""
        return {column: self.values[place] for column, place in self._layout.places.items()}

    def __getitem__(self, column: str) -> str:
        """Return the cell's text without surrounding space; an absent column is a KeyError."""
        self._layout.asked.add(column)
        return self.values[self._layout.places[column]].strip()

    def get(self, column: str) -> str:
        """Return the cell's text without surrounding space, empty when the column is absent."""
        self._layout.asked.add(column)
        place = self._layout.places.get(column)
        return "" if place is None else self.values[place].strip()

    def present(self, column: str) -> str | None:
        """Return the cell's text, None when the column is absent or the cell has no value."""
        text = self.get(column)
        return None if text in self._layout.empty else text

    def exact(self, column: str) -> str | None:
        """Return the text with its surrounding space, None as `present` does."""
        return None if self.present(column) is None else self.values[self._layout.places[column]]


@dataclass(frozen=True)
class Table:
    """A read table: its file, its name there, its columns in order and its rows.

    `notes` say what a reader of the import's report should know.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    name: str = ""
    notes: tuple[str, ...] = ()
    asked: Set[str] = frozenset()

    @property
    def untaken(self) -> tuple[str, ...]:
        """Columns that nobody has read: their cells are not stored."""
        return tuple(column for column in self.columns if column not in self.asked)

    def require(self, *columns: str) -> None:
        """Refuse the table when a column is missing."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise InputError(
                "{file} has no column {column}.",
                "It needs the columns {columns}.",
                file=shown(self.path.name),
                column=", ".join(missing),
                columns=", ".join(columns),
            )


class TableBuilder:
    """Takes a table row by row and watches over it.

    Args:
        name: the table's name in its file: a sheet, a data set.

    Raises:
        InputError: a column has no name, or stands twice, or there are too many.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        columns: Sequence[str],
        *,
        line: int = 1,
        empty: frozenset[str] = _EMPTY,
        limits: Limits = LIMITS,
    ) -> None:
        self.path, self.name, self.limits = path, name, limits
        self.columns = tuple(column.strip() for column in columns)
        self._check_columns(line)
        self._layout = Layout({c: place for place, c in enumerate(self.columns)}, empty)
        self._rows: list[Row] = []
        self.notes: list[str] = []

    def add(self, line: int, values: Sequence[str]) -> None:
        """Take one row.

        Raises:
            InputError: another number of cells than columns, a cell that is no text or too long,
                too many rows or cells.
        """
        if len(values) != len(self.columns):
            raise InputError(
                "{file}, row {row}: there are {found} cells under {expected} columns.",
                "Nothing was imported; correct the row.",
                file=shown(self.path.name),
                row=line,
                found=len(values),
                expected=len(self.columns),
            )
        limits = self.limits
        if max(map(len, values)) > limits.cell_characters or _NO_TEXT.search("".join(values)):
            self._refuse_cell(line, values)
        count = len(self._rows) + 1
        if count > limits.rows or count * len(self.columns) > limits.cells:
            raise InputError(
                "{file} has more than {rows} rows or {cells} cells.",
                "Split it into smaller files; nothing was imported.",
                file=shown(self.path.name),
                rows=limits.rows,
                cells=limits.cells,
            )
        self._rows.append(Row(line, tuple(values), self._layout))

    def table(self) -> Table:
        """Return what was taken."""
        return Table(
            self.path,
            self.columns,
            tuple(self._rows),
            self.name,
            tuple(self.notes),
            self._layout.asked,
        )

    def _refuse_cell(self, line: int, values: Sequence[str]) -> None:
        """Name the cell for which a row cannot be taken."""
        for column, text in zip(self.columns, values, strict=True):
            if len(text) > self.limits.cell_characters:
                raise too_long(self.path, line, column, self.limits)
            if _NO_TEXT.search(text):
                raise no_text(self.path, line, column)

    def _check_columns(self, line: int) -> None:
        file = shown(self.path.name)
        if not any(self.columns):
            raise InputError(
                "{file}, row {row}: there is no line with the names of the columns.",
                "Nothing was imported; put the names in the first row.",
                file=file,
                row=line,
            )
        if len(self.columns) > self.limits.columns:
            raise InputError(
                "{file}, row {row}: there are more than {limit} columns.",
                "Nothing was imported; leave out the columns that are not needed.",
                file=file,
                row=line,
                limit=self.limits.columns,
            )
        for column, count in Counter(self.columns).items():
            if not column:
                raise InputError(
                    "{file}, row {row}: column {number} has no name.",
                    "Nothing was imported; name each column.",
                    file=file,
                    row=line,
                    number=self.columns.index("") + 1,
                )
            if count > 1:
                raise InputError(
                    "{file}, row {row}: the column {column} stands twice.",
                    "Nothing was imported; rename one.",
                    file=file,
                    row=line,
                    column=shown(column),
                )
            if _NO_TEXT.search(column):
                raise no_text(self.path, line, column)
            if len(column) > self.limits.cell_characters:
                raise too_long(self.path, line, column, self.limits)


def together(tables: Iterable[Table], path: Path, limits: Limits) -> Iterator[Table]:
    """Give tables one by one, as long as all of them together stay within the limits.

    Raises:
        InputError: they do not.
    """
    cells = 0
    for table in tables:
        cells += len(table.rows) * len(table.columns)
        if cells > limits.all_cells:
            raise InputError(
                "{file} holds more than {cells} cells in all its tables.",
                "Import it in parts; nothing was imported.",
                file=shown(path.name),
                cells=limits.all_cells,
            )
        yield table


def no_text(path: Path, line: int, column: str) -> InputError:
    """Return the refusal of a cell with a NUL or with half a character."""
    return InputError(
        "{file}, row {row}, column {column}: there is a character that is no text (NUL or half"
        " of a pair).",
        "Nothing was imported; correct the cell, or save the file again as UTF-8.",
        file=shown(path.name),
        row=line,
        column=shown(column),
    )


def too_long(path: Path, line: int, column: str, limits: Limits) -> InputError:
    """Return the refusal of a cell with too many characters."""
    return InputError(
        "{file}, row {row}, column {column}: the cell has more than {limit} characters.",
        "Nothing was imported; shorten the text.",
        file=shown(path.name),
        row=line,
        column=shown(column),
        limit=limits.cell_characters,
    )


def broken(path: Path, line: int, why: object) -> InputError:
    """Return the refusal of a file that breaks off or is damaged; `why` is the parser's word."""
    return InputError(
        "{file}, row {row}: the file is damaged ({why}).",
        "Nothing was imported; save or copy it again.",
        file=shown(path.name),
        row=line,
        why=shown(why),
    )


def not_a(path: Path, kind: str, why: object) -> InputError:
    """Return the refusal of a file that is not what its name says."""
    return InputError(
        "{file} is not a sound {kind} file: {why}.",
        "Nothing was imported; save or copy it again.",
        file=shown(path.name),
        kind=kind,
        why=shown(why),
    )
