"""The copies that left: who got what, when, and whether the data have changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmonitor.clock import local_moment
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.words import count, instant, role_name

if TYPE_CHECKING:
    from lnmonitor.services.seals import MadeDocument

KINDS = {
    "summary": "Patient summary",
    "casebook": "Casebook",
    "crf": "Blank case report form",
    "workbook": "Workbook of all data",
    "csv": "CSV files",
    "archive": "Archive",
    "trail": "Audit trail",
    "other": "Document",
}
_ITEMS = {
    "blank forms": "crf",
    "workbook": "workbook",
    "workbook in an archive": "workbook",
    "CSV files": "csv",
    "archive": "archive",
    "archive without the study": "archive",
    "audit trail": "trail",
}


def kind_of(made: MadeDocument) -> str:
    """Return which of `KINDS` a document is."""
    if made.patient_id and made.action == "report":
        return "casebook" if made.options.startswith("casebook") else "summary"
    return _ITEMS.get(made.item, "other")


def since_words(made: MadeDocument) -> str:
    """Return whether the data have changed since a document was made."""
    if not made.later_changes:
        return tr("data unchanged since")
    return count(made.later_changes, "1 change of data since", "{n} changes of data since")


def when(made: MadeDocument) -> str:
    """Return the instant on the clock of the workstation that made it."""
    return instant(local_moment(made.at, made.utc_offset))


class DocumentList(RowTable):
    """Latest first; the seal is the beginning of the file's SHA-256."""

    def __init__(self) -> None:
        columns = [
            Column(tr("When"), when, sample="12 May 2026 09:42m", tip=_zone),
            Column(tr("What"), _what, weight=500, sample=_longest(), tip=lambda m: m.name),
            Column(
                tr("For whom"),
                lambda m: m.recipient or tr("nobody named"),
                tone=lambda m: "text" if m.recipient else "text-muted",
                tip=lambda m: m.recipient,
            ),
            Column(tr("By"), _who, tone="text-2", sample="Wang Xiaohong m", tip=_whole, yields=2),
            Column(
                tr("Data since"),
                since_words,
                tone=lambda m: "warn" if m.later_changes else "text-2",
                sample=tr("{n} changes of data since", n=10000),
            ),
            Column(
                tr("Seal"), lambda m: m.sha256[:12], tone="text-2", sample="0" * 13, yields=1,
                tip=lambda m: f"SHA-256 {m.sha256}",
            ),
        ]  # fmt: skip
        super().__init__(columns, name=tr("What has left the study"))

    def show_made(self, made: Sequence[MadeDocument]) -> None:
        """Show documents, staying on the one chosen."""
        self.set_rows(made, "sequence")


def _longest() -> str:
    return "\n".join(f"{tr(title)} 01-0470" for title in KINDS.values())


def _what(made: MadeDocument) -> str:
    title = tr(KINDS[kind_of(made)])
    return f"{title} {made.item}" if made.patient_id and made.action == "report" else title


def _who(made: MadeDocument) -> str:
    return made.full_name


def _whole(made: MadeDocument) -> str:
    return " · ".join(p for p in (made.full_name, role_name(made.role), made.options) if p)


def _zone(made: MadeDocument) -> str:
    return f"{when(made)}, UTC{made.utc_offset} {made.zone}"
