"""How a long job tells how far it is, how it is stopped, and how it shares the open study."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what); raises `Cancelled` to stop the job."""


class Cancelled(Exception):  # noqa: N818 - not an error: a person's wish
    """A person stopped the job; nothing of it is kept."""


class Turn(Protocol):
    """Runs a portion of a job that needs the open study, when it is the job's turn with it."""

    def __call__(self, work: Callable[[], T]) -> T:
        """Return what the portion returns."""
        ...


def at_once(work: Callable[[], T]) -> T:
    """Run a portion at once: nobody else uses the study."""
    return work()


def silent(_done: int, _total: int, _what: str) -> None:
    """Ignore progress."""
