"""A patient's course: every rule of the protocol applied to every visit, from records only.

`evaluate` is the single road from records to results: live scores, stored assessments, flags,
plots, tables and the generated study all take it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from lnmonitor.analysis import flags as flag_rules
from lnmonitor.analysis import infusion_safety
from lnmonitor.analysis.activity import ActivityHistory, judge_activity, judge_year
from lnmonitor.analysis.activity_changes import ChangeHistory, judge_changes
from lnmonitor.analysis.bilag_grades import BilagHistory, grade_bilag
from lnmonitor.analysis.drugs import Steroids, steroids
from lnmonitor.analysis.flares import find_flares
from lnmonitor.analysis.inputs import PatientInput, VisitInput, gather
from lnmonitor.analysis.kidney import (
    KidneyVisit,
    estimate_gfr,
    estimated_value,
    fall_confirmed,
    g_stage,
    judges_response,
    renal_state,
    updated_baseline,
)
from lnmonitor.analysis.laboratory_grades import Baseline, baseline_labs, grade_labs
from lnmonitor.analysis.model import Course, Flag, InfusionGiven, Measured, VisitAssessment
from lnmonitor.analysis.responses import parameters_of, respond
from lnmonitor.analysis.selena import SelenaHistory, judge_selena
from lnmonitor.analysis.sledai_scores import score_sledai
from lnmonitor.analysis.treatment import Treatment, describe_taper, treatment
from lnmonitor.analysis.urine import read_urine
from lnmonitor.clinical.response import RenalState, Response, aurora_1
from lnmonitor.clinical.results import Outcome
from lnmonitor.language import Text
from lnmonitor.study import dates
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData
from lnmonitor.study.schedule import left_study

__all__ = ["Course", "Flag", "InfusionGiven", "Measured", "VisitAssessment", "evaluate"]

_SEVERITY_ORDER = {"serious": 0, "warn": 1, "info": 2}


def evaluate(data: PatientData, protocol: Protocol, *, today: date) -> Course:
    """Return every result that the protocol's rules give for one patient's records.

    Visits come in order of date, missed ones without results. A response is judged after day 0
    wherever urine protein was asked for or is planned, against the last values on or before day
    0; flares are looked for over all of these visits, unscheduled ones included. A missing input
    gives an unknown result or a range; an impossible stored value gives `Refused` for the rules
    that read it and leaves the others alone.
    """
    patient = gather(data)
    infusions = infusion_safety.check_infusions(patient, protocol)
    evaluation = _Evaluation(patient, protocol, steroids(patient.glucocorticoids), infusions)
    visits = tuple(evaluation.assess(visit) for visit in patient.visits)
    other_flares = find_flares(patient, evaluation.courses, evaluation.followed, protocol)
    flares = other_flares.pop(protocol.flare_rule)
    found = flag_rules.Evaluated(patient, protocol, visits, flares, infusions)
    remission = _remission(visits, protocol)
    leaving = left_study(data)
    return Course(
        patient_id=data.patient_id,
        subject_id=data.subject_id,
        day0=patient.day0.isoformat() if patient.day0 else None,
        visits=visits,
        flags=_flags(found),
        flares=flares,
        other_flares=other_flares,
        ever_in_remission=remission[0],
        first_remission_day=remission[1],
        death_day=patient.day(patient.death),
        last_contact_day=_last_contact(patient),
        withdrawn_day=patient.day(dates.earliest(leaving.form.occurred_on)) if leaving else None,
        infusions=infusions,
        primary_rule=protocol.response_rule,
        bilag_scale=protocol.bilag_scale,
        evaluated_on=today.isoformat(),
    )


@dataclass
class _Evaluation:
    """The walk over the visits, with what later visits need from earlier ones."""

    patient: PatientInput
    protocol: Protocol
    courses: Steroids
    infusions: tuple[InfusionGiven, ...]

    def __post_init__(self) -> None:
        self.bilag = BilagHistory(self.patient.history)
        self.activity = ActivityHistory()
        self.changes = ChangeHistory()
        self.selena = SelenaHistory()
        self.labs: Baseline = baseline_labs(self.patient.visits)
        self.baseline = RenalState()
        self.followed: list[KidneyVisit] = []
        self.estimates = {
            visit.record.id: estimate_gfr(self.patient, visit, self.protocol)
            for visit in self.patient.visits
            if visit.took_place and ("CREAT" in visit.labs or "CYSC" in visit.labs)
        }
        self.samples = self._samples()

    def _samples(self) -> list[tuple[str, float]]:
        """Return (date, eGFR) of the samples after day 0, a sample of two visits once."""
        found = {
            _sampled(visit): value
            for visit in self.patient.visits
            if visit.day is not None
            and visit.day > 0
            and (value := estimated_value(self.estimates.get(visit.record.id))) is not None
        }
        return sorted(found.items())

    def assess(self, visit: VisitInput) -> VisitAssessment:
        """Return one visit's results; must be called in order of date."""
        form = visit.record.form
        planned = self.protocol.visit(form.visit_code)
        assessment = VisitAssessment(
            visit_id=visit.record.id,
            code=form.visit_code or "",
            name=planned.name if planned else Text(form.visit_code or "", form.visit_code or ""),
            date=visit.on.isoformat(),
            day=visit.day,
            took_place=visit.took_place,
        )
        if not visit.took_place:
            return assessment
        taken = treatment(self.patient, self.courses, visit.on)
        return replace(
            assessment,
            outcomes=self._outcomes(visit, taken),
            labs=visit.labs,
            prednisone_mg=taken.prednisone_mg_day,
            recorded_sledai=visit.sledai.form.recorded_total if visit.sledai else None,
            pga=visit.pga,
            weight_kg=visit.vital("weight_kg"),
        )

    def _outcomes(self, visit: VisitInput, taken: Treatment) -> dict[str, Outcome]:
        found = score_sledai(visit, self.protocol)
        found |= self._treatment(visit, taken)
        estimated = self.estimates.get(visit.record.id)
        if estimated is not None:
            found |= {"egfr": estimated, "kdigo_g": g_stage(estimated)}
        found |= read_urine(self.patient, visit, found.get("kdigo_g"), self.protocol)
        found |= grade_bilag(self.patient, visit, estimated, self.bilag, self.protocol)
        found |= self._kidney(visit, estimated, taken)
        found |= judge_activity(visit, found, taken, self.activity)
        found |= judge_year(visit, found, self.activity, self.protocol)
        found |= judge_changes(
            visit.record.form.visit_code or "", found, self.changes, self.protocol
        )
        found |= judge_selena(self.patient, visit, self.courses, self.selena, self.protocol)
        return found | grade_labs(visit, self.labs)

    def _treatment(self, visit: VisitInput, taken: Treatment) -> dict[str, Outcome]:
        """Return the steroid dose and course, and an infusion given on the day of the visit."""
        found: dict[str, Outcome] = {}
        if taken.dose is not None:
            found["steroids"] = taken.dose
        course = describe_taper(self.patient, self.courses, visit.on)
        if course is not None:
            found["steroids.taper"] = course
        given = [one.check for one in self.infusions if one.date == visit.on.isoformat()]
        return found | ({"infusion": given[-1]} if given else {})

    def _kidney(
        self, visit: VisitInput, estimated: Outcome | None, taken: Treatment
    ) -> dict[str, Outcome]:
        """Keep the kidney's state up to day 0 for the baseline, judge the response after it."""
        if visit.day is None:
            return {}
        state = renal_state(self.patient, visit, estimated, taken)
        if visit.day <= 0:
            self.baseline = updated_baseline(self.baseline, state)
            return {}
        if not judges_response(visit, self.protocol):
            return {}
        limits = {**aurora_1.PARAMETERS, **parameters_of(self.protocol, aurora_1.RULE_SET.id)}
        confirmed = fall_confirmed(self.samples, _sampled(visit), self.baseline.egfr, limits)
        state = replace(state, egfr_fall_confirmed=confirmed)
        outcomes = respond(self.baseline, state, self.protocol)
        self.followed.append(KidneyVisit(visit, state, outcomes))
        return outcomes


