"""A small study for the entry page: one patient a year after the infusion, visits up to month 9.

Synthetic. Day 0 is 5 May 2025 and today 12 May 2026, so that month 12 is in its window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lnmonitor.clinical.sledai import ITEM_BY_CODE
from lnmonitor.clock import FixedClock
from lnmonitor.services.accounts import add_account
from lnmonitor.services.patients import add_patient
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import (
    Bilag2004,
    Demographics,
    Glucocorticoid,
    Infusion,
    LabResult,
    Sledai2K,
    Visit,
    VitalSigns,
)
from lnmonitor.study.items import Form

PASSWORD = "cells per kg 1e6"
CLOCK = FixedClock(datetime(2026, 5, 12, 9, 41, 52, tzinfo=ZoneInfo("Asia/Shanghai")))
VISITS = {
    "SCR": "2025-04-28",
    "D0": "2025-05-05",
    "M3": "2025-08-04",
    "M6": "2025-11-03",
    "M9": "2026-02-02",
}
LABS = {
    "HGB": (98, 105, 112, 118, 121),
    "WBC": (3.6, 3.9, 4.4, 4.0, 4.1),
    "PLT": (180, 190, 170, 165, 159),
    "CREAT": (96, 92, 84, 80, 79),
    "ALB": (24, 27, 33, 37, 38),
    "U24P": (4.12, 3.9, 1.6, 0.9, 0.41),
    "C3": (0.55, 0.6, 0.8, 0.9, 0.95),
    "C4": (0.08, 0.09, 0.12, 0.15, 0.16),
    "URBC": (12, 10, 4, 3, 2),
    "UWBC": (8, 7, 3, 2, 2),
}
PRESENT = {
    "SCR": {"proteinuria", "haematuria", "rash", "low_complement", "dsdna"},
    "D0": {"proteinuria", "haematuria", "rash", "low_complement", "dsdna"},
    "M3": {"proteinuria", "rash"},
    "M6": {"proteinuria"},
    "M9": {"rash"},
}


@dataclass(frozen=True)
class EntryStudy:
    """Where the study is, and its one patient."""

    path: Path
    patient_id: str


def make_entry_study(path: Path) -> EntryStudy:
    """Make the study folder."""
    keyring.COST = keyring.Argon2Parameters(64, 1, 1)
    create_study(
        path,
        protocol="ln-msc-01",
        site="01",
        admin="admin",
        password=PASSWORD,
        synthetic=True,
        clock=CLOCK,
    )
    with open_study(path, user="admin", password=PASSWORD, clock=CLOCK) as session:
        add_account(session, "nurse", role="coordinator", password=PASSWORD, full_name="Li Wen")
        add_account(session, "monitor", role="monitor", password=PASSWORD, full_name="Ana Ruiz")
    with open_study(path, user="nurse", password=PASSWORD, clock=CLOCK) as session:
        return EntryStudy(path, _fill(session))


def _fill(session: StudySession) -> str:
    demographics = Demographics(sex="F", birth_date="1991-08", consent_date="2025-04-20")
    patient_id = add_patient(session, "01-012", demographics).records[0].patient_id
    drafts = [
        RecordDraft(infusion(), patient_id),
        RecordDraft(
            Glucocorticoid(
                drug="PREDNISONE", dose_mg=20, frequency="QD", route="ORAL", start="2025-05-05"
            ),
            patient_id,
        ),
    ]
    for number, (code, day) in enumerate(VISITS.items()):
        visit_id = session.new_id()
        visit = Visit(visit_code=code, visit_date=day, status="DONE")
        drafts.append(RecordDraft(visit, patient_id, record_id=visit_id))
        drafts += [RecordDraft(form, patient_id, visit_id) for form in _forms(code, day, number)]
    save(session, drafts)
    return patient_id


def _forms(code: str, day: str, number: int) -> list[Form]:
    items = dict.fromkeys(ITEM_BY_CODE, "N")
    items |= dict.fromkeys(PRESENT[code], "Y")
    labs: list[Form] = [
        LabResult(analyte=analyte, collected_on=day, value=values[number])
        for analyte, values in LABS.items()
    ]
    scored = {
        name: 0 if field.item.codes == "BILAGSCORE" else "N"
        for name, field in Bilag2004.items().items()
    }
    signs = VitalSigns(weight_kg=55.0, systolic=128, diastolic=78, temperature_c=36.6)
    return [*labs, Sledai2K(window_days=30, **items), Bilag2004(**scored), signs]


def infusion() -> Infusion:
    """Return an infusion of exactly the protocol's dose: 55 kg x 1e6 cells/kg."""
    return Infusion(
        number=1,
        cell_source="UC",
        donor_code="D-07",
        lot="L-2025-11",
        passage=4,
        viability_percent=92.0,
        weight_kg=55.0,
        weight_date="2025-05-04",
        viable_cells=55.0,
        volume_ml=55.0,
        started_at="2025-05-05T10:00",
        stopped_at="2025-05-05T10:30",
        reaction="N",
    )
