"""Copies of a study: made while it is in use, encrypted as it is, verified before they count.

A backup is a folder with the study's two files and `backup.json`, which tells what it is without a
key. It comes into being under another name and gets its own only when it was verified, so that
whatever interrupts it leaves no backup rather than half of one. See docs/adr/0015.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlcipher3
from sqlalchemy import Connection

from lnmonitor import __version__
from lnmonitor.errors import StorageError
from lnmonitor.progress import Progress, silent
from lnmonitor.storage import audit, keyring
from lnmonitor.storage import engine as engines
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import Head
from lnmonitor.storage.engine import connect_raw, open_engine, storage_errors
from lnmonitor.storage.files import OWNER_FOLDER, OWNER_ONLY, sync_folder, write_atomically
from lnmonitor.storage.keyring import StudyFacts

FOLDER = "backups"
"""Where a study keeps its own."""
MANIFEST = "backup.json"
PART = ".part"
_FORMAT = 1
_PAGES = 2000
"""Copied in one go; between two the progress is told and other threads work."""
_FILES = (engines.FILE_NAME, keyring.FILE_NAME)


UNREAD = Head(0, "")
"""Stands for the end of a trail that could not be read."""


@dataclass(frozen=True)
class Contents:
    """What a database holds: rows by table, and the end of its audit trail."""

    counts: Mapping[str, int]
    head: Head


@dataclass(frozen=True)
class Manifest:
    """What is known of a backup without its key; nothing of a patient.

    Attributes:
        kind: automatic, second (medium), manual, migration or restore (made before one).
        made_at: UTC text. entries, head: the end of its audit trail, 0 and empty where it could not
            be read. hashes: SHA-256 by file.
    """

    study: StudyFacts
    kind: str
    made_at: str
    program: str
    entries: int
    head: str
    hashes: Mapping[str, str]


def make(
    folder: Path,
    data_key: bytes,
    target: Path,
    *,
    kind: str,
    made_at: str,
    progress: Progress = silent,
) -> Manifest:
    """Make and verify a backup of a study folder; the study may be open and in use.

    Args:
        target: the folder to make; the one it lies in is made if need be.

    Raises:
        StorageError: it could not be made or is not what the study is; the study is unharmed and
            nothing is left at `target`.
    """
    part = target.with_name(target.name + PART)
    with telling(target):
        if target.exists():
            raise StorageError(
                "There is already something at {path}.", "Choose another name.", path=target
            )
        _remove(part)
        # The mode is that of the last folder only: the one of all backups is made first.
        part.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        part.mkdir(mode=OWNER_FOLDER)
        try:
            database = part / engines.FILE_NAME
            contents = copy_database(folder, data_key, database, data_key, progress)
            facts = _copy_keyring(folder, part)
            check(database, data_key, contents, progress)
            manifest = Manifest(
                facts,
                kind,
                made_at,
                __version__,
                contents.head.sequence,
                contents.head.hash,
                {name: sha256(part / name) for name in _FILES},
            )
            _write(part, manifest)
            _settle(part, target)
        except BaseException:
            _remove(part)
            raise
    return manifest


def own_place(folder: Path, kind: str, made_at: str) -> Path:
    """Return a free name for a backup among a study's own."""
    return free_name(folder / FOLDER, kind, made_at)


def free_name(folder: Path, kind: str, made_at: str) -> Path:
    """Return a free name for a backup in a folder."""
    stamp = "".join(sign for sign in made_at if sign not in "-:")
    plain = folder / f"{kind}-{stamp}"
    names = (plain, *(plain.with_name(f"{plain.name}-{n}") for n in range(2, 1000)))
    return next(name for name in names if not name.exists())


def told(manifest: Manifest) -> dict[str, object]:
    """Return what an audit entry says of a backup: it was opened and verified."""
    return {
        "kind": manifest.kind,
        "entries": manifest.entries,
        "head": manifest.head,
        "verified": True,
        "database": manifest.hashes[engines.FILE_NAME],
    }


def copy_database(
    folder: Path, key: bytes, target: Path, target_key: bytes, progress: Progress = silent
) -> Contents:
    """Copy the database as it is at one instant to a new file, encrypted with `target_key`.

    Saves go on meanwhile and are not in the copy.
    """
    target.touch(OWNER_ONLY, exist_ok=False)
    engine = open_engine(folder, key, read_only=True)
    copy: Any = None
    try:
        with storage_errors(), engine.connect() as connection, connection.begin():
            found = contents(connection)  # holds the view that is copied
            raw = connection.connection.driver_connection
            copy = connect_raw(target, target_key, plain=True)

            def tell(_status: int, remaining: int, total: int) -> None:
                progress(total - remaining, total, "Copying")

            raw.backup(copy, pages=_PAGES, progress=tell)  # type: ignore[union-attr]
    finally:
        if copy is not None:
            copy.close()
        engine.dispose()
    return found


def check(
    path: Path, data_key: bytes, expected: Contents | None, progress: Progress = silent
) -> Contents:
    """Open a copied database and verify pages, structure, audit chain and what it should hold.

    Raises:
        StorageError: something is wrong with it.
    """
    engine = open_engine(path.parent, data_key, immutable=True, name=path.name)
    try:
        with storage_errors(), engine.connect() as connection:
            problems = repo.integrity_problems(connection)
            chain = audit.verify(connection, progress)
            problems += [f"{one.what} at {one.sequence}" for one in chain.problems]
            found = contents(connection)
    finally:
        engine.dispose()
    if expected is not None and found != expected:
        problems.append("other rows than the study")
    if problems:
        raise StorageError(
            "The copy is not sound: {problem}.",
            "Check the medium, and verify the study itself.",
            problem=problems[0],
        )
    return found


