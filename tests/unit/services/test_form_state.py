"""The states of a form, their order, and what a hold keeps out."""

from __future__ import annotations

from typing import cast

import pytest
from tests.unit.services.review_study import (
    Open,
    Place,
    amend,
    enter_event,
    enter_visit,
    sign_visit,
    stored,
    verify_all,
)

from lnmonitor.errors import LnMonitorError, RefusedError
from lnmonitor.i18n import translator
from lnmonitor.services import form_state
from lnmonitor.services.audit import head
from lnmonitor.services.form_state import FormState, roll_up
from lnmonitor.services.locks import freeze, lock, unfreeze, unlock
from lnmonitor.services.patients import add_patient
from lnmonitor.services.records import (
    ImportBatch,
    NewPatient,
    RecordDraft,
    import_records,
    save,
    void,
)
from lnmonitor.services.review_states import patient_review, study_review
from lnmonitor.services.session import StudySession
from lnmonitor.services.verification import verify_record
from lnmonitor.study.forms import Demographics, PhysicianAssessment, VitalSigns


@pytest.fixture
def place(nurse: StudySession, patient_id: str) -> Place:
    return enter_visit(nurse, patient_id)


def state_of(session: StudySession, place: Place, record_id: str) -> FormState:
    review = patient_review(session, place.patient_id)
    return next(one.state for one in review.all_records() if one.record_id == record_id)


def visit_state(session: StudySession, place: Place) -> FormState:
    (visit,) = patient_review(session, place.patient_id).visits
    return visit.state


def test_that_a_form_goes_from_draft_to_locked_one_step_after_the_other(
    open_as: Open, nurse: StudySession, place: Place
) -> None:
    event = enter_event(nurse, place.patient_id)
    assert state_of(nurse, place, event.id) is FormState.DRAFT
    amend(nurse, place.patient_id, event.id, grade=2, related_msc="UNLIKELY", outcome="RECOVERED")
    assert state_of(nurse, place, event.id) is FormState.COMPLETE
    monitor = open_as("monitor")
    verify_all(monitor, place)
    assert visit_state(monitor, place) is FormState.VERIFIED
    doctor = open_as("doctor")
    sign_visit(doctor, place)
    assert visit_state(doctor, place) is FormState.SIGNED
    manager = open_as("manager")
    freeze(manager, "visit", place.visit)
    assert visit_state(manager, place) is FormState.FROZEN
    lock(manager, "visit", place.visit)
    assert visit_state(manager, place) is FormState.LOCKED
    assert state_of(manager, place, event.id) is FormState.COMPLETE


def test_that_no_step_can_be_skipped(open_as: Open, nurse: StudySession, place: Place) -> None:
    event = enter_event(nurse, place.patient_id)
    with pytest.raises(RefusedError, match="Not complete yet: Adverse event"):
        verify_record(open_as("monitor"), event.id, 1)
    with pytest.raises(RefusedError, match="Not verified against the source yet: Visit"):
        sign_visit(open_as("doctor"), place)
    with pytest.raises(RefusedError, match="Not verified against the source yet"):
        freeze(open_as("manager"), "visit", place.visit)
    verify_all(open_as("monitor"), place)
    manager = open_as("manager")
    with pytest.raises(RefusedError, match="Not signed yet"):
        freeze(manager, "visit", place.visit)
    with pytest.raises(RefusedError, match="Not signed yet"):
        lock(manager, "visit", place.visit)
    sign_visit(open_as("doctor"), place)
    manager = open_as("manager")
    with pytest.raises(RefusedError, match="Not frozen yet"):
        lock(manager, "visit", place.visit)
    assert visit_state(manager, place) is FormState.SIGNED


def test_that_an_expected_form_without_a_record_stops_its_visit(
    open_as: Open, nurse: StudySession, place: Place
) -> None:
    void(nurse, place.creatinine, "Entered twice")
    (visit,) = patient_review(nurse, place.patient_id).visits
    assert visit.lacking == ("LB",)
    assert visit.state is FormState.DRAFT
    with pytest.raises(RefusedError, match="Not complete yet: Laboratory"):
        freeze(open_as("manager"), "visit", place.visit)


def held_visit(open_as: Open, place: Place, *, locked: bool) -> None:
    verify_all(open_as("monitor"), place)
    sign_visit(open_as("doctor"), place)
    manager = open_as("manager")
    freeze(manager, "visit", place.visit)
    if locked:
        lock(manager, "visit", place.visit)


