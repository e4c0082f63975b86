"""Reading and writing what people say about records: all statements of `review_tables`.

Every list takes the patients or records it is about, so that it costs the same however many
patients the study has; None stands for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from lnmonitor.storage.audit import utc_text
from lnmonitor.storage.prepared import Prepared
from lnmonitor.storage.review_tables import (
    HoldRow,
    QueryRow,
    RedactionRow,
    SeenRow,
    SignatureRow,
    SignedRecordRow,
    VerificationRow,
)
from lnmonitor.storage.tables import AuditRow, form_tables, table_of

_AUDIT = table_of(AuditRow)
_VERIFICATION = table_of(VerificationRow)
_SIGNATURE = table_of(SignatureRow)
_SIGNED = table_of(SignedRecordRow)
_HOLD = table_of(HoldRow)
_QUERY = table_of(QueryRow)
_SEEN = table_of(SeenRow)
_REDACTION = table_of(RedactionRow)
_HOLDS_OVER = Prepared(
    select(_HOLD)
    .where(or_(_HOLD.c.patient_id == "", _HOLD.c.patient_id == bindparam("patient_id")))
    .order_by(*_HOLD.primary_key)
)
_MOST_BOUND = 500
"""Values in one IN list; SQLite takes 32,766 by default, older builds 999."""

STUDY = "study"
"""Scope and target of a hold on the whole study."""


@dataclass(frozen=True)
class Mark:
    """An item compared with its source; `cell` is what it held, as the audit trail writes it."""

    record_id: str
    item: str
    patient_id: str
    cell: str
    at: str
    by: str


@dataclass(frozen=True)
class StoredSignature:
    """One act of signing."""

    id: str
    patient_id: str
    scope: str
    target: str
    meaning: str
    account: str
    full_name: str
    role: str
    at: str
    utc_offset: str
    zone: str
    hash: str


@dataclass(frozen=True)
class SignedRecord:
    """A record under a signature; `invalid_at` is empty as long as the record is unchanged."""

    signature_id: str
    record_id: str
    form: str
    row_version: int
    content_hash: str
    invalid_at: str = ""
    invalid_by: str = ""


@dataclass(frozen=True)
class Hold:
    """A record, visit, patient or study (`scope`) frozen or locked (`level`)."""

    scope: str
    target: str
    patient_id: str
    level: str
    at: str
    by: str


@dataclass(frozen=True)
class StoredQuery:
    """A query's present state."""

    id: str
    patient_id: str
    visit_id: str
    form: str
    record_id: str
    item: str
    kind: str
    state: str
    check_id: str
    assigned_to: str
    opened_at: str
    opened_by: str
    closed_at: str
    first_entry: int
    last_entry: int


@dataclass(frozen=True)
class Seen:
    """The version of a record that a person last had open, and the trail's end at that time."""

    account: str
    record_id: str
    patient_id: str
    row_version: int
    entry: int
    at: str


@dataclass(frozen=True)
class Bare:
    """A record that no valid signature covers."""

    record_id: str
    patient_id: str
    visit_id: str | None
    form: str
    entered_at: str


T = TypeVar("T", Mark, StoredSignature, SignedRecord, Hold, StoredQuery, Seen)


def marks(
    connection: Connection,
    *,
    patient_id: str | None = None,
    record_ids: Collection[str] | None = None,
) -> list[Mark]:
    """Return verification marks."""
    return _read(connection, _VERIFICATION, Mark, _of(patient_id), "record_id", record_ids)


def put_marks(connection: Connection, new: Sequence[Mark]) -> None:
    """Add marks, over older ones of the same items."""
    _put(connection, _VERIFICATION, new)


def drop_marks(connection: Connection, record_id: str, items: Collection[str]) -> None:
    """Take the marks of some items away."""
    connection.execute(
        delete(_VERIFICATION).where(
            _VERIFICATION.c.record_id == record_id, _VERIFICATION.c.item.in_(items)
        )
    )


