"""Reading the audit trail: filters, pages, tables, reviews of it, and what is hidden in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.services.review_study import Open, Place, amend, enter_visit

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError, PermissionDeniedError
from lnmonitor.services import audit
from lnmonitor.services.audit import HIDDEN, AuditFilter
from lnmonitor.services.patients import add_patient
from lnmonitor.services.queries import ask, queries, thread
from lnmonitor.services.records import RecordDraft, history, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.verify import verify
from lnmonitor.storage import audit_reading
from lnmonitor.storage import repositories as repo
from lnmonitor.study.forms import Demographics, Identity


@pytest.fixture
def place(nurse: StudySession, patient_id: str, clock: FixedClock) -> Place:
    """A visit whose weight was corrected a day later, and a second patient."""
    entered = enter_visit(nurse, patient_id)
    clock.instant += timedelta(days=1)
    amend(nurse, patient_id, entered.vitals, weight_kg=55)
    add_patient(nurse, "01-002", Demographics(sex="M", consent_date="2026-01-11"))
    return entered


def test_that_every_filter_chooses_what_it_names(open_as: Open, place: Place) -> None:
    session = open_as("manager")
    everything = audit.page(session).entries

    def chosen(wanted: AuditFilter) -> set[int]:
        return {one.sequence for one in audit.page(session, wanted).entries}

    for name, value in (
        ("patient_id", place.patient_id),
        ("visit_id", place.visit),
        ("form", "VS"),
        ("record_id", place.vitals),
        ("item", "weight_kg"),
        ("account", "nurse"),
        ("action", "amend"),
    ):
        wanted = {one.sequence for one in everything if getattr(one, name) == value}
        assert 0 < len(wanted) < len(everything), name
        assert chosen(AuditFilter(**{name: value})) == wanted, name
    both = AuditFilter(patient_id=place.patient_id, account="admin")
    assert chosen(both) == set()


def test_that_a_period_includes_its_ends(open_as: Open, place: Place) -> None:
    session = open_as("manager")
    first, second = "2026-05-12T01:41:52.000Z", "2026-05-13T01:41:52.000Z"
    corrected = audit.page(session, AuditFilter(since=second, until=second)).entries
    assert "amend" in {one.action for one in corrected}
    assert {one.at for one in corrected} == {second}
    assert {one.at for one in audit.page(session, AuditFilter(until=first)).entries} == {first}
    assert not audit.page(session, AuditFilter(since="2026-05-13T01:41:52.001Z")).entries


def test_that_pages_together_give_every_entry_once(open_as: Open, place: Place) -> None:
    session = open_as("manager")
    seen: list[int] = []
    before = None
    while True:
        page = audit.page(session, before=before, size=7)
        assert page.total == audit.head(session)[0]
        seen += [one.sequence for one in page.entries]
        before = page.before
        if before is None:
            break
    assert seen == list(range(page.total, 0, -1))


def test_that_the_trail_comes_as_a_table_with_all_columns(open_as: Open, place: Place) -> None:
    session = open_as("manager")
    table = audit.table(session, AuditFilter(action="amend"))
    (row,) = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert (row["item"], row["old"], row["new"]) == ("weight_kg", "50.0", "55.0")
    assert (row["reason"], row["account"], row["full_name"]) == (
        "Source corrected", "nurse", "Li Wen",
    )  # fmt: skip
    assert (row["utc_offset"], row["zone"]) == ("+08:00", "Asia/Shanghai")
    created = audit.table(session, AuditFilter(record_id=place.vitals, action="create"))
    assert (
        '"weight_kg":50.0' in dict(zip(created.columns, next(created.rows), strict=True))["values"]
    )


def test_that_identity_is_in_no_page_count_or_table_of_others(
    open_as: Open, nurse: StudySession, place: Place
) -> None:
    save(nurse, [RecordDraft(Identity(full_name="Wang Fang"), place.patient_id)])
    assert "Wang Fang" in repr(audit.page(nurse))
    monitor = open_as("monitor")
    page = audit.page(monitor)
    assert page.total == audit.head(monitor)[0] - 1
    assert "Wang Fang" not in repr(page) + repr(list(audit.table(monitor).rows))


def test_that_a_review_of_the_trail_is_recorded_with_scope_and_result(
    open_as: Open, place: Place
) -> None:
    monitor = open_as("monitor")
    scope = AuditFilter(patient_id=place.patient_id, since="2026-05-12")
    with pytest.raises(InputError, match="needs words"):
        audit.record_review(monitor, scope, "finding", " ")
    head = audit.head(monitor)[0]
    audit.record_review(monitor, scope, "finding", "Weight corrected without the chart.")
    (review,) = audit.trail_reviews(monitor)
    assert (review.full_name, review.role, review.result) == ("Ana Ruiz", "monitor", "finding")
    assert review.scope == {"patient_id": place.patient_id, "since": "2026-05-12"}
    assert (review.entries, review.up_to) == (audit.page(monitor, scope).total - 1, head)
    assert review.comment == "Weight corrected without the chart."
    with pytest.raises(PermissionDeniedError):
        audit.record_review(open_as("nurse"), scope, "no finding", "")


def test_that_personal_data_in_the_trail_are_hidden_with_a_justification(
    open_as: Open, nurse: StudySession, place: Place
) -> None:
    text = "Wang Fang was weighed twice"
    query_id, _ = ask(nurse, text, patient_id=place.patient_id, record_id=place.vitals)
    (raised,) = audit.entries(nurse, action="query raised")
    (amended,) = audit.entries(nurse, action="amend")
    with pytest.raises(PermissionDeniedError):
        audit.redact(nurse, raised.sequence, "Names the patient")
    manager = open_as("manager")
    with pytest.raises(InputError, match="with a justification only"):
        audit.redact(manager, raised.sequence, " ")
    with pytest.raises(InputError, match="no such entry"):
        audit.redact(manager, 10_000, "Names the patient")
    for entry in (raised, amended):
        audit.redact(manager, entry.sequence, "Names the patient")
    with pytest.raises(InputError, match="hidden already"):
        audit.redact(manager, raised.sequence, "Names the patient")
    told = audit.entries(manager, action="redacted", limit=None)
    assert [(one.item, one.reason, one.account) for one in told] == [
        (str(raised.sequence), "Names the patient", "manager"),
        (str(amended.sequence), "Names the patient", "manager"),
    ]
    with pytest.raises(InputError, match="cannot be hidden"):
        audit.redact(manager, told[0].sequence, "To hide the hiding")
    nurse = open_as("nurse")
    everything = (
        repr(audit.entries(nurse, limit=None))
        + repr(audit.page(nurse, size=1000))
        + repr(list(audit.table(nurse).rows))
        + repr(thread(nurse, query_id))
        + repr(queries(nurse))
    )
    assert "Wang Fang" not in everything
    assert [one.old for one in history(nurse, place.vitals, "weight_kg")] == ["", HIDDEN]
    assert verify(nurse).intact


def test_that_the_trail_has_no_switch(open_as: Open, place: Place) -> None:
    """Whoever saves, whatever is set in the study's facts: the entry is there."""
    nurse = open_as("nurse")
    with nurse.store.write() as connection:
        facts = dict.fromkeys((*repo.meta(connection), "audit", "trail"), "off")
        facts.pop("audit_head")
        repo.set_meta(connection, {**facts, "protocol": "ln-msc-01"})
    before = audit.head(nurse)[0]
    amend(nurse, place.patient_id, place.vitals, weight_kg=56)
    assert audit.head(nurse)[0] == before + 1
    assert not hasattr(audit_reading.AuditFilter, "write")
