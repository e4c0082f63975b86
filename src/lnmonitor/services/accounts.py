"""The people who may open a study: who they are, their roles, their passwords, their leaving."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from lnmonitor.errors import InputError, RefusedError
from lnmonitor.progress import Progress, silent
from lnmonitor.services import attempts, keys
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.password_age import age_in_days
from lnmonitor.services.passwords import (
    check_new_password,
    check_unused,
    clean_account_name,
    remember_used,
)
from lnmonitor.services.permissions import Action, Role, allowed, require, role_of
from lnmonitor.services.session import StudySession
from lnmonitor.storage import keyring
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.keyring import RECOVERY, Keyring
from lnmonitor.storage.repositories import Account
from lnmonitor.storage.unit_of_work import UnitOfWork

__all__ = [
    "Account",
    "AccountCard",
    "PastAccount",
    "PastRole",
    "Renewal",
    "accounts_on",
    "add_account",
    "change_password",
    "change_role",
    "check_password",
    "end_for_another",
    "give_access",
    "list_accounts",
    "new_recovery_key",
    "remove_access",
    "renew_key",
    "review_access",
    "set_password",
    "unlock_account",
]

_HISTORY = ("account added", "role changed", "access removed", "access given")
_ABOUT_NOBODY = {"patient_id": ""}
"""Keeps a search for entries about accounts off those about patients, which are many."""
_CHANGED = ChangeSet(frozenset({"accounts", "audit"}))


@dataclass(frozen=True)
class PastRole:
    """A change of a person's role or access. `at`: UTC text. `role`: empty where access ended."""

    at: str
    role: str


@dataclass(frozen=True)
class AccountCard:
    """An account as an access review shows it.

    Attributes:
        locked: after too many wrong passwords. password_at: since when it has its password, UTC
            text. password_days: the same in whole days. roles: which role it had from when on, the
            first one first.
    """

    account: Account
    locked: bool
    password_at: str = ""
    password_days: int = 0
    roles: tuple[PastRole, ...] = ()

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name


@dataclass(frozen=True)
class PastAccount:
    """An account as it was at some instant."""

    name: str
    full_name: str
    role: str
    access: bool


@dataclass(frozen=True)
class Renewal:
    """What a new data key meant.

    Attributes:
        without_access: accounts whose slot could not be taken over (of an older format, or not the
            one the study knows); an administrator gives them new passwords.
        recovery_lost: the printed recovery key opens nothing any more; make a new one.
    """

    without_access: tuple[str, ...]
    recovery_lost: bool
    changes: ChangeSet = _CHANGED


def list_accounts(session: StudySession) -> tuple[Account, ...]:
    """Return all accounts by name, those without access too."""
    with session.store.read() as connection:
        return tuple(repo.accounts(connection))


def review_access(session: StudySession) -> tuple[AccountCard, ...]:
    """Return all accounts with roles, last sign-in, lock and age of the password, for the periodic
    review of access.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    ring, now = keyring.load(session.store.folder), session.clock.now()
    with session.store.read() as connection:
        since = repo.password_dates(connection)
        rows = _history(connection)
    roles: dict[str, list[PastRole]] = {}
    for row in rows:
        roles.setdefault(row["item"], []).append(PastRole(row["at"], _role_told(row)))
    return tuple(
        AccountCard(
            one,
            attempts.locked(ring, one.name),
            since[one.name],
            age_in_days(since[one.name], now),
            tuple(roles.get(one.name, ())),
        )
        for one in list_accounts(session)
    )


def _history(connection: Connection, until: str = "") -> list[Mapping[str, Any]]:
    """Return the entries that gave, changed or ended somebody's access, the first one first."""
    rows = [
        row
        for action in _HISTORY
        for row in repo.audit_rows(
            connection, where={**_ABOUT_NOBODY, "action": action}, last_at=until
        )
    ]
    return sorted(rows, key=lambda one: int(one["sequence"]))


