"""What a person can do with a study: one module per kind of action, each checking permission first.

Reads answer with frozen dataclasses, writes with what changed. Nothing here knows Qt or SQL.
"""
