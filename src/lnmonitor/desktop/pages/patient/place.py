"""Where on the patient page one wants to be: lens and record, so that Back returns there too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PatientPlace:
    """Argument of the page "patient" beside a bare patient id.

    Attributes:
        lens: key of the lens; empty stays on the one shown.
        form, visit_id: the forms wanted in the lens "binder".
        record_id, item: whose history is wanted in the lens "history".
    """

    patient_id: str
    lens: str = ""
    form: str = ""
    visit_id: str = ""
    record_id: str = ""
    item: str = ""


def history_of(patient_id: str, record_id: str, item: str = "") -> PatientPlace:
    """Return the place that shows the history of a record or of one of its items (F2)."""
    return PatientPlace(patient_id, "history", record_id=record_id, item=item)
