"""Passwords that grow old: replaced at the sign-in, after as many days as the study says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError, PermissionDeniedError
from lnmonitor.services import accounts, audit
from lnmonitor.services.password_age import DEFAULT_DAYS, NEVER, password_limit, set_password_limit
from lnmonitor.services.patients import list_patients
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study

Open = Callable[[str], StudySession]
PASSWORD = "cells per kg 1e6"
OTHER = "another good one"


def test_that_a_password_of_a_year_is_replaced_before_anything_else(
    folder: Path, clock: FixedClock
) -> None:
    clock.instant += timedelta(days=364)
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        assert not session.must_change_password
    clock.instant += timedelta(days=1)
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        with pytest.raises(PermissionDeniedError, match="too old"):
            list_patients(session)
        with pytest.raises(InputError, match="the old one"):
            accounts.change_password(session, PASSWORD, PASSWORD)
        accounts.change_password(session, PASSWORD, OTHER)
        assert list_patients(session) == ()
    with open_study(folder, user="nurse", password=OTHER, clock=clock) as session:
        assert not session.must_change_password


def test_that_the_limit_is_a_year_until_an_administrator_sets_another(
    open_as: Open, clock: FixedClock
) -> None:
    admin = open_as("admin")
    assert password_limit(admin) == DEFAULT_DAYS == 365
    for days, reason in ((29, "x"), (1096, "x"), (-1, "x"), (90, " ")):
        with pytest.raises(InputError):
            set_password_limit(admin, days, reason)
    set_password_limit(admin, 90, "Site procedure 7")
    entry = audit.entries(admin, action="password age set")[0]
    assert (entry.old, entry.new, entry.reason) == ("365", "90", "Site procedure 7")
    clock.instant += timedelta(days=90)
    assert open_as("nurse").must_change_password
    admin = open_as("admin")
    accounts.change_password(admin, PASSWORD, OTHER)
    set_password_limit(admin, NEVER, "Site procedure 8")
    clock.instant += timedelta(days=4000)
    assert not open_as("nurse").must_change_password


def test_that_an_old_password_still_opens_for_reading_only(folder: Path, clock: FixedClock) -> None:
    clock.instant += timedelta(days=400)
    with open_study(
        folder, user="nurse", password=PASSWORD, clock=clock, read_only=True
    ) as session:
        assert list_patients(session) == ()


def test_that_passwords_of_a_synthetic_study_never_expire(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = tmp_path / "synthetic"
    create_study(
        path,
        protocol="ln-msc-01",
        site="01",
        admin="admin",
        password=PASSWORD,
        synthetic=True,
        clock=clock,
    )
    clock.instant += timedelta(days=4000)
    with open_study(path, user="admin", password=PASSWORD, clock=clock) as session:
        assert not session.must_change_password
        assert password_limit(session) == NEVER
        with pytest.raises(InputError, match="synthetic"):
            set_password_limit(session, 90, "because")
