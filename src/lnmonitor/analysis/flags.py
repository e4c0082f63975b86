"""Flags: what a person must look at, each with its evidence.

Windows and limits that no publication prints are this protocol's own and say so (`verified` False).
A flag's identity is made of its kind, the patient and the records that raised it, so that an
acknowledgement survives every recomputation; when the evidence is corrected the flag disappears.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from lnmonitor.analysis.inputs import PatientInput
from lnmonitor.analysis.laboratory_grades import TERMS
from lnmonitor.analysis.model import Flag, InfusionGiven, Measured, SledaiLabCheck, VisitAssessment
from lnmonitor.clinical.criteria import above, truth
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.clinical.selena_flare import NONE as NO_FLARE
from lnmonitor.clinical.selena_flare import SEVERE as SEVERE_FLARE
from lnmonitor.clinical.selena_flare import SfiFlare
from lnmonitor.clinical.urine_collection import CollectionCheck
from lnmonitor.language import Text
from lnmonitor.study import dates
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import AdverseEvent
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import Record

SEVERE_GRADE = 3
CREATININE_RISE_PERCENT = 30

AESI_WINDOW_DAYS: Mapping[str, int] = {
    "INFUSIONREACTION": 1,
    "HYPOTENSION": 1,
    "HYPOXIA": 1,
    "ARRHYTHMIA": 1,
    "ANAPHYLAXIS": 1,
    "FEVER": 2,
    "BACTERAEMIA": 14,
    "THROMBOEMBOLISM": 30,
    "AKI": 30,
    "GVHD": 100,
    "INFECTION": 365,
}
"""Days after an infusion in which an event of special interest counts; others always do."""

RULE_CREATININE = Rule(
    "flag-creatinine-rise", "1", parameters={"rise_percent": CREATININE_RISE_PERCENT}
)
RULE_SERIOUS = Rule("flag-serious-event-unreported", "1")
RULE_SPECIAL_INTEREST = Rule("flag-special-interest", "1")
RULE_INCOMPLETE = Rule("flag-collection-incomplete", "1")


@dataclass(frozen=True)
class Evaluated:
    """What the flag rules look at."""

    patient: PatientInput
    protocol: Protocol
    visits: tuple[VisitAssessment, ...]
    flares: tuple[Outcome, ...]
    infusions: tuple[InfusionGiven, ...]

    @property
    def followed(self) -> list[VisitAssessment]:
        """Visits after day 0."""
        return [visit for visit in self.visits if visit.day is not None and visit.day > 0]

    def at_baseline(self, key: str) -> Outcome | None:
        """Return an outcome at the last visit on or before day 0 that has it."""
        before = [v for v in self.visits if v.day is not None and v.day <= 0 and key in v.outcomes]
        return before[-1].outcomes[key] if before else None


def identity(kind: str, patient_id: str, record_ids: Sequence[str]) -> str:
    """Return the lasting name of a flag: 16 hexadecimal digits."""
    text = "|".join((kind, patient_id, *sorted(set(record_ids))))
    return sha256(text.encode()).hexdigest()[:16]


def make_flag(
    patient: PatientInput,
    kind: str,
    title: Text,
    rule: Rule,
    reasons: Sequence[Reason],
    *,
    severity: str,
    on: str,
    record_ids: Sequence[str],
    visit_id: str | None = None,
) -> Flag:
    """Build a flag; `on` is the (possibly partial) date of what raised it."""
    return Flag(
        identity=identity(kind, patient.data.patient_id, record_ids),
        kind=kind,
        title=title,
        rule=rule,
        reasons=tuple(reasons),
        severity=severity,
        date=on,
        day=patient.day(dates.earliest(on)),
        visit_id=visit_id,
        record_ids=tuple(record_ids),
    )


def flare_flags(found: Evaluated) -> Iterator[Flag]:
    """One flag for each episode: suspected until it is confirmed, and then a confirmed one."""
    for flare in found.flares:
        if not isinstance(flare, FlareFinding):
            continue
        visit = next((v for v in found.visits if v.day == flare.onset_day), None)
        if visit is None:
            continue
        confirmed = flare.status == "confirmed"
        over = flare.resolved_day is not None and not confirmed
        evidence = [
            visit.labs[code].record_id for code in ("U24P", "UPCR", "CREAT") if code in visit.labs
        ]
        yield make_flag(
            found.patient,
            f"flare.{flare.status}",
            Text("Renal flare: confirmed", "肾脏复发：确认")
            if confirmed
            else Text("Renal flare: suspected", "肾脏复发：疑似"),
            flare.rule,
            (*_remission_before(found, flare), *flare.reasons, *_confirmation(flare)),
            severity="info" if over else "serious",
            on=flare.onset_date,
            record_ids=evidence,
            visit_id=visit.visit_id,
        )


def _remission_before(found: Evaluated, flare: FlareFinding) -> Iterator[Reason]:
    """The last remission before the flare, with its protein."""
    key = found.protocol.response_rule
    earlier = [v for v in found.followed if v.day is not None and v.day < flare.onset_day]
    for visit in reversed(earlier):
        response = visit.response(key)
        if response is None or response.value not in {"CR", "PR"}:
            continue
        measured = visit.labs.get("U24P") or visit.labs.get("UPCR")
        yield Reason(
            "flag.earlier_remission",
            Truth.YES,
            {
                "response": response.value,
                "visit": visit.code,
                "date": visit.date,
                "value": measured.value if measured else None,
                "unit": measured.unit if measured else None,
            },
        )
        return


def _confirmation(flare: FlareFinding) -> Iterator[Reason]:
    """How the flare was confirmed, or what would confirm it and until when."""
    if flare.status == "confirmed":
        values: dict[str, Scalar] = {"date": flare.confirmed_date, "day": flare.confirmed_day}
        yield Reason("flag.flare_confirmed", Truth.YES, values)
        return
    if flare.resolved_day is not None:
        yield Reason("flag.flare_not_confirmed", Truth.NO, {"day": flare.resolved_day})
        return
    yield Reason("flag.treatment_escalated", Truth.NO, {"item": "treatment"})
    onset = date.fromisoformat(flare.onset_date)
    limits = [flare.rule.parameters.get(name) for name in ("confirm_min_days", "confirm_max_days")]
    first, last = (int(limit) for limit in limits if isinstance(limit, int | float))
    yield Reason(
        "flag.second_sample",
        Truth.UNKNOWN,
        {
            "item": "second_sample",
            "first": (onset + timedelta(days=first)).isoformat(),
            "last": (onset + timedelta(days=last)).isoformat(),
            "min_days": first,
            "max_days": last,
        },
    )


def grade_flags(found: Evaluated) -> Iterator[Flag]:
    """Laboratory grade 3 or 4 that is new: above the baseline's and above the visit's before."""
    for code, terms in TERMS.items():
        for term in terms:
            key = f"ctcae.{term}"
            start = found.at_baseline(key)
            last = baseline = start.high if isinstance(start, CtcaeGrade) else 0
            for visit in found.followed:
                result = visit.outcomes.get(key)
                if not isinstance(result, CtcaeGrade):
                    continue
                grade = result.low
                if grade >= SEVERE_GRADE and grade > baseline and grade > last:
                    yield _grade_flag(found.patient, visit, code, result, baseline)
                last = grade


def _grade_flag(
    patient: PatientInput, visit: VisitAssessment, code: str, grade: CtcaeGrade, before: int
) -> Flag:
    name, measured = ANALYTES[code].name, visit.labs[code]
    emergent = Reason(
        "flag.above_baseline",
        Truth.YES,
        {"item": grade.term, "grade": grade.low, "baseline": before},
    )
    met = [reason for reason in grade.reasons if reason.met is Truth.YES]
    return make_flag(
        patient,
        f"ctcae.{grade.term}",
        Text(f"{grade.term}: grade {grade.low}", f"{name.zh}：CTCAE {grade.low} 级"),
        grade.rule,
        (*met, emergent),
        severity="serious" if grade.low > SEVERE_GRADE else "warn",
        on=measured.date or visit.date,
        record_ids=(measured.record_id,),
        visit_id=visit.visit_id,
    )


def creatinine_flags(found: Evaluated) -> Iterator[Flag]:
    """Creatinine more than 30 % above the value before it, after day 0."""
    before: Measured | None = None
    for visit in found.visits:
        now = visit.labs.get("CREAT")
        if now is None or now.value is None or now.operator:
            continue
        times = now.value / before.value if before and before.value else None
        after_start = visit.day is not None and visit.day > 0
        if before and times and after_start and above(times, 1 + CREATININE_RISE_PERCENT / 100):
            yield _creatinine_flag(found.patient, visit, before, now, times)
        before = now


def _creatinine_flag(
    patient: PatientInput, visit: VisitAssessment, before: Measured, now: Measured, times: float
) -> Flag:
    values: dict[str, Scalar] = {
        "item": "CREAT",
        "value": now.value,
        "previous": before.value,
        "unit": now.unit,
        "percent": round(100 * (times - 1)),
        "limit": CREATININE_RISE_PERCENT,
        "date": before.date,
    }
    return make_flag(
        patient,
        "creatinine.rise",
        Text("Creatinine up by more than 30 %", "肌酐升高超过 30 %"),
        RULE_CREATININE,
        (Reason("flag.creatinine_rise", Truth.YES, values),),
        severity="warn",
        on=now.date or visit.date,
        record_ids=(before.record_id, now.record_id),
        visit_id=visit.visit_id,
    )


def event_flags(found: Evaluated) -> Iterator[Flag]:
    """Serious events that no report is recorded for, and events of special interest."""
    for record in found.patient.events:
        if record.form.serious == "Y" and not record.form.reported_at:
            yield _unreported(found.patient, record)
        if record.form.special_interest:
            yield _special_interest(found.patient, record)


def _unreported(patient: PatientInput, record: Record[AdverseEvent]) -> Flag:
    event = record.form
    return make_flag(
        patient,
        "sae.unreported",
        Text(
            f"Serious event not reported: {event.term or '?'}",
            f"严重不良事件未上报：{event.term or '?'}",
        ),
        RULE_SERIOUS,
        (
            Reason("flag.serious", Truth.YES, {"item": event.term, "grade": event.grade}),
            Reason("flag.reported", Truth.NO, {"item": event.term, "date": event.aware_at}),
        ),
        severity="serious",
        on=event.start or "",
        record_ids=(record.id,),
    )


def _special_interest(patient: PatientInput, record: Record[AdverseEvent]) -> Flag:
    event = record.form
    names = [decode("AESI", event.special_interest, language) for language in ("en", "zh")]
    window = _in_window(patient, event)
    serious = "serious" if event.serious == "Y" else "warn"
    return make_flag(
        patient,
        "aesi.event",
        Text(f"Of special interest: {names[0]}", f"特别关注事件：{names[1]}"),
        RULE_SPECIAL_INTEREST,
        (
            Reason(
                "flag.special_interest",
                Truth.YES,
                {"item": event.term, "kind": event.special_interest, "grade": event.grade},
            ),
            window,
        ),
        severity="info" if window.met is Truth.NO else serious,
        on=event.start or "",
        record_ids=(record.id,),
    )


def _in_window(patient: PatientInput, event: AdverseEvent) -> Reason:
    """Whether the event began in its kind's window after an infusion; by days, both ends in."""
    limit = AESI_WINDOW_DAYS.get(event.special_interest or "")
    start = dates.exact(event.start)
    given = [dates.exact(record.form.started_at) for record in patient.infusions]
    after = [(start - on).days for on in given if start and on and start >= on]
    since = min(after, default=None)
    met = truth(since, "<=", math.inf if limit is None else limit)
    if start is not None and not after and any(given):
        met = Truth.NO  # before any infusion
    values = {"item": event.term, "value": since, "limit": limit}
    return Reason("flag.any_time" if limit is None else "flag.in_window", met, values)


