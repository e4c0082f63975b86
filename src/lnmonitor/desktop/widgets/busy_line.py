"""A thin accent line under the head while something is read for longer than a glance."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme

_DELAY_MS = 150  # shorter work is not announced


class BusyLine(QWidget):
    """Two pixels that are always there, coloured while the database thread works."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(2)
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._light)
        hub().busy_changed.connect(self._take)

    @Slot(bool)
    def _take(self, busy: bool) -> None:
        if busy and not self._timer.isActive() and not self._busy:
            self._timer.start()
        elif not busy:
            self._timer.stop()
            self._busy = False
            self.update()

    @Slot()
    def _light(self) -> None:
        self._busy = True
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("accent" if self._busy else "line-soft"))
