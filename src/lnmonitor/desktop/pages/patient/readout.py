"""The column right of the plots: every value at the crosshair, each on the line of its panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lnmonitor.analysis.story import Interval, Mark, Panel, RibbonSpan, Story, TrendPoint
from lnmonitor.analysis.wording import dose_name, unit_name
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.pages.patient.view import short_visit
from lnmonitor.desktop.plots.crosshair import Stop, point_at, response_at, running_at
from lnmonitor.desktop.plots.scale import date_of
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label, set_tone
from lnmonitor.desktop.words import iso_date

_UNRULED = ("visits", "response", "axis")
_FLAG_WORDS = {"H": "High", "L": "Low"}


@dataclass(frozen=True)
class ReadLine:
    """One value of the readout: value and unit left, change right, a remark below."""

    value: str
    unit: str = ""
    change: str = ""
    tone: str = "text-2"
    remark: str = ""
    flag: str = ""
    """H or L: said in the change's place where the remark finds no room."""
    plain: bool = False
    """Words instead of a measured value: set in body size."""
    brief: str = ""
    """The change alone, where there is no room for the visit it is against."""

    @property
    def spoken(self) -> str:
        """Return the line as it is read aloud and copied."""
        parts = (f"{self.value} {self.unit}".strip(), self.change, self.remark)
        return ", ".join(part for part in parts if part)


def panel_lines(panel: Panel, stop: Stop) -> tuple[ReadLine, ...]:
    """Return what a panel says at a stop: one line for each series with a value there."""
    found = []
    for series in panel.series:
        point = point_at(series, stop)
        if point is None:
            continue
        many = len(panel.series) > 1
        unit = text(series.name).split(" ")[0] if many else text(unit_name(series.unit))
        found.append(_line(point, unit))
    return tuple(found) or (ReadLine("–", remark=tr("no value at this visit"), plain=True),)


def _line(point: TrendPoint, unit: str) -> ReadLine:
    if point.mark is Mark.NOT_DONE or point.value is None:
        remark = text(point.note) or tr("not done")
        return ReadLine(point.label or "ND", unit, remark=remark, tone="unknown", plain=True)
    tone = "serious" if point.mark is Mark.FLARE else "text-2"
    words = [tr(_FLAG_WORDS[point.flag])] if point.flag in _FLAG_WORDS else []
    words += [text(point.note)] if text(point.note) else []
    step, _, visit = point.change.partition(" vs ")
    change = tr("{change} vs {visit}", change=step, visit=short_visit(visit))
    if not visit:
        change = text(dose_name(step))
    remark = " · ".join(words)
    return ReadLine(point.label, unit, change, tone, remark, point.flag, brief=step)


def interval_lines(intervals: Iterable[Interval], day: float) -> tuple[ReadLine, ...]:
    """Return the events or drugs that run on a day."""
    lines = []
    for interval in running_at(intervals, day):
        name = text(interval.label)
        if interval.grade is not None:
            name = tr("{event}, grade {grade}", event=name, grade=interval.grade)
        since = tr("since day {day}", day=round(interval.start))
        going = tr("ongoing") if interval.end is None else ""
        remark = text(dose_name(interval.dose)) or ", ".join(
            part for part in (going, since) if part
        )
        lines.append(ReadLine(name, remark=remark, plain=True))
    return tuple(lines)


