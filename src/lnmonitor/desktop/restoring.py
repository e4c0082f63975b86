"""Puts a backup in the place of the open study: closes it, restores, opens what is there then.

A window of its own stands meanwhile, because no page has a study to show. Whatever fails, the old
study or the new one is opened; where the password does not fit the new one, the sign-in is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from lnmonitor.desktop.dialogs.backups import RestoreWanted
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import JobOp, on_database
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import local_instant
from lnmonitor.errors import UserError
from lnmonitor.progress import Progress

if TYPE_CHECKING:
    from lnmonitor.clock import Clock
    from lnmonitor.services.session import StudySession

_STEPS = 5


@dataclass(frozen=True)
class Outcome:
    """What is open now. `restored`: the backup is in place. `problem`: what stood in the way."""

    session: StudySession | None
    restored: bool
    problem: Exception | None


@dataclass(frozen=True)
class _Closing:
    """What is needed of a session after it is closed."""

    session: StudySession
    folder: Path
    user: str
    clock: Clock


class RestoringWindow(QWidget):
    """Says how far the restore is; it cannot be closed before its end."""

    finished = Signal(object)
    """The `Outcome`."""

    def __init__(self, session: StudySession, wanted: RestoreWanted) -> None:
        super().__init__()
        self._running = True
        self.setWindowTitle(f"{session.study.name} — lnmonitor")
        title = tr("Restoring the backup of {time}", time=local_instant(wanted.made_at))
        self._words = label(tr("Closing the study"), tone="text-2")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        self._bar.setAccessibleName(title)
        safe = tr("Interrupted at any instant, the study is the old one or the new one.")
        middle = box(
            column(
                label(title, "page"),
                self._words,
                self._bar,
                label(safe, "small", "text-2"),
                spacing=3,
            )
        )
        middle.setFixedWidth(theme().px(120))
        self.setLayout(column(None, row(None, middle, None), None, None))
        closing = _Closing(session, session.store.folder, session.actor.account, session.clock)
        work = partial(_replace, closing, wanted)
        self._job: JobOp[Outcome] = JobOp(self, work, self._end, self._broken, self._tell)

    def start(self) -> None:
        """Begin; the hub has no session any more."""
        self._job.run()

    def _tell(self, done: int, _total: int, what: str) -> None:
        self._bar.setValue(done + 1)
        self._words.setText(tr(what))

    def _end(self, outcome: Outcome) -> None:
        self._running = False
        self.finished.emit(outcome)

    def _broken(self, problem: Exception) -> None:
        self._end(Outcome(None, restored=False, problem=problem))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._running:
            event.ignore()
        else:
            super().closeEvent(event)


def _replace(closing: _Closing, wanted: RestoreWanted, progress: Progress) -> Outcome:
    """Close, restore, open; runs as a job, the study's own parts on the database thread."""
    from lnmonitor.services.restore import restore
    from lnmonitor.services.studies import open_study

    folder, user, clock = closing.folder, closing.user, closing.clock
    problem: Exception | None = None
    restored = False
    try:
        on_database(closing.session.close)
        restore(
            wanted.path,
            folder,
            user=user,
            password=wanted.password,
            clock=clock,
            progress=progress,
        )
        restored = True
    except UserError as error:
        problem = error
    progress(_STEPS - 1, _STEPS, "Opening the study")
    again = partial(open_study, folder, user=user, password=wanted.password, clock=clock)
    try:
        return Outcome(on_database(again), restored, problem)
    except UserError as error:
        return Outcome(None, restored, problem or error)
