"""A whole real trial in SDTM form goes in, every row accounted for, and results come out of it."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from lnmonitor.errors import InputError, PermissionDeniedError
from lnmonitor.exchange.sdtm_import import import_sdtm
from lnmonitor.services import patients
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import AdverseEvent, KidneyReplacement, LabResult, VitalSigns


def test_that_every_row_is_stored_or_counted_with_its_reason(
    manager: StudySession, sdtm_trial: Path
) -> None:
    report = import_sdtm(manager, sdtm_trial)
    counts = {count.name: count for count in report.sources}
    assert all(count.complete for count in report.sources)
    assert (counts["LB"].read, counts["LB"].stored) == (6, 3)
    reasons = " | ".join(counts["LB"].not_stored)
    assert "GOLD is not in the catalogue" in reasons
    assert "is not reported in stone" in reasons
    assert "the subject is not stored from DM" in reasons
    assert (counts["VS"].stored, counts["VS"].records) == (5, 3)
    assert "TEMP in F" in " ".join(counts["VS"].not_stored)
    assert report.patients == 2
    assert "1 visits are named in LB but not listed in SV" in report.notes[0]


def test_that_values_stay_as_reported_beside_the_standard_unit(
    manager: StudySession, sdtm_trial: Path
) -> None:
    import_sdtm(manager, sdtm_trial)
    data = patients.patient_data(manager, patients.find_patient(manager, "T-1"))
    first, second, _ = (record.form for record in data.of(LabResult))
    assert (first.value, first.unit, first.collected_on, first.collected_time) == (
        1.0,
        "mg/dL",
        "2024-01-10",
        "08:30",
    )
    assert first.canonical_value == pytest.approx(88.4)
    assert first.range_high == pytest.approx(97.24)
    assert (second.operator, second.value) == ("<", 0.2)
    sets = [record.form for record in data.of(VitalSigns)]
    assert sorted((one.systolic, one.diastolic) for one in sets) == [
        (120, 80),
        (130, None),
        (140, None),
    ]
    undone = [record for record in data.of(VitalSigns) if record.missing]
    assert [dict(record.missing) for record in undone] == [{"heart_rate": "ND"}]


def test_that_dialysis_and_transplantation_come_in_and_other_procedures_are_counted(
    manager: StudySession, sdtm_trial: Path
) -> None:
    (sdtm_trial / "pr.csv").write_text(
        "USUBJID,PRTRT,PRDECOD,PRSTDTC,PRENDTC,PRINDC\n"
        "T-1,Haemodialysis,HEMODIALYSIS,2024-03-04,2024-04,Oliguria\n"
        "T-1,Renal transplantation,,2024-05-02,,\n"
        "T-1,Kidney biopsy,BIOPSY,2024-01-02,,\n",
        encoding="utf-8",
    )
    report = import_sdtm(manager, sdtm_trial)
    count = next(one for one in report.sources if one.name == "PR")
    assert (count.read, count.stored) == (3, 2)
    assert "neither dialysis nor kidney transplantation: Kidney biopsy" in count.not_stored
    data = patients.patient_data(manager, patients.find_patient(manager, "T-1"))
    stored = [record.form for record in data.of(KidneyReplacement)]
    assert [(one.kind, one.start, one.stop, one.indication) for one in stored] == [
        ("HD", "2024-03-04", "2024-04", "Oliguria"),
        ("TRANSPLANT", "2024-05-02", None, None),
    ]


def test_that_a_dry_run_counts_the_same_and_stores_nothing(
    manager: StudySession, sdtm_trial: Path
) -> None:
    dry = import_sdtm(manager, sdtm_trial, dry_run=True)
    assert patients.list_patients(manager) == ()
    real = import_sdtm(manager, sdtm_trial)
    assert [c.stored for c in dry.sources] == [c.stored for c in real.sources]


def test_that_a_subject_already_there_stops_the_import_and_changes_nothing(
    manager: StudySession, sdtm_trial: Path
) -> None:
    import_sdtm(manager, sdtm_trial)
    before = patients.list_patients(manager)
    with pytest.raises(InputError, match="T-1 is already in the study"):
        import_sdtm(manager, sdtm_trial)
    assert patients.list_patients(manager) == before


def test_that_a_folder_without_subjects_is_refused(manager: StudySession, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        import_sdtm(manager, tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no domain DM"):
        import_sdtm(manager, tmp_path / "empty")


def test_that_a_monitor_may_not_import(open_as, sdtm_trial: Path) -> None:
    with pytest.raises(PermissionDeniedError):
        import_sdtm(open_as("monitor"), sdtm_trial)


def test_that_the_real_trial_goes_in_whole(manager: StudySession, shared_data: Path) -> None:
    report = import_sdtm(manager, shared_data / "sdtm-trial")
    counts = {count.name: count for count in report.sources}
    assert all(count.complete for count in report.sources)
    assert {name: counts[name].stored for name in ("DM", "LB", "VS", "AE", "EX", "SV")} == {
        "DM": 306,
        "LB": 59_580,
        "VS": 29_643,
        "AE": 1_191,
        "EX": 591,
        "SV": 3_559,
    }
    assert counts["DS"].stored == 306
    _compare_with_source(manager, shared_data / "sdtm-trial" / "lb.csv.gz")


def _compare_with_source(session: StudySession, source: Path) -> None:
    """Compare one subject's results with the file, read here by other means."""
    subject = "01-701-1015"
    with gzip.open(source, "rt", encoding="utf-8") as opened:
        rows = [row for row in csv.DictReader(opened) if row["USUBJID"] == subject]
    data = patients.patient_data(session, patients.find_patient(session, subject))
    stored = [record.form for record in data.of(LabResult)]
    assert len(stored) == len(rows) > 200
    numbers = sorted(float(r["LBORRES"]) for r in rows if r["LBSTRESN"])
    assert sorted(one.value for one in stored if one.value is not None) == numbers
    albumin = {
        row["LBDTC"][:10]: float(row["LBSTRESN"]) for row in rows if row["LBTESTCD"] == "ALB"
    }
    ours = {one.collected_on: one.canonical_value for one in stored if one.analyte == "ALB"}
    assert ours == pytest.approx(albumin)
    assert len(data.of(AdverseEvent)) == 3
    course = patients.course(session, data.patient_id)
    assert sum(visit.egfr() is not None for visit in course.visits) > 5
    assert any(key.startswith("ctcae.") for visit in course.visits for key in visit.outcomes)
