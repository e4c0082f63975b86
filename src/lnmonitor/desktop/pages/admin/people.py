"""Who may open the study: roles, last sign-in, locks; what an administrator can do about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from lnmonitor.clock import today
from lnmonitor.desktop.dialogs.people import (
    AccessReviewDialog,
    NewPasswordDialog,
    PasswordAgeDialog,
    PasswordDialog,
    PersonDialog,
    RoleDialog,
    TrainingDialog,
)
from lnmonitor.desktop.dialogs.reason import ReasonDialog
from lnmonitor.desktop.dialogs.recovery import print_key
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import ROLES, count, iso_date, role_name

if TYPE_CHECKING:
    from lnmonitor.services.access_review import AccessReview
    from lnmonitor.services.accounts import AccountCard
    from lnmonitor.services.session import StudySession


@dataclass(frozen=True)
class _Found:
    cards: Sequence[AccountCard]
    review: AccessReview | None
    limit: int


class PeopleSection(QWidget):
    """The accounts; under them what can be done with the one chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.strip = MessageStrip()
        self.add_button = button(tr("Add person…"), self.add_person, icon_name="plus", small=True)
        own = button(tr("Change my password…"), self.change_password, small=True)
        self.people = self._table()
        self.people.chosen.connect(self._offer)
        self.roles = label("", "small", "text-2", wrap=True, selectable=True)
        self.review = label("", "small", "text-2", wrap=True, selectable=True)
        self.review_button = button(tr("Record review…"), self.record_review, small=True)
        self.report_button = button(tr("Report of access…"), self.report, small=True)
        self.age_button = button(tr("Age of passwords…"), self.set_password_age, small=True)
        self.training_button = button(tr("Training…"), self.record_training, small=True)
        self._limit = 0
        self._jobs = column()
        self.role_button = button(tr("Change role…"), self.change_role, small=True)
        self.password_button = button(tr("Set password…"), self.set_password, small=True)
        self.unlock_button = button(tr("Unlock…"), self.unlock, icon_name="unlock", small=True)
        self.remove_button = button(tr("Remove access…"), self.remove_access, small=True)
        self.recovery_button = button(tr("New recovery key…"), self.new_recovery_key, small=True)
        self._for_one = (
            self.role_button,
            self.password_button,
            self.training_button,
            self.unlock_button,
            self.remove_button,
        )
        layout = column(
            row(label(tr("People"), "section"), None, own, self.add_button),
            self.people,
            self.roles,
            row(*self._for_one, None),
            rule(),
            self.review,
            row(
                self.review_button,
                self.report_button,
                None,
                self.age_button,
                self.recovery_button,
            ),
            self.strip,
            self._jobs,
            spacing=2,
        )
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def _table(self) -> RowTable:
        roles = "\n".join(role_name(code) for code in ROLES)
        columns = [
            Column(tr("Account"), lambda c: c.account.name, weight=500, sample="investigator.2"),
            Column(tr("Name"), lambda c: c.account.full_name),
            Column(tr("Role"), lambda c: role_name(c.account.role), tone="text-2", sample=roles),
            Column(
                tr("Last sign-in"),
                lambda c: iso_date(c.account.last_sign_in[:10]) or tr("never"),
                tone="text-2",
                sample="28 Nov 2026",
                yields=1,
            ),
            Column(
                tr("Password"),
                _age_words,
                tone=self._age_tone,
                sample=tr("{n} days", n=1000),
                yields=3,
            ),
            Column(
                tr("Trained"),
                lambda c: iso_date(c.account.trained_on) or "–",
                tone="text-2",
                sample="28 Nov 2026",
                yields=2,
            ),
            Column(
                tr("Access"),
                access_words,
                tone=_access_tone,
                sample="\n".join((tr("locked"), tr("ended {date}", date="28 Nov 2026"))),
            ),
        ]
        return RowTable(columns, name=tr("People"))

    def read(self) -> None:
        """Read the accounts."""
        from lnmonitor.services.permissions import Action

        session = hub().session
        if session is None:
            return
        manages = session.may(Action.MANAGE_ACCOUNTS) and not session.read_only
        everybody = (self.review_button, self.report_button, self.age_button, self.recovery_button)
        for made in (self.add_button, *everybody, *self._for_one):
            made.setVisible(manages)
        self.age_button.setVisible(manages and not session.study.synthetic)
        ReadOp(self, _read, self._show).run()

    def _show(self, found: _Found) -> None:
        self._limit = found.limit
        self.people.set_rows(found.cards, "name")
        self.review.setText(_review_words(found))

    def _age_tone(self, card: AccountCard) -> str:
        old = bool(self._limit) and card.password_days >= self._limit
        return "warn" if old and not card.account.ended_at else "text-2"

    def _offer(self, card: AccountCard | None) -> None:
        """Offer what fits the person chosen; nobody removes their own access."""
        session = hub().session
        own = (
            card is not None and session is not None and card.account.name == session.actor.account
        )
        ended = card is not None and bool(card.account.ended_at)
        self.roles.setText("" if card is None else roles_words(card))
        self.training_button.setEnabled(card is not None)
        self.role_button.setEnabled(card is not None and not ended and not own)
        self.password_button.setEnabled(card is not None and not own)
        self.password_button.setText(tr("Give access again…") if ended else tr("Set password…"))
        self.unlock_button.setEnabled(card is not None and card.locked)
        self.remove_button.setEnabled(card is not None and not ended and not own)

    # ---- actions
    @Slot()
    def add_person(self) -> None:
        """Open the window for a new account."""
        PersonDialog(self.window()).open()

    @Slot()
    def change_password(self) -> None:
        """Open the window for one's own new password."""
        PasswordDialog(self.window()).open()

    @Slot()
    def change_role(self) -> None:
        """Open the window for another role."""
        if self.people.current is not None:
            RoleDialog(self.window(), self.people.current.account).open()

    @Slot()
    def set_password(self) -> None:
        """Open the window for a forgotten password, or for access given again."""
        if self.people.current is not None:
            NewPasswordDialog(self.window(), self.people.current.account).open()

    @Slot()
    def record_training(self) -> None:
        """Open the window for the day of a training."""
        if self.people.current is not None:
            TrainingDialog(self.window(), self.people.current.account).open()

    @Slot()
    def set_password_age(self) -> None:
        """Open the window for the age at which passwords are replaced."""
        PasswordAgeDialog(self.window(), self._limit).open()

    @Slot()
    def record_review(self) -> None:
        """Open the window that records a review of this list."""
        AccessReviewDialog(self.window()).open()

    @Slot()
    def report(self) -> None:
        """Ask where the printed review goes, and make it."""
        from lnmonitor.desktop.pages.admin.reports import ask_place, job_of_access

        session = hub().session
        place = ask_place(self, f"access-review-{today(hub().clock)}.pdf")
        if session is not None and place is not None:
            self._jobs.addWidget(job_of_access(session, place))

    @Slot()
    def unlock(self) -> None:
        """Ask why a locked account is opened again."""
        card = self.people.current
        if card is not None:
            words = tr("{name} may try again to sign in.", name=card.account.full_name)
            act = partial(_unlock, card.account.name)
            ReasonDialog(self.window(), tr("Unlock"), words, act).open()

    @Slot()
    def remove_access(self) -> None:
        """Ask why a person's access ends."""
        card = self.people.current
        if card is not None:
            words = tr(
                "{name} cannot open the study any more. It gets a new key, and the old password "
                "opens nothing written from now on. What {name} did stays in the audit trail.",
                name=card.account.full_name,
            )
            act = partial(_remove_access, card.account.name)
            title = tr("Remove access")
            ReasonDialog(self.window(), title, words, act, self._say_renewal).open()

    @Slot()
    def new_recovery_key(self) -> None:
        """Ask why the printed key is replaced."""
        words = tr("The key printed before opens nothing any more.")
        title = tr("New recovery key")
        ReasonDialog(self.window(), title, words, _new_key, self._say_key).open()

    def _say_renewal(self, found: object) -> None:
        from lnmonitor.services.accounts import Renewal

        assert isinstance(found, Renewal)  # noqa: S101 - for the type checker
        said = []
        if found.without_access:
            names = ", ".join(found.without_access)
            said.append(tr("These accounts need a new password: {names}.", names=names))
        if found.recovery_lost:
            said.append(tr("The printed recovery key opens nothing any more: make a new one."))
        if said:
            self.strip.say("ask", " ".join(said), ((tr("Close"), self.strip.clear),))

    def _say_key(self, key: object) -> None:
        words = tr("Recovery key, shown this once. Print it or write it down: {key}", key=key)
        actions = (
            (tr("Print…"), partial(self._print_key, str(key))),
            (tr("It is written down"), self.strip.clear),
        )
        self.strip.say("ask", words, actions)
        self.read()

    def _print_key(self, key: str) -> None:
        session = hub().session
        if session is not None:
            study = f"{session.study.name}, {tr('Site {site}', site=session.study.site)}"
            print_key(self, study, key, session.clock)


