"""Freezing and locking: what stands in the trail, and what is refused."""

from __future__ import annotations

import pytest
from tests.unit.services.review_study import Open, Place, enter_visit, sign_visit, verify_all

from lnmonitor.errors import InputError, RefusedError
from lnmonitor.services import audit
from lnmonitor.services.locks import freeze, holds, lock, unfreeze, unlock
from lnmonitor.services.session import StudySession
from lnmonitor.services.verify import verify


@pytest.fixture
def place(open_as: Open, nurse: StudySession, patient_id: str) -> Place:
    """A signed visit."""
    entered = enter_visit(nurse, patient_id)
    verify_all(open_as("monitor"), entered)
    sign_visit(open_as("doctor"), entered)
    return entered


def test_that_each_step_of_freezing_and_locking_is_an_entry(open_as: Open, place: Place) -> None:
    manager = open_as("manager")
    start = audit.head(manager)[0]
    freeze(manager, "visit", place.visit)
    lock(manager, "visit", place.visit)
    unlock(manager, "visit", place.visit, reason="Late laboratory report")
    unfreeze(manager, "visit", place.visit, reason="Late laboratory report")
    told = [
        (one.action, one.item, one.record_id, one.old, one.new, one.reason)
        for one in audit.entries(manager, limit=None)
        if one.sequence > start
    ]
    assert told == [
        ("frozen", "visit", place.visit, "", "frozen", ""),
        ("locked", "visit", place.visit, "frozen", "locked", ""),
        ("unlocked", "visit", place.visit, "locked", "frozen", "Late laboratory report"),
        ("unfrozen", "visit", place.visit, "frozen", "", "Late laboratory report"),
    ]
    assert verify(manager).intact
    assert holds(manager) == ()


def test_that_a_single_record_is_held_and_its_visit_goes_on(open_as: Open, place: Place) -> None:
    manager = open_as("manager")
    freeze(manager, "record", place.vitals)
    (hold,) = holds(manager, place.patient_id)
    assert (hold.scope, hold.target, hold.level, hold.by) == (
        "record", place.vitals, "frozen", "manager",
    )  # fmt: skip
    with pytest.raises(RefusedError, match="frozen or locked already"):
        freeze(manager, "record", place.vitals)
    with pytest.raises(RefusedError, match="Not frozen yet"):
        lock(manager, "visit", place.visit)
    lock(manager, "record", place.vitals)
    with pytest.raises(RefusedError, match="locked already"):
        lock(manager, "record", place.vitals)


def test_that_there_must_be_something_to_hold(open_as: Open, place: Place) -> None:
    manager = open_as("manager")
    for scope, target in (
        ("record", "unknown"),
        ("visit", place.vitals),
        ("patient", "unknown"),
        ("study", "another"),
    ):
        with pytest.raises(InputError, match=f"no such {scope}"):
            freeze(manager, scope, target)  # type: ignore[arg-type]
    assert holds(manager) == ()
