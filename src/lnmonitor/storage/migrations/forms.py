"""The forms' tables follow the form classes: tables and columns are added, never taken away."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from lnmonitor.errors import StorageError


def unknown_to(tables: dict[str, Table], connection: Connection) -> list[str]:
    """Return form columns of the database that this program has no item for."""
    known = {table.name: set(table.columns.keys()) for table in tables.values()}
    stored = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'form\\_%' ESCAPE '\\'"
    )
    return [
        f"{table}.{column}"
        for (table,) in stored.all()
        for column in _columns(connection, table)
        if column not in known.get(table, set())
    ]


def lacking(tables: dict[str, Table], connection: Connection) -> list[Table | Column[Any]]:
    """Return the tables and columns that the forms have and the database has not."""
    found: list[Table | Column[Any]] = []
    for table in tables.values():
        present = _columns(connection, table.name)
        if not present:
            found.append(table)
        else:
            found += [column for column in table.columns.values() if column.name not in present]
    return found


def grow(tables: dict[str, Table], connection: Connection) -> list[str]:
    """Add what is lacking; return what was added as `table` or `table.column`.

    Raises:
        StorageError: the database holds items this program does not know, so a newer one wrote it.
    """
    if unknown_to(tables, connection):
        raise newer_study()
    wanted = lacking(tables, connection)
    for one in wanted:
        if isinstance(one, Table):
            _create(connection, one)
        else:
            _add_column(connection, one)
    return [str(one) for one in wanted]


def newer_study() -> StorageError:
    """Return the refusal of a study that a newer program has changed."""
    return StorageError(
        "This study was written by a newer version of the program.",
        "Install the newer version on this computer; nothing was changed.",
    )


def _columns(connection: Connection, table: str) -> list[str]:
    rows = connection.exec_driver_sql("SELECT name FROM pragma_table_info(?)", (table,))
    return [name for (name,) in rows.all()]


def _create(connection: Connection, table: Table) -> None:
    connection.execute(CreateTable(table))
    for index in table.indexes:
        connection.execute(CreateIndex(index))
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table.name}_no_delete BEFORE DELETE ON {table.name} "
        "BEGIN SELECT RAISE(ABORT, 'records are voided, never deleted'); END"
    )


def _add_column(connection: Connection, column: Column[Any]) -> None:
    kind = column.type.compile(connection.dialect)
    connection.exec_driver_sql(f'ALTER TABLE {column.table} ADD COLUMN "{column.name}" {kind}')
