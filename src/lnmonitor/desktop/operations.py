"""The only way from a view to the services: work in the background, result on the main thread.

One thread owns the open study; reads and writes queue there in order. Drafts of what is typed go
past the queue on a thread of their own, documents are made on a third. A result is dropped when
the view that asked has died or the study was closed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal, Slot

from lnmonitor.desktop.garbage import collect_on_main_thread
from lnmonitor.desktop.session_hub import hub
from lnmonitor.progress import Cancelled, Progress

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

T = TypeVar("T")
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


@cache
def _database() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="database")


@cache
def _journal() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="journal")


@cache
def _jobs() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="jobs")


class _Operation(QObject):
    """Carries one result home. Lives on the main thread; the worker only emits its signals."""

    succeeded = Signal(object)
    broke = Signal(object)
    progressed = Signal(int, int, str)

    def __init__(self, parent: QObject, done: Done, failed: Failed | None) -> None:
        super().__init__()  # no Qt parent: the worker may still emit after the view has died
        self._owner = parent
        self._done = done
        self._failed = failed
        self._session = hub().session
        collect_on_main_thread()
        self.succeeded.connect(self._take_result)
        self.broke.connect(self._take_failure)

    def _submit(self, executor: Executor, work: Callable[[], object]) -> None:
        _pending.add(self)
        _tell_busy()
        executor.submit(self._work, work)

    def _work(self, work: Callable[[], object]) -> None:
        try:
            result = work()
        except Exception as problem:  # noqa: BLE001 - carried to the main thread, never lost
            self.broke.emit(problem)
        else:
            self.succeeded.emit(result)

    @Slot(object)
    def _take_result(self, result: object) -> None:
        try:
            self._committed(result)
            if self._wanted():
                self._done(result)
        finally:
            self._end()  # last: who waits for quiet finds the result taken

    @Slot(object)
    def _take_failure(self, problem: Exception) -> None:
        try:
            if self._failed is not None and self._wanted():
                self._failed(problem)
            elif not isinstance(problem, Cancelled):
                hub().problem.emit(problem)
        finally:
            self._end()

    def _end(self) -> None:
        _pending.discard(self)
        _tell_busy()

    def _wanted(self) -> bool:
        return shiboken6.isValid(self._owner) and hub().session is self._session

    def _committed(self, result: object) -> None:
        """Hook of `WriteOp`: a commit is told even when the view that asked has died."""


_pending: set[_Operation] = set()


def pending() -> int:
    """Return how many operations have not come back."""
    return len(_pending)


def _tell_busy() -> None:
    hub().busy_changed.emit(bool(_pending))


class TaskOp(_Operation, Generic[T]):
    """Runs work that needs no open study on the database thread: opening or making one."""

    def __init__(
        self,
        parent: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
    ) -> None:
        super().__init__(parent, done, failed)
        self._task = work

    def run(self) -> None:
        """Start; the result comes to `done` on the main thread."""
        self._submit(_database(), self._task)


class ReadOp(_Operation, Generic[T]):
    """Reads from the open study: `work(session)` on the database thread, then `done(result)`."""

    def __init__(
        self,
        parent: QObject,
        work: Callable[[StudySession], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
    ) -> None:
        super().__init__(parent, done, failed)
        self._task = work

    def run(self) -> None:
        """Start; nothing happens when no study is open."""
        if self._session is not None:
            self._submit(_database(), partial(self._task, self._session))


class WriteOp(ReadOp[T]):
    """Writes to the open study and tells every open view what changed.

    The result is a `ChangeSet` or has one as `changes` (as `Saved` has); anything else publishes
    nothing.
    """

    def _committed(self, result: object) -> None:
        from lnmonitor.services.changes import ChangeSet

        changes = result if isinstance(result, ChangeSet) else getattr(result, "changes", None)
        if isinstance(changes, ChangeSet):
            hub().saved.emit(hub().clock.now())
            hub().data_changed.emit(changes)


class JournalOp(ReadOp[T]):
    """Keeps drafts of what is typed, on a thread of its own: it waits for no read or result."""

    def run(self) -> None:
        """Start; nothing happens when no study is open."""
        if self._session is not None:
            self._submit(_journal(), partial(self._task, self._session))


class JobOp(_Operation, Generic[T]):
    """A long job (PDF, Excel) on the second pool, with progress and cancel.

    `work(progress)` calls `progress(done, total, what)`; after `cancel()` that call raises
    `Cancelled`, which arrives at `failed`. Work that needs the study takes each portion through
    `on_database`.
    """

    def __init__(
        self,
        parent: QObject,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> None:
        super().__init__(parent, done, failed)
        self._job = work
        self._progress = progress
        self._cancel = threading.Event()
        self.progressed.connect(self._show_progress)

    def run(self) -> None:
        """Start, after the jobs before it."""
        self._submit(_jobs(), partial(self._job, self._tell))

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._cancel.set()

    def _tell(self, done: int, total: int, what: str) -> None:
        if self._cancel.is_set():
            raise Cancelled
        self.progressed.emit(done, total, what)

    @Slot(int, int, str)
    def _show_progress(self, done: int, total: int, what: str) -> None:
        if self._progress is not None and self._wanted():
            self._progress(done, total, what)


def on_database(work: Callable[[], T]) -> T:
    """Run one portion of a job on the thread that owns the study and wait for it, from a job only.

    Pages stay quick meanwhile: their reads take turns with the job's portions.
    """
    return _database().submit(work).result()


def after_journal() -> None:
    """Wait until every draft told so far is kept, before what removes drafts; not in a JournalOp.

    Else a draft kept after the save that contains it would be offered again as not saved.
    """
    _journal().submit(int).result()


def shut_down() -> None:
    """Stop taking work, wait for what runs: the last act of the program."""
    for operation in tuple(_pending):
        if isinstance(operation, JobOp):
            operation.cancel()
    for pool in (_jobs, _journal, _database):
        if pool.cache_info().currsize:
            pool().shutdown(wait=True, cancel_futures=True)
            pool.cache_clear()
    _pending.clear()
