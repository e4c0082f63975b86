"""What lists, binders and live scores show, and what becomes of flags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from lnmonitor.analysis.course import Course, Flag
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth
from lnmonitor.clock import FixedClock
from lnmonitor.errors import ConflictError, InputError
from lnmonitor.language import Text
from lnmonitor.services import audit, derive
from lnmonitor.services.flags import acknowledge, dismiss, flags
from lnmonitor.services.patients import (
    course,
    find_patient,
    list_patients,
    patient_data,
    story,
)
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.visits import live, visit_binder
from lnmonitor.services.worklist import worklist
from lnmonitor.study.forms import (
    AdverseEvent,
    Disposition,
    Infusion,
    LabResult,
    Sledai2K,
    Visit,
    VitalSigns,
)
from lnmonitor.study.schedule import VisitState

Open = Callable[[str], StudySession]
INFUSION = Infusion(
    number=1,
    cell_source="UC",
    weight_kg=50,
    viable_cells=50,
    viability_percent=95,
    started_at="2026-01-20T10:00",
    stopped_at="2026-01-20T10:40",
)


def add_visit(session: StudySession, patient_id: str, code: str, date: str) -> str:
    visit = Visit(visit_code=code, visit_date=date, status="DONE")
    return save(session, [RecordDraft(visit, patient_id)]).records[0].id


def test_that_a_summary_follows_the_patient(
    nurse: StudySession, patient_id: str, clock: FixedClock
) -> None:
    (before,) = list_patients(nurse)
    assert (before.subject_id, before.status_code, before.day) == ("01-001", "SCREENING", None)
    assert (before.sex, before.age, before.site) == ("F", 34, "01")
    save(nurse, [RecordDraft(INFUSION, patient_id)])
    m1 = add_visit(nurse, patient_id, "M1", "2026-02-19")
    save(nurse, [RecordDraft(Sledai2K(rash="Y"), patient_id, m1)])
    (now,) = list_patients(nurse)
    # 2026-01-20 to 2026-05-12 are 112 days; M3 (91 ± 14 days) closed on day 105.
    assert (now.infused_on, now.day, now.status_code) == ("2026-01-20", 112, "FOLLOW-UP")
    assert now.last_visit is not None
    assert (now.last_visit.code, now.last_visit.day) == ("M1", 30)
    states = {one.planned.code: one for one in now.schedule}
    assert states["M1"].state is VisitState.DONE
    assert (states["M3"].state, states["M3"].days) == (VisitState.OVERDUE, 7)
    assert now.last_sledai.startswith("2-")
    clock.instant += timedelta(days=1)
    assert list_patients(nurse)[0].day == 113
    save(nurse, [RecordDraft(Disposition(status="DEATH", occurred_on="2026-05-01"), patient_id)])
    (dead,) = list_patients(nurse)
    assert (dead.status_code, dead.status.en) == ("DEATH", "Death")
    assert {one.planned.code: one for one in dead.schedule}["M6"].state is VisitState.NOT_NEEDED


def test_that_a_patient_is_found_by_number(nurse: StudySession, patient_id: str) -> None:
    assert find_patient(nurse, " 01-001 ") == patient_id
    with pytest.raises(InputError, match="no patient 01-002"):
        find_patient(nurse, "01-002")
    with pytest.raises(InputError, match="no such patient"):
        patient_data(nurse, "unknown")


def test_that_course_and_story_are_of_the_stored_records(
    nurse: StudySession, patient_id: str
) -> None:
    save(nurse, [RecordDraft(INFUSION, patient_id)])
    visit_id = add_visit(nurse, patient_id, "M1", "2026-02-19")
    lab = LabResult(analyte="CREAT", value=80, unit="umol/L", collected_on="2026-02-19")
    save(nurse, [RecordDraft(lab, patient_id, visit_id)])
    first = course(nurse, patient_id)
    assert first is course(nurse, patient_id)
    assert first.day0 == "2026-01-20"
    (visit,) = first.visits
    assert (visit.day, visit.labs["CREAT"].value) == (30, 80.0)
    assert story(nurse, patient_id).subject_id == "01-001"
    nurse.cache.clear()
    assert course(nurse, patient_id) == first


def test_that_a_binder_shows_what_is_expected_there_and_before(
    nurse: StudySession, patient_id: str
) -> None:
    save(nurse, [RecordDraft(INFUSION, patient_id)])
    m1 = add_visit(nurse, patient_id, "M1", "2026-02-19")
    save(nurse, [RecordDraft(VitalSigns(weight_kg=51), patient_id, m1)])
    binder = visit_binder(nurse, patient_id, "M3")
    assert binder.visit is None
    assert binder.expected == ("SV", "VS", "LB", "SLEDAI", "BILAG", "PGA")
    assert (binder.forms_done, binder.records) == (0, {})
    assert binder.previous_visit is not None
    assert binder.previous_visit.id == m1
    assert binder.previous["VS"][0].form == VitalSigns(weight_kg=51)
    assert binder.scheduled is not None
    assert binder.scheduled.state is VisitState.OVERDUE
    same = visit_binder(nurse, patient_id, m1)
    assert same == visit_binder(nurse, patient_id, "M1")
    assert (same.forms_done, same.previous_visit) == (2, None)
    assert visit_binder(nurse, patient_id, "SCR").records["DM"]
    with pytest.raises(InputError, match="no visit X"):
        visit_binder(nurse, patient_id, "X")


def test_that_live_scores_are_those_of_a_save_and_write_nothing(
    nurse: StudySession, patient_id: str
) -> None:
    save(nurse, [RecordDraft(INFUSION, patient_id)])
    visit_id = nurse.new_id()
    drafts = [
        RecordDraft(
            Visit(visit_code="M1", visit_date="2026-02-19", status="DONE"),
            patient_id,
            record_id=visit_id,
        ),
        RecordDraft(Sledai2K(rash="Y"), patient_id, visit_id),
        RecordDraft(VitalSigns(weight_kg=900), patient_id, visit_id),
    ]
    before = audit.head(nurse)
    scores = live(nurse, patient_id, visit_id, drafts)
    assert audit.head(nurse) == before
    assert [one.item for one in scores.by_draft[2]] == ["weight_kg"]
    save(nurse, drafts[:2])
    assert scores.assessment is not None
    assert (
        scores.assessment.outcomes["sledai"]
        == course(nurse, patient_id).visits[0].outcomes["sledai"]
    )


def test_that_the_worklist_groups_visits_and_names_what_is_missing(
    nurse: StudySession, patient_id: str, clock: FixedClock
) -> None:
    save(nurse, [RecordDraft(INFUSION, patient_id)])
    clock.instant -= timedelta(days=30)  # day 82, inside the window of M3
    due = {row.scheduled.planned.code: row for row in worklist(nurse).due}
    assert (due["M3"].forms_done, due["M3"].forms_total, due["M3"].to_do) == (0, 6, Text("", ""))
    m3 = add_visit(nurse, patient_id, "M3", "2026-04-12")
    for form in (VitalSigns(weight_kg=50), Sledai2K(rash="N")):
        save(nurse, [RecordDraft(form, patient_id, m3)])
    (row,) = [one for one in worklist(nurse).due if one.scheduled.planned.code == "M3"]
    assert (row.forms_done, row.forms_total) == (3, 6)
    assert row.to_do.en == "Laboratory, BILAG-2004, Physician's global assessment"
    clock.instant += timedelta(days=30)
    assert [one.scheduled.planned.code for one in worklist(nurse).incomplete] == ["M3"]


def test_that_serious_events_run_against_the_clock(nurse: StudySession, patient_id: str) -> None:
    event = AdverseEvent(
        term="Sepsis",
        grade=4,
        start="2026-05-10",
        serious="Y",
        life_threatening="Y",
        related_msc="UNLIKELY",
        outcome="NOTRECOVERED",
        aware_at="2026-05-11T16:05",
    )
    save(nurse, [RecordDraft(event, patient_id, justified={"": "-", "reported_at": "-"})])
    (serious,) = worklist(nurse).serious
    assert (serious.subject_id, serious.term, serious.grade) == ("01-001", "Sepsis", 4)
    assert serious.due_at == "2026-05-12T16:05"
    # 09:41 to 16:05 are 6 hours and 24 minutes.
    assert serious.hours_left == pytest.approx(6.4)


# --- flags, with an evaluation that says what the test wants -------------------------------------

FLAG = Flag(
    identity="flare:1",
    kind="flare",
    title=Text("Renal flare: suspected", "疑似肾脏复发"),
    rule=Rule(
        "flare-renal", "1", (Citation("Somebody", "J", 2012, "10.1/x", True),), True, {"x": 1}
    ),
    reasons=(Reason("upcr", Truth.YES, {"value": 1.2, "limit": 1.0}),),
    severity="warn",
    date="2026-04-12",
    day=82,
    visit_id="v",
    record_ids=("r1", "r2"),
)


@pytest.fixture
def raise_flags(
    nurse: StudySession, patient_id: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Save something while the evaluation gives just these flags."""

    def evaluate_to(*raised: Flag) -> None:
        found = Course(patient_id, "01-001", None, flags=raised)
        monkeypatch.setattr(derive, "evaluate", lambda *_args, **_options: found)
        event = Disposition(status="OTHER", occurred_on="2026-03-01")
        save(nurse, [RecordDraft(event, patient_id)])

    return evaluate_to


