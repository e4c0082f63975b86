"""The date of the event that a record is about: of its visit, or the item that dates it."""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.study.forms import Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

_DATED_BY = {
    "DM": "consent_date",
    "IE": "assessed_on",
    "EX": "started_at",
    "LB": "collected_on",
    "AE": "start",
    "DV": "occurred_on",
    "DS": "occurred_on",
    "CMG": "start",
    "CMI": "start",
    "PR": "start",
}
"""The item that dates a record of a form which has no visit."""


def visits_of(data: PatientData) -> Mapping[str, Visit]:
    """Return a patient's visits by the id of their record."""
    return {record.id: record.form for record in data.of(Visit)}


def event_date(record: Record[Form], visits: Mapping[str, Visit]) -> str | None:
    """Return the date, which may be partial, of what a record is about; None where none is known.

    Args:
        visits: by id; a record of a visit has the visit's date, also one that dates itself.
    """
    visit = visits.get(record.visit_id or "")
    if visit is not None:
        return visit.visit_date
    item = _DATED_BY.get(record.form.code)
    found = record.form.get(item) if item is not None else None
    return None if found is None else str(found).partition("T")[0]
