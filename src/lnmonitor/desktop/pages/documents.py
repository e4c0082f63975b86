"""What leaves the study: PDF summaries and the workbook, made in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.operations import on_database
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.job_row import JobRow
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.segmented import Segmented
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.language import Language
from lnmonitor.progress import Progress

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

_SENTENCE = "Each document carries the audit trail’s head and is noted in the audit trail."


class DocumentsPage(Page):
    """Three things to make, and under them the jobs, running and done."""

    keeps_input: ClassVar[bool] = True  # jobs that run would be lost with the page

    def __init__(self) -> None:
        super().__init__()
        self.strip = MessageStrip()
        self.jobs: list[JobRow] = []
        self._jobs = column(None)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(box(self._jobs, "panel"))
        self._top = QWidget()
        self._body = column(self._top, self.strip, self._area, margins=(5, 4, 5, 3), spacing=3)
        self._body.setStretch(2, 1)
        self.setLayout(self._body)
        self.retranslate()

    def retranslate(self) -> None:
        typed = self.subject.text() if hasattr(self, "subject") else ""
        made = self._make_top()
        self.subject.setText(typed)
        self._body.replaceWidget(self._top, made)
        self._top.deleteLater()
        self._top = made

    def _make_top(self) -> QWidget:
        head = PageHead(tr("Documents"))
        head.say(tr(_SENTENCE))
        self.tongue = Segmented([("en", "English"), ("zh", "中文")])
        self.tongue.set_key(language())
        self.subject = QLineEdit()
        self.subject.setAccessibleName(tr("Patient number"))
        self.subject.setFixedWidth(theme().px(30))
        self.subject.returnPressed.connect(self.make_one)
        self.without_names = QCheckBox(tr("De-identified"))
        self.cutoff = QLineEdit()
        self.cutoff.setAccessibleName(tr("Cut-off date"))
        self.cutoff.setPlaceholderText("2026-05-12")
        self.cutoff.setFixedWidth(theme().px(30))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(4))
        grid.setVerticalSpacing(theme().px(2))
        grid.setColumnStretch(3, 1)
        self._line(
            grid,
            0,
            tr("Patient summary"),
            row(label(tr("Patient number"), "small", "text-2"), self.subject, None),
            button(tr("Make PDF…"), self.make_one, icon_name="pdf"),
        )
        self._line(
            grid,
            1,
            tr("Patient summaries, all patients"),
            row(label(tr("One PDF for each patient"), "small", "text-2"), None),
            button(tr("Make PDFs…"), self.make_all, icon_name="pdf"),
        )
        self._line(
            grid,
            2,
            tr("Workbook of all data"),
            row(
                label(tr("Up to"), "small", "text-2"),
                self.cutoff,
                label(tr("empty: everything"), "small", "text-muted"),
                self.without_names,
                None,
                spacing=3,
            ),
            button(tr("Make workbook…"), self.make_workbook, icon_name="workbook"),
        )
        language_line = row(
            label(tr("Language of the documents"), "small", "text-2"), self.tongue, None
        )
        return box(
            column(
                head,
                rule(),
                grid,
                rule(),
                language_line,
                label(tr("Made since the program was opened"), "section"),
                spacing=3,
            )
        )

    @staticmethod
    def _line(
        grid: QGridLayout, number: int, title: str, options: QHBoxLayout, make: QPushButton
    ) -> None:
        grid.addWidget(label(title, weight=500), number, 0)
        grid.addLayout(options, number, 1)
        grid.addWidget(make, number, 2)

    # --- page ------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Documents")

    def activate(self, argument: object) -> None:
        if isinstance(argument, str):
            self.subject.setText(argument)
        self.subject.setFocus()

    @property
    def wanted_language(self) -> Language:
        """The language chosen for the documents."""
        return "zh" if self.tongue.key == "zh" else "en"

    # --- asking where ----------------------------------------------------------------------

    @Slot()
    def make_one(self) -> None:
        """Ask where, then make one patient's PDF."""
        subject = self.subject.text().strip()
        if not subject:
            self.strip.say("ask", tr("Type the patient’s number."))
            self.subject.setFocus()
            return
        self.strip.clear()
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Patient summary"), f"{subject}.pdf", "PDF (*.pdf)"
        )
        if chosen:
            self.start_one(subject, Path(chosen))

    @Slot()
    def make_all(self) -> None:
        """Ask for a folder, then make every patient's PDF."""
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder for the PDFs"))
        if chosen:
            self.start_all(Path(chosen))

    @Slot()
    def make_workbook(self) -> None:
        """Ask where, then make the workbook."""
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Workbook of all data"), "study.xlsx", "Excel (*.xlsx)"
        )
        if chosen:
            self.start_workbook(Path(chosen))

    # --- jobs ------------------------------------------------------------------------------

    def start_one(self, subject: str, out: Path) -> JobRow:
        """Make one patient's PDF in the background."""
        work = partial(_one, self._session(), subject, out, self.wanted_language)
        return self._start(tr("Patient summary {subject}", subject=subject), work)

    def start_all(self, folder: Path) -> JobRow:
        """Make every patient's PDF in the background."""
        work = partial(_all, self._session(), folder, self.wanted_language)
        return self._start(tr("Patient summaries, all patients"), work)

    def start_workbook(self, out: Path) -> JobRow:
        """Make the workbook in the background."""
        work = partial(
            _workbook,
            self._session(),
            out,
            self.cutoff.text().strip() or None,
            self.without_names.isChecked(),
            self.wanted_language,
        )
        return self._start(tr("Workbook of all data"), work)

    @staticmethod
    def _session() -> StudySession:
        session = hub().session
        if session is None:
            raise RuntimeError("documents are made from an open study only")
        return session

    def _start(self, title: str, work: Callable[[Progress], Path]) -> JobRow:
        self.strip.clear()
        made = JobRow(title, work, tr("Waiting for its turn"))
        self.jobs.append(made)
        self._jobs.insertWidget(0, made)
        return made


def _one(
    session: StudySession, subject: str, out: Path, wanted: Language, progress: Progress
) -> Path:
    from lnmonitor.reports.service import report_patient
    from lnmonitor.services.patients import find_patient

    patient_id = on_database(partial(find_patient, session, subject))
    return report_patient(
        session, patient_id, out, language=wanted, progress=progress, turn=on_database
    )


def _all(session: StudySession, folder: Path, wanted: Language, progress: Progress) -> Path:
    """Patient by patient; a person can stop between two."""
    from lnmonitor.errors import InputError
    from lnmonitor.reports.service import report_patient
    from lnmonitor.services.patients import list_patients

    patients = on_database(partial(list_patients, session))
    if not patients:
        raise InputError("The study has no patients yet.", "Add or import some first.")
    for number, patient in enumerate(patients):
        progress(number, len(patients), patient.subject_id)
        report_patient(session, patient.patient_id, folder, language=wanted, turn=on_database)
    progress(len(patients), len(patients), patients[-1].subject_id)
    return folder


def _workbook(
    session: StudySession,
    out: Path,
    cutoff: str | None,
    deidentified: bool,
    wanted: Language,
    progress: Progress,
) -> Path:
    from lnmonitor.exchange.excel import export_xlsx

    return export_xlsx(
        session,
        out,
        cutoff=cutoff,
        deidentified=deidentified,
        language=wanted,
        progress=progress,
        turn=on_database,
    ).path
