"""The tables: the study's own, and one for each form made from the form's class.

No `from __future__ import annotations` here: SQLModel's mapper reads the real types. Rows never
leave this package; `lnmonitor.storage.mappers` turns them into records. A `table=True` class does
not validate, so values are validated by the form class before they come here.
"""

import types
from typing import Any, cast

from sqlalchemy import Index, Table
from sqlmodel import Field, SQLModel

from lnmonitor.storage import review_tables
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form


class MetaRow(SQLModel, table=True):
    """Facts about the study itself, by name."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str


class AccountRow(SQLModel, table=True):
    """A person who may open the study. The password's slot lies in the keyring.

    `ended_at` is empty while the person has access. To `public_key` (base64) a new data key is
    encrypted without the person's password; empty until the first sign-in after step 2.
    `trained_on` is a date, empty while nobody has entered one.
    """

    __tablename__ = "account"

    name: str = Field(primary_key=True)
    full_name: str
    role: str
    created_at: str
    created_by: str
    ended_at: str = ""
    must_change: bool = False
    public_key: str = ""
    last_sign_in: str = ""
    trained_on: str = ""


class UsedPasswordRow(SQLModel, table=True):
    """A password of an account, as a slow hash with its salt and cost (JSON), against reuse."""

    __tablename__ = "used_password"

    account: str = Field(primary_key=True)
    at: str = Field(primary_key=True)
    content: str


class DraftRow(SQLModel, table=True):
    """What somebody typed and did not save yet; `content` is JSON. No study data."""

    __tablename__ = "draft"

    account: str = Field(primary_key=True)
    patient_id: str = Field(primary_key=True)
    visit: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    form_version: int
    row_version: int
    at: str
    utc_offset: str
    content: str


class PatientRow(SQLModel, table=True):
    """A patient. `data_version` grows with every change of the patient's records."""

    __tablename__ = "patient"

    id: str = Field(primary_key=True)
    subject_id: str = Field(unique=True)
    site_id: str
    created_at: str
    created_by: str
    data_version: int = 1


class AuditRow(SQLModel, table=True):
    """One entry of the audit trail; columns in the order in which they are hashed."""

    __tablename__ = "audit"

    sequence: int = Field(primary_key=True)
    at: str
    utc_offset: str
    zone: str
    account: str
    full_name: str
    role: str
    workstation: str
    program: str
    action: str
    patient_id: str = Field(default="", index=True)
    visit_id: str = ""
    form: str = ""
    record_id: str = Field(default="", index=True)
    item: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""
    source: str = ""
    previous_hash: str
    hash: str


class AssessmentRow(SQLModel, table=True):
    """One result of one rule at one visit, derived from records and kept for lists and listings."""

    __tablename__ = "assessment"
    __table_args__ = (Index("assessment_key", "key"),)

    patient_id: str = Field(primary_key=True, foreign_key="patient.id")
    visit_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    visit_code: str
    visit_date: str
    day: int | None = None
    value: str
    number: float | None = None
    rule: str
    rule_version: str
    input_hash: str


class SummaryRow(SQLModel, table=True):
    """What lists tell about a patient, derived with the results; `rules` and `at` say by what."""

    __tablename__ = "summary"

    patient_id: str = Field(primary_key=True, foreign_key="patient.id")
    version: int
    line: str
    details: str
    rules: str
    at: str


class FlagRow(SQLModel, table=True):
    """A flag with what people said about it; `content` is the flag itself as JSON."""

    __tablename__ = "flag"

    identity: str = Field(primary_key=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    state: str
    at: str
    by: str
    comment: str
    content: str


class RecordKeys(SQLModel):
    """What every form's table has before the items."""

    id: str = Field(primary_key=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    visit_id: str | None = Field(default=None, index=True)
    form_version: int
    row_version: int
    missing: str
    justified: str
    voided: bool
    source: str
    entered_at: str
    entered_by: str


KEY_COLUMNS = tuple(RecordKeys.model_fields)


def form_table(form: type[Form]) -> Table:
    """Return the table of a form."""
    return _FORM_TABLES[form.code]


def table_of(row: type[SQLModel]) -> Table:
    """Return the table of a row class."""
    return cast(Table, cast(Any, row).__table__)


def form_tables() -> dict[str, Table]:
    """Return all form tables by form code."""
    return dict(_FORM_TABLES)


def house_tables() -> tuple[Table, ...]:
    """Return the tables that are not a form's."""
    rows = (
        *(MetaRow, AccountRow, UsedPasswordRow, PatientRow, AuditRow),
        *(AssessmentRow, SummaryRow, FlagRow, DraftRow, *review_tables.ROWS),
    )
    return tuple(table_of(row) for row in rows)


def _row_class(form: type[Form]) -> type[SQLModel]:
    clash = set(form.model_fields) & set(KEY_COLUMNS)
    if clash:
        raise ValueError(f"form {form.code}: items named like record keys: {sorted(clash)}")

    def body(namespace: dict[str, Any]) -> None:
        namespace["__tablename__"] = f"form_{form.code.lower()}"
        namespace["__module__"] = __name__
        namespace["__doc__"] = f"Rows of the form {form.code}."

    return cast(
        type[SQLModel],
        types.new_class(f"{form.__name__}Row", (RecordKeys, form), {"table": True}, body),
    )


_FORM_TABLES = {code: table_of(_row_class(form)) for code, form in FORMS.items()}
