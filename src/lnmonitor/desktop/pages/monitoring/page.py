"""Monitoring: what waits on the left, queries or forms in the middle, one of them on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtWidgets import QStackedWidget

from lnmonitor.desktop.delegates.cells import ChipDelegate
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column, GroupRow
from lnmonitor.desktop.operations import JobOp, ReadOp, on_database
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.monitoring.reading import SheetRow, read_rows
from lnmonitor.desktop.pages.monitoring.record_pane import RecordPane
from lnmonitor.desktop.pages.monitoring.words import (
    QUERY_STATES,
    QUERY_TONES,
    STATE_TONES,
    about,
    form_title,
    question,
)
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.filter_line import FilterLine
from lnmonitor.desktop.widgets.key_line import KeyLine
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import label, rule
from lnmonitor.desktop.words import count
from lnmonitor.progress import Cancelled, Progress
from lnmonitor.services.form_state import FormState
from lnmonitor.study.reasons import late_words

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.queries import QueryView
    from lnmonitor.services.session import StudySession

Wanted = Callable[[Any], bool]
_LATE = "f.late"


@dataclass(frozen=True)
class Choice:
    """A line of the left column: which queries or which forms; `number` of them."""

    key: str
    title: str
    kind: str
    wanted: Wanted
    number: int | None = None


def _choices() -> tuple[Choice, ...]:
    q, f = "queries", "forms"
    return (
        Choice("q.new", tr("To answer"), q, lambda v: v.state == "new" and not v.check_id),
        Choice("q.settled", tr("Answered, to close"), q, _to_close),
        Choice("q.checks", tr("Raised by checks"), q, lambda v: v.check_id and v.state != "closed"),
        Choice("q.open", tr("All open"), q, lambda v: v.state != "closed"),
        Choice("q.closed", tr("Closed"), q, lambda v: v.state == "closed"),
        Choice("f.draft", tr("Not complete"), f, lambda r: r.state <= FormState.DRAFT),
        Choice("f.verify", tr("To verify"), f, lambda r: r.state is FormState.COMPLETE),
        Choice("f.sign", tr("Verified, to sign"), f, lambda r: r.state is FormState.VERIFIED),
        Choice("f.signed", tr("Signed"), f, lambda r: r.state is FormState.SIGNED),
        Choice("f.held", tr("Frozen or locked"), f, lambda r: r.state >= FormState.FROZEN),
        Choice("f.news", tr("Changed since seen"), f, lambda r: r.news),
        Choice(_LATE, tr("Entered late"), f, lambda r: r.late),
        Choice("f.all", tr("All forms"), f, lambda _r: True),
    )


def _to_close(view: QueryView) -> bool:
    return view.state in {"answered", "resolved"} and not view.check_id


_FIRST = {"monitor": "f.verify", "investigator": "f.sign", "coordinator": "q.new"}


class MonitoringPage(Page):
    """Three columns, as in a mail reader; F6 and Tab move between them."""

    rail: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._queries: tuple[QueryView, ...] = ()
        self._rows: dict[str, tuple[SheetRow, ...]] = {}
        self._job: JobOp[Any] | None = None
        self._choices = _choices()
        self._keep = ""
        self.head = PageHead(tr("Monitoring"))
        self.choices = self._make_choices()
        self.filter = FilterLine("")
        self.filter.changed.connect(self._show_list)
        self.filter.left.connect(self._to_list)
        self.queries = self._make_queries()
        self.forms = self._make_forms()
        self.late = self._make_forms(late=True)
        self._lists = QStackedWidget()
        self._none = label("", tone="text-2")
        self._why_late = label("", wrap=True, selectable=True)
        self.pane = RecordPane()
        self._add_commands()
        self._arrange()

    def _add_commands(self) -> None:
        pane = self.pane
        self.command(tr("Verify the item"), "V", pane.verify_line, "review")
        self.command(tr("Verify the whole form"), "Shift+V", pane.verify_form, "review")
        self.command(tr("New query"), "Q", pane.start_query, "review")
        self.command(tr("Sign…"), "Ctrl+G", pane.sign, "review")
        self.command(tr("History of the item"), "F2", pane.open_history, "review")
        self.command(tr("Show in the binder"), "B", pane.open_binder, "patient")
        self.command(tr("Filter this list"), "/", self.filter.field.setFocus, "view")

    def _arrange(self) -> None:
        px = theme().px
        for table in (self.queries, self.forms, self.late):
            self._lists.addWidget(table)
        left = box(column(self.choices, margins=(0, 2, 0, 0)))
        left.setFixedWidth(px(56))
        middle = column(
            self.filter, self._none, self._lists, self._why_late, margins=(2, 2, 0, 1), spacing=1
        )
        middle.setStretch(2, 1)
        self.filter.field.setFixedWidth(px(60))
        centre = box(middle)
        self.pane.setMinimumWidth(px(112))
        columns = row(left, rule("v"), centre, rule("v"), self.pane, spacing=0)
        columns.setStretch(2, 5)
        columns.setStretch(4, 6)
        keys = KeyLine(
            [
                ("V", tr("verify the item")),
                ("Shift+V", tr("the whole form")),
                ("Q", tr("query")),
                ("F2", tr("history of the item")),
                ("Enter", tr("open the form")),
            ]
        )
        whole = column(
            box(column(self.head, margins=(5, 4, 5, 2))),
            rule("strong"),
            columns,
            box(column(keys, margins=(5, 0, 5, 2))),
        )
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def _make_choices(self) -> RowTable:
        columns = [
            Column(tr("Show"), lambda c: c.title),
            Column("", lambda c: "" if c.number is None else str(c.number), right=True, units=14,
                   tone="text-2"),
        ]  # fmt: skip
        table = RowTable(columns, row_units=7, name=tr("What to show"))
        table.horizontalHeader().hide()
        table.chosen.connect(self._show_list)
        table.opened.connect(self._to_list)
        return table

    def _make_queries(self) -> RowTable:
        def state(view: QueryView) -> tuple[str, str]:
            return tr(QUERY_STATES[view.state]), QUERY_TONES[view.state]

        columns = [
            Column(tr("Patient"), lambda v: v.subject_id, weight=500, sample="01-0470"),
            Column(
                tr("State"),
                lambda v: tr(QUERY_STATES[v.state]),
                sample="\n".join(tr(word) for word in QUERY_STATES.values()) + "\nanswered mm",
            ),
            Column(tr("About"), about, tip=about, tone="text-2", yields=1),
            Column(tr("Question"), question, tip=question),
            Column(
                tr("Open for"),
                lambda v: count(v.days_open, "1 day", "{n} days"),
                order=lambda v: v.days_open,
                tone="text-2",
                right=True,
                sample=tr("{n} days", n=1000),
            ),
        ]
        table = RowTable(columns, {1: ChipDelegate(self, state)}, name=tr("Queries"))
        table.chosen.connect(self._query_chosen)
        table.opened.connect(self._to_pane)
        return table

    def _make_forms(self, *, late: bool = False) -> RowTable:
        """Return a list of forms; `late` tells how late they were entered, else whether opened."""

        def state(found: SheetRow) -> tuple[str, str]:
            return text(found.state.title), STATE_TONES[found.state]

        asked = Column(
            tr("Queries"),
            lambda r: str(r.open_queries or ""),
            order=lambda r: r.open_queries or None,
            tone="warn",
            right=True,
            sample="12",
        )
        opened = Column(tr("Opened"), _opened_words, tone="text-2", sample=tr("changed"), yields=1)
        late_by = Column(
            tr("Late by"),
            lambda r: count(r.late, "1 day", "{n} days"),
            tone="warn",
            right=True,
            sample=tr("{n} days", n=1000),
            tip=_late_tip,
        )
        why = Column(tr("Reason"), _late_why, tip=_late_why, tone="text-2", units=30)

        columns = [
            Column(tr("Patient"), lambda r: r.subject_id, weight=500, sample="01-0470"),
            Column(tr("Visit"), lambda r: r.visit or "–", sample="UNS 12"),
            Column(tr("Form"), _form_words, tip=_form_words),
            Column(
                tr("State"),
                lambda r: text(r.state.title),
                sample="\n".join(text(one.title) + " m" for one in FormState),
                yields=1 if late else 0,
            ),
            *([late_by, why] if late else [asked, opened]),
        ]
        table = RowTable(columns, {3: ChipDelegate(self, state)}, name=tr("Forms"))
        table.chosen.connect(self._form_chosen)
        table.opened.connect(self._to_pane)
        return table

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Monitoring")

    def activate(self, argument: object) -> None:
        """Show queries and forms; the argument is a query's id or a choice's key."""
        wanted = argument if isinstance(argument, str) else ""
        session = hub().session
        role = session.actor.role if session is not None else ""
        self._keep = wanted if "." not in wanted else ""
        key = wanted if "." in wanted else "q.open" if wanted else _FIRST.get(role, "q.open")
        if not self.choices.shown:
            self._show_choices(key)
        elif wanted:
            self._go_to_choice(key)
        self._read()
        self._to_list()

    def refresh(self, changes: ChangeSet) -> None:
        self._read(changes.patient_ids)

    def _read(self, patient_ids: frozenset[str] = frozenset()) -> None:
        """Read the queries, and the forms of the patients named or of all, in the background."""
        ReadOp(self, _read_queries, self._take_queries).run()
        session = hub().session
        if session is None:
            return
        if self._job is not None:
            self._job.cancel()
            patient_ids = frozenset()  # what was being read is not known
        work = partial(_read_forms, session, patient_ids)
        self._job = JobOp(self, work, self._take_forms, self._forms_not_read, self._progress)
        self._job.run()

    def _take_queries(self, found: tuple[QueryView, ...]) -> None:
        self._queries = found
        self._show_all()

    def _take_forms(self, found: dict[str, tuple[SheetRow, ...]]) -> None:
        self._job = None
        self._rows |= found
        self._show_all()

    def _forms_not_read(self, problem: Exception) -> None:
        if not isinstance(problem, Cancelled):
            self._job = None
            hub().problem.emit(problem)

    def _progress(self, done: int, total: int, _what: str) -> None:
        self.head.say(tr("Reading forms, {done} of {total} patients", done=done, total=total))

    # --- lists -----------------------------------------------------------------------------

    def _all(self, kind: str) -> list[Any]:
        if kind == "queries":
            return list(self._queries)
        return [one for rows in self._rows.values() for one in rows]

    def _show_choices(self, key: str) -> None:
        known = {kind: self._all(kind) for kind in ("queries", "forms")}
        read = {"queries": True, "forms": bool(self._rows)}
        numbered = [
            Choice(c.key, c.title, c.kind, c.wanted,
                   sum(bool(c.wanted(one)) for one in known[c.kind]) if read[c.kind] else None)
            for c in self._choices
        ]  # fmt: skip
        rows: list[Choice | GroupRow] = []
        for kind, title in (("queries", tr("Queries")), ("forms", tr("Forms"))):
            rows.append(GroupRow(title, len(known[kind])))
            rows += [one for one in numbered if one.kind == kind]
        self.choices.blockSignals(True)
        self.choices.set_rows(rows, "key")
        self.choices.blockSignals(False)
        self._go_to_choice(key)

    def _go_to_choice(self, key: str) -> None:
        for number, one in enumerate(self.choices.rows_model.rows):
            if isinstance(one, Choice) and one.key == key:
                self.choices.setCurrentIndex(self.choices.rows_model.index(number, 0))

    @property
    def choice(self) -> Choice | None:
        """The line chosen on the left."""
        found = self.choices.current
        return found if isinstance(found, Choice) else None

    def _show_all(self) -> None:
        key = self.choice.key if self.choice is not None else "q.open"
        self._show_choices(key)
        self._show_list()
        number = sum(one.state != "closed" for one in self._queries)
        forms = self._all("forms")
        waiting = sum(one.state is FormState.COMPLETE for one in forms)
        words = count(number, "1 query open", "{n} queries open")
        if self._rows:
            words += " · " + count(waiting, "1 form to verify", "{n} forms to verify")
        self.head.say(words)

    def _show_list(self, _chosen: object = None) -> None:
        choice = self.choice
        if choice is None:
            return
        words = self.filter.text.casefold().split()
        forms = self.late if choice.key == _LATE else self.forms
        table = self.queries if choice.kind == "queries" else forms
        say = _query_words if choice.kind == "queries" else _sheet_words
        rows = [one for one in self._all(choice.kind) if choice.wanted(one)]
        if choice.key == _LATE:
            rows.sort(key=lambda one: -one.late)
        shown = [one for one in rows if all(word in say(one) for word in words)]
        self._lists.setCurrentWidget(table)
        self._why_late.setVisible(table is self.late and bool(shown))
        table.set_rows(shown, "id" if choice.kind == "queries" else "key")
        if self._keep:
            self._go_to_query(self._keep)
        self.filter.say_shown(tr("{shown} of {all}", shown=len(shown), all=len(rows)))
        self._none.setText("" if shown else tr("Nothing here."))
        self._none.setVisible(not shown)
        if not shown:
            self.pane.clear()

    def _go_to_query(self, query_id: str) -> None:
        for number, one in enumerate(self.queries.shown):
            if one.id == query_id:
                self._keep = ""
                self.queries.setCurrentIndex(self.queries.rows_model.index(number, 0))

    def _query_chosen(self, view: QueryView | None) -> None:
        if view is None or self._lists.currentWidget() is not self.queries:
            return
        self.pane.show_query(view)

    def _form_chosen(self, found: SheetRow | None) -> None:
        if found is not None and self._lists.currentWidget() in (self.forms, self.late):
            self.pane.show_form(*found.key)
            self._why_late.setText(f"{_late_tip(found)}\n{_late_why(found)}")

    def _to_list(self, _row: object = None) -> None:
        shown = self._lists.currentWidget()
        if shown is not None:
            shown.setFocus()

    def _to_pane(self, _row: object) -> None:
        self.pane.table.setFocus()


def _form_words(found: SheetRow) -> str:
    many = f" ×{found.records}" if found.records > 1 else ""
    return f"{form_title(found.form)}{many}"


def _late_tip(found: SheetRow) -> str:
    return count(found.late, "Entered 1 day after the event", "Entered {n} days after the event")


def _late_why(found: SheetRow) -> str:
    """Return why its records came late, each reason once."""
    return "; ".join(late_words(one, language()) for one in found.late_reasons)


def _opened_words(found: SheetRow) -> str:
    """Return whether this person has had the forms open as they are now."""
    if found.news:
        return tr("changed")
    return "" if found.unopened else tr("yes")


def _query_words(view: QueryView) -> str:
    return f"{view.subject_id} {about(view)} {question(view)} {view.opened_by}".casefold()


def _sheet_words(found: SheetRow) -> str:
    parts = (found.subject_id, found.visit, form_title(found.form), text(found.state.title))
    return " ".join(parts).casefold()


def _read_queries(session: StudySession) -> tuple[QueryView, ...]:
    from lnmonitor.services.queries import queries

    return queries(session, states=None)


def _read_forms(
    session: StudySession, patient_ids: frozenset[str], progress: Progress
) -> dict[str, tuple[SheetRow, ...]]:
    """Read the forms patient by patient, so that other reads take turns."""
    from lnmonitor.services.patients import list_patients

    people = on_database(partial(list_patients, session))
    ids = [one.patient_id for one in people]
    wanted = [one for one in ids if one in patient_ids] if patient_ids else ids
    found = {}
    for number, patient_id in enumerate(wanted):
        progress(number, len(wanted), "")
        found[patient_id] = on_database(partial(read_rows, session, patient_id))
    return found
