"""Reading and writing rows: the program's statements, all with bound values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from lnmonitor.storage.mappers import record_of, row_of
from lnmonitor.storage.prepared import Prepared
from lnmonitor.storage.tables import (
    AccountRow,
    AssessmentRow,
    AuditRow,
    FlagRow,
    MetaRow,
    PatientRow,
    UsedPasswordRow,
    form_table,
    table_of,
)
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form
from lnmonitor.study.records import F, PatientData, Record

_STEP = 2000
_FEW = 200
_META = table_of(MetaRow)
_ACCOUNT = table_of(AccountRow)
_USED = table_of(UsedPasswordRow)
_PATIENT = table_of(PatientRow)
_AUDIT = table_of(AuditRow)
_ASSESSMENT = table_of(AssessmentRow)
_FLAG = table_of(FlagRow)
# Statements of every save, made once.
_BUMP = Prepared(
    update(_PATIENT)
    .where(_PATIENT.c.id == bindparam("changed"))
    .values(data_version=_PATIENT.c.data_version + 1)
)
_FLAGS_OF = Prepared(
    select(_FLAG).where(_FLAG.c.patient_id == bindparam("patient_id")).order_by(_FLAG.c.identity)
)


@dataclass(frozen=True)
class Patient:
    """A patient's keys."""

    id: str
    subject_id: str
    site_id: str
    data_version: int = 1


@dataclass(frozen=True)
class Account:
    """A person who may open the study; `role` is a role's code.

    Attributes:
        ended_at: when access was taken away, UTC text; empty while the person has access.
        must_change: the password was set by somebody else and is to be replaced first.
        public_key: to which a new data key is encrypted. last_sign_in: UTC text, empty if never.
        trained_on: ISO date of the training, empty if none was entered.
    """

    name: str
    full_name: str
    role: str
    created_at: str
    created_by: str
    ended_at: str = ""
    must_change: bool = False
    public_key: str = field(default="", repr=False)
    last_sign_in: str = ""
    trained_on: str = ""


class Assessment(NamedTuple):
    """One stored result; `value` as printed, `number` where it is one.

    A tuple, because each save makes and compares all results of a patient.
    """

    patient_id: str
    visit_id: str
    key: str
    visit_code: str
    visit_date: str
    day: int | None
    value: str
    number: float | None
    rule: str
    rule_version: str
    input_hash: str


@dataclass(frozen=True)
class StoredFlag:
    """A flag's row; `content` is JSON."""

    identity: str
    patient_id: str
    state: str
    at: str
    by: str
    comment: str
    content: str


_OF_PATIENT = _ASSESSMENT.c.patient_id == bindparam("p")
_AT_VISIT = _ASSESSMENT.c.visit_id == bindparam("v")
_RESULTS = select(*(_ASSESSMENT.c[name] for name in Assessment._fields)).where(_OF_PATIENT)
_RESULTS_OF, _RESULTS_AT = Prepared(_RESULTS), Prepared(_RESULTS.where(_AT_VISIT))
_ADD_RESULT = Prepared(insert(_ASSESSMENT))
_FORGET_RESULT = Prepared(
    delete(_ASSESSMENT).where(_OF_PATIENT, _AT_VISIT, _ASSESSMENT.c.key == bindparam("k"))
)


# --- the study and its people ------------------------------------------------------------------


def meta(connection: Connection) -> dict[str, str]:
    """Return the facts about the study by name."""
    return {row.name: row.value for row in connection.execute(select(_META))}


def set_meta(connection: Connection, facts: Mapping[str, str]) -> None:
    """Store facts about the study."""
    for name, value in facts.items():
        statement = upsert(_META).values(name=name, value=value)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
        )


def accounts(connection: Connection) -> list[Account]:
    """Return all accounts by name."""
    rows = connection.execute(select(_ACCOUNT).order_by(_ACCOUNT.c.name))
    return [Account(**row) for row in rows.mappings()]


def role_of_account(connection: Connection, name: str) -> str | None:
    """Return the role of a person with access, None without; of any schema since the first."""
    ended = "ended_at" if "ended_at" in _columns(connection, "account") else "''"
    found: str | None = connection.exec_driver_sql(
        f"SELECT role FROM account WHERE name = ? AND {ended} = ''",  # noqa: S608 - our own words
        (name,),
    ).scalar_one_or_none()
    return found


