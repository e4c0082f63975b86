"""The entry page: one visit with all its forms, or one form of a patient.

Typing never waits: results are computed on the database thread a moment after the last keystroke.
Everything typed lives in a `Binder` until it is durably saved; leaving the page keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout

from lnmonitor.analysis.source_records import Source
from lnmonitor.desktop.entry.late_question import LateQuestion, late_of
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import ReadOp, WriteOp
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.visit.binder import Binder, Loaded
from lnmonitor.desktop.pages.visit.checks import contradictions, empty_items, open_checks
from lnmonitor.desktop.pages.visit.desk import FormDesk
from lnmonitor.desktop.pages.visit.draft_notice import (
    open_discard,
    say_not_kept,
    say_recovered,
    status_words,
)
from lnmonitor.desktop.pages.visit.form_list import FormList
from lnmonitor.desktop.pages.visit.header import VisitHeader
from lnmonitor.desktop.pages.visit.item_history import show_history
from lnmonitor.desktop.pages.visit.journal import journal_of
from lnmonitor.desktop.pages.visit.keeper import Place, keeper, place_of
from lnmonitor.desktop.pages.visit.loading import Stored, find_visit, load, saved_words
from lnmonitor.desktop.pages.visit.proposals import lab_check, show_proposals
from lnmonitor.desktop.pages.visit.reasons import open_reasons
from lnmonitor.desktop.pages.visit.recovery import Recovery, recover
from lnmonitor.desktop.pages.visit.saver import Saver
from lnmonitor.desktop.pages.visit.score_column import OpenCheck, ScoreColumn
from lnmonitor.desktop.pages.visit.score_line import ScoreLine
from lnmonitor.desktop.pages.visit.states import completion, form_state
from lnmonitor.desktop.pages.visit.undoing import step
from lnmonitor.desktop.pages.visit.wanted import Wanted, stands_here
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.source_links import open_source
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.text import rule
from lnmonitor.errors import UserError
from lnmonitor.study.forms import Visit

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.visits import LiveScores

_PAUSE_MS = 250  # results follow this long after the last keystroke
_NARROW_U = 327  # of the page, beside the rail: below it the results fold to one line
_SOON_MS = 30  # head and list follow several keystrokes at once


class VisitPage(Page):
    """Enters a visit.

    Argument: (patient id, visit record id or code[, form code[, item[, record id]]]).
    """

    keeps_input: ClassVar[bool] = True
    rail: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.binder: Binder | None = None
        self._place: Place = ("", "")
        self._wanted = Wanted()
        self._saver = Saver(self)
        self._asked = 0
        self._live: LiveScores | None = None
        self._opened = False
        self.header = VisitHeader()
        self.message = MessageStrip()
        self.late = LateQuestion()
        self.forms = FormList()
        self.desk = FormDesk()
        self.scores = ScoreColumn()
        self._arrange()
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._compute)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._renew)
        self._connect()

    # ---- making
    def _arrange(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.message)
        whole.addWidget(self.late)
        self.score_line = ScoreLine()
        self.score_line.watch(self.scores)
        whole.addWidget(self.score_line)
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self.forms)
        line.addWidget(rule("v"))
        line.addWidget(self.desk, 1)
        line.addWidget(rule("v"))
        self._score_area = QScrollArea()
        self._score_area.setFrameShape(QFrame.Shape.NoFrame)
        self._score_area.setWidgetResizable(True)
        self._score_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._score_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._score_area.setWidget(self.scores)
        self._score_area.setFixedWidth(theme().measure("score-min"))
        line.addWidget(self._score_area)
        whole.addLayout(line, 1)

    def _connect(self) -> None:
        self._saver.saved.connect(self._saved)
        self._saver.failed.connect(self._save_failed)
        self.late.answered.connect(self.save)
        self.header.back_pressed.connect(self._back)
        self.header.undo_pressed.connect(self.undo)
        self.header.save_pressed.connect(self.save)
        self.header.date_left.connect(self._date_left)
        self.header.date_done.connect(self._date_done)
        self.forms.chosen.connect(self.show_form)
        self.desk.next_form.connect(self.next_form)
        self.scores.check_chosen.connect(self._go_to)
        self.scores.why_wanted.connect(self.why)
        self.scores.source_wanted.connect(self.go_to_source)
        self.score_line.toggled.connect(self._toggle_scores)
        self.score_line.checks_pressed.connect(self._show_first_open)
        self._commands = {
            self.command(tr(words), key, call, "visit", shortcut=shortcut): words
            for words, key, call, shortcut in (
                ("Save what was typed", "Ctrl+S", self.save, True),
                ("Undo", "Ctrl+Z", self.undo, True),
                ("Redo", "Ctrl+Shift+Z", partial(self._walk, back=False), True),
                ("Next form", "Ctrl+Down", self.next_form, True),
                ("Previous form", "Ctrl+Up", self.previous_form, True),
                (
                    "History of the field",
                    "F2",
                    partial(show_history, self.desk, self.message),
                    True,
                ),
                ("Another unit", "Ctrl+U", self.desk.cycle_unit, False),
                ("Paste laboratory results", "Ctrl+V", self.desk.paste, False),
                ("Rest of the section No", "Shift+0", self.desk.rest_no, False),
                ("Why: all results", "Ctrl+E", self.why, True),
            )
        }

    # ---- page
    def title(self) -> str:
        """Return the patient and what is entered."""
        if self.binder is None:
            return ""
        return f"{self.binder.data.subject_id}, {self.header.visit.text()}"

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys of the page."""
        return [
            ("Enter", tr("next field")),
            ("Ctrl+↓", tr("next form")),
            ("0 1 N", tr("No, Yes, not done")),
            ("Shift+0", tr("rest of the section No")),
            ("ND UNK NA", tr("no value")),
            ("C", tr("confirm")),
            ("Esc", tr("restore")),
            ("Ctrl+U", tr("unit")),
            ("F2", tr("history of the field")),
            ("Ctrl+E", tr("why: all results")),
            ("Ctrl+Z", tr("undo")),
            ("Ctrl+Shift+Z", tr("redo")),
            ("Ctrl+S", tr("save")),
        ]

    def activate(self, argument: object) -> None:
        """Show a visit; what was typed in it before and not saved is shown again."""
        if not isinstance(argument, tuple) or len(argument) < 2:
            return
        place = (str(argument[0]), str(argument[1]))
        self._wanted = Wanted(*(str(part or "") for part in argument[2:5]))
        self._open(place)

    def _open(self, place: Place) -> None:
        hub().set_patient(place[0])
        kept = keeper().find(place)
        self._place = place
        if kept is not None:
            self._show(kept)
        else:
            self._load()

    def _load(self) -> None:
        patient_id = self._place[0]
        ReadOp(self, lambda session: load(session, patient_id), self._loaded).run()

    def _loaded(self, loaded: Loaded) -> None:
        if loaded.data.patient_id != self._place[0]:
            return
        binder = self.make_binder(loaded)
        if binder is None:
            self.message.say("refuse", tr("There is no visit {visit}.", visit=self._place[1]))
            return
        self._place = place_of(binder)
        former = keeper().latest(self._place)
        if former is not None and former.unsaved:
            self._show(former)  # typed meanwhile, or shown before under the visit's code
            return
        journal = journal_of(binder)
        fresh = [one for one in loaded.drafts if one.place not in keeper().live_drafts]
        if former is not None:
            journal.inherit(journal_of(former))
        found = recover(binder, journal, fresh)
        self._show(binder)
        if found is not None:
            self._announce(binder, found)

    def _announce(self, binder: Binder, found: Recovery) -> None:
        from lnmonitor.services.journal import take_all

        say_recovered(self.message, binder, found, self._ask_discard)
        if found.focused is not None:
            entry, name = found.focused
            for key in binder.form_keys:
                if entry in binder.entries(key):
                    self.desk.focus_item(key, entry, name)
        self._renew_list()
        if found.places:
            WriteOp(self, lambda s: take_all(s, found.places), lambda _taken: None).run()

    def make_binder(self, loaded: Loaded) -> Binder | None:
        """Return the binder of the wanted visit, None if there is no such visit."""
        record = find_visit(loaded.data, self._place[1])
        code = record.form.visit_code if record else self._place[1]
        planned = loaded.protocol.visit(code)
        return None if planned is None else Binder(loaded, planned, record)

    def _show(self, binder: Binder) -> None:
        if self.binder is not None:
            self.binder.changed.disconnect(self._changed)
            journal_of(self.binder).kept.disconnect(self._tell_status)
            journal_of(self.binder).failed.disconnect(self._not_kept)
        self.binder = binder
        journal_of(binder).kept.connect(self._tell_status)
        journal_of(binder).failed.connect(self._not_kept)
        self._live = None
        keeper().keep(self._place, binder)
        binder.changed.connect(self._changed)
        self.message.clear()
        self.late.close_strip()
        self.scores.clear()
        self.header.show_binder(binder)
        self.desk.show_binder(binder)
        self._fold()
        self.forms.setVisible(binder.planned is not None)
        self.forms.show_keys(self.keys()[:5])
        self._renew()
        self._first_form(binder)
        self._compute()
        if keeper().closing:
            self._say_unsaved()

    def _first_form(self, binder: Binder) -> None:
        """Show the form asked for, else the first that is not complete."""
        keys = binder.form_keys
        open_keys = [key for key in keys if completion(binder, key) != "done"]
        order = [self._wanted.form, *(k for k in open_keys if k != Visit.code), *keys]
        self.show_form(next(key for key in order if key in keys))
        row = self.header.date_row
        found = self.desk.show_wanted(self._wanted)
        if row and not found and binder.visit_date is None and binder.loaded.may_edit:
            row.focus_editor()

    # ---- forms
    @Slot(str)
    def show_form(self, key: str) -> None:
        """Show one form with the cursor in its first open field."""
        view = self.desk.show_form(key)
        show_proposals(self.desk, self._live)
        view.focus_first()
        self._renew_list()

    @Slot()
    def next_form(self) -> None:
        """Go to the next form of the visit."""
        self._step(1)

    @Slot()
    def previous_form(self) -> None:
        """Go to the form before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.binder is None:
            return
        keys = self.binder.form_keys
        place = keys.index(self.desk.key) + by if self.desk.key in keys else 0
        if 0 <= place < len(keys):
            self.show_form(keys[place])

    @Slot(object)
    def _go_to(self, check: OpenCheck) -> None:
        row = self.header.date_row
        if row is not None and check.entry is row.entry and check.item == row.name:
            row.focus_editor()
            return
        self.desk.focus_item(check.key, check.entry, check.item)
        self._renew_list()

    @Slot(object)
    def go_to_source(self, source: Source) -> None:
        """Go to the field of a source: in this visit as it is typed, else where it was entered."""
        if self.binder is None:
            return
        if not stands_here(self.binder, source):
            open_source(self.binder.data.patient_id, source)
        elif not self.desk.show_wanted(Wanted.of(source)):
            self.show_form(source.form)
        self._renew_list()

    @Slot()
    def _back(self) -> None:
        hub().open_page.emit("patient", self._place[0])

    # ---- the visit date
    @Slot()
    def _date_left(self) -> None:
        if self.binder is not None and self.header.date_row is not None:
            self.header.date_row.judge(self.binder.check(self.binder.visit))

    @Slot()
    def _date_done(self) -> None:
        if self.desk.current is not None:
            self.desk.current.focus_first()

    # ---- while typing
    @Slot()
    def _changed(self) -> None:
        self._timer.start()
        self._soon.start()

    @Slot()
    def _renew(self) -> None:
        if self.binder is not None:
            self.header.renew(self.binder)
            self._renew_list()
            self._tell_status()

    def _renew_list(self) -> None:
        if self.binder is None or self.binder.planned is None:
            return
        wrong = frozenset(c.key for c in self.scores.checks if c.kind == "refuse")
        states = [form_state(self.binder, key, wrong) for key in self.binder.form_keys]
        self.forms.show_states(tr("Forms of this visit"), states, self.desk.key)

    @Slot()
    def _tell_status(self) -> None:
        hub().status.emit(self.status_text())

    def status_text(self) -> str:
        """Return what the status bar says about values not saved, "" when there are none."""
        return status_words(list(keeper().unsaved.values()))

    @Slot(object)
    def _not_kept(self, problem: Exception) -> None:
        if self.binder is not None:
            say_not_kept(self.message, problem, journal_of(self.binder).flush)
            self._tell_status()

    @Slot()
    def _compute(self) -> None:
        """Ask for the results as they would be; an answer to an older question is dropped."""
        binder = self.binder
        if binder is None:
            return
        self._renew_checks(binder)
        if binder.planned is None:
            return
        if binder.visit_date is None:
            self.scores.say_waiting(tr("Results follow when the visit has its date."))
            return
        from lnmonitor.services.visits import live

        self._asked += 1
        asked, drafts = self._asked, binder.drafts(binder.to_show)
        patient_id, visit_id = binder.data.patient_id, binder.visit_id
        ReadOp(
            self,
            lambda session: (asked, live(session, patient_id, visit_id, drafts)),
            self._take_live,
            self._live_failed,
        ).run()

    def _take_live(self, answer: tuple[int, LiveScores]) -> None:
        asked, live = answer
        if asked != self._asked or self.binder is None:
            return
        self.scores.show_scores(live, self.binder.protocol, scored=not self.binder.unscored)
        self._live = live
        show_proposals(self.desk, self._live)
        self._renew_checks(self.binder)

    def _renew_checks(self, binder: Binder) -> None:
        remarks = contradictions(binder, lab_check(self._live))
        self.scores.show_checks([*open_checks(binder), *remarks], empty_items(binder))
        self._renew_list()

    def _live_failed(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self.scores.say_waiting(sentence(problem))
        else:
            hub().problem.emit(problem)

    @Slot(str)
    def why(self, wanted: str = "") -> None:
        """Show why a result is as it is, over the form."""
        if self._live is not None and self.binder is not None:
            shown = self._score_area if self._score_area.isVisible() else self.score_line
            open_reasons(self._live, self.binder.protocol, wanted, shown, self.go_to_source)

    # ---- undo, save
    @Slot()
    def undo(self) -> None:
        """Take the last unsaved change back and show where it was."""
        self._walk(back=True)

    def _walk(self, *, back: bool) -> None:
        if self.binder is not None and step(self.binder, self.desk, back=back):
            self._renew()

    @Slot()
    def save(self) -> None:
        """Save all that was typed, in one step; what is open is shown at its field first."""
        binder = self.binder
        if binder is None or self._saver.busy or not binder.loaded.may_edit:
            return
        here = self.focusWidget()
        if here is not None:
            here.clearFocus()
            here.setFocus()
        entries = binder.to_save
        if not entries and not any(entry.unreadable for entry in binder.unsaved):
            self.message.say("info", tr("Nothing to save."), ((tr("Close"), self.message.clear),))
            return
        binder.tried = True
        open_now = open_checks(binder)
        self._judge_all()
        self._renew_checks(binder)
        if open_now:
            self._say_open(open_now)
            return
        self.message.clear()
        if self.late.asks(binder, late_of(binder.data, binder.drafts(entries))):
            return
        self.header.save.setEnabled(False)
        self._saver.write(binder, entries)

    def _say_open(self, checks: Sequence[OpenCheck]) -> None:
        names = "; ".join(dict.fromkeys(check.words for check in checks[:3]))
        words = tr("Not saved yet, nothing is lost: {names}.", names=names)
        if len(checks) > 3:
            words += " " + tr("{n} more under Checks.", n=len(checks) - 3)
        self.message.say("ask", words, ((tr("Show"), self._show_first_open),))
        self._go_to(checks[0])

    @Slot()
    def _show_first_open(self) -> None:
        if self.scores.checks:
            self._go_to(self.scores.checks[0])

    def _judge_all(self) -> None:
        if self.binder is None:
            return
        for key in self.binder.form_keys:
            view = self.desk.view(key)
            if view is not None:
                view.judge_all()
        self._date_left()

    @Slot(object, object)
    def _saved(self, binder: Binder, stored: Stored) -> None:
        self.header.save.setEnabled(True)
        if binder is not self.binder:
            return
        self._place = place_of(binder)
        self._judge_all()
        self._renew()
        self.message.say("ok", saved_words(stored), ((tr("Close"), self.message.clear),))
        self._compute()

    @Slot(object, object)
    def _save_failed(self, _binder: Binder, problem: Exception) -> None:
        """Keep everything typed, say why it was not saved."""
        self.header.save.setEnabled(True)
        kept = tr("Everything typed is kept.")
        retry = (tr("Try again"), self.save)
        if isinstance(problem, UserError):
            self.message.say("refuse", f"{sentence(problem)} {kept}", (retry,))
        else:
            self.message.say(
                "refuse", tr("Not saved: a fault of the program.") + f" {kept}", (retry,)
            )
            hub().problem.emit(problem)
        self._renew()

    # ---- leaving, language, size
    def may_close(self) -> bool:
        """Refuse to close over unsaved values: show them, with Save and Discard."""
        unsaved = keeper().unsaved
        if not unsaved:
            return True
        keeper().closing = True
        place, binder = next(iter(unsaved.items()))
        name = "visit" if binder.planned is not None else "form"
        hub().open_page.emit(name, (*place, None))
        return False

    def _say_unsaved(self) -> None:
        if self.binder is None:
            return
        words = tr(
            "{n} values of {subject} are not saved. Save or discard them, then close.",
            n=self.binder.unsaved_values,
            subject=self.binder.data.subject_id,
        )
        actions = ((tr("Save  Ctrl+S"), self.save), (tr("Discard…"), self._ask_discard))
        self.message.say("ask", words, actions)

    @Slot()
    def _ask_discard(self) -> None:
        if self.binder is not None:
            open_discard(self.window(), self.binder, self._discard)

    def _discard(self) -> None:
        if self.binder is not None:
            journal_of(self.binder).hold()
        keeper().drop(self._place)
        keeper().closing = bool(keeper().unsaved)
        self._load()

    def refresh(self, changes: ChangeSet) -> None:
        """Read again after a change from elsewhere, unless something is being typed."""
        binder = self.binder
        if binder is None or self._saver.busy or binder.unsaved:
            return
        if binder.data.patient_id in changes.patient_ids:
            self._load()

    def retranslate(self) -> None:
        """Make the views anew in the new language; typed values stay in the binder."""
        for action, words in self._commands.items():
            action.setText(tr(words))
        self.header.undo.setText(tr("Undo"))
        self.scores = ScoreColumn()
        self.scores.check_chosen.connect(self._go_to)
        self.scores.why_wanted.connect(self.why)
        self.scores.source_wanted.connect(self.go_to_source)
        self.score_line.watch(self.scores)
        self._score_area.setWidget(self.scores)  # the one before goes with its words
        if self.binder is not None:
            self._wanted = Wanted(self.desk.key)
            self._show(self.binder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()
        self.desk.arrange()

    @Slot()
    def _toggle_scores(self) -> None:
        """Open the folded results in full, or fold them again."""
        self._opened = not self._opened
        self._fold()

    def _fold(self) -> None:
        """Fold the results to one line where the window has no room for a column."""
        scored = self.binder is not None and self.binder.planned is not None
        narrow = self.width() < theme().px(_NARROW_U)
        self.score_line.setVisible(scored and narrow)
        self.score_line.say_open(opened=self._opened)
        self._score_area.setVisible(scored and (self._opened or not narrow))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_status()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell_status()
