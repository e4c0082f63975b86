"""Queries: questions and notes about data, with their threads, until somebody closes them.

A query goes new -> answered -> resolved -> closed: the site answers, a correction or a settled
matter makes it resolved, who questions data closes it or asks again. The checks raise and close
queries of their own. The thread is the query's part of the audit trail (docs/adr/0019).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection

from lnmonitor.errors import InputError, RefusedError
from lnmonitor.language import Text
from lnmonitor.progress import Progress, silent
from lnmonitor.services.audit import HIDDEN
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.drafts import unanswered, visit_of
from lnmonitor.services.form_state import unanswered_items
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.reviewing import (
    ANSWERED,
    CLOSED,
    DERIVED,
    FAILED_CHECK,
    NEW,
    REQUIRED,
    RESOLVED,
    ask_for_required,
    raise_check,
    step,
)
from lnmonitor.services.saving import load
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import reviews
from lnmonitor.storage.reviews import StoredQuery
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.checks import Finding, check_form
from lnmonitor.study.forms import Identity
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

OPEN_STATES = (NEW, ANSWERED, RESOLVED)
_GONE = "The check finds nothing any more."
_NO_QUERY = "There is no such query."


class Kind(Enum):
    """What a query is."""

    FAILED_CHECK = FAILED_CHECK
    QUERY = "query"
    ANNOTATION = "annotation"
    REASON = "reason"

    @property
    def title(self) -> Text:
        """What a person reads."""
        return _KINDS[self]


_KINDS = {
    Kind.FAILED_CHECK: Text("Failed check", "未通过核查"),
    Kind.QUERY: Text("Query", "质疑"),
    Kind.ANNOTATION: Text("Annotation", "注释"),
    Kind.REASON: Text("Reason for a change", "修改原因"),
}


@dataclass(frozen=True)
class Step:
    """One step of a thread: who did what and said what, and the state after it; `at` is UTC."""

    sequence: int
    at: str
    utc_offset: str
    account: str
    full_name: str
    role: str
    action: str
    state: str
    text: str


@dataclass(frozen=True)
class QueryView:
    """A query as it is listed.

    Attributes:
        form, record_id, item: empty where it is about the patient or the record as a whole.
        items: what a check asks for. question, last: first and latest text.
        days_open: whole days from its raising until its closing or now.
        assigned_to: an account's name, empty for whoever comes first.
    """

    id: str
    patient_id: str
    subject_id: str
    visit_id: str
    form: str
    record_id: str
    item: str
    items: tuple[str, ...]
    kind: Kind
    state: str
    check_id: str
    assigned_to: str
    opened_at: str
    opened_by: str
    closed_at: str
    days_open: int
    question: str
    last: Step


def queries(
    session: StudySession,
    *,
    patient_id: str | None = None,
    record_id: str | None = None,
    states: Collection[str] | None = OPEN_STATES,
    assigned_to: str | None = None,
) -> tuple[QueryView, ...]:
    """Return queries, the oldest first; `states` None for closed ones too."""
    require(session, Action.VIEW)
    with session.store.read() as connection:
        stored = reviews.queries(
            connection,
            patient_id=patient_id,
            record_ids=None if record_id is None else [record_id],
            states=states,
        )
        return tuple(
            _views(
                session,
                connection,
                [one for one in stored if assigned_to in (None, one.assigned_to)],
            )
        )


def thread(session: StudySession, query_id: str) -> tuple[Step, ...]:
    """Return all steps of a query in order.

    Raises:
        InputError: there is no such query.
    """
    require(session, Action.VIEW)
    with session.store.read() as connection:
        query = reviews.query(connection, query_id)
        if query is None or _is_hidden(session, query):
            raise InputError(_NO_QUERY, "Open the list again.")
        where = {"patient_id": query.patient_id, "record_id": query.record_id}
        rows = [
            row
            for row in repo.audit_rows(connection, where=where)
            if row["action"].startswith("query ") and json.loads(row["new"])["query"] == query_id
        ]
        hidden = reviews.redacted(connection, (row["sequence"] for row in rows))
    return tuple(_step(row, hidden) for row in rows)


def threads(session: StudySession, patient_id: str) -> Mapping[str, tuple[Step, ...]]:
    """Return all steps of each query of a patient, by the query's id."""
    require(session, Action.VIEW)
    with session.store.read() as connection:
        stored = reviews.queries(connection, patient_id=patient_id)
        seen = {one.id for one in stored if not _is_hidden(session, one)}
        steps: dict[str, list[Mapping[str, Any]]] = {one: [] for one in seen}
        for row in repo.audit_rows(connection, where={"patient_id": patient_id}):
            if row["action"].startswith("query "):
                query_id = json.loads(row["new"])["query"]
                if query_id in seen:
                    steps[query_id].append(row)
        hidden = reviews.redacted(connection)
    return {one: tuple(_step(row, hidden) for row in rows) for one, rows in steps.items()}


