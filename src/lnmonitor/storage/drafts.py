"""The journal of what was typed and not saved yet, one draft for each place and account.

Drafts are no study data: they leave no entry of their own in the audit trail, are replaced while
somebody types, and go in the transaction of the save that contains them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from lnmonitor.storage.prepared import Prepared
from lnmonitor.storage.tables import DraftRow, table_of

_DRAFT = table_of(DraftRow)
_KEYS = ("account", "patient_id", "visit", "form", "record_id")
_REMOVE = Prepared(
    delete(_DRAFT).where(*(_DRAFT.c[name] == bindparam(f"of_{name}") for name in _KEYS))
)
_PUT = upsert(_DRAFT)
_PUT = _PUT.on_conflict_do_update(
    index_elements=_KEYS,
    set_={one.name: _PUT.excluded[one.name] for one in _DRAFT.columns if one.name not in _KEYS},
)


@dataclass(frozen=True)
class Place:
    """Where a draft belongs.

    Attributes:
        patient_id: empty for a patient not made yet. visit: the visit's id, or the planned visit's
            code before it has one; empty for forms outside visits. form: the form's code.
        record_id: empty for a new record without an id.
    """

    patient_id: str
    visit: str
    form: str
    record_id: str = ""


@dataclass(frozen=True)
class StoredDraft:
    """A draft as it lies in the store: texts as typed, by item. `at`: UTC text.

    `notes` are what was said about items (confirmations, reasons), by a key of the entry page.
    """

    place: Place
    form_version: int
    row_version: int
    at: str
    utc_offset: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    missing: Mapping[str, str] = field(default_factory=dict, repr=False)
    focused: str = ""
    notes: Mapping[str, str] = field(default_factory=dict, repr=False)


def put(connection: Connection, account: str, draft: StoredDraft) -> None:
    """Add or replace an account's draft."""
    content = {
        "values": draft.values,
        "missing": draft.missing,
        "focused": draft.focused,
        "notes": draft.notes,
    }
    row = {
        "form_version": draft.form_version,
        "row_version": draft.row_version,
        "at": draft.at,
        "utc_offset": draft.utc_offset,
        "content": json.dumps(content),  # escapes, so that half a character comes back too
    }
    connection.execute(_PUT, {"account": account, **vars(draft.place), **row})


def of_account(connection: Connection, account: str) -> list[StoredDraft]:
    """Return an account's drafts, the latest first."""
    rows = connection.execute(
        select(_DRAFT).where(_DRAFT.c.account == account).order_by(_DRAFT.c.at.desc())
    )
    return [
        StoredDraft(
            Place(row["patient_id"], row["visit"], row["form"], row["record_id"]),
            row["form_version"],
            row["row_version"],
            row["at"],
            row["utc_offset"],
            **json.loads(row["content"]),
        )
        for row in rows.mappings()
    ]


def remove(connection: Connection, account: str, places: Iterable[Place]) -> None:
    """Remove an account's drafts at some places; there need not be any."""
    rows = [{"of_account": account, **_place(place)} for place in dict.fromkeys(places)]
    if rows:
        _REMOVE.write(connection, *rows)


def _place(place: Place) -> dict[str, str]:
    return {f"of_{name}": value for name, value in vars(place).items()}
