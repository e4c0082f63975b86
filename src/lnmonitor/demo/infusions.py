"""The infusion of a synthetic patient with its product, arithmetic and vital signs over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from lnmonitor.demo.entry import Entry
from lnmonitor.demo.people import Person
from lnmonitor.study.forms import Infusion, VitalSigns
from lnmonitor.study.protocol import Protocol

_INITIALS = ("LW", "ZH", "CY", "SQ", "WJ", "TM")
_PREMEDICATION = (
    "Promethazine 25 mg IM, 30 min before",
    "Chlorphenamine 10 mg IM, 30 min before",
    "None",
)


@dataclass(frozen=True)
class Given:
    """The infusion as recorded, and whether a fever followed."""

    form: Infusion
    fever: bool

    @property
    def conditioning_g(self) -> float | None:
        """Cyclophosphamide the day before, g."""
        return self.form.conditioning_cyc_g


def draw_infusion(
    person: Person, weight_kg: float, protocol: Protocol, off: float, rng: Random
) -> Given:
    """Return one infusion of the protocol's dose times `off` (1 is as planned)."""
    source = "BM" if rng.random() < 0.45 else "UC"
    viable = round(protocol.dose_per_kg * weight_kg * off, 1)
    viability = round(min(max(rng.gauss(93.5, 2.0), 90.0), 98.0), 1)
    total = round(viable / viability * 100, 2)
    volume = float(rng.choice((50, 50, 55, 60, 80)))
    minutes = rng.choice((30, 35, 40, 40, 45, 50))
    start = datetime.combine(person.infused, time(9 + rng.randint(0, 5), rng.choice((0, 10, 30))))
    stop = start + timedelta(minutes=minutes)
    conditioning = rng.random() < 0.35
    fever = rng.random() < 0.06
    form = Infusion(
        number=1,
        cell_source=source,
        donor_code=f"{source}-{rng.randint(11, 64):03d}",
        donor_relation=rng.choice(("SIBLING", "PARENT")) if source == "BM" else "UNRELATED",
        lot=f"{source}{person.infused:%y%m%d}-{rng.randint(1, 3)}",
        passage=rng.choice((3, 3, 4, 4, 5)),
        expiry=_text(start + timedelta(hours=rng.randint(8, 20))),
        preservation="FRESH",
        viability_percent=viability,
        positive_markers_percent=round(rng.uniform(96.2, 99.6), 1),
        negative_markers_percent=round(rng.uniform(0.2, 1.8), 1),
        sterility="NEGATIVE",
        endotoxin_eu_per_kg=round(rng.uniform(0.02, 0.4), 2),
        weight_kg=weight_kg,
        weight_date=(person.infused - timedelta(days=rng.randint(0, 2))).isoformat(),
        total_cells=total,
        viable_cells=viable,
        concentration=round(total / volume, 3),
        volume_ml=volume,
        started_at=_text(start),
        stopped_at=_text(stop),
        interrupted_min=0,
        rate_ml_per_h=float(round(volume / minutes * 60)),
        line="PERIPHERAL" if rng.random() < 0.9 else "CENTRAL",
        delivered_percent=100 if abs(off - 1) < 0.1 else float(round(min(off, 1) * 100)),
        operator=rng.choice(_INITIALS),
        checker=rng.choice(_INITIALS),
        premedication=rng.choice(_PREMEDICATION),
        conditioning_cyc="Y" if conditioning else "N",
        conditioning_cyc_g=rng.choice((0.8, 1.0, 1.2)) if conditioning else None,
        conditioning_hours=24.0 if conditioning else None,
        reaction="Y" if fever else "N",
        reaction_text="Fever 2 h after the end, gone by the next day" if fever else None,
    )
    return Given(form, fever)


def infusion_vitals(
    given: Given, resting: VitalSigns, protocol: Protocol, rng: Random
) -> list[VitalSigns]:
    """Return the sets of vital signs around the infusion, as the protocol asks for them."""
    start, stop = (
        datetime.fromisoformat(text)
        for text in (given.form.started_at or "", given.form.stopped_at or "")
    )
    found = []
    for point in protocol.timepoints:
        at = (stop if point.after_end else start) + timedelta(minutes=point.minutes)
        if not point.after_end and at >= stop:
            continue
        temperature = (resting.temperature_c or 36.6) + rng.gauss(0, 0.12)
        if given.fever and point.code in ("END+120", "END+240"):
            temperature = rng.uniform(38.1, 38.8)
        found.append(
            VitalSigns(
                measured_at=_text(at + timedelta(minutes=rng.randint(0, 2))),
                timepoint=point.code,
                position="SUPINE",
                temperature_c=round(temperature, 1),
                heart_rate=_near(resting.heart_rate, 3, rng),
                systolic=_near(resting.systolic, 4, rng),
                diastolic=_near(resting.diastolic, 2, rng),
                respiratory_rate=float(rng.randint(15, 19)),
                spo2=float(rng.randint(96, 99)),
            )
        )
    return found


def resting_vitals(
    at: datetime, person: Person, weight_kg: float, healing: float, fever: bool, rng: Random
) -> VitalSigns:
    """Return the visit's own set; pressure settles as the kidney heals (0 to 1)."""
    return VitalSigns(
        measured_at=_text(at),
        position="SITTING",
        weight_kg=weight_kg,
        height_cm=person.height_cm,
        temperature_c=round(rng.uniform(38.2, 38.9) if fever else rng.gauss(36.6, 0.2), 1),
        heart_rate=float(round(rng.gauss(84 - 6 * healing, 6))),
        systolic=float(round(rng.gauss(131 - 8 * healing, 6))),
        diastolic=float(round(rng.gauss(83 - 5 * healing, 4))),
        respiratory_rate=float(rng.randint(15, 20)),
        spo2=float(rng.randint(97, 99)),
    )


def into_clinic(minute: int) -> time:
    """Return the time of day of a visit, from 8 o'clock."""
    return time(8 + minute // 60, minute % 60)


def entries_of(vitals: list[VitalSigns], visit: int) -> list[Entry]:
    """Return the sets as records of a visit."""
    return [Entry(form, visit) for form in vitals]


def _near(value: float | None, spread: float, rng: Random) -> float:
    return float(round((value or 80) + rng.gauss(0, spread)))


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")
