"""Reports of Administration that are signed by hand: the drill of a restore, who has access."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.operations import on_database
from lnmonitor.desktop.widgets.job_row import JobRow

if TYPE_CHECKING:
    from lnmonitor.language import Language
    from lnmonitor.progress import Progress
    from lnmonitor.services.restore import DrillReport
    from lnmonitor.services.session import StudySession


def ask_place(parent: QWidget, name: str) -> Path | None:
    """Ask where a PDF goes; None when the person thinks better of it."""
    title = tr("Where does the report go?")
    chosen, _ = QFileDialog.getSaveFileName(parent.window(), title, name, "PDF (*.pdf)")
    return Path(chosen).with_suffix(".pdf") if chosen else None


def job_of_drill(session: StudySession, found: DrillReport, place: Path) -> JobRow:
    """Start the report of a drill; the row tells how far it is and where it lies."""
    work = partial(_drill, session, found, place, language())
    return JobRow(tr("Report of the drill"), work, tr("Waiting for its turn"))


def job_of_access(session: StudySession, place: Path) -> JobRow:
    """Start the report of access."""
    work = partial(_access, session, place, language())
    return JobRow(tr("Report of access"), work, tr("Waiting for its turn"))


def _drill(
    session: StudySession,
    found: DrillReport,
    place: Path,
    wanted: Language,
    progress: Progress,
) -> Path:
    from lnmonitor.reports.service import report_drill

    return report_drill(session, found, place, language=wanted, progress=progress, turn=on_database)


def _access(session: StudySession, place: Path, wanted: Language, progress: Progress) -> Path:
    from lnmonitor.reports.service import report_access

    return report_access(session, place, language=wanted, progress=progress, turn=on_database)
