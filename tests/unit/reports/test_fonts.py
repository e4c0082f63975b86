"""Every character is printed in an embedded font that has it, or as its code."""

from __future__ import annotations

from reportlab.pdfbase import pdfmetrics

from lnmonitor.reports import fonts
from lnmonitor.reports.fonts import Weight


def test_that_latin_and_han_go_to_their_own_fonts() -> None:
    found = [(run.text, run.font) for run in fonts.runs("24 h 尿蛋白 ≥ 1.0 g")]
    assert found == [
        ("24 h ", "LNSans-Regular"),
        ("尿蛋白", "NotoSansSC-Regular"),
        (" ≥ 1.0 g", "LNSans-Regular"),
    ]


def test_that_a_character_without_a_glyph_appears_as_its_code() -> None:
    assert "".join(run.text for run in fonts.runs("a\U0001f600b\u0e01")) == "a[U+1F600]b[U+0E01]"


def test_that_no_text_prints_an_empty_box() -> None:
    text = "".join(map(chr, (*range(0x20, 0x2FF), *range(0x370, 0x400), *range(0x4E00, 0x5000))))
    for run in fonts.runs(text, Weight.SEMIBOLD):
        glyphs = pdfmetrics.getFont(run.font).face.charToGlyph
        assert all(glyphs.get(ord(character), 0) for character in run.text)


def test_that_markup_of_any_text_is_escaped() -> None:
    assert fonts.markup("<b>&") == '<font name="LNSans-Regular">&lt;b&gt;&amp;</font>'


def test_that_tabular_digits_have_one_width() -> None:
    assert len({round(fonts.width(digit, 10), 6) for digit in "0123456789"}) == 1


def test_that_a_character_that_shows_nothing_appears_as_its_code() -> None:
    shown = "".join(run.text for run in fonts.runs("a\u200bb\u00adc\x0ed"))
    assert shown == "a[U+200B]b[U+00AD]c[U+000E]d"


def test_that_what_is_printed_as_its_code_is_counted_and_what_is_measured_is_not() -> None:
    with fonts.counted() as replaced:
        fonts.runs("a\U0001f600\u0e01", count=True)
        fonts.runs("\U0001f600尿", count=True)
        fonts.width("\U0001f600", 9)
    assert replaced == {"\U0001f600": 2, "\u0e01": 1}


def test_that_a_line_too_long_for_its_room_ends_in_dots() -> None:
    shown = fonts.fitted("Site of a very long name", 9, 60)
    assert shown.startswith("Site of")
    assert shown.endswith("…")
    assert fonts.width(shown, 9) <= 60
    assert fonts.fitted("Site", 9, 60) == "Site"
