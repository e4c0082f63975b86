"""One application with the bundled fonts for all window tests; preferences in a fresh folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot
from tests.gui.shell_study import make_study

from lnmonitor.clock import FixedClock
from lnmonitor.desktop import i18n, operations, preferences
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme_manager
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study


@pytest.fixture(autouse=True)
def desktop(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start every test with the light scheme, English and nobody signed in."""
    monkeypatch.setattr(preferences, "config_dir", lambda: tmp_path)
    preferences.preferences.cache_clear()
    theme_manager().set_scheme("light")
    yield
    qtbot.waitUntil(lambda: operations.pending() == 0)
    # Without an event loop nothing would ever delete the windows of earlier tests.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    i18n.set_language("en")
    hub().set_session(None)
    preferences.preferences.cache_clear()


SHELL_NOW = FixedClock(datetime(2026, 5, 12, 9, 42, tzinfo=timezone(timedelta(hours=8))))
SignIn = Callable[[str], StudySession]


@pytest.fixture(scope="session")
def pristine_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the study of `shell_study` once; tests work on copies."""
    folder = tmp_path_factory.mktemp("shell") / "study"
    make_study(folder, SHELL_NOW)
    return folder


@pytest.fixture
def study_folder(pristine_study: Path, tmp_path: Path) -> Path:
    """Return a study folder of this test's own."""
    folder = tmp_path / "study"
    shutil.copytree(pristine_study, folder)
    return folder


@pytest.fixture
def sign_in(study_folder: Path) -> Iterator[SignIn]:
    """Return a function that opens the study for an account and puts it on the hub."""
    opened: list[StudySession] = []

    def enter(account: str) -> StudySession:
        session = open_study(study_folder, user=account, password="lupus-demo", clock=SHELL_NOW)
        opened.append(session)
        hub().set_session(session)
        return session

    yield enter
    hub().set_session(None)
    for session in opened:
        operations.on_database(session.close)
