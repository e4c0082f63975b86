"""The audit trail: written explicitly inside each transaction, chained by hashes, never changed.

Each entry's hash is SHA-256 over the canonical bytes of all its other columns, the previous
entry's hash among them, so that an entry changed, removed, added or moved later is found and
located. The head of the chain (last sequence and hash) is kept beside it and shows entries missing
at the end. Triggers of the database refuse update, delete and replace (migration 0001).
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from lnmonitor import __version__
from lnmonitor.progress import Progress, silent
from lnmonitor.storage.prepared import Prepared
from lnmonitor.storage.tables import AuditRow, MetaRow, table_of

GENESIS = "0" * 64
"""The previous hash of the first entry."""
COLUMNS = tuple(AuditRow.model_fields)
_AUDIT = table_of(AuditRow)
_META = table_of(MetaRow)
# Statements of every save, made once.
_FACT = Prepared(select(_META.c.value).where(_META.c.name == bindparam("fact")))
_SET_FACT = Prepared(
    update(_META).where(_META.c.name == bindparam("fact")).values(value=bindparam("text"))
)
_ADD = Prepared(insert(_AUDIT))
_HEAD = "audit_head"
_VERIFIED = "audit_verified"
_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)
_HASHED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
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
        self.common = {
            "at": utc_text(now),
            "utc_offset": offset_text(now),
            "zone": zone_text(now),
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
            row = {"sequence": sequence, **self.common, **vars(entry), "previous_hash": previous}
            previous = row["hash"] = entry_hash(row)
            rows.append(row)
        _ADD.write(self._connection, *rows)
        self._head = Head(sequence, previous)
        write_head(self._connection, self._head)
        self._waiting.clear()


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, characters as they are."""
    return _CANONICAL.encode(value)


def entry_hash(row: Mapping[str, Any]) -> str:
    """Return the hash over all columns but the hash itself, in the order of the table."""
    content = _HASHED.encode([row[name] for name in COLUMNS[:-1]])
    return sha256(content.encode()).hexdigest()


def head(connection: Connection) -> Head:
    """Return the end of the chain; sequence 0 before the first entry."""
    return _stored_head(connection, _HEAD) or Head(0, GENESIS)


def write_head(connection: Connection, new: Head) -> None:
    """Keep the end of the chain."""
    _write_head(connection, _HEAD, new)


def _stored_head(connection: Connection, name: str) -> Head | None:
    found = _FACT.rows(connection, fact=name)
    if not found:
        return None
    sequence, _, last = found[0][0].partition(" ")
    # What is no head is not the end of any chain: the walk tells.
    return Head(int(sequence), last) if sequence.isdecimal() else Head(0, "")


def _write_head(connection: Connection, name: str, new: Head) -> None:
    text = f"{new.sequence} {new.hash}"
    changed = _SET_FACT.write(connection, {"fact": name, "text": text})
    if not changed:
        connection.execute(insert(_META), {"name": name, "value": text})


def verify(
    connection: Connection, progress: Progress = silent, after: Head | None = None
) -> ChainReport:
    """Walk the chain and locate what is wrong with it.

    Args:
        after: an entry known to be right; only what follows is walked, and that entry itself.
    """
    stored = head(connection)  # begins the view that everything here is read from
    begin = after or Head(0, GENESIS)
    problems: list[ChainProblem] = []
    if after is not None and hash_at(connection, after.sequence) != after.hash:
        problems.append(ChainProblem(after.sequence, "altered"))
    count = number = begin.sequence
    last = begin.hash
    for sequence, previous, own, text in _stream(connection, number):
        # Millions of rounds: nothing is made here while all is well.
        if sequence != number + 1:
            problems.append(ChainProblem(number + 1, "missing"))
        elif previous != last:
            problems.append(ChainProblem(sequence, "displaced"))
        if sha256(text.encode()).hexdigest() != own and _row_hash(connection, sequence) != own:
            problems.append(ChainProblem(sequence, "altered"))
        number, last = sequence, own
        count += 1
        if not count % _STEP:
            progress(count, stored.sequence, "Audit trail")
            if len(problems) >= _MOST_PROBLEMS:
                break
    else:
        if Head(number, last) != stored:
            problems.append(ChainProblem(max(number, stored.sequence), "head"))
    progress(count, count, "Audit trail")
    return ChainReport(count, Head(number, last), tuple(problems[:_MOST_PROBLEMS]))


def verified(connection: Connection) -> Head | None:
    """Return up to which entry the chain was verified before, None if never."""
    return _stored_head(connection, _VERIFIED)


def write_verified(connection: Connection, new: Head) -> None:
    """Keep up to which entry the chain was verified."""
    _write_head(connection, _VERIFIED, new)


def hash_at(connection: Connection, sequence: int) -> str:
    """Return the hash of an entry, empty if there is none of that number."""
    found = connection.scalar(select(_AUDIT.c.hash).where(_AUDIT.c.sequence == sequence))
    return GENESIS if sequence == 0 else found or ""


def _stream(connection: Connection, after: int) -> Iterator[tuple[int, str, str, str]]:
    """Give number, previous hash, hash and canonical text of each entry.

    SQLite writes the same JSON as `entry_hash` does, several times faster; should it ever differ,
    `_row_hash` decides.
    """
    columns = ", ".join(COLUMNS[:-1])
    driver: Any = connection.connection.driver_connection
    rows: Iterator[tuple[int, str, str, str]] = driver.execute(
        f"SELECT sequence, previous_hash, hash, json_array({columns}) FROM audit"  # noqa: S608 - our columns
        " WHERE sequence > ? ORDER BY sequence",
        (after,),
    )
    return rows


def _row_hash(connection: Connection, sequence: int) -> str:
    row = connection.execute(select(_AUDIT).where(_AUDIT.c.sequence == sequence)).mappings().one()
    return entry_hash(dict(row))


def utc_text(instant: datetime) -> str:
    """Return an aware instant as UTC in ISO 8601 with milliseconds and `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def offset_text(instant: datetime) -> str:
    """Return an aware instant's offset from UTC, such as `+08:00`."""
    return instant.isoformat()[-6:] if instant.utcoffset() else "+00:00"


def zone_text(instant: datetime) -> str:
    """Return the zone's IANA name where the clock knows it, else the system's short name."""
    return getattr(instant.tzinfo, "key", None) or instant.tzname() or ""
