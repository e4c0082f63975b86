"""The audit trail: written explicitly inside each transaction, chained by hashes, never changed.

Each entry's hash is SHA-256 over the canonical bytes of all its other columns, the previous
entry's hash among them, so that an entry changed, removed, added or moved later is found and
located. The head of the chain (last sequence and hash) is kept beside it and shows entries missing
at the end. Triggers of the database refuse update, delete and replace (migration 0001).
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from lnmonitor import __version__
from lnmonitor.progress import Progress, silent
from lnmonitor.storage.tables import AuditRow, MetaRow, table_of

GENESIS = "0" * 64
"""The previous hash of the first entry."""
COLUMNS = tuple(AuditRow.model_fields)
_AUDIT = table_of(AuditRow)
_META = table_of(MetaRow)
_HEAD = "audit_head"
_STEP = 10_000
_MOST_PROBLEMS = 100


@dataclass(frozen=True)
class Actor:
    """The signed-in person, as printed in every entry. `role` is a role's code."""

    account: str
    full_name: str
    role: str


@dataclass(frozen=True)
class Entry:
    """What happened; who, when and where is added by the trail.

    `old` and `new` hold canonical JSON (see `canonical`), empty where there is nothing to tell.
    """

    action: str
    patient_id: str = ""
    visit_id: str = ""
    form: str = ""
    record_id: str = ""
    item: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""
    source: str = ""


@dataclass(frozen=True)
class Head:
    """The end of the chain: number of entries and hash of the last."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class ChainProblem:
    """Where the chain is broken; `what` is missing, altered, displaced or head."""

    sequence: int
    what: str


@dataclass(frozen=True)
class ChainReport:
    """Result of walking the chain. At most 100 problems are listed."""

    entries: int
    head: Head
    problems: tuple[ChainProblem, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class AuditTrail:
    """Collects the entries of one transaction; `flush` writes them to the end of the chain."""

    def __init__(self, connection: Connection, actor: Actor, now: datetime) -> None:
        self._connection = connection
        self._common = {
            "at": utc_text(now),
            "utc_offset": offset_text(now),
            "zone": _zone(now),
            "account": actor.account,
            "full_name": actor.full_name,
            "role": actor.role,
            "workstation": platform.node(),
            "program": __version__,
        }
        self._waiting: list[Entry] = []
        self._head: Head | None = None

    def add(self, entry: Entry) -> None:
        """Put an entry at the end of the chain with the next `flush`."""
        self._waiting.append(entry)

    def flush(self) -> None:
        """Write what waits, chained, and the new head."""
        if not self._waiting:
            return
        last = self._head or head(self._connection)
        rows: list[dict[str, Any]] = []
        sequence, previous = last.sequence, last.hash
        for entry in self._waiting:
            sequence += 1
            row = {"sequence": sequence, **self._common, **vars(entry), "previous_hash": previous}
            previous = row["hash"] = entry_hash(row)
            rows.append(row)
        self._connection.execute(insert(_AUDIT), rows)
        self._head = Head(sequence, previous)
        write_head(self._connection, self._head)
        self._waiting.clear()


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, characters as they are."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def entry_hash(row: Mapping[str, Any]) -> str:
    """Return the hash over all columns but the hash itself, in the order of the table."""
    content = json.dumps(
        [row[name] for name in COLUMNS[:-1]], ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(content.encode()).hexdigest()


def head(connection: Connection) -> Head:
    """Return the end of the chain; sequence 0 before the first entry."""
    text = connection.scalar(select(_META.c.value).where(_META.c.name == _HEAD))
    if text is None:
        return Head(0, GENESIS)
    sequence, last = text.split(" ")
    return Head(int(sequence), last)


def write_head(connection: Connection, new: Head) -> None:
    """Keep the end of the chain."""
    text = f"{new.sequence} {new.hash}"
    changed = connection.execute(
        _META.update().where(_META.c.name == _HEAD).values(value=text)
    ).rowcount
    if not changed:
        connection.execute(insert(_META), {"name": _HEAD, "value": text})


def verify(connection: Connection, progress: Progress = silent) -> ChainReport:
    """Walk the whole chain and locate what is wrong with it."""
    stored = head(connection)
    problems: list[ChainProblem] = []
    last = Head(0, GENESIS)
    count = 0
    for row in _stream(connection):
        sequence = row["sequence"]
        problems.extend(_problems(row, last))
        last = Head(sequence, row["hash"])
        count += 1
        if count % _STEP == 0:
            progress(count, stored.sequence, "Audit trail")
        if len(problems) >= _MOST_PROBLEMS:
            break
    else:
        if last != stored:
            problems.append(ChainProblem(max(last.sequence, stored.sequence), "head"))
    progress(count, count, "Audit trail")
    return ChainReport(count, last, tuple(problems[:_MOST_PROBLEMS]))


def _problems(row: Mapping[str, Any], last: Head) -> Iterator[ChainProblem]:
    sequence = row["sequence"]
    if sequence != last.sequence + 1:
        yield ChainProblem(last.sequence + 1, "missing")
    elif row["previous_hash"] != last.hash:
        yield ChainProblem(sequence, "displaced")
    if entry_hash(row) != row["hash"]:
        yield ChainProblem(sequence, "altered")


def _stream(connection: Connection) -> Iterator[Mapping[str, Any]]:
    result = connection.execute(select(_AUDIT).order_by(_AUDIT.c.sequence))
    for rows in result.mappings().partitions(_STEP):
        yield from rows  # type: ignore[misc]


def utc_text(instant: datetime) -> str:
    """Return an aware instant as UTC in ISO 8601 with milliseconds and `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def offset_text(instant: datetime) -> str:
    """Return an aware instant's offset from UTC, such as `+08:00`."""
    return instant.isoformat()[-6:] if instant.utcoffset() else "+00:00"


def _zone(instant: datetime) -> str:
    """Return the zone's IANA name where the clock knows it, else the system's short name."""
    return getattr(instant.tzinfo, "key", None) or instant.tzname() or ""
