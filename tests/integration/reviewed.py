"""A patient whose data went the whole way: asked, verified, signed, changed, frozen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.unit.services.review_study import PASSWORD, Place, amend, enter_visit, verify_all

from lnmonitor.services import locks, queries
from lnmonitor.services.patients import add_patient, patient_data
from lnmonitor.services.session import StudySession
from lnmonitor.services.signatures import Meaning, sign
from lnmonitor.study.forms import Demographics, Identity

Open = Callable[[str], StudySession]
NAME = "Wang Xiaohong"


@dataclass(frozen=True)
class Reviewed:
    """Ids of the patient with its visit, and of the query about the vital signs."""

    place: Place
    query: str


def review(open_as: Open) -> Reviewed:
    """Bring a patient through all steps; the clock stands still at 2026-05-12 09:41 in Shanghai."""
    nurse = open_as("coordinator")
    demographics = Demographics(sex="F", birth_date="1991-08", consent_date="2026-01-10")
    added = add_patient(nurse, "01-001", demographics, Identity(full_name=NAME))
    patient_id = added.records[0].patient_id
    place = enter_visit(nurse, patient_id)
    _ask_about_identity(nurse, patient_id)
    monitor = open_as("monitor")
    verify_all(monitor, place)
    query, _ = queries.ask(
        monitor, "=Weight 50 or 55 kg?", patient_id=patient_id, record_id=place.vitals,
        item="weight_kg",
    )  # fmt: skip
    _sign(open_as("investigator"), place)
    nurse = open_as("coordinator")
    queries.answer(nurse, query, "55 kg, the source says so.")
    amend(nurse, patient_id, place.vitals, weight_kg=55)
    monitor = open_as("monitor")
    queries.close(monitor, query, "Agreed.")
    locks.freeze(monitor, "record", place.creatinine)
    return Reviewed(place, query)


def _ask_about_identity(nurse: StudySession, patient_id: str) -> None:
    (record,) = patient_data(nurse, patient_id).of(Identity)
    queries.ask(
        nurse, f"Is it {NAME}?", patient_id=patient_id, record_id=record.id, item="full_name"
    )


def _sign(doctor: StudySession, place: Place) -> None:
    sign(
        doctor,
        "visit",
        place.visit,
        patient_id=place.patient_id,
        meaning=Meaning.REVIEW,
        user="investigator",
        password=PASSWORD,
    )
