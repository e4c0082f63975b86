"""What reviewing reads: the forms of one kind at one visit with all that was said about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.pages.monitoring.words import value_words
from lnmonitor.services.form_state import FormState, Scope, roll_up
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import FORMS, AdverseEvent, LabResult, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

if TYPE_CHECKING:
    from lnmonitor.services.queries import QueryView, Step
    from lnmonitor.services.review_states import PatientReview, RecordReview
    from lnmonitor.services.seen import Unseen
    from lnmonitor.services.session import StudySession
    from lnmonitor.services.signatures import SignatureView
    from lnmonitor.services.verification import ItemMark


@dataclass(frozen=True)
class Line:
    """One line of a sheet: an item, or a laboratory result as a whole (`item` is empty then).

    Attributes:
        verified: how many of `items` carry a mark that fits. mark: who set the last of them, for
            the tool tip. lacking: a required item has no answer. queries: open ones. changed: since
            this person last had it open; old: the value before that change.
    """

    record_id: str
    row_version: int
    item: str
    items: tuple[str, ...]
    label: str
    value: str
    unit: str
    verified: int
    mark: ItemMark | None
    lacking: bool
    queries: int
    changed: bool
    note: str = ""

    @property
    def key(self) -> str:
        """What stays the same when the sheet is read again."""
        return f"{self.record_id}/{self.item}"

    @property
    def state(self) -> str:
        """Return "empty", "open", "part" or "verified"."""
        if not self.items:
            return "empty"
        if self.verified == len(self.items):
            return "verified"
        return "part" if self.verified else "open"


@dataclass(frozen=True)
class Group:
    """The lines of one record; the title is empty when a sheet has one record only."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Thread:
    """A query with all its steps."""

    view: QueryView
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """The query's id."""
        return self.view.id


@dataclass(frozen=True)
class Held:
    """A freeze or a lock on a record, a visit, the patient or the study; `at` is UTC."""

    scope: str
    target: str
    level: str
    by: str
    at: str


