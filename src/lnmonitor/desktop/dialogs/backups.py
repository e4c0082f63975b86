"""Windows about backups: the second medium, a restore to a new folder, a restore over the study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp, TaskOp, WriteOp
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.password_edit import PasswordEdit
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button
from lnmonitor.desktop.words import count, local_instant, role_name, size_words

if TYPE_CHECKING:
    from lnmonitor.services.backup import BackupCard, BackupState
    from lnmonitor.services.restore import Preview, RestoreReport
    from lnmonitor.services.session import StudySession

_MOST_ROWS = 6


@dataclass(frozen=True)
class RestoreWanted:
    """A restore over the open study that a person confirmed with the password."""

    path: Path
    made_at: str
    password: str = field(repr=False)


class _FolderLine(QWidget):
    """A path that can be typed or chosen."""

    def __init__(self, path: str = "") -> None:
        super().__init__()
        self.field = QLineEdit(path)
        line: QHBoxLayout = row(self.field, button(tr("Choose…"), self._choose, small=True))
        self.setLayout(line)
        self.setFocusProxy(self.field)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder"), self.field.text())
        if chosen:
            self.field.setText(chosen)

    @property
    def text(self) -> str:
        """What was typed or chosen."""
        return self.field.text().strip()


class MediumDialog(SmallForm):
    """Where the second medium is, and after how many days its age is a reminder."""

    def __init__(self, parent: QWidget, now: BackupState) -> None:
        super().__init__(parent, tr("Second medium"), tr("Set"))
        self.explain(tr("A folder on another disk. Empty: there is no second medium."))
        self.folder = _FolderLine(str(now.medium or ""))
        self.days = QLineEdit(str(now.limit_days))
        self.add(tr("Folder"), self.folder)
        self.add(tr("Remind after days"), self.days)

    def save(self) -> None:
        """Set it."""
        days = self.days.text().strip()
        if not days.isdecimal():
            self.strip.say("ask", tr("Give the number of days."))
            self.days.setFocus()
            return
        self.save_button.setEnabled(False)
        medium = Path(self.folder.text) if self.folder.text else None
        work = partial(_set_medium, medium=medium, days=int(days))
        WriteOp(self, work, self.saved, self.refused).run()


class RestoreCopyDialog(SmallForm):
    """A backup to a folder that does not exist yet; the study in use is not touched."""

    def __init__(
        self, parent: QWidget, card: BackupCard, done: Callable[[RestoreReport], object]
    ) -> None:
        super().__init__(parent, tr("Restore to a new folder"), tr("Restore"))
        self._card, self._done = card, done
        self.explain(f"{backup_words(card)} {tr('The study in use is not touched.')}")
        self.folder = _FolderLine()
        self.add(tr("New folder"), self.folder)

    def save(self) -> None:
        """Restore."""
        from lnmonitor.services.restore import restore

        if not self.folder.text:
            self.strip.say("ask", tr("Choose a new folder."))
            return
        self.save_button.setEnabled(False)
        work = partial(restore, self._card.path, Path(self.folder.text), clock=hub().clock)
        TaskOp(self, work, self._restored, self.refused).run()

    def _restored(self, report: RestoreReport) -> None:
        """Close and say where it is."""
        self.saved(report)
        self._done(report)


class RestoreDialog(SmallForm):
    """What restoring over the open study takes away; the password is the answer."""

    def __init__(self, parent: QWidget, card: BackupCard, found: Preview) -> None:
        super().__init__(parent, tr("Restore over this study"), tr("Restore"))
        self._card = card
        self.explain(f"{backup_words(card)} {_loss_words(found)}")
        self.table = _table(found)
        if self.table is not None:
            self.fields.addWidget(self.table)
            self.fields.addSpacing(theme().px(2))
        self.notes = MessageStrip()
        self.notes.say("ask", "\n".join(_consequences(found)))
        self.fields.addWidget(self.notes)
        self.fields.addSpacing(theme().px(2))
        self.password = PasswordEdit()
        session = hub().session
        name = "" if session is None else session.actor.full_name or session.actor.account
        self.add(tr("Password of {name}", name=name), self.password)
        self.setMinimumWidth(theme().px(170))

    def save(self) -> None:
        """Try the password; only then the study is closed."""
        from lnmonitor.services.accounts import check_password

        if not self.password.text:
            self.strip.say("ask", tr("Type your password."))
            self.password.field.setFocus()
            return
        self.save_button.setEnabled(False)
        work = partial(check_password, password=self.password.text, action="password for restore")
        ReadOp(self, work, self._confirmed, self.refused).run()

    def refused(self, problem: Exception) -> None:
        """Say why not; nothing was done."""
        super().refused(problem)
        self.password.clear()
        self.password.field.setFocus()

    def _confirmed(self, _answer: object) -> None:
        wanted = RestoreWanted(self._card.path, self._card.made_at, self.password.text)
        self.password.clear()
        self.accept()
        hub().restore_wanted.emit(wanted)


def backup_words(card: BackupCard) -> str:
    """Return which backup it is, as a sentence."""
    return tr(
        "Backup of {time}, {n} entries, {size}.",
        time=local_instant(card.made_at),
        n=f"{card.entries:,}",
        size=size_words(card.size),
    )


def _loss_words(found: Preview) -> str:
    if not found.belongs:
        return tr(
            "Its audit trail is not the beginning of this study's: how much was entered since "
            "is not known, and all of that is gone after a restore."
        )
    if not found.entries:
        return tr("Nothing was entered since.")
    return count(
        found.entries,
        "1 entry made since then is gone after a restore:",
        "{n} entries made since then are gone after a restore:",
    )


def _table(found: Preview) -> RowTable | None:
    if not found.lost:
        return None
    table = RowTable(
        [
            Column(tr("Person"), lambda one: one.full_name or one.account or tr("the program")),
            Column(
                tr("Role"),
                lambda one: role_name(one.role) if one.role else "",
                tone="text-2",
                sample=role_name("coordinator") + "\n" + role_name("datamanager"),
            ),
            Column(tr("Entries"), lambda one: f"{one.entries:,}", sample="100,000", right=True),
            Column(
                tr("of these values"),
                lambda one: f"{one.data:,}",
                sample="100,000",
                right=True,
                weight=600,
            ),
            Column(
                tr("Last"),
                lambda one: local_instant(one.last_at),
                tone="text-2",
                sample="28 Nov 2026 09:42",
            ),
        ],
        row_units=theme().measure("row-dense") / theme().u,
        name=tr("What is gone after a restore"),
    )
    table.set_rows(found.lost)
    shown = min(len(found.lost), _MOST_ROWS)
    table.setFixedHeight(table.whole_height() * (shown + 1) // (len(found.lost) + 1) + 2)
    return table


def _consequences(found: Preview) -> list[str]:
    said = [
        tr("The study as it is now is saved first, beside the other backups."),
        tr("Then the study is closed, replaced and opened again."),
    ]
    if found.drafts:
        said.append(
            count(
                found.drafts,
                "1 draft that somebody has not saved is gone too.",
                "{n} drafts that somebody has not saved are gone too.",
            )
        )
    if not found.present_key:
        said.append(
            tr("Accounts and passwords of then are in force again, also of people who left.")
        )
    return said


def _set_medium(session: StudySession, *, medium: Path | None, days: int) -> object:
    from lnmonitor.services.backup import set_second_medium

    return set_second_medium(session, medium, days)
