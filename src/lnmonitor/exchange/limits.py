"""How much of a file from outside is taken: every size that a reader may reach, in one place.

Sizes are counted while reading; what a file says of itself (a size in a zip, a stated number of
rows) is never believed. Going over a limit is an `InputError`: nothing of the file is stored.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO

from lnmonitor.errors import InputError

_MEGABYTE = 1 << 20
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Limits:
    """Largest sizes; a trial of thousands of patients stays well below each of them."""

    file_bytes: int = 512 * _MEGABYTE
    """The file as it lies on the disk."""
    unpacked_bytes: int = 512 * _MEGABYTE
    """All that comes out of one compressed file or archive."""
    ratio: int = 200
    """Unpacked to packed bytes; text shrinks by 5 to 50, a bomb by 1,000."""
    ratio_from: int = 8 * _MEGABYTE
    """Unpacked bytes below which no ratio is harmful."""
    members: int = 1_000
    """Files in an archive."""
    document_bytes: int = 256 * _MEGABYTE
    """A document that can only be read whole (JSON)."""
    rows: int = 2_000_000
    columns: int = 2_000
    cells: int = 12_000_000
    """Cells of one table: about one gigabyte of memory."""
    all_cells: int = 24_000_000
    """Cells of all tables of one import; an empty one counts too, as it takes memory."""
    cell_characters: int = 100_000
    json_depth: int = 20
    xml_depth: int = 40
    xml_tag_bytes: int = _MEGABYTE
    """One tag with its attributes: a parser reads it over and over until it ends."""


LIMITS = Limits()


def shown(name: object) -> str:
    """Return a name from outside as it can stand in a sentence: one line, not endless."""
    text = "".join(
        character if character.isprintable() else f"[U+{ord(character):04X}]"
        for character in str(name)[: _LONGEST_NAME + 1]
    )
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "…"


class Budget:
    """What may still come out of one file.

    Args:
        packed: size of the compressed file in bytes; None for a file that is not compressed.
    """

    def __init__(self, name: str, limits: Limits, packed: int | None = None) -> None:
        self.name, self.limits, self.packed = name, limits, packed
        self.taken = 0

    def take(self, size: int) -> None:
        """Count bytes that were read.

        Raises:
            InputError: more came out than the file may hold, or far more than went in.
        """
        self.taken += size
        most = self.limits.file_bytes if self.packed is None else self.limits.unpacked_bytes
        if self.taken > most:
            raise InputError(
                "{file} is larger than {limit} MB.",
                "Split it into smaller files; nothing was imported.",
                file=shown(self.name),
                limit=max(1, most // _MEGABYTE),
            )
        if (
            self.packed is not None
            and self.taken > self.limits.ratio_from
            and self.taken > self.packed * self.limits.ratio
        ):
            raise InputError(
                "{file} unpacks to more than {ratio} times its size, as a harmful file does.",
                "Ask for the file not compressed; nothing was imported.",
                file=shown(self.name),
                ratio=self.limits.ratio,
            )


class Counted(io.RawIOBase):
    """A stream that counts against a budget what is read from it."""

    def __init__(self, inner: IO[bytes], budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read some bytes, at most as many as the buffer holds."""
        content = self._inner.read(len(buffer))
        self._budget.take(len(content))
        buffer[: len(content)] = content
        return len(content)


def counted(inner: IO[bytes], budget: Budget) -> io.BufferedReader:
    """Return a buffered stream that counts."""
    return io.BufferedReader(Counted(inner, budget), _MEGABYTE)
