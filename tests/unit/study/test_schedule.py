"""The one due function: window edges by day, and every state a visit can have."""

from __future__ import annotations

from datetime import date

import pytest

from lnmonitor.study.forms import Disposition, Visit
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData
from lnmonitor.study.schedule import (
    ScheduledVisit,
    VisitState,
    day0,
    day_number,
    next_visit,
    schedule,
)

# Infusion on 2024-03-12: M3 is day 91, 2024-06-11, window 2024-05-28 to 2024-06-25.
M3_OPENS, M3_CLOSES = date(2024, 5, 28), date(2024, 6, 25)


def of(protocol: Protocol, data: PatientData, today: date, code: str) -> ScheduledVisit:
    return next(v for v in schedule(protocol, data, today) if v.planned.code == code)


def test_that_target_and_window_are_counted_from_the_infusion(protocol, patient) -> None:
    m3 = of(protocol, patient(), date(2024, 3, 12), "M3")
    assert (m3.target, m3.opens, m3.closes) == (date(2024, 6, 11), M3_OPENS, M3_CLOSES)


@pytest.mark.parametrize(
    ("today", "state", "days"),
    [
        (date(2024, 5, 13), VisitState.FUTURE, 15),
        (date(2024, 5, 14), VisitState.OPENING, 14),
        (date(2024, 5, 27), VisitState.OPENING, 1),
        (M3_OPENS, VisitState.DUE, 28),
        (M3_CLOSES, VisitState.DUE, 0),
        (date(2024, 6, 26), VisitState.OVERDUE, 1),
    ],
)
def test_that_an_awaited_visit_changes_state_on_the_day(
    protocol, patient, today, state, days
) -> None:
    m3 = of(protocol, patient(), today, "M3")
    assert (m3.state, m3.days) == (state, days)


@pytest.mark.parametrize(
    ("on", "state", "days"),
    [
        ("2024-05-27", VisitState.EARLY, 1),
        ("2024-05-28", VisitState.DONE, 0),
        ("2024-06-25", VisitState.DONE, 0),
        ("2024-06-26", VisitState.LATE, 1),
    ],
)
def test_that_a_visit_is_in_its_window_up_to_both_edges(protocol, patient, on, state, days) -> None:
    data = patient(Visit(visit_code="M3", visit_date=on, status="DONE"))
    m3 = of(protocol, data, date(2024, 12, 1), "M3")
    assert (m3.state, m3.days) == (state, days)
    assert m3.visit is not None


def test_that_a_missed_visit_is_not_overdue(protocol, patient) -> None:
    data = patient(Visit(visit_code="M3", visit_date="2024-06-11", status="MISSED"))
    assert of(protocol, data, date(2024, 12, 1), "M3").state is VisitState.MISSED


def test_that_an_optional_visit_left_out_is_never_overdue(protocol, patient) -> None:
    assert of(protocol, patient(), date(2025, 6, 1), "M9").state is VisitState.NOT_NEEDED
    assert of(protocol, patient(), date(2025, 6, 1), "M6").state is VisitState.OVERDUE


def test_that_nothing_is_due_after_leaving(protocol, patient) -> None:
    data = patient(Disposition(status="WITHDRAWAL BY SUBJECT", occurred_on="2024-06-25"))
    assert of(protocol, data, date(2024, 12, 1), "M3").state is VisitState.NOT_NEEDED
    assert of(protocol, data, date(2024, 12, 1), "M1").state is VisitState.OVERDUE


def test_that_a_visit_whose_window_closed_before_leaving_stays_overdue(protocol, patient) -> None:
    data = patient(Disposition(status="DEATH", occurred_on="2024-06-26"))
    assert of(protocol, data, date(2024, 12, 1), "M3").state is VisitState.OVERDUE


def test_that_after_completion_nothing_is_due_and_what_is_absent_shows_as_missed(
    protocol, patient
) -> None:
    data = patient(Disposition(status="COMPLETED", occurred_on="2024-05-01"))
    assert of(protocol, data, M3_OPENS, "M3").state is VisitState.NOT_NEEDED
    assert of(protocol, data, date(2024, 6, 26), "M3").state is VisitState.MISSED
    assert next_visit(schedule(protocol, data, date(2026, 1, 1))) is None


def test_that_before_the_infusion_only_screening_is_due(protocol, patient) -> None:
    states = {v.planned.code: v.state for v in schedule(protocol, patient(infused=False), M3_OPENS)}
    assert states.pop("SCR") is VisitState.DUE
    assert set(states.values()) == {VisitState.FUTURE}


def test_that_the_day_of_infusion_is_day_0_and_the_day_before_is_minus_1(patient) -> None:
    zero = day0(patient())
    assert zero == date(2024, 3, 12)
    assert (day_number(zero, zero), day_number(zero, date(2024, 3, 11))) == (0, -1)


def test_that_the_next_visit_is_the_first_still_open(protocol, patient) -> None:
    done = [
        Visit(visit_code=code, visit_date=on, status="DONE")
        for code, on in (("SCR", "2024-03-04"), ("D0", "2024-03-12"), ("D1", "2024-03-13"))
    ]
    found = next_visit(schedule(protocol, patient(*done), date(2024, 3, 20)))
    assert found is not None
    assert (found.planned.code, found.state) == ("M1", VisitState.FUTURE)
