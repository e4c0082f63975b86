"""One application with the bundled fonts for all window tests; preferences in a fresh folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from lnmonitor.desktop import i18n, operations, preferences
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme_manager


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
