"""`keyring.json`: who can open the study, and the few facts a study picker shows.

The study's data key is random. Each account has a slot with a key pair of its own (X25519, RFC
7748): the private key is encrypted (AES-256-GCM) under a key from the person's password (Argon2id,
RFC 9106), the data key is encrypted to the public key. So the data key can be replaced for all who
stay, without their passwords, when somebody leaves. The recovery slot does the same under a printed
random key. Nothing here concerns a patient. Reasons: docs/adr/0013 and 0016.
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
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lnmonitor.errors import RefusedError, StorageError
from lnmonitor.storage import swap
from lnmonitor.storage.files import write_atomically

FILE_NAME = "keyring.json"
FORMAT = 2
"""In format 1 a slot held the data key under the password itself; such slots still open."""
DATA_KEY_BYTES = 32
RECOVERY = "recovery key"
"""The recovery slot's name in messages and in the audit trail; no account may take it."""
_SALT_BYTES = 16
_NONCE_BYTES = 12
_PUBLIC_BYTES = 32
_ONCE = b"\0" * _NONCE_BYTES
"""The nonce where a key encrypts once only."""
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
    """One way to the data key.

    Attributes:
        wrapped: the private key under the password's key; in a slot of format 1 the data key.
        cost: None in the recovery slot.
        public: of the key pair, empty in a slot of format 1.
        sealed: the data key encrypted to `public`: a passing public key, then the cipher text.
    """

    account: str
    salt: bytes
    nonce: bytes
    wrapped: bytes
    cost: Argon2Parameters | None
    public: bytes = b""
    sealed: bytes = b""


@dataclass(frozen=True)
class Failure:
    """A wrong password. `at`: UTC, ISO text. `noted`: it stands in the audit trail already.

    Kept here because the trail cannot be written without a key, and to count towards the lock-out.
    """

    account: str
    at: str
    noted: bool = False


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
        """Return a keyring in which `password` opens the study for `account`, and no older one.

        The key pair is new, so that who knows an older password and has an older copy of this file
        gets nothing from the present one.
        """
        salt = secrets.token_bytes(_SALT_BYTES)
        slot = _slot(self.facts.id, account, _stretch(password, salt, COST), salt, COST, data_key)
        return replace(self, slots={**self.slots, account: slot})

    def without_account(self, account: str) -> Keyring:
        """Return a keyring that has no slot for an account."""
        return replace(
            self, slots={name: slot for name, slot in self.slots.items() if name != account}
        )

    def with_recovery(self, recovery_key: str, data_key: bytes) -> Keyring:
        """Return a keyring that `recovery_key` opens."""
        salt = secrets.token_bytes(_SALT_BYTES)
        key = _stretch_recovery(recovery_key, salt)
        return replace(self, recovery=_slot(self.facts.id, RECOVERY, key, salt, None, data_key))

    def rotated(self, data_key: bytes, trusted: Mapping[str, bytes]) -> Keyring:
        """Return a keyring for a new data key, without anybody's password.

        Args:
            trusted: public key by account (`RECOVERY` for the recovery slot), from the encrypted
                database. A slot that is not here, or has another public key, is dropped: somebody
                who can write this file must not be given the new key.
        """
        kept = {
            name: replace(slot, sealed=_seal(self.facts.id, name, slot.public, data_key))
            for name, slot in {**self.slots, RECOVERY: self.recovery}.items()
            if slot is not None and slot.public and slot.public == trusted.get(name)
        }
        recovery = kept.pop(RECOVERY, None)
        return replace(self, slots=kept, recovery=recovery)

    def outdated(self, account: str) -> bool:
        """Return whether an account's slot is of an older format or cheaper than new ones."""
        slot = self.slots[account]
        cost = slot.cost or COST
        cheaper = cost.memory_kib < COST.memory_kib or cost.passes < COST.passes
        return not slot.public or cheaper

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

    def with_noted(self, noted: Collection[Failure]) -> Keyring:
        """Return a keyring in which those failed sign-ins count but are not told again."""
        marked = tuple(
            replace(failure, noted=True) if failure in noted else failure
            for failure in self.failures
        )
        return replace(self, failures=marked)

    def save(self, folder: Path) -> None:
        """Write the file: all of it or nothing, readable by its owner only."""
        write_atomically(folder / FILE_NAME, self.text())

    def text(self) -> bytes:
        """Return the file's content."""
        return json.dumps(_to_json(self), ensure_ascii=False, indent=1).encode()


def load(folder: Path) -> Keyring:
    """Read a study folder's keyring.

    Raises:
        StorageError: there is none, it is damaged, or a newer program wrote it.
    """
    try:
        waiting = swap.in_force(folder)
        content = json.loads(waiting or (folder / FILE_NAME).read_bytes())
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


def password_hash(password: str, salt: bytes, cost: Argon2Parameters) -> bytes:
    """Return a slow hash of a password, for the list of used ones. Its salt is in no slot."""
    return _stretch(password, b"used password" + salt, cost)


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


def _slot(
    study_id: str,
    account: str,
    key: bytes,
    salt: bytes,
    cost: Argon2Parameters | None,
    data_key: bytes,
) -> Slot:
    nonce = os.urandom(_NONCE_BYTES)
    private = X25519PrivateKey.generate()
    binding = _binding(study_id, account)
    wrapped = AESGCM(key).encrypt(nonce, private.private_bytes_raw(), binding)
    public = private.public_key().public_bytes_raw()
    return Slot(
        account, salt, nonce, wrapped, cost, public, _seal(study_id, account, public, data_key)
    )


def _unwrap(study_id: str, slot: Slot, key: bytes) -> bytes:
    binding = _binding(study_id, slot.account)
    try:
        secret = AESGCM(key).decrypt(slot.nonce, slot.wrapped, binding)
        if not slot.public:
            return secret  # format 1
        private = X25519PrivateKey.from_private_bytes(secret)
        passing, cipher = slot.sealed[:_PUBLIC_BYTES], slot.sealed[_PUBLIC_BYTES:]
        shared = private.exchange(X25519PublicKey.from_public_bytes(passing))
        return AESGCM(_sealing_key(shared, passing, slot.public)).decrypt(_ONCE, cipher, binding)
    except (InvalidTag, ValueError) as error:
        raise _wrong_password() from error


def _seal(study_id: str, account: str, public: bytes, data_key: bytes) -> bytes:
    """Encrypt the data key to a public key, through a key pair that is forgotten at once."""
    once = X25519PrivateKey.generate()
    passing = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    key = _sealing_key(shared, passing, public)
    return passing + AESGCM(key).encrypt(_ONCE, data_key, _binding(study_id, account))


def _sealing_key(shared: bytes, passing: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), DATA_KEY_BYTES, passing + public, b"lnmonitor data key").derive(shared)


def _binding(study_id: str, account: str) -> bytes:
    """A slot copied to another study or another account opens nothing."""
    return f"{study_id}\n{account}".encode()


_BYTES = ("salt", "nonce", "wrapped", "public", "sealed")


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
        name: base64.b64encode(value).decode() for name in _BYTES if (value := getattr(slot, name))
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
    decoded = {
        name: base64.b64decode(entry[name], validate=True) for name in _BYTES if name in entry
    }
    cost = Argon2Parameters(**kdf) if name == "argon2id" else None
    return Slot(account=entry["account"], cost=cost, **decoded)
