"""Drafts: typed texts survive everything until they are saved or knowingly thrown away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError, PermissionDeniedError, StorageError
from lnmonitor.services import audit
from lnmonitor.services.journal import Place, discard, drafts, keep_draft, take
from lnmonitor.services.patients import add_patient, patient_data
from lnmonitor.services.records import CheckFailed, RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.study.forms import Demographics, Disposition, Visit, VitalSigns

Open = Callable[[str], StudySession]
PASSWORD = "cells per kg 1e6"


def test_that_a_draft_comes_back_as_typed_with_its_place_and_time(
    nurse: StudySession, open_as: Open, patient_id: str, clock: FixedClock
) -> None:
    place = Place(patient_id, "M3", "VS")
    keep_draft(nurse, place, {"weight_kg": "6"})
    clock.instant += timedelta(seconds=1)
    typed = {"weight_kg": "61,", "systolic": ""}
    instant = keep_draft(
        nurse, place, typed, missing={"spo2": "ND"}, focused="weight_kg", row_version=2
    )
    assert instant == "2026-05-12T01:41:53.000Z"
    (found,) = drafts(open_as("nurse"))
    assert (found.place, found.subject_id, found.visit) == (place, "01-001", "M3")
    assert (found.values, found.missing, found.aside) == (typed, {"spo2": "ND"}, {})
    assert (found.count, found.focused, found.row_version) == (3, "weight_kg", 2)
    assert found.form == VitalSigns.title
    assert found.local.isoformat() == "2026-05-12T09:41:53+08:00"


def test_that_any_text_comes_back_unchanged(nurse: StudySession, patient_id: str) -> None:
    place = Place(patient_id, "", "DS")
    strange = "=1+1\x00\n\ud83d '; DROP TABLE draft; -- 狼疮 \u202e<b>"
    keep_draft(nurse, place, {"comment": strange})
    assert drafts(nurse)[0].values == {"comment": strange}


def test_that_typing_leaves_no_entry_and_changes_no_data(
    nurse: StudySession, patient_id: str
) -> None:
    head, data = audit.head(nurse), patient_data(nurse, patient_id)
    for number in range(5):
        keep_draft(nurse, Place(patient_id, "", "DS"), {"comment": "x" * number})
    nurse.cache.clear()
    assert audit.head(nurse) == head
    assert patient_data(nurse, patient_id) == data


def test_that_each_person_has_drafts_of_their_own(
    nurse: StudySession, open_as: Open, patient_id: str
) -> None:
    place = Place(patient_id, "", "DS")
    keep_draft(nurse, place, {"comment": "nurse"})
    doctor = open_as("doctor")
    assert drafts(doctor) == ()
    keep_draft(doctor, place, {"comment": "doctor"})
    assert [one.values["comment"] for one in drafts(open_as("nurse"))] == ["nurse"]
    with pytest.raises(PermissionDeniedError):
        keep_draft(open_as("monitor"), place, {"comment": "monitor"})


def test_that_a_save_takes_its_drafts_with_it_and_no_others(
    nurse: StudySession, patient_id: str
) -> None:
    visit_id = nurse.new_id()
    signs = Place(patient_id, visit_id, "VS")
    coded, other = Place(patient_id, "M3", "PGA"), Place(patient_id, "", "DS")
    for place in (Place(patient_id, visit_id, "SV", visit_id), signs, coded, other):
        keep_draft(nurse, place, {"comment": "typed"})
    visit = RecordDraft(
        Visit(visit_code="SCR", visit_date="2026-01-12", status="DONE"),
        patient_id,
        record_id=visit_id,
        visit_id=visit_id,
    )
    save(
        nurse,
        [visit, RecordDraft(VitalSigns(weight_kg=61), patient_id, visit_id)],
        journal=[coded],
    )
    assert [one.place for one in drafts(nurse)] == [other]


def test_that_a_failed_save_keeps_the_draft(nurse: StudySession, patient_id: str) -> None:
    place = Place(patient_id, "", "DS")
    keep_draft(nurse, place, {"comment": "typed"})
    with pytest.raises(CheckFailed):
        save(nurse, [RecordDraft(Disposition(status="NO SUCH CODE"), patient_id)])
    with nurse.store.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    long = Disposition(status="OTHER", occurred_on="2026-03-01", comment="x" * 100_000)
    with pytest.raises(StorageError, match="full"):
        save(nurse, [RecordDraft(long, patient_id)])
    assert [one.values for one in drafts(nurse)] == [{"comment": "typed"}]


def test_that_a_new_patient_takes_the_draft_with_it(nurse: StudySession) -> None:
    place = Place("", "", "DM")
    keep_draft(nurse, place, {"sex": "F"})
    assert drafts(nurse)[0].subject_id == ""
    form = Demographics(sex="F", birth_date="1991-08", consent_date="2026-01-10")
    add_patient(nurse, "01-002", form, journal=[place])
    assert drafts(nurse) == ()


def test_that_recovery_and_discard_are_events_without_a_value(
    nurse: StudySession, patient_id: str
) -> None:
    place = Place(patient_id, "", "DS")
    keep_draft(nurse, place, {"comment": "hidden words"})
    assert take(nurse, place).values == {"comment": "hidden words"}
    assert len(drafts(nurse)) == 1
    with pytest.raises(InputError, match="reason"):
        discard(nurse, place, " ")
    discard(nurse, place, "Wrong patient")
    assert drafts(nurse) == ()
    with pytest.raises(InputError, match="no such draft"):
        take(nurse, place)
    thrown, recovered = audit.entries(nurse, limit=2)
    assert (recovered.action, thrown.action) == ("draft recovered", "draft discarded")
    assert (thrown.reason, thrown.form, thrown.patient_id) == ("Wrong patient", "DS", patient_id)
    assert "hidden words" not in repr((thrown, recovered))


def test_that_drafts_of_older_forms_open_with_unknown_items_aside(
    nurse: StudySession, patient_id: str
) -> None:
    keep_draft(nurse, Place(patient_id, "M3", "VS"), {"weight_kg": "61", "girth_cm": "80"})
    keep_draft(nurse, Place(patient_id, "M3", "OLD"), {"answer": "yes"})
    by_form = {one.place.form: one for one in drafts(nurse)}
    assert (by_form["VS"].values, by_form["VS"].aside) == ({"weight_kg": "61"}, {"girth_cm": "80"})
    assert (by_form["OLD"].values, by_form["OLD"].aside) == ({}, {"answer": "yes"})
    assert by_form["OLD"].form.en == "OLD"


def test_that_a_draft_is_in_no_file_in_clear(
    nurse: StudySession, patient_id: str, folder: Path, clock: FixedClock
) -> None:
    keep_draft(nurse, Place(patient_id, "", "DS"), {"comment": "Zosterkrankheit"})
    for file in folder.iterdir():
        assert b"Zosterkrankheit" not in file.read_bytes()
    nurse.close()
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        assert drafts(session)[0].count == 1