def _role_told(row: Mapping[str, Any]) -> str:
    """Return the role that an entry gives, "" where it ends the access."""
    new = json.loads(row["new"] or "null")
    if row["action"] == "access removed":
        return ""
    return str(new if row["action"] == "role changed" else new["role"])


def accounts_on(session: StudySession, instant: str) -> tuple[PastAccount, ...]:
    """Return who had which role, and access, at a past instant, as the audit trail tells it.

    Args:
        instant: UTC, ISO text as in the trail.
    """
    require(session, Action.VIEW_AUDIT)
    with session.store.read() as connection:
        rows = _history(connection, instant)
    people: dict[str, PastAccount] = {}
    for row in rows:
        name, new = row["item"], json.loads(row["new"] or "null")
        if row["action"] == "account added":
            people[name] = PastAccount(name, new["full_name"], new["role"], access=True)
        elif row["action"] == "role changed":
            people[name] = replace(people[name], role=new)
        elif row["action"] == "access removed":
            people[name] = replace(people[name], access=False)
        else:
            people[name] = replace(people[name], role=new["role"], access=True)
    return tuple(people[name] for name in sorted(people))


def add_account(
    session: StudySession,
    name: str,
    *,
    role: str,
    password: str,
    full_name: str = "",
    temporary: bool = False,
) -> ChangeSet:
    """Add a person with a first password.

    Args:
        temporary: the person must replace the password at the first sign-in, and can do nothing
            before. Wanted wherever somebody else has typed it; not in a synthetic study.

    Raises:
        InputError: the name is taken, the role unknown, or the password too weak.
        PermissionDeniedError: the signed-in person is not an administrator.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    name = clean_account_name(name)
    code = role_of(role).value
    check_new_password(password, name, demo=session.study.synthetic)
    with session.work() as work:
        if any(one.name == name for one in repo.accounts(work.connection)):
            raise InputError(
                "There is already an account {name}.", "Choose another name.", name=name
            )
        account = Account(
            name,
            full_name.strip() or name,
            code,
            work.at,
            session.actor.account,
            must_change=temporary and not session.study.synthetic,
        )
        repo.insert_account(work.connection, account)
        work.note(
            "account added",
            item=name,
            new=canonical({"full_name": account.full_name, "role": account.role}),
        )
        _put_password(session, work, name, password)
    return _CHANGED


def change_password(session: StudySession, old: str, new: str) -> ChangeSet:
    """Change the signed-in person's own password; a password set by somebody else ends with it.

    Raises:
        WrongPasswordError: the old one is wrong. InputError: the new one is too weak or was used.
        RefusedError: after too many wrong ones.
    """
    account = session.actor.account
    _open_slot(session, old, "password change")
    check_new_password(new, account, demo=session.study.synthetic)
    if keyring.normalised(new) == keyring.normalised(old):
        raise InputError("The new password is the old one.", "Choose another one.")
    with session.work() as work:
        if not repo.used_passwords(work.connection, account):
            remember_used(work, account, old)
        check_unused(work.connection, account, new)
        work.note("password changed", item=account)
        repo.update_account(work.connection, account, must_change=False)
        _put_password(session, work, account, new)
    session.must_change_password = session.password_expired = False
    return ChangeSet(frozenset({"audit"}))


def set_password(session: StudySession, name: str, password: str, reason: str) -> ChangeSet:
    """Give a person who forgot the password a new one, to be replaced at the next sign-in.

    An account that was locked is open again.

    Raises:
        InputError: no reason, no such account, or the password is too weak.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    person = _existing(session, name, reason)
    if person.ended_at:
        raise InputError("{name} has no access.", "Give access again first.", name=name)
    _set_by_other(session, person, password, reason, "password set")
    return _CHANGED


