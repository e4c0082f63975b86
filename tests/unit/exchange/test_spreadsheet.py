"""Workbooks from the world: no cell is lost, whatever the file says of itself."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import openpyxl
import pytest
from tests.unit.exchange.files import STYLES, row_xml, sheet_xml, xlsx_parts, zip_bytes

from lnmonitor.errors import InputError
from lnmonitor.exchange.spreadsheet import read_xlsx
from lnmonitor.exchange.table import Table

ROOT = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
HEAD = row_xml(1, ["A", "B", "C"])


def book(folder: Path, cells: str, dimension: str = "A1", **more: object) -> Path:
    path = folder / "t.xlsx"
    parts = xlsx_parts({"Sheet1": sheet_xml(cells, dimension)}, **more)  # type: ignore[arg-type]
    path.write_bytes(zip_bytes(parts))
    return path


def only(path: Path) -> Table:
    (table,) = read_xlsx(path)
    return table


def values(path: Path) -> list[tuple[str, ...]]:
    return [row.values for row in only(path).rows]


def by_openpyxl(path: Path) -> list[tuple[str, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(path, data_only=True).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    return [tuple("" if one is None else str(one) for one in row) for row in rows]


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "B2:C9", "A1:XFD1048576", "ZZ", ""])
def test_that_a_false_dimension_loses_no_cell(tmp_path: Path, dimension: str) -> None:
    cells = HEAD + row_xml(2, ["1", "2", "3"]) + row_xml(3, ["4", "", "6"])
    path = book(tmp_path, cells, dimension)
    assert values(path) == [("1", "2", "3"), ("4", "", "6")]


def test_that_missing_rows_and_cells_are_found_by_their_place(tmp_path: Path) -> None:
    path = book(tmp_path, HEAD + row_xml(7, ["", "x", ""]) + row_xml(1_048_576, ["z"]))
    table = only(path)
    assert [row.values for row in table.rows] == [("", "x", ""), ("z", "", "")]
    assert [row.line for row in table.rows] == [7, 1_048_576]


def test_that_cells_without_a_reference_follow_each_other(tmp_path: Path) -> None:
    cells = "<row><c t='str'><v>A</v></c><c t='str'><v>B</v></c></row><row><c><v>1</v></c></row>"
    assert values(book(tmp_path, cells)) == [("1", "")]


def test_that_texts_are_read_from_all_three_places(tmp_path: Path) -> None:
    cells = HEAD + (
        '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="inlineStr"><is><r><t>in</t></r>'
        "<r><t>line</t></r><rPh><t>hint</t></rPh></is></c>"
        '<c r="C2" t="str"><v> as is </v></c></row>'
    )
    path = book(tmp_path, cells, strings=["no", "=1+1\n_x000D_ é中😀"])
    assert values(path) == [("=1+1\n\r é中😀", "inline", " as is ")]


def test_that_numbers_keep_their_digits_and_dates_become_iso_text(tmp_path: Path) -> None:
    cells = HEAD + (
        '<row r="2"><c r="A2"><v>0.1</v></c><c r="B2"><v>1E-3</v></c><c r="C2"><v>007</v></c></row>'
        '<row r="3"><c r="A3" s="1"><v>45000</v></c><c r="B3" s="3"><v>45000.354166666664</v></c>'
        '<c r="C3"><v>45000</v></c></row>'
        '<row r="4"><c r="A4" s="5"><v>0.5</v></c><c r="B4" t="b"><v>1</v></c>'
        '<c r="C4" t="d"><v>2023-03-15</v></c></row>'
    )
    path = book(tmp_path, cells)
    assert values(path) == [
        ("0.1", "1E-3", "007"),
        ("2023-03-15", "2023-03-15T08:30:00", "45000"),
        ("12:00:00", "true", "2023-03-15"),
    ]


def test_that_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    cells = HEAD + '<row r="2"><c r="A2" s="2"><v>43538</v></c></row>'
    assert values(book(tmp_path, cells, from_1904=True)) == [("2023-03-15", "", "")]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('<c r="B2"><f>A1+1</f></c>', "cell B2: the formula was never computed"),
        ('<c r="B2" t="e"><v>#DIV/0!</v></c>', "cell B2: it holds #DIV/0!"),
        ('<c r="B2" s="1"><v>60</v></c>', "cell B2: 60 is no day of the calendar"),
        ('<c r="B2" s="1"><v>-1</v></c>', "cell B2: -1 is no day"),
        ('<c r="B2" s="1"><v>1e300</v></c>', "cell B2: 1e300 is no day"),
        ('<c r="B2" s="4"><v>1.5</v></c>', "cell B2: it holds a duration"),
        ('<c r="B2"><v>nan</v></c>', "cell B2: it holds nan"),
        ('<c r="B2" t="s"><v>9</v></c>', "cell B2: its text is missing"),
        ('<c r="B2" t="s"><v>-1</v></c>', "cell B2: its text is missing"),
        ('<c r="B2" t="zz"><v>1</v></c>', "cell B2: it holds 1"),
        ('<b r="B2"><v>1</v></b>', "among its cells is b"),
        ('<c xmlns="x" r="B2"><v>1</v></c>', "among its cells is {x}c"),
        ('<c r="B2"><w>1</w></c>', "among its cells is w"),
        ('<c r="B3"><v>1</v></c>', "a cell stands in another row"),
        ('<c r="A2"/><c r="A2"><v>1</v></c>', "its cells are not in order, or one stands twice"),
        ('<c r="B2"/><c r="A2"><v>1</v></c>', "its cells are not in order"),
        ('<c r="XFE2"><v>1</v></c>', "its cells are not in order"),
        ('<c r="B2"><v>1</v><v>2</v></c>', "a cell has two values"),
        ('<c r="D2"><v>1</v></c>', "there are 4 cells under 3 columns"),
        ('<c r="B2" t="str"><v>a_x0000_</v></c>', "is no text"),
        ('<c r="B2" t="inlineStr"><is><t>_xD800_</t></is></c>', "is no text"),
    ],
)
def test_that_a_cell_that_cannot_be_taken_is_named(tmp_path: Path, cell: str, says: str) -> None:
    with pytest.raises(InputError, match="Nothing was imported") as refused:
        read_xlsx(book(tmp_path, f'{HEAD}<row r="2">{cell}</row>'))
    assert says in refused.value.text


@pytest.mark.parametrize(
    "rows",
    [
        row_xml(5, ["1"]) + row_xml(4, ["2"]),
        row_xml(5, ["1"]) + row_xml(5, ["2"]),
        '<row r="1048577"/>',
        '<row r="999999999999"/>',
        '<row r="-1"/>',
    ],
)
def test_that_rows_out_of_order_or_beyond_the_sheet_are_refused(tmp_path: Path, rows: str) -> None:
    with pytest.raises(InputError, match="sheet Sheet1: "):
        read_xlsx(book(tmp_path, HEAD + rows))


def test_that_computed_values_are_taken_with_a_note(tmp_path: Path) -> None:
    cells = HEAD + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    table = only(book(tmp_path, cells))
    assert table.rows[0].values == ("2", "", "")
    assert table.notes == (
        "1 cells of the sheet Sheet1 hold formulas; their last computed values were taken: A2.",
    )


def test_that_hidden_sheets_are_named_and_empty_ones_left_out(tmp_path: Path) -> None:
    parts = xlsx_parts(
        {"Seen": sheet_xml(HEAD), "Blank": sheet_xml(""), "Hid": sheet_xml(HEAD)}, hidden=["Hid"]
    )
    (tmp_path / "t.xlsx").write_bytes(zip_bytes(parts))
    tables = read_xlsx(tmp_path / "t.xlsx")
    assert [table.name for table in tables] == ["Seen", "Hid"]
    assert tables[0].notes == ()
    assert tables[1].notes == ("The sheet Hid is hidden in the workbook.",)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", None),
        ("xl/worksheets/sheet1.xml", None),
        ("xl/sharedStrings.xml", b"<sst"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData/></worksheet>"),
        ("xl/worksheets/sheet1.xml", ROOT + b"</worksheet>"),
        ("xl/worksheets/sheet1.xml", ROOT + b"<sheetData/><sheetData/></worksheet>"),
        ("xl/sharedStrings.xml", sheet_xml("").encode()),
        ("xl/worksheets/sheet1.xml", b"\xff\xfe<"),
        ("xl/styles.xml", STYLES.replace("<cellXfs><", "<cellXfs>4").encode()),
        ("xl/styles.xml", b'<?xml version="1.0" encoding="no-such"?><a/>'),
    ],
)
def test_that_a_workbook_without_its_parts_is_refused(
    tmp_path: Path, part: str, content: bytes | None
) -> None:
    parts = xlsx_parts({"Sheet1": sheet_xml(HEAD)})
    if content is None:
        del parts[part]
    else:
        parts[part] = content
    (tmp_path / "t.xlsx").write_bytes(zip_bytes(parts))
    with pytest.raises(InputError, match="Nothing was imported"):
        read_xlsx(tmp_path / "t.xlsx")


def test_that_entities_and_depth_in_a_sheet_are_refused(tmp_path: Path) -> None:
    parts = xlsx_parts({"Sheet1": sheet_xml(HEAD)})
    sheet = "xl/worksheets/sheet1.xml"
    for content, says in (
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "a document type or an entity"),
        (ROOT + b"<a>" * 100_000, "nested more than 40 levels"),
        (ROOT + b"<a b='" + b"x" * 3_000_000 + b"'/>", "a tag or a text of more than"),
        (ROOT + b"<a>" + b"x" * 3_000_000 + b"</a>", "a tag or a text of more than"),
    ):
        (tmp_path / "t.xlsx").write_bytes(zip_bytes(parts | {sheet: content}))
        with pytest.raises(InputError, match=says):
            read_xlsx(tmp_path / "t.xlsx")


def test_that_what_openpyxl_writes_is_read_as_openpyxl_reads_it(tmp_path: Path) -> None:
    written = openpyxl.Workbook()
    sheet = written.active
    assert sheet is not None
    sheet.append(["ID", "ON", "AT", "X"])
    sheet.append(["001", dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 8, 30), 1.25])  # noqa: DTZ001
    sheet.append(["é中😀", dt.date(1899, 12, 31), None, -7])
    sheet.append(["001 ", dt.date(1900, 3, 1), dt.datetime(9999, 12, 31, 23, 59), True])  # noqa: DTZ001
    written.save(tmp_path / "t.xlsx")
    assert values(tmp_path / "t.xlsx") == [
        ("001", "2024-02-29", "2024-02-29T08:30:00", "1.25"),
        ("é中😀", "00:00:00", "", "-7"),
        ("001 ", "1900-03-01", "9999-12-31T23:59:00", "true"),
    ]


def test_that_a_large_sheet_is_the_same_to_openpyxl(tmp_path: Path) -> None:
    rows = [[f"{n}", f"t{n * 7 % 13}", "x" * (n % 5)] for n in range(300)]
    path = book(tmp_path, HEAD + "".join(row_xml(n + 2, row) for n, row in enumerate(rows)))
    assert values(path) == by_openpyxl(path) == [tuple(row) for row in rows]
