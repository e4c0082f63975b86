"""Puts drafts of an earlier run back into a binder, and says what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lnmonitor.desktop.entry.draft_text import DraftText, restore
from lnmonitor.desktop.entry.journal import Journal
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.pages.visit.binder import LOGS, Binder
from lnmonitor.desktop.pages.visit.journal import visit_key
from lnmonitor.services.journal import DraftView, Place
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import LabResult


@dataclass(frozen=True)
class Recovery:
    """What came back.

    Attributes:
        places: of the drafts taken. count: how many values they hold. at: when the last was typed.
        focused: the entry and item in which the cursor stood, None if that is not known.
        aside: texts of items that the forms do not have any more.
        overtaken: whether a record was changed since its draft was typed.
        homeless: drafts whose record is gone; they stay where they are.
    """

    places: tuple[Place, ...]
    count: int
    at: datetime
    focused: tuple[FormEntry, str] | None
    aside: tuple[str, ...]
    overtaken: bool
    homeless: tuple[DraftView, ...]


def drafts_here(binder: Binder, drafts: Sequence[DraftView]) -> list[DraftView]:
    """Return the drafts that were typed where the binder stands."""
    keys = {visit_key(binder)}
    if binder.planned is not None and binder.planned.code != "UNS":
        keys.add(binder.planned.code)  # typed before the visit had its id
    return [
        one
        for one in drafts
        if one.place.visit in keys and (binder.planned or one.place.form == binder.single)
    ]


def recover(binder: Binder, journal: Journal, drafts: Sequence[DraftView]) -> Recovery | None:
    """Put drafts into their entries, on top of what is saved; None when there is nothing."""
    taken: list[tuple[DraftView, FormEntry]] = []
    homeless: list[DraftView] = []
    for draft in drafts_here(binder, drafts):
        entry = _entry_for(binder, draft)
        if entry is None:
            homeless.append(draft)
            continue
        text = DraftText({**draft.values, **draft.aside}, draft.missing, draft.notes)
        restore(entry, text, today=binder.today())
        journal.recovered(draft.place, text)
        taken.append((draft, entry))
    binder.undo.clear()  # what came back was not typed here
    told = [(draft, entry) for draft, entry in taken if draft.count]
    if not told and not homeless:
        return None
    newest_first = sorted(told, key=lambda one: one[0].at, reverse=True)
    return Recovery(
        tuple(draft.place for draft, _ in told),
        sum(draft.count for draft, _ in told),
        max(draft.local for draft in (*(d for d, _ in told), *homeless)),
        next(((entry, d.focused) for d, entry in newest_first if d.focused), None),
        tuple(f"{item} {text}" for d, _ in told for item, text in d.aside.items()),
        any(e.record is not None and e.record.row_version != d.row_version for d, e in told),
        tuple(homeless),
    )


def _entry_for(binder: Binder, draft: DraftView) -> FormEntry | None:
    """Return the entry that a draft was typed into, made anew for an unsaved record."""
    place = draft.place
    for entry in binder.all_entries():
        own = entry.record.id if entry.record else entry.draft_key
        if entry.form_type.code == place.form and place.record_id in {own, entry.draft_key}:
            return entry
    if draft.row_version:
        return None  # of a saved record that was voided since
    if place.form == LabResult.code and LabResult.code in binder.form_keys:
        return binder.add_result(place.record_id) if place.record_id in ANALYTES else None
    if place.form in LOGS and place.form in binder.form_keys:
        return binder.add(place.form, place.record_id)
    return None
