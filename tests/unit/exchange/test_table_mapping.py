"""A mapping file is checked whole before a table is read by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmonitor.errors import InputError
from lnmonitor.exchange.table_mapping import read_mapping

GOOD = '[subject]\ncolumn = "id"\n[visit]\nday = "day"\n'


def mapping(folder: Path, content: str) -> Path:
    path = folder / "m.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_that_a_mapping_names_the_columns_it_needs(tmp_path: Path) -> None:
    content = (
        GOOD + '[sledai.items]\nR = "rash"\n[results.CREAT]\ncolumn = "crea"\nunit = "mg/dL"\n'
    )
    found = read_mapping(mapping(tmp_path, content))
    assert found.columns == ("id", "day", "R", "crea")
    assert found.results[0].unit == "mg/dL"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("nonsense", "not TOML"),
        ("[visit]\nday = 'd'\n", r"\[subject\] has no column"),
        ("[subject]\ncolumn = 'a'\n", "needs a date, a day or an order"),
        ("[subject]\ncolumn = 'a'\n[visit]\nday='d'\ndate='e'\n", "both date and day"),
        (GOOD + "[sledai.items]\nX = 'hiccups'\n", "not one of the 24"),
        (GOOD + "[results.GOLD]\ncolumn = 'g'\n", "not in the catalogue"),
        (GOOD + "[subjekt]\n", "unknown key subjekt"),
        (GOOD + "reference_date = 'soon'\n", "is not a date"),
    ],
)
def test_that_a_wrong_mapping_is_refused_with_the_place(
    tmp_path: Path, content: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read_mapping(mapping(tmp_path, content))
