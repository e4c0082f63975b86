"""An open study folder: its lock, its encrypted database, and the two ways to use it.

`read` and `write` are the only doors to the database. One thread is inside at a time; a read
inside a write sees the write's own changes.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from lnmonitor.errors import StorageError
from lnmonitor.progress import Progress, silent
from lnmonitor.storage import backup, swap
from lnmonitor.storage import engine as engines
from lnmonitor.storage.engine import damaged, make_file, open_engine, storage_errors
from lnmonitor.storage.lock import StudyLock
from lnmonitor.storage.migrations.run import check_readable, migrate, version_of


class Store:
    """The study's database while it is open. Close it; a `with` statement does."""

    def __init__(
        self, folder: Path, data_key: bytes, engine: Engine, lock: StudyLock | None
    ) -> None:
        self.folder = folder
        self.data_key = data_key
        self._engine = engine
        self._lock = lock
        self._guard = threading.RLock()
        self._current: Connection | None = None

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written."""
        return self._lock is None

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection with a consistent view, for reading."""
        with self._connection(writes=False) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in one transaction: all of it becomes durable at the end, or nothing.

        Raises:
            StorageError: the disk or another program does not allow it; nothing was changed.
        """
        if self.read_only:
            raise StorageError(
                "The study is open for reading only: nothing was saved.",
                "Open it for writing.",
            )
        with self._connection(writes=True) as connection:
            yield connection

    def renew(self, data_key: bytes, keyring: bytes, progress: Progress = silent) -> None:
        """Encrypt the database with another data key and put a keyring in force with it.

        Raises:
            StorageError: the disk does not take it, or somebody else reads the study; it stays as
                it was.
        """
        with self._guard, storage_errors():
            if self._current is not None or self.read_only:
                raise RuntimeError("a renewal inside a read or write")
            new = self.folder / swap.NEW_DATABASE
            new.unlink(missing_ok=True)
            try:
                copied = backup.copy_database(self.folder, self.data_key, new, data_key, progress)
                backup.check(new, data_key, copied, progress)
                self._fold_log()
                self._engine.dispose()
                swap.exchange(self.folder, keyring)
            except OSError as error:
                raise StorageError(*engines.SENTENCES["SQLITE_IOERR"]) from error
            finally:
                if swap.holds(self.folder, keyring):
                    self.data_key = data_key
                new.unlink(missing_ok=True)
                self._engine.dispose()
                self._engine = open_engine(self.folder, self.data_key)

    def _fold_log(self) -> None:
        """Bring the write-ahead log into the file and end it; nobody else may have it open."""
        with self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            mode = driver.execute("PRAGMA journal_mode=DELETE").fetchone()[0]  # type: ignore[union-attr]
        if mode != "delete":
            raise StorageError(*engines.SENTENCES["SQLITE_BUSY"])

    def close(self) -> None:
        """Close the database and give the folder free; a second call does nothing."""
        with self._guard:
            self._engine.dispose()
            if self._lock is not None:
                self._lock.release()

    @contextlib.contextmanager
    def _connection(self, *, writes: bool) -> Iterator[Connection]:
        with self._guard, storage_errors():
            if self._current is not None:  # of this thread: another one waits at the guard
                if writes:
                    raise RuntimeError("a write inside another read or write")
                yield self._current
                return
            with self._engine.connect() as connection:
                connection.execution_options(**{engines.WRITES: writes})
                with connection.begin():
                    self._current = connection
                    try:
                        yield connection
                    finally:
                        self._current = None


def make_store(folder: Path, data_key: bytes, account: str, now: datetime) -> Store:
    """Make the database of a new study, with its tables and nothing in them.

    Raises:
        StorageError: the folder is in use or cannot be written.
    """
    lock = StudyLock(folder, account, now)
    try:
        make_file(folder)
    except BaseException:
        lock.release()
        raise
    store = Store(folder, data_key, open_engine(folder, data_key), lock)
    try:
        with store.write() as connection:
            migrate(connection)
    except BaseException:
        store.close()
        raise
    return store


def open_store(
    folder: Path, data_key: bytes, account: str, now: datetime, *, read_only: bool = False
) -> Store:
    """Open a study folder. The caller brings the database up to date before any other use.

    Raises:
        StorageError: it is open elsewhere, damaged, newer than this program, or not writable; an
            empty or missing database is refused too, never silently made anew.
    """
    lock = None if read_only else StudyLock(folder, account, now)
    try:
        if lock is not None:
            swap.settle(folder)
        engine = open_engine(folder, data_key, read_only=read_only)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    store = Store(folder, data_key, engine, lock)
    try:
        _check(store)
    except BaseException:
        store.close()
        raise
    return store


def _check(store: Store) -> None:
    with store.read() as connection:
        if version_of(connection) == 0:
            raise damaged()
        if store.read_only:
            check_readable(connection)
