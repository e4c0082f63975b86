"""Putting another database and its keyring in the place of those that are there.

Two files change and a process can be killed between any two steps, so one instant decides: the
rename of the database. The new keyring waits beside the old one with the database's salt (the
first 16 bytes of an SQLCipher file, random and in clear); it is in force as soon as the database
with that salt is there, whatever else was still to be done.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lnmonitor.storage.engine import FILE_NAME
from lnmonitor.storage.files import sync_folder, write_atomically

WAITING = "keyring.json.next"
NEW_DATABASE = "study.db.next"
_SALT_BYTES = 16
_BESIDE = ("-wal", "-shm")


def exchange(folder: Path, keyring: bytes) -> None:
    """Put `study.db.next` and a keyring in force; the caller holds the lock, nothing is open.

    Raises:
        OSError: the disk does not take it; the old pair stays in force.
    """
    new = folder / NEW_DATABASE
    waiting = {"salt": _salt(new).hex(), "keyring": json.loads(keyring)}
    write_atomically(folder / WAITING, json.dumps(waiting, ensure_ascii=False).encode())
    new.replace(folder / FILE_NAME)
    sync_folder(folder)
    settle(folder)


def in_force(folder: Path) -> bytes | None:
    """Return the waiting keyring when the database it belongs to is there, else None."""
    try:
        content: dict[str, Any] = json.loads((folder / WAITING).read_bytes())
    except (OSError, ValueError):
        return None
    if content["salt"] != _salt(folder / FILE_NAME).hex():
        return None
    return json.dumps(content["keyring"], ensure_ascii=False, indent=1).encode()


def holds(folder: Path, keyring: bytes) -> bool:
    """Return whether a keyring is in force, also in the middle of its exchange."""
    there = in_force(folder) or (folder / "keyring.json").read_bytes()
    return bool(json.loads(there) == json.loads(keyring))


def settle(folder: Path) -> None:
    """Finish an exchange that was interrupted, or take back one that had not happened yet.

    The caller holds the folder's lock, and the database is not open.
    """
    if (folder / WAITING).exists():
        keyring = in_force(folder)
        if keyring is not None:
            for end in _BESIDE:  # of the database that was there before
                (folder / (FILE_NAME + end)).unlink(missing_ok=True)
            write_atomically(folder / "keyring.json", keyring)
        (folder / WAITING).unlink()
        sync_folder(folder)
    (folder / NEW_DATABASE).unlink(missing_ok=True)


def _salt(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_SALT_BYTES)
    except OSError:
        return b""
