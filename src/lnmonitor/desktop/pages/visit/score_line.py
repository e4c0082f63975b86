"""The score column folded to one line, for windows without room for both."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.visit.score_column import ScoreColumn
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.text import button, label, rule, set_tone


class ScoreLine(QWidget):
    """Says the results and how many checks are open; its button opens the column."""

    toggled = Signal()
    checks_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column: ScoreColumn | None = None
        self.words = label("", weight=500, selectable=True)
        self.checks = button("", self.checks_pressed.emit, kind="link", small=True)
        self.open_button = button("", self.toggled.emit, small=True)
        line = row(self.words, self.checks, None, self.open_button, margins=(5, 0, 4, 0))
        line.setSpacing(theme().px(4))
        self.setLayout(column(line, rule()))
        self.setFixedHeight(theme().px(9))

    def watch(self, column: ScoreColumn) -> None:
        """Follow a column."""
        self._column = column
        column.shown.connect(self.renew)
        self.renew()

    def say_open(self, *, opened: bool) -> None:
        """Name the button after what it does."""
        self.open_button.setText(tr("Hide results") if opened else tr("Results in full"))

    @Slot()
    def renew(self) -> None:
        """Say what the column says now."""
        if self._column is None:
            return
        self.words.setText(self._column.summary())
        open_now = len(self._column.checks)
        self.checks.setText(tr("{n} to check", n=open_now) if open_now else "")
        self.checks.setVisible(bool(open_now))
        set_tone(self.words, "text")
