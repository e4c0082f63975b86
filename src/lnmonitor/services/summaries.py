"""A patient's line in lists: kept with the results, completed by today's date when it is read.

Reading thousands of patients' records to show a list takes seconds. So each save, import and
recomputation also keeps what the list tells about the patient; ages, study days and what is due or
overdue are worked out from the kept dates when they are read (docs/adr/0024).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection

from lnmonitor.analysis.same import Same
from lnmonitor.language import Text
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import summaries as store
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.repositories import Assessment, Patient
from lnmonitor.storage.summaries import ListedSummary, StoredSummary
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.checks.finding import age_on
from lnmonitor.study.codelists import codelist
from lnmonitor.study.forms import Demographics, Disposition, Infusion, Visit
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record
from lnmonitor.study.schedule import (
    ScheduledVisit,
    Start,
    awaited,
    day_number,
    standing,
    start_of,
)

_PATIENTS_KEPT = 512
VERSION = 1
"""Of the kept content: a study with another one keeps its summaries anew when it is opened."""
_SCREENING = Text("In screening", "筛选中")
_FOLLOW_UP = Text("In follow-up", "随访中")
_FORMS = (Demographics, Infusion, Visit, Disposition)
"""The forms whose records a summary stands on, besides the results."""
KeptVisit = tuple[str, str, str | None, str | None]
"""Code, record id, date and status of a visit."""


class Line(NamedTuple):
    """What lists show of every patient, in the order in which it is kept; dates in ISO text.

    `day0`, `left_on`, `completed`: what the calendar hangs on. `recorded`: codes of the visits that
    have a record. `last_visit`, `last_date`: of the latest that took place. `last_sledai`,
    `response`: as printed. Texts are empty where there is nothing.
    """

    status: str
    day0: str
    left_on: str
    completed: bool
    recorded: Sequence[str]
    last_visit: str
    last_date: str
    last_sledai: str
    response: str
    sex: str | None


class Details(NamedTuple):
    """What lists ask for of the patients they show. `sledai`: day and score of visits."""

    visits: Sequence[KeptVisit]
    sledai: Sequence[Sequence[float]]
    birth_date: str | None
    age_at_consent: float | None


@dataclass(frozen=True)
class LastVisit:
    """The latest visit that took place; `day` counts from the first infusion."""

    code: str
    date: str
    day: int | None


@dataclass(frozen=True)
class PatientSummary:
    """A patient's line in lists, as of `today`.

    Attributes:
        status_code: SCREENING, FOLLOW-UP, or a code of the list DSDECOD.
        infused_on: ISO date of the first infusion, None before it. day: today's study day.
        awaited: the planned visits still to be done, in order; `next_visit` is their first.
        last_sledai: as printed, `8-12` for a range.
        response: latest by the protocol's rule: CR, PR, NR, unknown; empty before follow-up.
        details: kept JSON of what is worked out only when it is asked for.
    """

    patient_id: str
    subject_id: str
    site: str
    status: Text
    status_code: str
    infused_on: str | None
    day: int | None
    last_visit: LastVisit | None
    awaited: tuple[ScheduledVisit, ...]
    last_sledai: str
    response: str
    open_flags: int
    sex: str | None
    today: date
    start: Start
    details: str = field(repr=False)
    protocol: Protocol = field(repr=False, compare=False)

    @property
    def next_visit(self) -> ScheduledVisit | None:
        """The first visit still to be done, optional ones included, None when all is over."""
        return self.awaited[0] if self.awaited else None

    @cached_property
    def kept(self) -> Details:
        """What is worked out only when it is asked for."""
        return Details._make(json.loads(self.details))

    @cached_property
    def sledai(self) -> tuple[tuple[int, float], ...]:
        """(day, score) of visits with an exact score."""
        return tuple((int(day), score) for day, score in self.kept.sledai)

    @cached_property
    def age(self) -> int | None:
        """Completed years today, the age at consent without a date of birth."""
        form = Demographics.model_construct(
            birth_date=self.kept.birth_date, age_at_consent=self.kept.age_at_consent
        )
        years = age_on(form, self.today)
        return None if years is None else int(years)

    @cached_property
    def schedule(self) -> tuple[ScheduledVisit, ...]:
        """All planned visits as they stand today; their records hold code, date and status only."""
        visits: dict[str | None, Record[Visit]] = {
            code: Record(
                record_id,
                Visit.model_construct(visit_code=code, visit_date=on, status=status),
                self.patient_id,
                record_id,
            )
            for code, record_id, on, status in self.kept.visits
        }
        return standing(self.protocol, self.start, visits, self.today)


# --- keeping -----------------------------------------------------------------------------------


def keep(work: UnitOfWork, patient_id: str, texts: tuple[str, str, str]) -> None:
    """Keep a patient's summary in the transaction that stores the results."""
    store.put(work.connection, [StoredSummary(patient_id, VERSION, *texts, work.at)])


