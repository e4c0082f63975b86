"""Signatures as printed: name, meaning and instant of each, and what changed under it since.

21 CFR 11.50 asks for all three on every readable copy of what was signed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from reportlab.platypus import Flowable

from lnmonitor.i18n import Translator
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.grid import Cell
from lnmonitor.reports.instants import with_offset
from lnmonitor.reports.wording import form_title, item_label, raw_words, record_name
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.permissions import role_of
from lnmonitor.services.signatures import SignatureView, SignedView
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form, Scope
from lnmonitor.study.records import Record

_COMPUTED = frozenset({"canonical_value", "canonical_unit", "range_source"})
"""Items that follow from others; the change that made a signature fall is that of the others."""
_MANY = frozenset({Scope.SUBJECT_LOG, Scope.VISIT_LOG})
_WIDTHS = (2.4, 1.5, 1.4, 2.2)


def signature_table(
    signatures: Sequence[SignatureView],
    visits: Mapping[str, str],
    records: Mapping[str, Record[Form]],
    tr: Translator,
) -> Flowable:
    """Return all signatures, the first one first; one that fell is struck, with what changed.

    Args:
        visits: words of each visit by its id. records: by id, those that are voided too.
    """
    if not signatures:
        return flow.text(tr.text("Nothing is signed."), tone="text-2")
    head = (tr.text("Signed"), tr.text("Printed name"), tr.text("When"), tr.text("Meaning"))
    rows = [row for one in signatures for row in _rows(one, visits, records, tr)]
    fallen = [at for at, row in enumerate(rows) if isinstance(row[0], Cell)]
    return flow.table(head, rows, _WIDTHS, keep=fallen)


def _rows(
    signature: SignatureView,
    visits: Mapping[str, str],
    records: Mapping[str, Record[Form]],
    tr: Translator,
) -> list[tuple[str | Cell, ...]]:
    standing = [one for one in signature.records if one.valid]
    fallen = [one for one in signature.records if not one.valid]
    who = f"{signature.name}, {role_of(signature.role).title.in_(tr.language)}"
    when = f"{with_offset(signature.at, signature.utc_offset)} {signature.zone}"
    facts = (who, when, signature.meaning.title.in_(tr.language))
    rows: list[tuple[str | Cell, ...]] = []
    if standing:
        rows.append((_what(standing, visits, records, tr), *facts))
    if fallen:
        struck = (_what(fallen, visits, records, tr), *facts)
        rows.append(tuple(Cell(one, struck=True) for one in struck))
        why = [line for one in fallen for line in _changes(one, records, tr)]
        rows.append((tr.text("No longer valid: changed since."), "", "", "\n".join(why)))
    return rows


def _what(
    covered: Sequence[SignedView],
    visits: Mapping[str, str],
    records: Mapping[str, Record[Form]],
    tr: Translator,
) -> str:
    """Return the forms covered, by visit: `M3 2025-01-07: Vital signs, Laboratory (32)`."""
    by_visit: dict[str, list[str]] = defaultdict(list)
    for one in covered:
        record = records.get(one.record_id)
        visit = record.visit_id if record and record.visit_id else ""
        by_visit[visit].append(one.form)
    lines = []
    for visit, codes in by_visit.items():
        names = [
            form_title(code, tr.language) + (f" ({codes.count(code)})" if _is_many(code) else "")
            for code in dict.fromkeys(codes)
        ]
        lines.append(f"{visits.get(visit, '') or tr.text('The patient')}: {', '.join(names)}")
    return "\n".join(lines)


def _is_many(code: str) -> bool:
    return code in FORMS and FORMS[code].scope in _MANY and code != "SV"


def _changes(signed: SignedView, records: Mapping[str, Record[Form]], tr: Translator) -> list[str]:
    record = records.get(signed.record_id)
    name = form_title(signed.form, tr.language)
    if record is not None and _is_many(signed.form):
        name = f"{name}, {record_name(record, tr.language)}"
    told = [one for one in signed.changes if one.item not in _COMPUTED]
    return [f"{name}: {change_words(one, tr)}" for one in told]


def change_words(entry: AuditEntry, tr: Translator) -> str:
    """Return a change of a record as one line: item, old and new, who, when, why."""
    language = tr.language
    if entry.action == "amend":
        old, new = (
            raw_words(entry.form, entry.item, one, language) if one else "–"
            for one in (entry.old, entry.new)
        )
        label = item_label(entry.form, entry.item, language)
        what = f"{label} {old} → {new}"
    else:
        what = tr.text(entry.action)
    by = f"{entry.full_name}, {with_offset(entry.at, entry.utc_offset)}"
    return f"{what} ({by}){f': {entry.reason}' if entry.reason else ''}"
