"""People, backup, audit trail, clock and the study's facts: a list left, the section right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QListView, QStackedWidget

from lnmonitor.desktop.dialogs.people import PasswordDialog, PersonDialog
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.admin.backups import BackupSection
from lnmonitor.desktop.pages.admin.facts import ClockSection, StudySection
from lnmonitor.desktop.pages.admin.people import PeopleSection
from lnmonitor.desktop.pages.admin.trail import TrailSection
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.page_head import PageHead
from lnmonitor.desktop.widgets.side_list import NavDelegate, NavEntry, NavModel
from lnmonitor.desktop.widgets.text import rule

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet

__all__ = ["AdministrationPage", "PasswordDialog", "PersonDialog"]

Section = PeopleSection | BackupSection | TrailSection | ClockSection | StudySection
_LIST_U = 46


class AdministrationPage(Page):
    """Argument: the name of a section, or None for the one shown last."""

    rail: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.people, self.backups, self.trail = PeopleSection(), BackupSection(), TrailSection()
        self.clock, self.study = ClockSection(), StudySection()
        self.sections: dict[str, Section] = {
            "people": self.people,
            "backup": self.backups,
            "audit": self.trail,
            "clock": self.clock,
            "study": self.study,
        }
        self._model = NavModel(self)
        self._model.set_entries(
            (
                NavEntry("people", tr("People"), "person"),
                NavEntry("backup", tr("Backup"), "backup"),
                NavEntry("audit", tr("Audit trail"), "seal"),
                NavEntry("clock", tr("Clock"), "clock"),
                NavEntry("study", tr("Study"), "documents"),
            )
        )
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(NavDelegate(self.list))
        self.list.setAccessibleName(tr("Administration"))
        self.list.setFixedWidth(theme().px(_LIST_U))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListView { background: transparent; }")
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self.stack = QStackedWidget()
        for section in self.sections.values():
            self.stack.addWidget(section)
        self._arrange()

    def _arrange(self) -> None:
        left = box(column(self.list, margins=(2, 3, 2, 3)), "subtle")
        right = column(self.stack, margins=(5, 3, 5, 3))
        body = row(left, rule("v"), right, spacing=0)
        body.setStretch(2, 1)
        head = column(PageHead(tr("Administration")), margins=(5, 4, 5, 3))
        whole = column(head, rule(), body)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def title(self) -> str:
        return tr("Administration")

    def activate(self, argument: object) -> None:
        """Show a section; the list has the focus."""
        names = list(self.sections)
        wanted = argument if argument in names else None
        now = self.list.currentIndex().row()
        number = names.index(str(wanted)) if wanted else max(now, 0)
        self.list.setCurrentIndex(self._model.index(number))
        self._read()
        self.list.setFocus()

    def refresh(self, _changes: ChangeSet) -> None:
        self._read()

    @property
    def section(self) -> Section:
        """The section shown."""
        return list(self.sections.values())[self.stack.currentIndex()]

    @Slot(QModelIndex, QModelIndex)
    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.stack.setCurrentIndex(index.row())
        self._read()

    def _read(self) -> None:
        session = hub().session
        if session is None:
            return
        self._model.set_count("clock", len(session.clock_notices) or None, urgent=True)
        self.section.read()
