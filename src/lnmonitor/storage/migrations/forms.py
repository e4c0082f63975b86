"""The forms' tables follow the form classes: tables and columns are added, never taken away."""

from __future__ import annotations

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


def grow(tables: dict[str, Table], connection: Connection) -> list[str]:
    """Add missing tables and columns; return what was added as `table` or `table.column`.

    Raises:
        StorageError: the database holds items this program does not know, so a newer one wrote it.
    """
    if unknown_to(tables, connection):
        raise newer_study()
    added: list[str] = []
    for table in tables.values():
        present = _columns(connection, table.name)
        if not present:
            _create(connection, table)
            added.append(table.name)
            continue
        for column in table.columns.values():
            if column.name not in present:
                _add_column(connection, table, column)
                added.append(f"{table.name}.{column.name}")
    return added


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


def _add_column(connection: Connection, table: Table, column: Column[object]) -> None:
    kind = column.type.compile(connection.dialect)
    connection.exec_driver_sql(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {kind}')
