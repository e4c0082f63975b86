"""The main window: menu row, side list, pages, status bar; it routes, the pages work."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from lnmonitor.desktop.dialogs.find import FindDialog, Hit
from lnmonitor.desktop.dialogs.keys import AboutDialog, KeysDialog
from lnmonitor.desktop.i18n import set_language, tr
from lnmonitor.desktop.menus import Menus
from lnmonitor.desktop.navigation import History, PageSpec, Place, available_pages
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.base import Page
from lnmonitor.desktop.pages.visit.keeper import not_kept
from lnmonitor.desktop.preferences import preferences
from lnmonitor.desktop.problems import report, sentence
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import SchemeChoice, theme, theme_manager
from lnmonitor.desktop.waiting import Waiting, read_waiting
from lnmonitor.desktop.widgets.busy_line import BusyLine
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.lock_page import LockPage
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.widgets.side_list import NavEntry, SideList
from lnmonitor.desktop.widgets.status_bar import StatusBar
from lnmonitor.desktop.widgets.text import rule
from lnmonitor.desktop.widgets.top_row import TopRow
from lnmonitor.desktop.words import role_name
from lnmonitor.errors import UserError
from lnmonitor.language import Language

if TYPE_CHECKING:
    from lnmonitor.services.changes import ChangeSet
    from lnmonitor.services.session import StudySession

_NARROW_U = 340  # below this width the side list is the rail unless the person opened it
_SETTLE_MS = 200  # several saves in a row lead to one new count


class MainWindow(QMainWindow):
    """Holds the pages of the open study; each is made when first opened."""

    closed = Signal()
    """The study is to be closed and the sign-in shown."""

    def __init__(self) -> None:
        super().__init__()
        self._specs = available_pages()
        self._pages: dict[str, Page] = {}
        self._history = History()
        self.top = TopRow()
        self.side = SideList()
        self.notice = MessageStrip()
        self.clock_strip = MessageStrip()
        self.stack = QStackedWidget()
        self.bar = StatusBar()
        self.lock = LockPage()
        self._covered = QStackedWidget()
        self._put_away: list[QDialog] = []
        self._last_in_page: QWidget | None = None
        self._menus = Menus(self)
        self._arrange()
        self._connect()
        self._count_timer = QTimer(self)
        self._count_timer.setSingleShot(True)
        self._count_timer.setInterval(_SETTLE_MS)
        self._count_timer.timeout.connect(self._count)
        self._take_session()

    def _arrange(self) -> None:
        self.setMenuWidget(self.top)
        notice = box(column(self.notice, margins=(2, 2, 2, 2)), "panel")
        self._notice_row = notice
        notice.hide()
        self._clock_row = box(column(self.clock_strip, margins=(2, 2, 2, 2)), "panel")
        self._clock_row.hide()
        page_side = box(column(BusyLine(), self._clock_row, notice, self.stack))
        body = box(row(self.side, rule("v"), page_side, spacing=0))
        self._covered.addWidget(body)
        self._covered.addWidget(self.lock)
        self.setCentralWidget(self._covered)
        self.setStatusBar(self.bar)
        px = theme().px
        self.setMinimumSize(px(240), px(150))

    def _connect(self) -> None:
        shared = hub()
        shared.open_page.connect(self.open_page)
        shared.data_changed.connect(self._take_changes)
        shared.problem.connect(self.say_problem)
        shared.language_changed.connect(self._retranslate)
        shared.busy_changed.connect(self._name_after_reading)
        theme_manager().changed.connect(self._restyle)
        self.side.chosen.connect(self._open_listed)
        self.side.foot_pressed.connect(partial(self.open_page, "administration"))
        self.top.find_pressed.connect(self.open_find)
        self.top.lock_pressed.connect(self.lock_now)
        self.lock.unlocked.connect(self._uncover)
        self.lock.left.connect(self.close_study)
        self.lock.ended.connect(self._end_for_another)

    # --- session ---------------------------------------------------------------------------

    def _take_session(self) -> None:
        session = hub().session
        if session is None:
            return
        actor, study = session.actor, session.study
        self.top.set_person(
            f"{actor.full_name or actor.account} · {role_name(actor.role)}",
            synthetic=study.synthetic,
        )
        self._fill_side()
        self._say_clock()
        self._count()

    def _say_clock(self) -> None:
        """Say what was noticed about the clock, on every page, until somebody says why."""
        from lnmonitor.desktop.pages.admin.facts import notice_words, open_acknowledge
        from lnmonitor.services.permissions import Action

        session = hub().session
        notices = session.clock_notices if session is not None else ()
        self._clock_row.setVisible(bool(notices))
        if session is None or not notices:
            self.clock_strip.clear()
            return
        may = session.may(Action.ACKNOWLEDGE_CLOCK) and not session.read_only
        acknowledge = (tr("Acknowledge…"), partial(open_acknowledge, self))
        said = [notice_words(one) for one in notices]
        said.append(tr("Signatures wait until somebody says why the clock changed."))
        self.clock_strip.say("refuse", "\n".join(said), (acknowledge,) if may else ())

    def _fill_side(self) -> None:
        session = hub().session
        if session is None:
            return
        study = session.study
        self.side.set_study(
            study.name,
            tr("Site {site} · protocol {version}", site=study.site, version=self._version()),
        )
        entries = [NavEntry(s.name, tr(s.title), s.icon) for s in self.listed()]
        self.side.set_entries(entries)
        place = self._history.current
        if place is not None:
            self._mark(self._specs[place.page])

    def _version(self) -> str:
        session = hub().session
        return "" if session is None else str(session.protocol.version)

    def listed(self) -> list[PageSpec]:
        """Return the pages of the side list, in order."""
        return [spec for spec in self._specs.values() if spec.listed]

    def _count(self) -> None:
        session = hub().session
        if session is None or session.must_change_password:
            return
        ReadOp(self, read_waiting, self._take_waiting).run()
        ReadOp(self, _count_queries, self._take_queries).run()

    def _take_queries(self, number: int) -> None:
        self.side.set_count("monitoring", number or None)

    def _take_waiting(self, waiting: Waiting) -> None:
        self.side.set_count("worklist", waiting.visits)
        self.side.set_count("patients", waiting.patients)
        self.side.set_count("safety", waiting.safety or None, urgent=waiting.urgent)
        warn = waiting.backup.remind
        self.side.set_foot(waiting.backup_words, waiting.chain_words, warn=warn)
        self.bar.set_audit_head(waiting.audit_hash)

    # --- pages -----------------------------------------------------------------------------

    @Slot(str, object)
    def open_page(self, name: str, argument: object = None) -> None:
        """Show a page and note it for Back; a page not in this build is not offered.

        With a password that has to be changed there is the worklist only, which asks for another.
        """
        session = hub().session
        if session is not None and session.must_change_password:
            name, argument = "worklist", None
        if self._show(Place(name, argument)):
            self._history.visit(Place(name, argument))
            self._menus.update_history(self._history)

    @Slot(str)
    def _open_listed(self, name: str) -> None:
        self.open_page(name)

    def _show(self, place: Place) -> bool:
        spec = self._specs.get(place.page)
        if spec is None:
            return False
        shown = self.page
        if shown is not None and not shown.may_leave():
            return False
        page = self._made(spec)
        if self.stack.currentWidget() is not page:
            self.stack.setCurrentWidget(page)
        page.activate(place.argument)
        self._mark(spec)
        self._fold()
        self._menus.show_page(page)
        self._name_window()
        return True

    def _made(self, spec: PageSpec) -> Page:
        if spec.name not in self._pages:
            page = self._share(spec) or spec.make()
            page.windowTitleChanged.connect(self._name_window)  # known once its data are read
            self._pages[spec.name] = page
            self.stack.addWidget(page)
        return self._pages[spec.name]

    def _share(self, spec: PageSpec) -> Page | None:
        """Return the page already made for another name of the same class."""
        for name, page in self._pages.items():
            other = self._specs[name]
            if (other.module, other.class_name) == (spec.module, spec.class_name):
                return page
        return None

    def _mark(self, spec: PageSpec) -> None:
        self.side.set_current(spec.name if spec.listed else spec.under)

    @property
    def page(self) -> Page | None:
        """The page shown."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    @Slot(bool)
    def _name_after_reading(self, busy: bool) -> None:
        """A page knows its patient's number once it has read it."""
        if not busy:
            self._name_window()

    def _name_window(self) -> None:
        session, page = hub().session, self.page
        if session is None:
            self.setWindowTitle("lnmonitor")
            return
        if self.locked:
            parts = [tr("Locked"), session.study.name, "lnmonitor"]
        else:
            parts = [page.title() if page else "", session.study.name, "lnmonitor"]
        title = " — ".join(part for part in parts if part)
        self.setWindowTitle(f"{title} — SYNTHETIC" if session.study.synthetic else title)

    def back(self) -> None:
        """Go to the place before."""
        self._walk(self._history.back())

    def forward(self) -> None:
        """Go to the place after, having gone back."""
        self._walk(self._history.forward())

    def _walk(self, place: Place | None) -> None:
        if place is not None:
            self._show(place)
            self._menus.update_history(self._history)

    def step_patient(self, by: int) -> None:
        """Show the next or previous patient of the list one came from."""
        order = hub().patient_order
        if hub().patient_id in order:
            at = order.index(str(hub().patient_id)) + by
            if 0 <= at < len(order):
                self.open_page("patient", order[at])

    @Slot(object)
    def _take_changes(self, changes: ChangeSet) -> None:
        if self.page is not None:
            self.page.refresh(changes)
            self._name_window()
        self._say_clock()
        self._count_timer.start()

    # --- side list -------------------------------------------------------------------------

    def toggle_side(self) -> None:
        """Fold or open the side list; remembered for this kind of page."""
        page = self.page
        if page is not None:
            preferences().rail[type(page).__name__] = not self.side.rail
            preferences().save()
            self._fold()

    def _fold(self) -> None:
        page = self.page
        if page is None:
            return
        usual = page.rail or self.width() < theme().px(_NARROW_U)
        self.side.set_rail(rail=preferences().rail.get(type(page).__name__, usual))

    def next_region(self) -> None:
        """Move the focus from the side list to the page, and back to where it was."""
        here = QApplication.focusWidget()
        if here is self.side.view:
            target = self._last_in_page
            alive = target is not None and shiboken6.isValid(target) and target.isVisible()
            (target if alive and target is not None else self.stack).setFocus()
        else:
            self._last_in_page = here
            self.side.view.setFocus()

    # --- find, keys ------------------------------------------------------------------------

    def open_find(self) -> None:
        """Open the find window over patients, pages and actions."""
        if self.locked:
            return
        from lnmonitor.services.patients import list_patients

        ReadOp(self, list_patients, self._open_find, self._find_without_patients).run()

    def _open_find(self, patients: object) -> None:
        FindDialog(self, [*self._patient_hits(patients), *self._own_hits()]).show_at_top()

    def _find_without_patients(self, problem: Exception) -> None:
        self.say_problem(problem)
        FindDialog(self, self._own_hits()).show_at_top()

    def _patient_hits(self, patients: object) -> list[Hit]:
        from lnmonitor.desktop.i18n import text

        return [
            Hit(p.subject_id, text(p.status), "person", partial(self._open_patient, p.patient_id))
            for p in patients  # type: ignore[attr-defined]
        ]

    def _open_patient(self, patient_id: str) -> None:
        self.open_page("patient", patient_id)

    def _own_hits(self) -> list[Hit]:
        pages = [
            Hit(tr(s.title), tr("page"), s.icon, partial(self.open_page, s.name))
            for s in self.listed()
        ]
        return [*pages, *self._menus.hits()]

    def show_keys(self) -> None:
        """Show the keys of this page and those valid everywhere."""
        page = self.page
        KeysDialog(self, page.keys() if page else [], self._menus.keys()).open()

    def show_about(self) -> None:
        """Say which program and version this is."""
        AboutDialog(self).open()

    # --- lock ------------------------------------------------------------------------------

    @property
    def locked(self) -> bool:
        """Whether the cover page stands over the pages."""
        return self._covered.currentWidget() is self.lock

    def lock_now(self) -> None:
        """Cover the pages until the person gives the password; what is typed stays beneath."""
        if self.locked or hub().session is None:
            return
        # A window over the pages would go on showing its patient.
        self._put_away = [w for w in self.findChildren(QDialog) if w.isVisible()]
        for dialog in self._put_away:
            dialog.hide()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()  # a menu or a value's history would stay over the cover
        self.lock.show_locked()
        self._cover(locked=True)

    def _uncover(self) -> None:
        self._cover(locked=False)
        for dialog in self._put_away:
            if shiboken6.isValid(dialog):
                dialog.open()
        self._put_away = []

    def _cover(self, *, locked: bool) -> None:
        self._covered.setCurrentIndex(1 if locked else 0)
        self.top.setEnabled(not locked)
        self._menus.set_enabled(enabled=not locked)
        self._name_window()

    def close_study(self) -> None:
        """Sign out and go back to the sign-in."""
        if self.may_close():
            self.closed.emit()
        elif self.locked:
            self.lock.say(tr("Values are not saved yet. Unlock, then save or discard them."))

    @Slot()
    def _end_for_another(self) -> None:
        """Close for an administrator; what the person typed waits in the journal."""
        if not_kept():
            self.lock.say(tr("Values are not on the disk yet: the disk does not take them."))
        else:
            self.closed.emit()

    def may_close(self) -> bool:
        """Return whether the study may be closed: no page holds values that are not saved."""
        page = self.page
        if page is not None and not page.may_leave():
            return False
        return all(page.may_close() for page in tuple(self._pages.values()))

    # --- problems --------------------------------------------------------------------------

    @Slot(object)
    def say_problem(self, problem: object) -> None:
        """Say a mistake, or a fault with its reference; the program stays up."""
        if isinstance(problem, UserError):
            self._notice("ask", sentence(problem))
            return
        if not isinstance(problem, BaseException):
            return
        made = report(problem)
        words = tr(
            "The program met a fault of its own. What was saved is safe. Reference {reference}.",
            reference=made.reference,
        )
        copy = partial(QGuiApplication.clipboard().setText, made.text)
        self._notice("refuse", words, ((tr("Copy report"), copy),))

    def _notice(self, kind: str, words: str, actions: tuple[tuple[str, object], ...] = ()) -> None:
        close = (tr("Close"), self._close_notice)
        self.notice.say(kind, words, (*actions, close))  # type: ignore[arg-type]
        self._notice_row.show()

    def _close_notice(self) -> None:
        self.notice.clear()
        self._notice_row.hide()

    # --- looks -----------------------------------------------------------------------------

    def choose_scheme(self, choice: SchemeChoice) -> None:
        """Take light, dark or the system's scheme, and remember it."""
        preferences().scheme = choice
        preferences().save()
        theme_manager().set_scheme(choice)

    def choose_language(self, wanted: Language) -> None:
        """Take a language, and remember it."""
        preferences().language = wanted
        preferences().save()
        set_language(wanted)

    @Slot()
    def _restyle(self) -> None:
        self.top.setFixedHeight(theme().measure("menu-row"))
        for widget in self.findChildren(QWidget):
            widget.update()

    @Slot(str)
    def _retranslate(self, _language: str) -> None:
        self._menus.build()
        self.top.retranslate()
        self.bar.retranslate()
        self.lock.retranslate()
        self._take_session()
        shown = self._history.current
        kept: dict[str, Page] = {}
        for name, page in self._pages.items():
            if page.keeps_input:
                page.retranslate()
                kept[name] = page
            else:
                self.stack.removeWidget(page)
                page.deleteLater()
        self._pages = kept
        if shown is not None:
            self._show(shown)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fold()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        preferences().window = [self.width(), self.height()]
        preferences().save()
        super().closeEvent(event)


def _count_queries(session: StudySession) -> int:
    """Count the queries that wait for the signed-in person; runs on the database thread."""
    from lnmonitor.desktop.pages.monitoring.worklist_parts import waiting_queries

    return len(waiting_queries(session) or ())
