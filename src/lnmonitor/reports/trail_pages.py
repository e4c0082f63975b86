"""The audit trail of one patient on paper: by form and record, every entry, nothing left out.

Within a record the entries about the record as a whole come first, then each field's own, in the
order of the trail; "no later entry" says of a record that nothing happened after its creation.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reportlab.platypus import Flowable

from lnmonitor.i18n import Translator
from lnmonitor.reports import flowables as flow
from lnmonitor.reports.casebook_forms import QUERY_STATES
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.grid import Cell
from lnmonitor.reports.instants import with_offset
from lnmonitor.reports.wording import (
    item_label,
    listed,
    missing_words,
    pairs,
    raw_words,
    record_name,
)
from lnmonitor.services.audit import HIDDEN, AuditEntry
from lnmonitor.services.permissions import role_of
from lnmonitor.services.signatures import SIGNED, Meaning
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form
from lnmonitor.study.reasons import reason_words
from lnmonitor.study.records import Record

_WIDTHS = (0.8, 1.4, 1.2, 0.85, 2.85, 1.5)  # numbers of millions fit
_APART = ("missing", "justified")


def trail_table(
    entries: Sequence[AuditEntry], records: Mapping[str, Record[Form]], tr: Translator
) -> Flowable:
    """Return the entries of one form, or of the patient as a whole, as a table.

    Args:
        records: by id, those that are voided too, for their names.
    """
    if not entries:
        return flow.text(tr.text("No entries."), tone="text-2")
    by_record: dict[str, list[AuditEntry]] = defaultdict(list)
    for entry in entries:
        by_record[entry.record_id].append(entry)
    rows: list[tuple[str | Cell, ...]] = []
    heads = []
    for record_id, own in by_record.items():
        record = records.get(record_id)
        if record is not None and len(by_record) > 1:
            heads.append(len(rows))
            name = Cell(record_name(record, tr.language), Weight.SEMIBOLD, wide=True)
            rows.append(("", name, *[""] * 4))
        alone = len(own) == 1 and own[0].action == "create"
        rows += [_row(entry, tr, alone=alone) for entry in _by_field(own)]
    head = (
        tr.text("No."), tr.text("When"), tr.text("Who"), tr.text("What"),
        tr.text("Field: old → new"), tr.text("Reason"),
    )  # fmt: skip
    return flow.table(head, rows, _WIDTHS, quiet=(0,), keep=heads)


def zones(entries: Iterable[AuditEntry]) -> str:
    """Return the zones of the clocks that wrote the entries; each row has its offset."""
    return ", ".join(sorted({one.zone for one in entries}))


def _by_field(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Return a record's entries: of the whole first, then of each field in the form's order."""

    def place(entry: AuditEntry) -> tuple[int, int]:
        names = list(FORMS[entry.form].items()) if entry.form in FORMS else []
        field = entry.action == "amend" and entry.item in names
        return (names.index(entry.item) if field else -1, entry.sequence)

    return sorted(entries, key=place)


def _row(entry: AuditEntry, tr: Translator, *, alone: bool) -> tuple[str, ...]:
    reason = reason_words(entry.reason, tr.language)
    if entry.action.startswith("query "):
        reason = tr.text(reason)
    if entry.action == SIGNED and not entry.hidden:
        reason = Meaning(json.loads(entry.new)["meaning"]).title.in_(tr.language)
    if entry.justified:
        reason = "; ".join(filter(None, (reason, tr.text("justified:") + " " + entry.justified)))
    if alone:
        reason = "; ".join(filter(None, (reason, tr.text("no later entry"))))
    what = tr.text(entry.action)
    return (
        str(entry.sequence),
        with_offset(entry.at, entry.utc_offset),
        f"{entry.full_name}, {_role(entry.role, tr)}",
        f"{what} ({tr.text(entry.source)})" if entry.source != "typed" else what,
        content_words(entry, tr),
        reason,
    )


def _role(code: str, tr: Translator) -> str:
    return role_of(code).title.in_(tr.language) if code else ""


def content_words(entry: AuditEntry, tr: Translator) -> str:
    """Return what an entry tells: each field with its old and new value."""
    if entry.hidden:
        return HIDDEN
    if entry.values:
        return _whole(entry.form, entry.values, tr)
    if entry.action.startswith("verif"):
        names = json.loads(entry.new)
        return listed((item_label(entry.form, name, tr.language) for name in names), tr.language)
    if entry.action == SIGNED:
        return _signed(json.loads(entry.new), tr)
    if entry.action == "amend" or entry.old:
        label = item_label(entry.form, entry.item, tr.language) if entry.form in FORMS else ""
        old, new = (_side(entry, one, tr) for one in (entry.old, entry.new))
        return f"{label}: {old} → {new}" if label else f"{old} → {new}"
    about = item_label(entry.form, entry.item, tr.language) if entry.form in FORMS else ""
    new = _side(entry, entry.new, tr) if entry.action.startswith("query ") else _plain(entry.new)
    return ": ".join(filter(None, (about, new)))


def _side(entry: AuditEntry, told: str, tr: Translator) -> str:
    """Return an old or a new value, or a query's state, as words."""
    if entry.action.startswith("query "):
        return tr.text(QUERY_STATES.get(told, told)) or "–"
    return raw_words(entry.form, entry.item, told, tr.language) if told else "–"


def _whole(code: str, values: Mapping[str, Any], tr: Translator) -> str:
    """Return all values of a record, its reasons for none and its justifications."""
    language = tr.language
    fields = FORMS[code].items() if code in FORMS else values
    known = [name for name in fields if name in values]
    others = values.keys() - {*fields, *_APART}
    told = [(name, raw_words(code, name, values[name], language)) for name in (*known, *others)]
    told += [
        (name, missing_words(why, language)) for name, why in values.get("missing", {}).items()
    ]
    told += [
        (name, f"{tr.text('justified:')} {why}")
        for name, why in values.get("justified", {}).items()
    ]
    return pairs(((item_label(code, name, language), words) for name, words in told), language)


def _signed(facts: Mapping[str, Any], tr: Translator) -> str:
    """Return what a signature covers; what it says is the entry's reason."""
    count = tr.text("{n} records", n=len(facts["records"]))
    return f"{count}, SHA-256 {facts['hash']}"


def _plain(text: str) -> str:
    """Return JSON as `name: value; ...`, another text as it stands."""
    if not text.startswith("{"):
        return text
    try:
        facts = json.loads(text)
    except ValueError:
        return text
    return "; ".join(f"{name}: {value}" for name, value in facts.items())
