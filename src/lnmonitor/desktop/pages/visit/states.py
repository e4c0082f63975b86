"""How far each form of a binder is, and what its history says: words for the page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.pages.visit.binder import INFUSION_SIGNS, LOGS, Binder
from lnmonitor.desktop.pages.visit.form_list import FormState
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.words import instant
from lnmonitor.study.forms import FORMS
from lnmonitor.study.reasons import reason_words

if TYPE_CHECKING:
    from lnmonitor.services.audit import AuditEntry

_SHORT = {
    "DM": "Demographics",
    "MH": "Disease history",
    "CMI": "Immunosuppressants",
    "PR": "Dialysis, transplant",
    "PGA": "Global assessment",
}


def form_state(binder: Binder, key: str, wrong: frozenset[str]) -> FormState:
    """Return the line of the form list for a form."""
    done, total = binder.progress(key)
    if key == INFUSION_SIGNS:
        title = tr("Infusion signs")
        done = sum(not entry.blank for entry in binder.entries(key))
        total = len(binder.entries(key))
    else:
        title = tr(_SHORT[key]) if key in _SHORT else text_of(FORMS[key].title)
    count = str(done) if key in LOGS else f"{done}/{total}"
    unsaved = any(entry.unsaved for entry in binder.entries(key))
    return FormState(key, title, count, completion(binder, key, wrong), unsaved)


def completion(binder: Binder, key: str, wrong: frozenset[str] = frozenset()) -> str:
    """Return "wrong", "done", "part" or "empty" for a form."""
    if key in wrong:
        return "wrong"
    done, total = binder.progress(key)
    if key in LOGS:
        return "done" if done else "empty"
    return "done" if total and done >= total else "part" if done else "empty"


def history_line(entry: AuditEntry, name: str) -> str:
    """Return one line of an item's history: when, who, what, why."""
    when = instant(datetime.fromisoformat(entry.at).astimezone(hub().clock.now().tzinfo))
    first = entry.values.get(name)
    what = tr("entered: {value}", value="–" if first is None else first)
    if entry.item:
        what = f"{entry.old or '–'} → {entry.new or '–'}"
    why = reason_words(entry.reason, language())
    return "  ".join(filter(None, (when, entry.full_name, what, why)))
