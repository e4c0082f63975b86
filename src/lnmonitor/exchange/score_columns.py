"""Which columns of a file to be scored are probably misspelt ones of those that are read.

An optional column under another name would count as missing in every row. A file has columns of its
own too (numbers of patients, expected results), so only a name near to one that is absent is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

NEAR = 0.75
"""Share of letters in common from which a name is taken for a misspelt one; chosen by trial."""


@dataclass(frozen=True)
class Misspelt:
    """A column that is not read, and the one that was probably meant."""

    column: str
    meant: str


def misspelt(columns: Sequence[str], known: Collection[str]) -> tuple[Misspelt, ...]:
    """Return the columns that come near to a known one which the file does not have."""
    found = ((column, _nearest(column, known)) for column in columns if column not in known)
    return tuple(
        Misspelt(column, meant)
        for column, meant in found
        if meant is not None and meant not in columns
    )


def _nearest(column: str, known: Collection[str]) -> str | None:
    """Return the known name nearest to a column: alike but for a slip, or cut short at a `_`."""
    written = column.casefold().replace(" ", "_").replace("-", "_")
    likeness = {name: SequenceMatcher(None, written, name).ratio() for name in known}
    near = [
        name for name, share in likeness.items() if share >= NEAR or name.startswith(f"{written}_")
    ]
    return max(near, key=lambda name: likeness[name], default=None)
