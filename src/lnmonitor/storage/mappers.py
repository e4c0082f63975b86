"""Rows to records and back, and a record's values as the audit trail tells them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import RowMapping

from lnmonitor.storage.audit import canonical
from lnmonitor.study.items import Form
from lnmonitor.study.records import F, Record

_EMPTY = "{}"


def row_of(record: Record[Form]) -> dict[str, Any]:
    """Return the row of a record, key columns and items."""
    return {
        "id": record.id,
        "patient_id": record.patient_id,
        "visit_id": record.visit_id,
        "form_version": record.form.version,
        "row_version": record.row_version,
        "missing": canonical(dict(record.missing)) if record.missing else _EMPTY,
        "justified": canonical(dict(record.justified)) if record.justified else _EMPTY,
        "voided": record.voided,
        "source": record.source,
        "entered_at": record.entered_at,
        "entered_by": record.entered_by,
        **record.form.__dict__,
    }


def record_of(form: type[F], row: Mapping[str, Any] | RowMapping) -> Record[F]:
    """Return the record of a row; its values were validated before they were stored."""
    values = {name: row[name] for name in _item_names(form)}
    return Record(
        id=row["id"],
        form=form.model_construct(**values),
        patient_id=row["patient_id"],
        visit_id=row["visit_id"],
        row_version=row["row_version"],
        missing=_mapping(row["missing"]),
        justified=_mapping(row["justified"]),
        voided=bool(row["voided"]),
        source=row["source"],
        entered_at=row["entered_at"],
        entered_by=row["entered_by"],
    )


@cache
def _item_names(form: type[Form]) -> tuple[str, ...]:
    """Return the items of a form; pydantic makes its own list anew each time it is asked."""
    return tuple(form.model_fields)


def values_text(record: Record[Form]) -> str:
    """Return all values of a record as canonical JSON: by item, absent where empty.

    Missing-value reasons and justifications stand under `missing` and `justified`, names that no
    item may have.
    """
    content: dict[str, object] = {
        name: value for name, value in record.form.__dict__.items() if value is not None
    }
    if record.missing:
        content["missing"] = dict(record.missing)
    if record.justified:
        content["justified"] = dict(record.justified)
    return canonical(content)


def cell_text(record: Record[Form], item: str) -> str:
    """Return one item of a record as canonical JSON, empty where there is nothing.

    The item '' stands for the form as a whole, which may be justified and has no value.
    A plain value stands for itself; `{"missing": "ND"}` is a reason for none; a justified value is
    `{"justified": "...", "value": 12.5}`.
    """
    value = record.form.get(item) if item else None
    cell: dict[str, object] = {}
    if item in record.missing:
        cell["missing"] = record.missing[item]
    if item in record.justified:
        cell["justified"] = record.justified[item]
    if not cell:
        return "" if value is None else canonical(value)
    if value is not None:
        cell["value"] = value
    return canonical(cell)


def _mapping(text: str) -> Mapping[str, str]:
    if text == _EMPTY:
        return {}
    found: dict[str, str] = json.loads(text)
    return found
