"""The cover over the pages while the person is away: study, who, since when, password."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.password_edit import PasswordEdit
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.desktop.words import instant
from lnmonitor.errors import UserError


class LockPage(QWidget):
    """What was typed stays beneath; only the same person's password opens it again."""

    unlocked = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "page")
        self._words = label("", "body", "text-2", wrap=True)
        self._name = label("", "small", "text-2")
        self.password = PasswordEdit()
        self._strip = MessageStrip()
        self._open = button("", self._try, kind="primary")
        self._leave = button("", self.left.emit, kind="quiet")
        middle = box(
            column(
                self._title,
                self._words,
                theme().px(2),
                self._name,
                self.password,
                self._strip,
                row(self._open, self._leave, None),
                spacing=2,
            )
        )
        middle.setFixedWidth(theme().px(90))
        self.setLayout(column(None, row(None, middle, None), None, None))
        self.password.entered.connect(self._try)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the language in force."""
        self._title.setText(tr("Locked"))
        self._open.setText(tr("Unlock"))
        self._leave.setText(tr("Sign out"))
        self.password.retranslate()

    def show_locked(self) -> None:
        """Say who locked which study when."""
        session = hub().session
        if session is None:
            return
        now = hub().clock.now()
        self._words.setText(
            tr(
                "{study}, site {site}. Locked {time}. What was typed is kept.",
                study=session.study.name,
                site=session.study.site,
                time=instant(now),
            )
        )
        self._name.setText(
            tr("Password of {name}", name=session.actor.full_name or session.actor.account)
        )
        self._strip.clear()
        self.password.clear()
        self.password.field.setFocus()

    def say(self, words: str) -> None:
        """Show why the study cannot be left now."""
        self._strip.say("ask", words)

    def _try(self) -> None:
        from lnmonitor.services.accounts import check_password

        password = self.password.text
        if not password:
            return
        self._open.setEnabled(False)
        work = partial(check_password, password=password)
        ReadOp(self, work, self._take_answer, self._take_failure).run()

    def _take_answer(self, _answer: object) -> None:
        self._open.setEnabled(True)
        self.password.clear()
        self.unlocked.emit()

    def _take_failure(self, problem: Exception) -> None:
        self._open.setEnabled(True)
        self.password.clear()
        self.password.field.setFocus()
        if isinstance(problem, UserError):
            self._strip.say("refuse", sentence(problem))
        else:
            hub().problem.emit(problem)
