"""The way from an explanation to the record behind it: a visit or a form, with the item in focus.

Who may enter finds the field, who may not reads it there: the page shows itself accordingly.
"""

from __future__ import annotations

from lnmonitor.analysis.source_records import Source
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.words import iso_date


def open_source(patient_id: str, source: Source) -> None:
    """Open the visit or form of a source at its item."""
    if source.visit_id is not None:
        visit = (patient_id, source.visit_id, source.form, source.item, source.record_id)
        hub().open_page.emit("visit", visit)
    else:
        form = (patient_id, source.form, source.record_id or None, source.item)
        hub().open_page.emit("form", form)


def where(source: Source) -> str:
    """Return the visit and the day of a source, "" for a form of the patient without a date."""
    code = source.visit_code
    visit = tr("Unsch.") if code.startswith("UNS") else tr(code) if code else ""
    return " · ".join(part for part in (visit, iso_date(source.date)) if part)


def spoken(source: Source) -> str:
    """Return a source as a link says it to those who hear it."""
    return ", ".join(part for part in (source.words, where(source)) if part)
