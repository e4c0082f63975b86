"""Statements of every save, compiled once and given to the driver: a save makes a dozen of them.

SQLAlchemy takes some hundred microseconds for each, several times as long as SQLite itself. Only
for statements whose values and columns are texts, numbers and truth values, which the driver takes
and gives as they are (a truth value comes as 0 or 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement

from lnmonitor.storage.engine import driver_of

_DIALECT = sqlite.dialect(paramstyle="qmark")


class Prepared:
    """A statement with its values by name, in the transaction of the connection it is given."""

    def __init__(self, statement: ClauseElement, names: Sequence[str] | None = None) -> None:
        """Compile a statement; `names`: the columns of an insert."""
        compiled: Any = statement.compile(dialect=_DIALECT, column_keys=names)
        self._text = str(compiled)
        self._names: tuple[str, ...] = tuple(compiled.positiontup)
        self._fixed = {name: one for name, one in compiled.params.items() if one is not None}

    def rows(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """Read; the columns come in the order of the statement."""
        given = self._given(values)
        if not connection.in_transaction():  # the driver alone would not begin one
            return [tuple(row) for row in connection.exec_driver_sql(self._text, given)]
        found: list[tuple[Any, ...]] = driver_of(connection).execute(self._text, given).fetchall()
        return found

    def write(self, connection: Connection, *rows: Mapping[str, object]) -> int:
        """Write; return how many rows of the table it concerned."""
        given = [self._given(values) for values in rows]
        several = given if len(given) > 1 else given[0]
        return connection.exec_driver_sql(self._text, several).rowcount

    def _given(self, values: Mapping[str, object]) -> tuple[object, ...]:
        given, fixed = values, self._fixed
        return tuple([given[name] if name in given else fixed[name] for name in self._names])
