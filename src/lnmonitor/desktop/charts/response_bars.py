"""Renal response by visit: every treated patient in every bar, the published shares below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from lnmonitor.desktop.charts.base import LEFT, RIGHT, Chart
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.theme import theme

if TYPE_CHECKING:
    from lnmonitor.analysis.cohort import Published, ResponseRow

# Category, ground, ink, hatched; from the bottom of the bar to its top.
_PARTS = (
    ("CR", "resp-cr", "resp-cr-on", False, "Complete"),
    ("PR", "resp-pr", "resp-pr-on", False, "Partial"),
    ("NR", "resp-nr", "resp-nr-on", False, "No response"),
    ("unknown", "resp-unknown", "text-2", True, "Unknown"),
    ("missing", "resp-unknown", "text-2", True, "Not seen"),
    ("died", "grade-5", "grade-5-on", False, "Died"),
)


class ResponseBars(Chart):
    """Stacked counts; names at the last bar, percentages of all and the published ones below."""

    def __init__(self) -> None:
        super().__init__(tr("Renal response by visit"))
        self._rows: Sequence[ResponseRow] | None = None

    def show_rows(self, rows: Sequence[ResponseRow]) -> None:
        """Show other rows."""
        self._rows = rows
        lines = [
            f"{r.visit}: " + ", ".join(f"{tr(p[4])} {r.count(p[0])}" for p in _PARTS) for r in rows
        ]
        self.setAccessibleDescription("; ".join(lines))
        self.update()

    def draw(self, painter: QPainter) -> None:
        px = theme().px
        rows = self._rows
        if rows is None:
            return  # not computed yet
        total = max((row.total for row in rows), default=0)
        if not total:
            self.write(painter, 0, px(5), tr("No patient is in the tables yet."), align=LEFT)
            return
        field = QRectF(px(14), px(3), self.width() - px(42), self.height() - px(21))
        self._axis(painter, field, total)
        slot = field.width() / len(rows)
        wide = min(slot * 0.62, px(22))
        for number, row in enumerate(rows):
            middle = field.left() + slot * (number + 0.5)
            bar = QRectF(middle - wide / 2, field.top(), wide, field.height())
            self._bar(painter, bar, row, total, last=number == len(rows) - 1)
            self._below(painter, middle, field.bottom(), row)
        y = field.bottom()
        self.write(painter, 0, y + px(8.5), tr("here"), align=LEFT, tone="text-muted")
        self.write(painter, 0, y + px(13), tr("published"), align=LEFT, tone="text-muted")
        right = field.right() + px(2)
        self.write(painter, right, y + px(8.5), "CR + PR, %", align=LEFT, tone="text-muted")

    def _axis(self, painter: QPainter, field: QRectF, total: int) -> None:
        px = theme().px
        step = max(1, round(total / 4 / 5) * 5) if total >= 20 else max(1, total // 4)
        ticks = [n for n in range(0, total, step) if total - n > step * 0.6] + [total]
        for value in ticks:
            y = field.bottom() - value / total * field.height()
            self.line(painter, QPointF(field.left(), y), QPointF(field.right(), y), "plot-grid")
            self.write(painter, field.left() - px(2), y, str(value), align=RIGHT, tone="text-muted")

    def _bar(
        self, painter: QPainter, bar: QRectF, row: ResponseRow, total: int, *, last: bool
    ) -> None:
        look, px = theme(), theme().px
        y = bar.bottom()
        named = bar.bottom() + px(4)
        for key, ground, ink, hatched, name in _PARTS:
            n = row.count(key)
            if not n:
                continue
            high = n / total * bar.height()
            part = QRectF(bar.left(), y - high, bar.width(), high)
            y -= high
            painter.setPen(Qt.PenStyle.NoPen)
            painter.fillRect(part, look.color(ground))
            if hatched:
                painter.fillRect(part, QBrush(look.color("text-muted"), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(look.color("bg-panel"), 1))
            painter.drawLine(part.topLeft(), part.topRight())
            if high >= px(4) and not hatched:
                self.write(
                    painter, part.center().x(), part.center().y(), str(n), tone=ink, weight=600
                )
            elif not last:
                right = key == "died"
                side = part.right() + px(1) if right else part.left() - px(1)
                align = LEFT if right else RIGHT
                self.write(painter, side, part.center().y(), str(n), align=align, role="caption")
            self.mark(part, f"{row.visit}, {tr(name)}: {n}", row.subjects.get(key, ()))
            if last:
                named = min(part.center().y(), named - px(4.5))
                written = not hatched and high >= px(4)
                words = tr(name) if written else f"{tr(name)} {n}"
                self.write(painter, bar.right() + px(2), named, words, align=LEFT)

    def _below(self, painter: QPainter, x: float, y: float, row: ResponseRow) -> None:
        px = theme().px
        self.write(painter, x, y + px(4), row.visit, tone="text", weight=600)
        here = f"{_percent(row.count('CR'), row.total)} + {_percent(row.count('PR'), row.total)}"
        self.write(painter, x, y + px(8.5), here, tone="text")
        known = [_published(row.published_cr), _published(row.published_pr)]
        words = " + ".join(known) if any(known) else "–"
        self.write(painter, x, y + px(13), words, tone="text-2")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}" if whole else "–"


def _published(found: Published | None) -> str:
    if found is None:
        return ""
    if found.percent is not None:
        return f"{found.percent:.0f}"
    if found.count is not None and found.denominator:
        return _percent(found.count, found.denominator)
    return ""
