"""What the audit trail says about verification, holds, queries and signatures, to compare."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, or_, select

from lnmonitor.storage import reviews
from lnmonitor.storage.reviews import STUDY, Hold, StoredQuery
from lnmonitor.storage.tables import AuditRow, table_of

_AUDIT = table_of(AuditRow)
_STEP = 10_000
_QUERY = "query "


Act = tuple[str, str]
"""Instant and account."""


@dataclass
class ReviewState:
    """The present state of all that people said.

    Attributes:
        verification: (record, item) of each mark -> patient, instant, account. holds: by scope and
            target. queries: by id. invalid: (signature, record) that became invalid -> when and by
            whom. hidden: the same of hidden entries, by number.
    """

    verification: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    holds: dict[tuple[str, str], Hold] = field(default_factory=dict)
    queries: dict[str, StoredQuery] = field(default_factory=dict)
    invalid: dict[tuple[str, str], Act] = field(default_factory=dict)
    hidden: dict[int, Act] = field(default_factory=dict)

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
        verification={
            (one.record_id, one.item): (one.patient_id, one.at, one.by)
            for one in reviews.marks(connection)
        },
        holds={(one.scope, one.target): one for one in reviews.holds(connection)},
        queries={one.id: one for one in reviews.queries(connection)},
        invalid={
            (one.signature_id, one.record_id): (one.invalid_at, one.invalid_by)
            for one in reviews.signed_records(connection)
            if one.invalid_at or one.invalid_by
        },
        hidden=reviews.redactions(connection),
    )


Row = Mapping[str, Any]


def _act(row: Row) -> Act:
    return row["at"], row["account"]


def _items(row: Row) -> list[tuple[str, str]]:
    return [(row["record_id"], item) for item in json.loads(row["new"])]


def _verified(state: ReviewState, row: Row) -> None:
    state.verification |= dict.fromkeys(_items(row), (row["patient_id"], *_act(row)))


def _dropped(state: ReviewState, row: Row) -> None:
    for mark in _items(row):
        state.verification.pop(mark, None)


def _held(state: ReviewState, row: Row) -> None:
    scope: str = row["item"]
    targets: dict[str, str] = {"patient": row["patient_id"], "study": STUDY}
    target = targets.get(scope) or row["record_id"]
    if row["new"]:
        level = json.loads(row["new"])
        state.holds[scope, target] = Hold(scope, target, row["patient_id"], level, *_act(row))
    else:
        state.holds.pop((scope, target), None)


def _asked(state: ReviewState, row: Row) -> None:
    """Follow a step of a query: where and by whom it was raised stays, the rest is of the step."""
    facts = json.loads(row["new"])
    check = facts.get("check", "")
    known = state.queries.get(facts["query"])
    raised = known or StoredQuery(
        id=facts["query"],
        **{name: row[name] for name in ("patient_id", "visit_id", "form", "record_id", "item")},
        kind=facts["kind"],
        state="",
        check_id=check,
        assigned_to="",
        opened_at=row["at"],
        opened_by="" if check else row["account"],
        closed_at="",
        first_entry=row["sequence"],
        last_entry=0,
    )
    state.queries[raised.id] = replace(
        raised,
        state=facts["state"],
        assigned_to=facts.get("assigned", ""),
        closed_at=row["at"] if facts["state"] == "closed" else "",
        last_entry=row["sequence"],
    )


def _invalidated(state: ReviewState, row: Row) -> None:
    state.invalid[row["item"], row["record_id"]] = _act(row)


def _hidden(state: ReviewState, row: Row) -> None:
    state.hidden[int(row["item"])] = _act(row)


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