def _sampled(visit: VisitInput) -> str:
    """Return the day on which the creatinine (or cystatin C) of a visit was taken."""
    measured = visit.labs.get("CREAT") or visit.labs.get("CYSC")
    return (measured.date if measured else "") or visit.on.isoformat()


def _flags(found: flag_rules.Evaluated) -> tuple[Flag, ...]:
    """Return all flags, each identity once, the most severe first and then the latest."""
    raised = chain(
        flag_rules.flare_flags(found),
        flag_rules.event_flags(found),
        flag_rules.grade_flags(found),
        flag_rules.dose_flags(found),
        infusion_safety.kidney_flags(found),
        infusion_safety.sign_flags(found),
        flag_rules.creatinine_flags(found),
        flag_rules.contradiction_flags(found),
        flag_rules.collection_flags(found),
        flag_rules.selena_flags(found),
    )
    unique = {flag.identity: flag for flag in raised}
    by_date = sorted(unique.values(), key=lambda flag: flag.date, reverse=True)
    return tuple(sorted(by_date, key=lambda flag: _SEVERITY_ORDER[flag.severity]))


def _remission(
    visits: Sequence[VisitAssessment], protocol: Protocol
) -> tuple[bool | None, int | None]:
    """Return whether CR or PR was ever reached, and the first day of it.

    None while no visit reached it and one is unknown, or none was judged at all.
    """
    judged = [(visit.day, visit.response(protocol.response_rule)) for visit in visits]
    known = [(day, response) for day, response in judged if response is not None]
    reached = [day for day, response in known if response in {Response.CR, Response.PR}]
    if reached:
        return (True, reached[0])
    still_open = not known or any(response is Response.UNKNOWN for _, response in known)
    return (None if still_open else False, None)


def _last_contact(patient: PatientInput) -> int | None:
    """Return the last day the patient is known of: visits, disposition, death."""
    seen = [visit.on for visit in patient.visits if visit.took_place]
    for record in patient.dispositions:
        stated = (record.form.last_contact, record.form.occurred_on)
        seen += [day for day in map(dates.earliest, stated) if day is not None]
    return patient.day(max(seen, default=None))
