"""What is done with the entries that a filter of the audit trail chooses: taken away, reviewed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import WriteOp, on_database
from lnmonitor.desktop.widgets.job_row import JobRow
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.words import count
from lnmonitor.services.audit import AuditFilter

if TYPE_CHECKING:
    from lnmonitor.progress import Progress
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.session import StudySession


def export_job(session: StudySession, place: Path, recipient: str, wanted: AuditFilter) -> JobRow:
    """Start writing the entries; the row tells where they lie."""
    work = partial(_export, session, place, recipient, wanted)
    return JobRow(tr("Audit trail"), work, tr("Waiting for its turn"))


def _export(
    session: StudySession, place: Path, recipient: str, wanted: AuditFilter, _progress: Progress
) -> Path:
    from lnmonitor.exchange.trail import export_trail

    on_database(partial(export_trail, session, place, wanted, recipient=recipient))
    return place


class TrailReviewDialog(SmallForm):
    """That somebody has looked at the entries of a filter, and with which result."""

    def __init__(self, parent: QWidget, wanted: AuditFilter, entries: int) -> None:
        super().__init__(parent, tr("Review of the audit trail"), tr("Record"))
        self._wanted = wanted
        self.explain(
            count(
                entries,
                "1 entry that the filter chooses was looked at.",
                "{n} entries that the filter chooses were looked at.",
            )
        )
        self.outcome = Segmented([("no finding", tr("no finding")), ("finding", tr("finding"))])
        self.comment = QLineEdit()
        self.add(tr("Result"), self.outcome)
        self.add(tr("Remark"), self.comment)

    def save(self) -> None:
        """Record it."""
        self.save_button.setEnabled(False)
        work = partial(
            _review, wanted=self._wanted, result=self.outcome.key, comment=self.comment.text()
        )
        WriteOp(self, work, self.saved, self.refused).run()


def _review(session: StudySession, *, wanted: AuditFilter, result: str, comment: str) -> ChangeSet:
    from lnmonitor.services.audit import record_review

    return record_review(session, wanted, result, comment)  # type: ignore[arg-type]
