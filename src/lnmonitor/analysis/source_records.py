"""A record that an explanation leads to, as its link says it: what, how much, of which visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lnmonitor.analysis.model import Course, Measured, VisitAssessment
from lnmonitor.analysis.wording import printed_date
from lnmonitor.language import Language
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import AdverseEvent, Glucocorticoid, LabResult, Visit
from lnmonitor.study.items import Form, Kind, Scope
from lnmonitor.study.records import Record

OF_VISIT = (Scope.VISIT, Scope.VISIT_LOG)
"""Forms that hang on a visit."""


@dataclass(frozen=True)
class Source:
    """A place of the record that an explanation leads to.

    Attributes:
        what: its name. value: as it was entered, with its unit; "" while nothing is.
        form, item: code of the form and the item to stand on: an analyte for a laboratory result,
            "" for the form as a whole.
        visit_id: the visit it hangs on, None for a form of the patient. record_id: "" while
            nothing is entered. visit_code, date (ISO): of what was entered, "" where not known.
    """

    what: str
    form: str
    item: str = ""
    visit_id: str | None = None
    record_id: str = ""
    visit_code: str = ""
    date: str = ""
    value: str = ""

    @property
    def words(self) -> str:
        """What is there, with its value."""
        return f"{self.what} {self.value}".strip()

    @property
    def key(self) -> tuple[str, str, str | None, str]:
        """What makes it the same place."""
        return self.form, self.item, self.visit_id, self.record_id


def source_of(course: Course, record: Record[Any], item: str, language: Language) -> Source:
    """Return a record, at an item, as a link says it."""
    form = record.form
    visit = next((v for v in course.visits if v.visit_id == record.visit_id), None)
    if isinstance(form, LabResult):
        measured = visit.labs.get(form.analyte or "") if visit is not None else None
        if visit is not None and measured is not None and measured.record_id == record.id:
            return result_source(measured, visit, language)
        return _lab(form, record, visit, language)
    if isinstance(form, Visit):
        visit = next((v for v in course.visits if v.visit_id == record.id), None)
    of_visit = form.scope in OF_VISIT or isinstance(form, Visit)
    own = record.id if isinstance(form, Visit) else record.visit_id
    what, value = _words(form, item, language)
    return Source(
        what,
        form.code,
        item,
        own if of_visit else None,
        record.id,
        visit.code if visit is not None and of_visit else "",
        visit.date if visit is not None and of_visit else _begin(form),
        value,
    )


def _words(form: Form, item: str, language: Language) -> tuple[str, str]:
    """Return the name of an item, or of a form, and the value."""
    if isinstance(form, Glucocorticoid):
        dose = "" if form.dose_mg is None else f"{form.dose_mg:g} mg"
        rate = decode("FREQ", form.frequency, language) if form.frequency else ""
        drug = decode("GCDRUG", form.drug, language) if form.drug else ""
        return drug, " ".join(part for part in (dose, rate) if part)
    if not item:
        named = form.term if isinstance(form, AdverseEvent) else None
        return named or form.title.in_(language), ""
    field = form.items()[item]
    held = form.get(item)
    if field.item.codes and held is not None:
        shown = decode(field.item.codes, held, language)
    elif field.kind in (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME):
        shown = printed_date(str(held or "")).in_(language)
    elif held is None:
        shown = ""
    else:
        shown = f"{held:g}" if isinstance(held, int | float) else held
    unit = field.item.unit if shown else ""
    return form.label(item, language), " ".join(part for part in (shown, unit) if part)


def result_source(measured: Measured, visit: VisitAssessment, language: Language) -> Source:
    """Return the result of an analyte that counts at a visit."""
    one = ANALYTES.get(measured.analyte)
    name = one.name.in_(language) if one is not None else measured.analyte
    told = measured.reported
    if measured.text and one is not None and one.codes:
        told = decode(one.codes, measured.text, language)
    return Source(
        name,
        LabResult.code,
        measured.analyte,
        visit.visit_id,
        measured.record_id,
        visit.code,
        measured.date or visit.date,
        told,
    )


def _lab(
    form: LabResult, record: Record[Form], visit: VisitAssessment | None, language: Language
) -> Source:
    """Return a result that no rule read: another one of its visit counted."""
    one = ANALYTES.get(form.analyte or "")
    name = one.name.in_(language) if one is not None else form.analyte or ""
    told = f"{form.value:g}" if form.value is not None else form.text or ""
    value = " ".join(part for part in (form.operator, told, form.unit) if part)
    code = visit.code if visit is not None else ""
    analyte, on = form.analyte or "", form.collected_on or ""
    return Source(name, form.code, analyte, record.visit_id, record.id, code, on, value)


def _begin(form: Form) -> str:
    """Return when what a record of the patient tells began, "" for a form without a date."""
    for name in ("start", "started_at", "occurred_on"):
        if name in form.items():
            return str(form.get(name) or "")[:10]
    return ""
