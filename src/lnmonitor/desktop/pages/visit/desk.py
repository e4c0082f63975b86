"""The middle of the entry page: the current form, and SLEDAI beside the laboratory.

The pair is shown where there is room. Views are made when first shown and kept with their
binder; another binder makes new ones.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QStyle, QWidget

from lnmonitor.desktop.entry.model import FormEntry
from lnmonitor.desktop.pages.visit.binder import INFUSION_SIGNS, LOGS, Binder
from lnmonitor.desktop.pages.visit.form_view import FormView
from lnmonitor.desktop.pages.visit.generic import GenericView
from lnmonitor.desktop.pages.visit.infusion import InfusionView
from lnmonitor.desktop.pages.visit.laboratory import LaboratoryView
from lnmonitor.desktop.pages.visit.log_view import LogView
from lnmonitor.desktop.pages.visit.scored import BilagView, ScoredView, SledaiView
from lnmonitor.desktop.pages.visit.wanted import Wanted, find_field
from lnmonitor.desktop.widgets.text import rule

_VIEWS: dict[str, type[FormView]] = {
    "LB": LaboratoryView,
    "SLEDAI": SledaiView,
    "BILAG": BilagView,
    "EX": InfusionView,
    INFUSION_SIGNS: LogView,
    **dict.fromkeys(LOGS, LogView),
}
PAIR = ("LB", "SLEDAI")


def make_view(binder: Binder, key: str) -> FormView:
    """Return a new view of a form."""
    return _VIEWS.get(key, GenericView)(binder, key)


class FormDesk(QWidget):
    """Shows one form, or the pair side by side."""

    next_form = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._binder: Binder | None = None
        self._views: dict[str, FormView] = {}
        self._areas: dict[str, QScrollArea] = {}
        self.key = ""
        self._left, self._right = QStackedWidget(), QStackedWidget()
        self._between = rule("v")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._left, 1)
        line.addWidget(self._between)
        line.addWidget(self._right)
        self._show_right(shown=False)

    def show_binder(self, binder: Binder) -> None:
        """Show another visit; its views are made when asked for."""
        self.key = ""
        self._binder = binder
        self._views = {}
        for area in self._areas.values():
            area.hide()
            area.deleteLater()
        self._areas = {}
        self._show_right(shown=False)

    def view(self, key: str) -> FormView | None:
        """Return the view of a form if it was made."""
        return self._views.get(key)

    @property
    def current(self) -> FormView | None:
        """The view of the current form."""
        return self._views.get(self.key)

    def show_form(self, key: str) -> FormView:
        """Show a form, made if need be."""
        self.key = key
        view = self._made(key)
        self.arrange()
        return view

    def arrange(self) -> None:
        """Put the current form, or the pair, in its place for the present width."""
        if not self.key:
            return
        pair = self._pair_fits()
        left, right = PAIR if pair else (self.key, "")
        self._put(left, self._left)
        if right:
            self._put(right, self._right)
            self._right.setFixedWidth(self._width(right))
        self._show_right(shown=bool(right))

    def _pair_fits(self) -> bool:
        if self._binder is None or self.key not in PAIR:
            return False
        if not all(key in self._binder.form_keys for key in PAIR):
            return False
        return sum(self._width(key) for key in PAIR) <= self.width()

    def _width(self, key: str) -> int:
        """Return the width that a form needs with its scroll bar."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return self._made(key).width_hint() + (bar if key == PAIR[1] else 0)

    def _put(self, key: str, stack: QStackedWidget) -> None:
        self._made(key)
        area = self._areas[key]
        if stack.indexOf(area) < 0:
            stack.addWidget(area)
        stack.setCurrentWidget(area)
        area.show()

    def _show_right(self, *, shown: bool) -> None:
        self._right.setVisible(shown)
        self._between.setVisible(shown)

    def _made(self, key: str) -> FormView:
        if key not in self._views:
            assert self._binder is not None  # noqa: S101 - a form is shown after its binder
            view = make_view(self._binder, key)
            view.finished.connect(self._finished)
            area = QScrollArea()
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setWidgetResizable(True)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
            area.setWidget(view)
            self._views[key], self._areas[key] = view, area
        return self._views[key]

    @Slot()
    def _finished(self) -> None:
        self.next_form.emit()

    def focus_item(self, key: str, entry: FormEntry, name: str | None) -> None:
        """Show a form with the cursor in an item."""
        view = self.show_form(key)
        if not view.focus_item(entry, name):
            view.focus_first()

    def show_wanted(self, wanted: Wanted) -> bool:
        """Show a form with the cursor in the item that is wanted; False if it is not here."""
        found = find_field(self._binder, wanted) if self._binder is not None else None
        if found is None:
            return False
        self.focus_item(*found)
        return True

    def cycle_unit(self) -> None:
        """Take the next unit of the field in focus."""
        row = self.current.current_row() if self.current is not None else None
        if row is not None and row.unit is not None:
            row.unit.cycle()

    def paste(self) -> None:
        """Show what the clipboard would fill in."""
        laboratory = self.view("LB")
        if isinstance(laboratory, LaboratoryView):
            laboratory.paste()

    def rest_no(self) -> None:
        """Answer the rest of the section in focus No."""
        if isinstance(self.current, ScoredView):
            self.current.rest_no()
