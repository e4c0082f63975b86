"""Which field is wanted of a visit or form that is opened, and where it stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lnmonitor.analysis.source_records import Source
from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.pages.visit.binder import LOGS, Binder
from lnmonitor.study.forms import LabResult


@dataclass(frozen=True)
class Wanted:
    """A form by its code, and in it an item (an analyte for a result) or a record."""

    form: str = ""
    item: str = ""
    record_id: str = ""

    @classmethod
    def of(cls, source: Source) -> Wanted:
        """Return what a source of an explanation leads to."""
        return cls(source.form, source.item, source.record_id)


class Field(NamedTuple):
    """Where a wanted item stands: key of its form, entry, and its name there (None: the first)."""

    key: str
    entry: FormEntry
    name: str | None


def stands_here(binder: Binder, source: Source) -> bool:
    """Whether a source is part of what is shown: of this visit, or of the patient."""
    own = source.visit_id is None or source.visit_id == binder.visit_id
    return own and source.form in binder.form_keys


def find_field(binder: Binder, wanted: Wanted) -> Field | None:
    """Return the field that is wanted; None where nothing but a form is, or it is not here."""
    keys = [key for key in binder.form_keys if key.partition(".")[0] == wanted.form]
    entries = [(key, entry) for key in keys for entry in binder.entries(key)]
    laboratory = wanted.form == LabResult.code
    name = ("value" if laboratory else wanted.item) or None
    for key, entry in entries:
        record = entry.record
        if record is not None and record.id == wanted.record_id:
            return Field(key, entry, name)
    if laboratory:
        fit = [one for one in entries if one[1].value("analyte") == wanted.item]
    else:
        fit = entries if wanted.item and wanted.form not in LOGS else []
    return Field(*fit[0], name) if fit else None
