"""Electronic signatures: who vouches for which values, and whether they are still those values.

A signature is one act: name and password asked, a meaning, the printed name, the instant. It is
bound by SHA-256 to the study, the act, and id, version and values of every record it covers, so
that it fits nothing else. A later change of a record makes the signature invalid for that record,
for good, and the trail says what changed (docs/adr/0018).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, cast

from sqlalchemy import Connection

from lnmonitor.errors import InputError, RefusedError
from lnmonitor.language import Text
from lnmonitor.services.accounts import check_password
from lnmonitor.services.audit import AuditEntry, entries_of
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.form_state import UNREVIEWED, FormState, Scope, require_step
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.review_states import patient_review
from lnmonitor.services.saving import load
from lnmonitor.services.session import StudySession
from lnmonitor.storage import keyring, reviews
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical, offset_text, zone_text
from lnmonitor.storage.mappers import values_text
from lnmonitor.storage.reviews import SignedRecord, StoredSignature
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

SIGNED = "signed"
"""The action under which the act stands in the audit trail."""
OFTEN_ENOUGH = timedelta(days=90)
"""Age at which unsigned data are told; the agreed interval is the sponsor's to change."""


class Meaning(Enum):
    """What a signature says (21 CFR 11.50 asks for it)."""

    AUTHORSHIP = "authorship"
    REVIEW = "review"
    APPROVAL = "approval"

    @property
    def title(self) -> Text:
        """The sentence that is signed."""
        return _MEANINGS[self]


_MEANINGS = {
    Meaning.AUTHORSHIP: Text(
        "I entered these data and they are true.", "数据由本人录入，真实无误。"
    ),
    Meaning.REVIEW: Text(
        "I have reviewed these data; they are accurate and complete.",
        "本人已审阅这些数据，确认其准确完整。",
    ),
    Meaning.APPROVAL: Text("I approve these data for analysis.", "本人批准将这些数据用于分析。"),
}


@dataclass(frozen=True)
class SignedView:
    """A record under a signature; `changes` are the trail's entries that made it invalid."""

    record_id: str
    form: str
    row_version: int
    valid: bool
    changes: tuple[AuditEntry, ...] = ()


@dataclass(frozen=True)
class SignatureView:
    """A signature as it is shown and printed.

    Attributes:
        name: the printed name. at: UTC instant, with the workstation's offset and zone.
        valid: whether every record is still as it was signed.
    """

    id: str
    patient_id: str
    subject_id: str
    scope: Scope
    target: str
    meaning: Meaning
    name: str
    account: str
    role: str
    at: str
    utc_offset: str
    zone: str
    hash: str
    records: tuple[SignedView, ...]

    @property
    def valid(self) -> bool:
        """Whether every record is still as it was signed."""
        return all(one.valid for one in self.records)


@dataclass(frozen=True)
class Unsigned:
    """A record that no valid signature covers; `days` since its values were last saved."""

    patient_id: str
    subject_id: str
    record_id: str
    form: str
    visit_id: str | None
    entered_at: str
    days: int


def sign(
    session: StudySession,
    scope: Scope,
    target: str,
    *,
    patient_id: str,
    meaning: Meaning,
    user: str,
    password: str,
) -> tuple[SignatureView, ChangeSet]:
    """Sign a record, a visit or a patient: all of its forms that are verified and not held.

    Args:
        target: id of the record, visit or patient. user, password: asked for at each signing.

    Raises:
        WrongPasswordError: counted to the lock-out, with an entry in the trail.
        RefusedError: a form is not verified; the clock's change is not acknowledged.
        InputError: there is nothing to sign, or the name is not the signed-in person's.
    """
    require(session, Action.SIGN)
    _check_person(session, user, password)
    _check_clock(session)  # after the entry about the password, which compares the clock
    with session.work() as work:
        data = load(session, patient_id)
        records = _to_sign(session, data, scope, target)
        signature, covered = _signature(session, work, data, scope, target, meaning, records)
        reviews.add_signature(work.connection, signature, covered)
        work.note(
            SIGNED,
            patient_id=patient_id,
            visit_id=target if scope == "visit" else "",
            form=records[0].form.code if scope == "record" else "",
            record_id=target if scope == "record" else "",
            item=signature.id,
            new=_told(signature, covered),
            reason=meaning.title.en,
        )
    view = _view(signature, data.subject_id, [(one, ()) for one in covered])
    return view, ChangeSet(frozenset({"reviews", "audit"}), frozenset({patient_id}))


