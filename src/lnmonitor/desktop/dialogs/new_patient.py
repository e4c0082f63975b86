"""Adds a patient: number, consent and demographics, and the identity that stays at the site."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from lnmonitor.clock import today
from lnmonitor.desktop.entry.answer_strip import AnswerStrip
from lnmonitor.desktop.entry.factory import make_editor
from lnmonitor.desktop.entry.item_row import ItemRow, RowSetup
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.row_paint import Beside, Columns
from lnmonitor.desktop.entry.undo import UndoStack
from lnmonitor.desktop.generated.ui_new_patient import Ui_NewPatientDialog
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.operations import WriteOp
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import row
from lnmonitor.desktop.widgets.text import label
from lnmonitor.errors import UserError
from lnmonitor.study.checks import Finding, check_form
from lnmonitor.study.forms import Demographics, Identity
from lnmonitor.study.items import Form

if TYPE_CHECKING:
    from lnmonitor.services.records import Saved
    from lnmonitor.services.session import StudySession

_LABEL_U, _EDITOR_U = 58.0, 46.0


def open_new_patient(parent: QWidget) -> NewPatientDialog:
    """Open the window over `parent`; it opens the patient's page when saved."""
    dialog = NewPatientDialog(parent)
    dialog.open()
    return dialog


class NewPatientDialog(QDialog):
    """The same rows, checks and strips as in form entry; nothing is pre-filled but the site."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._form = Ui_NewPatientDialog()
        self._form.setupUi(self)
        self._form.area.viewport().setAutoFillBackground(False)
        self.demographics = FormEntry(Demographics, parent=self)
        self.identity = FormEntry(Identity, parent=self)
        self._undo = UndoStack()
        self._rows: list[ItemRow] = []
        self.subject = QLineEdit()
        self._build()
        self._form.cancel.clicked.connect(self.reject)
        self._form.save.clicked.connect(self.save)
        self.resize(theme().px(156), theme().px(176))
        self.subject.setFocus()
        self.subject.deselect()

    def _build(self) -> None:
        fields, px = self._form.field_layout, theme().px
        name = label(tr("Patient number"), weight=600)
        name.setFixedWidth(px(_LABEL_U))
        self.subject.setFixedWidth(px(_EDITOR_U))
        self.subject.setAccessibleName(tr("Patient number"))
        session = hub().session
        if session is not None:
            self.subject.setText(f"{session.study.site}-")
        self.subject.returnPressed.connect(self._first_row)
        fields.addLayout(row(name, self.subject, None, margins=(1.5, 1, 0, 1)))
        self._add_form(self.demographics, text(Demographics.title))
        self._add_form(self.identity, tr("Identity, stays at this site"))
        fields.addStretch(1)
        self._judge()

    def _add_form(self, entry: FormEntry, title: str) -> None:
        fields = self._form.field_layout
        fields.addSpacing(theme().px(3))
        head = label(title, "section")
        head.setIndent(theme().px(1.5))
        fields.addWidget(head)
        for name, item in entry.form_type.items().items():
            editor = make_editor(item, lambda: today(hub().clock))
            if isinstance(editor, AnswerStrip):
                editor.setFixedSize(editor.sizeHint())
            columns = Columns(_LABEL_U, _EDITOR_U, 12, 0, 0, 0, 0)
            words = text(item.item.label) + (" *" if item.item.required else "")
            beside = Beside(label=words, unit=tr(item.item.unit) if item.item.unit else "")
            made = ItemRow(RowSetup(entry, name, editor, columns, self._undo, beside))
            made.left.connect(self._judge)
            made.next_wanted.connect(self._next)
            fields.addWidget(made)
            self._rows.append(made)

    # --- moving and checking ---------------------------------------------------------------

    @Slot()
    def _first_row(self) -> None:
        self._rows[0].focus_editor()

    @Slot()
    def _next(self) -> None:
        sender = self.sender()
        if isinstance(sender, ItemRow):
            at = self._rows.index(sender) + 1
            if at < len(self._rows):
                self._rows[at].focus_editor()
            else:
                self._form.save.setFocus()

    @Slot()
    def _judge(self) -> None:
        self._show_findings(self._findings(self.demographics), self._findings(self.identity))

    def _show_findings(
        self, demographics: tuple[Finding, ...], identity: tuple[Finding, ...]
    ) -> None:
        for made in self._rows:
            own = demographics if made.entry is self.demographics else identity
            made.judge([one for one in own if self._seen(made, one)])

    @staticmethod
    def _seen(made: ItemRow, found: Finding) -> bool:
        """An empty item is no mistake before the save."""
        return found.level != "info" and (
            found.item is None or not made.entry.answer(made.name).empty
        )

    @staticmethod
    def _findings(entry: FormEntry) -> tuple[Finding, ...]:
        session = hub().session
        if session is None:
            return ()
        return check_form(
            entry.form(),
            data=None,
            visit=None,
            protocol=session.protocol,
            missing=entry.missing,
            today=today(hub().clock),
        )

    # --- saving ----------------------------------------------------------------------------

    @Slot()
    def save(self) -> None:
        """Save, or say what is missing where it is missing."""
        message = self._form.message
        if QApplication.focusWidget() is not None:
            self._form.save.setFocus()  # the field left is taken
        for entry in (self.demographics, self.identity):
            if entry.unreadable:
                self._focus(entry, next(iter(entry.unreadable)))
                message.say("ask", tr("One value cannot be read yet."))
                return
        lacking = [
            name
            for name, item in Demographics.items().items()
            if item.item.required and self.demographics.answer(name).empty
        ]
        if lacking:
            words = text(Demographics.items()[lacking[0]].item.label)
            message.say("ask", tr("{item} is needed.", item=words))
            self._focus(self.demographics, lacking[0])
            return
        message.clear()
        self._form.save.setEnabled(False)
        identity = None if self.identity.blank else self.identity.form()
        work = partial(
            _add,
            subject=self.subject.text().strip(),
            demographics=self.demographics.form(),
            identity=identity,
            missing=self.demographics.missing,
            justified=dict(self.demographics.justified),
        )
        WriteOp(self, work, self._saved, self._failed).run()

    def _focus(self, entry: FormEntry, name: str) -> None:
        for made in self._rows:
            if made.entry is entry and made.name == name:
                made.focus_editor()
                self._form.area.ensureWidgetVisible(made)

    def _saved(self, saved: Saved) -> None:
        patient_id = saved.records[0].patient_id
        self.accept()
        hub().open_page.emit("patient", patient_id)

    def _failed(self, problem: Exception) -> None:
        from lnmonitor.services.records import CheckFailed

        self._form.save.setEnabled(True)
        if isinstance(problem, CheckFailed):
            found = problem.findings
            own = tuple(one for one in found if one.form == Demographics.code)
            self._show_findings(own, tuple(one for one in found if one not in own))
            self._form.message.say("refuse", text(found[0].message))
            if found[0].item is not None:
                self._focus(self.demographics, found[0].item)
        elif isinstance(problem, UserError):
            self._form.message.say("refuse", sentence(problem))
            self.subject.setFocus()
        else:
            hub().problem.emit(problem)
            self._form.message.say("refuse", tr("Not saved. What was typed is kept."))


def _add(
    session: StudySession,
    *,
    subject: str,
    demographics: Form,
    identity: Form | None,
    missing: dict[str, str],
    justified: dict[str, str],
) -> Saved:
    from lnmonitor.services.patients import add_patient

    assert isinstance(demographics, Demographics)  # noqa: S101 - for the type checker
    assert identity is None or isinstance(identity, Identity)  # noqa: S101 - as above
    return add_patient(session, subject, demographics, identity, missing, justified)
