"""What an import did: rows read, rows stored, and the reason for every row that was not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_LINES = 100
"""Rows named for one reason."""
_LINES_SHOWN, _REASONS_SHOWN = 5, 25


@dataclass
class SourceCount:
    """The rows of one file or domain; `records` may be fewer than the rows they hold."""

    name: str
    read: int = 0
    stored: int = 0
    records: int = 0
    not_stored: Counter[str] = field(default_factory=Counter)
    """Reason -> number of rows."""
    lines: dict[str, list[int]] = field(default_factory=dict)
    """Reason -> the first of those rows, by their line or row in the file."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Cells of stored rows that have no place, by what they are -> how often."""

    def refuse(self, reason: str, line: int) -> None:
        """Count a row that is not stored."""
        self.not_stored[reason] += 1
        known = self.lines.setdefault(reason, [])
        if len(known) < _LINES:
            known.append(line)

    @property
    def complete(self) -> bool:
        """Whether every row read is accounted for."""
        return self.read == self.stored + self.not_stored.total()


@dataclass
class ImportReport:
    """Counts of one import; `notes` say what else a reader should know."""

    source: str
    dry_run: bool
    sources: list[SourceCount] = field(default_factory=list)
    patients: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return the report as plain data."""
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "patients": self.patients,
            "seconds": round(self.seconds, 2),
            "sources": [
                {
                    "name": count.name,
                    "read": count.read,
                    "stored": count.stored,
                    "records": count.records,
                    "not_stored": dict(count.not_stored),
                    "rows_not_stored": dict(count.lines),
                    "cells_left_out": dict(count.left_out),
                }
                for count in self.sources
            ],
            "notes": self.notes,
        }

    @property
    def text(self) -> str:
        """Return the report as lines for a terminal."""
        head = "Would import" if self.dry_run else "Imported"
        lines = [
            f"{head} {self.patients} patients from {self.source} in {self.seconds:.1f} s.",
            f"{'source':<14}{'rows read':>11}{'stored':>9}{'records':>9}{'not stored':>12}",
        ]
        for count in self.sources:
            left = count.not_stored.total()
            lines.append(
                f"{count.name:<14}{count.read:>11}{count.stored:>9}{count.records:>9}{left:>12}"
            )
            lines += [
                f"    {rows} not stored: {reason}{_rows(count.lines.get(reason, []), rows)}"
                for reason, rows in count.not_stored.most_common(_REASONS_SHOWN)
            ]
            lines += [
                f"    {cells} left out: {what}"
                for what, cells in count.left_out.most_common(_REASONS_SHOWN)
            ]
            more = sum(
                max(0, len(one) - _REASONS_SHOWN) for one in (count.not_stored, count.left_out)
            )
            if more:
                lines.append(f"    and {more} more reasons; --json names all")
        return "\n".join([*lines, *self.notes])


def _rows(known: list[int], count: int) -> str:
    """Name the first rows of a reason, if they are known."""
    if not known:
        return ""
    named = ", ".join(str(line) for line in known[:_LINES_SHOWN])
    more = count - min(len(known), _LINES_SHOWN)
    return f" (row {named}{f' and {more} more' if more else ''})"
