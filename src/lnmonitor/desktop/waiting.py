"""How much waits on each page, for the numbers of the side list and the audit head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.words import count, day_month, day_month_year

if TYPE_CHECKING:
    from lnmonitor.services.backup import BackupState
    from lnmonitor.services.session import StudySession


@dataclass(frozen=True)
class Waiting:
    """Visits overdue or due; patients; serious events and flags open; the audit trail's head.

    `backup`: how old the backups are. `drilled`: UTC text of the latest restore drill, "" if never.
    `intact`: the trail was verified up to its head when the study was opened.
    """

    visits: int
    patients: int
    safety: int
    urgent: bool
    audit_sequence: int
    audit_hash: str
    backup: BackupState
    drilled: str
    intact: bool

    @property
    def backup_words(self) -> str:
        """The latest backup's age, the latest drill, and a reminder, a line each."""
        now = hub().clock.now()
        made = tr("No backup yet")
        if self.backup.latest:
            days = max(0, (now.date() - _local(self.backup.latest).date()).days)
            ago = count(days, "Backup 1 day old", "Backup {n} days old")
            made = ago if days else tr("Backup of today")
        tested = tr("restore never tested")
        if self.drilled:
            day = _local(self.drilled).date()
            written = day_month(day) if day.year == now.year else day_month_year(day)
            tested = tr("restore tested {date}", date=written)
        lines = [made, tested]
        if self.backup.remind:
            lines.append(tr("second medium is due"))
        return "\n".join(lines)

    @property
    def chain_words(self) -> str:
        """How the audit chain stands and its length, a line each."""
        entries = tr("{n} entries", n=f"{self.audit_sequence:,}")
        return f"{tr('Audit chain intact') if self.intact else tr('Audit trail')}\n{entries}"


def _local(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(hub().clock.now().tzinfo)


def read_waiting(session: StudySession) -> Waiting:
    """Count what waits; runs on the database thread."""
    from lnmonitor.services import audit, backup
    from lnmonitor.services.patients import list_patients
    from lnmonitor.services.worklist import worklist

    found = worklist(session)
    sequence, head = audit.head(session)
    drills = audit.entries(session, action="restore drill", limit=1)
    flags = [f for f in found.flags if f.state == "open"]
    return Waiting(
        visits=len(found.overdue) + len(found.due),
        patients=len(list_patients(session)),
        safety=len(flags),
        urgent=any(f.flag.severity == "serious" for f in flags),
        audit_sequence=sequence,
        audit_hash=head,
        backup=backup.state(session),
        drilled=drills[0].at if drills else "",
        intact=not session.read_only,
    )
