"""What a person has had open, and what changed since: remembered for each record and version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from lnmonitor.services.permissions import Action, require
from lnmonitor.services.saving import load
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit as trail
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import reviews
from lnmonitor.storage.reviews import Seen
from lnmonitor.study.forms import Identity
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

NEW, CHANGED, VOIDED = "new", "changed", "voided"


@dataclass(frozen=True)
class Unseen:
    """A record that is new, changed or voided (`state`) since this person last had it open.

    `items`: those that changed, in the order of the changes; empty for a new or voided record.
    """

    record_id: str
    patient_id: str
    form: str
    visit_id: str | None
    state: str
    items: tuple[str, ...] = ()


def opened(session: StudySession, records: Iterable[Record[Form]]) -> None:
    """Remember that this person has these versions of records open.

    In a study open for reading only nothing is remembered.
    """
    require(session, Action.VIEW)
    if session.read_only:
        return
    account = session.actor.account
    with session.work() as work:
        entry = trail.head(work.connection).sequence
        rows = [
            Seen(account, one.id, one.patient_id, one.row_version, entry, work.at)
            for one in records
        ]
        reviews.put_seen(work.connection, rows)


def unseen(session: StudySession, patient_id: str) -> tuple[Unseen, ...]:
    """Return a patient's records that changed since this person had them open, by form.

    What this person saved last is seen.

    Raises:
        InputError: there is no such patient.
    """
    require(session, Action.VIEW)
    records = {one.id: one for one in load(session, patient_id).records}
    account = session.actor.account
    with session.store.read() as connection:
        looked = reviews.seen(connection, account, patient_id=patient_id)
        known = {one.record_id: one for one in looked}
        for record_id in known.keys() - records.keys():
            ended = repo.find_record(connection, record_id, voided=True)
            if ended is not None:
                records[record_id] = ended
        fresh = [
            _unseen(connection, one, known.get(one.id))
            for one in records.values()
            if _is_news(one, known.get(one.id), account)
        ]
    may_identify = session.may(Action.VIEW_IDENTITY)
    return tuple(one for one in fresh if may_identify or one.form != Identity.code)


def _is_news(record: Record[Form], known: Seen | None, account: str) -> bool:
    if known is None:
        return record.entered_by != account
    newer = record.row_version > known.row_version
    return newer and (record.voided or record.entered_by != account)


def _unseen(connection: Connection, record: Record[Form], known: Seen | None) -> Unseen:
    state, items = NEW, ()
    if record.voided:
        state = VOIDED
    elif known is not None:
        state = CHANGED
        rows = reviews.changes_since(connection, record.id, known.entry)
        items = tuple(dict.fromkeys(row["item"] for row in rows))
    return Unseen(record.id, record.patient_id, record.form.code, record.visit_id, state, items)
