"""What all rows share: hairline below, ground and accent edge when selected, no grid."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lnmonitor.desktop.models.rows import ROW, TONE, WEIGHT, GroupRow
from lnmonitor.desktop.theme import theme

Index = QModelIndex | QPersistentModelIndex
MIDDLE = Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | MIDDLE
RIGHT = Qt.AlignmentFlag.AlignRight | MIDDLE
_EDGE_PX = 3
_OPAQUE = 255


def soft(color: QColor, share: float) -> QColor:
    """Return a colour with part of its strength."""
    made = QColor(color)
    made.setAlpha(round(_OPAQUE * share))
    return made


class RowDelegate(QStyledItemDelegate):
    """Paints ground, hairline and edge, then the cell's content by `paint_cell`."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme()
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        row = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, GroupRow):
            if index.column() == 0:
                self._paint_group(painter, area, row)
            painter.restore()
            return
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, look.color("bg-selected"))
            if index.column() == 0:
                edge = QRect(area.left(), area.top(), _EDGE_PX, area.height())
                painter.fillRect(edge, look.color("accent"))
        painter.fillRect(
            QRect(area.left(), area.bottom(), area.width(), 1), look.color("line-soft")
        )
        inner = area.adjusted(look.px(2), 0, -look.px(2), 0)
        painter.setFont(look.font("body", int(index.data(WEIGHT) or 400)))
        painter.setPen(look.color(str(index.data(TONE) or "text")))
        self.paint_cell(painter, inner, index, row)
        painter.restore()

    def paint_cell(self, painter: QPainter, area: QRect, index: Index, _row: Any) -> None:
        """Paint the content; the base writes the text."""
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, index.data(Qt.ItemDataRole.TextAlignmentRole) or LEFT, shown)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.font = theme().font("body")

    @staticmethod
    def _paint_group(painter: QPainter, area: QRect, row: GroupRow) -> None:
        look, px = theme(), theme().px
        line = area.adjusted(px(2), px(1.5), 0, -px(1))
        font = look.font("body", 600)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        painter.drawText(line, LEFT, row.title)
        left = QFontMetrics(font).horizontalAdvance(row.title) + px(2)
        painter.setFont(look.font("body"))
        painter.setPen(look.color("text-2"))
        painter.drawText(line.adjusted(left, 0, 0, 0), LEFT, str(row.count))
        left += painter.fontMetrics().horizontalAdvance(str(row.count)) + px(3)
        painter.setFont(look.font("small"))
        painter.setPen(look.color("text-muted"))
        painter.drawText(line.adjusted(left, 0, 0, 0), LEFT, row.remark)
        painter.fillRect(
            QRect(area.left(), area.bottom(), area.width(), 1), look.color("line-strong")
        )
