"""The home of nurse and coordinator: who is due, how late, what is left to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from lnmonitor.clock import today
from lnmonitor.desktop.delegates.cells import MeterDelegate, TwoLineDelegate
from lnmonitor.desktop.delegates.window_bar import WindowBarDelegate
from lnmonitor.desktop.dialogs.new_patient import open_new_patient
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column, GroupRow
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.monitoring.worklist_parts import ReviewSections
from lnmonitor.desktop.serious_words import clock_tone, clock_words
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.visit_words import window_bar, window_tone, window_words
from lnmonitor.desktop.widgets.draft_banner import DraftBanner, DraftGroup
from lnmonitor.desktop.widgets.key_line import KeyLine
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.section_list import SectionList
from lnmonitor.desktop.widgets.text import button, rule
from lnmonitor.desktop.words import age_words, count, day_month, local_instant, weekday_date

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.flags import FlagView
    from lnmonitor.services.journal import DraftView
    from lnmonitor.services.worklist import SeriousEvent, Worklist, WorkRow
    from lnmonitor.study.records import PatientData

_SIDE_U = 90
_NARROW_U = 290  # of the page: below it the lists on the right are left to their own pages


class WorklistPage(Page):
    """Visits in three groups by the one due function; serious events and flags beside them."""

    def __init__(self) -> None:
        super().__init__()
        self._today = today(hub().clock)
        self._enter = button(tr("Enter visit"), self.enter_visit, kind="primary")
        self._new = button(tr("New patient"), self.new_patient, icon_name="plus")
        self.head = PageHead(tr("Worklist"), self._new, self._enter)
        self.strip = MessageStrip()
        self.notice = MessageStrip()
        self.drafts = DraftBanner()
        self.drafts.wanted.connect(self._take_draft)
        self.table = self._visits()
        self.serious = self._serious()
        self.flags = self._flags()
        self.review = ReviewSections()
        self.command(tr("Open patient"), "Return", self.open_patient, "patient", shortcut=False)
        if self.may_enter():
            self.command(tr("Enter visit"), "E", self.enter_visit, "visit")
            self.command(tr("New patient"), "Ctrl+N", self.new_patient, "patient")
        else:
            self._enter.hide()
            self._new.hide()
        self._arrange()

    def _arrange(self) -> None:
        remark = self._window_rule()
        keys = [("↑ ↓", tr("move")), ("Enter", tr("open"))]
        if self.may_enter():
            keys.append(("E", tr("enter visit")))
        main = column(
            self.head,
            self.strip,
            self.notice,
            self.drafts,
            self.table,
            KeyLine(keys, remark),
            margins=(5, 4, 5, 3),
            spacing=3,
        )
        main.setStretch(4, 1)
        self.side = self._side()
        self.edge: QWidget = rule("v")
        whole = row(main, self.edge, self.side, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def _side(self) -> QWidget:
        """Lists in the order of the role: who questions data begins with the review."""
        lists = [self.serious, self.flags, self.review]
        if not self.may_enter():
            lists = [self.review, self.serious, self.flags]
        body = box(column(*lists, None, margins=(4.5, 4.5, 4.5, 4), spacing=6), "subtle")
        area = QScrollArea()  # a low window must not squeeze the lists
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        area.setFixedWidth(theme().px(_SIDE_U))
        return area

    @staticmethod
    def _window_rule() -> str:
        session = hub().session
        if session is None:
            return ""
        return tr("Windows: protocol {version}", version=session.protocol.version)

    def _visits(self) -> RowTable:
        now = self._today
        columns = [
            Column(tr("Patient"), lambda r: r.subject_id, weight=500, sample="01-0470"),
            Column(tr("Visit"), lambda r: r.scheduled.planned.code, sample="M12"),
            Column(
                tr("Target"),
                lambda r: _day(r.scheduled.target),
                tone="text-2",
                sample="28 Nov",
                yields=1,
            ),
            Column(
                tr("−6 wk\ttoday\t+6 wk"),
                lambda r: window_words(r.scheduled, now),
                units=38,
            ),
            Column(
                tr("Window"),
                lambda r: window_words(r.scheduled, now),
                tone=lambda r: window_tone(r.scheduled, now),
                sample=tr("closed {n} days ago", n=100),
            ),
            Column(tr("Forms"), lambda r: f"{r.forms_done}/{r.forms_total}", units=29, yields=2),
            Column(tr("To do"), lambda r: text(r.to_do), tone="text-2", yields=3),
        ]
        delegates = {
            3: WindowBarDelegate(self, lambda r: window_bar(r.scheduled, now)),
            5: MeterDelegate(self, lambda r: (r.forms_done, r.forms_total)),
        }
        table = RowTable(columns, delegates, name=tr("Visits"))
        table.opened.connect(self._open_row)
        table.chosen.connect(self._take_choice)
        return table

    def _serious(self) -> SectionList:
        columns = [
            Column("", lambda e: e.subject_id, weight=500, sample="01-0470"),
            Column("", _event_words),
        ]
        two_lines = {1: TwoLineDelegate(self, clock_words, clock_tone)}
        height = theme().measure("row-two-line") / theme().u
        made = SectionList(
            tr("Serious events"), "serious-event", columns, two_lines, row_units=height, most=5
        )
        made.opened.connect(self._open_event)
        made.more.connect(self._open_safety)
        return made

    def _flags(self) -> SectionList:
        columns = [
            Column("", lambda f: f.subject_id, weight=500, sample="01-0470"),
            Column("", lambda f: text(f.flag.title), tip=lambda f: text(f.flag.title)),
        ]
        age = TwoLineDelegate(self, lambda f: age_words(f.flag.date, self._today))
        made = SectionList(tr("Flags to judge"), "flag", columns, {1: age}, row_units=11, most=6)
        made.opened.connect(self._open_flag)
        made.more.connect(self._open_safety)
        return made

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Worklist")

    def activate(self, _argument: object) -> None:
        session = hub().session
        if session is not None and session.must_change_password:
            self._ask_password()
            return
        self._read()
        self.table.setFocus()

    def _ask_password(self) -> None:
        """Nothing is permitted with a password that somebody else has set."""
        from lnmonitor.desktop.dialogs.people import PasswordDialog

        session = hub().session
        words = tr("Your password was set by somebody else. Choose your own before you go on.")
        if session is not None and session.password_expired:
            words = tr("Your password is too old. Choose a new one before you go on.")
        self.strip.say("ask", words, ((tr("Choose password…"), self._ask_password),))
        PasswordDialog(self.window(), words, self._go_on).open()

    def _go_on(self) -> None:
        self.strip.clear()
        self.activate(None)

    def refresh(self, _changes: ChangeSet) -> None:
        self._read()

    def _read(self) -> None:
        from lnmonitor.services.worklist import worklist

        self._say_notices()
        self.review.read()
        ReadOp(self, worklist, self.show_worklist).run()
        if self.may_enter():
            from lnmonitor.services.journal import drafts

            ReadOp(self, drafts, self._show_drafts).run()

    def _say_notices(self) -> None:
        """Say what a restored backup and results computed anew mean."""
        session = hub().session
        if session is None:
            return
        said = restore_lines(session.restored) if session.restored else []
        actions: tuple[tuple[str, Callable[[], object]], ...] = ()
        if session.recomputed is not None and session.recomputed.patients:
            words = "Rules changed: results of {n} patients computed anew, see the audit trail."
            said.append(tr(words, n=len(session.recomputed.patients)))
            actions = ((tr("What changed…"), self._show_recomputed),)
        if said:
            self.notice.say("refuse", "\n".join(said), actions)
        else:
            self.notice.clear()

    def _show_recomputed(self) -> None:
        """Show what the newer rules changed for whom."""
        from lnmonitor.desktop.dialogs.recomputed import RecomputedDialog

        session = hub().session
        if session is not None and session.recomputed is not None:
            RecomputedDialog(self.window(), session.recomputed).open()

    def _show_drafts(self, found: Sequence[DraftView]) -> None:
        """Announce what an earlier run of the program left; what is in memory needs no recovery."""
        from lnmonitor.desktop.pages.visit.keeper import keeper

        live = keeper().live_drafts
        self.drafts.show_drafts([one for one in found if one.place not in live])

    def show_worklist(self, found: Worklist) -> None:
        """Show what was read."""
        self.head.say(self._sentence(found))
        rows: list[Any] = []
        for title, part, remark in (
            (tr("Overdue"), found.overdue, tr("window has closed")),
            (tr("Due now"), found.due, tr("window is open")),
            (tr("Opening in the next 14 days"), found.opening, ""),
            (tr("Forms missing"), found.incomplete, tr("window has closed, visit took place")),
        ):
            if part:
                rows += [GroupRow(title, len(part), remark), *part]
        self.table.set_rows(rows, "scheduled")
        if not rows:
            self._say_empty()
        else:
            self.strip.clear()
        ids = dict.fromkeys(r.patient_id for r in self.table.shown)
        hub().patient_order = tuple(ids)
        self._show_side(found.serious, [f for f in found.flags if f.state == "open"])

    def _sentence(self, found: Worklist) -> str:
        parts = [
            count(len(found.overdue), "1 visit overdue", "{n} visits overdue"),
            tr("{n} due", n=len(found.due)),
            tr("{n} opening", n=len(found.opening)),
        ]
        comma = "，" if language() == "zh" else ", "
        stop = "。" if language() == "zh" else "."
        return f"{weekday_date(self._today)}{stop} {comma.join(parts)}{stop}".replace("。 ", "。")

    def _say_empty(self) -> None:
        self.strip.say(
            "info",
            tr("No visit is overdue, due or about to open."),
            ((tr("New patient"), self.new_patient),) if self.may_enter() else (),
        )

    def _show_side(self, serious: Sequence[SeriousEvent], flags: Sequence[FlagView]) -> None:
        self.serious.show_rows(
            serious,
            str(len(serious)) if serious else "",
            tone="serious" if serious else "text-2",
            none=tr("No serious event is open."),
        )
        self.flags.show_rows(
            flags, str(len(flags)) if flags else "", tone="text-2", none=tr("No flag is open.")
        )

    def _take_choice(self, found: WorkRow | None) -> None:
        self._enter.setEnabled(found is not None)

    # --- actions ---------------------------------------------------------------------------

    def open_patient(self) -> None:
        """Open the patient of the row."""
        if self.table.current is not None:
            self._open_row(self.table.current)

    def enter_visit(self) -> None:
        """Open the visit of the row for entry."""
        found = self.table.current
        if found is not None:
            visit = found.scheduled.visit
            where = visit.id if visit is not None else found.scheduled.planned.code
            hub().open_page.emit("visit", (found.patient_id, where))

    @Slot(str, object)
    def _take_draft(self, what: str, group: DraftGroup) -> None:
        """Go on with a draft, show it beside what is saved, or ask why it is discarded."""
        from lnmonitor.desktop.dialogs.drafts import DiscardDialog

        if what == "continue" and group.new_patient:
            self.new_patient()
        elif what == "continue":
            hub().open_page.emit(*group.page)
        elif what == "compare":
            self._compare(group)
        else:
            places = [one.place for one in group.drafts]
            DiscardDialog(self.window(), group.words, places, self._read).open()

    def _compare(self, group: DraftGroup) -> None:
        from lnmonitor.services.patients import patient_data

        patient_id = group.first.place.patient_id
        show = partial(self._show_comparison, group)
        ReadOp(self, lambda session: patient_data(session, patient_id), show).run()

    def _show_comparison(self, group: DraftGroup, data: PatientData) -> None:
        from lnmonitor.desktop.dialogs.drafts import CompareDialog, draft_lines

        title = tr("{subject}: typed and saved", subject=data.subject_id)
        CompareDialog(self.window(), title, draft_lines(data, group.drafts)).open()

    def new_patient(self) -> None:
        """Open the new patient window."""
        open_new_patient(self.window())

    @staticmethod
    def _open_row(found: WorkRow) -> None:
        hub().open_page.emit("patient", found.patient_id)

    @staticmethod
    def _open_event(event: SeriousEvent) -> None:
        hub().open_page.emit("safety", event.record_id)

    @staticmethod
    def _open_flag(flag: FlagView) -> None:
        hub().open_page.emit("safety", flag.flag.identity)

    @staticmethod
    def _open_safety() -> None:
        hub().open_page.emit("safety", None)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        wide = self.width() >= theme().px(_NARROW_U)
        self.side.setVisible(wide)
        self.edge.setVisible(wide)


def restore_lines(told: Mapping[str, str]) -> list[str]:
    """Return what the first sign-in after a restore is told: the interval, and what is kept."""
    lost = told.get("lost_entries") or tr("an unknown number of")
    words = "The study was restored from the backup of {time}: {n} later entries are gone."
    said = [tr(words, time=local_instant(told.get("made_at", "")), n=lost)]
    until = local_instant(told.get("restored_at", ""))
    words = "What was entered between then and {until} has to be entered again."
    if told.get("saved"):
        words = (
            "What was entered between then and {until} has to be entered again; the study as it "
            "was is kept as {saved}."
        )
    if lost != "0":
        said.append(tr(words, until=until, saved=told.get("saved", "")))
    return said


def _day(day: date | None) -> str:
    return "" if day is None else day_month(day)


def _event_words(event: SeriousEvent) -> str:
    grade = tr("grade {n}", n=event.grade) if event.grade is not None else ""
    return f"{event.term}, {grade}" if grade else event.term
