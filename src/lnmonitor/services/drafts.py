"""What a person or an import wants to be stored, turned into records and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import is_not

from pydantic import ValidationError

from lnmonitor.errors import ConflictError, InputError, UserError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.unit_of_work import changed_items
from lnmonitor.study.analytes import complete
from lnmonitor.study.checks import Finding, age_on, check_form
from lnmonitor.study.dates import earliest
from lnmonitor.study.forms import Demographics, LabResult, Visit
from lnmonitor.study.items import Form, Scope
from lnmonitor.study.records import PatientData, Record

WHOLE_FORM = ""
"""Key of `RecordDraft.justified` for a finding that is about no single item."""
CATALOGUE = "CATALOGUE"
_LONGEST_NUMBER = 40
_LARGEST = 2**53
"""Above it a floating-point number cannot tell one whole number from the next."""


@dataclass(frozen=True)
class RecordDraft:
    """A form as it should be stored.

    Attributes:
        record_id: None for a new record. A new record that others of the same save refer to (a
            visit with its forms) gets its id beforehand from `StudySession.new_id`, and
            `row_version` 0.
        row_version: the version that was read, 0 for a new record.
        missing: item -> ND, UNK or NA. justified: item -> why an unexpected value is right
            (`WHOLE_FORM` for the form as a whole); those already stored stay while the value does.
        reason: why saved values change; needed when one does. Of a new record what there is to say
            about its creation, such as why it comes late; never needed.
    """

    form: Form
    patient_id: str
    visit_id: str | None = None
    record_id: str | None = None
    row_version: int = 0
    missing: Mapping[str, str] = field(default_factory=dict)
    justified: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Saved:
    """What a save did. `records`: one for each draft, as stored; deviations raised follow.

    `findings` are the answered questions and the remarks of the checks.
    """

    records: tuple[Record[Form], ...]
    changes: ChangeSet
    findings: tuple[Finding, ...] = ()


class CheckFailed(UserError):  # noqa: N818 - not an error of the program: the checks' answer
    """Nothing was saved: something is impossible, or an unexpected value is not yet justified.

    Attributes:
        findings: all that the checks noticed. by_draft: the same, for each draft in order.
    """

    def __init__(self, by_draft: Sequence[tuple[Finding, ...]]) -> None:
        self.by_draft = tuple(by_draft)
        self.findings = tuple(finding for findings in by_draft for finding in findings)
        stopping = [one for one in self.findings if one.level == "refuse"] or [
            one for one in self.findings if one.level == "ask"
        ]
        # The sentence goes in as a parameter: its braces, if any, are a person's own text.
        super().__init__("Not saved: {sentence}", sentence=stopping[0].message.en)


@dataclass(frozen=True)
class Planned:
    """A draft with the record it would become. `old` is None for a new record."""

    draft: RecordDraft
    old: Record[Form] | None
    new: Record[Form]

    @cached_property
    def changed(self) -> list[str]:
        """Items that differ from the stored record; all that have something for a new one."""
        return changed_items(self.old, self.new) if self.old else list(type(self.new.form).items())

    @property
    def needs_reason(self) -> bool:
        """Whether a saved value or missing-value reason changes; filling an empty item does not."""
        old = self.old
        return old is not None and any(
            old.form.get(item) is not None or item in old.missing for item in self.changed if item
        )


def plan(
    session: StudySession, data: PatientData, drafts: Sequence[RecordDraft]
) -> tuple[list[Planned], PatientData]:
    """Return what would be stored, and the patient's records as they would then be.

    Raises:
        ConflictError: a record was changed or voided since it was read, or is there already.
        InputError: a form does not belong where the draft puts it.
    """
    planned = [_planned(session, draft) for draft in drafts]
    proposed = with_records(data, [one.new for one in planned])
    record = proposed.one(Demographics)
    demographics = record.form if record else None
    completed = [_completed(one, demographics) for one in planned]
    if any(map(is_not, completed, planned)):
        planned = completed
        proposed = with_records(data, [one.new for one in planned])
    for one in planned:
        _check_place(one, proposed)
    return planned, proposed


def findings_of(
    session: StudySession, planned: Planned, proposed: PatientData
) -> tuple[Finding, ...]:
    """Return what the checks say about a planned record."""
    record = planned.new
    return check_form(
        record.form,
        data=proposed,
        visit=visit_of(proposed, record.visit_id),
        protocol=session.protocol,
        record_id=record.id,
        missing=record.missing,
        today=session.today,
    )


def unanswered(finding: Finding, justified: Mapping[str, str]) -> bool:
    """Return whether a finding stands in the way of a save."""
    if finding.level == "ask":
        return not justified.get(finding.item or WHOLE_FORM, "").strip()
    return finding.level == "refuse"


def with_records(data: PatientData, records: Sequence[Record[Form]]) -> PatientData:
    """Return the patient's records with some added or replaced by id."""
    if not records:
        return data
    new = {record.id: record for record in records}
    kept = [new.pop(record.id, record) for record in data.records]
    return replace(data, records=(*kept, *new.values()))


def visit_of(data: PatientData, visit_id: str | None) -> Record[Visit] | None:
    """Return the visit of an id, None without one."""
    return next((one for one in data.of(Visit) if one.id == visit_id), None)


