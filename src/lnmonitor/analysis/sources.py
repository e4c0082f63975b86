"""From an explained result back to the records its numbers came from, and to the fields of missing ones.

`analysis.places` says by which forms and items an input can be known; here the record is found: of
the visit that was judged, of the one it was compared with, or of the patient. A number of an
earlier visit is looked up by its value, so that a link never leads to a record that holds another.
Where no record holds it, there is no link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from math import isclose

from lnmonitor.analysis.drugs import span as drug_span
from lnmonitor.analysis.explain import item_name, printed_number
from lnmonitor.analysis.inputs import exact_day
from lnmonitor.analysis.model import Course, Flag, Measured, SledaiBand, VisitAssessment
from lnmonitor.analysis.places import (
    ANSWERS,
    COMPUTED,
    EVENT,
    GENERAL,
    INFUSION,
    OF_ANALYTE,
    OF_SYSTEM,
    Place,
    Ways,
    ways,
)
from lnmonitor.analysis.wording import printed_date
from lnmonitor.clinical.bilag import BilagGrade
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.clinical.low_activity import ActivityState
from lnmonitor.clinical.proteinuria import UNITS, Proteinuria, convert_ratio
from lnmonitor.clinical.results import Outcome, Reason, Scalar, Truth
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.clinical.steroids import MG_EQUAL_TO_PREDNISONE_5
from lnmonitor.language import Language
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import FORMS, AdverseEvent, Glucocorticoid, LabResult, Visit, VitalSigns
from lnmonitor.study.items import Form, Kind, Scope
from lnmonitor.study.records import PatientData, Record

_OF_VISIT = (Scope.VISIT, Scope.VISIT_LOG)
_ONE_OR_NONE = (Scope.SUBJECT,)
_HAIR = 1e-6
_NEAR_DAYS = 60
_YEAR_VISITS = {"month_6": 182, "month_12": 365}
"""Study days of the assessments that the response of the year names."""
_ANSWERED = frozenset(
    {"sledai.item", "state.no_major_organ", "state.no_new_item", "flag.sledai_contradiction"}
)
"""Reasons that name answers of the SLEDAI form."""
_ABOUT_EVENT = ("safety.", "ctcae.clinical", "ctcae.general")
_ABOUT_INFUSION = ("infusion", "flag.dose_deviation")
_BY_DAY = ("flare.", "course.")
"""Reasons that say on which study day their sample was taken."""
_OF_GRADES = frozenset({"ctcae.emergent", "flag.above_baseline"})
"""Reasons whose numbers are grades, not results."""
_SIGN_BEFORE = frozenset({"flag.fever", "flag.hypotension", "flag.hypoxia"})
"""Reasons that compare with a reading of the same day."""
_OF_DOSES = frozenset({"steroids.since_day_0", "steroids.increase"})
"""Reasons that compare doses of two days."""
_COMPARED_WITH = (
    ("bilag.", "bilag.renal"),
    ("bilag_flare.", "bilag.total"),
    ("sfi", "selena"),
    ("sledai.", "sledai"),
    ("state.", "sledai"),
    ("lldas", "sledai"),
    ("doris", "sledai"),
)
"""Begin of a reason or result, and the result that the visit it is compared with must have."""


class When(Enum):
    """Which visit a number of a reason is of: the one judged, one before, the baseline."""

    NOW = "now"
    BEFORE = "before"
    BASELINE = "baseline"


_SUFFIXES = {"_previous": When.BEFORE, "_baseline": When.BASELINE}


@dataclass(frozen=True)
class Source:
    """A place of the record that an explanation leads to.

    Attributes:
        what: its name, with the value as it was entered where there is one.
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

    @property
    def key(self) -> tuple[str, str, str | None, str]:
        """What makes it the same place."""
        return self.form, self.item, self.visit_id, self.record_id


@dataclass(frozen=True)
class Sources:
    """Where the numbers of a result come from; `missing` by the item of a missing line."""

    values: tuple[Source, ...] = ()
    missing: Mapping[str, Source] | None = None

    def of_missing(self, item: str) -> Source | None:
        """Return where a missing input would be entered."""
        return (self.missing or {}).get(item)


