"""A reporting clock: a bar that fills, words under it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from lnmonitor.desktop.delegates.base import Index, RowDelegate
from lnmonitor.desktop.serious_words import clock_share, clock_tone, clock_words
from lnmonitor.desktop.theme import theme


class ClockDelegate(RowDelegate):
    """Paints a serious event's 24-hour clock."""

    def paint_cell(self, painter: QPainter, area: Any, _index: Index, row: Any) -> None:
        look, px = theme(), theme().px
        tone = clock_tone(row)
        track = QRectF(area.left(), area.top() + px(2.5), px(36), px(1.25))
        painter.fillRect(track, look.color("line-soft"))
        ink = "text-muted" if tone == "text-2" else tone
        painter.fillRect(
            QRectF(track.left(), track.top(), track.width() * clock_share(row), track.height()),
            look.color(ink),
        )
        painter.setFont(look.font("small", 600 if tone == "serious" else 400))
        painter.setPen(look.color(tone))
        words = area.adjusted(0, px(4), 0, 0)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, clock_words(row)
        )