def _columns(connection: Connection, table: str) -> set[str]:
    rows = connection.exec_driver_sql("SELECT name FROM pragma_table_info(?)", (table,))
    return set(rows.scalars())


def insert_account(connection: Connection, account: Account) -> None:
    """Add an account."""
    connection.execute(insert(_ACCOUNT), vars(account))


def update_account(connection: Connection, name: str, **facts: str | bool) -> None:
    """Change facts of an account by column."""
    connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.name == name).values(facts))


def used_passwords(connection: Connection, account: str) -> list[str]:
    """Return hashes of the passwords an account had, the latest first."""
    found = connection.scalars(
        select(_USED.c.content).where(_USED.c.account == account).order_by(_USED.c.at.desc())
    )
    return list(found)


def password_dates(connection: Connection) -> dict[str, str]:
    """Return since when each account has its password, UTC text by name."""
    latest = select(_USED.c.account, func.max(_USED.c.at)).group_by(_USED.c.account)
    changed = {name: at.partition(" ")[0] for name, at in connection.execute(latest)}
    return {one.name: changed.get(one.name, one.created_at) for one in accounts(connection)}


def add_used_password(connection: Connection, account: str, at: str, content: str) -> None:
    """Keep the hash of a password."""
    connection.execute(insert(_USED), {"account": account, "at": at, "content": content})


# --- patients ----------------------------------------------------------------------------------


def patients(connection: Connection) -> list[Patient]:
    """Return all patients by subject id."""
    columns = (_PATIENT.c.id, _PATIENT.c.subject_id, _PATIENT.c.site_id, _PATIENT.c.data_version)
    rows = connection.execute(select(*columns).order_by(_PATIENT.c.subject_id))
    return [Patient(*row) for row in rows]


def patient(connection: Connection, patient_id: str) -> Patient | None:
    """Return one patient, None if there is none."""
    row = connection.execute(select(_PATIENT).where(_PATIENT.c.id == patient_id)).one_or_none()
    return None if row is None else Patient(row.id, row.subject_id, row.site_id, row.data_version)


def patient_id_of(connection: Connection, subject_id: str) -> str | None:
    """Return the id of a subject's patient, None if there is none."""
    found: str | None = connection.scalar(
        select(_PATIENT.c.id).where(_PATIENT.c.subject_id == subject_id)
    )
    return found


def subjects_of(connection: Connection, patient_ids: Collection[str]) -> dict[str, str]:
    """Return the subject ids of patients, by their ids."""
    statement = select(_PATIENT.c.id, _PATIENT.c.subject_id)
    if len(patient_ids) <= _FEW:  # of more, all are read: a statement takes so many values only
        statement = statement.where(_PATIENT.c.id.in_(patient_ids))
    return {row.id: row.subject_id for row in connection.execute(statement)}


def taken_subjects(connection: Connection, subject_ids: Sequence[str]) -> list[str]:
    """Return those subject ids that are in the study already or twice among the given."""
    present = set(connection.scalars(select(_PATIENT.c.subject_id)))
    taken: list[str] = []
    for subject in subject_ids:
        if subject in present:
            taken.append(subject)
        present.add(subject)
    return taken


def insert_patients(connection: Connection, new: Sequence[Patient], at: str, account: str) -> None:
    """Add patients."""
    rows = [{**vars(one), "created_at": at, "created_by": account} for one in new]
    connection.execute(insert(_PATIENT), rows)


def bump_patients(connection: Connection, patient_ids: Iterable[str]) -> None:
    """Mark that the records of patients changed."""
    rows = [{"changed": patient_id} for patient_id in patient_ids]
    if rows:
        _BUMP.write(connection, *rows)


# --- records -----------------------------------------------------------------------------------


def update_record(connection: Connection, record: Record[Form], expected: int) -> bool:
    """Store a record over its version `expected`; return False if it has another by now."""
    row = row_of(record) | {"of_id": record.id, "of_version": expected}
    return _update_of(type(record.form)).write(connection, row) == 1


@cache
def _update_of(form: type[Form]) -> Prepared:
    table = form_table(form)
    mine = (table.c.id == bindparam("of_id"), table.c.row_version == bindparam("of_version"))
    values: dict[str, Any] = {one.name: bindparam(one.name) for one in table.columns}
    del values["id"]
    return Prepared(update(table).where(*mine, table.c.voided.is_(False)).values(values))


