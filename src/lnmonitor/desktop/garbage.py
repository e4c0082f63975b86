"""Keeps Python's cycle collector on the main thread.

Left to itself it runs on whatever thread allocates next. On the database thread it would destroy
the widgets of a closed page there, and Qt then crashes later and elsewhere.
"""

from __future__ import annotations

import gc
from functools import cache

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot

_EVERY_MS = 1000


class _Collector(QObject):
    """Collects a generation when it has as many objects as Python's own threshold."""

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        limits, counts = gc.get_threshold(), gc.get_count()
        for generation in (2, 1, 0):
            if limits[generation] and counts[generation] > limits[generation]:
                gc.collect(generation)
                return


@cache
def collect_on_main_thread() -> None:
    """Take the collector over; called on the main thread before the first worker starts."""
    gc.disable()
    _kept.append(_Collector(QCoreApplication.instance()))


_kept: list[QObject] = []