def head_lines(story: Story, stop: Stop) -> tuple[ReadLine, ReadLine]:
    """Return the visit's name and date, and the response that holds there."""
    name = text(stop.visit.name) if stop.visit is not None else tr("Between visits")
    shown = stop.visit.date if stop.visit is not None and stop.visit.date else ""
    parts = [iso_date(shown or date_of(story, stop.day))]
    if story.day0:
        parts.append(tr("wk {week}", week=int(stop.day // 7)))
    parts.append(tr("day {day}", day=round(stop.day)).replace("-", "−"))
    when = " · ".join(part for part in parts if part)
    visit = ReadLine(name, remark=when, plain=True)
    span = response_at(story, stop)
    if span is None:
        return visit, ReadLine(tr("no response yet"), plain=True)
    flare = span.response.upper().startswith("FLARE")
    words = text(span.label)
    if flare:
        earlier = _response_before(story, span)
        return visit, ReadLine(earlier, change=words, tone="serious", plain=True)
    return visit, ReadLine(words, plain=True)


def _response_before(story: Story, flare: RibbonSpan) -> str:
    """Return the response that a flare broke with its visit, empty without one.

    Without the visit it would read as the response at the flare, which is another one.
    """
    before = [s for s in story.ribbon if s.end <= flare.start + 1 and s is not flare]
    if not before:
        return ""
    words, start = text(before[-1].label), before[-1].start
    seen = [v for v in story.visits if v.day is not None and start <= v.day < flare.start]
    if not seen:
        return words
    return tr("{response} at {visit}", response=words, visit=seen[-1].code)


class ReadoutBlock(QWidget):
    """One row of the column; labels are reused from visit to visit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        px = theme().px
        self._column.setContentsMargins(px(2), px(0.5), px(3), 0)
        self._column.setSpacing(0)
        self._lines: list[tuple[QWidget, QLabel, QLabel, QLabel, QLabel]] = []
        self._column.addStretch(1)
        self._shown: tuple[ReadLine, ...] = ()

    @property
    def spoken(self) -> str:
        """Return all lines as text."""
        return "; ".join(line.spoken for line in self._shown)

    def show_lines(self, lines: tuple[ReadLine, ...], *, strong: bool = False) -> None:
        """Show lines; `strong` sets words in bold, for the visit's name."""
        self._shown = lines
        while len(self._lines) < len(lines):
            self._add_line()
        room = self.height()
        sighted = max(1, room // theme().px(5))  # a folded row has room for one
        for number, parts in enumerate(self._lines):
            frame, value, unit, change, remark = parts
            frame.setVisible(number < min(len(lines), sighted))
            remark.setVisible(False)
            if number < len(lines):
                self._fill(lines[number], value, unit, change, strong=strong)
                remark.setText(lines[number].remark)
                remark.setToolTip(lines[number].remark)
                needed = (number + 1) * theme().px(5) + theme().px(4)
                fits = len(lines) == 1 or room >= len(lines) * theme().px(8.5)
                fits = fits and needed <= room
                remark.setVisible(bool(lines[number].remark) and fits)
                if lines[number].flag and not fits:
                    change.setText(f"{lines[number].flag} · {lines[number].brief}".strip(" ·"))
        self.setAccessibleName(self.spoken)

    def _fill(
        self, line: ReadLine, value: QLabel, unit: QLabel, change: QLabel, *, strong: bool
    ) -> None:
        shown = line.value
        if line.plain:
            room = self.width() - theme().px(11)  # margins and gaps
            room -= QFontMetrics(change.font()).horizontalAdvance(line.change)
            fonts = QFontMetrics(theme().font("body", 600))
            shown = fonts.elidedText(line.value, Qt.TextElideMode.ElideRight, room)
        value.setText(shown)
        value.setToolTip(line.value if shown != line.value else "")
        role = "body" if line.plain else "value"
        weight = "600" if strong or not line.plain else "500"
        for name, wanted in (("role", role), ("weight", weight)):
            if value.property(name) != wanted:
                value.setProperty(name, wanted)
                value.style().unpolish(value)
                value.style().polish(value)
        unit.setText(line.unit)
        change.setText(line.change)
        set_tone(change, line.tone)

    def _add_line(self) -> None:
        frame = QWidget(self)
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(theme().px(1.25))
        value = label("", "value", selectable=True)
        unit = label("", "caption", "text-2")
        change = label("", "small", "text-2", weight=500, selectable=True)
        remark = label("", "caption", "text-2", selectable=True)
        remark.setMinimumWidth(1)
        for widget in (value, unit, change):
            widget.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            first.addWidget(widget)
            if widget is unit:
                first.addStretch(1)
        rows.addLayout(first)
        rows.addWidget(remark)
        self._column.insertWidget(self._column.count() - 1, frame)
        self._lines.append((frame, value, unit, change, remark))


class ReadoutColumn(QWidget):
    """The whole column; `place_rows` puts each block on the line of its panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "subtle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(theme().measure("readout"))
        self.setAccessibleName(tr("Values at the crosshair"))
        self._blocks: dict[str, ReadoutBlock] = {}
        self._places: Mapping[str, tuple[int, int]] = {}
        self._hint = label(tr("← → move by visit"), "caption", "text-muted")

    def place_rows(self, places: Mapping[str, tuple[int, int]]) -> None:
        """Put every block beside its row; rows without place are hidden."""
        self._places = places
        self.update()
        for key, block in self._blocks.items():
            block.setVisible(key in places)
        for key, (top, height) in places.items():
            self._block(key).setGeometry(0, top, self.width(), height)
        if "axis" in places:
            top, height = places["axis"]
            self._hint.setParent(self)
            self._hint.setGeometry(theme().px(2), top, self.width() - theme().px(4), height)
            self._hint.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Continue the hairlines of the plots; Qt calls this."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(theme().color("line-soft"))
        for key, (top, _height) in self._places.items():
            if key not in _UNRULED:
                painter.drawLine(0, top, self.width(), top)

    def _block(self, key: str) -> ReadoutBlock:
        if key not in self._blocks:
            block = ReadoutBlock(self)
            self._blocks[key] = block
            block.show()
        return self._blocks[key]

    def spoken(self, key: str) -> str:
        """Return what one row says, as text."""
        return self._blocks[key].spoken if key in self._blocks else ""

    def as_text(self) -> str:
        """Return the whole column as lines of text, for the clipboard."""
        return "\n".join(b.spoken for b in self._blocks.values() if b.spoken)

    def show_stop(self, story: Story, stop: Stop | None) -> None:
        """Say every panel's value at a stop."""
        if stop is None:
            self._block("visits").show_lines((ReadLine(tr("No visit yet"), plain=True),))
            for key in list(self._blocks):
                if key != "visits":
                    self._block(key).show_lines(())
            return
        visit, response = head_lines(story, stop)
        self._block("visits").show_lines((visit,), strong=True)
        self._block("response").show_lines((response,))
        for panel in story.panels:
            self._block(panel.key).show_lines(panel_lines(panel, stop))
        self._block("events").show_lines(interval_lines(story.events, stop.day)[:2])
        self._block("drugs").show_lines(interval_lines(story.drugs, stop.day)[:2])
