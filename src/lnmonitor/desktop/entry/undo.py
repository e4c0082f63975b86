"""Undo and redo of what is typed and not saved: values, units, answers, reasons, rows of logs.

A step is whatever changed between two commits, in however many entries: one field left, one unit,
one confirmation, a whole pasted block. Entries are compared with what they held at the last commit,
so that no kind of change needs code of its own here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from lnmonitor.desktop.entry.model import EntryState, FormEntry


@dataclass(frozen=True)
class Change:
    """What one entry held before and after a step."""

    entry: FormEntry
    before: EntryState
    after: EntryState

    @property
    def name(self) -> str:
        """The first item that differs, "" when only reasons or remarks do."""
        for name in self.entry.form_type.items():
            for one in ("answers", "typed", "fixed", "justified", "reasons"):
                if getattr(self.before, one).get(name) != getattr(self.after, one).get(name):
                    return name
        return ""


@dataclass(frozen=True)
class RowChange:
    """A record that came into a log or went out of it. `place`: among the form's entries."""

    key: str
    entry: FormEntry
    place: int
    came: bool


@dataclass(frozen=True)
class Step:
    """What is undone and done again at once."""

    changes: tuple[Change, ...]
    rows: tuple[RowChange, ...]

    @property
    def entry(self) -> FormEntry:
        """The entry to be shown: the first that changed."""
        return self.changes[0].entry if self.changes else self.rows[0].entry

    @property
    def name(self) -> str:
        """The item to be shown, "" for none."""
        return self.changes[0].name if self.changes else ""

    @property
    def entries(self) -> tuple[FormEntry, ...]:
        """All entries that changed."""
        return tuple(one.entry for one in self.changes)


class UndoStack(QObject):
    """The steps of a page since its last save, newest last."""

    grew = Signal()
    row_wanted = Signal(object, bool)
    """A `RowChange`, and whether its entry is to be there (or not) now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._base: dict[FormEntry, EntryState] = {}
        self._touched: dict[FormEntry, None] = {}
        self._rows: list[RowChange] = []
        self._steps: list[Step] = []
        self._undone: list[Step] = []

    def watch(self, entry: FormEntry) -> None:
        """Take part in what happens to an entry, from what it holds now on."""
        if entry not in self._base:
            entry.changed.connect(partial(self._touch, entry))
        self._base[entry] = entry.state()

    def _touch(self, entry: FormEntry, _name: str) -> None:
        self._touched[entry] = None

    def row_moved(self, change: RowChange) -> None:
        """Note a record that came or went; it is part of the next step."""
        self._rows.append(change)

    def commit(self) -> None:
        """Make one step of all that changed since the last one; nothing if nothing did."""
        step = Step(tuple(self._changes()), tuple(self._rows))
        self._touched.clear()
        self._rows.clear()
        if step.changes or step.rows:
            self._base.update({one.entry: one.after for one in step.changes})
            self._steps.append(step)
            self._undone.clear()
            self.grew.emit()

    def _changes(self) -> list[Change]:
        found = (Change(entry, self._base[entry], entry.state()) for entry in self._touched)
        return [one for one in found if one.before != one.after]

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back, left in its field or not."""
        return bool(self._steps or self._rows or self._changes())

    def undo(self) -> Step | None:
        """Take the newest step back and return it, None if there is none."""
        self.commit()
        if not self._steps:
            return None
        step = self._steps.pop()
        for change in reversed(step.changes):
            self._go(change.entry, change.before)
        for row in reversed(step.rows):
            self.row_wanted.emit(row, not row.came)
        self._undone.append(step)
        self.grew.emit()
        return step

    def redo(self) -> Step | None:
        """Do again what was taken back last, unless something was typed since; return it."""
        self.commit()
        if not self._undone:
            return None
        step = self._undone.pop()
        for row in step.rows:
            self.row_wanted.emit(row, row.came)
        for change in step.changes:
            self._go(change.entry, change.after)
        self._steps.append(step)
        self.grew.emit()
        return step

    def _go(self, entry: FormEntry, state: EntryState) -> None:
        entry.go_to(state)
        self._base[entry] = state
        self._touched.pop(entry, None)

    def clear(self) -> None:
        """Forget all: saved values are amended with a reason, never undone."""
        self._steps.clear()
        self._undone.clear()
        self._rows.clear()
        self._touched.clear()
        self._base = {entry: entry.state() for entry in self._base}
