"""SAS transport files: every value of every row, or a refusal; compared with pyreadstat."""

from __future__ import annotations

from pathlib import Path

import pyreadstat
import pytest
from tests.unit.exchange.files import ibm, xpt_bytes, xpt_member

from lnmonitor.errors import InputError
from lnmonitor.exchange.readers import Reading, read_tables
from lnmonitor.exchange.transport import ibm_number, plain_number

ROWS: list[list[str | float | None]] = [
    ["T-1", "<5", 1.0],
    ["T-2", "é中", -0.1],
    ["", "", None],
    ["T-4", " lead", 1e-30],
    ["T-5", "x", 12345678.25],
]
COLUMNS = ["USUBJID", "LBORRES", "LBSTRESN"]


def written(folder: Path, content: bytes) -> Path:
    (folder / "t.xpt").write_bytes(content)
    return folder / "t.xpt"


def test_that_values_come_back_as_pyreadstat_reads_them(tmp_path: Path) -> None:
    path = written(tmp_path, xpt_bytes("LB", COLUMNS, ROWS))
    (table,) = read_tables(path)
    assert (table.name, table.columns) == ("LB", tuple(COLUMNS))
    theirs = pyreadstat.read_xport(str(path), output_format="dict")[0]
    numbers = ["" if n is None else plain_number(float(n)) for n in theirs["LBSTRESN"]]
    expected = zip(theirs["USUBJID"], theirs["LBORRES"], numbers, strict=True)
    assert [row.values for row in table.rows] == list(expected)
    assert [row["LBSTRESN"] for row in table.rows] == ["1", "-0.1", "", "1e-30", "12345678.25"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b"\x41\x10" + bytes(6), 1.0),  # the standard's own example of one
        (b"\xc2\x76\xa0" + bytes(5), -118.625),
        (bytes(8), 0.0),
        (b"\x40\x19\x99\x99\x99\x99\x99\x9a", 0.1),
        (b"\x41\x10", 1.0),
        (b"\x7f" + b"\xff" * 7, 7.237005577332262e75),
    ],
)
def test_that_ibm_numbers_are_what_the_definition_says(field: bytes, value: float) -> None:
    assert ibm_number(field) == pytest.approx(value, rel=1e-15)


def test_that_every_double_survives_the_way_there_and_back() -> None:
    for value in (1.1, 88.4, 1 / 3, 1e-70, -9.87654321e60, 2.0**53):
        found = ibm_number(ibm(value))
        assert found == pytest.approx(value, rel=2e-15)
    assert ibm_number(ibm(97.24)) == 97.24


def test_that_dates_and_times_become_iso_text(tmp_path: Path) -> None:
    columns = ["D", "DT", "TM", "N"]
    formats = {"D": "DATE", "DT": "DATETIME", "TM": "TIME"}
    content = xpt_bytes(
        "X", columns, [[0.0, 1.5, 30600.0, 5.0], [23450.0, None, 0.0, 6.0]], formats
    )
    (table,) = read_tables(written(tmp_path, content))
    assert table.rows[0].values == ("1960-01-01", "1960-01-01T00:00:01.500000", "08:30:00", "5")
    assert table.rows[1].values == ("2024-03-15", "", "00:00:00", "6")
    for wrong in (0.5, 1e9, -1e9):
        content = xpt_bytes("X", ["D", "N"], [[wrong, 1.0]], {"D": "YYMMDD"})
        with pytest.raises(InputError, match=r"row 1, column D: .* no day or time"):
            read_tables(written(tmp_path, content))


def test_that_all_data_sets_of_a_file_are_read(tmp_path: Path) -> None:
    content = xpt_bytes("DM", COLUMNS, ROWS) + xpt_member("LB", ["A"], [["x"], ["y"]])
    tables = read_tables(written(tmp_path, content))
    assert [(table.name, len(table.rows)) for table in tables] == [("DM", 5), ("LB", 2)]


def test_that_a_file_without_rows_is_one(tmp_path: Path) -> None:
    (table,) = read_tables(written(tmp_path, xpt_bytes("DM", COLUMNS, [])))
    assert table.rows == ()


def test_that_padding_is_no_row_and_a_full_record_needs_none(tmp_path: Path) -> None:
    for count in range(1, 30):
        rows: list[list[str | float | None]] = [[f"{n:02d}", "abc"] for n in range(count)]
        (table,) = read_tables(written(tmp_path, xpt_bytes("X", ["A", "B"], rows)))
        assert [row.values for row in table.rows] == [tuple(row) for row in rows]


def test_that_a_cut_file_is_refused_wherever_it_can_be_known(tmp_path: Path) -> None:
    rows: list[list[str | float | None]] = [[f"T-{n:03d}", "text", float(n + 1)] for n in range(20)]
    whole = xpt_bytes("LB", COLUMNS, rows)
    start = len(whole) - 20 * 17 - (-20 * 17 % 80)
    accepted = []
    for cut in range(len(whole)):
        try:
            found = len(read_tables(written(tmp_path, whole[:cut]))[0].rows)
        except InputError:
            continue
        accepted.append((cut, found))
    # Only the cut right after the description: a data set without rows looks just so.
    assert accepted == [(start, 0)]


@pytest.mark.parametrize(
    ("at", "byte", "says"),
    [
        (0, b"X", "does not begin or end as one"),
        (3 * 80, b"X", "is not where a part of it begins"),
        (4 * 80, b"X", "is not where a part of it begins"),
        (3 * 80 + 74, b"0136", "description of the columns"),
        (3 * 80 + 74, b"xx", "is not a number"),
        (7 * 80 + 54, b"0000", "description of the columns"),
        (7 * 80 + 54, b"0002", "is not where a part of it begins"),
        (8 * 80, b"\0\3", "no sound type"),
        (8 * 80 + 4, b"\0\0", "no sound type"),
        (8 * 80 + 4, b"\7\0", "no sound width"),
        (8 * 80 + 84, b"\0\0\0\1", "overlap or leave gaps"),
    ],
)
def test_that_a_description_at_odds_with_itself_is_refused(
    tmp_path: Path, at: int, byte: bytes, says: str
) -> None:
    content = bytearray(xpt_bytes("LB", COLUMNS, ROWS))
    content[at : at + len(byte)] = byte
    with pytest.raises(InputError, match=says):
        read_tables(written(tmp_path, bytes(content)))


def test_that_version_8_and_special_missing_values_are_refused(tmp_path: Path) -> None:
    content = xpt_bytes("LB", COLUMNS, ROWS)
    with pytest.raises(InputError, match="version 8; version 5 is read"):
        read_tables(written(tmp_path, content.replace(b"LIBRARY ", b"LIBV8   ")))
    special = content.replace(b"." + bytes(7), b"A" + bytes(7))
    with pytest.raises(InputError, match=r"row 3, column LBSTRESN: the special missing value \.A"):
        read_tables(written(tmp_path, special))


def test_that_texts_in_another_encoding_are_read_only_when_it_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, xpt_bytes("LB", ["A"], [["患者"]], encoding="gb18030"))
    with pytest.raises(InputError, match="row 1, column A: the text is not in the encoding UTF-8"):
        read_tables(path)
    assert read_tables(path, Reading(encoding="gb18030"))[0].rows[0].values == ("患者",)
    for unknown in ("no-such", "rot13", "zlib"):
        with pytest.raises(InputError, match="no encoding"):
            Reading(encoding=unknown)
