"""The one live score in large figures, and its range on a scale with the previous value."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label


class RangeScale(QWidget):
    """A scale from 0 to a round maximum: the present range as a bar, the previous value a tick."""

    def __init__(self) -> None:
        super().__init__()
        self._low = self._high = 0
        self._known = False
        self._previous: int | None = None
        self._previous_name = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_range(
        self, low: int, high: int, *, previous: int | None = None, name: str = ""
    ) -> None:
        """Show a range; `name` is the visit of the previous value."""
        self._low, self._high, self._known = low, high, True
        self._previous, self._previous_name = previous, name
        self.update()

    def clear(self) -> None:
        """Show no value."""
        self._known = False
        self.update()

    @property
    def maximum(self) -> int:
        """The end of the scale: 20, or the next multiple of 20 above all values."""
        highest = max(self._high if self._known else 0, self._previous or 0)
        return max(20, -(-highest // 20) * 20)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(60), theme().px(10))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = look.px
        middle, thick = px(2.5), px(1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("line-strong"))
        painter.drawRect(QRectF(0, middle - thick / 2, self.width(), thick))
        if self._known:
            self._paint_range(painter, middle, thick)
        self._paint_words(painter, middle)

    def _x(self, value: float) -> float:
        return min(1.0, value / self.maximum) * (self.width() - 2) + 1

    def _paint_range(self, painter: QPainter, middle: float, thick: float) -> None:
        look = theme()
        left, right = self._x(self._low), self._x(self._high)
        painter.setBrush(look.color("series-1"))
        painter.drawRect(QRectF(left, middle - thick / 2, max(right - left, 2), thick))
        painter.setPen(QPen(look.color("accent"), 2))
        for edge in (left, right):
            painter.drawLine(int(edge), int(middle - thick), int(edge), int(middle + thick))
        if self._previous is not None:
            painter.setPen(QPen(look.color("text-2"), 1.5))
            at = int(self._x(self._previous))
            painter.drawLine(at, int(middle - thick * 1.3), at, int(middle + thick * 1.3))

    def _paint_words(self, painter: QPainter, middle: float) -> None:
        look = theme()
        painter.setFont(look.font("caption"))
        painter.setPen(look.color("text-muted"))
        metrics = QFontMetrics(look.font("caption"))
        base = int(middle + look.px(2)) + metrics.ascent()
        end = str(self.maximum)
        painter.drawText(self.width() - metrics.horizontalAdvance(end), base, end)
        if self._previous is not None and self._known:
            words = f"{self._previous_name}: {self._previous}"
            width = metrics.horizontalAdvance(words)
            left = self._x(self._previous) - width / 2
            room = self.width() - metrics.horizontalAdvance(end) - look.px(2) - width
            painter.drawText(int(max(0, min(left, room))), base, words)


class ScoreBox(QWidget):
    """Name, the score or its range in large figures, the scale."""

    def __init__(self, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._name = name
        self.value = label("–", "score", selectable=True)
        self.scale = RangeScale()
        column.addWidget(label(name, "small", "text-2", weight=600))
        column.addWidget(self.value)
        column.addWidget(self.scale)

    def show_score(
        self, low: int, high: int, *, previous: int | None = None, previous_name: str = ""
    ) -> None:
        """Show a score (`low` equals `high`) or a range."""
        words = str(low) if low == high else f"{low}–{high}"
        self.value.setText(words)
        self.value.setAccessibleName(f"{self._name} {words}")
        self.scale.show_range(low, high, previous=previous, name=previous_name)

    def clear(self) -> None:
        """Show that there is no score yet."""
        self.value.setText("–")
        self.scale.clear()
