"""Every file of the folder of hostile files: read, cell by cell, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmonitor.errors import InputError
from lnmonitor.exchange.readers import Reading, read_tables

READ = {
    "bom_utf8.csv": [{"USUBJID": "01-001", "CREAT": "1.0"}],
    "header_only.csv": [],
    "utf16le.csv": [{"USUBJID": "01-001", "CREAT": "1.0"}],
    "less_than_values.csv": [
        {"USUBJID": f"01-00{n}", "LBORRES": text}
        for n, text in enumerate(("<0.04", ">600", "1+", "TNTC", "12 (H)"), start=1)
    ],
    "excel_mangled_dates.csv": [
        {"USUBJID": f"01-00{n}", "DATE": text}
        for n, text in enumerate(
            ("44927", "2023-02-30", "03/04/2023", "2023-13-01", "2023", "2023-05", "0000-00-00"),
            start=1,
        )
    ],
}
REFUSED = {
    "cp1252_0x92.csv": "row 2: the text is not in the encoding UTF-8",
    "gb18030_cn.csv": "row 1: the text is not in the encoding UTF-8",
    "decimal_comma_semicolon.csv": "row 1: the columns are not separated by commas",
    "duplicate_header.csv": "row 1: the column USUBJID stands twice",
    "nul_bytes.csv": "row 2, column USUBJID: there is a character that is no text",
    "ragged.csv": "row 2: there are 2 cells under 3 columns",
    "unbalanced_quote.csv": "the file is damaged",
    "dataset_deep_200k.json": "nested more than 20 levels deep",
    "dataset_duplicate_keys.json": "itemGroupOID stands twice",
    "dataset_nan.json": "NaN is not a number of JSON",
    "dataset_records_mismatch.json": "row 1: there are 2 cells under 1 columns",
}


def test_that_every_file_of_the_folder_has_its_outcome_here(shared_data: Path) -> None:
    found = {path.name for path in (shared_data / "hostile").iterdir()}
    assert found == {*READ, *REFUSED, "formula_injection_own.csv"}


@pytest.mark.parametrize("name", READ)
def test_that_it_is_read_cell_by_cell(shared_data: Path, name: str) -> None:
    (table,) = read_tables(shared_data / "hostile" / name)
    assert [row.cells for row in table.rows] == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_that_it_is_refused_in_one_line_with_the_remedy(shared_data: Path, name: str) -> None:
    with pytest.raises(InputError) as refused:
        read_tables(shared_data / "hostile" / name)
    assert REFUSED[name] in refused.value.text
    assert "\n" not in refused.value.text
    assert "othing was imported" in refused.value.text


def test_that_formulas_come_in_as_the_texts_they_are(shared_data: Path) -> None:
    (table,) = read_tables(shared_data / "hostile" / "formula_injection_own.csv")
    payloads = [row.cells["payload"] for row in table.rows]
    assert payloads[:2] == ["=1+1", "=cmd|' /C calc'!A0"]
    assert payloads[5:9] == ["\t=1+1", "\r=1+1", "\n=1+1", " =1+1"]
    assert payloads[13] == "＝1+1"


def test_that_what_is_refused_for_its_encoding_is_read_when_that_is_named(
    shared_data: Path,
) -> None:
    hostile = shared_data / "hostile"
    (chinese,) = read_tables(hostile / "gb18030_cn.csv", Reading(encoding="gb18030"))
    assert chinese.columns == ("受试者", "肌酐")
    assert chinese.rows[0].values == ("01-001", "88.4")
    (curly,) = read_tables(hostile / "cp1252_0x92.csv", Reading(encoding="cp1252"))
    assert curly.rows[0]["TERM"] == "patient’s headache"
    (comma,) = read_tables(hostile / "decimal_comma_semicolon.csv", Reading(delimiter=";"))
    assert comma.rows[0]["CREAT"] == "1,05"
