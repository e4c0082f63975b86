"""The review of access: what it shows of each person, and that it took place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError
from lnmonitor.services import accounts, audit
from lnmonitor.services.access_review import latest_review, record_review, record_training, reviews
from lnmonitor.services.session import StudySession
from lnmonitor.services.verify import verify
from lnmonitor.storage.engine import connect_raw
from lnmonitor.study.dates import DateError

Open = Callable[[str], StudySession]
PASSWORD = "cells per kg 1e6"
OTHER = "another good one"


def test_that_a_training_is_a_whole_day_that_has_been_and_keeps_its_history(
    open_as: Open,
) -> None:
    admin = open_as("admin")
    for day in ("2026", "2026-05", "2026-05-13", "12 May", ""):
        with pytest.raises(DateError):
            record_training(admin, "nurse", day, "Course 1")
    for name, reason in (("nurse", ""), ("nobody", "Course 1")):
        with pytest.raises(InputError):
            record_training(admin, name, "2026-05-12", reason)
    record_training(admin, "nurse", "2026-05-12", "Course 1")
    record_training(admin, "nurse", "2026-05-11", "Typed the wrong day")
    (card,) = [one for one in accounts.review_access(admin) if one.account.name == "nurse"]
    assert card.account.trained_on == "2026-05-11"
    told = audit.entries(admin, action="training recorded")
    assert [(one.item, one.old, one.new) for one in told] == [
        ("nurse", "2026-05-12", "2026-05-11"),
        ("nurse", "", "2026-05-12"),
    ]


def test_that_a_training_date_changed_behind_the_trail_is_found(open_as: Open) -> None:
    admin = open_as("admin")
    record_training(admin, "nurse", "2026-05-11", "Course 1")
    assert verify(admin).intact
    store = admin.store
    raw = connect_raw(store.folder / "study.db", store.data_key)
    raw.execute("UPDATE account SET trained_on = '2026-01-01' WHERE name = 'nurse'")
    raw.commit()
    raw.close()
    assert not verify(admin).intact


def test_that_the_list_tells_sign_in_roles_and_age_of_the_password(
    open_as: Open, clock: FixedClock
) -> None:
    admin = open_as("admin")
    clock.instant += timedelta(days=10)
    accounts.change_role(admin, "nurse", "datamanager", "New task")
    accounts.set_password(admin, "monitor", OTHER, "Forgotten")
    accounts.remove_access(admin, "nurse", "Left")
    clock.instant += timedelta(days=3, hours=2)
    cards = {one.account.name: one for one in accounts.review_access(open_as("admin"))}
    assert [(one.at[:10], one.role) for one in cards["nurse"].roles] == [
        ("2026-05-12", "coordinator"),
        ("2026-05-22", "datamanager"),
        ("2026-05-22", ""),
    ]
    assert (cards["doctor"].password_days, cards["monitor"].password_days) == (13, 3)
    assert cards["admin"].account.last_sign_in[:10] == "2026-05-25"


def test_that_a_review_tells_who_when_over_how_many_with_which_result(
    open_as: Open, clock: FixedClock
) -> None:
    admin = open_as("admin")
    assert latest_review(admin) is None
    with pytest.raises(InputError, match="words"):
        record_review(admin, "changes needed", " ")
    record_review(admin, "changes needed", "The monitor has left")
    accounts.remove_access(admin, "monitor", "Left")
    clock.instant += timedelta(days=1)
    record_review(admin, "no change", "")
    found = [(one.at[:10], one.full_name, one.accounts, one.result) for one in reviews(admin)]
    assert found == [
        ("2026-05-13", "Chen Yu", 4, "no change"),
        ("2026-05-12", "Chen Yu", 5, "changes needed"),
    ]
    last = latest_review(admin)
    assert last is not None
    assert last.result == "no change"