def dose_flags(found: Evaluated) -> Iterator[Flag]:
    """Infusions whose dose per kg is outside the protocol's tolerance."""
    for given in found.infusions:
        check = given.check
        if not isinstance(check, InfusionCheck) or check.deviation_class in {None, "ok"}:
            continue
        percent = check.deviation_percent or 0.0
        major = check.deviation_class == "major"
        limit = found.protocol.dose_major_percent if major else found.protocol.dose_minor_percent
        yield make_flag(
            found.patient,
            f"dose.{check.deviation_class}",
            Text(
                f"Cell dose {percent:+.1f} % of the planned", f"细胞剂量偏离计划 {percent:+.1f} %"
            ),
            check.rule,
            (
                Reason(
                    "flag.dose_deviation",
                    Truth.YES,
                    {
                        "item": "dose",
                        "value": round((check.given_dose_per_kg or 0.0) / 1e6, 3),
                        "baseline": found.protocol.dose_per_kg,
                        "unit": "×10⁶/kg",
                        "percent": round(percent, 1),
                        "limit": limit,
                        "class": check.deviation_class,
                    },
                ),
            ),
            severity="serious" if major else "warn",
            on=given.date,
            record_ids=(given.record_id,),
        )


def contradiction_flags(found: Evaluated) -> Iterator[Flag]:
    """SLEDAI answers that the laboratory contradicts, one flag for a visit."""
    for visit in found.visits:
        check = visit.outcomes.get("sledai.labs")
        if not isinstance(check, SledaiLabCheck) or not check.contradictions:
            continue
        yield make_flag(
            found.patient,
            "sledai.contradiction",
            Text("SLEDAI answer and laboratory disagree", "SLEDAI 评分与化验不符"),
            check.rule,
            tuple(
                Reason(
                    "flag.sledai_contradiction",
                    Truth.YES,
                    {"item": code, "proposed": check.proposals[code].present.value},
                )
                for code in check.contradictions
            )
            + check.reasons,
            severity="info",
            on=visit.date,
            record_ids=(visit.visit_id, *check.contradictions),
            visit_id=visit.visit_id,
        )


