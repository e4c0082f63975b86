"""The study's workbook, against write-only openpyxl writing the same cells and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from lnmonitor.exchange.excel import export_xlsx
from measure import Measured, by_turns, open_demo

Cells = dict[str, list[tuple[Any, ...]]]


def measure(study: Path) -> Measured:
    """Export once to learn the cells, then write them both ways by turns."""
    out, bare = study.parent / "ours.xlsx", study.parent / "bare.xlsx"
    with open_demo(study) as session:
        export_xlsx(session, out)
        cells = _cells(out)
        count = sum(len(row) for rows in cells.values() for row in rows)
        measured = by_turns(
            lambda: export_xlsx(session, out), lambda: _write(cells, bare), rounds=3, warm=0
        )
    return Measured(f"workbook of {count:,} cells", "write-only openpyxl", *measured)


def _cells(path: Path) -> Cells:
    book = load_workbook(path, read_only=True)
    cells = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    book.close()
    return cells


def _write(cells: Cells, path: Path) -> None:
    book = Workbook(write_only=True)
    for title, rows in cells.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
