"""What a change of a record does to all that people said about it, in the change's transaction.

A changed item loses its verification, a changed record its signatures, a person's query about the
item becomes resolved and waits for its closing, and the checks' own queries are raised and closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lnmonitor.services.form_state import unanswered_items
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit as trail
from lnmonitor.storage import reviews
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.mappers import cell_text
from lnmonitor.storage.reviews import StoredQuery
from lnmonitor.storage.unit_of_work import UnitOfWork, changed_items
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

REQUIRED = "item.required"
"""The check that asks for required items; the same id as in `study.checks`."""
FAILED_CHECK = "failed check"
CHECKS = ""
"""Who raises the checks' own queries: nobody."""
DERIVED = "derived"
NEW, ANSWERED, RESOLVED, CLOSED = "new", "answered", "resolved", "closed"
_LACKING = "Required items have no answer."
_GIVEN = "What was asked for is answered."
_CHANGED = "The value was changed."
_VOIDED = "The record was voided."
SENTENCES = (_LACKING, _GIVEN, _CHANGED, _VOIDED)
"""Texts of the checks' own steps, for the translation."""


def settle(
    session: StudySession,
    work: UnitOfWork,
    changes: Iterable[tuple[Record[Form] | None, Record[Form]]],
) -> None:
    """Follow changes of records: pairs of the record before, None for a new one, and after."""
    for old, new in changes:
        if old is new:
            continue
        if old is not None:
            items = _touched(old, new)
            _drop_marks(work, new, items)
            _invalidate(work, new)
            _move_queries(work, new, items)
        if not new.voided:
            ask_for_required(session, work, new)


def ask_for_required(session: StudySession, work: UnitOfWork, record: Record[Form]) -> bool:
    """Raise the query for required items without an answer, once for a record.

    Returns:
        Whether one was raised.
    """
    lacking = unanswered_items(record)
    if not lacking:
        return False
    present = reviews.queries(
        work.connection, record_ids=[record.id], states=(NEW, ANSWERED, RESOLVED)
    )
    if any(one.check_id == REQUIRED for one in present):
        return False
    raise_check(session, work, record, REQUIRED, "", _LACKING, items=lacking)
    return True


def raise_check(
    session: StudySession,
    work: UnitOfWork,
    record: Record[Form],
    check_id: str,
    item: str,
    text: str,
    items: Sequence[str] = (),
) -> None:
    """Raise a query in the name of a check; `items` are those it asks for."""
    query = StoredQuery(
        id=session.new_id(),
        patient_id=record.patient_id,
        visit_id=record.visit_id or "",
        form=record.form.code,
        record_id=record.id,
        item=item,
        kind=FAILED_CHECK,
        state="",
        check_id=check_id,
        assigned_to="",
        opened_at=work.at,
        opened_by=CHECKS,
        closed_at="",
        first_entry=0,
        last_entry=0,
    )
    step(work, query, "query raised", NEW, text, source=DERIVED, items=items)


def step(
    work: UnitOfWork,
    query: StoredQuery,
    action: str,
    state: str,
    text: str,
    *,
    source: str = "typed",
    items: Sequence[str] = (),
) -> StoredQuery:
    """Write a step of a query: its state, and the entry of the trail that is part of its thread."""
    facts: dict[str, object] = {"query": query.id, "state": state}
    told = {"kind": query.kind, "check": query.check_id, "assigned": query.assigned_to}
    facts |= {name: value for name, value in told.items() if value}
    if items:
        facts["items"] = list(items)
    work.note(
        action,
        patient_id=query.patient_id,
        visit_id=query.visit_id,
        form=query.form,
        record_id=query.record_id,
        item=query.item,
        old=canonical(query.state) if query.state else "",
        new=canonical(facts),
        reason=text,
        source=source,
    )
    work.trail.flush()
    last = trail.head(work.connection).sequence
    stored = replace(
        query,
        state=state,
        closed_at=work.at if state == CLOSED else "",
        first_entry=query.first_entry or last,
        last_entry=last,
    )
    reviews.put_query(work.connection, stored)
    return stored


def _touched(old: Record[Form], new: Record[Form]) -> list[str]:
    """Return the items whose content is another one, all of them when the record ended."""
    if new.voided:
        return [*type(new.form).items(), ""]
    return changed_items(old, new)


def _drop_marks(work: UnitOfWork, record: Record[Form], items: Sequence[str]) -> None:
    gone = [
        mark.item
        for mark in reviews.marks(work.connection, record_ids=[record.id])
        if mark.item in items and (record.voided or mark.cell != cell_text(record, mark.item))
    ]
    if gone:
        reviews.drop_marks(work.connection, record.id, gone)
        _note(work, "verification dropped", record, new=canonical(sorted(gone)))


def _invalidate(work: UnitOfWork, record: Record[Form]) -> None:
    for signed in reviews.signed_records(work.connection, record_ids=[record.id]):
        if not signed.invalid_at:
            reviews.invalidate(work.connection, signed, work.at, work.actor.account)
            _note(work, "signature invalidated", record, item=signed.signature_id)


def _move_queries(work: UnitOfWork, record: Record[Form], items: Sequence[str]) -> None:
    """Close the checks' queries that a change answers; mark a person's as resolved."""
    open_ones = reviews.queries(
        work.connection, record_ids=[record.id], states=(NEW, ANSWERED, RESOLVED)
    )
    for query in open_ones:
        why = _VOIDED if record.voided else _CHANGED
        if not query.check_id:
            if query.item in items and query.state != RESOLVED:
                step(work, query, "query resolved", RESOLVED, why, source=DERIVED)
        elif query.check_id == REQUIRED and not record.voided:
            if not unanswered_items(record):
                step(work, query, "query closed", CLOSED, _GIVEN, source=DERIVED)
        else:  # a save leaves no question of the other checks unanswered, or there is no save
            step(work, query, "query closed", CLOSED, why, source=DERIVED)


def _note(
    work: UnitOfWork, action: str, record: Record[Form], *, item: str = "", new: str = ""
) -> None:
    work.note(
        action,
        patient_id=record.patient_id,
        visit_id=record.visit_id or "",
        form=record.form.code,
        record_id=record.id,
        item=item,
        new=new,
        source=DERIVED,
    )
