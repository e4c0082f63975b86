"""Whatever a table holds, each kind of file gives it back; whatever bytes come, they are told."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.exchange import files

from lnmonitor.errors import UserError
from lnmonitor.exchange.csv_cells import neutral
from lnmonitor.exchange.readers import ENDINGS, Reading, opened_members, read_tables
from lnmonitor.exchange.table import Table
from lnmonitor.exchange.transport import ibm_number, plain_number
from lnmonitor.exchange.values import exact_number, split_result

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
XML_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        include_characters="\t\n",
        exclude_characters="\ufffe\uffff",
    ),
    max_size=30,
)
unhurried = settings(deadline=None)
NAMES = st.lists(
    st.from_regex(r"[A-Z][A-Z0-9_]{0,6}", fullmatch=True), min_size=1, max_size=5, unique=True
)


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[str]) -> tuple[list[str], list[list[str]]]:
    columns = draw(NAMES)
    row = st.lists(cell, min_size=len(columns), max_size=len(columns))
    return columns, draw(st.lists(row, max_size=6))


def read(name: str, content: bytes) -> tuple[Table, ...]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_tables(path)


def cells(table: Table) -> list[list[str]]:
    return [list(row.values) for row in table.rows]


@unhurried
@given(tables(TEXT))
def test_that_csv_gives_back_every_text(table: tuple[list[str], list[list[str]]]) -> None:
    columns, rows = table
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([columns, *rows])
    (found,) = read("t.csv", written.getvalue().encode())
    assert (list(found.columns), cells(found)) == (columns, rows)


@unhurried
@given(tables(TEXT), st.sampled_from(["t.json", "t.ndjson"]))
def test_that_dataset_json_gives_back_every_text(
    table: tuple[list[str], list[list[str]]], name: str
) -> None:
    columns, rows = table
    make = files.json_bytes if name == "t.json" else files.ndjson_bytes
    (found,) = read(name, make(files.dataset("T", columns, rows)))
    assert (list(found.columns), cells(found)) == (columns, rows)


@unhurried
@given(tables(TEXT))
def test_that_xpt_gives_back_every_text_but_blanks_at_its_end(
    table: tuple[list[str], list[list[str]]],
) -> None:
    columns, rows = table
    (found,) = read("t.xpt", files.xpt_bytes("T", columns, rows))
    expected = [[text.rstrip(" ") for text in row] for row in rows]
    got = cells(found)
    assert (list(found.columns), got) == (columns, expected[: len(got)])
    assert not any(any(row) for row in expected[len(got) :]), "only rows of blanks may be padding"


@unhurried
@given(tables(XML_TEXT))
def test_that_odm_gives_back_every_text(table: tuple[list[str], list[list[str]]]) -> None:
    columns, rows = table
    if not rows:
        return
    (found,) = read("t.xml", files.odm_bytes({"T": (columns, rows)}))
    assert [[row.cells[column] for column in columns] for row in found.rows] == rows


@unhurried
@given(tables(XML_TEXT))
def test_that_a_workbook_gives_back_every_text(
    table: tuple[list[str], list[list[str]]],
) -> None:
    columns, rows = table
    written = [[text.replace("_x", "_x005F_x") for text in row] for row in rows]
    (found,) = read("t.xlsx", files.xlsx_bytes(columns, written))
    assert cells(found) == [row for row in rows if any(row)]


@unhurried
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e70, max_value=1e70))
def test_that_every_number_survives_the_transport_format(value: float) -> None:
    if value and abs(value) < 1e-70:
        return  # below what the format holds
    assert math.isclose(ibm_number(files.ibm(value)), value, rel_tol=1e-15)


@unhurried
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-(2.0**52), max_value=2.0**52))
def test_that_a_number_is_read_as_it_is_printed(value: float) -> None:
    assert exact_number(plain_number(value)) == value
    assert split_result("<" + plain_number(value)) == ("<", value, None)


@unhurried
@given(TEXT)
def test_that_a_result_is_kept_as_a_number_or_as_its_own_text(text: str) -> None:
    operator, value, words = split_result(text)
    if value is None:
        assert (operator, words) == (None, text)
    else:
        assert words is None


@unhurried
@given(TEXT)
def test_that_a_neutral_cell_is_the_text_or_begins_with_an_apostrophe(text: str) -> None:
    assert neutral(text) in (text, "'" + text)
    assert not neutral(text).startswith(("=", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("ending", [*ENDINGS, ".csv.gz", ".zip"])
@unhurried
@given(content=st.binary(max_size=400))
def test_that_any_bytes_are_read_or_refused(ending: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"t{ending}"
        path.write_bytes(content)
        try:
            if ending == ".zip":
                with opened_members(path, Reading()) as found:
                    list(found)
            else:
                read_tables(path)
        except UserError as refused:
            told = refused.text
        else:
            told = "read"
        assert told.isprintable()
