"""What stands in a form, as texts for the journal of drafts, and back into the form.

The journal knows no types: a half-typed number and a finished one are texts alike. Texts are read
again with the rules of their fields; one that is no value is shown as it was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lnmonitor.desktop.entry.model import FormEntry, ResultEntry
from lnmonitor.desktop.entry.values import (
    Answer,
    UnreadableError,
    format_value,
    parse_answer,
    parse_day,
    parse_instant,
    parse_result,
)
from lnmonitor.errors import UserError
from lnmonitor.study.analytes import analyte
from lnmonitor.study.codelists import codelist
from lnmonitor.study.items import Kind

_JUSTIFIED, _REASON, _REMARK, _PREFILLED = "justified", "reason", "remark", "prefilled"
"""What a note is about: the part of its key before the colon; the rest is the item."""


@dataclass(frozen=True)
class DraftText:
    """Texts and missing codes by item, and notes, as the journal keeps them."""

    values: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


NOTHING = DraftText()


def draft_of(entry: FormEntry) -> DraftText:
    """Return what would be lost of an entry; `NOTHING` when all is saved."""
    if not (entry.unsaved or entry.prefilled or entry.aside):
        return NOTHING
    answers = entry.answers
    values = {name: _text(a) for name, a in answers.items() if not a.missing} | entry.aside
    missing = {name: a.missing for name, a in answers.items() if a.missing}
    for name, text in entry.unreadable.items():
        missing.pop(name, None)
        values[name] = text
    return DraftText(values, missing, _notes(entry))


def _notes(entry: FormEntry) -> dict[str, str]:
    saved = dict(entry.record.justified) if entry.record is not None else {}
    fresh = {name: why for name, why in entry.justified.items() if saved.get(name) != why}
    notes = {f"{_JUSTIFIED}:{name}": why for name, why in fresh.items()}
    notes |= {f"{_REASON}:{name}": why for name, why in entry.reasons.items()}
    notes |= {f"{_REMARK}:{place}": words for place, words in enumerate(entry.remarks)}
    return notes | {
        f"{_PREFILLED}:{name}": format_value(entry.fixed[name]) for name in entry.prefilled
    }


def restore(entry: FormEntry, draft: DraftText, *, today: date) -> None:
    """Put a draft into an entry, on top of what is saved; its items are marked as recovered."""
    items = entry.form_type.items()
    for name, text in draft.values.items():
        if name not in items:
            entry.aside[name] = text
            continue
        try:
            answer = _read(entry, name, text, today)
        except UserError:
            entry.set_unreadable(name, text)
        else:
            entry.set(name, answer)
    for name, code in draft.missing.items():
        if name in items:
            entry.set(name, Answer(missing=code))
        else:
            entry.aside[name] = code
    _restore_notes(entry, draft.notes)
    entry.recovered |= {*draft.values, *draft.missing} & items.keys()
    entry.changed.emit("")


def _restore_notes(entry: FormEntry, notes: Mapping[str, str]) -> None:
    for key, words in notes.items():
        kind, _, name = key.partition(":")
        if kind == _JUSTIFIED:
            entry.justified[name] = words
        elif kind == _REASON:
            entry.reasons[name] = words
        elif kind == _REMARK:
            entry.remarks.append(words)
        elif kind == _PREFILLED and entry.record is None:
            entry.prefill(name, words or None)


def _text(answer: Answer) -> str:
    return f"{answer.operator}{format_value(answer.value)}"


def _read(entry: FormEntry, name: str, text: str, today: date) -> Answer:
    """Return the answer that a kept text means.

    Raises:
        UserError: it was no value when it was typed.
    """
    if not text:
        return Answer()
    item = entry.form_type.items()[name]
    codes = item.item.codes
    if isinstance(entry, ResultEntry) and name == "value":
        codes = analyte(str(entry.value("analyte"))).codes
        if not codes:
            return parse_result(text)
    if codes:
        if text not in codelist(codes).codes:
            raise UnreadableError('"{text}" cannot be read.', text=text)
        return Answer(int(text) if item.python_type is int else text)
    if item.kind in (Kind.DATE, Kind.PARTIAL_DATE):
        return parse_day(text, today=today, partial=item.kind is Kind.PARTIAL_DATE)
    if item.kind is Kind.DATETIME:
        return parse_instant(text, today=today)
    return Answer(text) if item.kind in (Kind.TEXT, Kind.CODE) else parse_answer(text, item)