def ask(
    session: StudySession,
    text: str,
    *,
    patient_id: str,
    record_id: str = "",
    item: str = "",
    kind: Kind = Kind.QUERY,
    assigned_to: str = "",
) -> tuple[str, ChangeSet]:
    """Raise a query or write an annotation, which waits for nothing; return its id.

    Raises:
        InputError: no text, or no such patient, record, item or account.
    """
    require(session, Action.RAISE_QUERY)
    if kind is Kind.FAILED_CHECK:
        raise InputError("Only the checks raise this kind.", "Raise a query.")
    with session.work() as work:
        data = load(session, patient_id)
        record = _record(session, data, record_id, item)
        _check_account(work, assigned_to)
        query = StoredQuery(
            id=session.new_id(),
            patient_id=patient_id,
            visit_id=(record.visit_id or "") if record else "",
            form=record.form.code if record else "",
            record_id=record_id,
            item=item,
            kind=kind.value,
            state="",
            check_id="",
            assigned_to=assigned_to,
            opened_at=work.at,
            opened_by=session.actor.account,
            closed_at="",
            first_entry=0,
            last_entry=0,
        )
        state = CLOSED if kind is Kind.ANNOTATION else NEW
        step(work, query, "query raised", state, _text(text))
    return query.id, _changes(patient_id)


def answer(session: StudySession, query_id: str, text: str) -> ChangeSet:
    """Answer a query for the site.

    Raises:
        InputError: no text, or no such query. RefusedError: it is closed.
    """
    require(session, Action.ANSWER_QUERY)
    return _move(session, query_id, "query answered", text, (NEW, ANSWERED), ANSWERED)


def resolve(session: StudySession, query_id: str, text: str) -> ChangeSet:
    """Say for the site that the matter is settled, and how.

    Raises:
        InputError: no text, or no such query. RefusedError: it is resolved or closed already.
    """
    require(session, Action.ANSWER_QUERY)
    return _move(session, query_id, "query resolved", text, (NEW, ANSWERED), RESOLVED)


def close(session: StudySession, query_id: str, text: str) -> ChangeSet:
    """Close a person's query; a check's query is closed by its check.

    Raises:
        InputError: no text, or no such query. RefusedError: it is closed already, or a check's.
    """
    require(session, Action.CLOSE_QUERY)
    return _move(session, query_id, "query closed", text, OPEN_STATES, CLOSED, persons_only=True)


def reopen(session: StudySession, query_id: str, text: str) -> ChangeSet:
    """Ask again: an answer does not suffice, or a closed query was closed too early.

    Raises:
        InputError: no text, or no such query. RefusedError: it is new, or a check's.
    """
    require(session, Action.CLOSE_QUERY)
    states = (ANSWERED, RESOLVED, CLOSED)
    return _move(session, query_id, "query reopened", text, states, NEW, persons_only=True)


def comment(session: StudySession, query_id: str, text: str) -> ChangeSet:
    """Add a remark that leaves the state as it is.

    Raises:
        InputError: no text, or no such query. RefusedError: it is closed.
    """
    require(session, Action.RAISE_QUERY)
    return _move(session, query_id, "query comment", text, OPEN_STATES, None)


def assign(session: StudySession, query_id: str, account: str, text: str = "") -> ChangeSet:
    """Give a query to a person, or with an empty name to nobody in particular.

    Raises:
        InputError: no such query or account. RefusedError: it is closed.
    """
    require(session, Action.RAISE_QUERY)
    with session.work() as work:
        _check_account(work, account)
        query = replace(_open_query(session, work, query_id, OPEN_STATES), assigned_to=account)
        step(work, query, "query assigned", query.state, text.strip())
    return _changes(query.patient_id)


def run_checks(
    session: StudySession, patient_id: str | None = None, *, progress: Progress = silent
) -> ChangeSet:
    """Check stored records: raise a query for what is unexplained, close those that are settled.

    A save asks at once; this finds what came by import, what a change elsewhere made doubtful, and
    what a new version of the checks sees.
    """
    require(session, Action.RAISE_QUERY)
    with session.store.read() as connection:
        everybody = [one.id for one in repo.patients(connection)]
    ids = everybody if patient_id is None else [patient_id]
    changed: set[str] = set()
    for number, one in enumerate(ids, start=1):
        with session.work() as work:
            if _check_patient(session, work, load(session, one)):
                changed.add(one)
        progress(number, len(ids), "Patients")
    kinds = frozenset({"reviews", "audit"}) if changed else frozenset()
    return ChangeSet(kinds, frozenset(changed))


# --- checks ------------------------------------------------------------------------------------


