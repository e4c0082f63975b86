"""What a person does in review, each one call of a service; every one answers with its changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.form_state import Scope
    from lnmonitor.services.session import StudySession
    from lnmonitor.services.signatures import Meaning, SignatureView
    from lnmonitor.study.items import Form
    from lnmonitor.study.records import Record


@dataclass(frozen=True)
class Signed:
    """A signature just given."""

    view: SignatureView
    changes: ChangeSet


@dataclass(frozen=True)
class Question:
    """What is asked: about a patient, a record or an item."""

    patient_id: str
    record_id: str = ""
    item: str = ""


def opened(session: StudySession, records: Sequence[Record[Form]]) -> None:
    """Remember that these versions were on the screen."""
    from lnmonitor.services import seen

    seen.opened(session, records)


def verify_items(
    session: StudySession, record_id: str, items: Sequence[str], row_version: int
) -> ChangeSet:
    """Mark items as compared with their source."""
    from lnmonitor.services import verification

    return verification.verify_items(session, record_id, items, row_version)


def verify_opened(session: StudySession, record_ids: Sequence[str]) -> ChangeSet:
    """Mark whole forms, all of which this person has had open."""
    from lnmonitor.services import verification

    return verification.verify_opened(session, record_ids)


def withdraw(session: StudySession, record_id: str, items: Sequence[str], reason: str) -> ChangeSet:
    """Take marks back."""
    from lnmonitor.services import verification

    return verification.withdraw(session, record_id, items, reason)


def sign(
    session: StudySession,
    scope: Scope,
    target: str,
    patient_id: str,
    meaning: Meaning,
    user: str,
    password: str,
) -> Signed:
    """Sign a record, a visit or a patient."""
    from lnmonitor.services import signatures

    view, changes = signatures.sign(
        session,
        scope,
        target,
        patient_id=patient_id,
        meaning=meaning,
        user=user,
        password=password,
    )
    return Signed(view, changes)


def hold(session: StudySession, step: str, scope: Scope, target: str, reason: str) -> ChangeSet:
    """Freeze, lock, unlock or unfreeze; the latter two with a reason."""
    from lnmonitor.services import locks

    if step == "freeze":
        return locks.freeze(session, scope, target)
    if step == "lock":
        return locks.lock(session, scope, target)
    if step == "unlock":
        return locks.unlock(session, scope, target, reason=reason)
    return locks.unfreeze(session, scope, target, reason=reason)


def ask(session: StudySession, about: Question, words: str) -> ChangeSet:
    """Raise a query."""
    from lnmonitor.services import queries

    _, changes = queries.ask(
        session, words, patient_id=about.patient_id, record_id=about.record_id, item=about.item
    )
    return changes


def step_query(session: StudySession, step: str, query_id: str, words: str) -> ChangeSet:
    """Answer, resolve, close or reopen a query, or add a remark to it."""
    from lnmonitor.services import queries

    steps = {
        "answer": queries.answer,
        "resolve": queries.resolve,
        "close": queries.close,
        "reopen": queries.reopen,
        "comment": queries.comment,
    }
    return steps[step](session, query_id, words)
