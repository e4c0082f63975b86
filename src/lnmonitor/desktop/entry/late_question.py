"""Asks at a save why what is new comes late: once, for all records of that save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from lnmonitor.desktop.entry.strips import LateStrip
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.words import count
from lnmonitor.study.records import PatientData

if TYPE_CHECKING:
    from lnmonitor.services.late_entries import LateDraft
    from lnmonitor.services.records import RecordDraft


class Typed(Protocol):
    """What is typed until it is saved, and why it comes late once that was asked."""

    late_reason: str


class LateQuestion(QWidget):
    """The place of the strip; without height until something is asked."""

    answered = Signal()
    """The reason is kept with what is typed: the save goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip: LateStrip | None = None
        self._from: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def asks(self, typed: Typed, late: Sequence[LateDraft]) -> bool:
        """Ask where something comes late and no reason is known; return whether it did.

        Asked again while the strip is open, an answer that stands in it is taken.
        """
        if typed.late_reason or not late:
            self.close_strip()
            return False
        again = self.strip is not None
        if self.strip is None:
            self._from = QApplication.focusWidget()
            self.strip = self._made(typed)
        self.show()
        self.strip.ask(_question(late))
        if again:
            self.strip.accept()
        return True

    def _made(self, typed: Typed) -> LateStrip:
        strip = LateStrip(self)
        self._column.addWidget(strip)
        strip.given.connect(partial(self._take, typed))
        strip.escaped.connect(self.close_strip)
        return strip

    def _take(self, typed: Typed, reason: str) -> None:
        typed.late_reason = reason
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


def late_of(data: PatientData, drafts: Sequence[RecordDraft]) -> tuple[LateDraft, ...]:
    """Return which of a patient's drafts would be saved late; `data` are the stored records."""
    from lnmonitor.services.late_entries import late_drafts

    session = hub().session
    return () if session is None else late_drafts(session, data, drafts)


def with_reason(data: PatientData, drafts: Sequence[RecordDraft], reason: str) -> list[RecordDraft]:
    """Return the drafts, those that come late with the reason for it."""
    late = [one.draft for one in late_of(data, drafts)] if reason else []
    return [
        replace(draft, reason="; ".join(filter(None, (reason, draft.reason))))
        if draft in late
        else draft
        for draft in drafts
    ]


def _question(late: Sequence[LateDraft]) -> str:
    """Return the question with the number of records and the longest delay, in whole days."""
    session = hub().session
    return count(
        len(late),
        "1 new record, {days} days after its event; the protocol allows {allowed}. Why so late?",
        "{n} new records, up to {days} days after the event; the protocol allows {allowed}."
        " Why so late?",
        days=max(one.days for one in late),
        allowed=session.protocol.late_entry_days if session is not None else 0,
    )
