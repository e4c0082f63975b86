"""Breaking a text into lines of a width, for tables: Latin at spaces, Chinese between characters.

reportlab's paragraphs do this as well; for thousands of cells they take ten times as long, Chinese
ones thirty times.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from reportlab.pdfbase.pdfmetrics import stringWidth

from lnmonitor.reports import fonts
from lnmonitor.reports.fonts import Run, Weight

Line = tuple[Run, ...]
_HAN = "\u2e80"
"""First character of those that a line may end before and after."""
_NEVER_FIRST = frozenset("、。，．；：？！）」』】》〉”’％…—,.;:?!)]}%")
_NEVER_LAST = frozenset("（「『【《〈“‘([{")
_EM = 1000.0
_FUZZ = 1e-6


def broken(text: str, size: float, room: float, weight: Weight = Weight.REGULAR) -> list[Line]:
    """Return the lines of a text that is printed in a width; each has runs of one font.

    A word wider than the room is broken where it must be.
    """
    found = []
    for line in fonts.lines(text):
        pieces = _pieces(line, _EM * room / size, weight)
        found += [fonts.runs(piece, weight, count=True) for piece in pieces]
    return found


def width(line: Line, size: float) -> float:
    """Return the width of a line in points."""
    return sum(stringWidth(run.text, run.font, size) for run in line)


def _pieces(line: str, room: float, weight: Weight) -> Iterator[str]:
    """Yield the pieces of a line without line breaks; `room` in thousandths of the size."""
    widths = [_width(letter, weight) for letter in line]
    if sum(widths) <= room + _FUZZ:
        yield line
        return
    start, end, used = 0, 0, 0.0  # of this piece: first letter, where it may end, width
    for here, letter in enumerate(line):
        if used + widths[here] > room + _FUZZ and here > start and letter != " ":
            cut = here if _may_break(line, here) else end if end > start else here
            yield line[start:cut].rstrip()
            start, used = cut, sum(widths[cut:here])
        used += widths[here]
        if letter == " " or _may_break(line, here + 1):
            end = here + 1
    yield line[start:]


def _may_break(line: str, at: int) -> bool:
    """Return whether a line may begin with the letter at a place."""
    if not 0 < at < len(line):
        return False
    before, after = line[at - 1], line[at]
    if before == " ":
        return True
    return (
        (before >= _HAN or after >= _HAN)
        and after not in _NEVER_FIRST
        and before not in _NEVER_LAST
    )


@cache
def _width(letter: str, weight: Weight) -> float:
    return width(fonts.runs(letter, weight), _EM)
