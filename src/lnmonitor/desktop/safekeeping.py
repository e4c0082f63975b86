"""Makes the automatic backups: once a day while the study is open, and before it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.errors import UserError

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

_FIRST_MS = 60 * 1000  # not while the worklist is being read
_LOOK_MS = 15 * 60 * 1000


class Safekeeping(QObject):
    """Looks every quarter of an hour whether the daily backup is due."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        QTimer.singleShot(_FIRST_MS, self, self.look)

    @Slot()
    def look(self) -> None:
        """Make the backup if it is due; what stands in its way is said."""
        ReadOp(self, _daily, self._done, self._failed).run()

    def _done(self, made: bool) -> None:
        from lnmonitor.services.changes import ChangeSet

        if made:
            hub().data_changed.emit(ChangeSet(frozenset({"backups", "audit"})))

    def _failed(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            words = "No backup was made today: {problem}"
            hub().problem.emit(UserError(words, problem=sentence(problem)))
        else:
            hub().problem.emit(problem)


def close_safely(session: StudySession) -> Exception | None:
    """Back a changed study up and close it; return what stood in the way of the backup.

    The study is closed in any case: a medium that is full must not keep a person from going home.
    """
    from lnmonitor.services.backup import automatic

    problem: Exception | None = None
    try:
        automatic(session)
    except UserError as error:
        problem = error
    finally:
        session.close()
    return problem


def _daily(session: StudySession) -> bool:
    from lnmonitor.services.backup import automatic, is_due

    return is_due(session) and automatic(session) is not None
