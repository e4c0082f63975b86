"""Writes a binder and puts it right afterwards, whether its page still shows it or not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from lnmonitor.desktop.entry.late_question import with_reason
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.operations import WriteOp, after_journal
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.pages.visit.journal import journal_of
from lnmonitor.desktop.pages.visit.keeper import keeper
from lnmonitor.desktop.pages.visit.loading import Stored, load

if TYPE_CHECKING:
    from lnmonitor.desktop.entry.values import Answer
    from lnmonitor.services.session import StudySession

Sent = dict[FormEntry, dict[str, "Answer"]]
"""The entries of a save with the answers they had when it began."""


class Saver(QObject):
    """One save at a time."""

    saved = Signal(object, object)
    """Binder, `Stored`."""
    failed = Signal(object, object)
    """Binder, exception: everything typed is still in the binder and in the journal."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.busy = False

    def write(self, binder: Binder, entries: Sequence[FormEntry]) -> None:
        """Save some entries of a binder in one transaction that also takes its drafts away."""
        from lnmonitor.services.records import save

        drafts = with_reason(binder.data, binder.drafts(entries), binder.late_reason)
        journal = journal_of(binder)
        patient_id = binder.data.patient_id
        sent: Sent = {entry: entry.answers for entry in entries}

        def work(session: StudySession) -> Stored:
            after_journal()
            saved = save(session, drafts, journal=journal.places)
            return Stored(saved, load(session, patient_id))

        self.busy = True
        journal.hold()
        WriteOp(self, work, partial(self._take, binder, sent), partial(self._fail, binder)).run()

    def _take(self, binder: Binder, sent: Sent, stored: Stored) -> None:
        self.busy = False
        journal_of(binder).go_on(saved=True)
        binder.take_saved(sent, stored.saved.records, stored.loaded)
        keeper().closing = False
        keeper().move(binder)
        self.saved.emit(binder, stored)

    def _fail(self, binder: Binder, problem: Exception) -> None:
        self.busy = False
        journal_of(binder).go_on(saved=False)
        self.failed.emit(binder, problem)
