"""Record ids: version 7, sortable by time, never twice."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from lnmonitor.storage.ids import IdFactory

NOON = datetime(2026, 5, 12, 12, 0, 0, 123000, tzinfo=UTC)


def test_that_an_id_is_a_version_7_uuid_with_the_time_in_front() -> None:
    parsed = uuid.UUID(IdFactory().new(NOON))
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == int(NOON.timestamp() * 1000)


def test_that_ids_grow_within_a_millisecond_and_when_the_clock_steps_back() -> None:
    ids = IdFactory()
    made = [ids.new(NOON) for _ in range(10_000)]
    made.append(ids.new(NOON - timedelta(hours=1)))
    made.append(ids.new(NOON + timedelta(milliseconds=1)))
    assert made == sorted(set(made))
    assert {uuid.UUID(one).version for one in made} == {7}
