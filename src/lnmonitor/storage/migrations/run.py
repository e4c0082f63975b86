"""Runs the steps a database still needs."""

from __future__ import annotations

from sqlalchemy import Connection

from lnmonitor.errors import StorageError
from lnmonitor.storage.migrations import (
    m0001_first,
    m0002_drafts_and_keys,
    m0003_reviews,
    m0004_summaries,
    m0005_training,
)
from lnmonitor.storage.migrations.forms import grow, lacking, newer_study, unknown_to
from lnmonitor.storage.tables import form_tables

_STEPS = (m0001_first, m0002_drafts_and_keys, m0003_reviews, m0004_summaries, m0005_training)
LATEST = _STEPS[-1].NUMBER


def version_of(connection: Connection) -> int:
    """Return the number of the last step the database went through, 0 for an empty one."""
    number: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return number


def migrate(connection: Connection) -> list[str]:
    """Bring the database up to date inside the caller's transaction; return what was done.

    Raises:
        StorageError: a newer program has written it.
    """
    done: list[str] = []
    present = version_of(connection)
    if present > LATEST:
        raise newer_study()
    for step in _STEPS:
        if present < step.NUMBER:
            for statement in step.STATEMENTS:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version={step.NUMBER}")
            done.append(f"step {step.NUMBER}")
    return done + grow(form_tables(), connection)


def needed(connection: Connection) -> bool:
    """Return whether `migrate` would change anything.

    Raises:
        StorageError: a newer program has written the database.
    """
    present = version_of(connection)
    if present > LATEST or unknown_to(form_tables(), connection):
        raise newer_study()
    return present < LATEST or bool(lacking(form_tables(), connection))


def check_readable(connection: Connection) -> None:
    """Refuse a database that cannot be read as it is, for opening without writing.

    Raises:
        StorageError: it is newer, or older and must first be opened for writing.
    """
    if needed(connection):
        raise StorageError(
            "This study was last written by an older version of the program.",
            "Open it once for writing, which brings it up to date.",
        )
