"""Step 3: verification, signatures, holds, queries, what a person saw, redactions of the trail."""

NUMBER = 3

STATEMENTS = (
    # Counts the entries that only the site may read.
    "CREATE INDEX ix_audit_identity ON audit (form) WHERE form = 'ID'",
    """CREATE TABLE verification (
        record_id VARCHAR NOT NULL, item VARCHAR NOT NULL,
        patient_id VARCHAR NOT NULL REFERENCES patient (id), cell VARCHAR NOT NULL,
        at VARCHAR NOT NULL, "by" VARCHAR NOT NULL, PRIMARY KEY (record_id, item))""",
    "CREATE INDEX ix_verification_patient_id ON verification (patient_id)",
    """CREATE TABLE signature (
        id VARCHAR NOT NULL PRIMARY KEY,
        patient_id VARCHAR NOT NULL REFERENCES patient (id), scope VARCHAR NOT NULL,
        target VARCHAR NOT NULL, meaning VARCHAR NOT NULL, account VARCHAR NOT NULL,
        full_name VARCHAR NOT NULL, role VARCHAR NOT NULL, at VARCHAR NOT NULL,
        utc_offset VARCHAR NOT NULL, zone VARCHAR NOT NULL, hash VARCHAR NOT NULL)""",
    "CREATE INDEX ix_signature_patient_id ON signature (patient_id)",
    """CREATE TRIGGER signature_no_update BEFORE UPDATE ON signature
        BEGIN SELECT RAISE(ABORT, 'signatures are never changed'); END""",
    """CREATE TRIGGER signature_no_delete BEFORE DELETE ON signature
        BEGIN SELECT RAISE(ABORT, 'signatures are never deleted'); END""",
    """CREATE TABLE signed_record (
        signature_id VARCHAR NOT NULL REFERENCES signature (id), record_id VARCHAR NOT NULL,
        form VARCHAR NOT NULL, row_version INTEGER NOT NULL, content_hash VARCHAR NOT NULL,
        invalid_at VARCHAR NOT NULL, invalid_by VARCHAR NOT NULL,
        PRIMARY KEY (signature_id, record_id))""",
    "CREATE INDEX ix_signed_record_record_id ON signed_record (record_id)",
    # The one change a signed record knows is from valid to invalid.
    """CREATE TRIGGER signed_record_one_way BEFORE UPDATE ON signed_record
        WHEN OLD.invalid_at <> '' OR NEW.invalid_at = ''
            OR NEW.signature_id <> OLD.signature_id OR NEW.record_id <> OLD.record_id
            OR NEW.form <> OLD.form OR NEW.row_version <> OLD.row_version
            OR NEW.content_hash <> OLD.content_hash
        BEGIN SELECT RAISE(ABORT, 'a signature that became invalid stays so'); END""",
    """CREATE TRIGGER signed_record_no_delete BEFORE DELETE ON signed_record
        BEGIN SELECT RAISE(ABORT, 'signatures are never deleted'); END""",
    """CREATE TABLE hold (
        scope VARCHAR NOT NULL, target VARCHAR NOT NULL, patient_id VARCHAR NOT NULL,
        level VARCHAR NOT NULL, at VARCHAR NOT NULL, "by" VARCHAR NOT NULL,
        PRIMARY KEY (scope, target))""",
    "CREATE INDEX ix_hold_patient_id ON hold (patient_id)",
    """CREATE TABLE query (
        id VARCHAR NOT NULL PRIMARY KEY,
        patient_id VARCHAR NOT NULL REFERENCES patient (id), visit_id VARCHAR NOT NULL,
        form VARCHAR NOT NULL, record_id VARCHAR NOT NULL, item VARCHAR NOT NULL,
        kind VARCHAR NOT NULL, state VARCHAR NOT NULL, check_id VARCHAR NOT NULL,
        assigned_to VARCHAR NOT NULL, opened_at VARCHAR NOT NULL, opened_by VARCHAR NOT NULL,
        closed_at VARCHAR NOT NULL, first_entry INTEGER NOT NULL, last_entry INTEGER NOT NULL)""",
    "CREATE INDEX ix_query_patient_id ON query (patient_id)",
    "CREATE INDEX ix_query_record_id ON query (record_id)",
    """CREATE TRIGGER query_no_delete BEFORE DELETE ON query
        BEGIN SELECT RAISE(ABORT, 'queries are closed, never deleted'); END""",
    """CREATE TABLE seen (
        account VARCHAR NOT NULL, record_id VARCHAR NOT NULL,
        patient_id VARCHAR NOT NULL REFERENCES patient (id), row_version INTEGER NOT NULL,
        entry INTEGER NOT NULL, at VARCHAR NOT NULL, PRIMARY KEY (account, record_id))""",
    "CREATE INDEX ix_seen_patient_id ON seen (patient_id)",
    """CREATE TABLE redaction (
        sequence INTEGER NOT NULL PRIMARY KEY, at VARCHAR NOT NULL, "by" VARCHAR NOT NULL)""",
    """CREATE TRIGGER redaction_no_update BEFORE UPDATE ON redaction
        BEGIN SELECT RAISE(ABORT, 'what is hidden stays hidden'); END""",
    """CREATE TRIGGER redaction_no_delete BEFORE DELETE ON redaction
        BEGIN SELECT RAISE(ABORT, 'what is hidden stays hidden'); END""",
)
