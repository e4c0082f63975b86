"""Dataset-JSON: a file that contradicts itself or the standard is refused, with what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.exchange.files import dataset, json_bytes, ndjson_bytes

from lnmonitor.errors import InputError
from lnmonitor.exchange.limits import Limits
from lnmonitor.exchange.readers import Reading, read_tables

COLUMNS = ["ID", "N", "X", "B", "D"]
TYPES = ["string", "integer", "double", "boolean", "decimal"]
ROWS: list[list[object]] = [["T-1 é中", 1, 1.5, True, "1.10"], ["", None, -2, None, None]]


def written(folder: Path, content: bytes, name: str = "t.json") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def whole() -> dict[str, Any]:
    return dataset("LB", COLUMNS, ROWS, TYPES)


@pytest.mark.parametrize("name", ["t.json", "t.ndjson"])
def test_that_both_forms_are_read(tmp_path: Path, name: str) -> None:
    make = json_bytes if name == "t.json" else ndjson_bytes
    (table,) = read_tables(written(tmp_path, make(whole()), name))
    assert (table.name, table.columns) == ("LB", tuple(COLUMNS))
    assert [row.values for row in table.rows] == [
        ("T-1 é中", "1", "1.5", "true", "1.10"),
        ("", "", "-2", "", ""),
    ]


def test_that_numbers_keep_the_digits_they_are_written_with(tmp_path: Path) -> None:
    content = json_bytes(whole()).replace(b"1.5", b"1.50000000000000000001")
    (table,) = read_tables(written(tmp_path, content))
    assert table.rows[0]["X"] == "1.50000000000000000001"


def test_that_na_is_a_text_where_a_file_has_another_way_to_say_no_value(tmp_path: Path) -> None:
    content = json_bytes(dataset("T", ["A"], [["NA"], [None]]))
    (table,) = read_tables(written(tmp_path, content))
    assert [row.present("A") for row in table.rows] == ["NA", None]
    (tmp_path / "t.csv").write_bytes(b"A,B\nNA,1\n")
    assert read_tables(tmp_path / "t.csv")[0].rows[0].present("A") is None


def changed(**parts: object) -> bytes:
    return json_bytes(whole() | parts)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (changed(records=99), "says that it has 99 records, and has 2"),
        (changed(records="2"), "does not say how many records"),
        (changed(records=True), "does not say how many records"),
        (changed(datasetJSONVersion="1.0.0"), "its version is 1.0.0, not 1.1"),
        (changed(datasetJSONVersion=1.1), "not 1.1"),
        (changed(name=5), "has no name"),
        (changed(columns=[]), "has no columns"),
        (changed(columns=[{"name": "A"}]), "no name or no dataType"),
        (changed(columns=[{"name": "A", "dataType": "object"}]), "has the dataType object"),
        (changed(columns=[{"name": "A", "dataType": "string"}] * 2), "the column A stands twice"),
        (changed(rows={"a": 1}), "its rows are not a list"),
        (changed(rows=[["1"]], records=1), "row 1: there are 1 cells under 5 columns"),
        (changed(rows=["abcde"], records=1), "row 1 is not a list of cells"),
        (
            changed(rows=[["a", "1", 1, True, ""]], records=1),
            "column N: the cell is not of the type",
        ),
        (
            changed(rows=[["a", 1.5, 1, True, ""]], records=1),
            "column N: the cell is not of the type",
        ),
        (changed(rows=[["a", 1, 1, 1, ""]], records=1), "column B: the cell is not of the type"),
        (changed(rows=[["a", 1, 1, True, 1]], records=1), "column D: the cell is not of the type"),
        (changed(rows=[[["a"], 1, 1, True, ""]], records=1), "column ID: the cell is not of"),
        (changed(rows=[["a\0", 1, 1, True, ""]], records=1), "row 1, column ID: .* no text"),
        (json_bytes(whole()).replace(b"1.5", b"1e999"), "column X: the cell is not of the type"),
        (json_bytes(whole()).replace(b"1.5", b"NaN"), "NaN is not a number of JSON"),
        (json_bytes(whole()).replace(b"1.5", b"-Infinity"), "-Infinity is not a number of JSON"),
        (json_bytes(whole()).replace(b'"records"', b'"name": "X", "records"'), "name stands twice"),
        (json_bytes(whole())[:-1], "line 1"),
        (b"\xff" + json_bytes(whole()), "not UTF-8"),
        (b"[" * 200_000, "nested more than 20 levels"),
        (b'{"a":' * 5_000, "nested more than 20 levels"),
        (b"[]", "its rows are not a list"),
        (b"", "line 1"),
        (b"5", "its rows are not a list"),
    ],
)
def test_that_a_wrong_file_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(InputError, match=says) as refused:
        read_tables(written(tmp_path, content))
    assert "othing was imported" in refused.value.text


def test_that_half_a_character_by_escape_is_refused(tmp_path: Path) -> None:
    content = json_bytes(whole()).replace("T-1 é中".encode(), rb"\ud800")
    with pytest.raises(InputError, match=r"row 1, column ID: .* no text"):
        read_tables(written(tmp_path, content))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda b: b.replace(b'"records": 2', b'"records": 3'), "says that it has 3 records"),
        (lambda b: b.rsplit(b"\n", 2)[0] + b"\n", "says that it has 2 records, and has 1"),
        (lambda b: b + b"[1", "not a sound Dataset-JSON"),
        (lambda b: b.replace(b'"records"', b'"rows": [], "records"'), "lines of their own"),
        (lambda b: b'"x"\n' + b, "does not begin with an object"),
        (lambda b: b + b"{}\n", "is not a list of cells"),
    ],
)
def test_that_wrong_lines_are_refused(tmp_path: Path, change: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_tables(written(tmp_path, change(ndjson_bytes(whole())), "t.ndjson"))


def test_that_brackets_in_texts_are_no_depth(tmp_path: Path) -> None:
    content = whole()
    content["label"] = '[[{"\\' * 1_000
    assert len(read_tables(written(tmp_path, json_bytes(content)))[0].rows) == 2


def test_that_a_document_that_must_be_read_whole_has_a_limit_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, json_bytes(whole()))
    with pytest.raises(InputError, match="the most for this kind"):
        read_tables(path, Reading(limits=Limits(document_bytes=100)))


def test_that_the_tests_own_files_are_of_the_standard(shared_data: Path, tmp_path: Path) -> None:
    schema = json.loads((shared_data / "schemas/dataset-json/dataset.schema.json").read_bytes())
    required = set(schema["required"])
    assert required <= set(whole()), "a sample that is no Dataset-JSON proves nothing"
    from lnmonitor.exchange import dataset_json

    known = dataset_json._TEXTS | dataset_json._NUMBERS | {"boolean"}
    assert set(schema["$defs"]["DataTypesEnum"]["enum"]) == known
