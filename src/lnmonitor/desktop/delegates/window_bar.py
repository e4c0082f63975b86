"""A visit's window on a scale that is the same in every row: six weeks back to six ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from lnmonitor.desktop.delegates.base import Index, RowDelegate, soft
from lnmonitor.desktop.theme import theme

SPAN_DAYS = 42


@dataclass(frozen=True)
class WindowBar:
    """Days from today of opening, target and closing; `tone` is overdue, due or later."""

    opens: int
    target: int
    closes: int
    tone: str


class WindowBarDelegate(RowDelegate):
    """The window as a bar, the target as a tick, today as one line through all rows."""

    def __init__(self, parent: QObject, bar: Callable[[Any], WindowBar | None]) -> None:
        super().__init__(parent)
        self._bar = bar

    def paint_cell(self, painter: QPainter, area: QRect, _index: Index, row: Any) -> None:
        look, px = theme(), theme().px
        track = QRectF(area.left(), area.center().y(), area.width(), 1)
        painter.fillRect(track, look.color("line-soft"))
        bar = self._bar(row)
        if bar is not None:
            self._paint_bar(painter, area, bar)
        today = area.left() + area.width() / 2
        painter.setPen(QPen(look.color("text-2"), 1.2))
        half = px(2.5)
        painter.drawLine(
            round(today), area.center().y() - half, round(today), area.center().y() + half
        )

    @staticmethod
    def _paint_bar(painter: QPainter, area: QRect, bar: WindowBar) -> None:
        look, px = theme(), theme().px

        def at(day: int) -> float:
            share = (max(-SPAN_DAYS, min(SPAN_DAYS, day)) + SPAN_DAYS) / (2 * SPAN_DAYS)
            return area.left() + share * area.width()

        ink, ground = {
            "overdue": ("serious", "serious-soft"),
            "due": ("accent", "accent-soft"),
        }.get(bar.tone, ("text-muted", "unknown-soft"))
        height = px(2.5)
        if bar.closes < -SPAN_DAYS or bar.opens > SPAN_DAYS:
            _paint_beyond(painter, area, look.color(ink), before=bar.closes < 0)
            return
        left = at(bar.opens)
        box = QRectF(
            left,
            area.center().y() - height / 2,
            max(at(bar.closes + 1) - left, px(1)),
            height,
        )
        edge = look.color(ink) if bar.tone == "due" else soft(look.color(ink), 0.55)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(look.color(ground))
        painter.drawRoundedRect(box, px(0.5), px(0.5))
        if abs(bar.target) <= SPAN_DAYS:
            painter.setPen(
                QPen(look.color(ink), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            x, reach = round(at(bar.target)), height / 2 + 1
            painter.drawLine(
                x,
                round(area.center().y() - reach),
                x,
                round(area.center().y() + reach),
            )


def _paint_beyond(painter: QPainter, area: QRect, ink: QColor, *, before: bool) -> None:
    """Point to where the window lies outside the scale."""
    px = theme().px
    tip = area.left() if before else area.right()
    back = tip + (px(1.5) if before else -px(1.5))
    middle = area.center().y() + 0.5
    painter.setPen(QPen(ink, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(
        QPolygonF(
            [QPointF(back, middle - px(1)), QPointF(tip, middle), QPointF(back, middle + px(1))]
        )
    )
