"""The building blocks of documents: headings, facts, tables, all in the bundled fonts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import cast

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.paraparser import ParaFrag

from lnmonitor.reports import fonts
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.grid import HIGHEST_ROW, LEADING, RIGHT_PADDING, Cell, Columns, Grid
from lnmonitor.reports.page import TEXT_HEIGHT, TEXT_WIDTH, Anchor, Mark
from lnmonitor.reports.palette import colour, size

_HEAD_WITH_ROWS = 84.0
"""Points that a section head, a table's head and its first row need."""
_EMBEDDED = ("FONTNAME", (0, 0), (-1, -1), fonts.latin())
"""reportlab names a cell's font in the file even if nothing is written in it."""
_BEFORE_HAN = "\u2e7f"
"""Last character before those of Chinese."""


@cache
def _style(points: float, tone: str, *, right: bool, han: bool) -> ParagraphStyle:
    style = ParagraphStyle(
        f"{points}-{tone}-{right}-{han}",
        fontName=fonts.latin(),
        fontSize=points,
        leading=points * LEADING,
        textColor=colour(tone),
        splitLongWords=1,
    )
    if han:  # long Chinese text has no spaces to break at
        style.wordWrap = "CJK"
    if right:
        style.alignment = TA_RIGHT
    return style


def text(
    words: str,
    *,
    points: float | None = None,
    tone: str = "text",
    weight: Weight = Weight.REGULAR,
    right: bool = False,
) -> Paragraph:
    """Return a paragraph; any text is safe, since none is read as markup, and keeps its lines."""
    han = bool(words) and max(words) > _BEFORE_HAN
    style = _style(points or size("body"), tone, right=right, han=han)
    return Paragraph("", style, frags=_fragments(words, weight, style))


def _fragments(words: str, weight: Weight, style: ParagraphStyle) -> list[ParaFrag]:
    """Return what reportlab's parser would make of the text, without markup written to be parsed:
    that parsing took longer than the layout."""
    first, *others = fonts.lines(words)
    found = [_fragment(run, style) for run in fonts.runs(first, weight, count=True)]
    for line in others:
        # The breaker of Latin lines and that of Chinese ones both look for this attribute.
        found.append(_fragment(fonts.Run("", fonts.latin()), style, lineBreak=True))
        found += [_fragment(run, style) for run in fonts.runs(line, weight, count=True)]
    return found


def _fragment(run: fonts.Run, style: ParagraphStyle, **more: bool) -> ParaFrag:
    return ParaFrag(
        text=run.text,
        fontName=run.font,
        fontSize=style.fontSize,
        textColor=style.textColor,
        bold=0,
        italic=0,
        rise=0,
        greek=0,
        link=[],
        us_lines=[],
        **more,
    )


def title(words: str, beside: str) -> Flowable:
    """Return the document's title with a line of facts beside it."""
    markup = (
        f'<font size="{size("title")}">{fonts.markup(words, Weight.SEMIBOLD)}</font>'
        f'&nbsp;&nbsp;<font size="10" color="{colour("text-2").hexval().replace("0x", "#")}">'
        f"{fonts.markup(beside)}</font>"
    )
    style = ParagraphStyle("title", fontName=fonts.latin(), fontSize=size("title"), leading=24)
    return Paragraph(markup, style)


def section(words: str, mark: Mark | None = None) -> list[Flowable]:
    """Return a section head: bold, with a rule below, together with what follows."""
    head = Table(
        [[text(words, points=size("section") + 0.5, weight=Weight.SEMIBOLD)]], [TEXT_WIDTH]
    )
    head.setStyle(
        TableStyle(
            [
                _EMBEDDED,
                ("LINEBELOW", (0, 0), (-1, -1), size("rule"), colour("text")),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    # A head never stands alone at the foot of a page.
    anchor = [Anchor(mark)] if mark else []
    return [CondPageBreak(_HEAD_WITH_ROWS), Spacer(0, 10), *anchor, head, Spacer(0, 2)]


def subsection(words: str, beside: str = "", mark: Mark | None = None) -> list[Flowable]:
    """Return the head of a form: its name, and a line of facts beside it."""
    head = _two_sides(words, beside, size("body") + 0.5)
    head.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.6, colour("line-strong"))]))
    anchor = [Anchor(mark)] if mark else []
    return [CondPageBreak(_HEAD_WITH_ROWS * 1.3), Spacer(0, 7), *anchor, head]


def headed(head: Sequence[Flowable], body: Sequence[Flowable]) -> list[Flowable]:
    """Return a section's or form's head with what stands below, on one page with its first row."""
    height = sum(part.wrap(TEXT_WIDTH, TEXT_HEIGHT)[1] for part in head[1:])
    return [CondPageBreak(height + _least(body)), *head[1:], *body]


def _least(body: Iterable[Flowable]) -> float:
    """Return the height of what must not be parted from a head."""
    height = needed = 0.0
    for part in body:
        if isinstance(part, CondPageBreak):
            needed = max(needed, height + part.height)  # or it would part them itself
            continue
        if isinstance(part, Grid):
            height += part.least
            break
        height += min(part.wrap(TEXT_WIDTH, TEXT_HEIGHT)[1], _HEAD_WITH_ROWS)
        if isinstance(part, Paragraph):
            break
    return max(needed, height)


def small_head(words: str, beside: str) -> list[Flowable]:
    """Return the head of one record of several."""
    return [CondPageBreak(_HEAD_WITH_ROWS), Spacer(0, 4), _two_sides(words, beside, size("table"))]


