"""The periodic review of access: when each person was trained, and who reviewed the list when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from lnmonitor.errors import InputError
from lnmonitor.services.accounts import list_accounts
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit_reading
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.audit_reading import AuditFilter
from lnmonitor.study import dates

Result = Literal["no change", "changes needed"]
_TRAINED, _REVIEWED = "training recorded", "access reviewed"


@dataclass(frozen=True)
class AccessReview:
    """Somebody's review of who may open the study. `at`: UTC text. `accounts`: how many had access.

    `comment` says what was found; it is never empty when changes are needed.
    """

    at: str
    account: str
    full_name: str
    accounts: int
    result: str
    comment: str


def record_training(session: StudySession, name: str, trained_on: str, reason: str) -> ChangeSet:
    """Say on which day a person was trained; the trail keeps the days entered before.

    Args:
        trained_on: ISO date, complete and not later than today.

    Raises:
        InputError: no such account or no reason. DateError: no date, a partial or a future one.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    if not reason.strip():
        raise InputError("Accounts are changed with a reason only.", "Say why.")
    day = dates.parse_partial(trained_on)
    if not day.complete:
        raise dates.DateError(
            "The date of a training is known to the day.", "Type year, month and day."
        )
    if day.first > session.today:
        raise dates.DateError("The date is in the future.", "Type the day of the training.")
    person = next((one for one in list_accounts(session) if one.name == name), None)
    if person is None:
        raise InputError("There is no account {name}.", "Open the list again.", name=name)
    with session.work(reason=reason.strip()) as work:
        repo.update_account(work.connection, name, trained_on=day.iso)
        before = canonical(person.trained_on) if person.trained_on else ""
        work.note(_TRAINED, item=name, old=before, new=canonical(day.iso))
    return ChangeSet(frozenset({"accounts", "audit"}))


def record_review(session: StudySession, result: Result, comment: str) -> ChangeSet:
    """Record that the signed-in person has reviewed who may open the study.

    Raises:
        InputError: changes are needed and nothing says which.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    if result == "changes needed" and not comment.strip():
        raise InputError("A review with changes needs words.", "Say what is to be changed.")
    active = sum(not one.ended_at for one in list_accounts(session))
    with session.work(reason=comment.strip()) as work:
        work.note(_REVIEWED, new=canonical({"accounts": active, "result": result}))
    return ChangeSet(frozenset({"accounts", "audit"}))


def latest_review(session: StudySession) -> AccessReview | None:
    """Return the last review of access, None before the first."""
    found = reviews(session, limit=1)
    return found[0] if found else None


def reviews(session: StudySession, limit: int = 100) -> tuple[AccessReview, ...]:
    """Return the reviews of access, the latest first."""
    require(session, Action.VIEW_AUDIT)
    with session.store.read() as connection:
        rows = audit_reading.find(
            connection, AuditFilter(patient_id="", action=_REVIEWED), limit=limit
        )
    return tuple(
        AccessReview(
            row["at"],
            row["account"],
            row["full_name"],
            json.loads(row["new"])["accounts"],
            json.loads(row["new"])["result"],
            row["reason"],
        )
        for row in rows
    )
