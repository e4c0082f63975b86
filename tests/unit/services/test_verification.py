"""Source data verification: what a mark means, when it drops, and what may be marked at once."""

from __future__ import annotations

import pytest
from tests.unit.services.review_study import (
    Open,
    Place,
    amend,
    enter_event,
    enter_visit,
    stored,
    verify_all,
)

from lnmonitor.errors import ConflictError, InputError, PermissionDeniedError, RefusedError
from lnmonitor.services import audit
from lnmonitor.services.form_state import FormState
from lnmonitor.services.patients import patient_data
from lnmonitor.services.records import history, void
from lnmonitor.services.review_states import RecordReview, patient_review
from lnmonitor.services.seen import Unseen, opened, unseen
from lnmonitor.services.session import StudySession
from lnmonitor.services.verification import (
    marks,
    verify_items,
    verify_opened,
    verify_record,
    withdraw,
)
from lnmonitor.services.verify import verify


@pytest.fixture
def place(nurse: StudySession, patient_id: str) -> Place:
    return enter_visit(nurse, patient_id)


def review(session: StudySession, place: Place, record_id: str) -> RecordReview:
    everything = patient_review(session, place.patient_id).all_records()
    return next(one for one in everything if one.record_id == record_id)


def test_that_single_items_are_verified_and_all_of_them_make_the_form_verified(
    open_as: Open, place: Place
) -> None:
    monitor = open_as("monitor")
    verify_items(monitor, place.vitals, ["weight_kg"], 1)
    assert set(marks(monitor, place.vitals)) == {"weight_kg"}
    assert review(monitor, place, place.vitals).state is FormState.COMPLETE
    verify_items(monitor, place.vitals, ["systolic", "diastolic"], 1)
    assert review(monitor, place, place.vitals).state is FormState.VERIFIED
    assert {one.by for one in marks(monitor, place.vitals).values()} == {"monitor"}
    entries = audit.entries(monitor, action="verified", record_id=place.vitals, limit=None)
    assert [one.new for one in entries] == ['["weight_kg"]', '["diastolic","systolic"]']
    assert verify(monitor).intact
    assert [one.action for one in history(monitor, place.vitals)] == ["create"]


def test_that_a_change_drops_the_mark_of_that_item_alone(open_as: Open, place: Place) -> None:
    verify_all(open_as("monitor"), place)
    nurse = open_as("nurse")
    amend(nurse, place.patient_id, place.vitals, weight_kg=55)
    now = review(nurse, place, place.vitals)
    assert now.state is FormState.COMPLETE
    assert set(now.verified) == {"systolic", "diastolic"}
    assert set(marks(nurse, place.vitals)) == {"systolic", "diastolic"}
    (dropped,) = audit.entries(nurse, action="verification dropped")
    assert (dropped.record_id, dropped.new, dropped.account) == (
        place.vitals, '["weight_kg"]', "nurse",
    )  # fmt: skip
    assert review(nurse, place, place.creatinine).state is FormState.VERIFIED


def test_that_an_item_filled_in_later_is_not_verified(open_as: Open, place: Place) -> None:
    verify_all(open_as("monitor"), place)
    nurse = open_as("nurse")
    amend(nurse, place.patient_id, place.vitals, heart_rate=70)
    assert review(nurse, place, place.vitals).state is FormState.COMPLETE


def test_that_a_mark_fits_only_what_was_seen(open_as: Open, place: Place) -> None:
    amend(open_as("nurse"), place.patient_id, place.vitals, weight_kg=55)
    monitor = open_as("monitor")
    with pytest.raises(ConflictError, match="has changed since you opened it"):
        verify_record(monitor, place.vitals, 1)
    with pytest.raises(ConflictError):
        verify_items(monitor, place.vitals, ["weight_kg"], 1)
    with pytest.raises(InputError, match="empty item"):
        verify_items(monitor, place.vitals, ["spo2"], 2)
    assert marks(monitor, place.vitals) == {}


def test_that_a_mark_put_back_by_hand_on_another_value_counts_for_nothing(
    open_as: Open, place: Place
) -> None:
    monitor = open_as("monitor")
    verify_all(monitor, place)
    with monitor.store.write() as connection:
        connection.exec_driver_sql("UPDATE verification SET cell = '49.0' WHERE item='weight_kg'")
    assert review(monitor, place, place.vitals).state is FormState.COMPLETE


def test_that_many_forms_are_marked_at_once_only_if_each_was_opened_as_it_is(
    open_as: Open, place: Place
) -> None:
    monitor = open_as("monitor")
    with pytest.raises(RefusedError, match="Not opened in their present version: Visit, Vital"):
        verify_opened(monitor, place.forms)
    opened(monitor, patient_data(monitor, place.patient_id).records)
    amend(open_as("nurse"), place.patient_id, place.vitals, weight_kg=55)
    monitor = open_as("monitor")
    with pytest.raises(RefusedError, match=r"present version: Vital signs\."):
        verify_opened(monitor, place.forms)
    assert marks(monitor, place.creatinine) == {}
    opened(monitor, [stored(monitor, place.patient_id, place.vitals)])
    verify_opened(monitor, place.forms)
    assert review(monitor, place, place.vitals).state is FormState.VERIFIED


def test_that_what_another_person_opened_does_not_count(open_as: Open, place: Place) -> None:
    manager = open_as("manager")
    opened(manager, patient_data(manager, place.patient_id).records)
    with pytest.raises(RefusedError, match="Not opened"):
        verify_opened(open_as("monitor"), place.forms)


def test_that_only_a_monitor_verifies(open_as: Open, place: Place) -> None:
    for user in ("nurse", "doctor", "manager", "admin"):
        with pytest.raises(PermissionDeniedError):
            verify_record(open_as(user), place.vitals, 1)


def test_that_a_mark_set_by_mistake_is_taken_back_with_a_reason(
    open_as: Open, place: Place
) -> None:
    monitor = open_as("monitor")
    verify_all(monitor, place)
    with pytest.raises(InputError, match="with a reason only"):
        withdraw(monitor, place.vitals, ["weight_kg"], "")
    withdraw(monitor, place.vitals, ["weight_kg"], "Wrong patient's chart")
    assert "weight_kg" not in marks(monitor, place.vitals)
    (entry,) = audit.entries(monitor, action="verification withdrawn")
    assert entry.reason == "Wrong patient's chart"


def test_that_each_person_is_told_what_changed_since_their_last_look(
    open_as: Open, place: Place
) -> None:
    doctor = open_as("doctor")
    assert {one.state for one in unseen(doctor, place.patient_id)} == {"new"}
    opened(doctor, patient_data(doctor, place.patient_id).records)
    assert unseen(doctor, place.patient_id) == ()
    nurse = open_as("nurse")
    amend(nurse, place.patient_id, place.vitals, weight_kg=55, systolic=125)
    event = enter_event(nurse, place.patient_id)
    void(nurse, place.creatinine, "Entered twice")
    assert unseen(nurse, place.patient_id) == ()
    doctor = open_as("doctor")
    found = unseen(doctor, place.patient_id)
    ids = (place.patient_id,)
    assert set(found) == {
        Unseen(place.vitals, *ids, "VS", place.visit, "changed", ("weight_kg", "systolic")),
        Unseen(event.id, *ids, "AE", None, "new"),
        Unseen(place.creatinine, *ids, "LB", place.visit, "voided"),
    }
    opened(doctor, [stored(doctor, place.patient_id, place.vitals)])
    assert {one.form for one in unseen(doctor, place.patient_id)} == {"AE", "LB"}
    assert len(unseen(open_as("monitor"), place.patient_id)) == 4
