"""How far a form has come: empty, draft, complete, verified, signed, frozen, locked.

The state of a record is computed from what is stored about it and never stored itself, so that it
cannot disagree: required items, verification marks that still fit, signatures that are still
valid, and holds on the record, its visit, its patient or the study. Each step needs the one before
it (docs/adr/0018). Here is no permission asked and nothing written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from sqlalchemy import Connection

from lnmonitor.errors import RefusedError
from lnmonitor.language import Text
from lnmonitor.services.permissions import PERMISSIONS, Action, Role
from lnmonitor.storage import reviews
from lnmonitor.storage.mappers import cell_text
from lnmonitor.storage.reviews import STUDY, Hold, SignedRecord
from lnmonitor.study.forms import FORMS, Demographics, Identity
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

Scope = Literal["record", "visit", "patient", "study"]
FROZEN = "frozen"
LOCKED = "locked"


class FormState(IntEnum):
    """The steps in their order. A later state includes the earlier ones."""

    EMPTY = 0
    DRAFT = 1
    COMPLETE = 2
    VERIFIED = 3
    SIGNED = 4
    FROZEN = 5
    LOCKED = 6

    @property
    def title(self) -> Text:
        """What a person reads."""
        return _TITLES[self]


_TITLES = {
    FormState.EMPTY: Text("empty", "空白"),
    FormState.DRAFT: Text("draft", "草稿"),
    FormState.COMPLETE: Text("complete", "已完成"),
    FormState.VERIFIED: Text("verified", "已核查"),
    FormState.SIGNED: Text("signed", "已签名"),
    FormState.FROZEN: Text("frozen", "已冻结"),
    FormState.LOCKED: Text("locked", "已锁定"),
}
NOT_YET = {
    FormState.COMPLETE: (
        "Not complete yet: {forms}.",
        "Answer every required item, or say why it is missing.",
    ),
    FormState.VERIFIED: (
        "Not verified against the source yet: {forms}.",
        "The monitor verifies it first.",
    ),
    FormState.SIGNED: ("Not signed yet: {forms}.", "The investigator signs it first."),
    FormState.FROZEN: ("Not frozen yet: {forms}.", "Freeze it first."),
}
"""What a person is told who wants to skip a step."""
HELD = {
    FROZEN: "{form} is frozen since {at} by {by}: nothing was saved.",
    LOCKED: "{form} is locked since {at} by {by}: nothing was saved.",
}
WHO_OPENS = {
    "record": "The record can be opened by: {roles}.",
    "visit": "The visit can be opened by: {roles}.",
    "patient": "The patient can be opened by: {roles}.",
    "study": "The study can be opened by: {roles}.",
}
_OPENED_BY = {FROZEN: Action.FREEZE, LOCKED: Action.LOCK}
_MOST_NAMED = 5
UNREVIEWED = frozenset({Identity.code})
"""Forms that nobody outside the site may see, so that nobody verifies or signs them."""


@dataclass(frozen=True)
class Reviews:
    """What is stored about the records of one patient.

    Attributes:
        marks: record -> item -> content when verified. signed: record -> valid signatures on it.
        holds: (scope, target) -> hold. open_queries: record -> queries that are not closed.
    """

    marks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    signed: Mapping[str, Sequence[SignedRecord]] = field(default_factory=dict)
    holds: Mapping[tuple[str, str], Hold] = field(default_factory=dict)
    open_queries: Mapping[str, int] = field(default_factory=dict)


def read_reviews(connection: Connection, patient_id: str) -> Reviews:
    """Read what is stored about a patient's records."""
    marks: dict[str, dict[str, str]] = defaultdict(dict)
    for mark in reviews.marks(connection, patient_id=patient_id):
        marks[mark.record_id][mark.item] = mark.cell
    signed: dict[str, list[SignedRecord]] = defaultdict(list)
    for one in reviews.signed_records(connection, patient_id=patient_id):
        if not one.invalid_at:
            signed[one.record_id].append(one)
    queries: dict[str, int] = defaultdict(int)
    for query in reviews.queries(connection, patient_id=patient_id):
        queries[query.record_id] += query.state != "closed"
    return Reviews(dict(marks), dict(signed), holds_of(connection, patient_id), dict(queries))


