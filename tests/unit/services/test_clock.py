"""A clock that goes back or changes its zone is noticed, recorded, shown, and acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError
from lnmonitor.services import audit
from lnmonitor.services.clock import WENT_BACK, ZONE_CHANGED, acknowledge
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.storage import clock_watch
from lnmonitor.storage.clock_watch import Moment, compare, moment

Open = Callable[[str], StudySession]
PASSWORD = "cells per kg 1e6"


def test_that_a_jump_back_is_noticed_while_the_study_is_open(
    nurse: StudySession, clock: FixedClock
) -> None:
    assert nurse.clock_notice is None
    clock.instant -= timedelta(hours=1)
    audit.note(nurse, "export")
    notice = nurse.clock_notice
    assert notice is not None
    assert (notice.kind, notice.before) == (WENT_BACK, "2026-05-12T01:41:52.000Z")
    assert notice.after == notice.at == "2026-05-12T00:41:52.000Z"
    export, jump = audit.entries(nurse, limit=2)
    assert (jump.action, export.action) == (WENT_BACK, "export")
    audit.note(nurse, "export")
    assert len(audit.entries(nurse, action=WENT_BACK)) == 1, "noticed once"


def test_that_a_notice_stays_until_acknowledged_with_a_reason(
    open_as: Open, clock: FixedClock
) -> None:
    nurse = open_as("nurse")
    clock.instant -= timedelta(days=365)
    nurse.close()
    for user in ("doctor", "nurse"):
        assert open_as(user).clock_notice is not None
    nurse = open_as("nurse")
    with pytest.raises(InputError, match="reason"):
        acknowledge(nurse, " ")
    acknowledge(nurse, "Battery replaced")
    assert nurse.clock_notice is None
    (entry,) = audit.entries(nurse, action="clock acknowledged")
    assert (entry.item, entry.reason) == (WENT_BACK, "Battery replaced")
    assert open_as("doctor").clock_notice is None
    with pytest.raises(InputError, match="Nothing is noticed"):
        acknowledge(open_as("nurse"), "Again")


def test_that_a_change_that_fails_leaves_the_notice_for_the_next(
    nurse: StudySession, clock: FixedClock
) -> None:
    clock.instant -= timedelta(hours=1)
    with pytest.raises(RuntimeError):
        _fail_halfway(nurse)
    assert nurse.clock_notice is None
    audit.note(nurse, "export")
    assert nurse.clock_notice is not None


def test_that_another_zone_is_noticed_also_for_reading_only(
    nurse: StudySession, folder: Path, clock: FixedClock
) -> None:
    nurse.close()
    clock.instant = clock.instant.astimezone(ZoneInfo("Europe/Madrid")) + timedelta(minutes=1)
    with open_study(
        folder, user="nurse", password=PASSWORD, clock=clock, read_only=True
    ) as session:
        assert session.clock_notice is not None
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        (entry,) = audit.entries(session, action=ZONE_CHANGED)
        assert (entry.old, entry.new) == ("+08:00 Asia/Shanghai", "+02:00 Europe/Madrid")


def test_that_summer_time_and_small_corrections_are_no_notice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    madrid = ZoneInfo("Europe/Madrid")
    winter = moment(datetime(2026, 3, 29, 1, 59, 59, tzinfo=madrid))
    summer = moment(datetime(2026, 3, 29, 3, 0, 1, tzinfo=madrid))
    assert (winter.utc_offset, summer.utc_offset) == ("+01:00", "+02:00")
    assert compare(winter, summer) == []
    now = datetime(2026, 5, 12, 9, 0, 0, tzinfo=madrid)
    assert compare(moment(now), moment(now - timedelta(seconds=2))) == []
    assert len(compare(moment(now), moment(now - timedelta(seconds=3)))) == 1
    # The system's clock knows its zone by two short names only.
    monkeypatch.setattr(clock_watch.time, "tzname", ("CET", "CEST"))
    cet = Moment("2026-03-29T00:59:59.000Z", "+01:00", "CET")
    assert compare(cet, Moment("2026-03-29T01:00:01.000Z", "+02:00", "CEST")) == []
    assert len(compare(cet, Moment("2026-03-29T01:00:01.000Z", "+08:00", "CST"))) == 1


def _fail_halfway(session: StudySession) -> None:
    with session.work() as work:
        work.note("export")
        raise RuntimeError
