"""What goes into a cell comes out of it, and is never a formula."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from lnmonitor.errors import StorageError
from lnmonitor.exchange import sheets
from lnmonitor.exchange.sheets import Book, Cell

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "'x", "\t=1", "\uff1d1+1", "=cmd|' /C calc'!A0"]


def cells_of(path: Path, name: str) -> list[tuple[Any, ...]]:
    with path.open("rb") as opened:
        sheet = load_workbook(io.BytesIO(opened.read()))[name]
        return [tuple(cell for cell in row) for row in sheet.iter_rows(min_row=2)]


def book_of(folder: Path, rows: list[tuple[Cell, ...]]) -> Path:
    book = Book()
    book.add("T", ("A", "B"), rows)
    path = folder / "t.xlsx"
    book.save(path)
    return path


def test_that_no_text_becomes_a_formula_or_an_error(tmp_path: Path) -> None:
    path = book_of(tmp_path, [(text, None) for text in HOSTILE])
    cells = [row[0] for row in cells_of(path, "T")]
    assert [cell.value for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells), "editing the cell would revive the formula"


def test_that_the_hostile_corpus_comes_back_unchanged(tmp_path: Path, shared_data: Path) -> None:
    from lnmonitor.exchange.delimited import read_csv

    table = read_csv(shared_data / "hostile" / "formula_injection_own.csv")
    texts = [row.cells["payload"] for row in table.rows]
    back = [row[0] for row in cells_of(book_of(tmp_path, [(text, 1) for text in texts]), "T")]
    assert [cell.value for cell in back] == [
        text.replace("\r", "[U+000D]") or None for text in texts
    ]
    assert all(cell.data_type == "s" for cell in back if cell.value is not None)


def test_that_control_characters_are_shown_and_counted(tmp_path: Path) -> None:
    book = Book()
    book.add("T", ("A",), [("a\x0bb\x00c",)])
    book.save(tmp_path / "t.xlsx")
    assert cells_of(tmp_path / "t.xlsx", "T")[0][0].value == "a[U+000B]b[U+0000]c"
    assert book.replaced_characters == 2


def test_that_a_text_too_long_for_a_cell_is_kept_whole(tmp_path: Path) -> None:
    text = "é中" * 40_000
    path = book_of(tmp_path, [("short", text)])
    assert "see LONGTEXT: T row 2 column B" in cells_of(path, "T")[0][1].value
    parts = cells_of(path, "LONGTEXT")
    assert "".join(row[4].value for row in parts) == text
    assert [row[3].value for row in parts] == [1, 2, 3]


def test_that_more_rows_than_a_sheet_holds_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 4)
    path = book_of(tmp_path, [(number, None) for number in range(7)])
    found = [cells_of(path, name) for name in ("T", "T_2", "T_3")]
    assert [row[0].value for part in found for row in part] == list(range(7))


def test_that_a_mark_stands_on_every_sheet(tmp_path: Path) -> None:
    book = Book(mark="SYNTHETIC")
    book.add("T", ("A",), [(1,), (2,)], frozen_columns=1)
    book.add("U", ("A",), [("x" * 40_000,)])
    book.save(tmp_path / "t.xlsx")
    for name in ("T", "U", "LONGTEXT"):
        rows = cells_of(tmp_path / "t.xlsx", name)
        assert {row[0].value for row in rows} == {"SYNTHETIC"}
    sheet = load_workbook(tmp_path / "t.xlsx")["T"]
    assert (sheet["A1"].value, sheet.freeze_panes, sheet.oddHeader.center.text) == (
        "DATA",
        "C2",
        "SYNTHETIC",
    )


def test_that_nothing_is_left_in_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "tmp"
    empty.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(empty))
    monkeypatch.setattr(
        tempfile, "NamedTemporaryFile", lambda *_a, **_k: pytest.fail("temporary file")
    )
    book_of(tmp_path, [("x", 1)])
    assert list(empty.iterdir()) == []


def test_that_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    book = Book()
    book.add("T", ("A",), [("x",)])
    with pytest.raises(StorageError, match="cannot be written"):
        book.save(tmp_path / "file" / "t.xlsx")


def test_that_the_file_is_a_whole_zip(tmp_path: Path) -> None:
    with ZipFile(book_of(tmp_path, [("x", 1)])) as archive:
        assert archive.testzip() is None


@given(st.text(max_size=40))
def test_that_any_text_comes_back(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        back = cells_of(book_of(Path(folder), [(text, 1)]), "T")[0][0]
        shown = sheets._CONTROL.sub(lambda m: f"[U+{ord(m[0]):04X}]", text)
        assert back.value == (shown or None)
        assert back.data_type == ("s" if shown else "n")
