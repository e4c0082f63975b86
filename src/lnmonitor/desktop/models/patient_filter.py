"""What one types to find patients: words and `status:on flag:open response:cr due:<14d`.

A term that is not understood matches nothing and is named, so that a slip of the hand is not taken
for an empty study.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmonitor.study.schedule import VisitState

if TYPE_CHECKING:
    from lnmonitor.services.patients import PatientSummary

Test = Callable[["PatientSummary"], bool]
_DUE = re.compile(r"<(\d{1,3})d?")
_RESPONSES = {"cr": "CR", "pr": "PR", "nr": "NR", "unknown": "unknown"}


@dataclass(frozen=True)
class Term:
    """One word or `key:value` of the filter; `test` is None when it is not understood."""

    text: str
    test: Test | None


def parse(typed: str) -> tuple[Term, ...]:
    """Return the terms of a filter line."""
    return tuple(Term(word, _test(word.casefold())) for word in typed.split())


def matches(patient: PatientSummary, terms: tuple[Term, ...]) -> bool:
    """Return whether a patient fits every term."""
    return all(term.test is not None and term.test(patient) for term in terms)


def _test(word: str) -> Test | None:
    key, colon, value = word.partition(":")
    if not colon:
        return lambda p: word in _haystack(p)
    maker = _KEYS.get(key)
    return None if maker is None else maker(value)


def _haystack(patient: PatientSummary) -> str:
    return " ".join((patient.subject_id, patient.site, *patient.status)).casefold()


def _status(value: str) -> Test | None:
    groups = {"on": ("FOLLOW-UP",), "screening": ("SCREENING",)}
    if value in groups:
        return lambda p: p.status_code in groups[value]
    if value == "off":
        return lambda p: p.status_code not in {"FOLLOW-UP", "SCREENING"}
    return None


def _flag(value: str) -> Test | None:
    return {"open": lambda p: p.open_flags > 0, "none": lambda p: p.open_flags == 0}.get(value)


def _response(value: str) -> Test | None:
    wanted = _RESPONSES.get(value)
    return None if wanted is None else lambda p: p.response.casefold() == wanted.casefold()


def _due(value: str) -> Test | None:
    if value == "overdue":
        return lambda p: any(v.state is VisitState.OVERDUE for v in p.awaited)
    found = _DUE.fullmatch(value)
    if found is None:
        return None
    days = int(found[1])
    return lambda p: _due_within(p, days)


def _due_within(patient: PatientSummary, days: int) -> bool:
    visit = patient.next_visit
    if visit is None:
        return False
    if visit.state in {VisitState.OVERDUE, VisitState.DUE}:
        return True
    return visit.opens is not None and visit.days <= days


def _id(value: str) -> Test | None:
    wanted = frozenset(value.split(","))
    return lambda p: p.subject_id.casefold() in wanted


def _sex(value: str) -> Test | None:
    if value not in {"f", "m"}:
        return None
    return lambda p: (p.sex or "").casefold() == value


_KEYS: dict[str, Callable[[str], Test | None]] = {
    "status": _status,
    "flag": _flag,
    "response": _response,
    "due": _due,
    "sex": _sex,
    "id": _id,
}
