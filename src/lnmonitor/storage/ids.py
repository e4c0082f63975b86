"""Record ids that sort by the time they were made (UUID version 7, RFC 9562 section 5.7).

Python gains `uuid.uuid7` only in 3.14; this one also takes the injected clock.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

_RANDOM_BITS = 74


class IdFactory:
    """Makes ids that grow strictly, also within a millisecond and when the clock steps back."""

    def __init__(self) -> None:
        self._millisecond = 0
        self._tail = 0

    def new(self, instant: datetime) -> str:
        """Return a new id as 36 characters of lower-case text."""
        millisecond = int(instant.timestamp() * 1000)
        if millisecond > self._millisecond:
            self._millisecond = millisecond
            # The top bit stays free, so that counting up does not run over.
            self._tail = secrets.randbits(_RANDOM_BITS - 1)
        else:
            self._tail += 1 + secrets.randbits(32)
        high, low = self._tail >> 62 & 0xFFF, self._tail & (1 << 62) - 1
        number = (self._millisecond & (1 << 48) - 1) << 80 | 7 << 76 | high << 64 | 2 << 62 | low
        return str(uuid.UUID(int=number))
