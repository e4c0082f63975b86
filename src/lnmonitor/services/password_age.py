"""How long a password may be used before it is replaced, as an administrator sets it for a study.

A year by default: inspectors ask for passwords that age (21 CFR 11.300(b); EMA guideline on
computerised systems, 2023, annex 4), while short periods lead to weak ones (NIST SP 800-63B). A
synthetic study's passwords are printed on its sign-in page and never expire.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from lnmonitor.errors import InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical

NEVER = 0
DEFAULT_DAYS = 365
SHORTEST_DAYS, LONGEST_DAYS = 30, 1095
_FACT = "password_days"


def limit_in(connection: Connection) -> int:
    """Return after how many days a password is replaced, `NEVER` when it is not."""
    facts = repo.meta(connection)
    return NEVER if facts["synthetic"] == "True" else int(facts.get(_FACT, DEFAULT_DAYS))


def age_in_days(at: str, now: datetime) -> int:
    """Return how old a password of a UTC instant is, in whole days."""
    return max(0, (now - datetime.fromisoformat(at)).days)


def expired(connection: Connection, account: str, now: datetime) -> bool:
    """Return whether an account's password must be replaced because of its age."""
    limit = limit_in(connection)
    if limit == NEVER:
        return False
    return age_in_days(repo.password_dates(connection)[account], now) >= limit


def password_limit(session: StudySession) -> int:
    """Return after how many days a password is replaced, `NEVER` when it is not."""
    with session.store.read() as connection:
        return limit_in(connection)


def set_password_limit(session: StudySession, days: int, reason: str) -> ChangeSet:
    """Say after how many days a password is replaced; it counts from the next sign-in on.

    Args:
        days: 30 to 1095, or `NEVER`.

    Raises:
        InputError: other days, no reason, or a synthetic study.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    if not reason.strip():
        raise InputError("Accounts are changed with a reason only.", "Say why.")
    if session.study.synthetic:
        raise InputError(
            "Passwords of a synthetic study do not expire.", "They are printed on its sign-in page."
        )
    if days != NEVER and not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise InputError(
            "A password lasts {least} to {most} days.",
            "Give such a number, or 0 for no end.",
            least=SHORTEST_DAYS,
            most=LONGEST_DAYS,
        )
    with session.work(reason=reason.strip()) as work:
        before = limit_in(work.connection)
        repo.set_meta(work.connection, {_FACT: str(days)})
        work.note("password age set", old=canonical(before), new=canonical(days))
    return ChangeSet(frozenset({"accounts", "audit"}))
