"""The forms of a casebook: every value as it is now, and what was said about it.

A value carries its marks in brackets: [v2] it is the second version of the value, [Q3] query 3
asks about it, [!] it is unexpected and was justified. The lines below a form say the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby

from reportlab.platypus import Flowable, Spacer

from lnmonitor.analysis.inputs import range_flag
from lnmonitor.i18n import Translator
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.grid import Cell
from lnmonitor.reports.instants import in_zone
from lnmonitor.reports.page import Mark
from lnmonitor.reports.palette import size
from lnmonitor.reports.signature_pages import change_words
from lnmonitor.reports.wording import (
    form_title,
    item_label,
    listed,
    pairs,
    record_name,
    value_words,
)
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.form_state import FormState
from lnmonitor.services.queries import QueryView
from lnmonitor.services.review_states import RecordReview
from lnmonitor.study.analytes import Range
from lnmonitor.study.forms import FORMS, LabResult
from lnmonitor.study.items import Form, Kind
from lnmonitor.study.records import PatientData, Record

_LONG = 60
"""Letters; a longer text stands on a line of its own."""
_MANY_ITEMS = 40
_SHOWN_OF_RESULT = frozenset(
    {
        "analyte", "operator", "value", "text", "unit", "canonical_value", "canonical_unit",
        "range_low", "range_high", "collected_on", "collected_time",
    }
)  # fmt: skip
"""Items of a result that have their column; all others stand in the last one."""


@dataclass(frozen=True)
class Voided:
    """A record that was voided, as it was then, and the trail's entry about it."""

    record: Record[Form]
    entry: AuditEntry


def voided_of(entries: Iterable[AuditEntry]) -> tuple[Voided, ...]:
    """Return the voided records that entries of the trail tell of."""
    return tuple(_voided(one) for one in entries if one.action == "void")


def _voided(entry: AuditEntry) -> Voided:
    form = FORMS[entry.form]
    values = {name: value for name, value in entry.values.items() if name in form.items()}
    record = Record(
        entry.record_id,
        form.model_construct(**values),
        entry.patient_id,
        entry.visit_id or None,
        missing=entry.values.get("missing", {}),
        justified=entry.values.get("justified", {}),
        voided=True,
    )
    return Voided(record, entry)


def records_of(data: PatientData, voided: Iterable[Voided]) -> dict[str, Record[Form]]:
    """Return all records of a patient by id, the voided ones too."""
    return {one.id: one for one in (*data.records, *(gone.record for gone in voided))}