def unlock_account(session: StudySession, name: str, reason: str) -> ChangeSet:
    """Let a person whose account is locked try again.

    Raises:
        InputError: no reason, or no such account.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    _existing(session, name, reason)
    with session.work(reason=reason.strip()) as work:
        noted = attempts.note(work, keyring.load(session.store.folder))
        work.note("account unlocked", item=name)
    attempts.settle(session.store.folder, noted, name)
    return _CHANGED


def change_role(session: StudySession, name: str, role: str, reason: str) -> ChangeSet:
    """Give a person another role from the next sign-in on.

    Raises:
        InputError: no reason, no such account or role, or nobody would be administrator.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    person = _existing(session, name, reason)
    code = role_of(role).value
    with session.work(reason=reason.strip()) as work:
        repo.update_account(work.connection, name, role=code)
        _require_administrator(work.connection)
        work.note("role changed", item=name, old=canonical(person.role), new=canonical(code))
    return _CHANGED


def remove_access(
    session: StudySession, name: str, reason: str, progress: Progress = silent
) -> Renewal:
    """Take a person's access away and renew the data key, so that the old password, with whatever
    copy of the keyring, opens nothing written from now on. The account stays, for its history.

    Raises:
        InputError: no reason, no such account, oneself, or nobody would be administrator.
        StorageError: the access is gone but the key could not be renewed; do that again.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    person = _existing(session, name, reason)
    if name == session.actor.account:
        raise InputError("Nobody removes their own access.", "Ask another administrator.")
    if person.ended_at:
        raise InputError("{name} has no access.", "Open the list again.", name=name)
    with session.work(reason=reason.strip()) as work:
        repo.update_account(work.connection, name, ended_at=work.at)
        _require_administrator(work.connection)
        work.note("access removed", item=name, old=canonical(person.role))
        ring = keyring.load(session.store.folder)
        ring.without_account(name).save(session.store.folder)
    return renew_key(session, reason, progress)


def give_access(
    session: StudySession, name: str, role: str, password: str, reason: str
) -> ChangeSet:
    """Give the same person access again, with a password to be replaced at the next sign-in.

    Raises:
        InputError: no reason, no such account or role, access not removed, password too weak.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    person = _existing(session, name, reason)
    if not person.ended_at:
        raise InputError("{name} has access.", "Open the list again.", name=name)
    person = replace(person, role=role_of(role).value)
    _set_by_other(session, person, password, reason, "access given")
    return _CHANGED


def renew_key(session: StudySession, reason: str, progress: Progress = silent) -> Renewal:
    """Encrypt the study with a new data key, which all who have access get without a password.

    Raises:
        StorageError: the disk does not take it; the study stays as it was.
    """
    require(session, Action.MANAGE_ACCOUNTS)
    store = session.store
    with store.read() as connection:
        trusted = keys.trusted(connection)
    before = keyring.load(store.folder)
    data_key = keyring.new_data_key()
    after = before.rotated(data_key, trusted)
    if session.actor.account not in after.slots:
        raise RefusedError(
            "Your own key is not the one this study knows.", "Change your password first."
        )
    store.renew(data_key, after.text(), progress)
    lost = tuple(name for name in before.slots if name not in after.slots)
    recovery_lost = before.recovery is not None and after.recovery is None
    with session.work(reason=reason.strip()) as work:
        told = {"without_access": lost, "recovery_lost": recovery_lost}
        work.note("data key renewed", new=canonical(told))
    return Renewal(lost, recovery_lost)


def new_recovery_key(session: StudySession, reason: str) -> str:
    """Make a new recovery key, in place of the old one, and return it to be printed once."""
    require(session, Action.MANAGE_ACCOUNTS)
    if not reason.strip():
        raise _no_reason()
    key = keyring.new_recovery_key()
    folder = session.store.folder
    with session.work(reason=reason.strip()) as work:
        ring = keyring.load(folder).with_recovery(key, session.store.data_key)
        keys.trust_recovery(work.connection, ring)
        work.note("recovery key made", item=RECOVERY)
        ring.save(folder)
    return key


