"""Makes a study with its first administrator and shows the recovery key, once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QWidget

from lnmonitor.desktop.dialogs.recovery import print_key
from lnmonitor.desktop.generated.ui_new_study import Ui_NewStudyDialog
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import TaskOp
from lnmonitor.desktop.problems import report, sentence
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import button
from lnmonitor.errors import UserError

if TYPE_CHECKING:
    from lnmonitor.services.studies import CreatedStudy

_SHORTEST_PASSWORD = 12


class NewStudyDialog(QDialog):
    """Facts first, then the recovery key; it closes only when the key was kept."""

    made = Signal(object, str)
    """Folder and the administrator's account."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._form = Ui_NewStudyDialog()
        self._form.setupUi(self)
        form = self._form
        TaskOp(self, _protocols, self._take_protocols).run()
        form.browse.clicked.connect(self._browse)
        form.cancel.clicked.connect(self.reject)
        form.create.clicked.connect(self._create)
        form.copy.clicked.connect(self._copy)
        form.copy_row.insertWidget(0, button(tr("Print…"), self._print, small=True))
        form.recovery_key.setFont(theme().font("section", 600))
        form.recovery_key.setMinimumHeight(theme().px(8))
        form.kept.toggled.connect(form.done.setEnabled)
        form.done.clicked.connect(self._finish)
        form.done.setEnabled(False)
        self._folder = Path()

    def _take_protocols(self, names: tuple[str, ...]) -> None:
        self._form.protocol.addItems(names)

    @Slot()
    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder of the study"))
        if chosen:
            self._form.folder.setText(chosen)

    @Slot()
    def _create(self) -> None:
        form = self._form
        for field, words in self._needed():
            if not field.text().strip():
                form.message.say("ask", words)
                field.setFocus()
                return
        if len(form.password.text) < _SHORTEST_PASSWORD:
            form.message.say(
                "ask", tr("The password needs {n} characters or more.", n=_SHORTEST_PASSWORD)
            )
            form.password.field.setFocus()
            return
        if form.password.text != form.again.text:
            form.message.say("ask", tr("The two passwords differ. Type them again."))
            form.again.field.setFocus()
            return
        form.message.clear()
        form.create.setEnabled(False)
        self._folder = Path(form.folder.text().strip()).expanduser()
        work = partial(
            _create,
            self._folder,
            protocol=form.protocol.currentText(),
            site=form.site.text().strip(),
            admin=form.admin.text().strip(),
            admin_name=form.admin_name.text().strip(),
            password=form.password.text,
        )
        TaskOp(self, work, self._take_created, self._take_failure).run()

    def _needed(self) -> tuple[tuple[QLineEdit, str], ...]:
        form = self._form
        return (
            (form.folder, tr("Say in which folder the study is to lie.")),
            (form.site, tr("Say which site this is.")),
            (form.admin, tr("Name the administrator’s account.")),
            (form.admin_name, tr("Give the administrator’s full name.")),
        )

    def _take_created(self, created: CreatedStudy) -> None:
        self._form.password.clear()
        self._form.again.clear()
        self._form.recovery_key.setText(created.recovery_key)
        self._form.steps.setCurrentWidget(self._form.key)
        self._form.kept.setFocus()

    def _take_failure(self, problem: Exception) -> None:
        self._form.create.setEnabled(True)
        if isinstance(problem, UserError):
            words = sentence(problem)
        else:
            words = tr(
                "The program met a fault of its own. Reference {reference}.",
                reference=report(problem).reference,
            )
        self._form.message.say("refuse", words)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._form.recovery_key.text())

    @Slot()
    def _print(self) -> None:
        """Print the key; what is printed is on paper."""
        form = self._form
        study = f"{form.protocol.currentText()}, {tr('Site {site}', site=form.site.text().strip())}"
        if print_key(self, study, form.recovery_key.text()):
            form.kept.setChecked(True)

    @Slot()
    def _finish(self) -> None:
        self.made.emit(self._folder, self._form.admin.text().strip())
        self._form.recovery_key.clear()
        self.accept()

    def reject(self) -> None:
        """Esc does not lose the recovery key: it has to be kept first."""
        if self._form.steps.currentWidget() is not self._form.key:
            super().reject()


def _protocols() -> tuple[str, ...]:
    from lnmonitor.study.protocol import protocol_names

    return protocol_names()


def _create(
    folder: Path, *, protocol: str, site: str, admin: str, admin_name: str, password: str
) -> CreatedStudy:
    from lnmonitor.services.studies import create_study

    return create_study(
        folder,
        protocol=protocol,
        site=site,
        admin=admin,
        admin_name=admin_name,
        password=password,
    )
