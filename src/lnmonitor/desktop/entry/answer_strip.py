"""One answer out of a few, joined in a strip: No, Yes, ND; answered by a key that also advances.

One painted widget instead of a button for each answer: BILAG alone has over five hundred of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lnmonitor.desktop.entry.values import EMPTY, Answer, Value
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.theme import theme
from lnmonitor.study.codelists import CodeList


@dataclass(frozen=True)
class Segment:
    """One answer of a strip: `keys` are the characters that choose it; `strong` means present."""

    answer: Answer
    label: str
    keys: str
    strong: bool = False


def segments_of(codes: CodeList, *, integer: bool = False) -> tuple[Segment, ...]:
    """Return the segments of a code list, with ND at the end.

    No, Yes are 0 and 1; a list of numbers is answered by these numbers, any other by the place.
    """

    def value(code: str) -> Value:
        return int(code) if integer else code

    made: list[Segment] = []
    if {"N", "Y"} <= set(codes.codes):
        made = [
            Segment(Answer("N"), tr("No"), "0"),
            Segment(Answer("Y"), tr("Yes"), "1yY", strong=True),
        ]
        rest = [entry for entry in codes.entries if entry.code not in ("N", "Y")]
        made += [
            Segment(Answer(entry.code), text_of(entry.text), str(place))
            for place, entry in enumerate(rest, start=2)
        ]
    elif all(code.isdigit() for code in codes.codes):
        made = [
            Segment(Answer(value(code)), code, code, strong=code != "0") for code in codes.codes
        ]
    else:
        made = [
            Segment(Answer(value(entry.code)), text_of(entry.text), str(place), strong=True)
            for place, entry in enumerate(codes.entries, start=1)
        ]
    return (*made, Segment(Answer(missing="ND"), "ND", "nN"))


_OTHER_MISSING = {"u": Answer(missing="UNK"), "a": Answer(missing="NA")}


class AnswerStrip(QWidget):
    """The strip. Signals as the other editors; `entered` also after an answering key."""

    answered = Signal(object)
    unread = Signal(str, object)
    left = Signal()
    entered = Signal()
    escaped = Signal()
    confirmed = Signal()
    focused = Signal()

    def __init__(self, segments: Sequence[Segment], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asking = False
        self._segments = tuple(segments)
        self._answer = EMPTY
        self._proposed: Answer | None = None
        self._state = ""
        self._read_only = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_answer(self, answer: Answer, _typed: str = "") -> None:
        """Show an answer."""
        if answer != self._answer:
            self._answer = answer
            self.updateGeometry()
            self.update()
            event = QAccessibleEvent(self, QAccessible.Event.ValueChanged)
            QAccessible.updateAccessibility(event)
        self.setAccessibleDescription(self.text())

    def propose(self, answer: Answer | None) -> None:
        """Mark what the laboratory proposes; Enter takes it while the item is unanswered."""
        if answer != self._proposed:
            self._proposed = answer
            self.update()

    def set_state(self, state: str) -> None:
        """Take the look of "ask", "refuse" or none."""
        if state != self._state:
            self._state = state
            self.update()

    def setReadOnly(self, read_only: bool) -> None:
        """Show the answer only."""
        self._read_only = read_only
        self.setCursor(
            Qt.CursorShape.ArrowCursor if read_only else Qt.CursorShape.PointingHandCursor
        )

    def text(self) -> str:
        """Return the answer in words, "" while there is none."""
        for segment in self._shown():
            if segment.answer == self._answer:
                return segment.label
        return ""

    def _shown(self) -> tuple[Segment, ...]:
        """Return the segments; ND becomes UNK or NA where that is the answer."""
        other = self._answer.missing
        if other in {"", "ND"}:
            return self._segments
        return (*self._segments[:-1], Segment(self._answer, other, "nN"))

    # ---- keys and mouse
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, typed = event.key(), event.text()
        by_key = {char: segment for segment in self._segments for char in segment.keys}
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._answer.empty and self._proposed is not None:
                self._take(self._proposed)
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
            event.ignore()  # the form may have a strip of its own to close
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._take(EMPTY)
        elif typed in by_key:
            self._take(by_key[typed].answer)
            self.entered.emit()
        elif typed.lower() == "c" and self.asking:
            self.confirmed.emit()
        elif typed.lower() in _OTHER_MISSING:
            self._take(_OTHER_MISSING[typed.lower()])
            self.entered.emit()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for segment, rect in zip(self._shown(), self._rects(), strict=True):
            if rect.contains(event.position().toPoint()):
                self._take(EMPTY if segment.answer == self._answer else segment.answer)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
        self.left.emit()

    def _take(self, answer: Answer) -> None:
        if self._read_only:
            return
        self.show_answer(answer)
        self.answered.emit(answer)

    # ---- geometry and painting
    def _font(self, *, strong: bool) -> QFont:
        return theme().font("small", 600 if strong else 400)

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(self._font(strong=True))
        pad, least = theme().px(3), theme().px(6.5)
        return [
            max(least, metrics.horizontalAdvance(segment.label) + pad) for segment in self._shown()
        ]

    def _rects(self) -> list[QRect]:
        rects, left = [], 0
        for width in self._widths():
            rects.append(QRect(left, 0, width, self.height()))
            left += width
        return rects

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + 1, theme().px(5))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rects = self._rects()
        whole = QRectF(0.5, 0.5, sum(r.width() for r in rects), self.height() - 1)
        outline = QPainterPath()
        outline.addRoundedRect(whole, look.px(0.75), look.px(0.75))
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), look.color("bg-panel"))
        for segment, rect in zip(self._shown(), rects, strict=True):
            self._paint_segment(painter, segment, rect)
        painter.setPen(QPen(look.color("line-strong"), 1))
        for rect in rects[1:]:
            painter.drawLine(rect.left(), 1, rect.left(), self.height() - 2)
        painter.setClipping(False)
        edge = {"ask": "warn-line", "refuse": "serious"}.get(self._state, "line-field")
        edge = "accent" if self.hasFocus() else edge
        painter.setPen(QPen(look.color(edge), 2 if self.hasFocus() or self._state else 1))
        painter.drawRoundedRect(whole, look.px(0.75), look.px(0.75))

    def _paint_segment(self, painter: QPainter, segment: Segment, rect: QRect) -> None:
        look = theme()
        chosen = segment.answer == self._answer
        ground, ink = "", "text-2"
        if chosen and segment.answer.missing:
            ground, ink = "warn-soft", "warn"
        elif chosen:
            ground, ink = ("series-1", "bg-panel") if segment.strong else ("bg-hover", "text")
        if ground:
            painter.fillRect(rect, look.color(ground))
        painter.setFont(self._font(strong=chosen))
        painter.setPen(look.color(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, segment.label)
        if self._answer.empty and segment.answer == self._proposed:
            pen = QPen(look.color("accent"), 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRect(rect.adjusted(2, 2, -3, -3))
