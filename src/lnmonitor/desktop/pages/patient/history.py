"""The history: the audit trail about this patient, by form, item, person, action, period, record.

F2 on any value comes here with the record and item chosen: two actions from a field to its history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout

from lnmonitor.clock import local_moment
from lnmonitor.desktop.dialogs.trail_copy import TrailCopyDialog
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import JobOp, ReadOp, on_database
from lnmonitor.desktop.pages.monitoring.words import (
    form_title,
    item_title,
    local_instant,
)
from lnmonitor.desktop.pages.patient.lens import Lens
from lnmonitor.desktop.pages.patient.view import PatientView
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.trail_words import change_words, form_words, item_words
from lnmonitor.desktop.widgets.layout import row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label, set_property
from lnmonitor.errors import UserError
from lnmonitor.study.forms import FORMS
from lnmonitor.study.reasons import reason_words

if TYPE_CHECKING:
    from lnmonitor.desktop.pages.patient.place import PatientPlace
    from lnmonitor.progress import Progress
    from lnmonitor.services.audit import AuditEntry, AuditPage
    from lnmonitor.services.session import StudySession

_AT_FIRST = 5000
_ALL = 10_000_000
_DATE_SHAPE = "0000-00-00"


def read_history(session: StudySession, patient_id: str, size: int = _AT_FIRST) -> AuditPage:
    """Read the latest entries about a patient, and how many there are."""
    from lnmonitor.services.audit import AuditFilter, page

    return page(session, AuditFilter(patient_id=patient_id), size=size)


class HistoryLens(Lens):
    """Read when shown; filtered here, and written to a file as filtered."""

    def __init__(self) -> None:
        super().__init__()
        self._patient_id = ""
        self._subject = ""
        self._entries: tuple[AuditEntry, ...] = ()
        self._total = 0
        self._record = ""
        self._wanted_item = ""
        self._job: JobOp[int] | None = None
        self._forms, self._items = QComboBox(), QComboBox()
        self._people, self._actions = QComboBox(), QComboBox()
        self._from, self._to, self._words = QLineEdit(), QLineEdit(), QLineEdit()
        self._number = label("", "small", "text-2")
        self._rest = button(tr("Read all"), self._read_all, kind="link")
        self._one = button(tr("All of the patient"), self.show_all, small=True)
        self._one_words = label("", "small", "accent")
        self.export = button(tr("Export…"), self.ask_file, icon_name="export", small=True)
        self.strip = MessageStrip()
        self.table = self._make_table()
        self._name_fields()
        self._lay_out()
        for box in (self._forms, self._items, self._people, self._actions):
            box.activated.connect(self._filter)
        for field in (self._from, self._to, self._words):
            field.textChanged.connect(self._filter)
        self.setFocusProxy(self.table)

    def _make_table(self) -> RowTable:
        columns = (
            Column(
                tr("When"),
                lambda e: local_instant(e.at, e.utc_offset),
                order=lambda e: e.sequence,
                sample="12 May 2026 09:42 ",
            ),
            Column(tr("Who"), _who, sample="Demo Data Manager"),
            Column(tr("Action"), lambda e: tr(e.action), sample="flag acknowledged"),
            Column(tr("Form"), form_words, units=42, tip=form_words, yields=1),
            Column(tr("Item"), item_words, units=40, tip=item_words),
            Column(tr("Old → new"), change_words, tip=change_words, weight=500),
            Column(tr("Reason"), _reason, units=40, tip=_reason),
        )
        table = RowTable(columns, row_units=6.5, name=tr("History"))
        table.opened.connect(self._open)
        return table

    def _name_fields(self) -> None:
        px = theme().px
        self._fields = (
            (tr("Form"), self._forms, 44),
            (tr("Item"), self._items, 40),
            (tr("Person"), self._people, 32),
            (tr("Action"), self._actions, 40),
            (tr("From"), self._from, 25),
            (tr("until"), self._to, 25),
            (tr("Filter"), self._words, 38),
        )
        for words, field, units in self._fields:
            field.setAccessibleName(words)
            field.setFixedWidth(px(units))
        for field in (self._from, self._to):
            field.setPlaceholderText("2026-05-12")
            field.setToolTip(tr("Date, or month (2026-05), or year; of the workstation's clock."))
        self._words.setPlaceholderText(tr("word, value or reason"))

    def _lay_out(self) -> None:
        def named(chosen: range) -> list[object]:
            parts: list[object] = []
            for number in chosen:
                words, field, _ = self._fields[number]
                parts += [label(words, "small", "text-2"), field]
            return parts

        first = row(*named(range(4)), None, self.export, margins=(4, 2, 4, 0))  # type: ignore[arg-type]
        second = row(
            *named(range(4, 7)),  # type: ignore[arg-type]
            self._one_words,
            self._one,
            None,
            self._number,
            self._rest,
            margins=(4, 1, 4, 2),
        )
        px = theme().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(2), 0, px(2), 0)
        column.setSpacing(0)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.strip)
        column.addWidget(self.table, 1)
        self._one.hide()

    # --- content ---------------------------------------------------------------------------

    def show_view(self, view: PatientView) -> None:
        """Read the patient's entries."""
        if view.story.patient_id != self._patient_id:
            self._forget(view.story.patient_id)
        self._subject = view.story.subject_id
        self._read()

    def _forget(self, patient_id: str) -> None:
        """Begin anew with another patient."""
        self._patient_id, self._record, self._wanted_item = patient_id, "", ""
        self._entries = ()
        self.strip.clear()
        for box in (self._forms, self._items, self._people, self._actions):
            box.setCurrentIndex(0)
        for field in (self._from, self._to, self._words):
            field.clear()

    def _read(self, size: int = _AT_FIRST) -> None:
        from lnmonitor.services.permissions import Action

        session = hub().session
        self.export.setVisible(session is not None and session.may(Action.EXPORT))
        work = partial(_read_of, patient_id=self._patient_id, size=size)
        ReadOp(self, work, self._take).run()

    def _read_all(self) -> None:
        self._read(_ALL)

    @Slot(object)
    def _take(self, found: tuple[str, AuditPage]) -> None:
        patient_id, page = found
        if patient_id == self._patient_id:  # else another patient was opened meanwhile
            self.show_entries(page)

    def show_entries(self, page: AuditPage) -> None:
        """Show entries, latest first, under the filters in force."""
        self._entries, self._total = page.entries, page.total
        entries = page.entries
        self._offer(
            self._forms, tr("All forms"), {(form_words(e), e.form) for e in entries if e.form}
        )
        self._offer(self._people, tr("Everybody"), {(_who(e), e.account) for e in entries})
        self._offer(self._actions, tr("All actions"), {(tr(e.action), e.action) for e in entries})
        self._filter()

    @staticmethod
    def _offer(box: QComboBox, everything: str, found: Iterable[tuple[str, str]]) -> None:
        chosen = box.currentData()
        box.clear()
        box.addItem(everything, "")
        for name, key in sorted(set(found)):
            box.addItem(name, key)
        box.setCurrentIndex(max(box.findData(chosen), 0))

    def go_to(self, place: PatientPlace) -> None:
        """Show the history of one record, or of one of its items."""
        if place.patient_id != self._patient_id:
            self._forget(place.patient_id)
        else:
            self._clear_filters()
        self._record, self._wanted_item = place.record_id, place.item
        self._filter()

    def show_all(self) -> None:
        """Leave the record: everything about the patient again."""
        self._clear_filters()
        self._filter()

    def _clear_filters(self) -> None:
        self._record = ""
        for box in (self._forms, self._items, self._people, self._actions):
            box.setCurrentIndex(0)
        for field in (self._from, self._to, self._words):
            field.clear()

    # --- filters ---------------------------------------------------------------------------

    def _filter(self, *_: object) -> None:
        form = self._forms.currentData() or ""
        own = [e for e in self._entries if self._record in {"", e.record_id}]
        own = [e for e in own if form in {"", e.form}]
        named = {(item_words(e), e.item) for e in own}
        self._offer(self._items, tr("All items"), {one for one in named if one[0]})
        if self._wanted_item and self._record and self._entries:
            self._choose_item()
        tests = self._tests()
        shown = [e for e in own if all(test(e) for test in tests)]
        self.table.set_rows(shown, key="sequence")
        known = len(self._entries)
        words = tr("{shown} of {all} entries", shown=len(shown), all=known)
        if known < self._total:
            words = tr(
                "{shown} of the latest {known}; {all} in all",
                shown=len(shown),
                known=known,
                all=self._total,
            )
        self._rest.setVisible(known < self._total)
        self._number.setText(words)
        self._one.setVisible(bool(self._record))
        self._one_words.setText(self._record_words(own) if self._record else "")

    def _choose_item(self) -> None:
        """Choose the item one came for; never changed, it has no entry and no line to choose."""
        at = self._items.findData(self._wanted_item)
        if at < 0:
            code = next((e.form for e in self._entries if e.record_id == self._record), "")
            self._items.addItem(item_title(code, self._wanted_item), self._wanted_item)
            at = self._items.count() - 1
        self._items.setCurrentIndex(at)
        self._wanted_item = ""

    def _record_words(self, own: list[AuditEntry]) -> str:
        code = next((e.form for e in own if e.form), "")
        return tr("One record: {form}", form=form_title(code)) if code else tr("One record")

    def _tests(self) -> list[Callable[[AuditEntry], bool]]:
        """Return what an entry must satisfy; the entry of a whole record belongs to each item."""
        item = self._items.currentData() or ""
        person = self._people.currentData() or ""
        action = self._actions.currentData() or ""
        words = self._words.text().casefold().split()
        first, last = self._date(self._from), self._date(self._to)
        tests: list[Callable[[AuditEntry], bool]] = []
        if item:
            tests.append(lambda e: e.item == item or (bool(self._record) and item in e.values))
        if person:
            tests.append(lambda e: e.account == person)
        if action:
            tests.append(lambda e: e.action == action)
        if first:
            tests.append(lambda e: _day(e)[: len(first)] >= first)
        if last:
            tests.append(lambda e: _day(e)[: len(last)] <= last)
        if words:
            tests.append(lambda e: all(word in _haystack(e) for word in words))
        return tests

    @staticmethod
    def _date(field: QLineEdit) -> str:
        """Return what was typed when it is a date, a month or a year; mark the field when not."""
        typed = field.text().strip()
        shape = "".join("0" if c.isdigit() else c for c in typed)
        good = len(typed) in {4, 7, 10} and _DATE_SHAPE.startswith(shape)
        set_property(field, "state", "ask" if typed and not good else "")
        return typed if good else ""

    # --- file ------------------------------------------------------------------------------

    def ask_file(self) -> None:
        """Ask for whom and where to, then write the entries shown."""
        name = f"{self._subject}-audit.xlsx"
        dialog = TrailCopyDialog(self.window(), name, len(self.table.shown))
        dialog.chosen.connect(self.export_to)
        dialog.open()

    @Slot(Path, str)
    def export_to(self, path: Path, recipient: str = "") -> None:
        """Write the entries shown into a workbook or a CSV file, by the ending of the name."""
        session = hub().session
        if session is None:
            return
        numbers = frozenset(e.sequence for e in self.table.shown)
        work = partial(_export, session, path, recipient, self._patient_id, numbers)
        self.strip.say("info", tr("Writing {name}…", name=path.name))
        self._job = JobOp(self, work, partial(self._exported, str(path)), self._not_exported)
        self._job.run()

    def _exported(self, path: str, number: int) -> None:
        words = tr("{n} entries written: {name}", n=number, name=path)
        self.strip.say("ok", words, ((tr("Close"), self.strip.clear),))

    def _not_exported(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self.strip.say("refuse", sentence(problem), ((tr("Close"), self.strip.clear),))
        else:
            self.strip.clear()
            hub().problem.emit(problem)

    @Slot(object)
    def _open(self, entry: AuditEntry) -> None:
        """Open the record an entry is about."""
        if entry.visit_id:
            self.visit_wanted.emit(entry.visit_id)
        elif entry.record_id and entry.form in FORMS:
            self.form_wanted.emit(entry.form, entry.record_id)


def _who(entry: AuditEntry) -> str:
    return entry.full_name or entry.account


def _reason(entry: AuditEntry) -> str:
    return reason_words(entry.reason, language()) or entry.justified


def _day(entry: AuditEntry) -> str:
    """Return the ISO date of an entry on its workstation's clock."""
    return local_moment(entry.at, entry.utc_offset).date().isoformat()


def _haystack(entry: AuditEntry) -> str:
    parts = (
        form_words(entry),
        item_words(entry),
        change_words(entry),
        _reason(entry),
        entry.action,
        tr(entry.action),
        entry.account,
        _who(entry),
        local_instant(entry.at, entry.utc_offset),
    )
    return " ".join(parts).casefold()


def _read_of(session: StudySession, patient_id: str, size: int) -> tuple[str, AuditPage]:
    return patient_id, read_history(session, patient_id, size)


def _export(
    session: StudySession,
    out: Path,
    recipient: str,
    patient_id: str,
    numbers: frozenset[int],
    _progress: Progress,
) -> int:
    from lnmonitor.exchange.trail import export_trail
    from lnmonitor.services.audit import AuditFilter

    wanted = AuditFilter(patient_id=patient_id)
    return on_database(
        partial(export_trail, session, out, wanted, only=numbers, recipient=recipient)
    )
