"""A text becomes what reportlab's own parser would make of its escaped markup."""

from __future__ import annotations

import pytest
from reportlab.platypus import Paragraph

from lnmonitor.reports import flowables, fonts
from lnmonitor.reports.fonts import Weight

READ_BY_LAYOUT = (
    "text", "fontName", "fontSize", "textColor", "rise", "greek", "link", "us_lines",
)  # fmt: skip
IN_THE_FONT = {"bold", "italic"}


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
    known = {*READ_BY_LAYOUT, *IN_THE_FONT}
    assert all(vars(one).keys() == known for one in ours.frags)
    assert all(vars(one).keys() - known <= {"__tag__"} for one in parsed.frags)
    assert [[getattr(one, name) for name in READ_BY_LAYOUT] for one in ours.frags] == [
        [getattr(one, name) for name in READ_BY_LAYOUT] for one in parsed.frags
    ]


def test_that_long_chinese_text_is_broken_and_short_latin_words_are_not() -> None:
    han, latin = flowables.text("尿蛋白" * 200), flowables.text("protein " * 5)
    assert han.wrap(200, 800)[1] > 5 * latin.wrap(200, 800)[1]
