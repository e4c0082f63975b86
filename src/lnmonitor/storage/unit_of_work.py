"""One change of the study: records, audit entries, assessments and flags become durable together.

Every changing method writes its own audit entry, so that no change can be made without one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from lnmonitor.errors import ConflictError, InputError
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import Actor, AuditTrail, Entry, canonical, utc_text
from lnmonitor.storage.mappers import cell_text, row_of, values_text
from lnmonitor.storage.store import Store
from lnmonitor.storage.tables import form_table
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record


class UnitOfWork:
    """The changes of one transaction. Made by `unit_of_work`.

    Attributes:
        connection: for reading inside the transaction. now: the one instant of all its entries.
        reason: goes into each entry that has none of its own.
        source: how values came: typed, import, derived, migration or demo.
    """

    def __init__(
        self, connection: Connection, actor: Actor, now: datetime, *, reason: str, source: str
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now
        self.reason = reason
        self.source = source
        self.trail = AuditTrail(connection, actor, now)

    @property
    def at(self) -> str:
        """The instant as UTC text."""
        return utc_text(self.now)

    def note(self, action: str, **entry: str) -> None:
        """Write an audit entry that is no change of a record: sign-in, export and the like."""
        entry.setdefault("reason", self.reason)
        entry.setdefault("source", self.source)
        self.trail.add(Entry(action, **entry))

    def add_patients(self, patients: Sequence[repo.Patient]) -> None:
        """Add patients.

        Raises:
            InputError: a subject id is taken.
        """
        if not patients:
            return
        taken = repo.taken_subjects(self.connection, [p.subject_id for p in patients])
        if taken:
            raise InputError(
                "There is already a patient {subject} in this study.",
                "Open that patient, or check the number.",
                subject=taken[0],
            )
        repo.insert_patients(self.connection, patients, self.at, self.actor.account)
        for patient in patients:
            self.note(
                "patient added",
                patient_id=patient.id,
                item=patient.site_id,
                new=canonical(patient.subject_id),
            )

    def add(self, records: Sequence[Record[Form]], reason: str = "") -> list[Record[Form]]:
        """Add new records of any forms; return them as stored. One audit entry each.

        Args:
            reason: what there is to say about their creation, such as why it is late.
        """
        stored = [
            replace(
                record,
                row_version=1,
                source=self.source,
                entered_at=self.at,
                entered_by=self.actor.account,
            )
            for record in records
        ]
        by_form: dict[type[Form], list[dict[str, Any]]] = {}
        for record in stored:
            by_form.setdefault(type(record.form), []).append(row_of(record))
            self._entry("create", record, new=values_text(record), reason=reason)
        for form, rows in by_form.items():
            self.connection.execute(insert(form_table(form)), rows)
        return stored

    def amend(self, old: Record[Form], new: Record[Form], reason: str = "") -> Record[Form]:
        """Store a changed record with one audit entry for each changed item; return it as stored.

        Raises:
            ConflictError: somebody changed the record since `old` was read.
        """
        stored = replace(
            new,
            row_version=old.row_version + 1,
            source=self.source,
            entered_at=self.at,
            entered_by=self.actor.account,
        )
        self._update(stored, old.row_version)
        for item in changed_items(old, stored):
            self._entry(
                "amend",
                stored,
                item=item,
                old=cell_text(old, item),
                new=cell_text(stored, item),
                reason=reason,
            )
        return stored

    def void(self, record: Record[Form], reason: str) -> Record[Form]:
        """Void a record: it stays in the store and in the trail, and out of every result.

        Raises:
            ConflictError: somebody changed the record since it was read.
        """
        stored = replace(record, voided=True, row_version=record.row_version + 1)
        self._update(stored, record.row_version)
        self._entry("void", record, old=values_text(record), reason=reason)
        return stored

    def _update(self, stored: Record[Form], expected: int) -> None:
        if not repo.update_record(self.connection, stored, expected):
            raise ConflictError(
                "Somebody else has changed this record since you opened it: nothing was saved.",
                "Open it again, compare, and enter your change anew.",
            )

    def _entry(self, action: str, record: Record[Form], *, reason: str = "", **more: str) -> None:
        self.trail.add(
            Entry(
                action,
                patient_id=record.patient_id,
                visit_id=record.visit_id or "",
                form=record.form.code,
                record_id=record.id,
                reason=reason or self.reason,
                source=self.source,
                **more,
            )
        )


@contextlib.contextmanager
def unit_of_work(
    store: Store,
    actor: Actor,
    now: Callable[[], datetime],
    *,
    reason: str = "",
    source: str = "typed",
) -> Iterator[UnitOfWork]:
    """Open a transaction; at the end of the block it is durable, after an exception nothing is.

    Raises:
        StorageError: the disk or another program does not allow it.
    """
    with store.write() as connection:
        work = UnitOfWork(connection, actor, now(), reason=reason, source=source)
        yield work
        work.trail.flush()


def changed_items(old: Record[Form], new: Record[Form]) -> list[str]:
    """Return the items in which two versions of a record differ, in the order of the form.

    A changed justification of the form as a whole comes last, as the item ''.
    """
    # Texts decide, and are written only where two of them may differ: nearly all items are equal.
    before, after = old.form.__dict__, new.form.__dict__
    told = {*old.missing, *new.missing, *old.justified, *new.justified}
    return [
        item
        for item in (*type(new.form).items(), "")
        if (item in told or not _same(before.get(item), after.get(item)))
        and cell_text(old, item) != cell_text(new, item)
    ]


def _same(before: object, after: object) -> bool:
    """Whether two values surely have one text; zeros do not, for one may be negative."""
    return before is after or (type(before) is type(after) and before == after and before != 0)
