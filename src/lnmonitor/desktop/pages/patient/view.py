"""What the patient page reads in one go, and what can be explained at a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmonitor.analysis.clinical_grades import (
    PROPOSED,
    beside_the_grade,
    laboratory_grade,
    propose_at_visit,
    propose_for_event,
)
from lnmonitor.analysis.course import Course, Flag, VisitAssessment
from lnmonitor.analysis.event_reporting import reporting
from lnmonitor.analysis.explain import ctcae_term, explain
from lnmonitor.analysis.result_names import result_names
from lnmonitor.analysis.side_by_side import (
    OtherRule,
    other_bilag_flares,
    other_flares,
    other_responses,
)
from lnmonitor.analysis.sources import Sources, sources
from lnmonitor.analysis.story import Story
from lnmonitor.clinical.bilag_flare import BilagFlare
from lnmonitor.clinical.flare import Undecided
from lnmonitor.clinical.response import ResponseResult
from lnmonitor.clinical.results import Outcome, Reason
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.plots.crosshair import Stop
from lnmonitor.desktop.widgets.explain_popover import Explained
from lnmonitor.desktop.words import iso_date
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import AdverseEvent, LabResult, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record

if TYPE_CHECKING:
    from lnmonitor.services.flags import FlagView
    from lnmonitor.services.session import StudySession


_GRADE = "ctcae."


@dataclass(frozen=True, kw_only=True)
class ResultsView:
    """One patient's results with the records they stand on: what can be explained."""

    course: Course
    data: PatientData
    protocol: Protocol
    flags: tuple[FlagView, ...] = ()

    def assessment(self, visit_id: str | None) -> VisitAssessment | None:
        """Return the results of a visit."""
        return next((v for v in self.course.visits if v.visit_id == visit_id), None)

    def record(self, record_id: str) -> Record[Form] | None:
        """Return a record by its id, None when it was voided."""
        return next((r for r in self.data.records if r.id == record_id), None)

    def flag_view(self, identity: str) -> FlagView | None:
        """Return what people said about a flag."""
        return next((f for f in self.flags if f.flag.identity == identity), None)


@dataclass(frozen=True, kw_only=True)
class PatientView(ResultsView):
    """One patient as the page shows it: read at once, so that its parts belong together."""

    story: Story
    may_enter: bool = False
    may_acknowledge: bool = False
    may_dismiss: bool = False
    may_report: bool = False

    @property
    def open_flags(self) -> tuple[FlagView, ...]:
        """Return the flags nobody has judged, the gravest first."""
        return tuple(f for f in self.flags if f.state == "open")


def read_patient(session: StudySession, patient_id: str) -> PatientView:
    """Read everything that the page shows of a patient."""
    from lnmonitor.services import flags, patients
    from lnmonitor.services.permissions import Action

    may_write = not session.read_only
    return PatientView(
        story=patients.story(session, patient_id),
        course=patients.course(session, patient_id),
        data=patients.patient_data(session, patient_id),
        flags=flags.flags(session, patient_id, include_closed=True),
        protocol=session.protocol,
        may_enter=may_write and session.may(Action.ENTER),
        may_acknowledge=may_write and session.may(Action.ACKNOWLEDGE_FLAG),
        may_dismiss=may_write and session.may(Action.DISMISS_FLAG),
        may_report=session.may(Action.REPORT),
    )


@dataclass(frozen=True)
class Topic:
    """Something that can be explained: a flag or a rule's result, with its name in the chooser."""

    key: str
    name: str
    result: Outcome | Flag
    visit_id: str | None = None
    record_id: str = ""
    """The event it is about."""


def topics(view: PatientView, stop: Stop | None) -> tuple[Topic, ...]:
    """Return what can be explained at a stop: its flags first, then the rules' results."""
    visit_id = stop.visit.visit_id if stop is not None and stop.visit is not None else None
    return topics_of_visit(view, visit_id)


def topics_of_visit(view: ResultsView, visit_id: str | None) -> tuple[Topic, ...]:
    """Return what can be explained at a visit: flags, results, then what is only proposed."""
    found = [
        Topic(f"flag.{f.flag.identity}", text(f.flag.title), f.flag, f.flag.visit_id)
        for f in sorted(view.flags, key=lambda f: f.state != "open")
        if f.state != "withdrawn" and f.flag.visit_id == visit_id and visit_id is not None
    ]
    assessment = view.assessment(visit_id)
    if assessment is None:
        return tuple(found)
    outcomes = assessment.outcomes
    found += [
        Topic(key, text(name), outcomes[key], visit_id)
        for key, name in result_names(outcomes, view.protocol.response_rule).items()
    ]
    found += [
        Topic("flare", tr("Renal flare"), one, visit_id)
        for one in view.course.undecided_flares
        if one.day == assessment.day
    ]
    for term, grade in propose_at_visit(view.data, view.course, assessment).items():
        name = tr("CTCAE proposed, {term}", term=text(ctcae_term(term)))
        found.append(Topic(PROPOSED + term, name, grade, visit_id))
    return tuple(found)


