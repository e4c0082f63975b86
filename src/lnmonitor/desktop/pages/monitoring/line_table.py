"""The lines of a sheet with their ticks: what was compared with the source, and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from lnmonitor.desktop.delegates.base import Index, RowDelegate
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.models.rows import Column, GroupRow
from lnmonitor.desktop.pages.monitoring.reading import Group, Line
from lnmonitor.desktop.pages.monitoring.words import local_instant
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.words import count

_DOT_PX = 3


class TickDelegate(RowDelegate):
    """A box: ticked when verified, half filled when in part, empty to do; a dot before it."""

    def paint_cell(self, painter: QPainter, area: QRect, _index: Index, row: Any) -> None:
        line: Line = row
        look, px = theme(), theme().px
        middle = area.center().y() + 1
        if line.changed:
            paint_dot(painter, QPointF(area.left() + px(0.5), middle))
        if line.state == "empty":
            return
        side = px(3.5)
        spot = QRectF(area.left() + px(3), middle - side / 2, side, side)
        done = line.state == "verified"
        painter.setPen(QPen(look.color("ok" if done else "line-field"), 1))
        painter.setBrush(look.color("ok-soft" if done else "bg-panel"))
        painter.drawRoundedRect(spot, 2, 2)
        if done:
            painter.setPen(QPen(look.color("ok"), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(spot.left() + side * 0.22, spot.top() + side * 0.52),
                        QPointF(spot.left() + side * 0.42, spot.top() + side * 0.74),
                        QPointF(spot.left() + side * 0.8, spot.top() + side * 0.28),
                    ]
                )
            )
        elif line.state == "part":
            painter.fillRect(
                QRectF(spot.left() + 3, spot.center().y() - 1, side - 6, 2), look.color("ok")
            )


def paint_dot(painter: QPainter, centre: QPointF) -> None:
    """Paint the accent dot that says: changed since you looked."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("accent"))
    painter.drawEllipse(centre, _DOT_PX, _DOT_PX)
    painter.restore()


class LineTable(RowTable):
    """Items down: tick, label, value, unit, and what is open about them."""

    def __init__(self) -> None:
        columns = [
            Column(tr("V"), _tick_words, units=10, tip=_tick_words),
            Column(tr("Item"), lambda line: line.label, tone="text-2", tip=lambda line: line.label),
            Column(
                tr("Value"),
                lambda line: line.value or tr("no answer"),
                tone=lambda line: "text" if line.value else "warn",
                weight=500,
                tip=lambda line: " · ".join(p for p in (line.value, line.note) if p),
            ),
            Column(tr("Unit"), lambda line: line.unit, tone="text-2", units=18, yields=1),
            Column(
                tr("Query"),
                lambda line: "" if not line.queries else f"Q{line.queries}",
                tone="warn",
                weight=600,
                sample="Q12",
            ),
        ]
        super().__init__(columns, {0: TickDelegate()}, row_units=6.5, name=tr("Values"))

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show lines under the titles of their records, staying on the line chosen."""
        rows: list[Line | GroupRow] = []
        for group in groups:
            if group.title:
                done = sum(line.state == "verified" for line in group.lines)
                remark = tr("{n} verified", n=done)
                rows.append(GroupRow(group.title, len(group.lines), remark))
            rows += group.lines
        self.set_rows(rows, "key")

    def next_line(self) -> None:
        """Go to the next line that is not verified; stay when there is none."""
        shown = self.rows_model.rows
        here = self.currentIndex().row()
        for number in [*range(here + 1, len(shown)), *range(here)]:
            if isinstance(shown[number], Line) and shown[number].state in {"open", "part"}:
                self.setCurrentIndex(self.rows_model.index(number, 0))
                return


def _tick_words(line: Line) -> str:
    """Return the tick in words."""
    words = {
        "empty": "",
        "open": tr("not verified"),
        "part": tr("verified in part"),
        "verified": tr("item verified"),
    }[line.state]
    if line.mark is not None and line.state == "verified":
        words = tr("Verified {at} by {by}", at=local_instant(line.mark.at), by=line.mark.by)
    parts = [words]
    if line.changed:
        parts.append(tr("changed since you looked"))
    if line.queries:
        parts.append(count(line.queries, "1 query open", "{n} queries open"))
    return ", ".join(part for part in parts if part)
