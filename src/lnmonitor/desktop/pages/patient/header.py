"""The head of the patient page: who it is, six facts, open flags, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from lnmonitor.analysis.story import VisitMark
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.pages.patient.view import PatientView
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.chip import Chip
from lnmonitor.desktop.widgets.fact_strip import FactStrip
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import count

if TYPE_CHECKING:
    from lnmonitor.desktop.pages.monitoring.reading import PatientReviews

_OPEN_STATES = ("overdue", "due", "opening")


class ChipButton(Chip):
    """A chip that can be pressed, by mouse or by Enter."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a click; Qt calls this."""
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter or Space; Qt calls this."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


class PatientHeader(QWidget):
    """Head of the page.

    Signals: `visit_wanted(visit)`, `pdf_wanted`, `flags_wanted`, `changes_wanted`.
    """

    visit_wanted = Signal(object)
    pdf_wanted = Signal()
    flags_wanted = Signal()
    changes_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self.setFixedHeight(theme().measure("patient-header"))
        self._subject = label("", "page", selectable=True)
        self._status = Chip()
        self._facts = FactStrip()
        self._flags = ChipButton()
        self._flags.clicked.connect(self.flags_wanted)
        self._changes = ChipButton()
        self._changes.clicked.connect(self.changes_wanted)
        self._changes.setToolTip(tr("Changed since you looked (Ctrl+J)"))
        self._fallen = Chip()
        self._fallen.hide()
        self._enter = button(tr("Enter visit"), self.open_visits, kind="primary")
        self._enter.setToolTip(tr("Enter a visit (E)"))
        self._pdf = button(tr("PDF"), self.pdf_wanted.emit, icon_name="pdf")
        self._pdf.setToolTip(tr("PDF of this patient (Ctrl+P)"))
        self._menu = QMenu(self)
        who = QVBoxLayout()
        who.setSpacing(px(0.5))
        who.addStretch(1)
        who.addWidget(self._subject)
        who.addWidget(self._status)
        who.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(4), 0, px(5), 0)
        row.setSpacing(px(2))
        row.addLayout(who)
        row.addSpacing(px(3))
        line = rule("v")
        line.setFixedHeight(px(12))
        row.addWidget(line)
        row.addSpacing(px(3))
        facts = QVBoxLayout()
        facts.addStretch(1)
        facts.addWidget(self._facts)
        facts.addStretch(1)
        row.addLayout(facts, 1)
        for widget in (self._fallen, self._changes, self._flags, self._enter, self._pdf):
            row.addWidget(widget)

    def show_view(self, view: PatientView) -> None:
        """Say who it is and what can be done."""
        story = view.story
        self._subject.setText(story.subject_id)
        self._status.set(text(story.status), "unknown")
        self._facts.set_facts([(text(f.label), text(f.value)) for f in story.facts])
        number = len(view.open_flags)
        words = count(number, "{n} flag", "{n} flags") if number else ""
        grave = any(f.flag.severity == "serious" for f in view.open_flags)
        self._flags.set(words, "serious" if grave else "warn")
        self._flags.setAccessibleName(tr("Open flags: {n}", n=number))
        self._pdf.setVisible(view.may_report)
        self._enter.setVisible(view.may_enter)
        self._fill_menu(view)

    def show_reviews(self, reviews: PatientReviews, changed: int) -> None:
        """Say how much changed since this person looked, and which signatures fell."""
        words = tr("{n} changed", n=changed) if changed else ""
        self._changes.set(words, "accent")
        fallen = sum(not one.valid for one in reviews.signatures)
        self._fallen.set(
            count(fallen, "1 signature fell", "{n} signatures fell") if fallen else "", "warn"
        )

    def clear_reviews(self) -> None:
        """Say nothing of reviews: those of this patient are not read yet."""
        self._changes.set("", "accent")
        self._fallen.set("", "warn")

    def _fill_menu(self, view: PatientView) -> None:
        """Visits to be done first, then the others, then one that was not planned."""
        self._menu.clear()
        visits = view.story.visits
        due = [v for v in visits if v.state in _OPEN_STATES]
        rest = [v for v in visits if v not in due]
        for visit in due:
            self._add(visit, tr("{visit}: {state}", visit=text(visit.name), state=tr(visit.state)))
        if due:
            self._menu.addSeparator()
        for visit in rest:
            self._add(visit, tr("{visit}: {state}", visit=text(visit.name), state=tr(visit.state)))
        for planned in view.protocol.visits:
            waiting = {visit.code for visit in rest if not visit.visit_id}
            if not planned.scheduled and planned.code not in waiting:
                self._menu.addSeparator()
                mark = VisitMark(
                    planned.code, planned.name, None, None, None, None, "", "unscheduled"
                )
                self._add(mark, tr("New: {visit}", visit=text(planned.name)))
                break

    def _add(self, visit: VisitMark, words: str) -> None:
        action = QAction(words, self._menu)
        action.setData(visit)
        action.triggered.connect(self._visit_chosen)
        self._menu.addAction(action)

    def _visit_chosen(self, _checked: bool = False) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.visit_wanted.emit(action.data())

    def open_visits(self) -> None:
        """Offer the visits; the one to be done next is chosen by Enter."""
        if not self._enter.isVisible() or not self._menu.actions():
            return
        self._menu.setActiveAction(self._menu.actions()[0])
        self._menu.popup(self._enter.mapToGlobal(self._enter.rect().bottomLeft()))
