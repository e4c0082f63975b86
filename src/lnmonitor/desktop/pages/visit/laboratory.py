"""The laboratory grid: analyte, value, unit, flag, previous value, trend, range in force.

A wrong digit shows against the last value and the range before it is saved. A value stays in the
unit in which the laboratory reported it; its standard value is shown beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout

from lnmonitor.desktop.dialogs.paste import PasteDialog, PasteRow
from lnmonitor.desktop.entry.code_edit import CodeEdit
from lnmonitor.desktop.entry.edits import DateEdit, has_block
from lnmonitor.desktop.entry.factory import make_result_editor
from lnmonitor.desktop.entry.item_row import ItemRow, RowSetup
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.paste import PastedLine, read_block
from lnmonitor.desktop.entry.row_paint import Beside, Columns
from lnmonitor.desktop.entry.values import Answer, format_number
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.pages.visit.form_view import FormView, Heading, HeadRow, label_units
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.errors import UserError
from lnmonitor.study.analytes import Analyte, Range, analyte, convert, reference_range
from lnmonitor.study.checks.finding import age_on
from lnmonitor.study.codelists import codelist, decode
from lnmonitor.study.forms import Demographics, LabResult
from lnmonitor.study.items import Kind
from lnmonitor.study.records import Record

GROUPS = {
    "haematology": "Blood count",
    "chemistry": "Chemistry",
    "urine": "Urine",
    "immunology": "Serology",
    "kidney": "Measured GFR",
}
_TREND_POINTS = 8


class LaboratoryView(FormView):
    """All results of a visit, by group; each row is a record of its own."""

    def build(self) -> None:
        """Add the groups with their dates and rows."""
        entries = self.binder.entries(self.key)
        names = [text_of(analyte(_code(entry)).name) for entry in entries]
        self.columns = Columns(
            label=label_units(names, most=34),
            editor=17,
            unit=13,
            flag=11,
            previous=11,
            trend=13,
            range=17,
            gap=1.5,
        )
        self._dates: dict[str, DateEdit] = {}
        self._grades: dict[str, int] = {}
        self._places: dict[str, QVBoxLayout] = {}
        self.title_bar(
            text_of(LabResult.title), tr("unit: Ctrl+U, a block from a spreadsheet: Ctrl+V")
        )
        self.column.addWidget(self._head())
        for group, title in GROUPS.items():
            rows = [entry for entry in entries if analyte(_code(entry)).group == group]
            if rows:
                self._add_group(group, title, rows)
        if self.binder.loaded.may_edit:
            self._add_chooser()
        self.binder.visit.changed.connect(self._visit_changed)
        self.binder.rows_changed.connect(self._renew_rows)

    def _head(self) -> HeadRow:
        visit = self.binder.previous_visit
        texts = Beside(
            label=tr("Analyte"),
            unit=tr("Unit"),
            flag=tr("Flag"),
            previous=str(visit.form.visit_code) if visit else tr("Before"),
            range=tr("Range"),
        )
        return HeadRow(self.columns, texts, tr("Value"))

    def _add_group(self, group: str, title: str, entries: Sequence[FormEntry]) -> None:
        heading = Heading(tr(title))
        heading.row.insertWidget(1, label(tr("collected"), "small", "text-muted"))
        edit = DateEdit(Kind.PARTIAL_DATE, self.binder.today)
        edit.setAccessibleName(tr("{group}: collected", group=tr(title)))
        edit.setFixedWidth(theme().px(27))
        edit.setProperty("group", group)
        edit.setReadOnly(not self.binder.loaded.may_edit)
        edit.answered.connect(self._date_typed)
        edit.left.connect(self._date_left)
        edit.entered.connect(self._date_entered)
        heading.row.insertWidget(2, edit)
        self._dates[group] = edit
        self.column.addWidget(heading)
        place = QVBoxLayout()
        place.setSpacing(0)
        self._places[group] = place
        self.column.addLayout(place)
        for entry in entries:
            self._add_result(entry, place)
        self._show_date(group)

    def _add_result(self, entry: FormEntry, place: QVBoxLayout) -> ItemRow:
        one = analyte(_code(entry))
        earlier = self.binder.earlier_results(one.code)
        visit = self.binder.previous_visit
        at_previous = [r for r in earlier if visit is not None and r.visit_id == visit.id]
        reference = self._reference(one)
        beside = Beside(
            label=text_of(one.name),
            unit=one.unit,
            previous=_reported(one, at_previous[-1]) if at_previous else "",
            range=range_text(reference),
        )
        units = one.all_units if len(one.all_units) > 1 else ()
        row = self.row(
            RowSetup(
                entry,
                "value",
                make_result_editor(one),
                self._columns_of(one),
                self.binder.undo,
                beside,
                units,
            ),
            place,
        )
        entry.changed.connect(self._result_changed)
        row.reason_given.connect(self._share_reason)
        self._mark(row)
        return row

    def _columns_of(self, one: Analyte) -> Columns:
        """A result in words takes the room of the unit that it does not have."""
        if not one.codes:
            return self.columns
        wide = self.columns.editor + self.columns.gap + self.columns.unit
        return replace(self.columns, editor=wide, unit=0)

    # ---- dates of collection
    def _group_rows(self, group: str) -> list[ItemRow]:
        return [row for row in self.rows if analyte(_code(row.entry)).group == group]

    @Slot(object)
    def _date_typed(self, answer: Answer) -> None:
        edit = self.sender()
        edit.setProperty("typed", answer.value)
        for row in self._group_rows(str(edit.property("group"))):
            if row.entry.record is None:
                row.entry.prefill("collected_on", answer.value)

    @Slot()
    def _date_left(self) -> None:
        """Take the date for saved results too: each is a saved value changed."""
        edit = self.sender()
        group, day = str(edit.property("group")), edit.property("typed")
        edit.setProperty("typed", None)
        for row in self._group_rows(group) if day else ():
            if row.entry.record is not None and row.entry.value("collected_on") != day:
                row.entry.set("collected_on", Answer(day))
                self.judge(row.entry)
        self.binder.undo.commit()
        self._show_date(group)

    @Slot(str, str)
    def _share_reason(self, name: str, why: str) -> None:
        """One reason for a date of collection is the reason for its whole group."""
        given = self._sender_row()
        if name != "collected_on" or given is None:
            return
        for row in self._group_rows(analyte(_code(given.entry)).group):
            if name in row.entry.needs_reason:
                row.entry.give_reason(name, why)
                self.judge(row.entry)

    @Slot()
    def _date_entered(self) -> None:
        rows = self._group_rows(str(self.sender().property("group")))
        if rows:
            rows[0].focus_editor()

    def _show_date(self, group: str) -> None:
        rows = self._group_rows(group)
        dates = [str(row.entry.value("collected_on") or "") for row in rows]
        known = [day for day in dates if day]
        own = self.binder.visit_date
        day = known[0] if known else (own.isoformat() if own else "")
        self._dates[group].show_answer(Answer(day or None))

    @Slot(str)
    def _visit_changed(self, name: str) -> None:
        if name in {"", "visit_date"}:
            for group in self._dates:
                self._show_date(group)

    # ---- flags
    @Slot(str)
    def _renew_rows(self, key: str) -> None:
        """Follow an undone or redone analyte that the protocol does not ask for."""
        if key != self.key:
            return
        entries = self.binder.entries(key)
        for row in [row for row in self.rows if row.entry not in entries]:
            self.rows.remove(row)
            row.hide()
            row.deleteLater()
        shown = {row.entry for row in self.rows}
        for entry in entries:
            if entry not in shown:
                self._add_to_group(entry)

    @Slot(str)
    def _result_changed(self, name: str) -> None:
        entry = self.sender()
        if name == "" and isinstance(entry, FormEntry):
            self._show_date(self._group_of(_code(entry)))  # undone, redone or saved
        for row in self.rows:
            if row.entry is entry:
                self._grades.pop(_code(row.entry), None)  # of the value before
                self._mark(row)

    def show_grades(self, grades: Mapping[str, int | None]) -> None:
        """Show CTCAE grades of 1 and more after the flags."""
        self._grades = {code: grade for code, grade in grades.items() if grade}
        for row in self.rows:
            self._mark(row)

    def _reference(self, one: Analyte) -> Range:
        record = self.binder.data.one(Demographics)
        demographics = record.form if record else None
        day = self.binder.reference_date
        age = age_on(demographics, day)
        sex = demographics.sex if demographics else None
        return reference_range(one.code, sex, age, day.isoformat())

    def _mark(self, row: ItemRow) -> None:
        """Show flag, standard value and trend of what stands in the field."""
        one = analyte(_code(row.entry))
        answer = row.entry.answer("value")
        unit = str(row.entry.value("unit") or one.unit)
        standard = standard_value(one, answer, unit)
        flag = flag_of(standard, answer.operator, self._reference(one))
        grade = self._grades.get(one.code)
        if grade and standard is not None:
            flag = f"{flag} {grade}".strip()
        in_standard = ""
        if standard is not None and unit != one.unit:
            in_standard = f"= {float(f'{standard:.4g}'):g}"
        points = [
            r.form.canonical_value
            for r in self.binder.earlier_results(one.code)
            if r.form.canonical_value is not None
        ]
        if standard is not None:
            points.append(standard)
        trend = tuple(float(point) for point in points[-_TREND_POINTS:])
        note = tr(row.entry.justified.get("value", "")) if answer.missing else ""
        limits = note or range_text(self._reference(one))  # without a value, why, not the range
        row.show_beside(range=limits, flag=flag, standard=in_standard, trend=trend, unit=unit)

    # ---- a block from a spreadsheet
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def paste(self) -> None:
        """Show what the clipboard's block would fill in; nothing is filled in before it is seen."""
        lines = read_block(QGuiApplication.clipboard().text()) if has_block() else ()
        if lines and self.binder.loaded.may_edit:
            rows = [PasteRow(line, self._present(line)) for line in lines]
            PasteDialog(self.window(), rows, partial(self._fill_in, rows)).open()

    def _row_of(self, code: str) -> ItemRow | None:
        return next((row for row in self.rows if _code(row.entry) == code), None)

    def _present(self, line: PastedLine) -> str:
        row = self._row_of(line.code)
        if row is None:
            return ""
        typed = row.entry.typed("value")
        return typed if typed or row.entry.answer("value").empty else row.words()

    def _fill_in(self, rows: Sequence[PasteRow]) -> None:
        """Fill in the lines that can be: one step of undo, a remark in the history for each."""
        self.binder.undo.commit()
        first: ItemRow | None = None
        for one in rows:
            row = self._made_row(one.line.code) if one.taken else None
            if row is None:
                continue
            if one.line.unit != (row.entry.value("unit") or one.line.unit):
                row.entry.set("unit", Answer(one.line.unit))
            row.entry.set("value", one.line.answer)
            row.entry.remarks.append("pasted from a spreadsheet")
            self.judge(row.entry)
            first = first or row
        self.binder.undo.commit()
        if first is not None:
            first.focus_editor()

    # ---- an analyte more
    def _made_row(self, code: str) -> ItemRow:
        """Return the row of an analyte, made where the protocol does not ask for it."""
        return self._row_of(code) or self._add_to_group(self.binder.add_result(code))

    def _group_of(self, code: str) -> str:
        """Return the group under which an analyte stands, the first where its own is not there."""
        group = analyte(code).group
        return group if group in self._places else next(iter(self._places))

    def _add_to_group(self, entry: FormEntry) -> ItemRow:
        row = self._add_result(entry, self._places[self._group_of(_code(entry))])
        self.rows.sort(key=lambda one: list(GROUPS).index(analyte(_code(one.entry)).group))
        return row

    def _add_chooser(self) -> None:
        heading = Heading(tr("Another result"), tr("name, then Enter"))
        self._chooser = CodeEdit(codelist("ANALYTE"))
        self._chooser.setFixedWidth(theme().px(50))
        self._chooser.setAccessibleName(tr("Another result"))
        self._chooser.answered.connect(self._remember_choice)
        self._chooser.entered.connect(self._take_choice)
        self._choice = Answer()
        heading.row.insertWidget(1, self._chooser)
        self.column.addWidget(heading)

    @Slot(object)
    def _remember_choice(self, answer: Answer) -> None:
        self._choice = answer

    @Slot()
    def _take_choice(self) -> None:
        code = str(self._choice.value or "")
        if not code:
            self.finished.emit()
            return
        row = self._made_row(code)
        self.binder.undo.commit()
        self._choice = Answer()
        self._chooser.show_answer(self._choice)
        row.focus_editor()


