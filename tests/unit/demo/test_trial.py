"""The synthetic trial: raw records lead the program's rules to the aggregates of Gu 2014.

Numbers here are those printed in the paper's abstract and the meeting abstract of the same cohort
(doi 10.1007/s10067-014-2754-4); letters are the only ones that give the printed BILAG means.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from statistics import fmean, stdev

import pytest

from lnmonitor.analysis.cohort import cohort
from lnmonitor.analysis.course import evaluate
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.demo.trial import generate
from lnmonitor.study.checks import check_form
from lnmonitor.study.forms import (
    AdverseEvent,
    Disposition,
    Glucocorticoid,
    Infusion,
    LabResult,
    ProtocolDeviation,
    Visit,
    VitalSigns,
)
from lnmonitor.study.schedule import VisitState, schedule


def printed(values) -> tuple[float, float]:
    return round(fmean(values), 2), round(stdev(values), 2)


def at(trial, code):
    return [visit for patient in trial if (visit := patient.at(code))]


@pytest.mark.parametrize(
    ("code", "n", "mean_sd"), [("D0", 81, (4.48, 2.60)), ("M12", 77, (1.09, 0.83))]
)
def test_that_renal_bilag_has_the_published_mean(trial, code, n, mean_sd) -> None:
    numbers = [visit.bilag().number() for visit in at(trial, code)]
    assert len(numbers) == n
    assert printed(numbers) == mean_sd


def test_that_the_renal_letters_are_the_only_ones_possible(trial) -> None:
    def letters(code):
        return Counter(visit.bilag().grade.value for visit in at(trial, code))

    assert letters("D0") == {"A": 20, "B": 61}
    end = letters("M12")
    assert (end["A"], end["B"], end["C"], end["D"] + end["E"]) == (0, 10, 54, 13)


@pytest.mark.parametrize(
    ("code", "total", "mean_sd"), [("D0", 1062, (13.11, 4.20)), ("M12", 422, (5.48, 2.77))]
)
def test_that_sledai_has_the_published_sum_and_spread(trial, code, total, mean_sd) -> None:
    scores = [visit.sledai().score for visit in at(trial, code)]
    assert sum(scores) == total
    assert printed(scores) == mean_sd


@pytest.mark.parametrize(("code", "mean_sd"), [("D0", (58.55, 19.16)), ("M12", (69.51, 27.93))])
def test_that_measured_gfr_has_the_published_mean(trial, code, mean_sd) -> None:
    values = [visit.lab("GFRM") for visit in at(trial, code)]
    assert None not in values
    assert printed(values) == mean_sd


@pytest.mark.parametrize(("code", "cr", "pr"), [("M3", 18, 23), ("M6", 18, 27), ("M12", 23, 21)])
def test_that_remission_at_each_visit_is_within_one_patient_of_the_percentage(
    trial, code, cr, pr
) -> None:
    found = Counter(visit.response().value for visit in at(trial, code))
    assert abs(found["CR"] - cr / 100 * 81) < 1
    assert abs(found["PR"] - pr / 100 * 81) < 1


def test_that_49_of_81_were_ever_in_remission(trial) -> None:
    ever = Counter(patient.course.ever_in_remission for patient in trial)
    assert ever == {True: 49, False: 32}


def test_that_11_of_the_49_flared_and_nobody_else(trial) -> None:
    flared = [patient for patient in trial if patient.course.flares]
    assert len(flared) == 11
    for patient in flared:
        (flare,) = patient.course.flares
        assert isinstance(flare, FlareFinding)
        assert flare.status == "confirmed"
        assert patient.course.ever_in_remission


def test_that_77_of_81_survive_the_year(trial) -> None:
    deaths = [p.course.death_day for p in trial if p.course.death_day is not None]
    assert len(deaths) == 4
    assert all(0 < day <= 365 for day in deaths)


def test_that_the_cohort_tables_say_the_same(everybody, protocol) -> None:
    tables = cohort([(p.data, p.course) for p in everybody], protocol)
    assert len(tables.subjects) == 81
    assert {subject[:3] for subject in tables.excluded} == {"02-"}
    proportions = {p.key: (p.count, p.denominator) for p in tables.proportions}
    assert proportions["survival"] == (77, 81)
    assert proportions["ever_in_remission"] == (49, 81)
    assert proportions["flare_of_remitted"] == (11, 49)


# --- like patients -------------------------------------------------------------------------------


def results(trial, code):
    return [r for p in trial for r in p.data.of(LabResult) if r.form.analyte == code]


def test_that_antibodies_reach_both_ends_of_the_assay(trial) -> None:
    signs = Counter(record.form.operator for record in results(trial, "DSDNA"))
    assert signs[">"] > 3
    assert signs["<"] > 3


def test_that_some_results_are_not_done_and_say_so(trial) -> None:
    empty = [
        r for p in trial for r in p.data.of(LabResult) if r.form.value is None and not r.form.text
    ]
    assert len(empty) > 50
    assert {r.missing["value"] for r in empty} == {"ND"}


def test_that_some_laboratories_report_milligrams(trial) -> None:
    units = Counter(record.form.unit for record in results(trial, "U24P"))
    assert units["mg/24 h"] > 50
    assert units["g/24 h"] > 300


def test_that_visits_are_late_missed_and_left_out(trial, protocol, today) -> None:
    states = Counter(
        (visit.state, visit.planned.optional)
        for patient in trial
        for visit in schedule(protocol, patient.data, today)
    )
    assert states[VisitState.LATE, False] >= 3
    assert states[VisitState.MISSED, False] >= 1
    assert states[VisitState.NOT_NEEDED, True] >= 5
    assert states[VisitState.OVERDUE, False] == 0


def test_that_doses_outside_tolerance_and_late_visits_are_recorded_deviations(trial) -> None:
    checks = Counter(
        (r.form.check, r.form.severity) for p in trial for r in p.data.of(ProtocolDeviation)
    )
    assert checks["ex.dose", "MINOR"] == 4
    assert checks["ex.dose", "MAJOR"] == 1
    assert checks["sv.late", "MINOR"] >= 3


def test_that_prednisone_is_tapered_in_steps_with_reasons(trial) -> None:
    for patient in trial:
        oral = [r.form for r in patient.data.of(Glucocorticoid) if r.form.route == "ORAL"]
        assert oral
        assert all(form.change_reason for form in oral)
    doses = [fmean(v.prednisone_mg for v in at(trial, code)) for code in ("D0", "M3", "M6", "M12")]
    assert doses == sorted(doses, reverse=True)
    assert doses[-1] < doses[0] / 2


def test_that_most_are_women_of_working_age(trial) -> None:
    sexes = Counter(p.data.records[0].form.sex for p in trial)
    assert 65 <= sexes["F"] <= 78


def test_that_every_infusion_has_its_vital_signs(trial, protocol) -> None:
    always = {p.code for p in protocol.timepoints if p.after_end or p.minutes <= 15}
    for patient in trial:
        assert len(patient.data.of(Infusion)) == 1
        assert always <= {r.form.timepoint for r in patient.data.of(VitalSigns)}


def test_that_the_events_of_the_trial_occur(trial) -> None:
    events = [record.form for p in trial for record in p.data.of(AdverseEvent)]
    terms = {event.term for event in events}
    assert {"Enteritis", "Diarrhoea", "Transient rise of creatinine", "Herpes zoster"} <= terms
    assert any(event.serious == "Y" for event in events)
    assert sum(event.grade == 5 for event in events) == 4


def test_that_protein_is_not_a_straight_line(trial) -> None:
    # In most patients protein rises at least once between two visits on its way down.
    rises = 0
    for patient in trial:
        course = [v.lab("U24P") for v in patient.course.visits if v.lab("U24P") is not None]
        rises += any(later > earlier for earlier, later in pairwise(course))
    assert rises > 60


# --- honest records ------------------------------------------------------------------------------


def test_that_no_record_is_impossible_and_every_question_is_answered(
    everybody, protocol, today
) -> None:
    for patient in everybody[::7]:
        visits = {record.id: record for record in patient.data.of(Visit)}
        for record in patient.data.records:
            findings = check_form(
                record.form,
                data=patient.data,
                visit=visits.get(record.visit_id or ""),
                protocol=protocol,
                record_id=record.id,
                missing=record.missing,
                today=today,
            )
            assert not [f for f in findings if f.level == "refuse"]
            asked = {f.item or "" for f in findings if f.level == "ask"}
            assert asked <= set(record.justified)


def test_that_nothing_happens_after_today(everybody, today) -> None:
    for patient in everybody:
        dates = [record.form.visit_date for record in patient.data.of(Visit)]
        assert max(dates) <= today.isoformat()


def test_that_the_dead_are_not_seen_again(trial) -> None:
    for patient in trial:
        died = [
            r.form.occurred_on for r in patient.data.of(Disposition) if r.form.status == "DEATH"
        ]
        seen = [r.form.visit_date for r in patient.data.of(Visit)]
        assert not died or max(seen) < died[0]


def test_that_running_patients_give_the_worklist_every_state(running, protocol, today) -> None:
    states = {
        visit.state for patient in running for visit in schedule(protocol, patient.data, today)
    }
    assert {VisitState.OVERDUE, VisitState.DUE, VisitState.OPENING, VisitState.FUTURE} <= states


def test_that_one_running_patient_waits_for_the_second_sample(running) -> None:
    flares = [flare for patient in running for flare in patient.course.flares]
    assert [flare.status for flare in flares] == ["suspected"]


# --- deterministic -------------------------------------------------------------------------------


def test_that_a_seed_always_gives_the_same_study(today) -> None:
    one, two, other = (list(generate(patients=4, seed=seed, today=today)) for seed in (5, 5, 6))
    assert one == two
    assert one != other


def test_that_another_seed_on_another_day_gives_the_same_aggregates(protocol) -> None:
    on = date(2024, 2, 29)  # a leap day; seeds and weekdays change every draw
    courses = [
        evaluate(p.data(), protocol, today=on)
        for p in generate(seed=7, today=on)
        if p.site_id == "01"
    ]
    ends = [v for c in courses for v in c.visits if v.code == "M12"]
    assert Counter(v.response().value for v in ends) == {"CR": 19, "PR": 17, "NR": 41}
    assert printed([v.sledai().score for v in ends]) == (5.48, 2.77)
    assert printed([v.lab("GFRM") for v in ends]) == (69.51, 27.93)
    assert sum(len(c.flares) for c in courses) == 11
    assert sum(bool(c.ever_in_remission) for c in courses) == 49


def test_that_other_numbers_of_patients_work(today) -> None:
    small = list(generate(patients=3, seed=1, today=today))
    assert [p.subject_id for p in small[:3]] == ["01-001", "01-002", "01-003"]