def signatures(connection: Connection, *, patient_id: str | None = None) -> list[StoredSignature]:
    """Return signatures, first one first."""
    return _read(connection, _SIGNATURE, StoredSignature, _of(patient_id))


def signed_records(
    connection: Connection,
    *,
    patient_id: str | None = None,
    record_ids: Collection[str] | None = None,
) -> list[SignedRecord]:
    """Return the records under signatures, valid or not."""
    if patient_id is not None:
        own = select(_SIGNATURE.c.id).where(_SIGNATURE.c.patient_id == patient_id)
        statement = _select(_SIGNED, ()).where(_SIGNED.c.signature_id.in_(own))
        found = [SignedRecord(*row) for row in connection.execute(statement)]
        return [one for one in found if record_ids is None or one.record_id in record_ids]
    return _read(connection, _SIGNED, SignedRecord, {}, "record_id", record_ids)


def add_signature(
    connection: Connection, signature: StoredSignature, records: Sequence[SignedRecord]
) -> None:
    """Add a signature with what it covers."""
    connection.execute(insert(_SIGNATURE), vars(signature))
    connection.execute(insert(_SIGNED), [vars(record) for record in records])


def unsigned(
    connection: Connection, before: datetime, *, patient_id: str | None = None
) -> list[Bare]:
    """Return the records last saved before an instant that no valid signature covers."""
    found: list[Bare] = []
    for code, table in form_tables().items():
        valid = exists().where(_SIGNED.c.record_id == table.c.id, _SIGNED.c.invalid_at == "")
        statement = select(
            table.c.id, table.c.patient_id, table.c.visit_id, literal(code), table.c.entered_at
        ).where(table.c.voided.is_(False), table.c.entered_at < utc_text(before), ~valid)
        if patient_id is not None:
            statement = statement.where(table.c.patient_id == patient_id)
        found += [Bare(*row) for row in connection.execute(statement)]
    return found


def invalidate(connection: Connection, signed: SignedRecord, at: str, by: str) -> None:
    """Mark that a signed record changed; nothing takes this back."""
    connection.execute(
        update(_SIGNED)
        .where(
            _SIGNED.c.signature_id == signed.signature_id, _SIGNED.c.record_id == signed.record_id
        )
        .values(invalid_at=at, invalid_by=by)
    )


def holds(connection: Connection, *, patient_id: str | None = None) -> list[Hold]:
    """Return what is frozen or locked: of the study and one patient, or everything."""
    if patient_id is None:
        return _read(connection, _HOLD, Hold, {})
    return [Hold(*row) for row in _HOLDS_OVER.rows(connection, patient_id=patient_id)]


def put_hold(connection: Connection, hold: Hold) -> None:
    """Freeze or lock."""
    _put(connection, _HOLD, [hold])


def drop_hold(connection: Connection, scope: str, target: str) -> None:
    """Open what was frozen."""
    connection.execute(delete(_HOLD).where(_HOLD.c.scope == scope, _HOLD.c.target == target))


def queries(
    connection: Connection,
    *,
    patient_id: str | None = None,
    record_ids: Collection[str] | None = None,
    states: Collection[str] | None = None,
) -> list[StoredQuery]:
    """Return queries, first one first."""
    where = _of(patient_id)
    if record_ids is None:
        besides = () if states is None else (_QUERY.c.state.in_(states),)
        return _read(connection, _QUERY, StoredQuery, where, besides=besides)
    found = _read(connection, _QUERY, StoredQuery, where, "record_id", record_ids)
    return [one for one in found if states is None or one.state in states]


def query(connection: Connection, query_id: str) -> StoredQuery | None:
    """Return one query, None if there is none."""
    found = _read(connection, _QUERY, StoredQuery, {"id": query_id})
    return found[0] if found else None


def put_query(connection: Connection, new: StoredQuery) -> None:
    """Store a query's state."""
    _put(connection, _QUERY, [new])


def seen(
    connection: Connection,
    account: str,
    *,
    patient_id: str | None = None,
    record_ids: Collection[str] | None = None,
) -> list[Seen]:
    """Return what a person has had open."""
    where = {"account": account, **_of(patient_id)}
    return _read(connection, _SEEN, Seen, where, "record_id", record_ids)


