"""What an account name and a new password must be like."""

from __future__ import annotations

import hmac
import json
import secrets

from sqlalchemy import Connection

from lnmonitor.errors import InputError
from lnmonitor.storage import keyring
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.keyring import RECOVERY, Argon2Parameters, normalised, password_hash
from lnmonitor.storage.unit_of_work import UnitOfWork

SHORTEST = 8
REMEMBERED = 5
"""How many of an account's last passwords cannot be chosen again."""
_DIFFERENT = 4
_DIGITS_ALONE = 12
_ROWS = "abcdefghijklmnopqrstuvwxyz 0123456789 qwertyuiopasdfghjklzxcvbnm"
"""Runs of the alphabet, of digits and along the keyboard."""
DEMO_PASSWORD = "lupus-demo"  # noqa: S105 - printed on the demo's own sign-in page
_DENIED = frozenset(
    {
        "12345678",
        "123456789",
        "1234567890",
        "11111111",
        "88888888",
        "abcd1234",
        "password",
        "password1",
        "passw0rd",
        "qwertyui",
        "qwerty123",
        "1q2w3e4r",
        "iloveyou",
        "lnmonitor",
        DEMO_PASSWORD,
    }
)


def clean_account_name(name: str) -> str:
    """Return an account name as it is stored: in Unicode form NFKC, any script.

    Raises:
        InputError: it is empty, too long, reserved, or has line breaks.
    """
    cleaned = normalised(name.strip())
    if not cleaned or len(cleaned) > 64 or not cleaned.isprintable() or cleaned == RECOVERY:
        raise InputError(
            "{name!r} cannot be an account name.",
            "Use up to 64 letters, digits and signs on one line.",
            name=name,
        )
    return cleaned


def check_new_password(password: str, account: str, *, demo: bool) -> None:
    """Refuse a password that is too easy to guess; the demo's own is allowed in a demo study.

    Raises:
        InputError: with what to change.
    """
    typed = normalised(password)
    if demo and typed == DEMO_PASSWORD:
        return
    if len(typed) < SHORTEST:
        raise InputError(
            "The password is too short.", "Use {count} characters or more.", count=SHORTEST
        )
    folded = typed.casefold()
    own_name = account.casefold()
    digits = folded.replace(own_name, "").isdecimal() and len(folded) < _DIGITS_ALONE
    run = folded in _ROWS or folded[::-1] in _ROWS or len(set(folded)) < _DIFFERENT
    if folded in _DENIED or folded == own_name or digits or run:
        raise InputError("The password is too easy to guess.", "Choose another one.")


def check_unused(connection: Connection, account: str, password: str) -> None:
    """Refuse a password that the account had lately.

    Raises:
        InputError: it is one of the last five.
    """
    for content in repo.used_passwords(connection, account)[:REMEMBERED]:
        used = json.loads(content)
        cost = Argon2Parameters(**used["cost"])
        hashed = password_hash(password, bytes.fromhex(used["salt"]), cost)
        if hmac.compare_digest(hashed.hex(), used["hash"]):
            raise InputError(
                "This password was used before.",
                "Choose one that is not among the last {count}.",
                count=REMEMBERED,
            )


def remember_used(work: UnitOfWork, account: str, password: str) -> None:
    """Keep a slow hash of a password, so that it is not chosen again soon."""
    known = repo.used_passwords(work.connection, account)
    salt = secrets.token_bytes(16)
    cost = keyring.COST
    content = {
        "salt": salt.hex(),
        "hash": password_hash(password, salt, cost).hex(),
        "cost": vars(cost),
    }
    repo.add_used_password(work.connection, account, f"{work.at} {len(known)}", json.dumps(content))
