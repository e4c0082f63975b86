"""Windows about drafts: what is typed beside what is saved, and discarding with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.entry.factory import DATES
from lnmonitor.desktop.entry.values import format_date, format_value
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import WriteOp, after_journal
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.journal import DraftView, Place, discard_all, drafts
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import codelist, decode
from lnmonitor.study.forms import FORMS, LabResult
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession


@dataclass(frozen=True)
class DraftLine:
    """One item of a draft beside what is saved."""

    form: str
    item: str
    saved: str
    typed: str


def draft_lines(data: PatientData, found: Sequence[DraftView]) -> list[DraftLine]:
    """Return every item of some drafts of a patient, forms in their usual order."""
    order = list(FORMS)
    ranked = sorted(
        found, key=lambda d: order.index(d.place.form) if d.place.form in order else len(order)
    )
    return [line for draft in ranked for line in _lines(data, draft)]


def _lines(data: PatientData, draft: DraftView) -> list[DraftLine]:
    record = next((r for r in data.records if r.id == draft.place.record_id), None)
    title, form = text(draft.form), FORMS.get(draft.place.form)
    made = []
    for name, typed in {**draft.values, **draft.missing}.items():
        is_code = name in draft.missing
        made.append(
            DraftLine(
                title,
                _label(draft, record, form, name),
                _saved(record, form, name),
                typed if is_code else _words(form, name, typed) or tr("empty"),
            )
        )
    for name, typed in draft.aside.items():
        made.append(DraftLine(title, tr("{item}, not in this form any more", item=name), "", typed))
    return made


def _label(
    draft: DraftView, record: Record[Form] | None, form: type[Form] | None, name: str
) -> str:
    if form is LabResult:
        code = str(record.form.get("analyte")) if record is not None else draft.place.record_id
        title = text(ANALYTES[code].name) if code in ANALYTES else code
        return title if name == "value" else f"{title}, {form.label(name, language())}"
    return form.label(name, language()) if form is not None else name


def _saved(record: Record[Form] | None, form: type[Form] | None, name: str) -> str:
    if record is None:
        return ""
    value = record.form.get(name)
    if value is None:
        return record.missing.get(name, "")
    return _words(form, name, format_value(value))


def _words(form: type[Form] | None, name: str, typed: str) -> str:
    """Return a text with codes and dates as they are read; what is neither stays as typed."""
    field = form.items().get(name) if form is not None else None
    if field is None:
        return typed
    if field.item.codes and typed in codelist(field.item.codes).codes:
        return decode(field.item.codes, typed, language())
    return format_date(typed, language()) if field.kind in DATES else typed


class CompareDialog(QDialog):
    """The items of a draft, each beside what is saved. Nothing is changed here."""

    def __init__(self, parent: QWidget, title: str, lines: Sequence[DraftLine]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.table = RowTable(
            [
                Column(tr("Form"), lambda one: one.form, tone="text-2"),
                Column(tr("Item"), lambda one: one.item, tip=lambda one: one.item),
                Column(tr("Saved"), lambda one: one.saved or "–", tone="text-2"),
                Column(tr("Typed"), lambda one: one.typed, weight=600, tip=lambda one: one.typed),
            ],
            row_units=theme().measure("row-dense") / theme().u,
            name=title,
        )
        self.table.set_rows(lines)
        close = button(tr("Close"), self.close, kind="primary")
        close.setDefault(True)
        layout = column(
            label(title, "page"),
            self.table,
            row(None, close),
            margins=(6, 5, 6, 5),
            spacing=4,
        )
        layout.setStretch(1, 1)
        self.setLayout(layout)
        height = min(self.table.whole_height() + theme().px(36), theme().px(150))
        self.resize(theme().px(190), max(height, theme().px(70)))


class DiscardDialog(SmallForm):
    """Asks why drafts are thrown away; the trail keeps that and when, not what they said."""

    def __init__(
        self, parent: QWidget, words: str, places: Sequence[Place], done: Callable[[], object]
    ) -> None:
        super().__init__(parent, tr("Discard what was typed"), tr("Discard"))
        self._places, self._done = tuple(places), done
        self.explain(words)
        self.reason = QLineEdit()
        self.add(tr("Reason"), self.reason)

    def save(self) -> None:
        """Discard, with the reason typed."""
        if not self.reason.text().strip():
            self.strip.say("ask", tr("Say why."))
            self.reason.setFocus()
            return
        self.save_button.setEnabled(False)
        work = partial(_discard, places=self._places, reason=self.reason.text())
        WriteOp(self, work, self.saved, self.refused).run()

    def saved(self, changes: object) -> None:
        """Close, and let the caller forget what it holds."""
        super().saved(changes)
        self._done()


def _discard(session: StudySession, *, places: Sequence[Place], reason: str) -> ChangeSet:
    """Discard what lies at the places; one typed a moment ago is kept first, so that it counts."""
    after_journal()
    there = [one.place for one in drafts(session) if one.place in places]
    return discard_all(session, there, reason) if there else ChangeSet()
