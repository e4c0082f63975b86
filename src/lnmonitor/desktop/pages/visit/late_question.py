"""Asks at a save why what is new comes late: once, for all records of that save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.strips import LateStrip
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.session_hub import hub

if TYPE_CHECKING:
    from lnmonitor.services.late_entries import LateDraft
    from lnmonitor.services.records import RecordDraft


class LateQuestion(QWidget):
    """The place of the strip; empty and without height until something is asked."""

    answered = Signal()
    """The binder has its reason: the save goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip: LateStrip | None = None
        self._from: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def asks(self, binder: Binder, entries: Sequence[FormEntry]) -> bool:
        """Ask where something of a save comes late and no reason is known; return whether it did.

        Asked again while the strip is open, an answer that stands in it is taken.
        """
        late = () if binder.late_reason else _late(binder, binder.drafts(entries))
        if not late:
            self.close_strip()
            return False
        again = self.strip is not None
        if self.strip is None:
            self._from = QApplication.focusWidget()
            self.strip = self._made(binder)
        self.show()
        self.strip.ask(late_words(late, binder.protocol.late_entry_days))
        if again:
            self.strip.accept()
        return True

    def _made(self, binder: Binder) -> LateStrip:
        strip = LateStrip(self)
        self._column.addWidget(strip)
        strip.given.connect(partial(self._take, binder))
        strip.escaped.connect(self.close_strip)
        return strip

    def _take(self, binder: Binder, reason: str) -> None:
        binder.late_reason = reason
        self.close_strip()
        self.answered.emit()

    @Slot()
    def close_strip(self) -> None:
        """Close and go back to where the save was asked for."""
        if self.strip is None:
            return
        inside = self.strip.isAncestorOf(QApplication.focusWidget() or self)
        self.strip.hide()
        self.strip.deleteLater()
        self.strip = None
        self.hide()
        if inside and self._from is not None and isValid(self._from):
            self._from.setFocus()
        self._from = None


def late_words(late: Sequence[LateDraft], tolerance: int) -> str:
    """Return the question with the number of records and the longest delay, in whole days."""
    days = max(one.days for one in late)
    if len(late) == 1:
        said = tr("1 new record, {days} days after its event.", days=days)
    else:
        said = tr("{n} new records, up to {days} days after the event.", n=len(late), days=days)
    return said + " " + tr("The protocol allows {days} days. Why so late?", days=tolerance)


def explained(binder: Binder, entries: Sequence[FormEntry]) -> list[RecordDraft]:
    """Return what a save writes: the late ones with the reason that was given."""
    drafts = binder.drafts(entries)
    if not binder.late_reason:
        return drafts
    late = [one.draft for one in _late(binder, drafts)]
    return [
        replace(draft, reason="; ".join(filter(None, (binder.late_reason, draft.reason))))
        if draft in late
        else draft
        for draft in drafts
    ]


def _late(binder: Binder, drafts: Sequence[RecordDraft]) -> tuple[LateDraft, ...]:
    from lnmonitor.services.late_entries import late_drafts

    session = hub().session
    return () if session is None else late_drafts(session, binder.data, drafts)
