"""What follows from a patient's records: results and flags, renewed inside each transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import cast

from lnmonitor.analysis.course import Course, Flag, VisitAssessment, evaluate
from lnmonitor.analysis.same import Same
from lnmonitor.clinical.bilag import SCALES, BilagGrade
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.results import Outcome
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.services import summaries
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
_Row = tuple[str, float | None, str, str, str]
_VISITS_KEPT = 256
_ROWS_KEPT = 8192
_rows: dict[tuple[int, str], tuple[Outcome, _Row]] = {}
"""What is stored of a result by its identity and the BILAG scale; the result is kept beside it, so
that its identity stays its own."""
_ANSWERS = ("stage", "risk", "complete", "met", "severity", "flare", "band")
"""Names under which other results carry their one word."""


Results = Mapping[str, tuple[Assessment, ...]]
"""One row for each result, by visit."""


@dataclass(frozen=True)
class Derived:
    """What was stored of a patient's course: rows of results, and the texts of the summary."""

    course: Course
    results: Results
    summary: tuple[str, str, str]


def recompute(
    session: StudySession, work: UnitOfWork, data: PatientData, known: Derived | None = None
) -> Derived:
    """Evaluate a patient and store results, flags and the summary in the transaction.

    Args:
        known: what this session knows to be stored; only what differs is compared and written. None
            to compare everything with what lies in the store.
    """
    course = evaluate(data, session.protocol, today=session.today)
    results = results_of(course)
    _store_results(work, course.patient_id, results, known.results if known else None)
    texts = summaries.summary_texts(session.protocol, data, chain.from_iterable(results.values()))
    if known is None or known.summary != texts:
        summaries.keep(work, data.patient_id, texts)
    merge_flags(work, course, repo.flags(work.connection, [data.patient_id]))
    return Derived(course, results, texts)


def results_of(course: Course) -> Results:
    """Return the rows of a course's results: the same objects for a visit that stayed the same."""
    return {
        one.visit_id: _rows_of(Same((one,)), course.patient_id, course.bilag_scale)
        for one in course.visits
    }


def stored_results(course: Course) -> list[Assessment]:
    """Return one row for each result of each visit."""
    return list(chain.from_iterable(results_of(course).values()))


@lru_cache(maxsize=_VISITS_KEPT)
def _rows_of(visit: Same, patient_id: str, scale: str) -> tuple[Assessment, ...]:
    one = cast(VisitAssessment, visit[0])
    return tuple(
        Assessment(
            patient_id, one.visit_id, key, one.code, one.date, one.day, *_row(outcome, scale)
        )
        for key, outcome in one.outcomes.items()
    )


def _store_results(
    work: UnitOfWork, patient_id: str, results: Results, known: Results | None
) -> None:
    """Bring the stored results in step; visits whose rows are those known to be stored stay."""
    if known is None:
        rows = chain.from_iterable(results.values())
        repo.replace_assessments(work.connection, patient_id, rows)
        return
    changed = {
        visit for visit in {**known, **results} if known.get(visit) is not results.get(visit)
    }
    rows = chain.from_iterable(results.get(visit, ()) for visit in changed)
    repo.replace_assessments(work.connection, patient_id, rows, visit_ids=sorted(changed))


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
    """Return a hash of what a result stands on: rule, parameters, criteria with their numbers."""
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
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _row(outcome: Outcome, bilag_scale: str) -> _Row:
    """Return value, number, rule, its version and the hash of the inputs.

    Most rules give the same object for the same inputs, so that what was made once serves again.
    """
    place = id(outcome), bilag_scale
    known, made = _rows.get(place, (None, None))
    if made is not None and known is outcome:
        return made
    rule = outcome.rule
    made = (*value_of(outcome, bilag_scale), rule.id, rule.version, input_hash(outcome))
    _rows[place] = (outcome, made)
    if len(_rows) > _ROWS_KEPT:
        _rows.pop(next(iter(_rows)))
    return made


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
