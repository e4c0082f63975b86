"""Reading an archive: whether each part is what was written, and the study that can come back."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

from lnmonitor.archive.manifest import (
    BACKUP,
    FILE_NAME,
    Manifest,
    measured,
    no_archive,
    read_manifest,
)
from lnmonitor.errors import InputError, StorageError


@dataclass(frozen=True)
class ArchiveCheck:
    """Whether an archive is as it was written; `lines` tell it to a person."""

    intact: bool
    lines: tuple[str, ...]


def is_archive(path: Path) -> bool:
    """Return whether a file is an archive of this program; it may be damaged."""
    if not path.is_file() or not is_zipfile(path):
        return False
    with contextlib.suppress(BadZipFile, OSError), ZipFile(path) as archive:
        return FILE_NAME in archive.namelist()
    return False


def check_archive(path: Path) -> ArchiveCheck:
    """Compare each part of an archive with its manifest; the study is not needed.

    Raises:
        InputError: it is no archive.
    """
    try:
        with ZipFile(path) as archive:
            manifest = read_manifest(archive)
            problems = list(_problems(archive, manifest))
    except (BadZipFile, OSError) as error:
        raise no_archive() from error
    return ArchiveCheck(not problems, (*_said(path, manifest), *problems, _verdict(problems)))


def _problems(archive: ZipFile, manifest: Manifest) -> Iterator[str]:
    names = archive.namelist()
    told = {one.path: one for one in manifest.parts}
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"Twice in the archive: {name}."
    for name in sorted(set(names) - told.keys() - {FILE_NAME}):
        yield f"Not in the manifest: {name}."
    for path, part in told.items():
        if path not in names:
            yield f"Missing: {path}."
        elif _content(archive, path) != (part.bytes, part.sha256):
            yield f"Altered: {path}."


def _content(archive: ZipFile, path: str) -> tuple[int, str] | None:
    try:
        with archive.open(path) as opened:
            return measured(opened)
    except (BadZipFile, OSError, NotImplementedError, RuntimeError):  # damaged, or protected
        return None


def _said(path: Path, manifest: Manifest) -> Iterator[str]:
    made, snapshot = manifest.made, manifest.snapshot
    whom = f" for {manifest.recipient}" if manifest.recipient else ""
    yield (
        f"{path.name}: archive of {manifest.study['name']}, made {made['local']} by"
        f" {made['by']}{whom}."
    )
    yield f"Snapshot: entry {snapshot['entry']} of the audit trail, head {snapshot['head']}."


def _verdict(problems: list[str]) -> str:
    if problems:
        return "The archive is NOT as it was written."
    return "Every part is as the manifest says."


@contextlib.contextmanager
def backup_in(path: Path, near: Path) -> Iterator[Path]:
    """Give the backup that lies in an archive as a folder; any other path is given as it is.

    The backup is as closed as the study. It is unpacked beside `near` and removed afterwards.

    Raises:
        InputError: the archive is damaged, or the study was left out of it.
        StorageError: the place does not take it.
    """
    if not path.is_file():
        yield path
        return
    checked = check_archive(path)
    if not checked.intact:
        raise InputError(
            "{path} is not as it was written: nothing was restored.",
            "Take another copy of the archive, or see what lnmonitor verify says.",
            path=path,
        )
    with _folder(near) as folder, ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith(BACKUP)]
        if not names:
            raise InputError(
                "{path} does not hold the study: it was left out.",
                "Restore from a backup, or from an archive that holds it.",
                path=path,
            )
        for name in names:
            _unpack(archive, name, folder / Path(name).name)
        yield folder


@contextlib.contextmanager
def _folder(near: Path) -> Iterator[Path]:
    near.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=near.parent, prefix=".archive-") as folder:
        yield Path(folder)


def _unpack(archive: ZipFile, name: str, target: Path) -> None:
    try:
        target.write_bytes(archive.read(name))
    except OSError as error:
        raise StorageError(
            "{path} cannot be written: {why}.",
            "Choose another place.",
            path=target.parent,
            why=error.strerror or error,
        ) from error
