"""What lists tell of a patient is kept with the results, and completed by today's date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.services import audit
from lnmonitor.services.patients import list_patients, patient_data
from lnmonitor.services.records import RecordDraft, save, void
from lnmonitor.services.session import StudySession
from lnmonitor.services.verify import verify
from lnmonitor.storage import summaries as store
from lnmonitor.storage.summaries import StoredSummary
from lnmonitor.study.forms import (
    AdverseEvent,
    Disposition,
    Infusion,
    Sledai2K,
    Visit,
)
from lnmonitor.study.schedule import VisitState, awaited, schedule, start_of, visits_of

Open = Callable[..., StudySession]
INFUSION = Infusion(
    number=1,
    weight_kg=50,
    viable_cells=50,
    started_at="2026-01-20T10:00",
    stopped_at="2026-01-20T10:40",
)


def kept(session: StudySession, patient_id: str) -> StoredSummary:
    with session.store.read() as connection:
        found = store.summary(connection, patient_id)
    assert found is not None
    return found


def alter(session: StudySession, statement: str) -> None:
    with session.store.write() as connection:
        connection.exec_driver_sql(statement)
    session.cache.clear()


def follow(nurse: StudySession, patient_id: str) -> str:
    """Enter an infusion and a visit with a SLEDAI; return the visit's id."""
    save(nurse, [RecordDraft(INFUSION, patient_id)])
    visit = Visit(visit_code="M1", visit_date="2026-02-19", status="DONE")
    visit_id = save(nurse, [RecordDraft(visit, patient_id)]).records[0].id
    save(nurse, [RecordDraft(Sledai2K(rash="Y"), patient_id, visit_id)])
    return visit_id


def test_that_a_summary_has_the_calendar_that_the_records_give(
    nurse: StudySession, patient_id: str
) -> None:
    visit_id = follow(nurse, patient_id)
    (found,) = list_patients(nurse)
    data = patient_data(nurse, patient_id)
    planned = schedule(nurse.protocol, data, nurse.today)
    assert [(one.planned.code, one.state, one.days) for one in found.schedule] == [
        (one.planned.code, one.state, one.days) for one in planned
    ]
    assert [one.visit.id for one in found.schedule if one.visit] == [visit_id]
    assert found.next_visit is not None
    assert found.next_visit.state is VisitState.OVERDUE
    waiting = {VisitState.OVERDUE, VisitState.DUE, VisitState.OPENING, VisitState.FUTURE}
    assert found.awaited == tuple(one for one in planned if one.state in waiting)


@pytest.mark.parametrize("status", ["COMPLETED", "DEATH"])
def test_that_nothing_is_awaited_of_who_completed_and_little_of_who_left(
    nurse: StudySession, patient_id: str, status: str
) -> None:
    follow(nurse, patient_id)
    ending = Disposition(status=status, occurred_on="2026-04-01")
    save(nurse, [RecordDraft(ending, patient_id)])
    data = patient_data(nurse, patient_id)
    planned = schedule(nurse.protocol, data, nurse.today)
    over = {VisitState.DONE, VisitState.MISSED, VisitState.NOT_NEEDED}
    assert awaited(nurse.protocol, start_of(data), visits_of(data), nurse.today) == tuple(
        one for one in planned if one.state not in over
    )


def test_that_what_depends_on_today_is_not_kept(
    nurse: StudySession, patient_id: str, clock: FixedClock
) -> None:
    follow(nurse, patient_id)
    before = kept(nurse, patient_id)
    (found,) = list_patients(nurse)
    clock.instant += timedelta(days=100)
    (later,) = list_patients(nurse)
    assert found.day is not None
    assert later.day == found.day + 100
    states = [[one.state for one in each.awaited] for each in (found, later)]
    assert states[0].count(VisitState.OVERDUE) < states[1].count(VisitState.OVERDUE)
    assert (found.age, later.age) == (34, 35)  # born in August 1991
    assert kept(nurse, patient_id) == before


def test_that_a_summary_is_traced_to_rules_and_the_instant_it_changed(
    nurse: StudySession, patient_id: str, clock: FixedClock
) -> None:
    follow(nurse, patient_id)
    first = kept(nurse, patient_id)
    assert '"sledai-2k":' in first.rules
    assert first.at == audit.entries(nurse, limit=1)[0].at
    clock.instant += timedelta(hours=1)
    event = AdverseEvent(term="Cough", start="2026-03", grade=1, serious="N")
    saved = save(nurse, [RecordDraft(event, patient_id)]).records[0]
    assert kept(nurse, patient_id) == first, "what stays the same is not written"
    void(nurse, saved.id, "Entered twice")
    clock.instant += timedelta(hours=1)
    save(nurse, [RecordDraft(Disposition(status="DEATH", occurred_on="2026-05-01"), patient_id)])
    last = kept(nurse, patient_id)
    assert last.at > first.at
    assert last.line != first.line


@pytest.mark.parametrize(
    "column",
    ["line = replace(line, '\"2-', '\"3-')", "details = '[]'", "rules = '{}'", "version = 7"],
)
def test_that_an_altered_summary_is_found(
    nurse: StudySession, patient_id: str, column: str
) -> None:
    follow(nurse, patient_id)
    assert "2-" in kept(nurse, patient_id).line
    assert verify(nurse).intact
    alter(nurse, f"UPDATE summary SET {column}")  # noqa: S608
    assert not verify(nurse).intact


def test_that_a_summary_that_is_gone_is_found(nurse: StudySession, patient_id: str) -> None:
    alter(nurse, "DELETE FROM summary")
    assert not verify(nurse).intact


def test_that_missing_summaries_are_kept_at_the_next_opening(
    nurse: StudySession, patient_id: str, open_as: Open
) -> None:
    follow(nurse, patient_id)
    before = kept(nurse, patient_id)
    listed = list_patients(nurse)
    alter(nurse, "DELETE FROM summary")
    again = open_as("nurse")
    assert kept(again, patient_id)[:-1] == before[:-1]
    assert list_patients(again) == listed
    (entry,) = audit.entries(again, action="summaries kept")
    assert entry.new == "1"
    assert verify(again).intact
    again = open_as("nurse")
    assert len(audit.entries(again, action="summaries kept")) == 1


def test_that_a_summary_that_is_not_kept_is_derived_for_the_list(
    nurse: StudySession, patient_id: str
) -> None:
    follow(nurse, patient_id)
    listed = list_patients(nurse)
    alter(nurse, "UPDATE summary SET version = 0, line = 'of another form'")
    assert list_patients(nurse) == listed


def test_that_a_failed_save_leaves_the_summary(nurse: StudySession, patient_id: str) -> None:
    follow(nurse, patient_id)
    before = kept(nurse, patient_id)

    def fail() -> None:
        with nurse.work(reason="broken") as work:
            store.put(work.connection, [before._replace(line="[]")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert kept(nurse, patient_id) == before