def sources(
    course: Course,
    data: PatientData,
    result: Outcome | Flag,
    language: Language,
    *,
    key: str = "",
    visit_id: str | None = None,
    record_id: str = "",
    notes: Sequence[Reason] = (),
) -> Sources:
    """Return the records behind a result's numbers, and the fields of what it misses.

    Args:
        key: of the result among those of its visit. record_id: of the event that it is about.
        notes: reasons that are told beside the result.
    """
    visit = next((one for one in course.visits if one.visit_id == visit_id), None)
    asked = _Asked(course, data, language, result, key, visit, record_id)
    found = [one for reason in (*result.reasons, *notes) for one in asked.behind(reason)]
    if isinstance(result, Flag):
        known = {one.record_id for one in found}
        records = {one.id: one for one in data.records if one.id in result.record_ids}
        others = [records[i] for i in result.record_ids if i in records and i not in known]
        found += [asked.of_record(one) for one in others]
    unique = {one.key: one for one in reversed(found)}
    return Sources(tuple(reversed(unique.values())), asked.missing())


@dataclass(frozen=True)
class _Told:
    """A number of a reason: the input it is of, and of which visit."""

    name: str
    number: Scalar
    when: When = When.NOW


def _told(reason: Reason) -> Iterator[_Told]:
    """Give the inputs that a reason names, with their numbers."""
    values = reason.values
    item = str(values.get("item") or _unnamed(reason))
    names = item.split(", ") if item else []
    for name in names:
        yield _Told(name, values.get("value"))
    for key, when in (("previous", When.BEFORE), ("baseline", When.BASELINE)):
        number = values.get(key)
        if not names or number is None or isinstance(number, bool):
            continue
        if reason.code == "response.egfr_floor":
            yield _Told("pre_flare_egfr", number)
        else:
            yield _Told(names[0], number, when)
    for key, number in values.items():
        name = key.removesuffix("_previous")
        if name in GENERAL and number is not None:
            yield _Told(name, number, When.NOW if name == key else When.BEFORE)


def _unnamed(reason: Reason) -> str:
    """Return the input of a reason that names none."""
    if reason.code == "flag.earlier_remission":
        return "u24" if reason.values.get("unit") == "g/24 h" else "upcr"
    return "egfr" if reason.code == "kdigo.g_stage" else ""


