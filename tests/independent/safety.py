"""Regulatory standing of an event a second time, over complete answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

RELATED = {"certain", "definite", "probable", "possible", "unassessable", "conditional"}
UNRELATED = {"unlikely", "unrelated"}


def susar(criteria: Iterable[str], causes: tuple[str, str], expected: bool) -> bool:
    """Serious, related in the more conservative of two views, and unexpected."""
    return bool(list(criteria)) and bool(RELATED & set(causes)) and not expected


def due(criteria: Iterable[str], day_0: date, upgraded: date | None) -> tuple[date, date | None]:
    """Return when to report, and when to complete the report of an urgent event."""
    if {"death", "life_threatening"} & set(criteria):
        start = upgraded or day_0
        return start + timedelta(7), start + timedelta(15)
    return day_0 + timedelta(15), None