def summary_texts(
    protocol: Protocol, data: PatientData, results: Iterable[Assessment]
) -> tuple[str, str, str]:
    """Return line and details as they are kept, and the versions of the rules they stand on.

    Args:
        results: of all rules, or at least of those of `result_keys`.
    """
    keys = ("sledai", response_of(protocol))
    shown = tuple(one for one in results if one.key in keys and one.value)
    records = [record for form in _FORMS for record in data.of(form)]
    return _texts(Same((protocol, *records)), shown)


@lru_cache(maxsize=_PATIENTS_KEPT)
def _texts(place: Same, shown: tuple[Assessment, ...]) -> tuple[str, str, str]:
    """Write the texts, from the protocol and the records of `_FORMS` in `place` alone.

    Remembered, because nearly all saves change nothing of what a list shows.
    """
    protocol, *records = cast(tuple[Any, ...], place)
    data = PatientData("", "", "", tuple(records))
    response_key = response_of(protocol)
    # In the order in which lists of stored results come.
    ordered = sorted(shown, key=lambda one: (one.visit_date, one.visit_id))
    sledai = [one for one in ordered if one.key == "sledai"]
    responses = [one for one in ordered if one.key == response_key]
    start = start_of(data)
    demographics = data.one(Demographics)
    person = demographics.form if demographics else None
    last = _last_visit(data)
    line = Line(
        status=_status(data, start),
        day0=start.zero.isoformat() if start.zero else "",
        left_on=start.left_on.isoformat() if start.left_on else "",
        completed=start.completed,
        recorded=sorted({one.form.visit_code or "" for one in data.of(Visit)}),
        last_visit=last.visit_code or "" if last else "",
        last_date=last.visit_date or "" if last else "",
        last_sledai=sledai[-1].value if sledai else "",
        response=responses[-1].value if responses else "",
        sex=person.sex if person else None,
    )
    details = Details(
        visits=[
            (one.form.visit_code or "", one.id, one.form.visit_date, one.form.status)
            for one in data.of(Visit)
        ],
        sledai=[
            (one.day, one.number)
            for one in sledai
            if one.day is not None and one.number is not None
        ],
        birth_date=person.birth_date if person else None,
        age_at_consent=person.age_at_consent if person else None,
    )
    rules = {one.rule: one.rule_version for one in ordered}
    return canonical(line), canonical(details), canonical(rules)


def response_of(protocol: Protocol) -> str:
    """Return the key of the results that lists show as the response."""
    return f"response.{protocol.response_rule}"


def keep_missing(session: StudySession) -> int:
    """Keep the summaries that an earlier program did not keep, from the stored results.

    Returns:
        How many there were: none, once a study has been opened by this program.
    """
    with session.store.read() as connection:
        if not store.lacking(connection, VERSION):
            return 0
    with session.work(source="derived") as work:
        return fill(work, session.protocol)


def fill(work: UnitOfWork, protocol: Protocol) -> int:
    """Keep missing summaries in a transaction, with an entry in the trail; return their number."""
    lacking = store.lacking(work.connection, VERSION)
    rows = [
        StoredSummary(one.id, VERSION, *texts, work.at)
        for one, texts in _texts_of(work.connection, protocol, lacking)
    ]
    if rows:
        store.put(work.connection, rows)
        work.note("summaries kept", new=canonical(len(rows)), source="derived")
    return len(rows)