def access_words(card: AccountCard) -> str:
    """Return how a person's access stands."""
    account = card.account
    if account.ended_at:
        return tr("ended {date}", date=iso_date(account.ended_at[:10]))
    if card.locked:
        return tr("locked")
    return tr("new password due") if account.must_change else tr("has access")


def _access_tone(card: AccountCard) -> str:
    if card.account.ended_at:
        return "text-muted"
    return "serious" if card.locked else "text-2"


def _age_words(card: AccountCard) -> str:
    if not card.password_at or card.account.ended_at:
        return "–"
    return count(card.password_days, "1 day", "{n} days") if card.password_days else tr("today")


def roles_words(card: AccountCard) -> str:
    """Return which role a person had from when on."""
    comma = "；" if language() == "zh" else "; "
    known = [
        tr("{role} from {date}", role=role_name(one.role), date=iso_date(one.at[:10]))
        if one.role
        else tr("no access from {date}", date=iso_date(one.at[:10]))
        for one in card.roles
    ]
    return f"{card.account.full_name}: {comma.join(known)}" if known else ""


def _review_words(found: _Found) -> str:
    last = found.review
    parts = [tr("Access was not reviewed yet.")]
    if last is not None:
        parts = [
            tr(
                "Access reviewed {date} by {name}: {result}.",
                date=iso_date(last.at[:10]),
                name=last.full_name or last.account,
                result=tr(last.result),
            )
        ]
    if found.limit:
        parts.append(tr("Passwords are replaced after {n} days.", n=found.limit))
    return " ".join(parts)


def _read(session: StudySession) -> _Found:
    from lnmonitor.services.access_review import latest_review
    from lnmonitor.services.accounts import AccountCard, list_accounts, review_access
    from lnmonitor.services.password_age import password_limit
    from lnmonitor.services.permissions import Action

    manages = session.may(Action.MANAGE_ACCOUNTS)
    cards = (
        review_access(session)
        if manages
        else [AccountCard(one, locked=False) for one in list_accounts(session)]
    )
    return _Found(cards, latest_review(session), password_limit(session))


def _unlock(name: str, session: StudySession, reason: str) -> object:
    from lnmonitor.services.accounts import unlock_account

    return unlock_account(session, name, reason)


def _remove_access(name: str, session: StudySession, reason: str) -> object:
    from lnmonitor.services.accounts import remove_access

    return remove_access(session, name, reason)


def _new_key(session: StudySession, reason: str) -> object:
    from lnmonitor.services.accounts import new_recovery_key

    return new_recovery_key(session, reason)
