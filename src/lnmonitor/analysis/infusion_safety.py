"""The infusion recomputed, and the signs after it that the protocol watches for.

Fever is the only event consistently linked to MSC (Thompson M, EClinicalMedicine 19:100249, 2020,
doi 10.1016/j.eclinm.2019.100249, seen). The windows and limits are this protocol's own proposals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from lnmonitor.analysis.flags import Evaluated, make_flag
from lnmonitor.analysis.inputs import PatientInput
from lnmonitor.analysis.model import Flag, InfusionGiven, guarded
from lnmonitor.analysis.same import Same
from lnmonitor.clinical.infusion import RULE_INFUSION
from lnmonitor.clinical.results import Citation, Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.language import Text
from lnmonitor.study import dates
from lnmonitor.study.dose import check_dose, when
from lnmonitor.study.forms import Infusion, VitalSigns
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import Record

THOMPSON_2020 = Citation(
    "Thompson M, Mei SHJ, Wolfe D, et al.",
    "EClinicalMedicine 19:100249",
    2020,
    "10.1016/j.eclinm.2019.100249",
    wording_seen=True,
)
KIDNEY_DAYS = 30
KIDNEY_TIMES_BASELINE = 1.5

RULE_SIGNS = Rule(
    "flag-infusion-signs",
    "1",
    (THOMPSON_2020,),
    parameters={
        "fever_c": 38.0,
        "fever_hours": 48,
        "systolic_low": 90,
        "systolic_fall": 30,
        "spo2_low": 92,
        "spo2_fall": 4,
        "hours": 24,
    },
)
RULE_KIDNEY = Rule(
    "flag-kidney-after-infusion",
    "1",
    parameters={"days": KIDNEY_DAYS, "times_baseline": KIDNEY_TIMES_BASELINE},
)
_PRE_INFUSION = "PRE"


def check_infusions(patient: PatientInput, protocol: Protocol) -> tuple[InfusionGiven, ...]:
    """Recompute every infusion's dose and arithmetic against the protocol."""
    return tuple(_check(patient, record, protocol) for record in patient.infusions)


def _check(patient: PatientInput, record: Record[Infusion], protocol: Protocol) -> InfusionGiven:
    on = dates.exact(record.form.started_at)
    return InfusionGiven(
        record_id=record.id,
        date=on.isoformat() if on else "",
        day=patient.day(on),
        check=_dose(Same((record, protocol))),
    )


@lru_cache(maxsize=512)
def _dose(given: Same) -> Outcome:
    """Check the dose of a record by a protocol, once: what rests on it can be remembered too."""
    record, protocol = cast(tuple[Record[Infusion], Protocol], given)
    return guarded(RULE_INFUSION, lambda: check_dose(record.form, protocol))


@dataclass(frozen=True)
class _Sign:
    """A vital sign that is watched: `hours` after the start, `exceeds(value, before)`."""

    kind: str
    item: str
    title: Text
    unit: str
    hours: int
    exceeds: Callable[[float, float | None], bool]


_SIGNS = (
    _Sign(
        "fever",
        "temperature_c",
        Text("Fever after the infusion", "输注后发热"),
        "°C",
        48,
        lambda value, _: value >= 38.0,
    ),
    _Sign(
        "hypotension",
        "systolic",
        Text("Low blood pressure after the infusion", "输注后低血压"),
        "mmHg",
        24,
        lambda value, before: value < 90 or (before is not None and before - value >= 30),
    ),
    _Sign(
        "hypoxia",
        "spo2",
        Text("Low oxygen saturation after the infusion", "输注后低氧"),
        "%",
        24,
        lambda value, before: value < 92 or (before is not None and before - value >= 4),
    ),
)


def sign_flags(found: Evaluated) -> Iterator[Flag]:
    """Fever within 48 h of an infusion, low pressure or saturation within 24 h, by vital signs."""
    timed = [(at, r) for r in found.patient.vitals if (at := when(r.form.measured_at))]
    timed.sort(key=lambda pair: pair[0])
    for record in found.patient.infusions:
        start = when(record.form.started_at)
        if start is None:
            continue
        for sign in _SIGNS:
            before = _before(timed, start, sign.item)
            end = start + timedelta(hours=sign.hours)
            for at, vitals in timed:
                value = _read(vitals, sign.item)
                if start < at <= end and value is not None and sign.exceeds(value, before):
                    yield _sign_flag(found.patient, sign, record, vitals, value, before, at, start)
                    break


def _read(record: Record[VitalSigns], item: str) -> float | None:
    value = record.form.get(item)
    return None if value is None else float(value)


def _before(
    timed: list[tuple[datetime, Record[VitalSigns]]], start: datetime, item: str
) -> float | None:
    """Return the last reading of the day before the start, that of PRE included."""
    values = [
        _read(record, item)
        for at, record in timed
        if start - timedelta(days=1) <= at <= start or record.form.timepoint == _PRE_INFUSION
    ]
    return next((value for value in reversed(values) if value is not None), None)


def _sign_flag(
    patient: PatientInput,
    sign: _Sign,
    given: Record[Infusion],
    vitals: Record[VitalSigns],
    value: float,
    before: float | None,
    at: datetime,
    start: datetime,
) -> Flag:
    values: dict[str, Scalar] = {
        "item": sign.item,
        "value": value,
        "previous": before,
        "unit": sign.unit,
        "hours": round((at - start).total_seconds() / 3600, 1),
        "limit": sign.hours,
    }
    return make_flag(
        patient,
        f"aesi.{sign.kind}",
        sign.title,
        RULE_SIGNS,
        (Reason(f"flag.{sign.kind}", Truth.YES, values),),
        severity="warn",
        on=at.date().isoformat(),
        record_ids=(given.id, vitals.id),
        visit_id=vitals.visit_id,
    )


def kidney_flags(found: Evaluated) -> Iterator[Flag]:
    """Creatinine at 150 % of its baseline or more within 30 days after an infusion."""
    before = [v.labs["CREAT"] for v in found.visits if _is_baseline(v.day) and "CREAT" in v.labs]
    known = [measured for measured in before if measured.value]
    if not known:
        return
    start = known[-1]
    for visit in found.followed:
        now = visit.labs.get("CREAT")
        in_window = visit.day is not None and visit.day <= KIDNEY_DAYS
        if not in_window or now is None or now.value is None or start.value is None:
            continue
        if now.value >= KIDNEY_TIMES_BASELINE * start.value * (1 - 1e-9):
            yield make_flag(
                found.patient,
                "aesi.kidney",
                Text("Creatinine up by half within 30 days", "输注后 30 天内肌酐升高≥50 %"),
                RULE_KIDNEY,
                (
                    Reason(
                        "flag.kidney_after_infusion",
                        Truth.YES,
                        {
                            "item": "CREAT",
                            "value": now.value,
                            "baseline": start.value,
                            "unit": now.unit,
                            "percent": round(100 * (now.value / start.value - 1)),
                            "day": visit.day,
                        },
                    ),
                ),
                severity="serious",
                on=now.date or visit.date,
                record_ids=(start.record_id, now.record_id),
                visit_id=visit.visit_id,
            )
            return


def _is_baseline(day: int | None) -> bool:
    return day is not None and day <= 0