def signatures(session: StudySession, patient_id: str | None = None) -> tuple[SignatureView, ...]:
    """Return signatures, first one first, with what changed under them since."""
    require(session, Action.VIEW)
    with session.store.read() as connection:
        subjects = {one.id: one.subject_id for one in repo.patients(connection)}
        covered: dict[str, list[SignedRecord]] = {}
        for one in reviews.signed_records(connection, patient_id=patient_id):
            covered.setdefault(one.signature_id, []).append(one)
        return tuple(
            _view(
                signature,
                subjects[signature.patient_id],
                [(one, _changes(connection, signature, one)) for one in covered[signature.id]],
            )
            for signature in reviews.signatures(connection, patient_id=patient_id)
        )


def unsigned(
    session: StudySession, patient_id: str | None = None, *, older_than: timedelta = OFTEN_ENOUGH
) -> tuple[Unsigned, ...]:
    """Return records without a valid signature whose values are older, the oldest first."""
    require(session, Action.VIEW)
    now = session.clock.now()
    with session.store.read() as connection:
        subjects = {one.id: one.subject_id for one in repo.patients(connection)}
        rows = reviews.unsigned(connection, now - older_than, patient_id=patient_id)
    found = [
        Unsigned(
            row.patient_id,
            subjects[row.patient_id],
            row.record_id,
            row.form,
            row.visit_id,
            row.entered_at,
            (now - datetime.fromisoformat(row.entered_at)).days,
        )
        for row in rows
        if row.form not in UNREVIEWED
    ]
    return tuple(sorted(found, key=lambda one: one.entered_at))


# --- the binding -------------------------------------------------------------------------------


def content_hash(study_id: str, signature_id: str, record: Record[Form]) -> str:
    """Return the hash that binds a record's id, version and values to one act of signing."""
    return _sha256(
        [
            study_id,
            signature_id,
            record.id,
            record.form.code,
            record.patient_id,
            record.visit_id or "",
            record.row_version,
            values_text(record),
        ]
    )


def signature_hash(
    study_id: str, signature: StoredSignature, covered: Iterable[SignedRecord]
) -> str:
    """Return the hash over who, when, what for, and every record covered."""
    facts = {name: value for name, value in asdict(signature).items() if name != "hash"}
    records = sorted(
        [one.record_id, one.form, one.row_version, one.content_hash] for one in covered
    )
    return _sha256([study_id, facts, records])


def signature_problems(connection: Connection, study_id: str) -> list[tuple[str, str]]:
    """Return (signature id, what is wrong) for signatures that do not fit what they signed.

    What is wrong: altered (the rows are not what was signed), untold (the audit trail does not know
    it), differs (a record counts as signed and holds something else), gone (the trail knows it, and
    it is not there).
    """
    covered: dict[str, list[SignedRecord]] = {}
    for one in reviews.signed_records(connection):
        covered.setdefault(one.signature_id, []).append(one)
    told = {
        row["item"]: row["new"] for row in repo.audit_rows(connection, where={"action": SIGNED})
    }
    problems: list[tuple[str, str]] = []
    for signature in reviews.signatures(connection):
        own = covered.get(signature.id, [])
        if signature_hash(study_id, signature, own) != signature.hash:
            problems.append((signature.id, "altered"))
        if told.pop(signature.id, None) != _told(signature, own):
            problems.append((signature.id, "untold"))
        problems += [
            (signature.id, "differs")
            for one in own
            if not one.invalid_at and not _fits(connection, study_id, one)
        ]
    return problems + [(signature_id, "gone") for signature_id in told]


def _fits(connection: Connection, study_id: str, signed: SignedRecord) -> bool:
    record = repo.find_record(connection, signed.record_id)
    return (
        record is not None
        and content_hash(study_id, signed.signature_id, record) == signed.content_hash
    )


