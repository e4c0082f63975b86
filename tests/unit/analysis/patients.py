"""Patients written by hand: short helpers, and the story of 01-047 in the design's pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from lnmonitor.clinical.sledai import ITEMS as SLEDAI_ITEMS
from lnmonitor.study.analytes import analyte
from lnmonitor.study.forms import (
    AdverseEvent,
    Bilag2004,
    Demographics,
    DiseaseHistory,
    Glucocorticoid,
    Immunosuppressant,
    Infusion,
    LabResult,
    Sledai2K,
    Visit,
    VitalSigns,
)
from lnmonitor.study.items import Form
from lnmonitor.study.records import PatientData, Record

DAY0 = date(2025, 6, 12)


class Builder:
    """Collects one patient's records; days count from DAY0."""

    def __init__(self, subject: str = "01-047") -> None:
        self.subject = subject
        self.records: list[Record[Form]] = []
        self._ids: Iterator[int] = count(1)

    def add(self, form: Form, visit: str | None = None, **more: Any) -> str:
        record_id = f"r{next(self._ids):04d}"
        self.records.append(Record(record_id, form, self.subject, visit, **more))
        return record_id

    def iso(self, day: int) -> str:
        return (DAY0 + timedelta(days=day)).isoformat()

    def visit(self, code: str, day: int, status: str = "DONE") -> str:
        form = Visit(visit_code=code, visit_date=self.iso(day), status=status)
        record_id = f"v-{code}-{day}"
        self.records.append(Record(record_id, form, self.subject, record_id))
        return record_id

    def lab(self, visit: str, day: int, code: str, value: float | None, **more: Any) -> str:
        missing = {"value": more.pop("missing")} if "missing" in more else {}
        form = LabResult(
            analyte=code,
            collected_on=self.iso(day),
            value=value,
            **({"unit": analyte(code).unit} | more),
        )
        return self.add(form, visit, missing=missing)

    def labs(self, visit: str, day: int, **values: float) -> None:
        for code, value in values.items():
            self.lab(visit, day, code, value)

    def casts(self, visit: str, day: int, kind: str = "NONE") -> None:
        self.add(LabResult(analyte="UCASTS", collected_on=self.iso(day), text=kind), visit)

    def sledai(self, visit: str, present: str = "", missing: str = "") -> None:
        answers = {item.code: "N" for item in SLEDAI_ITEMS}
        answers |= dict.fromkeys(present.split(), "Y")
        form = Sledai2K(window_days=30, **{k: v for k, v in answers.items() if k not in missing})
        self.add(form, visit)

    def bilag(self, visit: str, **answers: Any) -> None:
        scored: Mapping[str, Any] = {
            name: 0 if one.item.codes == "BILAGSCORE" else "N"
            for name, one in Bilag2004.items().items()
        }
        self.add(Bilag2004(**(dict(scored) | answers)), visit)

    def vitals(self, visit: str, **values: Any) -> str:
        return self.add(VitalSigns(**values), visit)

    def data(self) -> PatientData:
        return PatientData(self.subject, self.subject, "01", tuple(self.records))


def started(subject: str = "01-047", *, infused: bool = True) -> Builder:
    """A woman of 31 with class IV-S nephritis, infused with 1.02 x 10^6 cells per kg on day 0."""
    b = Builder(subject)
    b.add(Demographics(sex="F", age_at_consent=31, consent_date="2025-05-28", height_cm=160))
    b.add(
        DiseaseHistory(
            sle_diagnosed="2019",
            ln_diagnosed="2023-11",
            biopsy_date="2023-11",
            isn_rps_class="IV-S",
            isn_rps_activity="A/C",
            ever_mucocutaneous="Y",
            ever_haematological="N",
        )
    )
    if infused:
        b.add(
            Infusion(
                number=1,
                cell_source="UC",
                weight_kg=55,
                weight_date=b.iso(0),
                viable_cells=56.1,
                started_at=f"{b.iso(0)}T10:00",
                stopped_at=f"{b.iso(0)}T10:30",
                reaction="N",
            )
        )
    return b


def renal(
    b: Builder,
    visit: str,
    day: int,
    u24: float,
    creatinine: float,
    *,
    rbc: float = 2,
    wbc: float = 1,
    casts: str = "NONE",
    albumin: float = 38,
) -> None:
    """The kidney's results of one visit."""
    b.lab(visit, day, "U24P", u24, complete_collection="Y")
    b.labs(visit, day, CREAT=creatinine, URBC=rbc, UWBC=wbc, ALB=albumin)
    b.casts(visit, day, casts)


