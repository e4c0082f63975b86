"""Keeps what is typed in the encrypted store within a second, so that no crash can lose it.

Each entry's draft lies at a place of its own. The field in which the cursor stands is kept like any
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


@dataclass(frozen=True)
class Watched:
    """What a journal keeps: the entries there are now, each one's place, and its text."""

    entries: Callable[[], Iterable[FormEntry]]
    place_of: Callable[[FormEntry], Place]
    text_of: Callable[[FormEntry], DraftText] = draft_of


class Journal(QObject):
    """Watches some entries and tells the store what changed in them; it lives with its parent."""

    kept = Signal()
    """Everything typed up to `at` is on the disk."""
    failed = Signal(object)
    """It could not be kept; carries the exception. It is tried again."""

    def __init__(self, watched: Watched, parent: QObject) -> None:
        super().__init__(parent)
        self.at: datetime | None = None
        """When the last draft was kept, local time."""
        self.behind = False
        """Whether the disk did not take what was typed last: it is in memory only."""
        self._watched = watched
        self._session = hub().session
        self._written: dict[Place, DraftText] = {}
        self._places: set[Place] = set()
        self._busy = self._held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where drafts lie in the store, or soon will."""
        return tuple(self._places)

    def recovered(self, place: Place, text: DraftText) -> None:
        """Note a draft that already lies in the store."""
        self._places.add(place)
        self._written[place] = text

    def inherit(self, former: Journal) -> None:
        """Take over from the journal of what was read anew at the same place."""
        self._places |= former._places
        self._written |= former._written
        former.hold()
        self.wait()

    @Slot()
    def wait(self) -> None:
        """Keep what is typed in a moment: to be told of every change."""
        if not self._held and not self._timer.isActive():
            self._timer.start(_PAUSE_MS)

    @Slot()
    def flush(self) -> None:
        """Keep what differs from what was kept last, in the study it was typed in and no other."""
        if self._busy or self._held or hub().session is not self._session:
            return
        changed = self._changed()
        if changed:
            self._busy = True
            self._places.update(one.place for one in changed)
            JournalOp(self, partial(_keep, drafts=changed), self._take, self._refused).run()

    def _changed(self) -> list[_Kept]:
        cursor, watched = _cursor(), self._watched
        found: list[_Kept] = []
        gone = {place for place, text in self._written.items() if text != NOTHING}
        for entry in watched.entries():
            text, place = watched.text_of(entry), watched.place_of(entry)
            gone.discard(place)
            if text != self._written.get(place, NOTHING):
                focused = cursor.name if cursor is not None and cursor.entry is entry else ""
                version = entry.record.row_version if entry.record else 0
                found.append(_Kept(place, text, focused, version))
        return found + [_Kept(place, NOTHING, "", 0) for place in gone]  # of rows taken out

    def _take(self, done: tuple[Sequence[_Kept], str]) -> None:
        drafts, instant = done
        self._busy = self.behind = False
        self._written.update({one.place: one.text for one in drafts})
        self.at = datetime.fromisoformat(instant).astimezone(hub().clock.now().tzinfo)
        self.kept.emit()
        self.wait()

    def _refused(self, problem: Exception) -> None:
        self._busy, self.behind = False, True
        self.failed.emit(problem)
        self._timer.start(_AGAIN_MS)

    # ---- saving
    def hold(self) -> None:
        """Keep nothing while a save runs: it takes the drafts out of the store."""
        self._held = True
        self._timer.stop()

    def go_on(self, *, saved: bool) -> None:
        """Go on after a save; `saved` means that the store has no draft of it any more."""
        self._held = False
        if saved:
            self._written.clear()
            self._places.clear()
            self.at, self.behind = None, False
        self.wait()


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