def _check_patient(session: StudySession, work: UnitOfWork, data: PatientData) -> bool:
    """Bring the checks' queries of a patient in step; return whether any was raised or closed."""
    present = {
        (one.record_id, one.check_id, one.item): one
        for one in reviews.queries(work.connection, patient_id=data.patient_id, states=OPEN_STATES)
        if one.check_id
    }
    raised = 0
    for record in data.records:
        for finding in _doubts(session, data, record):
            key = (record.id, finding.check_id, finding.item or "")
            if present.pop(key, None) is None:
                raise_check(session, work, record, *key[1:], finding.message.en)
                raised += 1
        if unanswered_items(record):
            present.pop((record.id, REQUIRED, ""), None)
            raised += ask_for_required(session, work, record)
    for query in present.values():
        step(work, query, "query closed", CLOSED, _GONE, source=DERIVED)
    return bool(present or raised)


def _doubts(session: StudySession, data: PatientData, record: Record[Form]) -> Iterable[Finding]:
    """Return what a save of the record as it is would not let pass, one for an item and check."""
    findings = check_form(
        record.form,
        data=data,
        visit=visit_of(data, record.visit_id),
        protocol=session.protocol,
        record_id=record.id,
        missing=record.missing,
        today=session.today,
    )
    doubts = [one for one in findings if unanswered(one, record.justified)]
    return {(one.check_id, one.item): one for one in doubts}.values()


# --- steps -------------------------------------------------------------------------------------


def _move(
    session: StudySession,
    query_id: str,
    action: str,
    text: str,
    states: Sequence[str],
    state: str | None,
    *,
    persons_only: bool = False,
) -> ChangeSet:
    with session.work() as work:
        query = _open_query(session, work, query_id, states)
        if persons_only and query.check_id:
            raise RefusedError(
                "A check asks this and closes it itself.",
                "Answer the item, or say why it is missing.",
            )
        step(work, query, action, state or query.state, _text(text))
    return _changes(query.patient_id)


def _open_query(
    session: StudySession, work: UnitOfWork, query_id: str, states: Sequence[str]
) -> StoredQuery:
    query = reviews.query(work.connection, query_id)
    if query is None or _is_hidden(session, query):
        raise InputError(_NO_QUERY, "Open the list again.")
    if query.state not in states:
        raise RefusedError(
            "The query is {state}: this step does not follow.",
            "Open the list again.",
            state=query.state,
        )
    return query


def _text(text: str) -> str:
    if not text.strip():
        raise InputError("A query needs a text.", "Write it.")
    return text.strip()


def _record(
    session: StudySession, data: PatientData, record_id: str, item: str
) -> Record[Form] | None:
    if not record_id and not item:
        return None
    record = next((one for one in data.records if one.id == record_id), None)
    secret = record is not None and isinstance(record.form, Identity)
    if record is None or (secret and not session.may(Action.VIEW_IDENTITY)):
        raise InputError("There is no such record.", "Open the page again.")
    if item and item not in type(record.form).items():
        raise InputError("There is no such item.", "Open the page again.")
    return record


def _check_account(work: UnitOfWork, account: str) -> None:
    if account and account not in {one.name for one in repo.accounts(work.connection)}:
        raise InputError("There is no account {name}.", "Choose another person.", name=account)


def _changes(patient_id: str) -> ChangeSet:
    return ChangeSet(frozenset({"reviews", "audit"}), frozenset({patient_id}))


# --- reading -----------------------------------------------------------------------------------


def _is_hidden(session: StudySession, query: StoredQuery) -> bool:
    return query.form == Identity.code and not session.may(Action.VIEW_IDENTITY)


def _views(
    session: StudySession, connection: Connection, stored: Sequence[StoredQuery]
) -> Iterable[QueryView]:
    now = session.clock.now()
    subjects = {one.id: one.subject_id for one in repo.patients(connection)}
    numbers = {number for one in stored for number in (one.first_entry, one.last_entry)}
    rows = {row["sequence"]: row for row in reviews.audit_entries(connection, numbers)}
    hidden = reviews.redacted(connection, numbers)
    for query in stored:
        if _is_hidden(session, query):
            continue
        first = rows[query.first_entry]
        until = datetime.fromisoformat(query.closed_at) if query.closed_at else now
        yield QueryView(
            id=query.id,
            patient_id=query.patient_id,
            subject_id=subjects[query.patient_id],
            visit_id=query.visit_id,
            form=query.form,
            record_id=query.record_id,
            item=query.item,
            items=tuple(json.loads(first["new"]).get("items", ())),
            kind=Kind(query.kind),
            state=query.state,
            check_id=query.check_id,
            assigned_to=query.assigned_to,
            opened_at=query.opened_at,
            opened_by=query.opened_by,
            closed_at=query.closed_at,
            days_open=(until - datetime.fromisoformat(query.opened_at)).days,
            question=_step(first, hidden).text,
            last=_step(rows[query.last_entry], hidden),
        )


def _step(row: Mapping[str, Any], hidden: Collection[int]) -> Step:
    return Step(
        sequence=row["sequence"],
        at=row["at"],
        utc_offset=row["utc_offset"],
        account=row["account"],
        full_name=row["full_name"],
        role=row["role"],
        action=row["action"],
        state=json.loads(row["new"])["state"],
        text=HIDDEN if row["sequence"] in hidden else row["reason"],
    )
