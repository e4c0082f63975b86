"""Where a label may stand: above, below or beside its point, never on a line, else nowhere.

A label that finds no free place is left out; the readout has its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

Segment = tuple[QPointF, QPointF]


@dataclass
class Label:
    """A text with the places it may take, best first: (x, y, side) around an anchor in pixels.

    Sides: "right", "left", "above", "below" of the anchor; "start" and "end" centre the text on the
    anchor's height and begin or end there.
    """

    text: str
    font: QFont
    color: QColor
    places: Sequence[tuple[float, float, str]]
    gap: float = 6.0


@dataclass
class LabelSetter:
    """Places labels one after the other; earlier ones keep their place."""

    bounds: QRectF
    segments: list[Segment] = field(default_factory=list)
    taken: list[QRectF] = field(default_factory=list)

    def place(self, label: Label) -> QRectF | None:
        """Return the first free rectangle for the label, None when there is none."""
        metrics = QFontMetricsF(label.font)
        width, height = metrics.horizontalAdvance(label.text), metrics.ascent() + metrics.descent()
        for x, y, side in label.places:
            rect = _rect(x, y, width, height, side, label.gap)
            if self._free(rect):
                self.taken.append(rect)
                return rect
        return None

    def draw(self, painter: QPainter, labels: Iterable[Label]) -> None:
        """Place and paint labels in the order given."""
        for label in labels:
            rect = self.place(label)
            if rect is not None:
                painter.setFont(label.font)
                painter.setPen(label.color)
                painter.drawText(
                    rect.adjusted(-1, -1, 1, 1),
                    int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine),
                    label.text,
                )

    def _free(self, rect: QRectF) -> bool:
        if not self.bounds.contains(rect):
            return False
        if any(rect.intersects(other) for other in self.taken):
            return False
        tight = rect.adjusted(-2, 1, 2, -1)  # glyphs do not fill their line
        return not any(crosses(tight, start, end) for start, end in self.segments)


def _rect(x: float, y: float, width: float, height: float, side: str, gap: float) -> QRectF:
    if side == "right":
        return QRectF(x + gap, y - height / 2, width, height)
    if side == "left":
        return QRectF(x - gap - width, y - height / 2, width, height)
    if side == "above":
        return QRectF(x - width / 2, y - gap - height, width, height)
    if side == "below":
        return QRectF(x - width / 2, y + gap, width, height)
    if side == "end":
        return QRectF(x - width, y - height / 2, width, height)
    return QRectF(x, y - height / 2, width, height)


def crosses(rect: QRectF, start: QPointF, end: QPointF) -> bool:
    """Return whether a straight line touches a rectangle (Liang and Barsky's clipping)."""
    enter, leave = 0.0, 1.0
    dx, dy = end.x() - start.x(), end.y() - start.y()
    for step, room in (
        (-dx, start.x() - rect.left()),
        (dx, rect.right() - start.x()),
        (-dy, start.y() - rect.top()),
        (dy, rect.bottom() - start.y()),
    ):
        if step == 0:
            if room < 0:
                return False
            continue
        share = room / step
        if step < 0:
            enter = max(enter, share)
        else:
            leave = min(leave, share)
        if enter > leave:
            return False
    return True