def patient_data(connection: Connection, patient_id: str) -> PatientData | None:
    """Return all records of a patient that are not voided, None if there is no such patient."""
    keys = patient(connection, patient_id)
    if keys is None:
        return None
    records: list[Record[Form]] = []
    for form in FORMS.values():
        table = form_table(form)
        rows = connection.execute(
            select(table)
            .where(table.c.patient_id == patient_id, table.c.voided.is_(False))
            .order_by(table.c.id)
        )
        records.extend(record_of(form, row) for row in rows.mappings())
    return PatientData(keys.id, keys.subject_id, keys.site_id, tuple(records))


def records_of(
    connection: Connection, form: type[F], *, where: Mapping[str, str] | None = None
) -> list[Record[F]]:
    """Return all records of one form that are not voided; `where` compares items by name."""
    table = form_table(form)
    statement = select(table).where(table.c.voided.is_(False)).order_by(table.c.id)
    for name, value in (where or {}).items():
        statement = statement.where(table.c[name] == value)
    return [record_of(form, row) for row in connection.execute(statement).mappings()]


def all_records(connection: Connection, form: type[Form]) -> Iterator[Record[Form]]:
    """Give the records of one form, voided ones too, without holding them all."""
    result = connection.execute(select(form_table(form)))
    for rows in result.mappings().partitions(_STEP):
        yield from (record_of(form, row) for row in rows)


def record(connection: Connection, form: type[F], record_id: str) -> Record[F] | None:
    """Return a record of a form that is not voided, None if there is none."""
    found = _record(connection, form, record_id)
    return None if found is None or found.voided else found


def _record(connection: Connection, form: type[F], record_id: str) -> Record[F] | None:
    rows = _record_of(form).rows(connection, id=record_id)
    return record_of(form, dict(zip(_names(form), rows[0], strict=True))) if rows else None


@cache
def _names(form: type[Form]) -> tuple[str, ...]:
    return tuple(column.name for column in form_table(form).columns)


@cache
def _record_of(form: type[Form]) -> Prepared:
    table = form_table(form)
    return Prepared(select(table).where(table.c.id == bindparam("id")))


def find_record(
    connection: Connection, record_id: str, *, voided: bool = False
) -> Record[Form] | None:
    """Return a record by its id from whatever form, None if there is none."""
    for form in FORMS.values():
        found = _record(connection, form, record_id)
        if found is not None and (voided or not found.voided):
            return found
    return None


def visits_with(connection: Connection, form: type[Form], visit_ids: Sequence[str]) -> set[str]:
    """Return those of the visits that have at least one record of the form."""
    return _holders(connection, form, "visit_id", visit_ids)


def patients_with(connection: Connection, form: type[Form], patient_ids: Sequence[str]) -> set[str]:
    """Return those of the patients who have at least one record of the form."""
    return _holders(connection, form, "patient_id", patient_ids)


def _holders(connection: Connection, form: type[Form], key: str, ids: Sequence[str]) -> set[str]:
    table = form_table(form)
    column = table.c[key]
    return set(
        connection.scalars(
            select(column).where(column.in_(ids), table.c.voided.is_(False)).distinct()
        )
    )


def integrity_problems(connection: Connection) -> list[str]:
    """Return what SQLite and SQLCipher find wrong with the file, nothing when it is sound."""
    pages = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
    structure = connection.exec_driver_sql("PRAGMA quick_check(20)").scalars().all()
    keys = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return [
        *(str(page) for page in pages),
        *(str(line) for line in structure if line != "ok"),
        *(f"a row of {row[0]} belongs to nothing" for row in keys),
    ]


def counts(connection: Connection) -> dict[str, int]:
    """Return how many records, voided ones too, each form has."""
    found = {name: count(connection, name) for name in ("patient", "audit")}
    for code, form in FORMS.items():
        found[code] = count(connection, form_table(form).name)
    return found


def form_table_names() -> list[str]:
    """Return the names of the forms' tables."""
    return [form_table(form).name for form in FORMS.values()]


def count(connection: Connection, table: str) -> int:
    """Return the number of rows of a table, named by the program or by the database itself."""
    number: int = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()  # noqa: S608 - no person's text
    return number


# --- what is derived ---------------------------------------------------------------------------


