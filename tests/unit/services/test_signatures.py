"""Signatures: who may sign, what exactly is signed, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.services.review_study import (
    PASSWORD,
    Open,
    Place,
    amend,
    enter_visit,
    sign_visit,
    stored,
    verify_all,
)

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError, PermissionDeniedError, RefusedError
from lnmonitor.services import audit
from lnmonitor.services.accounts import add_account
from lnmonitor.services.clock import acknowledge
from lnmonitor.services.form_state import FormState
from lnmonitor.services.locks import freeze, unfreeze
from lnmonitor.services.queries import ask
from lnmonitor.services.records import void
from lnmonitor.services.review_states import patient_review
from lnmonitor.services.session import StudySession
from lnmonitor.services.signatures import (
    Meaning,
    content_hash,
    sign,
    signatures,
    unsigned,
)
from lnmonitor.services.verify import verify
from lnmonitor.storage.keyring import WrongPasswordError


@pytest.fixture
def place(open_as: Open, nurse: StudySession, patient_id: str) -> Place:
    """A verified visit."""
    entered = enter_visit(nurse, patient_id)
    verify_all(open_as("monitor"), entered)
    return entered


def try_to_sign(session: StudySession, place: Place, user: str, password: str) -> None:
    sign(
        session,
        "visit",
        place.visit,
        patient_id=place.patient_id,
        meaning=Meaning.REVIEW,
        user=user,
        password=password,
    )


def raw(session: StudySession, *statements: str) -> None:
    """Write past the program, as somebody with the key and without its triggers would."""
    with session.store.write() as connection:
        for name in ("signature_no_update", "signature_no_delete", "signed_record_one_way"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def said(session: StudySession) -> list[str]:
    return [problem.sentence for problem in verify(session).problems]


def test_that_signing_asks_for_the_persons_own_name_and_password_each_time(
    open_as: Open, place: Place
) -> None:
    doctor = open_as("doctor")
    with pytest.raises(WrongPasswordError):
        try_to_sign(doctor, place, "doctor", "wrong password")
    with pytest.raises(InputError, match="Only the person who is signed in"):
        try_to_sign(doctor, place, "nurse", PASSWORD)
    assert signatures(doctor) == ()
    assert audit.entries(doctor, action="signature password failed", limit=5)
    sign_visit(doctor, place)
    with pytest.raises(WrongPasswordError):
        try_to_sign(doctor, place, "doctor", "")
    assert len(signatures(doctor)) == 1


def test_that_wrong_passwords_at_signing_lock_the_account(
    open_as: Open, place: Place, clock: FixedClock
) -> None:
    doctor = open_as("doctor")
    for _ in range(10):
        with pytest.raises(WrongPasswordError):
            try_to_sign(doctor, place, "doctor", "wrong password")
        clock.instant += timedelta(minutes=2)
    with pytest.raises(RefusedError, match="locked"):
        sign_visit(doctor, place)
    assert signatures(doctor) == ()


def test_that_nobody_but_an_investigator_signs(open_as: Open, place: Place) -> None:
    for user in ("nurse", "monitor", "manager", "admin"):
        with pytest.raises(PermissionDeniedError, match="investigator"):
            try_to_sign(open_as(user), place, user, PASSWORD)


def test_that_a_signature_carries_printed_name_instant_zone_and_meaning(
    open_as: Open, place: Place
) -> None:
    doctor = open_as("doctor")
    signature = sign_visit(doctor, place)
    assert (signature.name, signature.account, signature.role) == (
        "Zhao Min", "doctor", "investigator",
    )  # fmt: skip
    assert (signature.at, signature.utc_offset, signature.zone) == (
        "2026-05-12T01:41:52.000Z", "+08:00", "Asia/Shanghai",
    )  # fmt: skip
    assert signature.meaning.title.en.startswith("I have reviewed")
    assert {one.record_id for one in signature.records} == set(place.forms)
    assert signatures(doctor, place.patient_id) == (signature,)
    (entry,) = audit.entries(doctor, action="signed", limit=None)
    assert entry.item == signature.id
    assert entry.visit_id == place.visit
    assert signature.hash in entry.new


def test_that_a_later_change_makes_it_invalid_for_good_and_tells_what_changed(
    open_as: Open, place: Place
) -> None:
    sign_visit(open_as("doctor"), place)
    nurse = open_as("nurse")
    amend(nurse, place.patient_id, place.vitals, weight_kg=55)
    amend(nurse, place.patient_id, place.vitals, weight_kg=50)
    (signature,) = signatures(nurse)
    assert not signature.valid
    broken = [one for one in signature.records if not one.valid]
    assert [one.record_id for one in broken] == [place.vitals]
    changes = [(one.item, one.old, one.new, one.account) for one in broken[0].changes]
    assert changes == [
        ("weight_kg", "50.0", "55.0", "nurse"),
        ("weight_kg", "55.0", "50.0", "nurse"),
    ]
    states = {
        one.record_id: one.state for one in patient_review(nurse, place.patient_id).all_records()
    }
    assert states[place.vitals] is FormState.COMPLETE
    assert states[place.creatinine] is FormState.SIGNED
    assert [one.record_id for one in audit.entries(nurse, action="signature invalidated")] == [
        place.vitals
    ]
    assert verify(nurse).intact


def test_that_a_voided_record_makes_its_signature_invalid(open_as: Open, place: Place) -> None:
    sign_visit(open_as("doctor"), place)
    nurse = open_as("nurse")
    void(nurse, place.creatinine, "Sample of another patient")
    (signature,) = signatures(nurse)
    (broken,) = [one for one in signature.records if not one.valid]
    assert [(one.action, one.reason) for one in broken.changes] == [
        ("void", "Sample of another patient")
    ]


def test_that_a_signature_counts_for_the_version_it_was_given_to_alone(
    open_as: Open, place: Place
) -> None:
    sign_visit(open_as("doctor"), place)
    monitor = open_as("monitor")
    record = stored(monitor, place.patient_id, place.vitals)
    assert content_hash("study", "one", record) != content_hash("study", "two", record)
    raw(monitor, "UPDATE form_vs SET row_version = 2")
    monitor.cache.clear()
    states = {
        one.form: one.state for one in patient_review(monitor, place.patient_id).all_records()
    }
    assert (states["VS"], states["LB"]) == (FormState.VERIFIED, FormState.SIGNED)


def test_that_opening_held_data_leaves_the_signature_as_it_is(open_as: Open, place: Place) -> None:
    before = sign_visit(open_as("doctor"), place)
    monitor = open_as("monitor")
    freeze(monitor, "visit", place.visit)
    unfreeze(monitor, "visit", place.visit, reason="Typing error")
    assert signatures(monitor) == (before,)
    assert before.valid


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE signature SET full_name = 'Somebody Else'", "was altered"),
        ("UPDATE signed_record SET record_id = 'another' WHERE form = 'VS'", "was altered"),
        ("UPDATE signed_record SET row_version = 2 WHERE form = 'VS'", "was altered"),
        (
            "INSERT INTO signature SELECT 'copy', patient_id, scope, target, meaning, account,"
            " full_name, role, at, utc_offset, zone, hash FROM signature",
            "differs from the audit trail",
        ),
        ("UPDATE form_vs SET weight_kg = 55", "stands on other values"),
    ],
)
def test_that_an_altered_or_copied_signature_is_found(
    open_as: Open, place: Place, statement: str, expected: str
) -> None:
    sign_visit(open_as("doctor"), place)
    monitor = open_as("monitor")
    assert verify(monitor).intact
    raw(monitor, statement)
    assert any(expected in sentence for sentence in said(monitor))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM verification WHERE item = 'weight_kg'", "Marks of source data"),
        (
            "INSERT INTO verification SELECT 'x', item, patient_id, cell, at, \"by\""
            " FROM verification WHERE item = 'weight_kg'",
            "Marks of source data",
        ),
        ("UPDATE hold SET level = 'locked'", "What is frozen or locked"),
        ("DELETE FROM hold", "What is frozen or locked"),
        ("UPDATE query SET state = 'closed'", "Queries differ"),
        ("UPDATE signed_record SET invalid_at = 'x' WHERE form = 'VS'", "validity of signatures"),
        ("INSERT INTO redaction VALUES (3, '', '')", "Hidden entries differ"),
    ],
)
def test_that_what_people_said_cannot_be_changed_behind_the_trail(
    open_as: Open, place: Place, statement: str, expected: str
) -> None:
    sign_visit(open_as("doctor"), place)
    monitor = open_as("monitor")
    freeze(monitor, "record", place.vitals)
    ask(monitor, "Is this so?", patient_id=place.patient_id)
    assert verify(monitor).intact
    raw(monitor, statement)
    assert any(expected in sentence for sentence in said(monitor))


def test_that_triggers_keep_signatures_from_change_deletion_and_revival(
    open_as: Open, place: Place
) -> None:
    sign_visit(open_as("doctor"), place)
    nurse = open_as("nurse")
    amend(nurse, place.patient_id, place.vitals, weight_kg=55)
    for statement in (
        "UPDATE signature SET full_name = 'x'",
        "DELETE FROM signature",
        "UPDATE signed_record SET invalid_at = '' WHERE form = 'VS'",
        "UPDATE signed_record SET row_version = 9 WHERE form = 'LB'",
        "DELETE FROM signed_record",
    ):
        with pytest.raises(Exception, match=r"never (changed|deleted)|stays so"):
            _execute(nurse, statement)


def _execute(session: StudySession, statement: str) -> None:
    with session.store.write() as connection:
        connection.exec_driver_sql(statement)


def test_that_nothing_is_signed_while_a_change_of_the_clock_is_unexplained(
    open_as: Open, place: Place, clock: FixedClock
) -> None:
    doctor = open_as("doctor")
    clock.instant -= timedelta(hours=3)
    with pytest.raises(RefusedError, match="clock has changed"):
        sign_visit(doctor, place)
    assert signatures(doctor) == ()
    acknowledge(doctor, "Battery replaced")
    assert sign_visit(doctor, place).valid


def test_that_what_is_unsigned_too_long_is_listed_with_its_age(
    open_as: Open, nurse: StudySession, place: Place, clock: FixedClock
) -> None:
    assert unsigned(nurse) == ()
    clock.instant += timedelta(days=100)
    doctor = open_as("doctor")
    listed = unsigned(doctor, place.patient_id)
    assert {one.record_id for one in listed} > set(place.forms)
    assert {(one.subject_id, one.days) for one in listed} == {("01-001", 100)}
    sign_visit(doctor, place)
    assert not {one.record_id for one in unsigned(doctor)} & set(place.forms)
    assert unsigned(doctor, older_than=timedelta(days=101)) == ()


def test_that_an_account_is_never_given_to_a_second_person(open_as: Open, place: Place) -> None:
    with pytest.raises(InputError, match="already an account doctor"):
        add_account(
            open_as("admin"), "doctor", role="investigator", password=PASSWORD, full_name="Another"
        )
