"""Which key pairs the encrypted database vouches for; only to those is a new data key given."""

from __future__ import annotations

import base64

from sqlalchemy import Connection

from lnmonitor.storage import repositories as repo
from lnmonitor.storage.keyring import RECOVERY, Keyring

_META = "recovery_public_key"


def public_key(ring: Keyring, account: str) -> str:
    """Return the public key of an account's slot as base64."""
    return base64.b64encode(ring.slots[account].public).decode()


def trust_recovery(connection: Connection, ring: Keyring) -> None:
    """Keep the public key of the recovery slot."""
    if ring.recovery is not None:
        repo.set_meta(connection, {_META: base64.b64encode(ring.recovery.public).decode()})


def trusted(connection: Connection) -> dict[str, bytes]:
    """Return the public keys of all who have access, the recovery key among them, by account."""
    keys = {one.name: one.public_key for one in repo.accounts(connection) if not one.ended_at}
    keys[RECOVERY] = repo.meta(connection).get(_META, "")
    return {name: base64.b64decode(key) for name, key in keys.items() if key}
