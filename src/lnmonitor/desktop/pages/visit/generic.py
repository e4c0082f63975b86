"""Any form, item by item: what the form class says is all there is to know."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from lnmonitor.desktop.entry.answer_strip import AnswerStrip
from lnmonitor.desktop.entry.factory import DATES, make_editor
from lnmonitor.desktop.entry.item_row import RowSetup
from lnmonitor.desktop.entry.model import FormEntry, visible_items
from lnmonitor.desktop.entry.row_paint import Beside, Columns
from lnmonitor.desktop.entry.values import format_date, format_number
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.pages.visit.form_view import (
    FormView,
    Heading,
    HeadRow,
    group_title,
    label_units,
    limits_text,
)
from lnmonitor.desktop.theme import theme
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import VitalSigns
from lnmonitor.study.items import Form, ItemField, Kind
from lnmonitor.study.records import Record

_WIDE = 46.0
_NUMBER = 17.0
_TEXT = 84.0
_HINTS = {
    Kind.DATE: "t, 3/7, 2026-05-12",
    Kind.PARTIAL_DATE: "2026, 2026-05, 3/7",
    Kind.DATETIME: "t 14:30, 3/7 14:30",
}


class GenericView(FormView):
    """One form with one record."""

    def build(self) -> None:
        """Add a row for each item, under the headings of its groups."""
        entry = self.binder.entries(self.key)[0]
        self.title_bar(text_of(entry.form_type.title))
        add_items(self, entry, self.column)


def add_items(view: FormView, entry: FormEntry, into: QVBoxLayout, *, head: bool = True) -> None:
    """Add a row for each item of an entry to a form view."""
    items = visible_items(entry.form_type)
    base = Columns(label=label_units([text_of(f.item.label) for f in items.values()], most=96))
    compared = entry.form_type is VitalSigns and entry.value("timepoint") is None
    previous = view.binder.previous(entry.form_type) if compared else None
    if head and previous is not None:
        into.addWidget(_head(view, base))
    group = ""
    for name, field in items.items():
        if group_title(field) != group:
            group = group_title(field)
            if group:
                into.addWidget(Heading(group))
            else:
                into.addSpacing(theme().px(3))
        view.row(item_setup(view, entry, name, base, previous), into)


def item_setup(
    view: FormView,
    entry: FormEntry,
    name: str,
    base: Columns,
    previous: Record[Form] | None = None,
) -> RowSetup:
    """Return what the row of an item needs."""
    field = entry.form_type.items()[name]
    editor = make_editor(field, view.binder.today)
    beside = Beside(
        label=text_of(field.item.label),
        unit=unit_text(field.item.unit),
        range=_HINTS.get(field.kind, "") or limits_text(field),
        previous=shown(field, previous.form.get(name)) if previous else "",
    )
    narrow = field.kind in (Kind.NUMBER, Kind.INTEGER)
    columns = Columns(
        label=base.label,
        editor=_NUMBER if narrow else _TEXT if field.kind is Kind.TEXT else _WIDE,
        unit=_WIDE - _NUMBER - 2 if narrow else 0,
        flag=0,
        previous=base.previous if previous else 0,
        trend=0,
        range=0 if field.kind is Kind.TEXT else 34,
    )
    if isinstance(editor, AnswerStrip):
        editor.setFixedSize(editor.sizeHint())
    return RowSetup(entry, name, editor, columns, view.binder.undo, beside)


def unit_text(unit: str) -> str:
    """Return a unit in the person's language: words are translated, symbols stay."""
    return tr(unit) if unit in {"years", "months"} else unit


def shown(field: ItemField, value: object) -> str:
    """Return a saved value as read beside the field."""
    if value is None:
        return ""
    if field.item.codes:
        return decode(field.item.codes, str(value), language())
    if isinstance(value, int | float):
        return format_number(value, grouped=True)
    return format_date(str(value), language()) if field.kind in DATES else str(value)


def summary(entry: FormEntry, names: Sequence[str]) -> str:
    """Return some items of an entry in one line, for the row of a log."""
    parts = []
    for name in names:
        field = entry.form_type.items()[name]
        answer = entry.answer(name)
        words = answer.missing or shown(field, answer.value)
        if words and field.item.unit:
            words = f"{words} {field.item.unit}"
        if words:
            parts.append(words)
    return "  ".join(parts)


def _head(view: FormView, base: Columns) -> HeadRow:
    visit = view.binder.previous_visit
    columns = Columns(label=base.label, editor=_NUMBER, unit=_WIDE - _NUMBER - 2, flag=0, trend=0)
    texts = Beside(
        label=tr("Item"),
        unit=tr("Unit"),
        previous=str(visit.form.visit_code) if visit else "",
        range=tr("Expected"),
    )
    head = HeadRow(columns, texts, tr("Value"))
    head.setMinimumWidth(theme().px(10))
    return head