def contents(connection: Connection) -> Contents:
    """Return the rows of each table and the end of the audit trail."""
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    ).scalars()
    return Contents({name: repo.count(connection, name) for name in names}, audit.head(connection))


_NOT_COMPARED = ("meta", "draft")


def digests(connection: Connection) -> dict[str, str]:
    """Return a SHA-256 over all rows of each table that holds study data."""
    found = {}
    for name in contents(connection).counts:
        if name not in _NOT_COMPARED:
            digest = hashlib.sha256()
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY 1, 2')  # noqa: S608 - no person's text
            for row in rows:
                digest.update(repr(tuple(row)).encode())
            found[name] = digest.hexdigest()
    return found


def save_raw(folder: Path, target: Path, *, kind: str, made_at: str, head: Head = UNREAD) -> None:
    """Copy a study's files as they are, damaged or not; nobody has it open.

    Args:
        head: the end of its audit trail, `UNREAD` where it cannot be read.

    Raises:
        OSError: the medium does not take it.
    """
    wanted = (*_FILES, f"{engines.FILE_NAME}-wal")
    names = [name for name in wanted if (folder / name).exists()]
    part = target.with_name(target.name + PART)
    copy_files(folder, part, tuple(names))
    with contextlib.suppress(StorageError):  # without a keyring it stays a plain copy
        hashes = {name: sha256(part / name) for name in names}
        facts = keyring.load(part).facts
        _write(part, Manifest(facts, kind, made_at, __version__, head.sequence, head.hash, hashes))
    part.rename(target)
    sync_folder(target.parent)


def manifest_of(folder: Path) -> Manifest:
    """Return what a backup says about itself.

    Raises:
        StorageError: the folder is no backup, or its description is damaged.
    """
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
        if content.pop("format") > _FORMAT:
            raise no_backup(folder)
        return Manifest(**{**content, "study": StudyFacts(**content["study"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise no_backup(folder) from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare the files of a backup with what was written.

    Raises:
        StorageError: one is missing or differs.
    """
    for name, expected in manifest.hashes.items():
        path = folder / name
        if "/" in name or not path.is_file() or sha256(path) != expected:
            raise StorageError(
                "The backup in {folder} is damaged: {name} is not what was written.",
                "Use another backup.",
                folder=folder,
                name=name,
            )


def backups_in(folder: Path) -> list[tuple[Path, Manifest]]:
    """Return the whole backups that lie in a folder, the oldest first."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix != PART and (path / MANIFEST).is_file():
            with contextlib.suppress(StorageError):  # damaged ones are told when they are used
                found.append((path, manifest_of(path)))
    return sorted(found, key=lambda one: (one[1].made_at, one[0].name))


def copy_files(source: Path, target: Path, names: tuple[str, ...] = _FILES) -> None:
    """Copy some files of a study or backup durably, for their owner only."""
    target.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    target.mkdir(mode=OWNER_FOLDER, exist_ok=True)
    for name in names:
        (target / name).touch(OWNER_ONLY)
        shutil.copyfile(source / name, target / name)
        _sync(target / name)
    sync_folder(target)


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_keyring(folder: Path, part: Path) -> StudyFacts:
    copy_files(folder, part, (keyring.FILE_NAME,))
    return keyring.load(part).facts


def _write(part: Path, manifest: Manifest) -> None:
    text = json.dumps({"format": _FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1)
    write_atomically(part / MANIFEST, text.encode())


def _settle(part: Path, target: Path) -> None:
    """Give the whole, durable backup its name."""
    for path in part.iterdir():
        if path.name not in (*_FILES, MANIFEST):
            path.unlink()  # what SQLite keeps beside a file in use
        else:
            _sync(path)
    sync_folder(part)
    part.rename(target)
    sync_folder(target.parent)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove(part: Path) -> None:
    """Remove an unfinished backup; what cannot be removed has no name of a backup."""
    shutil.rmtree(part, ignore_errors=True)


@contextlib.contextmanager
def telling(target: Path) -> Iterator[None]:
    """Tell what a medium did not take: full, gone, write-protected."""
    try:
        with storage_errors():
            yield
    except OSError as error:
        raise _not_made(target, error.strerror or str(error)) from error
    except StorageError as error:
        cause = error.__cause__
        code = str(getattr(getattr(cause, "orig", cause), "sqlite_errorname", ""))
        if code.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise _not_made(target, _REASONS.get(code.split("_")[1], code)) from error
        raise
    except sqlcipher3.Error as error:
        raise _not_made(target, str(error)) from error


_REASONS = {
    "FULL": "the disk is full",
    "IOERR": "the disk did not take or give the data",
    "READONLY": "the place is write-protected",
    "CANTOPEN": "the place cannot be written",
}


def _not_made(target: Path, reason: str) -> StorageError:
    return StorageError(
        "No backup was made at {path}: {reason}.",
        "The study itself is unharmed. Check the medium, or choose another place.",
        path=target,
        reason=reason,
    )


def no_backup(folder: Path) -> StorageError:
    """Return the refusal of a folder that is no backup."""
    return StorageError(
        "There is no backup in {folder}, or it cannot be read.",
        "Choose the folder that holds backup.json.",
        folder=folder,
    )
