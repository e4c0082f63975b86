"""Queries: their steps and who may take them, what the checks ask, and what a change does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.services.review_study import Open, Place, amend, enter_event, enter_visit

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError, PermissionDeniedError, RefusedError
from lnmonitor.i18n import translator
from lnmonitor.services import audit, reviewing
from lnmonitor.services.locks import freeze
from lnmonitor.services.queries import (
    Kind,
    answer,
    ask,
    assign,
    close,
    comment,
    queries,
    reopen,
    resolve,
    run_checks,
    thread,
)
from lnmonitor.services.records import (
    CheckFailed,
    ImportBatch,
    RecordDraft,
    import_records,
    save,
    void,
)
from lnmonitor.services.session import StudySession
from lnmonitor.services.verify import verify
from lnmonitor.study.forms import Identity, VitalSigns


@pytest.fixture
def place(nurse: StudySession, patient_id: str) -> Place:
    return enter_visit(nurse, patient_id)


def ask_weight(session: StudySession, place: Place, **more: str) -> str:
    return ask(
        session,
        "The chart says 55 kg. Please check.",
        patient_id=place.patient_id,
        record_id=place.vitals,
        item="weight_kg",
        **more,  # type: ignore[arg-type]
    )[0]


def test_that_a_query_is_asked_answered_resolved_and_closed(open_as: Open, place: Place) -> None:
    query_id = ask_weight(open_as("monitor"), place, assigned_to="nurse")
    nurse = open_as("nurse")
    (listed,) = queries(nurse, assigned_to="nurse")
    assert (listed.id, listed.state, listed.kind) == (query_id, "new", Kind.QUERY)
    assert (listed.form, listed.item, listed.visit_id) == ("VS", "weight_kg", place.visit)
    assert (listed.subject_id, listed.question) == ("01-001", "The chart says 55 kg. Please check.")
    answer(nurse, query_id, "Looking for the chart.")
    resolve(nurse, query_id, "50 kg is right, the chart is of the day before.")
    monitor = open_as("monitor")
    close(monitor, query_id, "Seen, thank you.")
    assert queries(monitor) == ()
    (closed,) = queries(monitor, states=None)
    assert (closed.state, closed.last.text, closed.last.account) == (
        "closed", "Seen, thank you.", "monitor",
    )  # fmt: skip
    steps = [(one.action, one.state, one.full_name, one.role) for one in thread(monitor, query_id)]
    assert steps == [
        ("query raised", "new", "Ana Ruiz", "monitor"),
        ("query answered", "answered", "Li Wen", "coordinator"),
        ("query resolved", "resolved", "Li Wen", "coordinator"),
        ("query closed", "closed", "Ana Ruiz", "monitor"),
    ]
    assert verify(monitor).intact


def test_that_steps_out_of_order_are_refused(open_as: Open, place: Place) -> None:
    query_id = ask_weight(open_as("monitor"), place)
    nurse = open_as("nurse")
    with pytest.raises(InputError, match="needs a text"):
        answer(nurse, query_id, " ")
    with pytest.raises(InputError, match="no such query"):
        answer(nurse, "unknown", "Text")
    resolve(nurse, query_id, "Corrected on paper.")
    with pytest.raises(RefusedError, match="The query is resolved"):
        answer(nurse, query_id, "More")
    monitor = open_as("monitor")
    close(monitor, query_id, "Fine.")
    for late in (close, comment):
        with pytest.raises(RefusedError, match="The query is closed"):
            late(monitor, query_id, "More")
    reopen(monitor, query_id, "The paper says something else.")
    assert queries(monitor)[0].state == "new"
    assert queries(monitor)[0].closed_at == ""


def test_that_who_enters_data_closes_no_query_and_who_asks_answers_none(
    open_as: Open, place: Place
) -> None:
    monitor = open_as("monitor")
    query_id = ask_weight(monitor, place)
    with pytest.raises(PermissionDeniedError):
        answer(monitor, query_id, "Text")
    for user in ("nurse", "doctor", "admin"):
        with pytest.raises(PermissionDeniedError):
            close(open_as(user), query_id, "Text")
    with pytest.raises(PermissionDeniedError):
        ask_weight(open_as("admin"), place)


def test_that_a_correction_of_the_item_resolves_the_query_and_nothing_else_does(
    open_as: Open, place: Place
) -> None:
    query_id = ask_weight(open_as("monitor"), place)
    nurse = open_as("nurse")
    amend(nurse, place.patient_id, place.vitals, systolic=125)
    assert queries(nurse)[0].state == "new"
    amend(nurse, place.patient_id, place.vitals, weight_kg=55)
    (query,) = queries(nurse)
    assert (query.id, query.state, query.last.text) == (
        query_id, "resolved", "The value was changed.",
    )  # fmt: skip


def test_that_voiding_a_record_leaves_a_persons_query_to_be_closed_by_who_asks(
    open_as: Open, place: Place
) -> None:
    ask_weight(open_as("monitor"), place)
    nurse = open_as("nurse")
    void(nurse, place.vitals, "Entered twice")
    assert queries(nurse)[0].state == "resolved"


def test_that_an_open_query_stops_freezing(open_as: Open, place: Place) -> None:
    from tests.unit.services.review_study import sign_visit, verify_all

    verify_all(open_as("monitor"), place)
    query_id = ask_weight(open_as("monitor"), place)
    sign_visit(open_as("doctor"), place)
    monitor = open_as("monitor")
    with pytest.raises(RefusedError, match="01-001 has 1 open queries"):
        freeze(monitor, "visit", place.visit)
    close(monitor, query_id, "Raised on the wrong visit.")
    freeze(monitor, "visit", place.visit)


def test_that_days_open_count_until_the_closing(
    open_as: Open, place: Place, clock: FixedClock
) -> None:
    query_id = ask_weight(open_as("monitor"), place)
    clock.instant += timedelta(days=12, hours=3)
    monitor = open_as("monitor")
    assert queries(monitor)[0].days_open == 12
    close(monitor, query_id, "Fine.")
    clock.instant += timedelta(days=30)
    assert queries(monitor, states=None)[0].days_open == 12


def test_that_an_annotation_waits_for_nobody(open_as: Open, place: Place) -> None:
    nurse = open_as("nurse")
    ask(nurse, "Weighed with shoes.", patient_id=place.patient_id, kind=Kind.ANNOTATION)
    assert queries(nurse) == ()
    (note,) = queries(nurse, states=None)
    assert (note.kind, note.state, note.form) == (Kind.ANNOTATION, "closed", "")


def test_that_a_query_is_given_to_a_known_person_only(open_as: Open, place: Place) -> None:
    monitor = open_as("monitor")
    query_id = ask_weight(monitor, place)
    with pytest.raises(InputError, match="no account nobody"):
        assign(monitor, query_id, "nobody")
    assign(monitor, query_id, "doctor", "A medical question.")
    assert [one.id for one in queries(monitor, assigned_to="doctor")] == [query_id]
    assert queries(monitor, assigned_to="nurse") == ()


def test_that_missing_required_items_raise_one_query_which_closes_itself(
    nurse: StudySession, place: Place
) -> None:
    event = enter_event(nurse, place.patient_id)
    (query,) = queries(nurse)
    assert (query.record_id, query.kind) == (event.id, Kind.FAILED_CHECK)
    assert query.items == ("grade", "related_msc", "outcome")
    amend(nurse, place.patient_id, event.id, grade=2)
    assert [one.state for one in queries(nurse)] == ["new"]
    amend(nurse, place.patient_id, event.id, related_msc="UNLIKELY", outcome="RECOVERED")
    assert queries(nurse) == ()
    (closed,) = queries(nurse, states=None)
    assert [one.action for one in thread(nurse, closed.id)] == ["query raised", "query closed"]


def test_that_nobody_closes_a_checks_query_by_hand(
    open_as: Open, nurse: StudySession, place: Place
) -> None:
    enter_event(nurse, place.patient_id)
    monitor = open_as("monitor")
    (query,) = queries(monitor)
    with pytest.raises(RefusedError, match="closes it itself"):
        close(monitor, query.id, "Never mind.")


def test_that_an_unexpected_value_saved_with_its_justification_raises_no_query(
    nurse: StudySession, place: Place
) -> None:
    tall = VitalSigns(weight_kg=50, temperature_c=41)
    with pytest.raises(CheckFailed):
        save(nurse, [RecordDraft(tall, place.patient_id, place.visit)])
    justified = {"temperature_c": "Measured twice"}
    save(nurse, [RecordDraft(tall, place.patient_id, place.visit, justified=justified)])
    assert queries(nurse, states=None) == ()


def test_that_checks_of_stored_data_ask_about_what_an_import_brought(
    open_as: Open, place: Place
) -> None:
    manager = open_as("manager")
    hot = RecordDraft(VitalSigns(weight_kg=50, temperature_c=41), place.patient_id, place.visit)
    import_records(manager, [ImportBatch(records=[hot])], reason="file")
    assert queries(manager) == ()
    assert run_checks(manager).patient_ids == {place.patient_id}
    (query,) = queries(manager)
    assert (query.form, query.item, query.kind) == ("VS", "temperature_c", Kind.FAILED_CHECK)
    assert not run_checks(manager)
    nurse = open_as("nurse")
    amend(nurse, place.patient_id, query.record_id, temperature_c=37.2)
    assert queries(nurse) == ()


def test_that_queries_about_names_are_read_by_the_site_alone(
    open_as: Open, nurse: StudySession, place: Place
) -> None:
    identity = save(nurse, [RecordDraft(Identity(full_name="Wang Fang"), place.patient_id)])
    text = "Is Wang Fang the name on the card?"
    record_id = identity.records[0].id
    query_id, _ = ask(nurse, text, patient_id=place.patient_id, record_id=record_id)
    assert len(queries(nurse)) == 1
    monitor = open_as("monitor")
    assert queries(monitor) == ()
    with pytest.raises(InputError, match="no such query"):
        thread(monitor, query_id)
    with pytest.raises(InputError, match="no such record"):
        ask(monitor, "Name?", patient_id=place.patient_id, record_id=record_id)
    assert "Wang" not in repr(audit.entries(monitor, limit=None))


def test_that_a_thread_stands_in_the_audit_trail_and_nowhere_else(
    open_as: Open, place: Place
) -> None:
    monitor = open_as("monitor")
    query_id = ask_weight(monitor, place)
    (entry,) = audit.entries(monitor, action="query raised", record_id=place.vitals)
    assert (entry.item, entry.new) == ("weight_kg", "new")
    assert entry.reason == "The chart says 55 kg. Please check."
    with monitor.store.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM query").mappings().all()
    assert "chart" not in str(dict(row))
    assert row["id"] == query_id


def test_that_what_the_checks_say_in_threads_has_chinese() -> None:
    zh = translator("zh")
    assert [one for one in reviewing.SENTENCES if not zh.knows(one)] == []
