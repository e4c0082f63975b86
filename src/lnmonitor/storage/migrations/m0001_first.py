"""Step 1: the first tables, and the triggers that keep the audit trail as written."""

NUMBER = 1

STATEMENTS = (
    "CREATE TABLE meta (name VARCHAR NOT NULL PRIMARY KEY, value VARCHAR NOT NULL)",
    """CREATE TABLE account (
        name VARCHAR NOT NULL PRIMARY KEY, full_name VARCHAR NOT NULL, role VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL, created_by VARCHAR NOT NULL)""",
    """CREATE TABLE patient (
        id VARCHAR NOT NULL PRIMARY KEY, subject_id VARCHAR NOT NULL UNIQUE,
        site_id VARCHAR NOT NULL, created_at VARCHAR NOT NULL, created_by VARCHAR NOT NULL,
        data_version INTEGER NOT NULL)""",
    """CREATE TABLE audit (
        sequence INTEGER NOT NULL PRIMARY KEY, at VARCHAR NOT NULL, utc_offset VARCHAR NOT NULL,
        zone VARCHAR NOT NULL, account VARCHAR NOT NULL, full_name VARCHAR NOT NULL,
        role VARCHAR NOT NULL, workstation VARCHAR NOT NULL, program VARCHAR NOT NULL,
        action VARCHAR NOT NULL, patient_id VARCHAR NOT NULL, visit_id VARCHAR NOT NULL,
        form VARCHAR NOT NULL, record_id VARCHAR NOT NULL, item VARCHAR NOT NULL,
        old VARCHAR NOT NULL, new VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        source VARCHAR NOT NULL, previous_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL)""",
    "CREATE INDEX ix_audit_patient_id ON audit (patient_id)",
    "CREATE INDEX ix_audit_record_id ON audit (record_id)",
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    # Fires before REPLACE removes a row, whatever recursive_triggers says.
    """CREATE TRIGGER audit_at_the_end BEFORE INSERT ON audit
        WHEN NEW.sequence IS NOT 1 + coalesce((SELECT max(sequence) FROM audit), 0)
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    """CREATE TABLE assessment (
        patient_id VARCHAR NOT NULL REFERENCES patient (id), visit_id VARCHAR NOT NULL,
        key VARCHAR NOT NULL, visit_code VARCHAR NOT NULL, visit_date VARCHAR NOT NULL,
        day INTEGER, value VARCHAR NOT NULL, number FLOAT, rule VARCHAR NOT NULL,
        rule_version VARCHAR NOT NULL, input_hash VARCHAR NOT NULL,
        PRIMARY KEY (patient_id, visit_id, key))""",
    'CREATE INDEX assessment_key ON assessment ("key")',
    """CREATE TABLE flag (
        identity VARCHAR NOT NULL PRIMARY KEY,
        patient_id VARCHAR NOT NULL REFERENCES patient (id), state VARCHAR NOT NULL,
        at VARCHAR NOT NULL, "by" VARCHAR NOT NULL, comment VARCHAR NOT NULL,
        content VARCHAR NOT NULL)""",
    "CREATE INDEX ix_flag_patient_id ON flag (patient_id)",
)
