"""After any changes of a patient's records, what a save stored is what the records alone give.

A save makes anew only what its records can have changed, and remembers the rest. So records are
changed at random: values, dates, ranges, drug logs, the patient's own facts, records voided and
entered again. After each change everything stored is noted with the records as they lie in the
store; at the end, with everything forgotten, each of these states is evaluated from scratch.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import _lru_cache_wrapper
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lnmonitor.analysis.course import evaluate
from lnmonitor.clock import FixedClock
from lnmonitor.demo.build import PASSWORD, build_demo
from lnmonitor.errors import LnMonitorError
from lnmonitor.services import derive
from lnmonitor.services.derive import WITHDRAWN, stored_results
from lnmonitor.services.flag_text import flag_text
from lnmonitor.services.patients import list_patients, patient_data
from lnmonitor.services.records import CheckFailed, RecordDraft, save, void
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.services.summaries import summary_texts
from lnmonitor.storage import keyring
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import summaries as kept
from lnmonitor.storage.repositories import Assessment
from lnmonitor.study.codelists import codelist
from lnmonitor.study.forms import (
    AdverseEvent,
    Bilag2004,
    Demographics,
    DiseaseHistory,
    Disposition,
    Glucocorticoid,
    Immunosuppressant,
    Infusion,
    KidneyReplacement,
    LabResult,
    PhysicianAssessment,
    Sledai2K,
    Visit,
    VitalSigns,
)
from lnmonitor.study.items import Form, ItemField, Kind
from lnmonitor.study.protocol import SELENA_CLASSIC, SELENA_OFF, Protocol
from lnmonitor.study.records import PatientData, Record

NOW = FixedClock(datetime(2026, 7, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
TRIES, CHANGES = 120, 40
FORMS: tuple[type[Form], ...] = (
    *(Demographics, DiseaseHistory, Disposition, Infusion, AdverseEvent),
    *(Glucocorticoid, Immunosuppressant, KidneyReplacement, Visit, VitalSigns, LabResult),
    *(Sledai2K, Bilag2004, PhysicianAssessment),
)
"""Each is changed as often, but for laboratory results, which later visits look back at."""
LOOKED_BACK_AT = ("CREAT", "UPCR", "U24P", "ALT", "AST", "ALB", "URBC")
"""Analytes that rules compare with the visit before or with the baseline."""


@dataclass(frozen=True)
class Noted:
    """A state of the records, and what was stored of it."""

    change: str
    data: PatientData
    results: frozenset[Assessment]
    summary: Sequence[object]
    flags: dict[str, str]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))
        folder = tmp_path_factory.mktemp("derived") / "study"
        return build_demo(folder, patients=3, seed=5, clock=NOW)


@pytest.fixture
def session(study: Path, tmp_path: Path) -> Iterator[StudySession]:
    folder = tmp_path / "study"
    shutil.copytree(study, folder)
    with open_study(folder, user="nurse", password=PASSWORD, clock=NOW) as opened:
        yield opened


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("selena", [SELENA_OFF, SELENA_CLASSIC])
def test_that_a_save_stores_what_the_records_alone_give(
    session: StudySession, seed: int, selena: str
) -> None:
    session.protocol = replace(session.protocol, selena_flare=selena)
    rng = random.Random(seed)
    patient_id = rng.choice(list_patients(session)).patient_id
    dialysis = KidneyReplacement(
        kind="HD", start=str(patient_data(session, patient_id).of(Visit)[-1].form.visit_date)
    )
    save(session, [RecordDraft(dialysis, patient_id)])
    voided: list[Record[Form]] = []
    states = []
    for _ in range(TRIES):
        change = change_something(session, rng, patient_id, voided)
        if change:
            states.append(noted(session, patient_id, change))
    assert len(states) >= CHANGES, "most changes were not refused"
    forget_everything()
    for number, state in enumerate(states):
        assert from_scratch(state, session.protocol) == state, f"change {number}: {state.change}"
    changed = Counter(state.change.split()[1] for state in states)
    assert len(changed) > len(FORMS) / 2, "many kinds of records were changed"


def change_something(
    session: StudySession, rng: random.Random, patient_id: str, voided: list[Record[Form]]
) -> str:
    """Change, void or enter again one record; return what was done, nothing if it was refused."""
    data = patient_data(session, patient_id)
    form = rng.choice([form for form in (*FORMS, *[LabResult] * 6) if data.of(form)])
    records = data.of(form)
    if form is LabResult and rng.random() < 0.8:
        records = tuple(r for r in data.of(LabResult) if r.form.analyte in LOOKED_BACK_AT)
    record = rng.choice(records)
    kind = rng.choices(("changed", "voided", "emptied", "restored"), (24, 2, 1, 6))[0]
    try:
        if kind == "emptied":  # a visit with all its forms
            record = rng.choice(data.of(Visit))
            for one in data.records:
                if one.visit_id == record.id and one.id != record.id:
                    void(session, one.id, "Entered in error")
            void(session, record.id, "Entered in error")
        elif kind == "voided":
            void(session, record.id, "Entered in error")
            voided.append(record)
        elif kind == "restored":
            if not voided:
                return ""
            record = voided.pop(rng.randrange(len(voided)))
            save(session, [draft_of(record.form, record)])
        else:
            save(session, [draft_of(altered(rng, record.form), record, amends=True)])
    except (LnMonitorError, CheckFailed):
        return ""  # refused by a check or a rule of the store; nothing was saved
    return f"{kind} {record.form.code} of {record.visit_id}"


def draft_of(form: Form, record: Record[Form], *, amends: bool = False) -> RecordDraft:
    return RecordDraft(
        form,
        record.patient_id,
        visit_id=None if isinstance(form, Visit) else record.visit_id,
        record_id=record.id if amends else None,
        row_version=record.row_version if amends else 0,
        missing={k: v for k, v in record.missing.items() if form.get(k) is None},
        justified=dict.fromkeys(("", *type(form).items()), "Asked, and so it was"),
        reason="Source corrected",
    )


def altered(rng: random.Random, form: Form) -> Form:
    """Return a form with one answer changed, one that has a value as a rule."""
    fields = list(type(form).items().values())
    answered = [one for one in fields if form.get(one.name) is not None]
    field = rng.choice(answered if answered and rng.random() < 0.8 else fields)
    return form.model_copy(update={field.name: other_value(rng, field, form.get(field.name))})


def other_value(
    rng: random.Random, field: ItemField, value: str | int | float | None
) -> str | int | float | None:
    if value is not None and rng.random() < 0.1:
        return None
    if field.item.codes is not None:
        code = rng.choice(codelist(field.item.codes).entries).code
        return field.python_type(code)  # type: ignore[no-any-return]
    if field.kind is Kind.NUMBER:
        return round(float(value or 10) * rng.choice((0.4, 0.9, 1.1, 2.5)), 2)
    if field.kind is Kind.INTEGER:
        return int(value or 10) + rng.choice((-2, -1, 1, 2))
    if field.kind in {Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME} and len(str(value)) >= 10:
        moved = date.fromisoformat(str(value)[:10]) + timedelta(days=rng.choice((-20, -2, 2, 20)))
        return moved.isoformat() + str(value)[10:]
    return value


def noted(session: StudySession, patient_id: str, change: str) -> Noted:
    with session.store.read() as connection:
        data = repo.patient_data(connection, patient_id)
        results = repo.assessments(connection, patient_ids=[patient_id])
        summary = kept.summary(connection, patient_id)
        flags = repo.flags(connection, [patient_id])
    assert data is not None
    assert summary is not None
    present = {flag.identity: flag.content for flag in flags if flag.state != WITHDRAWN}
    return Noted(change, data, frozenset(results), summary[2:5], present)


def from_scratch(state: Noted, protocol: Protocol) -> Noted:
    course = evaluate(state.data, protocol, today=NOW.now().date())
    results = stored_results(course)
    texts = summary_texts(protocol, state.data, results)
    flags = {flag.identity: flag_text(flag) for flag in course.flags}
    return Noted(state.change, state.data, frozenset(results), texts, flags)


def forget_everything() -> None:
    """Empty whatever the program remembers of patients."""
    derive._rows.clear()
    modules = [module for name, module in sys.modules.items() if name.startswith("lnmonitor.")]
    for module in modules:
        for one in vars(module).values():
            if isinstance(one, _lru_cache_wrapper) and one.cache_parameters()["maxsize"]:
                one.cache_clear()
