"""The way in when no password is left: the recovery key, printed when the study was made."""

from __future__ import annotations

from pathlib import Path

from lnmonitor.clock import Clock, SystemClock
from lnmonitor.errors import InputError
from lnmonitor.services import attempts, keys
from lnmonitor.services.passwords import check_new_password, remember_used
from lnmonitor.services.studies import bring_up_to_date
from lnmonitor.storage import keyring
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import Actor
from lnmonitor.storage.keyring import RECOVERY, WrongPasswordError
from lnmonitor.storage.store import open_store
from lnmonitor.storage.unit_of_work import unit_of_work


def recover_account(
    path: Path, *, recovery_key: str, user: str, password: str, clock: Clock | None = None
) -> None:
    """Give an account a new password by means of the recovery key, and open it if it was locked.

    Works without a network and without an administrator; the audit trail says so.

    Raises:
        WrongPasswordError: it is not this study's recovery key.
        InputError: no such account, no access, or the password is too weak.
        RefusedError: too many wrong keys, open elsewhere, or written by another version.
    """
    clock = clock or SystemClock()
    now = clock.now()
    name = keyring.normalised(user.strip())
    ring = keyring.load(path)
    attempts.refuse_haste(ring, RECOVERY, now)
    try:
        data_key = ring.open_with_recovery(recovery_key)
    except WrongPasswordError as error:
        attempts.remember(path, RECOVERY, now)
        raise WrongPasswordError(
            "This is not the study's recovery key.", "Check each group of four characters."
        ) from error
    check_new_password(password, name, demo=ring.facts.synthetic)
    store = open_store(path, data_key, RECOVERY, now)
    try:
        bring_up_to_date(store, clock)
        with unit_of_work(store, Actor(RECOVERY, "", ""), clock.now) as work:
            people = repo.accounts(work.connection)
            if not any(one.name == name and not one.ended_at for one in people):
                raise InputError("There is no account {name}.", "Check the name.", name=name)
            noted = attempts.note(work, ring)
            work.note("recovery key used", item=name)
            remember_used(work, name, password)
            ring = keyring.load(path).with_account(name, password, data_key)
            repo.update_account(
                work.connection, name, public_key=keys.public_key(ring, name), must_change=False
            )
            work.trail.flush()
            ring.save(path)
        for account in (name, RECOVERY):
            attempts.settle(path, noted, account)
    finally:
        store.close()
