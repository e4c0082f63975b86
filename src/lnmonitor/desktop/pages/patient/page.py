"""The patient page: head, lens tabs, and what is read, opened, judged and printed from here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lnmonitor.analysis.source_records import Source
from lnmonitor.analysis.story import VisitMark
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.operations import JobOp, ReadOp, WriteOp, on_database
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.monitoring.acts import opened
from lnmonitor.desktop.pages.monitoring.reading import PatientReviews, read_reviews
from lnmonitor.desktop.pages.patient.explain_pane import ExplainPane
from lnmonitor.desktop.pages.patient.header import PatientHeader
from lnmonitor.desktop.pages.patient.lens import ExplainedLens
from lnmonitor.desktop.pages.patient.place import PatientPlace, history_of
from lnmonitor.desktop.pages.patient.story_lens import StoryLens
from lnmonitor.desktop.pages.patient.view import PatientView, read_patient
from lnmonitor.desktop.pages.patient.view_bar import ViewBar
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.source_links import open_source
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.segmented import TabBar
from lnmonitor.desktop.widgets.text import rule
from lnmonitor.errors import UserError
from lnmonitor.language import Language
from lnmonitor.progress import Cancelled, Progress

if TYPE_CHECKING:
    from lnmonitor.desktop.pages.patient.lens import Lens
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.session import StudySession

_LENSES = {
    "story": "Story",
    "laboratory": "Laboratory",
    "binder": "Visits × forms",
    "events": "Events and drugs",
    "history": "History",
}


class PatientPage(Page):
    """One patient; lenses are made when first opened and kept for the next patient."""

    rail: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: PatientView | None = None
        self._reviews: PatientReviews | None = None
        self._fresh: frozenset[str] = frozenset()
        self._patient_id: str | None = None
        self._change = -1
        self._job: JobOp[object] | None = None
        self.header = PatientHeader()
        self.tabs = TabBar([(key, tr(name)) for key, name in _LENSES.items()])
        self.bar = ViewBar()
        self.strip = MessageStrip()
        self.story = StoryLens()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.story)
        self._lenses: dict[str, Lens] = {}
        self._lay_out()
        self._connect()
        self._add_commands()

    def _lay_out(self) -> None:
        px = theme().px
        lens_bar = QWidget()
        lens_bar.setFixedHeight(theme().measure("lens-bar"))
        row = QHBoxLayout(lens_bar)
        row.setContentsMargins(px(1.5), 0, px(5), 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, rule(), lens_bar, rule(), self.strip):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self.show_lens)
        self.header.visit_wanted.connect(self._enter_visit)
        self.header.pdf_wanted.connect(self.write_pdf)
        self.header.flags_wanted.connect(self.explain_first_flag)
        self.header.changes_wanted.connect(self.next_change)
        self.story.opened.connect(self._open_stop)
        self._take_explain(self.story.explain)
        self.story.record_opened.connect(self.open_record)
        self.story.history_wanted.connect(self.open_history)
        self.bar.attach(self.story.canvas)
        self.bar.copied.connect(self.copy_picture)
        self.story.canvas.copied.connect(self.copy_picture)
        self.bar.saved.connect(self.save_picture)

    def _take_explain(self, pane: ExplainPane) -> None:
        pane.acknowledged.connect(self._acknowledge)
        pane.dismissed.connect(self._dismiss)
        pane.source_opened.connect(self.open_source)

    def _add_commands(self) -> None:
        """Keys of the page, listed in the menus while it is shown; the plots have their own."""
        for key, words, call in (
            ("W", tr("Why: explain"), self.why),
            ("A", tr("Acknowledge flag"), self.acknowledge),
            ("D", tr("Dismiss flag, with reason"), self.start_dismissal),
        ):
            self.command(words, key, call, "review")
        for key, words, act in (
            ("V", tr("Verify the item"), "verify"),
            ("Shift+V", tr("Verify the whole form"), "verify form"),
            ("Q", tr("New query"), "query"),
            ("Ctrl+G", tr("Sign…"), "sign"),
            ("F2", tr("History of the item"), "history"),
        ):
            self.command(words, key, partial(self.review, act), "review")
        self.command(tr("Next change since you looked"), "Ctrl+J", self.next_change, "review")
        self.command(tr("Enter visit"), "E", self.header.open_visits, "visit")
        self.command(tr("PDF of this patient"), "Ctrl+P", self.write_pdf, "reports")
        self.command(tr("Days, weeks, dates"), "X", self.bar.cycle_unit, "view")
        for number, (key, name) in enumerate(_LENSES.items(), start=1):
            self.command(tr(name), f"Alt+{number}", partial(self.choose_lens, key), "view")
        self.command(tr("Close explanation"), "Esc", self.escape, "view")

    # ------------------------------------------------------------------------------ page
    def title(self) -> str:
        """Return the patient's number for the window title."""
        return self._view.story.subject_id if self._view is not None else tr("Patient")

    def activate(self, argument: object) -> None:
        """Show a patient by id or place; None shows again the one shown last."""
        place = argument if isinstance(argument, PatientPlace) else None
        wanted = argument if isinstance(argument, str) else hub().patient_id
        if place is not None:
            wanted = place.patient_id
        if wanted is None:
            return
        if wanted != self._patient_id:
            self.strip.clear()
            self._fresh, self._change = frozenset(), -1
        self._patient_id = wanted
        hub().set_patient(wanted)
        self._read()
        self.choose_lens(place.lens if place is not None and place.lens else self.tabs.key)
        if place is not None and place.lens in self._lenses:
            self._lenses[place.lens].go_to(place)

    def refresh(self, changes: ChangeSet) -> None:
        """Read the patient again when something of it changed."""
        if not changes.patient_ids or self._patient_id in changes.patient_ids:
            self._read()

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys valid here: those of the plots, then the page's commands."""
        return [
            ("← →", tr("crosshair by visit")),
            ("Shift+← →", tr("crosshair by result")),
            ("↑ ↓", tr("panel")),
            ("+ − 0", tr("zoom time in, out, reset")),
            ("Return", tr("enter visit")),
            ("Ctrl+C", tr("Copy picture")),
            *super().keys(),
        ]

    def _read(self) -> None:
        if self._patient_id is not None:
            work = partial(read_patient, patient_id=self._patient_id)
            ReadOp(self, work, self._take_view, self._not_read).run()

    def _not_read(self, problem: Exception) -> None:
        """Stay with the patient who is shown, so that no act can concern another."""
        self._patient_id = self._view.story.patient_id if self._view is not None else None
        hub().set_patient(self._patient_id)
        self._say_problem(problem)

    @Slot(object)
    def _take_view(self, view: PatientView) -> None:
        if view.story.patient_id != self._patient_id:
            return  # another patient was opened while this one was read
        self.show_view(view)
        # The picture does not wait for what people said about it.
        work = partial(read_reviews, patient_id=view.story.patient_id)
        ReadOp(self, work, self._take_reviews).run()

    @Slot(object)
    def _take_reviews(self, reviews: PatientReviews) -> None:
        if reviews.review.patient_id == self._patient_id:
            self.show_reviews(reviews)

    def _forget_others(self) -> None:
        """Take away at once what was said about another patient."""
        if self._reviews is None or self._reviews.review.patient_id == self._patient_id:
            return
        self._reviews = None
        self.header.clear_reviews()
        self.story.show_changed(self._fresh)
        self._mark_tabs()

    def show_reviews(self, reviews: PatientReviews) -> None:
        """Show what changed since this person looked; dots stay until the patient is left."""
        from lnmonitor.services.permissions import Action

        self._reviews = reviews
        self._fresh |= {one.record_id for one in reviews.changed}
        self.header.show_reviews(reviews, len(self._fresh))
        self.story.show_changed(self._fresh)
        for lens in self._lenses.values():
            lens.show_reviews(reviews, self._fresh)
        self._mark_tabs()
        session, view = hub().session, self._view
        unseen = {one.record_id for one in reviews.unseen}
        # Who verifies has opened a form only when its own values were on the screen.
        if session is None or view is None or session.may(Action.VERIFY_SOURCE):
            return
        looked = [one for one in view.data.records if one.id in unseen]
        if looked:
            ReadOp(self, partial(opened, records=looked), self._remembered).run()

    def _remembered(self, _nothing: None) -> None:
        """The dots stay as long as the patient is shown: one sees what changed."""

    def _mark_tabs(self) -> None:
        """Write a dot into the tabs behind which something changed."""
        reviews = self._reviews
        forms = {one.form for one in reviews.changed} if reviews is not None else set()
        changed = {
            "laboratory": "LB" in forms,
            "binder": bool(self._fresh),
            "events": bool(forms & {"AE", "CMG", "CMI", "PR", "EX"}),
            "history": bool(self._fresh),
        }
        for key, name in _LENSES.items():
            self.tabs.set_text(key, tr(name) + (" •" if changed.get(key) else ""))

    def show_view(self, view: PatientView) -> None:
        """Show what was read."""
        self._view, self._patient_id = view, view.story.patient_id
        self._forget_others()
        self.header.show_view(view)
        self.story.show_view(view)
        self.bar.show_story(view.story)
        for lens in self._lenses.values():
            lens.show_view(view)
        self.setAccessibleName(view.story.subject_id)
        self.setWindowTitle(view.story.subject_id)

    # ------------------------------------------------------------------------------ lenses
    def choose_lens(self, key: str) -> None:
        """Show a lens by its key."""
        self.tabs.set_key(key)
        self.show_lens(key)

    @Slot(str)
    def show_lens(self, key: str) -> None:
        """Show a lens, making it when it is opened for the first time."""
        self.bar.setVisible(key == "story")
        shown = self.story if key == "story" else self._lens(key)
        self._stack.setCurrentWidget(shown)
        shown.setFocus()

    def _lens(self, key: str) -> Lens:
        if key not in self._lenses:
            from lnmonitor.desktop.pages.patient.lens import make_lens

            lens = make_lens(key)
            lens.form_wanted.connect(self.open_form)
            lens.visit_wanted.connect(self.open_visit)
            lens.history_wanted.connect(self.open_history)
            if isinstance(lens, ExplainedLens):
                self._take_explain(lens.explain)
            self._lenses[key] = lens
            self._stack.addWidget(lens)
            if self._view is not None:
                lens.show_view(self._view)
            if self._reviews is not None:
                lens.show_reviews(self._reviews, self._fresh)
        return self._lenses[key]

    # ------------------------------------------------------------------------------ actions
    def why(self) -> None:
        """Open or close the explanation: where one stands, else in the story at the same visit."""
        lens = self._stack.currentWidget()
        if isinstance(lens, StoryLens | ExplainedLens):
            lens.toggle_explain()
            return
        visit_id, wanted = self._lens(self.tabs.key).why_place()
        self.choose_lens("story")
        self.story.explain_at(visit_id, wanted)

    @property
    def explain(self) -> ExplainPane:
        """The explanation of the lens that is shown."""
        lens = self._stack.currentWidget()
        return lens.explain if isinstance(lens, ExplainedLens) else self.story.explain

    def escape(self) -> None:
        """Close what was opened last: reason field, explanation, message."""
        lens = self._stack.currentWidget()
        if self.explain.close_reason():
            (lens or self).setFocus()
        elif isinstance(lens, StoryLens | ExplainedLens) and lens.explain_open:
            lens.close_explain()
        else:
            self.strip.clear()

    def explain_first_flag(self) -> None:
        """Explain the gravest flag that nobody has judged."""
        if self._view is not None and self._view.open_flags:
            self.choose_lens("story")
            self.story.explain_flag(self._view.open_flags[0].flag)

    def acknowledge(self) -> None:
        """Say that the flag explained was seen and is right."""
        self.explain.acknowledge()

    def start_dismissal(self) -> None:
        """Open the reason field of the flag explained."""
        lens = self._stack.currentWidget()
        if isinstance(lens, StoryLens | ExplainedLens) and lens.explain_open:
            lens.explain.start_dismissal()

    @Slot(object)
    def _enter_visit(self, visit: VisitMark) -> None:
        self.open_visit(visit.visit_id or visit.code)

    @Slot()
    def _open_stop(self) -> None:
        stop = self.story.canvas.stop
        if stop is not None and stop.visit is not None and stop.visit.visit_id:
            self.open_visit(stop.visit.visit_id)

    @Slot(str)
    def open_visit(self, visit: str) -> None:
        """Open a visit for entry, by record id or planned code."""
        if self._view is not None:
            hub().open_page.emit("visit", (self._view.story.patient_id, visit))

    @Slot(str, object)
    def open_form(self, code: str, record_id: object) -> None:
        """Open a form that belongs to the patient, not to a visit."""
        if self._view is not None:
            hub().open_page.emit("form", (self._view.story.patient_id, code, record_id))

    @Slot(str)
    def open_record(self, record_id: str) -> None:
        """Open the record behind a value."""
        record = self._view.record(record_id) if self._view is not None else None
        if record is not None:
            visit_id = record.visit_id
            self.open_source(Source("", record.form.code, "", visit_id, record.id))

    @Slot(object)
    def open_source(self, source: Source) -> None:
        """Open the record behind a number of an explanation, or the field of a missing one."""
        if self._view is not None:
            open_source(self._view.story.patient_id, source)

    # ------------------------------------------------------------------------------ review
    def review(self, act: str) -> None:
        """Do an act of review where one stands; from the story the form is shown first."""
        lens = self._stack.currentWidget()
        if lens is not self.story:
            self._lens(self.tabs.key).review(act)
        elif act == "history":
            self.story.open_history()
        else:
            self.choose_lens("binder")

    @Slot(str, str)
    def open_history(self, record_id: str, item: str) -> None:
        """Show the history of a record or of one of its items."""
        if self._view is not None:
            place = history_of(self._view.story.patient_id, record_id, item)
            hub().open_page.emit("patient", place)

    @Slot()
    def next_change(self) -> None:
        """Go to the next form that changed since this person looked."""
        fresh = self._view.data.records if self._view is not None else ()
        changed = [one for one in fresh if one.id in self._fresh]
        if not changed or self._view is None:
            return
        self._change = (self._change + 1) % len(changed)
        one = changed[self._change]
        self.choose_lens("binder")
        patient_id = self._view.story.patient_id
        place = PatientPlace(patient_id, "binder", one.form.code, one.visit_id or "")
        self._lenses["binder"].go_to(place)

    # ------------------------------------------------------------------------------ flags
    @Slot(str)
    def _acknowledge(self, identity: str) -> None:
        WriteOp(
            self, partial(_acknowledge, identity=identity), self._judged, self._say_problem
        ).run()

    @Slot(str, str)
    def _dismiss(self, identity: str, reason: str) -> None:
        work = partial(_dismiss, identity=identity, reason=reason)
        WriteOp(self, work, self._judged, self._say_problem).run()

    @Slot(object)
    def _judged(self, _changes: object) -> None:
        self.strip.clear()  # the change itself reaches every open view through the hub

    # ------------------------------------------------------------------------------ pictures, PDF
    def copy_picture(self) -> None:
        """Copy the story to the clipboard: picture, and the readout as text."""
        from PySide6.QtCore import QMimeData
        from PySide6.QtGui import QGuiApplication

        from lnmonitor.desktop.trend_images import trend_image

        if self._view is None:
            return
        content = QMimeData()
        content.setImageData(trend_image(self._view.story, language()))
        content.setText(self.story.readout.as_text())
        QGuiApplication.clipboard().setMimeData(content)
        self.strip.say("ok", tr("Picture copied, with the values at the crosshair as text."))

    def save_picture(self) -> None:
        """Ask for a file and write the story into it as PNG."""
        self._ask_file(tr("Save the picture"), "png", self.save_picture_to)

    def save_picture_to(self, path: str) -> None:
        """Write the story as PNG."""
        from lnmonitor.desktop.trend_images import save_trend_png

        if self._view is None:
            return
        try:
            save_trend_png(self._view.story, Path(path), language())
        except UserError as problem:
            self._say_problem(problem)
        else:
            self.strip.say("ok", tr("Picture saved: {name}", name=Path(path).name))

    def write_pdf(self) -> None:
        """Ask for a file and write the patient summary into it."""
        if self._view is not None and self._view.may_report:
            self._ask_file(tr("Save the patient summary"), "pdf", self.write_pdf_to)

    def write_pdf_to(self, path: str) -> None:
        """Write the patient summary; progress and Cancel stay on the page."""
        session = hub().session
        if self._view is None or session is None:
            return
        work = partial(_report, session, self._view.story.patient_id, Path(path), language())
        self._job = JobOp(
            self, work, partial(self._pdf_written, path), self._say_problem, self._pdf_progress
        )
        self.strip.say("info", tr("Writing the PDF…"), ((tr("Cancel"), self._job.cancel),))
        self._job.run()

    def _pdf_progress(self, done: int, total: int, what: str) -> None:
        percent = round(100 * done / total) if total else 0
        words = tr("Writing the PDF, {percent} %: {what}", percent=percent, what=what)
        cancel = self._job.cancel if self._job is not None else self.strip.clear
        self.strip.say("info", words, ((tr("Cancel"), cancel),))

    def _pdf_written(self, path: str, _result: object) -> None:
        self._job = None
        self.strip.say("ok", tr("PDF written: {name}", name=path))

    def _ask_file(self, title: str, suffix: str, then: Callable[[str], None]) -> None:
        name = f"{self._view.story.subject_id}.{suffix}" if self._view is not None else ""
        dialog = QFileDialog(self, title, name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"*.{suffix}")
        dialog.selectFile(name)
        dialog.fileSelected.connect(then)
        dialog.open()

    def _say_problem(self, problem: Exception) -> None:
        self._job = None
        if isinstance(problem, Cancelled):
            self.strip.say("info", tr("Stopped; nothing was written."))
        elif isinstance(problem, UserError):
            self.strip.say("refuse", sentence(problem), ((tr("Close"), self.strip.clear),))
        else:
            hub().problem.emit(problem)


def _acknowledge(session: StudySession, identity: str) -> object:
    from lnmonitor.services.flags import acknowledge

    return acknowledge(session, identity)


def _dismiss(session: StudySession, identity: str, reason: str) -> object:
    from lnmonitor.services.flags import dismiss

    return dismiss(session, identity, reason)


def _report(
    session: StudySession, patient_id: str, path: Path, wanted: Language, progress: Progress
) -> object:
    """Write the summary; the study is read on the thread that owns it."""
    from lnmonitor.reports.service import report_patient

    progress(0, 1, path.name)
    return on_database(partial(report_patient, session, patient_id, path, language=wanted))
