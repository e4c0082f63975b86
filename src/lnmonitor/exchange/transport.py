"""SAS transport files in, version 5 (SAS technical support document TS-140): one data set or more.

The format says nowhere how many rows it holds, and a C library that reads it stops at a damaged row
without a word. So the layout is checked byte by byte here: what is left over after the last whole
row must be padding. Numbers are IBM floating-point (base 16); a value comes out as the shortest
text of the IEEE number it is.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from lnmonitor.errors import InputError
from lnmonitor.exchange import sources
from lnmonitor.exchange.limits import LIMITS, Limits, shown
from lnmonitor.exchange.table import Table, TableBuilder, not_a

_KIND = "SAS transport"
_RECORD = 80
_LIBRARY = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
_DESCRIPTOR = b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!"
_NAMES = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_ROWS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
_VERSION_8 = b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!"
_NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")
_NUMERIC, _CHARACTER = 1, 2
_LONGEST_TEXT = 200
_SPECIAL = frozenset(b"_ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_PLAIN_MISSING = ord(".")
_EPOCH = datetime(1960, 1, 1)  # noqa: DTZ001 - SAS has no zones
_FIRST_DAY, _LAST_DAY = 137_774, 2_936_549
"""1582-10-15 and 9999-12-31 as days before and after 1 January 1960."""
_DAY_SECONDS = 86_400
_DATES = ("DATE", "YYMMDD", "MMDDYY", "DDMMYY", "E8601DA", "IS8601DA", "B8601DA")
_INSTANTS = ("DATETIME", "E8601DT", "IS8601DT", "B8601DT")
_TIMES = ("TIME", "E8601TM", "IS8601TM", "HHMM")


@dataclass(frozen=True)
class _Variable:
    name: str
    kind: int
    width: int
    position: int
    format: str


def parse_xpt(
    stream: IO[bytes], path: Path, *, encoding: str | None = None, limits: Limits = LIMITS
) -> tuple[Table, ...]:
    """Read all data sets of a transport file.

    Args:
        encoding: what its texts are written in; None for UTF-8, of which ASCII is a part.

    Raises:
        InputError: another version, broken off, at odds with itself, a text that cannot be
            decoded, a special missing value (`.A`), for which a cell has no place.
    """
    content = sources.whole(stream, path, limits)
    if content.startswith(_VERSION_8):
        raise not_a(path, _KIND, "it is of version 8; version 5 is read")
    if not content.startswith(_LIBRARY) or len(content) % _RECORD:
        raise not_a(path, _KIND, "it does not begin or end as one")
    reader = _Reader(path, content, encoding or "utf-8", limits)
    tables = []
    at = 3 * _RECORD
    while at < len(content):
        table, at = reader.member(at)
        tables.append(table)
    if not tables:
        raise not_a(path, _KIND, "it holds no data set")
    return tuple(tables)


@dataclass(frozen=True)
class _Reader:
    path: Path
    content: bytes
    encoding: str
    limits: Limits

    def member(self, at: int) -> tuple[Table, int]:
        """Read the data set whose header begins at a byte; return it and where the next begins."""
        self._expect(at, _MEMBER)
        size = self._digits(at + 74, 4)
        self._expect(at + _RECORD, _DESCRIPTOR)
        described = self.content[at + 2 * _RECORD : at + 3 * _RECORD]
        name = self._text(described[8:16], 0, "?").strip()
        at += 4 * _RECORD
        self._expect(at, _NAMES)
        count = self._digits(at + 54, 4)
        at += _RECORD
        if size != _NAMESTR.size or not 0 < count <= self.limits.columns:
            raise not_a(self.path, _KIND, "its description of the columns is not sound")
        variables = [self._variable(at + place * size) for place in range(count)]
        at += -(-count * size // _RECORD) * _RECORD
        self._expect(at, _ROWS)
        at += _RECORD
        width = self._width(variables)
        end = self._end(at)
        built = TableBuilder(self.path, name, [v.name for v in variables], limits=self.limits)
        self._rows(built, variables, at, end, width)
        return built.table(), end

    def _expect(self, at: int, header: bytes) -> None:
        if not self.content.startswith(header, at):
            raise not_a(self.path, _KIND, f"byte {at} is not where a part of it begins")

    def _digits(self, at: int, count: int) -> int:
        text = self.content[at : at + count]
        if not text.isdigit():
            raise not_a(self.path, _KIND, f"byte {at} is not a number")
        return int(text)

    def _variable(self, at: int) -> _Variable:
        if at + _NAMESTR.size > len(self.content):
            raise not_a(self.path, _KIND, "it breaks off within its description")
        found = _NAMESTR.unpack_from(self.content, at)
        kind, width, name, form, position = found[0], found[2], found[4], found[6], found[14]
        allowed = 8 if kind == _NUMERIC else _LONGEST_TEXT
        if kind not in (_NUMERIC, _CHARACTER) or not (2 if kind == _NUMERIC else 1) <= width:
            raise not_a(self.path, _KIND, "a column has no sound type")
        if width > allowed or position < 0:
            raise not_a(self.path, _KIND, "a column has no sound width")
        return _Variable(
            self._text(name, 0, "?").strip(),
            kind,
            width,
            position,
            self._text(form, 0, "?").strip().upper(),
        )

    def _width(self, variables: Sequence[_Variable]) -> int:
        """Return the bytes of a row; columns must lie one after the other."""
        at = 0
        for variable in variables:
            if variable.position != at:
                raise not_a(self.path, _KIND, "its columns overlap or leave gaps")
            at += variable.width
        return at

    def _end(self, at: int) -> int:
        """Return where the rows end: at the next data set or at the end of the file."""
        found = self.content.find(_MEMBER, at)
        while found >= 0 and (found - at) % _RECORD:
            found = self.content.find(_MEMBER, found + 1)
        return len(self.content) if found < 0 else found

    def _rows(
        self, built: TableBuilder, variables: Sequence[_Variable], at: int, end: int, width: int
    ) -> None:
        """Take the rows; padding to the end of the last record is blanks and less than one."""
        content = self.content
        padding = _padding(content[max(at, end - _RECORD + 1) : end])
        count, rest = divmod(end - at, width)
        if rest > padding:
            raise not_a(self.path, _KIND, "it breaks off within a row")
        while count and end - at - (count - 1) * width <= padding:
            count -= 1  # a row of blanks within the last record is padding
        for number in range(count):
            start = at + number * width
            built.add(
                number + 1,
                [
                    self._cell(
                        content[start + v.position : start + v.position + v.width], v, number
                    )
                    for v in variables
                ],
            )

    def _cell(self, field: bytes, variable: _Variable, number: int) -> str:
        if variable.kind == _CHARACTER:
            return self._text(field, number + 1, variable.name).rstrip(" ")
        first, rest = field[0], field[1:]
        if not any(rest):
            if first == _PLAIN_MISSING:
                return ""
            if first in _SPECIAL:
                raise InputError(
                    "{file}, row {row}, column {column}: the special missing value .{letter} has"
                    " no place here.",
                    "Nothing was imported; make it empty in the source.",
                    file=shown(self.path.name),
                    row=number + 1,
                    column=shown(variable.name),
                    letter=chr(first),
                )
        value = ibm_number(field)
        text = _dated(value, variable.format)
        if text is None:
            raise InputError(
                "{file}, row {row}, column {column}: {value} is no day or time of its format.",
                "Nothing was imported; correct the value or its format.",
                file=shown(self.path.name),
                row=number + 1,
                column=shown(variable.name),
                value=value,
            )
        return text

    def _text(self, field: bytes, row: int, column: str) -> str:
        try:
            return field.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise InputError(
                "{file}, row {row}, column {column}: the text is not in the encoding {encoding}.",
                "Nothing was imported; name the encoding of the file.",
                file=shown(self.path.name),
                row=row,
                column=shown(column),
                encoding=self.encoding.upper(),
            ) from error


def _padding(tail: bytes) -> int:
    return len(tail) - len(tail.rstrip(b" "))


def ibm_number(field: bytes) -> float:
    """Return an IBM floating-point number of 2 to 8 bytes: sign, exponent of 16, fraction."""
    bits = int.from_bytes(field.ljust(8, b"\0"), "big")
    value = math.ldexp(bits & ((1 << 56) - 1), 4 * ((bits >> 56 & 0x7F) - 64) - 56)
    return -value if bits >> 63 else value


def plain_number(value: float) -> str:
    """Return the shortest text of a number; a whole one has no point."""
    text = repr(value)
    return text.removesuffix(".0")


def _dated(value: float, form: str) -> str | None:
    """Return a number as text, ISO text if its format says that it is a day or a time.

    None where it is none of the calendar's.
    """
    if form.startswith(_INSTANTS):
        within = -_FIRST_DAY <= value / _DAY_SECONDS <= _LAST_DAY
        return (_EPOCH + timedelta(seconds=value)).isoformat() if within else None
    if form.startswith(_DATES):
        within = value.is_integer() and -_FIRST_DAY <= value <= _LAST_DAY
        return (_EPOCH + timedelta(days=value)).date().isoformat() if within else None
    if form.startswith(_TIMES):
        within = 0 <= value < _DAY_SECONDS - 1
        return (_EPOCH + timedelta(seconds=value)).time().isoformat() if within else None
    return plain_number(value)
