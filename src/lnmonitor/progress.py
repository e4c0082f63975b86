"""How a long job tells how far it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what); raises `Cancelled` to stop the job."""


class Cancelled(Exception):  # noqa: N818 - not an error: a person's wish
    """A person stopped the job; nothing of it is kept."""


def silent(_done: int, _total: int, _what: str) -> None:
    """Ignore progress."""
