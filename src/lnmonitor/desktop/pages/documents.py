"""What leaves the study: PDFs, workbook, CSV files, archive; for whom, and what left before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages import document_jobs as jobs
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.document_jobs import Make, PatientKind, Wishes
from lnmonitor.desktop.pages.document_list import KINDS, DocumentList, kind_of, since_words, when
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.job_row import JobRow
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.widgets.text import button, label, rule, set_tone
from lnmonitor.language import Language

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.seals import MadeDocument
    from lnmonitor.services.session import StudySession

__all__ = ["DocumentsPage", "JobRow"]

_SENTENCE = (
    "Each document carries the audit trail’s head; the trail remembers it, with for whom it was"
    " made."
)
_JOBS_SHOWN = 3
_MOST_TOLD = 1000
_FOLDER = "Folder for the PDFs"


class DocumentsPage(Page):
    """What can be made, with when it was made last; then the jobs; then all that has left."""

    keeps_input: ClassVar[bool] = True  # jobs that run would be lost with the page

    def __init__(self) -> None:
        super().__init__()
        self.strip = MessageStrip()
        self.jobs: list[JobRow] = []
        self._made: Sequence[MadeDocument] = ()
        self._last: dict[str, QLabel] = {}
        self._jobs = column(None)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(box(self._jobs, "panel"))
        self._area.hide()
        self.list = DocumentList()
        self._list_title = label("", "section")
        self._top = QWidget()
        self._body = column(
            self._top, self.strip, self._area, self._list_title, self.list,
            margins=(5, 4, 5, 3), spacing=2,
        )  # fmt: skip
        self._body.setStretch(4, 1)
        self.setLayout(self._body)
        self.retranslate()

    def retranslate(self) -> None:
        typed = (self.subject.text(), self.recipient.text()) if self._last else ("", "")
        made, again = self._make_top(), DocumentList()
        self.subject.setText(typed[0])
        self.recipient.setText(typed[1])
        self._body.replaceWidget(self._top, made)
        self._top.deleteLater()
        self._top = made
        self._body.replaceWidget(self.list, again)
        self.list.deleteLater()
        self.list = again
        self._show_made(self._made)

    def _make_top(self) -> QWidget:
        head = PageHead(tr("Documents"))
        head.say(tr(_SENTENCE))
        return box(column(head, rule(), self._common(), rule(), self._rows(), rule(), spacing=2.5))

    def _common(self) -> QLayout:
        """Return what holds for every document that is made from here."""
        self.tongue = Segmented([("en", "English"), ("zh", "中文")])
        self.tongue.set_key(language())
        self.subject = self._field(tr("Patient number"), 30)
        self.subject.returnPressed.connect(self.make_one)
        self.recipient = self._field(tr("For whom"), 60)
        self.recipient.setPlaceholderText(tr("name or institution"))
        return row(
            label(tr("For whom"), "small", "text-2"),
            self.recipient,
            theme().px(4),
            label(tr("Patient number"), "small", "text-2"),
            self.subject,
            theme().px(4),
            label(tr("Language of the documents"), "small", "text-2"),
            self.tongue,
            None,
        )

    @staticmethod
    def _field(name: str, units: float) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setFixedWidth(theme().px(units))
        return field

    def _rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(4))
        grid.setVerticalSpacing(theme().px(1.5))
        grid.setColumnStretch(2, 1)
        one, everybody = tr("One patient…"), tr("All patients…")
        self.annotated = QCheckBox(tr("Annotated with variables"))
        self.without_names = QCheckBox(tr("De-identified"))
        self.with_study = QCheckBox(tr("With the encrypted study"))
        self.with_study.setChecked(True)
        self.with_study.setToolTip(
            tr("It holds the persons’ names, encrypted; leave it out for who may not have them.")
        )
        self.cutoff = self._field(tr("Cut-off date"), 30)
        self.cutoff.setPlaceholderText("2026-05-12")
        up_to = row(
            label(tr("Up to"), "small", "text-2"), self.cutoff, self.without_names, None, spacing=3
        )
        self._row(grid, "summary", None, (one, self.make_one), (everybody, self.make_all))
        self._row(
            grid, "casebook", None,
            (one, self.make_one_casebook), (everybody, self.make_all_casebooks),
        )  # fmt: skip
        self._row(grid, "crf", row(self.annotated, None), (tr("Make PDF…"), self.make_forms))
        self._row(grid, "workbook", up_to, (tr("Make workbook…"), self.make_workbook))
        same = label(tr("with the same limits"), "small", "text-muted")
        self._row(grid, "csv", row(same, None), (tr("Make CSV files…"), self.make_csv))
        self._row(
            grid, "archive", row(self.with_study, None), (tr("Make archive…"), self.make_archive)
        )
        return grid

    def _row(
        self,
        grid: QGridLayout,
        kind: str,
        options: QLayout | None,
        *makers: tuple[str, Callable[[], None]],
    ) -> None:
        number = grid.rowCount()
        grid.addWidget(label(tr(KINDS[kind]), weight=500), number, 0)
        if options is not None:
            grid.addLayout(options, number, 1)
        self._last[kind] = label("", "small", "text-muted")
        grid.addWidget(self._last[kind], number, 2)
        icon = "pdf" if kind in {"summary", "casebook", "crf"} else "workbook"
        icon = "backup" if kind == "archive" else icon
        for place, (words, make) in enumerate(makers):
            made = button(words, make, icon_name=icon, small=True)
            made.setAccessibleName(f"{tr(KINDS[kind])}: {words}")
            span = 2 if len(makers) == 1 else 1
            grid.addWidget(made, number, 3 + place, 1, span)

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Documents")

    def activate(self, argument: object) -> None:
        if isinstance(argument, str):
            self.subject.setText(argument)
        self.subject.setFocus()
        self._read()

    def refresh(self, _changes: ChangeSet) -> None:
        self._read()

    def _read(self) -> None:
        ReadOp(self, _read_made, self._show_made).run()

    def _show_made(self, made: Sequence[MadeDocument]) -> None:
        self._made = made
        self.list.show_made(made)
        none = tr("Nothing has left the study yet.")
        self._list_title.setText(tr("What has left the study") if made else none)
        latest = {kind_of(one): one for one in reversed(made)}
        for kind, words in self._last.items():
            one = latest.get(kind)
            words.setText(_last_words(one))
            changed = one is not None and one.later_changes > 0
            set_tone(words, "warn" if changed else "text-2" if one else "text-muted")
            words.setToolTip("" if one is None else f"{one.name}, {one.sha256[:12]}")

    @property
    def wanted_language(self) -> Language:
        """The language chosen for the documents."""
        return "zh" if self.tongue.key == "zh" else "en"

    # --- asking where ----------------------------------------------------------------------

    @Slot()
    def make_one(self) -> None:
        """Ask where, then make one patient's summary."""
        self._ask_one("summary", "{subject}.pdf")

    @Slot()
    def make_one_casebook(self) -> None:
        """Ask where, then make one patient's casebook."""
        self._ask_one("casebook", "{subject}-casebook.pdf")

    def _ask_one(self, kind: PatientKind, name: str) -> None:
        subject = self.subject.text().strip()
        if not subject:
            self.strip.say("ask", tr("Type the patient’s number."))
            self.subject.setFocus()
            return
        chosen = self._ask_file(tr(KINDS[kind]), name.format(subject=subject), "PDF (*.pdf)")
        if chosen is not None:
            self.start_one(subject, chosen, kind)

    @Slot()
    def make_all(self) -> None:
        """Ask for a folder, then make every patient's summary."""
        self._ask_all("summary")

    @Slot()
    def make_all_casebooks(self) -> None:
        """Ask for a folder, then make every patient's casebook."""
        self._ask_all("casebook")

    def _ask_all(self, kind: PatientKind) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr(_FOLDER))
        if chosen:
            self.start_all(Path(chosen), kind)

    @Slot()
    def make_forms(self) -> None:
        """Ask where, then make the case report form without data."""
        name = "acrf.pdf" if self.annotated.isChecked() else "blank-crf.pdf"
        chosen = self._ask_file(tr(KINDS["crf"]), name, "PDF (*.pdf)")
        if chosen is not None:
            self.start_forms(chosen)

    @Slot()
    def make_workbook(self) -> None:
        """Ask where, then make the workbook."""
        chosen = self._ask_file(tr(KINDS["workbook"]), "study.xlsx", "Excel (*.xlsx)")
        if chosen is not None:
            self.start_workbook(chosen)

    @Slot()
    def make_csv(self) -> None:
        """Ask where, then make the CSV files."""
        chosen = self._ask_file(tr(KINDS["csv"]), "study-csv.zip", "Zip (*.zip)")
        if chosen is not None:
            self.start_workbook(chosen, "csv")

    @Slot()
    def make_archive(self) -> None:
        """Ask where, then make the archive."""
        chosen = self._ask_file(tr(KINDS["archive"]), "study-archive.zip", "Zip (*.zip)")
        if chosen is not None:
            self.start_archive(chosen)

    def _ask_file(self, title: str, name: str, kinds: str) -> Path | None:
        self.strip.clear()
        chosen, _ = QFileDialog.getSaveFileName(self, title, name, kinds)
        return Path(chosen) if chosen else None

    # --- jobs ------------------------------------------------------------------------------

    def start_one(self, subject: str, out: Path, kind: PatientKind = "summary") -> JobRow:
        """Make one patient's PDF in the background."""
        work = jobs.of_patient(self._wishes(), kind, subject, out)
        return self._start(f"{tr(KINDS[kind])} {subject}", work)

    def start_all(self, folder: Path, kind: PatientKind = "summary") -> JobRow:
        """Make every patient's PDF in the background."""
        title = tr("{what}, all patients", what=tr(KINDS[kind]))
        return self._start(title, jobs.of_all(self._wishes(), kind, folder))

    def start_forms(self, out: Path) -> JobRow:
        """Make the case report form without data in the background."""
        work = jobs.blank_forms(self._wishes(), out, annotated=self.annotated.isChecked())
        return self._start(tr(KINDS["crf"]), work)

    def start_workbook(self, out: Path, kind: str = "workbook") -> JobRow:
        """Make the workbook or the CSV files in the background."""
        work = jobs.data_copy(
            self._wishes(),
            out,
            cutoff=self.cutoff.text().strip() or None,
            deidentified=self.without_names.isChecked(),
        )
        return self._start(tr(KINDS[kind]), work)

    def start_archive(self, out: Path) -> JobRow:
        """Make the archive in the background."""
        work = jobs.whole_archive(self._wishes(), out, with_study=self.with_study.isChecked())
        return self._start(tr(KINDS["archive"]), work)

    def _wishes(self) -> Wishes:
        return Wishes(self._session(), self.wanted_language, self.recipient.text().strip())

    @staticmethod
    def _session() -> StudySession:
        session = hub().session
        if session is None:
            raise RuntimeError("documents are made from an open study only")
        return session

    def _start(self, title: str, work: Make) -> JobRow:
        self.strip.clear()
        whom = self.recipient.text().strip()
        words = tr("{what}, for {whom}", what=title, whom=whom) if whom else title
        made = JobRow(words, work, tr("Waiting for its turn"))
        made.ended.connect(self._read)
        self.jobs.append(made)
        self._jobs.insertWidget(0, made)
        seen = min(len(self.jobs), _JOBS_SHOWN)
        self._area.setFixedHeight(seen * made.sizeHint().height() + theme().px(1))
        self._area.show()
        return made


def _last_words(made: MadeDocument | None) -> str:
    if made is None:
        return tr("not made yet")
    whom = tr("for {whom}", whom=made.recipient) if made.recipient else tr("for nobody named")
    return " · ".join((when(made), whom, since_words(made)))


def _read_made(session: StudySession) -> tuple[MadeDocument, ...]:
    from lnmonitor.services.seals import made_documents

    return made_documents(session, limit=_MOST_TOLD)
