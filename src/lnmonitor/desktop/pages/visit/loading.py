"""What the entry page reads from the study, and how a visit is found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmonitor.desktop.pages.visit.binder import Loaded
from lnmonitor.desktop.words import count
from lnmonitor.study.forms import Visit
from lnmonitor.study.records import PatientData, Record

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.records import Saved
    from lnmonitor.services.session import StudySession


@dataclass(frozen=True)
class Stored:
    """A save with the patient's records read back after it."""

    saved: Saved
    loaded: Loaded

    @property
    def changes(self) -> ChangeSet:
        """What changed, for the open views."""
        return self.saved.changes


def load(session: StudySession, patient_id: str) -> Loaded:
    """Read what the page shows, on the database thread."""
    from lnmonitor.services.journal import drafts
    from lnmonitor.services.patients import course, patient_data
    from lnmonitor.services.permissions import Action

    may_edit = session.may(Action.ENTER) and not session.read_only
    kept = drafts(session) if may_edit else ()
    return Loaded(
        patient_data(session, patient_id),
        session.protocol,
        session.today,
        may_edit=may_edit,
        new_visit_id=session.new_id(),
        drafts=tuple(one for one in kept if one.place.patient_id == patient_id),
        course=course(session, patient_id),
    )


def saved_words(stored: Stored) -> str:
    """Return what the page says after a save."""
    words = count(len(stored.saved.records), "Saved 1 record.", "Saved {n} records.")
    raised = sum(found.deviation for found in stored.saved.findings)
    if raised:
        words += " " + count(
            raised, "1 protocol deviation was recorded.", "{n} protocol deviations were recorded."
        )
    return words


def find_visit(data: PatientData, visit: str) -> Record[Visit] | None:
    """Return a visit by its record's id, or the only one of its code; unscheduled ones by id."""
    visits = data.of(Visit)
    by_id = next((record for record in visits if record.id == visit), None)
    if by_id is not None or visit == "UNS":
        return by_id
    return next((record for record in visits if record.form.visit_code == visit), None)