def topics_of_event(view: ResultsView, record: Record[AdverseEvent]) -> tuple[Topic, ...]:
    """Return what can be explained of an event: its reporting, the grade proposed, its flags."""
    event = record.form
    found = [Topic("reporting", tr("Seriousness and reporting"), reporting(event), None, record.id)]
    proposed = propose_for_event(event, laboratory_grade(view.course, event))
    if proposed is not None:
        found.append(Topic("event grade", tr("Proposed grade"), proposed, None, record.id))
    found += [
        Topic(f"flag.{f.flag.identity}", text(f.flag.title), f.flag, f.flag.visit_id)
        for f in view.flags
        if f.state != "withdrawn" and record.id in f.flag.record_ids
    ]
    return tuple(found)


def notes_beside(view: ResultsView, topic: Topic) -> tuple[Reason, ...]:
    """Return what stands beside a laboratory grade: emergence, baseline, what an event proposes."""
    assessment = view.assessment(topic.visit_id)
    if assessment is None or not topic.key.startswith(_GRADE):
        return ()
    return beside_the_grade(view.data, view.course, assessment, topic.key.removeprefix(_GRADE))


def sources_of(view: ResultsView, topic: Topic) -> Sources:
    """Return where the numbers of a topic come from, and where its missing ones belong."""
    return sources(
        view.course,
        view.data,
        topic.result,
        language(),
        key=topic.key,
        visit_id=topic.visit_id,
        record_id=topic.record_id,
        notes=notes_beside(view, topic),
    )


def topic_of_panel(found: tuple[Topic, ...], explain_key: str) -> Topic | None:
    """Return the topic that a panel's key names; a key may name a family ("flare")."""
    if not explain_key:
        return None
    for topic in found:
        kind = topic.result.kind if isinstance(topic.result, Flag) else ""
        if topic.key == explain_key or kind.startswith(explain_key):
            return topic
    return next((t for t in found if t.key.startswith(explain_key)), None)


def other_rules(view: ResultsView, topic: Topic) -> tuple[OtherRule, ...]:
    """Return what the other definitions say of the same data, of a response or a flare."""
    assessment = view.assessment(topic.visit_id)
    if assessment is None:
        return ()
    if isinstance(topic.result, ResponseResult):
        return other_responses(assessment, topic.key, language())
    if isinstance(topic.result, BilagFlare):
        return other_bilag_flares(assessment, topic.key, language())
    if isinstance(topic.result, Undecided):
        return other_flares(view.course, topic.result.day, language())
    if isinstance(topic.result, Flag) and topic.result.kind.startswith("flare"):
        return other_flares(view.course, topic.result.day, language())
    return ()


def explained(view: ResultsView, found: tuple[Topic, ...]) -> tuple[Explained, ...]:
    """Return topics as a popover shows them."""
    return tuple(
        Explained(
            topic.name,
            explain(topic.result, language()),
            other_rules(view, topic),
            notes_beside(view, topic),
            sources_of(view, topic),
        )
        for topic in found
    )


def short_visit(code: str) -> str:
    """Return a visit's short name for column heads: M3, or Unsch."""
    return tr("Unsch.") if code.startswith("UNS") else tr(code)


def describe(record: Record[Form]) -> str:
    """Return a source record in one line: what, how much, when."""
    form = record.form
    if isinstance(form, LabResult):
        analyte = ANALYTES.get(form.analyte or "")
        name = analyte.name.in_(language()) if analyte is not None else form.analyte or ""
        value = f"{form.value:g}" if form.value is not None else form.text or "ND"
        number = f"{form.operator or ''}{value} {form.unit or ''}".strip()
        return ", ".join(p for p in (f"{name} {number}", iso_date(form.collected_on)) if p)
    if isinstance(form, Visit):
        return ", ".join(
            p for p in (short_visit(form.visit_code or ""), iso_date(form.visit_date)) if p
        )
    return text(type(form).title)