def test_that_a_flag_comes_back_as_it_was_raised(
    nurse: StudySession, raise_flags: Callable[..., None]
) -> None:
    raise_flags(FLAG)
    (view,) = flags(nurse)
    assert view.flag == FLAG
    assert (view.state, view.subject_id) == ("open", "01-001")
    assert list_patients(nurse)[0].open_flags == 1
    (entry,) = audit.entries(nurse, action="flag raised")
    assert (entry.item, entry.new, entry.source) == ("flare:1", FLAG.title.en, "derived")


def test_that_an_acknowledgement_survives_recomputation_and_ends_with_the_evidence(
    nurse: StudySession, raise_flags: Callable[..., None]
) -> None:
    raise_flags(FLAG)
    acknowledge(nurse, "flare:1", "sample ordered")
    raise_flags(replace(FLAG, severity="serious"))
    assert flags(nurse) == ()
    (view,) = flags(nurse, include_closed=True)
    assert (view.state, view.by, view.comment) == ("acknowledged", "nurse", "sample ordered")
    assert view.flag.severity == "serious"
    raise_flags()
    (gone,) = flags(nurse, include_closed=True)
    assert gone.state == "withdrawn"
    with pytest.raises(ConflictError, match="withdrawn"):
        acknowledge(nurse, "flare:1")
    raise_flags(FLAG)
    assert [one.state for one in flags(nurse)] == ["open"]
    said = [one.action for one in audit.entries(nurse, item="flare:1", limit=None)]
    assert said == ["flag raised", "flag acknowledged", "flag withdrawn", "flag raised"]


def test_that_a_flag_is_dismissed_with_a_reason_only(
    open_as: Open, raise_flags: Callable[..., None]
) -> None:
    raise_flags(FLAG)
    doctor = open_as("doctor")
    with pytest.raises(InputError, match="reason"):
        dismiss(doctor, "flare:1", "  ")
    dismiss(doctor, "flare:1", "menstruation")
    (view,) = flags(doctor, include_closed=True)
    assert (view.state, view.by, view.comment) == ("dismissed", "doctor", "menstruation")
    (entry,) = audit.entries(doctor, action="flag dismissed")
    assert (entry.old, entry.new, entry.reason) == ("open", "dismissed", "menstruation")
    with pytest.raises(InputError, match="no such flag"):
        dismiss(doctor, "other", "because")
