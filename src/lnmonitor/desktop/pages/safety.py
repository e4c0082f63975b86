"""Serious events with their reporting clocks, and all flags; the one chosen is explained."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lnmonitor.clock import today
from lnmonitor.desktop.delegates.cells import ChipDelegate, GradeDelegate, TwoLineDelegate
from lnmonitor.desktop.delegates.clock import ClockDelegate
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp, WriteOp
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.serious_words import clock_words
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.flag_pane import STATE_WORDS, EventView, FlagPane
from lnmonitor.desktop.widgets.key_line import KeyLine
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.widgets.text import label, rule
from lnmonitor.desktop.words import age_words, count, iso_date
from lnmonitor.errors import UserError

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.flags import FlagView
    from lnmonitor.services.session import StudySession
    from lnmonitor.services.worklist import SeriousEvent

_STATE_CHIPS = {
    "open": "serious",
    "acknowledged": "accent",
    "dismissed": "unknown",
    "withdrawn": "unknown",
}
_SUSAR_WORDS = {"yes": "yes", "no": "no", "unknown": "open"}
_MOST_EVENTS_SHOWN = 5


class SafetyPage(Page):
    """Events above, flags below; what is chosen is explained on the right."""

    def __init__(self) -> None:
        super().__init__()
        self._today = today(hub().clock)
        self._flags: tuple[FlagView, ...] = ()
        self._wanted: str | None = None
        self.head = PageHead(tr("Safety"))
        self.events = self._make_events()
        self._no_events = label(tr("No serious event is open."), "small", "text-muted")
        self.choice = Segmented([("open", tr("To judge")), ("all", tr("All"))])
        self.choice.chosen.connect(self._show_flags)
        self.flags = self._make_flags()
        self._no_flags = label("", "small", "text-muted")
        self.pane = FlagPane()
        self.pane.setFixedWidth(theme().measure("explain"))
        self.pane.acknowledged.connect(self._acknowledge)
        self.pane.dismissed.connect(self._dismiss)
        self.pane.patient_opened.connect(self._open)
        self.command(tr("Why: explain"), "W", self.why, "review")
        self.command(tr("Acknowledge flag"), "A", self.pane.acknowledge, "review")
        self.command(tr("Dismiss flag, with reason"), "D", self.pane.dismiss, "review")
        self.command(tr("Open patient"), "Return", self.open_patient, "patient", shortcut=False)
        self._arrange()

    def _arrange(self) -> None:
        events_head = row(
            label(tr("Serious events"), "section"),
            label(tr("24 h to the sponsor from the moment the site knew"), "small", "text-muted"),
            None,
            spacing=3,
        )
        flags_head = row(label(tr("Flags"), "section"), None, self.choice)
        main = column(
            self.head,
            theme().px(1),
            events_head,
            self._no_events,
            self.events,
            theme().px(2),
            flags_head,
            self._no_flags,
            self.flags,
            KeyLine(
                [
                    ("W", tr("why")),
                    ("A", tr("acknowledge")),
                    ("D", tr("dismiss, with reason")),
                    ("Enter", tr("open patient")),
                ]
            ),
            margins=(5, 4, 5, 3),
            spacing=2,
        )
        main.setStretch(8, 1)
        whole = row(main, rule("v"), self.pane, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def _make_events(self) -> RowTable:
        columns = [
            Column(tr("Patient"), lambda e: e.subject_id, weight=500, sample="01-0470"),
            Column(tr("Event"), lambda e: e.term),
            Column(tr("Grade"), lambda e: "" if e.grade is None else str(e.grade), units=15),
            Column(
                tr("Site aware"),
                lambda e: _moment(e.aware_at),
                tone="text-2",
                sample="28 Nov 2026 09:42",
                yields=1,
            ),
            Column(tr("24 hours"), clock_words, units=44),
            Column("SUSAR", _susar, tone=_susar_tone, sample=_susar_sample(), tip=_susar),
        ]
        delegates = {
            1: TwoLineDelegate(self, lambda e: tr("since {date}", date=iso_date(e.start))),
            2: GradeDelegate(self, lambda e: e.grade),
            4: ClockDelegate(self),
        }
        table = RowTable(
            columns,
            delegates,
            row_units=theme().measure("row-two-line") / theme().u,
            name=tr("Serious events"),
        )
        table.opened.connect(self._open)
        table.selectionModel().selectionChanged.connect(self._event_selected)
        return table

    def _make_flags(self) -> RowTable:
        columns = [
            Column(tr("Patient"), lambda f: f.subject_id, weight=500, sample="01-0470"),
            Column(tr("Flag"), lambda f: text(f.flag.title)),
            Column(tr("Evidence"), _evidence, tone="text-2", tip=_evidence, yields=1),
            Column(
                tr("Age"),
                lambda f: age_words(f.flag.date, self._today),
                order=lambda f: f.flag.date,
                tone="text-2",
                sample=tr("{n} days", n=100),
            ),
            Column(
                tr("State"), lambda f: tr(STATE_WORDS[f.state]), sample=tr("acknowledged") + "  "
            ),
        ]
        chip = ChipDelegate(self, lambda f: (tr(STATE_WORDS[f.state]), _STATE_CHIPS[f.state]))
        table = RowTable(columns, {4: chip}, name=tr("Flags"))
        table.opened.connect(self._open)
        table.selectionModel().selectionChanged.connect(self._flag_selected)
        return table

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Safety")

    def activate(self, argument: object) -> None:
        self._wanted = argument if isinstance(argument, str) else None
        self._read()
        self.flags.setFocus()

    def refresh(self, _changes: ChangeSet) -> None:
        self._read()

    def _read(self) -> None:
        ReadOp(self, _read_safety, self._take).run()

    def _take(self, found: tuple[tuple[SeriousEvent, ...], tuple[FlagView, ...]]) -> None:
        events, self._flags = found
        running = sum(event.reported_at is None for event in events)
        judge = sum(flag.state == "open" for flag in self._flags)
        self.head.say(
            count(running, "1 serious event to report", "{n} serious events to report")
            + tr(", {n} flags to judge.", n=judge)
        )
        self.events.set_rows(events, "record_id")
        self.events.clearSelection()
        self.events.setVisible(bool(events))
        self._no_events.setVisible(not events)
        row_px = self.events.verticalHeader().defaultSectionSize()
        most = self.events.horizontalHeader().height() + row_px * _MOST_EVENTS_SHOWN
        self.events.setFixedHeight(min(self.events.whole_height(), most))
        self.choice.set_text("open", tr("To judge, {n}", n=judge))
        self.choice.set_text("all", tr("All, {n}", n=len(self._flags)))
        self._show_flags()

    def _show_flags(self, _key: str = "") -> None:
        all_of_them = self.choice.key == "all"
        rows = [f for f in self._flags if all_of_them or f.state == "open"]
        self.flags.set_rows([_Row(f) for f in rows], "identity")
        self._no_flags.setText("" if rows else tr("No flag is open."))
        self._no_flags.setVisible(not rows)
        self.flags.setVisible(bool(rows))
        if not rows:
            self.pane.show_flag(None)
        if self._wanted:
            self._go_to(self._wanted)
            self._wanted = None

    def _go_to(self, identity: str) -> None:
        """Stand on a flag by its identity, or on an event by its record."""
        for number, event in enumerate(self.events.shown):
            if event.record_id == identity:
                self.events.setCurrentIndex(self.events.rows_model.index(number, 0))
                self.events.setFocus()
                return
        for number, shown in enumerate(self.flags.shown):
            if shown.identity == identity:
                self.flags.setCurrentIndex(self.flags.rows_model.index(number, 0))

    def pane_show(self, shown: Any) -> None:
        """Explain the flag of a row; one thing is explained at a time."""
        if shown is not None:
            self.events.clearSelection()
        self.pane.show_flag(shown.view if shown is not None else None)

    def explain_event(self, event: SeriousEvent) -> None:
        """Explain an event's reporting, and the grade that its answers propose."""
        self.flags.clearSelection()
        self.pane.show_event(_event_view(event))

    def _event_selected(self) -> None:
        if self.events.selectionModel().hasSelection() and self.events.current is not None:
            self.explain_event(self.events.current)

    def _flag_selected(self) -> None:
        if self.flags.selectionModel().hasSelection():
            self.pane_show(self.flags.current)

    def why(self) -> None:
        """Explain the event or flag of the row in focus."""
        table = self.events if self.events.hasFocus() else self.flags
        table.clearSelection()
        table.selectRow(max(0, table.currentIndex().row()))

    # --- judging ---------------------------------------------------------------------------

    def _acknowledge(self, view: FlagView) -> None:
        work = partial(_acknowledge, identity=view.flag.identity)
        WriteOp(self, work, self._judged, self._refused).run()

    def _dismiss(self, view: FlagView, reason: str) -> None:
        work = partial(_dismiss, identity=view.flag.identity, reason=reason)
        WriteOp(self, work, self._judged, self._refused).run()

    def _judged(self, _changes: object) -> None:
        self.flags.setFocus()

    def _refused(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self.pane.say(sentence(problem))
        else:
            hub().problem.emit(problem)

    def open_patient(self) -> None:
        """Open the patient of the chosen flag."""
        if self.flags.current is not None:
            self._open(self.flags.current)

    @staticmethod
    def _open(row_: Any) -> None:
        hub().open_page.emit("patient", row_.patient_id)


class _Row:
    """A flag as a row: its identity stands for the selection to stay."""

    def __init__(self, view: FlagView) -> None:
        self.view = view
        self.identity = view.flag.identity
        self.flag, self.state = view.flag, view.state
        self.subject_id, self.patient_id = view.subject_id, view.patient_id


def _susar(event: SeriousEvent) -> str:
    """Say whether the event is a SUSAR and by when it is to be reported."""
    from lnmonitor.analysis.event_reporting import reporting

    found = reporting(event.event)
    word = tr(_SUSAR_WORDS[found.susar.value])
    if found.report_due is None:
        return word
    return tr("{word}, by {date}", word=word, date=iso_date(found.report_due.isoformat()))


def _susar_sample() -> str:
    return tr("{word}, by {date}", word=tr("open"), date=iso_date("2026-11-28"))


def _susar_tone(event: SeriousEvent) -> str:
    from lnmonitor.analysis.event_reporting import reporting

    return {"yes": "serious", "unknown": "warn"}.get(reporting(event.event).susar.value, "text-2")


def _event_view(event: SeriousEvent) -> EventView:
    from lnmonitor.analysis.clinical_grades import propose_for_event
    from lnmonitor.analysis.event_reporting import reporting
    from lnmonitor.analysis.explain import explain
    from lnmonitor.analysis.wording import span

    proposed = propose_for_event(event.event)
    words = ""
    if proposed is not None:
        grade = span(proposed.low, proposed.high)
        grade = grade if proposed.grade is None else str(proposed.grade)
        words = tr("Proposed grade {grade}; the grade is the investigator's", grade=grade)
    return EventView(
        event.patient_id,
        event.subject_id,
        event.term,
        explain(reporting(event.event), language()),
        words,
        proposed.reasons if proposed is not None else (),
    )


def _moment(iso: str | None) -> str:
    return f"{iso_date(iso)} {iso[11:16]}" if iso else ""


def _evidence(shown: _Row) -> str:
    from lnmonitor.analysis.explain import reason_text
    from lnmonitor.clinical.results import Truth

    met = [reason for reason in shown.flag.reasons if reason.met is Truth.YES]
    comma = "；" if language() == "zh" else "; "
    return comma.join(reason_text(reason, language()) for reason in met)


def _read_safety(
    session: StudySession,
) -> tuple[tuple[SeriousEvent, ...], tuple[FlagView, ...]]:
    from lnmonitor.services.flags import flags
    from lnmonitor.services.worklist import worklist

    return worklist(session).serious, flags(session, include_closed=True)


def _acknowledge(session: StudySession, *, identity: str) -> ChangeSet:
    from lnmonitor.services.flags import acknowledge

    return acknowledge(session, identity)


def _dismiss(session: StudySession, *, identity: str, reason: str) -> ChangeSet:
    from lnmonitor.services.flags import dismiss

    return dismiss(session, identity, reason)
