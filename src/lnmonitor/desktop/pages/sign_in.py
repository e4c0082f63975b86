"""The first window: which study, who, password. It must be there at once, so it imports little."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

import lnmonitor
from lnmonitor.desktop.generated.ui_sign_in import Ui_SignInWindow
from lnmonitor.desktop.i18n import language, set_language, tr
from lnmonitor.desktop.preferences import preferences
from lnmonitor.desktop.problems import report, sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import button
from lnmonitor.errors import UserError

if TYPE_CHECKING:
    from lnmonitor.desktop.dialogs.new_study import NewStudyDialog
    from lnmonitor.services.session import StudySession
    from lnmonitor.services.studies import StudyCard

Index = QModelIndex | QPersistentModelIndex
_ENTRY = Qt.ItemDataRole.UserRole
DEMO_PASSWORD = "lupus-demo"  # noqa: S105 - printed on the page; opens synthetic studies only
_AFTER_FIRST_PAINT_MS = 60


@dataclass
class Entry:
    """A study folder; its card arrives after the window is shown, or the reason why it cannot."""

    folder: Path
    card: StudyCard | None = None
    problem: str = ""
    last_opened: str = ""

    @property
    def name(self) -> str:
        """The study's name, the folder's until it is known."""
        return self.card.name if self.card is not None else self.folder.name

    @property
    def facts(self) -> str:
        """One line: site, who has it open or when it was last opened; or what is wrong."""
        if self.problem:
            return self.problem
        parts = []
        if self.card is not None:
            parts.append(tr("Site {site}", site=self.card.site))
            if self.card.synthetic:
                parts.append(tr("synthetic"))
        if self.card is not None and self.card.locked_by:
            parts.append(tr("open: {who}", who=self.card.locked_by))
        elif self.last_opened:
            parts.append(tr("opened {when}", when=self.last_opened))
        return " · ".join(parts)


class _StudyModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def set_folders(self, folders: list[Path]) -> None:
        opened = preferences().last_opened
        self.beginResetModel()
        self.entries = [Entry(f, last_opened=opened.get(str(f), "")) for f in folders]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == _ENTRY:
            return entry
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(entry.folder)
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        return (
            f"{entry.name}, {entry.facts}" if role == Qt.ItemDataRole.AccessibleTextRole else None
        )


class _StudyDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(theme().px(40), theme().measure("row-two-line"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, px = theme(), theme().px
        entry: Entry = index.data(_ENTRY)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, look.color("bg-selected"))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), look.color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, look.color("bg-hover"))
        painter.fillRect(
            QRect(area.left(), area.bottom(), area.width(), 1), look.color("line-soft")
        )
        words = area.adjusted(px(3), px(1.5), -px(2), -px(1.5))
        painter.setPen(look.color("text"))
        painter.setFont(look.font("body", 500))
        left = Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, left | Qt.AlignmentFlag.AlignTop, entry.name)
        painter.setPen(look.color("serious" if entry.problem else "text-2"))
        painter.setFont(look.font("small"))
        line = painter.fontMetrics().elidedText(
            entry.facts, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, left | Qt.AlignmentFlag.AlignBottom, line)
        painter.restore()


class SignInWindow(QWidget):
    """Study list on the left; name, password and one button on the right."""

    opened = Signal(object)
    """The `StudySession` that the password opened."""

    def __init__(self, study: Path | None = None) -> None:
        super().__init__()
        self._form = Ui_SignInWindow()
        self._form.setupUi(self)
        self._model = _StudyModel(self)
        form, px = self._form, theme().px
        form.studies.setModel(self._model)
        form.studies.setItemDelegate(_StudyDelegate(self))
        form.studies.setMouseTracking(True)
        form.studies.setStyleSheet("QListView { background: transparent; }")
        for field in (form.account, form.password):
            field.setMaximumWidth(px(80))
        form.message.setMaximumWidth(px(100))
        self._recover = button("", self._use_recovery_key, kind="link")
        form.sign_row.insertWidget(1, self._recover)
        self._new: NewStudyDialog | None = None
        self._wait = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count_down)
        form.sign_in.clicked.connect(self.sign_in)
        form.account.returnPressed.connect(form.password.field.setFocus)
        form.password.entered.connect(self.sign_in)
        form.open_folder.clicked.connect(self._choose_folder)
        form.new_study.clicked.connect(self._new_study)
        form.language.clicked.connect(self._switch_language)
        form.studies.selectionModel().currentChanged.connect(self._show_study)
        form.studies.activated.connect(lambda _index: form.account.setFocus())
        hub().language_changed.connect(self._retranslate)
        hub().problem.connect(self._take_problem)
        QShortcut(QKeySequence.StandardKey.Quit, self).activated.connect(self.close)
        self._name_other_language()
        self._fill(study)

    # --- studies ---------------------------------------------------------------------------

    def _fill(self, first: Path | None) -> None:
        known = [Path(name) for name in preferences().studies]
        if first is not None:
            known = [first.resolve(), *(f for f in known if f != first.resolve())]
        self._model.set_folders(known)
        form = self._form
        form.studies.setVisible(bool(known))
        form.no_studies.setVisible(not known)
        form.right.setEnabled(bool(known))
        form.version.setText(f"lnmonitor {lnmonitor.__version__}")
        if known:
            form.studies.setCurrentIndex(self._model.index(0))
        # After the first paint: reading a card imports the store.
        QTimer.singleShot(_AFTER_FIRST_PAINT_MS, self, self._read_cards)

    @Slot()
    def _read_cards(self) -> None:
        from lnmonitor.desktop.operations import TaskOp

        folders = [entry.folder for entry in self._model.entries]
        TaskOp(self, partial(_cards, folders), self._take_cards).run()

    def _take_cards(self, cards: dict[Path, StudyCard | str]) -> None:
        for entry in self._model.entries:
            found = cards.get(entry.folder, "")
            if isinstance(found, str):
                entry.problem = found
            else:
                entry.card = found
        self._form.studies.viewport().update()
        self._show_facts()

    @property
    def current(self) -> Entry | None:
        """The study chosen in the list."""
        index = self._form.studies.currentIndex()
        return self._model.entries[index.row()] if index.isValid() else None

    @Slot()
    def _show_study(self, *_indexes: object) -> None:
        """Another study was chosen: its last account, and the focus where typing begins."""
        entry, form = self.current, self._form
        if entry is None:
            return
        form.message.clear()
        form.account.setText(preferences().last_user.get(str(entry.folder), ""))
        form.password.clear()
        self._show_facts()
        (form.password.field if form.account.text() else form.account).setFocus()

    def _show_facts(self) -> None:
        """Show what is known about the study; what was typed meanwhile stays."""
        entry, form = self.current, self._form
        if entry is None:
            return
        card = entry.card
        form.study_name.setText(entry.name)
        facts = [str(entry.folder)]
        if card is not None:
            known = tr("Site {site} · protocol {version}", site=card.site, version=card.protocol)
            facts.insert(0, known)
        form.study_facts.setText("\n".join(facts))
        locked = card.locked_by if card is not None else ""
        form.locked_by.setText(tr("Open already: {who}. Close it there first.", who=locked))
        form.locked_by.setVisible(bool(locked))
        for field in (form.account, form.password, form.sign_in, self._recover):
            field.setEnabled(not entry.problem)
        self._recover.setVisible(card is not None and not card.synthetic)
        if entry.problem:
            forget = (tr("Take off the list"), self._forget)
            form.message.say("refuse", entry.problem, (forget,))
        self._show_demo(card)

    def _forget(self) -> None:
        if self.current is not None:
            preferences().forget_study(self.current.folder)
            self._fill(None)

    def _show_demo(self, card: StudyCard | None) -> None:
        form = self._form
        form.demo.setVisible(card is not None and card.synthetic)
        while form.demo_accounts.count():
            item = form.demo_accounts.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if card is None or not card.synthetic:
            return
        for name in card.accounts:
            form.demo_accounts.addWidget(button(name, partial(self._take_demo, name), kind="link"))
        form.demo_accounts.addStretch(1)

    def _take_demo(self, name: str) -> None:
        self._form.account.setText(name)
        self._form.password.field.setText(DEMO_PASSWORD)
        self._form.sign_in.setFocus()

    @Slot()
    def _choose_folder(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        folder = QFileDialog.getExistingDirectory(self, tr("Open a study’s folder"))
        if folder:
            self._fill(Path(folder))

    @Slot()
    def _new_study(self) -> None:
        from lnmonitor.desktop.dialogs.new_study import NewStudyDialog

        self._new = NewStudyDialog(self)
        self._new.made.connect(self._take_new)
        self._new.open()

    @Slot(object, str)
    def _take_new(self, folder: Path, account: str) -> None:
        preferences().last_user[str(folder.resolve())] = account
        self._fill(folder)

    @Slot()
    def _use_recovery_key(self) -> None:
        from lnmonitor.desktop.dialogs.recovery import RecoverDialog

        entry = self.current
        if entry is not None:
            account = self._form.account.text().strip()
            RecoverDialog(self, entry.folder, account, self._recovered).open()

    def _recovered(self, account: str) -> None:
        """The account has a new password: sign in with it, without the wait of wrong ones."""
        self._wait = 0
        self._form.account.setText(account)
        self._form.password.field.setFocus()
        self._form.message.say("ok", tr("The password is set. Sign in with it."))

    # --- signing in ------------------------------------------------------------------------

    @Slot()
    def sign_in(self) -> None:
        """Open the study with what was typed."""
        from lnmonitor.desktop.operations import TaskOp

        entry, form = self.current, self._form
        account, password = form.account.text().strip(), form.password.text
        if entry is None or self._wait:
            return
        if not account or not password:
            (form.account if not account else form.password.field).setFocus()
            form.message.say("ask", tr("Type your account and your password."))
            return
        form.message.clear()
        form.sign_in.setEnabled(False)
        form.sign_in.setText(tr("Opening…"))
        work = partial(_open, entry.folder, account, password)
        TaskOp(self, work, self._take_session, self._take_failure).run()

    def _take_session(self, session: StudySession) -> None:
        entry = self.current
        if entry is not None:
            now = session.clock.now()
            preferences().remember_study(
                entry.folder, session.actor.account, f"{now:%Y-%m-%d %H:%M}"
            )
        self._form.password.clear()
        self._ready()
        self.opened.emit(session)

    def _take_failure(self, problem: Exception) -> None:
        form = self._form
        self._ready()
        if isinstance(problem, UserError):
            form.message.say("refuse", sentence(problem))
            seconds = problem.params.get("seconds")
            if isinstance(seconds, int | float) and seconds >= 1:
                self._wait = round(seconds)
                self._count_down()
                self._timer.start()
        else:
            made = report(problem)
            words = tr("The program met a fault of its own. Reference {reference}.")
            form.message.say("refuse", words.format(reference=made.reference))
        form.password.clear()
        form.password.field.setFocus()

    @Slot(object)
    def _take_problem(self, problem: Exception) -> None:
        """Say what broke before a study is open; the main window does so afterwards."""
        if hub().session is None:
            self._take_failure(problem)

    def _ready(self) -> None:
        self._form.sign_in.setEnabled(True)
        self._form.sign_in.setText(tr("Sign in"))

    @Slot()
    def _count_down(self) -> None:
        button_ = self._form.sign_in
        if self._wait <= 0:
            self._timer.stop()
            self._ready()
            return
        button_.setEnabled(False)
        button_.setText(tr("Wait {n} s", n=self._wait))
        self._wait -= 1

    def say(self, words: str) -> None:
        """Show a message that came from outside, as after a study was closed."""
        self._form.message.say("info", words)

    def renew(self) -> None:
        """Read the studies again, having come back from one."""
        self._fill(None)

    # --- language --------------------------------------------------------------------------

    @Slot()
    def _switch_language(self) -> None:
        wanted = "en" if language() == "zh" else "zh"
        preferences().language = wanted
        preferences().save()
        set_language("zh" if wanted == "zh" else "en")

    def _name_other_language(self) -> None:
        self._form.language.setText("English" if language() == "zh" else "中文")
        self._recover.setText(tr("Use the recovery key…"))

    @Slot(str)
    def _retranslate(self, _language: str) -> None:
        self._form.retranslateUi(self)
        self._form.password.retranslate()
        self._name_other_language()
        self._form.version.setText(f"lnmonitor {lnmonitor.__version__}")
        self._show_facts()


def _cards(folders: list[Path]) -> dict[Path, StudyCard | str]:
    """Read the cards; a folder that is no study any more gets the reason instead."""
    from lnmonitor.services.studies import study_card

    found: dict[Path, StudyCard | str] = {}
    for folder in folders:
        try:
            found[folder] = study_card(folder)
        except UserError as problem:
            found[folder] = sentence(problem)
    return found


def _open(folder: Path, account: str, password: str) -> StudySession:
    from lnmonitor.services.studies import open_study

    return open_study(folder, user=account, password=password)
