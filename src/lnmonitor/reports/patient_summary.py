"""The patient's case report: the story on one page, then the values and reasons behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from lnmonitor.analysis.course import Course, Flag, Measured, VisitAssessment
from lnmonitor.analysis.explain import Explanation, Line, explain
from lnmonitor.analysis.side_by_side import other_responses
from lnmonitor.analysis.story import Story
from lnmonitor.i18n import Translator, translator
from lnmonitor.language import Language
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.clock_notes import clock_lines
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.instants import zone_words
from lnmonitor.reports.page import TEXT_WIDTH, Imprint, build
from lnmonitor.reports.signature_pages import signature_table
from lnmonitor.reports.story_chart import story_drawing
from lnmonitor.reports.wording import visit_words
from lnmonitor.services.clock import ClockAnomaly
from lnmonitor.services.signatures import SignatureView
from lnmonitor.study.analytes import ANALYTES, Analyte
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms.drugs import Glucocorticoid, Immunosuppressant
from lnmonitor.study.forms.events import AdverseEvent, Disposition, ProtocolDeviation
from lnmonitor.study.forms.infusion import Infusion
from lnmonitor.study.forms.procedures import KidneyReplacement
from lnmonitor.study.forms.visit import Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

_FIRST_PAGE_ANALYTES = ("CREAT", "ALB", "URBC", "DSDNA")
_VISITS_IN_A_TABLE = 7
_MOST_OF_A_PAGE = 440.0
"""Points; the frame of a page is about 660 high."""
_EXPLAINED = ("sledai", "bilag.renal", "egfr", "kdigo")


@dataclass(frozen=True)
class CaseReport:
    """All that a patient's document is made of.

    Attributes:
        data: of the patient; records that are voided and signed are in `records` only, by id.
        now: of this workstation's clock.
    """

    data: PatientData
    course: Course
    story: Story
    signatures: Sequence[SignatureView]
    records: Mapping[str, Record[Form]]
    clock: Sequence[ClockAnomaly]
    now: datetime
    imprint: Imprint


def patient_summary(report: CaseReport) -> bytes:
    """Return the finished PDF."""
    return build(lambda: _parts(report), report.imprint)


def _parts(report: CaseReport) -> list[Flowable]:
    # Details begin on a page of their own, unless the flags went over to a second page already.
    return [*_first_page(report), CondPageBreak(_MOST_OF_A_PAGE), *_details(report)]


def _first_page(report: CaseReport) -> list[Flowable]:
    language, tr = report.imprint.language, translator(report.imprint.language)
    story = report.story
    parts: list[Flowable] = [
        flow.title(tr.text("Patient summary"), f"{story.subject_id}, {story.status.in_(language)}"),
        Spacer(0, 6),
        flow.facts([(fact.label.in_(language), fact.value.in_(language)) for fact in story.facts]),
        Spacer(0, 4),
    ]
    if report.course.flags:
        first = explain(_most_urgent(report.course.flags), language)
        evidence = [_criterion(line) for line in (*first.met, *first.missing)]
        words = f"{first.title}. {first.sentence} {'; '.join(evidence)}."
        parts += [flow.message(words), Spacer(0, 6)]
    parts.append(story_drawing(story, language, TEXT_WIDTH))
    visits = _seen(report.course.visits)[-_VISITS_IN_A_TABLE:]
    if visits:
        shown = [code for code in _FIRST_PAGE_ANALYTES if any(code in v.labs for v in visits)]
        parts += [Spacer(0, 6), _laboratory_table(visits, shown, report)]
    return [*parts, *_flags_and_serious(report)]


def _most_urgent(flags: Sequence[Flag]) -> Flag:
    """A flare says most about the course; then what is serious, then what is recent."""
    order = {"serious": 0, "warn": 1, "info": 2}

    def urgency(flag: Flag) -> tuple[bool, int, int]:
        return not flag.kind.startswith("flare."), order[flag.severity], -(flag.day or 0)

    return min(flags, key=urgency)


def _seen(visits: Iterable[VisitAssessment]) -> list[VisitAssessment]:
    return [visit for visit in visits if visit.took_place]


def _flags_and_serious(report: CaseReport) -> list[Flowable]:
    language, tr = report.imprint.language, translator(report.imprint.language)
    rows = [
        (flag.title.in_(language), f"{flag.date}, {explain(flag, language).sentence}")
        for flag in report.course.flags
    ]
    for record in report.data.of(AdverseEvent):
        event = record.form
        if event.serious == "Y":
            text = (
                tr.text("SAE"),
                event.term or "",
                tr.text("grade {grade}", grade=event.grade or "–"),
            )
            rows.append(
                (": ".join(text[:2]), ", ".join((text[2], _period(event), _outcome(event, report))))
            )
    head = flow.section(tr.text("Flags and serious events"))
    if not rows:
        return [flow.together(*head, flow.text(tr.text("None."), tone="text-2"))]
    made = flow.table((tr.text("What"), tr.text("Evidence")), rows, (1, 2.6))
    return [*head, made]


def _details(report: CaseReport) -> list[Flowable]:
    return [
        *_laboratory(report),
        *_scores(report),
        *_infusions(report),
        *_events(report),
        *_drugs(report),
        *_kidney_replacement(report),
        *_deviations(report),
        *_disposition(report),
        *_explanations(report),
        *_signatures(report),
        *_about(report),
    ]


# --- signatures, and what the instants stand on -------------------------------------------------


def _signatures(report: CaseReport) -> list[Flowable]:
    tr = translator(report.imprint.language)
    visits = {
        one.id: visit_words(one.form)
        for one in report.records.values()
        if isinstance(one.form, Visit)
    }
    made = signature_table(report.signatures, visits, report.records, tr)
    return flow.headed(flow.section(tr.text("Signatures")), [made])


def _about(report: CaseReport) -> list[Flowable]:
    tr = translator(report.imprint.language)
    zone = tr.text(
        "Instants are on the clock of the workstation that wrote them, with its offset from UTC;"
        " this one's: {zone}.",
        zone=zone_words(report.now),
    )
    lines = [zone, *clock_lines(report.clock, report.now.tzinfo, tr)]
    return [
        *flow.section(tr.text("About this document")),
        *(flow.text(line, points=8.5) for line in lines),
    ]


# --- laboratory ---------------------------------------------------------------------------------


def _laboratory(report: CaseReport) -> list[Flowable]:
    tr = translator(report.imprint.language)
    parts = flow.section(tr.text("Laboratory, all results by visit"))
    visits = _seen(report.course.visits)
    used = [code for code in ANALYTES if any(code in visit.labs for visit in visits)]
    if not used:
        return [*parts, flow.text(tr.text("None."), tone="text-2")]
    tables = math.ceil(len(visits) / _VISITS_IN_A_TABLE)
    size = math.ceil(len(visits) / tables)  # tables of like width, none with a single visit
    for start in range(0, len(visits), size):
        chunk = visits[start : start + size]
        shown = [code for code in used if any(code in visit.labs for visit in chunk)]
        parts += [_laboratory_table(chunk, shown, report), Spacer(0, 6)]
    note = tr.text("Standard units. H and L against the laboratory's range of that date. "
                   "ND not done, UNK unknown, NA not applicable.")  # fmt: skip
    return [*parts, flow.text(note, points=8, tone="text-2")]


def _laboratory_table(
    visits: Sequence[VisitAssessment], analytes: Sequence[str], report: CaseReport
) -> Flowable:
    language, tr = report.imprint.language, translator(report.imprint.language)
    head = [tr.text("Analyte"), *(f"{v.code} {v.date}" for v in visits)]
    rows = []
    for code in analytes:
        analyte = ANALYTES[code]
        unit = f", {analyte.unit}" if analyte.unit else ""
        name = f"{analyte.name.in_(language)}{unit}"
        rows.append([name, *(_result(visit.labs.get(code), analyte, language) for visit in visits)])
    widths = [2.1, *(1.0 for _ in head[1:])]
    return flow.table(head, rows, widths, numbers_from=1, bold_flags=True)


def _result(measured: Measured | None, analyte: Analyte, language: Language) -> str:
    """Return a result as printed; one in words, such as the kind of casts, is decoded."""
    if measured is not None and measured.value is None and measured.text and analyte.codes:
        return decode(analyte.codes, measured.text, language)
    return _value(measured, analyte.decimals)


def _value(measured: Measured | None, decimals: int | None) -> str:
    if measured is None:
        return "–"
    if measured.missing:
        return measured.missing
    if measured.value is None:
        return measured.text or measured.reported
    digits = f"{measured.value:.{decimals}f}" if decimals is not None else f"{measured.value:g}"
    shown = f"{measured.operator} {digits}".strip()
    return f"{shown} {measured.flag}".strip()


# --- scores and responses -----------------------------------------------------------------------


def _scores(report: CaseReport) -> list[Flowable]:
    tr = translator(report.imprint.language)
    head = (
        tr.text("Visit"), tr.text("Date"), tr.text("Day"), "SLEDAI-2K", tr.text("Renal BILAG"),
        tr.text("eGFR"), tr.text("Measured GFR"), tr.text("24-h protein"),
        tr.text("Prednisone"), tr.text("Response"),
    )  # fmt: skip
    rows = [_score_row(visit) for visit in report.course.visits]
    longest = max((len(visit.code) for visit in report.course.visits), default=0)
    widths = (min(2.2, max(0.8, longest / 7)), 1.2, 0.6, 1.1, 0.9, 0.8, 1.0, 1.0, 1.0, 1.0)
    return [*flow.section(tr.text("Scores and responses by visit")),
            flow.table(head, rows, widths, numbers_from=2)]  # fmt: skip


def _score_row(visit: VisitAssessment) -> tuple[str, ...]:
    sledai, bilag, egfr, response = visit.sledai(), visit.bilag(), visit.egfr(), visit.response()
    protein = visit.labs.get("U24P") or visit.labs.get("UPCR")
    return (
        visit.code,
        visit.date,
        "–" if visit.day is None else str(visit.day).replace("-", "−"),
        "–" if sledai is None else _score(sledai.score, sledai.low, sledai.high),
        "–" if bilag is None or bilag.grade is None
        else bilag.grade.value + ("*" if bilag.provisional else ""),
        "–" if egfr is None else f"{egfr:.0f}",
        _value(visit.labs.get("GFRM"), 1),
        _value(protein, 2).removesuffix(" H"),
        "–" if visit.prednisone_mg is None else f"{visit.prednisone_mg:g}",
        "–" if response is None else response.value.upper(),
    )  # fmt: skip


def _score(score: int | None, low: int, high: int) -> str:
    return str(score) if score is not None else f"{low}–{high}"


# --- records ------------------------------------------------------------------------------------


def _record_table(
    report: CaseReport,
    title: str,
    records: Sequence[Record[Form]],
    columns: Sequence[tuple[str, float]],
) -> list[Flowable]:
    """A table of one form: the named items as columns, codes decoded."""
    tr = translator(report.imprint.language)
    head = flow.section(tr.text(title))
    if not records:
        return [flow.together(*head, flow.text(tr.text("None."), tone="text-2"))]
    form = type(records[0].form)
    labels = [_label(form, name, report) for name, _width in columns]
    rows = [[_shown(record, name, report) for name, _width in columns] for record in records]
    widths = [width for _name, width in columns]
    return flow.headed(head, [flow.table(labels, rows, widths)])


def _label(form: type[Form], name: str, report: CaseReport) -> str:
    unit = form.items()[name].item.unit
    label = form.label(name, report.imprint.language)
    return f"{label}, {unit}" if unit else label


def _shown(record: Record[Form], name: str, report: CaseReport) -> str:
    if name in record.missing:
        return record.missing[name]
    value, item = record.form.get(name), record.form.items()[name].item
    if value is None:
        return "–"
    if value == "OTHER" and isinstance(record.form, Immunosuppressant) and record.form.drug_text:
        return record.form.drug_text
    if item.codes:
        return decode(item.codes, value, report.imprint.language)
    if isinstance(value, float):
        digits = f"{value:.{item.decimals}f}" if item.decimals is not None else f"{value:g}"
        return digits.rstrip("0").rstrip(".") if name.startswith("dose") else digits
    return str(value).replace("T", " ") if item.kind is not None else str(value)


def _infusions(report: CaseReport) -> list[Flowable]:
    columns = (
        ("number", 0.7), ("started_at", 1.3), ("cell_source", 1.1), ("lot", 1.1), ("passage", 0.7),
        ("viability_percent", 0.9), ("weight_kg", 0.9), ("viable_cells", 1.1), ("reaction", 0.9),
    )  # fmt: skip
    language = report.imprint.language
    parts = _record_table(report, "Infusions", report.data.of(Infusion), columns)
    for infusion in report.course.infusions:
        parts += _explained(explain(infusion.check, language))
    return parts


def _events(report: CaseReport) -> list[Flowable]:
    columns = (
        ("term", 2.2), ("start", 1.1), ("stop", 1.1), ("grade", 1.1), ("serious", 0.7),
        ("related_msc", 1.2), ("outcome", 1.2),
    )  # fmt: skip
    return _record_table(report, "Adverse events", report.data.of(AdverseEvent), columns)


def _drugs(report: CaseReport) -> list[Flowable]:
    steroid = (
        ("drug", 1.6), ("dose_mg", 0.8), ("frequency", 1.2), ("route", 0.9), ("start", 1.1),
        ("stop", 1.1), ("change_reason", 1.8),
    )  # fmt: skip
    other = (
        ("drug", 1.6), ("dose", 0.7), ("dose_unit", 0.6), ("frequency", 1.2), ("route", 0.9),
        ("start", 1.0), ("stop", 1.0), ("change_reason", 1.5),
    )  # fmt: skip
    data = report.data
    return [
        *_record_table(report, "Glucocorticoids", data.of(Glucocorticoid), steroid),
        *_record_table(
            report, "Immunosuppressants and other drugs", data.of(Immunosuppressant), other
        ),
    ]


def _kidney_replacement(report: CaseReport) -> list[Flowable]:
    """Show the section only where there is something to tell: the heading alone would alarm."""
    if not report.data.of(KidneyReplacement):
        return []
    columns = (("kind", 1.4), ("start", 1.3), ("stop", 1.8), ("indication", 2.1))
    title = KidneyReplacement.title.en
    return _record_table(report, title, report.data.of(KidneyReplacement), columns)


def _deviations(report: CaseReport) -> list[Flowable]:
    columns = (("occurred_on", 1.0), ("category", 1.2), ("severity", 0.8), ("description", 4.0))
    return _record_table(report, "Protocol deviations", report.data.of(ProtocolDeviation), columns)


def _disposition(report: CaseReport) -> list[Flowable]:
    columns = (
        ("status", 1.5),
        ("occurred_on", 1.0),
        ("last_contact", 1.0),
        ("cause_of_death", 2.0),
    )
    return _record_table(report, "Disposition", report.data.of(Disposition), columns)


def _period(event: AdverseEvent) -> str:
    return f"{event.start or '?'} – {event.stop or ''}".strip()


def _outcome(event: AdverseEvent, report: CaseReport) -> str:
    return decode("AEOUT", event.outcome, report.imprint.language)


# --- explanations -------------------------------------------------------------------------------


def _explanations(report: CaseReport) -> list[Flowable]:
    language, tr = report.imprint.language, translator(report.imprint.language)
    parts = flow.section(tr.text("Why: flags, and the results of the last visit"))
    for flag in report.course.flags:
        parts += _explained(explain(flag, language))
    visits = _seen(report.course.visits)
    if visits:
        last = visits[-1]
        parts.append(flow.text(f"{last.code}, {last.date}", weight=Weight.SEMIBOLD))
        primary = f"response.{report.course.primary_rule}"
        for key, outcome in last.outcomes.items():
            if key.startswith(_EXPLAINED) or key == primary:
                parts += _explained(explain(outcome, language))
        parts += _other_responses(last, primary, language, tr)
    return parts


def _other_responses(
    visit: VisitAssessment, primary: str, language: Language, tr: Translator
) -> list[Flowable]:
    """Return a line for each other response definition, with what decided it."""
    others = other_responses(visit, primary, language) if primary in visit.outcomes else ()
    if not others:
        return []
    head = flow.text(tr.text("Other rule sets, same data"), weight=Weight.SEMIBOLD)
    lines = [
        f"{other.name}: {other.says}. {' '.join(_criterion(line) for line in other.why)}"
        for other in others
    ]
    return [Spacer(0, 4), head, *(flow.text(line.strip(), points=8.5) for line in lines)]


def _explained(explanation: Explanation) -> list[Flowable]:
    lines: list[Flowable] = [
        Spacer(0, 4),
        flow.text(explanation.title, weight=Weight.SEMIBOLD),
        flow.text(explanation.sentence),
    ]
    marks = (("✓", explanation.met), ("–", explanation.not_met), ("?", explanation.missing))
    for mark, criteria in marks:
        lines += [flow.text(f"{mark}  {_criterion(line)}", points=8.5) for line in criteria]
    lines.append(flow.text(" ".join(explanation.source), points=8, tone="text-2"))
    return [flow.together(*lines)]


def _criterion(line: Line) -> str:
    return f"{line.text}: {line.detail}" if line.detail else line.text
