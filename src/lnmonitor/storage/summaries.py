"""The kept summary of each patient: one row, so that a list of thousands reads nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from lnmonitor.storage.engine import driver_of
from lnmonitor.storage.repositories import Patient
from lnmonitor.storage.tables import PatientRow, SummaryRow, table_of

_SUMMARY = table_of(SummaryRow)
_PATIENT = table_of(PatientRow)
_DERIVED = ("version", "line", "details", "rules")
_PUT = upsert(_SUMMARY)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["patient_id"],
    set_={name: _PUT.excluded[name] for name in (*_DERIVED, "at")},
    # What stays the same is not written and keeps its instant.
    where=or_(*(_SUMMARY.c[name] != _PUT.excluded[name] for name in _DERIVED)),
)
_MOST_BOUND = 500


class StoredSummary(NamedTuple):
    """A summary as it lies in the store.

    `line`: what lists show of every patient, `details`: what they ask for of some; JSON both, of
    the form `version`. `rules`: versions of the rules whose results are in it, JSON. `at`: UTC
    text, when it last became another one.
    """

    patient_id: str
    version: int
    line: str
    details: str
    rules: str
    at: str


def put(connection: Connection, rows: Sequence[StoredSummary]) -> None:
    """Store summaries over those of before."""
    if rows:
        connection.execute(_PUT, [row._asdict() for row in rows])


def summary(connection: Connection, patient_id: str) -> StoredSummary | None:
    """Return one patient's summary, None if there is none."""
    row = connection.execute(
        select(_SUMMARY).where(_SUMMARY.c.patient_id == patient_id)
    ).one_or_none()
    return None if row is None else StoredSummary(*row)


class ListedSummary(NamedTuple):
    """A summary with the patient's keys and the number of open flags."""

    patient_id: str
    subject_id: str
    site_id: str
    line: str
    details: str
    open_flags: int


def listed(
    connection: Connection, version: int, patient_ids: Sequence[str] | None = None
) -> list[ListedSummary]:
    """Return the summaries of a version, of all or of some patients.

    Read by the driver, which takes a third of the time when there are thousands.
    """
    found: list[ListedSummary] = []
    for where, values in _wheres(patient_ids):
        rows = driver_of(connection).execute(
            "SELECT patient.id, patient.subject_id, patient.site_id, line, details,"  # noqa: S608 - marks only
            " coalesce(open.number, 0) FROM patient"
            " JOIN summary ON summary.patient_id = patient.id AND version = ? LEFT JOIN"
            f" (SELECT patient_id, count(*) AS number FROM flag WHERE state = 'open' {where[0]}"
            f" GROUP BY patient_id) AS open ON open.patient_id = patient.id {where[1]}",
            (version, *values),
        )
        found += map(ListedSummary._make, rows)
    return found


def _wheres(
    patient_ids: Sequence[str] | None,
) -> Iterator[tuple[tuple[str, str], tuple[Any, ...]]]:
    if patient_ids is None:
        yield ("", ""), ()
        return
    for start in range(0, len(patient_ids), _MOST_BOUND):
        part = tuple(patient_ids[start : start + _MOST_BOUND])
        marks = ", ".join("?" * len(part))
        yield (
            (f"AND patient_id IN ({marks})", f"WHERE patient.id IN ({marks})"),
            (*part, *part),
        )


def lacking(connection: Connection, version: int) -> list[Patient]:
    """Return the patients without a summary of a version of its form."""
    kept = select(_SUMMARY.c.patient_id).where(_SUMMARY.c.version == version)
    rows = connection.execute(
        select(_PATIENT.c.id, _PATIENT.c.subject_id, _PATIENT.c.site_id).where(
            _PATIENT.c.id.not_in(kept)
        )
    )
    return [Patient(*row) for row in rows]
