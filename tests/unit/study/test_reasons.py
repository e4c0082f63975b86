"""Coded reasons are kept as codes and read in words, and what a person wrote stays as it is."""

from __future__ import annotations

import pytest

from lnmonitor.language import Language
from lnmonitor.study.reasons import coded_reason, late_words, reason_codes, reason_words


@pytest.mark.parametrize(
    ("kept", "language", "words"),
    [
        ("OVERLOOKED", "en", "Overlooked"),
        ("OVERLOOKED: on leave", "en", "Overlooked: on leave"),
        ("OVERLOOKED: on leave", "zh", "遗漏：on leave"),
        ("UNIT; QUERY: no 7", "en", "Wrong unit; Answer to a query: no 7"),
        ("OTHER: LATE; the UNIT was wrong", "en", "Other: LATE; the UNIT was wrong"),
        ("UNITED", "en", "UNITED"),
        ("Entered for another patient", "zh", "Entered for another patient"),
        ("", "en", ""),
    ],
)
def test_that_codes_are_read_in_words(kept: str, language: Language, words: str) -> None:
    assert reason_words(kept, language) == words


def test_that_a_note_follows_its_code() -> None:
    assert (coded_reason("PAPER"), coded_reason("OTHER", "flood")) == ("PAPER", "OTHER: flood")


def test_that_codes_come_without_what_a_person_wrote() -> None:
    assert reason_codes("UNIT: Wang; QUERY") == "UNIT; QUERY"
    assert reason_codes("asked Wang Fang") == ""


def test_that_no_reason_is_said() -> None:
    assert [late_words("", one) for one in ("en", "zh")] == ["no reason given", "未说明原因"]
