"""A small patient for these tests: consent on 1 March, infusion on 12 March 2024."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lnmonitor.study.forms import Demographics, Disposition, Infusion, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol, load_protocol
from lnmonitor.study.records import PatientData, Record

MakePatient = Callable[..., PatientData]


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return load_protocol("ln-msc-01")


def records_of(*forms: Form, visit_id: str | None = None) -> tuple[Record[Form], ...]:
    return tuple(
        Record(f"r{number}", form, "p1", f"r{number}" if isinstance(form, Visit) else visit_id)
        for number, form in enumerate(forms)
    )


@pytest.fixture
def patient() -> MakePatient:
    """Make a woman who consented on 2024-03-01, by default infused on 2024-03-12."""

    def make(*forms: Form, infused: bool = True, died: str | None = None) -> PatientData:
        known: list[Form] = [
            Demographics(sex="F", birth_date="1990-05", consent_date="2024-03-01"),
        ]
        if infused:
            known.append(
                Infusion(
                    number=1,
                    weight_kg=50,
                    viable_cells=50,
                    started_at="2024-03-12T10:00",
                    stopped_at="2024-03-12T10:40",
                )
            )
        if died:
            known.append(Disposition(status="DEATH", occurred_on=died))
        return PatientData("p1", "01-001", "01", records_of(*known, *forms))

    return make