@dataclass(frozen=True)
class FormPages:
    """Prints the forms of one patient.

    Attributes:
        reviews: state of each record. changes: the trail's amendments of a record, in order.
        queries: about a record, with their numbers. zone: of this workstation's clock.
    """

    reviews: Mapping[str, RecordReview]
    changes: Mapping[str, Sequence[AuditEntry]]
    queries: Mapping[str, Sequence[tuple[int, QueryView]]]
    zone: tzinfo | None
    tr: Translator

    def parts(
        self,
        form: type[Form],
        records: Sequence[Record[Form]],
        voided: Sequence[Voided],
        mark: Mark,
    ) -> list[Flowable]:
        """Return the records of one form at one visit, or of the patient."""
        title = form.title.in_(self.tr.language)
        head = flow.subsection(title, self._facts(form, records), mark)
        parts: list[Flowable] = []
        if form is LabResult:
            parts += self._results(records)
        else:
            for number, record in enumerate(records, start=1):
                if len(records) > 1:
                    parts += self._heading(number, record)
                parts += self._card(record)
                parts += self._notes([record])
        if form is LabResult:
            parts += self._notes(records)
        return flow.headed(head, [*parts, *self._voided(voided)])

    # --- heads ------------------------------------------------------------------------------

    def _facts(self, form: type[Form], records: Sequence[Record[Form]]) -> str:
        tr = self.tr
        words = [form.code, tr.text("form version {n}", n=form.version)]
        if len(records) == 1:
            words += self._state(records[0])
        elif records:
            words.append(tr.text("{n} records", n=len(records)))
            states = [self.reviews[one.id].state for one in records if one.id in self.reviews]
            words += [
                f"{state.title.in_(tr.language)} {states.count(state)}"
                for state in sorted(set(states))
            ]
        return " · ".join(words)

    def _state(self, record: Record[Form]) -> list[str]:
        tr, review = self.tr, self.reviews.get(record.id)
        entered = tr.text(
            "version {n} of {at} by {who}, {source}",
            n=record.row_version, at=in_zone(record.entered_at, self.zone),
            who=record.entered_by, source=tr.text(record.source),
        )  # fmt: skip
        if review is None:
            return [entered]
        state = review.state.title.in_(tr.language)
        n, every = len(review.verified), len(review.answered)
        if n == every and review.state >= FormState.VERIFIED:
            return [state, entered]
        return [state, tr.text("{n} of {all} items verified", n=n, all=every), entered]

    def _heading(self, number: int, record: Record[Form]) -> list[Flowable]:
        name = f"{number}  {record_name(record, self.tr.language)}"
        facts = " · ".join(self._state(record))
        return flow.small_head(name, facts)

    # --- values -----------------------------------------------------------------------------

    def _card(self, record: Record[Form]) -> list[Flowable]:
        """Return all items of a record, in pairs of label and value; a long text below them."""
        language = self.tr.language
        names = type(record.form).items()
        values = {name: self._value(record, name) for name in names}
        long = [name for name in names if _is_long(values[name])]
        columns = 3 if len(names) > _MANY_ITEMS else 2
        rows: list[tuple[str | Cell, ...]] = []
        heads = []
        short = [name for name in names if name not in long]
        for group, members in groupby(short, key=lambda name: names[name].item.group):
            if group:
                heads.append(len(rows))
                name = Cell(group.in_(language), Weight.SEMIBOLD, wide=True)
                rows.append((name, *[""] * (2 * columns - 1)))
            cells = [
                cell
                for name in members
                for cell in (item_label(record.form.code, name, language), values[name] or "–")
            ]
            cells += [""] * (-len(cells) % (2 * columns))
            rows += [
                tuple(cells[at : at + 2 * columns]) for at in range(0, len(cells), 2 * columns)
            ]
        widths = (1.75, 1.15) * columns if columns == 3 else (1.35, 1.25) * columns
        labels = range(0, 2 * columns, 2)
        parts = [flow.table((), rows, widths, quiet=labels, keep=heads)] if rows else []
        if long:
            pairs = [(item_label(record.form.code, name, language), values[name]) for name in long]
            parts.append(flow.table((), pairs, (1.35, 3.85), quiet=(0,)))
        return parts

    def _value(self, record: Record[Form], name: str) -> str:
        words = value_words(record, name, self.tr.language)
        return " ".join(filter(None, (words, *self._marks(record, name))))

    def _marks(self, record: Record[Form], name: str) -> Iterator[str]:
        versions = sum(one.item == name for one in self.changes.get(record.id, ()))
        if versions:
            yield f"[v{versions + 1}]"
        for number, query in self.queries.get(record.id, ()):
            if name in (query.item, *query.items):
                yield f"[Q{number}]"
        if name in record.justified:
            yield "[!]"

    def _results(self, records: Sequence[Record[Form]]) -> list[Flowable]:
        tr = self.tr
        head = (
            tr.text("Analyte"), tr.text("As reported"), tr.text("Standard unit"), tr.text("Range"),
            "", tr.text("Collected"), tr.text("Further"),
        )  # fmt: skip
        if not records:
            return []
        further = [self._further(one) for one in records]
        same = _same(further) if len(records) > 1 else {}
        rows = [
            self._result(record, record.form, {k: v for k, v in own.items() if k not in same})
            for record, own in zip(records, further, strict=True)
            if isinstance(record.form, LabResult)
        ]
        widths = (1.6, 1.6, 1.2, 1.0, 0.2, 1.0, 1.9)
        parts: list[Flowable] = [flow.table(head, rows, widths, bold=(4,))]
        if same:
            words = tr.text("All of them: {what}", what=self._pairs(same))
            parts.append(flow.text(words, points=size("small"), tone="text-2"))
        return parts

    def _further(self, record: Record[Form]) -> dict[str, str]:
        """Return the items of a result that have no column of their own."""
        values = {
            name: self._value(record, name)
            for name in type(record.form).items()
            if name not in _SHOWN_OF_RESULT
        }
        return {name: words for name, words in values.items() if words}

    def _pairs(self, values: Mapping[str, str]) -> str:
        language = self.tr.language
        told = ((item_label("LB", name, language), words) for name, words in values.items())
        return pairs(told, language)

    def _result(
        self, record: Record[Form], form: LabResult, further: Mapping[str, str]
    ) -> tuple[str, ...]:
        def value(name: str) -> str:
            return value_words(record, name, self.tr.language)

        reported = [value("operator"), value("value"), value("unit") if form.value else ""]
        if form.text or "text" in record.missing:
            reported.append(value("text"))
        limits = Range(form.range_low, form.range_high)
        standard = form.canonical_value
        flag = "" if standard is None else range_flag(standard, form.operator or "", limits)
        marks = dict.fromkeys(
            mark for name in _SHOWN_OF_RESULT for mark in sorted(self._marks(record, name))
        )
        shown = value("canonical_value") and f"{value('canonical_value')} {value('canonical_unit')}"
        return (
            value("analyte") or "–",
            " ".join(filter(None, (*reported, *sorted(marks)))) or "–",
            f"{form.operator or ''} {shown}".strip() if shown else "–",
            _range(value("range_low"), value("range_high")),
            flag,
            " ".join(filter(None, (value("collected_on"), value("collected_time")))),
            self._pairs({k: v for k, v in further.items() if not _is_long(v)}),
        )

    # --- what was said ----------------------------------------------------------------------

    def _notes(self, records: Sequence[Record[Form]]) -> list[Flowable]:
        lines = [line for record in records for line in self._said(record, named=len(records) > 1)]
        return [flow.text(line, points=size("small"), tone="text-2") for line in lines]

    def _said(self, record: Record[Form], *, named: bool) -> Iterator[str]:
        tr, code = self.tr, record.form.code
        about = f"{record_name(record, tr.language)}, " if named else ""
        versions: dict[str, int] = defaultdict(lambda: 1)
        for entry in self.changes.get(record.id, ()):
            versions[entry.item] += 1
            yield f"[v{versions[entry.item]}] {about}{change_words(entry, tr)}"
        for name, reason in record.justified.items():
            label = item_label(code, name, tr.language) if name else form_title(code, tr.language)
            expected = _expected(type(record.form), name)
            words = tr.text("expected {range}; justified:", range=expected) if expected else (
                tr.text("justified:")
            )  # fmt: skip
            yield f"[!] {about}{label}: {words} {reason}"
        for number, query in self.queries.get(record.id, ()):
            yield f"[Q{number}] {about}{query_words(query, tr)}"
        if isinstance(record.form, LabResult):
            long = {k: v for k, v in self._further(record).items() if _is_long(v)}
            if long:
                yield f"{about}{self._pairs(long)}"

    def _voided(self, voided: Iterable[Voided]) -> list[Flowable]:
        """Return voided records, marked, with all that they held."""
        parts: list[Flowable] = []
        for one in voided:
            record, entry, tr = one.record, one.entry, self.tr
            held = pairs(
                (
                    (item_label(record.form.code, name, tr.language), words)
                    for name in type(record.form).items()
                    if (words := value_words(record, name, tr.language))
                ),
                tr.language,
            )
            words = tr.text("VOIDED: {what}. It held: {values}.", what=change_words(entry, tr),
                            values=held or "–")  # fmt: skip
            parts += [Spacer(0, 3), *flow.long_message(words, tone="warn")]
        return parts


