"""Words, letters and colours of review: states of forms, states of queries, values as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmonitor.clock import local_moment
from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.words import instant
from lnmonitor.services.form_state import FormState
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

if TYPE_CHECKING:
    from lnmonitor.desktop.widgets.chip import ChipTone
    from lnmonitor.services.queries import QueryView

LETTERS = {
    FormState.EMPTY: "E",
    FormState.DRAFT: "D",
    FormState.COMPLETE: "C",
    FormState.VERIFIED: "V",
    FormState.SIGNED: "S",
    FormState.FROZEN: "F",
    FormState.LOCKED: "L",
}
STATE_TONES: dict[FormState, ChipTone] = {
    FormState.EMPTY: "unknown",
    FormState.DRAFT: "warn",
    FormState.COMPLETE: "unknown",
    FormState.VERIFIED: "accent",
    FormState.SIGNED: "ok",
    FormState.FROZEN: "ok",
    FormState.LOCKED: "ok",
}
QUERY_STATES = {
    "new": "to answer",
    "answered": "answered",
    "resolved": "to close",
    "closed": "closed",
}
QUERY_TONES: dict[str, ChipTone] = {
    "new": "warn",
    "answered": "accent",
    "resolved": "accent",
    "closed": "unknown",
}


def local_instant(at: str, utc_offset: str = "") -> str:
    """Return such an instant as a person reads it."""
    return instant(local_moment(at, utc_offset))


def form_title(code: str) -> str:
    """Return a form's title, its code where there is no such form."""
    form = FORMS.get(code)
    return text(form.title) if form is not None else code


def item_title(code: str, item: str) -> str:
    """Return an item's label, its name where the form has no such item."""
    form = FORMS.get(code)
    return form.label(item, language()) if form is not None and item in form.items() else item


def value_words(record: Record[Form], name: str) -> str:
    """Return an item's value as people read it, its missing-value reason, or nothing."""
    if name in record.missing:
        return record.missing[name]
    value = record.form.get(name)
    if value is None:
        return ""
    item = type(record.form).items()[name].item
    if item.codes is not None:
        return decode(item.codes, value, language())
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def about(query: QueryView) -> str:
    """Return what a query is about: form and item, or the patient."""
    if not query.form:
        return tr("the patient")
    parts = [form_title(query.form)]
    if query.item:
        parts.append(item_title(query.form, query.item))
    return " · ".join(parts)


def question(query: QueryView) -> str:
    """Return the query's first text; a check's with the items it asks for."""
    if not query.check_id:
        return query.question
    asked = ", ".join(item_title(query.form, name) for name in query.items)
    return f"{tr(query.question)} {asked}".strip()
