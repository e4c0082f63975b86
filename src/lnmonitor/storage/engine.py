"""The encrypted connection: SQLCipher through SQLAlchemy, and plain sentences for its errors.

One connection serves a study for as long as it is open (`StaticPool`): opening one costs a key
set-up and an empty page cache. It may pass from thread to thread but is used by one at a time,
which the callers keep. See docs/adr/0011.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlcipher3
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import create_engine

from lnmonitor.errors import StorageError
from lnmonitor.storage.files import OWNER_ONLY

FILE_NAME = "study.db"
WRITES = "lnmonitor_writes"
"""Execution option of a connection whose next transaction takes the write lock at its start."""
_BUSY_MS = 2000


def open_engine(
    folder: Path,
    data_key: bytes,
    *,
    read_only: bool = False,
    immutable: bool = False,
    name: str = FILE_NAME,
) -> Engine:
    """Return an engine on a study's database.

    Args:
        immutable: nobody else can have the file open, as with a copy just made: nothing is written
            beside it. name: of the file, if it is not the study's own.

    Raises:
        StorageError: at the first statement, when the file is damaged or the key is not its key.
    """
    path = folder / name
    connection: Any = None

    def connect() -> Any:
        nonlocal connection
        connection = connect_raw(path, data_key, read_only=read_only, immutable=immutable)
        return connection

    engine = create_engine("sqlite://", creator=connect, module=sqlcipher3, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return engine


def connect_raw(
    path: Path,
    data_key: bytes,
    *,
    read_only: bool = False,
    immutable: bool = False,
    plain: bool = False,
) -> Any:
    """Return a connection of the driver itself, set for safety; close it.

    Args:
        plain: without a write-ahead log, for a file that is about to be filled.
    """
    uri = path.absolute().as_uri() + "?mode=ro&immutable=1" if immutable else ""
    connection = sqlcipher3.connect(
        uri or _uri(path, read_only=read_only),
        uri=True,
        check_same_thread=False,
        isolation_level=None,
    )
    try:
        connection.execute("PRAGMA cipher_log_level=NONE")  # errors are raised, not printed
        connection.execute(f"PRAGMA key=\"x'{data_key.hex()}'\"")
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA recursive_triggers=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA trusted_schema=OFF")
        if not (read_only or immutable):
            connection.execute(f"PRAGMA journal_mode={'DELETE' if plain else 'WAL'}")
            connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def driver_of(connection: Connection) -> Any:
    """Return the driver's own connection, for what is read or written in great numbers.

    It is in the same transaction, and its errors are translated like all others.
    """
    return connection.connection.driver_connection


def make_file(folder: Path) -> None:
    """Make the empty file of a new study, for its owner only.

    Raises:
        StorageError: the folder cannot be written.
    """
    try:
        (folder / FILE_NAME).touch(OWNER_ONLY, exist_ok=False)
    except OSError as error:
        raise StorageError(
            "The study folder {folder} cannot be written: {reason}.",
            "Check its permissions and the free space.",
            folder=folder,
            reason=error.strerror or error,
        ) from error


def damaged() -> StorageError:
    """Return the refusal of a file that is no study's."""
    return StorageError(*SENTENCES["SQLITE_NOTADB"])


def _uri(path: Path, *, read_only: bool) -> str:
    uri = path.absolute().as_uri()
    if not read_only:
        return uri + "?mode=rw"
    # A medium that cannot be written has no place for the shared-memory file of WAL.
    log = path.with_name(path.name + "-wal")
    if not _writable(path.parent) and log.exists() and log.stat().st_size:
        raise StorageError(
            "The study was not closed properly and cannot be brought in order on this medium.",
            "Copy the whole folder to a disk that can be written, and open it there.",
        )
    return uri + ("?mode=ro" if _writable(path.parent) else "?mode=ro&immutable=1")


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def _begin(connection: Any) -> None:
    immediate = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


SENTENCES = {
    "SQLITE_FULL": (
        "The disk is full: nothing was saved.",
        "Free some space, then save again; what you typed is still here.",
    ),
    "SQLITE_READONLY": (
        "The study cannot be written: nothing was saved.",
        "Check that the folder's files are not write-protected.",
    ),
    "SQLITE_BUSY": (
        "The study is in use by another program: nothing was saved.",
        "Close the other program, then try again.",
    ),
    "SQLITE_LOCKED": (
        "The study is in use by another program: nothing was saved.",
        "Close the other program, then try again.",
    ),
    "SQLITE_IOERR": (
        "The disk did not take or give the data: nothing was saved.",
        "Check the disk and its cable, then try again.",
    ),
    "SQLITE_CANTOPEN": (
        "The study's file study.db cannot be opened.",
        "Check that it is there and that you may read and write it.",
    ),
    "SQLITE_NOTADB": (
        "The study's file study.db is damaged, or belongs to another study.",
        "Restore the study from its latest backup.",
    ),
    "SQLITE_CORRUPT": (
        "The study's file study.db is damaged.",
        "Stop entering data and restore the study from its latest backup.",
    ),
}


@contextlib.contextmanager
def storage_errors() -> Iterator[None]:
    """Turn what the disk or another program did into a `StorageError`; a bug stays a bug."""
    try:
        yield
    except DBAPIError as error:
        raise _translated(error.orig, error) from error
    except sqlcipher3.Error as error:
        raise _translated(error, error) from error


def _translated(cause: BaseException | None, otherwise: Exception) -> Exception:
    code = getattr(cause, "sqlite_errorname", None) or ""
    for name, (message, remedy) in SENTENCES.items():
        if code == name or code.startswith(name + "_"):
            return StorageError(message, remedy)
    return otherwise
