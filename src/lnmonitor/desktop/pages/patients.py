"""All patients, one line each: where they stand, what comes next, how active the disease is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot

from lnmonitor.clock import today
from lnmonitor.desktop.delegates.cells import ChipDelegate, SparkDelegate
from lnmonitor.desktop.delegates.window_bar import WindowBar, WindowBarDelegate
from lnmonitor.desktop.dialogs.new_patient import open_new_patient
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.models.patient_filter import matches, parse
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.preferences import preferences
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.visit_words import window_bar, window_tone, window_words
from lnmonitor.desktop.widgets.filter_line import FilterLine
from lnmonitor.desktop.widgets.key_line import KeyLine
from lnmonitor.desktop.widgets.layout import column
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button
from lnmonitor.desktop.words import count, iso_date
from lnmonitor.study.codelists import codelist

if TYPE_CHECKING:
    from lnmonitor.desktop.pages.patient.view import ResultsView
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.patients import PatientSummary
    from lnmonitor.services.session import StudySession

_SLEDAI_TOP = 20.0  # the same scale in every row, so that patients can be compared
_RESPONSE_WORDS = {"CR": "Complete", "PR": "Partial", "NR": "No response", "unknown": "Unknown"}
RESPONSE_CHIPS = {"CR": "cr", "PR": "pr", "NR": "nr"}


class PatientsPage(Page):
    """A table with a filter line; sorting and filter stay while the program runs."""

    def __init__(self) -> None:
        super().__init__()
        self._today = today(hub().clock)
        self._patients: tuple[PatientSummary, ...] = ()
        add = button(tr("New patient"), self.new_patient, kind="primary", icon_name="plus")
        if not self.may_enter():
            add.hide()
        self.head = PageHead(tr("Patients"), add)
        self.filter = FilterLine(tr("47   status:on   flag:open   response:cr   due:<14d"))
        self.strip = MessageStrip()
        self.table = self._make_table()
        self.command(tr("Open patient"), "Return", self.open_patient, "patient", shortcut=False)
        if self.may_enter():
            self.command(tr("Enter next visit"), "E", self.enter_visit, "visit")
            self.command(tr("New patient"), "Ctrl+N", self.new_patient, "patient")
        self.command(tr("Why: explain"), "W", self.why, "review")
        self.command(tr("Filter this list"), "/", self.filter.field.setFocus, "view")
        keys = [("↑ ↓", tr("move")), ("Enter", tr("open"))]
        keys += [("W", tr("why this response and score")), ("/", tr("filter"))]
        if self.may_enter():
            keys.insert(2, ("E", tr("enter next visit")))
        body = column(
            self.head,
            self.filter,
            self.strip,
            self.table,
            KeyLine(keys),
            margins=(5, 4, 5, 3),
            spacing=3,
        )
        body.setStretch(3, 1)
        self.setLayout(body)
        self.filter.changed.connect(self._filter)
        self.filter.left.connect(self.table.setFocus)

    def _make_table(self) -> RowTable:
        now = self._today
        columns = [
            Column(tr("Patient"), lambda p: p.subject_id, weight=500, sample="01-0470"),
            Column(tr("Status"), lambda p: text(p.status), tone="text-2", sample=_all_statuses()),
            Column(
                tr("Sex, age"),
                _sex_age,
                order=lambda p: p.age,
                tone="text-2",
                sample="F, 44",
                yields=4,
            ),
            Column(
                tr("Infused"),
                lambda p: iso_date(p.infused_on),
                order=lambda p: p.infused_on or "",
                tone="text-2",
                sample="28 Nov 2025",
            ),
            Column(
                tr("Day"),
                lambda p: "" if p.day is None else str(p.day),
                order=lambda p: p.day,
                sample="1000",
                right=True,
                yields=3,
            ),
            Column(tr("Last visit"), _last_visit, order=_last_date, sample="M12, 28 Nov 2025"),
            Column(
                tr("Next visit"),
                lambda p: _next(p, now),
                order=_next_order,
                tone=lambda p: window_tone(p.next_visit, now) if p.next_visit else "text-muted",
            ),
            Column(tr("−6 wk\ttoday\t+6 wk"), lambda p: _next(p, now), units=32, yields=2),
            Column("SLEDAI", lambda p: p.last_sledai, order=_last_score, units=31),
            Column(
                tr("Response"),
                _response,
                order=_response_order,
                sample=_all_responses(),
            ),
            Column(
                tr("Flags"),
                lambda p: str(p.open_flags) if p.open_flags else "",
                order=lambda p: -p.open_flags,
                tone="serious",
                weight=600,
                sample="10",
                right=True,
            ),
        ]
        delegates = {
            7: WindowBarDelegate(self, self._bar),
            8: SparkDelegate(self, lambda p: p.sledai, _SLEDAI_TOP),
            9: ChipDelegate(self, _response_chip),
        }
        table = RowTable(columns, delegates, sortable=True, name=tr("Patients"))
        table.opened.connect(self._open)
        kept = preferences().sort.get("patients")
        if kept and len(kept) == 2 and 0 <= kept[0] < len(columns):
            order = Qt.SortOrder.DescendingOrder if kept[1] else Qt.SortOrder.AscendingOrder
            table.horizontalHeader().setSortIndicator(kept[0], order)
        table.horizontalHeader().sortIndicatorChanged.connect(self._keep_sort)
        return table

    def _bar(self, patient: PatientSummary) -> WindowBar | None:
        return window_bar(patient.next_visit, self._today) if patient.next_visit else None

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Patients")

    def activate(self, argument: object) -> None:
        if isinstance(argument, str):
            self.filter.field.setText(argument)
        self._read()
        self.table.setFocus()

    def refresh(self, _changes: ChangeSet) -> None:
        self._read()

    def _read(self) -> None:
        from lnmonitor.services.patients import list_patients

        ReadOp(self, list_patients, self.show_patients).run()

    def show_patients(self, patients: tuple[PatientSummary, ...]) -> None:
        """Show what was read, filtered as before."""
        self._patients = patients
        on_study = sum(p.status_code == "FOLLOW-UP" for p in patients)
        screening = sum(p.status_code == "SCREENING" for p in patients)
        self.head.say(
            count(len(patients), "1 patient", "{n} patients")
            + tr(", {n} in follow-up, {m} in screening.", n=on_study, m=screening)
        )
        self._filter()

    @Slot()
    def _filter(self, _typed: str = "") -> None:
        terms = parse(self.filter.text)
        shown = [p for p in self._patients if matches(p, terms)]
        self.table.set_rows(shown, "patient_id")
        hub().patient_order = tuple(p.patient_id for p in self.table.shown)
        self.filter.say_shown(
            tr("{n} of {all}", n=len(shown), all=len(self._patients)) if terms else ""
        )
        unknown = [term.text for term in terms if term.test is None]
        if unknown:
            self.strip.say(
                "ask", tr("{term} is not understood. See the examples.", term=unknown[0])
            )
        elif not self._patients:
            self.strip.say(
                "info",
                tr("No patients yet. Add the first, or import a file."),
                ((tr("New patient"), self.new_patient),) if self.may_enter() else (),
            )
        elif not shown:
            self.strip.say(
                "info",
                tr("No patient matches {filter}.", filter=self.filter.text),
                ((tr("Clear filter (Esc)"), self.filter.field.clear),),
            )
        else:
            self.strip.clear()

    @Slot(int, Qt.SortOrder)
    def _keep_sort(self, section: int, order: Qt.SortOrder) -> None:
        preferences().sort["patients"] = [section, int(order == Qt.SortOrder.DescendingOrder)]
        preferences().save()
        hub().patient_order = tuple(p.patient_id for p in self.table.shown)

    # --- actions ---------------------------------------------------------------------------

    def open_patient(self) -> None:
        """Open the patient of the row."""
        if self.table.current is not None:
            self._open(self.table.current)

    def enter_visit(self) -> None:
        """Open the patient's next visit for entry."""
        found: PatientSummary | None = self.table.current
        if found is not None and found.next_visit is not None:
            visit = found.next_visit.visit
            where = visit.id if visit is not None else found.next_visit.planned.code
            hub().open_page.emit("visit", (found.patient_id, where))

    def why(self) -> None:
        """Explain the last response and score of the row, where they stand."""
        found: PatientSummary | None = self.table.current
        if found is not None:
            work = partial(_read_results, patient_id=found.patient_id)
            ReadOp(self, work, partial(self._explain, found)).run()

    def _explain(self, patient: PatientSummary, view: ResultsView) -> None:
        from lnmonitor.desktop.pages.patient.view import explained, topics_of_visit
        from lnmonitor.desktop.source_links import open_source
        from lnmonitor.desktop.widgets.explain_popover import ExplainPopover

        if not self.isVisible() or self.table.current is not patient:
            return  # one has gone on meanwhile
        judged = [
            one
            for one in view.course.visits
            if any(k.startswith("response.") for k in one.outcomes)
        ]
        seen = judged or [one for one in view.course.visits if one.outcomes]
        visit = seen[-1] if seen else None
        topics = topics_of_visit(view, visit.visit_id) if visit is not None else ()
        where = f", {visit.code}, {iso_date(visit.date)}" if visit is not None else ""
        link = (tr("Open patient"), partial(self._open, patient))
        about = f"{patient.subject_id}{where}"
        first = next((n for n, t in enumerate(topics) if t.key.startswith("response.")), 0)
        popover = ExplainPopover(
            about,
            explained(view, topics),
            self.window(),
            first=first,
            action=link,
            go=partial(open_source, patient.patient_id),
        )
        row = self.table.visualRect(self.table.currentIndex())
        place = self.table.viewport().mapToGlobal(row.bottomLeft())
        place.setX(place.x() + self.table.viewport().width() - popover.width())
        popover.open_at(place)

    def new_patient(self) -> None:
        """Open the new patient window."""
        open_new_patient(self.window())

    @staticmethod
    def _open(patient: Any) -> None:
        hub().open_page.emit("patient", patient.patient_id)


