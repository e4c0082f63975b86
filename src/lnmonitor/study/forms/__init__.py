"""The case report forms: the one definition that screens, tables, checks and documents read."""