def remitted(second: int | None, value: float = 1.5) -> Builder:
    """Complete remission at M3, 1.2 g at M6, and a second sample so many days later."""
    b = started()
    renal(b, b.visit("SCR", -7), -7, 3.0, 60)
    renal(b, b.visit("M3", 91), 91, 0.4, 60)
    renal(b, b.visit("M6", 182), 182, 1.2, 60)
    if second is not None:
        renal(b, b.visit("UNS", 182 + second), 182 + second, value, 60)
    return b


RENAL_ITEMS = "haematuria proteinuria pyuria"


def story_047() -> PatientData:
    """The patient of the design: complete remission at M9, suspected flare at day 329."""
    b = started()
    scr = b.visit("SCR", -9)
    renal(b, scr, -9, 4.12, 113, rbc=24, wbc=9, albumin=24)
    b.labs(scr, -9, C3=0.52, C4=0.05, GFRM=66)
    b.lab(scr, -9, "DSDNA", 800, operator=">")
    b.vitals(scr, systolic=138, diastolic=86, weight_kg=55)
    b.sledai(scr, f"{RENAL_ITEMS} low_complement dsdna")
    b.bilag(scr, active_sediment="Y")
    b.visit("D0", 0)
    m1 = b.visit("M1", 29)
    renal(b, m1, 29, 2.86, 110, rbc=12, albumin=28)
    b.labs(m1, 29, C3=0.6, C4=0.07)
    b.lab(m1, 29, "DSDNA", None, missing="ND")
    b.sledai(m1, "haematuria proteinuria low_complement rash", missing="dsdna")
    b.bilag(m1, active_sediment="Y", skin_eruption_mild=1)
    m3 = b.visit("M3", 95)
    renal(b, m3, 95, 1.34, 84, rbc=4, albumin=33)
    b.labs(m3, 95, C3=0.75, C4=0.11, DSDNA=312)
    b.sledai(m3, "proteinuria low_complement dsdna")
    b.bilag(m3)
    m6 = b.visit("M6", 199)
    renal(b, m6, 199, 0.62, 82, rbc=3)
    b.labs(m6, 199, C3=0.95, C4=0.15, DSDNA=148, GFRM=72)
    b.sledai(m6, "proteinuria dsdna")
    b.bilag(m6)
    m9 = b.visit("M9", 271)
    renal(b, m9, 271, 0.41, 79, albumin=41)
    b.labs(m9, 271, C3=0.96, C4=0.16)
    b.lab(m9, 271, "DSDNA", 10, operator="<")
    b.sledai(m9, "alopecia")
    b.bilag(m9, alopecia_mild=1)
    uns = b.visit("UNS", 329)
    renal(b, uns, 329, 1.38, 96, rbc=4, albumin=37)
    b.labs(uns, 329, C3=0.68, C4=0.09, DSDNA=226)
    b.sledai(uns, "proteinuria low_complement dsdna")
    for start, stop, dose in (
        (-60, 13, 40),
        (14, 44, 30),
        (45, 91, 20),
        (92, 181, 15),
        (182, 272, 10),
        (273, None, 7.5),
    ):
        b.add(
            Glucocorticoid(
                drug="PREDNISONE",
                dose_mg=dose,
                frequency="QD",
                route="ORAL",
                start=b.iso(start),
                stop=None if stop is None else b.iso(stop),
                indication="MAINTENANCE",
            )
        )
    b.add(
        Immunosuppressant(
            drug="MMF", dose=1, dose_unit="g", frequency="BID", start=b.iso(-300), stop=b.iso(181)
        )
    )
    b.add(
        Immunosuppressant(drug="MMF", dose=0.75, dose_unit="g", frequency="BID", start=b.iso(182))
    )
    b.add(
        AdverseEvent(
            term="pneumonia",
            start=b.iso(118),
            stop=b.iso(131),
            grade=3,
            serious="Y",
            hospitalised="Y",
            reported_at=f"{b.iso(119)}T09:00",
        )
    )
    b.add(AdverseEvent(term="hypertension", start=b.iso(300), ongoing="Y", grade=2, serious="N"))
    return b.data()
