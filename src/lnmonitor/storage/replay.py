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


VOIDED = " voided"
"""Stands behind the values of a record once it is voided: they stay, for whoever looks back."""


def replay(connection: Connection) -> dict[str, str]:
    """Return each record's values as `mappers.values_text` writes them, marked once voided."""
    states: dict[str, dict[str, Any] | str] = {}
    columns = (_AUDIT.c.action, _AUDIT.c.record_id, _AUDIT.c.item, _AUDIT.c.new)
    rows = connection.execute(
        select(*columns).where(_AUDIT.c.action.in_(_DATA_ACTIONS)).order_by(_AUDIT.c.sequence)
    )
    for part in rows.partitions(_STEP):
        for action, record_id, item, new in part:
            if action == "create":
                states[record_id] = new
            elif action == "void":
                states[record_id] = _text(states.get(record_id, "")) + VOIDED
            else:
                states[record_id] = _amended(states.get(record_id, ""), item, new)
    return {record_id: _text(state) for record_id, state in states.items()}


def _text(state: dict[str, Any] | str) -> str:
    return canonical(state) if isinstance(state, dict) else state


def _amended(state: dict[str, Any] | str, item: str, new: str) -> dict[str, Any]:
    """Return a record's values with one item set as a cell of the trail says."""
    values: dict[str, Any] = json.loads(state or "{}") if isinstance(state, str) else state
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
