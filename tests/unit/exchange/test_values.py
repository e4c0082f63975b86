"""What stands in a cell is taken exactly, or not at all."""

from __future__ import annotations

import pytest

from lnmonitor.exchange import values
from lnmonitor.exchange.csv_cells import neutral
from lnmonitor.exchange.table import Layout, Row
from lnmonitor.exchange.values import NotStoredError, exact_number, split_result


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0),
        (" 1.50 ", 1.5),
        ("-0.3", -0.3),
        ("+86", 86.0),
        (".5", 0.5),
        ("1E-3", 0.001),
        ("１２．５", 12.5),
        ("－３", -3.0),
        ("97.240000000000009", 97.240000000000009),
        ("1_000", None),
        ("1,05", None),
        ("1 000", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("0x10", None),
        ("9007199254740993", None),
        ("0.1234567890123456789012", None),
        ("٣", None),
        ("½", None),
        ("", None),
        ("1+", None),
    ],
)
def test_that_a_number_is_exactly_what_stands_there(text: str, value: float | None) -> None:
    assert exact_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("1,05", 1.05), ("-3", -3.0), ("1.05", None), ("1.000,5", None)]
)
def test_that_a_decimal_comma_is_one_where_it_is_named(text: str, value: float | None) -> None:
    assert exact_number(text, decimal_comma=True) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<5", ("<", 5.0, None)),
        ("> 800", (">", 800.0, None)),
        ("＜０．０４", ("<", 0.04, None)),
        ("≤3", ("<=", 3.0, None)),
        (">=3", (">=", 3.0, None)),
        ("12 (H)", (None, None, "12 (H)")),
        ("TNTC", (None, None, "TNTC")),
        ("1+", (None, None, "1+")),
        ("<", (None, None, "<")),
        ("<<5", (None, None, "<<5")),
        ("1,05", (None, None, "1,05")),
        (" as is ", (None, None, " as is ")),
        (None, (None, None, None)),
    ],
)
def test_that_a_result_is_a_number_or_stays_as_it_is(
    text: str | None, expected: tuple[str | None, float | None, str | None]
) -> None:
    assert split_result(text) == expected


def row(text: str) -> Row:
    return Row(2, (text,), Layout({"D": 0}))


@pytest.mark.parametrize(
    "text",
    ["44927", "2024-02-00", "2024-00", "2024-00-10", "2023-02-30", "03/04/2023", "2023-13-01",
     "0000-00-00", "2023-1-5", "20230105", "2023T10:00", "2023-01-05T25:00",
     "2023-01-05T", "2023-01-05 10:00", "１９９９-01-01x"],
)  # fmt: skip
def test_that_a_mangled_date_is_refused_with_what_stands_there(text: str) -> None:
    with pytest.raises(NotStoredError, match="D is not an ISO date: "):
        values.split_instant(row(text), "D")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023", ("2023", "")),
        ("2023-05", ("2023-05", "")),
        ("2023-05-01", ("2023-05-01", "")),
        ("2023-05-01T08:30", ("2023-05-01", "08:30")),
        ("2023-05-01T08:30:15.5+08:00", ("2023-05-01", "08:30:15.5+08:00")),
    ],
)
def test_that_iso_dates_are_taken_as_far_as_they_are_known(
    text: str, expected: tuple[str, str]
) -> None:
    assert values.split_instant(row(text), "D") == expected


def test_that_a_day_must_be_said_where_one_is_needed() -> None:
    assert values.day(row("2023-05-01"), "D") == "2023-05-01"
    assert values.day(row(""), "D") is None
    with pytest.raises(NotStoredError, match="D does not say the day: 2023-05"):
        values.day(row("2023-05"), "D")


def test_that_a_code_must_be_one_of_the_study() -> None:
    assert values.code(row("Y"), "D", "NY") == "Y"
    with pytest.raises(NotStoredError, match="D is no code of the study: YES"):
        values.code(row("YES"), "D", "NY")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1", "\n=1", " =1+1", "＝1+1", "＋1+1",
     "－1+1", "＠SUM(1)", '"=1+1"', '";=1+1', "%0A=1+1", "+86 21 5555", "-", "=",
     "@", "\u200b=1", "-1-2"],
)  # fmt: skip
def test_that_a_formula_in_csv_has_an_apostrophe_before_it(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["-5.2", "+1", "1e-3", "-1,5", "", "a=b", "'=1+1", "2026-05-12", "é"]
)
def test_that_numbers_and_plain_texts_in_csv_stay(text: str) -> None:
    assert neutral(text) == text


def test_that_the_hostile_list_is_neutralised_as_it_says(shared_data) -> None:  # type: ignore[no-untyped-def]
    from lnmonitor.exchange.delimited import read_csv

    table = read_csv(shared_data / "hostile" / "formula_injection_own.csv")
    assert len(table.rows) == 27
    for one in table.rows:
        text, must = one.cells["payload"], one["must_be_neutralised_in_xlsx_csv_listing"] == "yes"
        assert (neutral(text) != text) == must, text
