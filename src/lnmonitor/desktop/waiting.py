"""How much waits on each page, for the numbers of the side list and the audit head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession


@dataclass(frozen=True)
class Waiting:
    """Visits overdue or due; patients; serious events and flags open; the audit trail's head."""

    visits: int
    patients: int
    safety: int
    urgent: bool
    audit_sequence: int
    audit_hash: str


def read_waiting(session: StudySession) -> Waiting:
    """Count what waits; runs on the database thread."""
    from lnmonitor.services import audit
    from lnmonitor.services.patients import list_patients
    from lnmonitor.services.worklist import worklist

    found = worklist(session)
    sequence, head = audit.head(session)
    flags = [f for f in found.flags if f.state == "open"]
    return Waiting(
        visits=len(found.overdue) + len(found.due),
        patients=len(list_patients(session)),
        safety=len(flags),
        urgent=any(f.flag.severity == "serious" for f in flags),
        audit_sequence=sequence,
        audit_hash=head,
    )
