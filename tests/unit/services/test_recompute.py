"""A changed rule brings every stored result up to date, and says what changed for whom."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from lnmonitor.analysis.model import GfrStage, KidneyRisk
from lnmonitor.cli import main
from lnmonitor.clinical import response
from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.low_activity import ActivityState
from lnmonitor.clinical.response import Parameter, RenalState, Response, ResponseResult, RuleSet
from lnmonitor.clinical.results import Rule, Truth
from lnmonitor.progress import Cancelled
from lnmonitor.services.derive import value_of
from lnmonitor.services.patients import add_patient, course
from lnmonitor.services.recompute import recompute_all, renew_outdated
from lnmonitor.services.recompute_text import as_json, as_text
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.study.forms import AdverseEvent, Demographics, Infusion, LabResult, Visit

PASSWORD = "cells per kg 1e6"
PERSON = Demographics(sex="F", birth_date="1991-08", consent_date="2026-01-10")
Open = Callable[..., StudySession]


def _follow(session: StudySession, subject: str, protein: float) -> str:
    """A patient infused on 2 February 2026 with 3 g at baseline and `protein` at month 1."""
    patient = add_patient(session, subject, PERSON).records[0].patient_id

    def visit(code: str, on: str) -> str:
        form = Visit(visit_code=code, visit_date=on, status="DONE")
        kept = save(session, [RecordDraft(form, patient)], source="import")
        return kept.records[0].id

    def lab(visit_id: str, on: str, code: str, value: float, unit: str) -> None:
        form = LabResult(analyte=code, collected_on=on, value=value, unit=unit)
        done = RecordDraft(form, patient, visit_id=visit_id, justified={"value": "seen"})
        save(session, [done], source="import")

    screening = visit("SCR", "2026-01-26")
    lab(screening, "2026-01-26", "U24P", 3.0, "g/24 h")
    infusion = Infusion(
        number=1,
        cell_source="UC",
        weight_kg=55,
        weight_date="2026-02-02",
        viable_cells=55,
        started_at="2026-02-02T10:00",
        stopped_at="2026-02-02T10:30",
        reaction="N",
    )
    why = dict.fromkeys(("viable_cells", "weight_date", "", "product_name"), "as given")
    save(session, [RecordDraft(infusion, patient, justified=why)], source="import")
    month_1 = visit("M1", "2026-03-04")
    lab(month_1, "2026-03-04", "U24P", protein, "g/24 h")
    return patient


def _new_version(monkeypatch: pytest.MonkeyPatch, rule_set: str = "kdigo-2024") -> None:
    """Give a rule set version 2, which calls everybody a complete responder."""
    old = response.RULE_SETS[rule_set]
    rule = replace(old.rule, version="2")

    def judge(
        given: Rule, _baseline: RenalState, _now: RenalState, _numbers: Mapping[str, Parameter]
    ) -> ResponseResult:
        return ResponseResult(rule=given, response=Response.CR)

    changed = RuleSet(old.id, rule, old.parameters, judge)
    monkeypatch.setitem(response.RULE_SETS, rule_set, changed)
    monkeypatch.setitem(response._WITH_DEFAULTS, rule_set, rule)


def _stored(session: StudySession, patient: str, key: str) -> list[tuple[str, str, str]]:
    with session.store.read() as connection:
        rows = repo.assessments(connection, [key], [patient])
    return [(row.visit_code, row.value, row.rule_version) for row in rows]


KEY = "response.kdigo-2024"


def test_that_nothing_is_done_while_the_rules_are_the_same(open_as: Open) -> None:
    _follow(open_as("nurse"), "01-001", 2.9)
    assert open_as("doctor").recomputed is None


def test_that_a_changed_rule_version_is_recomputed_at_opening(
    open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = open_as("nurse")
    patient = _follow(nurse, "01-001", 2.9)
    assert _stored(nurse, patient, KEY) == [("M1", "NR", "1")]
    _new_version(monkeypatch)
    monitor = open_as("monitor")
    report = monitor.recomputed
    assert report is not None
    assert [(one.rule, one.old, one.new) for one in report.rules] == [
        ("response-kdigo-2024", "1", "2")
    ]
    (changes,) = report.patients
    assert changes.subject_id == "01-001"
    assert [(r.visit_code, r.key, r.old, r.new) for r in changes.results] == [
        ("M1", KEY, "NR", "CR")
    ]
    assert changes.renewed == 0
    assert _stored(monitor, patient, KEY) == [("M1", "CR", "2")]
    assert course(monitor, patient).visits[-1].response("kdigo-2024") is Response.CR
    assert open_as("doctor").recomputed is None


def test_that_only_patients_with_results_of_the_rule_are_looked_at(
    open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = open_as("nurse")
    _follow(nurse, "01-001", 2.9)
    add_patient(nurse, "01-002", PERSON)
    _new_version(monkeypatch)
    report = open_as("nurse").recomputed
    assert report is not None
    assert report.evaluated == 1


def test_that_a_result_that_stays_is_renewed_and_counted_apart(
    open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _follow(open_as("nurse"), "01-001", 2.9)
    old = response.RULE_SETS["kdigo-2024"]
    rule = replace(old.rule, version="3")  # results are remembered by version: not 2 again
    changed = RuleSet(old.id, rule, old.parameters, old.judge)
    monkeypatch.setitem(response.RULE_SETS, "kdigo-2024", changed)
    monkeypatch.setitem(response._WITH_DEFAULTS, "kdigo-2024", rule)
    report = open_as("nurse").recomputed
    assert report is not None
    assert [(one.results, one.renewed) for one in report.patients] == [((), 1)]


def test_that_the_trail_keeps_what_changed_for_whom_and_why(
    open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = _follow(open_as("nurse"), "01-001", 2.9)
    _new_version(monkeypatch)
    session = open_as("nurse")
    with session.store.read() as connection:
        rows = repo.audit_rows(connection, where={"action": "results recomputed"})
        summary = repo.audit_rows(connection, where={"action": "recompute"})[-1]
    assert [row["patient_id"] for row in rows] == [patient]
    place = f"M1 2026-03-04 {KEY}"
    assert json.loads(rows[0]["old"]) == {place: "NR"}
    assert json.loads(rows[0]["new"]) == {place: "CR"}
    assert rows[0]["reason"] == "rule response-kdigo-2024 1 -> 2"
    assert json.loads(summary["new"]) == {"patients": 1, "changed": 1}


def test_that_a_stopped_recomputation_changes_nothing_and_comes_again(
    open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = open_as("nurse")
    patient = _follow(nurse, "01-001", 2.9)
    _new_version(monkeypatch)

    def stop(done: int, total: int, what: str) -> None:
        assert (done, total, what) == (1, 1, "Results computed")
        raise Cancelled

    with pytest.raises(Cancelled):
        renew_outdated(nurse, stop)
    assert _stored(nurse, patient, KEY) == [("M1", "NR", "1")]
    assert renew_outdated(nurse) is not None


def test_that_another_protocol_choice_concerns_everybody(nurse: StudySession) -> None:
    patient = _follow(nurse, "01-001", 2.9)
    add_patient(nurse, "01-002", PERSON)
    nurse.protocol = replace(nurse.protocol, other_response_rules=())
    report = renew_outdated(nurse)
    assert report is not None
    assert report.protocol_changed
    assert report.evaluated == 2
    assert report.patients[0].results[0].new is None
    assert _stored(nurse, patient, KEY) == []


def test_that_computing_all_anew_finds_a_result_that_is_not_what_the_records_say(
    nurse: StudySession,
) -> None:
    patient = _follow(nurse, "01-001", 2.9)
    assert recompute_all(nurse).patients == ()
    with nurse.work() as work:
        rows = repo.assessments(work.connection, patient_ids=[patient])
        wrong = [row._replace(value="CR") if row.key == KEY else row for row in rows]
        repo.replace_assessments(work.connection, patient, wrong)
    report = recompute_all(nurse)
    assert as_text(report).splitlines() == [
        "1 patients evaluated, something changed for 1.",
        "01-001: 1 results changed, 0 renewed",
        f"  M1 2026-03-04 {KEY}: CR -> NR",
    ]
    assert as_json(report)["patients"][0]["results"][0]["new"] == "NR"


def test_that_a_flag_that_stays_and_says_something_else_is_told(nurse: StudySession) -> None:
    patient = _follow(nurse, "01-001", 2.9)
    event = AdverseEvent(term="Fever", start="2026-03-01", serious="Y", hospitalised="Y")
    why = dict.fromkeys(("", "aware_at", "admitted_on", "serious", "narrative"), "as given")
    save(nurse, [RecordDraft(event, patient, justified=why)], source="import")
    with nurse.work() as work:
        (flag,) = repo.flags(work.connection, [patient])
        stale = replace(flag, content=flag.content.replace("Fever", "Fewer"))
        repo.store_flags(work.connection, [stale])
    (changes,) = recompute_all(nurse).patients
    assert changes.flags_changed == (flag.identity,)
    assert (changes.flags_raised, changes.flags_withdrawn) == ((), ())
    assert recompute_all(nurse).patients == ()


def test_that_stored_numbers_follow_the_protocol_s_bilag_scale() -> None:
    grade = BilagGrade(rule=Rule("bilag-2004-renal", "1"), grade=Grade.B)
    assert value_of(grade, "9/3/1/0/0") == ("B", 3)
    assert value_of(grade, "12/8/1/0/0") == ("B", 8)


def test_that_words_and_ranges_are_stored_as_they_are_printed() -> None:
    rule = Rule("rule", "1")
    assert value_of(GfrStage(rule=rule, stage="G3a"), "9/3/1/0/0") == ("G3a", None)
    assert value_of(KidneyRisk(rule=rule), "9/3/1/0/0") == ("", None)
    assert value_of(ActivityState(rule=rule, met=Truth.NO), "9/3/1/0/0") == ("no", None)


def test_that_the_command_tells_what_a_changed_rule_changed(
    open_as: Open,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    session = open_as("nurse")
    _follow(session, "01-001", 2.9)
    session.close()
    _new_version(monkeypatch)
    monkeypatch.setenv("LNMONITOR_PASSWORD", PASSWORD)
    command = ["recompute", "--study", str(folder), "--user", "monitor"]
    assert main(command) == 0
    assert "rule response-kdigo-2024: 1 -> 2" in capsys.readouterr().out
    assert main([*command, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["evaluated"], again["patients"]) == (1, [])


def test_that_every_patient_is_told_as_progress(
    nurse: StudySession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        _follow(nurse, f"01-00{number}", 2.9)
    _new_version(monkeypatch)
    told: list[tuple[int, int, str]] = []
    renew_outdated(nurse, lambda *step: told.append(step))
    assert told == [(number, 3, "Results computed") for number in (1, 2, 3)]
