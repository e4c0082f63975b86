"""Where the drafts of a visit lie: patient, visit (its code until it has an id), form, record."""

from __future__ import annotations

from functools import partial

from lnmonitor.desktop.entry.journal import Journal, Watched
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.services.journal import Place


def journal_of(binder: Binder) -> Journal:
    """Return a binder's journal, begun if need be; it lives as long as its binder."""
    found = binder.findChild(Journal)
    if isinstance(found, Journal):
        return found
    made = Journal(Watched(binder.all_entries, partial(place_of, binder)), binder)
    binder.changed.connect(made.wait)
    return made


def place_of(binder: Binder, entry: FormEntry) -> Place:
    """Return where the journal keeps an entry's draft."""
    record_id = entry.record.id if entry.record else entry.draft_key
    return Place(binder.data.patient_id, visit_key(binder), entry.form_type.code, record_id)


def visit_key(binder: Binder) -> str:
    """Return what stands for the visit in a place: its id, its code while new, else ""."""
    if binder.planned is None:
        return ""
    return binder.visit_record.id if binder.visit_record else binder.planned.code
