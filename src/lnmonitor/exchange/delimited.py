"""CSV files in, guarded: one clear sentence for every way in which such a file can be wrong.

Read as UTF-8 (with or without byte order mark) or UTF-16 with one; another encoding only when it
is named, because a guessed one changes names silently. Cells stay text; nothing is interpreted.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lnmonitor.errors import InputError
from lnmonitor.exchange import sources
from lnmonitor.exchange.limits import LIMITS, Limits, shown
from lnmonitor.exchange.table import CSV_EMPTY, Row, Table, TableBuilder, broken, too_long

__all__ = ["Row", "Table", "read_csv"]

_CHUNK = 1 << 16
_LONGEST_LINE = 16 << 20
"""Bytes or characters of one line; a table has no longer ones."""
_FIELD_TOO_LONG = "field larger than field limit"


def read_csv(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str = ",",
    limits: Limits = LIMITS,
    ragged: dict[int, int] | None = None,
) -> Table:
    """Read a whole CSV file, gzip-compressed if its name ends in `.gz`.

    Args:
        encoding: what the text is written in, such as gb18030; None for UTF-8 or UTF-16.
        ragged: gets line -> number of cells of each row that has more or fewer than there are
            columns, which is then filled up or cut instead of refused.

    Raises:
        InputError: not there, too large, another encoding, ragged, duplicate or empty header, NUL
            bytes, unbalanced quotes: each with its line.
    """
    with sources.opened(path, limits) as stream:
        return parse_csv(
            stream, path, encoding=encoding, delimiter=delimiter, limits=limits, ragged=ragged
        )


def parse_csv(
    stream: IO[bytes],
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str = ",",
    limits: Limits = LIMITS,
    ragged: dict[int, int] | None = None,
) -> Table:
    """Read CSV from a stream; `path` is the name for messages. Raises as `read_csv`."""
    name = path.name.split(".")[0]
    # A cell that the limit allows must pass the module's own limit, which is met first.
    csv.field_size_limit(max(csv.field_size_limit(), limits.cell_characters))
    reader = csv.reader(_lines(stream, path, encoding), strict=True, delimiter=delimiter)
    try:
        header = next(reader, [])
        _check_delimiter(path, header, delimiter)
        built = TableBuilder(path, name, header, empty=CSV_EMPTY, limits=limits)
        for cells in reader:
            if not cells:
                continue  # a blank line
            width = len(built.columns)
            if ragged is None or len(cells) == width:
                built.add(reader.line_num, cells)
            else:
                ragged[reader.line_num] = len(cells)
                built.add(reader.line_num, [*cells[:width], *[""] * (width - len(cells))])
    except csv.Error as error:
        if _FIELD_TOO_LONG in str(error):
            raise too_long(path, reader.line_num, "?", limits) from error
        raise broken(path, reader.line_num, error) from error
    return built.table()


def _lines(stream: IO[bytes], path: Path, encoding: str | None) -> Iterator[str]:
    """Give the decoded lines with their ends; a line that cannot be decoded is refused by number.

    Lines are cut at line feeds, which no character of UTF-8 contains; in other encodings one may,
    so those are decoded as a stream.
    """
    start = stream.peek(3)[:3] if isinstance(stream, io.BufferedReader) else b""
    if encoding is None and start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    number = 0
    try:
        if encoding is None or encoding == "utf-8":
            while line := stream.readline(_LONGEST_LINE):
                number += 1
                if len(line) == _LONGEST_LINE:
                    raise too_long(path, number, "?", LIMITS)
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            return
        for text in _stream_lines(stream, path, encoding):
            number += 1
            yield text
    except UnicodeDecodeError as error:
        if encoding is not None:
            number += 1 + error.object[: error.start].decode(encoding, "ignore").count("\n")
        raise InputError(
            "{file}, row {row}: the text is not in the encoding {encoding}.",
            "Nothing was imported; save the file again as CSV UTF-8, or name its encoding.",
            file=shown(path.name),
            row=number,
            encoding=(encoding or "utf-8").upper(),
        ) from error


def _stream_lines(stream: IO[bytes], path: Path, encoding: str) -> Iterator[str]:
    """Decode chunk by chunk and cut at line feeds."""
    decoder = codecs.getincrementaldecoder(encoding)()
    pending: list[str] = []
    number = waiting = 0
    while True:
        chunk = stream.read(_CHUNK)
        first, *others = decoder.decode(chunk, final=not chunk).split("\n")
        pending.append(first)
        waiting += len(first)
        for text in others:
            yield "".join(pending) + "\n"
            pending, waiting, number = [text], len(text), number + 1
        if waiting > _LONGEST_LINE:
            raise too_long(path, number + 1, "?", LIMITS)
        if not chunk:
            break
    if any(pending):
        yield "".join(pending)


def _check_delimiter(path: Path, header: list[str], delimiter: str) -> None:
    if len(header) == 1 and delimiter == "," and (";" in header[0] or "\t" in header[0]):
        raise InputError(
            "{file}, row 1: the columns are not separated by commas.",
            "Nothing was imported; save it as CSV with commas, or name the delimiter in the"
            " mapping.",
            file=shown(path.name),
        )
