"""The sponsor's workbook: a sheet for each form at the grain of its records, results and trail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lnmonitor.errors import InputError
from lnmonitor.exchange.form_rows import KEYS
from lnmonitor.exchange.listing import sheets
from lnmonitor.exchange.options import Options, checked_date
from lnmonitor.exchange.readme import README_COLUMNS, readme, readme_widths
from lnmonitor.exchange.sheets import Book
from lnmonitor.exchange.snapshot import Snapshot, read
from lnmonitor.language import Language
from lnmonitor.progress import Progress, Turn, at_once, silent
from lnmonitor.services import seals
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession

__all__ = ["KEYS", "ExportReport", "export_xlsx", "write_workbook"]

SYNTHETIC = "SYNTHETIC"
_TEXTS = "control characters appear as [U+000B]; very long text is in LONGTEXT"


@dataclass(frozen=True)
class ExportReport:
    """What a copy holds; `excluded` counts records after the cut-off."""

    path: Path
    sheets: int
    rows: int
    excluded: int


def export_xlsx(
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
    """Write the whole study, as it stands at one moment, as one workbook.

    Args:
        recipient: for whom it is made; told on its first page and in the audit trail.
        turn: runs each portion that needs the study; others may use the study in between.

    Raises:
        PermissionDeniedError: the role may not export.
        InputError: the cut-off is not an ISO date, or the name does not end in .xlsx.
        StorageError: the place cannot be written.
    """
    require(session, Action.EXPORT)
    if out.suffix.lower() != ".xlsx":
        raise InputError("{path} is not a workbook's name.", "Let it end in .xlsx.", path=out)
    options = Options(checked_date(cutoff), deidentified, language, recipient)
    report = write_workbook(read(session, options, progress, turn), out, progress)
    record(session, out, "workbook", options, turn)
    return report


def record(session: StudySession, out: Path, item: str, options: Options, turn: Turn) -> None:
    """Write a finished copy's fingerprint into the trail, with recipient and options."""
    seal = partial(
        seals.record_document, recipient=options.recipient, options=options.described(), item=item
    )
    turn(partial(seal, session, "export", out))


def write_workbook(snapshot: Snapshot, out: Path, progress: Progress = silent) -> ExportReport:
    """Write a snapshot as a workbook; the trail does not know of it yet.

    Raises:
        StorageError: the place cannot be written.
    """
    study = snapshot.session.study
    book = Book(
        mark=SYNTHETIC if study.synthetic else "",
        footer=f"{study.name} · {snapshot.seal} · times: {snapshot.zone}, or as each cell says",
        made_at=snapshot.now,
    )
    wanted = sheets(snapshot)
    for number, one in enumerate(wanted):
        progress(number, len(wanted), one.name)
        book.add(one.name, one.columns, one.rows(), frozen_columns=one.frozen_columns)
    lines = readme(snapshot, book.rows, replaced=book.replaced_characters, also=_TEXTS)
    book.add("README", README_COLUMNS, lines, widths=readme_widths())
    book.bring_to_front("README")
    book.save(out)
    progress(len(wanted), len(wanted), "README")
    return ExportReport(out, len(book.rows), sum(book.rows.values()), snapshot.excluded)
