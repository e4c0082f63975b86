"""What happened to the item in focus since its record was made, said in the page's message (F2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.visit.desk import FormDesk
from lnmonitor.desktop.pages.visit.states import history_line
from lnmonitor.desktop.widgets.message_strip import MessageStrip

if TYPE_CHECKING:
    from lnmonitor.services.audit import AuditEntry


def show_history(desk: FormDesk, message: MessageStrip) -> None:
    """Say the history of the item in focus."""
    from lnmonitor.services.records import history

    view = desk.current
    row = view.current_row() if view is not None else None
    if row is None:
        return
    record, name = row.entry.record, row.name
    if record is None:
        message.say("info", tr("Not saved yet."), ((tr("Close"), message.clear),))
        return

    def take(entries: Sequence[AuditEntry]) -> None:
        lines = "\n".join(history_line(one, name) for one in entries[-6:])
        message.say("info", lines, ((tr("Close"), message.clear),))

    ReadOp(message, lambda session: history(session, record.id, name), take).run()