def _read_results(session: StudySession, *, patient_id: str) -> ResultsView:
    """Read what the explanations stand on."""
    from lnmonitor.desktop.pages.patient.view import ResultsView
    from lnmonitor.services import flags, patients

    return ResultsView(
        course=patients.course(session, patient_id),
        data=patients.patient_data(session, patient_id),
        protocol=session.protocol,
        flags=flags.flags(session, patient_id, include_closed=True),
    )


def _all_responses() -> str:
    return "\n".join(tr(words) + "  " for words in _RESPONSE_WORDS.values())


def _all_statuses() -> str:
    return "\n".join(text(code.text) for code in codelist("DSDECOD").entries)


def _sex_age(patient: PatientSummary) -> str:
    parts = [tr(patient.sex) if patient.sex else "", "" if patient.age is None else patient.age]
    return ", ".join(str(part) for part in parts if part != "")


def _last_visit(patient: PatientSummary) -> str:
    last = patient.last_visit
    return f"{last.code}, {iso_date(last.date)}" if last else ""


def _last_date(patient: PatientSummary) -> str:
    return patient.last_visit.date if patient.last_visit else ""


def _next(patient: PatientSummary, now: Any) -> str:
    visit = patient.next_visit
    return f"{visit.planned.code}, {window_words(visit, now)}" if visit else ""


def _next_order(patient: PatientSummary) -> str:
    visit = patient.next_visit
    return visit.closes.isoformat() if visit and visit.closes else ""


def _last_score(patient: PatientSummary) -> float | None:
    return patient.sledai[-1][1] if patient.sledai else None


def _response(patient: PatientSummary) -> str:
    words = _RESPONSE_WORDS.get(patient.response, patient.response)
    return tr(words) if words else ""


def _response_order(patient: PatientSummary) -> int | None:
    order = {"CR": 0, "PR": 1, "NR": 2, "unknown": 3}
    return order.get(patient.response)


def _response_chip(patient: PatientSummary) -> tuple[str, str]:
    return _response(patient), RESPONSE_CHIPS.get(patient.response, "unknown")
