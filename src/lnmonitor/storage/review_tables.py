"""The tables of what people say about records: verified, signed, held, asked, looked at.

No `from __future__ import annotations` here: SQLModel's mapper reads the real types. Who did what
and why stands in the audit trail; these rows hold the present state, so that it is found quickly.
"""

from sqlmodel import Field, SQLModel


class VerificationRow(SQLModel, table=True):
    """An item compared with its source; `cell` is what it held, as the audit trail writes it."""

    __tablename__ = "verification"

    record_id: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    cell: str
    at: str
    by: str


class SignatureRow(SQLModel, table=True):
    """One act of signing, never changed; `hash` covers all other columns and all signed records.

    `scope` is record, visit or patient, `target` the id of what was signed as a whole.
    """

    __tablename__ = "signature"

    id: str = Field(primary_key=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    scope: str
    target: str
    meaning: str
    account: str
    full_name: str
    role: str
    at: str
    utc_offset: str
    zone: str
    hash: str


class SignedRecordRow(SQLModel, table=True):
    """A record under a signature, as it was; `invalid_at` is set once, when the record changes."""

    __tablename__ = "signed_record"

    signature_id: str = Field(primary_key=True, foreign_key="signature.id")
    record_id: str = Field(primary_key=True, index=True)
    form: str
    row_version: int
    content_hash: str
    invalid_at: str = ""
    invalid_by: str = ""


class HoldRow(SQLModel, table=True):
    """A record, visit, patient or the study (`target` is its id) frozen or locked (`level`)."""

    __tablename__ = "hold"

    scope: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    patient_id: str = Field(default="", index=True)
    level: str
    at: str
    by: str


class QueryRow(SQLModel, table=True):
    """A question or note about an item, a record or a patient; its thread lies in the audit trail.

    `first_entry` and `last_entry` are sequences of the trail; `check_id` names the check that
    asks, empty for a person's query.
    """

    __tablename__ = "query"

    id: str = Field(primary_key=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    visit_id: str
    form: str
    record_id: str = Field(index=True)
    item: str
    kind: str
    state: str
    check_id: str
    assigned_to: str
    opened_at: str
    opened_by: str
    closed_at: str
    first_entry: int
    last_entry: int


class SeenRow(SQLModel, table=True):
    """Which version of a record a person last had open; `entry` is the trail's end at that time."""

    __tablename__ = "seen"

    account: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    row_version: int
    entry: int
    at: str


class RedactionRow(SQLModel, table=True):
    """An audit entry whose content is not shown any more; why stands in the trail."""

    __tablename__ = "redaction"

    sequence: int = Field(primary_key=True)
    at: str
    by: str


ROWS = (
    VerificationRow,
    SignatureRow,
    SignedRecordRow,
    HoldRow,
    QueryRow,
    SeenRow,
    RedactionRow,
)
