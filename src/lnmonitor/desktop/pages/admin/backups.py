"""Backups: how old they are, making one, the second medium, the drill, restoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.dialogs.backups import (
    MediumDialog,
    RestoreCopyDialog,
    RestoreDialog,
)
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp, WriteOp
from lnmonitor.desktop.pages.admin.facts import FactGrid
from lnmonitor.desktop.pages.admin.reports import ask_place, job_of_drill
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.message_strip import MessageKind, MessageStrip
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import count, local_instant, size_words
from lnmonitor.errors import UserError
from lnmonitor.services.backup import BackupCard, BackupReport, BackupState

if TYPE_CHECKING:
    from lnmonitor.services.restore import DrillReport, Preview, RestoreReport
    from lnmonitor.services.session import StudySession

_KINDS = {
    "automatic": "automatic",
    "second": "second medium",
    "manual": "by hand",
    "migration": "before an upgrade",
    "restore": "before a restore",
}


@dataclass(frozen=True)
class _Found:
    state: BackupState
    backups: tuple[BackupCard, ...]
    drilled: str


class BackupSection(QWidget):
    """Facts, the backups that are there, and what can be done with them."""

    def __init__(self) -> None:
        super().__init__()
        self._found: _Found | None = None
        self.facts = FactGrid()
        self.reminder = MessageStrip()
        self.strip = MessageStrip()
        self._jobs = column()
        self.now_button = button(
            tr("Back up now"), self.back_up, kind="primary", icon_name="backup", small=True
        )
        self.second_button = button(tr("To the second medium"), self.second, small=True)
        self.medium_button = button(tr("Second medium…"), self.choose_medium, small=True)
        self.drill_button = button(tr("Restore drill"), self.drill, small=True)
        self.copy_button = button(tr("Restore to a new folder…"), self.restore_copy, small=True)
        self.restore_button = button(tr("Restore over this study…"), self.restore, small=True)
        self.table = self._table()
        self.table.chosen.connect(self._offer)
        layout = column(
            row(label(tr("Backup"), "section"), None, self.second_button, self.now_button),
            rule("strong"),
            self.facts,
            self.reminder,
            row(label(tr("Backups"), weight=600), None, self.medium_button),
            self.table,
            row(self.drill_button, None, self.copy_button, self.restore_button),
            self.strip,
            self._jobs,
            spacing=2,
        )
        layout.setStretch(5, 1)
        self.setLayout(layout)

    @staticmethod
    def _table() -> RowTable:
        columns = [
            Column(
                tr("When"),
                lambda b: local_instant(b.made_at),
                weight=500,
                sample="28 Nov 2026 09:42",
            ),
            Column(
                tr("Age"),
                lambda b: count(b.days, "1 day", "{n} days") if b.days else tr("today"),
                sample=tr("{n} days", n=1000),
            ),
            Column(
                tr("Kind"),
                lambda b: tr(_KINDS.get(b.kind, b.kind)),
                sample="\n".join(tr(words) for words in _KINDS.values()),
            ),
            Column(
                tr("Lies"),
                lambda b: tr("second medium") if b.second else tr("beside the study"),
                tone="text-2",
                sample="\n".join((tr("second medium"), tr("beside the study"))),
                yields=2,
            ),
            Column(
                tr("Entries"),
                lambda b: f"{b.entries:,}" if b.head else tr("not known"),
                sample="100,000\n" + tr("not known"),
                right=True,
            ),
            Column(tr("Size"), lambda b: size_words(b.size), sample="100.0 MB", right=True),
            Column(
                tr("Verified"),
                verified_words,
                tone=lambda b: "text-2" if b.verified else "warn",
                sample=tr("drill {date}", date="28 Nov 2026"),
            ),
            Column(
                tr("Folder"),
                lambda b: str(b.path.parent),
                tone="text-muted",
                tip=lambda b: str(b.path),
                yields=1,
            ),
        ]
        units = theme().measure("row-dense") / theme().u
        return RowTable(columns, row_units=units, name=tr("Backups"))

    def read(self) -> None:
        """Read the state of the backups and which there are."""
        ReadOp(self, _read, self._show).run()

    def _show(self, found: _Found) -> None:
        from lnmonitor.services.permissions import Action

        session, now = hub().session, found.state
        self._found = found
        manages = session is not None and session.may(Action.MANAGE_BACKUPS)
        self.facts.show_facts(_facts(found))
        self.table.set_rows(found.backups, "path")
        self.second_button.setVisible(now.medium is not None)
        self.medium_button.setVisible(manages)
        for made in (self.copy_button, self.restore_button):
            made.setVisible(manages)
        self._offer(self.table.current)
        if now.remind:
            words = _reminder(now)
            actions = ((tr("To the second medium"), self.second),) if now.medium_found else ()
            late = now.second_days is not None
            self.reminder.say("refuse" if late else "ask", words, actions)
        else:
            self.reminder.clear()

    def _offer(self, card: BackupCard | None) -> None:
        for made in (self.drill_button, self.copy_button, self.restore_button):
            made.setEnabled(card is not None)

    # ---- actions
    @Slot()
    def back_up(self) -> None:
        """Make a backup in the study's own folder."""
        from lnmonitor.services.backup import back_up

        self._run(back_up, self._made, tr("Backing up…"))

    @Slot()
    def second(self) -> None:
        """Make a backup on the second medium."""
        from lnmonitor.services.backup import to_second_medium

        self._run(to_second_medium, self._made, tr("Backing up…"))

    @Slot()
    def drill(self) -> None:
        """Restore the backup chosen to a scratch place and compare it with the study."""
        from lnmonitor.services.restore import drill

        card = self.table.current
        if card is not None:
            self._run(partial(drill, path=card.path), self._drilled, tr("Restoring to compare…"))

    @Slot()
    def choose_medium(self) -> None:
        """Open the window for the second medium."""
        if self._found is not None:
            MediumDialog(self.window(), self._found.state).open()

    @Slot()
    def restore_copy(self) -> None:
        """Open the window for a restore to a new folder."""
        if self.table.current is not None:
            RestoreCopyDialog(self.window(), self.table.current, self._restored).open()

    @Slot()
    def restore(self) -> None:
        """Look what would be lost by restoring over the open study, then ask."""
        from lnmonitor.desktop.pages.visit.keeper import keeper
        from lnmonitor.services.restore import preview

        card = self.table.current
        if card is None:
            return
        if keeper().unsaved:
            words = tr("Values are typed and not saved. Save or discard them, then restore.")
            self.strip.say("ask", words)
            return
        self.strip.say("info", tr("Reading the backup…"))
        work = partial(preview, path=card.path)
        ReadOp(self, work, partial(self._ask_restore, card), self._failed).run()

    def _ask_restore(self, card: BackupCard, found: Preview) -> None:
        self.strip.clear()
        RestoreDialog(self.window(), card, found).open()

    def _run(self, work: object, done: object, words: str) -> None:
        for made in (self.now_button, self.second_button, self.drill_button):
            made.setEnabled(False)
        self.strip.say("info", words)
        WriteOp(self, work, done, self._failed).run()  # type: ignore[arg-type]

    def _end(self) -> None:
        from lnmonitor.services.changes import ChangeSet

        for made in (self.now_button, self.second_button, self.drill_button):
            made.setEnabled(True)
        hub().data_changed.emit(ChangeSet(frozenset({"backups", "audit"})))

    def _made(self, report: BackupReport) -> None:
        self._end()
        words = tr(
            "Made and verified: {n} entries, head {head}, {path}",
            n=f"{report.entries:,}",
            head=report.head[:12],
            path=report.path,
        )
        self.strip.say("ok", words)

    def _drilled(self, report: DrillReport) -> None:
        self._end()
        kind: MessageKind = "ok" if report.sound else "refuse"
        print_it = (tr("Report of the drill…"), partial(self._report, report))
        self.strip.say(kind, "\n".join(_drill_lines(report)), (print_it,))

    def _report(self, report: DrillReport) -> None:
        """Ask where the report goes, and make it."""
        session = hub().session
        place = ask_place(self, f"restore-drill-{report.drilled_at[:10]}.pdf")
        if session is not None and place is not None:
            self._jobs.addWidget(job_of_drill(session, report, place))

    def _restored(self, report: RestoreReport) -> None:
        words = tr("Restored to {path}. The study in use is as it was.", path=report.path)
        self.strip.say("ok", words)

    def _failed(self, problem: Exception) -> None:
        self._end()
        if isinstance(problem, UserError):
            self.strip.say("refuse", sentence(problem))
        else:
            self.strip.clear()
            hub().problem.emit(problem)


