"""All clinical rules over a cohort, and the scoring of one visit while typing.

    python benchmarks/clinical_rules.py [--patients 10000] [--visits 12] [--profile]

One process, one core, processor time: other work on the machine does not count. Patients are
synthetic and all different; making them is not counted. Two sets of rules: those that decide by the
trial's protocol, and every rule of the package (nine response definitions, six flare definitions,
all indices), which is what the program asks for at each visit; no rule is asked twice. Each is
timed at two lengths of follow-up, whose time per visit must agree (linear in visits).

Python's cycle collector is off, as it is in the desktop while the study's thread computes
(`desktop/garbage.py`): results hold no cycles, and left on it takes a quarter of the time more.

Results make their reasons when somebody reads them (docs/adr/0022). "Decided" is the time of all
results with their values, missing inputs and rules; "decided and explained" that of the same with
every reason of every result read.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from lnmonitor.clinical import (
    bicla,
    bilag,
    bilag_flare,
    bilag_haematological,
    bilag_renal,
    bilag_renal_classic,
    ctcae,
    flare,
    gfr,
    infusion,
    low_activity,
    response,
    response_course,
    selena_flare,
    selena_sledai,
    sledai,
    sri4,
    steroids,
    taper,
)
from lnmonitor.clinical.bilag import Assessment, BilagGrade
from lnmonitor.clinical.bilag_haematological import HaematologyInputs
from lnmonitor.clinical.bilag_items import HAEMATOLOGICAL, ITEMS, RENAL, SYSTEMS
from lnmonitor.clinical.bilag_renal import RenalInputs
from lnmonitor.clinical.flare import FlareObservation
from lnmonitor.clinical.infusion import InfusionFacts
from lnmonitor.clinical.low_activity import ActivityFacts
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.responder import IndexVisit
from lnmonitor.clinical.response import RenalState
from lnmonitor.clinical.response_course import CourseVisit
from lnmonitor.clinical.results import Outcome
from lnmonitor.clinical.selena_flare import SfiFacts
from lnmonitor.clinical.sledai import SledaiLabs
from lnmonitor.clinical.steroids import DoseInterval

DAY_0 = date(2026, 1, 1)
LABORATORY = {  # term -> unit, usual value, spread, LLN, ULN
    "Creatinine increased": ("umol/L", 90, 60, 41, 81),
    "White blood cell decreased": ("10^9/L", 6, 4, 3.5, 9.5),
    "Neutrophil count decreased": ("10^9/L", 4, 3, 1.8, 6.3),
    "Lymphocyte count decreased": ("10^9/L", 1.2, 0.9, 1.1, 3.2),
    "Platelet count decreased": ("10^9/L", 180, 130, 125, 350),
    "Anemia": ("g/L", 110, 40, 115, 150),
    "Alanine aminotransferase increased": ("U/L", 40, 35, 7, 40),
    "Aspartate aminotransferase increased": ("U/L", 35, 30, 13, 35),
    "Alkaline phosphatase increased": ("U/L", 90, 60, 35, 100),
    "GGT increased": ("U/L", 40, 35, 7, 45),
    "Blood bilirubin increased": ("umol/L", 14, 12, 3, 21),
    "Hypoalbuminemia": ("g/L", 32, 12, 40, 55),
    "Hyperkalemia": ("mmol/L", 4.6, 1.2, 3.5, 5.3),
    "Hypokalemia": ("mmol/L", 4.6, 1.2, 3.5, 5.3),
    "Hypernatremia": ("mmol/L", 140, 12, 137, 147),
    "Hyponatremia": ("mmol/L", 140, 12, 137, 147),
    "Cholesterol high": ("mmol/L", 6, 3, 2.8, 5.2),
    "CPK increased": ("U/L", 120, 110, 40, 200),
}
SCORED = {
    system: tuple(item.code for item in ITEMS if item.system == system)
    for system in SYSTEMS
    if system not in {RENAL, HAEMATOLOGICAL}
}


@dataclass(frozen=True)
class Visit:
    """The answers and values of one visit, as the rules take them."""

    day: int
    on: date
    sledai: Mapping[str, bool | None]
    labs: SledaiLabs
    scored: Mapping[str, Mapping[str, int | None]]
    blood: HaematologyInputs
    renal: RenalInputs
    laboratory: Mapping[str, float]
    state: RenalState
    pga: float
    activity: ActivityFacts


@dataclass(frozen=True)
class Patient:
    """A course, and the prescriptions of prednisone over it."""

    visits: list[Visit]
    doses: list[DoseInterval]


def make_patient(rng: random.Random, visits: int) -> Patient:
    """Return a synthetic patient; about one answer in twelve is missing.

    Laboratory results have the decimals that laboratories print.
    """
    course: list[Visit] = []
    for number in range(visits):
        course.append(_make_visit(rng, 30 * number, course[-1].sledai if course else {}))
    starts = [DAY_0 + timedelta(28 * number) for number in range(visits)]
    doses = [
        DoseInterval("prednisone", max(2.5, 30 - 2 * number), start, start + timedelta(27))
        for number, start in enumerate(starts)
    ]
    return Patient(course, doses)


def _make_visit(rng: random.Random, day: int, previous_items: Mapping[str, bool | None]) -> Visit:
    def maybe(value: float) -> float | None:
        return None if rng.random() < 0.08 else value

    protein = rng.lognormvariate(0.2, 0.8)
    creatinine = rng.uniform(45, 220)
    rbc, wbc = rng.randrange(0, 40), rng.randrange(0, 20)
    items = {code: rng.random() < 0.12 for code in sledai.ITEM_BY_CODE}
    answers: dict[str, bool | None] = dict(items)
    if rng.random() < 0.3:
        answers[rng.choice(list(items))] = None
    scored: dict[str, dict[str, int | None]] = {}
    for system, codes in SCORED.items():
        scored[system] = dict.fromkeys(codes, 0)
        for code in codes:
            if rng.random() < 0.06:
                scored[system][code] = rng.choice((1, 2, 3, 4, None))
    laboratory = {
        term: max(
            ctcae.possible(term, unit)[0] or 0.1,
            round(rng.gauss(usual, spread / 2), 1 if usual < 20 else 0),
        )
        for term, (unit, usual, spread, _, _) in LABORATORY.items()
    }
    u24, egfr = maybe(protein), 140 * 60 / creatinine
    prednisone, pga = rng.choice((5, 10, 20)), rng.uniform(0, 3)
    return Visit(
        day=day,
        on=DAY_0 + timedelta(day),
        sledai=answers,
        labs=SledaiLabs(
            u24_g=u24,
            urine_rbc_hpf=rbc,
            urine_wbc_hpf=maybe(wbc),
            casts=rng.choice(("none", "rbc", "granular")),
            c3_g_l=rng.uniform(0.3, 1.4),
            c3_lln=0.9,
            c4_g_l=rng.uniform(0.05, 0.4),
            c4_lln=0.1,
            dsdna=rng.uniform(0, 400),
            dsdna_uln=100,
            temperature_c=rng.uniform(36, 38.5),
            platelets=laboratory["Platelet count decreased"],
            wbc=laboratory["White blood cell decreased"],
        ),
        scored=scored,
        blood=HaematologyInputs(
            haemoglobin_g_l=laboratory["Anemia"],
            wbc_10e9_l=laboratory["White blood cell decreased"],
            neutrophils_10e9_l=laboratory["Neutrophil count decreased"],
            lymphocytes_10e9_l=laboratory["Lymphocyte count decreased"],
            platelets_10e9_l=laboratory["Platelet count decreased"],
            ttp=0,
            active_haemolysis=False,
            isolated_coombs=rng.random() < 0.1,
        ),
        renal=RenalInputs(
            u24_g=u24,
            upcr_mg_mmol=maybe(100 * protein),
            creatinine_umol_l=creatinine,
            gfr=egfr,
            sbp=rng.uniform(106, 170),  # above any diastolic pressure
            dbp=rng.uniform(60, 105),
            accelerated_hypertension=False,
            nephrotic_syndrome=protein > 3.5,
            active_sediment=rbc > 5,
            active_histology_3mo=False,
        ),
        laboratory=laboratory,
        state=RenalState(
            proteinuria=None if u24 is None else Proteinuria(u24, "g/24 h"),
            upcr=Proteinuria(100 * protein, "mg/mmol"),
            creatinine_umol_l=creatinine,
            creatinine_uln=81,
            egfr=egfr,
            albumin_g_l=laboratory["Hypoalbuminemia"],
            urine_rbc_hpf=rbc,
            urine_wbc_hpf=wbc,
            casts=rng.random() < 0.2,
            on_rescue=rng.random() < 0.05,
            pre_flare_egfr=maybe(95),
            prednisone_mg_day=prednisone,
            treatment_failure=False,
            steroid_allowance_kept=True,
        ),
        pga=pga,
        activity=ActivityFacts(
            items=answers,
            previous_items=previous_items,
            pga=pga,
            prednisone_mg_day=prednisone,
            other_major_activity=False,
            standard_treatment=True,
        ),
    )


class Scored(NamedTuple):
    """What the rules over a course need of a visit and its results."""

    visit: Visit
    grades: Assessment
    total: sledai.SledaiScore
    answer: response.Response


def score_visits(
    visits: Sequence[Visit],
    before: Visit | None,
    first: Visit,
    results: list[Outcome],
    *,
    every: bool,
) -> list[Scored]:
    """Apply the rules that the trial's protocol names, or with them every other of their kind.

    `before` is the visit before the first of `visits`, `first` the baseline. Each rule is asked of
    all visits in turn: its code stays at hand, which takes a quarter less than visit by visit.
    """
    totals = [sledai.score(now.sledai) for now in visits]
    results += totals
    results += [sledai.renal_sledai(now.sledai) for now in visits]
    results += [sledai.clinical_sledai(now.sledai) for now in visits]
    for now in visits:
        sledai.contradictions(now.sledai, now.labs)
    estimated = [
        gfr.estimate(
            "ckdepi-2021", creatinine_umol_l=now.state.creatinine_umol_l, age_years=32, sex="F"
        )
        for now in visits
    ]
    results += estimated
    for each in estimated:
        gfr.kdigo_g_stage(each.value or 0)
    grades = grade_bilag(visits, before)
    for one in grades:
        results += one.values()
    for term, (unit, _, _, low, high) in LABORATORY.items():
        base = first.laboratory[term]
        results += [
            ctcae.grade(term, now.laboratory[term], unit=unit, lln=low, uln=high, baseline=base)
            for now in visits
        ]
    answers: list[response.ResponseResult]
    if every:
        side_by_side = [response.side_by_side(baseline=first.state, now=v.state) for v in visits]
        for found in side_by_side:
            results += found
        answers = [found[0] for found in side_by_side]
    else:
        results += [bilag.total(one.values()) for one in grades]
        results += [
            response.assess("kdigo-2024", baseline=first.state, now=now.state) for now in visits
        ]
        answers = [response.assess("set-a", baseline=first.state, now=now.state) for now in visits]
        results += answers
    return [
        Scored(now, Assessment(one), total, answer.response)
        for now, one, total, answer in zip(visits, grades, totals, answers, strict=True)
    ]


def grade_bilag(visits: Sequence[Visit], before: Visit | None) -> list[dict[str, BilagGrade]]:
    """Return the grades of the nine systems at each visit."""
    grades: list[dict[str, BilagGrade]] = [{} for _ in visits]
    for system in SCORED:
        for now, one in zip(visits, grades, strict=True):
            one[system] = bilag.grade_system(system, now.scored[system], ever_involved=False)
    for now, one in zip(visits, grades, strict=True):
        one[HAEMATOLOGICAL] = bilag_haematological.grade(now.blood, ever_involved=False)
    for (previous, now), one in zip(with_previous(visits, before), grades, strict=True):
        one[RENAL] = bilag_renal.grade(now.renal, previous, ever_involved=True)
    return grades


def with_previous(
    visits: Sequence[Visit], before: Visit | None
) -> list[tuple[RenalInputs | None, Visit]]:
    """Return each visit beside the renal inputs of the visit before."""
    earlier = (before, *visits[:-1])
    return [(old.renal if old else None, now) for old, now in zip(earlier, visits, strict=True)]


def score_the_rest(
    scored: Sequence[Scored], earlier: Scored | None, results: list[Outcome]
) -> None:
    """Apply every other rule of the visits; `earlier` is the visit before the first of them."""
    visits = [each.visit for each in scored]
    before = earlier.visit if earlier else None
    results += [selena_sledai.score(now.sledai) for now in visits]
    for _ in visits:
        gfr.kdigo_risk("G2", gfr.kdigo_a_stage(100, "mg/mmol"))
    results += [
        bilag_renal_classic.grade(now.renal, previous, ever_involved=True)
        for previous, now in with_previous(visits, before)
    ]
    for each in scored:
        results += bilag.totals(each.grades.values()).values()
    results += [bilag_flare.bsr_band(each.grades) for each in scored]
    results += [low_activity.lldas(now.activity) for now in visits]
    results += [low_activity.doris_2021(now.activity) for now in visits]
    compare_visits([earlier, *scored] if earlier else scored, results)


def compare_visits(scored: Sequence[Scored], results: list[Outcome]) -> None:
    """Apply the rules that compare a visit with the one before."""
    grades = [each.grades for each in scored]
    for rule in (bilag_flare.gordon_2003, bilag_flare.trial, bilag_flare.isenberg_2011):
        results += [rule(old, now) for old, now in pairwise(grades)]
    index = [IndexVisit(each.total, each.grades, each.visit.pga) for each in scored]
    for assess in (sri4.assess, bicla.assess):
        results += [assess(old, now, failed=False) for old, now in pairwise(index)]
    for old, now in pairwise(scored):
        facts = SfiFacts(
            sledai=now.total.score,
            sledai_previous=old.total.score,
            pga=now.visit.pga,
            pga_previous=old.visit.pga,
            prednisone_mg_day=now.visit.state.prednisone_mg_day,
            prednisone_previous_mg_day=old.visit.state.prednisone_mg_day,
            weight_kg=55,
            worse_major=False,
            worse_mild=False,
            worse_other=False,
            new_immunosuppressant=False,
            new_nsaid_or_antimalarial=False,
            hospitalised_for_lupus=False,
        )
        results.append(selena_flare.assess(facts))


def score_patient(patient: Patient, *, every: bool, explained: bool = False) -> None:
    """Apply the protocol's rules to a patient, or every rule; `explained`: read all reasons too."""
    course, doses = patient.visits, patient.doses
    results: list[Outcome] = []
    scored = score_visits(course, None, course[0], results, every=every)
    if every:
        score_the_rest(scored, None, results)
    days = [visit.on for visit in course]
    results += [steroids.dose_on(day, doses) for day in days]
    observations = [
        FlareObservation(each.visit.day, day.isoformat(), each.visit.state, each.answer)
        for day, each in zip(days, scored, strict=True)
    ]
    for name in flare.RULE_SETS if every else (flare.DEFAULT,):
        results += flare.detect(observations, rule_set_id=name)
    given = InfusionFacts(weight_kg=55, protocol_dose_per_kg=1e6, viable_cells_given=5.4e7)
    results.append(infusion.check(given))
    if every:
        assessments = [CourseVisit(each.visit.day, each.grades) for each in scored]
        results.append(response_course.respond(assessments))
        results.append(taper.taper(DAY_0, days[-1], doses))
    if explained:
        for result in results:
            _ = result.reasons


