"""View choices of the story, right of the lens tabs: unit of time, panels, reset, copy and save."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from lnmonitor.analysis.story import Story
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.plots.canvas import StoryCanvas
from lnmonitor.desktop.plots.scale import TimeUnit
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.segmented import Segmented


class ViewBar(QWidget):
    """Acts on a canvas; `copied` and `saved` ask the page for a picture."""

    copied = Signal()
    saved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._canvas: StoryCanvas | None = None
        self._units = Segmented(
            [("days", tr("Days")), ("weeks", tr("Weeks")), ("dates", tr("Dates"))]
        )
        self._units.set_key("weeks")
        self._units.setToolTip(tr("Unit of the time axis (X)"))
        self._panel_menu = QMenu(self)
        picture_menu = QMenu(self)
        picture_menu.addAction(tr("Copy picture")).triggered.connect(self.copied)
        picture_menu.addAction(tr("Save picture…")).triggered.connect(self.saved)
        panels = self._tool(tr("Panels"), "panels", self._panel_menu)
        reset = self._tool(tr("Reset view"), "reset")
        picture = self._tool(tr("Copy, save"), "export", picture_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(2))
        for widget in (self._units, panels, reset, picture):
            row.addWidget(widget)
        self._units.chosen.connect(self._choose_unit)
        reset.clicked.connect(self.reset)

    @staticmethod
    def _tool(words: str, icon_name: str, menu: QMenu | None = None) -> QToolButton:
        made = QToolButton()
        made.setText(f" {words}")  # air between icon and words
        made.setAccessibleName(words)
        made.setIcon(icon(icon_name))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if menu is not None:
            made.setMenu(menu)
            made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return made

    def attach(self, canvas: StoryCanvas) -> None:
        """Act on a canvas from now on."""
        self._canvas = canvas
        canvas.unit_changed.connect(self._unit_changed)

    def show_story(self, story: Story) -> None:
        """Offer the panels of a story; what was hidden stays hidden."""
        hidden = {a.data() for a in self._panel_menu.actions() if not a.isChecked()}
        self._panel_menu.clear()
        for panel in story.panels:
            action = QAction(text(panel.name), self._panel_menu)
            action.setCheckable(True)
            action.setChecked(panel.key not in hidden)
            action.setData(panel.key)
            action.toggled.connect(self._panels_chosen)
            self._panel_menu.addAction(action)
        self._panels_chosen()

    def cycle_unit(self) -> None:
        """Go from days to weeks to dates and round."""
        if self._canvas is not None:
            self._canvas.set_unit(self._canvas.unit.next)

    @Slot(str)
    def _choose_unit(self, key: str) -> None:
        if self._canvas is not None:
            self._canvas.set_unit(TimeUnit(key))
            self._canvas.setFocus()

    @Slot(object)
    def _unit_changed(self, unit: TimeUnit) -> None:
        self._units.set_key(unit.value)

    def _panels_chosen(self, _checked: bool = False) -> None:
        hidden = frozenset(str(a.data()) for a in self._panel_menu.actions() if not a.isChecked())
        if self._canvas is not None:
            self._canvas.set_hidden(hidden)

    def reset(self, _checked: bool = False) -> None:
        """Show all panels and the whole course."""
        for action in self._panel_menu.actions():
            action.setChecked(True)
        if self._canvas is not None:
            self._canvas.reset_time()
            self._canvas.setFocus()