def collection_flags(found: Evaluated) -> Iterator[Flag]:
    """24-hour collections that were recorded as incomplete, or whose creatinine says so.

    Rules do not use the protein of the first kind. The second kind is used and flagged: the limits
    of creatinine excretion are not verified, so a person decides.
    """
    for visit in found.visits:
        measured, checked = visit.labs.get("U24P"), visit.outcomes.get("urine.collection")
        if measured is None:
            continue
        by_creatinine = isinstance(checked, CollectionCheck) and checked.complete is Truth.NO
        reasons: list[Reason] = []
        if measured.complete is False:
            values: dict[str, Scalar] = {"value": measured.value, "unit": measured.unit}
            code = "flag.collection_incomplete"
            reasons.append(Reason(code, Truth.YES, {"item": "U24P", **values}))
        if by_creatinine and checked is not None:
            excreted = checked.reasons[0]
            reasons.append(Reason("flag.creatinine_low", Truth.YES, excreted.values))
        if not reasons:
            continue
        yield make_flag(
            found.patient,
            "urine.incomplete",
            Text("24-h urine collection incomplete", "24 h 尿收集不完整"),
            RULE_INCOMPLETE,
            reasons,
            severity="info" if measured.complete is False else "warn",
            on=measured.date or visit.date,
            record_ids=(measured.record_id,),
            visit_id=visit.visit_id,
        )


def selena_flags(found: Evaluated) -> Iterator[Flag]:
    """Flares by the SELENA flare index, where the protocol wants to be told of them."""
    if not found.protocol.selena_flags:
        return
    for visit in found.followed:
        index = visit.outcomes.get("sfi")
        if not isinstance(index, SfiFlare) or index.severity in {None, NO_FLARE}:
            continue
        severe = index.severity == SEVERE_FLARE
        yield make_flag(
            found.patient,
            f"sfi.{index.severity}",
            Text("SELENA flare: severe", "SELENA 复发：重度")
            if severe
            else Text("SELENA flare: mild or moderate", "SELENA 复发：轻/中度"),
            index.rule,
            tuple(reason for reason in index.reasons if reason.met is Truth.YES),
            severity="warn" if severe else "info",
            on=visit.date,
            record_ids=(visit.visit_id,),
            visit_id=visit.visit_id,
        )
