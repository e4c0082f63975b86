"""The history: every entry of the audit trail about this patient, with filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout

from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.patient.lens import Lens
from lnmonitor.desktop.pages.patient.view import PatientView
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import instant
from lnmonitor.study.forms import FORMS

if TYPE_CHECKING:
    from lnmonitor.services.audit import AuditEntry
    from lnmonitor.services.session import StudySession

_MOST = 5000


def read_history(session: StudySession, patient_id: str) -> tuple[AuditEntry, ...]:
    """Read the latest entries about a patient."""
    from lnmonitor.services.audit import entries

    return entries(session, patient_id=patient_id, limit=_MOST)


def local_instant(entry: AuditEntry) -> str:
    """Return when it was, on the clock of the workstation that wrote it."""
    moment = datetime.fromisoformat(entry.at)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    sign = -1 if entry.utc_offset.startswith("-") else 1
    digits = entry.utc_offset.lstrip("+-").replace(":", "")
    if len(digits) >= 4 and digits[:4].isdigit():
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
        moment = moment.astimezone(timezone(sign * offset))
    return instant(moment)


def form_name(entry: AuditEntry) -> str:
    """Return the form's title; its code where no such form exists."""
    form = FORMS.get(entry.form)
    return text(form.title) if form is not None else entry.form


def item_name(entry: AuditEntry) -> str:
    """Return the item's label; the entry's own word where it is not an item."""
    form = FORMS.get(entry.form)
    if form is not None and entry.item in form.items():
        return form.label(entry.item, language())
    return entry.item


def change_words(entry: AuditEntry) -> str:
    """Return old and new value; for a record as a whole its values with their labels."""
    if entry.old or entry.new:
        return f"{entry.old or '–'} → {entry.new or '–'}" if entry.old else entry.new
    form = FORMS.get(entry.form)
    if form is None:
        return ""
    given = {name: entry.values.get(name) for name in form.items()}
    return ", ".join(
        f"{form.label(name, language())}: {value}"
        for name, value in given.items()
        if isinstance(value, str | int | float)
    )


class HistoryLens(Lens):
    """Read when shown; filtered here by form, person and words."""

    def __init__(self) -> None:
        super().__init__()
        self._patient_id = ""
        self._entries: tuple[AuditEntry, ...] = ()
        self._forms, self._people = QComboBox(), QComboBox()
        self._words = QLineEdit()
        self._words.setPlaceholderText(tr("word, value or reason"))
        self._number = label("", "small", "text-2")
        for field, name in (
            (self._forms, tr("Form")),
            (self._people, tr("Person")),
            (self._words, tr("Filter")),
        ):
            field.setAccessibleName(name)
        columns = (
            Column(
                tr("When"), local_instant, order=lambda e: e.sequence, sample="12 May 2026 09:42 "
            ),
            Column(tr("Who"), lambda e: e.full_name or e.account, sample="Administrator"),
            Column(tr("Action"), lambda e: tr(e.action), sample="flag acknowledged"),
            Column(tr("Form"), form_name, units=42, tip=form_name),
            Column(tr("Item"), item_name, units=40, tip=item_name),
            Column(tr("Old → new"), change_words, tip=change_words, weight=500),
            Column(tr("Reason"), lambda e: e.reason or e.justified, units=40, tip=_reason),
        )
        self.table = RowTable(columns, row_units=6.5, name=tr("History"))
        self.table.opened.connect(self._open)
        self._lay_out()
        self._forms.activated.connect(self._filter)
        self._people.activated.connect(self._filter)
        self._words.textChanged.connect(self._filter)
        self.setFocusProxy(self.table)

    def _lay_out(self) -> None:
        px = theme().px
        filters = QHBoxLayout()
        filters.setContentsMargins(px(4), px(2), px(4), px(2))
        filters.setSpacing(px(2))
        for words, field, width in (
            (tr("Form"), self._forms, 50),
            (tr("Person"), self._people, 36),
            (tr("Filter"), self._words, 50),
        ):
            filters.addWidget(label(words, "small", "text-2"))
            field.setFixedWidth(px(width))
            filters.addWidget(field)
        filters.addStretch(1)
        filters.addWidget(self._number)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(2), 0, px(2), 0)
        column.setSpacing(0)
        column.addLayout(filters)
        column.addWidget(self.table, 1)

    def show_view(self, view: PatientView) -> None:
        """Read the patient's entries."""
        self._patient_id = view.story.patient_id
        work = partial(read_history, patient_id=self._patient_id)
        ReadOp(self, work, self.show_entries).run()

    @Slot(object)
    def show_entries(self, entries: tuple[AuditEntry, ...]) -> None:
        """Show entries, latest first, under the filters in force."""
        self._entries = entries
        self._offer(self._forms, tr("All forms"), {form_name(e) for e in entries if e.form})
        self._offer(self._people, tr("Everybody"), {e.full_name or e.account for e in entries})
        self._filter()

    @staticmethod
    def _offer(box: QComboBox, everything: str, names: set[str]) -> None:
        chosen = box.currentText()
        box.clear()
        box.addItem(everything, "")
        for name in sorted(names):
            box.addItem(name, name)
        box.setCurrentIndex(max(box.findText(chosen), 0))

    def _filter(self, *_: object) -> None:
        form, person = self._forms.currentData() or "", self._people.currentData() or ""
        words = self._words.text().casefold().split()
        shown = [
            e
            for e in self._entries
            if form in {"", form_name(e)}
            and person in {"", e.full_name or e.account}
            and all(word in _haystack(e) for word in words)
        ]
        self.table.set_rows(shown, key="sequence")
        self._number.setText(
            tr("{shown} of {all} entries", shown=len(shown), all=len(self._entries))
        )

    @Slot(object)
    def _open(self, entry: AuditEntry) -> None:
        """Open the record an entry is about."""
        if entry.visit_id:
            self.visit_wanted.emit(entry.visit_id)
        elif entry.record_id and entry.form in FORMS:
            self.form_wanted.emit(entry.form, entry.record_id)


def _reason(entry: AuditEntry) -> str:
    return entry.reason or entry.justified


def _haystack(entry: AuditEntry) -> str:
    parts = (
        form_name(entry),
        item_name(entry),
        change_words(entry),
        _reason(entry),
        entry.action,
        entry.account,
        local_instant(entry),
    )
    return " ".join(parts).casefold()
