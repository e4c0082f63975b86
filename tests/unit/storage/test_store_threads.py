"""The doors of the store seen from two threads."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lnmonitor.storage.store import make_store


def test_that_a_write_waits_for_the_read_of_another_thread(tmp_path: Path) -> None:
    reading, done = threading.Event(), threading.Event()
    order: list[str] = []
    now = datetime(2026, 5, 12, tzinfo=UTC)
    with closing(make_store(tmp_path, b"k" * 32, "nurse", now)) as store:

        def read_long() -> None:
            with store.read():
                reading.set()
                done.wait(0.2)
                order.append("read")

        other = threading.Thread(target=read_long)
        other.start()
        reading.wait(5)
        with store.write():
            order.append("write")
        other.join()
        assert order == ["read", "write"]
        with store.read(), pytest.raises(RuntimeError), store.write():
            pass
