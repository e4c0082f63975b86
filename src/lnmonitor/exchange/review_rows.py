"""Rows of what people said about the records: queries, states, signatures, late entries.

Queries about a person's identity are in no copy, whoever makes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lnmonitor.exchange.form_rows import KEYS, Keys, Row
from lnmonitor.exchange.options import WITHHELD, Options, stamp
from lnmonitor.exchange.sheets import Cell
from lnmonitor.services import late_entries, locks, queries, signatures, verification
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.form_state import LOCKED, hold_over
from lnmonitor.services.locks import Hold
from lnmonitor.services.review_states import RecordReview, patient_review
from lnmonitor.services.session import StudySession
from lnmonitor.services.signatures import SignatureView, SignedView
from lnmonitor.services.verification import ItemMark
from lnmonitor.study.event_dates import event_date, visits_of
from lnmonitor.study.forms import FORMS, Identity
from lnmonitor.study.items import Form
from lnmonitor.study.reasons import late_words, reason_codes, reason_words
from lnmonitor.study.records import PatientData, Record

QUERY_COLUMNS = (
    *KEYS, "ITEM", "QUERYID", "TYPE", "CHECK", "STATE", "ASSIGNEDTO", "OPENEDDTC", "OPENEDBY",
    "ANSWEREDDTC", "CLOSEDDTC", "DAYSOPEN", "QUESTION", "STEPS", "THREAD",
)  # fmt: skip
REVIEW_COLUMNS = (
    *KEYS, "ROWVER", "STATE", "COMPLETE", "UNANSWERED", "VERIFIED", "VERIFIEDBY", "VERIFIEDDTC",
    "SIGNED", "SIGNEDBY", "SIGNEDROLE", "SIGNEDDTC", "SIGNEDZONE", "MEANING", "FALLENSIGN",
    "FALLENWHY", "FROZEN", "LOCKED", "HELDSCOPE", "HELDBY", "HELDDTC", "OPENQUERIES",
)  # fmt: skip
SIGNATURE_COLUMNS = (
    *KEYS, "SIGNATUREID", "SIGNEDVER", "SIGNEDBY", "ACCOUNT", "ROLE", "SIGNEDDTC", "SIGNEDZONE",
    "MEANING", "SCOPE", "VALID", "FALLENDTC", "FALLENWHY", "HASH",
)  # fmt: skip
LATE_COLUMNS = (
    *KEYS, "EVENTDTC", "COUNTEDFROM", "ENTEREDDTC", "ENTEREDZONE", "ENTEREDBY", "DAYS",
    "TOLERANCE", "REASON",
)  # fmt: skip
_PERSONS_OWN = {"amend": "changed", "void": "voided"}


@dataclass(frozen=True)
class _Reader:
    """One patient's records with their keys."""

    session: StudySession
    data: PatientData
    keys: Keys
    options: Options

    def keys_of(self, record_id: str, visit_id: str, form: str) -> tuple[Cell, ...]:
        """Return the keys of a record; it may have been voided, or be none."""
        record = self.records.get(record_id)
        if record is not None:
            return self.keys.record(record)
        version = FORMS[form].version if form else None
        return (*self.keys.visit(visit_id), form or None, version, record_id or None)

    @property
    def records(self) -> Mapping[str, Record[Form]]:
        """Records by id, those left out by the cut-off and the identity excepted."""
        visits = visits_of(self.data)
        return {
            one.id: one
            for one in self.data.records
            if not isinstance(one.form, Identity)
            and not self.options.after(event_date(one, visits))
        }


def review_rows(
    session: StudySession, data: PatientData, keys: Keys, options: Options
) -> dict[str, list[Row]]:
    """Return the rows of QUERIES, REVIEW, SIGNATURES and LATE of one patient."""
    reader = _Reader(session, data, keys, options)
    signed = signatures.signatures(session, data.patient_id)
    return {
        "QUERIES": list(_queries(reader)),
        "REVIEW": list(_reviews(reader, signed)),
        "SIGNATURES": list(_signatures(reader, signed)),
        "LATE": list(_late(reader)),
    }


# --- queries -----------------------------------------------------------------------------------


def _queries(reader: _Reader) -> Iterator[Row]:
    session, options = reader.session, reader.options
    views = queries.queries(session, patient_id=reader.data.patient_id, states=None)
    threads = queries.threads(session, reader.data.patient_id) if views else {}
    for view in views:
        steps = [one for one in threads[view.id] if not options.after(_stamp(one))]
        if view.form == Identity.code or not steps:
            continue
        answered = [one for one in steps if one.action == "query answered"]
        closed = steps[-1] if steps[-1].state == "closed" else None
        yield [
            *reader.keys_of(view.record_id, view.visit_id, view.form),
            ", ".join(name.upper() for name in ([view.item] if view.item else view.items)),
            view.id,
            view.kind.title.en,
            view.check_id,
            steps[-1].state,
            options.person(view.assigned_to),
            _stamp(steps[0]),
            options.person(steps[0].full_name),
            _stamp(answered[-1]) if answered else "",
            _stamp(closed) if closed else "",
            view.days_open,
            _said(steps[0], options),
            len(steps),
            "\n".join(_told(one, options) for one in steps),
        ]


def _stamp(step: queries.Step) -> str:
    return stamp(step.at, step.utc_offset)


def _said(step: queries.Step, options: Options) -> Cell:
    """Return a step's text; what a check asks names nobody."""
    return options.free_text(step.text)


