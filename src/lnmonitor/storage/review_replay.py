"""What the audit trail says about verification, holds, queries and signatures, to compare."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, or_, select

from lnmonitor.storage import reviews
from lnmonitor.storage.reviews import STUDY
from lnmonitor.storage.tables import AuditRow, table_of

_AUDIT = table_of(AuditRow)
_STEP = 10_000
_QUERY = "query "


@dataclass
class ReviewState:
    """The present state of all that people said.

    Attributes:
        verification: (record, item) of each mark. holds: (scope, target) -> level.
        queries: query -> state and last entry. invalid: (signature, record) that became invalid.
        hidden: numbers of hidden entries.
    """

    verification: set[tuple[str, str]] = field(default_factory=set)
    holds: dict[tuple[str, str], str] = field(default_factory=dict)
    queries: dict[str, tuple[str, int]] = field(default_factory=dict)
    invalid: set[tuple[str, str]] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)

    def differences(self, other: ReviewState) -> list[str]:
        """Return the names of the parts that differ."""
        return [name for name, value in vars(self).items() if value != getattr(other, name)]


def told(connection: Connection) -> ReviewState:
    """Return the state that the entries of the trail lead to."""
    state = ReviewState()
    rows = connection.execute(
        select(_AUDIT)
        .where(or_(_AUDIT.c.action.in_(_STEPS), _AUDIT.c.action.startswith(_QUERY)))
        .order_by(_AUDIT.c.sequence)
    )
    for part in rows.mappings().partitions(_STEP):
        for row in part:
            step = _asked if row["action"].startswith(_QUERY) else _STEPS[row["action"]]
            step(state, row)  # type: ignore[arg-type]
    return state


def stored(connection: Connection) -> ReviewState:
    """Return the state that the tables hold."""
    return ReviewState(
        verification={(one.record_id, one.item) for one in reviews.marks(connection)},
        holds={(one.scope, one.target): one.level for one in reviews.holds(connection)},
        queries={one.id: (one.state, one.last_entry) for one in reviews.queries(connection)},
        invalid={
            (one.signature_id, one.record_id)
            for one in reviews.signed_records(connection)
            if one.invalid_at
        },
        hidden=reviews.redacted(connection),
    )


Row = Mapping[str, Any]


def _items(row: Row) -> set[tuple[str, str]]:
    return {(row["record_id"], item) for item in json.loads(row["new"])}


def _verified(state: ReviewState, row: Row) -> None:
    state.verification |= _items(row)


def _dropped(state: ReviewState, row: Row) -> None:
    state.verification -= _items(row)


def _held(state: ReviewState, row: Row) -> None:
    scope: str = row["item"]
    targets: dict[str, str] = {"patient": row["patient_id"], "study": STUDY}
    place = (scope, targets.get(scope) or row["record_id"])
    if row["new"]:
        state.holds[place] = json.loads(row["new"])
    else:
        state.holds.pop(place, None)


def _asked(state: ReviewState, row: Row) -> None:
    facts = json.loads(row["new"])
    state.queries[facts["query"]] = (facts["state"], row["sequence"])


def _invalidated(state: ReviewState, row: Row) -> None:
    state.invalid.add((row["item"], row["record_id"]))


def _hidden(state: ReviewState, row: Row) -> None:
    state.hidden.add(int(row["item"]))


_STEPS: Mapping[str, Callable[[ReviewState, Row], None]] = {
    "verified": _verified,
    "verification dropped": _dropped,
    "verification withdrawn": _dropped,
    "frozen": _held,
    "locked": _held,
    "unlocked": _held,
    "unfrozen": _held,
    "signature invalidated": _invalidated,
    "redacted": _hidden,
}
