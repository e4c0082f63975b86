"""The printed recovery key: bringing it to paper, and getting in with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from lnmonitor.clock import Clock, SystemClock
from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import TaskOp
from lnmonitor.desktop.widgets.password_edit import PasswordEdit
from lnmonitor.desktop.words import weekday_instant

_WORDS_PT, _KEY_PT = 11, 22
_MARGIN_MM = 25


class RecoverDialog(SmallForm):
    """A new password for an account by means of the recovery key: no network, no administrator."""

    def __init__(self, parent: QWidget, folder: Path, account: str, done: object) -> None:
        super().__init__(parent, tr("Use the recovery key"), tr("Set password"))
        self._folder, self._done = folder, done
        self.explain(
            tr(
                "The key was printed when the study was made. It gives an account a new password "
                "and unlocks it; the audit trail says so."
            )
        )
        self.key, self.account = QLineEdit(), QLineEdit(account)
        self.key.setPlaceholderText("XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX")
        self.new, self.again = PasswordEdit(), PasswordEdit()
        self.add(tr("Recovery key"), self.key)
        self.add(tr("Account"), self.account)
        self.add(tr("New password"), self.new)
        self.add(tr("New password again"), self.again)

    def save(self) -> None:
        """Set the password, if both are the same."""
        from lnmonitor.services.recovery import recover_account

        if self.new.text != self.again.text:
            self.strip.say("ask", tr("The two passwords differ. Type them again."))
            self.again.field.setFocus()
            return
        self.save_button.setEnabled(False)
        work = partial(
            recover_account,
            self._folder,
            recovery_key=self.key.text(),
            user=self.account.text(),
            password=self.new.text,
        )
        TaskOp(self, work, self._recovered, self.refused).run()

    def _recovered(self, _nothing: object) -> None:
        account = self.account.text().strip()
        self.key.clear()
        self.saved(None)
        self._done(account)  # type: ignore[operator]


def print_key(parent: QWidget, study: str, key: str, clock: Clock | None = None) -> bool:
    """Ask for a printer and print the key on a page of its own; return whether it was printed."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageMargins(QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM))
    printer.setDocName("lnmonitor")  # the name in the queue tells nothing
    if QPrintDialog(printer, parent.window()).exec() != QDialog.DialogCode.Accepted:
        return False
    key_page(study, key, clock or SystemClock()).print_(printer)
    return True


def key_page(study: str, key: str, clock: Clock) -> QTextDocument:
    """Return the page: what the key is of, since when, the key large, how it is used."""
    page = QTextDocument()
    cursor = QTextCursor(page)

    def write(words: str, points: int, *, fixed: bool = False) -> None:
        form = QTextCharFormat()
        font = QFont(page.defaultFont())
        if fixed:  # 0 and O, 1 and I apart
            font.setStyleHint(QFont.StyleHint.Monospace)
            font.setFamilies(["DejaVu Sans Mono", "Consolas", "Menlo", "monospace"])
        font.setPointSize(points)
        form.setFont(font)
        cursor.insertText(words, form)
        cursor.insertBlock()
        cursor.insertBlock()

    write(tr("Recovery key"), _KEY_PT)
    write(study, _WORDS_PT)
    write(weekday_instant(clock.now()), _WORDS_PT)
    half = key.split("-")
    write("-".join(half[:4]) + "-\n" + "-".join(half[4:]), _KEY_PT, fixed=True)
    write(
        tr(
            "Keep it locked away. At the sign-in: Use the recovery key. It gives an account a new "
            "password when nobody else can. A newer key makes this one useless."
        ),
        _WORDS_PT,
    )
    return page
