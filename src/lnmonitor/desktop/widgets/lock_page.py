"""The cover over the pages while the person is away: study, who, since when, password."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

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
    ended = Signal()
    """An administrator ends the session of the person who is away."""

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "page")
        self._words = label("", "body", "text-2", wrap=True)
        self._name = label("", "small", "text-2")
        self.account = QLineEdit()
        self._other = button("", self._toggle_other, kind="link")
        self.password = PasswordEdit()
        self._strip = MessageStrip()
        self._open = button("", self._try, kind="primary")
        self._leave = button("", self.left.emit, kind="quiet")
        middle = box(
            column(
                self._title,
                self._words,
                theme().px(2),
                self.account,
                self._name,
                self.password,
                self._strip,
                row(self._open, self._leave, None),
                row(self._other, None),
                spacing=2,
            )
        )
        middle.setFixedWidth(theme().px(90))
        self.setLayout(column(None, row(None, middle, None), None, None))
        self.password.entered.connect(self._try)
        self.account.returnPressed.connect(self.password.field.setFocus)
        self.account.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the language in force."""
        self._title.setText(tr("Locked"))
        self.account.setPlaceholderText(tr("Administrator’s account"))
        self.account.setAccessibleName(tr("Administrator’s account"))
        self._say_who()
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
        self.account.clear()
        self.account.hide()
        self._say_who()
        self._strip.clear()
        self.password.clear()
        self.password.field.setFocus()

    @property
    def _for_another(self) -> bool:
        return not self.account.isHidden()

    def _toggle_other(self) -> None:
        """Ask for an administrator's password instead, or for the person's own again."""
        self.account.setVisible(not self._for_another)
        self.password.clear()
        self._strip.clear()
        self._say_who()
        (self.account if self._for_another else self.password.field).setFocus()

    def _say_who(self) -> None:
        session = hub().session
        name = "" if session is None else session.actor.full_name or session.actor.account
        if self._for_another:
            self._name.setText(tr("Password of the administrator"))
            self._open.setText(tr("End the session"))
            self._other.setText(tr("Back to the password of {name}", name=name))
        else:
            self._name.setText(tr("Password of {name}", name=name))
            self._open.setText(tr("Unlock"))
            self._other.setText(tr("{name} is away: end the session as administrator…", name=name))

    def say(self, words: str) -> None:
        """Show why the study cannot be left now."""
        self._strip.say("ask", words)

    def _try(self) -> None:
        from lnmonitor.services.accounts import check_password, end_for_another

        password, administrator = self.password.text, self.account.text().strip()
        if not password or (self._for_another and not administrator):
            return
        self._open.setEnabled(False)
        if self._for_another:
            end = partial(end_for_another, administrator=administrator, password=password)
            ReadOp(self, end, self._take_end, self._take_failure).run()
        else:
            work = partial(check_password, password=password)
            ReadOp(self, work, self._take_answer, self._take_failure).run()

    def _take_end(self, _answer: object) -> None:
        self._open.setEnabled(True)
        self.password.clear()
        self.ended.emit()

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