def _facts(found: _Found) -> Sequence[tuple[str, str]]:
    now = found.state
    latest = local_instant(now.latest) if now.latest else tr("none yet")
    if now.latest and now.changed:
        latest += ", " + tr("the study has changed since")
    medium = str(now.medium) if now.medium else tr("not set")
    if now.medium and not now.medium_found:
        medium += ", " + tr("not connected")
    second = tr("none yet")
    if now.second_days is not None:
        old = count(now.second_days, "1 day old", "{n} days old")
        limit = count(now.limit_days, "limit 1 day", "limit {n} days")
        second = f"{local_instant(now.second_at)}, {old}, {limit}"
    return (
        (tr("Latest backup"), latest),
        (tr("Second medium"), medium),
        (tr("Latest there"), second),
        (tr("Restore tested"), local_instant(found.drilled) if found.drilled else tr("never")),
    )


def _reminder(now: BackupState) -> str:
    if now.medium is None:
        return tr("No second medium is set: a fire or theft would take study and backups.")
    if now.second_days is None:
        return tr("There is no backup on the second medium yet.")
    return tr(
        "The backup on the second medium is {n} days old, limit {limit}.",
        n=now.second_days,
        limit=now.limit_days,
    )


def _drill_lines(report: DrillReport) -> list[str]:
    """Return the report; of the rows by table only those whose number has changed since."""
    counted = [(name, number) for name, number in report.backup.items() if number]
    at = local_instant(report.made_at)
    lines = [one.replace(report.made_at, at) for one in report.lines_in(language())]
    first, last = len(lines) - 1 - len(counted), len(lines) - 1
    differing = [
        line
        for (name, number), line in zip(counted, lines[first:last], strict=True)
        if report.live.get(name, 0) != number
    ]
    return [*lines[:first], *differing, lines[-1]]


def _read(session: StudySession) -> _Found:
    from lnmonitor.services.audit import entries
    from lnmonitor.services.backup import list_backups, state

    drills = entries(session, action="restore drill", limit=1)
    return _Found(state(session), list_backups(session), drills[0].at if drills else "")


def verified_words(card: BackupCard) -> str:
    """Return how it is known that a backup can be relied on."""
    if card.drilled_at:
        return tr("drill {date}", date=local_instant(card.drilled_at).rpartition(" ")[0])
    return tr("when made") if card.verified else tr("no, as it was")
