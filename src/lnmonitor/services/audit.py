"""The audit trail as people read it: entries with plain values, and the head of the chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit as trail
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.study.forms import Identity

_WHOLE_RECORD = ("create", "void")
_SHORT = 12


@dataclass(frozen=True)
class AuditEntry:
    """One entry, its values made plain.

    Attributes:
        at: UTC instant; `local` the same on the workstation's clock, with its offset.
        item: item of the form; empty for the record as a whole; else what the entry is about.
        old, new: value, or the missing-value reason, as text; empty where there is none or for the
            record as a whole. justified: why the new value is right although unexpected.
        values: all values of the record as a whole (create, void), by item.
        hash: of the entry, as chained.
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
    since: str = "",
    until: str = "",
    limit: int | None = 1000,
) -> tuple[AuditEntry, ...]:
    """Return entries, latest first; without a `limit` all of them, first entry first.

    Args:
        since, until: UTC instants as ISO text, both included.
    """
    require(session, Action.VIEW_AUDIT)
    wanted = {
        "patient_id": patient_id,
        "form": form,
        "item": item,
        "account": account,
        "action": action,
    }
    where = {name: value for name, value in wanted.items() if value is not None}
    with session.store.read() as connection:
        rows = repo.audit_rows(connection, where=where, first_at=since, last_at=until, limit=limit)
    hidden = not session.may(Action.VIEW_IDENTITY)
    return tuple(entry_of(row) for row in rows if not (hidden and row["form"] == Identity.code))


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


def entry_of(row: Mapping[str, Any]) -> AuditEntry:
    """Return the read model of a row."""
    plain = {name: row[name] for name in row if name not in ("old", "new", "previous_hash")}
    old, new = _decoded(row["old"]), _decoded(row["new"])
    if row["action"] in _WHOLE_RECORD:
        return AuditEntry(**plain, old="", new="", values=new or old or {})
    justified = new.get("justified", "") if isinstance(new, Mapping) else ""
    return AuditEntry(**plain, old=_text(old), new=_text(new), justified=justified)


def _decoded(text: str) -> Any:
    return json.loads(text) if text else None


def _text(value: Any) -> str:
    """Return a cell's value or missing-value reason; other content as it stands."""
    if value is None:
        return ""
    if isinstance(value, Mapping) and value.keys() <= {"missing", "justified", "value"}:
        return str(value.get("missing") or value.get("value", ""))
    return value if isinstance(value, str) else canonical(value)
