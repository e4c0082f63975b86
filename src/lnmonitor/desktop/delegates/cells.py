"""Small painted cells: forms meter, chip, sparkline, grade digit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from lnmonitor.desktop.delegates.base import LEFT, Index, RowDelegate
from lnmonitor.desktop.theme import theme


class MeterDelegate(RowDelegate):
    """One cell per form, filled when complete, with the count beside it."""

    def __init__(self, parent: QObject, counts: Callable[[Any], tuple[int, int]]) -> None:
        super().__init__(parent)
        self._counts = counts

    def paint_cell(self, painter: QPainter, area: QRect, _index: Index, row: Any) -> None:
        look, px = theme(), theme().px
        done, total = self._counts(row)
        width, gap, height = px(1.25), max(1, px(0.35)), px(2)
        painter.setPen(Qt.PenStyle.NoPen)
        x = area.left()
        for number in range(total):
            token = "series-1" if number < done else "line-soft"
            painter.fillRect(
                QRect(x, area.center().y() - height // 2, width, height), look.color(token)
            )
            x += width + gap
        painter.setFont(look.font("small"))
        painter.setPen(look.color("text-2" if done else "text-muted"))
        painter.drawText(area.adjusted(x - area.left() + px(1), 0, 0, 0), LEFT, f"{done}/{total}")


CHIP_COLOURS = {
    "serious": ("serious-soft", "serious"),
    "warn": ("warn-soft", "warn"),
    "ok": ("ok-soft", "ok"),
    "accent": ("accent-soft", "accent"),
    "unknown": ("unknown-soft", "unknown"),
    "cr": ("resp-cr", "resp-cr-on"),
    "pr": ("resp-pr", "resp-pr-on"),
    "nr": ("resp-nr", "resp-nr-on"),
}


class ChipDelegate(RowDelegate):
    """A word on a soft ground; `chip` gives word and kind, an empty word paints nothing."""

    def __init__(self, parent: QObject, chip: Callable[[Any], tuple[str, str]]) -> None:
        super().__init__(parent)
        self._chip = chip

    def paint_cell(self, painter: QPainter, area: QRect, _index: Index, row: Any) -> None:
        word, kind = self._chip(row)
        if not word:
            return
        look, px = theme(), theme().px
        painter.setFont(look.font("small", 500))
        width = painter.fontMetrics().horizontalAdvance(word) + 2 * px(1.5)
        height = px(5)
        box = QRectF(area.left(), area.center().y() - height / 2 + 1, width, height)
        ground, ink = CHIP_COLOURS[kind]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(ground))
        painter.drawRoundedRect(box, px(0.75), px(0.75))
        painter.setPen(look.color(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)


class SparkDelegate(RowDelegate):
    """A small curve of (x, y) with a dot at its end and the last value's text beside it."""

    def __init__(
        self,
        parent: QObject,
        points: Callable[[Any], Sequence[tuple[float, float]]],
        top: float,
    ) -> None:
        super().__init__(parent)
        self._points = points
        self._top = top

    def paint_cell(self, painter: QPainter, area: QRect, index: Index, row: Any) -> None:
        look, px = theme(), theme().px
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        number = px(9)
        painter.drawText(
            QRect(area.left(), area.top(), number, area.height()),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            text,
        )
        points = list(self._points(row))
        if len(points) < 2:
            return
        field = QRectF(area.adjusted(number + px(2), px(1.75), -px(1), -px(1.75)))
        first, last = points[0][0], points[-1][0]
        top = max(self._top, *(y for _, y in points))
        curve = QPolygonF(
            [
                QPointF(
                    field.left() + (x - first) / max(last - first, 1) * field.width(),
                    field.bottom() - y / top * field.height(),
                )
                for x, y in points
            ]
        )
        painter.setPen(QPen(look.color("series-1"), 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("series-1"))
        painter.drawEllipse(curve.last(), px(0.6), px(0.6))


class GradeDelegate(RowDelegate):
    """A CTCAE grade as a digit in its colour; nothing for an event without a grade."""

    def __init__(self, parent: QObject, grade: Callable[[Any], int | None]) -> None:
        super().__init__(parent)
        self._grade = grade

    def paint_cell(self, painter: QPainter, area: QRect, _index: Index, row: Any) -> None:
        grade = self._grade(row)
        if grade is None:
            return
        look, px = theme(), theme().px
        side = px(5)
        box = QRectF(area.left(), area.center().y() - side / 2 + 1, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(f"grade-{grade}"))
        painter.drawRoundedRect(box, px(0.75), px(0.75))
        painter.setFont(look.font("small", 600))
        painter.setPen(look.color(f"grade-{grade}-on"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(grade))


class TwoLineDelegate(RowDelegate):
    """A word with a quieter line under it."""

    def __init__(
        self,
        parent: QObject,
        second: Callable[[Any], str],
        tone: Callable[[Any], str] = lambda _row: "text-2",
    ) -> None:
        super().__init__(parent)
        self._second = second
        self._tone = tone

    def paint_cell(self, painter: QPainter, area: QRect, index: Index, row: Any) -> None:
        look, px = theme(), theme().px
        elide = Qt.TextElideMode.ElideRight
        first = area.adjusted(0, px(1.5), 0, -area.height() // 2)
        painter.setFont(look.font("body", 500))
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        painter.drawText(first, LEFT, painter.fontMetrics().elidedText(text, elide, area.width()))
        painter.setFont(look.font("small"))
        painter.setPen(look.color(self._tone(row)))
        words = painter.fontMetrics().elidedText(self._second(row), elide, area.width())
        painter.drawText(area.adjusted(0, area.height() // 2, 0, -px(1.5)), LEFT, words)
