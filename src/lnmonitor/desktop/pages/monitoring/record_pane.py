"""One form with its values, ticks, signatures and queries, and all that may be done about it.

The same pane stands beside the binder of a patient and in the monitoring page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.operations import ReadOp, WriteOp
from lnmonitor.desktop.pages.monitoring import acts
from lnmonitor.desktop.pages.monitoring.line_table import LineTable
from lnmonitor.desktop.pages.monitoring.query_box import QueryBox
from lnmonitor.desktop.pages.monitoring.reading import (
    Group,
    Line,
    Sheet,
    Thread,
    read_sheet,
    read_thread,
)
from lnmonitor.desktop.pages.monitoring.sign_dialog import SignDialog
from lnmonitor.desktop.pages.monitoring.signature_lines import SignatureLines
from lnmonitor.desktop.pages.monitoring.words import STATE_TONES, about, form_title, local_instant
from lnmonitor.desktop.pages.patient.place import PatientPlace, history_of
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.chip import Chip
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.errors import UserError
from lnmonitor.services.form_state import FormState, Scope
from lnmonitor.study.forms import LabResult

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.queries import QueryView
    from lnmonitor.services.session import StudySession

_STUDY, _PATIENT, _VISIT, _RECORD = "study", "patient", "visit", "record"
_HOLDS = ("freeze", "lock", "unlock", "unfreeze")


class RecordPane(QWidget):
    """Shows a sheet. Keys: V verify the line, Shift+V the form, Q query, F2 history."""

    left = Signal()
    """Esc: back to the list."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.sheet: Sheet | None = None
        self._wanted: tuple[str, str, str] | None = None
        self._query = ""
        self._reason_for = ""
        self._dots: frozenset[str] = frozenset()
        self.title = label("", "section", selectable=True)
        self.sub = label("", "small", "text-2", wrap=True)
        self.chip = Chip()
        self.signatures = SignatureLines()
        self.table = LineTable()
        self.table.chosen.connect(self._line_chosen)
        self.table.opened.connect(self._open_form)
        self.strip = MessageStrip()
        self.scope = Segmented(
            [
                (_RECORD, tr("This form")),
                (_VISIT, tr("Visit")),
                (_PATIENT, tr("Patient")),
                (_STUDY, tr("Study")),
            ]
        )
        self.scope.chosen.connect(self._show_acts)
        self.acts = self._make_acts()
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.returnPressed.connect(self._with_reason)
        self._reason_words = label("", "small", "text-2")
        self._reason_row = box(column(self._reason_words, self.reason, spacing=0.5))
        self.queries = QueryBox()
        self.queries.asked.connect(self._ask)
        self.queries.stepped.connect(self._step_query)
        self.queries.left.connect(self.table.setFocus)
        hub().data_changed.connect(self._take_changes)
        self._nothing = label(tr("Choose a form to see its values."), tone="text-2")
        self._lay_out()
        self.setFocusProxy(self.table)
        self.clear()

    def _make_acts(self) -> dict[str, QWidget]:
        return {
            "verify": button(tr("Verify"), self.verify_scope, small=True, icon_name="verify"),
            "withdraw": button(tr("Unmark…"), self.start_withdrawal, small=True),
            "sign": button(tr("Sign…"), self.sign, kind="primary", small=True),
            "freeze": button(tr("Freeze"), partial(self._hold, "freeze"), small=True),
            "lock": button(tr("Lock"), partial(self._hold, "lock"), small=True),
            "unlock": button(tr("Unlock…"), partial(self._ask_reason, "unlock"), small=True),
            "unfreeze": button(tr("Unfreeze…"), partial(self._ask_reason, "unfreeze"), small=True),
        }

    def _lay_out(self) -> None:
        self._act_row = box(row(self.scope, *self.acts.values(), None, spacing=1.5))
        head = row(self.title, self.chip, None, spacing=2)
        self._body_layout = column(
            head,
            self.sub,
            self.signatures,
            rule("strong"),
            self.table,
            self.strip,
            self._reason_row,
            self._act_row,
            theme().px(1),
            self.queries,
            spacing=1,
        )
        self._body_layout.setStretchFactor(self.table, 3)
        self._body = box(self._body_layout)
        whole = column(self._nothing, self._body, margins=(4, 3, 4, 3))
        whole.setStretch(1, 1)
        whole.addStretch(0)
        self.setLayout(whole)

    # --- content ---------------------------------------------------------------------------

    def clear(self) -> None:
        """Show nothing."""
        self.sheet, self._wanted, self._query = None, None, ""
        self._body.hide()
        self._nothing.show()

    def show_form(self, patient_id: str, form: str, visit_id: str) -> None:
        """Read and show the records of a form at a visit, or of no visit."""
        if (patient_id, form, visit_id) != self._wanted:
            self._query = self.queries.wanted
        self._wanted = (patient_id, form, visit_id)
        if self.sheet is None or self.sheet.key != self._wanted:
            self.strip.clear()
            self._reason_row.hide()
        self.read()

    def show_query(self, view: QueryView) -> None:
        """Show a query with the form it is about, alone where there is no such form any more."""
        self.queries.choose(view.id)
        self.show_form(view.patient_id, view.form, view.visit_id)

    def read(self) -> None:
        """Read again what is shown."""
        if self._wanted is not None:
            ReadOp(self, partial(_read, key=self._wanted), self._take).run()

    def _read_alone(self) -> None:
        ReadOp(self, partial(read_thread, query_id=self._query), self._take_alone).run()

    @Slot(object)
    def _take_alone(self, thread: Thread) -> None:
        """Show a query about a patient as a whole, or about a record that was voided."""
        self.sheet = None
        self._show_parts(whole=False)
        self.title.setText(f"{thread.view.subject_id} · {about(thread.view)}")
        self.sub.setText(tr("There is no such record any more, or never was."))
        self.queries.show_threads(thread.id, (thread,))

    def _show_parts(self, *, whole: bool) -> None:
        self._nothing.hide()
        self._body.show()
        for part in (self.table, self.signatures, self._act_row, self.chip):
            part.setVisible(whole)

    @Slot(object)
    def _take_changes(self, changes: ChangeSet) -> None:
        mine = self._wanted is not None and (
            not changes.patient_ids or self._wanted[0] in changes.patient_ids
        )
        if mine and self.isVisible():
            self.read()

    @Slot(object)
    def _take(self, sheet: Sheet | None) -> None:
        if sheet is None and self._query:
            self._read_alone()
        elif sheet is None:
            self.clear()
        elif sheet.key == self._wanted:  # else another one was chosen meanwhile
            self.show_sheet(sheet)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show a sheet that was read, and remember that it was on the screen."""
        same = self.sheet is not None and self.sheet.key == sheet.key
        self._dots = _dots(sheet) | (self._dots if same else frozenset())
        self.sheet = sheet
        self._show_parts(whole=True)
        where = sheet.visit or tr("of the patient")
        self.title.setText(f"{sheet.subject_id} · {where} · {form_title(sheet.form)}")
        self.chip.set(text(sheet.state.title), STATE_TONES[sheet.state])
        self.sub.setText(self._sub_words(sheet))
        self.signatures.show_signatures(sheet, _result_names(sheet))
        single = len(sheet.records) == 1
        self.scope.set_text(_RECORD, tr("This form") if single else tr("This record"))
        self.scope.button(_VISIT).setVisible(bool(sheet.visit_id))
        self.scope.button(_STUDY).setVisible(self.may("FREEZE") or self.may("LOCK"))
        if self.scope.key == _VISIT and not sheet.visit_id:
            self.scope.set_key(_RECORD)
        self.table.show_groups([_dotted(group, self._dots) for group in sheet.groups])
        self.queries.show_threads(sheet.key, sheet.threads, _result_names(sheet))
        self._body_layout.setStretchFactor(self.queries, 3 if sheet.threads else 1)
        if not self._go_to_query_line() and not same:
            self._go_to_change()
        self._show_acts()
        if sheet.unopened:
            ReadOp(self, partial(acts.opened, records=sheet.unopened), self._remembered).run()

    def _go_to_query_line(self) -> bool:
        """Stand on the line that the query one came for is about, if one came for a query."""
        wanted, self._query = self._query, ""
        threads = self.sheet.threads if self.sheet is not None else ()
        for view in (one.view for one in threads if one.id == wanted):
            about_items = {"", view.item, *view.items[:1]}
            for number, line in enumerate(self.table.rows_model.rows):
                mine = isinstance(line, Line) and line.record_id == view.record_id
                if mine and line.item in about_items:
                    self.table.setCurrentIndex(self.table.rows_model.index(number, 0))
                    return True
        return False

    def _go_to_change(self) -> None:
        """Stand on the first line that changed since this person looked."""
        for number, line in enumerate(
            self.table.rows_model.rows if not self.queries.wanted else ()
        ):
            if isinstance(line, Line) and line.key in self._dots:
                self.table.setCurrentIndex(self.table.rows_model.index(number, 0))
                return

    def _remembered(self, _nothing: None) -> None:
        """The dots stay as long as the sheet is shown: one sees what changed."""

    def _sub_words(self, sheet: Sheet) -> str:
        record = max(sheet.records, key=lambda one: one.entered_at)
        marks = sum(line.verified for group in sheet.groups for line in group.lines)
        whole = sum(len(line.items) for group in sheet.groups for line in group.lines)
        parts = [tr("{n} of {all} items verified", n=marks, all=whole)]
        if record.entered_at:
            when = local_instant(record.entered_at)
            parts.append(tr("last saved {at} by {by}", at=when, by=record.entered_by))
        if sheet.unopened:
            opened = tr("opened for the first time in this version")
            parts.append(opened if len(sheet.records) == 1 else f"{len(sheet.unopened)} {opened}")
        held = [one for one in sheet.holds if self._is_over(one.scope, one.target)]
        parts += [
            tr("{level} ({scope}) {at} by {by}", level=tr(one.level), scope=tr(one.scope),
               at=local_instant(one.at), by=one.by)
            for one in held
        ]  # fmt: skip
        return " · ".join(parts)

    def _is_over(self, scope: str, target: str) -> bool:
        sheet = self.sheet
        if sheet is None:
            return False
        ids = {one.id for one in sheet.records} | {sheet.visit_id, sheet.patient_id}
        return scope == "study" or target in ids

    @property
    def line(self) -> Line | None:
        """The line chosen."""
        found = self.table.current
        return found if isinstance(found, Line) else None

    def _line_chosen(self, line: Line | None) -> None:
        if self.sheet is None or line is None:
            return
        self.queries.set_about(f"{form_title(self.sheet.form)} · {line.label}")
        self._show_acts()

    # --- scope and what may be done ----------------------------------------------------------

    @property
    def target(self) -> tuple[Scope, str]:
        """Scope and id that the buttons act on."""
        assert self.sheet is not None  # noqa: S101 - the buttons are hidden without one
        if self.scope.key == _VISIT:
            return "visit", self.sheet.visit_id
        if self.scope.key == _PATIENT:
            return "patient", self.sheet.patient_id
        if self.scope.key == _STUDY:
            return "study", _STUDY
        chosen = self.line.record_id if self.line is not None else self.sheet.records[0].id
        return "record", chosen

    @staticmethod
    def may(action: str) -> bool:
        """Return whether the signed-in person may do something now."""
        from lnmonitor.services.permissions import Action

        session = hub().session
        return session is not None and not session.read_only and session.may(Action[action])

    def _show_acts(self, _key: str = "") -> None:
        if self.sheet is None:
            return
        scope, target = self.target
        level = {(h.scope, h.target): h.level for h in self.sheet.holds}.get((scope, target), "")
        state = self.sheet.state_of(scope, target)
        whole = scope == _STUDY  # what other patients lack is known to the service only
        if whole:
            known = {"frozen": FormState.FROZEN, "locked": FormState.LOCKED}
            state = known.get(level, FormState.COMPLETE)
        is_open = state < FormState.FROZEN
        marked = self.line is not None and bool(self.line.verified) and scope == "record"
        shown = {
            "verify": self.may("VERIFY_SOURCE") and state < FormState.VERIFIED and not whole,
            "withdraw": self.may("VERIFY_SOURCE") and is_open and marked,
            "sign": self.may("SIGN") and is_open and not whole,
            "freeze": self.may("FREEZE") and is_open,
            "lock": self.may("LOCK") and state is FormState.FROZEN and level != "locked",
            "unlock": self.may("LOCK") and level == "locked",
            "unfreeze": self.may("FREEZE") and level == "frozen",
        }
        for key, made in self.acts.items():
            made.setVisible(shown[key])
        self._act_row.setVisible(any(shown.values()))

    # --- acts ------------------------------------------------------------------------------

    def _write(self, work: Callable[[StudySession], object]) -> None:
        WriteOp(self, work, self._done, self._refused).run()

    @Slot(object)
    def _done(self, _result: object) -> None:
        self.strip.clear()  # the change itself comes through the hub
        self._reason_row.hide()

    @Slot(object)
    def _refused(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self.strip.say("refuse", sentence(problem), ((tr("Close"), self.strip.clear),))
        else:
            hub().problem.emit(problem)

    def verify_line(self) -> None:
        """Mark the chosen item as compared with its source, and go to the next (V)."""
        line = self.line
        if line is None or not self.may("VERIFY_SOURCE") or not line.items:
            return
        self._write(
            partial(
                acts.verify_items,
                record_id=line.record_id,
                items=line.items,
                row_version=line.row_version,
            )
        )
        self.table.next_line()

    def verify_form(self) -> None:
        """Mark all that is shown (Shift+V)."""
        if self.sheet is not None and self.may("VERIFY_SOURCE"):
            self._write(partial(acts.verify_opened, record_ids=[r.id for r in self.sheet.records]))

    def verify_scope(self) -> None:
        """Mark every form of the scope that is not marked yet; only those that were opened."""
        if self.sheet is None:
            return
        scope, target = self.target
        ids = [
            one.record_id
            for one in self.sheet.review.all_records()
            if one.state < FormState.VERIFIED
            and (
                scope == "patient"
                or (scope == "visit" and one.visit_id == target)
                or one.record_id == target
            )
        ]
        if ids:
            self._write(partial(acts.verify_opened, record_ids=ids))
        else:
            self.strip.say("info", tr("Everything here is verified."))

    def start_withdrawal(self) -> None:
        """Ask why the mark of the chosen line is taken back."""
        if self.line is not None and self.line.verified:
            self._ask_reason("withdraw")

    def sign(self) -> None:
        """Open the window in which one signs (Ctrl+G)."""
        if self.sheet is None or not self.may("SIGN"):
            return
        scope, target = self.target
        made = SignDialog(self, self.sheet.review, scope, target, self.scope_words(scope))
        made.accepted.connect(self._dialog_done)
        made.open()

    def _dialog_done(self) -> None:
        self._done(None)

    def scope_words(self, scope: str) -> str:
        """Return what a scope covers, in words."""
        assert self.sheet is not None  # noqa: S101 - called with one only
        subject, visit = self.sheet.subject_id, self.sheet.visit
        if scope == _PATIENT:
            return tr("Patient {subject}", subject=subject)
        if scope == _VISIT:
            return tr("{subject}, visit {visit}", subject=subject, visit=visit)
        return ", ".join(part for part in (subject, visit, form_title(self.sheet.form)) if part)

    def _hold(self, step: str, reason: str = "") -> None:
        scope, target = self.target
        self._write(partial(acts.hold, step=step, scope=scope, target=target, reason=reason))

    def _ask_reason(self, step: str) -> None:
        self._reason_for = step
        self._reason_words.setText(
            tr("Why is it opened? Enter takes it.")
            if step in _HOLDS
            else tr("Why is the mark taken back? Enter takes it.")
        )
        self.reason.clear()
        self._reason_row.show()
        self.reason.setFocus()

    @Slot()
    def _with_reason(self) -> None:
        line, words = self.line, self.reason.text()
        if self._reason_for in _HOLDS:
            self._hold(self._reason_for, words)
        elif line is not None:
            self._write(
                partial(acts.withdraw, record_id=line.record_id, items=line.items, reason=words)
            )

    def start_query(self) -> None:
        """Ask about the chosen line (Q)."""
        if self.sheet is not None:
            self.queries.start()

    @Slot(str)
    def _ask(self, words: str) -> None:
        sheet, line = self.sheet, self.line
        if sheet is None:
            return
        item = line.item if line is not None else ""
        if line is not None and sheet.form == LabResult.code:
            item = "value"
        record_id = line.record_id if line is not None else sheet.records[0].id
        about = acts.Question(sheet.patient_id, record_id, item)
        WriteOp(self, partial(acts.ask, about=about, words=words), self._said, self._refused).run()

    @Slot(str, str, str)
    def _step_query(self, step: str, query_id: str, words: str) -> None:
        work = partial(acts.step_query, step=step, query_id=query_id, words=words)
        WriteOp(self, work, self._said, self._refused).run()

    @Slot(object)
    def _said(self, _changes: object) -> None:
        self.queries.done()
        self._done(None)

    # --- going on --------------------------------------------------------------------------

    def open_history(self) -> None:
        """Show the history of the chosen item (F2)."""
        if self.sheet is not None and self.line is not None:
            place = history_of(self.sheet.patient_id, self.line.record_id, self.line.item)
            hub().open_page.emit("patient", place)

    def open_binder(self) -> None:
        """Show the form in the binder of its patient."""
        if self.sheet is not None:
            patient_id, form, visit_id = self.sheet.key
            hub().open_page.emit("patient", PatientPlace(patient_id, "binder", form, visit_id))

    @Slot(object)
    def _open_form(self, line: Line) -> None:
        """Open the form itself, for entry or to read."""
        if self.sheet is None:
            return
        if self.sheet.visit_id:
            hub().open_page.emit("visit", (self.sheet.patient_id, self.sheet.visit_id))
        else:
            hub().open_page.emit("form", (self.sheet.patient_id, self.sheet.form, line.record_id))


def _result_names(sheet: Sheet) -> dict[str, str]:
    """Return the analyte of each record of a laboratory sheet, to name what a query is about."""
    lines = [line for group in sheet.groups for line in group.lines]
    return {one.record_id: one.label for one in lines if not one.item}


def _dots(sheet: Sheet) -> frozenset[str]:
    lines = [line for group in sheet.groups for line in group.lines]
    return frozenset(line.key for line in lines if line.changed)


def _dotted(group: Group, dots: frozenset[str]) -> Group:
    """Return a group with the dots that were there when its sheet was opened."""
    lines = tuple(replace(one, changed=True) if one.key in dots else one for one in group.lines)
    return replace(group, lines=lines)


def _read(session: StudySession, key: tuple[str, str, str]) -> Sheet | None:
    return read_sheet(session, *key) if key[1] else None
