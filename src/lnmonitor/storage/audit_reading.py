"""Choosing entries of the audit trail by what people look for, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, literal, select

from lnmonitor.storage.tables import AuditRow, table_of

_AUDIT = table_of(AuditRow)
_EQUAL = ("patient_id", "visit_id", "form", "record_id", "item", "account", "action")


@dataclass(frozen=True)
class AuditFilter:
    """Which entries; None asks for nothing. `since`, `until`: UTC instants, both included."""

    patient_id: str | None = None
    visit_id: str | None = None
    form: str | None = None
    record_id: str | None = None
    item: str | None = None
    account: str | None = None
    action: str | None = None
    since: str = ""
    until: str = ""

    def described(self) -> dict[str, str]:
        """Return what is asked for, by name."""
        return {name: value for name, value in vars(self).items() if value}


def find(
    connection: Connection,
    wanted: AuditFilter,
    *,
    without_forms: Collection[str] = (),
    before: int | None = None,
    limit: int | None = None,
) -> list[Mapping[str, Any]]:
    """Return entries in order, with `limit` the latest first; `before`: of smaller numbers."""
    statement = _chosen(select(_AUDIT), wanted, without_forms)
    if before is not None:
        statement = statement.where(_AUDIT.c.sequence < before)
    if limit is None:
        statement = statement.order_by(_AUDIT.c.sequence)
    else:
        statement = statement.order_by(_AUDIT.c.sequence.desc()).limit(limit)
    return list(connection.execute(statement).mappings())  # type: ignore[arg-type]


class Share(NamedTuple):
    """What one person added to the trail: all entries, those about records, and when the last."""

    account: str
    full_name: str
    role: str
    entries: int
    data: int
    last_at: str


def shares_after(connection: Connection, sequence: int, data_actions: Sequence[str]) -> list[Share]:
    """Return who made the entries after a number, who made most first."""
    is_data = case((_AUDIT.c.action.in_(data_actions), 1), else_=0)
    who = (_AUDIT.c.account, _AUDIT.c.full_name, _AUDIT.c.role)
    rows = connection.execute(
        select(*who, func.count(), func.sum(is_data), func.max(_AUDIT.c.at))
        .where(_AUDIT.c.sequence > sequence)
        .group_by(*who)
        .order_by(func.sum(is_data).desc(), func.count().desc())
    )
    return [Share(*row) for row in rows]


def count(
    connection: Connection, wanted: AuditFilter, *, without_forms: Collection[str] = ()
) -> int:
    """Return how many entries there are; of all of them at once, without walking the trail."""
    if wanted == AuditFilter():
        return _all(connection) - sum(_of_form(connection, form) for form in without_forms)
    statement = _chosen(select(func.count()).select_from(_AUDIT), wanted, without_forms)
    number: int = connection.execute(statement).scalar_one()
    return number


def count_between(
    connection: Connection, after: int, until: int | None, actions: Collection[str]
) -> int:
    """Return how many entries of some actions come after one, up to another (None: the last)."""
    chosen = _AUDIT.c.sequence > after
    if until is not None:
        chosen &= _AUDIT.c.sequence <= until
    statement = select(func.count()).where(chosen, _AUDIT.c.action.in_(actions))
    number: int = connection.execute(statement).scalar_one()
    return number


def _all(connection: Connection) -> int:
    last: int | None = connection.scalar(select(func.max(_AUDIT.c.sequence)))
    return last or 0


def _of_form(connection: Connection, form: str) -> int:
    # A literal and not a bound value: the index holds the entries of one form only.
    statement = select(func.count()).where(_AUDIT.c.form == literal(form, literal_execute=True))
    number: int = connection.execute(statement).scalar_one()
    return number


def _chosen(
    statement: Select[Any], wanted: AuditFilter, without_forms: Collection[str]
) -> Select[Any]:
    for name in _EQUAL:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(_AUDIT.c[name] == value)
    if wanted.since:
        statement = statement.where(_AUDIT.c.at >= wanted.since)
    if wanted.until:
        statement = statement.where(_AUDIT.c.at <= wanted.until)
    if without_forms:
        statement = statement.where(_AUDIT.c.form.not_in(without_forms))
    return statement
