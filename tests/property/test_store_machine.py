"""Any order of entering, correcting, verifying, signing, asking and freezing: a plain model agrees.

Adverse events of one patient go through the services in random order, in the names of a nurse, a
monitor, an investigator and a data manager. After every step the states, marks, signatures and
queries are compared with a model that knows nothing of how they are stored, and the whole study is
verified: chain, records against the trail, signatures against what they signed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lnmonitor.errors import LnMonitorError
from lnmonitor.services import audit
from lnmonitor.services.accounts import add_account
from lnmonitor.services.form_state import FormState
from lnmonitor.services.locks import freeze, lock, unfreeze, unlock
from lnmonitor.services.patients import add_patient, patient_data
from lnmonitor.services.queries import answer, ask, close, queries, resolve
from lnmonitor.services.records import RecordDraft, save, void
from lnmonitor.services.review_states import patient_review
from lnmonitor.services.session import StudySession
from lnmonitor.services.signatures import Meaning, sign, signatures
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.services.verification import verify_items, verify_record
from lnmonitor.services.verify import verify
from lnmonitor.storage import keyring
from lnmonitor.study.forms import AdverseEvent, Demographics

PASSWORD = "cells per kg 1e6"
PEOPLE = {
    "nurse": "coordinator",
    "doctor": "investigator",
    "monitor": "monitor",
    "manager": "datamanager",
}
REQUIRED = ("term", "start", "grade", "serious", "related_msc", "outcome")
TERM = st.sampled_from(["Fever", "Rash", "发热", "=1+1", "Cough"])
GRADE = st.sampled_from([1, 2, None])


@dataclass
class Event:
    """What a record should be. `signed` lists whether each of its signatures is valid."""

    values: dict[str, object]
    version: int = 1
    verified: dict[str, object] = field(default_factory=dict)
    signed: list[bool] = field(default_factory=list)
    hold: str = ""
    voided: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)

    def changed(self, items: set[str]) -> None:
        """Items changed: marks of them drop, signatures become invalid, queries are resolved."""
        self.verified = {name: one for name, one in self.verified.items() if name not in items}
        self.signed = [False] * len(self.signed)
        for query_id, state in self.asked.items():
            if self.about[query_id] in items and state != "closed":
                self.asked[query_id] = "resolved"

    @property
    def answered(self) -> dict[str, object]:
        return {name: value for name, value in self.values.items() if value is not None}

    @property
    def state(self) -> FormState:
        if self.hold:
            return FormState.LOCKED if self.hold == "locked" else FormState.FROZEN
        if any(self.values.get(name) is None for name in REQUIRED):
            return FormState.DRAFT
        if self.verified != self.answered:
            return FormState.COMPLETE
        return FormState.SIGNED if any(self.signed) else FormState.VERIFIED

    @property
    def open_queries(self) -> int:
        lacking = any(self.values.get(name) is None for name in REQUIRED) and not self.voided
        return lacking + sum(state != "closed" for state in self.asked.values())


class ReviewMachine(RuleBasedStateMachine):
    """The services on one side, `Event`s on the other."""

    events = Bundle("events")

    @initialize()
    def make(self) -> None:
        self.folder = Path(tempfile.mkdtemp()) / "study"
        create_study(self.folder, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD)
        self.session: StudySession | None = None
        admin = self.as_("admin")
        for name, role in PEOPLE.items():
            add_account(admin, name, role=role, password=PASSWORD)
        consent = Demographics(sex="F", birth_date="1990", consent_date="2026-01-10")
        self.patient_id = add_patient(self.as_("nurse"), "01-001", consent).records[0].patient_id
        self.model: dict[str, Event] = {}

    def as_(self, user: str) -> StudySession:
        if self.session is None or self.session.actor.account != user:
            if self.session is not None:
                self.session.close()
            self.session = open_study(self.folder, user=user, password=PASSWORD)
        return self.session

    def attempt(self, action: Callable[[], object], *, allowed: bool, silent: bool = True) -> bool:
        """Do what the model allows; what it does not allow is refused and leaves no entry."""
        if allowed:
            action()
            return True
        assert self.session is not None
        before = audit.head(self.session)
        with pytest.raises(LnMonitorError):
            action()
        assert not silent or audit.head(self.session) == before
        return False

    # --- the site ---

    @rule(target=events, term=TERM, grade=GRADE)
    def enter(self, term: str, grade: int | None) -> str:
        nurse = self.as_("nurse")
        values: dict[str, object] = {
            "term": term,
            "start": "2026-02-12",
            "serious": "N",
            "grade": grade,
            "related_msc": "UNLIKELY",
            "outcome": "RECOVERED",
        }
        form = AdverseEvent(**values)
        (record,) = save(nurse, [RecordDraft(form, self.patient_id)]).records
        self.model[record.id] = Event(values)
        return record.id

    @rule(record_id=events, term=TERM, grade=GRADE)
    def amend(self, record_id: str, term: str, grade: int | None) -> None:
        nurse, event = self.as_("nurse"), self.model[record_id]
        values = {**event.values, "term": term, "grade": grade}
        changed = {name for name in values if values[name] != event.values[name]}
        draft = RecordDraft(
            AdverseEvent(**values),
            self.patient_id,
            record_id=record_id,
            row_version=event.version,
            reason="Source corrected",
        )
        allowed = not event.voided and (not event.hold or not changed)
        if self.attempt(lambda: save(nurse, [draft]), allowed=allowed) and changed:
            event.values = values
            event.version += 1
            event.changed(changed)

    @rule(record_id=events)
    def void(self, record_id: str) -> None:
        nurse, event = self.as_("nurse"), self.model[record_id]
        allowed = not event.voided and not event.hold
        if self.attempt(lambda: void(nurse, record_id, "Entered twice"), allowed=allowed):
            event.voided = True
            event.changed({*event.values, ""})

    # --- the monitor and the investigator ---

    @rule(record_id=events, name=st.sampled_from(["term", "grade", "start"]))
    def verify_one(self, record_id: str, name: str) -> None:
        monitor, event = self.as_("monitor"), self.model[record_id]
        allowed = not event.voided and not event.hold and event.values[name] is not None
        if self.attempt(
            lambda: verify_items(monitor, record_id, [name], event.version), allowed=allowed
        ):
            event.verified[name] = event.values[name]

    @rule(record_id=events)
    def verify_form(self, record_id: str) -> None:
        monitor, event = self.as_("monitor"), self.model[record_id]
        allowed = not event.voided and event.state in range(FormState.COMPLETE, FormState.FROZEN)
        if self.attempt(lambda: verify_record(monitor, record_id, event.version), allowed=allowed):
            event.verified = event.answered

    @rule(record_id=events)
    def sign(self, record_id: str) -> None:
        doctor, event = self.as_("doctor"), self.model[record_id]
        allowed = not event.voided and event.state in (FormState.VERIFIED, FormState.SIGNED)
        if self.attempt(
            lambda: sign(
                doctor,
                "record",
                record_id,
                patient_id=self.patient_id,
                meaning=Meaning.REVIEW,
                user="doctor",
                password=PASSWORD,
            ),
            allowed=allowed,
            silent=False,
        ):
            event.signed.append(True)

    @rule(record_id=events, item=st.sampled_from(["", "term", "grade"]))
    def ask(self, record_id: str, item: str) -> None:
        monitor, event = self.as_("monitor"), self.model[record_id]
        asked: list[str] = []

        def go() -> None:
            where = {"patient_id": self.patient_id, "record_id": record_id, "item": item}
            asked.append(ask(monitor, "Please check.", **where)[0])

        if self.attempt(go, allowed=not event.voided):
            event.asked[asked[0]] = "new"
            event.about[asked[0]] = item

    @rule(record_id=events, step=st.sampled_from(["answered", "resolved", "closed"]))
    def move(self, record_id: str, step: str) -> None:
        event = self.model[record_id]
        action, user, before = {
            "answered": (answer, "nurse", ("new", "answered")),
            "resolved": (resolve, "nurse", ("new", "answered")),
            "closed": (close, "monitor", ("new", "answered", "resolved")),
        }[step]
        session = self.as_(user)
        for query_id, state in event.asked.items():
            if self.attempt(
                lambda query_id=query_id: action(session, query_id, "Text"), allowed=state in before
            ):
                event.asked[query_id] = step

    # --- freezing and locking ---

    @rule(record_id=events, step=st.sampled_from(["freeze", "lock", "unlock", "unfreeze"]))
    def hold(self, record_id: str, step: str) -> None:
        manager, event = self.as_("manager"), self.model[record_id]
        allowed = (
            not event.voided
            and {
                "freeze": event.state is FormState.SIGNED and not event.open_queries,
                "lock": event.hold == "frozen",
                "unlock": event.hold == "locked",
                "unfreeze": event.hold == "frozen",
            }[step]
        )
        call: dict[str, Callable[[], object]] = {
            "freeze": lambda: freeze(manager, "record", record_id),
            "lock": lambda: lock(manager, "record", record_id),
            "unlock": lambda: unlock(manager, "record", record_id, reason="Error"),
            "unfreeze": lambda: unfreeze(manager, "record", record_id, reason="Error"),
        }
        if self.attempt(call[step], allowed=allowed):
            after = {"freeze": "frozen", "lock": "locked", "unlock": "frozen", "unfreeze": ""}
            event.hold = after[step]

    @rule(record_id=events)
    def advance(self, record_id: str) -> None:
        """Take the next step, so that late states come often."""
        steps: dict[FormState, Callable[[], None]] = {
            FormState.COMPLETE: lambda: self.verify_form(record_id),
            FormState.VERIFIED: lambda: self.sign(record_id),
            FormState.SIGNED: lambda: self.hold(record_id, "freeze"),
            FormState.FROZEN: lambda: self.hold(record_id, "lock"),
        }
        event = self.model[record_id]
        if event.state in steps and not event.voided:
            steps[event.state]()

    # --- the comparison ---

    @invariant()
    def store_equals_model(self) -> None:
        session = self.session
        if session is None:
            return
        session.cache.clear()
        alive = {one: event for one, event in self.model.items() if not event.voided}
        records = {
            one.id: (one.row_version, one.form)
            for one in patient_data(session, self.patient_id).of(AdverseEvent)
        }
        assert records == {
            one: (event.version, AdverseEvent(**event.values)) for one, event in alive.items()
        }
        reviews = {
            one.record_id: one
            for one in patient_review(session, self.patient_id).all_records()
            if one.form == "AE"
        }
        for record_id, event in alive.items():
            found = reviews[record_id]
            assert found.state is event.state
            assert set(found.verified) == set(event.verified)
            assert found.open_queries == event.open_queries
        signed = {one: [] for one in self.model}
        for signature in signatures(session):
            signed[signature.target].append(signature.valid)
        assert signed == {one: event.signed for one, event in self.model.items()}
        asked = {one.id: one.state for one in queries(session, states=None) if not one.check_id}
        assert asked == {
            one: state for event in self.model.values() for one, state in event.asked.items()
        }
        assert verify(session).intact

    def teardown(self) -> None:
        if getattr(self, "session", None) is not None:
            self.session.close()
            shutil.rmtree(self.folder.parent)


def test_that_states_signatures_and_queries_equal_their_model_after_any_actions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))
    run_state_machine_as_test(
        ReviewMachine,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
