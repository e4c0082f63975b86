"""Where a study is kept: encrypted engine, tables, unit of work, audit trail. All SQL is here."""
