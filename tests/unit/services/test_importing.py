"""Very many records at once: all or none, counted, audited, with results at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lnmonitor.errors import InputError
from lnmonitor.progress import Cancelled
from lnmonitor.services import audit
from lnmonitor.services.patients import list_patients, patient_data
from lnmonitor.services.records import (
    ImportBatch,
    NewPatient,
    RecordDraft,
    history,
    import_records,
)
from lnmonitor.services.session import StudySession
from lnmonitor.services.verify import verify
from lnmonitor.study.forms import Demographics, LabResult, Sledai2K, Visit

Open = Callable[[str], StudySession]


def batch(session: StudySession, subject: str, labs: int = 3) -> ImportBatch:
    patient_id, visit_id = session.new_id(), session.new_id()
    results = [
        RecordDraft(
            LabResult(analyte="CREAT", value=70.0 + number, unit="umol/L"), patient_id, visit_id
        )
        for number in range(labs)
    ]
    visit = Visit(visit_code="UNS", visit_date="2026-02-01", status="DONE")
    return ImportBatch(
        [NewPatient(patient_id, subject)],
        [
            RecordDraft(Demographics(sex="F"), patient_id),
            RecordDraft(visit, patient_id, record_id=visit_id),
            RecordDraft(Sledai2K(rash="Y"), patient_id, visit_id, missing={"fever": "ND"}),
            *results,
        ],
    )


def test_that_an_import_stores_counts_and_audits_every_record(open_as: Open) -> None:
    manager = open_as("manager")
    seen: list[tuple[int, int, str]] = []
    counts = import_records(
        manager,
        [batch(manager, "01-001"), batch(manager, "01-002", labs=5000)],
        reason="trial.xpt",
        progress=lambda *step: seen.append(step),
    )
    assert counts.patients == 2
    assert counts.records == {"DM": 2, "SV": 2, "SLEDAI": 2, "LB": 5003}
    created = audit.entries(manager, action="create", limit=None)
    assert len(created) == counts.total == 5009
    assert {(one.reason, one.source) for one in created} == {("trial.xpt", "import")}
    assert seen[-1] == (2, 2, "Results computed")
    data = patient_data(manager, list_patients(manager)[1].patient_id)
    assert [one.form.value for one in data.of(LabResult)] == [70.0 + n for n in range(5000)]
    (sledai,) = data.of(Sledai2K)
    assert (sledai.source, sledai.missing) == ("import", {"fever": "ND"})
    assert len(history(manager, sledai.id)) == 1
    # Rash 2; what is not answered can add up to the rest of the 105 points, fever stays open.
    assert list_patients(manager)[0].last_sledai.startswith("2-")
    assert verify(manager).intact


def test_that_a_duplicate_subject_leaves_nothing_of_the_import(open_as: Open) -> None:
    manager = open_as("manager")
    before = audit.head(manager)
    with pytest.raises(InputError, match="already a patient 01-001"):
        import_records(
            manager, [batch(manager, "01-001"), batch(manager, "01-001")], reason="twice"
        )
    assert audit.head(manager) == before
    assert list_patients(manager) == ()


def test_that_a_cancelled_import_leaves_nothing(open_as: Open) -> None:
    manager = open_as("manager")
    before = audit.head(manager)

    def stop(done: int, _total: int, what: str) -> None:
        if what == "Results computed" and done == 2:
            raise Cancelled

    batches = (batch(manager, f"01-{number}") for number in range(5))
    with pytest.raises(Cancelled):
        import_records(manager, batches, reason="stopped", progress=stop)
    assert audit.head(manager) == before
    assert list_patients(manager) == ()


def test_that_a_source_that_fails_midway_leaves_nothing(open_as: Open) -> None:
    manager = open_as("manager")

    def broken() -> Iterator[ImportBatch]:
        yield batch(manager, "01-001")
        raise InputError("Line 2 is cut off.")

    with pytest.raises(InputError, match="Line 2"):
        import_records(manager, broken(), reason="broken file")
    assert list_patients(manager) == ()


def test_that_a_value_of_the_wrong_type_is_refused(open_as: Open) -> None:
    manager = open_as("manager")
    good = batch(manager, "01-001")
    wrong = LabResult.model_construct(analyte="CREAT", value="seventy")
    records = [*good.records, RecordDraft(wrong, good.records[0].patient_id)]
    with pytest.raises(InputError, match=r"Laboratory.*value"):
        import_records(manager, [ImportBatch(good.patients, records)], reason="typed wrongly")
    assert list_patients(manager) == ()
