"""A Kaplan-Meier curve with its 95 % band, censoring ticks and numbers at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from lnmonitor.desktop.charts.base import LEFT, RIGHT, Chart
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.theme import theme

if TYPE_CHECKING:
    from lnmonitor.analysis.survival import KaplanMeier, KaplanMeierRow

_DAYS_IN_MONTH = 365 / 12  # month 12 is the day of the 12-month visit
_MONTHS = (0, 3, 6, 9, 12)
_END_DAY = 12 * _DAYS_IN_MONTH
_CUT_AXIS_FROM = 0.8


class SurvivalPlot(Chart):
    """Months on the x axis; the y axis is cut at 80 % when the band lies above, and says so."""

    def __init__(self, title: str, since: str) -> None:
        super().__init__(title)
        self._title, self._since = title, since
        self._curve: KaplanMeier | None = None
        self.bottom = 0.0
        """Share at the foot of the y axis: 0, or 0.8 when the axis is cut."""

    def show_curve(self, curve: KaplanMeier) -> None:
        """Show another curve."""
        self._curve = curve
        lows = [r.low for r in curve.rows if r.low is not None and r.time <= _END_DAY]
        self.bottom = _CUT_AXIS_FROM if not lows or min(lows) >= _CUT_AXIS_FROM else 0.0
        self.setAccessibleDescription(
            tr("{n} events of {all}", n=curve.events, all=curve.n)
            + f", {100 * curve.at(_END_DAY):.1f} %"
        )
        self.update()

    def draw(self, painter: QPainter) -> None:
        px, curve = theme().px, self._curve
        self.write(painter, 0, px(2.5), self._title, align=LEFT, tone="text", weight=600)
        wide = painter.fontMetrics().horizontalAdvance(self._title) + px(2)
        if curve is None:
            return  # not computed yet
        if not curve.n:
            self.write(painter, 0, px(8), tr("No patient is in the tables yet."), align=LEFT)
            return
        said = tr("{n} events of {all}", n=curve.events, all=curve.n)
        self.write(painter, wide, px(2.5), said, align=LEFT)
        field = QRectF(px(15), px(8), self.width() - px(19), self.height() - px(25))
        rows = [row for row in curve.rows if row.time <= _END_DAY]
        bottom = self.bottom
        self._axes(painter, field, bottom, curve)
        self._band(painter, field, bottom, rows)
        self._steps(painter, field, bottom, rows)
        end = curve.at(_END_DAY)
        y = self._y(field, bottom, end)
        self.write(
            painter,
            field.right(),
            y + (px(4) if end > bottom + (1 - bottom) * 0.2 else -px(4)),
            f"{100 * end:.1f} %",
            align=RIGHT,
            tone="series-1",
            role="body",
            weight=600,
        )

    @staticmethod
    def _x(field: QRectF, day: float) -> float:
        return field.left() + min(day, _END_DAY) / _END_DAY * field.width()

    @staticmethod
    def _y(field: QRectF, bottom: float, share: float) -> float:
        return field.bottom() - (max(share, bottom) - bottom) / (1 - bottom) * field.height()

    def _axes(self, painter: QPainter, field: QRectF, bottom: float, curve: KaplanMeier) -> None:
        px = theme().px
        for part in range(5):
            share = bottom + (1 - bottom) * part / 4
            y = self._y(field, bottom, share)
            self.line(painter, QPointF(field.left(), y), QPointF(field.right(), y), "plot-grid")
            words = f"{100 * share:g}"
            self.write(painter, field.left() - px(1.5), y, words, align=RIGHT, tone="text-muted")
        self.line(
            painter,
            QPointF(field.left(), field.bottom()),
            QPointF(field.right(), field.bottom()),
            "line-strong",
        )
        y = field.bottom()
        for month in _MONTHS:
            x = self._x(field, month * _DAYS_IN_MONTH)
            self.write(painter, x, y + px(3), str(month), tone="text-muted")
            risk = curve.at_risk(month * _DAYS_IN_MONTH)
            self.write(painter, x, y + px(13), str(risk), tone="text")
        note = tr("months since {what}", what=self._since)
        self.write(
            painter, field.center().x(), y + px(7.5), note, tone="text-muted", role="caption"
        )
        self.write(
            painter, 0, y + px(13), tr("at risk"), align=LEFT, tone="text-muted", role="caption"
        )

    def _band(
        self, painter: QPainter, field: QRectF, bottom: float, rows: list[KaplanMeierRow]
    ) -> None:
        upper: list[QPointF] = []
        lower: list[QPointF] = []
        for number, row in enumerate(rows):
            if row.low is None or row.high is None:
                continue
            start = self._x(field, row.time)
            nxt = rows[number + 1].time if number + 1 < len(rows) else _END_DAY
            end = self._x(field, nxt)
            for x in (start, end):
                upper.append(QPointF(x, self._y(field, bottom, row.high)))
                lower.append(QPointF(x, self._y(field, bottom, row.low)))
        if not upper:
            return
        outline = QPolygonF([*upper, *reversed(lower)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("bg-selected"))
        painter.drawPolygon(outline)

    def _steps(
        self, painter: QPainter, field: QRectF, bottom: float, rows: list[KaplanMeierRow]
    ) -> None:
        curve = QPolygonF([QPointF(field.left(), self._y(field, bottom, 1.0))])
        share = 1.0
        for row in rows:
            x = self._x(field, row.time)
            curve.append(QPointF(x, self._y(field, bottom, share)))
            share = row.survival
            curve.append(QPointF(x, self._y(field, bottom, share)))
        observed = self._curve is not None and self._curve.at_risk(_END_DAY) > 0
        last = _END_DAY if observed or not rows else rows[-1].time
        curve.append(QPointF(self._x(field, last), self._y(field, bottom, share)))
        painter.setPen(QPen(theme().color("series-1"), 1.75))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        for row in rows:
            if row.n_censored and row.time < _END_DAY:
                x, y = self._x(field, row.time), self._y(field, bottom, row.survival)
                self.line(painter, QPointF(x, y - 4), QPointF(x, y + 4), "series-1", 1.2)
