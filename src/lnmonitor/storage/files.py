"""Writing small files so that a crash leaves the old content or the new, never a mixture."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lnmonitor.errors import StorageError

OWNER_ONLY = 0o600
OWNER_FOLDER = 0o700


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file's content durably, readable and writable by its owner only.

    Raises:
        StorageError: the folder cannot be written.
    """
    scratch = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise StorageError(
            "{path} cannot be written: {reason}.",
            "Check the free space and the permissions of the folder.",
            path=path,
            reason=error.strerror or error,
        ) from error


def sync_folder(folder: Path) -> None:
    """Make a renamed or new file's name durable; Windows does so by itself."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
