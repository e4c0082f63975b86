"""Source data verification: a monitor compares items with their source and marks them.

A mark holds what the item contained, so that it never outlives a change. Many records can be marked
at once only in the version that this person had open (`services.seen`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lnmonitor.errors import ConflictError, InputError, RefusedError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.form_state import (
    UNREVIEWED,
    FormState,
    answered_items,
    require_open,
    require_step,
    unanswered_items,
    verified_items,
)
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.saving import load
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import reviews
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.mappers import cell_text
from lnmonitor.storage.reviews import Mark
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

CHANGES = ChangeSet(frozenset({"reviews", "audit"}))


@dataclass(frozen=True)
class ItemMark:
    """Who compared an item with its source, and when (UTC)."""

    by: str
    at: str


def verify_items(
    session: StudySession, record_id: str, items: Sequence[str], row_version: int
) -> ChangeSet:
    """Mark items of one record as compared with their source.

    Args:
        row_version: the version that was on the screen.

    Raises:
        InputError: no such record, or an item that holds nothing.
        ConflictError: the record has changed meanwhile. RefusedError: it is frozen or locked.
    """
    require(session, Action.VERIFY_SOURCE)
    with session.work() as work:
        record = _record(work, record_id)
        _check_version(record, row_version)
        empty = set(items) - set(answered_items(record))
        if empty or not items:
            raise InputError("There is nothing to verify in an empty item.", "Choose items.")
        _mark(work, record, items)
    return CHANGES | ChangeSet(frozenset(), frozenset({record.patient_id}))


def verify_record(session: StudySession, record_id: str, row_version: int) -> ChangeSet:
    """Mark a whole form as compared with its source; it must be complete.

    Raises:
        InputError: no such record. ConflictError: it has changed meanwhile.
        RefusedError: it is not complete, or held.
    """
    require(session, Action.VERIFY_SOURCE)
    with session.work() as work:
        record = _record(work, record_id)
        _check_version(record, row_version)
        _verify(work, [record])
    return CHANGES | ChangeSet(frozenset(), frozenset({record.patient_id}))


def verify_opened(session: StudySession, record_ids: Sequence[str]) -> ChangeSet:
    """Mark several forms at once, all or none.

    Raises:
        RefusedError: this person has not had one of them open in its present version, or one is
            not complete.
    """
    require(session, Action.VERIFY_SOURCE)
    with session.work() as work:
        records = [_record(work, record_id) for record_id in dict.fromkeys(record_ids)]
        looked = reviews.seen(
            work.connection, session.actor.account, record_ids=[one.id for one in records]
        )
        seen = {one.record_id: one.row_version for one in looked}
        unopened = [one for one in records if seen.get(one.id) != one.row_version]
        if unopened:
            raise RefusedError(
                "Not opened in their present version: {forms}.",
                "Open each of them and compare it with its source.",
                forms=_names(unopened),
            )
        _verify(work, records)
    return CHANGES | ChangeSet(frozenset(), frozenset(one.patient_id for one in records))


def withdraw(session: StudySession, record_id: str, items: Sequence[str], reason: str) -> ChangeSet:
    """Take marks of items back that were set by mistake.

    Raises:
        InputError: no reason, no such record, or none of the items is marked.
    """
    require(session, Action.VERIFY_SOURCE)
    if not reason.strip():
        raise InputError("A mark is taken back with a reason only.", "Say why.")
    with session.work(reason=reason.strip()) as work:
        record = _record(work, record_id)
        present = {one.item for one in reviews.marks(work.connection, record_ids=[record_id])}
        gone = sorted(present.intersection(items))
        if not gone:
            raise InputError("None of these items is marked.", "Open the form again.")
        reviews.drop_marks(work.connection, record_id, gone)
        _note(work, "verification withdrawn", record, gone)
    return CHANGES | ChangeSet(frozenset(), frozenset({record.patient_id}))


def marks(session: StudySession, record_id: str) -> Mapping[str, ItemMark]:
    """Return who verified each item of a record whose mark still fits.

    Raises:
        InputError: there is no such record.
    """
    require(session, Action.VIEW)
    with session.store.read() as connection:
        record = repo.find_record(connection, record_id)
        found = reviews.marks(connection, record_ids=[record_id])
    if record is None:
        raise _no_record()
    return _fitting(record, found)


def patient_marks(session: StudySession, patient_id: str) -> Mapping[str, Mapping[str, ItemMark]]:
    """Return who verified each item of a patient's records, by record; marks that still fit.

    Raises:
        InputError: there is no such patient.
    """
    require(session, Action.VIEW)
    stored: dict[str, list[Mark]] = defaultdict(list)
    with session.store.read() as connection:
        for mark in reviews.marks(connection, patient_id=patient_id):
            stored[mark.record_id].append(mark)
    records = {one.id: one for one in load(session, patient_id).records if one.id in stored}
    return {one: _fitting(record, stored[one]) for one, record in records.items()}


def _fitting(record: Record[Form], found: Sequence[Mark]) -> Mapping[str, ItemMark]:
    fitting = verified_items(record, {one.item: one.cell for one in found})
    return {one.item: ItemMark(one.by, one.at) for one in found if one.item in fitting}


def _record(work: UnitOfWork, record_id: str) -> Record[Form]:
    record = repo.find_record(work.connection, record_id)
    if record is None or record.form.code in UNREVIEWED:
        raise _no_record()
    require_open(work.connection, record.patient_id, [record])
    return record


def _no_record() -> InputError:
    return InputError("There is no such record.", "Open the page again.")


def _check_version(record: Record[Form], row_version: int) -> None:
    if record.row_version != row_version:
        raise ConflictError(
            "{form} has changed since you opened it: nothing was verified.",
            "Open it again and compare it with its source.",
            form=type(record.form).title.en,
        )


def _verify(work: UnitOfWork, records: Sequence[Record[Form]]) -> None:
    states = [
        (one.form.code, FormState.DRAFT if unanswered_items(one) else FormState.COMPLETE)
        for one in records
    ]
    require_step(states, FormState.COMPLETE)
    for record in records:
        _mark(work, record, answered_items(record))


def _mark(work: UnitOfWork, record: Record[Form], items: Sequence[str]) -> None:
    """Mark what is not marked yet; one entry of the trail for a record."""
    stored = {one.item: one.cell for one in reviews.marks(work.connection, record_ids=[record.id])}
    new = sorted(set(items) - set(verified_items(record, stored)))
    if not new:
        return
    reviews.put_marks(
        work.connection,
        [
            Mark(
                record.id,
                item,
                record.patient_id,
                cell_text(record, item),
                work.at,
                work.actor.account,
            )
            for item in new
        ],
    )
    _note(work, "verified", record, new)


def _note(work: UnitOfWork, action: str, record: Record[Form], items: Sequence[str]) -> None:
    work.note(
        action,
        patient_id=record.patient_id,
        visit_id=record.visit_id or "",
        form=record.form.code,
        record_id=record.id,
        new=canonical(list(items)),
    )


def _names(records: Sequence[Record[Form]]) -> str:
    return ", ".join(dict.fromkeys(type(one.form).title.en for one in records))
