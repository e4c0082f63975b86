"""From a patient's records to what the rules read: one bundle for the patient, one for each visit.

Only here are forms unpacked. Where a visit holds several results of one analyte, the one collected
nearest to the visit date is taken (a value before a missing-value reason, then the latest entered),
so that every rule and every plot read the same one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar, cast

from lnmonitor.analysis.model import Measured
from lnmonitor.analysis.same import Same
from lnmonitor.errors import InputError
from lnmonitor.study import dates, schedule
from lnmonitor.study.analytes import Range, analyte, convert, reference_range
from lnmonitor.study.forms import (
    AdverseEvent,
    Bilag2004,
    Demographics,
    DiseaseHistory,
    Disposition,
    Glucocorticoid,
    Immunosuppressant,
    Infusion,
    KidneyReplacement,
    LabResult,
    PhysicianAssessment,
    Sledai2K,
    Visit,
    VitalSigns,
)
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

F = TypeVar("F", bound=Form)

DAYS_IN_YEAR = 365.25
_YES_NO = {"Y": True, "N": False}


exact_day = lru_cache(maxsize=8192)(dates.exact)
"""`dates.exact`, remembered: a patient's records name the same few days again and again."""


def yes_no(answer: str | int | float | None) -> bool | None:
    """Return Y and N as a truth value, anything else as not answered."""
    return _YES_NO.get(answer) if isinstance(answer, str) else None


@dataclass(frozen=True, eq=False)
class VisitInput:
    """One visit with its forms; `vitals` is the visit's own set, not one of an infusion.

    Equal only to itself, so that what depends on nothing but a visit can be remembered by it.
    """

    record: Record[Visit]
    on: date
    day: int | None
    took_place: bool = True
    labs: Mapping[str, Measured] = field(default_factory=dict)
    vitals: Record[VitalSigns] | None = None
    sledai: Record[Sledai2K] | None = None
    bilag: Record[Bilag2004] | None = None
    pga: float | None = None

    def value(self, code: str) -> float | None:
        """Return a laboratory value (canonical unit), None when missing.

        A value below or above a limit of detection comes as that limit: right for a comparison
        with a threshold, wrong for arithmetic, which takes `exact`.
        """
        found = self.labs.get(code)
        return None if found is None else found.value

    def exact(self, code: str) -> float | None:
        """Return a laboratory value to calculate with, None when missing or only bounded."""
        found = self.labs.get(code)
        return None if found is None or found.operator else found.value

    def vital(self, name: str) -> float | None:
        """Return one of the visit's vital signs."""
        found = None if self.vitals is None else self.vitals.form.get(name)
        return None if found is None else float(found)


@dataclass(frozen=True)
class PatientInput:
    """Everything about one patient that rules read; visits in order of date."""

    data: PatientData
    day0: date | None
    sex: str | None
    demographics: Demographics
    history: DiseaseHistory | None
    visits: tuple[VisitInput, ...]
    infusions: tuple[Record[Infusion], ...]
    glucocorticoids: tuple[Record[Glucocorticoid], ...]
    immunosuppressants: tuple[Record[Immunosuppressant], ...]
    kidney_replacements: tuple[Record[KidneyReplacement], ...]
    events: tuple[Record[AdverseEvent], ...]
    dispositions: tuple[Record[Disposition], ...]
    vitals: tuple[Record[VitalSigns], ...]
    """All sets, those of infusions too."""

    def day(self, on: date | None) -> int | None:
        """Return the study day of a date, None before day 0 is known."""
        if on is None or self.day0 is None:
            return None
        return schedule.day_number(self.day0, on)

    def age(self, on: date) -> int | None:
        """Return completed years on a date, None when neither birth date nor age is recorded."""
        return _age(self.demographics, on)

    @property
    def death(self) -> date | None:
        """The earliest day that the recorded death can mean, None while alive."""
        return dates.earliest(schedule.death_date(self.data))


def gather(data: PatientData) -> PatientInput:
    """Unpack a patient's records; visits without a complete date are left aside."""
    by_form: dict[type[Form], list[Record[Form]]] = defaultdict(list)
    at_visit: dict[str | None, list[Record[Form]]] = defaultdict(list)
    for record in data.records:
        by_form[type(record.form)].append(record)
        at_visit[record.visit_id].append(record)

    def of(form: type[F]) -> tuple[Record[F], ...]:
        return cast(tuple[Record[F], ...], tuple(by_form[form]))

    people, histories = of(Demographics), of(DiseaseHistory)
    demographics = people[-1].form if people else Demographics()
    zero = schedule.day0(data) or dates.exact(demographics.reference_date)
    visits = [
        _visit(Same((record, *people[-1:], *at_visit[record.id])), zero)
        for record in of(Visit)
        if exact_day(record.form.visit_date) is not None
    ]
    return PatientInput(
        data=data,
        day0=zero,
        sex=demographics.sex,
        demographics=demographics,
        history=histories[-1].form if histories else None,
        visits=tuple(sorted(visits, key=lambda visit: visit.on)),
        infusions=tuple(sorted(of(Infusion), key=lambda r: r.form.started_at or "")),
        glucocorticoids=of(Glucocorticoid),
        immunosuppressants=of(Immunosuppressant),
        kidney_replacements=of(KidneyReplacement),
        events=of(AdverseEvent),
        dispositions=of(Disposition),
        vitals=of(VitalSigns),
    )


