"""Bringing a study's database to this program's form: numbered steps, then the forms' tables.

A numbered step is frozen: plain SQL that imports nothing of the live program. The forms' tables
grow from the one definition: a new form makes a table, a new item a column. Both happen in one
    transaction, so that
a kill leaves the old database or the new one. See docs/adr/0012.
"""
