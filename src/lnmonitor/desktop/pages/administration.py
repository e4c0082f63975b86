"""People, the study's facts, and whether the data are as the program wrote them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QPushButton, QWidget

from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp, WriteOp
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.password_edit import PasswordEdit
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import ROLES, iso_date, role_name
from lnmonitor.errors import UserError

if TYPE_CHECKING:
    from lnmonitor.services.accounts import Account
    from lnmonitor.services.audit import AuditEntry
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.session import StudySession
    from lnmonitor.services.verify import VerifyReport

_ENTRIES_SHOWN = 200


class AdministrationPage(Page):
    """Left people and the latest audit entries, right the study's facts and verification."""

    rail: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.head = PageHead(tr("Administration"))
        self._add = button(tr("Add person…"), self.add_person, icon_name="plus", small=True)
        self._change = button(tr("Change my password…"), self.change_password, small=True)
        self.people = RowTable(
            [
                Column(tr("Account"), lambda a: a.name, weight=500, sample="investigator.two"),
                Column(tr("Name"), lambda a: a.full_name),
                Column(
                    tr("Role"),
                    lambda a: role_name(a.role),
                    tone="text-2",
                    sample="\n".join(role_name(code) for code in ROLES),
                ),
                Column(
                    tr("Since"),
                    lambda a: iso_date(a.created_at[:10]),
                    tone="text-2",
                    sample="28 Nov 2026",
                ),
            ],
            row_units=theme().measure("row-dense") / theme().u,
            name=tr("People"),
        )
        self.trail = self._make_trail()
        self.verify_button = button(
            tr("Verify now"), self.verify, kind="primary", icon_name="verify"
        )
        self.strip = MessageStrip()
        self.facts = QGridLayout()
        self._arrange()

    def _make_trail(self) -> RowTable:
        columns = [
            Column(tr("When"), lambda e: _local(e.at), tone="text-2", sample="2026-05-12 09:42:11"),
            Column(tr("Who"), lambda e: e.account, sample="investigator"),
            Column(tr("What"), lambda e: tr(e.action), weight=500, sample="password changed"),
            Column(tr("On"), _about, tone="text-2"),
            Column(tr("Reason"), lambda e: e.reason, tone="text-2", tip=lambda e: e.reason),
        ]
        units = theme().measure("row-dense") / theme().u
        return RowTable(columns, row_units=units, name=tr("Audit trail"))

    def _arrange(self) -> None:
        people_head = row(label(tr("People"), "section"), None, self._change, self._add)
        left = column(
            people_head,
            self.people,
            theme().px(3),
            row(
                label(tr("Audit trail"), "section"),
                label(tr("latest {n} entries", n=_ENTRIES_SHOWN), "small", "text-muted"),
                None,
            ),
            self.trail,
            spacing=2,
        )
        left.setStretch(4, 1)
        self.facts.setHorizontalSpacing(theme().px(4))
        self.facts.setVerticalSpacing(theme().px(1.5))
        self.facts.setColumnStretch(1, 1)
        right = column(
            label(tr("Study"), "section"),
            rule("strong"),
            self.facts,
            theme().px(3),
            label(tr("Audit chain"), "section"),
            rule("strong"),
            label(
                tr("Reads every entry and compares every stored value with it."),
                "small",
                "text-2",
                wrap=True,
            ),
            row(self.verify_button, None),
            self.strip,
            None,
            margins=(4.5, 4.5, 4.5, 4),
            spacing=2,
        )
        side = box(right, "subtle")
        side.setFixedWidth(theme().px(85))
        main = column(self.head, left, margins=(5, 4, 5, 3), spacing=4)
        main.setStretch(1, 1)
        whole = row(main, rule("v"), side, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Administration")

    def activate(self, _argument: object) -> None:
        from lnmonitor.services.permissions import Action

        session = hub().session
        if session is None:
            return
        self._add.setVisible(session.may(Action.MANAGE_ACCOUNTS))
        self._show_facts(session)
        self._read()
        self.trail.setFocus()

    def refresh(self, _changes: ChangeSet) -> None:
        self._read()

    def _read(self) -> None:
        ReadOp(self, _read, self._take).run()

    def _take(self, found: tuple[tuple[Account, ...], tuple[AuditEntry, ...]]) -> None:
        accounts, entries = found
        self.people.set_rows(accounts, "name")
        self.people.setFixedHeight(min(self.people.whole_height(), theme().px(60)))
        self.people.clearSelection()
        self.trail.set_rows(entries, "sequence")
        self.trail.clearSelection()

    def _show_facts(self, session: StudySession) -> None:
        study, protocol = session.study, session.protocol
        facts = (
            (tr("Study"), study.name),
            (tr("Protocol"), text(protocol.name)),
            (tr("Version"), protocol.version),
            (tr("Site"), study.site),
            (tr("Made"), iso_date(study.created_at[:10])),
            (tr("Data"), tr("synthetic") if study.synthetic else tr("of patients")),
            (tr("Dose"), tr("{n} × 10⁶ cells/kg", n=protocol.dose_per_kg)),
            (tr("Response rule"), protocol.response_rule),
            (tr("Flare rule"), protocol.flare_rule),
            (tr("GFR equation"), protocol.egfr_equation),
        )
        while self.facts.count():
            item = self.facts.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.deleteLater()
        for line, (name, value) in enumerate(facts):
            top = Qt.AlignmentFlag.AlignTop
            self.facts.addWidget(label(name, "small", "text-2"), line, 0, top)
            self.facts.addWidget(label(value, wrap=True, selectable=True), line, 1)

    # --- actions ---------------------------------------------------------------------------

    @Slot()
    def verify(self) -> None:
        """Walk the audit chain and compare the stored values with it."""
        from lnmonitor.services.verify import verify

        self.verify_button.setEnabled(False)
        self.strip.say("info", tr("Verifying…"))
        ReadOp(self, verify, self._verified, self._not_verified).run()

    def _verified(self, found: VerifyReport) -> None:
        self.verify_button.setEnabled(True)
        if found.intact:
            self.strip.say(
                "ok",
                tr(
                    "Intact: {n} entries, head {head}; all values of {records} records agree.",
                    n=f"{found.entries:,}",
                    head=found.head[:12],
                    records=f"{found.records:,}",
                ),
            )
        else:
            self.strip.say("refuse", "\n".join(one.in_(language()) for one in found.problems))

    def _not_verified(self, problem: Exception) -> None:
        self.verify_button.setEnabled(True)
        self.strip.clear()
        hub().problem.emit(problem)

    def add_person(self) -> None:
        """Open the window for a new account."""
        PersonDialog(self.window()).open()

    def change_password(self) -> None:
        """Open the window for one's own new password."""
        PasswordDialog(self.window()).open()


class _SmallForm(QDialog):
    """Fields under each other, a message, Cancel and one button."""

    def __init__(self, parent: QWidget, title: str, action: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.strip = MessageStrip()
        self.save_button: QPushButton = button(action, self.save, kind="primary")
        self.save_button.setDefault(True)
        self.fields = column(spacing=1)
        cancel = button(tr("Cancel"), self.reject)
        self.setLayout(
            column(
                label(title, "page"),
                self.fields,
                self.strip,
                row(None, cancel, self.save_button),
                margins=(6, 5, 6, 5),
                spacing=4,
            )
        )
        self.setMinimumWidth(theme().px(100))

    def add(self, words: str, field: QWidget) -> None:
        """Add a field under its label."""
        field.setAccessibleName(words)
        self.fields.addWidget(label(words, "small", "text-2"))
        self.fields.addWidget(field)

    def save(self) -> None:
        """Take what was typed."""
        raise NotImplementedError

    def refused(self, problem: Exception) -> None:
        """Say why it was not taken; everything typed stays."""
        self.save_button.setEnabled(True)
        if isinstance(problem, UserError):
            self.strip.say("refuse", sentence(problem))
        else:
            hub().problem.emit(problem)

    def saved(self, _changes: object) -> None:
        """Close."""
        self.accept()


class PersonDialog(_SmallForm):
    """A new account with its role and first password."""

    def __init__(self, parent: QWidget) -> None:
        from lnmonitor.services.permissions import Role

        super().__init__(parent, tr("Add person"), tr("Add person"))
        self.account, self.full_name = QLineEdit(), QLineEdit()
        self.role = Segmented([(role.value, role_name(role)) for role in Role])
        self.password = PasswordEdit()
        self.add(tr("Account"), self.account)
        self.add(tr("Full name"), self.full_name)
        self.add(tr("Role"), self.role)
        self.add(tr("First password"), self.password)

    def save(self) -> None:
        work = partial(
            _add_account,
            name=self.account.text(),
            role=self.role.key,
            full_name=self.full_name.text(),
            password=self.password.text,
        )
        self.save_button.setEnabled(False)
        WriteOp(self, work, self.saved, self.refused).run()


class PasswordDialog(_SmallForm):
    """One's own password: the old one, and twice the new one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Change my password"), tr("Change password"))
        self.old, self.new, self.again = PasswordEdit(), PasswordEdit(), PasswordEdit()
        self.add(tr("Old password"), self.old)
        self.add(tr("New password"), self.new)
        self.add(tr("New password again"), self.again)

    def save(self) -> None:
        if self.new.text != self.again.text:
            self.strip.say("ask", tr("The two passwords differ. Type them again."))
            self.again.field.setFocus()
            return
        work = partial(_change_password, old=self.old.text, new=self.new.text)
        self.save_button.setEnabled(False)
        WriteOp(self, work, self.saved, self.refused).run()


def _local(instant: str) -> str:
    from datetime import datetime

    zone = hub().clock.now().tzinfo
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _about(entry: AuditEntry) -> str:
    return " ".join(part for part in (entry.form, entry.item) if part)


def _read(session: StudySession) -> tuple[tuple[Account, ...], tuple[AuditEntry, ...]]:
    from lnmonitor.services.accounts import list_accounts
    from lnmonitor.services.audit import entries

    return list_accounts(session), entries(session, limit=_ENTRIES_SHOWN)


def _add_account(
    session: StudySession, *, name: str, role: str, full_name: str, password: str
) -> ChangeSet:
    from lnmonitor.services.accounts import add_account

    return add_account(session, name, role=role, full_name=full_name, password=password)


def _change_password(session: StudySession, *, old: str, new: str) -> ChangeSet:
    from lnmonitor.services.accounts import change_password

    return change_password(session, old, new)