def _planned(session: StudySession, draft: RecordDraft) -> Planned:
    form = validated(draft.form)
    old = _stored(session, draft)
    if draft.row_version == 0 and old is not None:
        raise ConflictError(
            "This record was saved already: nothing was saved now.",
            "Open it again and compare.",
        )
    if draft.row_version and (old is None or old.row_version != draft.row_version):
        raise ConflictError(
            "This record was changed or voided since you opened it: nothing was saved.",
            "Open it again, compare, and enter your change anew.",
        )
    record_id = draft.record_id or session.new_id()
    new = Record(
        id=record_id,
        form=form,
        patient_id=draft.patient_id,
        visit_id=_visit_id(draft, old, record_id),
        row_version=draft.row_version,
        missing={item: code for item, code in draft.missing.items() if code},
        justified=_justified(draft, old, form),
    )
    return Planned(draft, old, new)


def _stored(session: StudySession, draft: RecordDraft) -> Record[Form] | None:
    """Return the record a draft is about, as it is in the store and not as somebody holds it."""
    if draft.record_id is None:
        return None
    with session.store.read() as connection:
        return repo.record(connection, type(draft.form), draft.record_id)


def validated(form: Form) -> Form:
    """Return the form with its values in the form's own types, empty text as nothing.

    Raises:
        InputError: a value has a type, or is a number or text, that cannot be stored.
    """
    values = {name: None if value == "" else value for name, value in form.__dict__.items()}
    try:
        valid = type(form).model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise _not_storable(form, f"{first['loc'][0]}: {first['msg']}") from error
    for name, value in valid.__dict__.items():
        if isinstance(value, str):
            if not is_text(value):
                raise _not_storable(form, f"{name}: not a text")
        elif value is not None and not abs(value) < _LARGEST:  # also true of what is no number
            raise _not_storable(form, f"{name}: {value}")
    return valid


def subject_number(typed: str) -> str:
    """Return a patient's subject number as it is stored.

    Raises:
        InputError: empty, too long, or with characters that cannot be printed.
    """
    number = typed.strip()
    if not number or len(number) > _LONGEST_NUMBER or not number.isprintable():
        raise InputError(
            "A patient needs a subject number of up to 40 characters.", "Give one, such as 01-001."
        )
    return number


def is_text(value: str) -> bool:
    """Return whether every character exists: half of a surrogate pair is no text."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _not_storable(form: Form, problem: str) -> InputError:
    return InputError(
        "A value of the form {form} cannot be stored: {problem}.",
        "Check what was typed.",
        form=type(form).title.en,
        problem=problem,
    )


def _visit_id(draft: RecordDraft, old: Record[Form] | None, record_id: str) -> str | None:
    if isinstance(draft.form, Visit):
        return record_id
    return draft.visit_id or (old.visit_id if old else None)


def _justified(draft: RecordDraft, old: Record[Form] | None, form: Form) -> dict[str, str]:
    """Keep stored justifications of values that stay; the draft's own come on top."""
    kept = {
        item: text
        for item, text in (old.justified if old else {}).items()
        if item == WHOLE_FORM or (old and old.form.get(item) == form.get(item))
    }
    given = {item: text.strip() for item, text in draft.justified.items() if text.strip()}
    return kept | given


def _completed(planned: Planned, demographics: Demographics | None) -> Planned:
    """Derive a laboratory result's standard value and range anew from what was reported."""
    form = planned.new.form
    if not isinstance(form, LabResult) or (planned.old and not planned.changed):
        return planned
    fresh = form.model_copy(update={"canonical_value": None, "canonical_unit": None})
    if form.range_source == CATALOGUE:
        fresh = fresh.model_copy(
            update={"range_low": None, "range_high": None, "range_source": None}
        )
    sex = demographics.sex if demographics else None
    age = age_on(demographics, earliest(form.collected_on))
    try:
        done = validated(complete(fresh, sex=sex, age=age))
    except UserError:
        done = form  # the checks say which analyte or unit it is
    return replace(planned, new=replace(planned.new, form=done))


def _check_place(planned: Planned, proposed: PatientData) -> None:
    """Refuse a second record of a form that occurs once, and a visit's form without its visit."""
    record = planned.new
    form = type(record.form)
    if form.scope in (Scope.VISIT, Scope.VISIT_LOG):
        if visit_of(proposed, record.visit_id) is None:
            raise InputError(
                "{form} belongs to a visit, and there is none.",
                "Save the visit first, or with it.",
                form=form.title.en,
            )
        others = proposed.at_visit(record.visit_id or "", form)
    else:
        others = proposed.of(form)
    once = form.scope in (Scope.SUBJECT, Scope.VISIT)
    if once and any(other.id != record.id for other in others):
        raise ConflictError(
            "{form} is there already: nothing was saved.",
            "Open the stored one and change that.",
            form=form.title.en,
        )


def event_date(record: Record[Form], proposed: PatientData, today: date) -> str:
    """Return the date on which what a record tells took place, for a deviation."""
    for item in ("visit_date", "started_at", "start", "occurred_on", "consent_date"):
        value = getattr(record.form, item, None)
        if value:
            return str(value)[:10]
    visit = visit_of(proposed, record.visit_id)
    return (visit.form.visit_date if visit else None) or today.isoformat()