def _told(step: queries.Step, options: Options) -> str:
    who = step.role if options.deidentified else f"{step.full_name} ({step.role})"
    action = step.action.removeprefix("query ")
    return f"[{_stamp(step)}] {who}: {action}, {step.state}: {_said(step, options)}"


# --- states, signatures, holds -----------------------------------------------------------------


def _reviews(reader: _Reader, signed: Sequence[SignatureView]) -> Iterator[Row]:
    session, patient_id = reader.session, reader.data.patient_id
    marks = verification.patient_marks(session, patient_id)
    holds = {(one.scope, one.target): one for one in locks.holds(session, patient_id)}
    own = _by_record(signed)
    records = reader.records
    for review in patient_review(session, patient_id).all_records():
        record = records.get(review.record_id)
        if record is None:
            continue
        yield [
            *reader.keys.record(record),
            record.row_version,
            review.state.title.en,
            "N" if review.unanswered else "Y",
            ", ".join(name.upper() for name in review.unanswered),
            *_verified(review, marks.get(record.id, {}), reader.options),
            *_signed(own.get(record.id, ()), reader.options),
            *_held(hold_over(record, holds), reader.options),
            review.open_queries,
        ]


def _verified(review: RecordReview, marks: Mapping[str, ItemMark], options: Options) -> list[Cell]:
    done = len(review.verified)
    state = "Y" if done and done == len(review.answered) else "PART" if done else "N"
    people = ", ".join(dict.fromkeys(one.by for one in marks.values()))
    last = max((one.at for one in marks.values()), default="")
    return [state, options.person(people), last]


def _by_record(
    signed: Sequence[SignatureView],
) -> dict[str, list[tuple[SignatureView, SignedView]]]:
    found: dict[str, list[tuple[SignatureView, SignedView]]] = {}
    for signature in signed:
        for one in signature.records:
            found.setdefault(one.record_id, []).append((signature, one))
    return found


def _signed(own: Sequence[tuple[SignatureView, SignedView]], options: Options) -> list[Cell]:
    valid = [signature for signature, one in own if one.valid]
    fallen = [(signature, one) for signature, one in own if not one.valid]
    last = valid[-1] if valid else None
    why = [f"{_signature_words(one, options)}; {_why(view, options)}" for one, view in fallen]
    return [
        "Y" if last else "N",
        options.person(last.name) if last else "",
        last.role if last else "",
        stamp(last.at, last.utc_offset) if last else "",
        last.zone if last else "",
        last.meaning.title.en if last else "",
        len(fallen),
        "\n".join(why),
    ]


def _signature_words(signature: SignatureView, options: Options) -> str:
    who = options.person(signature.name) or signature.role
    meaning = signature.meaning.title.en
    return f"{who}, {stamp(signature.at, signature.utc_offset)}, “{meaning}”"


def _why(view: SignedView, options: Options) -> str:
    """Return what changed under a signature that fell."""
    return "; ".join(_change_words(one, options) for one in view.changes) or "the record changed"


def _change_words(entry: AuditEntry, options: Options) -> str:
    what = _PERSONS_OWN.get(entry.action, entry.action)
    values = "" if options.deidentified else f": {entry.old or '–'} → {entry.new or '–'}"
    item = f" {entry.item.upper()}{values}" if entry.item else ""
    who = options.person(entry.full_name) or entry.role
    reason = "" if options.deidentified or not entry.reason else f", reason: {entry.reason}"
    return f"{what}{item} {stamp(entry.at, entry.utc_offset)} by {who}{reason}"


def _held(hold: Hold | None, options: Options) -> list[Cell]:
    if hold is None:
        return ["N", "N", "", "", ""]
    locked = "Y" if hold.level == LOCKED else "N"
    return ["Y", locked, hold.scope, options.person(hold.by), hold.at]


def _signatures(reader: _Reader, signed: Sequence[SignatureView]) -> Iterator[Row]:
    options = reader.options
    visits = {one.id: one.visit_id or "" for one in reader.data.records}
    for signature in signed:
        if options.after(stamp(signature.at, signature.utc_offset)):
            continue
        for one in signature.records:
            first = one.changes[0] if one.changes else None
            yield [
                *reader.keys_of(one.record_id, visits.get(one.record_id, ""), one.form),
                signature.id,
                one.row_version,
                options.person(signature.name),
                options.person(signature.account),
                signature.role,
                stamp(signature.at, signature.utc_offset),
                signature.zone,
                signature.meaning.title.en,
                signature.scope,
                "Y" if one.valid else "N",
                stamp(first.at, first.utc_offset) if first else "",
                "" if one.valid else _why(one, options),
                signature.hash,
            ]


# --- late entries ------------------------------------------------------------------------------


def _late(reader: _Reader) -> Iterator[Row]:
    records = reader.records
    for one in late_entries.late_entries(reader.session, reader.data.patient_id):
        if one.record_id in records:
            yield [
                *reader.keys.record(records[one.record_id]),
                one.event,
                one.counted_from,
                stamp(one.entered_at, one.utc_offset),
                one.zone,
                reader.options.person(one.entered_by),
                one.days,
                one.tolerance,
                _late_reason(one.reason, reader.options),
            ]


def _late_reason(reason: str, options: Options) -> str:
    """Return why; a de-identified copy has the codes alone, without a person's own words."""
    if not (options.deidentified and reason):
        return late_words(reason, options.language)
    codes = reason_words(reason_codes(reason), options.language)
    return codes or WITHHELD