def assessments(
    connection: Connection,
    keys: Sequence[str] | None = None,
    patient_ids: Sequence[str] | None = None,
) -> list[Assessment]:
    """Return stored results by patient, day and key: all, or of some keys or patients."""
    statement = select(_ASSESSMENT).order_by(
        _ASSESSMENT.c.patient_id, _ASSESSMENT.c.visit_date, _ASSESSMENT.c.visit_id
    )
    if keys is not None:
        statement = statement.where(_ASSESSMENT.c.key.in_(keys))
    if patient_ids is not None:
        statement = statement.where(_ASSESSMENT.c.patient_id.in_(patient_ids))
    return [Assessment._make(row) for row in connection.execute(statement)]


def replace_assessments(
    connection: Connection,
    patient_id: str,
    new: Iterable[Assessment],
    visit_ids: Sequence[str] | None = None,
) -> None:
    """Make `new` the stored results of a patient; rows that stay the same are not written.

    Args:
        visit_ids: only of these visits; results of others stay as they are.
    """
    old = {row[1:3]: row for row in _assessment_rows(connection, patient_id, visit_ids)}
    wanted = {row[1:3]: row for row in new}
    gone = [key for key, row in old.items() if wanted.get(key) != row]
    fresh = [row for key, row in wanted.items() if old.get(key) != row]
    if gone:
        _FORGET_RESULT.write(connection, *({"p": patient_id, "v": v, "k": k} for v, k in gone))
    if fresh:
        _ADD_RESULT.write(connection, *(row._asdict() for row in fresh))


def _assessment_rows(
    connection: Connection, patient_id: str, visit_ids: Sequence[str] | None
) -> list[tuple[Any, ...]]:
    """Return a patient's stored results as they lie there."""
    if visit_ids is None:
        return _RESULTS_OF.rows(connection, p=patient_id)
    return [row for one in visit_ids for row in _RESULTS_AT.rows(connection, p=patient_id, v=one)]


def flags(
    connection: Connection,
    patient_ids: Sequence[str] | None = None,
    *,
    open_only: bool = False,
) -> list[StoredFlag]:
    """Return flags by patient: all, or those of some patients; or the open ones of these."""
    if patient_ids is not None and len(patient_ids) == 1 and not open_only:
        return [StoredFlag(*row) for row in _FLAGS_OF.rows(connection, patient_id=patient_ids[0])]
    statement = select(_FLAG).order_by(_FLAG.c.patient_id, _FLAG.c.identity)
    if patient_ids is not None:
        statement = statement.where(_FLAG.c.patient_id.in_(patient_ids))
    if open_only:
        # The word itself and no parameter: an index holds the open flags only.
        statement = statement.where(_FLAG.c.state == literal_column("'open'"))
    return [StoredFlag(*row) for row in connection.execute(statement)]


def flag(connection: Connection, identity: str) -> StoredFlag | None:
    """Return one flag, None if there is none."""
    row = connection.execute(select(_FLAG).where(_FLAG.c.identity == identity)).one_or_none()
    return None if row is None else StoredFlag(*row)


def store_flags(connection: Connection, rows: Sequence[StoredFlag]) -> None:
    """Add or replace flags."""
    if not rows:
        return
    statement = upsert(_FLAG)
    statement = statement.on_conflict_do_update(
        index_elements=["identity"],
        set_={
            name: statement.excluded[name] for name in ("state", "at", "by", "comment", "content")
        },
    )
    connection.execute(statement, [vars(row) for row in rows])


# --- the audit trail ---------------------------------------------------------------------------


def audit_rows(
    connection: Connection,
    *,
    where: Mapping[str, str] | None = None,
    first_at: str = "",
    last_at: str = "",
    limit: int | None = None,
) -> list[Mapping[str, Any]]:
    """Return entries in order, latest first with `limit`; `where` compares columns by name."""
    statement = select(_AUDIT)
    for name, value in (where or {}).items():
        statement = statement.where(_AUDIT.c[name] == value)
    if first_at:
        statement = statement.where(_AUDIT.c.at >= first_at)
    if last_at:
        statement = statement.where(_AUDIT.c.at <= last_at)
    if limit is not None:
        statement = statement.order_by(_AUDIT.c.sequence.desc()).limit(limit)
    else:
        statement = statement.order_by(_AUDIT.c.sequence)
    return list(connection.execute(statement).mappings())  # type: ignore[arg-type]


def any_audit_after(connection: Connection, sequence: int, besides: Sequence[str]) -> bool:
    """Return whether an entry after a number is about anything besides some actions."""
    found = connection.scalar(
        select(_AUDIT.c.sequence)
        .where(_AUDIT.c.sequence > sequence, _AUDIT.c.action.not_in(besides))
        .limit(1)
    )
    return found is not None
