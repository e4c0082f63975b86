"""Who the synthetic patients are: age, body, lupus before the trial, what has failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from lnmonitor.clinical.gfr import Sex
from lnmonitor.study.dates import years_between
from lnmonitor.study.forms import Demographics, DiseaseHistory, Eligibility

_CLASSES = ("III", "IV", "IV", "IV", "IV-G", "IV-S", "V", "III+V", "IV+V", "IV+V")
_ETHNIC = ("Han", "Han", "Han", "Han", "Han", "Han", "Han", "Hui", "Manchu")
_OTHER_DRUGS = (
    "Leflunomide 20 mg/d, 6 months",
    "Tacrolimus 3 mg/d, 8 months",
    "Ciclosporin 150 mg/d, 5 months",
    "Azathioprine 100 mg/d, 12 months",
    "Tripterygium glycosides 60 mg/d, 6 months",
)


@dataclass(frozen=True)
class Person:
    """A synthetic person; dates are ISO text, `infused` is day 0."""

    subject_id: str
    sex: Sex
    born: date
    height_cm: float
    weight_kg: float
    infused: date
    consented: date
    prednisone_mg: float

    @property
    def age(self) -> int:
        """Completed years on day 0."""
        return years_between(self.born, self.infused)


def draw_person(subject_id: str, infused: date, screened_day: int, rng: Random) -> Person:
    """Return a person: mostly women, 18 to 64 years old (eGFR equations are for adults)."""
    sex: Sex = "M" if rng.random() < 0.11 else "F"
    age = min(max(rng.gammavariate(6.0, 3.2) + 14, 18.2), 64.5)
    tall = rng.gauss(171, 6) if sex == "M" else rng.gauss(160, 5.5)
    body_mass = min(max(rng.gauss(21.8, 2.6), 17.2), 30.5)
    born = infused - timedelta(days=round(age * 365.25))
    return Person(
        subject_id=subject_id,
        sex=sex,
        born=born,
        height_cm=float(round(tall)),
        weight_kg=round(body_mass * (tall / 100) ** 2, 1),
        infused=infused,
        consented=infused + timedelta(days=screened_day - rng.choice((0, 0, 1, 2))),
        prednisone_mg=rng.choice((20.0, 25.0, 30.0, 30.0, 40.0, 40.0, 50.0, 60.0)),
    )


def demographics(person: Person, rng: Random) -> Demographics:
    """Return demographics; some people know only the year or month of their birth."""
    known = rng.random() if person.age > 20 else 1.0
    born = person.born.isoformat()
    born = born[:4] if known < 0.03 else (born[:7] if known < 0.08 else born)
    fertile = person.sex == "F" and person.age < 50
    return Demographics(
        birth_date=born,
        age_at_consent=float(years_between(person.born, person.consented)),
        sex=person.sex,
        ethnicity=rng.choice(_ETHNIC),
        height_cm=person.height_cm,
        consent_date=person.consented.isoformat(),
        consent_version="2.1",
        childbearing="Y" if fertile else "N",
        contraception="Y" if fertile else "NA",
    )


def history(person: Person, rng: Random) -> tuple[DiseaseHistory, dict[str, str]]:
    """Return the history with missing-value reasons: old dates are often partial."""
    lupus_years = min(rng.gammavariate(2.2, 2.6) + 0.8, person.age - 9)
    lupus = person.infused - timedelta(days=round(lupus_years * 365.25))
    nephritis = lupus + timedelta(days=round(rng.random() ** 2 * (lupus_years - 0.6) * 365.25))
    biopsy = max(nephritis, person.infused - timedelta(days=rng.randint(150, 900)))
    flares = rng.choice((0, 1, 1, 1, 2, 2, 3, 4))
    missing: dict[str, str] = {}
    indices: tuple[int | None, int | None] = (rng.randint(4, 16), rng.randint(0, 6))
    if rng.random() < 0.12:
        indices = (None, None)
        missing = {"activity_index": "UNK", "chronicity_index": "UNK"}
    ever = {
        "constitutional": 0.6,
        "mucocutaneous": 0.8,
        "neuropsychiatric": 0.12,
        "musculoskeletal": 0.75,
        "cardiorespiratory": 0.25,
        "gastrointestinal": 0.08,
        "ophthalmic": 0.05,
        "haematological": 0.6,
    }
    answers: dict[str, Any] = {
        f"ever_{name}": "Y" if rng.random() < p else "N" for name, p in ever.items()
    }
    form = DiseaseHistory(
        sle_diagnosed=_partial(lupus, rng),
        ln_diagnosed=_partial(nephritis, rng),
        previous_flares=flares,
        biopsy_date=biopsy.isoformat() if rng.random() < 0.8 else biopsy.isoformat()[:7],
        isn_rps_class=rng.choice(_CLASSES),
        isn_rps_activity=rng.choice(("A", "A", "A/C", "A/C")),
        activity_index=indices[0],
        chronicity_index=indices[1],
        ever_renal="Y",
        **answers,
    )
    return form, missing


def eligibility(person: Person, screened: date, rng: Random) -> Eligibility:
    """Return the entry criteria with what has failed: cyclophosphamide, mycophenolate, both."""
    failed = rng.choice(("cyc", "cyc", "mmf", "both", "both"))
    cyc, mmf = failed in ("cyc", "both"), failed in ("mmf", "both")
    other = rng.random() < 0.4
    return Eligibility(
        assessed_on=screened.isoformat(),
        sle_criteria="ACR1997",
        active_disease="Y",
        active_nephritis="Y",
        prednisone_mg=person.prednisone_mg,
        failed_cyc="Y" if cyc else "N",
        cyc_cumulative_g=round(rng.uniform(6, 12), 1) if cyc else None,
        cyc_months=float(rng.randint(6, 14)) if cyc else None,
        failed_mmf="Y" if mmf else "N",
        mmf_g_per_day=rng.choice((1.5, 2.0, 2.0)) if mmf else None,
        mmf_months=float(rng.randint(3, 18)) if mmf else None,
        failed_other="Y" if other else "N",
        failed_other_text=rng.choice(_OTHER_DRUGS) if other else None,
        infection="N",
        organ_failure="N",
        pregnancy="N" if person.sex == "F" else "NA",
        malignancy="N",
        dialysis="N",
        viral="N",
        eligible="Y",
    )


def _partial(on: date, rng: Random) -> str:
    """Return a date as people remember it: half the time without the day or the month."""
    known = rng.random()
    text = on.isoformat()
    return text[:4] if known < 0.2 else (text[:7] if known < 0.55 else text)