@pytest.mark.parametrize("locked", [False, True])
def test_that_nothing_changes_in_a_held_visit_and_who_opens_it_is_told(
    open_as: Open, place: Place, locked: bool
) -> None:
    held_visit(open_as, place, locked=locked)
    nurse = open_as("nurse")
    before = head(nurse)
    word, who = ("locked", "datamanager") if locked else ("frozen", "monitor, datamanager")
    told = rf"is {word} since .* by manager: nothing was saved. The visit can be opened by: {who}\."
    with pytest.raises(RefusedError, match=told):
        amend(nurse, place.patient_id, place.vitals, weight_kg=55)
    with pytest.raises(RefusedError, match=told):
        void(nurse, place.vitals, "Entered twice")
    with pytest.raises(RefusedError, match=told):
        save(nurse, [RecordDraft(PhysicianAssessment(), place.patient_id, place.visit)])
    draft = RecordDraft(VitalSigns(weight_kg=49), place.patient_id, place.visit)
    with pytest.raises(RefusedError, match=told):
        import_records(nurse, [ImportBatch(records=[draft])], reason="file")
    with pytest.raises(RefusedError, match=r"is (frozen|locked)"):
        verify_record(open_as("monitor"), place.vitals, 1)
    nurse = open_as("nurse")
    assert stored(nurse, place.patient_id, place.vitals).row_version == 1
    assert head(nurse)[0] == before[0] + 4  # people signed out and in
    enter_event(nurse, place.patient_id)  # the patient is open


def test_that_a_held_visit_is_opened_step_by_step_with_a_reason_and_stays_signed(
    open_as: Open, place: Place
) -> None:
    held_visit(open_as, place, locked=True)
    with pytest.raises(LnMonitorError, match="Your role may not lock"):
        unlock(open_as("monitor"), "visit", place.visit, reason="Typing error")
    manager = open_as("manager")
    with pytest.raises(LnMonitorError, match="with a reason only"):
        unlock(manager, "visit", place.visit, reason=" ")
    with pytest.raises(RefusedError, match="not frozen itself"):
        unfreeze(manager, "visit", place.visit, reason="Typing error")
    with pytest.raises(RefusedError, match="not locked itself"):
        unlock(manager, "record", place.vitals, reason="Typing error")
    unlock(manager, "visit", place.visit, reason="Typing error")
    assert visit_state(manager, place) is FormState.FROZEN
    unfreeze(manager, "visit", place.visit, reason="Typing error")
    assert visit_state(manager, place) is FormState.SIGNED
    assert amend(open_as("nurse"), place.patient_id, place.vitals, weight_kg=55).row_version == 2


def test_that_patient_and_study_are_frozen_and_locked_as_wholes(
    open_as: Open, nurse: StudySession, place: Place
) -> None:
    monitor = open_as("monitor")
    with pytest.raises(RefusedError, match="Not verified"):
        freeze(monitor, "patient", place.patient_id)
    review = patient_review(monitor, place.patient_id)
    verify_all(monitor, place, [one.record_id for one in review.all_records()])
    doctor = open_as("doctor")
    sign_all(doctor, place)
    manager = open_as("manager")
    with pytest.raises(RefusedError, match="Not frozen yet"):
        lock(manager, "study")
    freeze(manager, "patient", place.patient_id)
    lock(manager, "patient", place.patient_id)
    freeze(manager, "study")
    lock(manager, "study")
    review = patient_review(manager, place.patient_id)
    assert review.state is FormState.LOCKED
    assert {one.held_by for one in review.all_records()} == {"study"}
    totals = study_review(manager)
    assert totals.state is FormState.LOCKED
    assert totals.patients == {FormState.LOCKED: 1}
    assert totals.records == {FormState.LOCKED: 4}
    nurse = open_as("nurse")
    with pytest.raises(RefusedError, match="The study can be opened by: datamanager"):
        add_patient(nurse, "01-002", Demographics(sex="F", consent_date="2026-01-10"))
    new = NewPatient(nurse.new_id(), "01-003")
    with pytest.raises(RefusedError, match="The study can be opened by: datamanager"):
        import_records(nurse, [ImportBatch(patients=[new])], reason="file")


def sign_all(doctor: StudySession, place: Place) -> None:
    from lnmonitor.services.signatures import Meaning, sign

    sign(
        doctor,
        "patient",
        place.patient_id,
        patient_id=place.patient_id,
        meaning=Meaning.APPROVAL,
        user="doctor",
        password="cells per kg 1e6",
    )


def test_that_a_roll_up_is_the_least_and_draft_where_something_is_empty() -> None:
    assert roll_up([]) is FormState.EMPTY
    assert roll_up([FormState.EMPTY]) is FormState.EMPTY
    assert roll_up([FormState.EMPTY, FormState.LOCKED]) is FormState.DRAFT
    assert roll_up([FormState.SIGNED, FormState.VERIFIED]) is FormState.VERIFIED
    assert roll_up([FormState.LOCKED, FormState.LOCKED]) is FormState.LOCKED


def test_that_what_a_refusal_says_has_chinese() -> None:
    zh = translator("zh")
    said = [sentence for pair in form_state.NOT_YET.values() for sentence in pair]
    said += [*form_state.HELD.values(), *form_state.WHO_OPENS.values()]
    assert [one for one in said if not zh.knows(one)] == []
    assert all(state.title.zh for state in cast("type[FormState]", FormState))
