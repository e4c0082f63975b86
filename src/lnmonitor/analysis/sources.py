"""From a result back to the records its numbers came from, and to the fields of missing ones.

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
from lnmonitor.analysis.source_records import OF_VISIT, Source, result_source, source_of
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
from lnmonitor.study.forms import FORMS, AdverseEvent, Glucocorticoid, LabResult, VitalSigns
from lnmonitor.study.items import Form, Scope
from lnmonitor.study.records import PatientData, Record

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


_BEFORE = {"previous_sledai": When.BEFORE}
"""Inputs that are of an earlier visit by their own name."""
_SUFFIXES = {"_previous": When.BEFORE, "_baseline": When.BASELINE}


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
        found += [source_of(course, one, "", language) for one in others]
    unique: dict[object, Source] = {}
    for one in found:
        unique.setdefault(one.key, one)
    return Sources(tuple(unique.values()), asked.missing())


@dataclass(frozen=True)
class _Told:
    """A number of a reason: the input it is of, and of which visit."""

    name: str
    number: Scalar
    when: When = When.NOW


@dataclass(frozen=True)
class _Need:
    """A missing input: of which visit; `code` is that of the reason or the key of the result."""

    name: str
    when: When
    here: VisitAssessment | None
    code: str
    tables: tuple[Mapping[str, Ways], ...]


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
        """Return the day of a dose: before or when it was raised, else of day 0 or of the visit."""
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
        """Return the tables asked before the general one; without a code, those of the result."""
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
        elif place.item and FORMS[place.form].scope in OF_VISIT:
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
                yield result_source(measured, visit, self.language)
        elif form.scope in OF_VISIT:
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
                yield source_of(self.course, record, place.item, self.language)

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
            made = source_of(self.course, record, place.item, self.language)
            if told.name in COMPUTED:
                number = "" if told.number is None else _shown(told.number)
                made = replace(made, what=item_name(told.name, self.language), value=number)
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
                yield source_of(self.course, record, item, self.language)
                return

    def _doses(self, drug: str, on: str) -> Iterator[Source]:
        """Give the glucocorticoids in force on a day; of one drug, if one is named."""
        day = exact_day(on)
        for record in self.data.of(Glucocorticoid) if day is not None else ():
            form, when = record.form, drug_span(record.form)
            if drug and (form.drug or "").lower() != drug:
                continue
            if when is not None and day is not None and _covers(when, day):
                yield source_of(self.course, record, "dose_mg", self.language)

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

    # ---- what is missing
    def missing(self) -> dict[str, Source]:
        """Return where each missing input would be entered, by the item of its line."""
        needs = []
        for reason in self.result.reasons:
            if reason.met is Truth.UNKNOWN:
                line = str(reason.values.get("item") or "")
                name = line.split(", ", maxsplit=1)[0] or _unnamed(reason)
                here, code = self._here(reason), reason.code
                needs.append((line, _Need(name, _absent(reason), here, code, self._tables(code))))
        if not isinstance(self.result, Flag):
            needs += [(name, self._need(name)) for name in self.result.missing]
        found: dict[str, Source] = {}
        for line, need in needs:
            source = self._field_of(need)
            if source is not None:
                found.setdefault(line, source)
        return found

    def _need(self, name: str) -> _Need:
        """Return what a missing name of the result asks for."""
        result, tables = self.result, self._tables("")
        when = _BEFORE.get(name, When.NOW)
        for suffix, earlier in _SUFFIXES.items():
            if name.endswith(suffix) and name not in GENERAL:
                name, when = name.removesuffix(suffix), earlier
        if isinstance(result, CtcaeGrade) and name in OF_ANALYTE:
            when = When.BASELINE if name == "baseline" else when
            name = result.term
        if isinstance(result, BilagGrade) and name in OF_SYSTEM:
            name = f"ever_{result.system}"
        return _Need(name, when, self.visit, self.key, tables)

    def _field_of(self, need: _Need) -> Source | None:
        """Return the field of a missing input, None where there is none yet."""
        visit = self._visit_of(need)
        computed = visit.outcomes.get(COMPUTED.get(need.name, "")) if visit is not None else None
        if computed is not None and computed.missing and computed is not self.result:
            inner = replace(self, result=computed, key=COMPUTED[need.name], visit=visit)
            return inner._field_of(inner._need(computed.missing[0]))
        known = ways(need.name, *need.tables)
        if not known:
            return None
        place = next((p for p in known[0] if not self._entered(p, visit)), known[0][0])
        return self._field(place, visit)

    def _visit_of(self, need: _Need) -> VisitAssessment | None:
        if need.name in _YEAR_VISITS:
            day = _YEAR_VISITS[need.name]
            near = [v for v in self.course.visits if abs((v.day or 0) - day) <= _NEAR_DAYS]
            return min(near, key=lambda v: abs((v.day or 0) - day), default=None)
        if need.when is When.NOW:
            return need.here
        return next(iter(self._candidates(need.when, need.here, need.code)), None)

    def _entered(self, place: Place, visit: VisitAssessment | None) -> bool:
        return any(True for _ in self._at(place, _Told("", None), visit))

    def _field(self, place: Place, visit: VisitAssessment | None) -> Source | None:
        """Return an item to enter, with the record that it would go into, if there is one."""
        form = FORMS[place.form]
        if form is LabResult:
            name = ANALYTES[place.item].name
        else:
            name = form.items()[place.item].item.label if place.item else form.title
        made = Source(name.in_(self.language), form.code, place.item)
        if form.scope not in OF_VISIT:
            record = self._of_patient(form, visit) if place.item else None
            return replace(made, record_id=record.id if record is not None else "")
        if visit is None:
            return None
        if form is LabResult:
            measured = visit.labs.get(place.item)
            ids = [measured.record_id] if measured is not None else []
        else:
            records = self.data.at_visit(visit.visit_id, form)
            ids = [one.id for one in records if not _timepoint(one)]
        return replace(
            made,
            visit_id=visit.visit_id,
            record_id=ids[-1] if ids else "",
            visit_code=visit.code,
            date=visit.date,
        )


def _compared_with(code: str) -> str:
    """Return the result that the visit before must have to be compared with; "" for any."""
    return next((key for begin, key in _COMPARED_WITH if code.startswith(begin)), "")


def _absent(reason: Reason) -> When:
    """Return of which visit the number is that an open reason lacks."""
    values = reason.values
    if values.get("value") is None:
        return _BEFORE.get(str(values.get("item")), When.NOW)
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


def _shown(number: Scalar) -> str:
    return printed_number(number) if isinstance(number, int | float) else str(number)
