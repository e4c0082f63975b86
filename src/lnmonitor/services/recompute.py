"""Results brought up to date when the program's rules or the protocol's choice of them changed.

A study remembers by which rule versions and which protocol its stored results were made. Opening it
compares that with the program, one short text with another; only a difference costs more. Then the
patients concerned are evaluated anew in one transaction, and what changed for whom is reported and
stays in the audit trail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from lnmonitor.analysis.rules import versions
from lnmonitor.progress import Progress, silent
from lnmonitor.services.derive import recompute, stored_results
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import assessments
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.repositories import Assessment, Patient
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.rule_parameters import in_force

_META = "rules"
"""Name under which the study's facts hold the rules of the stored results."""


@dataclass(frozen=True)
class RuleChange:
    """A rule with the version before and now; empty where it was or is not there."""

    rule: str
    old: str
    new: str


@dataclass(frozen=True)
class ResultChange:
    """One stored result of a visit before and now, as printed; None where there is none."""

    visit_code: str
    visit_date: str
    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class PatientChanges:
    """What a recomputation changed for one patient.

    `results` holds the results that print otherwise than before; `renewed` counts those that stayed
    and only name another version or other inputs now.
    """

    patient_id: str
    subject_id: str
    results: tuple[ResultChange, ...] = ()
    renewed: int = 0
    flags_raised: tuple[str, ...] = ()
    flags_withdrawn: tuple[str, ...] = ()
    flags_changed: tuple[str, ...] = ()
    """Flags that stay and say something else now: title, evidence or severity."""

    @property
    def empty(self) -> bool:
        """Whether nothing at all changed."""
        flags = (*self.flags_raised, *self.flags_withdrawn, *self.flags_changed)
        return not (self.results or self.renewed or flags)


@dataclass(frozen=True)
class RecomputeReport:
    """What changed for whom.

    `evaluated` counts the patients looked at; `patients` are those of whom something changed.
    `protocol_changed`: the protocol's rules, parameters or visits differ from those used before.
    """

    at: str
    rules: tuple[RuleChange, ...]
    protocol_changed: bool
    evaluated: int
    patients: tuple[PatientChanges, ...]


def renew_outdated(session: StudySession, progress: Progress = silent) -> RecomputeReport | None:
    """Recompute what was made by other rules than the program's; None when nothing was.

    The program does this at opening, whoever opens.
    """
    now = _made_by(session.protocol)
    with session.store.read() as connection:
        stored = repo.meta(connection).get(_META, "")
    if stored == canonical(now):
        return None
    before: dict[str, Any] = json.loads(stored or '{"rules": {}, "protocol": ""}')
    changed = _changes(before["rules"], now["rules"])
    other_protocol = before["protocol"] != now["protocol"]
    with session.work(source="derived", reason=_why(changed, other_protocol)) as work:
        wanted = _concerned(work, changed, other_protocol)
        report = _recompute(session, work, wanted, progress, changed, other_protocol)
        repo.set_meta(work.connection, {_META: canonical(now)})
    session.cache.clear()
    return report


def up_to_date(session: StudySession, connection: Connection) -> bool:
    """Return whether the stored results were made by the program's present rules."""
    made_by = canonical(_made_by(session.protocol))
    return bool(repo.meta(connection).get(_META, "") == made_by)


def recompute_all(session: StudySession, progress: Progress = silent) -> RecomputeReport:
    """Evaluate every patient anew and bring in step whatever differs from what is stored.

    Raises:
        StorageError: the study is open for reading only.
    """
    require(session, Action.VERIFY)
    with session.work(source="derived", reason="every result computed anew") as work:
        wanted = repo.patients(work.connection)
        report = _recompute(session, work, wanted, progress, (), other_protocol=False)
    session.cache.clear()
    return report


# --- what is out of date -----------------------------------------------------------------------


def _made_by(protocol: Protocol) -> dict[str, Any]:
    """Return by what results are made: rule versions, and a hash of the whole protocol.

    Parameters count as they are in force, so that it is the same whether the protocol's file states
    a default or leaves it out; a default that changed, or a parameter that is new, counts as a
    change of the protocol: results carry it.
    """
    whole = {**asdict(protocol), "parameters": in_force(protocol.parameters)}
    digest = hashlib.sha256(canonical(whole).encode()).hexdigest()
    return {"rules": versions(), "protocol": digest}


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[RuleChange, ...]:
    return tuple(
        RuleChange(rule, old.get(rule, ""), new.get(rule, ""))
        for rule in sorted({*old, *new})
        if old.get(rule) != new.get(rule)
    )