@lru_cache(maxsize=512)
def _visit(records: Same, zero: date | None) -> VisitInput:
    """Unpack a visit: its own record, the person's, and those of its forms.

    Remembered, because a patient is evaluated after every save and a save changes one visit.
    """
    record = cast(Record[Visit], records[0])
    on = cast(date, dates.exact(record.form.visit_date))
    by_form: dict[type[Form], list[Record[Form]]] = defaultdict(list)
    for one in cast(tuple[Record[Form], ...], records[1:]):
        by_form[type(one.form)].append(one)

    def of(form: type[F]) -> list[Record[F]]:
        return cast(list[Record[F]], by_form[form])

    def last(found: Sequence[Record[F]]) -> Record[F] | None:
        return found[-1] if found else None

    people = of(Demographics)
    demographics = people[0].form if people else Demographics()
    pga = last(of(PhysicianAssessment))
    tested = of(LabResult)
    person = (demographics.sex, _age(demographics, on)) if tested else (None, None)
    return VisitInput(
        record=record,
        on=on,
        day=None if zero is None else schedule.day_number(zero, on),
        took_place=record.form.status != "MISSED",
        labs=_labs(tested, on, zero, person),
        vitals=last([vitals for vitals in of(VitalSigns) if not vitals.form.timepoint]),
        sledai=last(of(Sledai2K)),
        bilag=last(of(Bilag2004)),
        pga=None if pga is None else pga.form.pga,
    )


def _age(demographics: Demographics, on: date) -> int | None:
    """Completed years; a partial birth date stands for its middle, else age at consent counts."""
    if demographics.birth_date:
        first = dates.parse_partial(demographics.birth_date).first
        last = dates.parse_partial(demographics.birth_date).last
        return dates.years_between(first + (last - first) / 2, on)
    consent = dates.exact(demographics.consent_date)
    if demographics.age_at_consent is None:
        return None
    passed = 0.0 if consent is None else (on - consent).days / DAYS_IN_YEAR
    return int(demographics.age_at_consent + passed)


def _labs(
    records: Sequence[Record[LabResult]],
    on: date,
    zero: date | None,
    person: tuple[str | None, int | None],
) -> dict[str, Measured]:
    """Return the one result of each analyte that counts at this visit."""
    best: dict[str, tuple[tuple[bool, float], Measured]] = {}
    for record in records:
        form = record.form
        if form.analyte is None:
            continue
        collected = exact_day(form.collected_on)
        away = timedelta.max if collected is None else abs(collected - on)
        empty = form.value is None and form.text is None and form.canonical_value is None
        rank = (empty, away.total_seconds())
        if form.analyte not in best or rank <= best[form.analyte][0]:
            best[form.analyte] = (rank, _measured(Same((record,)), zero, person))
    return {code: measured for code, (_, measured) in best.items()}


@lru_cache(maxsize=2048)
def _measured(
    one: Same,
    zero: date | None,
    person: tuple[str | None, int | None],
) -> Measured:
    """Return a result with its canonical value and range, from the catalogue where absent.

    An analyte or unit that the catalogue does not know keeps what was reported and has no value.
    Remembered, because a save changes one result of many.
    """
    record = cast(Record[LabResult], one[0])
    form = record.form
    code = form.analyte or ""
    value, unit, problem = form.canonical_value, form.canonical_unit or "", ""
    limits = Range(form.range_low, form.range_high, form.range_source or "")
    try:
        if value is None and form.value is not None:
            value = convert(code, form.value, form.unit)
        unit = unit or analyte(code).unit
        if limits.low is None and limits.high is None:
            limits = reference_range(code, *person, form.collected_on or "", form.laboratory)
    except InputError as error:
        value, problem = None, error.text
    collected = exact_day(form.collected_on)
    return Measured(
        analyte=code,
        value=value,
        unit=unit,
        reported=_reported(form, record.missing),
        operator=form.operator or "",
        low=limits.low,
        high=limits.high,
        flag="" if value is None else range_flag(value, form.operator or "", limits),
        date=form.collected_on or "",
        day=None if zero is None or collected is None else schedule.day_number(zero, collected),
        record_id=record.id,
        missing=record.missing.get("value", "") if value is None and form.text is None else "",
        method=form.method or "",
        laboratory=form.laboratory or "",
        reported_value=form.value,
        reported_unit=form.unit or unit,
        text=form.text or "",
        complete=yes_no(form.complete_collection),
        due_to_sle=yes_no(form.due_to_sle),
        problem=problem,
    )


def _reported(form: LabResult, missing: Mapping[str, str]) -> str:
    if form.value is None:
        return form.text or missing.get("value", "")
    return " ".join(part for part in (form.operator, f"{form.value:g}", form.unit) if part)


def range_flag(value: float, operator: str, limits: Range) -> str:
    """Return H or L; a censored value is flagged only where its limit decides it."""
    if operator.startswith("<"):
        return "L" if limits.low is not None and value <= limits.low else ""
    if operator.startswith(">"):
        return "H" if limits.high is not None and value >= limits.high else ""
    return limits.flag(value)
