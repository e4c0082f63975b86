"""What the charts share: marks that can be pressed, text at a place, axis lines."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from lnmonitor.desktop.theme import Role, theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_FAR = 4000.0  # wider than any text, so that alignment alone places it


@dataclass(frozen=True)
class Mark:
    """A place that stands for patients: pressing it opens them."""

    area: QRectF
    words: str
    subjects: tuple[str, ...]


class Chart(QWidget):
    """A painted chart; `draw` fills it and notes its marks."""

    chosen = Signal(object)
    """Subject ids of the mark a person pressed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.marks: list[Mark] = []
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme().px(40))

    def draw(self, painter: QPainter) -> None:
        """Paint everything and append to `marks`."""
        raise NotImplementedError

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.marks = []
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter)

    # --- marks -----------------------------------------------------------------------------

    def mark(self, area: QRectF, words: str, subjects: tuple[str, ...]) -> None:
        """Note a mark drawn."""
        self.marks.append(Mark(area, words, subjects))

    def _under(self, place: QPointF) -> Mark | None:
        return next((m for m in reversed(self.marks) if m.area.contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._under(event.position())
        if found is not None and found.subjects:
            self.chosen.emit(found.subjects)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._under(event.position())
        hand = found is not None and found.subjects
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            found = self._under(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), found.words if found else "", self)
            return True
        return super().event(event)

    # --- painting --------------------------------------------------------------------------

    @staticmethod
    def write(
        painter: QPainter,
        x: float,
        y: float,
        words: str,
        *,
        align: Qt.AlignmentFlag = CENTRE,
        tone: str = "text-2",
        role: Role = "small",
        weight: int = 400,
    ) -> None:
        """Write words at a point: centred on it, or beginning or ending there."""
        painter.setFont(theme().font(role, weight))
        painter.setPen(theme().color(tone))
        high = theme().px(5)
        if align == LEFT:
            box = QRectF(x, y - high / 2, _FAR, high)
        elif align == RIGHT:
            box = QRectF(x - _FAR, y - high / 2, _FAR, high)
        else:
            box = QRectF(x - _FAR / 2, y - high / 2, _FAR, high)
        painter.drawText(box, align, words)

    @staticmethod
    def line(
        painter: QPainter, start: QPointF, end: QPointF, tone: str, width: float = 1.0
    ) -> None:
        """Draw a straight line in a colour token."""
        painter.setPen(QPen(theme().color(tone), width))
        painter.drawLine(start, end)


def nice_top(value: float) -> tuple[float, float]:
    """Return a round axis end at or above `value` and the step of its ticks."""
    if value <= 0:
        return 1.0, 1.0
    size = 10.0 ** len(str(int(value))) / 10 if value >= 1 else 0.1
    for step in (0.5, 1, 2, 2.5, 5):
        ticks = value / (step * size)
        if ticks <= 5:
            count = int(ticks) + (0 if ticks == int(ticks) else 1)
            return count * step * size, step * size
    return 10 * size, 2 * size