def _concerned(
    work: UnitOfWork, changed: Sequence[RuleChange], other_protocol: bool
) -> list[Patient]:
    """Return the patients to look at: those with results of a changed rule, or all.

    All, too, where a changed rule has no stored result: it is new, or it raises flags alone.
    """
    everyone = repo.patients(work.connection)
    named = assessments.rules_stored(work.connection)
    if other_protocol or any(one.rule not in named for one in changed):
        return everyone
    behind = assessments.patients_behind(work.connection, versions())
    return [one for one in everyone if one.id in behind]


def _why(changed: Sequence[RuleChange], other_protocol: bool) -> str:
    told = [f"rule {one.rule} {one.old or 'new'} -> {one.new or 'gone'}" for one in changed]
    return "; ".join([*told, *(["protocol changed"] if other_protocol else [])])


# --- recomputing -------------------------------------------------------------------------------


def _recompute(
    session: StudySession,
    work: UnitOfWork,
    wanted: Sequence[Patient],
    progress: Progress,
    changed: tuple[RuleChange, ...],
    other_protocol: bool,
) -> RecomputeReport:
    found: list[PatientChanges] = []
    for number, patient in enumerate(wanted, start=1):
        one = _renew(session, work, patient)
        if not one.empty:
            found.append(one)
            _note(work, one)
        progress(number, len(wanted), "Results computed")
    summary = {"patients": len(wanted), "changed": len(found)}
    work.note("recompute", new=canonical(summary))
    return RecomputeReport(work.at, changed, other_protocol, len(wanted), tuple(found))


def _renew(session: StudySession, work: UnitOfWork, patient: Patient) -> PatientChanges:
    data = repo.patient_data(work.connection, patient.id)
    assert data is not None  # noqa: S101 - its keys were read in this transaction
    before = repo.assessments(work.connection, patient_ids=[patient.id])
    stored = repo.flags(work.connection, [patient.id])
    flags_before = {flag.identity: flag.state for flag in stored}
    now = stored_results(recompute(session, work, data).course)
    after = repo.flags(work.connection, [patient.id])
    flags_now = {flag.identity: flag.state for flag in after}
    results, renewed = _compare(before, now)
    raised = [
        name
        for name, state in flags_now.items()
        if state != "withdrawn" and flags_before.get(name, "withdrawn") == "withdrawn"
    ]
    withdrawn = [
        name
        for name, state in flags_now.items()
        if state == "withdrawn" and flags_before.get(name) not in {None, "withdrawn"}
    ]
    content = {flag.identity: flag.content for flag in stored}
    changed = [
        flag.identity
        for flag in after
        if flag.identity not in {*raised, *withdrawn}
        and content.get(flag.identity, flag.content) != flag.content
    ]
    return PatientChanges(
        patient.id,
        patient.subject_id,
        results,
        renewed,
        tuple(raised),
        tuple(withdrawn),
        tuple(changed),
    )


def _compare(
    before: Iterable[Assessment], now: Iterable[Assessment]
) -> tuple[tuple[ResultChange, ...], int]:
    """Return what prints otherwise than before, and how much else was written anew."""
    old = {(row.visit_id, row.key): row for row in before}
    new = {(row.visit_id, row.key): row for row in now}
    changes: list[tuple[str, ResultChange]] = []
    renewed = 0
    for place in dict.fromkeys((*old, *new)):
        was, is_now = old.get(place), new.get(place)
        row = is_now or was
        if was == is_now or row is None:
            continue
        values = (was.value if was else None, is_now.value if is_now else None)
        if values[0] == values[1]:
            renewed += 1
            continue
        change = ResultChange(row.visit_code, row.visit_date, row.key, *values)
        changes.append((f"{row.visit_date} {row.key}", change))
    return tuple(change for _, change in sorted(changes, key=lambda pair: pair[0])), renewed


def _note(work: UnitOfWork, one: PatientChanges) -> None:
    """Leave one entry for a patient with every result before and now."""

    def told(values: Iterable[tuple[ResultChange, str | None]]) -> str:
        named = {f"{r.visit_code} {r.visit_date} {r.key}": value for r, value in values}
        return canonical(named) if named else ""

    work.note(
        "results recomputed",
        patient_id=one.patient_id,
        old=told((result, result.old) for result in one.results),
        new=told((result, result.new) for result in one.results),
    )
