"""Starts the desktop: sign-in first, heavy libraries after it is on screen."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

from lnmonitor.desktop import i18n
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.sign_in import SignInWindow
from lnmonitor.desktop.preferences import preferences
from lnmonitor.desktop.problems import install_hooks, sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import SchemeChoice, theme_manager

if TYPE_CHECKING:
    from lnmonitor.desktop.dialogs.backups import RestoreWanted
    from lnmonitor.desktop.restoring import Outcome, RestoringWindow
    from lnmonitor.desktop.shell import MainWindow
    from lnmonitor.services.session import StudySession

_FIRST_SIZE = (1280, 800)
_TITLE_BAR = 32
_LOCK_AFTER_MS = 10 * 60 * 1000
_SIGNS_OF_LIFE = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
}


class Desktop(QObject):
    """The two windows of the program and the way from one to the other."""

    def __init__(self, study: Path | None = None) -> None:
        super().__init__()
        self.sign_in = SignInWindow(study)
        self.sign_in.resize(_on_screen(*_FIRST_SIZE))
        self.sign_in.opened.connect(self._enter)
        self.window: MainWindow | None = None
        self._restoring: RestoringWindow | None = None
        hub().restore_wanted.connect(self._restore)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_LOCK_AFTER_MS)
        self._idle.timeout.connect(self._lock)

    def start(self) -> None:
        """Show the sign-in."""
        self.sign_in.show()

    @Slot(object)
    def _enter(self, session: StudySession) -> None:
        from lnmonitor.desktop.safekeeping import Safekeeping
        from lnmonitor.desktop.shell import MainWindow

        hub().set_session(session)
        window = MainWindow()
        window.closed.connect(self._leave)
        size = preferences().window
        window.resize(_on_screen(*(size if len(size) == 2 else _FIRST_SIZE)))
        self.window = window
        Safekeeping(window)
        window.open_page("worklist")
        window.show()
        self.sign_in.hide()
        self._watch_idleness()

    @Slot()
    def _leave(self) -> None:
        """Close the study and show the sign-in; whoever is next signs in anew."""
        from lnmonitor.desktop.operations import TaskOp

        window, session = self.window, hub().session
        self.window = None
        self._stop_watching()
        hub().set_session(None)
        self.sign_in.show()
        if window is not None:
            window.hide()
            window.deleteLater()
        if session is not None:
            TaskOp(self, partial(_close, session), self._closed).run()

    def _closed(self, problem: Exception | None) -> None:
        self.sign_in.renew()
        if problem is not None:
            self.sign_in.say(sentence(problem))

    @Slot(object)
    def _restore(self, wanted: RestoreWanted) -> None:
        """Replace the open study by a backup; a small window tells how far it is."""
        from lnmonitor.desktop.restoring import RestoringWindow

        window, session = self.window, hub().session
        if window is None or session is None or not window.may_close():
            return
        self.window = None
        self._stop_watching()
        place = window.geometry()
        window.hide()
        window.deleteLater()
        hub().set_session(None)  # before its job is made, whose result comes to no session
        restoring = RestoringWindow(session, wanted)
        restoring.finished.connect(self._restored)
        restoring.setGeometry(place)
        restoring.show()
        self._restoring = restoring
        restoring.start()

    @Slot(object)
    def _restored(self, outcome: Outcome) -> None:
        """Open the pages on what is there now, or the sign-in where the password does not fit."""
        restoring, self._restoring = self._restoring, None
        if outcome.session is not None:
            self._enter(outcome.session)
            if outcome.problem is not None:
                hub().problem.emit(outcome.problem)
        else:
            self.sign_in.renew()
            self.sign_in.show()
            if outcome.restored:
                self.sign_in.say(tr("The backup is in place. Sign in with the password of then."))
            elif outcome.problem is not None:
                hub().problem.emit(outcome.problem)
        if restoring is not None:
            restoring.close()
            restoring.deleteLater()

    def _watch_idleness(self) -> None:
        """Look at every event of the program while a study is open, not before: it costs."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._idle.start()

    def _stop_watching(self) -> None:
        self._idle.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    @Slot()
    def _lock(self) -> None:
        if self.window is not None:
            self.window.lock_now()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self._idle.isActive():
            self._idle.start()
        if event.type() == QEvent.Type.KeyPress and _locks_over_dialog(event):
            self._lock()
            return True
        return super().eventFilter(watched, event)


def _locks_over_dialog(event: QEvent) -> bool:
    """Return whether it is the lock's key while a dialog keeps the window's own shortcuts off."""
    return (
        isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_L
        and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        and QApplication.activeModalWidget() is not None
    )


def _close(session: StudySession) -> Exception | None:
    """Close a study once every draft told so far is kept."""
    from lnmonitor.desktop.operations import after_journal
    from lnmonitor.desktop.safekeeping import close_safely

    after_journal()
    return close_safely(session)


def _on_screen(width: int, height: int) -> QSize:
    """Return a size that fits the screen with the system's own title bar above it."""
    screen = QGuiApplication.primaryScreen().availableGeometry()
    return QSize(min(width, screen.width()), min(height, screen.height() - _TITLE_BAR))


def prepare(application: QApplication) -> None:
    """Give the application its name, looks and language."""
    application.setApplicationName("lnmonitor")
    kept = preferences()
    if kept.language == "zh":
        i18n.set_language("zh")
    scheme: SchemeChoice = "system"
    if kept.scheme == "light":
        scheme = "light"
    elif kept.scheme == "dark":
        scheme = "dark"
    theme_manager().set_scheme(scheme)


def run(study: Path | None = None) -> int:
    """Open the desktop on a study's sign-in, or on the study picker; return the exit status."""
    application = QApplication(sys.argv[:1])
    prepare(application)
    install_hooks()
    desktop = Desktop(study)
    desktop.start()
    status = application.exec()
    from lnmonitor.desktop import operations

    session = hub().session
    if session is not None:
        from lnmonitor.desktop.safekeeping import close_safely

        operations.on_database(partial(close_safely, session))
    operations.shut_down()
    return status
