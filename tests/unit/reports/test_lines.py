"""A text is broken where a reader expects it, and nothing of it is lost."""

from __future__ import annotations

import pytest

from lnmonitor.reports import fonts
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.lines import broken, width

SIZE = 8.5


def words_of(text: str, room: float, weight: Weight = Weight.REGULAR) -> list[str]:
    return ["".join(run.text for run in line) for line in broken(text, SIZE, room, weight)]


def test_that_latin_is_broken_at_spaces() -> None:
    room = fonts.width("blood pressure", SIZE)
    assert words_of("blood pressure and weight", room) == ["blood pressure", "and weight"]


def test_that_chinese_is_broken_between_characters_but_never_before_a_stop() -> None:
    room = fonts.width("尿蛋白定量", SIZE)
    assert words_of("尿蛋白定量尿蛋白", room) == ["尿蛋白定量", "尿蛋白"]
    assert words_of("尿蛋白定量。尿", room) == ["尿蛋白定", "量。尿"]


def test_that_a_word_wider_than_the_room_is_broken_where_it_must_be() -> None:
    lines = words_of("x" * 100, 50)
    assert "".join(lines) == "x" * 100
    assert len(lines) > 5


@pytest.mark.parametrize("room", [20, 55, 120, 400])
@pytest.mark.parametrize(
    "text",
    [
        "Weight of 58 kg; see page 3 (of 7), 尿蛋白 2.1 g/24 h。第二行",
        "one\ntwo\r\nthree\u2028four\n\nsix",
        "<b>tags</b> & [U+1F600] \U0001f600",
    ],
)
def test_that_no_line_is_wider_than_the_room_and_no_letter_is_lost(text: str, room: float) -> None:
    lines = broken(text, SIZE, room)
    assert all(width(line, SIZE) <= room + 0.01 for line in lines if len(line[:1]) and room >= 55)
    shown = "".join(run.text for line in lines for run in line)
    wanted = text.replace("\U0001f600", "[U+1F600]")
    assert "".join(shown.split()) == "".join(wanted.split())


def test_that_each_line_break_of_a_text_is_one_on_paper() -> None:
    assert words_of("one\ntwo\r\nthree\u2028four\n\nsix", 400) == [
        "one", "two", "three", "four", "", "six",
    ]  # fmt: skip
