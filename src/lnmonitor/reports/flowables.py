"""The building blocks of documents: headings, facts, tables, all in the bundled fonts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

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
from lnmonitor.reports.page import TEXT_WIDTH
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
        leading=points * 1.32,
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
    """Return a paragraph; any text is safe, since none is read as markup."""
    han = bool(words) and max(words) > _BEFORE_HAN
    style = _style(points or size("body"), tone, right=right, han=han)
    return Paragraph("", style, frags=_fragments(words, weight, style))


def _fragments(words: str, weight: Weight, style: ParagraphStyle) -> list[ParaFrag]:
    """Return what reportlab's parser would make of the text, without markup written to be parsed:
    that parsing took longer than the layout."""
    return [
        ParaFrag(
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
        )
        for run in fonts.runs(words, weight)
    ]


def title(words: str, beside: str) -> Flowable:
    """Return the document's title with a line of facts beside it."""
    markup = (
        f'<font size="{size("title")}">{fonts.markup(words, Weight.SEMIBOLD)}</font>'
        f'&nbsp;&nbsp;<font size="10" color="{colour("text-2").hexval().replace("0x", "#")}">'
        f"{fonts.markup(beside)}</font>"
    )
    style = ParagraphStyle("title", fontName=fonts.latin(), fontSize=size("title"), leading=24)
    return Paragraph(markup, style)


def section(words: str) -> list[Flowable]:
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
    return [CondPageBreak(_HEAD_WITH_ROWS), Spacer(0, 10), head, Spacer(0, 2)]


def facts(pairs: Sequence[tuple[str, str]], columns: int = 2) -> Flowable:
    """Return label and value pairs in columns; a missing value is a dash, so that it is seen."""
    cells = [
        cell
        for label, value in pairs
        for cell in (text(label, tone="text-2"), text(value or "–", weight=Weight.MEDIUM))
    ]
    per_row = columns * 2
    cells += [text("")] * (-len(cells) % per_row)
    rows = [cells[index : index + per_row] for index in range(0, len(cells), per_row)]
    label_width = 76.0
    value_width = TEXT_WIDTH / columns - label_width
    table = Table(rows, [label_width, value_width] * columns)
    table.setStyle(_tight(2.2))
    return table


def message(words: str, tone: str = "serious") -> Flowable:
    """Return a sentence with a coloured bar at its left: what matters most."""
    table = Table([["", text(words, points=9.5)]], [6, TEXT_WIDTH - 6])
    table.setStyle(
        TableStyle(
            [
                _EMBEDDED,
                ("LINEBEFORE", (0, 0), (0, -1), 2.4, colour(tone)),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    numbers_from: int | None = None,
    bold_flags: bool = False,
) -> Flowable:
    """Return a table with hairlines, its head repeated on every page; rows are never split.

    Args:
        widths: shares of the text width.
        numbers_from: first column that is right-aligned.
        bold_flags: print cells that end in H or L bold.
    """
    points = size("table")

    def cell(words: str, column: int, *, is_head: bool) -> Paragraph:
        right = numbers_from is not None and column >= numbers_from
        flagged = bold_flags and words.endswith((" H", " L"))
        weight = Weight.SEMIBOLD if is_head or flagged else Weight.REGULAR
        return text(words, points=points, weight=weight, right=right)

    content = [[cell(words, i, is_head=True) for i, words in enumerate(head)]]
    content += [[cell(words, i, is_head=False) for i, words in enumerate(row)] for row in rows]
    total = sum(widths)
    made = Table(
        content, [TEXT_WIDTH * share / total for share in widths], repeatRows=1, splitInRow=0
    )
    made.setStyle(_tight(2.0))
    made.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, colour("text")),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, colour("line-soft")),
            ]
        )
    )
    return made


def together(*parts: Flowable) -> Flowable:
    """Keep parts on one page."""
    return KeepTogether(list(parts))


def _tight(padding: float) -> TableStyle:
    return TableStyle(
        [
            _EMBEDDED,
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), padding),
            ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
