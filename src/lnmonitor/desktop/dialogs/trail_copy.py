"""Taking entries of the audit trail away: for whom, and where to. The copy is an entry itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from lnmonitor.desktop.dialogs.small_form import SmallForm
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.words import count

_KINDS = "Excel (*.xlsx);;CSV (*.csv)"


class TrailCopyDialog(SmallForm):
    """Asks for whom the copy is and then for the file; tells both with `chosen`."""

    chosen = Signal(Path, str)

    def __init__(self, parent: QWidget, file_name: str, entries: int) -> None:
        super().__init__(parent, tr("Copy of the audit trail"), tr("Choose the file…"))
        self._file_name = file_name
        self.explain(
            count(
                entries,
                "1 entry leaves the study; that it did, for whom and by which filter is recorded.",
                "{n} entries leave the study; that they did, for whom and by which filter is"
                " recorded.",
            )
        )
        self.recipient = QLineEdit()
        self.recipient.setPlaceholderText(tr("name or institution"))
        self.add(tr("For whom"), self.recipient)

    def save(self) -> None:
        """Ask for a workbook or CSV file; nothing happens while none is named."""
        title = tr("Where does the audit trail go?")
        name, kind = QFileDialog.getSaveFileName(self, title, self._file_name, _KINDS)
        if not name:
            return
        path, ending = Path(name), ".csv" if "csv" in kind else ".xlsx"
        known = path.suffix.lower() in {".csv", ".xlsx"}
        self.chosen.emit(path if known else path.with_suffix(ending), self.recipient.text())
        self.accept()