def put_seen(connection: Connection, new: Sequence[Seen]) -> None:
    """Remember what a person has open now."""
    _put(connection, _SEEN, new)


def redacted(connection: Connection, sequences: Iterable[int] | None = None) -> set[int]:
    """Return those of the audit entries whose content is hidden; all of them with None."""
    hidden = set(connection.scalars(select(_REDACTION.c.sequence)))
    return hidden if sequences is None else hidden.intersection(sequences)


def redactions(connection: Connection) -> dict[int, tuple[str, str]]:
    """Return when and by whom each hidden entry was hidden, by its number."""
    return {row.sequence: (row.at, row.by) for row in connection.execute(select(_REDACTION))}


def put_redaction(connection: Connection, sequence: int, at: str, by: str) -> None:
    """Hide an audit entry's content."""
    connection.execute(insert(_REDACTION), {"sequence": sequence, "at": at, "by": by})


def audit_entries(connection: Connection, sequences: Collection[int]) -> list[Mapping[str, Any]]:
    """Return audit entries by their numbers, in order."""
    found: list[Mapping[str, Any]] = []
    for part in _parts(sorted(set(sequences))):
        rows = connection.execute(
            select(_AUDIT).where(_AUDIT.c.sequence.in_(part)).order_by(_AUDIT.c.sequence)
        )
        found += rows.mappings()  # type: ignore[arg-type]
    return found


def changes_since(connection: Connection, record_id: str, sequence: int) -> list[Mapping[str, Any]]:
    """Return the amendments and the voiding of a record after an entry of the trail."""
    rows = connection.execute(
        select(_AUDIT)
        .where(
            _AUDIT.c.record_id == record_id,
            _AUDIT.c.sequence > sequence,
            _AUDIT.c.action.in_(("amend", "void")),
        )
        .order_by(_AUDIT.c.sequence)
    )
    return list(rows.mappings())  # type: ignore[arg-type]


def _read(
    connection: Connection,
    table: Table,
    kind: type[T],
    where: Mapping[str, str],
    key: str = "",
    ids: Collection[str] | None = None,
    besides: Sequence[ColumnElement[bool]] = (),
) -> list[T]:
    """Read rows by the contents of columns, in the order of their primary key: ids grow with time.

    Args:
        ids: only rows whose column `key` holds one of them. besides: further conditions.
    """
    columns: tuple[str, ...] = tuple(where)
    if ids is None:
        statement = _select(table, columns).where(*besides)
        return [kind(*row) for row in connection.execute(statement, where)]
    if len(ids) == 1:
        (only,) = ids
        prepared = _prepared(table, (*columns, key))
        return [kind(*row) for row in prepared.rows(connection, **{**where, key: only})]
    found: list[T] = []
    for part in _parts(sorted(ids)):
        statement = _select(table, columns).where(table.c[key].in_(part))
        found += [kind(*row) for row in connection.execute(statement, where)]
    return found


def _of(patient_id: str | None) -> dict[str, str]:
    return {} if patient_id is None else {"patient_id": patient_id}


@cache
def _select(table: Table, columns: tuple[str, ...]) -> Select[Any]:
    """Return the statement that reads a table's rows by some columns; made once, used often."""
    equal = [table.c[name] == bindparam(name) for name in columns]
    return select(table).where(true(), *equal).order_by(*table.primary_key)


@cache
def _prepared(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(_select(table, columns))


def _put(connection: Connection, table: Table, new: Sequence[T]) -> None:
    if not new:
        return
    keys = [column.name for column in table.primary_key]
    statement = upsert(table)
    values = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=values),
        [vars(row) for row in new],
    )


P = TypeVar("P", str, int)


def _parts(values: Sequence[P]) -> Iterable[Sequence[P]]:
    return (values[i : i + _MOST_BOUND] for i in range(0, len(values), _MOST_BOUND))