QUERY_STATES = {
    "new": "to answer",
    "answered": "answered",
    "resolved": "to close",
    "closed": "closed",
}
"""What a query waits for, as the screens say it too."""


def query_words(query: QueryView, tr: Translator) -> str:
    """Return kind, state and first text of a query, as a line below a form."""
    return f"{state_words(query, tr)}: {question(query, tr)}"


def state_words(query: QueryView, tr: Translator) -> str:
    """Return kind and state of a query."""
    return f"{query.kind.title.in_(tr.language)}, {tr.text(QUERY_STATES[query.state])}"


def question(query: QueryView, tr: Translator) -> str:
    """Return a query's first text; a check's with the items it asks for."""
    if not query.check_id:
        return query.question
    asked = listed((item_label(query.form, name, tr.language) for name in query.items), tr.language)
    return f"{tr.text(query.question)} {asked}".strip()


def _same(further: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return what all results say alike; the source of the range where they have a range."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(name for one in further for name in one):
        said = {one.get(name, "") for one in further}
        if name == "range_source":
            said.discard("")
        if len(said) == 1:
            found[name] = said.pop()
    return found


def _is_long(words: str) -> bool:
    return len(words) > _LONG or "\n" in words or "\r" in words


def _range(low: str, high: str) -> str:
    if low and high:
        return f"{low}–{high}"
    return f"≤ {high}" if high else f"≥ {low}" if low else ""


def _expected(form: type[Form], name: str) -> str:
    """Return the expected range of a number with its unit."""
    field = form.items().get(name)
    if field is None or field.item.soft is None or field.kind not in (Kind.NUMBER, Kind.INTEGER):
        return ""
    low, high = (f"{side:g}" if side is not None else "" for side in field.item.soft)
    return f"{_range(low, high)} {field.item.unit}".strip()
