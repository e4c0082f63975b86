"""Text fields of the entry forms: numbers, words, dates. Never spin boxes, never calendars.

An edit reads what is typed at every keystroke and tells it; it never swallows a key and never
changes what was typed while the cursor is in it. Shared signals of all editors of an item:
`answered(Answer)`, `unread(str, UserError)`, `left()`, `entered()`, `escaped()`, `confirmed()`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from lnmonitor.desktop.entry.paste import is_block
from lnmonitor.desktop.entry.values import (
    Answer,
    format_date,
    format_number,
    format_value,
    parse_answer,
    parse_day,
    parse_instant,
    parse_result,
)
from lnmonitor.desktop.i18n import language
from lnmonitor.errors import UserError
from lnmonitor.study.items import ItemField, Kind


class TypedEdit(QLineEdit):
    """A line edit that reads its text as the answer of an item."""

    answered = Signal(object)
    unread = Signal(str, object)
    left = Signal()
    entered = Signal()
    escaped = Signal()
    confirmed = Signal()
    focused = Signal()

    confirm_with_c = True
    """Whether `C` can mean "yes, correct": not where a letter may be part of the value."""
    leaves_blocks = False
    """Whether a pasted block of several cells is for the view around the field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asking = False
        self._answer = Answer()
        self._unread_text = ""
        self.textEdited.connect(self._read)

    def show_answer(self, answer: Answer, typed: str = "") -> None:
        """Show an answer, or the text that could not be read."""
        self._answer, self._unread_text = answer, typed
        if self.isModified():
            return  # the person is typing: their text stays as it is until the field is left
        shown = typed or answer.missing or self._shown(answer)
        if shown != self.text():
            self.setText(shown)
        if (self.property("state") or "missing") == "missing":
            self.set_state("")

    def set_state(self, state: str) -> None:
        """Take the look of "ask", "refuse", "missing" or none."""
        state = state or ("missing" if self._answer.missing else "")
        if (self.property("state") or "") != state:
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)

    def _shown(self, answer: Answer) -> str:
        raise NotImplementedError

    def _parse(self, text: str) -> Answer:
        raise NotImplementedError

    def _read(self, text: str) -> None:
        try:
            answer = self._parse(text)
        except UserError as problem:
            self.unread.emit(text, problem)
            return
        self._answer = answer
        self.answered.emit(answer)

    def event(self, event: QEvent) -> bool:
        # The page's keys undo and redo answers; the edit's own work only while text is typed.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) and not self.isModified()
            redo = event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            if undo or redo:
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.setModified(False)
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.setModified(False)
            self.escaped.emit()
        elif key == Qt.Key.Key_C and not control and self.asking and self.confirm_with_c:
            self.confirmed.emit()
        elif self.leaves_blocks and event.matches(QKeySequence.StandardKey.Paste) and has_block():
            event.ignore()
        elif control and key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_U):
            event.ignore()  # previous form, next form, unit: the page's keys
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setModified(False)
            self.left.emit()


def has_block() -> bool:
    """Return whether the clipboard holds several cells of a spreadsheet."""
    return is_block(QGuiApplication.clipboard().text())


class ValueEdit(TypedEdit):
    """A number or a text. Numbers stand right, take a decimal comma, and ND, UNK, NA as words."""

    def __init__(self, field: ItemField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.confirm_with_c = field.kind is not Kind.TEXT
        if field.kind is not Kind.TEXT:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _shown(self, answer: Answer) -> str:
        return format_value(answer.value)

    def _parse(self, text: str) -> Answer:
        return parse_answer(text, self._field)


class ResultEdit(TypedEdit):
    """A laboratory number with an operator before it: "<0.5", "> 800"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _shown(self, answer: Answer) -> str:
        if answer.value is None or isinstance(answer.value, str):
            return str(answer.value or "")
        number = format_number(answer.value)
        return f"{answer.operator} {number}" if answer.operator else number

    def _parse(self, text: str) -> Answer:
        return parse_result(text)


class DateEdit(TypedEdit):
    """A date, partial date or instant; `today` gives what "t" and a time alone mean."""

    confirm_with_c = True

    def __init__(
        self, kind: Kind, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._today = today

    def _shown(self, answer: Answer) -> str:
        iso = str(answer.value or "")
        return iso.replace("T", " ") if self.hasFocus() else format_date(iso, language())

    def _parse(self, text: str) -> Answer:
        if self._kind is Kind.DATETIME:
            return parse_instant(text, today=self._today())
        return parse_day(text, today=self._today(), partial=self._kind is Kind.PARTIAL_DATE)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.show_answer(self._answer, self._unread_text)
        self.selectAll()
