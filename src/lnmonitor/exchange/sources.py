"""A file from outside, opened safely: only what is a file, inside the limits, packed or not.

Symbolic links, pipes and devices are refused: opening one may wait for ever, or read another
place. Archives are read in memory and never unpacked to a disk, so that no name in one is a path.
"""

from __future__ import annotations

import contextlib
import copy
import gzip
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from lnmonitor.errors import InputError
from lnmonitor.exchange.limits import Budget, Limits, counted, shown

_END_OF_ARCHIVE = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_ARCHIVES = (b"PK\x03\x04", _END_OF_ARCHIVE, b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_MEMBER_BYTES = 1_000
"""Entry of a member in an archive's directory, at most: 46 bytes and its name."""
_UNKNOWN_SIZE = 1 << 62
_ENCRYPTED = 0x1
_CHUNK = 1 << 20


@contextlib.contextmanager
def opened(path: Path, limits: Limits) -> Iterator[IO[bytes]]:
    """Open a file's content; one whose name ends in `.gz` is unpacked while it is read.

    Raises:
        InputError: not there, not a file, too large, not whole; also while it is read.
    """
    with _told(path), _plain(path, limits) as raw:
        if path.suffix.lower() != ".gz":
            yield counted(raw, Budget(path.name, limits))
            return
        budget = Budget(path.name, limits, packed=os.fstat(raw.fileno()).st_size)
        with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
            yield counted(cast(IO[bytes], unpacked), budget)


def whole(stream: IO[bytes], path: Path, limits: Limits) -> bytes:
    """Read a document that can only be understood whole.

    Raises:
        InputError: it is too large for that.
    """
    chunks, size = [], 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limits.document_bytes:
            raise InputError(
                "{file} is larger than {limit} MB, the most for this kind of file.",
                "Split it, or save it as CSV; nothing was imported.",
                file=shown(path.name),
                limit=max(1, limits.document_bytes >> 20),
            )
        chunks.append(chunk)
    return b"".join(chunks)


class Archive:
    """A zip file whose directory was found harmless.

    Attributes:
        names: of its members, folders left out.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile, budget: Budget) -> None:
        self.path, self._zip, self._budget = path, archive, budget
        self.names = [name for name in archive.namelist() if not name.endswith("/")]

    @contextlib.contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        """Open a member; all members together count against the limits.

        Raises:
            InputError: it is another archive, or damaged, or too large.
        """
        entry = copy.copy(self._zip.getinfo(name))
        entry.file_size = _UNKNOWN_SIZE  # else what is beyond the stated size would be lost
        with _sound():
            inner = self._zip.open(entry)
        with inner:
            stream = counted(inner, self._budget)
            if stream.peek(8)[:8].startswith(_ARCHIVES):
                raise InputError(
                    "{file} holds another compressed file, {member}.",
                    "Unpack it; nothing was imported.",
                    file=shown(self.path.name),
                    member=shown(name),
                )
            yield stream


@contextlib.contextmanager
def opened_zip(path: Path, limits: Limits) -> Iterator[Archive]:
    """Open a zip file, or a file that is one inside, such as a workbook.

    Raises:
        InputError: as `opened`; also too many members, a name that is a path elsewhere or stands
            twice, an encrypted member, a link.
    """
    with _told(path), _plain(path, limits) as raw:
        _check_directory(path, raw, limits)
        budget = Budget(path.name, limits, packed=os.fstat(raw.fileno()).st_size)
        with _sound():
            archive = zipfile.ZipFile(raw)
        with archive:
            _check_members(path, archive, limits)
            yield Archive(path, archive, budget)


@contextlib.contextmanager
def _sound() -> Iterator[None]:
    """Make one error of the many by which `zipfile` fails on a damaged list or name."""
    try:
        yield
    except (ValueError, LookupError, ArithmeticError, struct.error) as error:
        raise zipfile.BadZipFile from error


@contextlib.contextmanager
def _plain(path: Path, limits: Limits) -> Iterator[IO[bytes]]:
    """Open a regular file and no other thing that has a name."""
    if path.is_symlink():
        raise _not_a_file(path)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_dir():
        raise _not_a_file(path)  # some systems do not open one
    handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as raw:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise _not_a_file(path)
        if found.st_size > limits.file_bytes:
            Budget(path.name, limits).take(found.st_size)
        yield cast(IO[bytes], raw)


def _not_a_file(path: Path) -> InputError:
    return InputError(
        "{file} is a link, a folder or a device, not a file.",
        "Name the file itself; nothing was imported.",
        file=shown(path),
    )


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell what the system and the unpackers complain of in a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError("There is no file {path}.", "Check the path.", path=shown(path)) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            "{path} is not a whole compressed file.", "Copy it again.", path=shown(path)
        ) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(
            "{path} is not a sound zip archive or workbook.",
            "Save or copy it again; nothing was imported.",
            path=shown(path),
        ) from error
    except (OSError, ValueError) as error:
        if not isinstance(error, OSError) and "\0" not in str(path):
            raise  # only a name with a NUL is a ValueError of the system
        raise InputError(
            "{path} cannot be read: {why}.",
            "Check the path.",
            path=shown(path),
            why=getattr(error, "strerror", None) or "no such name",
        ) from error


def _check_directory(path: Path, raw: IO[bytes], limits: Limits) -> None:
    """Measure an archive's directory before it is read into memory, as `zipfile` would find it."""
    size = raw.seek(0, io.SEEK_END)
    raw.seek(max(0, size - (1 << 16) - 22))
    end = raw.read()
    raw.seek(0)
    at = len(end) - 22
    if at < 0 or not (end.startswith(_END_OF_ARCHIVE, at) and end.endswith(b"\0\0")):
        at = end.rfind(_END_OF_ARCHIVE)
    if at < 0 or len(end) < at + 22:
        raise zipfile.BadZipFile
    directory = int.from_bytes(end[at + 12 : at + 16], "little")
    if directory > limits.members * _MEMBER_BYTES or end[max(0, at - 20) : at].startswith(_END_64):
        raise _too_many(path, limits)


def _check_members(path: Path, archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise _too_many(path, limits)
    seen: set[str] = set()
    for member in members:
        name = member.filename
        parts = name.replace("\\", "/").split("/")
        mode = member.external_attr >> 16
        if (
            not name
            or name.startswith(("/", "\\"))
            or ".." in parts
            or ":" in name
            or (mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR))
        ):
            raise InputError(
                "{file} holds a name that leads elsewhere: {member}.",
                "Do not use this file; ask its sender. Nothing was imported.",
                file=shown(path.name),
                member=shown(name),
            )
        if name in seen:
            raise InputError(
                "{file} holds {member} twice.",
                "Make the archive anew; nothing was imported.",
                file=shown(path.name),
                member=shown(name),
            )
        if member.flag_bits & _ENCRYPTED:
            raise InputError(
                "{file} is protected by a password.",
                "Save it without one; nothing was imported.",
                file=shown(path.name),
            )
        seen.add(name)


def _too_many(path: Path, limits: Limits) -> InputError:
    return InputError(
        "{file} holds more than {limit} files.",
        "Unpack it and name the folder; nothing was imported.",
        file=shown(path.name),
        limit=limits.members,
    )
