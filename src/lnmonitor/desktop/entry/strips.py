"""The strips that open under a row: is this right, this cannot be, why was it changed.

A strip opens and closes at once, takes no focus and covers nothing. Its buttons have keys.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from lnmonitor.desktop.entry.code_edit import CodeEdit, number_of
from lnmonitor.desktop.entry.values import Answer
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import button, label, set_property
from lnmonitor.language import Text
from lnmonitor.study.codelists import Code, CodeList, codelist
from lnmonitor.study.reasons import CHANGE_REASONS, LATE_REASONS, OTHER, coded_reason

_ICONS = {
    "ask": ("warning", "warn"),
    "refuse": ("cross", "serious"),
    "reason": ("history", "accent"),
}


class LineEdit(QLineEdit):
    """A short free text in a strip: Enter accepts, Esc closes."""

    accepted = Signal()
    escaped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class Strip(QFrame):
    """Frame, icon and text of every strip; `kind` is "ask", "refuse" or "reason".

    `fields` are what can be typed into, in the order of the Tab key.
    """

    narrow_u: ClassVar[float] = 110
    """Below this width, in base units, the fields stand under the words."""
    done = Signal()
    """The strip is answered: go on to the next field."""
    back = Signal()
    """Return to the field."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: tuple[QWidget, ...] = ()
        self.setObjectName("message")
        set_property(self, "kind", kind)
        px = theme().px
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(px(2), px(0.5), px(2), px(0.5))
        self._whole.setSpacing(px(2))
        self._icon = QLabel()
        self._icon.setPixmap(icon(*_ICONS[kind]).pixmap(px(3.5)))
        self._text = label("", wrap=True, selectable=True)
        self._text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        words = QHBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self._icon)
        words.addWidget(self._text, 1)
        self._whole.addLayout(words, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(px(2))
        self._whole.addLayout(self._row)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put fields and buttons under the words where there is no room beside them."""
        super().resizeEvent(event)
        narrow = self.width() < theme().px(self.narrow_u)
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(down if narrow else right)
        for made in self.findChildren(QPushButton):
            # The style sheet's own least width lets a layout cut the words of a button.
            made.setMinimumWidth(made.sizeHint().width())

    @property
    def text(self) -> str:
        """What the strip says."""
        return self._text.text()

    def _say(self, text: str) -> None:
        self._text.setText(text)
        self.setAccessibleName(text)


class AskStrip(Strip):
    """An unexpected value: confirm it, retype it, or say that there is none.

    Where confirming records a protocol deviation, the reason must be typed.
    """

    confirmed = Signal(str)
    """Carries the reason typed, maybe empty."""
    retype = Signal()
    not_done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ask", parent)
        self._deviation = False
        self.why = LineEdit()
        _between(self.why, 14, 30)
        self.fields = (self.why,)
        self.why.accepted.connect(self._accept)
        self.why.escaped.connect(self.back)
        self._confirm = button(tr("Yes, correct  C"), self.confirm, kind="primary", small=True)
        self._retype = button(tr("Retype"), self.retype.emit, small=True)
        self._nd = button(tr("ND"), self.not_done.emit, kind="quiet", small=True)
        for made in (self.why, self._confirm, self._retype, self._nd):
            self._row.addWidget(made)
        for made in (self._confirm, self._retype, self._nd):
            made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def ask(self, text: str, *, deviation: bool) -> None:
        """Open with a question."""
        self._deviation = deviation
        self._say(text)
        self.why.setPlaceholderText(tr("Why") if deviation else tr("Why, if needed"))
        self.why.setAccessibleName(self.why.placeholderText())
        words = tr("Keep, deviation  C") if deviation else tr("Yes, correct  C")
        self._confirm.setText(words)
        self._nd.setVisible(not deviation)
        self.show()

    @Slot()
    def confirm(self) -> None:
        """Confirm at once, or go to the reason where one is needed."""
        if self._deviation and not self.why.text().strip():
            self.why.setFocus()
        else:
            self._accept()

    @Slot()
    def _accept(self) -> None:
        why = self.why.text().strip()
        if self._deviation and not why:
            return
        self.why.clear()
        self.confirmed.emit(why)
        self.done.emit()


class RestStrip(Strip):
    """Says how many open items a key will answer together, and waits for that key again."""

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("reason", parent)
        self._yes = button(tr("Answer No"), self.accepted.emit, kind="primary", small=True)
        self._yes.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._row.addWidget(self._yes)

    def say(self, text: str, *, possible: bool) -> None:
        """Open; without items to answer there is no button."""
        self._say(text)
        self._yes.setVisible(possible)
        self.show()


MISSING_REASONS = CodeList(
    "MISSING",
    tuple(
        Code(code, text, place)
        for place, (code, text) in enumerate(
            {
                "NOT ORDERED": Text("not ordered", "未开单"),
                "DELAYED": Text("result outstanding", "结果未回"),
                "SAMPLE": Text("sample lost or unfit", "样本丢失或不合格"),
                "REFUSED": Text("patient refused", "患者拒绝"),
                "FORGOTTEN": Text("forgotten", "遗漏"),
                "DEVICE": Text("device not available", "设备不可用"),
            }.items()
        )
    ),
)
"""Why there is no value, chosen by digit."""


class MissingStrip(Strip):
    """There is no value: why, by digit; Enter alone leaves it at ND, UNK or NA."""

    given = Signal(str)
    """Carries the reason in English words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("reason", parent)
        self.code = CodeEdit(MISSING_REASONS)
        self.code.setAccessibleName(tr("Why is there no value"))
        self.code.setFixedWidth(theme().px(44))
        self.fields = (self.code,)
        self._answer = Answer()
        self._row.addWidget(self.code)
        self.code.answered.connect(self._take)
        self.code.entered.connect(self._accept)
        self.code.escaped.connect(self.back)

    def ask(self, missing: str) -> None:
        """Open for a missing code."""
        listed = _listed(MISSING_REASONS)
        self._say(tr("{code}: why? {reasons}. Enter: no reason.", code=missing, reasons=listed))
        self.show()

    @Slot(object)
    def _take(self, answer: Answer) -> None:
        self._answer = answer

    @Slot()
    def _accept(self) -> None:
        chosen = MISSING_REASONS.get(self._answer.value)
        if chosen is not None:
            self.given.emit(chosen.text.en)
        self.done.emit()


def _listed(codes: CodeList) -> str:
    return "  ".join(f"{number_of(code)} {text_of(code.text)}" for code in codes.entries)


class RefuseStrip(Strip):
    """A value that cannot be: why, and the way out."""

    retype = Signal()
    restore = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("refuse", parent)
        retype = button(tr("Retype"), self.retype.emit, small=True)
        restore = button(tr("Restore  Esc"), self.restore.emit, kind="quiet", small=True)
        for made in (retype, restore):
            made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._row.addWidget(made)

    def refuse(self, text: str) -> None:
        """Open with the reason of refusal."""
        self._say(text)
        self.show()


def _between(field: QWidget, least: float, most: float) -> None:
    """Let a field give way in a narrow column, in base units."""
    field.setMinimumWidth(theme().px(least))
    field.setMaximumWidth(theme().px(most))
    field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class CodedStrip(Strip):
    """A coded reason by digit, then a text; "other" needs the text."""

    given = Signal(str)
    """Carries the reason as the trail keeps it."""
    escaped = Signal()

    def __init__(self, codes: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__("reason", parent)
        self.code = CodeEdit(codelist(codes))
        self.code.setAccessibleName(name)
        _between(self.code, 15, 44)
        self.note = LineEdit()
        self.note.setAccessibleName(tr("Note to the reason"))
        self.note.setPlaceholderText(tr("Source, note"))
        _between(self.note, 12, 28)
        self.fields = (self.code, self.note)
        self._answer = Answer()
        self._go = button("", self.accept, kind="primary", small=True)
        self._leave = button("", self.escaped.emit, kind="quiet", small=True)
        for made in (self.code, self.note, self._go, self._leave):
            self._row.addWidget(made)
        for made in (self._go, self._leave):
            made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.code.answered.connect(self._take_code)
        self.code.unread.connect(self._forget_code)
        self.code.entered.connect(self._code_entered)
        self.code.escaped.connect(self.escaped)
        self.code.left.connect(self._show_code)
        self.note.accepted.connect(self.accept)
        self.note.escaped.connect(self.escaped)

    def _open(self, text: str) -> None:
        """Open with empty fields; what is typed in an open strip stays."""
        self._say(text)
        for made in (self._go, self._leave):
            made.setMinimumWidth(made.sizeHint().width())
        if self.isHidden():
            self._answer = Answer()
            self.code.setModified(False)
            self.code.show_answer(self._answer)
            self.note.clear()
        self.show()

    @Slot(object)
    def _take_code(self, answer: Answer) -> None:
        self._answer = Answer() if answer.missing else answer

    @Slot(str, object)
    def _forget_code(self, _text: str, _problem: object) -> None:
        self._answer = Answer()

    @Slot()
    def _show_code(self) -> None:
        self.code.show_answer(self._answer)

    @Slot()
    def _code_entered(self) -> None:
        self._show_code()
        if self._answer.value is not None:
            self.note.setFocus()

    @Slot()
    def accept(self) -> None:
        """Give the reason, or go where it is not complete."""
        if self._answer.value is None:
            self.code.setFocus()
            return
        note = self.note.text().strip()
        if self._answer.value == OTHER and not note:
            self.note.setFocus()  # "other" says nothing without words
            return
        self.given.emit(coded_reason(str(self._answer.value), note))
        self.done.emit()


class ReasonStrip(CodedStrip):
    """A saved value was changed: old, new, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(CHANGE_REASONS, tr("Reason of the change"), parent)
        self.code.setPlaceholderText(tr("Reason 1-6"))
        self._leave.setText(tr("Restore"))

    def ask(self, old: str, new: str) -> None:
        """Open with the old and the new value."""
        self._go.setText(tr("Keep {new}", new=new) if len(new) < 10 else tr("Keep"))
        self._open(tr("Saved: {old} → {new}. Why?", old=old, new=new))


class LateStrip(CodedStrip):
    """What is being saved lies long back: why it comes now. Enter on the code answers."""

    narrow_u: ClassVar[float] = 200

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(LATE_REASONS, tr("Why is it entered late"), parent)
        self.code.setPlaceholderText(tr("Reason 1-4"))
        px = theme().px
        self._whole.setContentsMargins(px(2.5), px(2), px(2.5), px(2))  # as a page's messages
        self._go.setText(tr("Save"))
        self._leave.setText(tr("Not now  Esc"))

    def ask(self, text: str) -> None:
        """Open with what is late, the cursor on the code."""
        self._open(f"{text}\n{_listed(codelist(LATE_REASONS))}")
        self.code.setFocus()

    @Slot()
    def _code_entered(self) -> None:
        self._show_code()
        self.accept()
