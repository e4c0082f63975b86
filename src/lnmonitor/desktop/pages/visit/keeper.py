"""Keeps what was typed and not saved while other pages are shown."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject, Slot

from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.pages.visit.journal import journal_of, visit_key
from lnmonitor.desktop.session_hub import hub
from lnmonitor.services.journal import Place as DraftPlace

Place = tuple[str, str]
"""Patient id, and the visit's record id or code, or the form's code."""


class BinderKeeper(QObject):
    """Binders with unsaved values by place; emptied when another study is opened."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[Place, Binder] = {}
        self.closing = False
        """Whether a person tried to close the study over unsaved values."""
        hub().session_changed.connect(self._forget_all)

    @Slot()
    def _forget_all(self) -> None:
        self._kept.clear()
        self.closing = False

    def find(self, place: Place) -> Binder | None:
        """Return the binder kept for a place if it holds something unsaved."""
        kept = self._kept.get(place)
        return kept if kept is not None and kept.unsaved else None

    def latest(self, place: Place) -> Binder | None:
        """Return the binder last shown at a place, saved or not."""
        return self._kept.get(place)

    def keep(self, place: Place, binder: Binder) -> None:
        """Keep a binder."""
        self._kept[place] = binder

    def move(self, binder: Binder) -> None:
        """Keep a binder where it stands now: a new visit gets its id with its first save."""
        for place in [place for place, kept in self._kept.items() if kept is binder]:
            del self._kept[place]
        self._kept[place_of(binder)] = binder

    def drop(self, place: Place) -> None:
        """Forget a binder: its values were saved or discarded."""
        self._kept.pop(place, None)

    @property
    def unsaved(self) -> dict[Place, Binder]:
        """All binders that hold something unsaved."""
        return {place: binder for place, binder in self._kept.items() if binder.unsaved}

    @property
    def live_drafts(self) -> set[DraftPlace]:
        """Where the journal has drafts of what is in memory: these need no recovery."""
        return {place for binder in self._kept.values() for place in journal_of(binder).places}


def not_kept() -> bool:
    """Return whether something typed is in memory only, because the journal could not keep it."""
    binders = keeper().unsaved.values()
    journals = [journal_of(binder) for binder in binders]
    return any(journal.behind or journal.at is None for journal in journals)


def place_of(binder: Binder) -> Place:
    """Return where a binder stands."""
    return binder.data.patient_id, visit_key(binder) or binder.single


@cache
def keeper() -> BinderKeeper:
    """Return the application's keeper."""
    return BinderKeeper()
