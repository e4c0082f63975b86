"""The state of every record as the audit trail tells it, to compare with what is stored."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from lnmonitor.storage.audit import canonical
from lnmonitor.storage.tables import AuditRow, table_of

_AUDIT = table_of(AuditRow)
_STEP = 10_000
_DATA_ACTIONS = ("create", "amend", "void")
"""Entries that change values; others about a record tell that it was verified, signed or asked."""


def replay(connection: Connection) -> dict[str, str | None]:
    """Return each record's values as `mappers.values_text` writes them, None once it is voided."""
    states: dict[str, dict[str, Any] | str | None] = {}
    columns = (_AUDIT.c.action, _AUDIT.c.record_id, _AUDIT.c.item, _AUDIT.c.new)
    rows = connection.execute(
        select(*columns).where(_AUDIT.c.action.in_(_DATA_ACTIONS)).order_by(_AUDIT.c.sequence)
    )
    for part in rows.partitions(_STEP):
        for action, record_id, item, new in part:
            if action == "create":
                states[record_id] = new
            elif action == "void":
                states[record_id] = None
            else:
                states[record_id] = _amended(states.get(record_id), item, new)
    return {
        record_id: canonical(state) if isinstance(state, dict) else state
        for record_id, state in states.items()
    }


def _amended(state: dict[str, Any] | str | None, item: str, new: str) -> dict[str, Any]:
    """Return a record's values with one item set as a cell of the trail says."""
    values: dict[str, Any] = json.loads(state) if isinstance(state, str) else dict(state or {})
    cell = json.loads(new) if new else None
    parts = cell if isinstance(cell, dict) else {"value": cell}
    _put(values, item, parts.get("value"))
    for kind in ("missing", "justified"):
        inner = dict(values.get(kind, {}))
        _put(inner, item, parts.get(kind))
        _put(values, kind, inner or None)
    return values


def _put(values: dict[str, Any], name: str, value: object) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value
