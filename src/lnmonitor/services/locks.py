"""Freezing and locking a record, a visit, a patient or the study, and opening them again.

Freezing stops changes while data are looked through; it needs every form signed and every query
closed. Locking is the end; it needs every form frozen. Both hold new records out as well, and both
are opened where they were set, with a reason; a signature stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from lnmonitor.errors import InputError, RefusedError
from lnmonitor.progress import Progress, silent
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.form_state import FROZEN, LOCKED, FormState, Scope, require_step
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.review_states import PatientReview, patient_review
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import reviews
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.reviews import STUDY, Hold
from lnmonitor.storage.unit_of_work import UnitOfWork

__all__ = ["Hold", "freeze", "holds", "lock", "unfreeze", "unlock"]


def freeze(
    session: StudySession, scope: Scope, target: str = STUDY, *, progress: Progress = silent
) -> ChangeSet:
    """Freeze a record, a visit, a patient (`target` is its id) or the study.

    Raises:
        RefusedError: a form is not signed, a query is open, or it is frozen or locked already.
        InputError: there is no such thing.
    """
    require(session, Action.FREEZE)
    with session.work() as work:
        patient_id = _patient_of(work, scope, target)
        if _hold(work, scope, target) is not None:
            raise RefusedError("It is frozen or locked already.", "Open the page again.")
        for review in _reviews(session, work, patient_id, progress):
            require_step(review.states(scope, target), FormState.SIGNED)
            _require_no_query(work, review, scope, target)
        _set(work, scope, target, patient_id, FROZEN, "frozen")
    return _changes(patient_id)


def lock(
    session: StudySession, scope: Scope, target: str = STUDY, *, progress: Progress = silent
) -> ChangeSet:
    """Lock what is frozen.

    Raises:
        RefusedError: something in it is not frozen, or it is locked already.
        InputError: there is no such thing.
    """
    require(session, Action.LOCK)
    with session.work() as work:
        patient_id = _patient_of(work, scope, target)
        present = _hold(work, scope, target)
        if present is not None and present.level == LOCKED:
            raise RefusedError("It is locked already.", "Open the page again.")
        for review in _reviews(session, work, patient_id, progress):
            require_step(review.states(scope, target), FormState.FROZEN)
        _set(work, scope, target, patient_id, LOCKED, "locked")
    return _changes(patient_id)


def unlock(session: StudySession, scope: Scope, target: str = STUDY, *, reason: str) -> ChangeSet:
    """Take a lock back; what it held is frozen then.

    Raises:
        InputError: no reason, or no such thing. RefusedError: it is not locked itself.
    """
    require(session, Action.LOCK)
    return _open(session, scope, target, reason, LOCKED)


def unfreeze(session: StudySession, scope: Scope, target: str = STUDY, *, reason: str) -> ChangeSet:
    """Open what is frozen for changes.

    Raises:
        InputError: no reason, or no such thing. RefusedError: it is not frozen itself; a lock is
            taken back first.
    """
    require(session, Action.FREEZE)
    return _open(session, scope, target, reason, FROZEN)


def holds(session: StudySession, patient_id: str | None = None) -> tuple[Hold, ...]:
    """Return what is frozen or locked: the study and everything in it, or in one patient."""
    require(session, Action.VIEW)
    with session.store.read() as connection:
        return tuple(reviews.holds(connection, patient_id=patient_id))


def _open(session: StudySession, scope: Scope, target: str, reason: str, level: str) -> ChangeSet:
    if not reason.strip():
        raise InputError("Data are opened with a reason only.", "Say why.")
    with session.work(reason=reason.strip()) as work:
        patient_id = _patient_of(work, scope, target)
        hold = _hold(work, scope, target)
        if hold is None or hold.level != level:
            raise RefusedError(
                "It is not {level} itself.",
                "Open what it belongs to: record, visit, patient or study.",
                level=level,
            )
        if level == LOCKED:
            reviews.put_hold(
                work.connection, replace(hold, level=FROZEN, at=work.at, by=work.actor.account)
            )
            _note(work, "unlocked", scope, target, patient_id, LOCKED, FROZEN)
        else:
            reviews.drop_hold(work.connection, scope, target)
            _note(work, "unfrozen", scope, target, patient_id, FROZEN, "")
    return _changes(patient_id)


def _patient_of(work: UnitOfWork, scope: Scope, target: str) -> str:
    """Return the patient of a scope, empty for the study."""
    if scope == "study" and target == STUDY:
        return ""
    if scope == "patient" and repo.patient(work.connection, target) is not None:
        return target
    if scope in ("record", "visit"):
        record = repo.find_record(work.connection, target)
        if record is not None and (scope == "record" or record.visit_id == record.id):
            return record.patient_id
    raise InputError("There is no such {scope}.", "Open the page again.", scope=scope)


def _reviews(
    session: StudySession, work: UnitOfWork, patient_id: str, progress: Progress
) -> list[PatientReview]:
    if patient_id:
        return [patient_review(session, patient_id)]
    ids = [one.id for one in repo.patients(work.connection)]
    found = []
    for number, one in enumerate(ids, start=1):
        found.append(patient_review(session, one))
        progress(number, len(ids), "Patients")
    return found


def _require_no_query(work: UnitOfWork, review: PatientReview, scope: Scope, target: str) -> None:
    count = sum(
        1
        for one in reviews.queries(work.connection, patient_id=review.patient_id)
        if one.state != "closed"
        and (
            scope in ("patient", "study")
            or (scope == "visit" and one.visit_id == target)
            or (scope == "record" and one.record_id == target)
        )
    )
    if count:
        raise RefusedError(
            "{subject} has {count} open queries.",
            "Close them first.",
            subject=review.subject_id,
            count=count,
        )


def _hold(work: UnitOfWork, scope: Scope, target: str) -> Hold | None:
    found = [
        one for one in reviews.holds(work.connection) if (one.scope, one.target) == (scope, target)
    ]
    return found[0] if found else None


def _set(
    work: UnitOfWork, scope: Scope, target: str, patient_id: str, level: str, action: str
) -> None:
    before = _hold(work, scope, target)
    hold = Hold(scope, target, patient_id, level, work.at, work.actor.account)
    reviews.put_hold(work.connection, hold)
    _note(work, action, scope, target, patient_id, before.level if before else "", level)


def _note(
    work: UnitOfWork, action: str, scope: Scope, target: str, patient_id: str, old: str, new: str
) -> None:
    """Write the entry; a record's and a visit's stand in the history of that record."""
    record = repo.find_record(work.connection, target) if scope in ("record", "visit") else None
    work.note(
        action,
        patient_id=patient_id,
        visit_id=(record.visit_id or "") if record else "",
        form=record.form.code if record else "",
        record_id=record.id if record else "",
        item=scope,
        old=canonical(old) if old else "",
        new=canonical(new) if new else "",
    )


def _changes(patient_id: str) -> ChangeSet:
    patients = frozenset({patient_id}) if patient_id else frozenset()
    return ChangeSet(frozenset({"reviews", "audit"}), patients)
