"""One visit's results by every rule that is asked at a visit, made once for the same inputs.

A patient is evaluated after every save, and a save changes one record of hundreds. So the rules of
a visit are given nothing but what has a key: the visit, what is known of the patient, what earlier
visits left behind, and what stands beside the visit. While all four are the same, so are the
results: the same objects, by which a store knows that there is nothing to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from lnmonitor.analysis.activity import ActivityHistory, judge_activity, judge_year
from lnmonitor.analysis.activity_changes import ChangeHistory, judge_changes
from lnmonitor.analysis.bilag_grades import BilagHistory, grade_bilag
from lnmonitor.analysis.drugs import Steroids
from lnmonitor.analysis.inputs import PatientInput, VisitInput
from lnmonitor.analysis.kidney import (
    KidneyVisit,
    fall_confirmed,
    g_stage,
    judges_response,
    renal_state,
    updated_baseline,
)
from lnmonitor.analysis.kidney_events import kidney_events
from lnmonitor.analysis.laboratory_grades import Baseline, grade_labs
from lnmonitor.analysis.model import Measured, VisitAssessment
from lnmonitor.analysis.responses import parameters_of, respond
from lnmonitor.analysis.same import Keyed, Same
from lnmonitor.analysis.selena import SelenaHistory, judge_selena
from lnmonitor.analysis.sledai_scores import score_sledai
from lnmonitor.analysis.treatment import Treatment, describe_taper, treatment
from lnmonitor.analysis.urine import read_urine
from lnmonitor.clinical.response import RenalState, aurora_1
from lnmonitor.clinical.results import Outcome
from lnmonitor.language import Text
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData

Sample = tuple[str, float]
"""ISO date and eGFR of a sample."""
_VISITS_KEPT = 256


@dataclass(frozen=True, eq=False)
class Known(Keyed):
    """What the rules of a visit read of a patient; made by `known_of`."""

    patient: PatientInput
    courses: Steroids
    protocol: Protocol

    @cached_property
    def key(self) -> tuple[object, ...]:
        """The records themselves, for they are never changed in place."""
        one = self.patient
        logs = (*one.glucocorticoids, *one.immunosuppressants, *one.kidney_replacements)
        return one.day0, Same((self.protocol, one.demographics, one.history, *logs, *one.events))


def known_of(patient: PatientInput, courses: Steroids, protocol: Protocol) -> Known:
    """Leave of a patient what the rules of a visit may read, so that they can read nothing else."""
    data = patient.data
    left = replace(
        patient,
        data=PatientData(data.patient_id, data.subject_id, data.site_id),
        visits=(),
        infusions=(),
        events=patient.events if protocol.uses_selena else kidney_events(patient.events),
        dispositions=(),
        vitals=(),
    )
    return Known(left, courses, protocol)


@dataclass(frozen=True, eq=False)
class Before(Keyed):
    """What earlier visits left behind. The histories in it are copied before they go on."""

    bilag: BilagHistory
    activity: ActivityHistory = field(default_factory=ActivityHistory)
    changes: ChangeHistory = field(default_factory=ChangeHistory)
    selena: SelenaHistory = field(default_factory=SelenaHistory)
    kidney: RenalState = field(default_factory=RenalState)
    """The baseline: for each measure the last value on or before day 0."""

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Numbers by value, results and forms' answers as the same objects."""
        activity, changes, scored = self.activity, self.changes, self.selena.last
        index = activity.baseline
        objects = [
            activity.items,
            changes.score,
            *(changes.letters.values() if changes.letters is not None else ()),
            *((index.sledai, *index.bilag.values()) if index is not None else ()),
            *(grade for one in activity.assessments for grade in one.grades.values()),
            *((scored.visit, scored.score) if scored is not None else ()),
        ]
        return (
            self.bilag.renal,
            frozenset(self.bilag.active),
            changes.visit_code,
            None if changes.letters is None else len(changes.letters),
            None if index is None else (index.pga, len(index.bilag)),
            tuple((one.day, len(one.grades)) for one in activity.assessments),
            scored is None,
            self.kidney,
            Same(objects),
        )

    def copied(self) -> Before:
        """Return the same with histories of its own."""
        return Before(
            replace(self.bilag, active=set(self.bilag.active)),
            replace(self.activity),
            replace(self.changes),
            replace(self.selena),
            self.kidney,
        )


