"""Any file that can be imported, as tables: the kind is told by the ending of its name.

Content that is of another kind than the name says is refused by the reader of that kind.
"""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lnmonitor.errors import InputError
from lnmonitor.exchange import dataset_json, delimited, odm, sources, spreadsheet, transport
from lnmonitor.exchange.limits import LIMITS, Limits, shown
from lnmonitor.exchange.table import Table

ENDINGS = (".csv", ".xlsx", ".xpt", ".json", ".ndjson", ".xml")
"""Kinds that are read; each but .xlsx also compressed, with .gz after it."""
KINDS = "CSV, XLSX, XPT (version 5), Dataset-JSON (.json, .ndjson), ODM (.xml); also .gz"


@dataclass(frozen=True)
class Reading:
    """How a file is to be read where it does not say so itself."""

    encoding: str | None = None
    delimiter: str = ","
    limits: Limits = LIMITS

    def __post_init__(self) -> None:
        """Refuse an encoding that nobody knows."""
        if self.encoding is not None:
            try:
                is_text = codecs.lookup(self.encoding)._is_text_encoding
            except LookupError:
                is_text = False
            if not is_text:
                raise InputError(
                    "There is no encoding {encoding}.",
                    "Name one such as utf-8, gb18030 or cp1252.",
                    encoding=shown(self.encoding),
                )
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise InputError("The delimiter must be one character, such as ; or a tab.")


def ending(name: str) -> str | None:
    """Return the ending of a file that can be read, None for another one."""
    lower = name.lower().removesuffix(".gz")
    found = next((one for one in ENDINGS if lower.endswith(one)), None)
    return None if found == ".xlsx" and lower != name.lower() else found


def read_tables(path: Path, reading: Reading = Reading()) -> tuple[Table, ...]:
    """Read all tables of a file.

    Raises:
        InputError: another kind of file, or one that cannot be taken.
    """
    if ending(path.name) == ".xlsx":
        return spreadsheet.read_xlsx(path, limits=reading.limits)
    _known(path.name)
    with sources.opened(path, reading.limits) as stream:
        return _parsed(stream, path, reading)


@contextlib.contextmanager
def opened_members(
    path: Path, reading: Reading
) -> Iterator[Iterator[tuple[str, tuple[Table, ...]]]]:
    """Open a zip archive and give the name and the tables of each member that can be read."""

    def members(archive: sources.Archive) -> Iterator[tuple[str, tuple[Table, ...]]]:
        for name in archive.names:
            if ending(name) is None:
                yield name, ()
                continue
            with archive.member(name) as stream:
                yield name, _parsed(stream, Path(name), reading)

    with sources.opened_zip(path, reading.limits) as archive:
        yield members(archive)


def _known(name: str) -> str:
    found = ending(name)
    if found is None:
        raise InputError(
            "{file} is no kind of file that can be imported.",
            "Give it as one of: {kinds}.",
            file=shown(name),
            kinds=KINDS,
        )
    return found


def _parsed(stream: IO[bytes], path: Path, reading: Reading) -> tuple[Table, ...]:
    limits = reading.limits
    match _known(path.name):
        case ".csv":
            return (
                delimited.parse_csv(
                    stream, path, encoding=reading.encoding, delimiter=reading.delimiter,
                    limits=limits,
                ),
            )  # fmt: skip
        case ".xpt":
            return transport.parse_xpt(stream, path, encoding=reading.encoding, limits=limits)
        case ".json":
            return (dataset_json.parse_json(stream, path, limits),)
        case ".ndjson":
            return (dataset_json.parse_ndjson(stream, path, limits),)
        case _:
            return odm.parse_odm(stream, path, limits=limits)
