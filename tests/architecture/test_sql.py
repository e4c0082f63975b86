"""SQL is never put together from values: those are bound; places that name a table are listed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

RUNS_SQL = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "text", "literal_column", "DDL"}
)
# File and function -> what is put in. SQLite binds no names of tables and no pragmas.
BUILT = {
    ("audit.py", "_stream"): "names of the program's own columns; the value is bound",
    ("backup.py", "digests"): "the name of a table of the store",
    ("engine.py", "connect_raw"): "the hexadecimal digits of the key, own constants",
    ("migrations/forms.py", "_create"): "names of the program's own forms",
    ("migrations/forms.py", "_add_column"): "names of the program's own forms",
    ("migrations/run.py", "migrate"): "the number of an own migration",
    ("repositories.py", "count"): "the name of a table of the store",
    ("repositories.py", "role_of_account"): "one of two own words; the value is bound",
    ("summaries.py", "listed"): "as many marks as values are bound",
    ("told.py", "differing"): "names of the program's own table and columns",
}


def is_built(node: ast.expr, built_names: set[str]) -> bool:
    """Whether an expression is a string put together from others."""
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(one, ast.FormattedValue) for one in values)
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            sides = (node.left, node.right)
            texts = any(isinstance(s, ast.Constant) and isinstance(s.value, str) for s in sides)
            return texts or any(is_built(side, built_names) for side in sides)
        case ast.Call(func=ast.Attribute(attr="format" | "join", value=ast.Constant())):
            return True
        case ast.Name(id=name):
            return name in built_names
    return False


def built_in(function: ast.AST) -> Iterator[int]:
    """Yield the line of each statement in a function that runs a string put together."""
    built_names: set[str] = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.AugAssign) or is_built(node.value, built_names):
            built_names |= {one.id for one in targets if isinstance(one, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in RUNS_SQL and is_built(node.args[0], built_names):
                yield node.lineno


def places(folder: Path) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for line in built_in(node):
                    found[path.relative_to(folder).as_posix(), node.name] = line
    return found


def test_that_the_scan_sees_every_way_to_build_a_statement() -> None:
    for built in (
        'c.execute(f"SELECT {x}")',
        'c.execute("SELECT " + x)',
        'c.exec_driver_sql("SELECT %s" % x)',
        'c.execute(text("SELECT {}".format(x)))',
        's = f"SELECT {x}"\n    c.execute(s)',
        's = "SELECT "\n    s += x\n    c.execute(s)',
        'c.execute(", ".join(x))',
    ):
        assert list(built_in(ast.parse(f"def f(c, x):\n    {built}"))), built
    for bound in ('c.execute("SELECT ?", (x,))', "c.execute(select(t).where(t.c.id == x))"):
        assert not list(built_in(ast.parse(f"def f(c, x):\n    {bound}"))), bound


def test_that_no_statement_is_built_but_in_the_listed_places(checkout: Path) -> None:
    assert set(places(checkout / "src" / "lnmonitor" / "storage")) == set(BUILT)


def test_that_no_statement_runs_outside_the_storage(checkout: Path) -> None:
    running = ("exec_driver_sql", "executescript", "sqlalchemy", ".execute(")
    outside = [
        f"{path.relative_to(checkout)}:{number}: {line}"
        for path in sorted((checkout / "src" / "lnmonitor").rglob("*.py"))
        if "storage" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(word in line for word in running) and line != "from sqlalchemy import Connection"
    ]
    assert outside == []
