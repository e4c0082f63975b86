"""Questions on paper: a label, and where the answer is written or ticked.

What an item is decides what is printed: a box for each digit of a number, year, month and day of a
date, a box to tick for each code of a list, lines for words, and why there is no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.platypus import Flowable

from lnmonitor.i18n import Translator
from lnmonitor.language import Language
from lnmonitor.reports.lines import Line, broken, width
from lnmonitor.reports.page import TEXT_WIDTH
from lnmonitor.reports.palette import colour, size
from lnmonitor.study.codelists import codelist
from lnmonitor.study.items import ItemField, Kind, Missing

LABEL_WIDTH = 190.0
_REASONS = 92.0
ANSWER_WIDTH = TEXT_WIDTH - LABEL_WIDTH - _REASONS - 16
_TICK = 7.5
_DIGIT = 13.0
_HIGH = 14.0
_LINE = 12.0
_PAD = 3.0
_LONG_TEXT = ("comment", "narrative", "description", "reason", "text", "deviation", "premedication")
"""A text item with one of these in its name gets two lines."""


@dataclass
class Drawing:
    """What is drawn of an answer; x from its left, y down from its top."""

    texts: list[tuple[float, float, Line, str]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    lines: list[tuple[float, float, float]] = field(default_factory=list)
    height: float = _HIGH

    def write(self, words: str, x: float, y: float, tone: str = "text") -> float:
        """Write words on one line; return where they end."""
        (line,) = broken(words, size("table"), 10_000)
        self.texts.append((x, y, line, tone))
        return x + width(line, size("table"))

    def digits(self, count: int, x: float) -> float:
        """Draw boxes for digits; return where they end."""
        for at in range(count):
            self.boxes.append((x + at * _DIGIT, 0, _DIGIT, _HIGH))
        return x + count * _DIGIT


class Question(Flowable):
    """One item: label and notes at the left, the answer, reasons for none at the right."""

    def __init__(
        self, label: str, answer: Drawing, notes: Sequence[str] = (), *, reasons: bool = True
    ) -> None:
        super().__init__()
        points = size("table")
        room = LABEL_WIDTH - 8
        self._label = broken(label, points, room)
        self._notes = [line for note in notes for line in broken(note, size("small"), room)]
        self._answer = answer
        self._reasons = reasons
        left = (len(self._label) + len(self._notes)) * _LINE
        self.height = max(left, answer.height, _HIGH) + 2 * _PAD

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the room that it needs."""
        return width, self.height

    def draw(self) -> None:
        """Draw label, notes, answer, reasons and the hairline below."""
        top = self.height - _PAD
        y = top - 10
        for line, points, tone in (
            *((one, size("table"), "text") for one in self._label),
            *((one, size("small"), "serious") for one in self._notes),
        ):
            self._text(line, 0, y, points, tone)
            y -= _LINE
        answer = self._answer
        for x, down, line, tone in answer.texts:
            self._text(line, LABEL_WIDTH + x, top - down - 10, size("table"), tone)
        self.canv.setStrokeColor(colour("line-field"))
        self.canv.setLineWidth(0.6)
        for x, down, wide, high in answer.boxes:
            self.canv.rect(LABEL_WIDTH + x, top - down - high, wide, high)
        for x, end, down in answer.lines:
            self.canv.line(LABEL_WIDTH + x, top - down, LABEL_WIDTH + end, top - down)
        if self._reasons:
            self._draw_reasons(top)
        self.canv.setStrokeColor(colour("line-soft"))
        self.canv.setLineWidth(0.4)
        self.canv.line(0, 0, TEXT_WIDTH, 0)

    def _draw_reasons(self, top: float) -> None:
        x = TEXT_WIDTH - _REASONS
        for reason in Missing:
            self.canv.rect(x, top - 3 - _TICK, _TICK, _TICK)
            (line,) = broken(reason.value, size("small"), 100)
            self._text(line, x + _TICK + 2, top - 10, size("small"), "text-2")
            x += _TICK + 8 + width(line, size("small"))

    def _text(self, line: Line, x: float, y: float, points: float, tone: str) -> None:
        self.canv.setFillColor(colour(tone))
        for run in line:
            self.canv.setFont(run.font, points)
            self.canv.drawString(x, y, run.text)
            x += width((run,), points)


