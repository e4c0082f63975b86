"""Mean ± SD of one measure by visit, the published values as hollow diamonds beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from lnmonitor.desktop.charts.base import LEFT, RIGHT, Chart, nice_top
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.theme import theme

if TYPE_CHECKING:
    from lnmonitor.analysis.cohort import MeanCell, MeasureRow


class MeanPlot(Chart):
    """One line with whiskers on a time axis; n and not seen under each visit."""

    def __init__(self) -> None:
        super().__init__(tr("Mean ± SD by visit"))
        self._row: MeasureRow | None = None
        self._days: Mapping[str, int] = {}

    def show_row(self, row: MeasureRow, days: Mapping[str, int]) -> None:
        """Show a measure; `days` places the visits by their code, the baseline at 0."""
        self._row, self._days = row, days
        said = [
            f"{c.visit}: {c.mean:.{row.decimals}f} ± {c.sd or 0:.{row.decimals}f}, n {c.n}"
            for c in row.cells
            if c.mean is not None
        ]
        self.setAccessibleDescription(f"{text(row.name)}. " + "; ".join(said))
        self.update()

    def draw(self, painter: QPainter) -> None:
        px, row = theme().px, self._row
        cells = [c for c in row.cells if c.mean is not None] if row else []
        if row is None:
            return  # not computed yet
        if not cells:
            self.write(painter, 0, px(5), tr("No value is in the tables yet."), align=LEFT)
            return
        field = QRectF(px(17), px(4), self.width() - px(30), self.height() - px(22))
        tops = [(c.mean or 0) + (c.sd or 0) for c in cells]
        tops += [
            c.published.mean + (c.published.sd or 0)
            for c in cells
            if c.published is not None and c.published.mean is not None
        ]
        top, step = nice_top(max(tops))
        self._axis(painter, field, top, step, row)
        places = self._places(field, row.cells)
        curve: list[QPointF] = []
        for cell in cells:
            x = places[cell.visit]
            y = field.bottom() - (cell.mean or 0) / top * field.height()
            curve.append(QPointF(x, y))
            self._whisker(painter, x, cell.mean or 0, cell.sd, field, top, "series-1")
            self.mark(QRectF(x - 8, y - 8, 16, 16), self._words(cell, row), cell.subjects)
            self._published(painter, x + px(3), cell, field, top)
        painter.setPen(QPen(theme().color("series-1"), 1.75))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        painter.setPen(QPen(theme().color("bg-panel"), 1.2))
        painter.setBrush(theme().color("series-1"))
        for point in curve:
            painter.drawEllipse(point, 4.5, 4.5)
        self._below(painter, field, places, row)

    @staticmethod
    def _words(cell: MeanCell, row: MeasureRow) -> str:
        digits = row.decimals
        return f"{cell.visit}: {cell.mean:.{digits}f} ± {cell.sd or 0:.{digits}f}, n {cell.n}"

    def _axis(
        self, painter: QPainter, field: QRectF, top: float, step: float, row: MeasureRow
    ) -> None:
        px, value = theme().px, 0.0
        while value <= top + step / 2:
            y = field.bottom() - value / top * field.height()
            self.line(painter, QPointF(field.left(), y), QPointF(field.right(), y), "plot-grid")
            self.write(
                painter, field.left() - px(2), y, f"{value:g}", align=RIGHT, tone="text-muted"
            )
            value += step
        self.write(painter, field.left(), px(1), row.unit, align=LEFT, tone="text-muted")

    def _places(self, field: QRectF, cells: tuple[MeanCell, ...]) -> dict[str, float]:
        last = max((self._days.get(c.visit, 0) for c in cells), default=1) or 1
        room = theme().px(3)
        return {
            c.visit: field.left()
            + room
            + self._days.get(c.visit, 0) / last * (field.width() - 2 * room)
            for c in cells
        }

    def _whisker(
        self,
        painter: QPainter,
        x: float,
        mean: float,
        sd: float | None,
        field: QRectF,
        top: float,
        tone: str,
    ) -> None:
        if sd is None:
            return
        high = field.bottom() - (mean + sd) / top * field.height()
        low = field.bottom() - max(0.0, mean - sd) / top * field.height()
        self.line(painter, QPointF(x, high), QPointF(x, low), tone, 1.3)
        for y in (high, low):
            self.line(painter, QPointF(x - 4, y), QPointF(x + 4, y), tone, 1.3)

    def _published(
        self, painter: QPainter, x: float, cell: MeanCell, field: QRectF, top: float
    ) -> None:
        known = cell.published
        if known is None or known.mean is None:
            return
        self._whisker(painter, x, known.mean, known.sd, field, top, "series-2")
        y = field.bottom() - known.mean / top * field.height()
        painter.setPen(QPen(theme().color("series-2"), 1.6))
        painter.setBrush(theme().color("bg-panel"))
        side = 5.5
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, y - side),
                    QPointF(x + side, y),
                    QPointF(x, y + side),
                    QPointF(x - side, y),
                ]
            )
        )
        words = f"{known.source}: {known.mean:g}" + (f" ± {known.sd:g}" if known.sd else "")
        self.mark(QRectF(x - 7, y - 7, 14, 14), words, ())

    def _below(
        self, painter: QPainter, field: QRectF, places: Mapping[str, float], row: MeasureRow
    ) -> None:
        px, y = theme().px, field.bottom()
        self.write(painter, 0, y + px(8.5), "n", align=LEFT, tone="text-muted")
        self.write(painter, 0, y + px(13), tr("not seen"), align=LEFT, tone="text-muted")
        taken = -1e9
        for number, cell in enumerate(row.cells):
            x = places[cell.visit]
            name = cell.visit if number else tr("Base")
            if x - taken < px(8):
                continue  # two names would overlap; the table has both
            taken = x
            self.write(painter, x, y + px(4), name, tone="text", weight=600)
            self.write(painter, x, y + px(8.5), str(cell.n))
            self.write(painter, x, y + px(13), str(cell.not_seen))