@dataclass(frozen=True)
class Sheet:
    """The records of one form at one visit (or of no visit), and what people said about them."""

    patient_id: str
    subject_id: str
    form: str
    visit_id: str
    visit: str
    groups: tuple[Group, ...]
    records: tuple[Record[Form], ...]
    reviews: tuple[RecordReview, ...]
    review: PatientReview
    signatures: tuple[SignatureView, ...]
    threads: tuple[Thread, ...]
    unopened: tuple[Record[Form], ...]
    holds: tuple[Held, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the sheet."""
        return (self.patient_id, self.form, self.visit_id)

    @property
    def state(self) -> FormState:
        """The least state of the records."""
        return roll_up(one.state for one in self.reviews)

    def state_of(self, scope: Scope, target: str) -> FormState:
        """Return the state of a record, of the visit or of the patient."""
        return roll_up(state for _, state in self.review.states(scope, target))


@dataclass(frozen=True)
class SheetRow:
    """A sheet as the list of forms shows it.

    `news`: a record changed since this person looked. `late`: days of the longest delay of its
    entry beyond the protocol's tolerance, 0 when none was late. `late_reasons`: of those that were,
    as the trail keeps them, "" for none given.
    """

    patient_id: str
    subject_id: str
    form: str
    visit_id: str
    visit: str
    state: FormState
    records: int
    open_queries: int
    unopened: int
    news: bool
    late: int = 0
    late_reasons: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the sheet."""
        return (self.patient_id, self.form, self.visit_id)


@dataclass(frozen=True)
class PatientReviews:
    """What the patient page knows of the reviews of a patient's records.

    Attributes:
        review: states of all forms. unseen: what is new or changed for this person.
        signatures: all of the patient, the first one first.
    """

    review: PatientReview
    unseen: tuple[Unseen, ...] = ()
    signatures: tuple[SignatureView, ...] = ()
    by_record: Mapping[str, RecordReview] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[Unseen, ...]:
        """What changed or was voided since this person looked; a first look changes nothing."""
        return tuple(one for one in self.unseen if one.state != "new")


def read_reviews(session: StudySession, patient_id: str) -> PatientReviews:
    """Read the reviews of a patient's records."""
    from lnmonitor.services import seen, signatures
    from lnmonitor.services.review_states import patient_review

    review = patient_review(session, patient_id)
    return PatientReviews(
        review,
        seen.unseen(session, patient_id),
        signatures.signatures(session, patient_id),
        {one.record_id: one for one in review.all_records()},
    )


def read_sheet(
    session: StudySession, patient_id: str, form_code: str, visit_id: str
) -> Sheet | None:
    """Read the records of a form at a visit, None when there is none any more."""
    from lnmonitor.services import locks, patients, queries, seen, signatures, verification
    from lnmonitor.services.review_states import patient_review

    data = patients.patient_data(session, patient_id)
    found = tuple(
        one for one in data.of(FORMS[form_code]) if (one.visit_id or "") == visit_id or not visit_id
    )
    if not found:
        return None
    review = patient_review(session, patient_id)
    ids = {one.id for one in found}
    fresh = {one.record_id: one for one in seen.unseen(session, patient_id)}
    views = [
        one
        for one in queries.queries(session, patient_id=patient_id, states=None)
        if one.record_id in ids
    ]
    reviews = {one.record_id: one for one in review.all_records()}
    marks = {one.id: verification.marks(session, one.id) for one in found}
    visits = {one.visit_id: one.code for one in review.visits}
    signed = [
        one
        for one in signatures.signatures(session, patient_id)
        if any(record.record_id in ids for record in one.records)
    ]
    return Sheet(
        patient_id=patient_id,
        subject_id=data.subject_id,
        form=form_code,
        visit_id=visit_id,
        visit=visits.get(visit_id, ""),
        groups=_groups(found, marks, views, fresh),
        records=found,
        reviews=tuple(reviews[one.id] for one in found if one.id in reviews),
        review=review,
        signatures=tuple(reversed(signed)),
        threads=tuple(Thread(one, queries.thread(session, one.id)) for one in _by_need(views)),
        unopened=tuple(one for one in found if one.id in fresh),
        holds=tuple(
            Held(one.scope, one.target, one.level, one.by, one.at)
            for one in locks.holds(session, patient_id)
        ),
    )


def read_thread(session: StudySession, query_id: str) -> Thread:
    """Read one query, whatever it is about.

    Raises:
        InputError: there is no such query.
    """
    from lnmonitor.services import queries

    steps = queries.thread(session, query_id)
    found = queries.queries(session, states=None)
    return Thread(next(one for one in found if one.id == query_id), steps)


def read_rows(session: StudySession, patient_id: str) -> tuple[SheetRow, ...]:
    """Read the forms of a patient with their states, by visit; forms that are empty are absent."""
    from lnmonitor.services import seen
    from lnmonitor.services.late_entries import late_entries
    from lnmonitor.services.review_states import patient_review

    review = patient_review(session, patient_id)
    late = {one.record_id: one for one in late_entries(session, patient_id)}
    fresh = {one.record_id: one.state for one in seen.unseen(session, patient_id)}
    visits = {one.visit_id: one.code for one in review.visits}
    sheets: dict[tuple[str, str], list[RecordReview]] = {}
    for one in review.all_records():
        sheets.setdefault((one.visit_id or "", one.form), []).append(one)
    return tuple(
        SheetRow(
            patient_id=patient_id,
            subject_id=review.subject_id,
            form=form,
            visit_id=visit_id,
            visit=visits.get(visit_id, ""),
            state=roll_up(one.state for one in found),
            records=len(found),
            open_queries=sum(one.open_queries for one in found),
            unopened=sum(one.record_id in fresh for one in found),
            news=any(fresh.get(one.record_id, "new") != "new" for one in found),
            late=max(
                (late[one.record_id].days for one in found if one.record_id in late), default=0
            ),
            late_reasons=tuple(
                dict.fromkeys(late[one.record_id].reason for one in found if one.record_id in late)
            ),
        )
        for (visit_id, form), found in sheets.items()
    )


# --- lines -------------------------------------------------------------------------------------


def _by_need(views: list[QueryView]) -> list[QueryView]:
    """Return open queries before closed ones, each the oldest first."""
    return sorted(views, key=lambda one: (one.state == "closed", one.opened_at))


def _groups(
    records: tuple[Record[Form], ...],
    marks: Mapping[str, Mapping[str, ItemMark]],
    views: list[QueryView],
    fresh: Mapping[str, Unseen],
) -> tuple[Group, ...]:
    if isinstance(records[0].form, LabResult):
        order = list(ANALYTES)
        known = sorted(records, key=lambda one: _place(order, one))
        lines = [_lab_line(one, marks[one.id], views, fresh.get(one.id)) for one in known]
        return (Group("", tuple(lines)),)
    return tuple(
        Group(
            _title(record, number) if len(records) > 1 else "",
            _item_lines(record, marks[record.id], views, fresh.get(record.id)),
        )
        for number, record in enumerate(records, start=1)
    )


def _place(order: list[str], record: Record[Form]) -> int:
    code = record.form.get("analyte")
    return order.index(str(code)) if code in ANALYTES else len(order)


def _title(record: Record[Form], number: int) -> str:
    form = record.form
    if isinstance(form, AdverseEvent):
        return f"{number}. {form.term or ''}"
    if isinstance(form, Visit):
        return f"{form.visit_code} {form.visit_date or ''}"
    first = next((value_words(record, name) for name in type(form).items()), "")
    return f"{number}. {first}"


def _lab_line(
    record: Record[Form],
    marks: Mapping[str, ItemMark],
    views: list[QueryView],
    news: Unseen | None,
) -> Line:
    form = record.form
    assert isinstance(form, LabResult)  # noqa: S101 - for the type checker
    analyte = ANALYTES.get(form.analyte or "")
    number = f"{form.operator or ''}{value_words(record, 'value')}"
    answered = _answered(record)
    return Line(
        record_id=record.id,
        row_version=record.row_version,
        item="",
        items=answered,
        label=analyte.name.in_(language()) if analyte is not None else form.analyte or "",
        value=number or value_words(record, "text") or "ND",
        unit=form.unit or "",
        verified=sum(name in marks for name in answered),
        mark=max(marks.values(), key=lambda one: one.at, default=None),
        lacking=False,
        queries=_open(views, record.id),
        changed=_changed(news),
        note=" · ".join(part for part in (form.collected_on, form.laboratory) if part),
    )


def _item_lines(
    record: Record[Form],
    marks: Mapping[str, ItemMark],
    views: list[QueryView],
    news: Unseen | None,
) -> tuple[Line, ...]:
    """Return the items that hold something, and the required ones that do not."""
    answered = _answered(record)
    return tuple(
        Line(
            record_id=record.id,
            row_version=record.row_version,
            item=name,
            items=(name,) if name in answered else (),
            label=text(one.item.label),
            value=value_words(record, name),
            unit=tr(one.item.unit) if one.item.unit else "",
            verified=int(name in marks),
            mark=marks.get(name),
            lacking=one.item.required and name not in answered,
            queries=_open(views, record.id, name),
            changed=_changed(news, name),
            note=record.justified.get(name, ""),
        )
        for name, one in type(record.form).items().items()
        if name in answered or one.item.required
    )


def _answered(record: Record[Form]) -> tuple[str, ...]:
    from lnmonitor.services.form_state import answered_items

    return answered_items(record)


def _open(views: list[QueryView], record_id: str, item: str | None = None) -> int:
    return sum(
        1
        for one in views
        if one.record_id == record_id
        and one.state != "closed"
        and (item is None or one.item == item or item in one.items)
    )


def _changed(news: Unseen | None, item: str = "") -> bool:
    if news is None or news.state == "new":
        return False
    return not item or item in news.items
