"""A patient's course: every rule of the protocol applied to every visit, from records only.

`evaluate` is the single road from records to results: live scores, stored assessments, flags,
plots, tables and the generated study all take it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import cast

from lnmonitor.analysis import flags as flag_rules
from lnmonitor.analysis import infusion_safety
from lnmonitor.analysis.bilag_grades import BilagHistory
from lnmonitor.analysis.drugs import steroids
from lnmonitor.analysis.flares import Flares, find_flares
from lnmonitor.analysis.inputs import PatientInput, VisitInput, gather
from lnmonitor.analysis.kidney import KidneyVisit, estimate_gfr, estimated_value
from lnmonitor.analysis.kidney_replacement import replaced_since
from lnmonitor.analysis.laboratory_grades import baseline_labs
from lnmonitor.analysis.model import Course, Flag, InfusionGiven, Measured, VisitAssessment
from lnmonitor.analysis.same import Same
from lnmonitor.analysis.visit_results import Before, Beside, Known, Sample, judge, known_of
from lnmonitor.clinical.response import Response
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
    evaluation = _Evaluation(patient, protocol, infusions)
    visits = tuple(evaluation.assess(visit) for visit in patient.visits)
    other_flares = dict(_flares(evaluation.known, Same(evaluation.followed)))
    flares = other_flares.pop(protocol.flare_rule)
    found = flag_rules.Evaluated(patient, protocol, visits, flares.found, infusions)
    remission = _remission(visits, protocol)
    leaving = left_study(data)
    return Course(
        patient_id=data.patient_id,
        subject_id=data.subject_id,
        day0=patient.day0.isoformat() if patient.day0 else None,
        visits=visits,
        flags=_flags(found),
        flares=flares.found,
        undecided_flares=flares.undecided,
        other_flares={rule: one.found for rule, one in other_flares.items()},
        other_undecided={rule: one.undecided for rule, one in other_flares.items()},
        ever_in_remission=remission[0],
        first_remission_day=remission[1],
        death_day=patient.day(patient.death),
        kidney_replaced_day=patient.day(replaced_since(patient.kidney_replacements, patient.day0)),
        last_contact_day=_last_contact(patient),
        withdrawn_day=patient.day(dates.earliest(leaving.form.occurred_on)) if leaving else None,
        infusions=infusions,
        primary_rule=protocol.response_rule,
        bilag_scale=protocol.bilag_scale,
        evaluated_on=today.isoformat(),
    )


@lru_cache(maxsize=512)
def _flares(known: Known, followed: Same) -> dict[str, Flares]:
    """Look for flares once over the same visits."""
    visits = cast(tuple[KidneyVisit, ...], followed)
    return find_flares(known.patient, known.courses, visits, known.protocol)


class _Evaluation:
    """The walk over the visits in order of date, each with what earlier ones left behind."""

    def __init__(
        self, patient: PatientInput, protocol: Protocol, infusions: Sequence[InfusionGiven]
    ) -> None:
        self.known = known_of(patient, steroids(patient.glucocorticoids), protocol)
        self.infusions = infusions
        self.before = Before(BilagHistory(patient.history))
        self.labs = baseline_labs(patient.visits).labs
        self.followed: list[KidneyVisit] = []
        self.estimates = {
            visit.record.id: estimate_gfr(patient, visit, protocol)
            for visit in patient.visits
            if visit.took_place and ("CREAT" in visit.labs or "CYSC" in visit.labs)
        }
        self.samples = self._samples(patient)

    def _samples(self, patient: PatientInput) -> list[Sample]:
        """Return (date, eGFR) of the samples after day 0, a sample of two visits once."""
        found = {
            _sampled(visit): value
            for visit in patient.visits
            if visit.day is not None
            and visit.day > 0
            and (value := estimated_value(self.estimates.get(visit.record.id))) is not None
        }
        return sorted(found.items())

    def assess(self, visit: VisitInput) -> VisitAssessment:
        """Return one visit's results; must be called in order of date."""
        judged = judge(visit, self.known, self.before, self._beside(visit))
        self.before = judged.after
        if judged.kidney is not None:
            self.followed.append(judged.kidney)
        return judged.assessment

    def _beside(self, visit: VisitInput) -> Beside:
        sampled, on = _sampled(visit), visit.on.isoformat()
        place = next((n for n, (day, _) in enumerate(self.samples) if day == sampled), None)
        near = () if place is None else self.samples[max(place - 1, 0) : place + 2]
        given = [one.check for one in self.infusions if one.date == on]
        return Beside(
            estimated=self.estimates.get(visit.record.id),
            sampled=sampled,
            samples=tuple(near),
            infusion=given[-1] if given else None,
            labs={code: self.labs[code] for code in visit.labs if code in self.labs},
        )


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
