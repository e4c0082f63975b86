"""The audit trail as people read it: by filter and page, as a table, with its own reviews.

The identity of a person is read by those only who may see it. What was hidden because it named
somebody by mistake stays in the chain and is shown to nobody (docs/adr/0019).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection

from lnmonitor.errors import InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit as trail
from lnmonitor.storage import audit_reading, reviews
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.audit_reading import AuditFilter
from lnmonitor.storage.repositories import subjects_of
from lnmonitor.study.forms import Identity

__all__ = [
    "HIDDEN",
    "AuditEntry",
    "AuditFilter",
    "AuditPage",
    "AuditTable",
    "Result",
    "TrailReview",
    "entries",
    "entries_of",
    "head",
    "note",
    "page",
    "record_review",
    "redact",
    "table",
    "trail_reviews",
]

HIDDEN = "[hidden]"
"""What stands for the content of a hidden entry."""
Result = Literal["no finding", "finding"]
_WHOLE_RECORD = ("create", "void")
_SHORT = 12
_REDACTED = "redacted"
_REVIEWED = "audit trail reviewed"


@dataclass(frozen=True)
class AuditEntry:
    """One entry, its values made plain.

    Attributes:
        at: UTC instant, with the workstation's offset and zone beside it.
        subject: the patient's number, empty where the entry is about no patient.
        item: item of the form; empty for the record as a whole; else what the entry is about.
        old, new: value, or the missing-value reason, as text; empty where there is none or for the
            record as a whole. justified: why the new value is right although unexpected.
        values: all values of the record as a whole (create, void), by item.
        hash: of the entry, as chained. hidden: its content is not shown any more.
    """

    sequence: int
    at: str
    utc_offset: str
    zone: str
    account: str
    full_name: str
    role: str
    workstation: str
    program: str
    action: str
    patient_id: str
    subject: str
    visit_id: str
    form: str
    record_id: str
    item: str
    old: str
    new: str
    reason: str
    source: str
    hash: str
    justified: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True)
class AuditPage:
    """Some entries, latest first, of `total`; `before` asks for the next page, None at its end."""

    entries: tuple[AuditEntry, ...]
    total: int
    before: int | None


@dataclass(frozen=True)
class AuditTable:
    """The trail as a table for a workbook or a CSV file: names of columns, then rows of text."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[str, ...]]


@dataclass(frozen=True)
class TrailReview:
    """Somebody's review of the trail: what was looked at, up to which entry, with which result."""

    at: str
    account: str
    full_name: str
    role: str
    scope: Mapping[str, str]
    entries: int
    up_to: int
    result: str
    comment: str


def head(session: StudySession) -> tuple[int, str]:
    """Return the last entry's number and the first 12 digits of its hash."""
    with session.store.read() as connection:
        last = trail.head(connection)
    return last.sequence, last.hash[:_SHORT]


def entries(
    session: StudySession,
    *,
    patient_id: str | None = None,
    form: str | None = None,
    item: str | None = None,
    account: str | None = None,
    action: str | None = None,
    record_id: str | None = None,
    since: str = "",
    until: str = "",
    limit: int | None = 1000,
) -> tuple[AuditEntry, ...]:
    """Return entries, latest first; without a `limit` all of them, first entry first.

    Args:
        since, until: UTC instants as ISO text, both included.
    """
    require(session, Action.VIEW_AUDIT)
    wanted = AuditFilter(
        patient_id=patient_id,
        form=form,
        record_id=record_id,
        item=item,
        account=account,
        action=action,
        since=since,
        until=until,
    )
    with session.store.read() as connection:
        rows = audit_reading.find(connection, wanted, without_forms=_unseen(session), limit=limit)
        return entries_of(connection, rows)


def page(
    session: StudySession,
    wanted: AuditFilter | None = None,
    *,
    before: int | None = None,
    size: int = 200,
) -> AuditPage:
    """Return a page of the entries that a filter chooses, latest first."""
    require(session, Action.VIEW_AUDIT)
    chosen = wanted or AuditFilter()
    without = _unseen(session)
    with session.store.read() as connection:
        total = audit_reading.count(connection, chosen, without_forms=without)
        rows = audit_reading.find(
            connection, chosen, without_forms=without, before=before, limit=size + 1
        )
        found = entries_of(connection, rows[:size])
    return AuditPage(found, total, found[-1].sequence if len(rows) > size else None)


def table(session: StudySession, wanted: AuditFilter | None = None) -> AuditTable:
    """Return all entries that a filter chooses as rows of text, first entry first."""
    require(session, Action.EXPORT)
    require(session, Action.VIEW_AUDIT)
    chosen = wanted or AuditFilter()
    with session.store.read() as connection:
        rows = audit_reading.find(connection, chosen, without_forms=_unseen(session))
        found = entries_of(connection, rows)
    columns = tuple(AuditEntry.__dataclass_fields__)
    return AuditTable(columns, (_texts(one, columns) for one in found))


# --- reviews and redaction ---------------------------------------------------------------------


