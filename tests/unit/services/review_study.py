"""A patient with an unscheduled visit whose forms can be brought through all states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lnmonitor.services.patients import patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.signatures import Meaning, SignatureView, sign
from lnmonitor.services.verification import verify_record
from lnmonitor.study.forms import AdverseEvent, LabResult, Visit, VitalSigns
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

PASSWORD = "cells per kg 1e6"
Open = Callable[[str], StudySession]


@dataclass(frozen=True)
class Place:
    """Ids of a patient, of a visit, and of the visit's vital signs and creatinine."""

    patient_id: str
    visit: str
    vitals: str
    creatinine: str

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.visit, self.vitals, self.creatinine)


def enter_visit(nurse: StudySession, patient_id: str) -> Place:
    """Enter an unscheduled visit with the forms it expects, all of them complete."""
    visit_id = nurse.new_id()
    visit = Visit(visit_code="UNS", visit_date="2026-02-12", status="DONE")
    vitals = VitalSigns(weight_kg=50, systolic=120, diastolic=80)
    creatinine = LabResult(analyte="CREAT", collected_on="2026-02-12", value=80, unit="umol/L")
    drafts = [
        RecordDraft(visit, patient_id, record_id=visit_id),
        RecordDraft(vitals, patient_id, visit_id),
        RecordDraft(creatinine, patient_id, visit_id),
    ]
    records = save(nurse, drafts).records
    return Place(patient_id, visit_id, records[1].id, records[2].id)


def enter_event(nurse: StudySession, patient_id: str, **values: str | int) -> Record[Form]:
    """Enter an adverse event that lacks required items unless they are given."""
    form = AdverseEvent(**{"term": "Fever", "start": "2026-02-12", "serious": "N", **values})
    return save(nurse, [RecordDraft(form, patient_id)]).records[0]


def stored(session: StudySession, patient_id: str, record_id: str) -> Record[Form]:
    """Return a record as it is now."""
    (record,) = [one for one in patient_data(session, patient_id).records if one.id == record_id]
    return record


def amend(session: StudySession, patient_id: str, record_id: str, **values: object) -> Record[Form]:
    """Change values of a record with a reason."""
    old = stored(session, patient_id, record_id)
    draft = RecordDraft(
        old.form.model_copy(update=values),
        patient_id,
        old.visit_id,
        old.id,
        old.row_version,
        missing=old.missing,
        reason="Source corrected",
    )
    return save(session, [draft]).records[0]


def verify_all(monitor: StudySession, place: Place, record_ids: Sequence[str] = ()) -> None:
    """Verify forms of the visit, all of them by default."""
    for record_id in record_ids or place.forms:
        version = stored(monitor, place.patient_id, record_id).row_version
        verify_record(monitor, record_id, version)


def sign_visit(doctor: StudySession, place: Place) -> SignatureView:
    """Sign the visit."""
    return sign(
        doctor,
        "visit",
        place.visit,
        patient_id=place.patient_id,
        meaning=Meaning.REVIEW,
        user="doctor",
        password=PASSWORD,
    )[0]
