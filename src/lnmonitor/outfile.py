"""Writing a document whole or not at all: what stood there stays until the new one is complete."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from lnmonitor.errors import StorageError


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a name to write to; it takes the place of `path` when the block ends well.

    Raises:
        StorageError: the place cannot be written.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise StorageError(
            "{path} cannot be written: {why}.",
            "Choose another place; the study is not affected.",
            path=path,
            why=error.strerror or error,
        ) from error
    finally:
        with contextlib.suppress(OSError):  # it has been renamed, or was never made
            temporary.unlink()
