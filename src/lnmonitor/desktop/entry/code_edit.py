"""Choosing one entry of a code list by its number or by letters, from the keyboard.

The list opens under the field while typing and never takes the focus. Nothing is chosen by itself:
a number or Enter on the only match chooses, leaving the field with half a word does not.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from lnmonitor.desktop.entry.edits import TypedEdit
from lnmonitor.desktop.entry.values import EMPTY, Answer, UnreadableError, missing_word
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.theme import theme
from lnmonitor.study.codelists import Code, CodeList

_ROWS_SHOWN = 10
_ROW_UNITS = 5.5


def number_of(code: Code) -> str:
    """Return the number typed for an entry: the code itself where it is one, else its place."""
    return code.code if code.code.isdigit() else str(code.order + 1)


class CodeEdit(TypedEdit):
    """A field for one code of a list."""

    confirm_with_c = False

    def __init__(
        self, codes: CodeList, *, integer: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._codes = codes
        self._integer = integer
        self._list: QListWidget | None = None
        chevron = self.addAction(icon("chevron-down"), QLineEdit.ActionPosition.TrailingPosition)
        chevron.triggered.connect(self._toggle_list)

    def matches(self, typed: str) -> tuple[Code, ...]:
        """Return the entries that a typed number, code or start of a word can mean."""
        wanted = typed.strip().casefold()
        if wanted.isdigit():
            exact = [code for code in self._codes.entries if number_of(code) == wanted]
            begin = [c for c in self._codes.entries if number_of(c).startswith(wanted)]
            return tuple(dict.fromkeys((*exact, *begin)))
        return tuple(code for code in self._codes.entries if _fits(code, wanted))

    def _shown(self, answer: Answer) -> str:
        entry = self._codes.get(answer.value)
        if entry is not None:
            return text_of(entry.text)
        return "" if answer.value is None else str(answer.value)

    def _parse(self, text: str) -> Answer:
        typed = text.strip()
        if not typed:
            return EMPTY
        word = missing_word(typed)
        if word and word not in self._codes.codes:
            return Answer(missing=word)
        exact = [
            code
            for code in self._codes.entries
            if typed.casefold() in {code.code.casefold(), *(t.casefold() for t in code.text)}
            or typed == number_of(code)
        ]
        if len(exact) == 1:
            return self._answer_of(exact[0])
        raise UnreadableError(
            '"{text}" is not one entry of the list.',
            "Type its number or more letters, then Enter.",
            text=typed,
        )

    def _answer_of(self, code: Code) -> Answer:
        return Answer(int(code.code) if self._integer else code.code)

    def _read(self, text: str) -> None:
        super()._read(text)
        self._open(self.matches(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers():
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_current_or_only()
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape and self._list is not None and self._list.isVisible():
            self._close()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._open(self._codes.entries)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._close()
        super().focusOutEvent(event)

    @Slot()
    def _toggle_list(self) -> None:
        if self._list is not None and self._list.isVisible():
            self._close()
        else:
            self.setFocus()
            self._open(self._codes.entries)

    def choose(self, code: Code) -> None:
        """Take an entry."""
        self._close()
        if self.isReadOnly():
            return
        answer = self._answer_of(code)
        self.show_answer(answer)
        self.answered.emit(answer)

    def _take_current_or_only(self) -> None:
        current = self._list.currentItem() if self._list and self._list.isVisible() else None
        if current is not None:
            self.choose(current.data(Qt.ItemDataRole.UserRole))
        elif self.isModified() and self.text().strip():
            found = self.matches(self.text())
            if len(found) == 1:
                self.choose(found[0])
        self._close()

    def _step(self, by: int) -> None:
        if self._list is None or not self._list.isVisible():
            self._open(self._codes.entries)
        if self._list is not None and self._list.count():
            row = self._list.currentRow()
            row = row + by if row >= 0 else (0 if by > 0 else self._list.count() - 1)
            self._list.setCurrentRow(max(0, min(row, self._list.count() - 1)))

    def _open(self, entries: tuple[Code, ...]) -> None:
        if not entries or not self.isVisible() or self.isReadOnly():
            self._close()
            return
        if self._list is None:
            self._list = QListWidget(self.window())
            self._list.setObjectName("codePopup")
            self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._list.itemPressed.connect(self._take_pressed)
            self.destroyed.connect(self._list.deleteLater)
        look = theme()
        self._list.setStyleSheet(
            f"#codePopup {{ border: 1px solid {look.hex('line-field')};"
            f" padding: {look.px(0.5)}px; }}"
            f"#codePopup::item {{ height: {look.px(_ROW_UNITS)}px; }}"
        )
        self._list.clear()
        for code in entries:
            row = QListWidgetItem(f"{number_of(code)}  {text_of(code.text)}")
            row.setData(Qt.ItemDataRole.UserRole, code)
            self._list.addItem(row)
        self._list.setCurrentRow(-1)
        self._place(len(entries))

    def _place(self, count: int) -> None:
        if self._list is None:
            return
        px = theme().px
        height = px(_ROW_UNITS) * min(count, _ROWS_SHOWN) + px(1) + 2
        width = max(self.width(), self._list.sizeHintForColumn(0) + px(6))
        window = self.window()
        below = self.mapTo(window, QPoint(0, self.height() + 1))
        if below.y() + height > window.height():
            below.setY(max(0, self.mapTo(window, QPoint(0, 0)).y() - height))
        left = min(below.x(), max(0, window.width() - width))
        self._list.setGeometry(left, below.y(), width, height)
        self._list.raise_()
        self._list.show()

    def _close(self) -> None:
        if self._list is not None:
            self._list.hide()

    @Slot(QListWidgetItem)
    def _take_pressed(self, row: QListWidgetItem) -> None:
        self.choose(row.data(Qt.ItemDataRole.UserRole))
        self.setFocus()


def _fits(code: Code, wanted: str) -> bool:
    words = f"{code.code} {code.text.en}".casefold().split()
    return (
        any(word.startswith(wanted) for word in words)
        or code.text.en.casefold().startswith(wanted)
        or wanted in code.text.zh.casefold()
    )
