"""Which records were entered late, by how much, and which never count as late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.unit.services.conftest import Open

from lnmonitor.clock import FixedClock
from lnmonitor.language import Text
from lnmonitor.services import audit, records
from lnmonitor.services.late_entries import late_drafts, late_entries
from lnmonitor.services.records import RecordDraft
from lnmonitor.services.session import StudySession
from lnmonitor.study.checks import Finding
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


# ---- why


def test_that_the_reason_of_a_late_entry_is_kept_with_its_creation(
    nurse: StudySession, patient_id: str
) -> None:
    draft = RecordDraft(visit("2026-04-01"), patient_id, reason=" OTHER: flood ")
    saved = records.save(nurse, [draft]).records[0].id
    assert [one.reason for one in records.history(nurse, saved)] == ["OTHER: flood"]
    late = {one.record_id: one.reason for one in late_entries(nurse, patient_id)}
    assert late[saved] == "OTHER: flood"


def test_that_a_late_record_without_a_reason_is_saved_and_listed(
    nurse: StudySession, patient_id: str
) -> None:
    saved = save(nurse, patient_id, visit("2026-04-01"))
    late = {one.record_id: one.reason for one in late_entries(nurse, patient_id)}
    assert late[saved] == ""


def test_that_a_hidden_reason_is_not_told(
    nurse: StudySession, patient_id: str, open_as: Open
) -> None:
    draft = RecordDraft(visit("2026-04-01"), patient_id, reason="OTHER: asked Wang Li")
    saved = records.save(nurse, [draft]).records[0].id
    entry = records.history(nurse, saved)[0]
    manager = open_as("manager")
    audit.redact(manager, entry.sequence, "names a person")
    late = {one.record_id: one.reason for one in late_entries(manager, patient_id)}
    assert late[saved] == audit.HIDDEN


def test_that_drafts_are_late_exactly_when_their_records_would_be(
    nurse: StudySession, patient_id: str
) -> None:
    new_visit, timely = nurse.new_id(), nurse.new_id()
    drafts = [
        RecordDraft(visit("2026-05-04"), patient_id, record_id=new_visit),
        RecordDraft(VitalSigns(systolic=120), patient_id, visit_id=new_visit),
        RecordDraft(visit("2026-05-05"), patient_id, record_id=timely),
        RecordDraft(VitalSigns(systolic=130), patient_id, visit_id=timely),
        RecordDraft(AdverseEvent(term="Fever", start="2026-04"), patient_id),
        RecordDraft(AdverseEvent(term="Cough", start="2026-05"), patient_id),
        RecordDraft(AdverseEvent(term="Rash"), patient_id),
    ]
    asked = late_drafts(nurse, records.load(nurse, patient_id), drafts)
    assert [(one.draft, one.days) for one in asked] == [
        (drafts[0], 8), (drafts[1], 8), (drafts[4], 12),
    ]  # fmt: skip
    saved = records.save(nurse, drafts).records
    listed = {one.record_id for one in late_entries(nurse, patient_id)}
    wanted = [True, True, False, False, True, False, False]
    assert [one.id in listed for one in saved] == wanted


def test_that_a_change_of_a_saved_record_is_no_late_draft(
    nurse: StudySession, patient_id: str
) -> None:
    saved = save(nurse, patient_id, visit("2026-05-12"))
    change = RecordDraft(visit("2026-03-01"), patient_id, record_id=saved, row_version=1)
    signs = RecordDraft(VitalSigns(systolic=120), patient_id, visit_id=saved)
    asked = late_drafts(nurse, records.load(nurse, patient_id), [change, signs])
    assert [one.draft for one in asked] == [signs]


def test_that_a_deviation_raised_by_a_late_record_has_its_reason(
    nurse: StudySession, patient_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Text("Out of its window.", "超窗。")
    found = Finding("ask", "SV", "visit_date", text, "visit.window", deviation=True)
    monkeypatch.setattr("lnmonitor.services.saving.findings_of", lambda *_: (found,))
    draft = RecordDraft(
        visit("2026-04-01"), patient_id, justified={"visit_date": "snow"}, reason="PAPER"
    )
    records.save(nurse, [draft])
    late = late_entries(nurse, patient_id)
    assert {one.form: one.reason for one in late if one.form in {"SV", "DV"}} == {
        "SV": "PAPER",
        "DV": "PAPER",
    }
