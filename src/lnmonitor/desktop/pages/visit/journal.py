"""Keeps what is typed in the encrypted store within a second, so that no crash can lose it.

A draft stands where it was typed: patient, visit (its code until it has an id), form, and within
the form its record. The field in which the cursor stands is kept like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from lnmonitor.desktop.entry.draft_text import NOTHING, DraftText, draft_of
from lnmonitor.desktop.entry.item_row import ItemRow
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.operations import JournalOp
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services.journal import Place, keep_draft

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

_PAUSE_MS = 300  # from the first change not kept yet, not from the last
_AGAIN_MS = 2000  # after a failure


@dataclass(frozen=True)
class _Kept:
    place: Place
    text: DraftText
    focused: str
    row_version: int


class Journal(QObject):
    """Watches one binder and tells the store what changed in it."""

    kept = Signal()
    """Everything typed up to `at` is on the disk."""
    failed = Signal(object)
    """It could not be kept; carries the exception. It is tried again."""

    def __init__(self, binder: Binder) -> None:
        super().__init__(binder)
        self.at: datetime | None = None
        """When the last draft was kept, local time."""
        self._binder = binder
        self._written: dict[Place, DraftText] = {}
        self._places: set[Place] = set()
        self._busy = self._held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        binder.changed.connect(self._wait)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where drafts of this binder lie in the store, or soon will."""
        return tuple(self._places)

    def recovered(self, place: Place, text: DraftText) -> None:
        """Note a draft that already lies in the store."""
        self._places.add(place)
        self._written[place] = text

    def inherit(self, former: Journal) -> None:
        """Take over from the journal of a binder that was read anew at the same place."""
        self._places |= former._places
        self._written |= former._written
        former.hold()
        self._wait()

    @Slot()
    def _wait(self) -> None:
        if not self._held and not self._timer.isActive():
            self._timer.start(_PAUSE_MS)

    @Slot()
    def flush(self) -> None:
        """Keep what differs from what was kept last."""
        if self._busy or self._held:
            return
        changed = self._changed()
        if changed:
            self._busy = True
            self._places.update(one.place for one in changed)
            JournalOp(self, partial(_keep, drafts=changed), self._take, self._refused).run()

    def _changed(self) -> list[_Kept]:
        cursor = _cursor()
        found = []
        for entry in self._binder.all_entries():
            text, place = draft_of(entry), place_of(self._binder, entry)
            if text != self._written.get(place, NOTHING):
                focused = cursor.name if cursor is not None and cursor.entry is entry else ""
                version = entry.record.row_version if entry.record else 0
                found.append(_Kept(place, text, focused, version))
        return found

    def _take(self, done: tuple[Sequence[_Kept], str]) -> None:
        drafts, instant = done
        self._busy = False
        self._written.update({one.place: one.text for one in drafts})
        self.at = datetime.fromisoformat(instant).astimezone(hub().clock.now().tzinfo)
        self.kept.emit()
        self._wait()

    def _refused(self, problem: Exception) -> None:
        self._busy = False
        self.failed.emit(problem)
        self._timer.start(_AGAIN_MS)

    # ---- saving
    def hold(self) -> None:
        """Keep nothing while a save runs: it takes the drafts out of the store."""
        self._held = True
        self._timer.stop()

    def go_on(self, *, saved: bool) -> None:
        """Go on after a save; `saved` means that the store has no draft of the binder any more."""
        self._held = False
        if saved:
            self._written.clear()
            self._places.clear()
            self.at = None
        self._wait()


def journal_of(binder: Binder) -> Journal:
    """Return a binder's journal, begun if need be; it lives as long as its binder."""
    found = binder.findChild(Journal)
    return found if isinstance(found, Journal) else Journal(binder)


def _cursor() -> ItemRow | None:
    here: QWidget | None = QApplication.focusWidget()
    while here is not None and not isinstance(here, ItemRow):
        here = here.parentWidget()
    return here


def _keep(session: StudySession, drafts: Sequence[_Kept]) -> tuple[Sequence[_Kept], str]:
    instant = ""
    for one in drafts:
        instant = keep_draft(
            session,
            one.place,
            one.text.values,
            missing=one.text.missing,
            notes=one.text.notes,
            focused=one.focused,
            row_version=one.row_version,
        )
    return drafts, instant


def place_of(binder: Binder, entry: FormEntry) -> Place:
    """Return where the journal keeps an entry's draft."""
    record_id = entry.record.id if entry.record else entry.draft_key
    return Place(binder.data.patient_id, visit_key(binder), entry.form_type.code, record_id)


def visit_key(binder: Binder) -> str:
    """Return what stands for the visit in a place: its id, its code while new, else ""."""
    if binder.planned is None:
        return ""
    return binder.visit_record.id if binder.visit_record else binder.planned.code
