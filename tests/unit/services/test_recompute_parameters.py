"""A parameter of the protocol that changed: results renewed, scores live, judgements kept."""

from __future__ import annotations

from dataclasses import replace

from lnmonitor.clinical.bilag_renal import RULE_BILAG_2004_RENAL
from lnmonitor.services.flags import acknowledge, dismiss, flags
from lnmonitor.services.patients import add_patient
from lnmonitor.services.recompute import recompute_all, renew_outdated, up_to_date
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.visits import live
from lnmonitor.storage import repositories as repo
from lnmonitor.study import rule_parameters
from lnmonitor.study.forms import Bilag2004, Demographics, Infusion, LabResult, Visit
from lnmonitor.study.items import Form

PERSON = Demographics(sex="F", birth_date="1991-08", consent_date="2026-01-10")
INFUSION = Infusion(
    number=1,
    cell_source="UC",
    weight_kg=55,
    weight_date="2026-02-02",
    viable_cells=55,
    started_at="2026-02-02T10:00",
    stopped_at="2026-02-02T10:30",
    reaction="N",
)


def _keep(session: StudySession, patient: str, form: Form, visit: str | None = None) -> str:
    why = dict.fromkeys(("", "value", "viable_cells", "weight_date", "product_name"), "as given")
    draft = RecordDraft(form, patient, visit_id=visit, justified=why)
    return save(session, [draft], source="import").records[0].id


def _labs(session: StudySession, patient: str, visit: str, on: str, protein: float) -> None:
    for code, value, unit in (
        ("U24P", protein, "g/24 h"),
        ("CREAT", 60, "µmol/L"),
        ("URBC", 2, "/hpf"),
        ("UWBC", 1, "/hpf"),
    ):
        form = LabResult(analyte=code, collected_on=on, value=value, unit=unit)
        _keep(session, patient, form, visit)
    _keep(session, patient, LabResult(analyte="UCASTS", collected_on=on, text="NONE"), visit)


def _flared(session: StudySession) -> str:
    """Complete remission at month 1 (0.4 g), 1.2 g at month 3: a suspected flare."""
    patient = add_patient(session, "01-001", PERSON).records[0].patient_id
    for code, on, protein in (
        ("SCR", "2026-01-26", 3.0),
        ("M1", "2026-03-04", 0.4),
        ("M3", "2026-05-04", 1.2),
    ):
        form = Visit(visit_code=code, visit_date=on, status="DONE")
        _labs(session, patient, _keep(session, patient, form), on, protein)
        if code == "SCR":
            _keep(session, patient, INFUSION)
    return patient


def _with(session: StudySession, **parameters: dict[str, object]) -> None:
    own = {name.replace("_", "-"): values for name, values in parameters.items()}
    assert list(rule_parameters.problems(own)) == []
    session.protocol = replace(session.protocol, parameters=own)


def test_that_a_changed_parameter_is_recomputed_and_told(nurse: StudySession) -> None:
    patient = _flared(nurse)
    assert renew_outdated(nurse) is None
    _with(nurse, bilag_2004_renal={"mild_protein": "not_fallen"})
    with nurse.store.read() as connection:
        assert not up_to_date(nurse, connection)
    report = renew_outdated(nurse)
    assert report is not None
    assert (report.protocol_changed, report.rules) == (True, ())
    (changes,) = report.patients
    # 0.4 g fell from 3.0 g: C for protein, and quiet otherwise
    assert [(one.visit_code, one.key, one.old) for one in changes.results] == [
        ("M1", "bilag.renal", "C")
    ]
    assert changes.renewed >= 2  # the letters of the other visits name the option too
    with nurse.store.read() as connection:
        assert up_to_date(nurse, connection)
        rows = repo.assessments(connection, ["bilag.renal"], [patient])
    assert {row.rule_version for row in rows} == {RULE_BILAG_2004_RENAL.version}
    assert recompute_all(nurse).patients == ()


def test_that_stating_a_default_is_no_change(nurse: StudySession) -> None:
    _flared(nurse)
    _with(nurse, sri_4={"sledai_fall": 4}, lldas={}, bilag_2004_haematological={})
    assert renew_outdated(nurse) is None


def test_that_what_people_said_of_a_flag_outlives_a_changed_parameter(
    nurse: StudySession, open_as
) -> None:
    doctor = open_as("doctor")
    patient = _flared(nurse)
    (seen,) = [one for one in flags(nurse, patient) if one.flag.kind.startswith("flare")]
    acknowledge(doctor, seen.flag.identity, "repeat in two weeks")
    _with(nurse, flare_renal={"confirm_max_days": 42})
    report = renew_outdated(nurse)
    assert report is not None
    (changes,) = report.patients
    assert (changes.flags_raised, changes.flags_withdrawn) == ((), ())
    assert changes.flags_changed == (seen.flag.identity,)
    every = flags(nurse, patient, include_closed=True)
    (kept,) = [one for one in every if one.flag.identity == seen.flag.identity]
    assert (kept.state, kept.comment) == ("acknowledged", "repeat in two weeks")
    assert kept.flag.rule.parameters["confirm_max_days"] == 42
    assert kept.by == "doctor"


def test_that_a_dismissal_outlives_parameters_that_the_program_newly_names(
    nurse: StudySession, open_as, monkeypatch
) -> None:
    doctor = open_as("doctor")
    patient = _flared(nurse)
    (seen,) = [one for one in flags(nurse, patient) if one.flag.kind.startswith("flare")]
    dismiss(doctor, seen.flag.identity, "a cold")
    known = rule_parameters.RULE_PARAMETERS
    fewer = {name: one for name, one in known.items() if name != "sri-4"}
    with monkeypatch.context() as before:  # as a program without them left the study
        before.setattr(rule_parameters, "RULE_PARAMETERS", fewer)
        renew_outdated(nurse)
    report = renew_outdated(nurse)
    assert report is not None
    assert report.patients == ()
    every = flags(nurse, patient, include_closed=True)
    assert [one.state for one in every if one.flag.identity == seen.flag.identity] == ["dismissed"]


def test_that_live_scores_use_the_protocol_s_parameters(nurse: StudySession) -> None:
    patient = add_patient(nurse, "01-001", PERSON).records[0].patient_id
    _keep(nurse, patient, INFUSION)
    visit = nurse.new_id()
    first = Visit(visit_code="M1", visit_date="2026-02-26", status="DONE")
    blood = LabResult(analyte="HGB", collected_on="2026-02-26", value=84, unit="g/L")
    drafts = [
        RecordDraft(first, patient, record_id=visit),
        RecordDraft(Bilag2004(), patient, visit),
        RecordDraft(blood, patient, visit),
    ]

    def letter() -> str:
        scores = live(nurse, patient, visit, drafts)
        assert scores.assessment is not None
        graded = scores.assessment.bilag("haematological")
        assert graded is not None
        assert graded.grade is not None
        return graded.grade.value

    assert letter() == "B"
    _with(nurse, bilag_2004_haematological={"haemoglobin_g_l_a": 85})
    assert letter() == "A"
