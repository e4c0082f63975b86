"""What people type into fields, read as values. No window."""

from __future__ import annotations

from datetime import date

import pytest

from lnmonitor.desktop.entry.values import (
    Answer,
    UnreadableError,
    format_date,
    format_number,
    parse_answer,
    parse_clock,
    parse_day,
    parse_instant,
    parse_number,
    parse_result,
)
from lnmonitor.errors import UserError
from lnmonitor.study.forms import AdverseEvent, Infusion, VitalSigns

TODAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("4.1", 4.1), ("4,1", 4.1), (" 81 ", 81.0), ("−2", -2.0), (",5", 0.5), ("1 840", 1840.0)],
)
def test_that_a_number_is_read_with_either_decimal_sign(typed: str, value: float) -> None:
    assert parse_number(typed) == value


@pytest.mark.parametrize("typed", ["abc", "4..1", "1e3", "4.1.2", "12 mg", "1,84,0"])
def test_that_no_number_is_guessed(typed: str) -> None:
    with pytest.raises(UnreadableError):
        parse_number(typed)


def test_that_a_comma_before_three_digits_is_asked_about() -> None:
    with pytest.raises(UnreadableError, match=r"1840 or 1\.840"):
        parse_number("1,840")
    assert parse_number("0,125") == 0.125


def test_that_a_whole_number_refuses_decimals() -> None:
    assert parse_number("4", integer=True) == 4
    with pytest.raises(UnreadableError):
        parse_number("4.5", integer=True)


def test_that_an_operator_stays_with_the_result() -> None:
    assert parse_result("<0.5") == Answer(0.5, operator="<")
    assert parse_result("> 800") == Answer(800.0, operator=">")
    assert parse_result("≥ 3") == Answer(3.0, operator=">=")


@pytest.mark.parametrize("typed", ["ND", "nd", " unk ", "NA"])
def test_that_a_missing_word_is_no_number_and_no_zero(typed: str) -> None:
    answer = parse_result(typed)
    assert answer.value is None
    assert answer.missing == typed.strip().upper()


def test_that_words_keep_their_small_letters() -> None:
    field = AdverseEvent.items()["term"]
    assert parse_answer("na", field) == Answer("na")
    assert parse_answer("ND", field) == Answer(missing="ND")


def test_that_an_empty_field_is_neither_value_nor_reason() -> None:
    assert parse_answer("  ", VitalSigns.items()["weight_kg"]).empty


def test_that_an_integer_item_gives_an_integer() -> None:
    assert parse_answer("4", Infusion.items()["passage"]).value == 4


@pytest.mark.parametrize(("typed", "iso"), [("t", "2026-05-12"), ("3/5", "2026-05-03")])
def test_that_short_dates_are_read(typed: str, iso: str) -> None:
    assert parse_day(typed, today=TODAY, partial=False) == Answer(iso)


def test_that_a_partial_date_is_kept_partial() -> None:
    assert parse_day("2009-05", today=TODAY, partial=True) == Answer("2009-05")
    with pytest.raises(UserError):
        parse_day("2009-05", today=TODAY, partial=False)


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("14:30", "2026-05-12T14:30"),
        ("1430", "2026-05-12T14:30"),
        ("t 9.05", "2026-05-12T09:05"),
        ("2026-05-11 23:59", "2026-05-11T23:59"),
        ("2026-05-11T23:59", "2026-05-11T23:59"),
        ("3 OCT 2025 10:05", "2025-10-03T10:05"),
        ("2026-05-11T10:05", "2026-05-11T10:05"),
    ],
)
def test_that_an_instant_is_a_day_and_a_time(typed: str, iso: str) -> None:
    assert parse_instant(typed, today=TODAY) == Answer(iso)


@pytest.mark.parametrize("typed", ["24:00", "12:60", "noon"])
def test_that_an_impossible_time_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableError):
        parse_clock(typed)


def test_that_numbers_are_shown_as_they_were_typed() -> None:
    assert format_number(4.1) == "4.1"
    assert format_number(81.0) == "81"
    assert format_number(0.72, 1) == "0.72"
    assert format_number(1840, grouped=True) == "1\u2009840"


def test_that_dates_are_words_in_english_and_iso_in_chinese() -> None:
    assert format_date("2026-05-12", "en") == "12 May 2026"
    assert format_date("2009-05", "en") == "May 2009"
    assert format_date("2026-05-12T14:30", "en") == "12 May 2026 14:30"
    assert format_date("2026-05-12T14:30", "zh") == "2026-05-12 14:30"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_that_a_text_with_a_capital_t_is_no_date(language: str) -> None:
    for text in ("Transient rise of creatinine", "Type 2 diabetes", "HIT", "2009 Thrombosis"):
        assert format_date(text, language) == text
