"""Flags as people work with them: listed, acknowledged, or dismissed with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from lnmonitor.analysis.course import Flag
from lnmonitor.errors import ConflictError, InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.flag_text import flag_from_text
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.repositories import StoredFlag

State = Literal["open", "acknowledged", "dismissed", "withdrawn"]
_SEVERITIES = ("serious", "warn", "info")


@dataclass(frozen=True)
class FlagView:
    """A flag with what people said about it; `at` is a UTC instant, `by` an account name."""

    flag: Flag
    subject_id: str
    patient_id: str
    state: State
    by: str
    at: str
    comment: str


def flags(
    session: StudySession, patient_id: str | None = None, include_closed: bool = False
) -> tuple[FlagView, ...]:
    """Return open flags, the gravest and latest first; closed ones too if asked for."""
    require(session, Action.VIEW)
    with session.store.read() as connection:
        wanted = None if patient_id is None else [patient_id]
        stored = repo.flags(connection, wanted, open_only=not include_closed)
        subjects = {one.id: one.subject_id for one in repo.patients(connection)}
    views = [view_of(row, subjects[row.patient_id]) for row in stored]
    views.sort(key=lambda view: view.flag.date, reverse=True)
    views.sort(key=lambda view: _SEVERITIES.index(view.flag.severity))
    return tuple(views)


def acknowledge(session: StudySession, identity: str, comment: str = "") -> ChangeSet:
    """Mark a flag as seen and right.

    Raises:
        ConflictError: its evidence is gone. InputError: there is no such flag.
    """
    require(session, Action.ACKNOWLEDGE_FLAG)
    return _close(session, identity, "acknowledged", comment)


def dismiss(session: StudySession, identity: str, reason: str) -> ChangeSet:
    """Mark a flag as clinically wrong, with the reason.

    Raises:
        InputError: no reason, or no such flag. ConflictError: its evidence is gone.
    """
    require(session, Action.DISMISS_FLAG)
    if not reason.strip():
        raise InputError("A flag is dismissed with a reason only.", "Write why it does not apply.")
    return _close(session, identity, "dismissed", reason.strip())


def view_of(row: StoredFlag, subject_id: str) -> FlagView:
    """Return the read model of a stored flag."""
    return FlagView(
        flag_from_text(row.content),
        subject_id,
        row.patient_id,
        cast(State, row.state),
        row.by,
        row.at,
        row.comment,
    )


def _close(session: StudySession, identity: str, state: State, comment: str) -> ChangeSet:
    with session.work(reason=comment) as work:
        row = repo.flag(work.connection, identity)
        if row is None:
            raise InputError("There is no such flag.", "Open the list again.")
        if row.state == "withdrawn":
            raise ConflictError(
                "This flag was withdrawn: the data it stood on has changed.",
                "Open the list again.",
            )
        changed = replace(row, state=state, at=work.at, by=session.actor.account, comment=comment)
        repo.store_flags(work.connection, [changed])
        work.note(
            f"flag {state}",
            patient_id=row.patient_id,
            item=identity,
            old=canonical(row.state),
            new=canonical(state),
        )
    session.cache.summaries.pop(row.patient_id, None)
    return ChangeSet(frozenset({"flags", "audit"}), frozenset({row.patient_id}))
