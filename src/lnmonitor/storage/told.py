"""Who made what and when, as the audit trail tells it: to compare with the rows beside the values.

`replay` tells the values of records; this tells their keys and origin, and patients, accounts,
flags and the study's own facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from lnmonitor.storage.tables import (
    KEY_COLUMNS,
    AccountRow,
    AuditRow,
    FlagRow,
    MetaRow,
    PatientRow,
    form_tables,
    table_of,
)
from lnmonitor.study.forms import FORMS

_AUDIT = table_of(AuditRow)
_STEP = 10_000
_FLAG_STATES = {
    "flag raised": "open",
    "flag withdrawn": "withdrawn",
    "flag acknowledged": "acknowledged",
    "flag dismissed": "dismissed",
}
_RECORD = ("create", "amend", "void")
_TRAINED = "training recorded"
_ACCOUNT = ("account added", "role changed", "access removed", "access given", _TRAINED)
_SIGN_IN = "sign in"
_ACTIONS = (*_RECORD, *_ACCOUNT, *_FLAG_STATES, _SIGN_IN, "patient added", "study created")


@dataclass
class Origin:
    """A record's keys and origin; `versions` lies between the fewest and the most possible."""

    patient_id: str
    visit_id: str
    entered_at: str
    entered_by: str
    source: str
    voided: bool = False
    instants: set[str] = field(default_factory=set)
    entries: int = 1

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Return whether a row has these."""
        fewest = 1 + len(self.instants) + self.voided
        return (
            (row["patient_id"], row["visit_id"] or "") == (self.patient_id, self.visit_id)
            and (row["entered_at"], row["entered_by"]) == (self.entered_at, self.entered_by)
            and row["source"] == self.source
            and row["voided"] == self.voided
            and fewest <= row["row_version"] <= max(fewest, self.entries)
        )


@dataclass
class Told:
    """All that the trail tells beside values; rows by key as tuples of their columns."""

    records: dict[str, Origin] = field(default_factory=dict)
    patients: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    accounts: dict[str, list[str]] = field(default_factory=dict)
    flags: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    study: dict[str, str] = field(default_factory=dict)


def told(connection: Connection) -> Told:
    """Read the trail once and return what it tells."""
    found = Told()
    rows = connection.execute(
        select(_AUDIT).where(_AUDIT.c.action.in_(_ACTIONS)).order_by(_AUDIT.c.sequence)
    )
    for part in rows.partitions(_STEP):
        for row in part:
            if row.action in _RECORD:
                _record(found, row)
            elif row.action in _ACCOUNT:
                _account(found, row)
            elif row.action == _SIGN_IN:
                found.accounts[row.account][-1] = row.at
            elif row.action in _FLAG_STATES:
                state = _FLAG_STATES[row.action]
                comment = row.reason if state in {"acknowledged", "dismissed"} else ""
                found.flags[row.item] = (state, row.at, row.account, comment)
            elif row.action == "patient added":
                subject = json.loads(row.new)
                found.patients[row.patient_id] = (subject, row.item, row.at, row.account)
            else:
                found.study = json.loads(row.new)
    return found


def differing(connection: Connection, known: Told) -> Iterator[tuple[str, str]]:
    """Give kind (record, patient, account, flag, study) and key of each row that is not as told."""
    for form, table in form_tables().items():
        # Not through the table's types: they would take a 7 for true.
        columns = ", ".join(KEY_COLUMNS)
        rows = connection.exec_driver_sql(f"SELECT {columns} FROM {table.name}")  # noqa: S608 - ours
        for row in rows.mappings():
            origin = known.records.get(row["id"])
            known_form = 1 <= row["form_version"] <= FORMS[form].version
            if origin is not None and not (known_form and origin.fits(dict(row))):
                yield "record", f"{row['id']} ({form})"
    yield from _unequal(connection, "patient", PatientRow, known.patients, _patient)
    yield from _unequal(connection, "account", AccountRow, known.accounts, _person)
    yield from _unequal(connection, "flag", FlagRow, known.flags, _flag)
    meta = table_of(MetaRow)
    facts = {row.name: row.value for row in connection.execute(select(meta))}
    if any(facts.get(name) != value for name, value in known.study.items()):
        yield "study", known.study.get("name", "")


def _unequal(
    connection: Connection, kind: str, rows: Any, known: Mapping[str, Any], as_told: Any
) -> Iterator[tuple[str, str]]:
    there = set()
    for row in connection.execute(select(table_of(rows))):
        key = row[0]
        there.add(key)
        if key not in known or not as_told(row, known[key]):
            yield kind, key
    yield from ((kind, key) for key in known.keys() - there)


def _patient(row: Row[Any], known: tuple[str, str, str, str]) -> bool:
    subject, site, at, account = known
    same_site = site in {"", row.site_id}  # earlier programs did not tell it
    return same_site and (row.subject_id, row.created_at, row.created_by) == (subject, at, account)


def _person(row: Row[Any], known: list[str]) -> bool:
    *facts, last = known
    # Before step 2 the last sign-in was not kept.
    return row.last_sign_in in {"", last} and facts == [
        row.full_name,
        row.role,
        row.created_at,
        row.created_by,
        row.ended_at,
        row.trained_on,
    ]


def _flag(row: Row[Any], known: tuple[str, str, str, str]) -> bool:
    return (row.state, row.at, row.by, row.comment) == known


def _record(found: Told, row: Row[Any]) -> None:
    if row.action == "create":
        found.records[row.record_id] = Origin(
            row.patient_id, row.visit_id, row.at, row.account, row.source
        )
        return
    origin = found.records.get(row.record_id)
    if origin is None:
        return  # told as a record without a beginning by the comparison of values
    origin.entries += 1
    if row.action == "void":
        origin.voided = True
        return
    origin.instants.add(row.at)
    origin.visit_id = row.visit_id
    origin.entered_at, origin.entered_by, origin.source = row.at, row.account, row.source


def _account(found: Told, row: Row[Any]) -> None:
    if row.action == "account added":
        facts = json.loads(row.new)
        person = [facts["full_name"], facts["role"], row.at, row.account, "", "", ""]
        found.accounts[row.item] = person
        return
    person = found.accounts[row.item]
    if row.action == "role changed":
        person[1] = json.loads(row.new)
    elif row.action == "access removed":
        person[4] = row.at
    elif row.action == _TRAINED:
        person[5] = json.loads(row.new)
    else:
        person[1], person[4] = json.loads(row.new)["role"], ""
