"""CSV files in, guarded: one clear sentence for every way in which such a file can be wrong.

Read as UTF-8 (with or without byte order mark) or UTF-16 with one; anything else is refused,
because a guessed encoding changes names silently. Cells stay text; nothing is interpreted here.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from lnmonitor.errors import InputError

MAX_BYTES = 1 << 30
"""Largest uncompressed file taken, in bytes; a gzip file is measured while it is unpacked."""
MAX_COLUMNS = 2_000
_CHUNK = 1 << 20
_NOT_AVAILABLE = frozenset({"", "NA"})


@dataclass(frozen=True)
class Row:
    """One data row; `line` is its line in the file, 1-based, for messages."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the cell's text without surrounding space; an absent column is a KeyError."""
        return self.cells[column].strip()

    def get(self, column: str) -> str:
        """Return the cell's text, empty when the column is absent."""
        return self.cells.get(column, "").strip()

    def present(self, column: str) -> str | None:
        """Return the cell's text, None when absent, empty or `NA` (as R writes it)."""
        text = self.get(column)
        return None if text in _NOT_AVAILABLE else text


@dataclass(frozen=True)
class Table:
    """A read file: its columns in order and its rows."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def require(self, *columns: str) -> None:
        """Refuse the file when a column is missing."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise InputError(
                "{file} has no column {column}.",
                "It needs the columns {columns}.",
                file=self.path.name,
                column=", ".join(missing),
                columns=", ".join(columns),
            )


def read_csv(path: Path) -> Table:
    """Read a whole CSV file, gzip-compressed if its name ends in `.gz`.

    Raises:
        InputError: not there, too large, another encoding, ragged, duplicate or empty header, NUL
            bytes, unbalanced quotes: each with its line.
    """
    text = _decode(path, _read_bytes(path))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _refusal(path, line, "There is a NUL byte: this is not a text table.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = _header(path, next(reader, []))
        rows = tuple(_rows(path, reader, columns))
    except csv.Error as error:
        raise _refusal(
            path, reader.line_num, f"The quotes or cells are broken ({error})."
        ) from error
    return Table(path, columns, rows)


def _refusal(path: Path, line: int, what: str) -> InputError:
    return InputError(
        "{file}, line {line}: {what}",
        "Nothing was taken from it; save it again as CSV UTF-8.",
        file=path.name,
        line=line,
        what=what,
    )


def _read_bytes(path: Path) -> bytes:
    try:
        with _open(path) as opened:
            return _limited(path, opened)
    except FileNotFoundError as error:
        raise InputError("There is no file {path}.", "Check the path.", path=path) from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise InputError("{path} is not a whole gzip file.", "Copy it again.", path=path) from error
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {why}.", "Check the path.", path=path, why=error.strerror
        ) from error


def _open(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _limited(path: Path, opened: IO[bytes]) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := opened.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise InputError(
                "{path} is larger than {limit} MB.", "Split it.", path=path, limit=MAX_BYTES >> 20
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _decode(path: Path, content: bytes) -> str:
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(path, line, "The text is not UTF-8.") from error


def _header(path: Path, cells: list[str]) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    if not any(columns):
        raise _refusal(path, 1, "There is no header line.")
    if len(columns) > MAX_COLUMNS:
        raise _refusal(path, 1, f"There are more than {MAX_COLUMNS} columns.")
    for column in columns:
        if columns.count(column) > 1:
            raise _refusal(path, 1, f"The column {column or '(no name)'} stands twice.")
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        raise _refusal(path, 1, "The columns are not separated by commas.")
    return columns


def _rows(path: Path, reader: Iterator[list[str]], columns: tuple[str, ...]) -> Iterator[Row]:
    for cells in reader:
        if not cells:
            continue  # a blank line
        line: int = reader.line_num  # type: ignore[attr-defined]
        if len(cells) != len(columns):
            what = f"There are {len(cells)} cells under {len(columns)} columns."
            raise _refusal(path, line, what)
        yield Row(line, dict(zip(columns, cells, strict=True)))
