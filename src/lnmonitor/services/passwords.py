"""What an account name and a new password must be like."""

from __future__ import annotations

from lnmonitor.errors import InputError
from lnmonitor.storage.keyring import RECOVERY, normalised

SHORTEST = 8
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
    if typed.casefold() in _DENIED or typed.casefold() == account.casefold():
        raise InputError("The password is too easy to guess.", "Choose another one.")
