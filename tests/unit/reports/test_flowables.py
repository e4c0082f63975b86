"""A text becomes what reportlab's own parser would make of its escaped markup."""

from __future__ import annotations

from itertools import groupby

import pytest
from reportlab.platypus import Paragraph
from reportlab.platypus.paraparser import ParaFrag

from lnmonitor.reports import flowables, fonts
from lnmonitor.reports.fonts import Weight

READ_BY_LAYOUT = ("fontName", "fontSize", "textColor", "rise", "greek", "link", "us_lines")
IN_THE_FONT = {"bold", "italic"}


def look(fragment: ParaFrag) -> list[object]:
    return [getattr(fragment, name) for name in READ_BY_LAYOUT]


@pytest.mark.parametrize("weight", Weight)
@pytest.mark.parametrize(
    "words",
    [
        "24-h protein <= 0.5 g/24 h",
        'markup <b>&amp;</b> "as typed"',
        "24 h 尿蛋白 ≥ 1.0 g",
        " blanks  at\u00a0ends\nand lines ",
        "a\U0001f600b",
        "",
    ],
)
def test_that_a_text_is_laid_out_as_if_it_had_been_parsed(words: str, weight: Weight) -> None:
    ours = flowables.text(words, points=9, tone="text-2", weight=weight)
    parsed = Paragraph(fonts.markup(words, weight), ours.style)
    known = {"text", *READ_BY_LAYOUT, *IN_THE_FONT}
    assert all(vars(one).keys() == known for one in ours.frags)
    assert all(vars(one).keys() - known <= {"__tag__"} for one in parsed.frags)
    # The parser ends a fragment at each escaped sign; blanks are one to the layout.
    runs = [
        (look_, "".join(one.text for one in group))
        for look_, group in groupby(parsed.frags, key=look)
    ]
    assert [(look(one), one.text.split()) for one in ours.frags] == [
        (look_, text.split()) for look_, text in runs
    ]


def test_that_long_chinese_text_is_broken_and_short_latin_words_are_not() -> None:
    han, latin = flowables.text("尿蛋白" * 200), flowables.text("protein " * 5)
    assert han.wrap(200, 800)[1] > 5 * latin.wrap(200, 800)[1]
