"""The study at one moment, as rows: what every copy of the data is written from.

A patient is read and at once made into rows, so that never more than one patient's records and
results are in memory. The audit trail is read page by page while it is written: it only grows, and
the snapshot knows its last entry.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from lnmonitor.exchange.form_rows import Keys, Row, flag_rows, form_rows, score_rows
from lnmonitor.exchange.options import Options, stamp
from lnmonitor.exchange.review_rows import review_rows
from lnmonitor.exchange.sheets import Cell
from lnmonitor.progress import Progress, Turn, at_once, silent
from lnmonitor.services import audit, clock, patients
from lnmonitor.services.clock import ClockAnomaly
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage.audit import offset_text, zone_text
from lnmonitor.study.forms import FORMS, Identity

AUDIT_FIELDS = (
    "sequence", "at", "utc_offset", "zone", "account", "full_name", "role", "workstation",
    "program", "action", "source", "patient_id", "visit_id", "form", "record_id", "item",
)  # fmt: skip
AUDIT_COLUMNS = (
    *(name.upper() for name in AUDIT_FIELDS), "OLD", "NEW", "JUSTIFIED", "REASON", "HASH", "LOCAL",
    "USUBJID",
)  # fmt: skip
_ENTRIES_AT_ONCE = 4000
"""Of the trail in one portion, a fraction of a second."""
_STUDY = "study"


@dataclass(frozen=True)
class PatientRows:
    """One patient's rows by sheet; `excluded` records are after the cut-off."""

    patient_id: str
    subject_id: str
    rows: Mapping[str, list[Row]]
    excluded: int


@dataclass(frozen=True)
class Snapshot:
    """The study at one moment.

    Attributes:
        last, seal: number and short hash of the trail's last entry. now: the instant, aware.
        people: by subject id. turn: runs each portion that needs the study.
    """

    session: StudySession
    options: Options
    people: tuple[PatientRows, ...]
    last: int
    seal: str
    now: datetime
    clock: tuple[ClockAnomaly, ...] = ()
    turn: Turn = field(default=at_once)

    @property
    def zone(self) -> str:
        """The zone of the workstation, as it is named on every sheet."""
        return zone_name(self.now)

    @property
    def excluded(self) -> int:
        """How many records the cut-off leaves out."""
        return sum(one.excluded for one in self.people)

    def rows(self, sheet: str) -> Iterator[Row]:
        """Give the rows of a sheet, patient by patient."""
        for one in self.people:
            yield from one.rows.get(sheet, ())

    def trail(self, patient_id: str | None = None) -> Iterator[audit.AuditEntry]:
        """Give the entries of the trail up to the snapshot, first entry first.

        The identity of a person is in no copy, its entries included; a de-identified copy has none.

        Args:
            patient_id: of one patient, empty for those of none; None for all.
        """
        if self.options.deidentified or not self.session.may(Action.VIEW_AUDIT):
            return
        for entry in self._entries(patient_id):
            if entry.form != Identity.code and not self.options.after(
                stamp(entry.at, entry.utc_offset)
            ):
                yield entry

    def _entries(self, patient_id: str | None) -> Iterator[audit.AuditEntry]:
        if patient_id is not None:
            read = partial(audit.entries, self.session, patient_id=patient_id, limit=None)
            yield from (one for one in self.turn(read) if one.sequence <= self.last)
            return
        for first in range(1, self.last + 1, _ENTRIES_AT_ONCE):
            after = min(first + _ENTRIES_AT_ONCE, self.last + 1)
            read_page = partial(audit.page, self.session, before=after, size=_ENTRIES_AT_ONCE)
            found = self.turn(read_page).entries
            yield from (one for one in reversed(found) if one.sequence >= first)

    def trail_rows(self) -> Iterator[Row]:
        """Give the rows of the sheet AUDIT."""
        subjects = {one.patient_id: one.subject_id for one in self.people}
        for entry in self.trail():
            yield _audit_cells(entry, subjects)


def read(
    session: StudySession, options: Options, progress: Progress = silent, turn: Turn = at_once
) -> Snapshot:
    """Read in portions; the last of them reads again what was changed between the others.

    Raises:
        PermissionDeniedError: the role may not export.
    """
    require(session, Action.EXPORT)

    def begin() -> tuple[list[str], int]:
        return list(patients.versions(session)), audit.head(session)[0]

    wanted, first = turn(begin)
    people: dict[str, PatientRows] = {}
    for number, patient_id in enumerate(wanted, start=1):
        people[patient_id] = turn(partial(patient_rows, session, options, patient_id))
        progress(number, len(wanted), "patients")

    def catch_up() -> Snapshot:
        touched = _touched(session, first)
        for patient_id in (current := list(patients.versions(session))):
            if patient_id not in people or touched is None or patient_id in touched:
                people[patient_id] = patient_rows(session, options, patient_id)
        last, seal = audit.head(session)
        found = tuple(people[one] for one in current)
        now, anomalies = session.clock.now(), clock.anomalies(session)
        return Snapshot(session, options, found, last, seal, now, anomalies, turn)

    return turn(catch_up)


def patient_rows(session: StudySession, options: Options, patient_id: str) -> PatientRows:
    """Return everything about a patient as rows."""
    data = patients.patient_data(session, patient_id)
    course = patients.course(session, patient_id)
    keys = Keys(session.study.name, session.protocol, data)
    zone = zone_name(session.clock.now())
    rows: dict[str, list[Row]] = defaultdict(list)
    excluded = 0
    for code, form in FORMS.items():
        if form is not Identity:
            rows[code], left_out = form_rows(form, data, keys, options, zone)
            excluded += left_out
    rows["SCORES"] = list(score_rows(course, keys, options))
    rows["FLAGS"] = list(flag_rows(course, keys, options))
    rows |= review_rows(session, data, keys, options)
    return PatientRows(patient_id, data.subject_id, rows, excluded)


def zone_name(now: datetime) -> str:
    """Return offset and zone as a person reads them: `UTC+08:00 Asia/Shanghai`."""
    return f"UTC{offset_text(now)} {zone_text(now)}"


def _touched(session: StudySession, after: int) -> set[str] | None:
    """Return the patients that later entries are about; None for all of them."""
    found: set[str] = set()
    before: int | None = None
    while True:
        page = audit.page(session, before=before)
        for entry in page.entries:
            if entry.sequence <= after:
                return found
            if not entry.patient_id and entry.item == _STUDY:  # frozen or locked as a whole
                return None
            found.add(entry.patient_id)
        before = page.before
        if before is None:
            return found


def _audit_cells(entry: audit.AuditEntry, subjects: Mapping[str, str]) -> list[Cell]:
    values = json.dumps(dict(entry.values), ensure_ascii=False) if entry.values else entry.new
    return [
        *(getattr(entry, name) for name in AUDIT_FIELDS),
        entry.old,
        values,
        entry.justified,
        entry.reason,
        entry.hash,
        stamp(entry.at, entry.utc_offset),
        subjects.get(entry.patient_id, ""),
    ]
