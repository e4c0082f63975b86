"""Wrong passwords: the wait that grows, the lock-out, and how both get into the audit trail.

They are counted in the keyring, because nothing can be written to the trail without a key.
"""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from lnmonitor.errors import RefusedError, StorageError
from lnmonitor.storage import keyring
from lnmonitor.storage.audit import canonical, utc_text
from lnmonitor.storage.keyring import Failure, Keyring
from lnmonitor.storage.unit_of_work import UnitOfWork

LOCK_AFTER = 10
"""Wrong passwords in a row, after which an account opens nothing until somebody unlocks it."""
_FREE_ATTEMPTS = 3
_LONGEST_WAIT = 60

_guard = threading.Lock()


def remember(folder: Path, account: str, now: datetime, *, noted: bool = False) -> None:
    """Count a wrong password.

    On a medium that cannot be written the failure is still told to the person.

    Args:
        noted: it stands in the audit trail already.
    """
    try:
        with _guard:
            # Read anew: an administrator may have added an account meanwhile.
            ring = keyring.load(folder).with_failure(Failure(account, utc_text(now), noted))
            ring.save(folder)
    except StorageError:
        return


def refuse_haste(ring: Keyring, account: str, now: datetime) -> None:
    """Refuse an account that is locked or has to wait, whatever the password.

    Raises:
        RefusedError: with what to do.
    """
    count = len(_own(ring, account))
    if count >= LOCK_AFTER and account != keyring.RECOVERY:  # that is the way out
        raise RefusedError(
            "The account {account} is locked after {count} wrong passwords.",
            "An administrator can unlock it, or the recovery key.",
            account=account,
            count=count,
        )
    seconds = wait(ring, account, now)
    if seconds:
        raise RefusedError(
            "There were {count} wrong passwords for {account}.",
            "Wait {seconds} s, then try again.",
            count=count,
            account=account,
            seconds=seconds,
        )


def wait(ring: Keyring, account: str, now: datetime) -> int:
    """Return the seconds to wait. Three attempts are free, then it doubles from 2 s to a minute."""
    own = _own(ring, account)
    if len(own) < _FREE_ATTEMPTS:
        return 0
    pause: int = min(2 ** (len(own) - _FREE_ATTEMPTS + 1), _LONGEST_WAIT)
    passed = (now - datetime.fromisoformat(own[-1].at)).total_seconds()
    # A clock set back must not make a person wait for longer than the pause itself.
    return max(0, round(pause - passed)) if passed >= 0 else pause


def locked(ring: Keyring, account: str) -> bool:
    """Return whether an account is locked."""
    return len(_own(ring, account)) >= LOCK_AFTER


def note(work: UnitOfWork, ring: Keyring) -> list[Failure]:
    """Write the failures that the trail does not have yet; return them."""
    counted: dict[str, int] = {}
    fresh: list[Failure] = []
    for failure in ring.failures:
        counted[failure.account] = counted.get(failure.account, 0) + 1
        if failure.noted:
            continue
        fresh.append(failure)
        work.note("sign in failed", item=failure.account, new=canonical(failure.at))
        if counted[failure.account] == LOCK_AFTER:
            work.note("account locked", item=failure.account, new=canonical(failure.at))
    return fresh


def settle(folder: Path, noted: list[Failure], account: str) -> None:
    """After the trail has them: forget an account's own, and those of nobody; others still count.

    Args:
        account: who signed in, or was unlocked.
    """
    with _guard:
        before = keyring.load(folder)
        over = [one for one in before.failures if one.account == account]
        over += [one for one in noted if one.account not in {*before.slots, keyring.RECOVERY}]
        after = before.without_failures(over).with_noted(noted)
        if after != before:
            after.save(folder)


def _own(ring: Keyring, account: str) -> list[Failure]:
    return [failure for failure in ring.failures if failure.account == account]
