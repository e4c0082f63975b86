"""The status bar: what is saved, the audit trail's head, the date with the zone's offset."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel, QStatusBar

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.icons import icon
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import weekday_instant

_TICK_MS = 10_000


class StatusBar(QStatusBar):
    """Left what happened to the data, right where and when one is."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setFixedHeight(theme().measure("status-bar"))
        self._saved: datetime | None = None
        self._mark = QLabel()
        self._mark.setPixmap(icon("check", "ok").pixmap(theme().px(3.5)))
        self._left = label("", "small", "text-2")
        self._extra = label("", "small", "text-2")
        self._head = label("", "small", "text-muted")
        self._time = label("", "small", "text-2")
        margin = theme().px(2)
        self.setContentsMargins(margin, 0, margin, 0)
        for widget in (self._mark, self._left, self._extra):
            self.addWidget(widget)
        for widget in (self._head, self._time):
            self.addPermanentWidget(widget)
        hub().saved.connect(self._take_saved)
        hub().status.connect(self._take_status)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._hash = ""
        self.retranslate()

    def set_audit_head(self, short_hash: str) -> None:
        """Show the short form of the last audit entry's hash."""
        self._hash = short_hash
        self._head.setText(tr("Audit head {hash}", hash=short_hash) if short_hash else "")

    def retranslate(self) -> None:
        """Take the words of the language in force."""
        if self._saved is None:
            self._left.setText(tr("All changes saved"))
        else:
            self._left.setText(tr("All changes saved {time}", time=f"{self._saved:%H:%M:%S}"))
        self.set_audit_head(self._hash)
        self._tick()

    @Slot(object)
    def _take_saved(self, moment: datetime) -> None:
        self._saved = moment
        self.retranslate()

    @Slot(str)
    def _take_status(self, words: str) -> None:
        """Show what is not saved instead of saying that all is."""
        self._extra.setText(words)
        self._mark.setVisible(not words)
        self._left.setVisible(not words)

    @Slot()
    def _tick(self) -> None:
        self._time.setText(weekday_instant(hub().clock.now()))
