"""Random saves, corrections, voids, refusals, reopenings: the store always equals a plain model."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lnmonitor.errors import LnMonitorError
from lnmonitor.services import audit
from lnmonitor.services.accounts import add_account
from lnmonitor.services.patients import add_patient, patient_data
from lnmonitor.services.records import RecordDraft, history, save, void
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.services.verify import verify
from lnmonitor.storage import keyring
from lnmonitor.study.forms import AdverseEvent, Demographics, Visit
from lnmonitor.study.records import Record

PASSWORD = "cells per kg 1e6"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: bool(text.strip())
)
GRADE = st.sampled_from([1, 2, 3, None])


class StoreMachine(RuleBasedStateMachine):
    """Adverse events of one patient, beside a dictionary that says what they should be."""

    events = Bundle("events")

    @initialize()
    def make(self) -> None:
        self.folder = Path(tempfile.mkdtemp()) / "study"
        create_study(self.folder, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD)
        with open_study(self.folder, user="admin", password=PASSWORD) as admin:
            add_account(admin, "nurse", role="coordinator", password=PASSWORD)
        self.session = open_study(self.folder, user="nurse", password=PASSWORD)
        consent = Demographics(sex="F", birth_date="1990", consent_date="2026-01-10")
        self.patient_id = add_patient(self.session, "01-001", consent).records[0].patient_id
        self.model: dict[str, tuple[int, AdverseEvent]] = {}
        self.entries: dict[str, int] = {}

    def save(self, form: AdverseEvent, **keys: object) -> Record[AdverseEvent]:
        answers = dict.fromkeys(("", *AdverseEvent.items()), "asked and answered")
        draft = RecordDraft(form, self.patient_id, justified=answers, **keys)  # type: ignore[arg-type]
        (record,) = save(self.session, [draft]).records
        return record  # type: ignore[return-value]

    @rule(target=events, term=TEXT, grade=GRADE)
    def create(self, term: str, grade: int | None) -> str:
        form = AdverseEvent(term=term, start="2026-02", serious="N", grade=grade)
        record = self.save(form)
        self.model[record.id] = (1, form)
        self.entries[record.id] = 1
        return record.id

    @rule(record_id=events, term=TEXT, grade=GRADE)
    def amend(self, record_id: str, term: str, grade: int | None) -> None:
        version, before = self.model[record_id]
        form = before.model_copy(update={"term": term, "grade": grade})
        changed = (before.term != term) + (before.grade != grade)
        self.save(form, record_id=record_id, row_version=version, reason="Source corrected")
        self.model[record_id] = (version + (changed > 0), form)
        self.entries[record_id] += changed

    @rule(record_id=consumes(events))
    def void(self, record_id: str) -> None:
        void(self.session, record_id, "Entered twice")
        del self.model[record_id]
        self.entries[record_id] += 1

    @rule(record_id=events, fault=st.sampled_from(["reason", "version", "grade"]))
    def fail(self, record_id: str, fault: str) -> None:
        version, before = self.model[record_id]
        head = audit.head(self.session)
        form = before.model_copy(update={"term": f"{before.term} changed"})
        if fault == "grade":
            form = form.model_copy(update={"grade": 9})
        with pytest.raises(LnMonitorError):
            self.save(
                form,
                record_id=record_id,
                row_version=version + (fault == "version"),
                reason="" if fault == "reason" else "Source corrected",
            )
        assert audit.head(self.session) == head

    @rule()
    def fail_whole(self) -> None:
        head = audit.head(self.session)
        visit = Visit(visit_code="UNS", visit_date="2026-02-01", status="DONE")
        early = Visit(visit_code="UNS", visit_date="2020-02-01", status="DONE")
        with pytest.raises(LnMonitorError):
            save(self.session, [RecordDraft(one, self.patient_id) for one in (visit, early)])
        assert audit.head(self.session) == head

    @rule()
    def reopen(self) -> None:
        self.session.close()
        self.session = open_study(self.folder, user="nurse", password=PASSWORD)

    # --- the comparison, after every step ---

    @invariant()
    def store_equals_model(self) -> None:
        if not hasattr(self, "model"):
            return
        for fresh in (False, True):
            if fresh:
                self.session.cache.clear()
            data = patient_data(self.session, self.patient_id)
            stored = {one.id: (one.row_version, one.form) for one in data.of(AdverseEvent)}
            assert stored == self.model
            assert not data.of(Visit)
        counted = {one: len(history(self.session, one)) for one in self.entries}
        assert counted == self.entries

    def teardown(self) -> None:
        if hasattr(self, "session"):
            assert verify(self.session).intact
            self.session.close()
            shutil.rmtree(self.folder.parent)


def test_that_the_store_equals_its_model_after_any_actions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
