"""Partial dates: reading, comparing, and what people type."""

from __future__ import annotations

from datetime import date

import pytest

from lnmonitor.study.dates import (
    MONTHS,
    DateError,
    Order,
    compare,
    earliest,
    exact,
    instant,
    latest,
    parse_partial,
    typed,
    years_between,
)

TODAY = date(2024, 5, 10)


def test_that_a_year_spans_its_first_to_last_day() -> None:
    assert parse_partial("2009").first == date(2009, 1, 1)
    assert parse_partial("2009").last == date(2009, 12, 31)


def test_that_a_month_ends_where_the_calendar_says() -> None:
    assert parse_partial("2024-02").last == date(2024, 2, 29)
    assert parse_partial("2023-02").last == date(2023, 2, 28)


def test_that_no_date_has_no_bounds() -> None:
    assert earliest(None) is None
    assert latest("") is None
    assert exact("2009-05") is None
    assert exact("2009-05-12T08:30") == date(2009, 5, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2009-00",
        "2009-05-00",
        "2009-13",
        "2009-02-30",
        "09",
        "2009-5",
        "yesterday",
        "1-1-2009",
        "0009",
    ],
)
def test_that_what_is_not_stored_form_is_refused(text: str) -> None:
    with pytest.raises(DateError):
        parse_partial(text)


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("2009", "2010-01-01", Order.BEFORE),
        ("2010-01-01", "2009", Order.AFTER),
        ("2009", "2009", Order.UNKNOWN),
        ("2009-05", "2009", Order.UNKNOWN),
        ("2009-05", "2009-05-31", Order.UNKNOWN),
        ("2009-05", "2009-06-01", Order.BEFORE),
        ("2009-05-12", "2009-05-12", Order.SAME),
        ("2009-05-13", "2009-05-12T23:59", Order.AFTER),
    ],
)
def test_that_partial_dates_compare_only_as_far_as_they_are_known(
    one: str, other: str, order: Order
) -> None:
    assert compare(one, other) is order


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("t", "2024-05-10"),
        ("T-1", "2024-05-09"),
        ("-7", "2024-05-03"),
        ("3/4", "2024-04-03"),
        ("3/7", "2023-07-03"),  # 3 July 2024 would lie in the future
        ("3.7.09", "2009-07-03"),
        ("3/7/1999", "1999-07-03"),
        ("3/7/99", "1999-07-03"),
        ("2024-5-3", "2024-05-03"),
        ("20240503", "2024-05-03"),
        ("2024/05/03", "2024-05-03"),
        ("3 Jul 2009", "2009-07-03"),
        ("03-JUL-2009", "2009-07-03"),
        ("3jul09", "2009-07-03"),
        ("30 September 2023", "2023-09-30"),
        ("3 Sept. 2023", "2023-09-03"),
        ("3 July", "2023-07-03"),  # 3 July 2024 would lie in the future
        ("2009年7月3日", "2009-07-03"),
        ("2009 年 7 月 3 日", "2009-07-03"),
    ],
)
def test_that_typed_dates_become_iso(text: str, iso: str) -> None:
    assert typed(text, today=TODAY) == iso


def test_that_a_partial_date_is_taken_only_where_allowed() -> None:
    assert typed("2009-05", today=TODAY, partial=True) == "2009-05"
    assert typed("5/2009", today=TODAY, partial=True) == "2009-05"
    assert typed("May 2009", today=TODAY, partial=True) == "2009-05"
    assert typed("2009年5月", today=TODAY, partial=True) == "2009-05"
    assert typed("2009年", today=TODAY, partial=True) == "2009"
    with pytest.raises(DateError, match="does not say the day"):
        typed("2009", today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "31/2",
        "45/1/2024",
        "x",
        "",
        "1/13",
        "3 Ju 2009",
        "3 Juli 2009",
        "31 Feb 2024",
        "May",
        "May 09",
    ],
)
def test_that_nonsense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DateError, match="2024-07-03"):
        typed(text, today=TODAY)


def test_that_every_month_is_read_as_the_program_prints_it() -> None:
    read = [typed(f"1 {name} 2020", today=TODAY) for name in MONTHS]
    assert read == [f"2020-{month:02d}-01" for month in range(1, 13)]


def test_that_an_instant_needs_a_time() -> None:
    assert instant("2024-03-12T10:00").hour == 10
    with pytest.raises(DateError):
        instant("2024-03-12")


def test_that_a_birthday_makes_one_older() -> None:
    assert years_between(date(1990, 5, 10), date(2024, 5, 9)) == 33
    assert years_between(date(1990, 5, 10), date(2024, 5, 10)) == 34
