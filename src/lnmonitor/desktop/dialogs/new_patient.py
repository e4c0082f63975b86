"""Adds a patient: number, consent and demographics, and the identity that stays at the site.

What is typed is kept as a draft like in every form. Closing the window keeps the draft, which the
worklist announces; only Discard, with a reason, or the save ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from lnmonitor.clock import today
from lnmonitor.desktop.dialogs.drafts import DiscardDialog
from lnmonitor.desktop.entry.answer_strip import AnswerStrip
from lnmonitor.desktop.entry.draft_text import NOTHING, DraftText, draft_of, restore
from lnmonitor.desktop.entry.factory import make_editor
from lnmonitor.desktop.entry.item_row import ItemRow, RowSetup
from lnmonitor.desktop.entry.journal import Journal, Watched
from lnmonitor.desktop.entry.late_question import LateQuestion, late_of
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.entry.row_paint import Beside, Columns
from lnmonitor.desktop.entry.undo import UndoStack
from lnmonitor.desktop.generated.ui_new_patient import Ui_NewPatientDialog
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.operations import ReadOp, WriteOp, after_journal
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import row
from lnmonitor.desktop.widgets.text import button, label
from lnmonitor.desktop.words import count, instant
from lnmonitor.errors import UserError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.journal import (
    NUMBER,
    DraftView,
    Place,
    drafts,
    new_patient_place,
    take_all,
)
from lnmonitor.study.checks import Finding, check_form
from lnmonitor.study.forms import Demographics, Identity
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData

if TYPE_CHECKING:
    from lnmonitor.services.late_entries import LateDraft
    from lnmonitor.services.records import Saved
    from lnmonitor.services.session import StudySession

_LABEL_U, _EDITOR_U = 58.0, 46.0


def open_new_patient(parent: QWidget) -> None:
    """Open the window over `parent`, with what was typed in it before and neither saved nor
    discarded; it opens the patient's page when saved.
    """
    ReadOp(parent, _drafts, lambda found: NewPatientDialog(parent, found).open()).run()


class NewPatientDialog(QDialog):
    """The same rows, checks and strips as in form entry; nothing is pre-filled but the site."""

    def __init__(self, parent: QWidget, found: Sequence[DraftView] = ()) -> None:
        super().__init__(parent)
        self._opener = parent
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
        self._discard = button(tr("Discard…"), self._ask_discard)
        self._form.buttons.insertWidget(0, self._discard)
        self._form.cancel.clicked.connect(self.reject)
        self._form.save.clicked.connect(self.save)
        self.late_reason = ""
        self.late = LateQuestion(self)
        self._form.layout.insertWidget(self._form.layout.indexOf(self._form.message) + 1, self.late)
        self.late.answered.connect(self.save)
        self._keep()
        self._take_back(found)
        for entry in self._entries():
            self._undo.watch(entry)
        for keys, back in (("Ctrl+Z", True), ("Ctrl+Shift+Z", False)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(partial(self._step, back=back))
        self.resize(theme().px(156), theme().px(176))
        self._offer()
        self.subject.setFocus()
        self.subject.deselect()

    def _build(self) -> None:
        fields, px = self._form.field_layout, theme().px
        name = label(tr("Patient number"), weight=600)
        name.setFixedWidth(px(_LABEL_U))
        self.subject.setFixedWidth(px(_EDITOR_U))
        self.subject.setAccessibleName(tr("Patient number"))
        session = hub().session
        self._number = "" if session is None else f"{session.study.site}-"
        self.subject.setText(self._number)
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

    # --- drafts ----------------------------------------------------------------------------

    def _entries(self) -> Iterable[FormEntry]:
        return (self.demographics, self.identity)

    def _keep(self) -> None:
        """Keep what is typed from now on; what came back is there already."""
        self._journal = Journal(Watched(self._entries, _place_of, self._text_of), self)
        self._journal.failed.connect(self._not_kept)
        for entry in self._entries():
            entry.changed.connect(self._changed)
        self.subject.textChanged.connect(self._changed)

    def _text_of(self, entry: FormEntry) -> DraftText:
        """Return an entry's draft; the number goes with the demographics."""
        kept = draft_of(entry)
        number = self.subject.text()
        if entry is self.demographics and number not in {"", self._number}:
            kept = replace(kept, notes={**kept.notes, NUMBER: number})
        return kept

    @Slot()
    def _changed(self, _what: object = None) -> None:
        self._journal.wait()
        self._offer()

    def _offer(self) -> None:
        """Say on the buttons what becomes of what is typed."""
        typed = self.typed
        self._discard.setVisible(typed)
        self._form.cancel.setText(tr("Close, draft kept") if typed else tr("Cancel"))

    @property
    def typed(self) -> bool:
        """Whether something would be lost without its draft."""
        return any(self._text_of(entry) != NOTHING for entry in self._entries())

    def _take_back(self, found: Sequence[DraftView]) -> None:
        """Put a draft of an earlier time back and say so."""
        back = [one for one in found if one.count or one.notes]
        for draft in back:
            entry = next(one for one in self._entries() if _place_of(one) == draft.place)
            number = draft.notes.get(NUMBER, "")
            if number:
                self.subject.setText(number)
            notes = {key: words for key, words in draft.notes.items() if key != NUMBER}
            text = DraftText({**draft.values, **draft.aside}, draft.missing, notes)
            restore(entry, text, today=today(hub().clock))
            self._journal.recovered(draft.place, self._text_of(entry))
        if back:
            self._form.message.say("ask", _recovered_words(back))
            places = [one.place for one in back]
            WriteOp(self, lambda s: take_all(s, places), lambda _taken: None).run()
        self._judge()

    @Slot(object)
    def _not_kept(self, problem: Exception) -> None:
        words = tr("What is typed is not kept on the disk yet, only in memory.")
        again = ((tr("Try again"), self._journal.flush),)
        self._form.message.say("refuse", f"{words} {sentence(problem)}", again)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field; it saves on the Save button only."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Close; what was typed stays as a draft, which the worklist announces."""
        self._journal.flush()
        ReadOp(self._opener, _drafts_kept, hub().data_changed.emit).run()
        super().reject()

    @Slot()
    def _ask_discard(self) -> None:
        self._journal.flush()
        words = tr("What was typed for a new patient is discarded for good.")
        DiscardDialog(self, words, _PLACES, self._discarded).open()

    def _discarded(self) -> None:
        self._journal.hold()
        super().reject()

    def _step(self, *, back: bool) -> None:
        step = self._undo.undo() if back else self._undo.redo()
        if step is not None:
            self._judge()
            self._focus(step.entry, step.name)

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
        if self.late.asks(self, self._late()):
            return
        self._form.save.setEnabled(False)
        identity = None if self.identity.blank else self.identity.form()
        work = partial(
            _add,
            subject=self.subject.text().strip(),
            demographics=self.demographics.form(),
            identity=identity,
            missing=self.demographics.missing,
            justified=dict(self.demographics.justified),
            identity_missing=self.identity.missing,
            journal=self._journal.places,
            reason=self.late_reason,
        )
        self._journal.hold()
        WriteOp(self, work, self._saved, self._failed).run()

    def _late(self) -> tuple[LateDraft, ...]:
        from lnmonitor.services.records import RecordDraft

        return late_of(PatientData("", "", ""), [RecordDraft(self.demographics.form(), "")])

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
        self._journal.go_on(saved=False)
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
    identity_missing: dict[str, str],
    journal: Sequence[Place],
    reason: str,
) -> Saved:
    from lnmonitor.services.patients import add_patient

    assert isinstance(demographics, Demographics)  # noqa: S101 - for the type checker
    assert identity is None or isinstance(identity, Identity)  # noqa: S101 - as above
    after_journal()
    return add_patient(
        session,
        subject,
        demographics,
        identity,
        missing,
        justified,
        journal,
        identity_missing,
        reason,
    )


_PLACES = tuple(new_patient_place(form.code) for form in (Demographics, Identity))


def _place_of(entry: FormEntry) -> Place:
    return new_patient_place(entry.form_type.code)


def _drafts(session: StudySession) -> list[DraftView]:
    return [one for one in drafts(session) if one.new_patient]


def _drafts_kept(_session: StudySession) -> ChangeSet:
    """Tell open pages of the draft once it is on the disk."""
    after_journal()
    return ChangeSet(frozenset({"drafts"}))


def _recovered_words(back: Sequence[DraftView]) -> str:
    number = sum(one.count + (NUMBER in one.notes) for one in back)
    return count(
        number,
        "1 value typed {time} was not saved: it is back, with an amber edge.",
        "{n} values typed {time} were not saved: they are back, with an amber edge.",
        time=instant(max(one.local for one in back)),
    )