@dataclass(frozen=True, eq=False)
class Beside(Keyed):
    """What stands beside a visit.

    Attributes:
        estimated: the estimated GFR, None without a sample. samples: that of this visit (its day in
            `sampled`) and its neighbours after day 0, by date.
        infusion: the check of one given that day. labs: baseline of the analytes measured here.
    """

    estimated: Outcome | None
    sampled: str
    samples: tuple[Sample, ...]
    infusion: Outcome | None
    labs: Mapping[str, Measured]

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Days and numbers by value, results as the same objects."""
        objects = (self.estimated, self.infusion, *self.labs.values())
        return self.sampled, self.samples, tuple(self.labs), Same(objects)


@dataclass(frozen=True)
class Judged:
    """A visit's results, its kidney where a response is due, and what the next visit needs."""

    assessment: VisitAssessment
    kidney: KidneyVisit | None
    after: Before


@lru_cache(maxsize=_VISITS_KEPT)
def judge(visit: VisitInput, known: Known, before: Before, beside: Beside) -> Judged:
    """Return one visit's results, the same objects for the same inputs; a missed one has none."""
    form, protocol = visit.record.form, known.protocol
    planned = protocol.visit(form.visit_code)
    assessment = VisitAssessment(
        visit_id=visit.record.id,
        code=form.visit_code or "",
        name=planned.name if planned else Text(form.visit_code or "", form.visit_code or ""),
        date=visit.on.isoformat(),
        day=visit.day,
        took_place=visit.took_place,
    )
    if not visit.took_place:
        return Judged(assessment, None, before)
    taken = treatment(known.patient, known.courses, visit.on)
    judging = _Judging(visit, known, before.copied(), beside, taken)
    outcomes = judging.outcomes()
    assessment = replace(
        assessment,
        outcomes=outcomes,
        labs=visit.labs,
        prednisone_mg=taken.prednisone_mg_day,
        recorded_sledai=visit.sledai.form.recorded_total if visit.sledai else None,
        pga=visit.pga,
        weight_kg=visit.vital("weight_kg"),
    )
    return Judged(assessment, judging.kidney, judging.before)


@dataclass
class _Judging:
    """The rules of one visit in their order; `before` becomes what the next visit needs."""

    visit: VisitInput
    known: Known
    before: Before
    beside: Beside
    taken: Treatment
    kidney: KidneyVisit | None = None

    def outcomes(self) -> dict[str, Outcome]:
        visit, taken, before = self.visit, self.taken, self.before
        patient, protocol = self.known.patient, self.known.protocol
        found = score_sledai(visit, protocol)
        found |= self._treatment()
        estimated = self.beside.estimated
        if estimated is not None:
            found |= {"egfr": estimated, "kdigo_g": g_stage(estimated)}
        found |= read_urine(patient, visit, found.get("kdigo_g"), protocol)
        found |= grade_bilag(patient, visit, estimated, before.bilag, protocol)
        found |= self._kidney()
        found |= judge_activity(visit, found, taken, before.activity, protocol)
        found |= judge_year(visit, found, before.activity, protocol)
        found |= judge_changes(visit.record.form.visit_code or "", found, before.changes, protocol)
        found |= judge_selena(patient, visit, self.known.courses, before.selena, protocol)
        return found | grade_labs(visit, Baseline(self.beside.labs))

    def _treatment(self) -> dict[str, Outcome]:
        """Return the steroid dose and course, and an infusion given on the day of the visit."""
        found: dict[str, Outcome] = {}
        if self.taken.dose is not None:
            found["steroids"] = self.taken.dose
        course = describe_taper(self.known.patient, self.known.courses, self.visit.on)
        if course is not None:
            found["steroids.taper"] = course
        if self.beside.infusion is not None:
            found["infusion"] = self.beside.infusion
        return found

    def _kidney(self) -> dict[str, Outcome]:
        """Keep the kidney's state up to day 0 for the baseline, judge the response after it."""
        visit, protocol, baseline = self.visit, self.known.protocol, self.before.kidney
        if visit.day is None:
            return {}
        state = renal_state(self.known.patient, visit, self.beside.estimated, self.taken)
        if visit.day <= 0:
            self.before = replace(self.before, kidney=updated_baseline(baseline, state))
            return {}
        if not judges_response(visit, protocol):
            return {}
        limits = {**aurora_1.PARAMETERS, **parameters_of(protocol, aurora_1.RULE_SET.id)}
        samples, sampled = self.beside.samples, self.beside.sampled
        confirmed = fall_confirmed(samples, sampled, baseline.egfr, limits)
        state = replace(state, egfr_fall_confirmed=confirmed)
        outcomes = respond(baseline, state, protocol)
        self.kidney = KidneyVisit(visit, state, outcomes)
        return outcomes
