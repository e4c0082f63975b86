"""Step 4: a summary of each patient for lists, and open flags counted by an index."""

NUMBER = 4

STATEMENTS = (
    # Derived like results; filled for each patient when the study is next opened for writing.
    """CREATE TABLE summary (
        patient_id VARCHAR NOT NULL PRIMARY KEY REFERENCES patient (id),
        version INTEGER NOT NULL, line VARCHAR NOT NULL, details VARCHAR NOT NULL,
        rules VARCHAR NOT NULL, at VARCHAR NOT NULL)""",
    "CREATE INDEX flag_open ON flag (patient_id) WHERE state = 'open'",
)
