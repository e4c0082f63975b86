"""Adverse events and drugs of a patient as two tables with bars on one time axis."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lnmonitor.analysis.clinical_grades import laboratory_grade, propose_for_event
from lnmonitor.analysis.explain import ctcae_term
from lnmonitor.analysis.story import Interval, Story
from lnmonitor.desktop.delegates.base import Index, RowDelegate
from lnmonitor.desktop.delegates.cells import GradeDelegate
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.models.rows import Column, GroupRow
from lnmonitor.desktop.pages.patient.lens import ExplainedLens
from lnmonitor.desktop.pages.patient.view import (
    PatientView,
    Topic,
    topics_of_event,
    topics_of_visit,
)
from lnmonitor.desktop.plots.scale import origin
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.words import iso_date
from lnmonitor.language import Text
from lnmonitor.study.codelists import decode
from lnmonitor.study.dates import earliest, latest
from lnmonitor.study.forms import (
    AdverseEvent,
    Glucocorticoid,
    Immunosuppressant,
    KidneyReplacement,
)
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record


@dataclass(frozen=True)
class TreatmentRow:
    """One event or drug: words of its record, and its bar in days from the first infusion."""

    key: str
    code: str
    name: str
    start: str
    stop: str
    remark: str
    grade: int | None = None
    serious: bool = False
    interval: Interval | None = None


def rows_of(view: PatientView) -> list[TreatmentRow | GroupRow]:
    """Return the events, dialysis where there is any, then the drugs, each under its heading."""
    story = view.story
    bars = {i.record_id: i for i in (*story.events, *story.drugs) if i.record_id}
    start = origin(story)
    events = [_event(view, r, bars.get(r.id)) for r in view.data.of(AdverseEvent)]
    steroids = [_steroid(r, _own_bar(r, r.form.drug, start)) for r in view.data.of(Glucocorticoid)]
    others = [_drug(r, bars.get(r.id)) for r in view.data.of(Immunosuppressant)]
    replaced = [_kidney_replacement(r, start) for r in view.data.of(KidneyReplacement)]
    found: list[TreatmentRow | GroupRow] = []
    for title, rows in (
        (tr("Adverse events"), events),
        *(((text(KidneyReplacement.title), replaced),) if replaced else ()),
        (tr("Glucocorticoids"), steroids),
        (tr("Other drugs"), others),
    ):
        found.append(GroupRow(title, len(rows), "" if rows else tr("none recorded")))
        found += sorted(rows, key=operator.attrgetter("start"))
    return found


def _event(view: PatientView, record: Record[AdverseEvent], bar: Interval | None) -> TreatmentRow:
    form = record.form
    proposed = propose_for_event(form, laboratory_grade(view.course, form))
    serious = form.serious == "Y"
    outcome = decode("AEOUT", form.outcome, language())
    cause = decode("CAUSAL", form.related_msc, language())
    coded = text(ctcae_term(form.ctcae_term or ""))
    words = [coded] if coded.casefold() != (form.term or "").casefold() else []
    words += [tr("serious")] if serious else []
    words += [tr("cells: {cause}", cause=cause)] if cause else []
    words += [outcome] if outcome else []
    if proposed is not None and proposed.low > (form.grade or 0):
        words.insert(0, tr("proposed grade {grade}", grade=proposed.low))
    return TreatmentRow(
        record.id,
        form.code,
        form.term or coded or "–",
        form.start or "",
        _stop_of(form),
        ", ".join(words),
        form.grade,
        serious,
        bar,
    )


def _stop_of(form: AdverseEvent) -> str:
    """An event without end goes on only where somebody said so."""
    if form.stop:
        return iso_date(form.stop)
    return tr("ongoing") if form.ongoing == "Y" else tr("not known")


def _steroid(record: Record[Glucocorticoid], bar: Interval | None) -> TreatmentRow:
    form = record.form
    name = decode("GCDRUG", form.drug, language())
    dose = f"{form.dose_mg:g} mg" if form.dose_mg is not None else ""
    words = (dose, decode("FREQ", form.frequency, language()), form.change_reason or "")
    return _treatment(record, name, form.start, form.stop, words, bar)


def _kidney_replacement(record: Record[KidneyReplacement], start: date | None) -> TreatmentRow:
    form = record.form
    name = decode("KRT", form.kind, language())
    bar = _own_bar(record, form.kind, start)
    return _treatment(record, name, form.start, form.stop, (form.indication or "",), bar)


def _own_bar(
    record: Record[Glucocorticoid] | Record[KidneyReplacement], name: str | None, start: date | None
) -> Interval | None:
    """A bar of what the story draws otherwise, or not: glucocorticoids are one dose curve there."""
    begun, ended = earliest(record.form.start), latest(record.form.stop)
    if start is None or begun is None:
        return None
    end = None if ended is None else float((ended - start).days)
    label = Text(name or "", name or "")
    return Interval((begun - start).days, end, label, 0, record_id=record.id)


def _drug(record: Record[Immunosuppressant], bar: Interval | None) -> TreatmentRow:
    form = record.form
    name = form.drug_text or decode("ISDRUG", form.drug, language())
    unit = decode("DOSEUNIT", form.dose_unit, language())
    dose = f"{form.dose:g} {unit}" if form.dose is not None else ""
    words = (dose, decode("FREQ", form.frequency, language()), form.change_reason or "")
    return _treatment(record, name, form.start, form.stop, words, bar)


def _treatment(
    record: Record[Any],
    name: str,
    start: str | None,
    stop: str | None,
    words: tuple[str, ...],
    bar: Interval | None,
) -> TreatmentRow:
    form: Form = record.form
    remark = ", ".join(word for word in words if word)
    return TreatmentRow(
        record.id,
        form.code,
        name or "–",
        start or "",
        iso_date(stop) or tr("ongoing"),
        remark,
        interval=bar,
    )


class IntervalDelegate(RowDelegate):
    """The bar of an event or drug; infusion and today are lines through all rows."""

    def __init__(self, parent: QObject, story: Callable[[], Story | None]) -> None:
        super().__init__(parent)
        self._story = story

    def paint_cell(self, painter: QPainter, area: QRect, _index: Index, row: Any) -> None:
        story = self._story()
        if story is None or row is None:
            return
        look, px = theme(), theme().px
        span = max(story.last_day - story.first_day, 1.0)

        def at(day: float) -> float:
            share = (day - story.first_day) / span
            return area.left() + min(max(share, 0.0), 1.0) * area.width()

        for day, token in (*((d, "text") for d in story.infusions), (story.today, "line-field")):
            line = QRectF(at(day), area.top(), 1, area.height())
            painter.fillRect(line, look.color(token))
        interval = row.interval
        if interval is None:
            return
        end = story.held_until if interval.end is None else interval.end + 1
        left = at(interval.start)
        bar = QRectF(left, area.center().y() - px(1.5), max(at(end) - left, px(1)), px(3))
        painter.setPen(look.color("serious") if row.serious else Qt.PenStyle.NoPen)
        known = interval.grade in {1, 2, 3, 4, 5}
        painter.setBrush(look.color(f"grade-{interval.grade}" if known else "dose-line"))
        painter.drawRoundedRect(bar, 2, 2)


class EventsLens(ExplainedLens):
    """The table; Enter opens the record, W explains an event or what the steroids add up to."""

    def __init__(self) -> None:
        super().__init__()
        self._story: Story | None = None
        columns = (
            Column(tr("Event or drug"), lambda r: r.name, units=50, weight=500),
            Column(tr("Grade"), lambda r: str(r.grade or ""), units=14),
            Column(tr("Start"), lambda r: iso_date(r.start), sample="12 May 2026"),
            Column(tr("Stop"), lambda r: r.stop, sample="12 May 2026"),
            Column(tr("Details"), lambda r: r.remark, tone="text-2", tip=lambda r: r.remark),
            Column(tr("Course"), _bar_words, units=72),
        )
        self.table = RowTable(columns, row_units=7.5, name=tr("Events and drugs"))
        self.table.setItemDelegateForColumn(1, GradeDelegate(self.table, lambda r: r.grade))
        bars = IntervalDelegate(self.table, self.shown_story)
        self.table.setItemDelegateForColumn(5, bars)
        self.table.opened.connect(self._open)
        px = theme().px
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(px(2), 0, px(2), 0)
        column.addWidget(self.table)
        self.set_content(content)
        self.table.chosen.connect(self.explain_choice)
        self.setFocusProxy(self.table)

    def shown_story(self) -> Story | None:
        """Return the story whose time axis the bars stand on."""
        return self._story

    def show_view(self, view: PatientView) -> None:
        """Show a patient's events and drugs."""
        self._view, self._story = view, view.story
        self.table.set_rows(rows_of(view), key="key")
        self.explain_choice()

    def topics_here(self) -> tuple[Sequence[Topic], str]:
        """Offer an event's reporting, proposed grade and flags; of a drug the steroids' results."""
        row, view = self.table.current, self._view
        if row is None or view is None:
            return (), ""
        events = {record.id: record for record in view.data.of(AdverseEvent)}
        if row.key in events:
            return topics_of_event(view, events[row.key]), ""
        seen = [visit for visit in view.course.visits if "steroids" in visit.outcomes]
        found = topics_of_visit(view, seen[-1].visit_id) if seen else ()
        return [topic for topic in found if topic.key.startswith("steroids")], "steroids.taper"

    @Slot(object)
    def _open(self, row: TreatmentRow) -> None:
        self.form_wanted.emit(row.code, row.key)


def _bar_words(row: TreatmentRow) -> str:
    """Say the bar to those who do not see it."""
    if row.interval is None:
        return ""
    end = tr("ongoing") if row.interval.end is None else f"{row.interval.end:g}"
    return f"{text(row.interval.label)}: {row.interval.start:g} – {end}"
