"""The painted cells of a row: where they stand and what they show.

Painting keeps a laboratory grid of forty rows at forty widgets; what a cell says is also in the
field's accessible name and description.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPolygonF

from lnmonitor.desktop.theme import theme

CELLS = ("number", "label", "mark", "editor", "unit", "flag", "previous", "trend", "range")


@dataclass(frozen=True)
class Columns:
    """Widths of a row's cells in base units; a cell of width 0 is absent."""

    label: float = 40
    editor: float = 17
    unit: float = 18
    flag: float = 18
    previous: float = 14
    trend: float = 12
    range: float = 24
    number: float = 0
    mark: float = 0
    gap: float = 2


@dataclass(frozen=True)
class Beside:
    """What stands beside the field: texts of the painted cells.

    `tone` is the colour token of the flag. `standard` is the value in the standard unit, in the
    place of the trend. `trend` are earlier values, oldest first.
    """

    label: str = ""
    unit: str = ""
    flag: str = ""
    tone: str = "warn"
    standard: str = ""
    previous: str = ""
    range: str = ""
    number: str = ""
    mark: str = ""
    trend: tuple[float, ...] = ()
    strong: bool = False


def cell_rects(columns: Columns) -> dict[str, QRect]:
    """Return the rectangle of each cell that the columns have, in a row of dense height."""
    px, height = theme().px, theme().measure("row-dense")
    cells, left = {}, px(1.5)
    for name in CELLS:
        width = px(getattr(columns, name))
        if width:
            cells[name] = QRect(left, 0, width, height)
            left += width + px(columns.gap)
    return cells


def row_width(columns: Columns) -> int:
    """Return the width that shows all cells, in pixels."""
    return max(cell.right() for cell in cell_rects(columns).values()) + theme().px(1.5)


def paint_cells(
    painter: QPainter, columns: Columns, beside: Beside, *, with_unit: bool, head: str = ""
) -> None:
    """Paint the texts and the trend of a row.

    `with_unit` False leaves the unit to its button; `head` is the name of the field's column and
    makes the row a head.
    """
    look = theme()
    cells = cell_rects(columns)
    right = Qt.AlignmentFlag.AlignRight
    small = look.font("small")
    ink = "text-2" if head else "text"
    name_font = small if head else look.font("body", 600 if beside.strong else 400)
    paint_text(painter, cells.get("number"), beside.number, "text-muted", small)
    paint_text(painter, cells.get("label"), beside.label, ink, name_font)
    paint_text(painter, cells.get("mark"), beside.mark, "text-muted", small, right)
    paint_text(painter, cells.get("editor"), head, "text-2", small)
    if with_unit:
        paint_text(painter, cells.get("unit"), beside.unit, "text-2", small)
    flag_tone, flag_font = ("text-2", small) if head else (beside.tone, look.font("small", 600))
    paint_text(painter, cells.get("flag"), beside.flag, flag_tone, flag_font)
    font = small if head else look.font()
    paint_text(painter, cells.get("previous"), beside.previous, "text-2", font, right)
    if beside.standard:
        paint_text(painter, cells.get("trend"), beside.standard, "accent", small)
    else:
        _paint_trend(painter, cells.get("trend"), beside)
    tone = "text-2" if head else "text-muted"
    paint_text(painter, cells.get("range"), beside.range, tone, small)


def paint_text(
    painter: QPainter,
    cell: QRect | None,
    text: str,
    tone: str,
    font: QFont,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Paint one line, cut with an ellipsis where the cell is too narrow."""
    if cell is None or not text:
        return
    painter.setFont(font)
    painter.setPen(theme().color(tone))
    fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, cell.width())
    painter.drawText(cell, align | Qt.AlignmentFlag.AlignVCenter, fitted)


def _paint_trend(painter: QPainter, cell: QRect | None, beside: Beside) -> None:
    points = beside.trend
    if cell is None or len(points) < 2:
        return
    look = theme()
    box = cell.adjusted(0, look.px(1.5), -look.px(1), -look.px(1.5))
    low, high = min(points), max(points)
    span = (high - low) or 1.0
    step = box.width() / (len(points) - 1)
    line = QPolygonF(
        [
            QPointF(box.left() + i * step, box.bottom() - (p - low) / span * box.height())
            for i, p in enumerate(points)
        ]
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.color("text-muted"), 1.2))
    painter.drawPolyline(line)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(beside.tone if beside.flag else "series-1"))
    painter.drawEllipse(line.last(), 2.2, 2.2)
