"""The people who may open a study."""

from __future__ import annotations

from lnmonitor.errors import InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.passwords import check_new_password, clean_account_name
from lnmonitor.services.permissions import Action, require, role_of
from lnmonitor.services.session import StudySession
from lnmonitor.storage import keyring
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.repositories import Account

__all__ = ["Account", "add_account", "change_password", "check_password", "list_accounts"]


def list_accounts(session: StudySession) -> tuple[Account, ...]:
    """Return all accounts by name."""
    with session.store.read() as connection:
        return tuple(repo.accounts(connection))


def add_account(
    session: StudySession, name: str, *, role: str, password: str, full_name: str = ""
) -> ChangeSet:
    """Add a person with a first password.

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
        account = Account(name, full_name.strip() or name, code, work.at, session.actor.account)
        repo.insert_account(work.connection, account)
        work.note(
            "account added",
            item=name,
            new=canonical({"full_name": account.full_name, "role": account.role}),
        )
        # Last, because a file cannot be rolled back: if the commit then fails, the slot opens a
        # study in which the account is not known.
        ring = keyring.load(session.store.folder)
        ring.with_account(name, password, session.store.data_key).save(session.store.folder)
    return ChangeSet(frozenset({"accounts", "audit"}))


def change_password(session: StudySession, old: str, new: str) -> ChangeSet:
    """Change the signed-in person's own password.

    Raises:
        WrongPasswordError: the old one is wrong. InputError: the new one is too weak.
    """
    account = session.actor.account
    ring = keyring.load(session.store.folder)
    data_key = ring.open(account, old)
    check_new_password(new, account, demo=session.study.synthetic)
    if keyring.normalised(new) == keyring.normalised(old):
        raise InputError("The new password is the old one.", "Choose another one.")
    with session.work() as work:
        work.note("password changed", item=account)
        ring.with_account(account, new, data_key).save(session.store.folder)
    return ChangeSet(frozenset({"audit"}))


def check_password(session: StudySession, password: str, *, action: str = "unlock") -> None:
    """Let the signed-in person through a locked screen; both outcomes are in the audit trail.

    Args:
        action: what the password is asked for, as the trail names it.

    Raises:
        WrongPasswordError: it is not this person's password.
    """
    ring = keyring.load(session.store.folder)
    try:
        ring.open(session.actor.account, password)
    except keyring.WrongPasswordError:
        _note(session, f"{action} failed")
        raise
    _note(session, action)


def _note(session: StudySession, action: str) -> None:
    if not session.read_only:
        with session.work() as work:
            work.note(action, item=session.actor.account)
