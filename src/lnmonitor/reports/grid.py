"""A table of texts: hairlines, a head on every page, rows that are never split.

Long documents are tables almost throughout. This one is drawn as one text, without the layout of a
paragraph for each cell, and splits between rows only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable

from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.lines import Line, broken, width
from lnmonitor.reports.palette import colour, size

LEADING = 1.32
RIGHT_PADDING = 4.0
HIGHEST_ROW = 300.0
"""Points; a higher row goes on in a row below, so that no text is higher than a page."""
_PADDING = 2.0
_BASELINE = 0.97
"""Of the size: how far the first line is below the top."""
_STRIKE = 0.3


@dataclass(frozen=True)
class Cell:
    """A text that does not look like its column; `wide`: it has all columns from its own on."""

    words: str
    weight: Weight = Weight.REGULAR
    struck: bool = False
    wide: bool = False


@dataclass(frozen=True)
class _Row:
    """The lines of each cell.

    Attributes:
        keep: it stays with the row after it. special: cells that do not look like their column.
    """

    cells: tuple[tuple[Line, ...], ...]
    keep: bool = False
    special: Mapping[int, Cell] = field(default_factory=dict)

    @property
    def height(self) -> float:
        lines = max(map(len, self.cells), default=1)
        return lines * size("table") * LEADING + 2 * _PADDING


@dataclass(frozen=True)
class Columns:
    """Widths in points, and how the cells of a column look."""

    widths: tuple[float, ...]
    right: Collection[int] = ()
    quiet: Collection[int] = ()
    bold: Collection[int] = ()
    bold_flags: bool = False

    def row(
        self, cells: Sequence[str | Cell], *, keep: bool = False, weight: Weight | None = None
    ) -> list[_Row]:
        """Return a row, and rows below it in which a text goes on that is too high."""
        made = []
        for column, (cell, own) in enumerate(zip(cells, self.widths, strict=True)):
            words = cell.words if isinstance(cell, Cell) else cell
            wide = isinstance(cell, Cell) and cell.wide
            room = sum(self.widths[column:]) if wide else own
            chosen = weight or self._weight(cell, column)
            lines = broken(words, size("table"), room - RIGHT_PADDING, chosen) if words else []
            made.append(tuple(lines))
        most = int(HIGHEST_ROW / (size("table") * LEADING))
        count = max(1, -(-max(map(len, made), default=1) // most))
        special = {at: cell for at, cell in enumerate(cells) if isinstance(cell, Cell)}
        return [
            _Row(tuple(lines[at * most : (at + 1) * most] for lines in made), keep, special)
            for at in range(count)
        ]

    def _weight(self, cell: str | Cell, column: int) -> Weight:
        if isinstance(cell, Cell):
            return cell.weight
        if self.bold_flags and cell.endswith((" H", " L")):
            return Weight.SEMIBOLD
        return Weight.MEDIUM if column in self.bold else Weight.REGULAR


@dataclass
class _Pen:
    """Writes lines into one text, and changes font and colour only where they change."""

    text: PDFTextObject
    font: str = ""
    tone: str = field(default="", init=False)

    def line(self, line: Line, x: float, y: float, tone: str) -> None:
        self.text.setTextOrigin(x, y)
        if tone != self.tone:
            self.text.setFillColor(colour(tone))
            self.tone = tone
        for run in line:
            if run.font != self.font:
                self.text.setFont(run.font, size("table"), size("table") * LEADING)
                self.font = run.font
            self.text.textOut(run.text)


class Grid(Flowable):
    """The table itself; `head` is empty for none."""

    def __init__(self, columns: Columns, head: Sequence[_Row], rows: Sequence[_Row]) -> None:
        super().__init__()
        self._columns, self._head, self._rows = columns, list(head), list(rows)

    @property
    def least(self) -> float:
        """Height of what stays together at its beginning: the head and the first row."""
        loose = (at for at, row in enumerate(self._rows) if not row.keep)
        first = self._rows[: next(loose, len(self._rows)) + 1]
        return sum(row.height for row in (*self._head, *first))

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the room that it needs."""
        self.width = width
        self.height = sum(row.height for row in (*self._head, *self._rows))
        return self.width, self.height

    def split(self, _width: float, height: float) -> list[Flowable]:
        """Return what fits and the rest; nothing if not even one row fits."""
        room = height - sum(row.height for row in self._head)
        fits = 0
        while fits < len(self._rows) and room >= self._rows[fits].height:
            room -= self._rows[fits].height
            fits += 1
        while fits and self._rows[fits - 1].keep:
            fits -= 1
        if not fits:
            return []
        parts = (self._rows[:fits], self._rows[fits:])
        return [Grid(self._columns, self._head, rows) for rows in parts if rows]

    def draw(self) -> None:
        """Draw hairlines, then all texts as one."""
        pen = _Pen(self.canv.beginText())
        top = self.height
        ends: list[float] = []
        strikes: list[tuple[float, float, float, float]] = []
        for number, row in enumerate((*self._head, *self._rows)):
            strikes += self._write(pen, row, top, is_head=number < len(self._head))
            top -= row.height
            ends.append(top)
        self._rule(ends)
        self.canv.drawText(pen.text)
        if strikes:
            self.canv.setStrokeColor(colour("text"))
            self.canv.setLineWidth(0.5)
            self.canv.lines(strikes)

    def _write(
        self, pen: _Pen, row: _Row, top: float, *, is_head: bool
    ) -> list[tuple[float, float, float, float]]:
        """Write a row; return the lines through what is struck."""
        points, left = size("table"), 0.0
        strikes = []
        for column, (lines, room) in enumerate(zip(row.cells, self._columns.widths, strict=True)):
            special = row.special.get(column)
            quiet = column in self._columns.quiet and not is_head and special is None
            y = top - _PADDING - points * _BASELINE
            for line in lines:
                x = left
                if column in self._columns.right:
                    x += room - RIGHT_PADDING - width(line, points)
                pen.line(line, x, y, "text-2" if quiet else "text")
                if special is not None and special.struck:
                    middle = y + points * _STRIKE
                    strikes.append((x, middle, x + width(line, points), middle))
                y -= points * LEADING
            left += room
        return strikes

    def _rule(self, ends: Sequence[float]) -> None:
        heads = len(self._head)
        soft = [(0.0, y, self.width, y) for y in ends[heads:]]
        self.canv.setLineWidth(0.4)
        self.canv.setStrokeColor(colour("line-soft"))
        if soft:
            self.canv.lines(soft)
        if heads:
            self.canv.setLineWidth(0.6)
            self.canv.setStrokeColor(colour("text"))
            self.canv.line(0, ends[heads - 1], self.width, ends[heads - 1])
