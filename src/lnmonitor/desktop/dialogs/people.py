"""Windows about people: a new account, one's own password, another's role, password or access."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from lnmonitor.clock import today
from lnmonitor.desktop.dialogs.reason import ReasonDialog
from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import WriteOp
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.widgets.password_edit import PasswordEdit
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.words import ROLES, role_name
from lnmonitor.errors import UserError
from lnmonitor.study import dates

if TYPE_CHECKING:
    from lnmonitor.services.accounts import Account
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.session import StudySession

Done = Callable[[object], object]


def _roles() -> Segmented:
    return Segmented([(code, role_name(code)) for code in ROLES])


class PersonDialog(SmallForm):
    """A new account with its role and first password, which the person replaces."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Add person"), tr("Add person"))
        self.explain(tr("At the first sign-in the person chooses a password of their own."))
        self.account, self.full_name = QLineEdit(), QLineEdit()
        self.role = _roles()
        self.password = PasswordEdit()
        self.add(tr("Account"), self.account)
        self.add(tr("Full name"), self.full_name)
        self.add(tr("Role"), self.role)
        self.add(tr("First password"), self.password)

    def save(self) -> None:
        """Add the account."""
        work = partial(
            _add_account,
            name=self.account.text(),
            role=self.role.key,
            full_name=self.full_name.text(),
            password=self.password.text,
        )
        self.save_button.setEnabled(False)
        WriteOp(self, work, self.saved, self.refused).run()


class PasswordDialog(SmallForm):
    """One's own password: the old one, and twice the new one."""

    def __init__(
        self, parent: QWidget, words: str = "", done: Callable[[], object] | None = None
    ) -> None:
        super().__init__(parent, tr("Change my password"), tr("Change password"))
        self._done = done
        if words:
            self.explain(words)
        self.old, self.new, self.again = PasswordEdit(), PasswordEdit(), PasswordEdit()
        self.add(tr("Old password"), self.old)
        self.add(tr("New password"), self.new)
        self.add(tr("New password again"), self.again)

    def save(self) -> None:
        """Change the password, if both new ones are the same."""
        if self.new.text != self.again.text:
            self.strip.say("ask", tr("The two passwords differ. Type them again."))
            self.again.field.setFocus()
            return
        work = partial(_change_password, old=self.old.text, new=self.new.text)
        self.save_button.setEnabled(False)
        WriteOp(self, work, self.saved, self.refused).run()

    def saved(self, changes: object) -> None:
        """Close and tell who asked."""
        super().saved(changes)
        if self._done is not None:
            self._done()


class RoleDialog(ReasonDialog):
    """Another role for a person, from the next sign-in on."""

    def __init__(self, parent: QWidget, person: Account) -> None:
        words = tr(
            "{name} is {role} now. The new role counts from the next sign-in.",
            name=person.full_name,
            role=role_name(person.role),
        )
        self._person = person
        super().__init__(parent, tr("Change role"), words, self._change)

    def add_inputs(self) -> None:
        """Add the roles."""
        self.role = _roles()
        self.role.set_key(self._person.role)
        self.add(tr("Role"), self.role)

    def save(self) -> None:
        """Remember the role chosen before the work leaves the main thread."""
        self._chosen = self.role.key
        super().save()

    def _change(self, session: StudySession, reason: str) -> ChangeSet:
        from lnmonitor.services.accounts import change_role

        return change_role(session, self._person.name, self._chosen, reason)