def _two_sides(words: str, beside: str, points: float) -> Table:
    """Return a name at the left and facts at the right, which get the room that the name leaves."""
    left = min(fonts.width(words, points, Weight.SEMIBOLD) + 10, TEXT_WIDTH * 0.5)
    name = text(words, points=points, weight=Weight.SEMIBOLD)
    said = text(beside, points=size("small"), tone="text-2", right=True)
    made = Table([[name, said]], [left, TEXT_WIDTH - left])
    made.setStyle(_tight(1.5))
    made.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "BOTTOM")]))
    return made


def facts(pairs: Sequence[tuple[str, str]], columns: int = 2) -> Flowable:
    """Return label and value pairs in columns; a missing value is a dash, so that it is seen."""
    cells = [
        cell
        for label, value in pairs
        for cell in (text(label, tone="text-2"), text(value or "–", weight=Weight.MEDIUM))
    ]
    per_row = columns * 2
    cells += [text("")] * (-len(cells) % per_row)
    label_width = 76.0
    value_width = TEXT_WIDTH / columns - label_width
    widths = [label_width, value_width] * columns
    rows = [
        row
        for index in range(0, len(cells), per_row)
        for row in _page_rows(cells[index : index + per_row], widths)
    ]
    table = Table(rows, widths)
    table.setStyle(_tight(2.2))
    return table


def message(words: str, tone: str = "serious") -> Flowable:
    """Return a sentence with a coloured bar at its left: what matters most."""
    return _barred(text(words, points=9.5), tone)


def long_message(words: str, tone: str) -> list[Flowable]:
    """Return a text with a bar at its left, in pieces if it is higher than a row may be."""
    made = text(words, points=size("table"))
    return [_barred(piece, tone) for piece in _pieces(made, TEXT_WIDTH - 6 - RIGHT_PADDING)]


def _barred(words: Paragraph, tone: str) -> Flowable:
    table = Table([["", words]], [6, TEXT_WIDTH - 6])
    table.setStyle(
        TableStyle(
            [
                _EMBEDDED,
                ("LINEBEFORE", (0, 0), (0, -1), 2.4, colour(tone)),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), RIGHT_PADDING),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    widths: Sequence[float],
    *,
    numbers_from: int | None = None,
    numbers: Collection[int] = (),
    quiet: Collection[int] = (),
    bold: Collection[int] = (),
    bold_flags: bool = False,
    keep: Collection[int] = (),
) -> Flowable:
    """Return a table with hairlines, its head repeated on every page; rows are never split.

    Args:
        head: empty for none. widths: shares of the text width.
        numbers_from: first column that is right-aligned. numbers: further such columns.
        quiet, bold: columns in the secondary tone, and in a medium weight.
        bold_flags: print cells that end in H or L bold.
        keep: rows that stay on one page with the row after them, such as heads of groups.
    """
    first_number = len(widths) if numbers_from is None else numbers_from
    total = sum(widths)
    columns = Columns(
        tuple(TEXT_WIDTH * share / total for share in widths),
        right={*numbers, *range(first_number, len(widths))},
        quiet=frozenset(quiet),
        bold=frozenset(bold),
        bold_flags=bold_flags,
    )
    top = columns.row(head, weight=Weight.SEMIBOLD) if head else []
    made = [one for at, cells in enumerate(rows) for one in columns.row(cells, keep=at in keep)]
    return Grid(columns, top, made)


def _page_rows(cells: Sequence[Paragraph], widths: Sequence[float]) -> list[list[Paragraph]]:
    """Return a row, and rows below it in which a text goes on that is too high for a page."""
    if not any(map(_may_be_high, cells, widths)):
        return [list(cells)]
    rows: list[list[Paragraph]] = [[text("") for _ in cells]]
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        for index, piece in enumerate(_pieces(cell, width - RIGHT_PADDING)):
            if index == len(rows):
                rows.append([text("") for _ in cells])
            rows[index][column] = piece
    return rows


def _may_be_high(cell: Paragraph, width: float) -> bool:
    """Return whether a text may be higher than a row; measuring all of them would take long."""
    letters = sum(len(one.text) for one in cell.frags)
    lines = len(cell.frags) + letters * cell.style.fontSize / max(width, 1)
    return lines * cell.style.leading > HIGHEST_ROW


def _pieces(cell: Paragraph, width: float) -> list[Paragraph]:
    """Split a text into pieces none of which is higher than a row may be."""
    found: list[Paragraph] = []
    rest = cell
    while rest.wrap(width, HIGHEST_ROW)[1] > HIGHEST_ROW:
        first, rest = cast(list[Paragraph], rest.split(width, HIGHEST_ROW))
        found.append(first)
    return [*found, rest]


def signing_lines(labels: Sequence[str]) -> Flowable:
    """Return lines to be signed by hand, their labels below."""
    gap = 18.0
    width = (TEXT_WIDTH - gap * (len(labels) - 1)) / len(labels)
    cells: list[Paragraph] = []
    widths: list[float] = []
    for label in labels:
        cells += [text(label, points=8, tone="text-2"), text("")]
        widths += [width, gap]
    table = Table([cells[:-1]], widths[:-1], spaceBefore=27)
    table.setStyle(_tight(3.0))
    for column in range(0, len(cells), 2):
        table.setStyle(TableStyle([("LINEABOVE", (column, 0), (column, 0), 0.6, colour("text"))]))
    return table


def together(*parts: Flowable) -> Flowable:
    """Keep parts on one page."""
    return KeepTogether(list(parts))


def _tight(padding: float) -> TableStyle:
    return TableStyle(
        [
            _EMBEDDED,
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), RIGHT_PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), padding),
            ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
