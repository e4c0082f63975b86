"""One process for a study folder at a time, with a message that says who has it open.

The operating system's lock decides: it goes when the process goes, however that ends. The file's
content (account, machine, since when) only serves the message.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from lnmonitor.errors import StorageError
from lnmonitor.storage.files import OWNER_ONLY

FILE_NAME = "lock"
_LOCKED_BYTE = 1 << 30  # far behind the text: Windows locks bytes against reading too


@dataclass(frozen=True)
class Holder:
    """Who has the study open."""

    account: str
    machine: str
    since: str
    process: int

    @property
    def sentence(self) -> str:
        """One line: `admin on site-01-pc since 2026-05-12 09:41`."""
        return f"{self.account} on {self.machine} since {self.since}"


class StudyLock:
    """Holds a study folder's lock from construction to `release`."""

    def __init__(self, folder: Path, account: str, now: datetime) -> None:
        """Take the lock.

        Raises:
            StorageError: somebody else has it, or the folder cannot be written.
        """
        path = folder / FILE_NAME
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        except OSError as error:
            raise StorageError(
                "The study folder {folder} cannot be written: {reason}.",
                "Check its permissions, or open the study for reading only.",
                folder=folder,
                reason=error.strerror or error,
            ) from error
        if not _try_lock(self._descriptor):
            os.close(self._descriptor)
            raise StorageError(
                "The study is already open: {holder}.",
                "Close it there first.",
                holder=_sentence(path),
            )
        since = now.isoformat(sep=" ", timespec="minutes")[:16]
        holder = Holder(account, platform.node(), since, os.getpid())
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, json.dumps(asdict(holder)).encode())

    def release(self) -> None:
        """Give the folder free; a second call does nothing."""
        if self._descriptor < 0:
            return
        os.ftruncate(self._descriptor, 0)
        _unlock(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = -1


def locked_by(folder: Path) -> str:
    """Return who has the study open, empty if nobody."""
    path = folder / FILE_NAME
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return ""  # no lock file, or a folder nobody can lock
    try:
        if _try_lock(descriptor):
            _unlock(descriptor)
            return ""
    finally:
        os.close(descriptor)
    return _sentence(path)


def _sentence(path: Path) -> str:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8"))).sentence
    except (OSError, ValueError, TypeError):
        return "by another program"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