class NewPasswordDialog(ReasonDialog):
    """A password for a person who forgot theirs, or who gets access again."""

    def __init__(self, parent: QWidget, person: Account) -> None:
        self._person = person
        title = tr("Give access again") if person.ended_at else tr("Set password")
        words = tr("{name} replaces it at the next sign-in.", name=person.full_name)
        super().__init__(parent, title, words, self._set)

    def add_inputs(self) -> None:
        """Add the password."""
        self.password = PasswordEdit()
        self.add(tr("New password"), self.password)

    def save(self) -> None:
        """Remember what was typed before the work leaves the main thread."""
        self._typed = self.password.text
        super().save()

    def _set(self, session: StudySession, reason: str) -> ChangeSet:
        from lnmonitor.services.accounts import give_access, set_password

        person = self._person
        if person.ended_at:
            return give_access(session, person.name, person.role, self._typed, reason)
        return set_password(session, person.name, self._typed, reason)


class TrainingDialog(ReasonDialog):
    """On which day a person was trained."""

    def __init__(self, parent: QWidget, person: Account) -> None:
        self._person = person
        words = tr("The day on which {name} was trained for this program.", name=person.full_name)
        super().__init__(parent, tr("Training"), words, self._record)
        self.save_button.setText(tr("Record"))

    def add_inputs(self) -> None:
        """Add the day."""
        self.day = QLineEdit(self._person.trained_on)
        self.day.setPlaceholderText("t, 3/7, 2026-05-12")
        self.add(tr("Date"), self.day)

    def save(self) -> None:
        """Read the day, which must be known whole, before the work leaves the main thread."""
        try:
            self._typed = dates.typed(self.day.text(), today=today(hub().clock), partial=False)
        except UserError as problem:
            self.strip.say("ask", sentence(problem))
            self.day.setFocus()
            return
        super().save()

    def _record(self, session: StudySession, reason: str) -> ChangeSet:
        from lnmonitor.services.access_review import record_training

        return record_training(session, self._person.name, self._typed, reason)


class PasswordAgeDialog(ReasonDialog):
    """After how many days everybody replaces the password."""

    def __init__(self, parent: QWidget, now: int) -> None:
        self._now = now
        words = tr("Whose password is older chooses a new one at the next sign-in. 0: no end.")
        super().__init__(parent, tr("Age of passwords"), words, self._set)
        self.save_button.setText(tr("Set"))

    def add_inputs(self) -> None:
        """Add the number."""
        self.days = QLineEdit(str(self._now))
        self.add(tr("Days"), self.days)

    def save(self) -> None:
        """Read the number before the work leaves the main thread."""
        typed = self.days.text().strip()
        if not typed.isdecimal():
            self.strip.say("ask", tr("Give the number of days."))
            self.days.setFocus()
            return
        self._typed = int(typed)
        super().save()

    def _set(self, session: StudySession, reason: str) -> ChangeSet:
        from lnmonitor.services.password_age import set_password_limit

        return set_password_limit(session, self._typed, reason)


class AccessReviewDialog(SmallForm):
    """That somebody has looked at the list of people, and with which result."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Review of access"), tr("Record"))
        self.explain(tr("Each account is still needed, its role fits, and its person is trained."))
        self.outcome = Segmented(
            [("no change", tr("no change")), ("changes needed", tr("changes needed"))]
        )
        self.comment = QLineEdit()
        self.add(tr("Result"), self.outcome)
        self.add(tr("Remark"), self.comment)

    def save(self) -> None:
        """Record it."""
        self.save_button.setEnabled(False)
        work = partial(_record_review, result=self.outcome.key, comment=self.comment.text())
        WriteOp(self, work, self.saved, self.refused).run()


def _record_review(session: StudySession, *, result: str, comment: str) -> ChangeSet:
    from lnmonitor.services.access_review import record_review

    return record_review(session, result, comment)  # type: ignore[arg-type]


def _add_account(
    session: StudySession, *, name: str, role: str, full_name: str, password: str
) -> ChangeSet:
    from lnmonitor.services.accounts import add_account

    return add_account(
        session, name, role=role, full_name=full_name, password=password, temporary=True
    )


def _change_password(session: StudySession, *, old: str, new: str) -> ChangeSet:
    from lnmonitor.services.accounts import change_password

    return change_password(session, old, new)