def record_review(
    session: StudySession, wanted: AuditFilter, result: Result, comment: str
) -> ChangeSet:
    """Record that the signed-in person has reviewed the entries that a filter chooses.

    Raises:
        InputError: a finding without words.
    """
    require(session, Action.REVIEW_AUDIT)
    if result == "finding" and not comment.strip():
        raise InputError("A finding needs words.", "Say what was found.")
    with session.work(reason=comment.strip()) as work:
        facts = {
            "scope": wanted.described(),
            "entries": audit_reading.count(work.connection, wanted),
            "up to": trail.head(work.connection).sequence,
            "result": result,
        }
        work.note(_REVIEWED, patient_id=wanted.patient_id or "", new=canonical(facts))
    return ChangeSet(frozenset({"audit"}))


def trail_reviews(session: StudySession) -> tuple[TrailReview, ...]:
    """Return the reviews of the trail, the first one first."""
    found = entries(session, action=_REVIEWED, limit=None)
    return tuple(_review(one) for one in found)


def redact(session: StudySession, sequence: int, justification: str) -> ChangeSet:
    """Show an entry's values and reason to nobody any more, because they name somebody by mistake.

    The record itself is corrected apart, and first. The entry stays in the chain, encrypted.

    Raises:
        InputError: no justification, no such entry, or one that cannot be hidden.
    """
    require(session, Action.REDACT_AUDIT)
    if not justification.strip():
        raise InputError("An entry is hidden with a justification only.", "Say why.")
    with session.work(reason=justification.strip()) as work:
        found = reviews.audit_entries(work.connection, [sequence])
        if not found or found[0]["action"] == _REDACTED:
            raise InputError(
                "There is no such entry, or it cannot be hidden.", "Open the trail again."
            )
        if reviews.redacted(work.connection, [sequence]):
            raise InputError("The entry is hidden already.", "Open the trail again.")
        reviews.put_redaction(work.connection, sequence, work.at, session.actor.account)
        same = {name: found[0][name] for name in ("patient_id", "visit_id", "form", "record_id")}
        work.note(_REDACTED, **same, item=str(sequence))
    return ChangeSet(frozenset({"audit"}))


def note(
    session: StudySession, action: str, *, item: str = "", patient_id: str = "", **facts: str
) -> ChangeSet:
    """Write an entry about something that changes no record, such as an export or a print.

    Args:
        action: what was done. item: on what. facts: what is to be remembered of it.
    """
    with session.work() as work:
        work.note(action, item=item, patient_id=patient_id, new=canonical(facts) if facts else "")
    return ChangeSet(frozenset({"audit"}))


def entries_of(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> tuple[AuditEntry, ...]:
    """Return the read models of rows, hidden content left out."""
    hidden = reviews.redacted(connection)
    subjects = subjects_of(connection, {row["patient_id"] for row in rows})
    return tuple(
        _entry_of(row, subjects.get(row["patient_id"], ""), hidden=row["sequence"] in hidden)
        for row in rows
    )


def _entry_of(row: Mapping[str, Any], subject: str, *, hidden: bool) -> AuditEntry:
    plain = {name: row[name] for name in row if name not in ("old", "new", "previous_hash")}
    plain["subject"] = subject
    if hidden:
        return AuditEntry(**{**plain, "reason": HIDDEN}, old=HIDDEN, new=HIDDEN, hidden=True)
    old, new = _decoded(row["old"]), _decoded(row["new"])
    if row["action"] in _WHOLE_RECORD:
        return AuditEntry(**plain, old="", new="", values=new or old or {})
    justified = new.get("justified", "") if isinstance(new, Mapping) else ""
    return AuditEntry(**plain, old=_text(old), new=_text(new), justified=justified)


def _unseen(session: StudySession) -> tuple[str, ...]:
    """Return the forms whose entries this person may not read."""
    return () if session.may(Action.VIEW_IDENTITY) else (Identity.code,)


def _texts(entry: AuditEntry, columns: Iterable[str]) -> tuple[str, ...]:
    values = (getattr(entry, name) for name in columns)
    return tuple(
        canonical(dict(one)) if isinstance(one, Mapping) and one else "" if not one else str(one)
        for one in values
    )


def _review(entry: AuditEntry) -> TrailReview:
    facts = json.loads(entry.new)
    return TrailReview(
        entry.at,
        entry.account,
        entry.full_name,
        entry.role,
        facts["scope"],
        facts["entries"],
        facts["up to"],
        facts["result"],
        entry.reason,
    )


def _decoded(text: str) -> Any:
    return json.loads(text) if text else None


def _text(value: Any) -> str:
    """Return a cell's value or missing-value reason; other content as it stands."""
    if value is None:
        return ""
    if isinstance(value, Mapping) and value.keys() <= {"missing", "justified", "value"}:
        return str(value.get("missing") or value.get("value", ""))
    if isinstance(value, Mapping) and "query" in value:
        return str(value["state"])
    return value if isinstance(value, str) else canonical(value)