def _code(entry: FormEntry) -> str:
    return str(entry.value("analyte"))


def standard_value(one: Analyte, answer: Answer, unit: str) -> float | None:
    """Return a typed result in the analyte's standard unit, None where there is no number."""
    if answer.value is None or isinstance(answer.value, str):
        return None
    try:
        return convert(one.code, float(answer.value), unit)
    except UserError:
        return None  # the check of the entry says so at the field


def flag_of(standard: float | None, operator: str, reference: Range) -> str:
    """Return L, H or "" for a value in the standard unit against the range in force.

    "< x" can only be called low or normal by its limit, "> x" only high: else no flag.
    """
    if standard is None:
        return ""
    if reference.low is not None and standard < reference.low and not operator.startswith(">"):
        return "L"
    if reference.high is not None and standard > reference.high and not operator.startswith("<"):
        return "H"
    return ""


def range_text(reference: Range) -> str:
    """Return the range in force as read beside the field."""
    low, high = (
        None if side is None else format_number(side, None)
        for side in (reference.low, reference.high)
    )
    if low is not None and high is not None:
        return f"{low}–{high}" if reference.low else f"≤ {high}"
    if high is not None:
        return f"≤ {high}"
    return f"≥ {low}" if low is not None else ""


def _reported(one: Analyte, record: Record[LabResult]) -> str:
    form = record.form
    if form.text:
        return decode(one.codes, form.text, language()) if one.codes else form.text
    if form.canonical_value is None:
        return record.missing.get("value", "")
    number = format_number(round(form.canonical_value, 4), grouped=True)
    return f"{form.operator} {number}" if form.operator else number
