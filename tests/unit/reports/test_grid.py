"""A table is split between rows only, its head is on every page, a group's head keeps its row."""

from __future__ import annotations

from reportlab.platypus import Flowable

from lnmonitor.reports import flowables as flow
from lnmonitor.reports.grid import HIGHEST_ROW, Cell, Grid
from lnmonitor.reports.page import TEXT_HEIGHT, TEXT_WIDTH


def height(part: Flowable) -> float:
    return part.wrap(TEXT_WIDTH, TEXT_HEIGHT)[1]


def grid(rows: list[tuple[str | Cell, ...]], **more: object) -> Grid:
    made = flow.table(("Head", "Value"), rows, (1, 1), **more)  # type: ignore[arg-type]
    assert isinstance(made, Grid)
    return made


def test_that_a_table_is_split_between_rows_with_its_head_repeated() -> None:
    table = grid([(f"row {n}", "x") for n in range(10)])
    one = height(grid([("row", "x")])) - height(grid([]))
    first, rest = table.split(TEXT_WIDTH, height(grid([])) + 4.5 * one)
    assert height(first) == height(grid([("row", "x")] * 4))
    assert height(rest) == height(grid([("row", "x")] * 6))
    assert height(table) == height(first) + height(rest) - height(grid([]))


def test_that_a_head_of_a_group_is_never_the_last_row_of_a_page() -> None:
    rows = [("row", "x"), ("group", ""), ("row", "x")]
    room = height(grid(rows[:2])) + 1
    kept, rest = grid(rows, keep=(1,)).split(TEXT_WIDTH, room)
    assert height(kept) == height(grid(rows[:1]))
    assert height(rest) == height(grid(rows[1:]))
    loose, _ = grid(rows).split(TEXT_WIDTH, room)
    assert height(loose) == height(grid(rows[:2]))


def test_that_nothing_is_drawn_where_not_even_one_row_has_room() -> None:
    assert grid([("row", "x")]).split(TEXT_WIDTH, height(grid([])) + 1) == []


def test_that_a_text_higher_than_a_page_goes_on_in_rows_below() -> None:
    table = grid([("short", "line\n" * 400)])
    assert height(table) > 4 * TEXT_HEIGHT
    parts: list[Flowable] = [table]
    while height(parts[-1]) > TEXT_HEIGHT:
        parts[-1:] = parts[-1].split(TEXT_WIDTH, TEXT_HEIGHT)
    assert all(height(part) > TEXT_HEIGHT - HIGHEST_ROW for part in parts[:-1])
