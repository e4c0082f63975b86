"""What follows from a patient's records: results and flags, renewed inside each transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from lnmonitor.analysis.course import Course, Flag, VisitAssessment, evaluate
from lnmonitor.clinical.bilag import SCALES, BilagGrade
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.results import Outcome
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.services.flag_text import flag_text
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical
from lnmonitor.storage.repositories import Assessment, StoredFlag
from lnmonitor.storage.unit_of_work import UnitOfWork
from lnmonitor.study.records import PatientData

OPEN = "open"
WITHDRAWN = "withdrawn"
_NUMBERS = ("score", "grade", "value", "total", "mg_per_day", "given_dose_per_kg", "dose")
"""Names under which results carry their one number, in the order of looking."""
_HASHES_KEPT = 4096
_hashes: dict[int, tuple[Outcome, str]] = {}
"""Hashes by the identity of their result, which is kept beside it so that it stays one."""
_ANSWERS = ("stage", "risk", "complete", "met", "severity", "flare", "band")
"""Names under which other results carry their one word."""


def recompute(session: StudySession, work: UnitOfWork, data: PatientData) -> Course:
    """Evaluate a patient and store results and flags in the transaction."""
    course = evaluate(data, session.protocol, today=session.today)
    repo.replace_assessments(work.connection, [data.patient_id], stored_results(course))
    merge_flags(work, course, repo.flags(work.connection, [data.patient_id]))
    return course


def stored_results(course: Course) -> list[Assessment]:
    """Return one row for each result of each visit."""
    return [
        _stored(course, visit, key, outcome)
        for visit in course.visits
        for key, outcome in visit.outcomes.items()
    ]


def merge_flags(work: UnitOfWork, course: Course, stored: Sequence[StoredFlag]) -> None:
    """Raise new flags, withdraw those whose evidence is gone, leave what people said of others."""
    before = {flag.identity: flag for flag in stored}
    now = {flag.identity: flag for flag in course.flags}
    changed = [
        row
        for flag in now.values()
        if (row := _kept_or_raised(work, course.patient_id, flag, before.get(flag.identity)))
        != before.get(flag.identity)
    ]
    for flag in stored:
        if flag.identity not in now and flag.state != WITHDRAWN:
            changed.append(_with_state(work, flag, WITHDRAWN, ""))
            _note(work, "flag withdrawn", flag.patient_id, flag.identity, old=flag.state)
    repo.store_flags(work.connection, changed)


def value_of(outcome: Outcome, bilag_scale: str) -> tuple[str, float | None]:
    """Return a result as printed, and its number where it is exact: `8-12` has none.

    A BILAG letter has its number on the protocol's scale.
    """
    if isinstance(outcome, BilagGrade):
        number = outcome.number(SCALES[bilag_scale])
        return (outcome.grade.value if outcome.grade else "", number)
    if (response := getattr(outcome, "response", None)) is not None:
        return response.value, None
    for name in _NUMBERS:
        value = getattr(outcome, name, None)
        if isinstance(value, int | float):
            shown = f"{value:.1f}" if isinstance(value, float) else str(value)
            return shown, float(value)
        if value is not None:
            return str(getattr(value, "value", value)), None
    if isinstance(outcome, SledaiScore | CtcaeGrade):
        return f"{outcome.low}-{outcome.high}", None
    words = (getattr(outcome, name, None) for name in _ANSWERS)
    return next((str(getattr(word, "value", word)) for word in words if word is not None), ""), None


def input_hash(outcome: Outcome) -> str:
    """Return a hash of what a result stands on: rule, parameters, criteria with their numbers.

    Most rules give the same object for the same inputs, so that a hash once made serves again.
    """
    known, made = _hashes.get(id(outcome), (None, ""))
    if known is outcome:
        return made
    rule = outcome.rule
    content = canonical(
        [
            rule.id,
            rule.version,
            dict(rule.parameters),
            [[one.code, one.met.value, dict(one.values)] for one in outcome.reasons],
            list(outcome.missing),
        ]
    )
    made = hashlib.sha256(content.encode()).hexdigest()[:32]
    _hashes[id(outcome)] = (outcome, made)
    if len(_hashes) > _HASHES_KEPT:
        _hashes.pop(next(iter(_hashes)))
    return made


def _stored(course: Course, visit: VisitAssessment, key: str, outcome: Outcome) -> Assessment:
    text, number = value_of(outcome, course.bilag_scale)
    return Assessment(
        course.patient_id,
        visit.visit_id,
        key,
        visit.code,
        visit.date,
        visit.day,
        text,
        number,
        outcome.rule.id,
        outcome.rule.version,
        input_hash(outcome),
    )


def _kept_or_raised(
    work: UnitOfWork, patient_id: str, flag: Flag, old: StoredFlag | None
) -> StoredFlag:
    content = flag_text(flag)
    if old is not None and old.state != WITHDRAWN:
        return replace(old, content=content)
    _note(work, "flag raised", patient_id, flag.identity, new=flag.title.en)
    return StoredFlag(flag.identity, patient_id, OPEN, work.at, work.actor.account, "", content)


def _with_state(work: UnitOfWork, flag: StoredFlag, state: str, comment: str) -> StoredFlag:
    return replace(flag, state=state, at=work.at, by=work.actor.account, comment=comment)


def _note(
    work: UnitOfWork, action: str, patient_id: str, identity: str, *, old: str = "", new: str = ""
) -> None:
    work.note(
        action,
        patient_id=patient_id,
        item=identity,
        old=canonical(old) if old else "",
        new=canonical(new) if new else "",
        source="derived",
    )
