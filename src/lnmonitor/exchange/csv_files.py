"""The CSV twin of the workbook: one file for each sheet, in a zip file or a folder of the archive.

UTF-8 with a byte order mark, without which Excel takes it for another encoding; RFC 4180 quoting
and line ends. CSV cannot say that a cell is text: one that a program would read as a formula gets
an apostrophe in front, and README says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

from lnmonitor.errors import InputError
from lnmonitor.exchange.csv_cells import neutral
from lnmonitor.exchange.excel import SYNTHETIC, ExportReport, record
from lnmonitor.exchange.listing import Sheet, sheets
from lnmonitor.exchange.options import Options, checked_date
from lnmonitor.exchange.readme import README_COLUMNS, readme
from lnmonitor.exchange.sheets import Cell
from lnmonitor.exchange.snapshot import Snapshot, read
from lnmonitor.exchange.zips import PlainZip, plain_part
from lnmonitor.language import Language
from lnmonitor.outfile import replacing
from lnmonitor.progress import Progress, Turn, at_once, silent
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession

_TEXTS = (
    "a text that begins with = + - @ (also in full width, or after spaces and quotes), tabulator or"
    " return has ' in front, unless it is a number"
)
_BOM = "\ufeff"


def export_csv(
    session: StudySession,
    out: Path,
    *,
    cutoff: str | None = None,
    deidentified: bool = False,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> ExportReport:
    """Write the whole study, as it stands at one moment, as CSV files in one zip file.

    Raises:
        PermissionDeniedError: the role may not export.
        InputError: the cut-off is not an ISO date, or the name does not end in .zip.
        StorageError: the place cannot be written.
    """
    require(session, Action.EXPORT)
    if out.suffix.lower() != ".zip":
        raise InputError("{path} is not a zip file's name.", "Let it end in .zip.", path=out)
    options = Options(checked_date(cutoff), deidentified, language, recipient)
    snapshot = read(session, options, progress, turn)
    with replacing(out) as temporary, PlainZip(temporary) as archive:
        counts = add_csv(archive, "", snapshot, progress)
    record(session, out, "CSV files", options, turn)
    return ExportReport(out, len(counts), sum(counts.values()), snapshot.excluded)


def add_csv(
    archive: ZipFile, folder: str, snapshot: Snapshot, progress: Progress = silent
) -> dict[str, int]:
    """Add a file for each sheet to a zip file; return rows by sheet."""
    counts: dict[str, int] = {}
    mark = SYNTHETIC if snapshot.session.study.synthetic else ""
    wanted = sheets(snapshot)
    for number, one in enumerate(wanted):
        progress(number, len(wanted), one.name)
        counts[one.name] = _add(archive, f"{folder}{one.name}.csv", one, mark)
    lines = readme(snapshot, counts, also=_TEXTS)
    first = Sheet("README", README_COLUMNS, lambda: lines)
    counts["README"] = _add(archive, f"{folder}README.csv", first, mark)
    return counts


def safe(value: Cell) -> Cell:
    """Return a cell as it is written: never one that a program reads as a formula; 55.0 as 55."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return neutral(value) if isinstance(value, str) else value


def _add(archive: ZipFile, name: str, sheet: Sheet, mark: str) -> int:
    count = 0
    with archive.open(plain_part(name), "w", force_zip64=True) as part:
        text = io.TextIOWrapper(part, encoding="utf-8", newline="", write_through=True)
        text.write(_BOM)
        writer = csv.writer(text)
        for count, row in enumerate(_lines(sheet, mark)):  # noqa: B007 - the head is number 0
            writer.writerow(row)
        text.detach()
    return count


def _lines(sheet: Sheet, mark: str) -> Iterator[Sequence[Cell]]:
    yield (*(("DATA",) if mark else ()), *sheet.columns)
    for row in sheet.rows():
        yield [*((mark,) if mark else ()), *(safe(cell) for cell in row)]
