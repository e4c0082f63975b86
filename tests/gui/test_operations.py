"""Work in the background: results home on the main thread, never to the dead or the signed-out."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from lnmonitor.desktop import operations
from lnmonitor.desktop.operations import JobOp, ReadOp, TaskOp, WriteOp
from lnmonitor.desktop.session_hub import hub
from lnmonitor.errors import InputError
from lnmonitor.progress import Cancelled, Progress
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.session import StudySession

SignIn = Callable[[str], StudySession]


def settled(qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: operations.pending() == 0)


def test_that_work_runs_elsewhere_and_its_result_arrives_on_the_main_thread(qtbot: QtBot) -> None:
    threads: list[str] = []

    def work() -> int:
        threads.append(threading.current_thread().name)
        return 42

    def done(result: int) -> None:
        threads.append(threading.current_thread().name)
        assert result == 42

    owner = QObject()
    TaskOp(owner, work, done).run()
    settled(qtbot)
    assert threads[0].startswith("database")
    assert threads[1] == "MainThread"


def test_that_a_result_for_a_dead_view_is_dropped(qtbot: QtBot) -> None:
    came: list[int] = []
    release = threading.Event()
    owner = QObject()
    TaskOp(owner, lambda: release.wait(5) and 1, came.append).run()
    owner.deleteLater()
    qtbot.wait(20)
    del owner
    release.set()
    settled(qtbot)
    assert came == []


def test_that_a_result_of_a_closed_study_is_dropped(qtbot: QtBot, sign_in: SignIn) -> None:
    sign_in("nurse")
    came: list[object] = []
    release = threading.Event()
    owner = QObject()
    ReadOp(owner, lambda _session: release.wait(5), came.append).run()
    hub().set_session(None)
    release.set()
    settled(qtbot)
    assert came == []


def test_that_a_failure_nobody_takes_goes_to_the_hub(qtbot: QtBot) -> None:
    def work() -> None:
        raise InputError("No such thing.")

    owner = QObject()
    with qtbot.waitSignal(hub().problem) as told:
        TaskOp(owner, work, lambda _result: None).run()
    assert isinstance(told.args[0], InputError)


def test_that_a_write_tells_what_changed(qtbot: QtBot, sign_in: SignIn) -> None:
    sign_in("nurse")
    changes = ChangeSet(frozenset({"VS"}), frozenset({"p"}))
    owner = QObject()
    with qtbot.waitSignals([hub().saved, hub().data_changed]):
        WriteOp(owner, lambda _session: changes, lambda _result: None).run()


def test_that_a_cancelled_job_stops_at_its_next_step(qtbot: QtBot) -> None:
    steps: list[int] = []
    failures: list[Exception] = []
    go_on = threading.Event()

    def work(progress: Progress) -> None:
        for number in range(100):
            steps.append(number)
            progress(number, 100, "step")
            go_on.wait(5)

    owner = QObject()
    job = JobOp(owner, work, lambda _result: None, failures.append)
    job.run()
    qtbot.waitUntil(lambda: bool(steps))
    job.cancel()
    go_on.set()
    settled(qtbot)
    assert len(steps) <= 2
    assert isinstance(failures[0], Cancelled)


def test_that_the_database_thread_works_in_order() -> None:
    order: list[int] = []
    for number in range(20):
        operations.on_database(lambda n=number: order.append(n))
    assert order == list(range(20))


def test_that_an_error_on_the_database_thread_comes_back_to_the_job() -> None:
    def work() -> None:
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        operations.on_database(work)
