"""The synthetic trial, generated and evaluated once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from lnmonitor.analysis.course import Course, VisitAssessment, evaluate
from lnmonitor.demo.trial import PROTOCOL, SITE, SyntheticPatient, generate
from lnmonitor.study.protocol import Protocol, load_protocol
from lnmonitor.study.records import PatientData


@dataclass(frozen=True)
class Patient:
    """A generated patient with what the program's rules make of the raw records."""

    source: SyntheticPatient
    data: PatientData
    course: Course

    def at(self, code: str) -> VisitAssessment | None:
        return next((v for v in self.course.visits if v.code == code and v.took_place), None)


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return load_protocol(PROTOCOL)


@pytest.fixture(scope="session")
def today() -> date:
    return date(2026, 11, 23)


@pytest.fixture(scope="session")
def everybody(protocol: Protocol, today: date) -> list[Patient]:
    found = []
    for source in generate(today=today):
        data = source.data()
        found.append(Patient(source, data, evaluate(data, protocol, today=today)))
    return found


@pytest.fixture(scope="session")
def trial(everybody: list[Patient]) -> list[Patient]:
    """Return the 81 patients of the trial."""
    return [patient for patient in everybody if patient.source.site_id == SITE]


@pytest.fixture(scope="session")
def running(everybody: list[Patient]) -> list[Patient]:
    """Return the patients still in follow-up."""
    return [patient for patient in everybody if patient.source.site_id != SITE]
