"""Keeps what was typed and not saved while other pages are shown."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject, Slot

from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.session_hub import hub

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

    def keep(self, place: Place, binder: Binder) -> None:
        """Keep a binder."""
        self._kept[place] = binder

    def drop(self, place: Place) -> None:
        """Forget a binder: its values were saved or discarded."""
        self._kept.pop(place, None)

    @property
    def unsaved(self) -> dict[Place, Binder]:
        """All binders that hold something unsaved."""
        return {place: binder for place, binder in self._kept.items() if binder.unsaved}


@cache
def keeper() -> BinderKeeper:
    """Return the application's keeper."""
    return BinderKeeper()
