"""One item of a form on the screen: label, field, unit, flag, previous value, trend, range, strip.

Static cells are painted, the field is a real widget. The row reads and writes one item of a
`FormEntry`; which strip is open follows from the entry and the findings alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lnmonitor.desktop.entry.answer_strip import AnswerStrip
from lnmonitor.desktop.entry.edits import TypedEdit
from lnmonitor.desktop.entry.model import FormEntry, ResultEntry
from lnmonitor.desktop.entry.row_paint import Beside, Columns, cell_rects, paint_cells
from lnmonitor.desktop.entry.strips import AskStrip, MissingStrip, ReasonStrip, RefuseStrip, Strip
from lnmonitor.desktop.entry.undo import UndoStack
from lnmonitor.desktop.entry.unit_button import UnitButton
from lnmonitor.desktop.entry.values import Answer, format_date, format_value
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.theme import theme
from lnmonitor.errors import UserError
from lnmonitor.study.checks import Finding
from lnmonitor.study.codelists import decode
from lnmonitor.study.items import Kind

CONFIRMED = "confirmed by the person who entered it"
"""What a confirmation without words is kept as."""
S = TypeVar("S", bound=Strip)
Editor = TypedEdit | AnswerStrip


@dataclass
class RowSetup:
    """What a row needs to be made."""

    entry: FormEntry
    name: str
    editor: Editor
    columns: Columns
    undo: UndoStack
    beside: Beside = field(default_factory=Beside)
    units: Sequence[str] = ()
    host: QVBoxLayout | None = None
    """Where strips open if not under the row itself."""


class ItemRow(QWidget):
    """A row. `left` asks for checks; `next_wanted` for the field after it."""

    left = Signal()
    next_wanted = Signal()
    focused = Signal()
    reason_given = Signal(str, str)
    """Item and reason of a changed saved value."""

    def __init__(self, setup: RowSetup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry, self.name = setup.entry, setup.name
        self.editor, self.columns = setup.editor, setup.columns
        self.beside = setup.beside
        self.plain = False
        """Whether the row stands alone, without ground and hairline."""
        self.findings: tuple[Finding, ...] = ()
        self._undo = setup.undo
        self._problem: UserError | None = None
        self._asked_why = ""
        self._strip: Strip | None = None
        self._before = (self.entry.answer(self.name), self.entry.typed(self.name))
        self._height = theme().measure("row-dense")
        self._layout = setup.host or QVBoxLayout(self)
        if setup.host is None:
            self._layout.setContentsMargins(0, self._height, 0, 1)
            self._layout.setSpacing(0)
        self.unit = UnitButton(setup.units, self) if len(setup.units) > 1 else None
        self._place_editor()
        self._connect()
        self._show_entry()

    # ---- making
    def _place_editor(self) -> None:
        self.editor.setParent(self)
        self.editor.setAccessibleName(
            ", ".join(filter(None, (self.beside.label, self.beside.unit)))
        )
        self._describe()
        if self.unit is not None:
            self.unit.chosen.connect(self._take_unit)

    def _connect(self) -> None:
        self.editor.answered.connect(self._take)
        self.editor.unread.connect(self._take_unread)
        self.editor.left.connect(self._leave)
        self.editor.entered.connect(self._enter)
        self.editor.escaped.connect(self._escape)
        self.editor.confirmed.connect(self._confirm)
        self.editor.focused.connect(self._enter_field)
        self.entry.changed.connect(self._entry_changed)

    def set_read_only(self) -> None:
        """Show the value only, readable, for who may not enter data."""
        self.editor.setReadOnly(True)
        if self.unit is not None:
            self.unit.setEnabled(False)

    @property
    def strip(self) -> Strip | None:
        """The open strip, None if there is none."""
        return self._strip if self._strip is not None and not self._strip.isHidden() else None

    # ---- what the editor says
    @Slot(object)
    def _take(self, answer: Answer) -> None:
        self._problem = None
        self.entry.set(self.name, answer)
        if isinstance(self.editor, AnswerStrip):
            self._undo.commit()  # each answer is a step, also before the strip is left

    @Slot(str, object)
    def _take_unread(self, text: str, problem: UserError) -> None:
        self._problem = problem
        self.entry.set_unreadable(self.name, text)

    @Slot()
    def _enter_field(self) -> None:
        self._before = (self.entry.answer(self.name), self.entry.typed(self.name))
        self.update()
        self.focused.emit()

    @Slot()
    def _leave(self) -> None:
        if self._before != (self.entry.answer(self.name), self.entry.typed(self.name)):
            self._commit()
        self._show_entry()

    def _commit(self) -> None:
        self._undo.commit()
        self._before = (self.entry.answer(self.name), self.entry.typed(self.name))
        self._show_entry()
        self.left.emit()

    @Slot()
    def _enter(self) -> None:
        """Enter: the first opens what is to be asked, the second goes on."""
        before = self.strip
        self._commit()
        now = self.strip
        if isinstance(now, ReasonStrip):
            now.code.setFocus()
        elif now is None and self._asks_why_missing():
            strip = self._open(MissingStrip)
            strip.ask(self.entry.answer(self.name).missing)
            strip.code.setFocus()
        elif now is None or now is before or isinstance(self.editor, AnswerStrip):
            self.next_wanted.emit()

    def _asks_why_missing(self) -> bool:
        """Whether a missing code was just typed: asked once, answered or not."""
        missing = self.entry.answer(self.name).missing
        fresh = self.name in self.entry.changed_names and self.name not in self.entry.justified
        asked, self._asked_why = self._asked_why, missing
        return bool(missing) and fresh and asked != missing and isinstance(self.editor, TypedEdit)

    @Slot()
    def _escape(self) -> None:
        """Esc: what was typed gives way to what is saved."""
        self._problem = None
        for name in self._without_reason() or (self.name,):
            self.entry.restore(name)
        self._commit()

    @Slot()
    def _confirm(self) -> None:
        if isinstance(self.strip, AskStrip):
            self.strip.confirm()

    @Slot(str)
    def _take_unit(self, unit: str) -> None:
        self._undo.commit()  # what is being typed is a step of its own
        before = self.entry.answer("unit")
        self.entry.set("unit", Answer(unit))
        self._undo.commit()
        if before != self.entry.answer("unit"):
            self.left.emit()

    @Slot(str)
    def _entry_changed(self, name: str) -> None:
        if name in {"", self.name, "unit"}:
            if not self.entry.typed(self.name):
                self._problem = None
            self._show_entry()
            if name == "":
                self.judge(())

    def _show_entry(self) -> None:
        self.editor.show_answer(self.entry.answer(self.name), self.entry.typed(self.name))
        if self.unit is not None:
            self.unit.show_unit(str(self.entry.value("unit") or ""))
        self.update()

    def show_beside(self, **cells: object) -> None:
        """Change painted cells: a flag, a note, a proposal's mark."""
        self.beside = replace(self.beside, **cells)  # type: ignore[arg-type]
        self._describe()
        self.update()

    def _describe(self) -> None:
        cell = cell_rects(self.columns).get("label")
        metrics = QFontMetrics(theme().font("body", 600))
        cut = cell is not None and metrics.horizontalAdvance(self.beside.label) > cell.width()
        self.setToolTip(self.beside.label if cut else "")
        self._describe_editor()

    def _describe_editor(self) -> None:
        """Say the painted cells to a screen reader; a strip says its answer instead."""
        if isinstance(self.editor, AnswerStrip):
            return
        beside = self.beside
        said = (
            beside.flag,
            beside.standard,
            tr("before {value}", value=beside.previous) if beside.previous else "",
            tr("expected {range}", range=beside.range) if beside.range else "",
        )
        self.editor.setAccessibleDescription(", ".join(filter(None, said)))

    # ---- findings and strips
    def judge(self, findings: Sequence[Finding]) -> None:
        """Take the findings of the entry and open, change or close the strip."""
        self.findings = tuple(found for found in findings if self._concerns(found))
        self.editor.asking = False
        state = ""
        if refusal := self._refusal():
            self._open(RefuseStrip).refuse(refusal)
            state = "refuse"
        elif question := self._question():
            self._open(AskStrip).ask(text_of(question.message), deviation=question.deviation)
            self.editor.asking = True
            state = "ask"
        elif pending := self._without_reason():
            self._open(ReasonStrip).ask(*self._old_and_new(pending[0]))
        else:
            self._close_strip()
        self.editor.set_state(state)

    def _concerns(self, found: Finding) -> bool:
        if isinstance(self.entry, ResultEntry):
            return True  # the only row of its record
        first = next(iter(self.entry.form_type.items()))
        return found.item == self.name or (found.item is None and self.name == first)

    def _refusal(self) -> str:
        if self.entry.typed(self.name):
            return self._said(self._problem)
        refused = [found for found in self.findings if found.level == "refuse"]
        return text_of(refused[0].message) if refused else ""

    def _said(self, problem: UserError | None) -> str:
        if problem is None:
            return tr('"{text}" cannot be read.', text=self.entry.typed(self.name))
        sentences = (problem.message, problem.remedy)
        return " ".join(tr(one).format(**problem.params) for one in sentences if one)

    def _without_reason(self) -> tuple[str, ...]:
        """Return the changed items that this row asks a reason for: a result's row for all."""
        pending = self.entry.needs_reason
        if isinstance(self.entry, ResultEntry):
            return pending
        return tuple(name for name in pending if name == self.name)

    def _old_and_new(self, name: str) -> tuple[str, str]:
        if name == self.name and "unit" in self._without_reason():
            units = (str(self.entry.saved("unit").value or ""), str(self.entry.value("unit") or ""))
            return (
                f"{self.words(self.entry.saved(name))} {units[0]}".strip(),
                f"{self.words()} {units[1]}".strip(),
            )
        return self.words(self.entry.saved(name), name), self.words(self.entry.answer(name), name)

    def _question(self) -> Finding | None:
        asked = (found for found in self.findings if found.level == "ask")
        return next((f for f in asked if (f.item or "") not in self.entry.justified), None)

    def _open(self, kind: Callable[[], S]) -> S:
        if type(self._strip) is not kind:
            self._close_strip()
            self._strip = kind()
            self._layout.addWidget(self._strip)
            self._wire(self._strip)
        return cast("S", self._strip)

    def _wire(self, strip: Strip) -> None:
        before: QWidget = self.editor
        for field_of_strip in strip.fields:
            self.setTabOrder(before, field_of_strip)
            before = field_of_strip
        strip.done.connect(self._strip_done)
        strip.back.connect(self.focus_editor)
        if isinstance(strip, AskStrip):
            strip.confirmed.connect(self._justify)
            strip.retype.connect(self.focus_editor)
            strip.not_done.connect(self._set_not_done)
        elif isinstance(strip, RefuseStrip):
            strip.retype.connect(self.focus_editor)
            strip.restore.connect(self._escape)
        elif isinstance(strip, MissingStrip):
            strip.given.connect(self._say_why_missing)
        elif isinstance(strip, ReasonStrip):
            strip.given.connect(self._give_reason)
            strip.escaped.connect(self._restore_from_strip)

    def _close_strip(self) -> None:
        if self._strip is not None:
            self._layout.removeWidget(self._strip)
            self._strip.hide()
            self._strip.deleteLater()
            self._strip = None

    @Slot(str)
    def _justify(self, why: str) -> None:
        question = self._question()
        item = self.name if question is None else question.item or ""
        self._undo.commit()
        self.entry.justify(item, why or CONFIRMED)
        self._undo.commit()
        self.left.emit()

    @Slot(str)
    def _give_reason(self, why: str) -> None:
        for name in self._without_reason():
            self.entry.give_reason(name, why)
            self.reason_given.emit(name, why)
        self._undo.commit()
        self.left.emit()

    @Slot(str)
    def _say_why_missing(self, why: str) -> None:
        self.entry.justify(self.name, why)
        self._undo.commit()

    @Slot()
    def _strip_done(self) -> None:
        if isinstance(self.strip, MissingStrip):
            self._close_strip()
        if isinstance(self.strip, ReasonStrip):
            self.strip.code.setFocus()
        else:
            self.next_wanted.emit()

    @Slot()
    def _set_not_done(self) -> None:
        self._take(Answer(missing="ND"))
        self._commit()
        self.next_wanted.emit()

    @Slot()
    def _restore_from_strip(self) -> None:
        self._escape()
        self.focus_editor()

    @Slot()
    def focus_editor(self) -> None:
        """Put the cursor into the field."""
        self.editor.setFocus(Qt.FocusReason.TabFocusReason)

    def words(self, answer: Answer | None = None, name: str = "") -> str:
        """Return an answer (the row's present one without argument) as read in a sentence."""
        answer = self.entry.answer(self.name) if answer is None else answer
        if answer.missing:
            return answer.missing
        if answer.value is None:
            return tr("empty")
        field = self.entry.form_type.items()[name or self.name]
        if field.kind is Kind.CODE and field.item.codes:
            return decode(field.item.codes, answer.value, language())
        if field.kind in (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME):
            return format_date(str(answer.value), language())
        return f"{answer.operator} {format_value(answer.value)}".strip()

    def _unsaved(self) -> bool:
        return self.name in self.entry.changed_names or bool(self.entry.typed(self.name))

    # ---- geometry and painting
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cells = cell_rects(self.columns)
        cell = cells["editor"]
        is_strip = isinstance(self.editor, AnswerStrip)
        size = self.editor.sizeHint()
        width = size.width() if is_strip else cell.width()
        height = size.height() if is_strip else theme().measure("field")
        top = (self._height - height) // 2
        self.editor.setGeometry(cell.left(), top, width, height)
        if self.unit is not None and "unit" in cells:
            self.unit.setGeometry(cells["unit"].adjusted(-theme().px(1), top, 0, -top))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().y() <= self._height:
            self.focus_editor()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        if self.editor.hasFocus() and not self.plain:
            painter.fillRect(0, 0, self.width(), self._height, look.color("bg-selected"))
        if not self.plain:
            painter.setPen(look.color("line-soft"))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self.name in self.entry.recovered and self._unsaved():
            painter.fillRect(0, 0, 3, self._height, look.color("warn-line"))
        with_unit = self.unit is None or self.unit.isHidden()
        paint_cells(painter, self.columns, self.beside, with_unit=with_unit)
