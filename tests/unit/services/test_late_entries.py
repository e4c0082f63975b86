"""Which records were entered late, by how much, and which never count as late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.services import records
from lnmonitor.services.late_entries import late_entries
from lnmonitor.services.records import RecordDraft
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import AdverseEvent, Visit, VitalSigns
from lnmonitor.study.items import Form

# The clock of these tests: 2026-05-12 09:41 in Shanghai, 01:41 in UTC.


def save(session: StudySession, patient_id: str, form: Form, visit_id: str | None = None) -> str:
    saved = records.save(session, [RecordDraft(form, patient_id, visit_id=visit_id)])
    return saved.records[0].id


@pytest.fixture(autouse=True)
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lnmonitor.services.saving.findings_of", lambda *_: ())


def visit(on: str) -> Visit:
    return Visit(visit_code="UNS", visit_date=on, status="DONE")


@pytest.mark.parametrize(("on", "days"), [("2026-05-04", 8), ("2026-03-12", 61)])
def test_that_a_visit_entered_after_the_tolerance_is_late(
    nurse: StudySession, patient_id: str, on: str, days: int
) -> None:
    saved = save(nurse, patient_id, visit(on))
    late = {one.record_id: one for one in late_entries(nurse, patient_id)}
    assert (late[saved].days, late[saved].event, late[saved].tolerance) == (days, on, 7)
    assert late[saved].entered_at.startswith("2026-05-12T01:41")
    assert (late[saved].utc_offset, late[saved].entered_by) == ("+08:00", "nurse")


@pytest.mark.parametrize("on", ["2026-05-05", "2026-05-12"])
def test_that_the_last_day_of_the_tolerance_is_not_late(
    nurse: StudySession, patient_id: str, on: str
) -> None:
    saved = save(nurse, patient_id, visit(on))
    assert saved not in {one.record_id for one in late_entries(nurse)}


def test_that_a_record_of_a_visit_has_the_date_of_the_visit(
    nurse: StudySession, patient_id: str
) -> None:
    visit_id = save(nurse, patient_id, visit("2026-04-01"))
    signs = save(nurse, patient_id, VitalSigns(systolic=120), visit_id)
    late = {one.record_id: one for one in late_entries(nurse, patient_id)}
    assert (late[signs].days, late[signs].visit_code) == (41, "UNS")


def test_that_a_partial_date_counts_from_its_latest_day(
    nurse: StudySession, patient_id: str
) -> None:
    saved = save(nurse, patient_id, AdverseEvent(term="Fever", start="2026-04"))
    late = {one.record_id: one for one in late_entries(nurse, patient_id)}
    assert (late[saved].event, late[saved].counted_from, late[saved].days) == (
        "2026-04", "2026-04-30", 12,
    )  # fmt: skip


def test_that_what_was_before_the_consent_counts_from_the_consent(
    nurse: StudySession, patient_id: str
) -> None:
    saved = save(nurse, patient_id, AdverseEvent(term="Fever", start="2019"))
    late = {one.record_id: one for one in late_entries(nurse, patient_id)}
    # Consent on 2026-01-10: 122 days before 2026-05-12.
    assert (late[saved].counted_from, late[saved].days) == ("2026-01-10", 122)


def test_that_the_day_of_entry_is_the_local_one(
    nurse: StudySession, patient_id: str, clock: FixedClock
) -> None:
    # In UTC it is still the 5th: seven days after the 28th, which the tolerance allows.
    clock.instant = datetime(2026, 5, 6, 1, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    saved = save(nurse, patient_id, visit("2026-04-28"))
    late = {one.record_id: one.days for one in late_entries(nurse, patient_id)}
    assert late[saved] == 8


def test_that_a_later_correction_makes_nothing_late(
    nurse: StudySession, patient_id: str, clock: FixedClock
) -> None:
    saved = save(nurse, patient_id, visit("2026-05-12"))
    clock.instant = datetime(2026, 9, 12, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    change = RecordDraft(
        visit("2026-05-11"), patient_id, record_id=saved, row_version=1, reason="typing error"
    )
    records.save(nurse, [change])
    assert saved not in {one.record_id for one in late_entries(nurse, patient_id)}


def test_that_the_protocol_sets_the_tolerance(nurse: StudySession, patient_id: str) -> None:
    saved = save(nurse, patient_id, visit("2026-05-10"))
    assert saved not in {one.record_id for one in late_entries(nurse)}
    nurse.protocol = replace(nurse.protocol, late_entry_days=1)
    assert saved in {one.record_id for one in late_entries(nurse)}
