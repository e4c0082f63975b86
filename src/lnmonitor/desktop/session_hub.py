"""The one object that open views listen to: who is signed in, what is shown, what changed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from lnmonitor.clock import Clock, SystemClock

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession


class SessionHub(QObject):
    """State of the running program that more than one page needs, with its signals.

    Attributes:
        session: the open study, None before sign-in.
        patient_id: the patient last shown.
        patient_order: patient ids in the order of the list one came from, for `[` and `]`.
    """

    session_changed = Signal()
    data_changed = Signal(object)
    """Carries the `ChangeSet` of a committed write."""
    open_page = Signal(str, object)
    """Page name, argument: "patient" id, "visit" (id, visit), "form" (id, code, record)."""
    language_changed = Signal(str)
    patient_changed = Signal(object)
    problem = Signal(object)
    """An exception no view has taken: the shell says it."""
    saved = Signal(object)
    """Instant (aware datetime) of the last durable save, for the status bar."""
    restore_wanted = Signal(object)
    """A confirmed `RestoreWanted`: the study is to be closed, replaced and opened again."""
    status = Signal(str)
    """A short text for the status bar; empty clears it."""
    busy_changed = Signal(bool)
    """Whether the database thread is at work."""

    def __init__(self) -> None:
        super().__init__()
        self.session: StudySession | None = None
        self.patient_id: str | None = None
        self.patient_order: tuple[str, ...] = ()

    @property
    def clock(self) -> Clock:
        """The study's clock, or the system's before sign-in."""
        return self.session.clock if self.session is not None else SystemClock()

    def set_session(self, session: StudySession | None) -> None:
        """Take the opened study, or None when it was closed."""
        self.session = session
        self.patient_id = None
        self.patient_order = ()
        self.session_changed.emit()

    def set_patient(self, patient_id: str | None) -> None:
        """Say which patient is shown."""
        if patient_id != self.patient_id:
            self.patient_id = patient_id
            self.patient_changed.emit(patient_id)


@cache
def hub() -> SessionHub:
    """Return the application's hub."""
    return SessionHub()