WARD = 100
"""So many patients are made at a time: a cohort's data are there before its rules are asked."""


def cohort(rng: random.Random, patients: int, visits: int) -> Iterator[list[Patient]]:
    """Yield synthetic patients, a ward at a time, so that memory stays flat."""
    for done in range(0, patients, WARD):
        yield [make_patient(rng, visits) for _ in range(min(WARD, patients - done))]


def seconds(patients: int, visits: int, *, every: bool, explained: bool = False) -> float:
    """Return the time that the rules take over a cohort."""
    rng, taken = random.Random(2014), 0.0
    for ward in cohort(rng, patients, visits):
        started = time.process_time()
        for patient in ward:
            score_patient(patient, every=every, explained=explained)
        taken += time.process_time() - started
    return taken


def live_ms(rounds: int = 300) -> float:
    """Return the median time of scoring one visit against the one before, every rule."""
    rng, times = random.Random(7), []
    for _ in range(rounds):
        before, now = make_patient(rng, 2).visits
        (earlier,) = score_visits([before], None, before, [], every=True)
        results: list[Outcome] = []
        started = time.process_time()
        scored = score_visits([now], before, before, results, every=True)
        score_the_rest(scored, earlier, results)
        times.append(1000 * (time.process_time() - started))
    return median(times)


def main() -> None:
    """Print the figures, or a profile."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--visits", type=int, default=12)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    gc.disable()
    if options.profile:
        with cProfile.Profile() as profile:
            seconds(options.patients, options.visits, every=True)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        return
    print(f"live scoring of one visit, every rule: {live_ms():.2f} ms", flush=True)
    few = max(1, options.patients // 20)
    for name, every in (("the protocol's rules", False), ("every rule", True)):
        for patients, visits in ((options.patients, options.visits), (few, 4 * options.visits)):
            taken = seconds(patients, visits, every=every)
            per_visit = 1e6 * taken / (patients * visits)
            print(
                f"{name}, decided: {patients} patients x {visits} visits {taken:.1f} s, "
                f"{per_visit:.0f} µs a visit",
                flush=True,
            )
        taken = seconds(few, options.visits, every=every, explained=True)
        per_visit = 1e6 * taken / (few * options.visits)
        print(
            f"{name}, decided and explained: {few} patients x {options.visits} visits, "
            f"{per_visit:.0f} µs a visit",
            flush=True,
        )


if __name__ == "__main__":
    main()