@dataclass(frozen=True)
class _Asked:
    """A result whose sources are wanted, with the patient's records and results."""

    course: Course
    data: PatientData
    language: Language
    result: Outcome | Flag
    key: str
    visit: VisitAssessment | None
    event_id: str

    # ---- numbers
    def behind(self, reason: Reason) -> Iterator[Source]:
        """Give the records that a reason's numbers came from."""
        here = self._here(reason)
        for told in _told(reason):
            known = ways(told.name, *self._tables(reason.code))
            if reason.code in _OF_DOSES:
                yield from self._doses("", self._dose_day(reason, told.when))
            elif told.when is When.NOW:
                yield from self._recorded(known, told, here)
            elif reason.code in _SIGN_BEFORE:
                yield from self._other_sign(known, told, here)
            else:
                for visit in self._candidates(told.when, here, reason.code):
                    if self._held(told, known, visit, reason.code):
                        yield from self._recorded(known, told, visit)
                        break

    def _dose_day(self, reason: Reason, when: When) -> str:
        """Return the day of a dose that is told of a course: before it was raised, of day 0, now."""
        raised = exact_day(str(reason.values.get("date") or ""))
        if raised is not None:
            return (raised - timedelta(days=when is When.BEFORE)).isoformat()
        if when is When.BEFORE:
            return self.course.day0 or ""
        return self.visit.date if self.visit is not None else ""

    def _here(self, reason: Reason) -> VisitAssessment | None:
        """Return the visit that a reason is about."""
        values, wanted = reason.values, self.visit
        if reason.code.startswith(_BY_DAY) and "day" in values:
            wanted = next((v for v in self.course.visits if v.day == values["day"]), wanted)
        if reason.code == "flag.earlier_remission":
            wanted = next((v for v in self.course.visits if v.date == values["date"]), None)
        return wanted

    def _tables(self, code: str) -> tuple[Mapping[str, Ways], ...]:
        """Return the tables that are asked before the general one; without a code, of what misses."""
        answered = (SledaiScore, ActivityState, SledaiBand)
        if code in _ANSWERED or (not code and isinstance(self.result, answered)):
            return (ANSWERS,)
        if code.startswith(_ABOUT_INFUSION) or isinstance(self.result, InfusionCheck):
            return (INFUSION,)
        if code.startswith(_ABOUT_EVENT) or self.event_id:
            return (EVENT,)
        return (INFUSION,) if self.key == "infusion" else ()

    def _candidates(
        self, when: When, here: VisitAssessment | None, code: str
    ) -> Sequence[VisitAssessment]:
        """Return the visits that a number can be of, the latest first."""
        if here is None:
            return ()
        earlier = self._earlier(here)
        if when is When.BASELINE:
            own = [here] if here.day is not None and here.day <= 0 else []
            return [v for v in (*own, *earlier) if v.day is not None and v.day <= 0]
        if code.startswith("flare."):
            return [v for v in earlier if v.day is not None and v.day > 0]
        needed = _compared_with(code)
        return [v for v in earlier if needed in v.outcomes][:1] if needed else earlier

    def _earlier(self, here: VisitAssessment) -> list[VisitAssessment]:
        visits = self.course.visits
        place = next((n for n, one in enumerate(visits) if one.visit_id == here.visit_id), 0)
        return [one for one in reversed(visits[:place]) if one.took_place]

    # ---- whether a visit holds a number
    def _held(self, told: _Told, known: Ways, visit: VisitAssessment, code: str) -> bool:
        if code in _OF_GRADES:
            numbers = _grades(visit, told.name)
        else:
            numbers = [
                *self._computed(told.name, visit, code),
                *(n for way in known for place in way for n in self._numbers(place, visit)),
            ]
        return any(_alike(told.number, number) for number in numbers)

    def _computed(self, name: str, visit: VisitAssessment, code: str) -> Iterator[Scalar]:
        """Give what the program computed of an input at a visit."""
        key = COMPUTED.get(name, "")
        found = visit.outcomes.get("selena" if key == "sledai" and code.startswith("sfi") else key)
        if isinstance(found, SledaiScore):
            yield found.score
        elif isinstance(found, BilagGrade):
            yield found.grade.value if found.grade else None
        elif key == "egfr":
            yield visit.egfr()

    def _numbers(self, place: Place, visit: VisitAssessment) -> Iterator[Scalar]:
        """Give what was entered of an item at a visit, in every unit that a rule may tell."""
        if place.form == LabResult.code:
            measured = visit.labs.get(place.item)
            yield from _in_units(measured) if measured is not None else ()
        elif place.form == Glucocorticoid.code:
            yield visit.prednisone_mg
        elif place.item and FORMS[place.form].scope in _OF_VISIT:
            form = FORMS[place.form]
            for record in self.data.at_visit(visit.visit_id, form):
                yield record.form.get(place.item)

    # ---- records
    def _recorded(
        self, known: Ways, told: _Told, visit: VisitAssessment | None
    ) -> Sequence[Source]:
        """Return what was entered by the first way that was taken."""
        for way in known:
            found = [one for place in way for one in self._at(place, told, visit)]
            if found:
                return found
        return ()

    def _at(self, place: Place, told: _Told, visit: VisitAssessment | None) -> Iterator[Source]:
        """Give the records of an item at a visit, or of the patient."""
        form = FORMS[place.form]
        if place.form == LabResult.code:
            measured = visit.labs.get(place.item) if visit is not None else None
            if visit is not None and measured is not None and _has_value(measured):
                yield self._result(measured, visit)
        elif form.scope in _OF_VISIT:
            if visit is not None:
                yield from self._of_visit(place, told, visit)
        elif form is Glucocorticoid and place.item:
            drug = told.name if told.name in MG_EQUAL_TO_PREDNISONE_5 else ""
            yield from self._doses(drug, visit.date if visit is not None else "")
        elif form.scope is Scope.SUBJECT_LOG and not place.item:
            if self.data.of(form):
                yield Source(form.title.in_(self.language), place.form)
        else:
            record = self._of_patient(form, visit)
            if record is not None and record.form.get(place.item) is not None:
                yield self.of_record(record, place.item)

    def _of_visit(self, place: Place, told: _Told, visit: VisitAssessment) -> Iterator[Source]:
        """Give the record of a form of a visit; of several sets of signs that with the number."""
        records = [
            one
            for one in self.data.at_visit(visit.visit_id, FORMS[place.form])
            if not place.item or one.form.get(place.item) is not None or told.name in COMPUTED
        ]
        own = [one for one in records if not _timepoint(one)]
        fit = [one for one in (*own, *records) if _alike(told.number, _value(one, place.item))]
        chosen = (fit or own[-1:] or records[-1:])[:1]
        for record in chosen:
            made = self.of_record(record, place.item)
            if told.name in COMPUTED:
                number = "" if told.number is None else _shown(told.number)
                name = item_name(told.name, self.language)
                made = replace(made, what=f"{name} {number}".strip())
            yield made

    def _other_sign(
        self, known: Ways, told: _Told, here: VisitAssessment | None
    ) -> Iterator[Source]:
        """Give the other reading of the same day that holds a number."""
        if here is None or not known:
            return
        item = known[0][0].item
        for record in reversed(self.data.at_visit(here.visit_id, VitalSigns)):
            if _alike(told.number, record.form.get(item)):
                yield self.of_record(record, item)
                return

    def _doses(self, drug: str, on: str) -> Iterator[Source]:
        """Give the glucocorticoids in force on a day; of one drug, if one is named."""
        day = exact_day(on)
        for record in self.data.of(Glucocorticoid) if day is not None else ():
            form, when = record.form, drug_span(record.form)
            if drug and (form.drug or "").lower() != drug:
                continue
            if when is not None and day is not None and _covers(when, day):
                yield self.of_record(record, "dose_mg")

    def _of_patient(self, form: type[Form], visit: VisitAssessment | None) -> Record[Form] | None:
        """Return the patient's record of a form: that of the event or infusion, else the latest."""
        records = self.data.of(form)
        if form is AdverseEvent:
            return next((one for one in records if one.id == self.event_id), None)
        if form.code == "EX":
            ids = self._infusions(visit)
            return next((one for one in records if one.id in ids), None)
        return records[-1] if records else None

    def _infusions(self, visit: VisitAssessment | None) -> Sequence[str]:
        if isinstance(self.result, Flag):
            return self.result.record_ids
        on = visit.date if visit is not None else ""
        return [given.record_id for given in self.course.infusions if given.date == on]

    # ---- words
    def of_record(self, record: Record[Form], item: str = "") -> Source:
        """Return a record, at an item, as a link says it."""
        form = record.form
        visit = next((v for v in self.course.visits if v.visit_id == record.visit_id), None)
        if isinstance(form, LabResult):
            measured = visit.labs.get(form.analyte or "") if visit is not None else None
            if visit is not None and measured is not None and measured.record_id == record.id:
                return self._result(measured, visit)
            return self._lab(form, record, visit)
        if isinstance(form, Visit):
            visit = next((v for v in self.course.visits if v.visit_id == record.id), None)
        of_visit = form.scope in _OF_VISIT or isinstance(form, Visit)
        own = record.id if isinstance(form, Visit) else record.visit_id
        return Source(
            self._words(record, item),
            form.code,
            item,
            own if of_visit else None,
            record.id,
            visit.code if visit is not None and of_visit else "",
            visit.date if visit is not None and of_visit else _begin(form),
        )

    def _words(self, record: Record[Form], item: str) -> str:
        form = record.form
        if isinstance(form, Glucocorticoid):
            dose = "" if form.dose_mg is None else f"{form.dose_mg:g} mg"
            rate = decode("FREQ", form.frequency, self.language) if form.frequency else ""
            drug = decode("GCDRUG", form.drug, self.language) if form.drug else ""
            return " ".join(part for part in (drug, dose, rate) if part)
        if not item:
            named = form.term if isinstance(form, AdverseEvent) else None
            return named or form.title.in_(self.language)
        field = form.items()[item]
        value = form.get(item)
        if field.item.codes and value is not None:
            shown = decode(field.item.codes, value, self.language)
        elif field.kind in (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME):
            shown = printed_date(str(value or "")).in_(self.language)
        elif value is None:
            shown = ""
        else:
            shown = f"{value:g}" if isinstance(value, int | float) else value
        return " ".join(p for p in (form.label(item, self.language), shown, field.item.unit) if p)

    def _result(self, measured: Measured, visit: VisitAssessment) -> Source:
        one = ANALYTES.get(measured.analyte)
        name = one.name.in_(self.language) if one is not None else measured.analyte
        told = measured.reported
        if measured.text and one is not None and one.codes:
            told = decode(one.codes, measured.text, self.language)
        return Source(
            f"{name} {told}".strip(),
            LabResult.code,
            measured.analyte,
            visit.visit_id,
            measured.record_id,
            visit.code,
            measured.date or visit.date,
        )

    def _lab(
        self, form: LabResult, record: Record[Form], visit: VisitAssessment | None
    ) -> Source:
        """Return a result that no rule read: another one of its visit counted."""
        one = ANALYTES.get(form.analyte or "")
        name = one.name.in_(self.language) if one is not None else form.analyte or ""
        told = f"{form.value:g}" if form.value is not None else form.text or ""
        words = " ".join(p for p in (name, form.operator, told, form.unit) if p)
        code = visit.code if visit is not None else ""
        analyte, on = form.analyte or "", form.collected_on or ""
        return Source(words, form.code, analyte, record.visit_id, record.id, code, on)

    # ---- what is missing
    def missing(self) -> dict[str, Source]:
        """Return where each missing input would be entered, by the item of its line."""
        found: dict[str, Source] = {}
        for reason in self.result.reasons:
            if reason.met is Truth.UNKNOWN:
                item = str(reason.values.get("item") or "")
                name = item.split(", ")[0] or _unnamed(reason)
                here, tables = self._here(reason), self._tables(reason.code)
                self._add(found, item, name, _absent(reason), here, tables, reason.code)
        for name in () if isinstance(self.result, Flag) else self.result.missing:
            self._add(found, name, name, When.NOW, self.visit, self._tables(""), self.key)
        return found

    def _add(
        self,
        found: dict[str, Source],
        line: str,
        name: str,
        when: When,
        here: VisitAssessment | None,
        tables: tuple[Mapping[str, Ways], ...],
        code: str,
    ) -> None:
        source = self._wanted(name, when, here, tables, code)
        if source is not None:
            found.setdefault(line, source)

    def _wanted(
        self,
        name: str,
        when: When,
        here: VisitAssessment | None,
        tables: tuple[Mapping[str, Ways], ...],
        code: str,
    ) -> Source | None:
        """Return the field of a missing input, None where there is none yet."""
        for suffix, earlier in _SUFFIXES.items():
            if name.endswith(suffix) and name not in GENERAL:
                name, when = name.removesuffix(suffix), earlier
        if name == "previous_sledai":
            when = When.BEFORE
        name, when = self._of_result(name, when)
        visit = self._visit_of(name, when, here, code)
        source = self._deeper(name, visit, code)
        if source is not None:
            return source
        known = ways(name, *tables)
        if not known:
            return None
        place = next((p for p in known[0] if not self._entered(p, visit)), known[0][0])
        return self._field(place, visit)

    def _of_result(self, name: str, when: When) -> tuple[str, When]:
        """Return the input behind a name that means one of the result's own."""
        result = self.result
        if isinstance(result, CtcaeGrade) and name in OF_ANALYTE:
            return result.term, When.BASELINE if name == "baseline" else when
        if isinstance(result, BilagGrade) and name in OF_SYSTEM:
            return f"ever_{result.system}", when
        return name, when

    def _visit_of(
        self, name: str, when: When, here: VisitAssessment | None, code: str
    ) -> VisitAssessment | None:
        if name in _YEAR_VISITS:
            day = _YEAR_VISITS[name]
            near = [v for v in self.course.visits if abs((v.day or 0) - day) <= _NEAR_DAYS]
            return min(near, key=lambda v: abs((v.day or 0) - day), default=None)
        if when is When.NOW or here is None:
            return here
        return next(iter(self._candidates(when, here, code)), None)

    def _deeper(self, name: str, visit: VisitAssessment | None, code: str) -> Source | None:
        """Return what is missing of an input that is a result itself."""
        found = visit.outcomes.get(COMPUTED[name]) if visit and name in COMPUTED else None
        if found is None or not found.missing or found is self.result:
            return None
        inner = replace(self, result=found, key=COMPUTED[name], visit=visit)
        first = found.missing[0]
        return inner._wanted(first, When.NOW, visit, inner._tables(""), code)

    def _entered(self, place: Place, visit: VisitAssessment | None) -> bool:
        return any(True for _ in self._at(place, _Told("", None), visit))

    def _field(self, place: Place, visit: VisitAssessment | None) -> Source | None:
        """Return an item to enter, with the record that it would go into, if there is one."""
        form = FORMS[place.form]
        if form.scope in _OF_VISIT:
            if visit is None:
                return None
            record_id = ""
            if form is LabResult:
                measured = visit.labs.get(place.item)
                record_id = measured.record_id if measured is not None else ""
                what = ANALYTES[place.item].name.in_(self.language)
            else:
                what = form.title.in_(self.language)
                records = [
                    one
                    for one in self.data.at_visit(visit.visit_id, form)
                    if not _timepoint(one)
                ]
                record_id = records[-1].id if records else ""
            made = Source(
                what, form.code, place.item, visit.visit_id, record_id, visit.code, visit.date
            )
        else:
            record = self._of_patient(form, visit) if form.scope in _ONE_OR_NONE or place.item else None
            made = Source(
                form.title.in_(self.language),
                form.code,
                place.item,
                record_id=record.id if record is not None else "",
            )
        if form is LabResult or not place.item:
            return made
        return replace(made, what=form.label(place.item, self.language))


