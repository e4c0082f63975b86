"""The audit trail as a file: the entries that a person has filtered, as a workbook or CSV.

A workbook holds every text as a text and exactly. CSV has no way to say so: there a text that a
program might compute has an apostrophe before it, and the workbook is what is offered first.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from lnmonitor.errors import InputError
from lnmonitor.exchange.csv_cells import neutral
from lnmonitor.exchange.sheets import Book
from lnmonitor.outfile import replacing
from lnmonitor.services import audit, seals
from lnmonitor.services.audit import AuditFilter
from lnmonitor.services.session import StudySession

_SEQUENCE = "sequence"
_MARK = "SYNTHETIC"


def export_trail(
    session: StudySession,
    out: Path,
    wanted: AuditFilter | None = None,
    *,
    only: Collection[int] | None = None,
    recipient: str = "",
) -> int:
    """Write entries of the audit trail, first entry first; return how many.

    Args:
        out: a name that ends in .xlsx or .csv. only: numbers of the entries; None for all that
            `wanted` chooses. recipient: for whom it is; the copy's own entry tells it, with the
            filter and how many entries there were.

    Raises:
        PermissionDeniedError: the role may not export, or not see the trail.
        InputError: the name has another ending. StorageError: the place cannot be written.
    """
    kind = out.suffix.lower()
    if kind not in {".xlsx", ".csv"}:
        raise InputError("{path} has another ending.", "Let it end in .xlsx or .csv.", path=out)
    table = audit.table(session, wanted)
    at = table.columns.index(_SEQUENCE)
    kept = [row for row in table.rows if only is None or int(row[at]) in only]
    mark = _MARK if session.study.synthetic else ""
    if kind == ".xlsx":
        book = Book(mark=mark)
        book.add("AUDIT", [name.upper() for name in table.columns], kept, frozen_columns=1)
        book.save(out)
    else:
        _write_csv(out, table.columns, kept, mark)
    asked = {} if wanted is None else wanted.described()
    seals.record_document(
        session,
        "export",
        out,
        item="audit trail",
        patient_id=asked.pop("patient_id", ""),
        recipient=recipient,
        options=_options(asked, len(kept), some=only is not None),
    )
    return len(kept)


def _options(asked: Mapping[str, str], entries: int, *, some: bool) -> str:
    """Return the filter as a person reads it; `some`: the screen chose among its entries."""
    said = [f"{entries} entries", *(f"{name} {value}" for name, value in asked.items())]
    return ", ".join([*said, "as searched for on the screen"] if some else said)


def _write_csv(out: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], mark: str) -> None:
    """Write UTF-8 with a byte order mark, without which Excel takes it for another encoding."""
    first = ("DATA",) if mark else ()
    cell = (mark,) if mark else ()
    with (
        replacing(out) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as opened,
    ):
        writer = csv.writer(opened)
        writer.writerow([*first, *(name.upper() for name in columns)])
        writer.writerows([*cell, *map(neutral, row)] for row in rows)