def answer(one: ItemField, tr: Translator, *, codes: bool) -> Drawing:
    """Return where the answer to an item is given; `codes`: with the stored code of each tick."""
    if one.kind is Kind.CODE and one.item.codes:
        return ticks(options(one.item.codes, tr.language, codes=codes))
    if one.kind in (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME):
        return _date(tr, time=one.kind is Kind.DATETIME, partial=one.kind is Kind.PARTIAL_DATE)
    if one.kind in (Kind.NUMBER, Kind.INTEGER):
        return _number(one, tr)
    return writing(2 if any(part in one.name for part in _LONG_TEXT) else 1)


def options(list_id: str, language: Language, *, codes: bool) -> list[str]:
    """Return the texts of a code list, with codes if they are asked for and say more."""
    return [
        f"{one.text.in_(language)} = {one.code}" if codes else one.text.in_(language)
        for one in codelist(list_id).entries
    ]


def ticks(texts: Sequence[str]) -> Drawing:
    """Return a box to tick before each text, as many in a line as there is room for."""
    made = Drawing()
    x, y = 0.0, 0.0
    points, gap = size("table"), _TICK + 3
    for text in texts:
        lines = broken(text, points, ANSWER_WIDTH - gap)
        wide = gap + max(width(line, points) for line in lines)
        if x and x + wide > ANSWER_WIDTH:
            x, y = 0.0, y + _LINE + 2
        made.boxes.append((x, y + 3, _TICK, _TICK))
        for line in lines:
            made.texts.append((x + gap, y, line, "text"))
            y += _LINE
        y -= _LINE
        x = ANSWER_WIDTH if len(lines) > 1 else x + wide + 10
    made.height = y + _LINE + 2
    return made


def writing(lines: int = 1) -> Drawing:
    """Return lines for words."""
    made = Drawing(height=lines * (_HIGH + 4))
    made.lines = [(0, ANSWER_WIDTH, (at + 1) * (_HIGH + 2)) for at in range(lines)]
    return made


def _date(tr: Translator, *, time: bool, partial: bool) -> Drawing:
    made = Drawing()
    x = made.digits(4, 0)
    for _ in range(2):
        x = made.digits(2, made.write("–", x + 3, 0) + 3)
    hint = tr.text("year – month – day")
    if time:
        x = made.digits(2, made.write("–", x + 4, 0) + 4)
        made.digits(2, made.write(":", x + 2, 0) + 2)
        hint = f"{hint} – {tr.text('hour : minute')}"
    if partial:
        hint = f"{hint}. {tr.text('Leave empty what is not known.')}"
    if time or partial:
        made.write(hint, 0, _HIGH + 1, "text-2")
        made.height = 2 * _HIGH
    else:
        made.write(hint, x + 8, 0, "text-2")
    return made


def _number(one: ItemField, tr: Translator) -> Drawing:
    """Return a box for each digit that the accepted range allows, and the unit."""
    high = (one.item.hard or (None, None))[1]
    whole = len(str(int(high))) if high is not None else 5
    decimals = one.item.decimals
    if decimals is None:
        decimals = 0 if one.kind is Kind.INTEGER else 2
    made = Drawing()
    x = made.digits(whole, 0)
    if decimals:
        x = made.digits(decimals, made.write(".", x + 2, 0) + 2)
    made.write(tr.text(one.item.unit) if one.item.unit else "", x + 6, 0)
    return made


def result(unit: str) -> Drawing:
    """Return where a laboratory result is written: sign and value, its unit, the range."""
    made = Drawing()
    made.boxes = [(0, 0, 66, _HIGH)]
    unit_end = made.write(unit, 71, 0) if unit else 71
    made.lines = [(max(unit_end + 4, 118), max(unit_end + 4, 118) + 34, _HIGH - 1)]
    made.lines += [(160, 182, _HIGH - 1), (192, 214, _HIGH - 1)]
    made.write("–", 184, 0)
    return made
