"""`keyring.json`: who can open the study, and the few facts a study picker shows.

The study's data key is random. Each account has a slot that holds the data key encrypted
(AES-256-GCM) under a key from the person's password (Argon2id, RFC 9106); the recovery slot does
the same under a printed random key. Nothing here concerns a patient. Reasons for the parameters:
docs/adr/0013.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lnmonitor.errors import RefusedError, StorageError
from lnmonitor.storage.files import write_atomically

FILE_NAME = "keyring.json"
FORMAT = 1
DATA_KEY_BYTES = 32
RECOVERY = "recovery key"
"""The recovery slot's name in messages and in the audit trail; no account may take it."""
_SALT_BYTES = 16
_NONCE_BYTES = 12
_RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: they are misread
_RECOVERY_CHARACTERS = 28  # 5 bits each: 140 bits


class WrongPasswordError(RefusedError):
    """The password does not open this account's slot, or there is no such account."""


@dataclass(frozen=True)
class Argon2Parameters:
    """Cost of turning a password into a key; stored in each slot, so that it can be raised."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


COST = Argon2Parameters()
"""What new slots cost."""


@dataclass(frozen=True)
class Slot:
    """The data key, encrypted for one password. `cost` is None in the recovery slot."""

    account: str
    salt: bytes
    nonce: bytes
    wrapped: bytes
    cost: Argon2Parameters | None


@dataclass(frozen=True)
class Failure:
    """A failed sign-in, kept here until the audit trail can be written. `at`: UTC, ISO text."""

    account: str
    at: str


@dataclass(frozen=True)
class StudyFacts:
    """What is readable without a password. `synthetic` marks generated data."""

    id: str
    name: str
    protocol: str
    site: str
    synthetic: bool
    created_at: str


@dataclass(frozen=True)
class Keyring:
    """The content of `keyring.json`; changed only by making a new one and saving it."""

    facts: StudyFacts
    slots: Mapping[str, Slot] = field(default_factory=dict)
    recovery: Slot | None = None
    failures: tuple[Failure, ...] = ()

    def with_account(self, account: str, password: str, data_key: bytes) -> Keyring:
        """Return a keyring in which `password` opens the study for `account`, and no older one."""
        salt = secrets.token_bytes(_SALT_BYTES)
        slot = _wrap(self.facts.id, account, _stretch(password, salt, COST), salt, COST, data_key)
        return replace(self, slots={**self.slots, account: slot})

    def with_recovery(self, recovery_key: str, data_key: bytes) -> Keyring:
        """Return a keyring that `recovery_key` opens."""
        salt = secrets.token_bytes(_SALT_BYTES)
        key = _stretch_recovery(recovery_key, salt)
        return replace(self, recovery=_wrap(self.facts.id, RECOVERY, key, salt, None, data_key))

    def open(self, account: str, password: str) -> bytes:
        """Return the data key.

        Raises:
            WrongPasswordError: also when there is no such account; the work done is the same.
        """
        slot = self.slots.get(account)
        if slot is None or slot.cost is None:
            _stretch(password, b"\0" * _SALT_BYTES, COST)
            raise _wrong_password()
        return _unwrap(self.facts.id, slot, _stretch(password, slot.salt, slot.cost))

    def open_with_recovery(self, recovery_key: str) -> bytes:
        """Return the data key. Raises WrongPasswordError."""
        if self.recovery is None:
            raise _wrong_password()
        key = _stretch_recovery(recovery_key, self.recovery.salt)
        return _unwrap(self.facts.id, self.recovery, key)

    def with_failure(self, failure: Failure) -> Keyring:
        """Return a keyring that remembers a failed sign-in."""
        return replace(self, failures=(*self.failures, failure))

    def without_failures(self, noted: Collection[Failure]) -> Keyring:
        """Return a keyring that has forgotten those failed sign-ins."""
        kept = tuple(failure for failure in self.failures if failure not in noted)
        return replace(self, failures=kept)

    def save(self, folder: Path) -> None:
        """Write the file: all of it or nothing, readable by its owner only."""
        text = json.dumps(_to_json(self), ensure_ascii=False, indent=1)
        write_atomically(folder / FILE_NAME, text.encode())


def load(folder: Path) -> Keyring:
    """Read a study folder's keyring.

    Raises:
        StorageError: there is none, it is damaged, or a newer program wrote it.
    """
    try:
        content = json.loads((folder / FILE_NAME).read_bytes())
        if content["format"] > FORMAT:
            raise StorageError(
                "The study in {folder} was made by a newer version of the program.",
                "Open it with that version.",
                folder=folder,
            )
        return _from_json(content)
    except OSError as error:
        raise StorageError(
            "There is no study in {folder}, or it cannot be read.",
            "Choose the folder that holds keyring.json and study.db.",
            folder=folder,
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            "The file keyring.json of {folder} is damaged.",
            "Put it back from a backup of the study; without it the study cannot be opened.",
            folder=folder,
        ) from error


def new_data_key() -> bytes:
    """Return a random data key."""
    return secrets.token_bytes(DATA_KEY_BYTES)


def new_recovery_key() -> str:
    """Return a random recovery key in groups of four, such as `7K3M-...`, to be printed once."""
    characters = [secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_CHARACTERS)]
    return "-".join("".join(characters[i : i + 4]) for i in range(0, _RECOVERY_CHARACTERS, 4))


def normalised(text: str) -> str:
    """Return account names and passwords in one form, however they were typed (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", text)


def _wrong_password() -> WrongPasswordError:
    return WrongPasswordError(
        "The account name or the password is wrong.", "Try again; check the caps lock key."
    )


def _stretch(password: str, salt: bytes, cost: Argon2Parameters) -> bytes:
    return hash_secret_raw(
        normalised(password).encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=DATA_KEY_BYTES,
        type=Type.ID,
    )


def _stretch_recovery(recovery_key: str, salt: bytes) -> bytes:
    """140 random bits need no slow function; what people misread is put right first."""
    typed = normalised(recovery_key).upper().translate(str.maketrans("ILO", "110", " -\t\n"))
    return HKDF(SHA256(), DATA_KEY_BYTES, salt, b"lnmonitor recovery key").derive(typed.encode())


def _wrap(
    study_id: str,
    account: str,
    key: bytes,
    salt: bytes,
    cost: Argon2Parameters | None,
    data_key: bytes,
) -> Slot:
    nonce = os.urandom(_NONCE_BYTES)
    wrapped = AESGCM(key).encrypt(nonce, data_key, _binding(study_id, account))
    return Slot(account, salt, nonce, wrapped, cost)


def _unwrap(study_id: str, slot: Slot, key: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(slot.nonce, slot.wrapped, _binding(study_id, slot.account))
    except InvalidTag as error:
        raise _wrong_password() from error


def _binding(study_id: str, account: str) -> bytes:
    """A slot copied to another study or another account opens nothing."""
    return f"{study_id}\n{account}".encode()


def _to_json(keyring: Keyring) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "study": vars(keyring.facts),
        "accounts": [_slot_to_json(slot) for slot in keyring.slots.values()],
        "recovery": _slot_to_json(keyring.recovery) if keyring.recovery else None,
        "failures": [vars(failure) for failure in keyring.failures],
    }


def _slot_to_json(slot: Slot) -> dict[str, Any]:
    encoded = {
        name: base64.b64encode(value).decode()
        for name, value in (("salt", slot.salt), ("nonce", slot.nonce), ("wrapped", slot.wrapped))
    }
    kdf = {"name": "argon2id", **vars(slot.cost)} if slot.cost else {"name": "hkdf-sha256"}
    return {"account": slot.account, "kdf": kdf, **encoded}


def _from_json(content: Mapping[str, Any]) -> Keyring:
    slots = [_slot_from_json(entry) for entry in content["accounts"]]
    recovery = content["recovery"]
    return Keyring(
        StudyFacts(**content["study"]),
        {slot.account: slot for slot in slots},
        _slot_from_json(recovery) if recovery else None,
        tuple(Failure(**entry) for entry in content["failures"]),
    )


def _slot_from_json(entry: Mapping[str, Any]) -> Slot:
    kdf = dict(entry["kdf"])
    name = kdf.pop("name")
    return Slot(
        entry["account"],
        base64.b64decode(entry["salt"], validate=True),
        base64.b64decode(entry["nonce"], validate=True),
        base64.b64decode(entry["wrapped"], validate=True),
        Argon2Parameters(**kdf) if name == "argon2id" else None,
    )
