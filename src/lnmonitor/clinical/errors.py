"""The one refusal of the clinical rules: a value that no patient can have.

It names item, value, unit and limit, so that the caller can say exactly what to correct.
"""

from __future__ import annotations


class InvalidInput(ValueError):  # noqa: N818 - reads as the refusal it is
    """An impossible value (creatinine 0, NaN, age -1) or an unknown name given to a rule."""

    def __init__(self, item: str, value: object, unit: str | None, limit: str) -> None:
        self.item = item
        self.value = value
        self.unit = unit
        self.limit = limit
        shown = f"{value} {unit}" if unit else f"{value}"
        super().__init__(f"{item} is {shown}; it must be {limit}")
