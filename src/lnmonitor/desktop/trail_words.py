"""How an entry of the audit trail reads: what it is about, and what it changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.pages.monitoring.words import QUERY_STATES, form_title, item_title
from lnmonitor.desktop.words import count
from lnmonitor.study.forms import FORMS

if TYPE_CHECKING:
    from lnmonitor.services.audit import AuditEntry

_SIGNATURES = {"signed", "signature invalidated"}
_REVIEWED = {"verified", "verification dropped", "verification withdrawn", "signed"}


def form_words(entry: AuditEntry) -> str:
    """Return the form's title."""
    return form_title(entry.form)


def item_words(entry: AuditEntry) -> str:
    """Return the item's label; a signature's or a flag's id says nothing to a person."""
    if entry.action in _SIGNATURES or entry.action.startswith("flag "):
        return ""
    return item_title(entry.form, entry.item)


def change_words(entry: AuditEntry) -> str:
    """Return old and new value; for a record as a whole its values with their labels."""
    if entry.action in _REVIEWED or entry.action.startswith("query "):
        return _review_words(entry)
    if entry.old or entry.new:
        new = entry.new if entry.form else _facts(entry.new)  # a form's value is what was typed
        return f"{entry.old or '–'} → {new or '–'}" if entry.old else new
    form = FORMS.get(entry.form)
    if form is None:
        return ""
    given = {name: entry.values.get(name) for name in form.items()}
    return ", ".join(
        f"{form.label(name, language())}: {value}"
        for name, value in given.items()
        if isinstance(value, str | int | float)
    )


def _review_words(entry: AuditEntry) -> str:
    """Return what an act of review was about: items, records, or the state of a query."""
    if entry.hidden or not entry.new:
        return entry.new
    if entry.action.startswith("query "):
        return tr(QUERY_STATES.get(entry.new, entry.new))
    found = json.loads(entry.new)
    if entry.action == "signed":
        return count(len(found["records"]), "1 record", "{n} records") + f", {found['name']}"
    return ", ".join(item_title(entry.form, name) for name in found)


def _facts(text: str) -> str:
    """Return what an entry remembers beside records, name by name; other content as it stands."""
    if not text.startswith("{"):
        return text
    try:
        facts = json.loads(text)
    except ValueError:  # words that begin with a bracket
        return text
    return ", ".join(f"{name}: {_plain(value)}" for name, value in facts.items())


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return " → ".join(map(_plain, value))
    return "–" if value is None else str(value)
