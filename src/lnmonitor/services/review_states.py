"""The states of forms as pages show them: of a record, a visit, a patient, and the whole study."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from lnmonitor.progress import Progress, silent
from lnmonitor.services.form_state import (
    UNREVIEWED,
    FormState,
    Reviews,
    Scope,
    answered_items,
    hold_over,
    read_reviews,
    record_state,
    roll_up,
    unanswered_items,
    verified_items,
)
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.saving import load
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.study.forms import FORMS, Identity, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.items import Scope as FormScope
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record


@dataclass(frozen=True)
class RecordReview:
    """A record's state and what it stands on.

    Attributes:
        held_by: which scope holds it, None while it is open. verified, answered: items whose mark
            fits, and items that hold something. unanswered: required items without an answer.
    """

    record_id: str
    form: str
    visit_id: str | None
    row_version: int
    state: FormState
    held_by: Scope | None
    verified: tuple[str, ...]
    answered: tuple[str, ...]
    unanswered: tuple[str, ...]
    open_queries: int


@dataclass(frozen=True)
class VisitReview:
    """A visit's forms together; `lacking` are codes of expected forms that have no record."""

    visit_id: str
    code: str
    state: FormState
    records: tuple[RecordReview, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class PatientReview:
    """A patient's forms together: by visit, and those of no visit (`records`, `lacking`)."""

    patient_id: str
    subject_id: str
    state: FormState
    visits: tuple[VisitReview, ...]
    records: tuple[RecordReview, ...]
    lacking: tuple[str, ...]
    open_queries: int

    def all_records(self) -> tuple[RecordReview, ...]:
        """Return all records, of visits and of none."""
        return (*self.records, *(one for visit in self.visits for one in visit.records))

    def states(self, scope: Scope, target: str) -> list[tuple[str, FormState]]:
        """Return form code and state of everything in a scope that needs steps."""
        if scope == "record":
            found = [one for one in self.all_records() if one.record_id == target]
            return _states(found, ())
        if scope == "visit":
            visits = [one for one in self.visits if one.visit_id == target]
            return [pair for one in visits for pair in _states(one.records, one.lacking)]
        inside = [pair for one in self.visits for pair in _states(one.records, one.lacking)]
        return _states(self.records, self.lacking) + inside


@dataclass(frozen=True)
class StudyReview:
    """How many patients and records are in each state; `open_queries` of all patients."""

    state: FormState
    patients: Mapping[FormState, int]
    records: Mapping[FormState, int]
    open_queries: int


def patient_review(session: StudySession, patient_id: str) -> PatientReview:
    """Return the states of a patient's forms.

    Raises:
        InputError: there is no such patient.
    """
    require(session, Action.VIEW)
    data = load(session, patient_id)
    with session.store.read() as connection:
        stored = read_reviews(connection, patient_id)
    return review_of(data, stored, session.protocol)


def study_review(session: StudySession, progress: Progress = silent) -> StudyReview:
    """Return the states of all forms; takes a few milliseconds for each patient."""
    require(session, Action.VIEW)
    with session.store.read() as connection:
        ids = [one.id for one in repo.patients(connection)]
    patients: Counter[FormState] = Counter()
    records: Counter[FormState] = Counter()
    queries = 0
    for number, patient_id in enumerate(ids, start=1):
        review = patient_review(session, patient_id)
        patients[review.state] += 1
        records.update(one.state for one in review.all_records())
        queries += review.open_queries
        progress(number, len(ids), "Patients")
    return StudyReview(roll_up(patients), dict(patients), dict(records), queries)


def review_of(data: PatientData, stored: Reviews, protocol: Protocol) -> PatientReview:
    """Return the states of a patient's forms from what was read."""
    by_visit: dict[str, list[RecordReview]] = defaultdict(list)
    for record in data.records:
        if not isinstance(record.form, Identity):
            by_visit[record.visit_id or ""].append(_record_review(record, stored))
    expected = {visit.id: _expected(visit, protocol) for visit in data.of(Visit)}
    visits = tuple(
        _visit_review(visit, by_visit[visit.id], expected[visit.id]) for visit in data.of(Visit)
    )
    own = tuple(by_visit[""])
    present = {one.form for one in own}
    wanted = [code for codes in expected.values() for code in codes]
    lacking = tuple(
        code
        for code in dict.fromkeys(wanted)
        if FORMS[code].scope is FormScope.SUBJECT and code not in present | UNREVIEWED
    )
    inside = [pair for one in visits for pair in _states(one.records, one.lacking)]
    return PatientReview(
        data.patient_id,
        data.subject_id,
        roll_up(state for _, state in _states(own, lacking) + inside),
        visits,
        own,
        lacking,
        sum(stored.open_queries.values()),
    )


def _record_review(record: Record[Form], stored: Reviews) -> RecordReview:
    hold = hold_over(record, stored.holds)
    return RecordReview(
        record.id,
        record.form.code,
        record.visit_id,
        record.row_version,
        record_state(record, stored),
        None if hold is None else cast(Scope, hold.scope),
        verified_items(record, stored.marks.get(record.id, {})),
        answered_items(record),
        unanswered_items(record),
        stored.open_queries.get(record.id, 0),
    )


def _expected(visit: Record[Visit], protocol: Protocol) -> tuple[str, ...]:
    planned = protocol.visit(visit.form.visit_code or "")
    return planned.forms if planned and visit.form.status != "MISSED" else ()


def _visit_review(
    visit: Record[Visit], records: Sequence[RecordReview], expected: Iterable[str]
) -> VisitReview:
    """A log of the patient may be empty; a form of the visit that is expected may not."""
    present = {one.form for one in records}
    lacking = tuple(
        code
        for code in expected
        if FORMS[code].scope in (FormScope.VISIT, FormScope.VISIT_LOG) and code not in present
    )
    state = roll_up(state for _, state in _states(records, lacking))
    return VisitReview(visit.id, visit.form.visit_code or "", state, tuple(records), lacking)


def _states(records: Iterable[RecordReview], lacking: Iterable[str]) -> list[tuple[str, FormState]]:
    empty = [(code, FormState.EMPTY) for code in lacking]
    return [(one.form, one.state) for one in records] + empty
