"""The table of contents: each bookmark a line with its page, three columns on a page, clickable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable, PageBreak

from lnmonitor.reports import fonts
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.page import TEXT_HEIGHT, TEXT_WIDTH, Bookmark, paged
from lnmonitor.reports.palette import colour, size

_COLUMNS = 3
_GAP = 16.0
_LINE = 11.6
_INDENT = 8.0
_NUMBER = 22.0
_WIDTH = (TEXT_WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS


def contents(outline: Sequence[Bookmark], above: float) -> list[Flowable]:
    """Return the table of contents; the first page has room below what is `above`, in points."""
    parts: list[Flowable] = []
    rest = list(outline)
    room = TEXT_HEIGHT - above
    while rest:
        columns, rest = _page(rest, int(room // _LINE) - 1)
        parts += [PageBreak()] if parts else []
        parts.append(_Page(columns))
        room = TEXT_HEIGHT
    return parts


def _page(rest: list[Bookmark], lines: int) -> tuple[list[list[Bookmark]], list[Bookmark]]:
    """Fill the columns of a page; a chapter's or a visit's line is never the last of a column."""
    columns: list[list[Bookmark]] = []
    for _ in range(_COLUMNS):
        end = min(lines, len(rest))
        while 1 < end < len(rest) and rest[end].level > rest[end - 1].level:
            end -= 1
        columns.append(rest[:end])
        rest = rest[end:]
    return columns, rest


class _Page(Flowable):
    """The lines of one page."""

    def __init__(self, columns: Sequence[Sequence[Bookmark]]) -> None:
        super().__init__()
        self._columns = columns

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the room of the longest column."""
        self.height = max(map(len, self._columns)) * _LINE
        return width, self.height

    def draw(self) -> None:
        """Draw the lines, each a link."""
        for one, x, y in self._places():
            self._line(one, x, y)

    def _places(self) -> Iterator[tuple[Bookmark, float, float]]:
        for number, column in enumerate(self._columns):
            for index, one in enumerate(column):
                yield one, number * (_WIDTH + _GAP), self.height - (index + 1) * _LINE + 3

    def _line(self, one: Bookmark, x: float, y: float) -> None:
        points = size("small")
        weight = Weight.SEMIBOLD if one.level == 0 else Weight.REGULAR
        left = x + _INDENT * one.level
        title = fonts.fitted(one.title, points, x + _WIDTH - _NUMBER - left, weight)
        self.canv.setFillColor(colour("text" if one.level < 2 else "text-2"))
        for run in fonts.runs(title, weight):
            self.canv.setFont(run.font, points)
            self.canv.drawString(left, y, run.text)
            left += fonts.width(run.text, points, weight)
        paged(self).number_of(one.key, x + _WIDTH, y)
        box = (x, y - 2.5, x + _WIDTH, y + points)
        self.canv.linkRect(one.title, one.key, box, relative=1, thickness=0)