def _told(signature: StoredSignature, covered: Sequence[SignedRecord]) -> str:
    """Return what the audit trail keeps of a signature."""
    facts: dict[str, Any] = {
        "hash": signature.hash,
        "meaning": signature.meaning,
        "name": signature.full_name,
        "scope": signature.scope,
        "target": signature.target,
        "records": {one.record_id: one.row_version for one in covered},
    }
    return canonical(facts)


def _sha256(content: object) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


# --- signing -----------------------------------------------------------------------------------


def _check_clock(session: StudySession) -> None:
    if session.clock_notice is not None:
        raise RefusedError(
            "The computer's clock has changed and nobody has said why: nothing was signed.",
            "Acknowledge the change of the clock first.",
        )


def _check_person(session: StudySession, user: str, password: str) -> None:
    if keyring.normalised(user.strip()) != session.actor.account:
        raise InputError(
            "Only the person who is signed in can sign: {account}.",
            "Type your own account name, or sign in yourself.",
            account=session.actor.account,
        )
    check_password(session, password, action="signature password")


def _to_sign(
    session: StudySession, data: PatientData, scope: Scope, target: str
) -> list[Record[Form]]:
    """Return the records of a scope; those that are held or need no signature are left out."""
    review = patient_review(session, data.patient_id)
    chosen = {
        one.record_id
        for one in review.all_records()
        if one.state < FormState.FROZEN
        and (
            scope == "patient"
            or (scope == "visit" and one.visit_id == target)
            or (scope == "record" and one.record_id == target)
        )
    }
    if not chosen or scope == "study" or (scope == "patient" and target != data.patient_id):
        raise InputError("There is nothing to sign.", "Open the page again.")
    require_step(review.states(scope, target), FormState.VERIFIED)
    return [one for one in data.records if one.id in chosen]


def _signature(
    session: StudySession,
    work: UnitOfWork,
    data: PatientData,
    scope: Scope,
    target: str,
    meaning: Meaning,
    records: Sequence[Record[Form]],
) -> tuple[StoredSignature, list[SignedRecord]]:
    study_id = session.study.id
    signature_id = session.new_id()
    covered = [
        SignedRecord(
            signature_id,
            one.id,
            one.form.code,
            one.row_version,
            content_hash(study_id, signature_id, one),
        )
        for one in records
    ]
    bare = StoredSignature(
        id=signature_id,
        patient_id=data.patient_id,
        scope=scope,
        target=target,
        meaning=meaning.value,
        account=session.actor.account,
        full_name=session.actor.full_name,
        role=session.actor.role,
        at=work.at,
        utc_offset=offset_text(work.now),
        zone=zone_text(work.now),
        hash="",
    )
    return replace(bare, hash=signature_hash(study_id, bare, covered)), covered


# --- reading -----------------------------------------------------------------------------------


def _changes(
    connection: Connection, signature: StoredSignature, signed: SignedRecord
) -> tuple[AuditEntry, ...]:
    """Return what happened to the record after its signature; nothing while it is valid."""
    if not signed.invalid_at:
        return ()
    (entry,) = repo.audit_rows(
        connection,
        where={"patient_id": signature.patient_id, "item": signature.id, "action": SIGNED},
    )
    rows = reviews.changes_since(connection, signed.record_id, entry["sequence"])
    return entries_of(connection, rows)


def _view(
    signature: StoredSignature,
    subject_id: str,
    covered: Iterable[tuple[SignedRecord, tuple[AuditEntry, ...]]],
) -> SignatureView:
    return SignatureView(
        id=signature.id,
        patient_id=signature.patient_id,
        subject_id=subject_id,
        scope=cast(Scope, signature.scope),
        target=signature.target,
        meaning=Meaning(signature.meaning),
        name=signature.full_name,
        account=signature.account,
        role=signature.role,
        at=signature.at,
        utc_offset=signature.utc_offset,
        zone=signature.zone,
        hash=signature.hash,
        records=tuple(
            SignedView(one.record_id, one.form, one.row_version, not one.invalid_at, changes)
            for one, changes in covered
        ),
    )
