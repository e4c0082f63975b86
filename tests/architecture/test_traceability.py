"""Each obligation is shown by tests that exist; what is open is known, and becomes less."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

COUNTS = {"AT": 10, "ES": 7, "US": 7, "TM": 4, "BK": 6, "MG": 4, "CP": 5, "DC": 6}
"""Obligations of each group."""
SITE = {"TM-3", "CP-2"}
"""What no program can do for a site."""
WITHOUT_TEST: set[str] = set()
"""Not built yet. Take out what is built; nothing comes in."""
PARTLY = {"CP-3"}
"""Built in part. Take out what is whole; nothing comes in."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    id: str
    text: str
    tests: tuple[str, ...]
    open: str


@pytest.fixture(scope="module")
def rows(checkout: Path) -> list[Row]:
    text = (checkout / "docs/validation/traceability.md").read_text(encoding="utf-8")
    cells = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in text.splitlines()
        if re.match(r"\| [A-Z]{2}-\d+ \|", line)
    ]
    padded = [[*row, "", ""][:4] for row in cells]
    return [Row(one[0], one[1], tuple(re.findall(r"`([^`]+)`", one[2])), one[3]) for one in padded]


@cache
def functions_in(path: Path) -> frozenset[str]:
    """Return the names of a file's test functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(checkout: Path, cited: str) -> bool:
    file, _, name = cited.partition("::")
    path = checkout / "tests" / file
    return not (path.is_file() and name.startswith("test_") and name in functions_in(path))


def test_that_every_obligation_is_there_once_with_words(rows: list[Row]) -> None:
    wanted = [f"{group}-{n}" for group, count in COUNTS.items() for n in range(1, count + 1)]
    assert [row.id for row in rows] == wanted
    assert all(row.text for row in rows)


def test_that_every_cited_test_exists(rows: list[Row], checkout: Path) -> None:
    cited = [one for row in rows for one in row.tests]
    assert [one for one in cited if missing(checkout, one)] == []
    assert missing(checkout, "architecture/test_traceability.py::test_that_is_not_there")
    assert missing(checkout, "architecture/no_such_file.py::test_that_is_not_there")


def test_that_every_obligation_has_a_test_or_is_known_to_be_open(rows: list[Row]) -> None:
    bare = {row.id for row in rows if not row.tests}
    assert bare == SITE | WITHOUT_TEST
    by_site = {row.id for row in rows if row.open.startswith("site:")}
    assert by_site == SITE
    assert {row.id for row in rows if row.tests and row.open} == PARTLY
    assert all(row.open for row in rows if row.id in WITHOUT_TEST)
