"""Objects as keys of what is remembered: the very same objects, not others that look like them.

Records, forms and results are never changed in place, and comparing them by value takes longer than
most of what is remembered by them.
"""

from __future__ import annotations

from functools import cached_property
from operator import is_


class Same(tuple[object, ...]):
    """Equal to a tuple of the very same objects."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(tuple(map(id, self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and len(self) == len(other) and all(map(is_, self, other))


class Keyed:
    """Equal to another one of its class with an equal `key`: all that may be read of it."""

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What two of them must have in common to be the same to whoever reads them."""
        raise NotImplementedError

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.key == other.key