def check_password(session: StudySession, password: str, *, action: str = "unlock") -> None:
    """Ask for the signed-in person's password; both outcomes are in the audit trail.

    Args:
        action: what the password is asked for, as the trail names it.

    Raises:
        WrongPasswordError: it is not this person's password; it counts towards the lock-out.
        RefusedError: after too many wrong ones.
    """
    _open_slot(session, password, action)
    if not session.read_only:
        with session.work() as work:
            work.note(action, item=session.actor.account)


def end_for_another(session: StudySession, administrator: str, password: str) -> None:
    """Let an administrator end the session of a person who left the screen locked.

    Nothing is shown to the administrator; what was typed stays in the journal for its owner.

    Raises:
        WrongPasswordError: it is not the administrator's password; it counts towards the lock-out.
        RefusedError: no administrator, or too many wrong passwords.
    """
    name = keyring.normalised(administrator.strip())
    _open_slot(session, password, "unlock", account=name)
    person = next((one for one in list_accounts(session) if one.name == name), None)
    if person is None or person.ended_at or not allowed(person.role, Action.MANAGE_ACCOUNTS):
        raise RefusedError(
            "{name} is not an administrator.", "Ask the administrator.", name=administrator
        )
    if not session.read_only:
        with session.work() as work:
            work.note("session ended", item=session.actor.account, new=canonical({"by": name}))


def _open_slot(session: StudySession, password: str, action: str, *, account: str = "") -> None:
    """Try a password: of the signed-in person, or of another account."""
    account, folder = account or session.actor.account, session.store.folder
    ring = keyring.load(folder)
    now = session.clock.now()
    attempts.refuse_haste(ring, account, now)
    try:
        ring.open(account, password)
    except keyring.WrongPasswordError:
        if not session.read_only:
            with session.work() as work:
                work.note(f"{action} failed", item=account)
        attempts.remember(folder, account, now, noted=not session.read_only)
        raise
    attempts.settle(folder, [], account)


def _put_password(session: StudySession, work: UnitOfWork, name: str, password: str) -> None:
    """Make the slot. Last, because a file cannot be rolled back: if the commit then fails, the slot
    opens a study in which the account or its public key is not known.
    """
    remember_used(work, name, password)
    work.trail.flush()
    folder = session.store.folder
    ring: Keyring = keyring.load(folder).with_account(name, password, session.store.data_key)
    repo.update_account(work.connection, name, public_key=keys.public_key(ring, name))
    ring.save(folder)


def _set_by_other(
    session: StudySession, person: Account, password: str, reason: str, action: str
) -> None:
    check_new_password(password, person.name, demo=session.study.synthetic)
    must_change = not session.study.synthetic
    with session.work(reason=reason.strip()) as work:
        noted = attempts.note(work, keyring.load(session.store.folder))
        repo.update_account(
            work.connection, person.name, ended_at="", role=person.role, must_change=must_change
        )
        work.note(action, item=person.name, new=canonical({"role": person.role}))
        _put_password(session, work, person.name, password)
    attempts.settle(session.store.folder, noted, person.name)


def _existing(session: StudySession, name: str, reason: str) -> Account:
    if not reason.strip():
        raise _no_reason()
    found = next((one for one in list_accounts(session) if one.name == name), None)
    if found is None:
        raise InputError("There is no account {name}.", "Open the list again.", name=name)
    return found


def _no_reason() -> InputError:
    return InputError("Accounts are changed with a reason only.", "Say why.")


def _require_administrator(connection: Connection) -> None:
    people: Sequence[Account] = repo.accounts(connection)
    if not any(one.role == Role.ADMINISTRATOR.value and not one.ended_at for one in people):
        raise InputError(
            "A study needs an administrator: nothing was changed.",
            "Make another person administrator first.",
        )
