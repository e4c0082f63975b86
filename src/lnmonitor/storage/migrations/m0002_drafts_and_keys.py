"""Step 2: the journal of drafts, what an account needs for its keys, and used passwords."""

NUMBER = 2

STATEMENTS = (
    # Drafts are no study data: they are replaced while somebody types, and removed by the save.
    """CREATE TABLE draft (
        account VARCHAR NOT NULL, patient_id VARCHAR NOT NULL, visit VARCHAR NOT NULL,
        form VARCHAR NOT NULL, record_id VARCHAR NOT NULL, form_version INTEGER NOT NULL,
        row_version INTEGER NOT NULL, at VARCHAR NOT NULL, utc_offset VARCHAR NOT NULL,
        content VARCHAR NOT NULL,
        PRIMARY KEY (account, patient_id, visit, form, record_id))""",
    "ALTER TABLE account ADD COLUMN ended_at VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE account ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT 0",
    "ALTER TABLE account ADD COLUMN public_key VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE account ADD COLUMN last_sign_in VARCHAR NOT NULL DEFAULT ''",
    """CREATE TABLE used_password (
        account VARCHAR NOT NULL, at VARCHAR NOT NULL, content VARCHAR NOT NULL,
        PRIMARY KEY (account, at))""",
)
