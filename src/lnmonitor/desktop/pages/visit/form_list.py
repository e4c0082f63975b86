"""The forms of a visit with their state and count: the tabs of the paper binder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lnmonitor.desktop.entry.row_paint import paint_text
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import paint_icon
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.key_line import KeyLine
from lnmonitor.desktop.widgets.text import label


@dataclass(frozen=True)
class FormState:
    """One line: `state` is "empty", "part", "done" or "wrong"."""

    key: str
    title: str
    count: str
    state: str
    unsaved: bool = False


class FormLine(QWidget):
    """One form of the list."""

    chosen = Signal(str)

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self._state: FormState | None = None
        self._current = False
        self.setFixedHeight(theme().measure("nav-item"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_state(self, state: FormState, *, current: bool) -> None:
        """Show a state."""
        self._state, self._current = state, current
        words = {"done": tr("complete"), "wrong": tr("to be corrected")}.get(state.state, "")
        unsaved = tr("not saved") if state.unsaved else ""
        self.setAccessibleName(" ".join(filter(None, (state.title, state.count, words, unsaved))))
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.chosen.emit(self.key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._state is None:
            return
        look, px = theme(), theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("bg-selected"))
            painter.drawRoundedRect(self.rect(), px(1), px(1))
        self._paint_mark(painter)
        unsaved = self._state.unsaved
        count_font = look.font("small", 600 if unsaved else 400)
        count = self._state.count
        width = QFontMetrics(count_font).horizontalAdvance(count)
        area = self.rect().adjusted(px(7), 0, -px(2) - width - px(1), 0)
        font = look.font("body", 600 if self._current else 400)
        paint_text(painter, area, self._state.title, "accent" if self._current else "text", font)
        right = self.rect().adjusted(self.width() - px(2) - width, 0, 0, 0)
        paint_text(painter, right, count, "accent" if unsaved else "text-2", count_font)

    def _paint_mark(self, painter: QPainter) -> None:
        look, px = theme(), theme().px
        state = self._state.state if self._state else "empty"
        side = px(3.5)
        box = QRectF(px(2), (self.height() - side) / 2, side, side)
        if state == "wrong":
            paint_icon(painter, "warning", box, look.color("serious"))
        elif state == "done":
            paint_icon(painter, "check", box, look.color("ok"))
        else:
            filled = self._current
            tone = look.color("accent" if self._current else "line-field")
            painter.setPen(QPen(tone, 1.3))
            painter.setBrush(tone if filled else Qt.BrushStyle.NoBrush)
            inset = side * 0.18
            painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))


class FormList(QWidget):
    """The list at the left of the page."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self.setProperty("ground", "subtle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(theme().measure("form-list"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(2), px(3), px(2), px(3))
        column.setSpacing(px(0.25))
        self.head = label("", "small", "text-2")
        self.head.setContentsMargins(px(2), 0, 0, px(1))
        column.addWidget(self.head)
        self._lines: dict[str, FormLine] = {}
        self._place = QVBoxLayout()
        self._place.setSpacing(px(0.25))
        column.addLayout(self._place)
        column.addStretch(1)
        self._keys = QVBoxLayout()
        self._keys.setSpacing(0)
        column.addLayout(self._keys)

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Print the most useful keys at the foot."""
        while self._keys.count():
            item = self._keys.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for pair in keys:
            self._keys.addWidget(KeyLine([pair]))

    def show_states(self, head: str, states: Sequence[FormState], current: str) -> None:
        """Show the forms in order."""
        self.head.setText(head)
        if list(self._lines) != [state.key for state in states]:
            self._make([state.key for state in states])
        for state in states:
            self._lines[state.key].show_state(state, current=state.key == current)

    def _make(self, keys: Sequence[str]) -> None:
        for line in self._lines.values():
            self._place.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = {}
        for key in keys:
            line = FormLine(key)
            line.chosen.connect(self._tell)
            self._place.addWidget(line)
            self._lines[key] = line

    @Slot(str)
    def _tell(self, key: str) -> None:
        self.chosen.emit(key)