def _texts_of(
    connection: Connection, protocol: Protocol, patients: Sequence[Patient]
) -> Iterator[tuple[Patient, tuple[str, str, str]]]:
    """Give the texts of many patients, read by whole tables."""
    records: dict[str, list[Record[Any]]] = defaultdict(list)
    results: dict[str, list[Assessment]] = defaultdict(list)
    for form in _FORMS:
        for record in repo.records_of(connection, form):
            records[record.patient_id].append(record)
    for result in repo.assessments(connection, ("sledai", response_of(protocol))):
        results[result.patient_id].append(result)
    for one in patients:
        data = PatientData(one.id, one.subject_id, one.site_id, tuple(records[one.id]))
        yield one, summary_texts(protocol, data, results[one.id])


def _status(data: PatientData, start: Start) -> str:
    endings = data.of(Disposition)
    if endings and endings[-1].form.status in codelist("DSDECOD").codes:
        return str(endings[-1].form.status)
    return "SCREENING" if start.zero is None else "FOLLOW-UP"


def _last_visit(data: PatientData) -> Visit | None:
    done = [
        one.form for one in data.of(Visit) if one.form.status != "MISSED" and one.form.visit_date
    ]
    return max(done, key=lambda form: form.visit_date or "", default=None)


# --- reading -----------------------------------------------------------------------------------


def read(
    session: StudySession, patient_ids: Sequence[str] | None = None
) -> dict[str, PatientSummary]:
    """Return the summaries of all or of some patients as of today, by patient id."""
    with session.store.read() as connection:
        rows = store.listed(connection, VERSION, patient_ids)
    # Parsed at once: a call for each of thousands takes longer.
    parsed = json.loads(f"[{','.join(row.line for row in rows)}]")
    today, protocol = session.today, session.protocol
    return {
        row.patient_id: _summary(row, Line._make(line), today, protocol)
        for row, line in zip(rows, parsed, strict=True)
    }


def derive(session: StudySession, patients: Sequence[Patient]) -> dict[str, PatientSummary]:
    """Return summaries that are not kept, as when an older study is open for reading only."""
    today, protocol = session.today, session.protocol
    found: dict[str, PatientSummary] = {}
    with session.store.read() as connection:
        flags = Counter(one.patient_id for one in repo.flags(connection, open_only=True))
        for one, (line, details, _) in _texts_of(connection, protocol, patients):
            keys = (one.id, one.subject_id, one.site_id)
            row = ListedSummary(*keys, line, details, flags[one.id])
            found[one.id] = _summary(row, Line._make(json.loads(line)), today, protocol)
    return found


def _summary(row: ListedSummary, line: Line, today: date, protocol: Protocol) -> PatientSummary:
    zero = date.fromisoformat(line.day0) if line.day0 else None
    left_on = date.fromisoformat(line.left_on) if line.left_on else None
    start = Start(zero, left_on, line.completed)
    last = None
    if line.last_date:
        day = day_number(zero, date.fromisoformat(line.last_date)) if zero else None
        last = LastVisit(line.last_visit, line.last_date, day)
    return PatientSummary(
        patient_id=row.patient_id,
        subject_id=row.subject_id,
        site=row.site_id,
        status=_status_texts()[line.status],
        status_code=line.status,
        infused_on=line.day0 or None,
        day=day_number(zero, today) if zero else None,
        last_visit=last,
        awaited=awaited(protocol, start, line.recorded, today),
        last_sledai=line.last_sledai,
        response=line.response,
        open_flags=row.open_flags,
        sex=line.sex,
        today=today,
        start=start,
        details=row.details,
        protocol=protocol,
    )


@cache
def _status_texts() -> Mapping[str, Text]:
    texts = {code.code: code.text for code in codelist("DSDECOD").entries}
    return {"SCREENING": _SCREENING, "FOLLOW-UP": _FOLLOW_UP} | texts
