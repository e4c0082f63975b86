"""Signing: what is signed, what the signature says, who signs, and the password."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QDialog, QLineEdit, QRadioButton, QWidget

from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.operations import WriteOp
from lnmonitor.desktop.pages.monitoring import acts
from lnmonitor.desktop.pages.monitoring.words import form_title
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.password_edit import PasswordEdit
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import count, role_name
from lnmonitor.errors import UserError
from lnmonitor.services.form_state import UNREVIEWED, FormState, Scope

if TYPE_CHECKING:
    from lnmonitor.services.review_states import PatientReview, RecordReview

_MOST_NAMED = 12


class SignDialog(QDialog):
    """Modal, because nothing else may be done between reading what is signed and signing it."""

    def __init__(
        self, parent: QWidget, review: PatientReview, scope: Scope, target: str, what: str
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(tr("Sign"))
        self._review, self._scope, self._target = review, scope, target
        self.covered = _covered(review, scope, target)
        self.strip = MessageStrip()
        self.meanings = QButtonGroup(self)
        self.account = QLineEdit()
        self.password = PasswordEdit()
        self.password.entered.connect(self.sign)
        self._sign = button(tr("Sign"), self.sign, kind="primary", icon_name="sign")
        self._lay_out(what)
        self.setFixedWidth(theme().px(140))
        self.password.setFocus()

    def _lay_out(self, what: str) -> None:
        px = theme().px
        session = hub().session
        name = session.actor.full_name or session.actor.account if session else ""
        role = role_name(session.actor.role) if session else ""
        self.account.setText(session.actor.account if session else "")
        self.account.setAccessibleName(tr("Account"))
        self.printed = label(f"{name}, {role}", "section", selectable=True)
        self.body = label(self._forms_words(), "small", "text-2", wrap=True, selectable=True)
        parts = column(
            label(what, "page"),
            self.body,
            rule(),
            label(tr("The signature says"), "small", "text-2"),
            *self._meaning_buttons(),
            rule(),
            label(tr("Signed by"), "small", "text-2"),
            self.printed,
            label(tr("Account and password are asked at each signature."), "small", "text-muted"),
            row(self.account, self.password, spacing=2),
            self.strip,
            px(1),
            row(None, button(tr("Cancel"), self.reject), self._sign),
            margins=(6, 5, 6, 5),
            spacing=2,
        )
        self.setLayout(parts)

    def _meaning_buttons(self) -> list[QRadioButton]:
        from lnmonitor.services.signatures import Meaning

        made = []
        for number, meaning in enumerate(Meaning):
            choice = QRadioButton(text(meaning.title))
            self.meanings.addButton(choice, number)
            choice.setChecked(meaning is Meaning.REVIEW)
            made.append(choice)
        return made

    def _forms_words(self) -> str:
        """Return how many forms of each kind are covered, and what is not ready."""
        kinds: dict[str, int] = {}
        for one in self.covered:
            kinds[one.form] = kinds.get(one.form, 0) + 1
        names = [
            form_title(code) + (f" ×{number}" if number > 1 else "")
            for code, number in kinds.items()
        ]
        listed = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
        lines = [
            count(len(self.covered), "1 record is signed as it is now:", "{n} records are signed as"
            " they are now:") + f" {listed}."
        ]  # fmt: skip
        if any(one.state < FormState.VERIFIED for one in self.covered):
            waiting = sum(one.state < FormState.VERIFIED for one in self.covered)
            lines.append(
                count(
                    waiting,
                    "1 of them is not verified yet and stops the signature.",
                    "{n} of them are not verified yet and stop the signature.",
                )
            )
        lines.append(tr("A later change of a value makes the signature fall for its record."))
        return "\n".join(lines)

    @Slot()
    def sign(self) -> None:
        """Sign; a refusal is said here and what was chosen stays."""
        from lnmonitor.services.signatures import Meaning

        if not self.password.text:
            self.strip.say("ask", tr("Type your password."))
            self.password.setFocus()
            return
        self._sign.setEnabled(False)
        work = partial(
            acts.sign,
            scope=self._scope,
            target=self._target,
            patient_id=self._review.patient_id,
            meaning=list(Meaning)[self.meanings.checkedId()],
            user=self.account.text(),
            password=self.password.text,
        )
        self.password.clear()
        WriteOp(self, work, self._signed, self._refused).run()

    def _signed(self, _signed: acts.Signed) -> None:
        self.accept()

    def _refused(self, problem: Exception) -> None:
        self._sign.setEnabled(True)
        if isinstance(problem, UserError):
            self.strip.say("refuse", sentence(problem))
            self.password.setFocus()
        else:
            hub().problem.emit(problem)
            self.reject()


def _covered(review: PatientReview, scope: Scope, target: str) -> tuple[RecordReview, ...]:
    """Return the records that a signature would cover: the service chooses the same."""
    return tuple(
        one
        for one in review.all_records()
        if one.state < FormState.FROZEN
        and one.form not in UNREVIEWED
        and (
            scope == "patient"
            or (scope == "visit" and one.visit_id == target)
            or (scope == "record" and one.record_id == target)
        )
    )
