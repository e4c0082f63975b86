"""A text becomes what reportlab's own parser would make of its escaped markup."""

from __future__ import annotations

from itertools import groupby

import pytest
from reportlab.platypus import Paragraph
from reportlab.platypus.paraparser import ParaFrag

from lnmonitor.reports import flowables, fonts
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.grid import HIGHEST_ROW
from lnmonitor.reports.page import TEXT_HEIGHT, TEXT_WIDTH

READ_BY_LAYOUT = ("fontName", "fontSize", "textColor", "rise", "greek", "link", "us_lines")
IN_THE_FONT = {"bold", "italic"}
BY_PARSER = {"__tag__", "lineBreak", "_selfClosingTag"}


def look(fragment: ParaFrag) -> list[object]:
    return [getattr(fragment, name) for name in READ_BY_LAYOUT]


def looks(fragments: list[ParaFrag]) -> list[tuple[list[object], list[str]]]:
    return [
        (look_, "".join(one.text for one in group).split())
        for look_, group in groupby(fragments, key=look)
    ]


def breaks(fragments: list[ParaFrag]) -> int:
    return sum(hasattr(one, "lineBreak") for one in fragments)


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
    assert all(vars(one).keys() - {"lineBreak"} == known for one in ours.frags)
    assert all(vars(one).keys() - known <= BY_PARSER for one in parsed.frags)
    assert breaks(ours.frags) == breaks(parsed.frags) == words.count("\n")
    # The parser ends a fragment at each escaped sign; blanks are one to the layout.
    assert looks(ours.frags) == looks(parsed.frags)


def test_that_long_chinese_text_is_broken_and_short_latin_words_are_not() -> None:
    han, latin = flowables.text("尿蛋白" * 200), flowables.text("protein " * 5)
    assert han.wrap(200, 800)[1] > 5 * latin.wrap(200, 800)[1]


@pytest.mark.parametrize("words", ["one\ntwo\r\nthree", "一\n二\r\n三"])
def test_that_a_line_break_in_a_text_is_one_on_paper(words: str) -> None:
    single, three = flowables.text("x"), flowables.text(words)
    assert three.wrap(400, 800)[1] == pytest.approx(3 * single.wrap(400, 800)[1])


def test_that_what_is_higher_than_a_row_may_be_goes_on_below() -> None:
    parts = flowables.long_message("word " * 5000, tone="warn")
    heights = [part.wrap(TEXT_WIDTH, 10_000)[1] for part in parts]
    assert len(parts) > 3
    assert max(heights) < HIGHEST_ROW + 20


def test_that_facts_of_any_length_fit_on_pages() -> None:
    table = flowables.facts([("Label", "word " * 3000), ("Other", "short")])
    table.wrap(TEXT_WIDTH, TEXT_HEIGHT)
    parts = table.split(TEXT_WIDTH, TEXT_HEIGHT)
    assert parts
    assert parts[0].wrap(TEXT_WIDTH, TEXT_HEIGHT)[1] <= TEXT_HEIGHT


def test_that_a_head_goes_with_the_first_row_below_it_however_high() -> None:
    head = flowables.section("Section")
    table = flowables.table(("Head",), [("line\n" * 15,), ("x",)], (1,))
    break_, *rest = flowables.headed(head, [table])
    needed = sum(part.wrap(TEXT_WIDTH, TEXT_HEIGHT)[1] for part in rest)
    one_row = flowables.table((), [("x",)], (1,)).wrap(TEXT_WIDTH, TEXT_HEIGHT)[1]
    assert break_.height == pytest.approx(needed - one_row)
