"""The unit of a laboratory result: a flat button, or Ctrl+U in the field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from lnmonitor.desktop.entry.row_paint import paint_text
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.theme import theme


class UnitButton(QToolButton):
    """Shows the unit in force; pressing it offers the others, `cycle` takes the next."""

    chosen = Signal(str)

    def __init__(self, units: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units = tuple(units)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(tr("Another unit: Ctrl+U"))
        menu = QMenu(self)
        for unit in self._units:
            action = menu.addAction(unit)
            action.setData(unit)
        menu.triggered.connect(self._take)
        self.setMenu(menu)
        self.show_unit(self._units[0])

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("bg-hover"))
            painter.drawRoundedRect(self.rect(), look.px(1), look.px(1))
        cell = self.rect().adjusted(look.px(1), 0, 0, 0)
        paint_text(
            painter, cell, self.text(), "accent" if self.changed else "text-2", look.font("small")
        )

    @property
    def changed(self) -> bool:
        """Whether another unit than the standard one is in force."""
        return self.text() != self._units[0]

    @property
    def unit(self) -> str:
        """The unit shown."""
        return self.text()

    def show_unit(self, unit: str) -> None:
        """Show the unit in force; none is the first."""
        self.setText(unit or self._units[0])
        self.setAccessibleName(tr("Unit {unit}", unit=self.text()))

    def cycle(self) -> None:
        """Take the next unit."""
        here = self._units.index(self.unit) if self.unit in self._units else -1
        self.chosen.emit(self._units[(here + 1) % len(self._units)])

    @Slot(QAction)
    def _take(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))