def holds_of(connection: Connection, patient_id: str) -> dict[tuple[str, str], Hold]:
    """Return the holds on the study and on a patient, visits and records included."""
    found = reviews.holds(connection, patient_id=patient_id)
    return {(one.scope, one.target): one for one in found}


def unanswered_items(record: Record[Form]) -> tuple[str, ...]:
    """Return the required items that have neither a value nor a reason for having none."""
    return tuple(
        name
        for name, one in type(record.form).items().items()
        if one.item.required and record.form.get(name) is None and name not in record.missing
    )


def answered_items(record: Record[Form]) -> tuple[str, ...]:
    """Return the items that hold something a source can be compared with."""
    return tuple(name for name in type(record.form).items() if cell_text(record, name))


def verified_items(record: Record[Form], marks: Mapping[str, str]) -> tuple[str, ...]:
    """Return the items whose mark still fits what they hold."""
    return tuple(
        name for name in answered_items(record) if marks.get(name) == cell_text(record, name)
    )


def record_state(record: Record[Form], stored: Reviews) -> FormState:
    """Return the state of a record that is not voided."""
    hold = hold_over(record, stored.holds)
    if hold is not None:
        return FormState.LOCKED if hold.level == LOCKED else FormState.FROZEN
    if unanswered_items(record):
        return FormState.DRAFT
    if record.form.code in UNREVIEWED:
        return FormState.COMPLETE
    if len(verified_items(record, stored.marks.get(record.id, {}))) < len(answered_items(record)):
        return FormState.COMPLETE
    valid = any(one.row_version == record.row_version for one in stored.signed.get(record.id, ()))
    return FormState.SIGNED if valid else FormState.VERIFIED


def hold_over(record: Record[Form], holds: Mapping[tuple[str, str], Hold]) -> Hold | None:
    """Return the strongest and widest hold on a record, None when it is open."""
    places = (
        (STUDY, STUDY),
        ("patient", record.patient_id),
        ("visit", record.visit_id or ""),
        ("record", record.id),
    )
    found = [holds[place] for place in places if place in holds]
    return max(found, key=lambda one: one.level == LOCKED, default=None)


def roll_up(states: Iterable[FormState]) -> FormState:
    """Return the state of several forms together: the least of them, draft when some are empty."""
    known = set(states)
    if known <= {FormState.EMPTY}:
        return FormState.EMPTY
    return max(min(known), FormState.DRAFT)


def require_open(connection: Connection, patient_id: str, records: Iterable[Record[Form]]) -> None:
    """Refuse a change of what is frozen or locked, new records inside it included.

    Raises:
        RefusedError: with who may open it.
    """
    holds = holds_of(connection, patient_id)
    for record in records if holds else ():
        hold = hold_over(record, holds)
        if hold is not None:
            raise held(hold, record.form.code)


def require_study_open(connection: Connection) -> None:
    """Refuse a new patient while the study as a whole is frozen or locked.

    Raises:
        RefusedError: with who may open it.
    """
    hold = holds_of(connection, "").get((STUDY, STUDY))
    if hold is not None:
        raise held(hold, Demographics.code)


def held(hold: Hold, form_code: str) -> RefusedError:
    """Return the refusal of a change under a hold."""
    able = [role.value for role in Role if _OPENED_BY[hold.level] in PERMISSIONS[role]]
    return RefusedError(
        HELD[hold.level],
        WHO_OPENS[hold.scope],
        form=FORMS[form_code].title.en,
        at=hold.at,
        by=hold.by,
        roles=", ".join(able),
    )


def require_step(states: Iterable[tuple[str, FormState]], needed: FormState) -> None:
    """Refuse a step while some forms, given by code with their state, lack the one before.

    Raises:
        RefusedError: naming the forms and who does what is missing.
    """
    behind = [(code, state) for code, state in states if state < needed]
    if not behind:
        return
    first = max(min(state for _, state in behind) + 1, FormState.COMPLETE)
    names = list(dict.fromkeys(FORMS[code].title.en for code, state in behind if state < first))
    named = ", ".join(names[:_MOST_NAMED]) + (" ..." if len(names) > _MOST_NAMED else "")
    raise RefusedError(*NOT_YET[FormState(first)], forms=named)