def _compared_with(code: str) -> str:
    """Return the result that the visit before must have to be compared with; "" for any."""
    return next((key for begin, key in _COMPARED_WITH if code.startswith(begin)), "")


def _absent(reason: Reason) -> When:
    """Return of which visit the number is that an open reason lacks."""
    values = reason.values
    if values.get("value") is None:
        return When.NOW
    for key, when in (("previous", When.BEFORE), ("baseline", When.BASELINE)):
        if key in values and values[key] is None:
            return when
    return When.NOW


def _alike(told: Scalar, held: Scalar) -> bool:
    """Whether a record holds the number, or the word, that a reason tells."""
    if told is None or held is None or isinstance(told, bool) or isinstance(held, bool):
        return False
    if isinstance(told, str) or isinstance(held, str):
        return told == held
    return isclose(told, held, rel_tol=_HAIR)


def _in_units(measured: Measured) -> Iterator[Scalar]:
    """Give a result as reported, in the standard unit, and a ratio in each of its units."""
    yield measured.value
    yield measured.reported_value
    pairs = (
        (measured.reported_value, measured.reported_unit),
        (measured.value, measured.unit),
    )
    for value, unit in pairs:
        if value is not None and value >= 0 and unit in UNITS[1:]:
            yield from (convert_ratio(Proteinuria(value, unit), one).value for one in UNITS[1:])


def _grades(visit: VisitAssessment, term: str) -> list[Scalar]:
    found = visit.outcomes.get(f"ctcae.{term}")
    if not isinstance(found, CtcaeGrade):
        return []
    return [found.low, found.high, f"{found.low}–{found.high}"]


def _has_value(measured: Measured) -> bool:
    return measured.reported_value is not None or measured.value is not None or bool(measured.text)


def _timepoint(record: Record[Form]) -> bool:
    """Whether a set of signs is one of an infusion, not the visit's own."""
    return isinstance(record.form, VitalSigns) and bool(record.form.timepoint)


def _value(record: Record[Form], item: str) -> Scalar:
    return record.form.get(item) if item else None


def _covers(when: tuple[date, date | None], day: date) -> bool:
    return when[0] <= day and (when[1] is None or day <= when[1])


def _begin(form: Form) -> str:
    """Return when what a record of the patient tells began, "" for a form without a date."""
    for name in ("start", "started_at", "occurred_on"):
        if name in form.items():
            return str(form.get(name) or "")[:10]
    return ""


def _shown(number: Scalar) -> str:
    return printed_number(number) if isinstance(number, int | float) else str(number)
