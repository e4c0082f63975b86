"""CSV files from the world: taken as they are, or refused with the line and the reason."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lnmonitor.errors import InputError
from lnmonitor.exchange.delimited import read_csv
from lnmonitor.exchange.limits import Limits


def written(folder: Path, content: bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_that_cells_stay_text_and_rows_know_their_line(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, b'ID,X\r\n001,"a\r\nb"\r\n002, NA \r\n'))
    assert table.columns == ("ID", "X")
    assert [row["ID"] for row in table.rows] == ["001", "002"]
    assert table.rows[0].cells["X"] == "a\r\nb"
    assert [row.line for row in table.rows] == [3, 4]
    assert table.rows[1].present("X") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_that_unicode_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    table = read_csv(written(tmp_path, "受试者,X\n一,é\n".encode(encoding)))
    assert table.columns == ("受试者", "X")
    assert table.rows[0]["X"] == "é"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"A,B\n1\n", "row 2: there are 1 cells under 2 columns"),
        (b"A,A\n1,2\n", "row 1: the column A stands twice"),
        (b"A;B\n1;2\n", "row 1: the columns are not separated by commas"),
        (b"A,B\n1,\x00\n", "row 2, column B: there is a character that is no text"),
        (b"A,B\n1,\xff\n", "row 2: the text is not in the encoding UTF-8"),
        (b"", "row 1: there is no line with the names"),
        (b'A,B\n1,"open\n', "the file is damaged"),
    ],
)
def test_that_a_broken_file_is_refused_with_its_line(
    tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(InputError, match="Nothing was imported") as refused:
        read_csv(written(tmp_path, content))
    assert says in refused.value.text


def test_that_a_compressed_file_is_measured_while_it_is_unpacked(tmp_path: Path) -> None:
    bomb = written(tmp_path, gzip.compress(b"A\n" + (b"0" * 90_000 + b"\n") * 300), "bomb.csv.gz")
    with pytest.raises(InputError, match="larger than 3 MB"):
        read_csv(bomb, limits=Limits(unpacked_bytes=3 << 20))
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        read_csv(bomb)


def test_that_a_file_which_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a whole compressed file"):
        read_csv(written(tmp_path, b"A,B\n", "t.csv.gz"))
    with pytest.raises(InputError, match="There is no file"):
        read_csv(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="a link, a folder or a device"):
        read_csv(tmp_path)


def test_that_every_hostile_file_is_read_or_refused_in_a_sentence(shared_data: Path) -> None:
    refused = set()
    for path in sorted((shared_data / "hostile").glob("*.csv")):
        try:
            read_csv(path)
        except InputError:
            refused.add(path.stem)
    assert refused == {
        "cp1252_0x92",
        "decimal_comma_semicolon",
        "duplicate_header",
        "gb18030_cn",
        "nul_bytes",
        "ragged",
        "unbalanced_quote",
    }
